// entente translation add and person add.
#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"

namespace entente::client {

namespace {

struct TranslationOptions {
  std::string reference, part = "narrative", text, to, translator;
  bool informal = false;
  AuthorOptions author;
};

absl::StatusOr<Exit> AddOneTranslation(Context& context, const TranslationOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.reference));
  ASSIGN_OR_RETURN(const v1::Record record, GetRecord(context, instrument, o.reference));
  v1::Translation translation;
  ASSIGN_OR_RETURN(*translation.mutable_common()->mutable_delegation(), OwnCode(context));
  FillAbout(record, *translation.mutable_about());
  translation.set_part(o.part);
  ASSIGN_OR_RETURN(*translation.mutable_text(), TextOf(context, o.text, o.to));
  translation.set_standing(o.informal ? meaning::kInformal : meaning::kOfficial);
  ASSIGN_OR_RETURN(*translation.mutable_translator(), WordsOf(o.translator));
  const uint32_t kind = o.informal ? v1::INFORMAL_TRANSLATION : v1::TRANSLATION;
  std::vector<std::string> earlier;
  for (const auto& spoken : record.spoken()) {
    v1::Translation other;
    if (spoken.kind() == kind && spoken.delegation() == translation.common().delegation() &&
        other.ParseFromString(spoken.payload()) && other.part() == o.part &&
        other.text().lang() == translation.text().lang())
      earlier.push_back(spoken.entry_id());
  }
  FillSupersedes(std::move(earlier), *translation.mutable_common());
  const Act act{instrument,
                {RecordOf(kind, translation, HlcsOf(record))},
                absl::StrCat(translation.standing(), " translation into ",
                             translation.text().lang(), " of ", Printable(o.part), " of ",
                             record.reference(), ": ", Printable(translation.text().text()), "\n"),
                ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

struct PersonOptions {
  std::string name, latin_name, office, position, contact, until, replaces;
  AuthorOptions author;
};

absl::StatusOr<Exit> AddOnePerson(Context& context, const PersonOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument());
  v1::Person person;
  ASSIGN_OR_RETURN(*person.mutable_common()->mutable_delegation(), OwnCode(context));
  ASSIGN_OR_RETURN(*person.mutable_name(), WordsOf(o.name));
  ASSIGN_OR_RETURN(*person.mutable_latin_name(), WordsOf(o.latin_name));
  ASSIGN_OR_RETURN(*person.mutable_office(), WordsOf(o.office));
  ASSIGN_OR_RETURN(*person.mutable_position(), WordsOf(o.position));
  ASSIGN_OR_RETURN(*person.mutable_contact(), WordsOf(o.contact));
  person.set_valid_until(o.until);
  std::vector<uint64_t> cited;
  if (!o.replaces.empty()) {
    ASSIGN_OR_RETURN(const v1::Record record, GetRecord(context, instrument, o.replaces));
    SupersedeHeads(record, *person.mutable_common());
    cited = HlcsOf(record);
  }
  const Act act{
      instrument,
      {RecordOf(v1::PERSON, person, std::move(cited))},
      absl::StrCat("directory: ", Printable(person.name()), ", ", Printable(person.office()),
                   "; every party of ", instrument, " will read it\n"),
      ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

}  // namespace

void AddTranslationAdd(CLI::App& translation, Context& context) {
  auto o = std::make_shared<TranslationOptions>();
  CLI::App* command = AddCommand(
      translation, context, "add",
      "Translate a text of a record: our own officially, or informally",
      "entente translation add R:EUCA-2014/MTR-2017/KG/DDR/08 --part narrative --to en --text "
      "@text.md --key A.key",
      [&context, o] { return AddOneTranslation(context, *o); });
  command->add_option("reference", o->reference, "Reference of the record")->required();
  command->add_option("--part", o->part, "narrative, section.NAME, reason, title or text");
  command->add_option("--to", o->to, "Language it is translated into")->required();
  command->add_option("--text", o->text, "The translation; @FILE for a file")
      ->type_name("TEXT|@FILE")
      ->required();
  command->add_option("--translator", o->translator, "Who translated");
  command->add_flag("--informal", o->informal,
                    "A help to readers; official is only what a delegation says of its own report");
  AddAuthorOptions(*command, o->author);
}

void AddPersonAdd(CLI::App& person, Context& context) {
  auto o = std::make_shared<PersonOptions>();
  CLI::App* command = AddCommand(
      person, context, "add", "Put a person of ours into the directory of the parties",
      "entente person add --name \"Асанова Айгүл\" --latin-name \"Asanova Aigul\" --office "
      "\"Ministry of Health\" --key A.key",
      [&context, o] { return AddOnePerson(context, *o); });
  command->add_option("--name", o->name, "As written at home")->required();
  command->add_option("--latin-name", o->latin_name, "In Latin letters");
  command->add_option("--office", o->office, "Ministry or agency")->required();
  command->add_option("--position", o->position, "What they do there");
  command->add_option("--contact", o->contact, "How to reach them; only parties read it");
  command->add_option("--until", o->until, "Last day in office, YYYY-MM-DD");
  command->add_option("--replaces", o->replaces, "The entry this one corrects, person/2afb25f0");
  AddAuthorOptions(*command, o->author);
}

}  // namespace entente::client

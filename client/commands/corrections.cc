// entente comment|meeting|intervention correct|withdraw: who wrote such a record signs a later
// version of it, or takes it back; both say why, and what was said before stays readable.
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "client/draft/record_text.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

using Given = std::optional<std::string>;

// The record under the reference, if it is one of `kinds` and stands.
absl::StatusOr<v1::Record> Standing(Context& context, const std::string& instrument,
                                    const std::string& reference,
                                    const std::vector<uint32_t>& kinds) {
  ASSIGN_OR_RETURN(v1::Record record, GetRecord(context, instrument, reference));
  const uint32_t kind = meaning::KindOfSlot(record.slot()).value_or(0);
  const std::string word = base::Str(meaning::KindWord(kinds.front()));
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    return Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                   absl::StrCat(reference, " is no ", word),
                   absl::StrCat("entente ", word, " list shows them"));
  }
  if (record.heads_size() == 1 && meaning::IsRetraction(record.heads(0).kind())) {
    return Failure(
        absl::StatusCode::kFailedPrecondition, "VALIDATION_FAILED",
        absl::StrCat(record.reference(), " is withdrawn already"),
        absl::StrCat("what is to be said after all is said anew: entente ", word, " add"));
  }
  return record;
}

// The version a correction begins with: of several that stand, the one signed last.
const v1::RecordHead& Latest(const v1::Record& record) {
  const v1::RecordHead* latest = nullptr;
  for (const auto& head : record.heads()) {
    if (!meaning::IsRetraction(head.kind()) && (latest == nullptr || latest->hlc() < head.hlc()))
      latest = &head;
  }
  return latest == nullptr ? record.heads(0) : *latest;
}

absl::Status SetWords(const Given& given, std::string* to) {
  if (!given) return absl::OkStatus();
  ASSIGN_OR_RETURN(*to, WordsOf(*given));
  return absl::OkStatus();
}

void SetCode(const Given& given, std::string* to) {
  if (given) *to = *given;
}

// The text in its language is replaced; one in a language that is not there yet is added.
absl::Status SetText(Context& context, const Given& given, const std::string& lang,
                     google::protobuf::RepeatedPtrField<v1::Text>& texts) {
  if (!given) return absl::OkStatus();
  const std::string usual = texts.empty() ? "" : texts.Get(0).lang();
  ASSIGN_OR_RETURN(v1::Text text, TextOf(context, *given, lang.empty() ? usual : lang));
  for (v1::Text& standing : texts) {
    if (standing.lang() == text.lang()) {
      standing = std::move(text);
      return absl::OkStatus();
    }
  }
  *texts.Add() = std::move(text);
  return absl::OkStatus();
}

struct CorrectOptions {
  std::string reference, reason, lang;
  Given text, nature, part, round, date, last_day, place, title, agenda_ref, outcome_ref, chapter,
      item, speaker, doc_ref, source;
  std::optional<uint32_t> number;
  AuthorOptions author;
};

absl::Status Change(Context& context, const CorrectOptions& o, v1::Comment& comment) {
  SetCode(o.nature, comment.mutable_nature());
  SetCode(o.part, comment.mutable_part());
  return SetText(context, o.text, o.lang, *comment.mutable_texts());
}

absl::Status Change(Context& context, const CorrectOptions& o, v1::Meeting& meeting) {
  SetCode(o.round, meeting.mutable_round());
  SetCode(o.date, meeting.mutable_date());
  SetCode(o.last_day, meeting.mutable_last_day());
  SetCode(o.agenda_ref, meeting.mutable_agenda_ref());
  SetCode(o.outcome_ref, meeting.mutable_outcome_ref());
  RETURN_IF_ERROR(SetWords(o.place, meeting.mutable_place()));
  return SetText(context, o.title, o.lang, *meeting.mutable_titles());
}

absl::Status Change(Context& context, const CorrectOptions& o, v1::Intervention& said) {
  SetCode(o.round, said.mutable_round());
  SetCode(o.chapter, said.mutable_chapter());
  SetCode(o.date, said.mutable_date());
  SetCode(o.item, said.mutable_item());
  SetCode(o.speaker, said.mutable_speaker());
  SetCode(o.nature, said.mutable_nature());
  SetCode(o.doc_ref, said.mutable_doc_ref());
  if (o.number) said.set_number(*o.number);
  RETURN_IF_ERROR(SetWords(o.source, said.mutable_source()));
  return SetText(context, o.text, o.lang, *said.mutable_summaries());
}

template <class Message>
absl::StatusOr<Exit> Correct(Context& context, CorrectOptions o, uint32_t kind) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.reference));
  ASSIGN_OR_RETURN(const v1::Record record, Standing(context, instrument, o.reference, {kind}));
  if (o.round) {
    absl::string_view code = *o.round;
    absl::ConsumePrefix(&code, instrument + "/");
    o.round = base::Str(code);
  }
  const std::string before = Latest(record).payload();
  Message message;
  message.ParseFromString(before);
  RETURN_IF_ERROR(Change(context, o, message));
  const std::string differences =
      ChangesText(kind, before, message.SerializeAsString(), context.phrases());
  if (differences.empty()) {
    return UsageError(absl::StrCat("nothing of ", record.reference(), " would be different"),
                      "give what is to be corrected; --help lists the options");
  }
  const auto first = meaning::FirstVersionIn(record.slot());
  if (first) message.mutable_correction()->set_first(first->str());
  ASSIGN_OR_RETURN(*message.mutable_correction()->mutable_reason(), WordsOf(o.reason));
  message.mutable_common()->clear_supersedes();
  message.mutable_common()->clear_cites();
  SupersedeHeads(record, *message.mutable_common());
  ASSIGN_OR_RETURN(*message.mutable_common()->mutable_delegation(), OwnCode(context));
  const Act act{instrument,
                {RecordOf(kind, message, HlcsOf(record), meaning::SchemaOf(message))},
                absl::StrCat("corrects ", record.reference(), " (",
                             Count(record.heads_size(), "version"), "):\n", differences,
                             "  reason: ", Printable(message.correction().reason()), "\n"),
                ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

struct WithdrawOptions {
  std::string reference, reason;
  AuthorOptions author;
};

absl::StatusOr<Exit> TakeBack(Context& context, const WithdrawOptions& o,
                              const std::vector<uint32_t>& kinds) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.reference));
  ASSIGN_OR_RETURN(const v1::Record record, Standing(context, instrument, o.reference, kinds));
  v1::Retraction retraction;
  ASSIGN_OR_RETURN(*retraction.mutable_common()->mutable_delegation(), OwnCode(context));
  SupersedeHeads(record, *retraction.mutable_common());
  if (!context.options.lang.empty()) retraction.mutable_common()->set_lang(context.options.lang);
  retraction.set_slot(record.slot());
  ASSIGN_OR_RETURN(*retraction.mutable_reason(), WordsOf(o.reason));
  const bool comment = meaning::KindOfSlot(record.slot()) == v1::COMMENT;
  const v1::RecordHead& said = Latest(record);
  const Act act{
      instrument,
      {RecordOf(comment ? v1::RETRACTION : v1::MINUTES_RETRACTION, retraction, HlcsOf(record))},
      absl::StrCat("withdraws ", record.reference(), " (", Count(record.heads_size(), "version"),
                   "), reason: ", Printable(retraction.reason()), "\nwhich said:\n",
                   PayloadText(said.kind(), said.schema(), said.payload(), context.phrases())),
      ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

// `correct` under a noun; further options are the caller's.
template <class Message>
CLI::App* AddCorrect(CLI::App& noun, Context& context, const char* what, const std::string& example,
                     uint32_t kind, const std::shared_ptr<CorrectOptions>& o) {
  CLI::App* command = AddCommand(noun, context, "correct", what, example, [&context, o, kind] {
    return Correct<Message>(context, *o, kind);
  });
  command->add_option("reference", o->reference, "Its reference, as the list shows it")->required();
  command->add_option("--reason", o->reason, "Why it is corrected; every party reads it")
      ->required();
  command->add_option("--text-lang", o->lang,
                      "Language of the text; default: that of the text it corrects");
  AddAuthorOptions(*command, o->author);
  return command;
}

void AddTakeBack(CLI::App& noun, Context& context, const char* what, const std::string& example,
                 std::vector<uint32_t> kinds) {
  auto o = std::make_shared<WithdrawOptions>();
  CLI::App* command =
      AddCommand(noun, context, "withdraw", what, example,
                 [&context, o, kinds = std::move(kinds)] { return TakeBack(context, *o, kinds); });
  command->add_option("reference", o->reference, "Its reference, as the list shows it")->required();
  command->add_option("--reason", o->reason, "Why it is withdrawn; every party reads it")
      ->required();
  AddAuthorOptions(*command, o->author);
}

}  // namespace

void AddCommentCorrections(CLI::App& comment, Context& context) {
  auto o = std::make_shared<CorrectOptions>();
  CLI::App* correct = AddCorrect<v1::Comment>(
      comment, context, Phrase("Correct a comment of ours; what it said stays readable"),
      "entente comment correct comment/2afb25f0 --text \"Of November\" --reason \"wrong month\" "
      "--key A.key",
      v1::COMMENT, o);
  correct->add_option("--text", o->text, "What is said; @FILE for the content of a file")
      ->type_name("TEXT|@FILE");
  correct->add_option("--kind", o->nature,
                      "statement, question, proposal, assistance_need or reservation");
  correct->add_option("--part", o->part, "A part of it, such as section.obstacles or values[CODE]");
  AddTakeBack(comment, context, Phrase("Take back a comment of ours; it stays readable in history"),
              "entente comment withdraw comment/2afb25f0 --reason \"said in error\" --key A.key",
              {v1::COMMENT});
}

void AddMeetingCorrections(CLI::App& meeting, Context& context) {
  auto o = std::make_shared<CorrectOptions>();
  CLI::App* correct = AddCorrect<v1::Meeting>(
      meeting, context, Phrase("Correct the record of a meeting; what it said stays readable"),
      "entente meeting correct meeting/2afb25f0 --date 2017-10-13 --reason \"it was moved\" --key "
      "A.key",
      v1::MEETING, o);
  correct->add_option("--round", o->round, "The round it reviews");
  correct->add_option("--date", o->date, "First day, YYYY-MM-DD");
  correct->add_option("--last-day", o->last_day, "Last day, if there are several");
  correct->add_option("--place", o->place, "Where");
  correct->add_option("--title", o->title, "What it is called");
  correct->add_option("--agenda-ref", o->agenda_ref, "Document number of the agenda");
  correct->add_option("--outcome-ref", o->outcome_ref, "Document number of the outcome");
  AddTakeBack(
      meeting, context,
      Phrase("Take back the record of a meeting, or an item of its agenda; it stays readable in "
             "history"),
      "entente meeting withdraw meeting/2afb25f0 --reason \"entered twice\" --key A.key",
      {v1::MEETING, v1::AGENDA_ITEM});
}

void AddInterventionCorrections(CLI::App& intervention, Context& context) {
  auto o = std::make_shared<CorrectOptions>();
  CLI::App* correct = AddCorrect<v1::Intervention>(
      intervention, context, Phrase("Correct what was minuted; what it said stays readable"),
      "entente intervention correct intervention/2afb25f0 --speaker KZ --reason \"KZ spoke, not "
      "KG\" --key A.key",
      v1::INTERVENTION, o);
  correct->add_option("--round", o->round, "The round of the meeting");
  correct->add_option("--chapter", o->chapter, "The chapter it is about; none: another item");
  correct->add_option("--date", o->date, "Day, YYYY-MM-DD");
  correct->add_option("--item", o->item, "Agenda item as printed");
  correct->add_option("--speaker", o->speaker, "Code of the delegation that spoke");
  correct->add_option("--kind", o->nature,
                      "statement, proposal, assistance_need, reservation or question");
  correct->add_option("--text", o->text, "What was said, in short; @FILE for a file")
      ->type_name("TEXT|@FILE");
  correct->add_option("--doc-ref", o->doc_ref, "Document number of the minutes");
  correct->add_option("--number", o->number, "Tells interventions of one speaker apart");
  correct->add_option("--source", o->source, "Document and section it rests on");
  AddTakeBack(
      intervention, context, Phrase("Take back what was minuted; it stays readable in history"),
      "entente intervention withdraw intervention/2afb25f0 --reason \"minuted twice\" --key "
      "A.key",
      {v1::INTERVENTION});
}

}  // namespace entente::client

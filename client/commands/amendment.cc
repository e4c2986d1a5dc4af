// entente amendment propose|object|decide, commitment move: how what was promised changes.
#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "client/draft/record_edit.h"
#include "client/draft/record_text.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/rules/validate.h"

namespace entente::client {

namespace {

struct ProposeOptions {
  std::string reference, reason, until;
  std::vector<std::string> set;
  AuthorOptions author;
};

// The message of the proposal that takes this kind; null: not of the catalogue.
google::protobuf::Message* ProposalOf(uint32_t kind, v1::Amendment& amendment) {
  switch (kind) {
    case v1::INSTRUMENT:
      return amendment.mutable_instrument();
    case v1::CHAPTER:
      return amendment.mutable_chapter();
    case v1::COMMITMENT:
      return amendment.mutable_commitment();
    case v1::INDICATOR:
      return amendment.mutable_indicator();
    default:
      return nullptr;
  }
}

absl::Status NotOfTheCatalogue(const std::string& reference) {
  return Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 absl::StrCat(reference, " is no chapter, commitment, indicator or instrument"),
                 "only what was promised is amended; a comment says the rest");
}

absl::StatusOr<Exit> Propose(Context& context, const ProposeOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.reference));
  ASSIGN_OR_RETURN(v1::Record record, StandingRecord(context, instrument, o.reference));
  v1::Amendment amendment;
  ASSIGN_OR_RETURN(*amendment.mutable_common()->mutable_delegation(), OwnCode(context));
  if (record.heads().empty()) record.set_slot(o.reference);  // "commitment/DDR/09": to be new
  const auto kind = meaning::KindOfSlot(record.slot());
  google::protobuf::Message* proposal = kind ? ProposalOf(*kind, amendment) : nullptr;
  if (proposal == nullptr) return NotOfTheCatalogue(o.reference);
  const std::string before = record.heads().empty() ? "" : record.heads(0).payload();
  proposal->ParseFromString(before);
  const auto* reflection = proposal->GetReflection();
  const auto* descriptor = proposal->GetDescriptor();
  reflection->ClearField(proposal, descriptor->FindFieldByName("common"));
  if (record.heads().empty() && *kind != v1::INSTRUMENT) {
    const std::string slot = record.slot();
    reflection->SetString(proposal, descriptor->FindFieldByName("code"),
                          slot.substr(slot.find('/') + 1));
  }
  ASSIGN_OR_RETURN(std::vector<Assignment> fields, ParseAssignments(o.set));
  for (Assignment& field : fields) {
    ASSIGN_OR_RETURN(field.value, WordsOf(field.value));
    RETURN_IF_ERROR(SetRecordField(*proposal, field));
  }
  FillAbout(record, *amendment.mutable_about());
  ASSIGN_OR_RETURN(*amendment.mutable_reason(), WordsOf(o.reason));
  amendment.set_procedure(o.until.empty() ? "meeting" : "silence_procedure");
  amendment.set_until(o.until);
  const Act act{
      instrument,
      {RecordOf(v1::AMENDMENT, amendment, HlcsOf(record))},
      absl::StrCat("proposes to amend ", record.slot(), ", to be decided by ",
                   o.until.empty() ? "a meeting" : "silence until " + o.until, ":\n",
                   ChangesText(*kind, before, proposal->SerializeAsString(), context.phrases()),
                   "  reason: ", Printable(amendment.reason()), "\n"),
      ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

absl::StatusOr<v1::Record> AmendmentOf(Context& context, const std::string& instrument,
                                       const std::string& reference) {
  ASSIGN_OR_RETURN(v1::Record record, GetRecord(context, instrument, reference));
  if (record.heads_size() == 1 && record.heads(0).kind() == v1::AMENDMENT) return record;
  return Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 absl::StrCat(reference, " is no amendment"),
                 "entente amendment list shows what is proposed");
}

struct ObjectOptions {
  std::string reference, reason;
  AuthorOptions author;
};

absl::StatusOr<Exit> ObjectTo(Context& context, const ObjectOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument());
  ASSIGN_OR_RETURN(const v1::Record record, AmendmentOf(context, instrument, o.reference));
  v1::Objection objection;
  ASSIGN_OR_RETURN(*objection.mutable_common()->mutable_delegation(), OwnCode(context));
  FillAbout(record, *objection.mutable_about());
  ASSIGN_OR_RETURN(*objection.mutable_reason(), WordsOf(o.reason));
  const Act act{
      instrument,
      {RecordOf(v1::OBJECTION, objection, HlcsOf(record))},
      absl::StrCat("objects to ", record.reference(), ": ", Printable(objection.reason()), "\n"),
      ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

struct DecideOptions {
  std::string reference, outcome, procedure, date, doc_ref, replaced_by;
  AuthorOptions author;
};

v1::Adoption AdoptionOf(const v1::Record& record, const DecideOptions& o,
                        const std::string& author) {
  v1::Adoption adoption;
  adoption.mutable_common()->set_delegation(author);
  FillAbout(record, *adoption.mutable_about());
  adoption.set_outcome(o.outcome);
  adoption.set_procedure(o.procedure);
  adoption.set_date(o.date);
  adoption.set_doc_ref(o.doc_ref);
  adoption.set_replaced_by(o.replaced_by);
  std::vector<std::string> earlier;
  for (const auto& spoken : record.spoken()) {
    if (spoken.kind() == v1::ADOPTION && spoken.delegation() == author)
      earlier.push_back(spoken.entry_id());
  }
  FillSupersedes(std::move(earlier), *adoption.mutable_common());
  return adoption;
}

// The record as the amendment has it, in the secretariat's name and in the place of what stands.
absl::StatusOr<UnsignedRecord> Amended(Context& context, const std::string& instrument,
                                       const v1::Record& amendment_record,
                                       const std::string& author) {
  v1::Amendment amendment;
  amendment.ParseFromString(amendment_record.heads(0).payload());
  ASSIGN_OR_RETURN(const v1::Record standing,
                   StandingRecord(context, instrument, amendment.about().slot()));
  std::vector<uint64_t> cited = HlcsOf(standing);
  cited.push_back(amendment_record.heads(0).hlc());
  const auto kind = meaning::KindOfSlot(amendment.about().slot());
  auto sign = [&](auto record) -> UnsignedRecord {
    if constexpr (requires { record.mutable_common(); }) {
      record.mutable_common()->set_delegation(author);
      record.mutable_common()->add_cites(amendment_record.heads(0).entry_id());
      SupersedeHeads(standing, *record.mutable_common());
      return RecordOf(kind.value_or(0), record, cited);
    } else {
      return {};
    }
  };
  return std::visit(sign, meaning::Proposed(amendment));
}

absl::StatusOr<Exit> Decide(Context& context, const DecideOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument());
  ASSIGN_OR_RETURN(const v1::Record record, AmendmentOf(context, instrument, o.reference));
  ASSIGN_OR_RETURN(const std::string author, OwnCode(context));
  const v1::Adoption adoption = AdoptionOf(record, o, author);
  Act act{instrument,
          {RecordOf(v1::ADOPTION, adoption, HlcsOf(record))},
          absl::StrCat(record.reference(), " is ", Printable(o.outcome), " by ",
                       Printable(o.procedure), " of ", o.date, "\n"),
          ""};
  if (o.outcome == "endorsed") {
    ASSIGN_OR_RETURN(UnsignedRecord amended, Amended(context, instrument, record, author));
    act.records.push_back(std::move(amended));
    absl::StrAppend(&act.text, "and what it proposes takes the place of what stands\n");
  }
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

absl::StatusOr<Exit> Move(Context& context, const DecideOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.reference));
  ASSIGN_OR_RETURN(const v1::Record record, GetRecord(context, instrument, o.reference));
  ASSIGN_OR_RETURN(const std::string author, OwnCode(context));
  const Act act{instrument,
                {RecordOf(v1::ADOPTION, AdoptionOf(record, o, author), HlcsOf(record))},
                absl::StrCat(record.reference(), " is ", Printable(o.outcome),
                             o.replaced_by.empty() ? "" : " by " + Printable(o.replaced_by),
                             ", decided by ", Printable(o.procedure), " of ", o.date, "\n"),
                ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

void AddDecision(CLI::App& command, DecideOptions& o) {
  command.add_option("--procedure", o.procedure, "meeting or silence_procedure")->required();
  command.add_option("--date", o.date, "Day of the decision, YYYY-MM-DD")->required();
  command.add_option("--doc-ref", o.doc_ref, "Document that records it, such as 13770/17");
  AddAuthorOptions(command, o.author);
}

}  // namespace

void AddAmendmentActs(CLI::App& amendment, Context& context) {
  auto p = std::make_shared<ProposeOptions>();
  CLI::App* propose = AddCommand(
      amendment, context, "propose", "Propose a change to what was promised",
      "entente amendment propose EUCA-2014/DDR/08 --set timetable=2014/2022 --reason \"...\" "
      "--silence-until 2017-11-30 --key A.key",
      [&context, p] { return Propose(context, *p); });
  propose
      ->add_option("reference", p->reference,
                   "What would change; commitment/DDR/09 for one that is to be new")
      ->required();
  propose
      ->add_option("--set", p->set, "NAME=VALUE as it would be, texts.LANG=VALUE; again for more")
      ->required();
  propose->add_option("--reason", p->reason, "Why")->required();
  propose->add_option("--silence-until", p->until,
                      "Last day of a silence procedure; without it a meeting decides");
  AddAuthorOptions(*propose, p->author);
  auto b = std::make_shared<ObjectOptions>();
  CLI::App* object =
      AddCommand(amendment, context, "object", "Break the silence; signed by a signatory",
                 "entente amendment object amendment/2afb25f0 --reason \"...\" --key A.key",
                 [&context, b] { return ObjectTo(context, *b); });
  object->add_option("reference", b->reference, "The amendment")->required();
  object->add_option("--reason", b->reason, "Why")->required();
  AddAuthorOptions(*object, b->author);
  auto d = std::make_shared<DecideOptions>();
  CLI::App* decide = AddCommand(
      amendment, context, "decide", "State what was decided; endorsed, the change takes effect",
      "entente amendment decide amendment/2afb25f0 endorsed --procedure silence_procedure --date "
      "2017-12-01 --key A.key",
      [&context, d] { return Decide(context, *d); });
  decide->add_option("reference", d->reference, "The amendment")->required();
  decide->add_option("outcome", d->outcome, "endorsed or not_endorsed")->required();
  AddDecision(*decide, *d);
}

void AddCommitmentMove(CLI::App& commitment, Context& context) {
  auto o = std::make_shared<DecideOptions>();
  CLI::App* command = AddCommand(
      commitment, context, "move", "State that a commitment was endorsed, completed or replaced",
      "entente commitment move DDR/08 completed --procedure meeting --date 2017-10-12 --key A.key",
      [&context, o] { return Move(context, *o); });
  command->add_option("reference", o->reference, "The commitment")->required();
  command
      ->add_option("outcome", o->outcome, "endorsed, not_endorsed, in_force, completed or replaced")
      ->required();
  command->add_option("--replaced-by", o->replaced_by, "The commitment that takes its place");
  AddDecision(*command, *o);
}

}  // namespace entente::client

// One record as it stands: its heads, its state, and what was said about it.
#include <set>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/rules/validate.h"
#include "node/meaning/state/report_state.h"
#include "node/merge/slot_value.h"
#include "node/query/draft/submission.h"
#include "node/query/record/records.h"
#include "node/query/view/attachments.h"
#include "node/query/view/register_rungs.h"
#include "node/query/view/second_signer.h"
#include "node/query/view/spoken.h"
#include "node/query/view/view_catalogue.h"

namespace entente::query {

using base::EntryId;

namespace {

constexpr uint32_t kSaidKinds[] = {
    v1::REVIEW,    v1::COMMENT,   v1::TRANSLATION, v1::INFORMAL_TRANSLATION,
    v1::AMENDMENT, v1::OBJECTION, v1::ADOPTION,    v1::AGENDA_ITEM};

absl::Status AddVoice(const Views& views, const v1::Contribution& head,
                      const v1::Contribution& voice, bool answered, v1::Record& out) {
  ASSIGN_OR_RETURN(ledger::Entry entry, views.Entry(*EntryId::FromBytes(voice.entry())));
  v1::Spoken* to = out.add_spoken();
  to->set_about(head.entry());
  to->set_entry_id(voice.entry());
  to->set_kind(voice.kind());
  to->set_schema(entry.header.schema);
  to->set_delegation(voice.delegation());
  to->set_key_label(KeyLabel(views, voice.delegation(), voice.key()));
  to->set_hlc(voice.hlc());
  to->set_payload(entry.payload);
  to->set_answered(answered);
  return absl::OkStatus();
}

// Of a round: its extensions, reminders, meetings and closes, which name it by its code.
absl::Status AddOfRound(const Views& views, const v1::Contribution& head, v1::Record& out) {
  v1::RoundSummary round;
  round.ParseFromString(head.summary());
  auto add = [&](uint32_t kind, auto summary) -> absl::Status {
    ASSIGN_OR_RETURN(auto records, StandingOfKind(views, kind));
    for (const v1::Contribution& record : records) {
      if (summary.ParseFromString(record.summary()) && summary.round() == round.code())
        RETURN_IF_ERROR(AddVoice(views, head, record, false, out));
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(add(v1::EXTENSION, v1::ExtensionSummary()));
  RETURN_IF_ERROR(add(v1::REMINDER, v1::ReminderSummary()));
  RETURN_IF_ERROR(add(v1::MEETING, v1::MeetingSummary()));
  return add(v1::ROUND_CLOSE, v1::RoundCloseSummary());
}

absl::Status AddSpoken(const Views& views, const std::string& slot, const v1::Contribution& head,
                       v1::Record& out) {
  const EntryId id = *EntryId::FromBytes(head.entry());
  if (head.kind() == v1::ROUND) RETURN_IF_ERROR(AddOfRound(views, head, out));
  for (const uint32_t kind : kSaidKinds) {
    if (kind == v1::REVIEW) {
      ASSIGN_OR_RETURN(const ReportStanding standing, StandingOf(views, slot, head, false));
      for (const StandingReview& review : standing.reviews) {
        RETURN_IF_ERROR(AddVoice(views, head, review.contribution, review.answer.has_value(), out));
      }
      continue;
    }
    ASSIGN_OR_RETURN(auto voices, SpokenAbout(views, id, kind));
    for (const v1::Contribution& voice : voices)
      RETURN_IF_ERROR(AddVoice(views, head, voice, false, out));
  }
  return absl::OkStatus();
}

// Of the versions that were replaced, what was not said of a head as well.
absl::Status AddSpokenOfEarlier(const Views& views, const v1::SlotValue& slot, v1::Record& out) {
  std::set<std::string> said;
  for (const auto& spoken : out.spoken()) said.insert(spoken.entry_id());
  for (const v1::Contribution& version : slot.contributions()) {
    for (const uint32_t kind : kSaidKinds) {
      ASSIGN_OR_RETURN(auto voices, SpokenAbout(views, *EntryId::FromBytes(version.entry()), kind));
      for (const v1::Contribution& voice : voices) {
        if (said.insert(voice.entry()).second)
          RETURN_IF_ERROR(AddVoice(views, version, voice, false, out));
      }
    }
  }
  return absl::OkStatus();
}

// What the rules flag or hold of a record in the log, by what is held here now.
std::vector<meaning::Finding> LogFindings(const Views& views, const ledger::Entry& entry) {
  const ViewCatalogue catalogue(&views, nullptr);
  const meaning::ReadRecord read =
      meaning::ReadPayload(entry.header.kind, entry.header.schema, entry.payload);
  std::vector<meaning::Finding> out =
      meaning::CheckRecord(read.record, catalogue, meaning::Moment::kLog, 0);
  if (auto fault = SecondSignerFault(views, entry.header, read.record, meaning::Moment::kLog))
    out.push_back(*std::move(fault));
  return out;
}

}  // namespace

absl::StatusOr<std::string> StateOfSlot(const Views& views, const std::string& slot_text,
                                        const v1::SlotValue& slot) {
  const auto heads = merge::Heads(slot);
  if (heads.empty()) return std::string();
  if (heads.size() == 1 && IsTakenBack(*heads[0])) return std::string("withdrawn");
  const bool of_reports = heads[0]->kind() == v1::REPORT || heads[0]->kind() == v1::WITHDRAWAL;
  if (!of_reports) return std::string();
  if (heads.size() > 1) return std::string("conflict");
  ASSIGN_OR_RETURN(auto received, ReceivedMs(views, *EntryId::FromBytes(heads[0]->entry())));
  ASSIGN_OR_RETURN(const ReportStanding standing,
                   StandingOf(views, slot_text, *heads[0], received.has_value()));
  return std::string(meaning::ReportStateWord(standing.state));
}

absl::StatusOr<v1::Record> GetRecord(const Views& views, absl::string_view reference) {
  ASSIGN_OR_RETURN(std::string slot_text, SlotOfText(views, reference));
  ASSIGN_OR_RETURN(v1::SlotValue slot, views.Slot(slot_text));
  const auto heads = merge::Heads(slot);
  if (heads.empty()) {
    return NothingUnder(views, reference);
  }
  v1::Record out;
  out.set_reference(meaning::ReferenceOfSlot(views.code(), slot_text));
  out.set_slot(slot_text);
  ASSIGN_OR_RETURN(const std::string state, StateOfSlot(views, slot_text, slot));
  out.set_state(state.empty() ? heads.size() > 1 ? "conflict" : "current" : state);
  for (const v1::Contribution* head : heads) {
    ASSIGN_OR_RETURN(ledger::Entry entry, views.Entry(*EntryId::FromBytes(head->entry())));
    v1::RecordHead* to = out.add_heads();
    to->set_entry_id(head->entry());
    to->set_kind(head->kind());
    to->set_version(merge::VersionOf(slot, head->entry()));
    to->set_delegation(head->delegation());
    to->set_key(head->key());
    to->set_key_label(KeyLabel(views, head->delegation(), head->key()));
    to->set_hlc(head->hlc());
    to->set_payload(entry.payload);
    to->set_schema(entry.header.schema);
    FillFindings(LogFindings(views, entry), *to->mutable_findings());
    v1::Report report;
    if (head->kind() == v1::REPORT && report.ParseFromString(entry.payload)) {
      ASSIGN_OR_RETURN(auto pending, PendingAttachments(views, report));
      FillFindings(pending, *to->mutable_findings());
      to->set_cleared_by(KeyLabel(views, head->delegation(), report.cleared_by().key()));
      FillCompleteness(meaning::CompletenessOf(report, ViewCatalogue(&views, nullptr)),
                       *to->mutable_completeness());
    }
    for (const std::string& id : head->supersedes()) to->add_supersedes(id);
    RETURN_IF_ERROR(AddSpoken(views, slot_text, *head, out));
  }
  // What is said of a report is about the version that was read. What is said of a comment or a
  // meeting is about it however it was corrected since.
  if (meaning::FirstVersionIn(slot_text)) RETURN_IF_ERROR(AddSpokenOfEarlier(views, slot, out));
  return out;
}

}  // namespace entente::query

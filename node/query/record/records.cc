#include "node/query/record/records.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/attachment.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"
#include "node/query/record/holders.h"
#include "node/query/record/uncounted.h"
#include "node/query/record/voices.h"
#include "node/query/round/round_close.h"
#include "node/query/view/attachments.h"
#include "node/query/view/decisions.h"
#include "node/query/view/directory.h"
#include "node/query/view/explain.h"
#include "node/query/view/narrowed.h"
#include "node/query/view/register_rungs.h"
#include "node/query/view/report_slots.h"
#include "node/query/view/spoken.h"
#include "node/query/view/table.h"

namespace entente::query {

using absl::StatusCode;
using base::EntryId;
using base::Error;

namespace {

constexpr size_t kShortDigits = 8;  // of an entry id, where it stands for a record
constexpr int kPageRowsMax = 1000;
// Where few reports are what was asked for, a page ends here with what it has, and the next goes
// on.
constexpr size_t kPageSlotsMax = 20'000;

std::string StatedWord(const v1::ReportSummary& report) {
  return report.nil() ? "nil" : base::Str(meaning::ImplementationWord(report.implementation()));
}

absl::Status CheckStated(const std::string& word) {
  std::vector<std::string> known = meaning::ImplementationWords();
  known.push_back("nil");
  if (word.empty() || meaning::Contains(known, word)) return absl::OkStatus();
  return UnknownWord("--implementation", word, known);
}

absl::Status AddReport(const Views& views, const v1::SlotValue& slot,
                       const meaning::ReportSlot& name, const v1::Contribution& head,
                       const v1::ReportSummary& report, TableBuilder& table) {
  ASSIGN_OR_RETURN(const std::string attachments, AttachmentsCell(views, head));
  ASSIGN_OR_RETURN(const std::string state, StateOfSlot(views, slot.slot(), slot));
  table.Row({meaning::ReferenceOfSlot(views.code(), slot.slot()), head.delegation(),
             name.round.empty() ? kUnscheduled : name.round, name.subject,
             base::Str(meaning::ImplementationWord(report.implementation())),
             base::Str(meaning::AssessmentWord(report.assessment())), state, attachments,
             TimeText(WallMs(head.hlc())), EntryId::FromBytes(head.entry())->Short()});
  return absl::OkStatus();
}

// The report a page begins with. As a token: the hex of the slot's text, 00, the entry's id.
struct PageStart {
  std::string slot, entry;

  static PageStart Parse(const std::string& token) {
    const std::string raw = absl::HexStringToBytes(token);
    const size_t end = raw.find('\0');
    if (end == std::string::npos) return {raw, ""};
    return {raw.substr(0, end), raw.substr(end + 1)};
  }
  std::string Token() const { return base::ToHex(slot + std::string(1, '\0') + entry); }
};

// Straight from the slots: the first row costs a seek or two however many reports there are.
absl::StatusOr<v1::Table> ListReports(const Views& views, const v1::ListRecordsRequest& request) {
  TableBuilder table({{"reference", "REFERENCE"},
                      {"delegation", "DELEGATION"},
                      {"round", "ROUND"},
                      {"subject", "SUBJECT"},
                      {"implementation", "IMPLEMENTATION"},
                      {"assessment", "ASSESSMENT"},
                      {"state", "STATE"},
                      {"attachments", "ATTACHMENTS"},
                      {"signed", "SIGNED (CLAIM)"},
                      {"entry_id", "ENTRY"}});
  RETURN_IF_ERROR(CheckAdmitted(views, request.delegation()));
  RETURN_IF_ERROR(CheckStated(request.implementation()));
  ASSIGN_OR_RETURN(const Narrowed narrowed, NarrowTo(views, request.round(), request.chapter()));
  const int limit = request.page_size() > 0 ? std::min(request.page_size(), kPageRowsMax) : 100;
  const PageStart start = PageStart::Parse(request.page_token());
  std::string token;
  size_t looked_at = 0;
  auto list = [&](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
    if (++looked_at > kPageSlotsMax) {
      token = PageStart{slot.slot(), ""}.Token();
      return false;
    }
    const auto name = meaning::ParseReportSlot(slot.slot());
    if (!name || !OfChapter(name->subject, narrowed.chapter)) return true;
    for (const v1::Contribution* head : merge::Heads(slot)) {
      v1::ReportSummary report;
      if (head->kind() != v1::REPORT || !report.ParseFromString(head->summary())) continue;
      if (!request.implementation().empty() && StatedWord(report) != request.implementation())
        continue;
      if (slot.slot() == start.slot && head->entry() < start.entry) continue;
      if (table.rows() == limit) {
        token = PageStart{slot.slot(), head->entry()}.Token();
        return false;
      }
      RETURN_IF_ERROR(AddReport(views, slot, *name, *head, report, table));
    }
    return true;
  };
  RETURN_IF_ERROR(ForEachReportSlot(
      views, {.round = narrowed.round, .delegation = request.delegation(), .from = start.slot},
      list));
  if (table.rows() == 0 && token.empty() && start.slot.empty()) RETURN_IF_ERROR(narrowed.unknown);
  v1::Table out = table.Finish();
  out.set_next_page_token(token);
  return out;
}

absl::StatusOr<v1::Table> ListCommitments(const Views& views, const std::string& chapter,
                                          uint64_t now_ms) {
  ASSIGN_OR_RETURN(const Narrowed narrowed, NarrowTo(views, "", chapter));
  TableBuilder table({{"code", "COMMITMENT"},
                      {"nature", "NATURE"},
                      {"state", "STATE"},
                      {"text", "TEXT"},
                      {"addressees", "WHO REPORTS"},
                      {"indicators", "INDICATORS"}});
  ASSIGN_OR_RETURN(const CommitmentStates states, CommitmentStates::Load(views, now_ms));
  ASSIGN_OR_RETURN(auto slots, views.SlotsOfKind("commitment"));
  for (const v1::SlotValue& slot : slots) {
    v1::CommitmentSummary c;
    if (slot.contributions().empty() || !c.ParseFromString(ShownHead(slot)->summary())) continue;
    if (!OfChapter(c.code(), narrowed.chapter)) continue;
    table.Row({c.code(), c.nature(), states.Of(slot, c), c.text(),
               absl::StrJoin(c.addressees(), " "), absl::StrJoin(c.indicators(), " ")});
  }
  if (table.rows() == 0) RETURN_IF_ERROR(narrowed.unknown);
  return table.Finish();
}

absl::StatusOr<v1::Table> ListChapters(const Views& views) {
  TableBuilder table({{"code", "CHAPTER"}, {"title", "TITLE"}, {"aliases", "ALSO CALLED"}});
  ASSIGN_OR_RETURN(auto all, views.All<v1::ChapterSummary>("chapter"));
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.order() < b.order(); });
  for (const v1::ChapterSummary& c : all)
    table.Row({c.code(), c.title(), absl::StrJoin(c.aliases(), "; ")});
  return table.Finish();
}

absl::StatusOr<v1::Table> ListIndicators(const Views& views) {
  TableBuilder table({{"code", "INDICATOR"},
                      {"title", "TITLE"},
                      {"measure", "MEASURE"},
                      {"unit", "UNIT"},
                      {"aggregation", "AGGREGATION"}});
  ASSIGN_OR_RETURN(auto all, views.All<v1::IndicatorSummary>("indicator"));
  for (const auto& i : all)
    table.Row({i.code(), i.title(), i.measure(), i.unit(), i.aggregation()});
  return table.Finish();
}

absl::StatusOr<v1::Table> ListRounds(const Views& views, uint64_t now_ms) {
  TableBuilder table({{"code", "ROUND"},
                      {"nature", "KIND"},
                      {"state", "STATE"},
                      {"covers", "COVERS"},
                      {"opens", "OPENS"},
                      {"deadline", "DEADLINE"},
                      {"expected", "EXPECTED"},
                      {"scope", "SCOPE"}});
  ASSIGN_OR_RETURN(auto all, views.All<v1::RoundSummary>("round"));
  for (const auto& r : all) {
    ASSIGN_OR_RETURN(const Round round, Round::Load(views, r.code(), false));
    table.Row({r.code(), r.nature(), RoundState(round, now_ms), r.covers(), r.opens(), r.deadline(),
               absl::StrJoin(r.expected(), " "), absl::StrJoin(r.scope(), " ")});
  }
  return table.Finish();
}

// In the order of the minutes; also those that were taken back, as what they were.
absl::StatusOr<v1::Table> ListInterventions(const Views& views,
                                            const v1::ListRecordsRequest& request) {
  ASSIGN_OR_RETURN(const Narrowed narrowed, NarrowTo(views, request.round(), ""));
  TableBuilder table({{"reference", "REFERENCE"},
                      {"round", "ROUND"},
                      {"chapter", "CHAPTER"},
                      {"speaker", "SPEAKER"},
                      {"item", "ITEM"},
                      {"nature", "KIND"},
                      {"state", "STATE"},
                      {"date", "DATE"},
                      {"text", "TEXT"},
                      {"doc_ref", "SOURCE"}});
  ASSIGN_OR_RETURN(const auto slots, views.SlotsOfKind("intervention"));
  std::vector<std::tuple<v1::InterventionSummary, std::string, std::string>> all;
  for (const v1::SlotValue& slot : slots) {
    const Told told = ToldOf(slot);
    v1::InterventionSummary said;
    if (told.last == nullptr || !said.ParseFromString(told.last->summary())) continue;
    const auto first = meaning::FirstVersionIn(slot.slot());
    all.emplace_back(std::move(said), absl::StrCat("intervention/", first ? first->Short() : ""),
                     told.state);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& one, const auto& other) {
    const v1::InterventionSummary &a = std::get<0>(one), &b = std::get<0>(other);
    return std::tie(a.round(), a.item(), a.chapter(), a.speaker()) <
           std::tie(b.round(), b.item(), b.chapter(), b.speaker());
  });
  for (const auto& [i, reference, state] : all) {
    if (!narrowed.round.empty() && i.round() != narrowed.round) continue;
    if (!request.delegation().empty() && i.speaker() != request.delegation()) continue;
    table.Row({reference, i.round(), i.chapter(), i.speaker(), i.item(), i.nature(), state,
               i.date(), i.text(), i.doc_ref()});
  }
  if (table.rows() > 0) return table.Finish();
  // At meetings others speak, too, than those who were admitted.
  RETURN_IF_ERROR(CheckAdmitted(views, request.delegation()));
  RETURN_IF_ERROR(narrowed.unknown);
  return table.Finish();
}

}  // namespace

absl::StatusOr<v1::Table> ListRecords(const Views& views, const v1::ListRecordsRequest& request,
                                      uint64_t now_ms) {
  const std::string& kind = request.kind();
  if (request.uncounted()) return ListUncounted(views, request);
  if (kind == "report") return ListReports(views, request);
  if (kind == "commitment") return ListCommitments(views, request.chapter(), now_ms);
  if (kind == "chapter") return ListChapters(views);
  if (kind == "indicator") return ListIndicators(views);
  if (kind == "round") return ListRounds(views, now_ms);
  if (kind == "intervention") return ListInterventions(views, request);
  if (IsVoice(kind)) return ListVoices(views, request);
  return Error(
      StatusCode::kInvalidArgument, "VALIDATION_FAILED",
      absl::StrCat("\"", kind,
                   "\" cannot be listed; known: report commitment chapter indicator round ",
                   "intervention ", absl::StrJoin(VoiceKinds(), " ")));
}

namespace {

// Records of this kind have no name but the id of their entry.
bool GoesById(absl::string_view kind) {
  return meaning::ParseKind(kind) &&
         meaning::KindOfSlot(absl::StrCat(kind, "/", EntryId().ToHex())).has_value();
}

// The digits of "comment/2afb25f0" and "EUCA-2014/comment/2afb25f0", as lists show them; "": it is
// written in another way.
absl::string_view DigitsOfKind(const Views& views, absl::string_view text) {
  absl::ConsumePrefix(&text, views.code() + "/");
  const size_t slash = text.rfind('/');
  if (slash == absl::string_view::npos || !GoesById(text.substr(0, slash))) return "";
  text.remove_prefix(slash + 1);
  const auto raw = base::FromHex(text);
  return raw && raw->size() >= 4 && raw->size() <= 32 ? text : absl::string_view();
}

// "" when no entry held begins with these digits, or this version cannot read it.
absl::StatusOr<std::string> SlotOfDigits(const Views& views, absl::string_view text) {
  if (absl::StrContains(text, '/')) text = DigitsOfKind(views, text);
  const auto raw = base::FromHex(text);
  if (!raw || raw->size() < 4 || raw->size() > 32) return std::string();
  auto it = views.snapshot().Scan(store::kById, *raw);
  if (!it->Valid()) return std::string();
  ASSIGN_OR_RETURN(ledger::Entry entry, views.Entry(*EntryId::FromBytes(it->key())));
  const ledger::Note* head = views.published().authority.Find(entry.header.credentials_head);
  if (head == nullptr || entry.header.instrument != views.instrument()) return std::string();
  auto read = meaning::ReadPayload(entry.header.kind, entry.header.schema, entry.payload);
  return meaning::SlotOfRecord(
      read.record, views.published().DelegationCode(views.instrument(), head->chain_id()),
      entry.id);
}

}  // namespace

absl::StatusOr<std::string> SlotOfText(const Views& views, absl::string_view text) {
  ASSIGN_OR_RETURN(std::string by_digits, SlotOfDigits(views, text));
  if (!by_digits.empty()) return by_digits;
  const size_t digits = DigitsOfKind(views, text).size();
  if (digits > 0 && digits < EntryId().ToHex().size()) return NothingUnder(views, text);
  ASSIGN_OR_RETURN(meaning::Reference reference, meaning::ParseReference(text));
  if (!reference.instrument.empty() && reference.instrument != views.code()) {
    return Error(
        StatusCode::kInvalidArgument, "VALIDATION_FAILED",
        absl::StrCat("E-REF-ANCHOR reference: ", text, " belongs to ", reference.instrument,
                     ", asked was ", views.code(), "; add --instrument ", reference.instrument));
  }
  return meaning::SlotOfReference(reference);
}

std::string ShownReference(const Views& views, absl::string_view slot) {
  const size_t slash = slot.find('/');
  if (slash != absl::string_view::npos && GoesById(slot.substr(0, slash)))
    slot = slot.substr(0, slash + 1 + kShortDigits);
  return meaning::ReferenceOfSlot(views.code(), slot);
}

std::string KeyLabel(const Views& views, const std::string& delegation_code,
                     absl::string_view key) {
  const ledger::CharterView* charter = views.charter();
  if (!charter) return "";
  const auto delegation = charter->by_code.find(delegation_code);
  if (delegation == charter->by_code.end()) return LabelIn(nullptr, key);
  return LabelIn(views.published().authority.Credentials(views.instrument(), delegation->second),
                 key);
}

absl::StatusOr<v1::Table> Conflicts(const Views& views, const std::string& delegation) {
  RETURN_IF_ERROR(CheckAdmitted(views, delegation));
  TableBuilder table({{"reference", "REFERENCE"},
                      {"delegation", "DELEGATION"},
                      {"version", "VERSION"},
                      {"key_label", "OFFICE OR PERSON"},
                      {"signed", "SIGNED (CLAIM)"},
                      {"states", "SAYS"},
                      {"entry_id", "ENTRY"}});
  int conflicts = 0;
  auto it = views.snapshot().Scan(store::kSlots, views.instrument().view());
  for (; it->Valid(); it->Next()) {
    ASSIGN_OR_RETURN(const v1::SlotValue slot, views.SlotOfRow(it->key(), it->value()));
    const auto heads = merge::Heads(slot);
    if (heads.size() < 2) continue;
    if (!delegation.empty() && heads[0]->delegation() != delegation) continue;
    ++conflicts;
    const std::string reference = meaning::ReferenceOfSlot(views.code(), slot.slot());
    for (const v1::Contribution* head : heads) {
      v1::ReportSummary summary;
      std::string says = std::string(meaning::KindWord(head->kind()));
      if (head->kind() == v1::REPORT && summary.ParseFromString(head->summary())) {
        says = summary.nil() ? "nil report"
                             : absl::StrCat(meaning::ImplementationWord(summary.implementation()),
                                            " ", meaning::AssessmentWord(summary.assessment()));
      }
      const EntryId id = *EntryId::FromBytes(head->entry());
      table.Row({reference, head->delegation(),
                 absl::StrCat("#", merge::VersionOf(slot, head->entry()), "~", id.Short()),
                 KeyLabel(views, head->delegation(), head->key()), TimeText(WallMs(head->hlc())),
                 says, id.Short()});
    }
  }
  RETURN_IF_ERROR(it->status());
  if (conflicts > 0) {
    table.Note(
        absl::StrCat(conflicts, conflicts == 1 ? " record" : " records",
                     " with more than one version; the delegation that owns it settles it with ",
                     "entente draft merge REFERENCE"));
  }
  return table.Finish();
}

absl::Status NothingUnder(const Views& views, absl::string_view reference) {
  return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
               views.restricted() ? absl::StrCat("nothing stood under ", reference, " here then")
                                  : absl::StrCat("nothing stands under ", reference,
                                                 " here; it may not have been received yet"));
}

absl::StatusOr<store::EntryPlace> PlaceOf(const Views& views, absl::string_view text) {
  const store::LogReader log(&views.snapshot());
  if (auto raw = base::FromHex(text); raw && raw->size() >= 4 && raw->size() <= 32) {
    auto it = views.snapshot().Scan(store::kById, *raw);
    if (!it->Valid()) {
      return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("no entry ", text, " is held here"));
    }
    const EntryId id = *EntryId::FromBytes(it->key());
    ASSIGN_OR_RETURN(auto place, log.Find(id));
    return *place;
  }
  ASSIGN_OR_RETURN(std::string slot_text, SlotOfText(views, text));
  ASSIGN_OR_RETURN(v1::SlotValue slot, views.Slot(slot_text));
  const v1::Contribution* head = ShownHead(slot);
  if (!head) {  // what is held and does not count is somewhere, too
    ASSIGN_OR_RETURN(std::vector<UncountedRecord> held, UncountedOfSlot(views, slot_text));
    if (!held.empty()) return held.back().at.place;
    return NothingUnder(views, text);
  }
  ASSIGN_OR_RETURN(auto place, log.Find(*EntryId::FromBytes(head->entry())));
  return *place;
}

absl::StatusOr<v1::Table> Where(const Views& views, absl::string_view reference) {
  ASSIGN_OR_RETURN(store::EntryPlace place, PlaceOf(views, reference));
  const store::LogReader log(&views.snapshot());
  ASSIGN_OR_RETURN(ledger::Verdict verdict, log.VerdictOf(place));
  TableBuilder table({{"rung", "RUNG"}, {"answer", "ANSWER"}, {"detail", "DETAIL"}});
  table.Row(
      {"signed", "yes", absl::StrCat("entry ", place.id.ToHex(), ", sequence ", place.sequence)});
  ASSIGN_OR_RETURN(ledger::Entry entry, log.Get(place));
  ASSIGN_OR_RETURN(const bool included, views.Included(entry));
  if (!included) {
    return NothingUnder(views, reference);
  }
  if (views.restricted()) {
    table.Note("this version stood then; what is told of nodes and of the register is of now.");
  }
  const ledger::Note* head = views.published().authority.Find(entry.header.credentials_head);
  const Explanation said =
      head ? Explain(views, entry.feed(), head->chain_id(), place, verdict) : Explanation{};
  table.Row({"held here", "yes",
             absl::StrCat("status ", ledger::StatusInWords(verdict), said.why.empty() ? "" : ": ",
                          said.why, said.todo.empty() ? "" : "; ", said.todo)});
  v1::Report report;
  if (entry.header.kind == v1::REPORT && report.ParseFromString(entry.payload)) {
    for (const v1::Attachment& attachment : report.attachments()) {
      if (auto blob = meaning::BlobOf(attachment)) {
        ASSIGN_OR_RETURN(const v1::BlobRecord record, BlobRecordOf(views.snapshot(), *blob));
        table.Row({absl::StrCat("attachment ", attachment.name()),
                   record.complete() ? "yes" : "not yet", AttachmentWord(attachment, record)});
      }
    }
  }
  RETURN_IF_ERROR(AddHolders(views, entry.feed(), place, table));
  RETURN_IF_ERROR(AddRegisterRungs(views, place.id, table));
  return table.Finish();
}

}  // namespace entente::query

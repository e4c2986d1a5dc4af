// The story of one slot: every version that counts, what is held and does not, and which keys ended
// meanwhile.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/ledger/authority_words.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"
#include "node/query/record/records.h"
#include "node/query/record/uncounted.h"
#include "node/query/view/attachments.h"
#include "node/query/view/explain.h"
#include "node/query/view/second_signer.h"
#include "node/query/view/spoken.h"
#include "node/query/view/table.h"

namespace entente::query {

using base::EntryId;

namespace {

// Why a version took the place of another, as its author says; "" where it says nothing.
std::string ReasonOf(const v1::Contribution& version) {
  const std::string& bytes = version.summary();
  auto correction = [&bytes](auto summary) {
    return summary.ParseFromString(bytes) ? summary.correction() : std::string();
  };
  v1::WithdrawalSummary withdrawal;
  v1::RetractionSummary retraction;
  switch (version.kind()) {
    case v1::WITHDRAWAL:
      return withdrawal.ParseFromString(bytes) ? withdrawal.reason() : "";
    case v1::RETRACTION:
    case v1::MINUTES_RETRACTION:
      return retraction.ParseFromString(bytes) ? retraction.reason() : "";
    case v1::COMMENT:
      return correction(v1::CommentSummary());
    case v1::MEETING:
      return correction(v1::MeetingSummary());
    case v1::INTERVENTION:
      return correction(v1::InterventionSummary());
    default:
      return "";
  }
}

std::string KindInWords(uint32_t kind) {
  const bool taken_back = kind == v1::WITHDRAWAL || meaning::IsRetraction(kind);
  return taken_back ? "withdrawn" : std::string(meaning::KindWord(kind));
}

// What stands in no view: held, not counted, and why.
void AddUncountedRow(const Views& views, const UncountedRecord& record,
                     const std::string& slot_text, TableBuilder& table) {
  const Explanation said =
      Explain(views, record.at.feed, record.at.delegation, record.at.place, record.at.verdict);
  const ledger::EntryHeader& header = record.entry.header;
  meaning::ReadRecord read = meaning::ReadPayload(header.kind, header.schema, record.entry.payload);
  std::vector<std::string> replaces;
  if (const v1::Common* common = meaning::CommonOf(read.record)) {
    for (const std::string& id : common->supersedes())
      replaces.push_back(base::ToHex(id).substr(0, 8));
  }
  table.Row({"", meaning::ReferenceOfSlot(views.code(), slot_text),
             ledger::StatusInWords(record.at.verdict), record.delegation,
             KeyLabel(views, record.delegation, header.key.view()), TimeText(WallMs(header.hlc)),
             KindInWords(header.kind), record.at.place.id.Short(), absl::StrJoin(replaces, " "), "",
             said.why});
  if (!said.todo.empty())
    table.Note(absl::StrCat("what to do about ", record.at.place.id.Short(), ": ", said.todo));
}

std::string InWords(const v1::Contribution& voice) {
  v1::ReviewSummary review;
  if (voice.kind() == v1::REVIEW && review.ParseFromString(voice.summary()))
    return absl::StrCat("review: ", review.outcome());
  v1::CommentSummary comment;
  if (voice.kind() == v1::COMMENT && comment.ParseFromString(voice.summary()))
    return absl::StrCat(comment.answers().empty() ? "comment: " : "answer: ", comment.nature());
  return std::string(meaning::KindWord(voice.kind()));
}

std::string WordsOf(const v1::Contribution& voice) {
  v1::ReviewSummary review;
  if (voice.kind() == v1::REVIEW && review.ParseFromString(voice.summary()))
    return review.reason().empty() ? review.text() : review.reason();
  v1::CommentSummary comment;
  if (voice.kind() == v1::COMMENT && comment.ParseFromString(voice.summary()))
    return comment.text();
  v1::TranslationSummary translation;
  if (translation.ParseFromString(voice.summary()))
    return absl::StrCat(translation.part(), " in ", translation.lang());
  return "";
}

// Reviews, comments and translations of one version, under it, as they came; also what a later one
// replaced, since it was said.
absl::Status AddVoiceRows(const Views& views, const std::string& slot_text,
                          const v1::Contribution& version, TableBuilder& table) {
  ASSIGN_OR_RETURN(auto voices, EverSpokenAbout(views, *EntryId::FromBytes(version.entry()),
                                                {v1::REVIEW, v1::COMMENT, v1::TRANSLATION,
                                                 v1::INFORMAL_TRANSLATION}));
  for (const HistoricVoice& said : voices) {
    const v1::Contribution& voice = said.contribution;
    table.Row({"", meaning::ReferenceOfSlot(views.code(), slot_text),
               said.replaced ? "said, replaced" : "said", voice.delegation(),
               KeyLabel(views, voice.delegation(), voice.key()), TimeText(WallMs(voice.hlc())),
               InWords(voice), EntryId::FromBytes(voice.entry())->Short(), "", "", WordsOf(voice)});
  }
  return absl::OkStatus();
}

// Under a report that was cleared, or should have been: by whom, and what is wrong with it.
absl::Status AddClearingRow(const Views& views, const std::string& slot_text,
                            const v1::Contribution& version, TableBuilder& table) {
  ASSIGN_OR_RETURN(const ledger::Entry entry, views.Entry(*EntryId::FromBytes(version.entry())));
  const meaning::ReadRecord read =
      meaning::ReadPayload(entry.header.kind, entry.header.schema, entry.payload);
  const auto fault = SecondSignerFault(views, entry.header, read.record, meaning::Moment::kLog);
  const auto* report = std::get_if<v1::Report>(&read.record);
  const std::string who =
      report ? KeyLabel(views, version.delegation(), report->cleared_by().key()) : "";
  if (who.empty() && !fault) return absl::OkStatus();
  table.Row({"", meaning::ReferenceOfSlot(views.code(), slot_text),
             fault ? "not cleared" : "cleared", version.delegation(), who, "", "second signature",
             entry.id.Short(), "", "", fault ? fault->message : ""});
  return absl::OkStatus();
}

// A line for each key of the story that was ended or suspended.
std::vector<std::string> EndedKeys(const Views& views,
                                   const std::vector<const v1::Contribution*>& counted,
                                   const std::vector<UncountedRecord>& odd,
                                   const std::set<std::string>& keys) {
  const ledger::CharterView* charter = views.charter();
  std::set<std::string> codes;
  for (const v1::Contribution* c : counted) codes.insert(c->delegation());
  for (const UncountedRecord& record : odd) codes.insert(record.delegation);
  std::vector<std::string> out;
  for (const std::string& code : codes) {
    auto id = charter->by_code.find(code);
    if (id == charter->by_code.end()) continue;
    const auto& authority = views.published().authority;
    const ledger::CredentialsView* credentials =
        authority.Credentials(views.instrument(), id->second);
    if (!credentials) continue;
    for (const auto& [key, enrolled] : credentials->keys) {
      if (!keys.contains(key.str())) continue;
      const ledger::KeyState state = ledger::KeyStateOf(authority, *credentials, key);
      if (state.word == "active") continue;
      out.push_back(absl::StrCat("key ", ledger::Fingerprint(key), " (", enrolled.label, " of ",
                                 code, ") was ", state.text));
    }
  }
  return out;
}

}  // namespace

absl::StatusOr<v1::Table> History(const Views& views, absl::string_view reference) {
  ASSIGN_OR_RETURN(std::string slot_text, SlotOfText(views, reference));
  ASSIGN_OR_RETURN(v1::SlotValue slot, views.Slot(slot_text));
  TableBuilder table({{"version", "VERSION", true},
                      {"reference", "REFERENCE"},
                      {"state", "STATE"},
                      {"delegation", "DELEGATION"},
                      {"key_label", "OFFICE OR PERSON"},
                      {"signed", "SIGNED (CLAIM)"},
                      {"what", "WHAT"},
                      {"entry_id", "ENTRY"},
                      {"replaces", "REPLACES"},
                      {"attachments", "ATTACHMENTS"},
                      {"why", "WHY"}});
  ASSIGN_OR_RETURN(std::vector<UncountedRecord> odd, UncountedOfSlot(views, slot_text));
  std::map<std::string, std::string> adopted;  // entry id -> by whom
  for (const UncountedRecord& record : odd) {
    if (record.at.verdict.status == ledger::Status::kAdmitted) {
      adopted[record.at.place.id.str()] =
          Explain(views, record.at.feed, record.at.delegation, record.at.place, record.at.verdict)
              .why;
    }
  }
  const auto heads = merge::Heads(slot);
  std::vector<const v1::Contribution*> all;
  std::map<const v1::Contribution*, uint32_t> versions;
  for (const v1::Contribution& c : slot.contributions()) {
    all.push_back(&c);
    versions[&c] = merge::VersionOf(slot, c.entry());
  }
  std::sort(all.begin(), all.end(), [&](const v1::Contribution* a, const v1::Contribution* b) {
    return std::forward_as_tuple(versions.at(a), a->hlc(), a->entry()) <
           std::forward_as_tuple(versions.at(b), b->hlc(), b->entry());
  });
  ASSIGN_OR_RETURN(std::string stands, StateOfSlot(views, slot_text, slot));
  stands = stands.empty() || stands == "withdrawn" ? "stands" : absl::StrCat("stands: ", stands);
  std::map<uint32_t, int> per_version;
  for (const v1::Contribution* c : all) ++per_version[versions.at(c)];
  for (const v1::Contribution* c : all) {
    const bool head = std::find(heads.begin(), heads.end(), c) != heads.end();
    const uint32_t version = versions.at(c);
    std::vector<std::string> replaces;
    for (const std::string& id : c->supersedes()) replaces.push_back(base::ToHex(id).substr(0, 8));
    const EntryId id = *EntryId::FromBytes(c->entry());
    std::string name =
        absl::StrCat(meaning::ReferenceOfSlot(views.code(), slot_text), "#", version);
    if (per_version[version] > 1) absl::StrAppend(&name, "~", id.Short());
    ASSIGN_OR_RETURN(const std::string attachments, AttachmentsCell(views, *c));
    table.Row({absl::StrCat(version), name,
               head ? heads.size() > 1 ? "in conflict" : stands : "replaced", c->delegation(),
               KeyLabel(views, c->delegation(), c->key()), TimeText(WallMs(c->hlc())),
               KindInWords(c->kind()), id.Short(), absl::StrJoin(replaces, " "), attachments,
               adopted[c->entry()].empty() ? ReasonOf(*c) : adopted[c->entry()]});
    RETURN_IF_ERROR(AddClearingRow(views, slot_text, *c, table));
    RETURN_IF_ERROR(AddVoiceRows(views, slot_text, *c, table));
  }
  std::set<std::string> keys;
  for (const v1::Contribution* c : all) keys.insert(c->key());
  for (const UncountedRecord& record : odd) {
    if (record.at.verdict.status == ledger::Status::kAdmitted) continue;
    AddUncountedRow(views, record, slot_text, table);
    keys.insert(record.entry.header.key.str());
  }
  for (const std::string& line : EndedKeys(views, all, odd, keys)) table.Note(line);
  if (all.empty() && table.rows() == 0) {
    return NothingUnder(views, reference);
  }
  return table.Finish();
}

}  // namespace entente::query

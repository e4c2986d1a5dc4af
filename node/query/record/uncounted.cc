#include "node/query/record/uncounted.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/query/record/records.h"
#include "node/query/view/directory.h"
#include "node/query/view/explain.h"
#include "node/query/view/table.h"

namespace entente::query {

namespace {

constexpr int kRowsMax = 1000;

}  // namespace

absl::Status ForEachUncounted(const Views& views,
                              const std::function<bool(const Uncounted&)>& visit) {
  struct Feed {
    ledger::FeedKey key;
    uint32_t number;
    base::DelegationId delegation;
  };
  std::vector<Feed> feeds;
  RETURN_IF_ERROR(store::LogReader(&views.snapshot())
                      .ForEachFeed(views.instrument(), [&](const ledger::FeedKey& key,
                                                           const v1::FeedState& state) {
                        auto delegation = base::DelegationId::FromBytes(state.delegation());
                        if (!state.plain() && delegation)
                          feeds.push_back({key, state.number(), *delegation});
                        return true;
                      }));
  for (const Feed& feed : feeds) {
    auto it = views.snapshot().Scan(store::kStatus, store::EntryPrefix(feed.number));
    for (; it->Valid(); it->Next()) {
      const Uncounted found{feed.key, feed.delegation, store::ParseEntryKey(it->key()),
                            store::DecodeVerdict(it->value())};
      if (!visit(found)) return absl::OkStatus();
    }
    RETURN_IF_ERROR(it->status());
  }
  return absl::OkStatus();
}

absl::StatusOr<UncountedRecord> ReadUncounted(const Views& views, const Uncounted& at) {
  UncountedRecord out;
  out.at = at;
  ASSIGN_OR_RETURN(out.entry, store::LogReader(&views.snapshot()).Get(at.place));
  out.delegation = views.published().DelegationCode(views.instrument(), at.delegation);
  const ledger::EntryHeader& header = out.entry.header;
  meaning::ReadRecord read = meaning::ReadPayload(header.kind, header.schema, out.entry.payload);
  if (!read.fault && !read.newer)
    out.slot = meaning::SlotOfRecord(read.record, out.delegation, at.place.id);
  return out;
}

absl::StatusOr<std::vector<UncountedRecord>> UncountedOfSlot(const Views& views,
                                                             absl::string_view slot) {
  std::vector<UncountedRecord> out;
  absl::Status failed;
  RETURN_IF_ERROR(ForEachUncounted(views, [&](const Uncounted& at) {
    auto record = ReadUncounted(views, at);
    failed = record.status();
    if (record.ok() && record->slot == slot) out.push_back(*std::move(record));
    return failed.ok();
  }));
  RETURN_IF_ERROR(failed);
  return out;
}

absl::StatusOr<v1::Table> ListUncounted(const Views& views, const v1::ListRecordsRequest& request) {
  TableBuilder table({{"reference", "REFERENCE"},
                      {"delegation", "DELEGATION"},
                      {"key_label", "OFFICE OR PERSON"},
                      {"number", "NUMBER", true},
                      {"signed", "SIGNED (CLAIM)"},
                      {"status", "STATUS"},
                      {"why", "WHY"},
                      {"todo", "WHAT TO DO"},
                      {"entry_id", "ENTRY"}});
  RETURN_IF_ERROR(CheckAdmitted(views, request.delegation()));
  const int limit = request.page_size() > 0 ? std::min(request.page_size(), kRowsMax) : 100;
  absl::Status failed;
  bool more = false;
  RETURN_IF_ERROR(ForEachUncounted(views, [&](const Uncounted& at) {
    if (at.verdict.status == ledger::Status::kAdmitted) return true;
    auto record = ReadUncounted(views, at);
    failed = record.status();
    if (!failed.ok()) return false;
    if (!request.delegation().empty() && record->delegation != request.delegation()) return true;
    if (table.rows() == limit) {
      more = true;
      return false;
    }
    const Explanation said = Explain(views, at.feed, at.delegation, at.place, at.verdict);
    table.Row({record->slot.empty() ? "(of a kind this version cannot read)"
                                    : meaning::ReferenceOfSlot(views.code(), record->slot),
               record->delegation,
               KeyLabel(views, record->delegation, record->entry.header.key.view()),
               absl::StrCat(at.place.sequence), TimeText(WallMs(record->entry.header.hlc)),
               ledger::StatusInWords(at.verdict), said.why, said.todo, at.place.id.Short()});
    return true;
  }));
  RETURN_IF_ERROR(failed);
  if (more) table.Note(absl::StrCat("showing ", limit, "; name a delegation, or --limit"));
  return table.Finish();
}

}  // namespace entente::query

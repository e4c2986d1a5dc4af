#include "node/rpc/courier/bundle_gaps.h"

#include <map>

#include "node/base/status_macros.h"
#include "node/store/log_reader.h"

namespace entente::rpc {

namespace {

constexpr int kGapsTold = 100;
struct Waiting {
  std::map<uint64_t, uint64_t> at;  // sequence -> entries aside there
  std::string code;
};

std::string CodeOf(const store::Published& published, const base::InstrumentId& instrument,
                   absl::string_view entry) {
  auto header = store::DecodeEntryHeader(entry);
  if (!header.ok()) return "";
  const ledger::Note* note = published.authority.Find(header->credentials_head);
  return note == nullptr ? "" : published.DelegationCode(instrument, note->chain_id());
}

uint64_t HighestTip(const v1::FeedState& feed) {
  return feed.tips_size() == 0 ? 0 : feed.tips(feed.tips_size() - 1).sequence();
}

void TellFeed(const ledger::FeedKey& feed, uint64_t held, const Waiting& waiting,
              v1::ImportBundleResponse& response) {
  v1::BundleGap* gap = nullptr;
  uint64_t last = held;
  for (const auto& [sequence, entries] : waiting.at) {
    if (gap == nullptr || sequence > last + 1) {
      if (response.gaps_size() == kGapsTold) return;
      gap = response.add_gaps();
      gap->set_delegation(waiting.code);
      gap->set_key(feed.key.str());
      gap->set_incarnation(feed.incarnation);
      if (sequence > last + 1) {
        gap->set_from(last + 1);
        gap->set_to(sequence - 1);
      }
    }
    gap->set_waiting(gap->waiting() + entries);
    last = std::max(last, sequence);
  }
}

}  // namespace

absl::Status FindGaps(NodeCore& core, const base::InstrumentId& instrument,
                      v1::ImportBundleResponse& response) {
  const store::PublishedPtr published = core.published();
  const auto snapshot = core.NewSnapshot();
  const store::LogReader log(snapshot.get());
  std::map<ledger::FeedKey, Waiting> feeds;
  auto rows = snapshot->Scan(store::kAside, instrument.view());
  for (; rows->Valid(); rows->Next()) {
    const auto row = store::ParseAside(rows->key(), rows->value());
    if (!row) continue;
    Waiting& waiting = feeds[row->feed];
    waiting.at[row->sequence] += 1;
    if (waiting.code.empty()) waiting.code = CodeOf(*published, instrument, row->entry);
    response.set_waiting(response.waiting() + 1);
  }
  RETURN_IF_ERROR(rows->status());
  for (const auto& [feed, waiting] : feeds) {
    ASSIGN_OR_RETURN(const std::optional<v1::FeedState> state, log.Feed(feed));
    TellFeed(feed, state ? HighestTip(*state) : 0, waiting, response);
  }
  return absl::OkStatus();
}

}  // namespace entente::rpc

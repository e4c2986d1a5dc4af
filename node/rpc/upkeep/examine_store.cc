#include "node/rpc/upkeep/examine_store.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/authority.h"
#include "node/rpc/upkeep/examine_files.h"
#include "node/store/log_reader.h"

namespace entente::rpc {

namespace {

// One in so many signatures is checked without --full.
constexpr uint64_t kSampleEvery = 16;
constexpr char kWayOn[] = "entente backup restore, or an empty directory and entente sync";

class LogWalk {
 public:
  LogWalk(const storage::Snapshot& snapshot, const crypto::Verifier& verifier, bool all)
      : snapshot_(snapshot), log_(&snapshot), verifier_(verifier), all_(all) {}

  absl::Status Run() {
    RETURN_IF_ERROR(Notes());
    std::vector<std::pair<ledger::FeedKey, v1::FeedState>> feeds;
    auto it = snapshot_.Scan(store::kFeeds, "");
    for (; it->Valid(); it->Next()) {
      auto feed = ledger::FeedKey::Decode(it->key());
      v1::FeedState state;
      if (!feed || !state.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())))
        return absl::DataLossError("a feed's row does not parse");
      feeds.emplace_back(*feed, std::move(state));
    }
    RETURN_IF_ERROR(it->status());
    for (const auto& [feed, state] : feeds) RETURN_IF_ERROR(Feed(feed, state));
    return absl::OkStatus();
  }

  uint64_t notes = 0, entries = 0, signatures = 0, bad_signatures = 0;

 private:
  absl::Status Notes() {
    ledger::Authority authority(&verifier_);
    auto it = snapshot_.Scan(store::kNotes, "");
    for (; it->Valid(); it->Next(), ++notes) {
      const auto added = authority.Add(it->value());
      if (added.outcome == ledger::Authority::Outcome::kRefused) {
        return absl::DataLossError("an authority note no longer proves itself: " + added.reason);
      }
    }
    return it->status();
  }

  absl::Status Feed(const ledger::FeedKey& feed, const v1::FeedState& state) {
    absl::Status failed;
    uint64_t held = 0;
    RETURN_IF_ERROR(log_.ForEachRow(state.number(), 1,
                                    [&](const store::EntryPlace& place, absl::string_view row) {
                                      ++held;
                                      failed = Entry(feed, state, place, row);
                                      return failed.ok();
                                    }));
    RETURN_IF_ERROR(failed);
    if (held == state.entries()) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat("the feed of key ", feed.key.Short(), " has ", held,
                                            " entries, its row says ", state.entries()));
  }

  // Rows ascend, so that a predecessor is among those of the sequence before.
  absl::Status Entry(const ledger::FeedKey& feed, const v1::FeedState& state,
                     const store::EntryPlace& place, absl::string_view row) {
    ++entries;
    auto entry = store::DecodeEntry(row, place.id);
    if (!entry.ok()) return entry.status();
    const ledger::EntryHeader& header = entry->header;
    const std::string where = absl::StrCat("entry ", place.sequence, " of key ", feed.key.Short());
    if (entry->feed() != feed || header.sequence != place.sequence) {
      return absl::DataLossError(where + " is not the one its place names");
    }
    if (place.sequence != at_sequence_) {
      before_ =
          at_sequence_ + 1 == place.sequence ? std::move(here_) : std::vector<base::EntryId>();
      here_.clear();
      at_sequence_ = place.sequence;
    }
    here_.push_back(place.id);
    if (place.sequence > 1 &&
        std::find(before_.begin(), before_.end(), header.previous) == before_.end()) {
      return absl::DataLossError("the predecessor of " + where + " is missing");
    }
    bool is_head = false;
    for (const v1::FeedTip& tip : state.tips()) is_head = is_head || tip.id() == place.id.view();
    if (!all_ && !is_head && entries % kSampleEvery != 0) return absl::OkStatus();
    ++signatures;
    if (!ledger::Verify(*entry, verifier_)) ++bad_signatures;
    return absl::OkStatus();
  }

  const storage::Snapshot& snapshot_;
  const store::LogReader log_;
  const crypto::Verifier& verifier_;
  const bool all_;
  uint64_t at_sequence_ = 0;
  std::vector<base::EntryId> here_, before_;
};

}  // namespace

v1::Check ExamineHead(uint64_t commit, const absl::StatusOr<uint64_t>& head) {
  if (!head.ok()) {
    return FailCheck("head", std::string(head.status().message()),
                     "entente backup restore, or once: entented --accept-lost-batches");
  }
  if (*head > commit) {
    return FailCheck("head",
                     absl::StrCat(*head - commit, " acknowledged batches are missing: HEAD is ",
                                  *head, ", the store ends at ", commit),
                     "put the newer store back, or restore a backup that is not older");
  }
  return OkCheck("head", absl::StrCat("commit ", commit, ", as HEAD says"));
}

v1::Check ExamineChecksums(const absl::Status& verified) {
  if (verified.ok()) return OkCheck("store_checksums", "every table of the store is as written");
  return FailCheck("store_checksums", std::string(verified.message()), kWayOn);
}

v1::Check ExamineLog(const storage::Snapshot& snapshot, const crypto::Verifier& verifier,
                     bool all) {
  LogWalk walk(snapshot, verifier, all);
  const absl::Status status = walk.Run();
  if (!status.ok()) return FailCheck("log", std::string(status.message()), kWayOn);
  const std::string text =
      absl::StrCat(walk.notes, " notes and ", walk.entries, " entries link, ", walk.signatures,
                   " signatures checked", all ? "" : " (a sample; --full checks all)");
  if (walk.bad_signatures == 0) return OkCheck("log", text);
  return WarnCheck("log",
                   absl::StrCat(text, ", ", walk.bad_signatures,
                                " do not verify: evidence that somebody changed them on their way"),
                   "entente audit");
}

}  // namespace entente::rpc

#include "node/register/news.h"

#include <algorithm>
#include <utility>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/register/index_rows.h"
#include "node/register/registers.h"
#include "node/register/short_final.h"
#include "node/store/schema.h"

namespace entente::reg {

namespace {

// Rows of the family from the size on, while `visit` says so. `prefix` is the key without its size.
absl::Status ForEachSize(
    const storage::Snapshot& snapshot, const std::string& prefix, const std::string& from,
    const std::function<absl::StatusOr<bool>(uint64_t size, absl::string_view value)>& visit) {
  auto it = snapshot.Scan(store::kRegister, prefix);
  it->Seek(from);
  for (; it->Valid(); it->Next()) {
    ASSIGN_OR_RETURN(bool more, visit(SizeOfKey(it->key()), it->value()));
    if (!more) return absl::OkStatus();
  }
  return it->status();
}

absl::StatusOr<std::optional<tlog::SignedCheckpoint>> ReadCheckpoint(
    const storage::Snapshot& snapshot, const LogId& log, uint64_t size) {
  ASSIGN_OR_RETURN(auto row, snapshot.Get(store::kRegister, CheckpointKey(log, size)));
  if (!row) return std::optional<tlog::SignedCheckpoint>();
  ASSIGN_OR_RETURN(tlog::SignedCheckpoint parsed, tlog::ParseSignedCheckpoint(*row));
  return std::optional<tlog::SignedCheckpoint>(std::move(parsed));
}

// Size and time of the first final checkpoint over the leaf.
using Final = std::optional<std::pair<uint64_t, uint64_t>>;
absl::StatusOr<Final> FirstFinal(const storage::Snapshot& snapshot, const LogId& log,
                                 uint64_t index) {
  Final out;
  RETURN_IF_ERROR(ForEachSize(snapshot, FinalPrefix(log), FinalKey(log, index + 1),
                              [&](uint64_t size, absl::string_view since) -> absl::StatusOr<bool> {
                                out = {size, base::ReadU64(since)};
                                return false;
                              }));
  return out;
}

int FinalsIn(const v1::RegisterNews& news) { return news.finals_size() + news.short_finals_size(); }

void AddFinal(const Trust& trust, const tlog::SignedCheckpoint& checkpoint,
              v1::RegisterNews& news) {
  if (auto told = Shorten(trust, checkpoint)) {
    *news.add_short_finals() = *std::move(told);
  } else {
    news.add_finals(checkpoint.File());
  }
}

// REQUIRES: there is one. Either list ascends.
absl::StatusOr<uint64_t> LargestFinal(const v1::RegisterNews& news) {
  uint64_t size = 0;
  if (!news.short_finals().empty()) size = news.short_finals().rbegin()->size();
  if (news.finals().empty()) return size;
  ASSIGN_OR_RETURN(const auto last, tlog::ParseSignedCheckpoint(*news.finals().rbegin()));
  return std::max(size, last.checkpoint.size);
}

}  // namespace

absl::StatusOr<v1::RegisterNews> MakeNews(const storage::Snapshot& snapshot,
                                          const InstrumentId& instrument, const Head& head,
                                          const NewsFor& receiver) {
  const uint64_t leaves = receiver.leaves;
  v1::RegisterNews news;
  news.set_instrument(instrument.str());
  news.set_log(head.log.str());
  news.set_from(leaves);
  news.set_held(head.leaves);
  news.set_held_final(head.final_size);
  news.set_state(head.state);
  news.set_asks(head.kept_here && !head.stopped.empty());
  if (head.newest.checkpoint.size > 0) news.set_checkpoint(head.newest.File());
  const Get get = GetFrom(&snapshot);
  const uint64_t newest = head.newest.checkpoint.size;
  uint64_t end = leaves;
  if (leaves < newest) {
    end = std::min(newest, leaves + receiver.leaves_max);
    ASSIGN_OR_RETURN(std::vector<EntryId> ids, LeavesOf(get, head.log, leaves, end));
    if (receiver.naming == Naming::kPlaces) {
      RETURN_IF_ERROR(NameByPlaces(snapshot, head.log, ids, receiver.held, news));
    } else {
      for (const EntryId& id : ids) news.mutable_leaves()->append(id.view().data(), 32);
    }
    ASSIGN_OR_RETURN(tlog::Proof proof,
                     tlog::ConsistencyProof(end, newest, NodesOf(get, head.log, newest)));
    for (const Digest& hash : proof) news.add_proof(hash.str());
  }
  RETURN_IF_ERROR(
      ForEachSize(snapshot, FinalPrefix(head.log), FinalKey(head.log, receiver.final_size + 1),
                  [&](uint64_t size, absl::string_view) -> absl::StatusOr<bool> {
                    // The newest goes along as the checkpoint anyway.
                    if (size > end || size == newest) return false;
                    if (FinalsIn(news) >= receiver.finals_max) return false;
                    ASSIGN_OR_RETURN(auto checkpoint, ReadCheckpoint(snapshot, head.log, size));
                    if (checkpoint) AddFinal(head.trust, *checkpoint, news);
                    return true;
                  }));
  if (head.evidence > 0) {
    ASSIGN_OR_RETURN(std::vector<std::string> files, EvidenceOf(snapshot, head.log));
    news.set_evidence(files[0]);
  }
  return news;
}

absl::StatusOr<bool> Advance(const Head& head, const v1::RegisterNews& news, NewsFor& receiver) {
  receiver.leaves += LeavesIn(news);
  const bool whole =
      receiver.leaves >= head.newest.checkpoint.size && FinalsIn(news) < receiver.finals_max;
  if (whole) {
    receiver.final_size = head.final_size;
  } else if (FinalsIn(news) > 0) {
    ASSIGN_OR_RETURN(receiver.final_size, LargestFinal(news));
  }
  return whole;
}

absl::StatusOr<std::optional<Standing>> StandingOf(const storage::Snapshot& snapshot,
                                                   const Head& head, const EntryId& id) {
  ASSIGN_OR_RETURN(auto index, IndexReader(&snapshot, head.log).Of(id));
  if (!index || *index >= head.newest.checkpoint.size) return std::optional<Standing>();
  Standing out;
  out.index = *index;
  out.checkpoint = head.newest;
  ASSIGN_OR_RETURN(const auto final, FirstFinal(snapshot, head.log, *index));
  if (final) {
    out.final_since = final->second;
    ASSIGN_OR_RETURN(auto checkpoint, ReadCheckpoint(snapshot, head.log, final->first));
    if (checkpoint) out.checkpoint = *std::move(checkpoint);
  }
  for (const tlog::SignatureLine& line : out.checkpoint.lines) {
    if (head.trust.clock && tlog::LineIsOf(line, *head.trust.clock)) {
      out.received = tlog::TimeOf(line);
    }
  }
  return std::optional<Standing>(std::move(out));
}

absl::StatusOr<std::optional<uint64_t>> FinalTimes::Of(const EntryId& id) {
  ASSIGN_OR_RETURN(auto index, index_.Of(id));
  if (!index) return std::optional<uint64_t>();
  const auto known = found_.upper_bound(*index);
  if (known != found_.end() && known->second.from <= *index)
    return std::optional<uint64_t>(known->second.time);
  ASSIGN_OR_RETURN(const auto final, FirstFinal(*snapshot_, log_, *index));
  if (!final) return std::optional<uint64_t>();
  found_[final->first] = {*index, final->second};
  return std::optional<uint64_t>(final->second);
}

absl::StatusOr<tlog::Receipt> MakeReceipt(const storage::Snapshot& snapshot, const Head& head,
                                          const Standing& standing, std::string leaf) {
  tlog::Receipt receipt;
  receipt.leaf = std::move(leaf);
  receipt.index = standing.index;
  receipt.checkpoint = standing.checkpoint;
  const uint64_t size = standing.checkpoint.checkpoint.size;
  ASSIGN_OR_RETURN(
      receipt.proof,
      tlog::InclusionProof(standing.index, size, NodesOf(GetFrom(&snapshot), head.log, size)));
  return receipt;
}

absl::StatusOr<std::vector<tlog::SignedCheckpoint>> CheckpointsOf(const storage::Snapshot& snapshot,
                                                                  const LogId& log, uint64_t from,
                                                                  size_t max) {
  std::vector<tlog::SignedCheckpoint> out;
  RETURN_IF_ERROR(ForEachSize(snapshot, CheckpointPrefix(log), CheckpointKey(log, from),
                              [&](uint64_t, absl::string_view file) -> absl::StatusOr<bool> {
                                if (out.size() >= max) return false;
                                ASSIGN_OR_RETURN(auto one, tlog::ParseSignedCheckpoint(file));
                                out.push_back(std::move(one));
                                return true;
                              }));
  return out;
}

absl::StatusOr<std::optional<tlog::SignedCheckpoint>> NewestFinal(const storage::Snapshot& snapshot,
                                                                  const Head& head) {
  if (head.final_size == 0) return std::optional<tlog::SignedCheckpoint>();
  return ReadCheckpoint(snapshot, head.log, head.final_size);
}

absl::StatusOr<std::vector<std::string>> EvidenceOf(const storage::Snapshot& snapshot,
                                                    const LogId& log) {
  std::vector<std::string> out;
  auto it = snapshot.Scan(store::kRegister, EvidencePrefix(log));
  for (; it->Valid(); it->Next()) out.push_back(base::Str(it->value()));
  RETURN_IF_ERROR(it->status());
  return out;
}

}  // namespace entente::reg

#include "node/register/order.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/register/index_rows.h"
#include "node/store/log_reader.h"

namespace entente::reg {

namespace {

constexpr size_t kIdBytes = 32;
constexpr int kStepNumbers = 2;

absl::Status BadOrder(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "PROOF_MALFORMED",
                     absl::StrCat("the order of a register: ", what));
}

// The feed's entries from `sequence` on, while each is the only one at its sequence and `visit`
// says so. True: it ended at several of one sequence.
absl::StatusOr<bool> ForEachAlone(const store::LogReader& log, uint32_t feed, uint64_t sequence,
                                  const std::function<bool(const EntryId&)>& visit) {
  std::optional<store::EntryPlace> last;
  bool forked = false;
  RETURN_IF_ERROR(
      log.ForEachRow(feed, sequence, [&](const store::EntryPlace& place, absl::string_view) {
        forked = last && place.sequence == last->sequence;
        if (forked || (last && !visit(last->id))) {
          last.reset();
          return false;
        }
        last.reset();
        if (place.sequence != sequence) return false;
        ++sequence;
        last = place;
        return true;
      }));
  if (last) visit(last->id);
  return forked;
}

void AddStep(uint64_t back, uint64_t count, v1::RegisterNews& news) {
  news.add_order(back);
  news.add_order(count);
}

void AddSpelt(const EntryId& id, v1::RegisterNews& news) {
  news.mutable_leaves()->append(id.view().data(), kIdBytes);
  const int size = news.order_size();
  if (size > 0 && news.order(size - 2) == 0) {
    news.set_order(size - 1, news.order(size - 1) + 1);
  } else {
    AddStep(0, 1, news);
  }
}

// How many of `ids` from `at` on follow, one after the other, the entry before the first of them;
// and that one. 0: none can be named so.
struct Followers {
  EntryId before;
  uint64_t count = 0;
};
absl::StatusOr<Followers> FollowersAt(const store::LogReader& log, const std::vector<EntryId>& ids,
                                      size_t at, const HeldUpTo& held) {
  Followers out;
  ASSIGN_OR_RETURN(const auto place, log.Find(ids[at]));
  if (!place || place->sequence < 2) return out;
  uint64_t most = ids.size() - at;
  if (held) {
    ASSIGN_OR_RETURN(const ledger::EntryHeader header, log.Header(*place));
    const uint64_t last = held({header.instrument, header.key, header.incarnation});
    if (last < place->sequence) return out;
    most = std::min(most, last - place->sequence + 1);
  }
  bool first = true;
  RETURN_IF_ERROR(ForEachAlone(log, place->feed, place->sequence - 1, [&](const EntryId& id) {
                    if (std::exchange(first, false)) {
                      out.before = id;
                      return true;
                    }
                    if (id != ids[at + out.count]) return false;
                    return ++out.count < most;
                  }).status());
  return out;
}

// Ids that came out, and those before them that a place may refer to.
class Speller {
 public:
  Speller(const storage::Snapshot& snapshot, const Head& head, uint64_t from)
      : log_(&snapshot), nodes_(NodesOf(GetFrom(&snapshot), head.log, head.leaves)), from_(from) {}

  absl::StatusOr<Reading> Follow(uint64_t back, uint64_t count) {
    ASSIGN_OR_RETURN(const EntryId before, LeafAt(from_ + ids_.size() - back));
    ASSIGN_OR_RETURN(const auto place, log_.Find(before));
    if (!place) return Reading::kLacksEntries;
    // The last one first: while entries come, this is asked again and again.
    ASSIGN_OR_RETURN(const auto last, log_.IdsAt(place->feed, place->sequence + count));
    if (last.empty()) return Reading::kLacksEntries;
    const size_t end = ids_.size() + count;
    ASSIGN_OR_RETURN(const bool forked,
                     ForEachAlone(log_, place->feed, place->sequence + 1, [&](const EntryId& id) {
                       if (ids_.size() < end) ids_.push_back(id);
                       return ids_.size() < end;
                     }));
    if (ids_.size() == end) return Reading::kWhole;
    return forked ? Reading::kForked : Reading::kLacksEntries;
  }
  void Spelt(absl::string_view ids) {
    for (size_t at = 0; at < ids.size(); at += kIdBytes) {
      ids_.push_back(*EntryId::FromBytes(ids.substr(at, kIdBytes)));
    }
  }
  const std::vector<EntryId>& ids() const { return ids_; }

 private:
  absl::StatusOr<EntryId> LeafAt(uint64_t index) const {
    if (index >= from_) return ids_[index - from_];
    ASSIGN_OR_RETURN(const Digest hash, nodes_({0, index}));
    return *EntryId::FromBytes(hash.view());
  }

  const store::LogReader log_;
  const tlog::NodeSource nodes_;
  const uint64_t from_;
  std::vector<EntryId> ids_;
};

// Before anything is read: counts within their bounds, and every place behind the leaf it names.
absl::Status CheckOrder(const v1::RegisterNews& news) {
  if (news.from() > tlog::kTreeSizeMax) return BadOrder("it begins beyond any tree");
  uint64_t leaves = 0, spelt = 0;
  for (int i = 0; i + 1 < news.order_size(); i += kStepNumbers) {
    const uint64_t back = news.order(i), count = news.order(i + 1);
    if (count == 0 || count > kNewsLeavesMax - leaves) {
      return BadOrder(absl::StrCat("a step over ", count, " leaves; 1 to ", kNewsLeavesMax,
                                   " stand in one message"));
    }
    if (back > news.from() + leaves) return BadOrder("a place before the first leaf");
    leaves += count;
    if (back == 0) spelt += count;
  }
  if (news.order_size() % kStepNumbers != 0 || news.leaves().size() != spelt * kIdBytes) {
    return BadOrder("it is cut short, or does not go with the ids beside it");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status NameByPlaces(const storage::Snapshot& snapshot, const LogId& log,
                          const std::vector<EntryId>& ids, const HeldUpTo& held,
                          v1::RegisterNews& news) {
  const store::LogReader reader(&snapshot);
  IndexReader indexes(&snapshot, log);
  for (size_t at = 0; at < ids.size();) {
    ASSIGN_OR_RETURN(const Followers run, FollowersAt(reader, ids, at, held));
    std::optional<uint64_t> index;
    if (run.count > 0) {
      ASSIGN_OR_RETURN(index, indexes.Of(run.before));
    }
    const uint64_t here = news.from() + at;
    if (index && *index < here) {
      AddStep(here - *index, run.count, news);
      at += run.count;
    } else {
      AddSpelt(ids[at++], news);
    }
  }
  return absl::OkStatus();
}

uint64_t LeavesIn(const v1::RegisterNews& news) {
  if (news.order().empty()) return news.leaves().size() / kIdBytes;
  uint64_t leaves = 0;
  for (int i = 1; i < news.order_size(); i += kStepNumbers) leaves += news.order(i);
  return leaves;
}

absl::StatusOr<Reading> SpellOut(const storage::Snapshot& snapshot, const Head& head,
                                 v1::RegisterNews& news) {
  if (news.order().empty()) return Reading::kWhole;
  RETURN_IF_ERROR(CheckOrder(news));
  Speller speller(snapshot, head, news.from());
  absl::string_view spelt = news.leaves();
  if (news.from() <= head.leaves && news.from() + LeavesIn(news) > head.leaves) {
    for (int i = 0; i < news.order_size(); i += kStepNumbers) {
      const uint64_t back = news.order(i), count = news.order(i + 1);
      if (back == 0) {
        speller.Spelt(spelt.substr(0, count * kIdBytes));
        spelt.remove_prefix(count * kIdBytes);
        continue;
      }
      ASSIGN_OR_RETURN(const Reading reading, speller.Follow(back, count));
      if (reading != Reading::kWhole) return reading;
    }
  }
  news.clear_order();
  news.clear_leaves();
  for (const EntryId& id : speller.ids()) {
    news.mutable_leaves()->append(id.view().data(), kIdBytes);
  }
  return Reading::kWhole;
}

}  // namespace entente::reg

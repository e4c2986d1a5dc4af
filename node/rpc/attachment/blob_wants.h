// Which contents of attachments this node wants, from what its reports name and its settings say,
// and whether a peer may have one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/blob/blob_limits.h"
#include "node/rpc/attachment/blob_store.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

struct BlobWanted {
  base::InstrumentId instrument;
  blob::BlobId blob;
  blob::ChunkSet held;

  uint64_t missing_bytes() const {
    uint64_t bytes = 0;
    for (uint32_t i = held.NextMissing(0); i < held.chunks(); i = held.NextMissing(i + 1)) {
      bytes += blob.chunk_size(i);
    }
    return bytes;
  }
};

class BlobWants {
 public:
  // All outlive this.
  BlobWants(NodeCore* core, BlobStore* store, const blob::LimitsByInstrument* limits)
      : core_(*core), store_(*store), limits_(*limits) {}

  // Contents of common instruments that are wanted and not complete, ascending by instrument and
  // name, from behind `after` on, at most `max`. One row per content is looked at, none twice.
  absl::StatusOr<std::vector<BlobWanted>> From(const base::Spki& peer, const std::string& after,
                                               size_t max);
  // Every content that reports of the instrument name, ascending, with the reports.
  absl::Status ForEachNamed(
      const storage::Snapshot& snapshot, const base::InstrumentId& instrument,
      const std::function<absl::StatusOr<bool>(const blob::BlobId&,
                                               const std::vector<base::EntryId>&)>& visit) const;
  // A person's wish, or the settings', for a content that a report of the instrument names.
  absl::StatusOr<bool> Wanted(const base::InstrumentId& instrument, const blob::BlobId& blob);
  // May the node have entries of the instrument, and does a report of it name the content?
  bool MayHave(const base::Spki& peer, const base::InstrumentId& instrument,
               const blob::BlobId& blob);
  // The reports of the instrument that name it.
  std::vector<base::EntryId> NamedBy(const base::InstrumentId& instrument,
                                     const blob::BlobId& blob);
  // What needs it: a report of any joined instrument that names it, else a draft that names it or
  // for which it came, and which may yet be submitted.
  enum class Use : uint8_t { kNone, kDraft, kReport };
  absl::StatusOr<Use> UseOf(const blob::BlobId& blob);

 private:
  struct Policy {
    bool all = false, own = false;
    uint64_t max = 0;
  };
  Policy PolicyOf(const store::Published& published, const base::InstrumentId& instrument) const;
  bool IsOwn(const store::Published& published, const storage::Snapshot& snapshot,
             const base::EntryId& entry) const;
  absl::StatusOr<std::optional<BlobWanted>> WantedRow(const store::Published& published,
                                                      const storage::Snapshot& snapshot,
                                                      const Policy& policy,
                                                      const base::InstrumentId& instrument,
                                                      const blob::BlobId& blob,
                                                      const std::vector<base::EntryId>& by) const;

  NodeCore& core_;
  BlobStore& store_;
  const blob::LimitsByInstrument& limits_;
};

}  // namespace entente::rpc

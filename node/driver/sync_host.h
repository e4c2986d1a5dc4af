// The sync room's view of this node: durable entries through snapshots, membership and digests
// through what the writer last published. Any thread may own one; it never touches the replica.
#pragma once

#include <functional>
#include <memory>

#include "node/store/published.h"
#include "node/store/schema.h"
#include "node/sync/frame/order.h"
#include "node/sync/frontier/host.h"

namespace entente::driver {

class SyncHost final : public sync::Host {
 public:
  // Where the host looks. All may be called from the owner's thread at any time.
  struct Sources {
    std::function<store::PublishedPtr()> published;
    std::function<std::unique_ptr<const storage::Snapshot>()> snapshot;
    // A copy of the frontier whose every entry is durable.
    std::function<std::shared_ptr<const sync::Frontier>(const base::InstrumentId&)> frontier;
    // Durable too. As sync::Host::ChangesSince.
    std::function<std::optional<sync::Changes>(const base::InstrumentId&, uint64_t after,
                                               const std::vector<sync::FeedRef>& also, size_t max)>
        changes;
    // As sync::Host::DeadlinesIn; none: nothing is urgent.
    std::function<sync::Deadlines(const base::InstrumentId&)> deadlines;
    // Hands the bookmark to the writer; does not wait.
    std::function<void(const base::Spki&, const base::InstrumentId&, const sync::Bookmark&)> keep;
    // Likewise.
    std::function<void(const base::Spki&, const base::InstrumentId&,
                       const std::vector<sync::FeedTip>&)>
        keep_acknowledged;
  };
  explicit SyncHost(Sources sources) : sources_(std::move(sources)) {}

  std::string StoreId() override;
  std::vector<base::InstrumentId> CommonInstruments(const base::Spki& peer) override;
  sync::Access AccessOf(const base::Spki& peer, const base::InstrumentId& instrument) override;
  uint64_t AuthorityGeneration() override;
  base::Digest AuthorityDigest(const base::InstrumentId& instrument) override;
  std::vector<base::NoteId> Leaves(const base::InstrumentId& instrument) override;
  std::vector<base::NoteId> SuspendIds(const base::InstrumentId& instrument) override;
  std::vector<std::string> MissingFor(const base::InstrumentId& instrument,
                                      const std::vector<base::NoteId>& leaves,
                                      const std::vector<base::NoteId>& suspends) override;
  std::vector<base::PublicKey> KeyOrder(const base::InstrumentId& instrument) override;
  base::Digest FrontierDigest(const base::InstrumentId& instrument) override;
  std::string RegisterState(const base::InstrumentId& instrument) override;
  uint64_t FeedCount(const base::InstrumentId& instrument) override;
  std::shared_ptr<const sync::Frontier> FrontierOf(const base::InstrumentId& instrument) override;
  absl::StatusOr<std::vector<base::EntryId>> IdsAt(const ledger::FeedKey& feed,
                                                   uint64_t sequence) override;
  absl::StatusOr<std::unique_ptr<sync::EntryCursor>> ReadPath(
      const ledger::FeedKey& feed, const sync::EntryRef& tip,
      const std::vector<sync::EntryRef>& have) override;
  sync::Deadlines DeadlinesIn(const base::InstrumentId& instrument) override;
  uint64_t NewestArrival() override;
  absl::StatusOr<std::unique_ptr<sync::ArrivalCursor>> ReadArrivals(
      const base::InstrumentId& instrument, uint64_t after, const base::Spki& except) override;
  sync::Bookmark Here(const base::InstrumentId& instrument) override;
  std::vector<sync::Bookmark> BookmarksWith(const base::Spki& peer,
                                            const base::InstrumentId& instrument) override;
  void KeepBookmark(const base::Spki& peer, const base::InstrumentId& instrument,
                    const sync::Bookmark& bookmark) override;
  void KeepAcknowledged(const base::Spki& peer, const base::InstrumentId& instrument,
                        const std::vector<sync::FeedTip>& tips) override;
  std::optional<sync::Changes> ChangesSince(const base::InstrumentId& instrument, uint64_t after,
                                            const std::vector<sync::FeedRef>& also,
                                            size_t max) override;

 private:
  Sources sources_;
};

}  // namespace entente::driver

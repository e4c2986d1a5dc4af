// A planted bug as a sync::Host: everything is the wrapped host's answer but membership, which is
// granted to whoever asks.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "node/store/published.h"
#include "node/sync/frontier/host.h"

namespace entente::simulation {

class OpenHost final : public sync::Host {
 public:
  using Published = std::function<store::PublishedPtr()>;
  OpenHost(std::unique_ptr<sync::Host> host, Published published)
      : host_(std::move(host)), published_(std::move(published)) {}

  std::vector<base::InstrumentId> CommonInstruments(const base::Spki&) override {
    const store::PublishedPtr now = published_();
    return {now->instruments.begin(), now->instruments.end()};
  }
  sync::Access AccessOf(const base::Spki&, const base::InstrumentId&) override {
    return sync::Access::kEntries;
  }

  std::string StoreId() override { return host_->StoreId(); }
  uint64_t AuthorityGeneration() override { return host_->AuthorityGeneration(); }
  base::Digest AuthorityDigest(const base::InstrumentId& id) override {
    return host_->AuthorityDigest(id);
  }
  std::vector<base::NoteId> Leaves(const base::InstrumentId& id) override {
    return host_->Leaves(id);
  }
  std::vector<base::NoteId> SuspendIds(const base::InstrumentId& id) override {
    return host_->SuspendIds(id);
  }
  std::vector<std::string> MissingFor(const base::InstrumentId& id,
                                      const std::vector<base::NoteId>& leaves,
                                      const std::vector<base::NoteId>& suspends) override {
    return host_->MissingFor(id, leaves, suspends);
  }
  std::vector<base::PublicKey> KeyOrder(const base::InstrumentId& id) override {
    return host_->KeyOrder(id);
  }
  base::Digest FrontierDigest(const base::InstrumentId& id) override {
    return host_->FrontierDigest(id);
  }
  uint64_t FeedCount(const base::InstrumentId& id) override { return host_->FeedCount(id); }
  std::shared_ptr<const sync::Frontier> FrontierOf(const base::InstrumentId& id) override {
    return host_->FrontierOf(id);
  }
  absl::StatusOr<std::vector<base::EntryId>> IdsAt(const ledger::FeedKey& feed,
                                                   uint64_t sequence) override {
    return host_->IdsAt(feed, sequence);
  }
  absl::StatusOr<std::unique_ptr<sync::EntryCursor>> ReadPath(
      const ledger::FeedKey& feed, const sync::EntryRef& tip,
      const std::vector<sync::EntryRef>& have) override {
    return host_->ReadPath(feed, tip, have);
  }
  uint64_t NewestArrival() override { return host_->NewestArrival(); }
  absl::StatusOr<std::unique_ptr<sync::ArrivalCursor>> ReadArrivals(
      const base::InstrumentId& id, uint64_t after, const base::Spki& except) override {
    return host_->ReadArrivals(id, after, except);
  }
  sync::Bookmark Here(const base::InstrumentId& id) override { return host_->Here(id); }
  std::vector<sync::Bookmark> BookmarksWith(const base::Spki& peer,
                                            const base::InstrumentId& id) override {
    return host_->BookmarksWith(peer, id);
  }
  void KeepBookmark(const base::Spki& peer, const base::InstrumentId& id,
                    const sync::Bookmark& bookmark) override {
    host_->KeepBookmark(peer, id, bookmark);
  }
  std::optional<sync::Changes> ChangesSince(const base::InstrumentId& id, uint64_t after,
                                            const std::vector<sync::FeedRef>& also,
                                            size_t max) override {
    return host_->ChangesSince(id, after, also, max);
  }

 private:
  std::unique_ptr<sync::Host> host_;
  Published published_;
};

}  // namespace entente::simulation

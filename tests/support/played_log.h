// A node played for audits: the log, the register and the counts it is given, exported as a node
// does, whole and in parts.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "entente/v1/local.pb.h"
#include "entente/v1/register.pb.h"
#include "node/ledger/entry.h"
#include "node/tlog/checkpoint.h"
#include "node/tlog/memory_tree.h"
#include "tests/unit/client/fake_channel.h"

namespace entente::support {

class PlayedLog {
 public:
  explicit PlayedLog(const base::InstrumentId& instrument) : instrument_(instrument) {}

  // In place of those before.
  void SetNotes(std::vector<std::string> files) { notes_ = std::move(files); }
  // Linked to what is held of its feed already; a second one at its place makes a fork.
  void Add(const ledger::Entry& entry);
  void AddAside(const ledger::Entry& entry);
  // An entry that is held becomes another, as a disk or a hand changes it.
  void Replace(const base::EntryId& id, const ledger::Entry& by);
  // The register's next leaf, and a checkpoint.
  void AddLeaf(const base::EntryId& id);
  void AddCheckpoint(const tlog::SignedCheckpoint& checkpoint);
  // What the node tells its people.
  void Tell(uint64_t entries, uint64_t pending, uint64_t quarantined, uint64_t disputed);

  uint64_t entries() const { return entries_; }
  uint64_t leaves() const { return tree_.size(); }
  base::Digest RootAt(uint64_t size) const { return tree_.RootAt(size); }
  // Entries it gave since it was asked last.
  uint64_t TakeGiven() { return std::exchange(given_, 0); }

  // Until the node gets other answers; this lives as long.
  void PlayOn(client::FakeNode& node);

 private:
  struct Feed {
    std::map<std::pair<uint64_t, base::EntryId>, v1::SignedEntry> rows;
    std::map<std::pair<uint64_t, base::EntryId>, bool> tips;
  };
  std::vector<v1::LogChunk> Export(const v1::ExportLogRequest& request);
  void ExportRows(const Feed& feed, uint64_t from, std::vector<v1::LogChunk>& out);
  std::vector<v1::RegisterChunk> ExportTree(const v1::ExportRegisterRequest& request) const;

  const base::InstrumentId instrument_;
  std::vector<std::string> notes_;
  std::map<ledger::FeedKey, Feed> feeds_;
  std::vector<v1::SignedEntry> aside_;
  uint64_t entries_ = 0, given_ = 0;
  tlog::MemoryTree tree_;
  std::map<uint64_t, std::string> checkpoints_;
  v1::InstrumentStatus status_;
};

}  // namespace entente::support

// Writes an audit pack: everything an outsider needs to check an instrument's register, and nothing
// that has to be believed. The layout is docs/protocol.md, "Audit pack".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "client/audit/pack_attachments.h"
#include "client/audit/pack_files.h"
#include "node/base/id.h"
#include "node/ledger/authority.h"
#include "node/tlog/checkpoint.h"
#include "node/tlog/memory_tree.h"

namespace entente::client {

class PackWriter {
 public:
  // `sink` outlives this.
  PackWriter(const base::InstrumentId& instrument, PackSink* sink);

  // In any order, each kind as often as there is something; leaves in the register's order.
  absl::Status AddNotes(const std::vector<std::string>& files);
  absl::Status AddPayload(const ledger::EntryHeader& header, absl::string_view payload);
  absl::Status AddEvidence(absl::string_view file);
  void AddLeaf(std::string leaf);
  // Ascending by size. The pack ends with the newest whose quorum the charter's policy finds met,
  // or with the last where none is; leaves beyond it are left out.
  void AddCheckpoint(tlog::SignedCheckpoint checkpoint);

  // An RFC 3161 token over these bytes of a checkpoint file, which the pack then holds as they are.
  void AddTimestamp(std::string checkpoint_file, std::string token);

  // Writes a content whole under the path, or nothing and says false: it is not to be had.
  using GiveAttachment =
      std::function<absl::StatusOr<bool>(const blob::BlobId& blob, const std::string& path)>;
  // What the pack's reports name goes in, as far as it is given; without this nothing of it does.
  void WithAttachments(GiveAttachment give) { give_ = std::move(give); }

  // After everything was added: which entries the pack holds. FAILED_PRECONDITION: no checkpoint
  // was added, or fewer leaves than it covers.
  absl::Status Settle();
  // REQUIRES: Settle succeeded. Of the pack: its entries, its notes as they stand in it; its views.
  std::set<base::EntryId> Entries() const;
  std::vector<std::string> NoteFiles() const;
  absl::Status AddViews(absl::string_view file) { return Put("views", file); }
  // REQUIRES: Settle succeeded. FAILED_PRECONDITION: a stamped checkpoint that is not of this
  // register, or not in the pack.
  absl::Status Finish();

  uint64_t files() const { return files_; }
  // Of those that reports in the pack name.
  uint64_t attachments() const { return attachments_; }
  uint64_t attachments_missing() const { return attachments_missing_; }
  // Entries that are left out because their checkpoint waits for its witnesses.
  uint64_t unfinal() const { return unfinal_; }
  // REQUIRES: Settle succeeded.
  const tlog::Checkpoint& newest() const { return checkpoints_.back().checkpoint; }

 private:
  absl::Status Put(const std::string& path, absl::string_view content);
  absl::Status PutTiles(uint64_t size);
  absl::Status PutCheckpoints();
  absl::Status PutConsistency(const tlog::SignedCheckpoint& from, const tlog::SignedCheckpoint& to);
  absl::Status PutReceipts(const tlog::SignedCheckpoint& newest);
  absl::Status PutAuthority();
  void LeaveOutUnfinal();
  absl::Status PutTimestamps(uint64_t size);
  absl::Status PutAttachments();

  const base::InstrumentId instrument_;
  PackSink& sink_;
  ledger::Authority authority_;
  std::vector<std::string> leaves_;
  tlog::MemoryTree tree_;
  std::vector<tlog::SignedCheckpoint> checkpoints_;
  std::set<std::string> payloads_;
  std::map<base::Digest, std::vector<v1::Attachment>> named_;  // by payload hash
  GiveAttachment give_;
  struct Stamp {
    std::string checkpoint_file, token;
  };
  std::vector<Stamp> stamps_;
  std::map<uint64_t, std::string> stamped_;  // files that stand in the pack as they were stamped
  uint64_t files_ = 0, evidence_ = 0, unfinal_ = 0, attachments_ = 0, attachments_missing_ = 0;
};

}  // namespace entente::client

#include "client/audit/pack_writer.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "client/audit/register_check.h"
#include "client/base/errors.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/ledger/entry.h"
#include "node/tlog/charter_policy.h"
#include "node/tlog/receipt.h"
#include "node/tlog/witness.h"

namespace entente::client {

namespace {

using tlog::Tile;

absl::Status NothingToPack(absl::string_view what) {
  return Failure(absl::StatusCode::kFailedPrecondition, "NOT_FOUND_RECORD", what,
                 "a pack is made of what a checkpoint covers: entente register show");
}

absl::Status BadStamp(absl::string_view why) {
  return WithField(Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                           absl::StrCat("--timestamp: the stamped checkpoint does not belong to "
                                        "this pack: ",
                                        why),
                           "stamp what entente register checkpoint --out FILE writes, and keep "
                           "that file beside its .tsr"),
                   "--timestamp");
}

// A chain's notes, one file a position; where a position has several versions, the further ones
// carry their id.
std::map<std::string, std::string> ChainPaths(const std::string& folder,
                                              const std::vector<const ledger::Note*>& notes) {
  std::map<std::string, std::string> out;
  for (const ledger::Note* note : notes) {
    std::string path = absl::StrCat(folder, "/", note->position);
    if (out.contains(path)) absl::StrAppend(&path, "-", note->id.ToHex());
    out[path] = note->File();
  }
  return out;
}

// Tiles of smaller trees that no full tile of the newest one replaces.
std::set<Tile> OlderTiles(const std::vector<tlog::SignedCheckpoint>& checkpoints, uint64_t size) {
  std::set<Tile> out;
  for (const tlog::SignedCheckpoint& c : checkpoints) {
    for (uint32_t level = 0; tlog::TileRowSize(size, level) > 0; ++level) {
      const uint64_t then = tlog::TileRowSize(c.checkpoint.size, level);
      const uint64_t now = tlog::TileRowSize(size, level);
      const auto width = static_cast<uint32_t>(then % tlog::kTileWidth);
      const uint64_t number = then / tlog::kTileWidth;
      if (width == 0 || then == now || (number + 1) * tlog::kTileWidth <= now) continue;
      out.insert({false, level, number, width});
      if (level == 0) out.insert({true, 0, number, width});
    }
  }
  return out;
}

}  // namespace

PackWriter::PackWriter(const base::InstrumentId& instrument, PackSink* sink)
    : instrument_(instrument), sink_(*sink), authority_(&crypto::Ed25519Verifier()) {}

absl::Status PackWriter::Put(const std::string& path, absl::string_view content) {
  ++files_;
  return sink_.Add(path, content);
}

absl::Status PackWriter::AddNotes(const std::vector<std::string>& files) {
  for (const std::string& file : files) authority_.Add(file);
  return absl::OkStatus();
}

absl::Status PackWriter::AddPayload(const ledger::EntryHeader& header, absl::string_view payload) {
  const base::Digest hash = crypto::Sha256(payload);
  std::vector<v1::Attachment> named = AttachmentsNamed(header, payload);
  if (!named.empty()) named_[hash] = std::move(named);
  const std::string path = absl::StrCat("payload/", hash.ToHex());
  return payloads_.insert(path).second ? Put(path, payload) : absl::OkStatus();
}

absl::Status PackWriter::AddEvidence(absl::string_view file) {
  return Put(absl::StrCat("equivocation/", ++evidence_), file);
}

void PackWriter::AddLeaf(std::string leaf) { leaves_.push_back(std::move(leaf)); }

void PackWriter::AddCheckpoint(tlog::SignedCheckpoint checkpoint) {
  checkpoints_.push_back(std::move(checkpoint));
}

void PackWriter::AddTimestamp(std::string checkpoint_file, std::string token) {
  stamps_.push_back({std::move(checkpoint_file), std::move(token)});
}

// The stamped bytes have the lines of their time; later ones would make another file of them.
absl::Status PackWriter::PutTimestamps(uint64_t size) {
  for (Stamp& stamp : stamps_) {
    const auto parsed = tlog::ParseSignedCheckpoint(stamp.checkpoint_file);
    if (!parsed.ok()) return BadStamp(parsed.status().message());
    const tlog::Checkpoint& c = parsed->checkpoint;
    if (c.origin != checkpoints_.back().checkpoint.origin) {
      return BadStamp(absl::StrCat("it is of ", c.origin));
    }
    if (c.size == 0 || c.size > size) {
      return BadStamp(absl::StrCat("it covers ", c.size, " entries, the pack ends at ", size));
    }
    if (c.root != tree_.RootAt(c.size)) {
      return BadStamp(absl::StrCat("the first ", c.size,
                                   " entries have another root: it is "
                                   "evidence, look with entente register check"));
    }
    if (!stamped_.emplace(c.size, std::move(stamp.checkpoint_file)).second) {
      return BadStamp(absl::StrCat("a checkpoint of ", c.size, " entries was given already"));
    }
    RETURN_IF_ERROR(Put(absl::StrCat("timestamp/", c.size, ".tsr"), stamp.token));
  }
  return absl::OkStatus();
}

absl::Status PackWriter::PutTiles(uint64_t size) {
  std::vector<Tile> tiles = tlog::TilesOf(size);
  const std::set<Tile> older = OlderTiles(checkpoints_, size);
  tiles.insert(tiles.end(), older.begin(), older.end());
  for (const Tile& tile : tiles) {
    if (!tile.entries) {
      RETURN_IF_ERROR(Put(tlog::TilePath(tile), tlog::EncodeHashTile(tree_.HashesOf(tile))));
      continue;
    }
    const auto first = leaves_.begin() + static_cast<ptrdiff_t>(tile.number * tlog::kTileWidth);
    RETURN_IF_ERROR(
        Put(tlog::TilePath(tile), tlog::EncodeEntryBundle({first, first + tile.width})));
  }
  return absl::OkStatus();
}

absl::Status PackWriter::PutConsistency(const tlog::SignedCheckpoint& from,
                                        const tlog::SignedCheckpoint& to) {
  tlog::AddCheckpoint body{from.checkpoint.size, {}, to};
  ASSIGN_OR_RETURN(
      body.proof, tlog::ConsistencyProof(from.checkpoint.size, to.checkpoint.size, tree_.Source()));
  return Put(absl::StrCat("consistency/", from.checkpoint.size, "-", to.checkpoint.size),
             tlog::AddCheckpointText(body));
}

absl::Status PackWriter::PutCheckpoints() {
  RETURN_IF_ERROR(Put("checkpoint", checkpoints_.back().File()));
  for (size_t i = 0; i < checkpoints_.size(); ++i) {
    const tlog::SignedCheckpoint& c = checkpoints_[i];
    auto stamped = stamped_.find(c.checkpoint.size);
    RETURN_IF_ERROR(Put(absl::StrCat("checkpoints/", c.checkpoint.size),
                        stamped == stamped_.end() ? c.File() : stamped->second));
    if (stamped != stamped_.end()) stamped_.erase(stamped);
    if (i > 0 && checkpoints_[i - 1].checkpoint.size > 0) {
      RETURN_IF_ERROR(PutConsistency(checkpoints_[i - 1], c));
    }
  }
  // Of sizes that this node has no checkpoint of.
  for (const auto& [size, file] : stamped_) {
    RETURN_IF_ERROR(Put(absl::StrCat("checkpoints/", size), file));
  }
  return absl::OkStatus();
}

// A receipt for the newest entry of every feed, and each feed's key as other tools read it.
absl::Status PackWriter::PutReceipts(const tlog::SignedCheckpoint& newest) {
  std::map<ledger::FeedKey, uint64_t> heads;
  for (uint64_t i = 0; i < leaves_.size(); ++i) {
    absl::StatusOr<ledger::Entry> entry = ledger::ParseLeaf(leaves_[i], std::nullopt);
    if (entry.ok()) heads[entry->feed()] = i;
  }
  std::set<base::PublicKey> keys;
  for (const auto& [feed, index] : heads) {
    keys.insert(feed.key);
    tlog::Receipt receipt{leaves_[index], index, {}, newest};
    ASSIGN_OR_RETURN(receipt.proof,
                     tlog::InclusionProof(index, newest.checkpoint.size, tree_.Source()));
    RETURN_IF_ERROR(
        Put(absl::StrCat("receipts/", index, ".tlog-proof"), tlog::ReceiptText(receipt)));
  }
  for (const base::PublicKey& key : keys) {
    RETURN_IF_ERROR(Put(absl::StrCat("keys/", key.ToHex(), ".pem"), crypto::PublicKeyPem(key)));
  }
  return absl::OkStatus();
}

// Only of reports that are in the pack: to an auditor everything else would be a stranger's file.
absl::Status PackWriter::PutAttachments() {
  NamedAttachments all;
  for (const std::string& leaf : leaves_) {
    const absl::StatusOr<ledger::Entry> entry = ledger::ParseLeaf(leaf, std::nullopt);
    if (!entry.ok()) continue;
    const auto named = named_.find(entry->header.payload_hash);
    if (named != named_.end()) AddNamed(named->second, all);
  }
  for (const auto& [path, blobs] : all) {
    bool given = false;
    for (size_t n = 0; n < blobs.size() && !given; ++n) {
      ASSIGN_OR_RETURN(given, give_(blobs[n], path));
    }
    ++(given ? attachments_ : attachments_missing_);
    files_ += given ? 1 : 0;
  }
  return absl::OkStatus();
}

absl::Status PackWriter::PutAuthority() {
  std::map<std::string, std::string> files =
      ChainPaths("charter", authority_.ChainNotes(instrument_));
  for (const base::NoteId& id : authority_.Chains(ledger::ChainKind::kCredentials)) {
    files.merge(ChainPaths(absl::StrCat("credentials/", id.ToHex()), authority_.ChainNotes(id)));
  }
  for (const ledger::Suspend* suspend : authority_.Suspends()) {
    files[absl::StrCat("credentials/", suspend->chain.ToHex(), "/suspend-", suspend->id.ToHex())] =
        suspend->File();
  }
  if (const ledger::CharterView* charter = authority_.Charter(instrument_)) {
    if (auto policy = tlog::PolicyOf(*charter)) files["policy"] = tlog::PolicyText(*policy);
  }
  for (const auto& [path, content] : files) RETURN_IF_ERROR(Put(path, content));
  return absl::OkStatus();
}

// A pack ends with a checkpoint that its witnesses have cosigned, where there is one: a newer one
// that still waits for them would look like a register without witnesses.
void PackWriter::LeaveOutUnfinal() {
  const ledger::CharterView* charter = authority_.Charter(instrument_);
  if (charter == nullptr) return;
  const size_t final = NewestFinal(checkpoints_, tlog::PolicyOf(*charter));
  unfinal_ = checkpoints_.back().checkpoint.size - checkpoints_[final].checkpoint.size;
  checkpoints_.resize(final + 1);
}

std::vector<std::string> PackWriter::NoteFiles() const {
  std::vector<std::string> out;
  auto add = [&](const base::NoteId& chain) {
    for (const ledger::Note* note : authority_.ChainNotes(chain)) out.push_back(note->File());
  };
  add(instrument_);
  for (const base::NoteId& id : authority_.Chains(ledger::ChainKind::kCredentials)) add(id);
  for (const ledger::Suspend* suspend : authority_.Suspends()) out.push_back(suspend->File());
  return out;
}

std::set<base::EntryId> PackWriter::Entries() const {
  std::set<base::EntryId> out;
  for (const std::string& leaf : leaves_) {
    out.insert(*base::EntryId::FromBytes(crypto::LeafHash(leaf).view()));
  }
  return out;
}

absl::Status PackWriter::Settle() {
  if (checkpoints_.empty()) return NothingToPack("the register has no checkpoint yet");
  LeaveOutUnfinal();
  const uint64_t size = newest().size;
  if (leaves_.size() < size || size == 0) {
    return NothingToPack(absl::StrCat("the newest checkpoint covers ", size,
                                      " entries, held here are ", leaves_.size()));
  }
  leaves_.resize(size);
  for (const std::string& leaf : leaves_) tree_.Append(crypto::LeafHash(leaf));
  return absl::OkStatus();
}

absl::Status PackWriter::Finish() {
  const tlog::SignedCheckpoint newest = checkpoints_.back();
  RETURN_IF_ERROR(PutAuthority());
  RETURN_IF_ERROR(PutTimestamps(newest.checkpoint.size));
  RETURN_IF_ERROR(PutCheckpoints());
  RETURN_IF_ERROR(PutTiles(newest.checkpoint.size));
  RETURN_IF_ERROR(PutReceipts(newest));
  if (give_) RETURN_IF_ERROR(PutAttachments());
  return sink_.Finish();
}

}  // namespace entente::client

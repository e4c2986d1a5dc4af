#include "node/rpc/attachment/blob_store.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256_stream.h"
#include "node/runtime/log.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Digest;
using base::Error;
using base::MutexLock;
using blob::BlobId;
using blob::Chunk;
using blob::ChunkSet;

namespace {

// Left free for the register, which comes first.
constexpr uint64_t kReserveBytes = 64u << 20;

std::string DataFile(const BlobId& id) { return id.Name(); }

absl::Status NotHeld(const BlobId& id, uint32_t chunk) {
  return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
               absl::StrCat("chunk ", chunk, " of ", id.Name(), " is not here"));
}

}  // namespace

BlobStore::BlobStore(NodeCore* core, std::unique_ptr<storage::BlobFiles> files)
    : core_(*core), files_(std::move(files)) {}

absl::Status BlobStore::Start() {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files_->Names());
  const std::set<std::string> there(names.begin(), names.end());
  auto snapshot = core_.NewSnapshot();
  auto it = snapshot->Scan(store::kBlobs, "");
  for (; it->Valid(); it->Next()) {
    v1::BlobRecord record;
    const auto id = BlobId::Parse(it->key());
    if (!id || !record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      continue;
    }
    MutexLock lock(mutex_);
    if (!record.draft().empty()) draft_only_.insert(*id);
    if (record.held().empty() || there.contains(DataFile(*id))) continue;
    runtime::Log(runtime::LogLevel::kWarning, "attachment_lost", {{"blob", id->Name()}});
    record.clear_held();
    record.set_complete(false);
    record.set_wanted(true);
    RETURN_IF_ERROR(Save(*id, std::move(record)));
  }
  return it->status();
}

std::vector<BlobId> BlobStore::DraftOnly() {
  MutexLock lock(mutex_);
  return {draft_only_.begin(), draft_only_.end()};
}

absl::StatusOr<v1::BlobRecord> BlobStore::Record(const BlobId& id) const {
  ASSIGN_OR_RETURN(auto row, core_.kv().Get(store::kBlobs, id.Encode()));
  v1::BlobRecord record;
  if (row && !record.ParseFromString(*row)) {
    return Error(
        StatusCode::kDataLoss, "STORE_DAMAGED",
        absl::StrCat("the row of ", id.Name(), " cannot be read; entente doctor says more"));
  }
  return record;
}

absl::StatusOr<BlobStore::Held_> BlobStore::Load(const BlobId& id) const {
  ASSIGN_OR_RETURN(v1::BlobRecord record, Record(id));
  ChunkSet set = ChunkSet::Decode(id.chunks(), record.held());
  return Held_{std::move(record), std::move(set)};
}

absl::StatusOr<ChunkSet> BlobStore::Held(const BlobId& id) const {
  ASSIGN_OR_RETURN(Held_ held, Load(id));
  return std::move(held.set);
}

absl::Status BlobStore::Save(const BlobId& id, v1::BlobRecord record) {
  record.set_changed_ms(core_.clock().WallMs());
  return core_.Write([&](driver::Replica& replica) {
    replica.PutBlob(id, record);
    return absl::OkStatus();
  });
}

absl::Status BlobStore::CheckRoom(const BlobId& id, const ChunkSet& held) const {
  const uint64_t missing = uint64_t{held.chunks() - held.held()} * blob::kChunkBytes;
  const uint64_t free = files_->FreeBytes();
  if (free >= missing + kReserveBytes) return absl::OkStatus();
  return Error(
      StatusCode::kResourceExhausted, "STORE_FULL",
      absl::StrCat("attachment ", id.Name(), " needs ", missing >> 10, " KiB more and ",
                   kReserveBytes >> 20, " MiB are kept free for the database, but ", free >> 10,
                   " KiB are free; free some space and try again: what came is kept"));
}

absl::Status BlobStore::Room(const BlobId& id) const {
  ASSIGN_OR_RETURN(const ChunkSet held, Held(id));
  return CheckRoom(id, held);
}

absl::StatusOr<uint32_t> BlobStore::Put(const BlobId& id, absl::Span<const Chunk> chunks,
                                        const std::string& draft) {
  std::vector<std::vector<blob::TreeNode>> learned;
  for (const Chunk& chunk : chunks) {
    ASSIGN_OR_RETURN(std::vector<blob::TreeNode> nodes, blob::CheckChunk(id, chunk));
    learned.push_back(std::move(nodes));
  }
  uint32_t added = 0;
  bool whole = false;
  {
    MutexLock lock(mutex_);
    ASSIGN_OR_RETURN(Held_ held, Load(id));
    const bool is_new = held.record.changed_ms() == 0;
    const uint32_t before = held.set.held();
    for (const Chunk& chunk : chunks) held.set.Add(chunk.number);
    added = held.set.held() - before;
    whole = held.set.complete() && !held.record.complete();
    if (added > 0) {
      RETURN_IF_ERROR(CheckRoom(id, held.set));
      RETURN_IF_ERROR(WriteChunks(id, chunks, learned));
    }
    // Who attaches it last keeps it: the draft it came for may be gone, and this one not saved yet.
    const bool moves =
        !is_new && !draft.empty() && !held.record.draft().empty() && held.record.draft() != draft;
    if (added > 0 || is_new || moves) {
      if (moves || (is_new && !draft.empty())) {
        held.record.set_draft(draft);
        if (is_new) held.record.set_only_here(true);
        draft_only_.insert(id);
      }
      held.record.set_held(held.set.Encode());
      RETURN_IF_ERROR(Save(id, std::move(held.record)));
    }
  }
  if (whole) RETURN_IF_ERROR(Finish(id));
  return added;
}

absl::Status BlobStore::WriteChunks(const BlobId& id, absl::Span<const Chunk> chunks,
                                    absl::Span<const std::vector<blob::TreeNode>> learned) {
  std::map<uint32_t, const Digest*> nodes;
  for (const auto& of_chunk : learned) {
    for (const blob::TreeNode& node : of_chunk) nodes[node.place] = &node.hash;
  }
  std::vector<storage::BlobFiles::Part> parts;
  for (const auto& [place, hash] : nodes) parts.push_back({uint64_t{place} * 32, hash->view()});
  RETURN_IF_ERROR(files_->Write(blob::TreeFileName(id), parts));
  parts.clear();
  for (const Chunk& chunk : chunks) {
    parts.push_back({chunk.number * blob::kChunkBytes, chunk.data});
  }
  return files_->Write(DataFile(id), parts);
}

// As it lies on the disk; not checked.
absl::StatusOr<Chunk> BlobStore::ReadChunk(const BlobId& id, uint32_t number) const {
  Chunk chunk;
  chunk.number = number;
  ASSIGN_OR_RETURN(chunk.data,
                   files_->Read(DataFile(id), number * blob::kChunkBytes, id.chunk_size(number)));
  for (uint32_t place : blob::PathPlaces(id.chunks(), number)) {
    ASSIGN_OR_RETURN(const std::string hash,
                     files_->Read(blob::TreeFileName(id), uint64_t{place} * 32, 32));
    chunk.path.push_back(Digest::FromBytes(hash).value_or(Digest{}));
  }
  return chunk;
}

absl::StatusOr<Chunk> BlobStore::Get(const BlobId& id, uint32_t number) {
  ASSIGN_OR_RETURN(const Held_ held, Load(id));
  if (number >= id.chunks() || !held.set.Has(number)) return NotHeld(id, number);
  ASSIGN_OR_RETURN(Chunk chunk, ReadChunk(id, number));
  if (blob::CheckChunk(id, chunk).ok()) return chunk;
  Damaged(id, number);
  return Error(
      StatusCode::kDataLoss, "ATTACHMENT_DAMAGED",
      absl::StrCat("chunk ", number, " of ", id.Name(), " is damaged on this node's disk; ",
                   "it is fetched again from a peer that has it"));
}

void BlobStore::Damaged(const BlobId& id, uint32_t chunk) {
  MutexLock lock(mutex_);
  auto held = Load(id);
  if (!held.ok() || !held->set.Has(chunk)) return;
  runtime::LogEvery("attachment_damaged/" + id.Name(), absl::Seconds(1), runtime::LogLevel::kError,
                    "attachment_damaged",
                    {{"blob", id.Name()}, {"chunk", chunk}, {"directory", "blobs"}});
  held->set.Remove(chunk);
  held->record.set_held(held->set.Encode());
  held->record.set_complete(false);
  held->record.set_wanted(true);  // it was here once, so somebody meant it to be
  (void)Save(id, std::move(held->record));
}

absl::Status BlobStore::Finish(const BlobId& id) {
  ASSIGN_OR_RETURN(const Held_ before, Load(id));
  if (before.record.complete() || !before.set.complete()) return absl::OkStatus();
  crypto::Sha256Stream whole;
  for (uint32_t i = 0; i < id.chunks(); ++i) {
    ASSIGN_OR_RETURN(const Chunk chunk, Get(id, i));
    whole.Add(chunk.data);
  }
  const Digest sha256 = whole.Finish();
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Held_ held, Load(id));
  if (!held.set.complete()) return absl::OkStatus();
  held.record.set_complete(true);
  held.record.set_wanted(false);
  held.record.set_sha256(sha256.str());
  return Save(id, std::move(held.record));
}

absl::StatusOr<BlobStore::Claim> BlobStore::ClaimMissing(const BlobId& id, uint32_t from,
                                                         uint32_t max,
                                                         const std::optional<ChunkSet>& there) {
  MutexLock lock(claims_mutex_);
  // Read under the lock: a chunk whose claim was given back before is seen as held.
  ASSIGN_OR_RETURN(const ChunkSet held, Held(id));
  auto is_open = [&](uint32_t chunk) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return !held.Has(chunk) && (!there || there->Has(chunk)) && !claimed_.contains({id, chunk});
  };
  Claim claim;
  claim.first = from;
  while (claim.first < id.chunks() && !is_open(claim.first)) ++claim.first;
  claim.last = claim.first;
  while (claim.last < id.chunks() && claim.last - claim.first < max && is_open(claim.last)) {
    claimed_.insert({id, claim.last++});
  }
  claim.held = std::shared_ptr<const void>(
      this, [this, id, first = claim.first, last = claim.last](const void*) {
        MutexLock giving_back(claims_mutex_);
        for (uint32_t chunk = first; chunk < last; ++chunk) claimed_.erase({id, chunk});
      });
  return claim;
}

absl::Status BlobStore::Want(const BlobId& id, bool wanted) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Held_ held, Load(id));
  if (held.record.wanted() == wanted || held.record.complete()) return absl::OkStatus();
  held.record.set_wanted(wanted);
  return Save(id, std::move(held.record));
}

absl::Status BlobStore::NoteElsewhere(const BlobId& id) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Held_ held, Load(id));
  if (!held.record.only_here()) return absl::OkStatus();
  held.record.clear_only_here();
  return Save(id, std::move(held.record));
}

absl::Status BlobStore::Keep(const BlobId& id) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Held_ held, Load(id));
  draft_only_.erase(id);
  if (held.record.draft().empty()) return absl::OkStatus();
  held.record.clear_draft();
  return Save(id, std::move(held.record));
}

absl::Status BlobStore::Forget(const BlobId& id, const std::string& draft) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const Held_ held, Load(id));
  if (held.record.draft() != draft) return absl::OkStatus();
  draft_only_.erase(id);
  if (draft.empty()) return absl::OkStatus();
  // The row first: bytes without a row are nothing, a row without bytes is damage.
  RETURN_IF_ERROR(core_.Write([&](driver::Replica& replica) {
    replica.DeleteBlob(id);
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(files_->Remove(DataFile(id)));
  return files_->Remove(blob::TreeFileName(id));
}

}  // namespace entente::rpc

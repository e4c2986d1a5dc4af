#include "node/rpc/upkeep/backup_attachments.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "entente/v1/blob.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/blob/content_hash.h"
#include "node/runtime/log.h"
#include "node/store/schema.h"
#include "storage/blob_files.h"
#include "storage/local_file.h"
#include "storage/store_directory.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using blob::BlobId;

namespace {

// Stays free on the disk of the backups: the store may live there too.
constexpr uint64_t kKeptFreeBytes = 64u << 20;
constexpr uint32_t kChunksAtOnce = 64;  // 4 MiB between two syncs

struct HeldContents {
  std::vector<BlobId> complete;
  uint64_t begun = 0;
};

absl::StatusOr<HeldContents> ContentsIn(const storage::Snapshot& state) {
  HeldContents out;
  auto it = state.Scan(store::kBlobs, "");
  for (; it->Valid(); it->Next()) {
    v1::BlobRecord record;
    const auto id = BlobId::Parse(it->key());
    if (!id || !record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      continue;
    }
    if (record.complete()) {
      out.complete.push_back(*id);
    } else if (!record.held().empty()) {
      ++out.begun;
    }
  }
  RETURN_IF_ERROR(it->status());
  return out;
}

bool IsThere(const std::string& folder, const BlobId& id) {
  std::error_code error;
  return std::filesystem::file_size(absl::StrCat(folder, "/", id.Name()), error) == id.size &&
         !error;
}

absl::Status CheckRoomFor(const std::vector<BlobId>& contents, const std::string& folder,
                          const storage::BlobFiles& files) {
  uint64_t missing = 0;
  for (const BlobId& id : contents) missing += IsThere(folder, id) ? 0 : id.size;
  const uint64_t free = files.FreeBytes();
  if (missing == 0 || free >= missing + kKeptFreeBytes) return absl::OkStatus();
  return Error(StatusCode::kResourceExhausted, "STORE_FULL",
               absl::StrCat("attachments take ", (missing >> 20) + 1, " MiB in ", folder, " and ",
                            kKeptFreeBytes >> 20, " MiB stay free, the disk has ", free >> 20,
                            " MiB; free some space, or leave them out: --without-attachments"));
}

absl::Status MoveInto(const std::string& folder, const std::string& from, const std::string& to) {
  if (std::rename(absl::StrCat(folder, "/", from).c_str(), absl::StrCat(folder, "/", to).c_str()) !=
      0) {
    return storage::ErrnoStatus(errno, "rename", absl::StrCat(folder, "/", from));
  }
  return storage::SyncDirectory(folder);
}

class AttachmentCopy {
 public:
  AttachmentCopy(const std::string& folder, storage::BlobFiles* files, const ReadChunk& read,
                 const std::function<bool(uint64_t)>& progress)
      : folder_(folder), files_(*files), read_(read), progress_(progress) {}

  // False: not all of it can be read here. Under its name it is there whole or not at all.
  absl::StatusOr<bool> Copy(const BlobId& id) {
    const std::string half = absl::StrCat(id.Name(), ".tmp");
    RETURN_IF_ERROR(files_.Remove(half));
    for (uint32_t first = 0; first < id.chunks(); first += kChunksAtOnce) {
      const uint32_t last = std::min(id.chunks(), first + kChunksAtOnce);
      std::string bytes;
      for (uint32_t number = first; number < last; ++number) {
        auto chunk = read_(id, number);
        if (!chunk.ok()) return GiveUp(id, half, chunk.status());
        bytes += chunk->data;
      }
      RETURN_IF_ERROR(files_.Write(half, {{uint64_t{first} * blob::kChunkBytes, bytes}}));
      copied_ += bytes.size();
      if (progress_ && !progress_(copied_)) {
        return absl::CancelledError("the backup was stopped; earlier ones are untouched");
      }
    }
    RETURN_IF_ERROR(MoveInto(folder_, half, id.Name()));
    return true;
  }

 private:
  // The other contents are worth keeping; this one is fetched again, here and after a restore.
  absl::StatusOr<bool> GiveUp(const BlobId& id, const std::string& half, const absl::Status& why) {
    runtime::Log(runtime::LogLevel::kWarning, "attachment_not_backed_up",
                 {{"blob", id.Name()}, {"why", std::string(why.message())}});
    RETURN_IF_ERROR(files_.Remove(half));
    return false;
  }

  const std::string& folder_;
  storage::BlobFiles& files_;
  const ReadChunk& read_;
  const std::function<bool(uint64_t)>& progress_;
  uint64_t copied_ = 0;
};

absl::Status NotAsNamed(const std::string& folder, const std::string& name) {
  return Error(StatusCode::kDataLoss, "BACKUP_DAMAGED",
               absl::StrCat(folder, "/", name,
                            " is not the content its name says; use another backup (entente "
                            "backup list)"));
}

absl::Status RestoreOne(storage::BlobFiles& from, const std::string& folder,
                        const std::string& name, storage::BlobFiles& to) {
  constexpr size_t kPiece = kChunksAtOnce * blob::kChunkBytes;
  blob::ContentHash hash;
  for (std::string piece(kPiece, '\0'); piece.size() == kPiece;) {
    const uint64_t at = hash.size();
    ASSIGN_OR_RETURN(piece, from.Read(name, at, kPiece));
    if (piece.empty()) break;
    if (at + piece.size() > blob::kBlobBytesMax) return NotAsNamed(folder, name);
    RETURN_IF_ERROR(to.Write(name, {{at, piece}}));
    hash.Add(piece);
  }
  if (hash.size() == 0) return NotAsNamed(folder, name);
  const blob::HashedContent content = hash.Finish();
  if (content.blob.Name() != name) return NotAsNamed(folder, name);
  std::string tree;
  for (const base::Digest& node : content.tree) tree += node.str();
  return to.Write(blob::TreeFileName(content.blob), {{0, tree}});
}

}  // namespace

absl::StatusOr<BackedUpAttachments> CompleteAttachments(const storage::Snapshot& state) {
  ASSIGN_OR_RETURN(const HeldContents contents, ContentsIn(state));
  BackedUpAttachments out;
  out.left_out = contents.begun;
  for (const BlobId& id : contents.complete) {
    out.names.push_back(id.Name());
    out.bytes += id.size;
  }
  return out;
}

absl::StatusOr<BackedUpAttachments> BackUpAttachments(
    const storage::Snapshot& state, const std::string& folder, const ReadChunk& read,
    const std::function<bool(uint64_t bytes)>& progress) {
  ASSIGN_OR_RETURN(const HeldContents contents, ContentsIn(state));
  BackedUpAttachments out;
  out.left_out = contents.begun;
  if (contents.complete.empty()) return out;
  ASSIGN_OR_RETURN(auto files, storage::BlobFiles::Open(folder));
  RETURN_IF_ERROR(CheckRoomFor(contents.complete, folder, *files));
  AttachmentCopy copy(folder, files.get(), read, progress);
  for (const BlobId& id : contents.complete) {
    bool there = IsThere(folder, id);
    if (!there) {
      ASSIGN_OR_RETURN(there, copy.Copy(id));
    }
    if (!there) {
      ++out.left_out;
      continue;
    }
    out.names.push_back(id.Name());
    out.bytes += id.size;
  }
  return out;
}

absl::Status RestoreAttachments(const std::string& folder, const std::vector<std::string>& names,
                                const std::string& directory) {
  if (names.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(storage::MakePrivateDirectory(directory));
  ASSIGN_OR_RETURN(auto from, storage::BlobFiles::Open(folder));
  ASSIGN_OR_RETURN(auto to, storage::BlobFiles::Open(directory));
  for (const std::string& name : names) RETURN_IF_ERROR(RestoreOne(*from, folder, name, *to));
  return absl::OkStatus();
}

}  // namespace entente::rpc

#include "client/draft/attachment_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/base/piecewise_file.h"
#include "client/context/attachment_methods.h"
#include "client/draft/draft_edit.h"
#include "node/base/status_macros.h"
#include "node/blob/chunk_set.h"
#include "node/blob/chunk_tree.h"
#include "node/crypto/sha256.h"
#include "node/crypto/sha256_stream.h"
#include "node/meaning/record/attachment.h"

namespace entente::client {

using blob::kChunkBytes;
using meaning::BinarySize;

namespace {

constexpr int kChunksPerCall = 4;               // well under the receive limit of 1 MiB
constexpr std::chrono::seconds kPutLimit(120);  // the last call hashes the whole on the node
constexpr std::chrono::hours kReadLimit(6);
constexpr std::chrono::milliseconds kDrawnEvery(500);

// Cuts a file's pieces into chunks.
absl::Status EachChunk(const std::string& path,
                       const std::function<absl::Status(absl::string_view)>& each) {
  std::string rest;
  RETURN_IF_ERROR(ReadPieces(path, [&](absl::string_view piece) -> absl::Status {
    rest.append(piece.data(), piece.size());
    size_t at = 0;
    absl::Status done;
    for (; done.ok() && rest.size() - at >= kChunkBytes; at += kChunkBytes) {
      done = each(absl::string_view(rest).substr(at, kChunkBytes));
    }
    rest.erase(0, at);
    return done;
  }));
  return rest.empty() ? absl::OkStatus() : each(rest);
}

absl::Status Changed(const std::string& path) {
  return Failure(absl::StatusCode::kAborted, "FILE_CHANGED",
                 absl::StrCat(path, " changed while it was read"),
                 "attach it again when nothing writes to it");
}

void FillChunk(const HashedFile& file, uint32_t number, absl::string_view data,
               v1::BlobChunk& out) {
  out.set_chunk(number);
  out.set_data(data.data(), data.size());
  for (uint32_t place : blob::PathPlaces(file.blob.chunks(), number)) {
    out.mutable_path()->append(file.tree[place].str());
  }
}

}  // namespace

absl::StatusOr<HashedFile> HashFile(Context& context, const std::string& path) {
  blob::ContentHash hash;
  ByteProgress progress(context, absl::StrCat("reading ", path), 0);
  RETURN_IF_ERROR(ReadPieces(path, [&](absl::string_view piece) -> absl::Status {
    if (hash.size() + piece.size() > blob::kBlobBytesMax) {
      return Refuse("E-ATT-SIZE", path,
                    absl::StrCat("more than ", BinarySize(blob::kBlobBytesMax),
                                 ", which is the limit; split it or give a link"));
    }
    hash.Add(piece);
    progress.At(hash.size());
    return absl::OkStatus();
  }));
  if (hash.size() == 0) {
    return Refuse("E-ATT-SIZE", path, "is empty; attach the file once it has content");
  }
  return hash.Finish();
}

absl::Status SendFile(Context& context, const v1::Draft& draft, const std::string& path,
                      const HashedFile& file) {
  v1::PutAttachmentRequest request;
  request.set_instrument(draft.instrument());
  request.set_draft(draft.name());
  request.set_blob(file.blob.Encode());
  ASSIGN_OR_RETURN(v1::PutAttachmentResponse response,
                   context.Call(attachments::kPut, request, kPutLimit));
  const auto held = blob::ChunkSet::Decode(file.blob.chunks(), response.held());
  ByteProgress progress(context, absl::StrCat("storing ", path), file.blob.size);
  auto send = [&]() -> absl::Status {
    if (request.chunks().empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(response, context.Call(attachments::kPut, request, kPutLimit));
    request.clear_chunks();
    return absl::OkStatus();
  };
  uint32_t number = 0;
  uint64_t read = 0;
  RETURN_IF_ERROR(EachChunk(path, [&](absl::string_view chunk) -> absl::Status {
    if (number == file.blob.chunks() || crypto::LeafHash(chunk) != file.tree[number]) {
      return Changed(path);
    }
    if (!held.Has(number)) FillChunk(file, number, chunk, *request.add_chunks());
    ++number;
    read += chunk.size();
    progress.At(read);
    return request.chunks_size() == kChunksPerCall ? send() : absl::OkStatus();
  }));
  RETURN_IF_ERROR(send());
  if (read != file.blob.size || (response.complete() && response.sha256() != file.sha256.str())) {
    return Changed(path);
  }
  if (!response.complete()) {
    return Failure(absl::StatusCode::kUnavailable, "ATTACHMENT_INCOMPLETE",
                   absl::StrCat("the node does not hold all of ", path), "attach it again");
  }
  return absl::OkStatus();
}

absl::Status SaveAttachment(Context& context, const v1::FetchAttachmentRequest& request,
                            const std::string& path) {
  NewFile out;
  RETURN_IF_ERROR(out.Open(path, {}));
  crypto::Sha256Stream whole;
  v1::Attachment attachment;
  uint64_t written = 0;
  ByteProgress progress(context, absl::StrCat("writing ", path), 0);
  RETURN_IF_ERROR(context.Read(attachments::kRead, request, kReadLimit,
                               [&](const v1::AttachmentPiece& piece) -> absl::Status {
                                 if (piece.has_attachment()) attachment = piece.attachment();
                                 whole.Add(piece.data());
                                 written += piece.data().size();
                                 progress.At(written);
                                 return out.Write(piece.data());
                               }));
  if (written != attachment.size() || whole.Finish().str() != attachment.sha256()) {
    return Failure(absl::StatusCode::kDataLoss, "ATTACHMENT_DAMAGED",
                   absl::StrCat("what the node gave for ", request.name(),
                                " is not what the report's SHA-256 names; nothing was written"),
                   "run it again; entente doctor looks at the node's disk");
  }
  return out.Close();
}

ByteProgress::ByteProgress(Context& context, std::string what, uint64_t total)
    : line_(context, kDrawnEvery, kDrawnEvery),
      what_(std::move(what)),
      total_(total),
      begun_(std::chrono::steady_clock::now()) {}

void ByteProgress::At(uint64_t done) {
  if (!first_) first_ = done;
  line_.Show([&] { return Text(done); });
}

std::string ByteProgress::Text(uint64_t done) const {
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  const double rate = seconds > 0 ? static_cast<double>(done - *first_) / seconds : 0;
  std::string line = absl::StrCat(what_, "  ", BinarySize(done));
  if (total_ > 0) absl::StrAppend(&line, " of ", BinarySize(total_));
  absl::StrAppend(&line, ", ", BinarySize(static_cast<uint64_t>(rate)), "/s");
  if (total_ > done && rate > 0) {
    absl::StrAppend(&line, ", ", static_cast<uint64_t>(static_cast<double>(total_ - done) / rate),
                    " s left");
  }
  return line;
}

}  // namespace entente::client

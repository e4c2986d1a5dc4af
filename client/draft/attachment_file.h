// A file on its way into the node and out again, in chunks of 64 KiB: memory does not grow with the
// file (but for 64 bytes a chunk, 1 MiB for the largest).
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "client/context/context.h"
#include "client/context/progress_line.h"
#include "entente/v1/attachment.pb.h"
#include "node/blob/blob_id.h"
#include "node/blob/content_hash.h"

namespace entente::client {

using HashedFile = blob::HashedContent;

// One reading of the whole. FILE_UNREADABLE; E-ATT-SIZE for an empty file or one over 1 GiB, as
// soon as that is known.
absl::StatusOr<HashedFile> HashFile(Context& context, const std::string& path);

// A second reading: what the node does not hold yet is sent. An upload that was cut goes on.
// FILE_CHANGED when the file is not what it was at the first reading.
absl::Status SendFile(Context& context, const v1::Draft& draft, const std::string& path,
                      const HashedFile& file);

// Writes what the node holds to `path`: whole and with the SHA-256 the report names, or not at all.
absl::Status SaveAttachment(Context& context, const v1::FetchAttachmentRequest& request,
                            const std::string& path);

// One line on a terminal, with rate and time left, for what takes more than a second.
class ByteProgress {
 public:
  // `total`: bytes in all; 0: not known.
  ByteProgress(Context& context, std::string what, uint64_t total);
  void At(uint64_t done);

 private:
  std::string Text(uint64_t done) const;

  ProgressLine line_;
  const std::string what_;
  const uint64_t total_;
  const std::chrono::steady_clock::time_point begun_;
  std::optional<uint64_t> first_;  // where it began
};

}  // namespace entente::client

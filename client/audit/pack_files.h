// The files of an audit pack, in a folder or in one tar file; read in place, never extracted, so no
// name in a pack can reach a place outside it.
//
// Invariants
//  1. A path is relative, of plain ASCII words separated by "/", without "." or "..". Anything
//     else, links, devices and names that come twice make the pack unreadable as a whole.
//  2. A file is read up to a bound; the number of files has one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::client {

inline constexpr size_t kPackFilesMax = 4'000'000;
inline constexpr size_t kPackFileBytesMax = 16 << 20;  // of a file that is read whole

class PackFiles {
 public:
  using Piece = std::function<void(absl::string_view)>;

  virtual ~PackFiles() = default;
  // Path -> size in bytes.
  const std::map<std::string, uint64_t>& paths() const { return paths_; }
  bool Has(const std::string& path) const { return paths_.contains(path); }
  // From any thread. FILE_DAMAGED over kPackFileBytesMax.
  absl::StatusOr<std::string> Read(const std::string& path) const;
  // The same in pieces, of any length. FILE_UNREADABLE.
  virtual absl::Status Pieces(const std::string& path, const Piece& piece) const = 0;

 protected:
  // FILE_DAMAGED: the path is not one of a pack, comes twice, or is one too many.
  absl::Status Add(const std::string& path, uint64_t size);

 private:
  std::map<std::string, uint64_t> paths_;
};

// A folder, or a tar file (POSIX ustar).
absl::StatusOr<std::unique_ptr<PackFiles>> OpenPack(const std::string& path);

// Where a pack is written. Same files in the same order, same bytes.
class PackSink {
 public:
  virtual ~PackSink() = default;
  // One file after the other: Begin, pieces of `size` bytes in all, End.
  virtual absl::Status Begin(const std::string& path, uint64_t size) = 0;
  virtual absl::Status Piece(absl::string_view bytes) = 0;
  virtual absl::Status End() = 0;
  // A file that is in memory.
  absl::Status Add(const std::string& path, absl::string_view content);
  // Everything is on disk under its name.
  virtual absl::Status Finish() = 0;
};
// A tar file, or a folder when the name ends in "/". It must not exist yet.
absl::StatusOr<std::unique_ptr<PackSink>> NewPack(const std::string& path);

// The header of one file in a tar archive; and what it says, checked.
std::string TarHeader(const std::string& path, uint64_t size);
struct TarEntry {
  std::string path;
  uint64_t size = 0;
  bool folder = false;
};
// `block`: 512 bytes. INVALID_ARGUMENT says what is wrong.
absl::StatusOr<TarEntry> ParseTarHeader(absl::string_view block);

}  // namespace entente::client

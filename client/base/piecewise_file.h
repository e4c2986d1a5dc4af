// Files of any size, written and read in pieces. A new file is written beside its place with the
// owner's permissions only, synced and renamed at the end: it is whole or not there. What was begun
// and not ended is removed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace entente::client {

class NewFile {
 public:
  NewFile() = default;
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // FILE_EXISTS when the path is taken. With recipients, what is written goes through age to them
  // and only age's output touches the disk; PROGRAM_MISSING names Debian's package.
  absl::Status Open(const std::string& path, const std::vector<std::string>& age_recipients);
  absl::Status Write(absl::string_view piece);
  absl::Status Close();

 private:
  absl::Status StartAge(const std::vector<std::string>& recipients);
  absl::Status EndAge();
  void Drop();

  std::string path_, beside_;
  int file_ = -1;
  int into_ = -1;  // where pieces go: the file, or the pipe to age
  int age_ = -1;   // its process
};

using EachPiece = std::function<absl::Status(absl::string_view)>;

// The file in pieces of at most 512 KiB. FILE_UNREADABLE; else the first error of `each`.
absl::Status ReadPieces(const std::string& path, const EachPiece& each);

// The same; of a file that age encrypted, what is in it, by the keys in these files. USAGE where
// none is named, FILE_UNREADABLE when age does not decrypt it (pieces may have been told before it
// found that out), PROGRAM_MISSING with Debian's package: none of these three names the path.
absl::Status ReadDecrypted(const std::string& path, const std::vector<std::string>& identities,
                           const EachPiece& each);

}  // namespace entente::client

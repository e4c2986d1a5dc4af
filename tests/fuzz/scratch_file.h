// For targets whose code under test reads a file: one directory a process, gone at its end.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/string_view.h"
#include "node/base/check.h"

namespace entente::fuzz {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    const char* shm = "/dev/shm";  // memory: a disk would be the slowest part by far
    std::string pattern =
        (std::filesystem::is_directory(shm) ? std::string(shm)
                                            : std::filesystem::temp_directory_path().string()) +
        "/entente-fuzz-XXXXXX";
    ENTENTE_CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file and returns its path.
  std::string Put(const std::string& name, absl::string_view bytes) const {
    std::string path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
  }

 private:
  std::string path_;
};

}  // namespace entente::fuzz

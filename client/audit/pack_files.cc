#include "client/audit/pack_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "client/base/piecewise_file.h"
#include "client/base/render.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

namespace fs = std::filesystem;

constexpr size_t kPackBlock = 512;
constexpr size_t kPackPieceBytes = 512 << 10;

absl::Status PackDamaged(absl::string_view what) {
  return Failure(absl::StatusCode::kInvalidArgument, kFileDamaged,
                 absl::StrCat("not an audit pack: ", Printable(what)),
                 "get it again from whoever made it; entente audit pack --out makes one");
}

bool IsPackPath(absl::string_view path) {
  if (path.empty() || path.size() > 200) return false;
  for (absl::string_view word : absl::StrSplit(path, '/')) {
    if (word.empty() || word == "." || word == "..") return false;
    for (char c : word) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      if (!plain) return false;
    }
  }
  return true;
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : path_(path), fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)), error_(errno) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  absl::Status status() const {
    return fd_ >= 0 ? absl::OkStatus() : FileUnreadable(path_, strerror(error_));
  }
  // Exactly these bytes, in pieces. From any thread.
  absl::Status Pieces(uint64_t at, uint64_t size, const PackFiles::Piece& piece) const {
    std::string buffer(std::min<uint64_t>(size, kPackPieceBytes), '\0');
    while (size > 0) {
      const ssize_t got = pread(fd_, buffer.data(), std::min<uint64_t>(size, buffer.size()),
                                static_cast<off_t>(at));
      if (got < 0) return FileUnreadable(path_, strerror(errno));
      if (got == 0) return FileUnreadable(path_, "it ends too early");
      piece(absl::string_view(buffer.data(), static_cast<size_t>(got)));
      at += static_cast<uint64_t>(got);
      size -= static_cast<uint64_t>(got);
    }
    return absl::OkStatus();
  }

 private:
  const std::string path_;
  const int fd_;
  const int error_;
};

class FolderPack final : public PackFiles {
 public:
  explicit FolderPack(const std::string& root) : root_(root) {}

  absl::Status Scan() {
    std::error_code error;
    fs::recursive_directory_iterator at(root_, error), end;
    for (; !error && at != end; at.increment(error)) {
      const std::string path = fs::relative(at->path(), root_, error).string();
      if (error) break;
      const fs::file_status kind = at->symlink_status(error);
      if (fs::is_directory(kind)) continue;
      if (!fs::is_regular_file(kind)) {
        return PackDamaged(absl::StrCat("\"", path, "\" is neither a file nor a folder"));
      }
      RETURN_IF_ERROR(Add(path, at->file_size(error)));
    }
    return error ? FileUnreadable(root_, error.message()) : absl::OkStatus();
  }
  absl::Status Pieces(const std::string& path, const Piece& piece) const override {
    const OpenFile file(absl::StrCat(root_, "/", path));
    RETURN_IF_ERROR(file.status());
    return file.Pieces(0, paths().at(path), piece);
  }

 private:
  const std::string root_;
};

class TarPack final : public PackFiles {
 public:
  explicit TarPack(const std::string& path) : file_(path) {}

  absl::Status Scan(uint64_t file_size) {
    RETURN_IF_ERROR(file_.status());
    uint64_t at = 0;
    while (true) {
      if (file_size - at < kPackBlock) return PackDamaged("the archive has no end");
      std::string block;
      RETURN_IF_ERROR(file_.Pieces(at, kPackBlock, [&](absl::string_view piece) {
        block.append(piece.data(), piece.size());
      }));
      at += kPackBlock;
      if (block.find_first_not_of('\0') == std::string::npos) return absl::OkStatus();
      absl::StatusOr<TarEntry> entry = ParseTarHeader(block);
      if (!entry.ok()) return PackDamaged(entry.status().message());
      if (entry->folder) continue;
      if (entry->size > file_size - at) {
        return PackDamaged(absl::StrCat("\"", entry->path, "\" is cut off"));
      }
      RETURN_IF_ERROR(Add(entry->path, entry->size));
      begins_[entry->path] = at;
      const uint64_t room = (entry->size + kPackBlock - 1) / kPackBlock * kPackBlock;
      at = std::min(file_size, at + room);
    }
  }
  absl::Status Pieces(const std::string& path, const Piece& piece) const override {
    return file_.Pieces(begins_.at(path), paths().at(path), piece);
  }

 private:
  OpenFile file_;
  std::map<std::string, uint64_t> begins_;
};

class FolderSink final : public PackSink {
 public:
  explicit FolderSink(const std::string& root) : root_(root) {}
  ~FolderSink() override {
    if (fd_ >= 0) close(fd_);
  }

  absl::Status Open() {
    std::error_code error;
    if (fs::exists(root_, error) && !fs::is_empty(root_, error)) {
      return Failure(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                     absl::StrCat(root_, ": the folder exists and is not empty"),
                     "choose another name");
    }
    fs::create_directories(root_, error);
    return error ? FileUnwritable(root_, error.value()) : absl::OkStatus();
  }
  absl::Status Begin(const std::string& path, uint64_t) override {
    whole_ = absl::StrCat(root_, "/", path);
    std::error_code error;
    fs::create_directories(fs::path(whole_).parent_path(), error);
    if (error) return FileUnwritable(whole_, error.value());
    fd_ = open(whole_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    return fd_ >= 0 ? absl::OkStatus() : FileUnwritable(whole_, errno);
  }
  absl::Status Piece(absl::string_view bytes) override {
    return WriteAll(fd_, bytes) ? absl::OkStatus() : FileUnwritable(whole_, errno);
  }
  absl::Status End() override {
    return close(std::exchange(fd_, -1)) == 0 ? absl::OkStatus() : FileUnwritable(whole_, errno);
  }
  absl::Status Finish() override {
    sync();
    return absl::OkStatus();
  }

 private:
  const std::string root_;
  std::string whole_;  // path of the file that is written
  int fd_ = -1;
};

class TarSink final : public PackSink {
 public:
  absl::Status Open(const std::string& path) { return file_.Open(path, {}); }
  absl::Status Begin(const std::string& path, uint64_t size) override {
    left_ = size;
    over_ = size % kPackBlock;
    return file_.Write(TarHeader(path, size));
  }
  absl::Status Piece(absl::string_view bytes) override {
    // The header says how many there are: what does not keep to it would make the rest unreadable.
    ENTENTE_CHECK(bytes.size() <= left_);
    left_ -= bytes.size();
    return file_.Write(bytes);
  }
  absl::Status End() override {
    ENTENTE_CHECK(left_ == 0);
    return over_ == 0 ? absl::OkStatus() : file_.Write(std::string(kPackBlock - over_, '\0'));
  }
  absl::Status Finish() override {
    RETURN_IF_ERROR(file_.Write(std::string(2 * kPackBlock, '\0')));
    return file_.Close();
  }

 private:
  NewFile file_;
  uint64_t left_ = 0,
           over_ = 0;  // of the file that is written: bytes to come, bytes in its last block
};

}  // namespace

absl::Status PackFiles::Add(const std::string& path, uint64_t size) {
  if (!IsPackPath(path)) return PackDamaged(absl::StrCat("\"", path, "\" is no path of a pack"));
  if (paths_.size() >= kPackFilesMax) {
    return PackDamaged(absl::StrCat("it holds more than ", kPackFilesMax, " files"));
  }
  if (!paths_.emplace(path, size).second) {
    return PackDamaged(absl::StrCat("\"", path, "\" stands in it twice"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> PackFiles::Read(const std::string& path) const {
  const auto found = paths_.find(path);
  if (found == paths_.end()) return PackDamaged(absl::StrCat("no file \"", path, "\""));
  if (found->second > kPackFileBytesMax) {
    return PackDamaged(absl::StrCat("\"", path, "\" has ", found->second, " bytes, the most is ",
                                    kPackFileBytesMax));
  }
  std::string out;
  RETURN_IF_ERROR(
      Pieces(path, [&out](absl::string_view piece) { out.append(piece.data(), piece.size()); }));
  return out;
}

absl::StatusOr<std::unique_ptr<PackFiles>> OpenPack(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    auto pack = std::make_unique<FolderPack>(path);
    RETURN_IF_ERROR(pack->Scan());
    return pack;
  }
  const uint64_t size = fs::file_size(path, error);
  if (error) return FileUnreadable(path, error.message());
  auto pack = std::make_unique<TarPack>(path);
  RETURN_IF_ERROR(pack->Scan(size));
  return pack;
}

absl::Status PackSink::Add(const std::string& path, absl::string_view content) {
  RETURN_IF_ERROR(Begin(path, content.size()));
  RETURN_IF_ERROR(Piece(content));
  return End();
}

absl::StatusOr<std::unique_ptr<PackSink>> NewPack(const std::string& path) {
  if (absl::EndsWith(path, "/")) {
    auto sink = std::make_unique<FolderSink>(path.substr(0, path.size() - 1));
    RETURN_IF_ERROR(sink->Open());
    return sink;
  }
  auto sink = std::make_unique<TarSink>();
  RETURN_IF_ERROR(sink->Open(path));
  return sink;
}

}  // namespace entente::client

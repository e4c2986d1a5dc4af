#include "client/base/piecewise_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

constexpr size_t kReadBytes = 512 << 10;

int WaitFor(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

constexpr int kNoProgram = 127;

}  // namespace

NewFile::~NewFile() { Drop(); }

void NewFile::Drop() {
  if (into_ >= 0 && into_ != file_) close(into_);
  if (age_ > 0) {
    kill(age_, SIGKILL);
    WaitFor(age_);
  }
  if (file_ >= 0) {
    close(file_);
    unlink(beside_.c_str());
  }
  file_ = into_ = age_ = -1;
}

absl::Status NewFile::Open(const std::string& path, const std::vector<std::string>& recipients) {
  if (FileExists(path)) {
    return Failure(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                   absl::StrCat(path, " exists and is not overwritten"), "choose another name");
  }
  path_ = path;
  beside_ = path + ".tmp";
  file_ = open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0) return FileUnwritable(path, errno);
  fchmod(file_, 0600);  // where an interrupted run left one; media without modes say no
  into_ = file_;
  return recipients.empty() ? absl::OkStatus() : StartAge(recipients);
}

absl::Status NewFile::StartAge(const std::vector<std::string>& recipients) {
  std::vector<std::string> words = {"age"};
  for (const std::string& recipient : recipients) {
    words.push_back("-r");
    words.push_back(recipient);
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return FileUnwritable(path_, errno);
  signal(SIGPIPE, SIG_IGN);  // an age that ends early is told by its exit status
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[0], STDIN_FILENO);
    dup2(file_, STDOUT_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(kNoProgram);
  }
  close(ends[0]);
  into_ = ends[1];
  if (child < 0) return FileUnwritable(path_, errno);
  age_ = child;
  return absl::OkStatus();
}

absl::Status NewFile::EndAge() {
  close(into_);
  into_ = file_;
  const int status = WaitFor(age_);
  age_ = -1;
  if (status == 0) return absl::OkStatus();
  if (status == kNoProgram) {
    return Failure(absl::StatusCode::kFailedPrecondition, "PROGRAM_MISSING",
                   "the program age, which encrypts the bundle, is not installed",
                   "sudo apt-get install age; or leave --age-recipient out");
  }
  return Failure(absl::StatusCode::kInvalidArgument, kUsage,
                 absl::StrCat("age did not encrypt the bundle (exit ", status, ")"),
                 "its own message stands above; a recipient looks like age1...");
}

absl::Status NewFile::Write(absl::string_view piece) {
  if (WriteAll(into_, piece)) return absl::OkStatus();
  const int error = errno;
  if (age_ > 0) {
    RETURN_IF_ERROR(EndAge());
  }
  return FileUnwritable(path_, error);
}

absl::Status NewFile::Close() {
  if (age_ > 0) RETURN_IF_ERROR(EndAge());
  if (fsync(file_) != 0 || rename(beside_.c_str(), path_.c_str()) != 0) {
    return FileUnwritable(path_, errno);
  }
  close(file_);
  file_ = into_ = -1;
  SyncFolderOf(path_);
  return absl::OkStatus();
}

namespace {

// Open for reading, and a file.
absl::StatusOr<int> OpenFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FileUnreadable(path, std::strerror(errno));
  struct stat facts;
  if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode)) return fd;
  close(fd);
  return FileUnreadable(path, "not a regular file");
}

absl::Status EachPieceOf(int fd, const std::string& path, const EachPiece& each) {
  absl::Status status;
  std::string piece(kReadBytes, '\0');
  while (status.ok()) {
    const ssize_t n = read(fd, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) status = FileUnreadable(path, std::strerror(errno));
    if (n <= 0) break;
    status = each(absl::string_view(piece.data(), static_cast<size_t>(n)));
  }
  return status;
}

// Both forms of age's file format, https://age-encryption.org/v1
bool IsAgeFile(int fd) {
  char begin[64];
  const ssize_t n = pread(fd, begin, sizeof begin, 0);
  const absl::string_view bytes(begin, n < 0 ? 0 : static_cast<size_t>(n));
  return absl::StartsWith(bytes, "age-encryption.org/v1\n") ||
         absl::StartsWith(bytes, "-----BEGIN AGE ENCRYPTED FILE-----");
}

// What age says of an error, without its name in front: one line.
std::string WordsOf(int said) {
  char text[512];
  const ssize_t n = pread(said, text, sizeof text, 0);
  absl::string_view words(text, n < 0 ? 0 : static_cast<size_t>(n));
  words = words.substr(0, words.find('\n'));
  absl::ConsumePrefix(&words, "age: ");
  absl::ConsumePrefix(&words, "error: ");
  return std::string(words.data(), words.size());
}

absl::Status AgeDidNotDecrypt(int exit, int said) {
  if (exit == kNoProgram) {
    return Failure(absl::StatusCode::kFailedPrecondition, "PROGRAM_MISSING",
                   "the program age, which decrypts the bundle, is not installed",
                   "sudo apt-get install age");
  }
  return Failure(absl::StatusCode::kFailedPrecondition, kFileUnreadable,
                 absl::StrCat("encrypted, and age did not decrypt it: ", WordsOf(said)),
                 "--age-identity names the key file of a recipient it was encrypted to");
}

// age with the file as its input: its output is read to the end, what it says is kept.
absl::Status ReadThroughAge(int file, const std::string& path,
                            const std::vector<std::string>& identities, const EachPiece& each) {
  std::vector<std::string> words = {"age", "-d"};
  for (const std::string& identity : identities) {
    words.push_back("-i");
    words.push_back(identity);
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2];
  const int said = memfd_create("age", MFD_CLOEXEC);
  if (said < 0) return FileUnreadable(path, std::strerror(errno));
  if (pipe2(ends, O_CLOEXEC) != 0) {
    const int error = errno;
    close(said);
    return FileUnreadable(path, std::strerror(error));
  }
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(file, STDIN_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    dup2(said, STDERR_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(kNoProgram);
  }
  const int error = errno;
  close(ends[1]);
  absl::Status status =
      child < 0 ? FileUnreadable(path, std::strerror(error)) : EachPieceOf(ends[0], path, each);
  close(ends[0]);
  if (child > 0) {
    if (!status.ok()) kill(child, SIGKILL);
    const int exit = WaitFor(child);
    if (status.ok() && exit != 0) status = AgeDidNotDecrypt(exit, said);
  }
  close(said);
  return status;
}

}  // namespace

absl::Status ReadPieces(const std::string& path, const EachPiece& each) {
  ASSIGN_OR_RETURN(const int fd, OpenFile(path));
  absl::Status status = EachPieceOf(fd, path, each);
  close(fd);
  return status;
}

absl::Status ReadDecrypted(const std::string& path, const std::vector<std::string>& identities,
                           const EachPiece& each) {
  ASSIGN_OR_RETURN(const int fd, OpenFile(path));
  absl::Status status;
  if (!IsAgeFile(fd)) {
    status = EachPieceOf(fd, path, each);
  } else if (identities.empty()) {
    status = UsageError("encrypted with age",
                        "--age-identity FILE decrypts it; age-keygen made that file");
  } else {
    status = ReadThroughAge(fd, path, identities, each);
  }
  close(fd);
  return status;
}

}  // namespace entente::client

#include "client/base/node_program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "node/base/error.h"

namespace entente::client {

namespace {

std::string FindProgram() {
  if (const char* named = std::getenv("ENTENTE_NODE_PROGRAM"); named != nullptr && *named != '\0')
    return named;
  char self[4096];
  const ssize_t size = readlink("/proc/self/exe", self, sizeof self);
  if (size > 0 && static_cast<size_t>(size) < sizeof self) {
    const std::string path(self, static_cast<size_t>(size));
    std::string beside = path.substr(0, path.rfind('/')) + "/entented";
    if (access(beside.c_str(), X_OK) == 0) return beside;
  }
  return "entented";
}

absl::Status CannotStart(const std::string& program, const std::string& why) {
  return Failure(absl::StatusCode::kFailedPrecondition, kFileUnreadable,
                 absl::StrCat("cannot start the node's program ", program, ": ", why),
                 "install entented, or name it: ENTENTE_NODE_PROGRAM=/path/to/entented");
}

// Reads to the end; the other side is the child's standard output.
std::string ReadAll(int fd) {
  std::string out;
  char piece[65536];
  while (true) {
    const ssize_t n = read(fd, piece, sizeof piece);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return out;
    out.append(piece, static_cast<size_t>(n));
  }
}

}  // namespace

absl::StatusOr<v1::JobAnswer> RunNodeJob(const std::vector<std::string>& words) {
  const std::string program = FindProgram();
  std::vector<std::string> line = {program, "--job"};
  line.insert(line.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (std::string& word : line) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return CannotStart(program, strerror(errno));
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], STDOUT_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return CannotStart(program, strerror(errno));
  }
  const std::string answer_bytes = ReadAll(ends[0]);
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
    return CannotStart(program, "it is not there or cannot be executed");
  }
  v1::JobAnswer answer;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || !answer.ParseFromString(answer_bytes)) {
    return Failure(absl::StatusCode::kAborted, kTimedOut,
                   absl::StrCat(program, " ended before it was done"),
                   "nothing is half done; run it again");
  }
  if (answer.code() != 0) {
    return base::Error(static_cast<absl::StatusCode>(answer.code()), answer.reason(),
                       answer.message());
  }
  return answer;
}

}  // namespace entente::client

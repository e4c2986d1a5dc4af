#include "tests/fuzz/replay.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <map>

// Where the process runs under a sanitizer, its reports end it without a signal.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace entente::fuzz {

namespace {

std::map<std::string, TargetFunction>& Table() {
  static auto* table = new std::map<std::string, TargetFunction>;
  return *table;
}

// Read by a signal handler: plain memory, set before the handlers are.
char failing_path[4096];
unsigned seconds_allowed = 0;
const char* current_data = nullptr;
size_t current_size = 0;

void Say(const char* text) { [[maybe_unused]] ssize_t ignored = write(2, text, strlen(text)); }

// Only calls that a signal handler may make.
void WriteCurrentInput() {
  const int fd = open(failing_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0 || write(fd, current_data, current_size) != static_cast<ssize_t>(current_size)) {
    Say("fuzz: the failing input could not be written to ");
  } else {
    Say("fuzz: the failing input is ");
  }
  Say(failing_path);
  Say("\n");
}

void OnFatalSignal(int number) {
  if (number == SIGALRM) Say("fuzz: the input takes too long\n");
  WriteCurrentInput();
  signal(number, SIG_DFL);
  raise(number);
}

}  // namespace

bool RegisterTarget(const char* name, TargetFunction function) {
  return Table().emplace(name, function).second;
}

std::vector<std::string> TargetNames() {
  std::vector<std::string> names;
  for (const auto& [name, function] : Table()) names.push_back(name);
  return names;
}

TargetFunction FindTarget(absl::string_view name) {
  auto at = Table().find(std::string(name.data(), name.size()));
  return at == Table().end() ? nullptr : at->second;
}

void KeepFailingInput(const std::string& path, int seconds_max) {
  strncpy(failing_path, path.c_str(), sizeof failing_path - 1);
  seconds_allowed = static_cast<unsigned>(seconds_max);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(&WriteCurrentInput);
  }
  for (int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM}) {
    signal(number, &OnFatalSignal);
  }
}

void RunOne(TargetFunction target, absl::string_view input) {
  current_data = input.data();
  current_size = input.size();
  alarm(seconds_allowed);
  target(input);
  alarm(0);
}

}  // namespace entente::fuzz

#include "client/keys/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::keys {

namespace {

constexpr size_t kPassphraseBytesMax = 1024;

void Wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

// Signals that would end or stop the process while the terminal shows nothing of what is typed.
constexpr std::array<int, 5> kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
volatile sig_atomic_t caught = 0;
void Catch(int signal) { caught = signal; }

// Echo off from construction to destruction, whatever signal comes in between: it is raised again
// afterwards.
class SilentTerminal {
 public:
  explicit SilentTerminal(int fd) : fd_(fd) {
    caught = 0;
    struct sigaction action {};
    action.sa_handler = Catch;  // no SA_RESTART: the read returns
    for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &old_actions_[i]);
    on_ = tcgetattr(fd, &old_) == 0;
    termios silent = old_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
    on_ = on_ && tcsetattr(fd, TCSAFLUSH, &silent) == 0;
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    if (on_) tcsetattr(fd_, TCSAFLUSH, &old_);
    for (size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &old_actions_[i], nullptr);
    }
    if (caught != 0) raise(caught);
  }
  bool on() const { return on_; }

 private:
  int fd_;
  bool on_ = false;
  termios old_{};
  std::array<struct sigaction, kSignals.size()> old_actions_{};
};

absl::Status NoTerminal(absl::string_view what) {
  return base::Error(absl::StatusCode::kUnavailable, "FILE_UNREADABLE",
                     absl::StrCat("no passphrase can be asked for: ", what,
                                  "; in scripts give it with --passphrase-fd N"));
}

void Say(int fd, absl::string_view text) {
  // A prompt that cannot be shown changes nothing: the reading tells.
  [[maybe_unused]] ssize_t written = write(fd, text.data(), text.size());
}

}  // namespace

Passphrase::Passphrase(Passphrase&& other) noexcept : text_(other.text_) { Wipe(other.text_); }
Passphrase& Passphrase::operator=(Passphrase&& other) noexcept {
  if (this != &other) {
    Wipe(text_);
    text_ = other.text_;
    Wipe(other.text_);
  }
  return *this;
}
Passphrase::~Passphrase() { Wipe(text_); }

absl::StatusOr<Passphrase> ReadPassphrase(int fd) {
  std::string line;
  line.reserve(kPassphraseBytesMax);  // no copies left behind by growing
  while (line.size() < kPassphraseBytesMax) {
    char c = 0;
    ssize_t got = read(fd, &c, 1);
    if (got < 0 && errno == EINTR && caught == 0) continue;
    if (got < 0 && errno == EINTR) {
      Wipe(line);
      return absl::CancelledError("interrupted while asking for the passphrase");
    }
    if (got < 0) {
      return base::Error(
          absl::StatusCode::kInvalidArgument, "FILE_UNREADABLE",
          absl::StrCat("cannot read the passphrase from descriptor ", fd, ": ", strerror(errno),
                       "; open it, as in --passphrase-fd 3 3<FILE"));
    }
    if (got == 0 || c == '\n') return Passphrase(std::move(line));
    line.push_back(c);
  }
  Wipe(line);
  return absl::InvalidArgumentError(
      absl::StrCat("the passphrase has more than ", kPassphraseBytesMax - 1, " bytes"));
}

absl::StatusOr<Passphrase> AskPassphrase(const std::string& prompt, const std::string& terminal) {
  int fd = open(terminal.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return NoTerminal(absl::StrCat("there is no terminal (", strerror(errno), ")"));
  absl::StatusOr<Passphrase> answer = NoTerminal("the terminal's echo cannot be turned off");
  {
    SilentTerminal silent(fd);
    if (silent.on()) {
      Say(fd, prompt);
      answer = ReadPassphrase(fd);
      Say(fd, "\n");
    }
  }
  close(fd);
  return answer;
}

absl::StatusOr<Passphrase> AskNewPassphrase(const std::string& prompt, const std::string& again,
                                            const std::string& terminal) {
  ASSIGN_OR_RETURN(Passphrase first, AskPassphrase(prompt, terminal));
  if (first.empty()) {
    return absl::InvalidArgumentError("the passphrase is empty: a key file needs one");
  }
  ASSIGN_OR_RETURN(Passphrase second, AskPassphrase(again, terminal));
  if (first.view() != second.view()) {
    return absl::InvalidArgumentError("the two passphrases differ; nothing was written");
  }
  return first;
}

PassphraseSource PassphraseFrom(int passphrase_fd,
                                std::function<std::string(const std::string& key_path)> prompt) {
  return [passphrase_fd, prompt = std::move(prompt)](const std::string& key_path) {
    if (passphrase_fd >= 0) return ReadPassphrase(passphrase_fd);
    return AskPassphrase(prompt(key_path));
  };
}

}  // namespace entente::keys

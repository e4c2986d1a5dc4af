// Passphrases come from the terminal with echo off, or from a descriptor the caller names. There is
// no way to give one in an argument or in the environment: both are shown to every process of the
// machine.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::keys {

// Overwritten when it goes out of scope. Empty: no passphrase.
class Passphrase {
 public:
  Passphrase() = default;
  explicit Passphrase(std::string text) : text_(std::move(text)) {}
  Passphrase(Passphrase&& other) noexcept;
  Passphrase& operator=(Passphrase&& other) noexcept;
  ~Passphrase();

  absl::string_view view() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

// Asked when it is known that one is needed; the argument is the key file's path.
using PassphraseSource = std::function<absl::StatusOr<Passphrase>(const std::string& key_path)>;

// One line of the descriptor per call, so that several keys can share it. Reads no byte past the
// line feed.
absl::StatusOr<Passphrase> ReadPassphrase(int fd);

// Asks on the terminal. UNAVAILABLE where there is none (then: --passphrase-fd). `terminal` for
// tests.
absl::StatusOr<Passphrase> AskPassphrase(const std::string& prompt,
                                         const std::string& terminal = "/dev/tty");
// Asks twice; INVALID_ARGUMENT if the two differ or are empty.
absl::StatusOr<Passphrase> AskNewPassphrase(const std::string& prompt, const std::string& again,
                                            const std::string& terminal = "/dev/tty");

// Terminal if passphrase_fd is negative; `prompt` of the key file's path is what it shows.
PassphraseSource PassphraseFrom(int passphrase_fd,
                                std::function<std::string(const std::string& key_path)> prompt);

}  // namespace entente::keys

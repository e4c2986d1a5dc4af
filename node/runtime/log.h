// The node's log: one line per event, JSON or logfmt, to stderr (the service manager rotates) or to
// a rotating file. Only the shell logs; the pure rooms return what happened.
//
// An event is a stable snake_case name; the facts are fields. Never a payload, a key or a
// certificate. Whatever a peer can trigger goes through LogEvery. A log that cannot be written is
// dropped: it never stops the node.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace entente::runtime {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
  std::string file;                   // empty: stderr
  size_t file_bytes_max = 16u << 20;  // then file.1, file.2 ...
  size_t files_max = 5;
};

// Before the first Log; without it Log writes text at info to stderr. May be called again (reload).
absl::Status InitLog(const LogOptions& options);

// The value of a field. Integers of any kind, text of any kind, bool, double.
class LogValue {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> LogValue(
      T value) {  // NOLINT: fields are written as {"name", value}
    if constexpr (std::is_same_v<T, bool> || std::is_floating_point_v<T>) {
      value_ = value;
    } else if constexpr (std::is_signed_v<T>) {
      value_ = static_cast<int64_t>(value);
    } else {
      value_ = static_cast<uint64_t>(value);
    }
  }
  LogValue(const char* text) : value_(std::string(text)) {}  // NOLINT
  LogValue(std::string text) : value_(std::move(text)) {}    // NOLINT
  LogValue(absl::string_view text)                           // NOLINT
      : value_(std::string(text.data(), text.size())) {}

  using Variant = std::variant<bool, int64_t, uint64_t, double, std::string>;
  const Variant& get() const { return value_; }

 private:
  Variant value_;
};

struct LogField {
  absl::string_view name;
  LogValue value;
};

void Log(LogLevel level, absl::string_view event, std::initializer_list<LogField> fields = {});

// At most one line per key and interval; the next line says how many were left out ("suppressed").
// `key` must come from a bounded set of names; the table of keys is bounded all the same.
void LogEvery(absl::string_view key, absl::Duration interval, LogLevel level,
              absl::string_view event, std::initializer_list<LogField> fields = {});

// One line without its newline. Text that is not UTF-8 is shown with replacement characters. Pure.
std::string FormatLogLine(LogFormat format, LogLevel level, uint64_t wall_ms,
                          absl::string_view event, std::initializer_list<LogField> fields,
                          uint64_t suppressed = 0);

}  // namespace entente::runtime

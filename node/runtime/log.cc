#include "node/runtime/log.h"

#include <errno.h>
#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <string.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/mutex.h"
#include "node/runtime/system_clock.h"

namespace entente::runtime {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kKeysMax = 1024;  // of LogEvery; over it all intervals start afresh

const char* Name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

spdlog::level::level_enum SpdLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string Timestamp(uint64_t wall_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                          absl::FromUnixMillis(static_cast<int64_t>(wall_ms)), absl::UTCTimeZone());
}

Json ToJson(const LogValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value.get());
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

// logfmt: bare when it has nothing to quote, else the JSON string, so that a line break or a quote
// in a value cannot forge a field or a line.
std::string ToLogfmt(const LogValue& value) {
  std::string text = Dump(ToJson(value));
  if (!std::holds_alternative<std::string>(value.get())) return text;
  const auto& plain = std::get<std::string>(value.get());
  const bool is_bare = !plain.empty() && text.size() == plain.size() + 2 &&
                       plain.find_first_of(" =\"\\\t") == std::string::npos;
  return is_bare ? plain : text;
}

std::shared_ptr<spdlog::logger> MakeLogger(spdlog::sink_ptr sink, LogLevel level) {
  auto logger = std::make_shared<spdlog::logger>("entente", std::move(sink));
  logger->set_pattern("%v");
  logger->set_level(SpdLevel(level));
  logger->flush_on(spdlog::level::warn);
  logger->set_error_handler([](const std::string&) {});  // a full disk under the log is not our end
  return logger;
}

struct State {
  base::Mutex mutex;
  std::shared_ptr<spdlog::logger> logger ABSL_GUARDED_BY(mutex);
  LogFormat format ABSL_GUARDED_BY(mutex) = LogFormat::kText;
  struct Held {
    uint64_t next_ms;  // steady
    uint64_t suppressed;
  };
  std::map<std::string, Held> held ABSL_GUARDED_BY(mutex);
};

// Never destroyed: gRPC's threads may log while the process ends.
State& TheState() {
  static State* state = [] {
    auto* made = new State;
    base::MutexLock lock(made->mutex);
    made->logger = MakeLogger(std::make_shared<spdlog::sinks::stderr_sink_mt>(), LogLevel::kInfo);
    return made;
  }();
  return *state;
}

void Write(LogLevel level, absl::string_view event, std::initializer_list<LogField> fields,
           uint64_t suppressed) {
  State& state = TheState();
  std::shared_ptr<spdlog::logger> logger;
  LogFormat format;
  {
    base::MutexLock lock(state.mutex);
    logger = state.logger;
    format = state.format;
  }
  if (!logger->should_log(SpdLevel(level))) return;
  // The message is passed as an argument, never as a format string.
  logger->log(SpdLevel(level), "{}",
              FormatLogLine(format, level, SystemClock().WallMs(), event, fields, suppressed));
}

// spdlog reports a file it cannot open by throwing; asked first, it does not come to that.
absl::Status CheckWritable(const std::string& file) {
  const int fd = open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot write the log file ", file, ": ", strerror(errno),
                     "; give a file in a directory this user may write, or none to log to stderr"));
  }
  close(fd);
  return absl::OkStatus();
}

}  // namespace

absl::Status InitLog(const LogOptions& options) {
  spdlog::sink_ptr sink;
  if (options.file.empty()) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else {
    absl::Status writable = CheckWritable(options.file);
    if (!writable.ok()) return writable;
    sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        options.file, options.file_bytes_max, options.files_max);
  }
  auto logger = MakeLogger(std::move(sink), options.level);
  State& state = TheState();
  base::MutexLock lock(state.mutex);
  state.logger = std::move(logger);
  state.format = options.format;
  return absl::OkStatus();
}

std::string FormatLogLine(LogFormat format, LogLevel level, uint64_t wall_ms,
                          absl::string_view event, std::initializer_list<LogField> fields,
                          uint64_t suppressed) {
  if (format == LogFormat::kJson) {
    Json line = {{"time", Timestamp(wall_ms)}, {"level", Name(level)}, {"event", base::Str(event)}};
    for (const LogField& field : fields) line[base::Str(field.name)] = ToJson(field.value);
    if (suppressed > 0) line["suppressed"] = suppressed;
    return Dump(line);
  }
  std::string line =
      absl::StrCat("time=", Timestamp(wall_ms), " level=", Name(level), " event=", ToLogfmt(event));
  for (const LogField& field : fields) {
    absl::StrAppend(&line, " ", field.name, "=", ToLogfmt(field.value));
  }
  if (suppressed > 0) absl::StrAppend(&line, " suppressed=", suppressed);
  return line;
}

void Log(LogLevel level, absl::string_view event, std::initializer_list<LogField> fields) {
  Write(level, event, fields, 0);
}

void LogEvery(absl::string_view key, absl::Duration interval, LogLevel level,
              absl::string_view event, std::initializer_list<LogField> fields) {
  const uint64_t now = SystemClock().SteadyMs();
  uint64_t suppressed = 0;
  {
    State& state = TheState();
    base::MutexLock lock(state.mutex);
    auto [held, is_new] = state.held.try_emplace(base::Str(key), State::Held{0, 0});
    if (!is_new && now < held->second.next_ms) {
      ++held->second.suppressed;
      return;
    }
    suppressed = held->second.suppressed;
    held->second = {now + static_cast<uint64_t>(absl::ToInt64Milliseconds(interval)), 0};
    if (state.held.size() > kKeysMax) state.held.clear();
  }
  Write(level, event, fields, suppressed);
}

}  // namespace entente::runtime

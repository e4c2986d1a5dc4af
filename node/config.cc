#include "node/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/config_attachments.h"
#include "node/config_file.h"

namespace entente {

namespace {

constexpr size_t kFileBytesMax = 1 << 20;

// A setting: its key, what it is for, and how text becomes its value and back. `set` returns what
// is accepted when the text is not.
struct Setting {
  const char* key;
  const char* takes;
  const char* meaning;
  std::function<std::optional<std::string>(NodeConfig&, const std::string&)> set;
  std::function<std::string(const NodeConfig&)> get;
};

const std::optional<std::string> kAccepted = std::nullopt;

bool IsHostPort(absl::string_view text, bool may_be_zero) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  return colon != absl::string_view::npos && colon > 0 &&
         absl::SimpleAtoi(text.substr(colon + 1), &port) && port <= 65535 &&
         (port > 0 || may_be_zero);
}

Setting Path(const char* key, const char* meaning, std::string NodeConfig::*field) {
  return {key, "PATH", meaning,
          [field](NodeConfig& config, const std::string& text) -> std::optional<std::string> {
            if (text.empty()) return "a path";
            config.*field = text;
            return kAccepted;
          },
          [field](const NodeConfig& config) { return config.*field; }};
}

Setting Address(const char* key, const char* meaning, std::string NodeConfig::*field,
                bool may_be_zero) {
  return {key, "HOST:PORT", meaning,
          [=](NodeConfig& config, const std::string& text) -> std::optional<std::string> {
            if (!IsHostPort(text, may_be_zero))
              return "HOST:PORT, such as 0.0.0.0:7400 or [::]:7400";
            config.*field = text;
            return kAccepted;
          },
          [field](const NodeConfig& config) { return config.*field; }};
}

Setting Count(const char* key, const char* meaning, int NodeConfig::*field, int max) {
  return {key, "N", meaning,
          [=](NodeConfig& config, const std::string& text) -> std::optional<std::string> {
            int value = 0;
            if (!absl::SimpleAtoi(text, &value) || value < 1 || value > max) {
              return absl::StrCat("a whole number from 1 to ", max);
            }
            config.*field = value;
            return kAccepted;
          },
          [field](const NodeConfig& config) { return absl::StrCat(config.*field); }};
}

Setting Interval(const char* key, const char* meaning, absl::Duration NodeConfig::*field,
                 absl::Duration min, absl::Duration max) {
  return {key, "TIME", meaning,
          [=](NodeConfig& config, const std::string& text) -> std::optional<std::string> {
            absl::Duration value;
            if (!absl::ParseDuration(text, &value) || value < min || value > max) {
              return absl::StrCat("a time from ", absl::FormatDuration(min), " to ",
                                  absl::FormatDuration(max), ", such as 90s or 15m");
            }
            config.*field = value;
            return kAccepted;
          },
          [field](const NodeConfig& config) { return absl::FormatDuration(config.*field); }};
}

template <class Value>
Setting Choice(const char* key, const char* takes, const char* meaning,
               Value runtime::LogOptions::*field,
               std::vector<std::pair<std::string, Value>> words) {
  return {key, takes, meaning,
          [=](NodeConfig& config, const std::string& text) -> std::optional<std::string> {
            for (const auto& [word, value] : words) {
              if (word != text) continue;
              config.log.*field = value;
              return kAccepted;
            }
            return takes;
          },
          [=](const NodeConfig& config) {
            for (const auto& [word, value] : words) {
              if (value == config.log.*field) return word;
            }
            return std::string();
          }};
}

const std::vector<Setting>& Settings() {
  using runtime::LogFormat;
  using runtime::LogLevel;
  using runtime::LogOptions;
  static const auto* settings = new std::vector<Setting>{
      Path("data", "the node's store and TLS identity (required)", &NodeConfig::data_dir),
      Address("listen", "where other nodes reach this one", &NodeConfig::listen, true),
      Address("advertise", "the address other nodes are told", &NodeConfig::advertise, false),
      Path("socket", "the socket for this machine's clients", &NodeConfig::socket),
      Interval("shutdown_grace", "how long calls may go on after a stop",
               &NodeConfig::shutdown_grace, absl::ZeroDuration(), absl::Minutes(10)),
      Choice<LogLevel>("log.level", "debug|info|warning|error", "what is logged",
                       &LogOptions::level,
                       {{"debug", LogLevel::kDebug},
                        {"info", LogLevel::kInfo},
                        {"warning", LogLevel::kWarning},
                        {"error", LogLevel::kError}}),
      Choice<LogFormat>("log.format", "text|json", "one line per event, so written",
                        &LogOptions::format,
                        {{"text", LogFormat::kText}, {"json", LogFormat::kJson}}),
      {"log.file", "PATH", "log to a rotating file instead of stderr",
       [](NodeConfig& config, const std::string& text) {
         config.log.file = text;
         return kAccepted;
       },
       [](const NodeConfig& config) { return config.log.file; }},
      Count("limits.connections_per_source", "open connections from one address",
            &NodeConfig::connections_per_source, 65535),
      Count("limits.connections_loopback", "open connections from this machine",
            &NodeConfig::connections_loopback, 65535),
      Count("limits.connections_total", "open connections in all", &NodeConfig::connections_total,
            65535),
      {"attachments.fetch", "auto|none|own|all",
       "which attachments are fetched unasked; auto: all at the secretariat, own elsewhere",
       [](NodeConfig& config, const std::string& text) {
         return SetFetch(text, config.attachments.other);
       },
       [](const NodeConfig& config) { return FetchWord(config.attachments.other.fetch); }},
      {"attachments.fetch_max", "MIB", "the largest attachment fetched unasked",
       [](NodeConfig& config, const std::string& text) {
         return SetMebibytes(text, config.attachments.other.fetch_max);
       },
       [](const NodeConfig& config) { return MebibytesText(config.attachments.other.fetch_max); }},
      {"attachments.attach_max", "MIB", "the largest file a draft here may attach",
       [](NodeConfig& config, const std::string& text) {
         return SetMebibytes(text, config.attachments.other.attach_max);
       },
       [](const NodeConfig& config) { return MebibytesText(config.attachments.other.attach_max); }},
      {"attachments.instruments", "CODE:FETCH:MIB:MIB...",
       "the three above for single instruments, separated by spaces",
       [](NodeConfig& config, const std::string& text) {
         return SetByInstrument(text, config.attachments);
       },
       [](const NodeConfig& config) { return ByInstrumentText(config.attachments); }},
      Interval("sync.interval", "between passes with a peer that is not connected",
               &NodeConfig::sync_interval, absl::Seconds(1), absl::Hours(24)),
      Interval("sync.backoff_max", "longest wait before a peer is tried again",
               &NodeConfig::sync_backoff_max, absl::Seconds(1), absl::Hours(24)),
  };
  return *settings;
}

std::string FlagOf(absl::string_view key) {
  return absl::StrCat("--", absl::StrReplaceAll(key, {{".", "-"}, {"_", "-"}}));
}

std::string VariableOf(absl::string_view key) {
  std::string name = absl::StrCat("ENTENTE_", absl::StrReplaceAll(key, {{".", "_"}}));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(toupper(c)); });
  return name;
}

// Levenshtein distance: insertions, deletions and replacements of one character.
size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::string Nearest(absl::string_view given, const std::vector<std::string>& known) {
  return *std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
    return Distance(given, a) < Distance(given, b);
  });
}

const Setting* Find(absl::string_view name, std::string (*spelling)(absl::string_view)) {
  for (const Setting& setting : Settings()) {
    if (spelling(setting.key) == name) return &setting;
  }
  return nullptr;
}

absl::Status Unknown(absl::string_view where, absl::string_view given,
                     std::string (*spelling)(absl::string_view), std::vector<std::string> known) {
  for (const Setting& setting : Settings()) known.push_back(spelling(setting.key));
  return absl::InvalidArgumentError(absl::StrCat(where, "unknown setting ", given,
                                                 "; did you mean ", Nearest(given, known),
                                                 "? entented --help lists all"));
}

absl::Status Apply(const Setting& setting, const std::string& value, const std::string& origin,
                   LoadedConfig& loaded) {
  if (auto accepted = setting.set(loaded.config, value)) {
    return absl::InvalidArgumentError(absl::StrCat(origin, ": ", setting.key, " = \"", value,
                                                   "\" is not accepted; give ", *accepted));
  }
  loaded.origins[setting.key] = origin;
  return absl::OkStatus();
}

struct CommandLine {
  LoadedConfig::Action action = LoadedConfig::Action::kRun;
  std::optional<std::string> file;
  std::vector<std::pair<const Setting*, std::string>> values;
};

const std::map<std::string, LoadedConfig::Action>& Actions() {
  using Action = LoadedConfig::Action;
  static const auto* actions = new std::map<std::string, Action>{
      {"--help", Action::kHelp},          {"-h", Action::kHelp},
      {"--version", Action::kVersion},    {"--check-config", Action::kCheck},
      {"--print-config", Action::kPrint},
  };
  return *actions;
}

absl::StatusOr<CommandLine> ParseArguments(const std::vector<std::string>& arguments) {
  CommandLine line;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const size_t equals = arguments[i].find('=');
    const std::string name = arguments[i].substr(0, equals);
    if (auto action = Actions().find(name); action != Actions().end()) {
      line.action = action->second;
      continue;
    }
    const Setting* setting = Find(name, FlagOf);
    if (setting == nullptr && name != "--config") {
      return Unknown("command line: ", name, FlagOf,
                     {"--config", "--check-config", "--print-config"});
    }
    std::string value;
    if (equals != std::string::npos) {
      value = arguments[i].substr(equals + 1);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("command line: ", name, " needs a value: ",
                                                     name, " ", setting ? setting->takes : "FILE"));
    }
    if (setting == nullptr) {
      line.file = value;
    } else {
      line.values.emplace_back(setting, value);
    }
  }
  return line;
}

// Nothing when the file is not there.
absl::StatusOr<std::optional<std::string>> ReadFile(const std::string& path) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path.c_str(), "re"), fclose);
  if (file == nullptr && errno == ENOENT) return std::optional<std::string>();
  std::string text(kFileBytesMax + 1, '\0');
  errno = 0;
  const size_t size = file != nullptr ? fread(text.data(), 1, text.size(), file.get()) : 0;
  if (file == nullptr || ferror(file.get())) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read the configuration file ", path, ": ", strerror(errno)));
  }
  if (size > kFileBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is over ", kFileBytesMax, " bytes; that is no configuration file"));
  }
  text.resize(size);
  return std::optional<std::string>(std::move(text));
}

absl::Status ApplyFile(const std::string& path, bool is_required, LoadedConfig& loaded) {
  ASSIGN_OR_RETURN(const auto text, ReadFile(path));
  if (!text) {
    if (!is_required) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("there is no configuration file ", path, "; check --config"));
  }
  ASSIGN_OR_RETURN(const auto settings, ParseConfigFile(path, *text));
  for (const FileSetting& given : settings) {
    const std::string where = absl::StrCat(path, ":", given.line);
    const Setting* setting = Find(given.key, base::Str);
    if (setting == nullptr) return Unknown(where + ": ", given.key, base::Str, {});
    RETURN_IF_ERROR(Apply(*setting, given.value, where, loaded));
  }
  return absl::OkStatus();
}

std::string DefaultSocket(const std::map<std::string, std::string>& environment) {
  auto runtime_dir = environment.find("XDG_RUNTIME_DIR");
  return runtime_dir != environment.end() && !runtime_dir->second.empty()
             ? runtime_dir->second + "/entente/node.sock"
             : "/run/entente/node.sock";
}

}  // namespace

absl::StatusOr<LoadedConfig> LoadConfig(const ConfigSources& sources) {
  LoadedConfig loaded;
  loaded.config.socket = DefaultSocket(sources.environment);
  for (const Setting& setting : Settings()) loaded.origins[setting.key] = "default";
  ASSIGN_OR_RETURN(const CommandLine line, ParseArguments(sources.arguments));
  loaded.action = line.action;
  if (line.action == LoadedConfig::Action::kHelp || line.action == LoadedConfig::Action::kVersion) {
    return loaded;
  }

  const auto variable = sources.environment.find("ENTENTE_CONFIG");
  if (line.file) {
    RETURN_IF_ERROR(ApplyFile(*line.file, true, loaded));
  } else if (variable != sources.environment.end()) {
    RETURN_IF_ERROR(ApplyFile(variable->second, true, loaded));
  } else if (!sources.default_file.empty()) {
    RETURN_IF_ERROR(ApplyFile(sources.default_file, false, loaded));
  }
  for (const Setting& setting : Settings()) {
    const auto given = sources.environment.find(VariableOf(setting.key));
    if (given == sources.environment.end()) continue;
    RETURN_IF_ERROR(Apply(setting, given->second, given->first, loaded));
  }
  for (const auto& [setting, value] : line.values) {
    RETURN_IF_ERROR(Apply(*setting, value, FlagOf(setting->key), loaded));
  }
  if (loaded.config.data_dir.empty()) {
    return absl::InvalidArgumentError(
        "no data directory is given; start with --data DIR, such as --data /var/lib/entente");
  }
  return loaded;
}

std::string ConfigHelp() {
  NodeConfig defaults;
  std::string help =
      "Usage: entented --data DIR [--listen HOST:PORT] [--socket PATH] [--config FILE]\n\n"
      "Runs a node. The first start makes the store and the node's TLS identity.\n\n"
      "  --config FILE\n      settings in TOML; default /etc/entente/node.toml\n"
      "  --check-config\n      check the settings and end\n"
      "  --print-config\n      show the effective settings and where each comes from\n"
      "  --version\n";
  for (const Setting& setting : Settings()) {
    const std::string value = setting.get(defaults);
    absl::StrAppend(&help, "  ", FlagOf(setting.key), " ", setting.takes, "\n      ",
                    setting.meaning, value.empty() ? "" : absl::StrCat("; default ", value), "\n");
  }
  absl::StrAppend(
      &help,
      "\nEach setting may also be given as ENTENTE_ and its name in capitals, and in the "
      "file;\nthe command line prevails, then the environment, then the file.\n");
  return help;
}

namespace {

// As a basic string of TOML: what would end the text or the line is escaped.
std::string Quoted(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') {
      absl::StrAppend(&out, "\\", absl::string_view(&c, 1));
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppend(&out, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

}  // namespace

std::vector<EffectiveSetting> EffectiveSettings(const LoadedConfig& loaded) {
  std::vector<EffectiveSetting> out;
  for (const Setting& setting : Settings())
    out.push_back({setting.key, setting.get(loaded.config), loaded.origins.at(setting.key)});
  return out;
}

std::string PrintConfig(const LoadedConfig& loaded) {
  std::string out, table;
  for (const EffectiveSetting& setting : EffectiveSettings(loaded)) {
    absl::string_view key = setting.key;
    if (const size_t dot = key.find('.'); dot != absl::string_view::npos) {
      if (key.substr(0, dot) != table) {
        table = base::Str(key.substr(0, dot));
        absl::StrAppend(&out, "\n[", table, "]\n");
      }
      key.remove_prefix(dot + 1);
    }
    // A setting without a value is shown and left out, since an empty value is not accepted.
    absl::StrAppend(&out, setting.value.empty() ? "# " : "", key, " = ", Quoted(setting.value),
                    "  # ", setting.origin, "\n");
  }
  return out;
}

}  // namespace entente

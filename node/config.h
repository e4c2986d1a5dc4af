// What a node is told at its start. Four sources, the stronger first:
//   command line  >  environment (ENTENTE_...)  >  configuration file (TOML)  >  default
// One table in config.cc names every setting once. From its key "log.level" follow the file's [log]
// level, the flag --log-level and the variable ENTENTE_LOG_LEVEL. Nothing is read anywhere else,
// and nothing is ignored: an unknown key or flag is an error that names the nearest known one.
//
// After LoadConfig succeeds no field needs checking again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/blob/blob_limits.h"
#include "node/runtime/log.h"

namespace entente {

struct NodeConfig {
  std::string data_dir;                 // required
  std::string listen = "0.0.0.0:7400";  // for peers; port 0: any free one
  std::string advertise;                // HOST:PORT peers are told; empty: they are told none
  std::string socket;                   // for this machine's clients; a path
  runtime::LogOptions log;
  int connections_per_source = 16;
  int connections_loopback = 256;
  int connections_total = 1024;
  absl::Duration sync_interval = absl::Seconds(60);
  absl::Duration sync_backoff_max = absl::Minutes(15);
  blob::LimitsByInstrument attachments;
  absl::Duration shutdown_grace = absl::Seconds(30);  // for calls under way, at the end
};

// Read when it is there and no other file is named.
inline constexpr char kUsualConfigFile[] = "/etc/entente/node.toml";

struct ConfigSources {
  std::vector<std::string> arguments;  // without the program's name
  std::map<std::string, std::string>
      environment;           // may hold anything; only ENTENTE_... and XDG are read
  std::string default_file;  // read when it is there and no other file is named
};

struct LoadedConfig {
  enum class Action { kRun, kHelp, kVersion, kCheck, kPrint };

  Action action = Action::kRun;
  NodeConfig config;  // only its defaults for kHelp and kVersion
  // Setting -> where it came from: "default", "/etc/entente/node.toml:3", "ENTENTE_LISTEN",
  // "--listen".
  std::map<std::string, std::string> origins;
};

// INVALID_ARGUMENT: a setting is unknown or its value is not acceptable; the message says where it
// stands, what was given and what is accepted. FAILED_PRECONDITION: the named file cannot be read.
absl::StatusOr<LoadedConfig> LoadConfig(const ConfigSources& sources);

// For --help: every setting with its flag, default and meaning.
std::string ConfigHelp();

struct EffectiveSetting {
  std::string key;     // "log.level"
  std::string value;   // empty: none
  std::string origin;  // as in LoadedConfig
};
// In the order of --help.
std::vector<EffectiveSetting> EffectiveSettings(const LoadedConfig& loaded);

// For --print-config: the effective values as a configuration file, each with its origin as a
// comment.
std::string PrintConfig(const LoadedConfig& loaded);

}  // namespace entente

// The configuration file: what is accepted is printed as a file that says the same.
#include <algorithm>

#include "node/base/check.h"
#include "node/config.h"
#include "node/config_file.h"
#include "tests/fuzz/scratch_file.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

// Without where the values came from.
std::string ValuesOf(LoadedConfig loaded) {
  for (auto& [setting, origin] : loaded.origins) origin.clear();
  return PrintConfig(loaded);
}

absl::StatusOr<LoadedConfig> Load(const std::string& path) {
  ConfigSources sources;
  sources.default_file = path;
  return LoadConfig(sources);
}

}  // namespace

FUZZ_TARGET(config, input) {
  static const ScratchDirectory* directory = new ScratchDirectory;
  const auto lines = 1 + std::count(input.begin(), input.end(), '\n');
  const auto settings = ParseConfigFile("node.toml", input);
  if (!settings.ok()) return;
  FUZZ_CHECK(settings->size() <= input.size());
  for (const FileSetting& setting : *settings) {
    FUZZ_CHECK(setting.line >= 1 && setting.line <= lines);
    FUZZ_CHECK(setting.value.size() <= 4 * input.size());
  }
  const auto loaded = Load(directory->Put("node.toml", input));
  if (!loaded.ok()) return;
  const auto again = Load(directory->Put("printed.toml", PrintConfig(*loaded)));
  FUZZ_CHECK(again.ok() && ValuesOf(*again) == ValuesOf(*loaded));
}

}  // namespace entente::fuzz

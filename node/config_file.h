// A configuration file as a flat list: [log] level = "debug" on line 3 becomes {"log.level",
// "debug", 3}. Knows TOML, knows no setting.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente {

struct FileSetting {
  std::string key;    // dotted
  std::string value;  // text of a string, number or boolean
  int line;           // from 1
};

// In the order of the file. INVALID_ARGUMENT: not TOML, or a value that is neither text, a number
// nor a boolean; the message begins with NAME:LINE.
absl::StatusOr<std::vector<FileSetting>> ParseConfigFile(absl::string_view name,
                                                         absl::string_view text);

}  // namespace entente

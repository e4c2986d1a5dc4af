#include "node/config_file.h"

#include <algorithm>

// Header only: the packaged library is built to throw.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
// Its assertions are about the text it is given ("[1,}" fails one): a mistake in the file gets an
// error with its line instead.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente {

namespace {

int LineOf(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

absl::StatusOr<std::string> TextOf(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return absl::StrCat(number->get());
  if (const auto* boolean = node.as_boolean())
    return std::string(boolean->get() ? "true" : "false");
  return absl::InvalidArgumentError("");
}

absl::Status Collect(absl::string_view name, const toml::table& table, const std::string& prefix,
                     std::vector<FileSetting>& out) {
  for (const auto& [part, node] : table) {
    const std::string key = prefix + std::string(part.str());
    if (const auto* inner = node.as_table()) {
      RETURN_IF_ERROR(Collect(name, *inner, key + ".", out));
      continue;
    }
    auto value = TextOf(node);
    if (!value.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":", LineOf(node), ": ", key,
                       " takes one value in quotes, a whole number, true or false"));
    }
    out.push_back({key, *std::move(value), LineOf(node)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<FileSetting>> ParseConfigFile(absl::string_view name,
                                                         absl::string_view text) {
  toml::parse_result result = toml::parse(base::Str(text));
  if (!result) {
    const toml::parse_error& error = result.error();
    const std::string what(error.description());
    return absl::InvalidArgumentError(
        absl::StrCat(name, ":", error.source().begin.line, ": ", what));
  }
  std::vector<FileSetting> settings;
  RETURN_IF_ERROR(Collect(name, result.table(), "", settings));
  std::stable_sort(settings.begin(), settings.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return settings;
}

}  // namespace entente

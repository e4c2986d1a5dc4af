#include "client/base/arguments.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/text/unicode.h"

namespace entente::client {

namespace {

bool TakesFile(absl::string_view type) {
  return absl::StrContains(type, "FILE") || absl::StrContains(type, "DIR") ||
         absl::StrContains(type, "PATH");
}

// The part of what was typed that has to be text.
absl::string_view TextPart(absl::string_view type, absl::string_view value) {
  if (absl::StrContains(type, "@FILE")) {
    const size_t at = value.find('@');
    const bool names_file = at == 0 || (at != absl::string_view::npos && value[at - 1] == '=');
    return names_file ? value.substr(0, at) : value;
  }
  if (!TakesFile(type)) return value;
  const bool or_else = absl::StrContains(type, "|") && !absl::StartsWith(type, "FILE|");
  return or_else && !FileExists(value) ? value : absl::string_view();
}

// What is not text is shown by the codes of its bytes: a terminal may make anything of them.
std::string Shown(absl::string_view value) {
  std::string out;
  while (!value.empty()) {
    size_t whole = 1;
    while (whole < 4 && whole < value.size() && !meaning::IsUtf8(value.substr(0, whole))) ++whole;
    if (meaning::IsUtf8(value.substr(0, whole))) {
      absl::StrAppend(&out, value.substr(0, whole));
    } else {
      whole = 1;
      absl::StrAppend(&out, "\\x", base::ToHex(value.substr(0, 1)));
    }
    value.remove_prefix(whole);
  }
  return out;
}

}  // namespace

absl::Status CheckArguments(const CLI::App& reached) {
  for (const CLI::App* at = &reached; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& value : option->results()) {
        if (meaning::IsUtf8(TextPart(option->get_type_name(), value))) continue;
        return WithField(
            UsageError(
                absl::StrCat(option->get_name(), ": \"", Shown(value), "\" is not UTF-8 text"),
                "type it anew, in a terminal whose locale is UTF-8; a text from a file is "
                "saved as UTF-8"),
            absl::StripPrefix(option->get_name(), "--"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace entente::client

#include "node/config_attachments.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/meaning/text/code.h"

namespace entente {

namespace {

constexpr uint64_t kMebibyte = 1 << 20;
constexpr uint64_t kMebibytesMax = blob::kBlobBytesMax / kMebibyte;

constexpr std::array<std::pair<const char*, blob::Fetch>, 4> kWords{{
    {"auto", blob::Fetch::kAuto},
    {"none", blob::Fetch::kNone},
    {"own", blob::Fetch::kOwn},
    {"all", blob::Fetch::kAll},
}};

}  // namespace

std::optional<std::string> SetFetch(const std::string& text, blob::Limits& limits) {
  for (const auto& [word, fetch] : kWords) {
    if (text != word) continue;
    limits.fetch = fetch;
    return std::nullopt;
  }
  return "auto, none, own or all";
}

std::string FetchWord(blob::Fetch fetch) {
  for (const auto& [word, value] : kWords) {
    if (value == fetch) return word;
  }
  return "";
}

std::optional<std::string> SetMebibytes(const std::string& text, uint64_t& bytes) {
  uint64_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || value < 1 || value > kMebibytesMax) {
    return absl::StrCat("whole MiB from 1 to ", kMebibytesMax);
  }
  bytes = value * kMebibyte;
  return std::nullopt;
}

std::string MebibytesText(uint64_t bytes) { return absl::StrCat(bytes / kMebibyte); }

std::optional<std::string> SetByInstrument(const std::string& text,
                                           blob::LimitsByInstrument& limits) {
  static constexpr char kForm[] =
      "CODE:FETCH:FETCH_MAX:ATTACH_MAX for each instrument, such as EUCA-2014:all:200:100";
  std::map<std::string, blob::Limits> named;
  const std::vector<std::string> all = absl::StrSplit(text, ' ', absl::SkipEmpty());
  for (const std::string& one : all) {
    const std::vector<std::string> parts = absl::StrSplit(one, ':');
    if (parts.size() != 4 || !meaning::IsInstrumentCode(parts[0])) return kForm;
    blob::Limits& into = named[parts[0]];
    if (SetFetch(parts[1], into) || SetMebibytes(parts[2], into.fetch_max) ||
        SetMebibytes(parts[3], into.attach_max)) {
      return kForm;
    }
  }
  limits.named = std::move(named);
  return std::nullopt;
}

std::string ByInstrumentText(const blob::LimitsByInstrument& limits) {
  std::vector<std::string> out;
  for (const auto& [code, one] : limits.named) {
    out.push_back(absl::StrCat(code, ":", FetchWord(one.fetch), ":", MebibytesText(one.fetch_max),
                               ":", MebibytesText(one.attach_max)));
  }
  return absl::StrJoin(out, " ");
}

}  // namespace entente

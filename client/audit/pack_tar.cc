// POSIX ustar, as far as a pack needs it: plain files with plain names.
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/audit/pack_files.h"
#include "node/base/bytes.h"
#include "node/base/check.h"

namespace entente::client {

namespace {

constexpr size_t kTarBlock = 512;
constexpr size_t kTarNameMax = 100;

absl::string_view TarText(absl::string_view field) { return field.substr(0, field.find('\0')); }

std::optional<uint64_t> TarNumber(absl::string_view field) {
  uint64_t value = 0;
  bool any = false;
  for (char c : field) {
    if (c == ' ' || c == '\0') {
      if (any) break;
      continue;
    }
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<uint64_t>(c - '0');
    any = true;
  }
  return any ? std::optional<uint64_t>(value) : std::nullopt;
}

// The sum of all bytes, those of the sum itself read as spaces.
uint64_t TarSum(absl::string_view block) {
  uint64_t sum = 8 * ' ';
  for (size_t i = 0; i < block.size(); ++i) {
    if (i < 148 || i >= 156) sum += static_cast<uint8_t>(block[i]);
  }
  return sum;
}

}  // namespace

std::string TarHeader(const std::string& path, uint64_t size) {
  std::string block(kTarBlock, '\0');
  auto put = [&block](size_t at, const std::string& text) { block.replace(at, text.size(), text); };
  // A name that is too long is split at a "/": the front goes into the prefix.
  const size_t split =
      path.size() <= kTarNameMax ? 0 : path.find('/', path.size() - kTarNameMax - 1) + 1;
  ENTENTE_CHECK(path.size() - split <= kTarNameMax);
  put(0, path.substr(split));
  if (split > 0) put(345, path.substr(0, split - 1));
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, absl::StrFormat("%011o", size));
  put(136, "00000000000");  // no clock in a pack: the same log gives the same bytes
  put(156, "0");
  put(257, std::string("ustar\0"
                       "00",
                       8));
  put(148, absl::StrFormat("%06o", TarSum(block)) + std::string("\0 ", 2));
  return block;
}

absl::StatusOr<TarEntry> ParseTarHeader(absl::string_view block) {
  if (block.size() != kTarBlock || TarNumber(block.substr(148, 8)) != TarSum(block)) {
    return absl::InvalidArgumentError("not a tar archive, or damaged: a header's sum is wrong");
  }
  TarEntry entry;
  entry.path = base::Str(TarText(block.substr(0, kTarNameMax)));
  if (absl::StartsWith(block.substr(257), "ustar")) {
    const absl::string_view prefix = TarText(block.substr(345, 155));
    if (!prefix.empty()) entry.path = absl::StrCat(prefix, "/", entry.path);
  }
  const char type = block[156];
  if (type != '0' && type != '\0' && type != '5') {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", entry.path, "\" is neither a file nor a folder; a pack holds nothing else"));
  }
  entry.folder = type == '5';
  const auto size = TarNumber(block.substr(124, 12));
  if (!size) return absl::InvalidArgumentError("a file's size is not a number");
  entry.size = entry.folder ? 0 : *size;
  if (absl::StartsWith(entry.path, "./")) entry.path = entry.path.substr(2);
  while (entry.folder && absl::EndsWith(entry.path, "/")) entry.path.pop_back();
  return entry;
}

}  // namespace entente::client

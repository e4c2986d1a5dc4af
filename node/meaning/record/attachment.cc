#include "node/meaning/record/attachment.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/meaning/text/unicode.h"

namespace entente::meaning {
namespace {

// What national focal points send. The author can always say otherwise.
constexpr std::array<std::pair<const char*, const char*>, 19> kTypesByEnding{{
    {"pdf", "application/pdf"},
    {"txt", "text/plain"},
    {"md", "text/markdown"},
    {"csv", "text/csv"},
    {"html", "text/html"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"rtf", "application/rtf"},
    {"zip", "application/zip"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"png", "image/png"},
    {"tif", "image/tiff"},
}};
constexpr size_t kTypePartMax = 127;  // RFC 6838, section 4.2

bool IsTypePart(absl::string_view part) {
  if (part.empty() || part.size() > kTypePartMax) return false;
  if (!absl::ascii_isalnum(static_cast<unsigned char>(part[0]))) return false;
  return std::all_of(part.begin(), part.end(), [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
           absl::string_view("!#$&-^_.+").find(static_cast<char>(c)) != absl::string_view::npos;
  });
}

}  // namespace

std::optional<blob::BlobId> BlobOf(const v1::Attachment& attachment) {
  auto root = base::Digest::FromBytes(attachment.root());
  if (!root) return std::nullopt;
  blob::BlobId id{*root, attachment.size()};
  if (!id.valid()) return std::nullopt;
  return id;
}

std::vector<std::string> AttachmentFields(const blob::BlobId& blob) {
  return {blob.root.ToHex(), absl::StrCat(blob.size)};
}

std::optional<blob::BlobId> BlobOfFields(const std::vector<std::string>& fields) {
  blob::BlobId id;
  if (fields.size() != 2 || !absl::SimpleAtoi(fields[1], &id.size)) return std::nullopt;
  auto root = base::Digest::FromHex(fields[0]);
  if (!root || !id.valid()) return std::nullopt;
  id.root = *root;
  return id;
}

bool IsMediaType(absl::string_view text) {
  const size_t slash = text.find('/');
  return slash != absl::string_view::npos && IsTypePart(text.substr(0, slash)) &&
         IsTypePart(text.substr(slash + 1));
}

std::string GuessMediaType(absl::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot != absl::string_view::npos) {
    const std::string ending = absl::AsciiStrToLower(name.substr(dot + 1));
    for (const auto& [known, type] : kTypesByEnding) {
      if (ending == known) return type;
    }
  }
  return "application/octet-stream";
}

bool IsAttachmentName(absl::string_view name) {
  if (name.empty() || name == "." || name == ".." || name.front() == ' ' || name.back() == ' ') {
    return false;
  }
  const TextFacts facts = Inspect(base::Str(name));
  return facts.utf8 && !facts.control && facts.characters <= kAttachmentNameMax &&
         name.find_first_of("/\\\n\t") == absl::string_view::npos;
}

std::string BinarySize(uint64_t bytes) {
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB"};
  if (bytes < 1024) return absl::StrCat(bytes, " bytes");
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; value >= 1000 && unit < 2; ++unit) value /= 1024;
  char text[32];
  snprintf(text, sizeof text, "%.1f %s", value, kUnits[unit]);
  return text;
}

}  // namespace entente::meaning

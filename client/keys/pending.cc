#include "client/keys/pending.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/keys/file_io.h"
#include "node/base/status_macros.h"
#include "node/ledger/limits.h"

namespace entente::keys {

namespace {

constexpr char kHeading[] = "entente/pending/v1";
// A run of the greatest length with the greatest payloads, in base64.
constexpr size_t kPendingFileBytesMax =
    ledger::kEntriesPerSubmitMax * (ledger::kLeafBytesMax + ledger::kPayloadBytesMax) * 3 / 2;

std::string PendingPath(const std::string& key_path) { return key_path + ".pending"; }

std::string LineOf(const PendingEntry& entry) {
  return absl::StrCat(entry.leaf.size(), " ", entry.payload.size(), " ",
                      absl::Base64Escape(entry.leaf + entry.payload), "\n");
}

std::optional<PendingEntry> ParsePending(absl::string_view line) {
  std::vector<absl::string_view> f = absl::StrSplit(line, ' ');
  uint64_t leaf = 0, payload = 0;
  std::string bytes;
  if (f.size() != 3 || !absl::SimpleAtoi(f[0], &leaf) || !absl::SimpleAtoi(f[1], &payload) ||
      leaf > ledger::kLeafBytesMax || payload > ledger::kPayloadBytesMax ||
      !absl::Base64Unescape(f[2], &bytes) || bytes.size() != leaf + payload) {
    return std::nullopt;
  }
  return PendingEntry{bytes.substr(0, leaf), bytes.substr(leaf)};
}

}  // namespace

absl::StatusOr<std::vector<PendingEntry>> ReadPending(const std::string& key_path) {
  std::string path = PendingPath(key_path);
  ASSIGN_OR_RETURN(std::optional<std::string> text, ReadIfThere(path, kPendingFileBytesMax));
  std::vector<PendingEntry> entries;
  if (!text) return entries;
  std::vector<absl::string_view> lines = absl::StrSplit(*text, '\n');
  if (lines.size() < 2 || lines[0] != kHeading || !lines.back().empty()) {
    return Damaged(path, "it does not begin with its heading or is cut off");
  }
  for (size_t i = 1; i + 1 < lines.size(); ++i) {
    std::optional<PendingEntry> entry = ParsePending(lines[i]);
    if (!entry) return Damaged(path, absl::StrCat("line ", i + 1, " is not a signed entry"));
    entries.push_back(*std::move(entry));
  }
  return entries;
}

absl::Status WritePending(const std::string& key_path, const std::vector<PendingEntry>& entries) {
  std::string text = absl::StrCat(kHeading, "\n");
  for (const PendingEntry& entry : entries) text += LineOf(entry);
  return Replace(PendingPath(key_path), text, kPrivateMode);
}

absl::Status ClearPending(const std::string& key_path) { return Remove(PendingPath(key_path)); }

absl::Status RememberRun(const std::string& key_path, const Mark& mark,
                         const std::vector<PendingEntry>& entries) {
  RETURN_IF_ERROR(WritePending(key_path, entries));
  return SetMark(key_path, mark);
}

}  // namespace entente::keys

#include "client/keys/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/keys/file_io.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::keys {

namespace {

constexpr size_t kMarkFileBytesMax = 4 << 20;  // some 25 000 instruments

std::string MarkPath(const std::string& key_path) { return key_path + ".mark"; }

std::string LineOf(const Mark& mark) {
  return absl::StrCat(mark.instrument.ToHex(), " ", mark.incarnation, " ", mark.sequence, " ",
                      mark.entry.ToHex(), "\n");
}

std::optional<Mark> ParseMark(absl::string_view line) {
  std::vector<absl::string_view> f = absl::StrSplit(line, ' ');
  Mark mark;
  if (f.size() != 4 || !absl::SimpleAtoi(f[1], &mark.incarnation) ||
      !absl::SimpleAtoi(f[2], &mark.sequence)) {
    return std::nullopt;
  }
  std::optional<base::InstrumentId> instrument = base::InstrumentId::FromHex(f[0]);
  std::optional<base::EntryId> entry = base::EntryId::FromHex(f[3]);
  if (!instrument || !entry) return std::nullopt;
  mark.instrument = *instrument;
  mark.entry = *entry;
  if (LineOf(mark) != absl::StrCat(line, "\n")) return std::nullopt;
  return mark;
}

bool SameFeed(const Mark& mark, const base::InstrumentId& instrument, uint32_t incarnation) {
  return mark.instrument == instrument && mark.incarnation == incarnation;
}

absl::Status WriteMarks(const std::string& key_path, std::vector<Mark> marks) {
  std::sort(marks.begin(), marks.end());
  std::string text;
  for (const Mark& mark : marks) text += LineOf(mark);
  return Replace(MarkPath(key_path), text, kPrivateMode);
}

absl::Status Guard(absl::string_view what) {
  return base::Error(
      absl::StatusCode::kAborted, "RESTORE_GUARD",
      absl::StrCat("not signed: ", what,
                   ". The node may have been restored from a backup, or holds another copy of the "
                   "feed. Sync it with a node that has the missing entries and try again; if they "
                   "are lost, go on in the next incarnation"));
}

}  // namespace

absl::StatusOr<KeyLock> KeyLock::Take(const std::string& key_path) {
  std::string path = key_path + ".lock";
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPrivateMode);
  if (fd < 0) return Unreadable(path, strerror(errno));
  KeyLock lock(fd);
  while (flock(fd, LOCK_EX) != 0) {
    if (errno != EINTR) return Unreadable(path, strerror(errno));
  }
  return lock;
}

KeyLock::~KeyLock() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<std::vector<Mark>> ReadMarks(const std::string& key_path) {
  ASSIGN_OR_RETURN(std::optional<std::string> text,
                   ReadIfThere(MarkPath(key_path), kMarkFileBytesMax));
  std::vector<Mark> marks;
  if (!text) return marks;
  std::vector<absl::string_view> lines = absl::StrSplit(*text, '\n');
  if (!lines.back().empty()) return Damaged(MarkPath(key_path), "its last line is cut off");
  lines.pop_back();
  for (size_t i = 0; i < lines.size(); ++i) {
    std::optional<Mark> mark = ParseMark(lines[i]);
    if (!mark) {
      return Damaged(MarkPath(key_path),
                     absl::StrCat("line ", i + 1,
                                  " is not INSTRUMENT INCARNATION SEQUENCE ENTRY; "
                                  "without it nobody knows how far this key has signed"));
    }
    marks.push_back(*mark);
  }
  return marks;
}

absl::StatusOr<std::optional<Mark>> NewestMark(const std::string& key_path,
                                               const base::InstrumentId& instrument) {
  ASSIGN_OR_RETURN(std::vector<Mark> marks, ReadMarks(key_path));
  std::optional<Mark> newest;
  for (const Mark& mark : marks) {
    if (mark.instrument == instrument && (!newest || mark.incarnation > newest->incarnation)) {
      newest = mark;
    }
  }
  return newest;
}

absl::Status SetMark(const std::string& key_path, const Mark& mark) {
  ASSIGN_OR_RETURN(std::vector<Mark> marks, ReadMarks(key_path));
  std::erase_if(marks, [&mark](const Mark& other) {
    return SameFeed(other, mark.instrument, mark.incarnation);
  });
  marks.push_back(mark);
  return WriteMarks(key_path, std::move(marks));
}

absl::Status DropMark(const std::string& key_path, const base::InstrumentId& instrument,
                      uint32_t incarnation) {
  ASSIGN_OR_RETURN(std::vector<Mark> marks, ReadMarks(key_path));
  std::erase_if(marks, [&](const Mark& other) { return SameFeed(other, instrument, incarnation); });
  return WriteMarks(key_path, std::move(marks));
}

absl::Status CheckOffer(const std::optional<Mark>& mark, const OfferedHead& offered) {
  if (!mark || offered.incarnation > mark->incarnation) return absl::OkStatus();
  if (offered.incarnation < mark->incarnation) {
    return Guard(absl::StrCat("this key has already signed in incarnation ", mark->incarnation,
                              ", the node offers incarnation ", offered.incarnation));
  }
  if (offered.sequence < mark->sequence) {
    return Guard(absl::StrCat("this key has already signed up to sequence ", mark->sequence,
                              ", the node knows only ", offered.sequence));
  }
  if (offered.sequence == mark->sequence && offered.entry != mark->entry) {
    return Guard(absl::StrCat("at sequence ", mark->sequence, " this key has signed entry ",
                              mark->entry.Short(), ", the node holds ", offered.entry.Short()));
  }
  return absl::OkStatus();
}

}  // namespace entente::keys

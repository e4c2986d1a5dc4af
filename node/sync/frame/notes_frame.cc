#include "node/sync/frame/notes_frame.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"

namespace entente::sync {

namespace {

constexpr size_t kGroupBytesMax = 192 << 10;

}  // namespace

std::vector<std::vector<std::string>> GroupNotes(std::vector<std::string> files) {
  std::vector<std::vector<std::string>> groups;
  size_t bytes = 0;
  for (std::string& file : files) {
    bool full = groups.empty() || bytes + file.size() > kGroupBytesMax ||
                groups.back().size() == kFrameNotesMax;
    if (full) {
      groups.emplace_back();
      bytes = 0;
    }
    bytes += file.size();
    groups.back().push_back(std::move(file));
  }
  return groups;
}

v1::Frame NotesFrame(const InstrumentId& instrument, std::vector<std::string> files) {
  v1::Frame frame;
  frame.set_instrument(instrument.str());
  for (std::string& file : files) frame.add_notes(std::move(file));
  return frame;
}

absl::Status CheckNotes(const google::protobuf::RepeatedPtrField<std::string>& files,
                        const FrameLimits& limits) {
  size_t bytes = 0;
  for (const std::string& file : files) bytes += file.size();
  if (bytes <= limits.encoded_bytes && static_cast<size_t>(files.size()) <= limits.notes) {
    return absl::OkStatus();
  }
  return base::Error(
      absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED",
      absl::StrCat("one message holds ", files.size(), " notes of ", bytes, " bytes; at most ",
                   limits.notes, " notes and ", limits.encoded_bytes, " bytes are taken"));
}

bool IsSignOfLife(const v1::Frame& frame) {
  return frame.entries() == 0 && frame.body().empty() && frame.notes().empty() &&
         frame.unlinked().empty() && frame.plan().empty() && frame.owed() == 0;
}

}  // namespace entente::sync

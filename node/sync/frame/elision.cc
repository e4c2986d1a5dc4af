#include "node/sync/frame/elision.h"

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::sync {

using base::AppendVarint;
using base::ByteReader;
using base::UnZigZag;
using base::ZigZag;

namespace {

enum Flag : uint8_t {
  kCharterChanged = 1,
  kCredentialsChanged = 2,
  kKindChanged = 4,
  kSchemaChanged = 8,
  kSeenChanged = 16,
  kNoPayload = 32,
  kFlagEnd = 64,
};

// A run head: key index (0: a new key follows) * 16 + (incarnation - 1) * 2 + goes on from this
// frame.
constexpr uint64_t kContinues = 1;
constexpr int kIncarnationShift = 1;
constexpr int kKeyShift = 4;
constexpr uint64_t kIncarnationMask = 7;

// hlc = milliseconds << 16 | counter.
constexpr int kCounterBits = 16;
constexpr uint64_t kCounterMask = (1 << kCounterBits) - 1;
constexpr uint64_t kMillisecondsMask = ~uint64_t{0} >> kCounterBits;

template <class Id>
void AppendId(std::string& out, const Id& id) {
  out.append(id.view().data(), id.view().size());
}

}  // namespace

absl::Status MalformedFrame(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "ENTRY_MALFORMED",
                     absl::StrCat("frame from a peer: ", what, "; nothing of it is stored"));
}

void ElisionWriter::AddRun(const ledger::Entry& entry) {
  const ledger::EntryHeader& header = entry.header;
  if (run_length_ > 0) {
    AppendVarint(run_counts_, run_length_);
    last_of_feed_[run_feed_] = run_last_;
  }
  run_feed_ = {header.key, header.incarnation};
  run_length_ = 0;

  auto known = last_of_feed_.find(run_feed_);
  bool continues = known != last_of_feed_.end() && known->second.id == header.previous &&
                   known->second.sequence + 1 == header.sequence;
  auto [key, is_new] = keys_.emplace(header.key, keys_.size() + 1);
  uint64_t index = is_new ? 0 : key->second;
  AppendVarint(runs_, index << kKeyShift | uint64_t{header.incarnation - 1} << kIncarnationShift |
                          (continues ? kContinues : 0));
  if (is_new) AppendId(runs_, header.key);
  if (continues) return;
  AppendVarint(runs_, header.sequence);
  if (header.sequence > 1) AppendId(runs_, header.previous);
}

void ElisionWriter::AddHead(const ledger::NoteId& head) {
  auto [at, is_new] = heads_.emplace(head, heads_.size() + 1);
  AppendVarint(changes_, is_new ? 0 : at->second);
  if (is_new) AppendId(changes_, head);
}

void ElisionWriter::AddChanges(const ledger::Entry& entry) {
  const ledger::EntryHeader& header = entry.header;
  uint8_t flags = 0;
  if (header.charter_head != last_.charter_head) {
    flags |= kCharterChanged;
    AddHead(header.charter_head);
  }
  if (header.credentials_head != last_.credentials_head) {
    flags |= kCredentialsChanged;
    AddHead(header.credentials_head);
  }
  if (header.kind != last_.kind) {
    flags |= kKindChanged;
    AppendVarint(changes_, header.kind);
  }
  if (header.schema != last_.schema) {
    flags |= kSchemaChanged;
    AppendVarint(changes_, header.schema);
  }
  if (header.seen_size != last_.seen_size || header.seen_root != last_.seen_root) {
    flags |= kSeenChanged;
    AppendVarint(changes_, header.seen_size);
    if (header.seen_size > 0) AppendId(changes_, header.seen_root);
  }
  if (!entry.has_payload) {
    flags |= kNoPayload;
    AppendId(changes_, header.payload_hash);
  }
  flags_.push_back(static_cast<char>(flags));
}

void ElisionWriter::Add(const ledger::Entry& entry) {
  const ledger::EntryHeader& header = entry.header;
  bool same_run = run_length_ > 0 && run_feed_ == FeedRef{header.key, header.incarnation} &&
                  run_last_.id == header.previous && run_last_.sequence + 1 == header.sequence;
  if (!same_run) AddRun(entry);
  ++run_length_;
  run_last_ = {header.sequence, entry.id};
  AddChanges(entry);
  AppendVarint(times_, ZigZag((header.hlc >> kCounterBits) - (last_.hlc >> kCounterBits)));
  AppendVarint(times_, header.hlc & kCounterMask);
  AppendVarint(sizes_, header.payload_size);
  last_ = header;
}

size_t ElisionWriter::size() const {
  return run_counts_.size() + runs_.size() + flags_.size() + changes_.size() + times_.size() +
         sizes_.size();
}

std::string ElisionWriter::Finish() {
  if (run_length_ > 0) AppendVarint(run_counts_, run_length_);
  std::string out;
  for (const std::string* column : {&run_counts_, &runs_, &flags_, &changes_, &times_, &sizes_}) {
    AppendVarint(out, column->size());
    out += *column;
  }
  *this = ElisionWriter();
  return out;
}

absl::StatusOr<ElisionReader> ElisionReader::Open(const InstrumentId& instrument,
                                                  absl::string_view columns) {
  ElisionReader reader;
  reader.last_.instrument = instrument;
  ByteReader in(columns);
  for (ByteReader* column : {&reader.run_counts_, &reader.runs_, &reader.flags_, &reader.changes_,
                             &reader.times_, &reader.sizes_}) {
    uint64_t size = 0;
    absl::string_view bytes;
    if (!in.Varint(size) || !in.Bytes(size, bytes)) return MalformedFrame("a column is cut off");
    *column = ByteReader(bytes);
  }
  if (!in.empty()) return MalformedFrame("bytes after the last column");
  return reader;
}

absl::Status ElisionReader::StartRun() {
  uint64_t head = 0;
  if (!run_counts_.Varint(run_left_) || run_left_ == 0 || !runs_.Varint(head)) {
    return MalformedFrame("fewer runs than entries");
  }
  last_.incarnation = static_cast<uint32_t>(head >> kIncarnationShift & kIncarnationMask) + 1;
  uint64_t index = head >> kKeyShift;
  if (index > keys_.size()) return MalformedFrame("a run names a key that is not in the frame");
  if (index == 0) {
    PublicKey key;
    if (!runs_.Id32(key)) return MalformedFrame("a run's key is cut off");
    keys_.push_back(key);
    index = keys_.size();
  }
  last_.key = keys_[index - 1];
  if ((head & kContinues) != 0) {
    auto known = last_of_feed_.find({last_.key, last_.incarnation});
    if (known == last_of_feed_.end()) return MalformedFrame("a run goes on from nothing");
    run_last_ = known->second;
    return absl::OkStatus();
  }
  uint64_t first = 0;
  run_last_ = {};
  if (!runs_.Varint(first) || first == 0) return MalformedFrame("a run has no first sequence");
  run_last_.sequence = first - 1;
  if (first > 1 && !runs_.Id32(run_last_.id)) return MalformedFrame("a run's link is cut off");
  return absl::OkStatus();
}

absl::Status ElisionReader::ReadHead(ledger::NoteId& head) {
  uint64_t index = 0;
  if (!changes_.Varint(index) || index > heads_.size()) {
    return MalformedFrame("an authority head is cut off or not in the frame");
  }
  if (index > 0) {
    head = heads_[index - 1];
    return absl::OkStatus();
  }
  if (!changes_.Id32(head)) return MalformedFrame("an authority head is cut off");
  heads_.push_back(head);
  return absl::OkStatus();
}

absl::Status ElisionReader::ReadChanges(uint8_t flags, bool& has_payload,
                                        base::Digest& payload_hash) {
  if (flags >= kFlagEnd) return MalformedFrame("an unknown flag");
  if ((flags & kCharterChanged) != 0) RETURN_IF_ERROR(ReadHead(last_.charter_head));
  if ((flags & kCredentialsChanged) != 0) RETURN_IF_ERROR(ReadHead(last_.credentials_head));
  bool whole = true;
  if ((flags & kKindChanged) != 0) whole = changes_.Varint32(last_.kind);
  if ((flags & kSchemaChanged) != 0) whole = whole && changes_.Varint32(last_.schema);
  if ((flags & kSeenChanged) != 0) {
    last_.seen_root = {};
    whole = whole && changes_.Varint(last_.seen_size) &&
            (last_.seen_size == 0 || changes_.Id32(last_.seen_root));
  }
  has_payload = (flags & kNoPayload) == 0;
  if (!has_payload) whole = whole && changes_.Id32(payload_hash);
  return whole ? absl::OkStatus() : MalformedFrame("a changed field is cut off");
}

absl::Status ElisionReader::Next(ledger::EntryHeader& header, bool& has_payload) {
  if (run_left_ == 0) RETURN_IF_ERROR(StartRun());
  --run_left_;
  uint8_t flags = 0;
  if (!flags_.Byte(flags)) return MalformedFrame("fewer flags than entries");
  last_.payload_hash = {};
  RETURN_IF_ERROR(ReadChanges(flags, has_payload, last_.payload_hash));
  uint64_t milliseconds = 0, counter = 0;
  if (!times_.Varint(milliseconds) || !times_.Varint(counter) || counter > kCounterMask) {
    return MalformedFrame("a time is cut off or out of range");
  }
  milliseconds = (last_.hlc >> kCounterBits) + UnZigZag(milliseconds);
  if (milliseconds > kMillisecondsMask) return MalformedFrame("a time is out of range");
  last_.hlc = milliseconds << kCounterBits | counter;
  if (!sizes_.Varint(last_.payload_size)) return MalformedFrame("fewer sizes than entries");
  if (run_last_.sequence == UINT64_MAX) return MalformedFrame("a sequence is out of range");
  last_.sequence = run_last_.sequence + 1;
  last_.previous = run_last_.id;
  header = last_;
  return absl::OkStatus();
}

void ElisionReader::Rebuilt(const EntryId& id) {
  run_last_ = {last_.sequence, id};
  // Only the last entry of a run can be gone on from.
  if (run_left_ == 0) last_of_feed_[{last_.key, last_.incarnation}] = run_last_;
}

absl::Status ElisionReader::End() const {
  bool done = run_left_ == 0 && run_counts_.empty() && runs_.empty() && flags_.empty() &&
              changes_.empty() && times_.empty() && sizes_.empty();
  return done ? absl::OkStatus() : MalformedFrame("its columns hold more than its entries");
}

}  // namespace entente::sync

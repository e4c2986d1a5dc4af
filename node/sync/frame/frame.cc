#include "node/sync/frame/frame.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"

namespace entente::sync {

using base::ByteReader;

namespace {

// zstd's own largest block: compressing less at a time costs ratio, more gains nothing.
constexpr size_t kCompressStep = 128 << 10;
// Envelope of the protobuf message around body and signatures.
constexpr size_t kEnvelopeBytes = 128;
// Before the first frame is measured. Reports in prose come to 0.35..0.5.
constexpr double kFirstRatio = 0.5;

size_t Clamp(size_t target) { return std::clamp(target, kFrameBytesMin, kFrameBytesMax); }

}  // namespace

FrameBuilder::FrameBuilder(const InstrumentId& instrument, size_t target_encoded_bytes)
    : instrument_(instrument), target_(Clamp(target_encoded_bytes)), ratio_(kFirstRatio) {}

void FrameBuilder::set_target(size_t target_encoded_bytes) {
  target_ = Clamp(target_encoded_bytes);
}

void FrameBuilder::set_effort(ZstdWriter::Effort effort) {
  ENTENTE_CHECK(entries_ == 0);
  zstd_.set_effort(effort);
}

void FrameBuilder::Compress() {
  if (pending_.empty()) return;
  zstd_.Add(pending_);
  pending_.clear();
  ratio_ = static_cast<double>(zstd_.produced()) / static_cast<double>(decoded_);
  measured_ = true;
}

size_t FrameBuilder::EstimatedBytes() const {
  return zstd_.produced() + static_cast<size_t>(ratio_ * static_cast<double>(pending_.size())) +
         columns_.size() / 2 + signatures_.size() + kEnvelopeBytes;
}

bool FrameBuilder::Fits(const ledger::Entry& entry) {
  const size_t payload = entry.payload.size();
  if (entries_ >= kFrameEntriesSent) return false;
  if (decoded_ + payload + columns_.size() + 2 * kElidedEntryBytesMax > kFrameDecodedBytesMax) {
    return false;
  }
  auto worst = [&] {
    return zstd_.produced() + pending_.size() + payload + columns_.size() + signatures_.size() +
           2 * kElidedEntryBytesMax + ledger::kSignatureBytes + 4 * ZstdWriter::kBlockOverhead +
           kEnvelopeBytes;
  };
  auto expected = [&] {
    return EstimatedBytes() + ledger::kSignatureBytes +
           static_cast<size_t>(ratio_ * static_cast<double>(payload));
  };
  if (expected() <= target_ && worst() <= kFrameBytesMax) return true;
  // Measure instead of guessing, unless little would be learnt from it.
  if (pending_.size() < target_ / 8) return false;
  Compress();
  return expected() <= target_ && worst() <= kFrameBytesMax;
}

bool FrameBuilder::Add(const ledger::Entry& entry) {
  ENTENTE_CHECK(entry.header.instrument == instrument_);
  if (entries_ > 0 && !Fits(entry)) return false;
  columns_.Add(entry);
  signatures_.append(reinterpret_cast<const char*>(entry.signature.data()), entry.signature.size());
  pending_ += entry.payload;
  decoded_ += entry.payload.size();
  ++entries_;
  // The first ratio is a guess: measure it while most of the frame is still to come.
  bool learn = !measured_ && pending_.size() >= target_ / 4;
  if (pending_.size() >= kCompressStep || learn) Compress();
  return true;
}

v1::Frame FrameBuilder::Finish() {
  v1::Frame frame;
  frame.set_instrument(instrument_.str());
  if (entries_ == 0) return frame;
  std::string columns = columns_.Finish();
  frame.set_entries(static_cast<uint32_t>(entries_));
  frame.set_meta_size(static_cast<uint32_t>(columns.size()));
  frame.set_body_size(static_cast<uint32_t>(decoded_ + columns.size()));
  frame.set_body(zstd_.Finish(pending_ + columns));
  frame.set_signatures(std::exchange(signatures_, {}));
  ratio_ = static_cast<double>(frame.body().size()) / frame.body_size();
  measured_ = true;
  pending_.clear();
  entries_ = decoded_ = 0;
  return frame;
}

namespace {

absl::Status CheckSizes(const v1::Frame& frame, const FrameLimits& limits) {
  auto over = [](absl::string_view what, size_t given, size_t limit) {
    return MalformedFrame(absl::StrCat(what, " is ", given, ", at most ", limit, " is taken"));
  };
  if (frame.body().size() + frame.signatures().size() > limits.encoded_bytes) {
    return over("its encoded size", frame.body().size() + frame.signatures().size(),
                limits.encoded_bytes);
  }
  if (frame.body_size() > limits.decoded_bytes) {
    return over("its decoded size", frame.body_size(), limits.decoded_bytes);
  }
  if (frame.entries() > limits.entries) {
    return over("its number of entries", frame.entries(), limits.entries);
  }
  if (frame.signatures().size() != frame.entries() * ledger::kSignatureBytes) {
    return MalformedFrame("it has not one signature per entry");
  }
  if (frame.meta_size() > frame.body_size()) return MalformedFrame("its columns exceed its body");
  return absl::OkStatus();
}

// Takes the payload off the front of `payloads` and completes the header with it.
absl::Status TakePayload(ByteReader& payloads, ledger::Entry& entry) {
  ledger::EntryHeader& header = entry.header;
  if (header.payload_size == 0 || header.payload_size > ledger::kPayloadBytesMax) {
    return MalformedFrame("a payload's size is out of range");
  }
  if (!entry.has_payload) return absl::OkStatus();
  absl::string_view payload;
  if (!payloads.Bytes(header.payload_size, payload)) {
    return MalformedFrame("a payload is cut off");
  }
  entry.payload.assign(payload.data(), payload.size());
  header.payload_hash = crypto::Sha256(payload);
  return absl::OkStatus();
}

// Header bytes and id. The strict scan of our own encoding refuses every field out of its range.
absl::Status Rebuild(ledger::Entry& entry, absl::string_view signature) {
  std::copy(signature.begin(), signature.end(), entry.signature.begin());
  entry.header_bytes = ledger::EncodeHeader(entry.header);
  ASSIGN_OR_RETURN(ledger::EntryHeader scanned, ledger::ParseHeader(entry.header_bytes));
  if (scanned != entry.header) return MalformedFrame("a header has no strict form");
  entry.id = ledger::IdOf(entry.header_bytes, entry.signature);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ledger::Entry>> DecodeFrame(const v1::Frame& frame,
                                                       const FrameLimits& limits) {
  std::vector<ledger::Entry> entries;
  RETURN_IF_ERROR(CheckSizes(frame, limits));
  if (frame.entries() == 0) {
    if (!frame.body().empty()) return MalformedFrame("a body without entries");
    return entries;
  }
  auto instrument = InstrumentId::FromBytes(frame.instrument());
  if (!instrument) return MalformedFrame("its instrument is not 32 bytes");
  ASSIGN_OR_RETURN(std::string body, ZstdDecode(frame.body(), frame.body_size()));
  absl::string_view whole(body);
  ByteReader payloads(whole.substr(0, whole.size() - frame.meta_size()));
  ASSIGN_OR_RETURN(
      ElisionReader columns,
      ElisionReader::Open(*instrument, whole.substr(whole.size() - frame.meta_size())));
  absl::string_view signatures(frame.signatures());
  entries.reserve(frame.entries());  // each with a signature that is there
  for (uint32_t i = 0; i < frame.entries(); ++i) {
    ledger::Entry entry;
    RETURN_IF_ERROR(columns.Next(entry.header, entry.has_payload));
    RETURN_IF_ERROR(TakePayload(payloads, entry));
    RETURN_IF_ERROR(
        Rebuild(entry, signatures.substr(i * ledger::kSignatureBytes, ledger::kSignatureBytes)));
    columns.Rebuilt(entry.id);
    entries.push_back(std::move(entry));
  }
  RETURN_IF_ERROR(columns.End());
  if (!payloads.empty()) return MalformedFrame("bytes after the last payload");
  return entries;
}

}  // namespace entente::sync

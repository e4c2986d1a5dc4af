// What must hold of every frame that decodes, however it came to be.
#pragma once

#include <vector>

#include "node/sync/frame/frame.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

inline void CheckSameEntry(const ledger::Entry& a, const ledger::Entry& b) {
  FUZZ_CHECK(a.header_bytes == b.header_bytes && a.signature == b.signature && a.id == b.id);
  FUZZ_CHECK(a.has_payload == b.has_payload && a.payload == b.payload);
}

// Entries taken out of a frame are whole and strict, and go into a frame again unchanged.
inline void CheckDecoded(const v1::Frame& frame, const std::vector<ledger::Entry>& entries) {
  FUZZ_CHECK(entries.size() == frame.entries() && entries.size() <= sync::kFrameEntriesMax);
  if (entries.empty()) return;
  size_t payload_bytes = 0;
  for (const ledger::Entry& entry : entries) {
    payload_bytes += entry.payload.size();
    const auto header = ledger::ParseHeader(entry.header_bytes);
    FUZZ_CHECK(header.ok() && *header == entry.header);
    FUZZ_CHECK(ledger::IdOf(entry.header_bytes, entry.signature) == entry.id);
    if (entry.has_payload) FUZZ_CHECK(entry.payload.size() == entry.header.payload_size);
  }
  FUZZ_CHECK(payload_bytes <= frame.body_size());
  sync::FrameBuilder builder(entries[0].header.instrument, sync::kFrameBytesMax);
  std::vector<ledger::Entry> again;
  auto flush = [&] {
    const auto decoded = sync::DecodeFrame(builder.Finish());
    FUZZ_CHECK(decoded.ok());
    again.insert(again.end(), decoded->begin(), decoded->end());
  };
  for (const ledger::Entry& entry : entries) {
    if (builder.Add(entry)) continue;
    flush();
    FUZZ_CHECK(builder.Add(entry));  // a frame always takes at least one
  }
  flush();
  FUZZ_CHECK(again.size() == entries.size());
  for (size_t i = 0; i < entries.size(); ++i) CheckSameEntry(entries[i], again[i]);
}

}  // namespace entente::fuzz

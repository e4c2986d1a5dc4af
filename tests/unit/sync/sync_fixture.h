// Feeds of made-up entries for the sync tests. Signatures are noise: nothing in the sync room
// checks them.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "node/crypto/sha256.h"
#include "node/ledger/entry.h"
#include "node/sync/frontier/frontier.h"

namespace entente::sync::testing {

using Random = std::mt19937_64;

template <class Id>
Id IdFrom(absl::string_view seed) {
  return Id{crypto::Sha256(seed).bytes};
}

inline InstrumentId AnInstrument() { return IdFrom<InstrumentId>("instrument"); }
inline PublicKey AKey(uint64_t n) { return IdFrom<PublicKey>("key " + std::to_string(n)); }

inline crypto::Signature Noise(Random& random) {
  crypto::Signature signature;
  for (uint8_t& byte : signature) byte = static_cast<uint8_t>(random());
  return signature;
}

// Prose of about `bytes` bytes from a list of 2000 words.
inline std::string Prose(Random& random, size_t bytes) {
  static const std::vector<std::string>* words = [] {
    auto* list = new std::vector<std::string>;
    Random letters(7);
    for (int i = 0; i < 2000; ++i) {
      std::string word;
      size_t length = 3 + letters() % 9;
      for (size_t k = 0; k < length; ++k) word.push_back(static_cast<char>('a' + letters() % 26));
      list->push_back(word);
    }
    return list;
  }();
  std::string text;
  while (text.size() < bytes) {
    text += (*words)[random() % words->size()];
    text += ' ';
  }
  text.resize(bytes);
  return text;
}

struct FeedWriter {
  ledger::EntryHeader header;
  EntryRef last;

  FeedWriter(const InstrumentId& instrument, const PublicKey& key, uint32_t incarnation = 1) {
    header.instrument = instrument;
    header.key = key;
    header.incarnation = incarnation;
    header.charter_head = IdFrom<ledger::NoteId>("charter");
    header.credentials_head = IdFrom<ledger::NoteId>("credentials of " + key.ToHex());
    header.hlc = uint64_t{1'700'000'000'000} << 16;
    header.kind = 1;
  }
  ledger::Entry Write(Random& random, std::string payload) {
    header.sequence = last.sequence + 1;
    header.previous = last.id;
    header.hlc += (1 + random() % 100'000) << 16;
    header.payload_size = payload.size();
    header.payload_hash = crypto::Sha256(payload);
    ledger::Entry entry;
    entry.header = header;
    entry.header_bytes = ledger::EncodeHeader(header);
    entry.signature = Noise(random);
    entry.payload = std::move(payload);
    entry.has_payload = true;
    entry.id = ledger::IdOf(entry.header_bytes, entry.signature);
    last = {header.sequence, entry.id};
    return entry;
  }
};

}  // namespace entente::sync::testing

#include "tests/simulation/malice.h"

#include <utility>

#include "node/crypto/sha256.h"

namespace entente::simulation {

using ledger::Entry;

namespace {

// An entry like this one that its author did not sign; the same one if none can be made.
Entry Forged(const Entry& entry, uint64_t how) {
  ledger::EntryHeader header = entry.header;
  crypto::Signature signature = entry.signature;
  std::string payload = entry.payload;
  if (how == 0) {
    signature[11] ^= 4;
  } else if (how == 1) {
    ++header.hlc;
  } else {
    payload += "x";
    header.payload_size = payload.size();
    header.payload_hash = crypto::Sha256(payload);
  }
  auto made = ledger::MakeEntry(ledger::EncodeHeader(header), crypto::View(signature), payload);
  return made.ok() ? *std::move(made) : entry;
}

template <class T>
void Shuffle(std::vector<T>& list, Prng& prng) {
  for (size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[prng.Below(i)]);
}

}  // namespace

std::vector<Entry> Spoil(std::vector<Entry> entries, Prng& prng) {
  const uint64_t how = prng.Below(5);
  if (how == 0) std::erase_if(entries, [&](const Entry&) { return prng.Chance(300); });
  if (how == 1) Shuffle(entries, prng);
  if (how == 2 && !entries.empty()) {
    const size_t at = prng.Chance(500) ? entries.size() - 1 : prng.Below(entries.size());
    entries[at] = Forged(entries[at], prng.Below(3));
  }
  return entries;
}

std::vector<std::string> Spoil(std::vector<std::string> notes, Prng& prng) {
  std::erase_if(notes, [&](const std::string&) { return prng.Chance(100); });
  for (std::string& note : notes) {
    if (note.empty() || !prng.Chance(50)) continue;
    note[prng.Below(note.size())] ^= 1;
  }
  return notes;
}

v1::RegisterNews Spoil(v1::RegisterNews news, Prng& prng) {
  if (!prng.Chance(200)) return news;
  std::string bytes = news.SerializeAsString();
  bytes[prng.Below(bytes.size())] ^= static_cast<char>(1 + prng.Below(255));
  v1::RegisterNews spoilt;
  if (!spoilt.ParseFromString(bytes)) return news;
  spoilt.set_held(news.held());
  return spoilt;
}

v1::Frame Spoil(v1::Frame frame, Prng& prng) {
  std::string& body = *frame.mutable_body();
  if (!body.empty() && prng.Chance(40)) body[prng.Below(body.size())] ^= 1;
  return frame;
}

}  // namespace entente::simulation

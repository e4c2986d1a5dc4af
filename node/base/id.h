// 32-byte names. Each kind of name is its own type, so that an entry id is never compared with a
// note id. Raw bytes inside; hex only at the edges (files, people).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::base {

// Lower-case hex of any bytes, and back. FromHex refuses upper case, odd length and other
// characters.
std::string ToHex(absl::string_view bytes);
std::optional<std::string> FromHex(absl::string_view hex);

template <class Tag>
struct Id32 {
  std::array<uint8_t, 32> bytes{};

  friend auto operator<=>(const Id32&, const Id32&) = default;

  absl::string_view view() const {
    return absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  std::string str() const { return std::string(view().data(), view().size()); }
  std::string ToHex() const { return base::ToHex(view()); }
  // First 8 hex characters, for people.
  std::string Short() const { return ToHex().substr(0, 8); }
  bool IsZero() const { return *this == Id32{}; }

  // Exactly 32 raw bytes, else nothing.
  static std::optional<Id32> FromBytes(absl::string_view raw) {
    if (raw.size() != 32) return std::nullopt;
    Id32 id;
    std::memcpy(id.bytes.data(), raw.data(), 32);
    return id;
  }
  // Exactly 64 lower-case hex characters, else nothing.
  static std::optional<Id32> FromHex(absl::string_view hex) {
    auto raw = base::FromHex(hex);
    return raw ? FromBytes(*raw) : std::nullopt;
  }
};

using Digest = Id32<struct DigestTag>;  // any SHA-256
using EntryId = Id32<struct EntryTag>;  // RFC 6962 leaf hash of a leaf
using NoteId = Id32<struct NoteTag>;    // SHA-256 of a note's text; of position 1: the chain's id
using FeedName = Id32<struct FeedNameTag>;    // how notes name a feed without naming its instrument
using PublicKey = Id32<struct PublicKeyTag>;  // raw Ed25519 public key
using Spki = Id32<struct SpkiTag>;            // SHA-256 of a TLS public key info: a node's name
using InstrumentId = NoteId;                  // id of the charter chain
using DelegationId = NoteId;                  // id of the credentials chain

}  // namespace entente::base

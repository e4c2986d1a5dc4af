#include "node/sync/frontier/sip_hash.h"

#include "node/base/check.h"

namespace entente::sync {

namespace {

constexpr size_t kWord = 8;

uint64_t LittleEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

uint64_t Rotl(uint64_t x, int by) { return x << by | x >> (64 - by); }

struct State {
  uint64_t v0, v1, v2, v3;

  void Round() {
    v0 += v1;
    v1 = Rotl(v1, 13) ^ v0;
    v0 = Rotl(v0, 32);
    v2 += v3;
    v3 = Rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = Rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = Rotl(v1, 17) ^ v2;
    v2 = Rotl(v2, 32);
  }
  void Add(uint64_t word) {
    v3 ^= word;
    Round();
    Round();
    v0 ^= word;
  }
};

}  // namespace

SipKey SipKey::FromBytes(absl::string_view bytes) {
  ENTENTE_CHECK(bytes.size() == 2 * kWord);
  return {LittleEndian(bytes.substr(0, kWord)), LittleEndian(bytes.substr(kWord))};
}

uint64_t SipHash(const SipKey& key, absl::string_view in) {
  State state{key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d, key.k0 ^ 0x6c7967656e657261,
              key.k1 ^ 0x7465646279746573};
  const uint64_t length = uint64_t{in.size()} << 56;
  for (; in.size() >= kWord; in.remove_prefix(kWord)) state.Add(LittleEndian(in.substr(0, kWord)));
  state.Add(length | LittleEndian(in));
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.Round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace entente::sync

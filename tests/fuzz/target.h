// One fuzz target: a function over untrusted bytes that must neither crash nor break what it says.
//
//   FUZZ_TARGET(frame, input) { ... FUZZ_CHECK(condition); ... }
//
// Under the fuzz preset this is libFuzzer's entry point, one program a target. Everywhere else all
// targets are linked into fuzz_replay, which feeds them the corpus and seeded mutations of it
// (replay.h). A target checks more than "no crash": what a strict format accepts is written again
// byte for byte, and what comes out is bounded by what went in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"

namespace entente::fuzz {

using TargetFunction = void (*)(absl::string_view input);

#ifdef ENTENTE_FUZZ
#define FUZZ_TARGET(name, input)                                                  \
  static void FuzzOne_##name(absl::string_view input);                            \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {       \
    FuzzOne_##name(absl::string_view(reinterpret_cast<const char*>(data), size)); \
    return 0;                                                                     \
  }                                                                               \
  static void FuzzOne_##name([[maybe_unused]] absl::string_view input)
#else
// Puts a target into the table of replay.h.
bool RegisterTarget(const char* name, TargetFunction function);

#define FUZZ_TARGET(name, input)                               \
  static void FuzzOne_##name(absl::string_view input);         \
  [[maybe_unused]] static const bool registered_##name =       \
      ::entente::fuzz::RegisterTarget(#name, &FuzzOne_##name); \
  static void FuzzOne_##name([[maybe_unused]] absl::string_view input)
#endif

// A property of the code under test; like a crash to whoever runs the target.
#define FUZZ_CHECK(condition)                                                             \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

// Takes choices off the front of an input; zero once it is used up.
class Choices {
 public:
  explicit Choices(absl::string_view input) : rest_(input) {}
  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return byte;
  }
  uint16_t Short() {
    const uint16_t high = Byte();
    return static_cast<uint16_t>(high << 8 | Byte());
  }
  // A piece with its length in front; at most what is left.
  absl::string_view Piece() {
    const size_t wanted = Short();
    const absl::string_view piece = rest_.substr(0, wanted);
    rest_.remove_prefix(piece.size());
    return piece;
  }
  absl::string_view Rest() const { return rest_; }

 private:
  absl::string_view rest_;
};

}  // namespace entente::fuzz

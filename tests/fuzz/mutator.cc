#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <array>

namespace entente::fuzz {

namespace {

constexpr std::array<unsigned char, 14> kTellingBytes = {0x00, 0x01, 0x20, 0x0a, 0x7f, 0x80, 0xff,
                                                         '/',  '#',  '"',  ',',  '-',  '.',  '0'};
constexpr std::array<const char*, 10> kTellingTexts = {"0",
                                                       "18446744073709551615",
                                                       "18446744073709551616",
                                                       "-1",
                                                       "../",
                                                       "\xcc\x81",
                                                       "\xe2\x80\xa8",
                                                       "entente/",
                                                       "\xed\xa0\x80",
                                                       "4294967296"};

}  // namespace

// One byte becomes another one.
void Mutator::Replace(std::string& input) {
  if (input.empty()) return;
  char& byte = input[Below(input.size())];
  switch (Below(3)) {
    case 0:
      byte = static_cast<char>(byte ^ 1 << Below(8));
      break;
    case 1:
      byte = static_cast<char>(kTellingBytes[Below(kTellingBytes.size())]);
      break;
    default:
      byte = static_cast<char>(random_());
  }
}

// A run of digits becomes another number.
void Mutator::ReplaceNumber(std::string& input) {
  const size_t from = input.find_first_of("0123456789", Below(input.size() + 1));
  if (from == std::string::npos) return;
  const size_t to = std::min(input.find_first_not_of("0123456789", from), input.size());
  const std::string number =
      Below(2) == 0 ? std::to_string(Below(300)) : std::string(kTellingTexts[Below(4)]);
  input.replace(from, to - from, number);
}

void Mutator::Change(std::string& input) {
  const size_t at = Below(input.size() + 1);
  const size_t length = Below(std::min<size_t>(input.size() - at, 64) + 1);
  switch (Below(8)) {
    case 0:
      input.erase(at, length);
      break;
    case 1:
      input.insert(at, input.substr(at, length));  // twice
      break;
    case 2:
      input.insert(at, kTellingTexts[Below(kTellingTexts.size())]);
      break;
    case 3: {  // goes on as another input does
      const std::string& other = Any();
      const size_t from = Below(other.size() + 1);
      input.replace(at, length, other, from, Below(256));
      break;
    }
    case 4:
      input.resize(at);
      break;
    case 5:
      ReplaceNumber(input);
      break;
    default:
      Replace(input);
  }
}

std::string Mutator::Next() {
  std::string input = Any();
  for (uint64_t changes = 1 + Below(8); changes > 0; --changes) Change(input);
  if (input.size() > kBytesMax) input.resize(kBytesMax);
  return input;
}

}  // namespace entente::fuzz

// One case of a code: a record that brings it, and one that just does not.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "node/meaning/rules/validate.h"
#include "tests/unit/meaning/record_samples.h"

namespace entente::meaning::every_code {

inline constexpr uint64_t kNowMs =
    1'504'224'000'000;  // 2017-09-01, before the sample round's deadline
inline constexpr uint64_t kDayMs = 86'400'000;

using Found = std::vector<Finding>;
using Checked = std::function<Found()>;

struct Pair {
  const char* code;
  Checked breaks, keeps;
};

// The catalogue and the clock a case is judged with.
struct Around {
  MemoryCatalogue catalogue = GoodCatalogue();
  uint64_t now_ms = kNowMs;
  Moment moment = Moment::kDraft;
};

template <class Message>
using Change = std::function<void(Message&, Around&)>;

template <class Message>
Checked Case(Message record, Change<Message> change) {
  return [record, change]() mutable {
    Around around;
    change(record, around);
    return CheckRecord(record, around.catalogue, around.moment, around.now_ms);
  };
}

// every_code_voices.cc: of comments, proposals, decisions and people.
std::vector<Pair> OfOtherVoices();

}  // namespace entente::meaning::every_code

// A conflict as the one who settles it wants to see it: who wrote each version, what they say
// differently, side by side with the differing words marked, and what to type. Pure: records in,
// text out.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/language/phrases.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

// A field in which the versions differ; one value for each, "" where a version has none.
struct Difference {
  std::string field;
  std::vector<std::string> values;
};
// In the order of the fields. What a version supersedes is no difference.
std::vector<Difference> DifferencesOf(const v1::Record& record);

// The words of `text` with [ ] around each run of them that `other` has not, in their order
// (longest common subsequence; of texts over kMarkedWordsMax words only the ends that agree are
// left bare).
inline constexpr size_t kMarkedWordsMax = 500;
std::string Marked(const std::string& text, const std::string& other);

// `width`: columns there are.
std::string ConflictText(const v1::Record& record, int width, const Phrases& phrases);
nlohmann::ordered_json ConflictJson(const v1::Record& record);

}  // namespace entente::client

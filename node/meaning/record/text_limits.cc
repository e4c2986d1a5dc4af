#include "node/meaning/record/text_limits.h"

namespace entente::meaning {
namespace {

constexpr size_t kDefaultCharacters = 1'000;

struct Limit {
  const char* field;  // top-level field of the record
  size_t characters;
};
constexpr Limit kLimits[] = {{"narratives", 16'000}, {"sections", 4'000},  {"texts", 4'000},
                             {"definitions", 4'000}, {"summaries", 4'000}, {"reason", 2'000},
                             {"nil_reason", 2'000},  {"code", 64},         {"period", 32},
                             {"text", 16'000},       {"remarks", 4'000},   {"syntheses", 16'000},
                             {"correction", 2'000}};

}  // namespace

size_t TextLimit(absl::string_view top_field) {
  for (const auto& limit : kLimits) {
    if (top_field == limit.field) return limit.characters;
  }
  return kDefaultCharacters;
}

}  // namespace entente::meaning

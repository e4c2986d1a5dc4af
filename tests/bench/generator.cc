#include "tests/bench/generator.h"

#include <cstdio>
#include <set>

#include "entente/v1/payload.pb.h"

namespace entente::bench {

namespace {

constexpr uint64_t kFirstYear = 1000;  // periods only have to differ

std::string Word(Random& random) {
  static constexpr const char* kOnsets[] = {"b", "d", "f", "g", "k", "l",  "m",  "n",  "p",
                                            "r", "s", "t", "v", "z", "st", "tr", "pl", "ch"};
  static constexpr const char* kVowels[] = {"a", "e", "i", "o", "u", "ea", "ai"};
  static constexpr const char* kCodas[] = {"", "", "", "n", "r", "s", "l", "nt"};
  std::string word;
  for (uint64_t syllables = 1 + random.Below(4); syllables > 0; --syllables) {
    word += kOnsets[random.Below(std::size(kOnsets))];
    word += kVowels[random.Below(std::size(kVowels))];
    word += kCodas[random.Below(std::size(kCodas))];
  }
  return word;
}

std::string Numbered(const char* format, uint64_t n) {
  char out[32];
  std::snprintf(out, sizeof out, format, static_cast<unsigned long long>(n));
  return out;
}

v1::Implementation Status(Random& random) {
  switch (random.Below(10)) {
    case 0:
      return v1::NOT_STARTED;
    case 1:
      return v1::SUSPENDED;
    case 2:
    case 3:
      return v1::COMPLETED;
    default:
      return v1::IN_PROGRESS;
  }
}

}  // namespace

std::string ChapterCode(uint64_t chapter) { return Numbered("C%02llu", chapter % kChapters); }

std::string CommitmentCode(uint64_t commitment) {
  return ChapterCode(commitment / kCommitmentsPerChapter) +
         Numbered("/%03llu", commitment % kCommitmentsPerChapter);
}

Generator::Generator(uint64_t seed) : random_(seed) {
  std::set<std::string> known;
  while (words_.size() < kWords) {
    std::string word = Word(random_);
    if (known.insert(word).second) words_.push_back(std::move(word));
  }
}

std::string Generator::Narrative(size_t bytes) {
  std::string text;
  bool begin = true;
  while (text.size() < bytes) {
    std::string word = words_[random_.Below(words_.size())];
    if (begin) word[0] = static_cast<char>(word[0] - 'a' + 'A');
    begin = random_.Below(12) == 0;
    text += word + (begin ? ". " : " ");
  }
  text.back() = '.';
  return text;
}

std::string Generator::Report(const std::string& delegation_code, uint64_t n) {
  v1::Report report;
  report.mutable_common()->set_delegation(delegation_code);
  const uint64_t commitments = kChapters * kCommitmentsPerChapter;
  report.mutable_subject()->set_kind(v1::SUBJECT_COMMITMENT);
  report.mutable_subject()->set_code(CommitmentCode(n % commitments));
  const uint64_t month = n / commitments;
  report.set_period(Numbered("%04llu", kFirstYear + month / 12) +
                    Numbered("-%02llu", 1 + month % 12));
  report.set_implementation(Status(random_));
  if (report.implementation() == v1::IN_PROGRESS || report.implementation() == v1::NOT_STARTED) {
    report.set_assessment(static_cast<v1::Assessment>(1 + random_.Below(4)));
  }
  v1::Text* text = report.add_narratives();
  text->set_lang("en");
  text->set_text(Narrative(kPayloadBytes - 12 - report.ByteSizeLong()));
  return report.SerializeAsString();
}

}  // namespace entente::bench

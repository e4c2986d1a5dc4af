// The small texts of the model: codes, periods, dates, numbers, tags, references, slots, index
// keys.
#include "node/meaning/record/index_key.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/language_tag.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/value/decimal.h"
#include "node/meaning/value/doc_ref.h"
#include "node/meaning/value/period.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

void CheckTimes(absl::string_view text) {
  if (auto date = meaning::ParseDate(text)) {
    FUZZ_CHECK(meaning::PrintDate(*date) == text);
    FUZZ_CHECK(meaning::DateOfDay(meaning::DayNumber(*date)) == *date);
  }
  if (meaning::ParsePeriod(text)) FUZZ_CHECK(meaning::CanonicalPeriod(text) == text);
  const std::string canonical = meaning::CanonicalPeriod(text);
  if (!canonical.empty()) {
    FUZZ_CHECK(meaning::ParsePeriod(canonical).has_value());
    FUZZ_CHECK(meaning::CanonicalPeriod(canonical) == canonical);
  }
  if (auto zone = meaning::ParseZone(text)) FUZZ_CHECK(*zone > -24 * 60 && *zone < 24 * 60);
}

void CheckNumbers(absl::string_view text) {
  if (auto number = meaning::Decimal::Parse(text)) {
    const auto again = meaning::Decimal::Parse(number->Print());
    FUZZ_CHECK(again && *again == *number);
  }
  const std::string likely = meaning::LikelyDecimal(text);
  if (!likely.empty()) FUZZ_CHECK(meaning::Decimal::Parse(likely).has_value());
}

void CheckText(absl::string_view text) {
  const meaning::TextFacts facts = meaning::Inspect(text);
  FUZZ_CHECK(facts.utf8 == meaning::IsUtf8(text));
  const std::string nfc = meaning::ToNfc(text);
  if (!facts.utf8) {
    FUZZ_CHECK(nfc == text && !meaning::IsNfc(text));
    return;
  }
  if (facts.surely_nfc) FUZZ_CHECK(meaning::IsNfc(text) && nfc == text);
  FUZZ_CHECK(facts.characters == meaning::CountCharacters(text));
  FUZZ_CHECK(facts.control == meaning::HasForbiddenControl(text));
  FUZZ_CHECK(meaning::IsNfc(nfc) && meaning::ToNfc(nfc) == nfc);
  FUZZ_CHECK(nfc.size() <= 3 * text.size());  // UAX 15: the worst growth of NFC in UTF-8
}

void CheckTag(absl::string_view text) {
  const std::string canonical = meaning::CanonicalLanguageTag(text);
  FUZZ_CHECK(canonical.empty() != meaning::IsWellFormedLanguageTag(text));
  if (!canonical.empty()) FUZZ_CHECK(meaning::CanonicalLanguageTag(canonical) == canonical);
  if (meaning::IsPlainLanguageTag(text)) FUZZ_CHECK(meaning::IsWellFormedLanguageTag(text));
  meaning::LanguageMeantByCountry(text);
  meaning::ScriptOfTag(text);
}

void CheckNames(absl::string_view text) {
  const std::string doc_ref = meaning::LikelyDocRef(text);
  if (!doc_ref.empty()) FUZZ_CHECK(meaning::IsDocRef(doc_ref));
  if (meaning::IsCommitmentCode(text)) {
    FUZZ_CHECK(meaning::IsChapterCode(meaning::ChapterOf(text)));
  }
  if (auto slot = meaning::ParseReportSlot(text)) {
    FUZZ_CHECK(meaning::PrintReportSlot(*slot) == text);
  }
  for (const char* instrument : {"", "EUCA-2014"}) {
    const auto reference = meaning::ParseReference(text, instrument);
    if (!reference.ok()) continue;
    FUZZ_CHECK(!reference->slots.empty());
    for (const std::string& slot : reference->slots) {
      FUZZ_CHECK(slot.find('#') == std::string::npos && slot.size() <= text.size() + 64);
      meaning::ReferenceOfSlot("EUCA-2014", slot);
    }
    FUZZ_CHECK(reference->short_id.empty() || reference->version.has_value());
  }
  if (auto row = meaning::ParseIndexKey(text)) {
    FUZZ_CHECK(meaning::IndexKey(row->instrument, row->index, row->fields, row->entry) == text);
  }
}

}  // namespace

FUZZ_TARGET(words, input) {
  CheckTimes(input);
  CheckNumbers(input);
  CheckText(input);
  CheckTag(input);
  CheckNames(input);
}

}  // namespace entente::fuzz

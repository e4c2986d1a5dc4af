// Payloads of records, and what views make of them. Input: which kind, schema, payload.
#include <array>

#include "entente/v1/entry.pb.h"
#include "node/meaning/record/index_key.h"
#include "node/meaning/record/normalise.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/search_texts.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/rules/projection.h"
#include "node/meaning/rules/validate.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

// A new kind goes to the end: the corpus counts from the front.
constexpr std::array<uint32_t, 25> kKinds = {v1::REPORT,
                                             v1::WITHDRAWAL,
                                             v1::INSTRUMENT,
                                             v1::CHAPTER,
                                             v1::COMMITMENT,
                                             v1::INDICATOR,
                                             v1::ROUND,
                                             v1::INTERVENTION,
                                             v1::COMMENT,
                                             0,
                                             v1::TRANSLATION,
                                             v1::OBJECTION,
                                             v1::EXTENSION,
                                             v1::REVIEW,
                                             v1::REMINDER,
                                             v1::MEETING,
                                             v1::AGENDA_ITEM,
                                             v1::ROUND_CLOSE,
                                             v1::ADOPTION,
                                             v1::AMENDMENT,
                                             v1::PERSON,
                                             v1::AUDIT_STATEMENT,
                                             v1::INFORMAL_TRANSLATION,
                                             v1::RETRACTION,
                                             v1::MINUTES_RETRACTION};

std::string BytesOf(const meaning::Record& record) {
  return std::visit(
      [](const auto& message) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, std::monostate>)
          return "";
        else
          return message.SerializeAsString();
      },
      record);
}

void CheckShown(const meaning::RecordFacts& facts, absl::string_view payload) {
  const meaning::Projection shown = meaning::Project(facts, payload);
  if (shown.newer || shown.set_aside) {
    FUZZ_CHECK(shown.slot.empty() && shown.index_keys.empty());
    return;
  }
  FUZZ_CHECK(!shown.slot.empty() && shown.slot.find('\0') == std::string::npos);
  for (const std::string& key : shown.index_keys) {
    const auto row = meaning::ParseIndexKey(key);
    FUZZ_CHECK(row.has_value());
    FUZZ_CHECK(meaning::IndexKey(row->instrument, row->index, row->fields, row->entry) == key);
  }
  if (auto slot = meaning::ParseReportSlot(shown.slot)) {
    FUZZ_CHECK(meaning::PrintReportSlot(*slot) == shown.slot);
  }
  if (facts.kind == v1::WITHDRAWAL) return;  // stands in whatever slot it names
  const std::string name = meaning::ReferenceOfSlot("EUCA-2014", shown.slot);
  const auto reference = meaning::ParseReference(name, "EUCA-2014");
  FUZZ_CHECK(reference.ok());
}

void CheckFindings(const meaning::Record& record) {
  const meaning::EmptyCatalogue nothing;
  for (auto moment : {meaning::Moment::kDraft, meaning::Moment::kSubmit, meaning::Moment::kLog}) {
    for (const auto& finding : meaning::CheckRecord(record, nothing, moment, 1'700'000'000'000)) {
      FUZZ_CHECK(!finding.code.empty() && !finding.message.empty());
    }
  }
}

// What the quick look let pass, the rules have nothing against.
void CheckPlain(const meaning::ReadRecord& read) {
  if (!read.plain) return;
  for (const auto& finding :
       meaning::CheckRecord(read.record, meaning::EmptyCatalogue(), meaning::Moment::kLog, 0)) {
    FUZZ_CHECK(finding.code != "E-UTF8" && finding.code != "E-LEN");
  }
}

void CheckNormal(v1::Report report) {
  meaning::NormaliseReport(report);
  const std::string once = report.SerializeAsString();
  meaning::NormaliseReport(report);
  FUZZ_CHECK(report.SerializeAsString() == once);
}

// Each lies in the payload, whatever that is.
void CheckTexts(const meaning::RecordFacts& facts, absl::string_view payload) {
  size_t bytes = 0;
  for (absl::string_view text : meaning::SearchTexts(facts.kind, facts.schema, payload)) {
    FUZZ_CHECK(text.data() >= payload.data() &&
               text.data() + text.size() <= payload.data() + payload.size());
    bytes += text.size();
  }
  FUZZ_CHECK(bytes <= payload.size());
}

}  // namespace

FUZZ_TARGET(payload, input) {
  Choices choices(input);
  meaning::RecordFacts facts;
  facts.kind = kKinds[choices.Byte() % kKinds.size()];
  facts.schema = 1 + choices.Byte() % 3;
  facts.delegation_code = "KG";
  const absl::string_view payload = choices.Rest();
  const meaning::ReadRecord read = meaning::ReadPayload(facts.kind, facts.schema, payload);
  CheckShown(facts, payload);
  CheckTexts(facts, payload);
  if (read.newer || read.fault) {
    FUZZ_CHECK(read.record.index() == 0);
    return;
  }
  const std::string bytes = BytesOf(read.record);
  const meaning::ReadRecord again = meaning::ReadPayload(facts.kind, facts.schema, bytes);
  FUZZ_CHECK(!again.newer && !again.fault && BytesOf(again.record) == bytes);
  CheckFindings(read.record);
  CheckPlain(read);
  if (const auto* report = std::get_if<v1::Report>(&read.record)) CheckNormal(*report);
}

}  // namespace entente::fuzz

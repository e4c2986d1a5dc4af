// The words people and files use for the closed lists of the model, in both directions. One
// spelling each, lower case with underscores. Unknown words and numbers give nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/payload.pb.h"

namespace entente::meaning {

// "report", "commitment"...; "" for a kind this version does not know by name.
absl::string_view KindWord(uint32_t kind);
std::optional<uint32_t> ParseKind(absl::string_view word);
std::vector<std::string> KindWords();

absl::string_view ImplementationWord(v1::Implementation value);  // "" when unspecified or unknown
std::optional<v1::Implementation> ParseImplementation(absl::string_view word);
std::vector<std::string> ImplementationWords();

absl::string_view AssessmentWord(v1::Assessment value);
std::optional<v1::Assessment> ParseAssessment(absl::string_view word);
std::vector<std::string> AssessmentWords();

absl::string_view TrendWord(v1::Trend value);
std::optional<v1::Trend> ParseTrend(absl::string_view word);
std::vector<std::string> TrendWords();

absl::string_view SubjectKindWord(v1::SubjectKind value);  // commitment | chapter | instrument
std::optional<v1::SubjectKind> ParseSubjectKind(absl::string_view word);

// The light derived from the two axes, always printed beside a word: blue, green, amber, red, grey
// or
// "" for none.
absl::string_view Light(v1::Implementation implementation, v1::Assessment assessment);

// Closed lists held as text in payloads.
const std::vector<std::string>& InstrumentNatures();
const std::vector<std::string>& ChapterLabels();
const std::vector<std::string>& CommitmentNatures();
const std::vector<std::string>& TimetableWords();  // beside periods
const std::vector<std::string>& ResponsibleRoles();
const std::vector<std::string>& IndicatorLevels();
const std::vector<std::string>& IndicatorMeasures();
const std::vector<std::string>& IndicatorDirections();
const std::vector<std::string>& IndicatorAggregations();
const std::vector<std::string>& IndicatorFrequencies();
const std::vector<std::string>& RoundNatures();
const std::vector<std::string>& InterventionNatures();  // and those of comments
const std::vector<std::string>& ReviewOutcomes();
const std::vector<std::string>& NotCountedReasons();
const std::vector<std::string>& RemarkSeverities();
const std::vector<std::string>& ReminderLevels();
const std::vector<std::string>& Procedures();
const std::vector<std::string>& AdoptionOutcomes();
const std::vector<std::string>& SectionNames();
const std::vector<std::string>& AttachmentKinds();
const std::vector<std::string>& ValueStatuses();  // SDMX letters; the first is the normal one

bool Contains(const std::vector<std::string>& words, absl::string_view word);

}  // namespace entente::meaning

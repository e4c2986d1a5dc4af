#include "node/meaning/text/words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "node/base/bytes.h"

namespace entente::meaning {
namespace {

template <class T>
struct Word {
  T value;
  absl::string_view word;
};

constexpr std::array<Word<uint32_t>, 24> kKinds{{
    {v1::REPORT, "report"},
    {v1::WITHDRAWAL, "withdrawal"},
    {v1::TRANSLATION, "translation"},
    {v1::OBJECTION, "objection"},
    {v1::INSTRUMENT, "instrument"},
    {v1::CHAPTER, "chapter"},
    {v1::COMMITMENT, "commitment"},
    {v1::INDICATOR, "indicator"},
    {v1::ROUND, "round"},
    {v1::EXTENSION, "extension"},
    {v1::REVIEW, "review"},
    {v1::REMINDER, "reminder"},
    {v1::MEETING, "meeting"},
    {v1::AGENDA_ITEM, "agenda_item"},
    {v1::INTERVENTION, "intervention"},
    {v1::ROUND_CLOSE, "round_close"},
    {v1::ADOPTION, "adoption"},
    {v1::MINUTES_RETRACTION, "minutes_retraction"},
    {v1::COMMENT, "comment"},
    {v1::AMENDMENT, "amendment"},
    {v1::PERSON, "person"},
    {v1::AUDIT_STATEMENT, "audit_statement"},
    {v1::INFORMAL_TRANSLATION, "informal_translation"},
    {v1::RETRACTION, "retraction"},
}};

constexpr std::array<Word<v1::Implementation>, 6> kImplementations{{
    {v1::NOT_STARTED, "not_started"},
    {v1::IN_PROGRESS, "in_progress"},
    {v1::COMPLETED, "completed"},
    {v1::SUSPENDED, "suspended"},
    {v1::DISCONTINUED, "discontinued"},
    {v1::NOT_APPLICABLE, "not_applicable"},
}};

constexpr std::array<Word<v1::Assessment>, 4> kAssessments{{
    {v1::ON_TRACK, "on_track"},
    {v1::AT_RISK, "at_risk"},
    {v1::OFF_TRACK, "off_track"},
    {v1::NOT_ASSESSED, "not_assessed"},
}};

constexpr std::array<Word<v1::Trend>, 4> kTrends{{
    {v1::TREND_UP, "up"},
    {v1::TREND_DOWN, "down"},
    {v1::TREND_STABLE, "stable"},
    {v1::TREND_UNKNOWN, "unknown"},
}};

constexpr std::array<Word<v1::SubjectKind>, 3> kSubjects{{
    {v1::SUBJECT_COMMITMENT, "commitment"},
    {v1::SUBJECT_CHAPTER, "chapter"},
    {v1::SUBJECT_INSTRUMENT, "instrument"},
}};

template <class Table, class T>
absl::string_view WordOf(const Table& table, T value) {
  for (const auto& row : table) {
    if (row.value == value) return row.word;
  }
  return "";
}

template <class T, size_t N>
std::optional<T> ValueOf(const std::array<Word<T>, N>& table, absl::string_view word) {
  for (const auto& row : table) {
    if (word == row.word) return row.value;
  }
  return std::nullopt;
}

template <class Table>
std::vector<std::string> AllWords(const Table& table) {
  std::vector<std::string> words;
  for (const auto& row : table) words.push_back(base::Str(row.word));
  return words;
}

}  // namespace

absl::string_view KindWord(uint32_t kind) { return WordOf(kKinds, kind); }
std::optional<uint32_t> ParseKind(absl::string_view word) { return ValueOf(kKinds, word); }
std::vector<std::string> KindWords() { return AllWords(kKinds); }

absl::string_view ImplementationWord(v1::Implementation value) {
  return WordOf(kImplementations, value);
}
std::optional<v1::Implementation> ParseImplementation(absl::string_view word) {
  return ValueOf(kImplementations, word);
}
std::vector<std::string> ImplementationWords() { return AllWords(kImplementations); }

absl::string_view AssessmentWord(v1::Assessment value) { return WordOf(kAssessments, value); }
std::optional<v1::Assessment> ParseAssessment(absl::string_view word) {
  return ValueOf(kAssessments, word);
}
std::vector<std::string> AssessmentWords() { return AllWords(kAssessments); }

absl::string_view TrendWord(v1::Trend value) { return WordOf(kTrends, value); }
std::optional<v1::Trend> ParseTrend(absl::string_view word) { return ValueOf(kTrends, word); }
std::vector<std::string> TrendWords() { return AllWords(kTrends); }

absl::string_view SubjectKindWord(v1::SubjectKind value) { return WordOf(kSubjects, value); }
std::optional<v1::SubjectKind> ParseSubjectKind(absl::string_view word) {
  return ValueOf(kSubjects, word);
}

absl::string_view Light(v1::Implementation implementation, v1::Assessment assessment) {
  if (implementation == v1::COMPLETED) return "blue";
  if (implementation == v1::SUSPENDED || implementation == v1::DISCONTINUED) return "grey";
  if (assessment == v1::ON_TRACK) return "green";
  if (assessment == v1::AT_RISK) return "amber";
  if (assessment == v1::OFF_TRACK) return "red";
  return "";
}

// The lists are function statics: built once, never destroyed in an order that could matter.
#define ENTENTE_WORD_LIST(Name, ...)                                      \
  const std::vector<std::string>& Name() {                                \
    static const auto* words = new std::vector<std::string>{__VA_ARGS__}; \
    return *words;                                                        \
  }

ENTENTE_WORD_LIST(InstrumentNatures, "action_plan", "declaration", "outcome_document", "programme",
                  "dialogue")
ENTENTE_WORD_LIST(ChapterLabels, "chapter", "pillar", "component", "section", "agenda item")
ENTENTE_WORD_LIST(CommitmentNatures, "undertaking", "recommendation", "measure_reported",
                  "intention", "proposal")
ENTENTE_WORD_LIST(TimetableWords, "ongoing", "monthly", "quarterly", "biannual", "annual",
                  "biennial", "once")
ENTENTE_WORD_LIST(ResponsibleRoles, "accountable", "implementing", "supporting")
ENTENTE_WORD_LIST(IndicatorLevels, "output", "outcome", "impact", "other")
ENTENTE_WORD_LIST(IndicatorMeasures, "unit", "percentage", "nominal", "ordinal", "qualitative")
ENTENTE_WORD_LIST(IndicatorDirections, "up", "down", "none")
ENTENTE_WORD_LIST(IndicatorAggregations, "sum", "mean", "last", "none")
ENTENTE_WORD_LIST(IndicatorFrequencies, "A", "S", "Q", "M", "once")
ENTENTE_WORD_LIST(RoundNatures, "annual", "mid_term", "final", "thematic", "ad_hoc")
ENTENTE_WORD_LIST(InterventionNatures, "statement", "proposal", "assistance_need", "reservation",
                  "question")
ENTENTE_WORD_LIST(ReviewOutcomes, "accepted", "clarification_requested", "not_counted")
ENTENTE_WORD_LIST(NotCountedReasons, "wrong_round", "duplicate", "empty", "outside_scope")
ENTENTE_WORD_LIST(RemarkSeverities, "question", "correction", "information")
ENTENTE_WORD_LIST(ReminderLevels, "informal", "formal")
ENTENTE_WORD_LIST(Procedures, "meeting", "silence_procedure")
ENTENTE_WORD_LIST(AdoptionOutcomes, "endorsed", "not_endorsed", "in_force", "completed", "replaced")
ENTENTE_WORD_LIST(SectionNames, "achievements", "obstacles", "next_steps", "assistance_needed",
                  "good_practice")
ENTENTE_WORD_LIST(AttachmentKinds, "law_text", "evaluation", "annex", "minutes")
ENTENTE_WORD_LIST(ValueStatuses, "A", "E", "P", "B", "D", "L", "M", "O", "Q", "U")
#undef ENTENTE_WORD_LIST

bool Contains(const std::vector<std::string>& words, absl::string_view word) {
  return std::find(words.begin(), words.end(), base::Str(word)) != words.end();
}

}  // namespace entente::meaning

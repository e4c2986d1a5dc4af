// The columns and parts of a sheet of reports, shared by writing and reading it.
#pragma once

namespace entente::client {

enum ReportColumn {
  kColPart,
  kColReference,
  kColState,
  kColEntry,
  kColDelegation,
  kColRound,
  kColSubjectKind,
  kColSubject,
  kColPeriod,
  kColImplementation,
  kColAssessment,
  kColReason,
  kColNilReason,
  kColLang,
  kColName,
  kColText,
  kColDate,
  kColDone,
  kColIndicator,
  kColValue,
  kColStatus,
  kColUnit,
  kColTrend,
  kColApproximate,
  kColDims,
  kColArea,
  kColSource,
  kColMethod,
  kColNote,
  kColPublic,
  kColDocRefs,
  kColSupersedes,
  kColCites,
  kColAnswers,
  kColMediaType,
  kColSize,
  kColSha256,
  kColRoot,
  kColAttachmentKind,
};

inline constexpr char kPartReport[] = "report";
inline constexpr char kPartNarrative[] = "narrative";
inline constexpr char kPartSection[] = "section";
inline constexpr char kPartMilestone[] = "milestone";
inline constexpr char kPartValue[] = "value";
inline constexpr char kPartAttachment[] = "attachment";
inline constexpr char kYes[] = "yes";

}  // namespace entente::client

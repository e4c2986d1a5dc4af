// What a draft starts from: nothing, the delegation's report of the round before, the report it
// corrects, or every head of a conflict merged field by field.
#pragma once

#include <string>
#include <vector>

#include "node/query/view/view_catalogue.h"

namespace entente::query {

struct DraftStart {
  v1::Report report;
  // Parts that several heads changed differently, by name: of a field its own, of an element of a
  // list as node/meaning/record/part_name.h has it. Left out; of milestones those all heads have
  // are kept.
  std::vector<std::string> questions;
};

// A report that supersedes the one head of the slot and answers what is asked about it; NOT_FOUND
// when nothing stands there, FAILED_PRECONDITION (DRAFT_STATE) when several do: merge instead.
absl::StatusOr<DraftStart> StartCorrection(const Views& views, absl::string_view slot);

// A report that supersedes every head. Each field, and each element of a list, that only one head
// changed since the common superseded version is taken from it; what several changed differently
// becomes a question. FAILED_PRECONDITION (DRAFT_STATE) when one head stands: no conflict.
absl::StatusOr<DraftStart> StartMerge(const Views& views, absl::string_view slot);

// The newest earlier report of the same delegation on the same subject, as text to go on from:
// nothing of it is superseded, values and period are not carried over. NOT_FOUND when there is
// none.
absl::StatusOr<v1::Report> FromPrevious(const Views& views, const v1::Report& wanted,
                                        const std::string& delegation);

// The language of the delegation's newest report held here; "" when there is none.
absl::StatusOr<std::string> UsualLanguage(const Views& views, const std::string& delegation);

// The part of this name, as bytes that are equal where the part is; "" where it is not stated.
std::string PartOf(const v1::Report& report, const std::string& name);

// Pure: the three-way rule on whole reports. `base` null: no common version, every difference is a
// question.
DraftStart MergeReports(const v1::Report* base, const std::vector<v1::Report>& heads);

}  // namespace entente::query

// What a submission is told before it is signed into the log: the findings of the validation rules,
// and the reference it will be known by. The same rules as in drafting, over the same views.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "entente/v1/local.pb.h"
#include "node/meaning/record/finding.h"
#include "node/meaning/state/metrics.h"
#include "node/query/view/view_catalogue.h"

namespace entente::query {

struct CheckedRecord {
  std::string slot;
  std::string reference;
  std::vector<meaning::Finding> findings;
  meaning::Completeness completeness;  // of a draft
};

class SubmissionChecker {
 public:
  // All outlive the checker.
  SubmissionChecker(const storage::Snapshot* snapshot, const store::Published* published,
                    const InstrumentId& instrument, RecordCache* kept);
  // Before a catalogue file's lines are checked: the slots of all of them, wherever they stand in
  // it. Its lines may refer to any of these, and name parties that are admitted later.
  void ExpectFile(std::set<std::string> slots);
  // INVALID_ARGUMENT when the payload cannot be read as its kind; else the findings say it all.
  // Entries of one feed come ascending: after one that is not held, none is looked for.
  absl::StatusOr<CheckedRecord> Check(const ledger::Entry& entry, uint64_t now_ms);
  // The same rules at drafting time, for the delegation with this code.
  CheckedRecord CheckDraft(const v1::Report& report, const std::string& delegation_code,
                           uint64_t now_ms) const;

 private:
  Views views_;
  ViewCatalogue catalogue_;
  std::set<std::string> file_slots_;       // empty: no catalogue file
  std::optional<base::EntryId> not_held_;  // the last one checked
};

// VALIDATION_FAILED names every finding that refuses; WARNINGS_NOT_ACCEPTED every one that flags or
// holds.
absl::Status RefuseOnFindings(const std::vector<CheckedRecord>& records, bool accept_warnings);

void FillCompleteness(const meaning::Completeness& completeness, v1::Completeness& out);

void FillFindings(const std::vector<meaning::Finding>& findings,
                  google::protobuf::RepeatedPtrField<v1::Finding>& out);

}  // namespace entente::query

// Slots: the text that names what a record is about, in one instrument. It follows from the
// payload, the author's code in the charter and, for records that stand alone, the entry id:
//   instrument | chapter/DDR | commitment/DDR/08 | indicator/OST-CLIENTS | round/MTR-2017
//   report/MTR-2017/KG/commitment/DDR/08 | report/MTR-2017/KG/chapter/DDR |
//   report/MTR-2017/KG/instrument report/-/KG/2017-Q3/commitment/DDR/08 (unscheduled) |
//   extension/MTR-2017/KG | review/ENTRYHEX, comment/ENTRYHEX... all other kinds; of a correction,
//   the first version's id
// Stored under the instrument id and SHA-256 of the text.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "entente/v1/payload.pb.h"
#include "node/base/id.h"
#include "node/meaning/record/record.h"

namespace entente::meaning {

base::Digest SlotHash(absl::string_view slot);

struct ReportSlot {
  std::string round;  // empty: unscheduled, then `period` is set
  std::string delegation;
  std::string period;
  v1::SubjectKind subject_kind = v1::SUBJECT_UNSPECIFIED;
  std::string subject;  // empty for the instrument

  friend bool operator==(const ReportSlot&, const ReportSlot&) = default;
};

std::string PrintReportSlot(const ReportSlot& slot);
// Nothing when the text is no report slot with well-formed codes.
std::optional<ReportSlot> ParseReportSlot(absl::string_view text);

ReportSlot SlotOfReport(const v1::Report& report, absl::string_view delegation_code);
// The same, printed.
std::string ReportSlotText(const v1::Report& report, absl::string_view delegation_code);
// The same, behind what `out` holds.
void AppendReportSlot(std::string& out, const v1::Report& report,
                      absl::string_view delegation_code);

// The kind whose records stand in a slot; nothing when the text is no slot.
std::optional<uint32_t> KindOfSlot(absl::string_view slot);

// Who wrote a record of these kinds takes it back by a retraction.
bool IsRetractable(uint32_t kind);
// Does a record of this kind take another back?
bool IsRetraction(uint32_t kind);
// The first version of what stands in the slot of a retractable record, which names the slot: only
// the delegation that wrote it writes others. Nothing: another slot.
std::optional<base::EntryId> FirstVersionIn(absl::string_view slot);

// "" for monostate. A withdrawal and a retraction stand in the slot they name, a correction in that
// of the first version.
std::string SlotOfRecord(const Record& record, absl::string_view delegation_code,
                         const base::EntryId& id);

}  // namespace entente::meaning

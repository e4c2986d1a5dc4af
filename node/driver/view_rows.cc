#include "node/driver/view_rows.h"

#include <utility>

#include "node/merge/slot_operand.h"
#include "node/store/schema.h"

namespace entente::driver {

using ledger::Entry;

namespace {

meaning::RecordFacts FactsOf(const Entry& entry, std::string delegation_code) {
  const ledger::EntryHeader& header = entry.header;
  meaning::RecordFacts facts;
  facts.id = entry.id;
  facts.instrument = header.instrument;
  facts.kind = header.kind;
  facts.schema = header.schema;
  facts.hlc = header.hlc;
  facts.key = header.key;
  facts.delegation_code = std::move(delegation_code);
  return facts;
}

// Of nearly every report.
constexpr size_t kSlotRowBytes = 255;

std::string SetAsideValue(const meaning::Projection& projection) {
  if (projection.newer) return std::string("NEWER\0written by a newer version", 33);
  return projection.set_aside->code + std::string(1, '\0') + projection.set_aside->message;
}

}  // namespace

ViewRows ViewRowsOf(const Entry& entry, std::string delegation_code,
                    meaning::Projector& projector) {
  const base::InstrumentId& instrument = entry.header.instrument;
  ViewRows rows;
  rows.delegation_code = delegation_code;
  const meaning::RecordFacts facts = FactsOf(entry, std::move(delegation_code));
  meaning::Projection& projection = projector.Project(facts, entry.payload);
  if (projection.set_aside || projection.newer) rows.set_aside = SetAsideValue(projection);
  rows.index_keys = std::move(projection.index_keys);
  if (projection.slot.empty()) return rows;
  rows.slot_row.reserve(kSlotRowBytes);
  store::AppendSlotKey(rows.slot_row, instrument, projection.slot);
  rows.slot_key_bytes = rows.slot_row.size();
  merge::AppendSlotOperand(rows.slot_row, store::SlotTextInValue(projection.slot),
                           {.entry = facts.id.view(),
                            .supersedes = &projection.supersedes,
                            .kind = facts.kind,
                            .delegation = facts.delegation_code,
                            .hlc = facts.hlc,
                            .key = facts.key.view(),
                            .summary = projection.summary});
  return rows;
}

}  // namespace entente::driver

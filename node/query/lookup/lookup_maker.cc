#include "node/query/lookup/lookup_maker.h"

#include <algorithm>
#include <map>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/search_texts.h"
#include "node/meaning/record/slot.h"
#include "node/query/lookup/lookup_rows.h"
#include "node/query/lookup/part_join.h"
#include "node/query/lookup/part_maker.h"
#include "node/store/log_reader.h"

namespace entente::query {

namespace {

constexpr size_t kIndicatorBytesMax = 256;

class SliceMaker {
 public:
  SliceMaker(const storage::Snapshot& snapshot, const store::Published& published,
             v1::LookupState state)
      : snapshot_(snapshot), published_(published) {
    slice_.state = std::move(state);
  }

  absl::StatusOr<LookupSlice> Run() {
    RETURN_IF_ERROR(Join());
    absl::Status failed;
    size_t entries = 0, bytes = 0;
    const store::LogReader log(&snapshot_);
    RETURN_IF_ERROR(log.ForEachArrivalRow(
        slice_.state.through_arrival(), [&](const store::Arrival& arrival, absl::string_view row) {
          if (entries >= kSliceEntriesMax || bytes >= kSliceBytesMax) {
            slice_.done = false;
            return false;
          }
          failed = Add(arrival, row);
          if (!failed.ok()) return false;
          ++entries;
          bytes += row.size();
          slice_.state.set_through_arrival(arrival.number);
          return true;
        }));
    RETURN_IF_ERROR(failed);
    for (auto& [instrument, part] : parts_) {
      if (!part.empty()) KeepGrowing(part.Take(slice_.rows), FiguresOf(instrument));
    }
    return std::move(slice_);
  }

 private:
  absl::Status Join() {
    for (v1::LookupFigures& figures : *slice_.state.mutable_figures()) {
      const JoinRange range = PartsToJoin(figures);
      if (range.empty()) continue;
      if (slice_.old.size() >= kSliceOldMax) {
        slice_.done = false;
        return absl::OkStatus();
      }
      RETURN_IF_ERROR(JoinParts(snapshot_, range, figures, slice_.rows, slice_.old));
    }
    return absl::OkStatus();
  }

  absl::Status Add(const store::Arrival& arrival, absl::string_view row) {
    ASSIGN_OR_RETURN(const store::EntryRow entry, store::ReadEntryRow(row));
    if (!entry.payload) return absl::OkStatus();
    ASSIGN_OR_RETURN(const ledger::EntryHeader header, store::DecodeEntryHeader(row));
    AddWords(header, *entry.payload, arrival.number);
    if (header.kind == v1::REPORT &&
        meaning::HasField(*entry.payload, v1::Report::kValuesFieldNumber))
      AddValues(header, *entry.payload, arrival);
    return absl::OkStatus();
  }

  void AddWords(const ledger::EntryHeader& header, absl::string_view payload, uint64_t arrival) {
    PartMaker& part = parts_.try_emplace(header.instrument, header.instrument).first->second;
    if (part.full()) KeepGrowing(part.Take(slice_.rows), FiguresOf(header.instrument));
    const uint32_t places =
        part.Add(arrival, meaning::SearchTexts(header.kind, header.schema, payload));
    if (places == 0) return;
    v1::LookupFigures& figures = FiguresOf(header.instrument);
    figures.set_documents(figures.documents() + 1);
    figures.set_places(figures.places() + places);
  }

  void AddValues(const ledger::EntryHeader& header, absl::string_view payload,
                 const store::Arrival& arrival) {
    const meaning::ReadRecord read = meaning::ReadPayload(header.kind, header.schema, payload);
    const auto* report = std::get_if<v1::Report>(&read.record);
    const ledger::Note* head = published_.authority.Find(header.credentials_head);
    if (report == nullptr || head == nullptr) return;
    v1::SeriesRow about;
    about.set_entry(arrival.place.id.str());
    about.set_author(head->chain_id().str());
    about.set_delegation(published_.DelegationCode(header.instrument, head->chain_id()));
    about.set_slot(meaning::ReportSlotText(*report, about.delegation()));
    std::map<std::string, v1::SeriesRow> rows;
    for (const v1::IndicatorValue& value : report->values())
      *rows.try_emplace(value.indicator(), about).first->second.add_values() = value;
    for (const auto& [indicator, row] : rows) {
      // No such indicator can be in a catalogue, so nobody can ask for it.
      if (indicator.size() > kIndicatorBytesMax || indicator.find('\0') != std::string::npos)
        continue;
      slice_.rows.emplace_back(SeriesKey(header.instrument, indicator, arrival.number),
                               row.SerializeAsString());
    }
  }

  v1::LookupFigures& FiguresOf(const base::InstrumentId& instrument) {
    auto& all = *slice_.state.mutable_figures();
    auto it = std::find_if(all.begin(), all.end(), [&](const v1::LookupFigures& figures) {
      return figures.instrument() == instrument.view();
    });
    if (it != all.end()) return *it;
    v1::LookupFigures* fresh = all.Add();
    fresh->set_instrument(instrument.str());
    return *fresh;
  }

  const storage::Snapshot& snapshot_;
  const store::Published& published_;
  LookupSlice slice_{.rows = {}, .old = {}, .state = {}, .done = true};
  std::map<base::InstrumentId, PartMaker> parts_;  // that are being filled
};

// Rows of another version go first.
LookupSlice Clear(const storage::Snapshot& snapshot) {
  LookupSlice slice;
  auto it = snapshot.Scan(store::kLookup, "");
  for (; it->Valid() && slice.old.size() < kSliceOldMax; it->Next())
    slice.old.push_back(base::Str(it->key()));
  slice.state.set_version(kLookupVersion);
  slice.state.set_clearing(!slice.old.empty());
  return slice;
}

}  // namespace

absl::StatusOr<v1::LookupState> LookupStateOf(const storage::Snapshot& snapshot) {
  ASSIGN_OR_RETURN(auto row, snapshot.Get(store::kMeta, store::kMetaLookup));
  v1::LookupState state;
  if (row && !state.ParseFromString(*row)) state.Clear();
  return state;
}

absl::StatusOr<LookupSlice> NextSlice(const storage::Snapshot& snapshot,
                                      const store::Published& published) {
  ASSIGN_OR_RETURN(v1::LookupState state, LookupStateOf(snapshot));
  if (state.version() != kLookupVersion || state.clearing()) return Clear(snapshot);
  return SliceMaker(snapshot, published, std::move(state)).Run();
}

}  // namespace entente::query

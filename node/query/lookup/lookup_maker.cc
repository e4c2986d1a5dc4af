#include "node/query/lookup/lookup_maker.h"

#include <algorithm>
#include <map>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/search_words.h"
#include "node/meaning/record/slot.h"
#include "node/query/lookup/lookup_rows.h"

namespace entente::query {

namespace {

// Words of two texts are never neighbours.
constexpr uint32_t kTextGap = 16;
// A row's positions before another row is begun; well under what a value may take.
constexpr int kRowPositionsMax = 100'000;
constexpr size_t kIndicatorBytesMax = 256;

class SliceMaker {
 public:
  SliceMaker(const storage::Snapshot& snapshot, const store::Published& published,
             v1::LookupState state)
      : log_(&snapshot), published_(published) {
    slice_.state = std::move(state);
  }

  absl::StatusOr<LookupSlice> Run() {
    absl::Status failed;
    size_t entries = 0, bytes = 0;
    bool cut = false;
    RETURN_IF_ERROR(
        log_.ForEachArrival(slice_.state.through_arrival(), [&](const store::Arrival& arrival) {
          if (entries >= kSliceEntriesMax || bytes >= kSliceBytesMax) {
            cut = true;
            return false;
          }
          auto entry = log_.Get(arrival.place);
          failed = entry.status();
          if (!failed.ok()) return false;
          ++entries;
          bytes += entry->payload.size();
          slice_.state.set_through_arrival(arrival.number);
          if (entry->has_payload) Add(*entry, arrival.number);
          return true;
        }));
    RETURN_IF_ERROR(failed);
    for (auto& [key, postings] : words_)
      slice_.rows.emplace_back(key, postings.message.SerializeAsString());
    slice_.done = !cut;
    return std::move(slice_);
  }

 private:
  struct Postings {
    v1::WordPostings message;
    uint64_t last = 0;  // document
  };

  void Add(const ledger::Entry& entry, uint64_t arrival) {
    const meaning::ReadRecord read =
        meaning::ReadPayload(entry.header.kind, entry.header.schema, entry.payload);
    const ledger::Note* head = published_.authority.Find(entry.header.credentials_head);
    if (read.newer || read.fault || head == nullptr) return;
    v1::LookupDocument document;
    document.set_delegation(published_.DelegationCode(entry.header.instrument, head->chain_id()));
    document.set_entry(entry.id.str());
    document.set_kind(entry.header.kind);
    document.set_slot(meaning::SlotOfRecord(read.record, document.delegation(), entry.id));
    if (document.slot().empty()) return;
    slice_.rows.emplace_back(DocumentKey(entry.header.instrument, arrival),
                             document.SerializeAsString());
    AddWords(entry.header.instrument, read.record, arrival);
    if (const auto* report = std::get_if<v1::Report>(&read.record))
      AddValues(entry.header.instrument, *report, document, arrival);
  }

  void AddWords(const base::InstrumentId& instrument, const meaning::Record& record,
                uint64_t arrival) {
    std::map<std::string, std::vector<uint32_t>> positions;
    uint32_t at = 0, words = 0;
    for (absl::string_view text : meaning::SearchTexts(record)) {
      for (meaning::SearchWord& word : meaning::SearchWords(text)) {
        std::vector<uint32_t>& stands = positions[std::move(word.text)];
        if (stands.size() < kPositionsMax) stands.push_back(at);
        ++at;
        ++words;
      }
      at += kTextGap;
    }
    for (const auto& [word, stands] : positions)
      AddPosting(instrument, word, arrival, words, stands);
    Count(instrument, words);
  }

  void AddPosting(const base::InstrumentId& instrument, const std::string& word, uint64_t arrival,
                  uint32_t words, const std::vector<uint32_t>& stands) {
    const std::string prefix = WordPrefix(instrument, word, true);
    std::string& key = open_[prefix];
    if (key.empty() || words_[key].message.positions_size() > kRowPositionsMax)
      key = WordKey(instrument, word, arrival);
    Postings& postings = words_[key];
    if (postings.last == 0) postings.last = arrival;
    postings.message.add_documents(arrival - postings.last);
    postings.last = arrival;
    postings.message.add_words(words);
    postings.message.add_counts(static_cast<uint32_t>(stands.size()));
    uint32_t before = 0;
    for (uint32_t position : stands) {
      postings.message.add_positions(position - before);
      before = position;
    }
  }

  void AddValues(const base::InstrumentId& instrument, const v1::Report& report,
                 const v1::LookupDocument& document, uint64_t arrival) {
    std::map<std::string, v1::SeriesRow> rows;
    for (const v1::IndicatorValue& value : report.values())
      *rows[value.indicator()].add_values() = value;
    for (auto& [indicator, row] : rows) {
      // No such indicator can be in a catalogue, so nobody can ask for it.
      if (indicator.size() > kIndicatorBytesMax || indicator.find('\0') != std::string::npos)
        continue;
      row.set_entry(document.entry());
      row.set_slot(document.slot());
      row.set_delegation(document.delegation());
      slice_.rows.emplace_back(SeriesKey(instrument, indicator, arrival), row.SerializeAsString());
    }
  }

  void Count(const base::InstrumentId& instrument, uint32_t words) {
    auto& all = *slice_.state.mutable_figures();
    auto it = std::find_if(all.begin(), all.end(), [&](const v1::LookupFigures& figures) {
      return figures.instrument() == instrument.view();
    });
    v1::LookupFigures* figures = it == all.end() ? all.Add() : &*it;
    figures->set_instrument(instrument.str());
    figures->set_documents(figures->documents() + 1);
    figures->set_words(figures->words() + words);
  }

  const store::LogReader log_;
  const store::Published& published_;
  LookupSlice slice_;
  std::map<std::string, Postings> words_;    // by key
  std::map<std::string, std::string> open_;  // word's prefix -> the row that is being filled
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

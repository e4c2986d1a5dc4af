#include "node/query/lookup/part_join.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/btree_map.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/query/lookup/lookup_rows.h"
#include "node/query/lookup/part_maker.h"
#include "node/query/lookup/part_reader.h"
#include "node/store/schema.h"

namespace entente::query {

namespace {

int SizeOf(const v1::LookupPart& part) {
  int size = 0;
  for (uint32_t places = part.places(); places >= kPartsJoined; places /= kPartsJoined) ++size;
  return size;
}

// From the newest of them back, no more than fit into one part.
JoinRange ThatFit(const v1::LookupFigures& figures, JoinRange range) {
  uint64_t places = 0, documents = 0;
  for (int n = range.end; n-- > range.begin;) {
    places += figures.growing(n).places();
    documents += figures.growing(n).documents();
    if (places > kPartPlacesMax || documents > kPartDocumentsMax) return {n + 1, range.end};
  }
  return range;
}

class PartJoiner {
 public:
  PartJoiner(const storage::Snapshot& snapshot, const base::InstrumentId& instrument)
      : snapshot_(snapshot), instrument_(instrument) {}

  absl::Status Add(uint64_t part, std::vector<std::string>& old) {
    ASSIGN_OR_RETURN(const auto documents, PartDocumentsReader::Read(snapshot_, instrument_, part));
    const bool adds_up = Continues(documents);
    old.push_back(DocumentsKey(instrument_, part));
    auto it = snapshot_.Scan(store::kLookup, WordPrefix(instrument_, part));
    for (; it->Valid(); it->Next()) {
      old.push_back(base::Str(it->key()));
      if (!adds_up) continue;
      for (WordRowReader row(it->value()); row.Next();) AddWord(row, documents.places());
    }
    RETURN_IF_ERROR(it->status());
    if (!adds_up) return absl::OkStatus();
    for (size_t n = 0; n < documents.size(); ++n) {
      if (documents_.arrivals().empty()) first_ = last_ = documents.ArrivalOf(n);
      documents_.add_arrivals(documents.ArrivalOf(n) - last_);
      documents_.add_places(documents.PlacesOf(n));
      last_ = documents.ArrivalOf(n);
    }
    begin_ += documents.places();
    return absl::OkStatus();
  }

  // Nothing: no part added up.
  std::optional<v1::LookupPart> Take(WordRowMaker::Rows& rows) && {
    if (documents_.arrivals().empty()) return std::nullopt;
    const v1::LookupPart part = PutDocuments(instrument_, first_, documents_, rows);
    WordRowMaker maker(instrument_, first_, rows);
    for (const auto& [word, places] : words_) maker.Add(word, places.bytes());
    maker.Finish();
    return part;
  }

 private:
  bool Continues(const PartDocumentsReader& documents) const {
    if (documents.size() == 0 || documents.places() > kPartPlacesMax - begin_) return false;
    return documents_.arrivals().empty() || documents.ArrivalOf(0) > last_;
  }

  // `end`: places of the part; a list that goes beyond does not add up, nor does a second one.
  void AddWord(const WordRowReader& row, uint32_t end) {
    std::vector<uint32_t> places;
    if (!ReadPlaces(row.places(), places) || places.empty() || places.back() >= end) return;
    PlaceList& list = words_[row.word()];
    if (!list.bytes().empty() && list.last() >= begin_ + places.front()) return;
    for (uint32_t place : places) list.Add(begin_ + place);
  }

  const storage::Snapshot& snapshot_;
  const base::InstrumentId instrument_;
  v1::PartDocuments documents_;
  absl::btree_map<std::string, PlaceList> words_;
  uint64_t first_ = 0, last_ = 0;
  uint32_t begin_ = 0;  // of the next part
};

}  // namespace

JoinRange PartsToJoin(const v1::LookupFigures& figures) {
  const int parts = figures.growing_size();
  if (parts < kPartsJoined) return {};
  int largest = 0;
  for (const v1::LookupPart& part : figures.growing()) largest = std::max(largest, SizeOf(part));
  for (int size = 0; size <= largest; ++size) {
    int begin = parts;
    while (begin > 0 && SizeOf(figures.growing(begin - 1)) <= size) --begin;
    if (parts - begin >= kPartsJoined) return ThatFit(figures, {begin, parts});
  }
  return {};
}

void KeepGrowing(v1::LookupPart part, v1::LookupFigures& figures) {
  if (part.places() > kPartPlacesMax / 2 || part.documents() > kPartDocumentsMax / 2) return;
  *figures.add_growing() = std::move(part);
}

absl::Status JoinParts(const storage::Snapshot& snapshot, JoinRange range,
                       v1::LookupFigures& figures, WordRowMaker::Rows& rows,
                       std::vector<std::string>& old) {
  const auto instrument = base::InstrumentId::FromBytes(figures.instrument());
  if (!instrument) return absl::OkStatus();
  PartJoiner joiner(snapshot, *instrument);
  for (int n = range.begin; n < range.end; ++n)
    RETURN_IF_ERROR(joiner.Add(figures.growing(n).first(), old));
  figures.mutable_growing()->DeleteSubrange(range.begin, range.end - range.begin);
  if (auto joined = std::move(joiner).Take(rows)) KeepGrowing(*std::move(joined), figures);
  return absl::OkStatus();
}

}  // namespace entente::query

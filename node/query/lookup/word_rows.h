// The words of one part and where they stand: lists of places, and the rows they lie in.
//
// A place is a number in the part: its documents take up places one after the other
// (PartDocuments), so one ascending list tells documents and positions alike. As bytes: each place
// less the one before, the first as it is, in varints.
//
// A row: words ascending, each as
//   bytes shared with the word before [varint], further bytes [varint], these, bytes of its places
//   [varint], these
// The first shares none. A row ends with the word that makes it kWordRowBytes or longer.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/base/id.h"
#include "node/base/varint.h"

namespace entente::query {

// What a seek reads; and more only where one word has more places.
inline constexpr size_t kWordRowBytes = 8 << 10;
// Of a part. A list of places has at most as many bytes, so every row is a value the store takes.
inline constexpr uint32_t kPartPlacesMax = 800'000;

class PlaceList {
 public:
  // REQUIRES: above those before.
  void Add(uint32_t place) {
    base::AppendVarint(bytes_, place - last_);
    last_ = place;
  }
  const std::string& bytes() const { return bytes_; }
  uint32_t last() const { return last_; }

 private:
  std::string bytes_;
  uint32_t last_ = 0;
};

// Appends them to `places`. False: no such list; what was appended is removed.
bool ReadPlaces(absl::string_view list, std::vector<uint32_t>& places);

class WordRowMaker {
 public:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  // `rows` outlives this.
  WordRowMaker(const base::InstrumentId& instrument, uint64_t part, Rows& rows)
      : instrument_(instrument), part_(part), rows_(rows) {}

  // REQUIRES: words ascend.
  void Add(absl::string_view word, absl::string_view places);
  void Finish();

 private:
  const base::InstrumentId instrument_;
  const uint64_t part_;
  Rows& rows_;
  std::string row_, last_;
};

// Goes through a row as a disk might give it back.
class WordRowReader {
 public:
  WordRowReader() = default;
  // `row` outlives this and what it says.
  explicit WordRowReader(absl::string_view row) : rest_(row) {}

  // False: no further word, or none that adds up.
  bool Next();
  const std::string& word() const { return word_; }
  absl::string_view places() const { return places_; }

 private:
  base::ByteReader rest_;
  std::string word_;
  absl::string_view places_;
};

}  // namespace entente::query

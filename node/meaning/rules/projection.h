// From one admitted entry to what views hold of it: its slot, what it contributes to that slot and
// its index rows. A pure function of the entry alone, so every node that holds the entry shows the
// same, and a view can be rebuilt from the log at any time.
//
// A record that breaks a rule it could be judged by alone (class R, docs/validation.md) is set
// aside: it stays stored, relayed and counted, and views list it with the code instead of showing
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "entente/v1/store.pb.h"
#include "node/base/id.h"
#include "node/meaning/record/finding.h"
#include "node/meaning/record/record.h"

namespace entente::meaning {

struct RecordFacts {
  base::EntryId id;
  base::InstrumentId instrument;
  uint32_t kind = 0;
  uint32_t schema = 0;
  uint64_t hlc = 0;
  base::PublicKey key;
  std::string
      delegation_code;  // from the chain the credentials head belongs to, not from the payload
};

struct Projection {
  std::string slot;  // empty: nothing to show (newer or set aside)
  // Of its contribution to the slot; the rest stands in the facts.
  google::protobuf::RepeatedPtrField<std::string> supersedes;  // 32 bytes each, ascending
  std::string summary;                                         // summary.h
  std::vector<std::string> index_keys;  // rows of the index family, see index_key.h
  std::optional<Finding> set_aside;
  bool newer = false;  // unknown kind or newer schema
};

Projection Project(const RecordFacts& facts, absl::string_view payload);

// Projects one entry after another in the same memory: to make and destroy a record for each costs
// more than to read it.
class Projector {
 public:
  // Holds until the next call; whoever calls may take from it.
  Projection& Project(const RecordFacts& facts, absl::string_view payload);

 private:
  ShortReader reader_;
  ReadRecord read_;
  Projection out_;
};

}  // namespace entente::meaning

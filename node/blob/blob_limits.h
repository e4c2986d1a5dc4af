// What a node does with attachments of one instrument: which contents it fetches without being
// asked, and how large they may be. A person can always ask for any one of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "node/blob/blob_id.h"

namespace entente::blob {

enum class Fetch : uint8_t {
  kAuto,  // all where the node's delegation is the secretariat, own elsewhere
  kNone,
  kOwn,  // what reports of the node's own delegation name: its other computers hold the same
  kAll,
};

struct Limits {
  Fetch fetch = Fetch::kAuto;
  uint64_t fetch_max = uint64_t{25} << 20;   // bytes of one content fetched without being asked
  uint64_t attach_max = uint64_t{25} << 20;  // bytes of one content a draft here may name
};

struct LimitsByInstrument {
  Limits other;                         // of every instrument not named below
  std::map<std::string, Limits> named;  // by code

  const Limits& For(const std::string& code) const {
    auto at = named.find(code);
    return at == named.end() ? other : at->second;
  }
};

}  // namespace entente::blob

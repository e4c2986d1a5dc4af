// What the other threads may know of the replica between two commits: an immutable value, replaced
// after each commit, so that nobody but the writer ever touches the replica. Everything in it is
// durable.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "node/ledger/authority.h"
#include "node/store/arrival_cache.h"

namespace entente::reg {
struct Head;
}

namespace entente::store {

// What a node's delegation may have of an instrument now.
enum class NodeAccess : uint8_t { kNone, kAuthority, kEntries };

struct InstrumentFigures {
  base::Digest frontier_digest;
  base::Digest authority_digest;
  uint64_t feeds = 0;
  uint64_t entries = 0;
  uint64_t pending = 0;
  uint64_t quarantined = 0;
  uint64_t disputed = 0;
  uint64_t aside = 0;
};

// Per node (by TLS key) and joined instrument: membership as the authority in force says it.
using NodeTable = std::map<base::Spki, std::map<base::InstrumentId, NodeAccess>>;

struct Published {
  ledger::Authority authority;
  std::set<base::InstrumentId> instruments;
  std::optional<base::DelegationId> delegation;
  std::string store_id;
  uint64_t newest_arrival = 0;
  std::map<base::InstrumentId, InstrumentFigures> figures;
  std::shared_ptr<const NodeTable> nodes;  // never null
  // Of the register each instrument's charter names (node/register/head.h); absent: it names none.
  std::map<base::InstrumentId, std::shared_ptr<const reg::Head>> registers;
  // Goes from one to the next. Null: nothing is kept.
  std::shared_ptr<ArrivalCache> arrivals;

  // The joined instrument with this code. Empty code: the only one joined.
  std::optional<base::InstrumentId> InstrumentByCode(absl::string_view code) const;
  std::string InstrumentCode(const base::InstrumentId& instrument) const;
  // The delegation's own code: in the charter if admitted, else in its credentials.
  std::string DelegationCode(const base::InstrumentId& instrument,
                             const base::DelegationId& party) const;
  // The delegation whose credentials name this node, looked for in every joined instrument.
  std::optional<base::DelegationId> DelegationOfNode(const base::Spki& node) const;
  // The same, among the delegations of this instrument's charter.
  std::optional<base::DelegationId> DelegationOfNode(const base::Spki& node,
                                                     const base::InstrumentId& instrument) const;
  NodeAccess AccessOf(const base::Spki& node, const base::InstrumentId& instrument) const;
};

using PublishedPtr = std::shared_ptr<const Published>;

// Membership of every node of everyone ever admitted to these instruments.
std::shared_ptr<const NodeTable> NodesOf(const ledger::Authority& authority,
                                         const std::set<base::InstrumentId>& instruments);

}  // namespace entente::store

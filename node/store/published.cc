#include "node/store/published.h"

#include <algorithm>

namespace entente::store {

std::optional<base::InstrumentId> Published::InstrumentByCode(absl::string_view code) const {
  if (code.empty() && instruments.size() == 1) return *instruments.begin();
  for (const base::InstrumentId& instrument : instruments) {
    if (InstrumentCode(instrument) == code) return instrument;
  }
  return std::nullopt;
}

std::string Published::InstrumentCode(const base::InstrumentId& instrument) const {
  const ledger::CharterView* charter = authority.Charter(instrument);
  return charter ? charter->code : instrument.Short();
}

std::string Published::DelegationCode(const base::InstrumentId& instrument,
                                      const base::DelegationId& party) const {
  if (const ledger::CharterView* charter = authority.Charter(instrument)) {
    auto it = charter->codes.find(party);
    if (it != charter->codes.end()) return it->second;
  }
  const ledger::CredentialsView* credentials = authority.Credentials(instrument, party);
  return credentials ? credentials->code : party.Short();
}

std::optional<base::DelegationId> Published::DelegationOfNode(const base::Spki& node) const {
  for (const base::InstrumentId& instrument : instruments) {
    if (auto party = DelegationOfNode(node, instrument)) return party;
  }
  return std::nullopt;
}

std::optional<base::DelegationId> Published::DelegationOfNode(
    const base::Spki& node, const base::InstrumentId& instrument) const {
  const ledger::CharterView* charter = authority.Charter(instrument);
  if (!charter) return std::nullopt;
  for (const auto& [party, roles] : charter->roles) {
    const ledger::CredentialsView* credentials = authority.Credentials(instrument, party);
    if (credentials && credentials->nodes.contains(node)) return party;
  }
  return std::nullopt;
}

NodeAccess Published::AccessOf(const base::Spki& node, const base::InstrumentId& instrument) const {
  auto it = nodes->find(node);
  if (it == nodes->end()) return NodeAccess::kNone;
  auto access = it->second.find(instrument);
  return access == it->second.end() ? NodeAccess::kNone : access->second;
}

std::shared_ptr<const NodeTable> NodesOf(const ledger::Authority& authority,
                                         const std::set<base::InstrumentId>& instruments) {
  auto table = std::make_shared<NodeTable>();
  for (const base::InstrumentId& instrument : instruments) {
    const ledger::CharterView* charter = authority.Charter(instrument);
    if (!charter) continue;
    for (const auto& [party, roles] : charter->roles) {
      const ledger::CredentialsView* credentials = authority.Credentials(instrument, party);
      if (!credentials) continue;
      const NodeAccess access =
          charter->IsParty(party) ? NodeAccess::kEntries : NodeAccess::kAuthority;
      for (const auto& [node, address] : credentials->nodes) {
        NodeAccess& now = (*table)[node][instrument];
        now = std::max(now, access);
      }
    }
  }
  return table;
}

}  // namespace entente::store

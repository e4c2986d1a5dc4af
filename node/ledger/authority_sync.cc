// What two nodes compare and send of an instrument's authority (docs/protocol.md).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/crypto/sha256.h"
#include "node/ledger/authority.h"
#include "node/ledger/authority_state.h"

namespace entente::ledger {
namespace {

// The charter first, then the credentials of everyone ever admitted, ascending.
std::vector<NoteId> ChainsOf(const AuthorityData& data, const InstrumentId& instrument) {
  std::vector<NoteId> out;
  auto charter = data.chains.find(instrument);
  if (charter == data.chains.end() || charter->second.kind != ChainKind::kCharter) return out;
  out.push_back(instrument);
  auto admitted = data.admitted_ever.find(instrument);
  if (admitted == data.admitted_ever.end()) return out;
  for (const DelegationId& delegation : admitted->second) {
    auto chain = data.chains.find(delegation);
    if (chain != data.chains.end() && chain->second.kind == ChainKind::kCredentials) {
      out.push_back(delegation);
    }
  }
  return out;
}

std::vector<const HeldSuspend*> SuspendsOf(const AuthorityData& data,
                                           const InstrumentId& instrument) {
  std::vector<NoteId> chains = ChainsOf(data, instrument);
  std::vector<const HeldSuspend*> out;
  for (const auto& [id, held] : data.suspends) {
    if (std::find(chains.begin(), chains.end(), held->suspend.chain) != chains.end()) {
      out.push_back(held.get());
    }
  }
  return out;
}

std::set<NoteId> Reachable(const AuthorityData& data, const std::vector<NoteId>& leaves) {
  std::set<NoteId> out;
  for (const NoteId& leaf : leaves) {
    for (const HeldNote* n = data.Held(leaf); n != nullptr && out.insert(n->note.id).second;) {
      n = n->note.previous ? data.Held(*n->note.previous) : nullptr;
    }
  }
  return out;
}

bool HeldFork(const ChainIndex& chain) {
  return std::any_of(chain.successors.begin(), chain.successors.end(),
                     [](const auto& entry) { return entry.second.size() > 1; });
}

std::vector<const EnrolledKey*> InChainOrder(const CredentialsView& credentials) {
  std::vector<const EnrolledKey*> out;
  for (const auto& [id, key] : credentials.keys) out.push_back(&key);
  std::sort(out.begin(), out.end(), [](const EnrolledKey* a, const EnrolledKey* b) {
    return std::pair(a->position, a->act_line) < std::pair(b->position, b->act_line);
  });
  return out;
}

}  // namespace

// Lines `CHAIN POSITION HASH` and then `suspend ID`, each group ascending as bytes.
Digest Authority::AuthorityDigest(const InstrumentId& instrument) const {
  std::vector<std::string> lines;
  for (const NoteId& chain : ChainsOf(*state_, instrument)) {
    for (const auto& [position, id] : state_->chains.at(chain).by_position) {
      lines.push_back(absl::StrCat(chain.ToHex(), " ", position, " ", id.ToHex(), "\n"));
    }
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  for (const HeldSuspend* held : SuspendsOf(*state_, instrument)) {
    absl::StrAppend(&all, "suspend ", held->suspend.id.ToHex(), "\n");
  }
  return crypto::Sha256(all);
}

std::vector<NoteId> Authority::Leaves(const InstrumentId& instrument) const {
  std::vector<NoteId> out;
  for (const NoteId& chain : ChainsOf(*state_, instrument)) {
    const ChainIndex& index = state_->chains.at(chain);
    for (const auto& [position, id] : index.by_position) {
      if (!index.successors.contains(id)) out.push_back(id);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<NoteId> Authority::SuspendIds(const InstrumentId& instrument) const {
  std::vector<NoteId> out;
  for (const HeldSuspend* held : SuspendsOf(*state_, instrument)) out.push_back(held->suspend.id);
  return out;
}

std::vector<std::string> Authority::MissingFor(const InstrumentId& instrument,
                                               const std::vector<NoteId>& leaves,
                                               const std::vector<NoteId>& suspends) const {
  const std::set<NoteId> theirs = Reachable(*state_, leaves);
  std::vector<std::string> out;
  for (const NoteId& chain : ChainsOf(*state_, instrument)) {
    for (const Note* note : ChainNotes(chain)) {
      if (!theirs.contains(note->id)) out.push_back(note->File());
    }
  }
  for (const HeldSuspend* held : SuspendsOf(*state_, instrument)) {
    if (std::find(suspends.begin(), suspends.end(), held->suspend.id) == suspends.end()) {
      out.push_back(held->suspend.File());
    }
  }
  return out;
}

std::vector<PublicKey> Authority::KeyOrder(const InstrumentId& instrument) const {
  const CharterView* charter = Charter(instrument);
  if (charter == nullptr) return {};
  for (const NoteId& chain : ChainsOf(*state_, instrument)) {
    if (HeldFork(state_->chains.at(chain))) return {};
  }
  std::vector<PublicKey> out;
  std::set<PublicKey> listed;  // a key enrolled by two delegations keeps its first place
  for (const DelegationId& delegation : charter->admitted_order) {
    const CredentialsView* credentials = Credentials(instrument, delegation);
    if (credentials == nullptr) continue;
    for (const EnrolledKey* key : InChainOrder(*credentials)) {
      if (listed.insert(key->key).second) out.push_back(key->key);
    }
  }
  return out;
}

}  // namespace entente::ledger

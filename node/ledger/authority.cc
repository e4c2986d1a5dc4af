#include "node/ledger/authority.h"

#include "node/ledger/authority_state.h"

namespace entente::ledger {

Authority::Authority(const crypto::Verifier* verifier)
    : verifier_(verifier), state_(std::make_shared<AuthorityState>()) {}

Authority::Authority(const Authority& other)
    : verifier_(other.verifier_), generation_(other.generation_), state_(other.state_) {
  state_->shared.store(true, std::memory_order_relaxed);
}

Authority& Authority::operator=(const Authority& other) {
  if (this != &other) *this = Authority(other);
  return *this;
}

// A state that was ever shared is never changed again, also when its other owners are gone:
// counting them would order nothing between their last read and our write.
AuthorityState& Authority::Mutable() {
  if (state_->shared.load(std::memory_order_relaxed))
    state_ = std::make_shared<AuthorityState>(static_cast<const AuthorityData&>(*state_));
  return *state_;
}

const Note* Authority::Find(const NoteId& id) const {
  const HeldNote* held = state_->Held(id);
  return held == nullptr ? nullptr : &held->note;
}

bool Authority::Readable(const NoteId& id) const {
  const HeldNote* held = state_->Held(id);
  return held != nullptr && held->readable;
}

std::vector<NoteId> Authority::Waiting() const {
  std::vector<NoteId> out;
  for (const auto& [id, waiting] : state_->waiting) out.push_back(id);
  return out;
}

std::vector<const Note*> Authority::ChainNotes(const NoteId& chain) const {
  std::vector<const Note*> out;
  auto index = state_->chains.find(chain);
  if (index == state_->chains.end()) return out;
  for (const auto& [position, id] : index->second.by_position) out.push_back(Find(id));
  return out;
}

std::vector<const Suspend*> Authority::Suspends() const {
  std::vector<const Suspend*> out;
  for (const auto& [id, held] : state_->suspends) out.push_back(&held->suspend);
  return out;
}

std::vector<NoteId> Authority::Chains(ChainKind kind) const {
  std::vector<NoteId> out;
  for (const auto& [id, index] : state_->chains) {
    if (index.kind == kind) out.push_back(id);
  }
  return out;
}

bool Authority::AnyoneEnrols(const PublicKey& key) const { return state_->enrolled.contains(key); }

const CharterView* Authority::Charter(const InstrumentId& id) const {
  auto slot = state_->charters.find(id);
  if (slot == state_->charters.end()) return nullptr;
  return &slot->second->Get([&] { return BuildCharterView(*state_, id); });
}

const CredentialsView* Authority::Credentials(const InstrumentId& instrument,
                                              const DelegationId& delegation) const {
  const CharterView* charter = Charter(instrument);
  const InstrumentId reader = charter == nullptr ? InstrumentId{} : instrument;
  auto slot = state_->credentials.find({reader, delegation});
  if (slot == state_->credentials.end()) return nullptr;
  return &slot->second->Get([&] {
    static const std::vector<NoteId> kNone;
    const std::vector<NoteId>* anchors = &kNone;
    if (charter != nullptr) {
      auto it = charter->anchors.find(delegation);
      if (it != charter->anchors.end()) anchors = &it->second;
    }
    return BuildCredentialsView(*state_, delegation, *anchors);
  });
}

void ResetViews(AuthorityData& data, const NoteId& chain) {
  auto index = data.chains.find(chain);
  if (index == data.chains.end()) return;
  auto reset = [&](const InstrumentId& instrument, const DelegationId& delegation) {
    data.credentials[{instrument, delegation}] = std::make_shared<ViewSlot<CredentialsView>>();
  };
  if (index->second.kind == ChainKind::kCredentials) {
    reset(InstrumentId{}, chain);
    for (const auto& [instrument, slot] : data.charters) reset(instrument, chain);
    return;
  }
  data.charters[chain] = std::make_shared<ViewSlot<CharterView>>();
  for (const auto& [id, other] : data.chains) {
    if (other.kind == ChainKind::kCredentials) reset(chain, id);
  }
}

}  // namespace entente::ledger

#include "node/tlog/charter_policy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace entente::tlog {

namespace {

bool Holds(const std::vector<VerifierKey>& keys, const VerifierKey& key) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const VerifierKey& other) { return other.key == key.key; });
}

struct CharterKeys {
  std::vector<VerifierKey> logs, clocks;  // the newest first, no raw key twice
};

CharterKeys KeysOf(const ledger::CharterView& charter) {
  CharterKeys out;
  for (auto text = charter.register_vkeys.rbegin(); text != charter.register_vkeys.rend(); ++text) {
    const absl::StatusOr<VerifierKey> key = VerifierKey::Parse(*text);
    if (!key.ok() || Holds(out.logs, *key) || Holds(out.clocks, *key)) continue;
    if (key->type == kTypeCosigner) out.clocks.push_back(*key);
    if (key->type == kTypeLog && key->name == charter.origin) out.logs.push_back(*key);
  }
  return out;
}

}  // namespace

std::optional<Policy> PolicyOf(const ledger::CharterView& charter) {
  const CharterKeys keys = KeysOf(charter);
  if (keys.logs.empty()) return std::nullopt;
  std::vector<VerifierKey> witnesses;
  uint32_t needed = 0;
  if (charter.witness_policy) {
    for (const std::string& text : charter.witness_policy->vkeys) {
      const absl::StatusOr<VerifierKey> key = VerifierKey::Parse(text);
      if (key.ok() && key->type == kTypeCosigner && !Holds(keys.logs, *key) &&
          !Holds(witnesses, *key)) {
        witnesses.push_back(*key);
      }
    }
    needed = charter.witness_policy->quorum;
  }
  // A quorum that the witnesses named cannot reach stays out of reach: it is not lowered.
  if (witnesses.empty() && !keys.clocks.empty()) {
    witnesses.push_back(keys.clocks.front());
    needed = 1;
  }
  Policy policy = Policy::Flat(keys.logs.front(), witnesses, needed);
  for (size_t i = 1; i < keys.logs.size(); ++i) policy.logs.push_back({keys.logs[i], ""});
  for (const VerifierKey& clock : keys.clocks) {
    if (Holds(witnesses, clock)) continue;
    const std::string name = absl::StrCat("clock", policy.witnesses.size());
    policy.witnesses.push_back({name, clock, ""});
  }
  return policy;
}

}  // namespace entente::tlog

// What an entry contributes to its slot, put together from what views read it as.
#pragma once

#include "entente/v1/store.pb.h"
#include "node/meaning/rules/projection.h"

namespace entente::meaning {

inline v1::Contribution ContributionOf(const RecordFacts& facts, const Projection& shown) {
  v1::Contribution out;
  out.set_entry(facts.id.str());
  *out.mutable_supersedes() = shown.supersedes;
  out.set_kind(facts.kind);
  out.set_delegation(facts.delegation_code);
  out.set_hlc(facts.hlc);
  out.set_key(facts.key.str());
  out.set_summary(shown.summary);
  return out;
}

}  // namespace entente::meaning

#include "node/register/trust.h"

#include <algorithm>
#include <utility>

namespace entente::reg {

std::vector<VerifierKey> Trust::Known() const {
  std::vector<VerifierKey> known = witnesses;
  if (log) known.push_back(*log);
  if (clock) known.push_back(*clock);
  return known;
}

bool Trust::Knows(const VerifierKey& key) const {
  const std::vector<VerifierKey> known = Known();
  return std::find(known.begin(), known.end(), key) != known.end();
}

Trust TrustOf(const ledger::CharterView& charter) {
  Trust trust;
  for (const std::string& text : charter.register_vkeys) {
    auto key = VerifierKey::Parse(text);
    if (!key.ok()) continue;
    if (key->type == tlog::kTypeCosigner) {
      trust.clock = *key;
    } else if (key->type == tlog::kTypeLog && key->name == charter.origin) {
      trust.ever.push_back(*key);
      trust.log = *key;
    }
  }
  if (!charter.witness_policy) return trust;
  trust.quorum = charter.witness_policy->quorum;
  for (const std::string& text : charter.witness_policy->vkeys) {
    auto key = VerifierKey::Parse(text);
    if (key.ok() && key->type == tlog::kTypeCosigner) trust.witnesses.push_back(*key);
  }
  return trust;
}

std::optional<uint64_t> FinalSince(const Trust& trust, const tlog::SignedCheckpoint& checkpoint) {
  auto earliest = [&](const VerifierKey& key) {
    std::optional<uint64_t> time;
    for (const tlog::SignatureLine& line : checkpoint.lines) {
      if (!tlog::LineIsOf(line, key)) continue;
      const uint64_t at = tlog::TimeOf(line);
      if (at > 0 && (!time || at < *time)) time = at;
    }
    return time;
  };
  if (trust.witnesses.empty() || trust.quorum == 0) {
    return trust.clock ? earliest(*trust.clock) : std::nullopt;
  }
  std::vector<uint64_t> times;
  for (const VerifierKey& witness : trust.witnesses) {
    if (auto at = earliest(witness)) times.push_back(*at);
  }
  if (times.size() < trust.quorum) return std::nullopt;
  std::sort(times.begin(), times.end());
  return times[trust.quorum - 1];
}

namespace {

// A key has one line on an honest note. More are looked at only to this number, so that nobody
// makes this node verify for nothing.
constexpr int kLinesPerKey = 2;

std::vector<tlog::SignatureLine> GoodLinesOf(const VerifierKey& key,
                                             const tlog::SignedCheckpoint& checkpoint,
                                             const crypto::Verifier& verifier) {
  std::vector<tlog::SignatureLine> out;
  int seen = 0;
  for (const tlog::SignatureLine& line : checkpoint.lines) {
    if (!tlog::LineIsOf(line, key)) continue;
    if (++seen > kLinesPerKey) break;
    if (tlog::VerifyNoteLine(checkpoint.text, line, key, verifier)) out.push_back(line);
  }
  return out;
}

}  // namespace

std::vector<tlog::SignatureLine> GoodLines(const Trust& trust,
                                           const tlog::SignedCheckpoint& checkpoint,
                                           const crypto::Verifier& verifier) {
  std::vector<tlog::SignatureLine> out;
  for (const VerifierKey& key : trust.Known()) {
    for (tlog::SignatureLine& line : GoodLinesOf(key, checkpoint, verifier)) {
      out.push_back(std::move(line));
    }
  }
  return out;
}

bool SignedByLog(const VerifierKey& log, const tlog::SignedCheckpoint& checkpoint,
                 const crypto::Verifier& verifier) {
  return checkpoint.checkpoint.origin == log.name &&
         !GoodLinesOf(log, checkpoint, verifier).empty();
}

}  // namespace entente::reg

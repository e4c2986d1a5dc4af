// Real signatures, each checked once: replicas of one test, and the oracle beside them, share the
// answers.
#pragma once

#include <map>

#include "node/crypto/ed25519.h"
#include "node/crypto/sha256.h"

namespace entente::support {

class MemoVerifier final : public crypto::Verifier {
 public:
  bool Verify(const base::PublicKey& key, absl::string_view message,
              absl::string_view signature) const override {
    const base::Digest name = crypto::Sha256({key.view(), signature, message});
    auto it = known_.find(name);
    if (it != known_.end()) return it->second;
    const bool good = crypto::Ed25519Verifier().Verify(key, message, signature);
    known_.emplace(name, good);
    return good;
  }
  // What is known takes about 100 bytes a signature: a long run forgets now and then.
  void Forget() { known_.clear(); }

 private:
  mutable std::map<base::Digest, bool> known_;  // one thread only
};

}  // namespace entente::support

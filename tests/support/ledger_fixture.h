// Real delegations, instruments, keys and entries for tests, all made from words: the same words
// give the same bytes. Shared by the unit tests of the driver and by the simulator.
#pragma once

#include <string>
#include <vector>

#include "entente/v1/payload.pb.h"
#include "node/crypto/ed25519.h"
#include "node/ledger/authority.h"
#include "node/ledger/entry.h"
#include "node/ledger/note.h"

namespace entente::support {

// The key whose seed is the SHA-256 of these words.
crypto::PrivateKey KeyFrom(absl::string_view words);
base::Spki SpkiFrom(absl::string_view words);

ledger::act::Signers SignersOf(const std::vector<const crypto::PrivateKey*>& keys,
                               uint32_t threshold);
ledger::act::Enrol EnrolOf(const crypto::PrivateKey& key, std::vector<std::string> roles);
ledger::act::Node NodeOf(const base::Spki& spki);
ledger::Tip TipOf(const ledger::Entry& entry);
// As an act wants them: ascending, each once.
std::vector<ledger::Tip> Ascending(std::vector<ledger::Tip> tips);

// An authority chain as its one signer keeps it. Every note gets its own time, so no two texts are
// equal.
class Chain {
 public:
  // Position 1: the signer and these acts. `signer` outlives the chain.
  static Chain Credentials(const std::string& code, const crypto::PrivateKey* signer,
                           std::vector<ledger::Act> acts);
  static Chain Charter(const std::string& code, const crypto::PrivateKey* signer,
                       std::vector<ledger::Act> acts);

  // The next note; returns its file.
  std::string Add(std::vector<ledger::Act> acts);
  // A standalone suspend by this chain's signer; its id is put into `id`.
  std::string Suspend(const base::PublicKey& key, std::vector<ledger::Tip> tips, base::NoteId* id);

  const base::NoteId& id() const { return id_; }
  const base::NoteId& head() const { return head_; }
  const std::vector<std::string>& files() const { return files_; }

 private:
  Chain(ledger::ChainKind kind, const crypto::PrivateKey* signer, std::vector<ledger::Act> acts);
  std::string NextTime();
  std::string Keep(ledger::Note fields);

  ledger::ChainKind kind_;
  const crypto::PrivateKey* signer_;
  uint64_t position_ = 0;
  uint32_t time_ = 0;
  base::NoteId id_, head_;
  std::vector<std::string> files_;
};

// One feed as its author's tool keeps it.
struct Pen {
  const crypto::PrivateKey* key = nullptr;
  base::InstrumentId instrument;
  uint32_t incarnation = 1;
  uint64_t sequence = 0;
  base::EntryId previous;
  uint64_t hlc = 0;
  // The checkpoint the author's node had verified last; size 0: none.
  uint64_t seen_size = 0;
  base::Digest seen_root;

  ledger::FeedKey feed() const { return {instrument, key->public_key(), incarnation}; }
  ledger::Entry Write(const base::NoteId& charter_head, const base::NoteId& credentials_head,
                      uint32_t kind, std::string payload, uint32_t schema = 1);
};

// A report without fault on a commitment, in an unscheduled slot.
std::string ReportPayload(const std::string& delegation, const std::string& commitment,
                          const std::string& words, std::vector<base::EntryId> supersedes);
std::string ReportSlot(const std::string& delegation, const std::string& commitment);
std::string WithdrawalPayload(const std::string& delegation, const std::string& slot,
                              std::vector<base::EntryId> supersedes);
// A commitment, as the secretariat writes it.
std::string CommitmentPayload(const std::string& delegation, const std::string& commitment,
                              std::vector<base::EntryId> supersedes);

}  // namespace entente::support

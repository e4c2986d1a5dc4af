// Makes real notes, suspends and entries, signed with keys that are named in words: "s1", "focal".
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/property/status_oracle.h"

namespace entente::oracle {

using Names = std::vector<std::string>;

// The key every test knows by this name: its seed is the SHA-256 of the name.
const crypto::PrivateKey& KeyNamed(const std::string& name);
base::PublicKey PublicNamed(const std::string& name);

ledger::act::Signers SignersOf(uint32_t threshold, const Names& names);
ledger::act::Enrol EnrolOf(const std::string& key, std::vector<std::string> roles);
ledger::act::Rotate RotateOf(const std::string& old_key, const std::string& new_key,
                             std::vector<ledger::Tip> tips);
ledger::Tip TipOf(const ledger::Entry& entry);
// Tips as an act wants them: ascending, each once.
std::vector<ledger::Tip> Ascending(std::vector<ledger::Tip> tips);

// The first notes of chains. Their text is made different by `mark`.
ledger::Note FirstCredentials(const std::string& code, std::vector<ledger::Act> acts, int mark = 0);
ledger::Note FirstCharter(const std::string& code, std::vector<ledger::Act> acts, int mark = 0);
ledger::Note NoteAfter(const ledger::Note& parent, std::vector<ledger::Act> acts, int mark = 0);
ledger::Suspend SuspendOf(const base::DelegationId& delegation, const std::string& key,
                          std::vector<ledger::Tip> tips, int mark = 0);

// The file with the lines of these signers.
NoteFile Signed(const ledger::Note& note, const Names& signers);
SuspendFile Signed(const ledger::Suspend& suspend, const Names& signers);

struct EntrySpec {
  base::InstrumentId instrument;
  std::string key;
  uint32_t incarnation = 1;
  const ledger::Entry* previous = nullptr;  // null: sequence 1
  base::NoteId charter_head, credentials_head;
  uint32_t kind = 1;
  std::string body = "body";
  bool good = true;  // false: its own signature does not verify
};
ledger::Entry EntryOf(const EntrySpec& spec);

}  // namespace entente::oracle

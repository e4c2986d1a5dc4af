// The status rules written a second time: over the whole set at once, slow and obvious, sharing no
// code with node/ledger beyond parsing and cryptography. What the node decides step by step must
// agree with this.
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "node/ledger/status.h"
#include "tests/support/memo_verifier.h"

namespace entente::oracle {

struct NoteFile {
  std::string file;
};
struct SuspendFile {
  std::string file;
};
// What a node can be given, in any order and any number of times.
using Record = std::variant<NoteFile, SuspendFile, ledger::Entry>;

struct OracleNotes;  // status_oracle_authority.h: the notes among the records, read once

// The status of every entry among the records, authentic or not, linked to its sequence 1 or not.
std::map<base::EntryId, ledger::Verdict> OracleStatus(const std::vector<Record>& records);
std::map<base::EntryId, ledger::Verdict> OracleStatus(const OracleNotes& notes,
                                                      const std::vector<Record>& entries);

// What a node stores as held: the entries that are authentic, linked without gap to sequence 1 by
// entries it stores, with both authority heads held and a key that a held note enrols. The others
// wait aside and count for nothing: they move no head, fork no feed, are no tip.
std::vector<ledger::Entry> OracleStored(const std::vector<Record>& records);
std::vector<ledger::Entry> OracleStored(const OracleNotes& notes,
                                        const std::vector<Record>& entries);

// The one verifier of the oracle and of the replicas beside it.
support::MemoVerifier& TestVerifier();

}  // namespace entente::oracle

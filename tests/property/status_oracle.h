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

namespace entente::oracle {

struct NoteFile {
  std::string file;
};
struct SuspendFile {
  std::string file;
};
// What a node can be given, in any order and any number of times.
using Record = std::variant<NoteFile, SuspendFile, ledger::Entry>;

// The status of every entry among the records, authentic or not, linked to its sequence 1 or not.
std::map<base::EntryId, ledger::Verdict> OracleStatus(const std::vector<Record>& records);

// The entries that are authentic and linked to sequence 1 without gap: what a node stores as held.
std::vector<ledger::Entry> OracleLinked(const std::vector<Record>& records);

}  // namespace entente::oracle

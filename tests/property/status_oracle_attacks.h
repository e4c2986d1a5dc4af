// Attacks and accidents by name, each with the exact status of every entry it speaks of.
#pragma once

#include <string>
#include <vector>

#include "tests/property/status_oracle.h"

namespace entente::oracle {

struct NamedCase {
  std::string name;
  std::vector<Record> records;
  std::vector<base::EntryId> entries;
  // One letter per entry: A admitted, P pending, Q quarantined, L displaced, U disputed, I invalid.
  std::string expected;
};

std::vector<NamedCase> NamedCases();
char LetterOf(ledger::Status status);

}  // namespace entente::oracle

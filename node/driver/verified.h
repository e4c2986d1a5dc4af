// Entries whose authenticity has been settled, off the writer thread. Only VerifyEntries makes one,
// so the writer cannot be handed entries nobody checked.
//
// Authentic (docs/ledger.md): an entry's own signature verifies, or an authentic entry at sequence
// + 1 of the same feed names it as previous. So one check serves a linked run: whoever signed the
// last signed for all.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "node/driver/view_rows.h"
#include "node/ledger/entry.h"

namespace entente::driver {

// The code of the delegation whose chain holds this credentials note; any answer if there is none.
using CodeOfHead =
    std::function<std::string(const base::InstrumentId&, const base::NoteId& credentials_head)>;

class VerifiedEntries {
 public:
  struct Item {
    ledger::Entry entry;
    bool authentic = false;
    std::optional<ViewRows> views;  // nothing: the writer makes them where it needs them
  };
  const std::vector<Item>& items() const { return items_; }
  size_t size() const { return items_.size(); }
  size_t signatures_checked() const { return signatures_checked_; }

 private:
  friend class Replica;  // which uses them up
  friend VerifiedEntries VerifyEntries(std::vector<ledger::Entry> entries,
                                       const crypto::Verifier& verifier, const CodeOfHead& code_of);
  std::vector<Item> items_;
  size_t signatures_checked_ = 0;
};

// Pure. Entries in any order; linked runs that stand together cost one signature check each.
// With `code_of`, the views of what is authentic are made here too and not by the writer.
VerifiedEntries VerifyEntries(std::vector<ledger::Entry> entries, const crypto::Verifier& verifier,
                              const CodeOfHead& code_of = nullptr);

}  // namespace entente::driver

#include "node/driver/verified.h"

#include <utility>

namespace entente::driver {

namespace {

bool Links(const ledger::Entry& before, const ledger::Entry& after) {
  return after.header.previous == before.id &&
         after.header.sequence == before.header.sequence + 1 && after.feed() == before.feed();
}

// What is not authentic costs nothing more.
void MakeViews(std::vector<VerifiedEntries::Item>& items, const CodeOfHead& code_of) {
  // Whose code it was last: entries hardly ever differ in it.
  base::InstrumentId instrument;
  base::NoteId head;
  std::string code;
  meaning::Projector projector;
  for (VerifiedEntries::Item& item : items) {
    if (!item.authentic || !item.entry.has_payload) continue;
    const ledger::EntryHeader& header = item.entry.header;
    if (header.credentials_head != head || header.instrument != instrument) {
      instrument = header.instrument;
      head = header.credentials_head;
      code = code_of(instrument, head);
    }
    item.views = ViewRowsOf(item.entry, code, projector);
  }
}

}  // namespace

VerifiedEntries VerifyEntries(std::vector<ledger::Entry> entries, const crypto::Verifier& verifier,
                              const CodeOfHead& code_of) {
  VerifiedEntries out;
  out.items_.reserve(entries.size());
  for (ledger::Entry& entry : entries) out.items_.push_back({std::move(entry), false, {}});
  // From the end: an entry is authentic if its follower is and links to it, else its own signature
  // decides.
  for (size_t i = out.items_.size(); i-- > 0;) {
    VerifiedEntries::Item& item = out.items_[i];
    if (i + 1 < out.items_.size()) {
      const VerifiedEntries::Item& next = out.items_[i + 1];
      if (next.authentic && Links(item.entry, next.entry)) {
        item.authentic = true;
        continue;
      }
    }
    ++out.signatures_checked_;
    item.authentic = ledger::Verify(item.entry, verifier);
  }
  if (code_of) MakeViews(out.items_, code_of);
  return out;
}

}  // namespace entente::driver

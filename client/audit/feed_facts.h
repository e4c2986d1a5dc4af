// What the authority says that could change the statuses of a feed's entries: an audit that goes on
// from an earlier one reads a feed again only where that did change.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/audit/audited.h"
#include "node/ledger/authority.h"

namespace entente::client {

class FeedFacts {
 public:
  struct NamedTip {
    base::NoteId by;
    ledger::Tip tip;
  };

  // `authority` outlives this and stays as it is.
  FeedFacts(const base::InstrumentId& instrument, const ledger::Authority* authority);

  // Tips of this feed in any act of any note held, in force or not; in the order of the notes.
  const std::vector<NamedTip>& TipsOf(const base::FeedName& feed) const;

  // Equal digests, same tips: same statuses, same remarks. REQUIRES: no chain is forked.
  base::Digest Of(const AuditedFeed& feed) const;

  // More of it can be judged without what came before: it is one line, all admitted, and nothing
  // touches that.
  bool MayGrow(const AuditedFeed& feed) const;

 private:
  void AddNote(const ledger::Note& note);

  const base::InstrumentId instrument_;
  const ledger::Authority& authority_;
  const base::Digest whole_;
  std::map<base::FeedName, std::vector<NamedTip>> tips_;
  // Ids of the charter notes that admit or shut it, and of its suspends.
  std::map<base::DelegationId, std::string> named_;
};

}  // namespace entente::client

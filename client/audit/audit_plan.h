// What an audit that goes on from an earlier one has to read of a node's log. Decided before any
// entry is read, from the notes and from where the node says each feed ends; whether that is so is
// seen when the entries are there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/audit/audited.h"
#include "client/audit/feed_facts.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

struct PlannedFeed {
  enum class How {
    kCarried,  // nothing is new: as it was
    kGrown,    // only what follows `before` is read
    kWhole,
  };
  How how = How::kWhole;
  const AuditedFeed* before = nullptr;  // null: it is new
  std::vector<LineEnd> tips;            // as the node says, ascending; what lies beyond is newer
  uint64_t entries = 0;                 // as the node says

  uint64_t From() const { return how == How::kGrown ? before->tips.back().sequence + 1 : 1; }
  // Entries that are relied on without being read.
  uint64_t NotRead() const { return how == How::kWhole ? 0 : before->entries(); }
};

struct AuditPlan {
  // Why everything has to be read again; empty: it need not be.
  std::string restart;
  std::map<ledger::FeedKey, PlannedFeed> feeds;

  uint64_t NotRead() const;
  uint64_t ToRead() const;
};

// The plan points into `before`.
AuditPlan PlanAudit(const base::InstrumentId& instrument, const AuditedLog& before,
                    const std::vector<v1::FeedHead>& heads, const ledger::Authority& authority);

// Of the notes a log has: those no note follows, and the suspends. Who holds them holds all.
std::vector<base::NoteId> LastNotes(const base::InstrumentId& instrument,
                                    const ledger::Authority& authority);

}  // namespace entente::client

// The reports and withdrawals of one round, gathered while an audit reads: who signed each, where
// it stands in the register, and what the audit judged it to be. Whether it was in time, and which
// version stands, is not the audit's to say.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "node/ledger/authority.h"
#include "node/ledger/entry.h"
#include "node/ledger/status.h"
#include "node/meaning/record/slot.h"

namespace entente::client {

struct RoundEntry {
  base::EntryId id;
  base::PublicKey key;
  base::NoteId credentials_head;
  uint64_t hlc = 0;
  uint32_t kind = 0;
  meaning::ReportSlot slot;
  bool aside = false;                      // held, offered to nobody and not judged
  std::optional<ledger::Verdict> verdict;  // nothing: aside
  std::optional<uint64_t> index;           // in the register's order
  // By the notes that the audit holds. `delegation` is empty where they do not say whose key it is.
  std::string reference, delegation, label;
  std::vector<std::string> roles;
};

class RoundList {
 public:
  explicit RoundList(std::string round) : round_(std::move(round)) {}

  // From any thread: every entry of the instrument, whether its signature verifies or not.
  void Take(const ledger::Entry& entry, bool aside);
  // From one thread, after the last entry.
  void Judged(const base::EntryId& id, const ledger::Verdict& verdict);
  void Place(uint64_t index, const base::EntryId& leaf);
  void Name(const base::InstrumentId& instrument, const ledger::Authority& authority);

  const std::string& round() const { return round_; }
  bool empty() const { return entries_.empty(); }
  // By reference, then as they were signed.
  std::vector<RoundEntry> Entries() const;
  // Reports and withdrawals of which it is not known whether they are of the round.
  uint64_t unread() const { return unread_.size(); }
  // A record that defines the round was among the entries, or one that may and is not read here.
  bool defined() const { return defined_; }

 private:
  const std::string round_;
  std::mutex mutex_;  // guards what follows while Take runs
  std::map<base::EntryId, RoundEntry> entries_;
  std::set<base::EntryId> unread_;
  bool defined_ = false;
};

}  // namespace entente::client

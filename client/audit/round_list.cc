#include "client/audit/round_list.h"

#include <algorithm>
#include <tuple>
#include <variant>

#include "node/meaning/record/record.h"
#include "node/meaning/record/reference.h"

namespace entente::client {

namespace {

std::optional<meaning::ReportSlot> RoundSlotOf(const meaning::Record& record) {
  if (const auto* report = std::get_if<v1::Report>(&record)) {
    return meaning::SlotOfReport(*report, report->common().delegation());
  }
  if (const auto* withdrawal = std::get_if<v1::Withdrawal>(&record)) {
    return meaning::ParseReportSlot(withdrawal->slot());
  }
  return std::nullopt;
}

}  // namespace

void RoundList::Take(const ledger::Entry& entry, bool aside) {
  const ledger::EntryHeader& h = entry.header;
  if (h.kind != v1::REPORT && h.kind != v1::WITHDRAWAL && h.kind != v1::ROUND) return;
  meaning::ReadRecord read;
  if (entry.has_payload) read = meaning::ReadPayload(h.kind, h.schema, entry.payload);
  const std::optional<meaning::ReportSlot> slot = RoundSlotOf(read.record);
  std::lock_guard<std::mutex> lock(mutex_);
  if (h.kind == v1::ROUND) {
    const auto* round = std::get_if<v1::Round>(&read.record);
    defined_ = defined_ || round == nullptr || round->code() == round_;
    return;
  }
  if (std::holds_alternative<std::monostate>(read.record)) {
    unread_.insert(entry.id);
    return;
  }
  if (!slot || slot->round != round_) return;
  const auto [at, is_new] = entries_.try_emplace(entry.id);
  RoundEntry& out = at->second;
  out.aside = aside && (is_new || out.aside);
  if (!is_new) return;
  out.id = entry.id;
  out.key = h.key;
  out.credentials_head = h.credentials_head;
  out.hlc = h.hlc;
  out.kind = h.kind;
  out.slot = *slot;
}

void RoundList::Judged(const base::EntryId& id, const ledger::Verdict& verdict) {
  const auto found = entries_.find(id);
  if (found != entries_.end()) found->second.verdict = verdict;
}

void RoundList::Place(uint64_t index, const base::EntryId& leaf) {
  const auto found = entries_.find(leaf);
  if (found != entries_.end()) found->second.index = index;
}

void RoundList::Name(const base::InstrumentId& instrument, const ledger::Authority& authority) {
  const ledger::CharterView* charter = authority.Charter(instrument);
  for (auto& [id, entry] : entries_) {
    const ledger::Note* note = authority.Find(entry.credentials_head);
    if (charter != nullptr && note != nullptr) {
      const auto code = charter->codes.find(note->chain_id());
      if (code != charter->codes.end()) entry.delegation = code->second;
      const auto* credentials = authority.Credentials(instrument, note->chain_id());
      if (credentials != nullptr && credentials->keys.contains(entry.key)) {
        entry.label = credentials->keys.at(entry.key).label;
        entry.roles = credentials->keys.at(entry.key).roles;
      }
    }
    // A withdrawal stands in the slot it names, a report in its author's.
    if (entry.kind == v1::REPORT && !entry.delegation.empty()) {
      entry.slot.delegation = entry.delegation;
    }
    entry.reference = meaning::ReferenceOfSlot(charter != nullptr ? charter->code : "",
                                               meaning::PrintReportSlot(entry.slot));
  }
}

std::vector<RoundEntry> RoundList::Entries() const {
  std::vector<RoundEntry> out;
  for (const auto& [id, entry] : entries_) out.push_back(entry);
  std::sort(out.begin(), out.end(), [](const RoundEntry& a, const RoundEntry& b) {
    return std::tie(a.reference, a.hlc, a.id) < std::tie(b.reference, b.hlc, b.id);
  });
  return out;
}

}  // namespace entente::client

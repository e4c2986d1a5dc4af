#include "client/audit/round_report.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/clock.h"
#include "client/base/table.h"
#include "node/ledger/authority_words.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

// Where an entry stands in the register, by the smallest checkpoint with a quorum that covers it.
struct RegisterPlace {
  uint64_t index = 0, checkpoint = 0;
  uint64_t before = 0;  // POSIX seconds; 0: nobody dates the checkpoint
};

std::optional<RegisterPlace> FoundIn(const RoundEntry& entry, const RegisterReport& reg) {
  if (!entry.index) return std::nullopt;
  const auto covers = reg.dated.upper_bound(*entry.index);
  if (covers == reg.dated.end()) return std::nullopt;
  return RegisterPlace{*entry.index, covers->first, covers->second};
}

std::string StatusIn(const RoundEntry& entry) {
  return entry.verdict ? ledger::StatusInWords(*entry.verdict) : "held aside";
}

}  // namespace

void SayOfRound(const RoundList& list, AuditReport& report) {
  if (list.empty()) {
    report.remarks.push_back(
        absl::StrCat("no report or withdrawal of round ", list.round(), " is in what was audited",
                     list.defined() ? "" : ", nor a record that defines the round"));
  }
  if (list.unread() > 0) {
    report.not_checked.push_back(absl::StrCat(
        "reports or withdrawals whose content is not read here, so that their round is not known: ",
        list.unread()));
  }
}

ordered_json RoundJson(const RoundList& list, const RegisterReport& reg) {
  ordered_json out = {{"code", list.round()}, {"entries", ordered_json::array()}};
  for (const RoundEntry& entry : list.Entries()) {
    ordered_json one = {{"reference", entry.reference},
                        {"kind", meaning::KindWord(entry.kind)},
                        {"entry_id", entry.id.ToHex()},
                        {"delegation", entry.delegation},
                        {"label", entry.label},
                        {"roles", entry.roles},
                        {"key", entry.key.ToHex()},
                        {"fingerprint", ledger::Fingerprint(entry.key)},
                        {"signed", UtcText(HlcMs(entry.hlc))}};
    const std::optional<RegisterPlace> place = FoundIn(entry, reg);
    one["index"] = place ? ordered_json(place->index) : ordered_json();
    one["checkpoint"] = place ? ordered_json(place->checkpoint) : ordered_json();
    one["existed_before"] = place && place->before > 0
                                ? ordered_json(UtcText(tlog::MillisOf(place->before)))
                                : ordered_json();
    one["status"] = StatusIn(entry);
    one["counts"] = entry.verdict && entry.verdict->status == ledger::Status::kAdmitted;
    out["entries"].push_back(std::move(one));
  }
  return out;
}

v1::Table RoundTable(const RoundList& list, const RegisterReport& reg) {
  v1::Table table;
  AddColumns(table, {{"reference", "REFERENCE"},
                     {"kind", "KIND"},
                     {"delegation", "DELEGATION"},
                     {"signed_by", "SIGNED BY"},
                     {"roles", "ROLES"},
                     {"signed", "SIGNED (CLAIM)"},
                     {"index", "INDEX", true},
                     {"time", "IN REGISTER BEFORE"},
                     {"status", "STATUS"}});
  for (const RoundEntry& entry : list.Entries()) {
    const std::optional<RegisterPlace> place = FoundIn(entry, reg);
    AddCells(*table.add_rows(),
             {entry.reference, std::string(meaning::KindWord(entry.kind)),
              entry.delegation.empty() ? "-" : entry.delegation,
              entry.label.empty() ? ledger::Fingerprint(entry.key) : entry.label,
              entry.roles.empty() ? "-" : absl::StrJoin(entry.roles, ","),
              UtcText(HlcMs(entry.hlc)), place ? absl::StrCat(place->index) : "-",
              place && place->before > 0 ? UtcText(tlog::MillisOf(place->before)) : "-",
              StatusIn(entry)});
  }
  if (table.rows_size() > 0) {
    table.add_notes(
        absl::StrCat("which version stands and what was in time is not the audit's to say: entente "
                     "missing --round ",
                     list.round()));
  }
  return table;
}

}  // namespace entente::client

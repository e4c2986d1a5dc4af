#include "node/query/view/register_rungs.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/status_macros.h"

namespace entente::query {

namespace {

std::shared_ptr<const reg::Head> RegisterOf(const Views& views) {
  auto it = views.published().registers.find(views.instrument());
  return it == views.published().registers.end() ? nullptr : it->second;
}

std::vector<std::string> CosignersOf(const reg::Head& head,
                                     const tlog::SignedCheckpoint& checkpoint) {
  std::vector<std::string> names;
  for (const ledger::VerifierKey& witness : head.trust.witnesses) {
    const bool signed_it =
        std::any_of(checkpoint.lines.begin(), checkpoint.lines.end(),
                    [&](const auto& line) { return tlog::LineIsOf(line, witness); });
    if (signed_it) names.push_back(witness.name);
  }
  return names;
}

std::string CosignedText(const reg::Head& head, const reg::Standing& standing) {
  const size_t needed = head.trust.quorum;
  const std::vector<std::string> names = CosignersOf(head, standing.checkpoint);
  std::string text =
      head.trust.witnesses.empty()
          ? "the charter names no witnesses: the register's own clock stands for them"
          : absl::StrCat(names.size(), " of ", head.trust.witnesses.size(), " witnesses (", needed,
                         " needed)", names.empty() ? "" : ": ", absl::StrJoin(names, " "));
  if (standing.final_since) {
    absl::StrAppend(&text, "; existed before ", TimeText(tlog::MillisOf(*standing.final_since)));
  }
  return text;
}

}  // namespace

absl::Status AddRegisterRungs(const Views& views, const base::EntryId& id, TableBuilder& table) {
  const auto head = RegisterOf(views);
  if (head == nullptr) {
    table.Row({"in the register", "-",
               "the charter names no register; the secretariat adds one: entente instrument "
               "register"});
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(auto standing, reg::StandingOf(views.snapshot(), *head, id));
  if (!standing) {
    table.Row({"in the register", head->newest.checkpoint.size == 0 ? "not known" : "not yet",
               absl::StrCat("the newest checkpoint here covers ", head->newest.checkpoint.size,
                            " entries; entente sync fetches newer ones")});
    return absl::OkStatus();
  }
  table.Row(
      {"in the register", "yes",
       absl::StrCat("at index ", standing->index, " of ", standing->checkpoint.checkpoint.size,
                    standing->received
                        ? absl::StrCat(", received ", TimeText(tlog::MillisOf(*standing->received)))
                        : "")});
  table.Row(
      {"cosigned", standing->final_since ? "yes" : "not yet", CosignedText(*head, *standing)});
  return absl::OkStatus();
}

absl::StatusOr<std::optional<uint64_t>> CheckpointTime(const Views& views, const reg::Head& head,
                                                       uint64_t size) {
  ASSIGN_OR_RETURN(auto rows, reg::CheckpointsOf(views.snapshot(), head.log, size, 1));
  if (rows.empty() || rows[0].checkpoint.size != size) return std::optional<uint64_t>();
  if (auto since = reg::FinalSince(head.trust, rows[0])) return std::optional<uint64_t>(*since);
  for (const tlog::SignatureLine& line : rows[0].lines) {
    if (head.trust.clock && tlog::LineIsOf(line, *head.trust.clock)) {
      return std::optional<uint64_t>(tlog::TimeOf(line));
    }
  }
  return std::optional<uint64_t>();
}

ReceivedTimes::ReceivedTimes(const Views& views) {
  const auto head = RegisterOf(views);
  if (head == nullptr) return;
  for (const ledger::VerifierKey& key : head->trust.ever)
    registers_.emplace_back(&views.snapshot(), reg::LogOf(key), views.published().arrivals);
}

absl::StatusOr<std::optional<int64_t>> ReceivedTimes::Ms(const base::EntryId& id) {
  std::optional<int64_t> earliest;
  for (reg::FinalTimes& times : registers_) {
    ASSIGN_OR_RETURN(auto since, times.Of(id));
    if (!since) continue;
    const auto ms = static_cast<int64_t>(tlog::MillisOf(*since));
    if (!earliest || ms < *earliest) earliest = ms;
  }
  return earliest;
}

absl::StatusOr<std::optional<int64_t>> ReceivedMs(const Views& views, const base::EntryId& id) {
  return ReceivedTimes(views).Ms(id);
}

}  // namespace entente::query

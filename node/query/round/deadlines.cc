#include "node/query/round/deadlines.h"

#include <algorithm>
#include <string>
#include <utility>

#include "node/base/status_macros.h"
#include "node/meaning/record/index_key.h"
#include "node/meaning/state/metrics.h"
#include "node/meaning/text/words.h"
#include "node/store/log_reader.h"

namespace entente::query {

namespace {

absl::Status AddReports(const Views& views, const std::vector<std::string>& prefix,
                        int64_t deadline_ms, std::vector<Due>& out) {
  const store::LogReader log(&views.snapshot());
  auto it = views.snapshot().Scan(
      store::kIndex, meaning::IndexPrefix(views.instrument(), meaning::Index::kReports, prefix));
  for (; it->Valid() && out.size() < kDueMax; it->Next()) {
    const auto row = meaning::ParseIndexKey(it->key());
    if (!row) continue;
    ASSIGN_OR_RETURN(std::optional<store::EntryPlace> place, log.Find(row->entry));
    if (!place) continue;
    ASSIGN_OR_RETURN(ledger::EntryHeader header, log.Header(*place));
    out.push_back(
        {{header.instrument, header.key, header.incarnation}, header.sequence, deadline_ms});
  }
  return it->status();
}

}  // namespace

absl::StatusOr<std::vector<Due>> DueEntries(const Views& views, int64_t now_ms) {
  ASSIGN_OR_RETURN(auto rounds, views.All<v1::RoundSummary>("round"));
  std::vector<std::pair<int64_t, std::string>> open;
  for (const v1::RoundSummary& round : rounds) {
    const auto end = meaning::DeadlineMs(round.deadline(), round.zone(), round.grace_days());
    if (end && *end > now_ms) open.emplace_back(*end, round.code());
  }
  std::sort(open.begin(), open.end());
  std::vector<Due> out;
  if (open.empty() || views.charter() == nullptr) return out;
  // What the second field of a report's row may say.
  std::vector<std::string> words = meaning::ImplementationWords();
  words.insert(words.end(), {"nil", ""});
  for (const auto& [deadline_ms, code] : open) {
    for (const auto& [delegation, delegation_code] : views.charter()->codes) {
      for (const std::string& word : words)
        RETURN_IF_ERROR(AddReports(views, {delegation_code, word, code}, deadline_ms, out));
    }
  }
  return out;
}

}  // namespace entente::query

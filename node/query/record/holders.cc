#include "node/query/record/holders.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/told_tips.h"

namespace entente::query {

namespace {

// What one node told by a file, or acknowledged.
struct Word {
  uint64_t learnt_ms = 0;  // of the file; 0: there was none
  bool holds = false;
};

absl::StatusOr<Word> WordOf(const Views& views, const base::DelegationId& party,
                            const base::Spki& node, const ledger::FeedKey& feed,
                            const store::EntryPlace& place) {
  Word out;
  ASSIGN_OR_RETURN(const auto record,
                   store::ReadBasisOf(views.snapshot(), views.instrument(), party, node));
  if (record) out.learnt_ms = record->learnt_ms();
  ASSIGN_OR_RETURN(std::string tips,
                   store::ReadToldTips(views.snapshot(), views.instrument(), party, node));
  const store::LogReader log(&views.snapshot());
  store::ToldTips told(&log, std::move(tips));
  ASSIGN_OR_RETURN(out.holds, told.Cover(feed, place));
  return out;
}

std::string LastHeard(uint64_t synced_ms, uint64_t told_ms) {
  std::string out = absl::StrCat("last sync ", synced_ms > 0 ? TimeText(synced_ms) : "never");
  if (told_ms > 0) absl::StrAppend(&out, "; last receipt ", TimeText(told_ms));
  return out;
}

}  // namespace

absl::Status AddHolders(const Views& views, const ledger::FeedKey& feed,
                        const store::EntryPlace& place, TableBuilder& table) {
  const store::LogReader log(&views.snapshot());
  ASSIGN_OR_RETURN(const std::optional<store::Arrival> arrival, log.ArrivalOf(place.id));
  for (const auto& [delegation, code] : views.charter()->codes) {
    const ledger::CredentialsView* credentials =
        views.published().authority.Credentials(views.instrument(), delegation);
    if (!credentials) continue;
    for (const auto& [spki, address] : credentials->nodes) {
      ASSIGN_OR_RETURN(const auto row, views.snapshot().Get(store::kPeers, spki.view()));
      v1::PeerRecord peer;
      const bool met = row && peer.ParseFromString(*row);
      ASSIGN_OR_RETURN(const Word word, WordOf(views, delegation, spki, feed, place));
      ASSIGN_OR_RETURN(const uint64_t through, log.HeldThrough(spki, views.instrument()));
      const bool there =
          word.holds ||
          (arrival && (arrival->via == store::ViaOf(spki) || through >= arrival->number));
      if (!met && !there && word.learnt_ms == 0) continue;
      table.Row({absl::StrCat("held by ", code, " (", spki.Short(), ")"),
                 there ? "yes" : "not known", LastHeard(peer.last_success_ms(), word.learnt_ms)});
    }
  }
  return absl::OkStatus();
}

}  // namespace entente::query

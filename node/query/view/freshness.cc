#include "node/query/view/freshness.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/status_macros.h"
#include "node/query/view/table.h"

namespace entente::query {

absl::StatusOr<FreshnessByCode> Freshness(const Views& views, const Present& present) {
  std::map<std::string, DelegationFreshness> out;
  const ledger::CharterView* charter = views.charter();
  if (!charter) return out;
  const store::Published& published = views.published();
  std::map<base::Spki, std::string> owner;
  for (const auto& [delegation, code] : charter->codes) {
    out[code].own = published.delegation == delegation;
    const ledger::CredentialsView* credentials =
        published.authority.Credentials(views.instrument(), delegation);
    if (!credentials) continue;
    for (const auto& [spki, address] : credentials->nodes) owner[spki] = code;
  }
  RETURN_IF_ERROR(
      store::LogReader(&views.snapshot())
          .ForEachFeed(views.instrument(), [&](const ledger::FeedKey&, const v1::FeedState& state) {
            auto delegation = base::DelegationId::FromBytes(state.delegation());
            auto code = delegation ? charter->codes.find(*delegation) : charter->codes.end();
            if (code != charter->codes.end()) {
              uint64_t& newest = out[code->second].newest_record_ms;
              newest = std::max(newest, WallMs(state.last_hlc()));
            }
            return true;
          }));
  auto it = views.snapshot().Scan(store::kPeers, "");
  for (; it->Valid(); it->Next()) {
    v1::PeerRecord peer;
    auto spki = base::Spki::FromBytes(it->key());
    if (!spki || !peer.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())))
      continue;
    auto code = owner.find(*spki);
    if (code == owner.end()) continue;
    uint64_t& contact = out[code->second].last_contact_ms;
    contact = std::max<uint64_t>(contact, peer.last_success_ms());
  }
  RETURN_IF_ERROR(it->status());
  // Who is connected is heard now, also one that called us and of whom no row is kept.
  for (const base::Spki& spki : present.live) {
    auto code = owner.find(spki);
    if (code != owner.end()) out[code->second].last_contact_ms = present.now_ms;
  }
  return out;
}

bool KnownNotSubmitted(const DelegationFreshness& fresh, uint64_t deadline_ms, uint64_t now_ms) {
  constexpr uint64_t kDayMs = 24 * 60 * 60 * 1000;
  if (fresh.own) return true;
  if (fresh.last_contact_ms == 0) return false;
  return fresh.last_contact_ms + kDayMs >= now_ms ||
         (deadline_ms != 0 && fresh.last_contact_ms > deadline_ms);
}

std::string FreshnessLine(const FreshnessByCode& freshness, uint64_t now_ms) {
  std::vector<std::string> parts;
  for (const auto& [code, fresh] : freshness) {
    parts.push_back(
        absl::StrCat(code, " ", fresh.own ? "own" : AgeText(fresh.last_contact_ms, now_ms)));
  }
  return absl::StrCat("Local copy, last contact: ", absl::StrJoin(parts, ", "), ".");
}

absl::Status AddFreshness(const Views& views, const Present& present, v1::Table& table) {
  ASSIGN_OR_RETURN(auto freshness, Freshness(views, present));
  table.set_freshness(FreshnessLine(freshness, present.now_ms));
  table.set_instrument(views.code());
  return absl::OkStatus();
}

}  // namespace entente::query

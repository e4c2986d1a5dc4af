#include "node/rpc/local/asked.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/query/view/titles.h"
#include "node/rpc/local/authority_calls.h"

namespace entente::rpc {

absl::StatusOr<std::unique_ptr<const Asked>> Asked::About(NodeCore& core, Peers& peers,
                                                          absl::string_view instrument,
                                                          absl::string_view as_of) {
  store::PublishedPtr published = core.published();
  ASSIGN_OR_RETURN(const base::InstrumentId id, InstrumentOf(*published, instrument));
  std::unique_ptr<Asked> asked(new Asked(std::move(published), core.NewSnapshot(), id));
  ASSIGN_OR_RETURN(asked->as_of_, query::AsOfText(asked->views_, as_of));
  asked->views_.Restrict(asked->as_of_.includes);
  asked->present_ = {core.clock().WallMs(), peers.Live()};
  return asked;
}

std::string Asked::OwnCode() const {
  return published_->delegation
             ? published_->DelegationCode(views_.instrument(), *published_->delegation)
             : "";
}

absl::StatusOr<const query::FreshnessByCode*> Asked::Freshness() const {
  if (!freshness_) {
    ASSIGN_OR_RETURN(freshness_, query::Freshness(views_, present_));
  }
  return &*freshness_;
}

absl::StatusOr<std::string> Asked::FreshnessLine() const {
  ASSIGN_OR_RETURN(const query::FreshnessByCode* freshness, Freshness());
  const std::string line = query::FreshnessLine(*freshness, present_.now_ms);
  return as_of_.words.empty() ? line : absl::StrCat(as_of_.words, " ", line);
}

absl::Status Asked::Finish(v1::Table& table, absl::string_view language) const {
  RETURN_IF_ERROR(query::TitlesIn(views_, language, table));
  ASSIGN_OR_RETURN(*table.mutable_freshness(), FreshnessLine());
  table.set_instrument(views_.code());
  if (as_of_.frontier) table.set_frontier_digest(as_of_.frontier->str());
  return absl::OkStatus();
}

}  // namespace entente::rpc

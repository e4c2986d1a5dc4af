#include "node/rpc/register/news_intake.h"

#include "node/base/status_macros.h"
#include "node/register/order.h"

namespace entente::rpc {

absl::StatusOr<NewsIntake> TakeNews(NodeCore& core, v1::RegisterNews news) {
  NewsIntake out;
  const store::PublishedPtr published = core.published();
  const auto instrument = base::InstrumentId::FromBytes(news.instrument());
  if (!instrument) return out;
  const auto head = published->registers.find(*instrument);
  // Of another register nothing would be taken.
  if (head == published->registers.end() || news.log() != head->second->log.view()) return out;
  const bool by_places = !news.order().empty();
  const auto snapshot = core.NewSnapshot();
  ASSIGN_OR_RETURN(const reg::Reading reading, reg::SpellOut(*snapshot, *head->second, news));
  if (reading != reg::Reading::kWhole) {
    out.intake = reading == reg::Reading::kForked ? Intake::kSpellOut : Intake::kLacksEntries;
    return out;
  }
  RETURN_IF_ERROR(core.Write([&](driver::Replica& replica) -> absl::Status {
    ASSIGN_OR_RETURN(out.taken, replica.TakeRegisterNews(news));
    return absl::OkStatus();
  }));
  // A feed that forked may read otherwise here: only ids tell whether it is a lie.
  if (by_places && out.taken.contradicts && out.taken.evidence.empty()) {
    out.intake = Intake::kSpellOut;
  }
  return out;
}

}  // namespace entente::rpc

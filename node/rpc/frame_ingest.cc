#include "node/rpc/frame_ingest.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/driver/verified.h"
#include "node/sync/frame.h"

namespace entente::rpc {

namespace {

constexpr size_t kRefusedMax = 8;

void Count(const std::vector<ledger::Authority::Added>& results, sync::IngestResult& out) {
  for (const ledger::Authority::Added& added : results) {
    out.notes_new += added.outcome == ledger::Authority::Outcome::kNew ||
                     added.outcome == ledger::Authority::Outcome::kMerged;
    if (added.outcome != ledger::Authority::Outcome::kRefused || out.refused.size() >= kRefusedMax)
      continue;
    out.refused.push_back(absl::StrCat("authority note ", added.id.Short(), ": ", added.reason));
  }
}

}  // namespace

sync::IngestResult IngestFrame(NodeCore& core, const base::Spki& peer, const v1::Frame& frame) {
  sync::IngestResult out;
  std::vector<ledger::Entry> entries;
  if (!frame.body().empty() || frame.entries() > 0) {
    absl::StatusOr<std::vector<ledger::Entry>> decoded = sync::DecodeFrame(frame);
    if (!decoded.ok()) {
      out.status = decoded.status();
      return out;
    }
    entries = *std::move(decoded);
  }
  const driver::VerifiedEntries verified =
      driver::VerifyEntries(std::move(entries), core.verifier());
  const std::vector<std::string> notes(frame.notes().begin(), frame.notes().end());
  const auto instrument = base::InstrumentId::FromBytes(frame.instrument());
  out.status = core.Write([&](driver::Replica& replica) -> absl::Status {
    ASSIGN_OR_RETURN(auto results, replica.AddNotes(notes));
    Count(results, out);
    ASSIGN_OR_RETURN(driver::IngestReport report, replica.Ingest(verified, store::ViaOf(peer)));
    out.entries_new = report.entries_new;
    out.entries_held = report.entries_held;
    out.entries_aside = report.entries_aside;
    for (std::string& why : report.refusals) {
      if (out.refused.size() < kRefusedMax) out.refused.push_back(std::move(why));
    }
    if (instrument) out.frontier_digest = replica.frontier(*instrument).Digest();
    return absl::OkStatus();
  });
  return out;
}

}  // namespace entente::rpc

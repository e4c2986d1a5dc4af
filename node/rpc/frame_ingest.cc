#include "node/rpc/frame_ingest.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/sync/frame/frame.h"

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

// On the writer thread.
absl::Status Stage(driver::Replica& replica, const base::Spki& peer, CheckedFrame& frame,
                   sync::IngestResult& out) {
  ASSIGN_OR_RETURN(auto results, replica.AddNotes(frame.notes));
  Count(results, out);
  ASSIGN_OR_RETURN(driver::IngestReport report,
                   replica.Ingest(std::move(frame.entries), store::ViaOf(peer)));
  out.entries_new = report.entries_new;
  out.entries_held = report.entries_held;
  out.entries_aside = report.entries_aside;
  out.entries_waiting = report.entries_waiting;
  out.entries_left = report.entries_left;
  for (std::string& why : report.refusals) {
    if (out.refused.size() < kRefusedMax) out.refused.push_back(std::move(why));
  }
  if (frame.instrument) out.frontier_digest = replica.frontier(*frame.instrument).Digest();
  return absl::OkStatus();
}

}  // namespace

std::shared_ptr<CheckedFrame> CheckFrame(const NodeCore& core, const v1::Frame& frame) {
  auto out = std::make_shared<CheckedFrame>();
  out->instrument = base::InstrumentId::FromBytes(frame.instrument());
  out->notes.assign(frame.notes().begin(), frame.notes().end());
  if (frame.body().empty() && frame.entries() == 0) return out;
  absl::StatusOr<std::vector<ledger::Entry>> entries = sync::DecodeFrame(frame);
  out->status = entries.status();
  if (entries.ok())
    out->entries = driver::VerifyEntries(*std::move(entries), core.verifier(), core.code_of_head());
  return out;
}

void StoreFrame(NodeCore& core, const base::Spki& peer, std::shared_ptr<CheckedFrame> frame,
                std::function<void(const sync::IngestResult&)> done) {
  auto result = std::make_shared<sync::IngestResult>();
  result->status = frame->status;
  if (!result->status.ok()) return done(*result);
  absl::Status posted = core.WriteAsync(
      [peer, frame, result](driver::Replica& replica) {
        return Stage(replica, peer, *frame, *result);
      },
      [result, done](absl::Status committed) {
        result->status = std::move(committed);
        done(*result);
      });
  if (posted.ok()) return;
  result->status = std::move(posted);
  done(*result);
}

sync::IngestResult IngestFrame(NodeCore& core, const base::Spki& peer, const v1::Frame& frame) {
  const std::shared_ptr<CheckedFrame> checked = CheckFrame(core, frame);
  sync::IngestResult out;
  out.status = checked->status;
  if (!out.status.ok()) return out;
  out.status =
      core.Write([&](driver::Replica& replica) { return Stage(replica, peer, *checked, out); });
  return out;
}

}  // namespace entente::rpc

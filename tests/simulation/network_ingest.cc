// What rpc/frame_ingest does: a frame decoded, verified and staged; spoiled first where its sender
// is malicious.
#include <utility>

#include "node/base/status_macros.h"
#include "node/store/schema.h"
#include "node/sync/frame/frame.h"
#include "tests/simulation/malice.h"
#include "tests/simulation/network.h"

namespace entente::simulation {

namespace {

// A malicious peer sends a frame again, per thousand.
constexpr uint64_t kReplay = 200;
// What is sent again comes this much later, at most.
constexpr Millis kReplayWithin = 40'000;

void Count(const std::vector<ledger::Authority::Added>& results, sync::IngestResult& out) {
  using Outcome = ledger::Authority::Outcome;
  for (const ledger::Authority::Added& added : results) {
    out.notes_new += added.outcome == Outcome::kNew || added.outcome == Outcome::kMerged;
    if (added.outcome == Outcome::kRefused) out.refused.push_back(added.reason);
  }
}

class TrustsAll final : public crypto::Verifier {
 public:
  bool Verify(const base::PublicKey&, absl::string_view, absl::string_view) const override {
    return true;
  }
};

}  // namespace

void Network::ReplayLater(size_t node, const base::Spki& peer, const v1::Frame& frame) {
  const Millis later = static_cast<Millis>(prng_.Below(kReplayWithin));
  loop_.After(later, [this, node, peer, frame] {
    if (nodes_[node]->up()) Ingest(node, peer, frame, [](const sync::IngestResult&) {});
  });
}

void Network::Ingest(size_t node, const base::Spki& peer, v1::Frame frame,
                     std::function<void(const sync::IngestResult&)> done) {
  auto result = std::make_shared<sync::IngestResult>();
  const bool malicious = malicious_.contains(peer);
  if (malicious && prng_.Chance(kReplay)) ReplayLater(node, peer, frame);
  if (malicious) frame = Spoil(std::move(frame), prng_);
  std::vector<ledger::Entry> entries;
  if (!frame.body().empty() || frame.entries() > 0) {
    absl::StatusOr<std::vector<ledger::Entry>> decoded = sync::DecodeFrame(frame);
    if (!decoded.ok()) {
      result->status = decoded.status();
      return done(*result);
    }
    entries = *std::move(decoded);
  }
  if (bug_ == Bug::kDropOnIngest) {
    std::erase_if(entries, [](const ledger::Entry& entry) { return entry.id.bytes[0] < 16; });
  }
  std::vector<std::string> notes(frame.notes().begin(), frame.notes().end());
  if (malicious) {
    entries = Spoil(std::move(entries), prng_);
    notes = Spoil(std::move(notes), prng_);
  }
  static const TrustsAll kTrustsAll;
  const crypto::Verifier* verifier = nodes_[node]->options().verifier;
  if (bug_ == Bug::kTrustSignatures) verifier = &kTrustsAll;
  const auto verified = driver::VerifyEntries(std::move(entries), *verifier);
  const auto instrument = base::InstrumentId::FromBytes(frame.instrument());
  auto change = [&](driver::Replica& replica) -> absl::Status {
    ASSIGN_OR_RETURN(auto added, replica.AddNotes(notes));
    Count(added, *result);
    ASSIGN_OR_RETURN(driver::IngestReport report, replica.Ingest(verified, store::ViaOf(peer)));
    result->entries_new = report.entries_new;
    result->entries_held = report.entries_held;
    result->entries_aside = report.entries_aside;
    for (const std::string& why : report.refusals) result->refused.push_back(why);
    if (instrument) result->frontier_digest = replica.frontier(*instrument).Digest();
    return absl::OkStatus();
  };
  nodes_[node]->Write(
      change, [this, node, result, done = std::move(done)](const absl::Status& status) {
        result->status = status;
        loop_.Trace("ingested ", nodes_[node]->name(), " ", absl::StatusCodeToString(status.code()),
                    " new ", result->entries_new, " held ", result->entries_held, " aside ",
                    result->entries_aside, " notes ", result->notes_new, " refused ",
                    result->refused.size());
        done(*result);
      });
}

}  // namespace entente::simulation

// Stolen keys and restored disks: what thieves write, and what authors and signers do when their
// node has forgotten.
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/store/log_reader.h"
#include "tests/simulation/workload.h"

namespace entente::simulation {

namespace {

bool HeldBy(SimNode& node, const base::EntryId& id) {
  auto snapshot = node.kv().NewSnapshot();
  auto place = store::LogReader(snapshot.get()).Find(id);
  return place.ok() && place->has_value();
}

}  // namespace

// The thief has the key and a copy of the author's store. He goes on with the feed, forks it at any
// sequence, or opens an incarnation; and hands what he wrote to some node.
void Workload::Steal() {
  const Author& author = world_.authors[prng_.Below(world_.authors.size())];
  const size_t target = prng_.Below(nodes_.size());
  const uint64_t how = prng_.Below(4), count = 1 + prng_.Below(3);
  SimNode& source = *nodes_[author.node];
  SimNode& receiver = *nodes_[target];
  if (!source.up() || !receiver.up()) return;
  const base::InstrumentId instrument = author.pen.instrument;
  const ledger::CharterView* theirs = receiver.published()->authority.Charter(instrument);
  if (!theirs || !theirs->IsParty(world_.IdOf(receiver.options().delegation))) return;
  const store::PublishedPtr published = source.published();
  const ledger::CharterView* charter = published->authority.Charter(instrument);
  const ledger::CredentialsView* credentials =
      published->authority.Credentials(instrument, world_.IdOf(author.delegation));
  if (!charter || !credentials) return;
  support::Pen pen = author.pen;
  if (how == 3) pen.incarnation = 1 + static_cast<uint32_t>(prng_.Below(ledger::kIncarnationMax));
  pen.sequence = 0;
  pen.previous = base::EntryId();
  auto snapshot = source.kv().NewSnapshot();
  const store::LogReader log(snapshot.get());
  auto feed = log.Feed(pen.feed());
  if (!feed.ok()) return;
  if (*feed && (*feed)->tips_size() > 0 && how != 3) {
    const v1::FeedTip& tip = (*feed)->tips((*feed)->tips_size() - 1);
    pen.sequence = how == 0 ? tip.sequence() : prng_.Below(tip.sequence() + 1);
    auto ids = log.IdsAt((*feed)->number(), pen.sequence);
    if (pen.sequence > 0 && (!ids.ok() || ids->empty())) return;
    if (pen.sequence > 0) pen.previous = ids->front();
    pen.hlc = (*feed)->last_hlc();
  }
  std::vector<ledger::Entry> entries;
  for (uint64_t i = 0; i < count; ++i) {
    const std::string& code = world_.delegations[author.delegation].code;
    std::string payload =
        author.delegation == 0
            ? support::CommitmentPayload(code, "DDR/08", {})
            : support::ReportPayload(code, "DDR/08", absl::StrCat("stolen ", i), {});
    entries.push_back(pen.Write(charter->head, credentials->head, author.delegation == 0 ? 1002 : 1,
                                std::move(payload)));
    signed_.insert(entries.back().id);
  }
  world_.shared_keys.insert(author.pen.key->public_key());
  loop_.Trace("steals ", world_.delegations[author.delegation].code, " ", pen.sequence, " to ",
              receiver.name());
  const auto verified = driver::VerifyEntries(std::move(entries), *receiver.options().verifier);
  receiver.Write(
      [&](driver::Replica& replica) {
        return replica.Ingest(verified, store::ViaOf(support::SpkiFrom("thief"))).status();
      },
      [](const absl::Status&) {});
}

// The node's disk is an older one. What it had acknowledged since may be gone, and its people send
// what they kept themselves: signers their notes. Authors keep marks (WriteEntries).
void Workload::Restored(size_t node) {
  for (Acknowledged& told : journal_) {
    if (told.standing == Acknowledged::Standing::kLost) continue;
    if (told.node == node && !HeldBy(*nodes_[node], told.id))
      told.standing = Acknowledged::Standing::kElsewhere;
    if (told.standing == Acknowledged::Standing::kHere) continue;
    bool anywhere = false;
    for (const auto& one : nodes_) anywhere = anywhere || HeldBy(*one, told.id);
    if (!anywhere) told.standing = Acknowledged::Standing::kLost;
  }
  for (size_t d = 0; d < world_.delegations.size(); ++d) {
    SimDelegation& delegation = world_.delegations[d];
    if (delegation.nodes[0] != node) continue;
    std::vector<std::string> files = delegation.credentials->files();
    for (const SimInstrument& instrument : world_.instruments) {
      if (d != 0) continue;
      const auto& charter = instrument.charter->files();
      files.insert(files.end(), charter.begin(), charter.end());
      for (size_t admitted : instrument.admitted)
        files.push_back(world_.delegations[admitted].credentials->files()[0]);
    }
    files.insert(files.end(), delegation.pending_notes.begin(), delegation.pending_notes.end());
    delegation.pending_notes = std::move(files);
  }
}

// False: the author's own mark is above what the node knows of his feed. He fetches what is missing
// and, when it does not come, goes on in the next incarnation.
bool Workload::MayGoOn(Author& author) {
  const bool forgotten =
      author.mark_incarnation == author.pen.incarnation && author.pen.sequence < author.mark;
  if (!forgotten || bug_ == Bug::kForgetMark) return true;
  constexpr uint32_t kPatience = 4;
  if (++author.waits < kPatience) return false;
  author.waits = 0;
  author.pen.incarnation >= ledger::kIncarnationMax ? author.retired = true
                                                    : ++author.pen.incarnation;
  return false;
}

}  // namespace entente::simulation

// Entries: how officers write. Authority acts are in workload_authority.cc.
#include "tests/simulation/workload.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/merge/slot_value.h"
#include "node/register/news.h"
#include "node/store/log_reader.h"

namespace entente::simulation {

namespace {

constexpr const char* kCommitments[] = {"DDR/08", "DDR/09", "DSR/01"};
constexpr uint32_t kRefusalsMax = 4;
// The shares of the kinds of steps, per thousand.
constexpr uint64_t kCharterActs = 40, kCredentialsActs = 110;

std::vector<base::EntryId> HeadsOf(const storage::Snapshot& snapshot,
                                   const base::InstrumentId& instrument, const std::string& slot) {
  std::vector<base::EntryId> out;
  auto row = snapshot.Get(store::kSlots, store::SlotKey(instrument, slot));
  if (!row.ok() || !row->has_value()) return out;
  const v1::SlotValue value = merge::DecodeSlot(**row);
  for (const v1::Contribution* head : merge::Heads(value))
    out.push_back(*base::EntryId::FromBytes(head->entry()));
  return out;
}

}  // namespace

absl::Status Workload::Found() {
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const size_t own = world_.node_delegation[n];
    absl::Status result;
    auto change = [&](driver::Replica& replica) -> absl::Status {
      RETURN_IF_ERROR(replica.AddNotes(world_.delegations[own].credentials->files()).status());
      RETURN_IF_ERROR(replica.SetDelegation(world_.IdOf(own)));
      for (const SimInstrument& instrument : world_.instruments) {
        bool party = false;
        for (size_t admitted : instrument.admitted) party = party || admitted == own;
        const bool leaked = world_.leak && &instrument == &world_.instruments[1];
        const bool later = &instrument == &world_.instruments[0];
        if (!party && !leaked && !later) continue;
        RETURN_IF_ERROR(replica.AddNotes(instrument.charter->files()).status());
        RETURN_IF_ERROR(replica.AddNotes(world_.delegations[0].credentials->files()).status());
        RETURN_IF_ERROR(replica.JoinInstrument(instrument.charter->id()));
        // The secretariat was given the credentials of those it admitted.
        if (own != 0) continue;
        for (size_t admitted : instrument.admitted) {
          RETURN_IF_ERROR(
              replica.AddNotes(world_.delegations[admitted].credentials->files()).status());
        }
      }
      return absl::OkStatus();
    };
    nodes_[n]->Write(change, [&result](const absl::Status& status) { result = status; });
    nodes_[n]->Commit();
    RETURN_IF_ERROR(result);
  }
  return absl::OkStatus();
}

void Workload::Step() {
  const uint64_t what = prng_.Below(1000);
  if (what < kCharterActs) return ActInCharter();
  if (what < kCharterActs + kCredentialsActs)
    return ActInCredentials(prng_.Below(world_.delegations.size()));
  WriteEntries(prng_.Below(world_.authors.size()));
}

bool Workload::SendPending() {
  bool any = false;
  for (size_t a = 0; a < world_.authors.size(); ++a) {
    if (world_.authors[a].pending.empty()) continue;
    any = true;
    Send(a);
  }
  for (size_t d = 0; d < world_.delegations.size(); ++d) {
    if (world_.delegations[d].pending_notes.empty()) continue;
    any = true;
    SendNotes(d);
  }
  return any;
}

void Workload::WriteEntries(size_t index) {
  Author& author = world_.authors[index];
  SimNode& node = *nodes_[author.node];
  const uint64_t count = 1 + prng_.Below(3);
  if (author.retired || !node.up()) return;
  if (!author.pending.empty()) return Send(index);
  // As Local.PrepareEntry answers it.
  const store::PublishedPtr published = node.published();
  const base::DelegationId delegation = world_.IdOf(author.delegation);
  const ledger::CharterView* charter = published->authority.Charter(author.pen.instrument);
  const ledger::CredentialsView* credentials =
      published->authority.Credentials(author.pen.instrument, delegation);
  if (!charter || !credentials) return;
  auto snapshot = node.kv().NewSnapshot();
  auto feed = store::LogReader(snapshot.get()).Feed(author.pen.feed());
  if (!feed.ok()) return;
  author.pen.sequence = 0;
  author.pen.previous = base::EntryId();
  if (*feed && (*feed)->tips_size() > 1) {
    author.pen.incarnation >= ledger::kIncarnationMax ? author.retired = true
                                                      : ++author.pen.incarnation;
    return;
  }
  if (*feed && (*feed)->tips_size() == 1) {
    author.pen.sequence = (*feed)->tips(0).sequence();
    author.pen.previous = *base::EntryId::FromBytes((*feed)->tips(0).id());
    author.pen.hlc = (*feed)->last_hlc();
  }
  if (!MayGoOn(author)) return;
  SeeRegister(author, *published, *snapshot);
  for (uint64_t i = 0; i < count; ++i) {
    const uint32_t kind = author.delegation == 0 ? 1002 : (i == 0 && prng_.Chance(120) ? 2 : 1);
    std::string payload = kind == 2 ? "" : Payload(author, *snapshot);
    if (kind == 2) {
      const std::string& code = world_.delegations[author.delegation].code;
      const std::string slot = support::ReportSlot(code, kCommitments[prng_.Below(3)]);
      std::vector<base::EntryId> heads = HeadsOf(*snapshot, author.pen.instrument, slot);
      if (heads.empty()) return;
      payload = support::WithdrawalPayload(code, slot, std::move(heads));
    }
    author.pending.push_back(
        author.pen.Write(charter->head, credentials->head, kind, std::move(payload)));
    signed_.insert(author.pending.back().id);
  }
  author.mark = author.pen.sequence;
  author.mark_incarnation = author.pen.incarnation;
  author.sends = 0;
  Send(index);
}

void Workload::SeeRegister(Author& author, const store::Published& published,
                           const storage::Snapshot& snapshot) {
  author.pen.seen_size = 0;
  author.pen.seen_root = base::Digest();
  auto head = published.registers.find(author.pen.instrument);
  if (head == published.registers.end()) return;
  auto final = reg::NewestFinal(snapshot, *head->second);
  if (!final.ok() || !*final) return;
  author.pen.seen_size = (*final)->checkpoint.size;
  author.pen.seen_root = (*final)->checkpoint.root;
  if (bug_ == Bug::kForgeSeen) author.pen.seen_root.bytes[0] ^= 1;
}

std::string Workload::Payload(const Author& author, const storage::Snapshot& snapshot) {
  const std::string& code = world_.delegations[author.delegation].code;
  const std::string commitment = kCommitments[prng_.Below(3)];
  const bool saw_others = prng_.Chance(700);
  const std::string slot =
      author.delegation == 0 ? "commitment/" + commitment : support::ReportSlot(code, commitment);
  std::vector<base::EntryId> heads;
  if (saw_others) heads = HeadsOf(snapshot, author.pen.instrument, slot);
  if (author.delegation == 0) return support::CommitmentPayload(code, commitment, std::move(heads));
  return support::ReportPayload(code, commitment, absl::StrCat("Report ", ++reports_),
                                std::move(heads));
}

void Workload::Send(size_t index) {
  Author& author = world_.authors[index];
  SimNode& node = *nodes_[author.node];
  if (!node.up() || author.sent_life == node.life()) return;
  author.sent_life = node.life();
  ++author.sends;
  const auto verified = driver::VerifyEntries(author.pending, *node.options().verifier);
  node.Write([&](driver::Replica& replica) { return replica.Submit(verified).status(); },
             [this, index](const absl::Status& status) { Answered(index, status); });
}

void Workload::Answered(size_t index, const absl::Status& status) {
  Author& author = world_.authors[index];
  const std::string reason = status.ok() ? "OK" : base::ReasonOf(status);
  loop_.Trace("submitted ", nodes_[author.node]->name(), " ", author.pending.back().id.Short(),
              " x", author.pending.size(), " ", reason);
  author.sent_life = 0;
  if (status.ok()) {
    for (const ledger::Entry& entry : author.pending) {
      journal_.push_back({author.node, author.pen.instrument, entry.id});
    }
    author.pending.clear();
    author.waits = author.refusals = 0;
    return;
  }
  // The node's own trouble, or later entries are known that have not come yet: the same bytes again
  // later.
  const bool forgotten = reason == "RESTORE_GUARD" || reason == "PREDECESSOR_MISSING";
  if (reason.empty() || (forgotten && ++author.refusals < kRefusalsMax)) return;
  // Refused at the first attempt: nobody ever had these entries.
  if (author.sends == 1) author.mark = author.pending.front().header.sequence - 1;
  author.pending.clear();
  if (reason == "FEED_FORKED" || forgotten) {
    author.refusals = 0;
    author.pen.incarnation >= ledger::kIncarnationMax ? author.retired = true
                                                      : ++author.pen.incarnation;
  } else if (reason != "HEAD_MOVED" && ++author.refusals >= kRefusalsMax) {
    author.retired = true;
  }
}

}  // namespace entente::simulation

#include "node/rpc/register/register_calls.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/ledger/text_rules.h"
#include "node/query/record/records.h"
#include "node/query/view/register_rungs.h"
#include "node/register/news.h"
#include "node/rpc/local/authority_calls.h"
#include "node/rpc/register/held.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;

namespace {

constexpr size_t kCheckpointsPerAnswer = 256;
constexpr uint64_t kLeavesPerChunk = 16384;
constexpr int kRootsPerCall = 1024;

struct Asked {
  store::PublishedPtr published;
  base::InstrumentId instrument;
  std::shared_ptr<const reg::Head> head;
};

absl::StatusOr<Asked> Ask(const NodeCore& core, const std::string& code) {
  Asked out;
  out.published = core.published();
  ASSIGN_OR_RETURN(out.instrument, InstrumentOf(*out.published, code));
  auto it = out.published->registers.find(out.instrument);
  if (it != out.published->registers.end()) out.head = it->second;
  return out;
}

absl::Status NoRegister(const Asked& asked) {
  return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
               absl::StrCat("the charter of ", asked.published->InstrumentCode(asked.instrument),
                            " names no register; the secretariat adds one: entente instrument "
                            "register --signer-key S.key"));
}

}  // namespace

absl::Status GetRegister(NodeCore& core, Registrar& registrar, const std::string& instrument_code,
                         v1::RegisterInfo& response) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(core, instrument_code));
  const ledger::CharterView* charter = asked.published->authority.Charter(asked.instrument);
  response.set_instrument(asked.published->InstrumentCode(asked.instrument));
  if (charter) response.set_origin(charter->origin);
  for (const auto& [node, vkey] : registrar.witnesses()) {
    v1::WitnessOffer* offer = response.add_offers();
    offer->set_spki(node.str());
    offer->set_key(vkey);
    if (auto party = asked.published->DelegationOfNode(node, asked.instrument)) {
      offer->set_delegation(asked.published->DelegationCode(asked.instrument, *party));
    }
  }
  if (asked.head == nullptr) return absl::OkStatus();
  const reg::Head& head = *asked.head;
  response.set_key(head.trust.log->Text());
  if (head.trust.clock) response.set_clock(head.trust.clock->Text());
  response.set_quorum(head.trust.quorum);
  response.set_kept_here(head.kept_here);
  response.set_stopped(head.stopped);
  response.set_leaves(head.leaves);
  response.set_size(head.newest.checkpoint.size);
  if (response.size() > 0) response.set_checkpoint(head.newest.File());
  for (const ledger::VerifierKey& witness : head.trust.witnesses) {
    response.add_witnesses(witness.Text());
    for (const tlog::SignatureLine& line : head.newest.lines) {
      if (tlog::LineIsOf(line, witness)) response.add_cosigned_by(witness.name);
    }
  }
  response.set_final_size(head.final_size);
  auto snapshot = core.NewSnapshot();
  if (head.final_size > 0) {
    const query::Views views(snapshot.get(), asked.published.get(), asked.instrument);
    ASSIGN_OR_RETURN(auto since, query::CheckpointTime(views, head, head.final_size));
    response.set_final_since(since.value_or(0));
  }
  ASSIGN_OR_RETURN(std::vector<std::string> files, reg::EvidenceOf(*snapshot, head.log));
  for (std::string& file : files) response.add_evidence(std::move(file));
  return absl::OkStatus();
}

absl::Status MakeRegisterKeys(NodeCore&, Registrar& registrar,
                              const v1::MakeRegisterKeysRequest& request,
                              v1::RegisterKeys& response) {
  RegisterKeys& keys = registrar.keys();
  const std::string& origin = request.origin();
  if (!origin.empty() && (!ledger::IsKeyName(origin) || origin.size() > 200)) {
    return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 absl::StrCat("\"", origin,
                              "\" cannot be a register's name: 1 to 200 bytes, no "
                              "space and no +, such as eu-gsc.example/euca-2014"));
  }
  if (request.validate_only()) {
    ASSIGN_OR_RETURN(const auto witness, keys.FindWitness());
    if (witness) response.set_witness(witness->name.Text());
    if (origin.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto log, keys.FindLog(origin));
    ASSIGN_OR_RETURN(const auto clock, keys.FindClock(origin));
    if (log && !request.new_log()) response.set_log(log->name.Text());
    if (clock) response.set_clock(clock->name.Text());
    return absl::OkStatus();
  }
  if (origin.empty()) {
    ASSIGN_OR_RETURN(const NamedKey witness, keys.Witness());
    response.set_witness(witness.name.Text());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const NamedKey log, request.new_log() ? keys.NewLog(origin) : keys.Log(origin));
  ASSIGN_OR_RETURN(const NamedKey clock, keys.Clock(origin));
  response.set_log(log.name.Text());
  response.set_clock(clock.name.Text());
  return absl::OkStatus();
}

absl::Status GetReceipt(NodeCore& core, const Identity& identity,
                        const v1::GetReceiptRequest& request, v1::GetReceiptResponse& response) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(core, request.instrument()));
  auto snapshot = core.NewSnapshot();
  const query::Views views(snapshot.get(), asked.published.get(), asked.instrument);
  ASSIGN_OR_RETURN(store::EntryPlace place, query::PlaceOf(views, request.reference()));
  ASSIGN_OR_RETURN(ledger::Entry entry, store::LogReader(snapshot.get()).Get(place));
  response.set_entry(place.id.str());
  response.set_claimed_ms(query::WallMs(entry.header.hlc));
  ASSIGN_OR_RETURN(*response.mutable_held(), HeldText(identity, place.id, core.clock().WallMs()));
  if (asked.head == nullptr) return absl::OkStatus();
  response.set_size(asked.head->newest.checkpoint.size);
  response.set_seen_size(entry.header.seen_size);
  if (entry.header.seen_size > 0) {
    ASSIGN_OR_RETURN(auto seen, query::CheckpointTime(views, *asked.head, entry.header.seen_size));
    response.set_seen_time(seen.value_or(0));
  }
  ASSIGN_OR_RETURN(auto standing, reg::StandingOf(*snapshot, *asked.head, place.id));
  if (!standing) return absl::OkStatus();
  ASSIGN_OR_RETURN(tlog::Receipt receipt,
                   reg::MakeReceipt(*snapshot, *asked.head, *standing, entry.Leaf()));
  response.set_receipt(tlog::ReceiptText(receipt));
  response.set_index(standing->index);
  response.set_size(standing->checkpoint.checkpoint.size);
  response.set_final_since(standing->final_since.value_or(0));
  response.set_received(standing->received.value_or(0));
  return absl::OkStatus();
}

absl::Status ListCheckpoints(NodeCore& core, const v1::ListCheckpointsRequest& request,
                             v1::ListCheckpointsResponse& response) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(core, request.instrument()));
  if (asked.head == nullptr) return NoRegister(asked);
  auto snapshot = core.NewSnapshot();
  const bool one = request.size() > 0;
  ASSIGN_OR_RETURN(auto checkpoints, reg::CheckpointsOf(*snapshot, asked.head->log,
                                                        one ? request.size() : request.from_size(),
                                                        one ? 1 : kCheckpointsPerAnswer));
  for (const tlog::SignedCheckpoint& checkpoint : checkpoints) {
    if (one && checkpoint.checkpoint.size != request.size()) break;
    response.add_checkpoints(checkpoint.File());
  }
  if (!one && checkpoints.size() == kCheckpointsPerAnswer) {
    response.set_next_size(checkpoints.back().checkpoint.size + 1);
  }
  if (one && response.checkpoints().empty()) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("no checkpoint of size ", request.size(),
                              " is held here; entente "
                              "register checkpoint --all lists those that are"));
  }
  return absl::OkStatus();
}

absl::Status ExportRegister(NodeCore& core, const v1::ExportRegisterRequest& request,
                            const std::function<bool(const v1::RegisterChunk&)>& write) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(core, request.instrument()));
  if (asked.head == nullptr) return NoRegister(asked);
  auto snapshot = core.NewSnapshot();
  const reg::Head& head = *asked.head;
  const uint64_t size = head.newest.checkpoint.size;
  for (uint64_t from = request.from(); from < size; from += kLeavesPerChunk) {
    v1::RegisterChunk chunk;
    chunk.set_from(from);
    ASSIGN_OR_RETURN(auto ids, reg::LeavesOf(reg::GetFrom(snapshot.get()), head.log, from,
                                             std::min(size, from + kLeavesPerChunk)));
    for (const base::EntryId& id : ids) chunk.mutable_leaves()->append(id.view().data(), 32);
    if (!write(chunk)) return absl::OkStatus();
  }
  for (uint64_t from = request.from();;) {
    ASSIGN_OR_RETURN(auto files,
                     reg::CheckpointsOf(*snapshot, head.log, from, kCheckpointsPerAnswer));
    v1::RegisterChunk chunk;
    for (const tlog::SignedCheckpoint& one : files) {
      // One that came between what was published and the snapshot: its leaves were not shown, and
      // without them it would look like a register that hides some.
      if (one.checkpoint.size <= size) chunk.add_checkpoints(one.File());
    }
    if (!files.empty() && !write(chunk)) return absl::OkStatus();
    if (files.size() < kCheckpointsPerAnswer) break;
    from = files.back().checkpoint.size + 1;
  }
  v1::RegisterChunk last;
  last.set_from(std::max(size, request.from()));
  ASSIGN_OR_RETURN(std::vector<std::string> evidence, reg::EvidenceOf(*snapshot, head.log));
  for (std::string& file : evidence) last.add_evidence(std::move(file));
  write(last);
  return absl::OkStatus();
}

absl::Status ProveRoots(NodeCore& core, const v1::ProveRootsRequest& request,
                        v1::ProveRootsResponse& response) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(core, request.instrument()));
  if (asked.head == nullptr) return NoRegister(asked);
  const uint64_t held = asked.head->newest.checkpoint.size;
  if (request.from_size() > kRootsPerCall || request.to() > held) {
    return Error(StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
                 absl::StrCat("wanted are at most ", kRootsPerCall, " sizes below one of at most ",
                              held, ", the newest checkpoint's"));
  }
  auto snapshot = core.NewSnapshot();
  for (const uint64_t from : request.from()) {
    const tlog::NodeSource nodes =
        reg::NodesOf(reg::GetFrom(snapshot.get()), asked.head->log, request.to());
    ASSIGN_OR_RETURN(const tlog::Proof proof, tlog::InconsistencyProof(from, request.to(), nodes));
    v1::RootProof& out = *response.add_proofs();
    for (const base::Digest& node : proof) out.add_nodes(node.str());
  }
  return absl::OkStatus();
}

absl::Status ResumeRegister(NodeCore& core, Registrar& registrar,
                            const v1::ResumeRegisterRequest& request, v1::RegisterInfo& response) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(core, request.instrument()));
  if (asked.head == nullptr) return NoRegister(asked);
  if (!asked.head->kept_here) {
    return Error(StatusCode::kFailedPrecondition, "VALIDATION_FAILED",
                 "this node does not keep the register; ask the secretariat's");
  }
  RETURN_IF_ERROR(core.Write([&](driver::Replica& replica) {
    return replica.ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
      registers.Resume(asked.instrument, batch);
      return absl::OkStatus();
    });
  }));
  return GetRegister(core, registrar, request.instrument(), response);
}

}  // namespace entente::rpc

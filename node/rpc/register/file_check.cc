#include "node/rpc/register/file_check.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/register/equivocation.h"
#include "node/register/registers.h"
#include "node/rpc/local/authority_calls.h"
#include "node/store/log_reader.h"
#include "node/tlog/equivocation.h"
#include "node/tlog/receipt.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;

namespace {

using Response = v1::CheckRegisterFileResponse;

absl::Status ShowsNothing(absl::string_view why) {
  return Error(StatusCode::kFailedPrecondition, "VERIFICATION_FAILED", why);
}

absl::Status CheckProof(NodeCore& core, const reg::Head& head, const std::string& file,
                        Response& response) {
  response.set_kind("proof");
  if (!reg::Proves(file, *head.trust.log, core.verifier())) {
    return ShowsNothing(
        absl::StrCat("it does NOT prove that ", head.trust.log->name,
                     " contradicted itself; entente audit evidence FILE says what it proves"));
  }
  response.set_verdict(Response::CONTRADICTS);
  response.set_evidence(file);
  return core.Write([&](driver::Replica& replica) {
    return replica.ChangeRegisters(
        [&](reg::Registers& registers, storage::WriteBatch& batch) -> absl::Status {
          ASSIGN_OR_RETURN(const bool fresh, registers.KeepEvidence(head.log, file, batch));
          response.set_kept(fresh);
          return absl::OkStatus();
        });
  });
}

// What is signed must be this register's: of an earlier one another tree is held, if any.
absl::Status CheckSigner(const NodeCore& core, const reg::Head& head,
                         const tlog::SignedCheckpoint& checkpoint) {
  if (reg::SignedByLog(*head.trust.log, checkpoint, core.verifier())) return absl::OkStatus();
  for (const ledger::VerifierKey& earlier : head.trust.ever) {
    if (!reg::SignedByLog(earlier, checkpoint, core.verifier())) continue;
    return ShowsNothing(absl::StrCat("it is of an earlier register of this instrument, ",
                                     earlier.Text(), "; the charter names ", head.trust.log->Text(),
                                     " now"));
  }
  return ShowsNothing(absl::StrCat("no key of the register ", head.trust.log->name,
                                   " that the charter names signed it"));
}

absl::Status CheckCheckpoint(NodeCore& core, const base::InstrumentId& instrument,
                             const reg::Head& head, const tlog::SignedCheckpoint& checkpoint,
                             Response& response) {
  const tlog::Checkpoint& c = checkpoint.checkpoint;
  response.set_size(c.size);
  response.set_root(c.root.str());
  if (c.size == 0) return ShowsNothing("a checkpoint of size 0 is never made");
  RETURN_IF_ERROR(CheckSigner(core, head, checkpoint));
  return core.Write([&](driver::Replica& replica) -> absl::Status {
    const auto now = replica.registers().HeadOf(instrument);
    response.set_leaves(now->leaves);
    if (c.size <= now->leaves) {
      ASSIGN_OR_RETURN(const reg::TakenNews taken,
                       replica.TakeCheckpoint(instrument, checkpoint.File()));
      response.set_verdict(taken.contradicts ? Response::CONTRADICTS : Response::HOLDS);
      response.set_evidence(taken.evidence);
      response.set_kept(taken.changed);
      return absl::OkStatus();
    }
    response.set_verdict(Response::AHEAD);
    if (!now->kept_here) return absl::OkStatus();
    return replica.ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
      registers.Stop(instrument,
                     absl::StrCat("a file shows a checkpoint of it of ", c.size,
                                  " entries: this store went back to an older state"),
                     batch);
      return absl::OkStatus();
    });
  });
}

absl::Status CheckReceipt(NodeCore& core, const base::InstrumentId& instrument,
                          const reg::Head& head, const std::string& file, Response& response) {
  response.set_kind("receipt");
  const auto receipt = tlog::ParseReceipt(file);
  if (!receipt.ok()) return ShowsNothing(receipt.status().message());
  const base::EntryId id{receipt->LeafHash().bytes};
  response.set_entry(id.str());
  response.set_index(receipt->index);
  auto snapshot = core.NewSnapshot();
  ASSIGN_OR_RETURN(const auto place, store::LogReader(snapshot.get()).Find(id));
  response.set_held(place.has_value());
  if (!tlog::ProofHolds(*receipt)) {
    return ShowsNothing("the receipt's proof does not lead to its checkpoint");
  }
  return CheckCheckpoint(core, instrument, head, receipt->checkpoint, response);
}

}  // namespace

absl::Status CheckRegisterFile(NodeCore& core, const v1::CheckRegisterFileRequest& request,
                               v1::CheckRegisterFileResponse& response) {
  const store::PublishedPtr published = core.published();
  ASSIGN_OR_RETURN(const base::InstrumentId instrument,
                   InstrumentOf(*published, request.instrument()));
  auto head = published->registers.find(instrument);
  if (head == published->registers.end()) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("the charter of ", published->InstrumentCode(instrument),
                              " names no register"));
  }
  const std::string& file = request.file();
  if (file.size() > tlog::kReceiptBytesMax) {
    return Error(StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
                 absl::StrCat("the file has ", file.size(), " bytes; at most ",
                              tlog::kReceiptBytesMax, " are looked at"));
  }
  if (absl::StartsWith(file, tlog::kEquivocationHeading)) {
    return CheckProof(core, *head->second, file, response);
  }
  if (absl::StartsWith(file, tlog::kReceiptHeading)) {
    return CheckReceipt(core, instrument, *head->second, file, response);
  }
  response.set_kind("checkpoint");
  const auto checkpoint = tlog::ParseSignedCheckpoint(file);
  if (!checkpoint.ok()) {
    return ShowsNothing(absl::StrCat("neither a checkpoint, a receipt nor a proof: ",
                                     checkpoint.status().message()));
  }
  return CheckCheckpoint(core, instrument, *head->second, *checkpoint, response);
}

}  // namespace entente::rpc

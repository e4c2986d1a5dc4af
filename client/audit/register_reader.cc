#include "client/audit/register_reader.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "client/context/register_methods.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

constexpr size_t kRootsPerCall = 1024;

absl::Status BadExport(absl::string_view what) {
  return Failure(absl::StatusCode::kInternal, "", absl::StrCat("the node's register: ", what),
                 "entente doctor looks for damage");
}

// Leaves come in order, each chunk where the one before it ended.
absl::Status AddLeaves(const v1::RegisterChunk& chunk, ExportedRegister& out) {
  std::vector<base::EntryId>& leaves = out.leaves;
  if (chunk.leaves().empty()) return absl::OkStatus();
  const uint64_t next = out.from + leaves.size();
  if (chunk.from() != next || chunk.leaves().size() % 32 != 0) {
    return BadExport(absl::StrCat("a piece does not follow leaf ", next));
  }
  for (size_t at = 0; at < chunk.leaves().size(); at += 32) {
    leaves.push_back(*base::EntryId::FromBytes(absl::string_view(chunk.leaves()).substr(at, 32)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExportedRegister> ReadRegister(Context& context, const std::string& instrument,
                                              uint64_t from) {
  v1::ExportRegisterRequest request;
  request.set_instrument(instrument);
  request.set_from(from);
  ExportedRegister out;
  out.from = from;
  std::map<uint64_t, tlog::SignedCheckpoint> by_size;
  const absl::Status status = context.Read(
      registry::kExportRegister, request, std::chrono::hours(1),
      [&](const v1::RegisterChunk& chunk) -> absl::Status {
        RETURN_IF_ERROR(AddLeaves(chunk, out));
        for (const std::string& file : chunk.checkpoints()) {
          absl::StatusOr<tlog::SignedCheckpoint> parsed = tlog::ParseSignedCheckpoint(file);
          if (!parsed.ok()) return BadExport(parsed.status().message());
          const uint64_t size = parsed->checkpoint.size;
          by_size.insert_or_assign(size, *std::move(parsed));
        }
        out.evidence.insert(out.evidence.end(), chunk.evidence().begin(), chunk.evidence().end());
        return absl::OkStatus();
      });
  // The charter names no register: then there is nothing to read.
  if (absl::IsNotFound(status) && base::ReasonOf(status) == "NOT_FOUND_RECORD") return out;
  RETURN_IF_ERROR(status);
  for (auto& [size, checkpoint] : by_size) out.checkpoints.push_back(std::move(checkpoint));
  return out;
}

absl::StatusOr<std::vector<tlog::Proof>> ReadRootProofs(Context& context,
                                                        const std::string& instrument,
                                                        const std::vector<uint64_t>& sizes,
                                                        uint64_t to) {
  std::vector<tlog::Proof> out;
  for (size_t done = 0; done < sizes.size(); done = out.size()) {
    v1::ProveRootsRequest request;
    request.set_instrument(instrument);
    request.set_to(to);
    for (size_t i = done; i < std::min(sizes.size(), done + kRootsPerCall); ++i) {
      request.add_from(sizes[i]);
    }
    ASSIGN_OR_RETURN(const v1::ProveRootsResponse answer,
                     context.Call(registry::kProveRoots, request, std::chrono::seconds(60)));
    if (answer.proofs_size() != request.from_size()) return BadExport("proofs are missing");
    for (const v1::RootProof& proof : answer.proofs()) {
      tlog::Proof& nodes = out.emplace_back();
      for (const std::string& node : proof.nodes()) {
        const auto hash = base::Digest::FromBytes(node);
        if (!hash) return BadExport("a proof holds what is no hash");
        nodes.push_back(*hash);
      }
    }
  }
  return out;
}

}  // namespace entente::client

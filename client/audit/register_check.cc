#include "client/audit/register_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/evidence.h"
#include "node/crypto/sha256.h"
#include "node/tlog/equivocation.h"
#include "node/tlog/receipt.h"
#include "node/tlog/tile.h"
#include "node/tlog/witness.h"

namespace entente::client {

namespace {

constexpr size_t kOwnEvidenceMax = 16;

std::string SizeName(uint64_t size) { return absl::StrCat("checkpoint ", size); }

}  // namespace

size_t NewestFinal(const std::vector<tlog::SignedCheckpoint>& checkpoints,
                   const std::optional<tlog::Policy>& policy) {
  for (size_t i = checkpoints.size(); policy && i-- > 0;) {
    const auto verdict =
        tlog::EvaluateCheckpoint(*policy, checkpoints[i], crypto::Ed25519Verifier());
    if (verdict.ok() && verdict->quorum) return i;
  }
  return checkpoints.size() - 1;
}

RegisterCheck::RegisterCheck(std::optional<tlog::Policy> policy, Sink find,
                             tlog::CompactRange begun)
    : policy_(std::move(policy)), find_(std::move(find)), tree_(std::move(begun)) {}

const base::Digest& RegisterCheck::RootAt(uint64_t size) {
  const auto [at, is_new] = roots_.try_emplace(size);
  // Below the first leaf what is not known stays zero, the root of nothing: it is found.
  if (is_new && size >= tree_.first()) at->second = tree_.RootAt(size);
  return at->second;
}

std::optional<tlog::PolicyVerdict> RegisterCheck::CheckPrefix(
    const char* code, const std::string& where, const tlog::SignedCheckpoint& checkpoint) {
  const tlog::Checkpoint& c = checkpoint.checkpoint;
  std::optional<tlog::PolicyVerdict> verdict;
  if (policy_) {
    absl::StatusOr<tlog::PolicyVerdict> evaluated =
        tlog::EvaluateCheckpoint(*policy_, checkpoint, crypto::Ed25519Verifier());
    if (!evaluated.ok()) {
      find_(code, where, std::string(evaluated.status().message()));
      return std::nullopt;
    }
    verdict = *std::move(evaluated);
  }
  if (c.size > leaves()) {
    find_(code, where,
          absl::StrCat("it covers ", c.size, " entries, the register holds ", leaves()));
    return std::nullopt;
  }
  if (c.root != RootAt(c.size)) {
    find_(code, where,
          absl::StrCat("the first ", c.size, " entries have root ", RootAt(c.size).ToHex(),
                       ", it says ", c.root.ToHex(), ": the register was changed"));
    if (verdict) Accuse(*verdict, checkpoint);
    return std::nullopt;
  }
  if (verdict && verdict->quorum) {
    const auto [at, is_new] = report_.dated.try_emplace(c.size, verdict->quorum_time);
    if (!is_new) at->second = std::min(at->second, verdict->quorum_time);
  }
  return verdict ? verdict : tlog::PolicyVerdict{};
}

// Both are signed and contradict each other: that is a proof for anyone.
void RegisterCheck::Accuse(const tlog::PolicyVerdict& verdict,
                           const tlog::SignedCheckpoint& other) {
  if (!newest_ || report_.evidence.size() >= kOwnEvidenceMax) return;
  const auto file = tlog::MakeLogEquivocation(verdict.log, *newest_, other, tree_.Source());
  if (file.ok() && tlog::CheckEquivocation(*file, crypto::Ed25519Verifier()).ok()) {
    report_.evidence.push_back(tlog::EquivocationText(*file));
  }
}

void RegisterCheck::CheckNewest(absl::string_view file) {
  report_.checked = true;
  const auto parsed = tlog::ParseSignedCheckpoint(file);
  if (!parsed.ok())
    return find_("CHECKPOINT", "checkpoint", std::string(parsed.status().message()));
  report_.newest = parsed->checkpoint;
  if (!policy_) {
    find_("QUORUM", SizeName(parsed->checkpoint.size),
          "nobody says whose checkpoint counts: no --policy was given, and no charter names a "
          "register");
  }
  if (parsed->checkpoint.size != leaves()) {
    find_("ROOT", SizeName(parsed->checkpoint.size),
          absl::StrCat("the checkpoint covers ", parsed->checkpoint.size,
                       " entries, the entries are ", leaves()));
    if (parsed->checkpoint.size > leaves()) return;
  }
  const auto verdict = CheckPrefix("ROOT", SizeName(parsed->checkpoint.size), *parsed);
  if (!verdict) return;
  newest_ = *parsed;
  report_.quorum = policy_ && verdict->quorum;
  report_.witnesses = verdict->witnesses;
  report_.existed_before = verdict->quorum_time;
  if (policy_ && !verdict->quorum) {
    find_("QUORUM", SizeName(parsed->checkpoint.size),
          absl::StrCat("the policy's quorum is not met: ", verdict->witnesses.size(), " of ",
                       policy_->witnesses.size(), " witnesses cosigned"));
  }
}

void RegisterCheck::CheckArchived(uint64_t size, absl::string_view file) {
  ++report_.checkpoints;
  const std::string where = SizeName(size);
  const auto parsed = tlog::ParseSignedCheckpoint(file);
  if (!parsed.ok()) return find_("CHECKPOINT", where, std::string(parsed.status().message()));
  if (parsed->checkpoint.size != size) {
    return find_(
        "CHECKPOINT", where,
        absl::StrCat("it is filed under ", size, " and is of size ", parsed->checkpoint.size));
  }
  CheckPrefix("CHECKPOINT", where, *parsed);
}

void RegisterCheck::CheckConsistency(uint64_t from, uint64_t to, absl::string_view body) {
  ++report_.consistency_proofs;
  const std::string where = absl::StrCat("consistency ", from, "-", to);
  const auto parsed = tlog::ParseAddCheckpoint(body);
  if (!parsed.ok()) return find_("CONSISTENCY", where, std::string(parsed.status().message()));
  const tlog::Checkpoint& c = parsed->checkpoint.checkpoint;
  if (parsed->old_size != from || c.size != to || from > leaves()) {
    return find_("CONSISTENCY", where, "it is filed under other sizes than it proves");
  }
  if (!tlog::VerifyConsistency(from, RootAt(from), to, c.root, parsed->proof)) {
    return find_("CONSISTENCY", where, "the proof does not hold");
  }
  CheckPrefix("CONSISTENCY", where, parsed->checkpoint);
}

void RegisterCheck::CheckHashTile(const tlog::Tile& tile, absl::string_view bytes) {
  ++report_.tiles;
  const std::vector<base::Digest> hashes = tree_.HashesOf(tile);
  if (hashes.empty()) {
    find_("TILE", tlog::TilePath(tile), "it goes beyond the register's entries");
  } else if (bytes != tlog::EncodeHashTile(hashes)) {
    find_("TILE", tlog::TilePath(tile), "its hashes are not those of the entries");
  }
}

void RegisterCheck::CheckOlderBundle(const tlog::Tile& tile, absl::string_view bytes) {
  ++report_.tiles;
  const uint64_t first = tile.number * tlog::kTileWidth;
  const auto bundle = tlog::DecodeEntryBundle(bytes, tile.width);
  bool same = bundle && first + tile.width <= leaves();
  for (size_t i = 0; same && i < bundle->size(); ++i) {
    same = crypto::LeafHash((*bundle)[i]) == tree_.Leaf(first + i);
  }
  if (!same) find_("BUNDLE", tlog::TilePath(tile), "its entries are not those of the register");
}

void RegisterCheck::CheckReceipt(const std::string& where, absl::string_view file) {
  ++report_.receipts;
  const auto receipt = tlog::ParseReceipt(file);
  if (!receipt.ok()) return find_("RECEIPT", where, std::string(receipt.status().message()));
  if (!tlog::ProofHolds(*receipt)) {
    return find_("RECEIPT", where, "its proof does not lead to its checkpoint");
  }
  if (!CheckPrefix("RECEIPT", where, receipt->checkpoint)) return;
  // Below, the proof and the checkpoint's root settle it.
  if (receipt->index < tree_.first()) return;
  if (receipt->index >= leaves() || tree_.Leaf(receipt->index) != receipt->LeafHash()) {
    find_("RECEIPT", where,
          absl::StrCat("the register does not hold the entry at index ", receipt->index));
  }
}

void RegisterCheck::CheckSeen(uint64_t index, const CheckedEntry& entry) {
  if (entry.seen_size == 0) return;
  ++report_.seen_claims;
  if (entry.seen_size > index) {
    find_("SEEN", entry.place,
          absl::StrCat("it stands at index ", index, " and cites a checkpoint of ", entry.seen_size,
                       " entries"));
  } else if (RootAt(entry.seen_size) != entry.seen_root) {
    find_("SEEN", entry.place,
          absl::StrCat("its author signed that the first ", entry.seen_size, " entries had root ",
                       entry.seen_root.ToHex(), "; these have ", RootAt(entry.seen_size).ToHex()));
  }
}

void RegisterCheck::CheckAudited(const Audited& audited) {
  if (RootAt(audited.size) == audited.root) return;
  find_("AUDITED", SizeName(audited.size),
        absl::StrCat("an earlier audit verified entries of root ", audited.root.ToHex(),
                     ", these have ", RootAt(audited.size).ToHex(), ": the register was changed"));
}

void RegisterCheck::CheckAccusation(const std::string& where, absl::string_view file) {
  const auto evidence = ParseEvidence(file);
  if (!evidence.ok()) return find_("EQUIVOCATION", where, std::string(evidence.status().message()));
  const auto proof = CheckEvidence(*evidence);
  if (!proof.ok()) return find_("EQUIVOCATION", where, std::string(proof.status().message()));
  find_("EQUIVOCATION", where, proof->words.substr(0, proof->words.find("\nBoth")));
}

}  // namespace entente::client

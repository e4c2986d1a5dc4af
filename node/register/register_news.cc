// What other nodes tell of a register: leaves with a proof that a signed checkpoint covers them,
// checkpoints, cosignatures, evidence. Nothing is taken that does not hold; what cannot be the same
// register's is kept as evidence.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/register/equivocation.h"
#include "node/register/index_rows.h"
#include "node/register/registers.h"
#include "node/register/short_final.h"
#include "node/store/log_reader.h"
#include "node/store/schema.h"

namespace entente::reg {

namespace {

absl::Status Malformed(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "PROOF_MALFORMED",
                     absl::StrCat("news of a register: ", what));
}

absl::Status NotSigned(const VerifierKey& key) {
  return base::Error(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID",
                     absl::StrCat("a checkpoint that ", key.name, " did not sign"));
}

void SortBySize(std::vector<tlog::SignedCheckpoint>& checkpoints) {
  std::sort(checkpoints.begin(), checkpoints.end(),
            [](const auto& a, const auto& b) { return a.checkpoint.size < b.checkpoint.size; });
}

}  // namespace

struct Registers::ParsedNews {
  std::vector<EntryId> ids;
  tlog::Proof proof;
  tlog::SignedCheckpoint checkpoint;
  std::vector<tlog::SignedCheckpoint> finals;  // ascending
  // Of sizes that short finals are of and that the tree reaches with these ids: filled by Extend.
  std::map<uint64_t, std::optional<Digest>> roots;
};

absl::StatusOr<Registers::ParsedNews> Registers::Parse(const Log& log, const Trust& trust,
                                                       const v1::RegisterNews& news) const {
  ParsedNews out;
  if (news.leaves().size() % 32 != 0 || news.leaves().size() / 32 > kNewsLeavesMax ||
      news.proof_size() > static_cast<int>(tlog::kProofHashesMax) ||
      news.finals_size() + news.short_finals_size() > kNewsFinalMax ||
      news.from() > tlog::kTreeSizeMax) {
    return Malformed("a list is over its bound or cut short");
  }
  for (size_t at = 0; at < news.leaves().size(); at += 32) {
    out.ids.push_back(*EntryId::FromBytes(absl::string_view(news.leaves()).substr(at, 32)));
  }
  for (const std::string& hash : news.proof()) {
    auto digest = Digest::FromBytes(hash);
    if (!digest) return Malformed("a hash that is not 32 bytes");
    out.proof.push_back(*digest);
  }
  ASSIGN_OR_RETURN(out.checkpoint, tlog::ParseSignedCheckpoint(news.checkpoint()));
  if (out.checkpoint.checkpoint.size == 0) return Malformed("a checkpoint of size 0");
  if (!SignedByLog(log.key, out.checkpoint, *verifier_)) return NotSigned(log.key);
  for (const std::string& file : news.finals()) {
    ASSIGN_OR_RETURN(tlog::SignedCheckpoint final, tlog::ParseSignedCheckpoint(file));
    if (final.checkpoint.size == 0) return Malformed("a checkpoint of size 0");
    if (!SignedByLog(log.key, final, *verifier_)) return NotSigned(log.key);
    out.finals.push_back(std::move(final));
  }
  SortBySize(out.finals);
  for (const v1::ShortCheckpoint& told : news.short_finals()) {
    RETURN_IF_ERROR(Lengthen(trust, told, Digest()).status());
    if (told.size() > log.edge.size()) out.roots[told.size()];
  }
  return out;
}

// Once the tree stands. One that does not verify is of another tree, which the checkpoint that came
// with it shows better, or of nobody.
absl::Status Registers::AddShortFinals(const Log& log, const Trust& trust,
                                       const v1::RegisterNews& news, ParsedNews& parsed) const {
  for (const v1::ShortCheckpoint& told : news.short_finals()) {
    const uint64_t size = told.size();
    if (size > log.edge.size()) continue;
    std::optional<Digest> root;
    if (auto at = parsed.roots.find(size); at != parsed.roots.end()) root = at->second;
    if (!root) {
      ASSIGN_OR_RETURN(root, RootHere(log, size));
    }
    ASSIGN_OR_RETURN(tlog::SignedCheckpoint final, Lengthen(trust, told, *root));
    if (SignedByLog(log.key, final, *verifier_)) parsed.finals.push_back(std::move(final));
  }
  SortBySize(parsed.finals);
  return absl::OkStatus();
}

absl::StatusOr<TakenNews> Registers::TakeCheckpoint(const InstrumentId& instrument,
                                                    absl::string_view file,
                                                    storage::WriteBatch& batch) {
  TakenNews taken;
  Log* log = Find(instrument);
  if (log == nullptr) return taken;
  ASSIGN_OR_RETURN(tlog::SignedCheckpoint given, tlog::ParseSignedCheckpoint(file));
  if (given.checkpoint.size == 0 || !SignedByLog(log->key, given, *verifier_)) {
    return NotSigned(log->key);
  }
  if (given.checkpoint.size > log->edge.size()) return taken;
  ASSIGN_OR_RETURN(bool holds, HoldsHere(*log, given.checkpoint));
  if (!holds) return Contradiction(*log, given, batch);
  ASSIGN_OR_RETURN(taken.changed, StageCheckpoint(*log, named_.at(instrument).trust, given, batch));
  return taken;
}

absl::StatusOr<TakenNews> Registers::TakeNews(const v1::RegisterNews& news,
                                              storage::WriteBatch& batch) {
  TakenNews taken;
  auto instrument = InstrumentId::FromBytes(news.instrument());
  Log* log = instrument ? Find(*instrument) : nullptr;
  // Of a register this node's charter does not name (yet) nothing is taken.
  if (log == nullptr || news.log() != log->id.view()) return taken;
  if (news.checkpoint().empty()) return taken;  // the sender only says what it holds
  const Trust& trust = named_.at(*instrument).trust;
  ASSIGN_OR_RETURN(ParsedNews parsed, Parse(*log, trust, news));
  const uint64_t before = log->edge.size();
  const uint64_t told = parsed.checkpoint.checkpoint.size;
  if (told <= before) {
    ASSIGN_OR_RETURN(bool holds, HoldsHere(*log, parsed.checkpoint.checkpoint));
    if (!holds) return Contradiction(*log, parsed.checkpoint, batch);
  } else if (news.from() <= before && news.from() + parsed.ids.size() > before) {
    parsed.ids.erase(parsed.ids.begin(),
                     parsed.ids.begin() + static_cast<std::ptrdiff_t>(before - news.from()));
    ASSIGN_OR_RETURN(bool extended, Extend(*log, parsed, taken, batch));
    if (!extended) return Contradiction(*log, parsed.checkpoint, batch);
  }
  if (log->evidence < kEvidenceMax && !news.evidence().empty() &&
      Proves(news.evidence(), log->key, *verifier_)) {
    ASSIGN_OR_RETURN(bool fresh, KeepEvidence(log->id, news.evidence(), batch));
    taken.changed |= fresh;
  }
  RETURN_IF_ERROR(AddShortFinals(*log, trust, news, parsed));
  parsed.finals.push_back(parsed.checkpoint);
  for (const tlog::SignedCheckpoint& one : parsed.finals) {
    // Those above what was there hold: Extend compared them.
    if (one.checkpoint.size > log->edge.size()) continue;
    if (one.checkpoint.size <= before) {
      ASSIGN_OR_RETURN(bool holds, HoldsHere(*log, one.checkpoint));
      if (!holds) return Contradiction(*log, one, batch);
    }
    ASSIGN_OR_RETURN(bool changed, StageCheckpoint(*log, trust, one, batch));
    taken.changed |= changed;
  }
  return taken;
}

// Tries the leaves on a copy of the tree's edge. False: they do not lead to the checkpoint.
absl::StatusOr<bool> Registers::Extend(Log& log, ParsedNews& news, TakenNews& taken,
                                       storage::WriteBatch& batch) {
  TreeEdge edge = log.edge;
  storage::WriteBatch rows;
  IndexWriter index(log.id, &rows);
  auto snapshot = kv_->NewSnapshot();
  const store::LogReader held(snapshot.get());
  auto final = news.finals.begin();
  while (final != news.finals.end() && final->checkpoint.size <= edge.size()) ++final;
  for (const EntryId& id : news.ids) {
    ASSIGN_OR_RETURN(const uint64_t arrival, held.ArrivalNumberOf(id));
    index.Add(id, arrival, edge.size());
    edge.Append(log.id, id, rows);
    if (auto at = news.roots.find(edge.size()); at != news.roots.end()) at->second = edge.Root();
    for (; final != news.finals.end() && final->checkpoint.size == edge.size(); ++final) {
      if (final->checkpoint.root != edge.Root()) return false;
    }
  }
  const tlog::Checkpoint& told = news.checkpoint.checkpoint;
  if (edge.size() > told.size ||
      !tlog::VerifyConsistency(edge.size(), edge.Root(), told.size, told.root, news.proof)) {
    return false;
  }
  index.Finish();
  edge.StageEdge(log.id, rows);
  for (const storage::WriteBatch::Op& op : rows.ops()) batch.Put(op.family, op.key, op.value);
  taken.leaves_new = news.ids.size();
  taken.changed = true;
  log.state.set_ahead(log.state.ahead() + news.ids.size());
  log.state.set_leaves(edge.size());
  log.edge = std::move(edge);
  // Its own checkpoint is news to the register: this store is behind it.
  if (log.kept && log.state.stopped().empty()) {
    log.state.set_stopped(
        "another node holds a later checkpoint of it: this store went back to an older state");
    log.state.set_stopped_through(log.edge.size());
    log.state.clear_met();
  }
  StageState(log, batch);
  return true;
}

// The checkpoint is signed by the register and does not go with what is held. A proof is kept where
// there can be one: a checkpoint held here of the same size, or of a larger one.
absl::StatusOr<TakenNews> Registers::Contradiction(Log& log, const tlog::SignedCheckpoint& told,
                                                   storage::WriteBatch& batch) {
  TakenNews taken;
  taken.contradicts = true;
  if (!log.newest) return taken;
  ASSIGN_OR_RETURN(taken.evidence,
                   ProveContradiction(get_, log.id, log.key, told, *log.newest, *verifier_));
  if (taken.evidence.empty()) return taken;
  ASSIGN_OR_RETURN(taken.changed, KeepEvidence(log.id, taken.evidence, batch));
  return taken;
}

absl::StatusOr<bool> Registers::KeepEvidence(const LogId& id, absl::string_view file,
                                             storage::WriteBatch& batch) {
  auto it = logs_.find(id);
  if (it == logs_.end() || it->second.evidence >= kEvidenceMax) return false;
  const std::string key = EvidenceKey(id, crypto::Sha256(file));
  ASSIGN_OR_RETURN(auto row, get_(key));
  if (row) return false;
  batch.Put(store::kRegister, key, base::Str(file));
  ++it->second.evidence;
  // Evidence is read back with the state, also where nothing else is known of the register yet.
  StageState(it->second, batch);
  return true;
}

}  // namespace entente::reg

// Loading, following charters, and the register's own part: taking arrivals in and handing out what
// is to be signed. What comes from elsewhere: register_news.cc; cosigning: cosigning.cc.
#include "node/register/registers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/register/index_rows.h"
#include "node/store/log_reader.h"

namespace entente::reg {

namespace {

constexpr char kBackup[] = "the store came out of a backup: later checkpoints may have been signed";
constexpr char kCopiedKey[] = "the key came here from elsewhere: the register may go on there";

std::string JudgedBy(const Trust& trust) {
  std::string words =
      absl::StrCat(trust.quorum, "\n", trust.clock ? trust.clock->Text() : "", "\n");
  for (const VerifierKey& witness : trust.witnesses) absl::StrAppend(&words, witness.Text(), "\n");
  return crypto::Sha256(words).str();
}

}  // namespace

absl::Status Registers::Load(const storage::Kv* kv) {
  kv_ = kv;
  get_ = GetFrom(kv);
  logs_.clear();
  named_.clear();
  auto snapshot = kv->NewSnapshot();
  auto it = snapshot->Scan(store::kRegister, kStatePrefix);
  for (; it->Valid(); it->Next()) {
    Log log;
    if (!log.state.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return RowDamaged("does not parse");
    }
    ASSIGN_OR_RETURN(log.key, VerifierKey::Parse(log.state.key()));
    log.id = LogOf(log.key);
    RETURN_IF_ERROR(LoadLog(log));
    logs_.emplace(log.id, std::move(log));
  }
  return it->status();
}

absl::Status Registers::LoadLog(Log& log) {
  ASSIGN_OR_RETURN(log.edge, TreeEdge::Load(get_, log.id, log.state.leaves()));
  log.durable = log.state.leaves();
  log.kept = kept_.contains(log.id);
  if (log.state.signed_size() > 0) {
    ASSIGN_OR_RETURN(auto row, get_(CheckpointKey(log.id, log.state.signed_size())));
    if (!row) return RowDamaged("is missing");
    ASSIGN_OR_RETURN(log.newest, tlog::ParseSignedCheckpoint(*row));
  }
  auto snapshot = kv_->NewSnapshot();
  auto it = snapshot->Scan(store::kRegister, EvidencePrefix(log.id));
  for (; it->Valid(); it->Next()) ++log.evidence;
  RETURN_IF_ERROR(it->status());
  const std::string claims = ClaimPrefix(log.id);
  for (it = snapshot->Scan(store::kRegister, claims); it->Valid(); it->Next()) {
    auto id = EntryId::FromBytes(it->key().substr(claims.size()));
    if (id) log.bad_claims.push_back(*id);
  }
  return it->status();
}

absl::Status Registers::Follow(const ledger::Authority& authority,
                               const std::set<InstrumentId>& instruments,
                               storage::WriteBatch& batch) {
  named_.clear();
  for (const InstrumentId& instrument : instruments) {
    const ledger::CharterView* charter = authority.Charter(instrument);
    if (charter == nullptr) continue;
    Trust trust = TrustOf(*charter);
    if (!trust.log) continue;
    const LogId id = LogOf(*trust.log);
    auto [it, fresh] = logs_.try_emplace(id);
    Log& log = it->second;
    if (fresh) {
      log.id = id;
      log.key = *trust.log;
      log.state.set_instrument(instrument.str());
      log.state.set_key(trust.log->Text());
      log.state.set_judged_by(JudgedBy(trust));
      log.kept = kept_.contains(id);
    }
    if (log.kept) JudgeKept(log, batch);
    RETURN_IF_ERROR(JudgeFinals(log, trust, batch));
    named_[instrument] = {id, std::move(trust)};
  }
  return absl::OkStatus();
}

absl::Status Registers::Keep(const InstrumentId& instrument, const VerifierKey& key,
                             uint64_t restored_ms, storage::WriteBatch& batch) {
  const LogId id = LogOf(key);
  kept_[id] = restored_ms;
  Log* log = Find(instrument);
  if (log == nullptr || log->id != id) return absl::OkStatus();
  log->kept = true;
  JudgeKept(*log, batch);
  return absl::OkStatus();
}

// G-4. Done again after a failed write has thrown away that the register stopped.
void Registers::JudgeKept(Log& log, storage::WriteBatch& batch) {
  if (std::exchange(log.judged, true)) return;
  const uint64_t restored_ms = kept_.at(log.id);
  if (log.state.restored_ms() != restored_ms) {
    // Also where nothing of it is here: the backup may be older than its first checkpoint.
    log.state.set_restored_ms(restored_ms);
    StageState(log, batch);
    StopLog(log, kBackup, batch);
  } else if (log.state.leaves() > 0 && log.state.through_arrival() == 0) {
    StopLog(log, kCopiedKey, batch);
  }
}

void Registers::Committed() {
  for (auto& [id, log] : logs_) log.durable = log.edge.size();
}

Registers::Log* Registers::Find(const InstrumentId& instrument) {
  auto it = named_.find(instrument);
  return it == named_.end() ? nullptr : &logs_.at(it->second.log);
}

const Registers::Log* Registers::Find(const InstrumentId& instrument) const {
  auto it = named_.find(instrument);
  return it == named_.end() ? nullptr : &logs_.at(it->second.log);
}

const Trust* Registers::TrustFor(const InstrumentId& instrument) const {
  auto it = named_.find(instrument);
  return it == named_.end() ? nullptr : &it->second.trust;
}

void Registers::StageState(const Log& log, storage::WriteBatch& batch) {
  batch.Put(store::kRegister, StateKey(log.id), log.state.SerializeAsString());
}

absl::StatusOr<uint64_t> Registers::Sequence(
    const InstrumentId& instrument, const std::function<InstrumentId(uint32_t feed)>& instrument_of,
    uint64_t max, storage::WriteBatch& batch) {
  Log* log = Find(instrument);
  if (log == nullptr || !log->kept || !log->state.stopped().empty()) return 0;
  auto snapshot = kv_->NewSnapshot();
  uint64_t appended = 0, looked_at = 0, through = log->state.through_arrival();
  absl::Status failed;
  IndexReader before(snapshot.get(), log->id);
  IndexWriter index(log->id, &batch);
  RETURN_IF_ERROR(
      store::LogReader(snapshot.get()).ForEachArrival(through, [&](const store::Arrival& arrival) {
        if (appended >= max || looked_at >= 4 * max) return false;
        ++looked_at;
        through = arrival.number;
        if (instrument_of(arrival.place.feed) != instrument) return true;
        if (log->state.ahead() > 0) {
          auto held = before.Of(arrival.place.id, arrival.number);
          failed = held.status();
          if (!failed.ok()) return false;
          if (held->has_value()) {
            log->state.set_ahead(log->state.ahead() - 1);
            return true;
          }
        }
        index.Add(arrival.place.id, arrival.number, log->edge.size());
        log->edge.Append(log->id, arrival.place.id, batch);
        ++appended;
        return true;
      }));
  RETURN_IF_ERROR(failed);
  if (looked_at == 0) return 0;
  index.Finish();
  log->edge.StageEdge(log->id, batch);
  log->state.set_leaves(log->edge.size());
  log->state.set_through_arrival(through);
  StageState(*log, batch);
  return looked_at;
}

std::optional<tlog::Checkpoint> Registers::ToSign(const InstrumentId& instrument) const {
  const Log* log = Find(instrument);
  if (log == nullptr || !log->kept || !log->state.stopped().empty()) return std::nullopt;
  if (log->durable != log->edge.size() || log->durable == 0) return std::nullopt;
  if (log->durable == log->state.signed_size()) return std::nullopt;
  return tlog::Checkpoint{log->key.name, log->durable, log->edge.Root()};
}

void Registers::Stop(const InstrumentId& instrument, const std::string& why,
                     storage::WriteBatch& batch) {
  if (Log* log = Find(instrument)) StopLog(*log, why, batch);
}

void Registers::StopLog(Log& log, const std::string& why, storage::WriteBatch& batch) {
  if (!log.state.stopped().empty()) return;
  log.state.set_stopped(why);
  log.state.set_stopped_through(log.edge.size());
  log.state.clear_met();
  StageState(log, batch);
}

void Registers::Met(const InstrumentId& instrument, const base::Spki& node,
                    const std::set<base::Spki>& others, storage::WriteBatch& batch) {
  Log* log = Find(instrument);
  if (log == nullptr || !log->kept || log->state.stopped().empty()) return;
  std::set<std::string> met(log->state.met().begin(), log->state.met().end());
  if (met.insert(node.str()).second) log->state.add_met(node.str());
  const bool all = std::all_of(others.begin(), others.end(),
                               [&](const base::Spki& other) { return met.contains(other.str()); });
  if (all) log->state.clear_stopped();
  StageState(*log, batch);
}

void Registers::Resume(const InstrumentId& instrument, storage::WriteBatch& batch) {
  Log* log = Find(instrument);
  if (log == nullptr || log->state.stopped().empty()) return;
  log->state.clear_stopped();
  StageState(*log, batch);
}

void Registers::NoteClaims(const InstrumentId& instrument, uint64_t through,
                           const std::vector<std::pair<EntryId, uint64_t>>& contradicting,
                           storage::WriteBatch& batch) {
  Log* log = Find(instrument);
  if (log == nullptr) return;
  for (const auto& [id, size] : contradicting) {
    const bool known =
        std::find(log->bad_claims.begin(), log->bad_claims.end(), id) != log->bad_claims.end();
    if (known || log->bad_claims.size() >= kBadClaimsMax) continue;
    std::string value;
    base::AppendU64(value, size);
    batch.Put(store::kRegister, ClaimKey(log->id, id), value);
    log->bad_claims.push_back(id);
  }
  log->state.set_claims_through(std::max<uint64_t>(log->state.claims_through(), through));
  StageState(*log, batch);
}

std::shared_ptr<const Head> Registers::HeadOf(const InstrumentId& instrument) const {
  const Log* log = Find(instrument);
  if (log == nullptr) return nullptr;
  auto head = std::make_shared<Head>();
  head->log = log->id;
  head->trust = *TrustFor(instrument);
  head->leaves = log->durable;
  if (log->newest) head->newest = *log->newest;
  head->through_arrival = log->state.through_arrival();
  head->cosigned_size = log->state.cosigned_size();
  head->final_size = log->state.final_size();
  head->kept_here = log->kept;
  head->stopped = log->kept ? log->state.stopped() : std::string();
  head->claims_through = log->state.claims_through();
  head->bad_claims = log->bad_claims;
  head->evidence = static_cast<uint64_t>(log->evidence);
  std::string words = absl::StrCat(log->key.Text(), "\n", log->state.final_size(), "\n",
                                   log->evidence > 0 ? "contradicts" : "", "\n");
  if (log->newest) words += log->newest->File();
  head->state = crypto::Sha256(words).str().substr(0, 8);
  return head;
}

// Under other keys or another quorum, other checkpoints are final.
absl::Status Registers::JudgeFinals(Log& log, const Trust& trust, storage::WriteBatch& batch) {
  const std::string judged_by = JudgedBy(trust);
  if (log.state.judged_by() == judged_by) return absl::OkStatus();
  auto snapshot = kv_->NewSnapshot();
  log.state.set_judged_by(judged_by);
  log.state.clear_final_size();
  auto old = snapshot->Scan(store::kRegister, FinalPrefix(log.id));
  for (; old->Valid(); old->Next()) batch.Delete(store::kRegister, base::Str(old->key()));
  RETURN_IF_ERROR(old->status());
  auto it = snapshot->Scan(store::kRegister, CheckpointPrefix(log.id));
  for (; it->Valid(); it->Next()) {
    ASSIGN_OR_RETURN(tlog::SignedCheckpoint checkpoint, tlog::ParseSignedCheckpoint(it->value()));
    StageFinal(log, trust, checkpoint, batch);
  }
  StageState(log, batch);
  return it->status();
}

void Registers::StageFinal(Log& log, const Trust& trust, const tlog::SignedCheckpoint& checkpoint,
                           storage::WriteBatch& batch) {
  const auto since = FinalSince(trust, checkpoint);
  if (!since) return;
  const uint64_t size = checkpoint.checkpoint.size;
  std::string time;
  base::AppendU64(time, *since);
  batch.Put(store::kRegister, FinalKey(log.id, size), time);
  log.state.set_final_size(std::max<uint64_t>(log.state.final_size(), size));
}

absl::StatusOr<Digest> Registers::RootHere(const Log& log, uint64_t size) const {
  ENTENTE_CHECK(size > 0 && size <= log.edge.size());
  if (size == log.edge.size()) return log.edge.Root();
  return tlog::RootOf(size, NodesOf(get_, log.id, size));
}

absl::StatusOr<bool> Registers::HoldsHere(const Log& log, const tlog::Checkpoint& given) const {
  ASSIGN_OR_RETURN(const Digest root, RootHere(log, given.size));
  return root == given.root;
}

namespace {

// One line for each key: of a cosigner's, the earliest. True: something changed.
bool MergeLines(const Trust& trust, const std::vector<tlog::SignatureLine>& more,
                tlog::SignedCheckpoint& into) {
  const size_t before = into.lines.size();
  std::vector<tlog::SignatureLine> was = into.lines;
  into.AddLines(more);
  if (into.lines.size() == before) return false;
  std::map<std::pair<std::string, uint32_t>, tlog::SignatureLine> best;
  for (const tlog::SignatureLine& line : into.lines) {
    auto [it, fresh] = best.try_emplace({line.name, line.key_id}, line);
    if (!fresh && tlog::TimeOf(line) < tlog::TimeOf(it->second)) it->second = line;
  }
  into.lines.clear();
  // The register's own line first, then the others by name: equal sets have equal bytes.
  for (const auto& [key, line] : best) {
    if (tlog::LineIsOf(line, *trust.log)) into.lines.push_back(line);
  }
  for (const auto& [key, line] : best) {
    if (!tlog::LineIsOf(line, *trust.log)) into.lines.push_back(line);
  }
  return into.lines != was;
}

}  // namespace

absl::StatusOr<bool> Registers::StageCheckpoint(Log& log, const Trust& trust,
                                                const tlog::SignedCheckpoint& given,
                                                storage::WriteBatch& batch) {
  const uint64_t size = given.checkpoint.size;
  tlog::SignedCheckpoint merged;
  bool fresh = true;
  if (log.newest && log.newest->checkpoint.size == size) {
    merged = *log.newest;
    fresh = false;
  } else {
    ASSIGN_OR_RETURN(auto row, get_(CheckpointKey(log.id, size)));
    if (row) {
      ASSIGN_OR_RETURN(merged, tlog::ParseSignedCheckpoint(*row));
      fresh = false;
    }
  }
  if (fresh) {
    merged.checkpoint = given.checkpoint;
    merged.text = given.text;
  }
  if (!MergeLines(trust, GoodLines(trust, given, *verifier_), merged) && !fresh) return false;
  batch.Put(store::kRegister, CheckpointKey(log.id, size), merged.File());
  StageFinal(log, trust, merged, batch);
  if (size >= log.state.signed_size()) {
    log.state.set_signed_size(size);
    log.newest = std::move(merged);
  }
  StageState(log, batch);
  return true;
}

}  // namespace entente::reg

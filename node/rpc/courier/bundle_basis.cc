#include "node/rpc/courier/bundle_basis.h"

#include <map>
#include <set>
#include <utility>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/store/log_reader.h"
#include "node/store/told_tips.h"

namespace entente::rpc {

namespace {

constexpr char kSetPrefix[] = "bundles/";  // + digest[32], below
// A row of tips, under the store's limit of 1 MiB.
constexpr size_t kTipRowBytes = 6'000 * sync::kTipBytes;
// Sets remembered; the oldest is forgotten.
constexpr size_t kSetsMax = 256;

// A set's number is the maker's choice: nobody else's bundle, and none of another instrument, may
// be taken for a part of it.
std::string SetKey(const v1::BundleHeader& header) {
  std::string parts;
  base::AppendU32(parts, header.parts());
  return kSetPrefix + crypto::Sha256({crypto::Sha256(header.maker_key()).view(),
                                      header.instrument(), header.set(), parts})
                          .str();
}

void AddNoteIds(const google::protobuf::RepeatedPtrField<std::string>& raw,
                std::vector<base::NoteId>& out) {
  for (const std::string& id : raw) {
    out.push_back(base::NoteId::FromBytes(id).value_or(base::NoteId{}));
  }
}

absl::StatusOr<Basis> FromReceipt(const storage::Snapshot& snapshot,
                                  const base::InstrumentId& instrument,
                                  const base::DelegationId& party, const v1::BasisRecord& record) {
  Basis basis;
  basis.from = "receipt";
  basis.learnt_ms = record.learnt_ms();
  basis.frontier_digest = record.frontier_digest();
  basis.register_leaves = record.register_leaves();
  basis.register_final = record.register_final();
  basis.register_state = record.register_state();
  AddNoteIds(record.leaves(), basis.leaves);
  AddNoteIds(record.suspends(), basis.suspends);
  ASSIGN_OR_RETURN(const std::string tips,
                   store::ReadBasisTips(snapshot, instrument, party, record));
  RETURN_IF_ERROR(sync::UnpackTips(tips, basis.tips));
  return basis;
}

// The node of the delegation that is known to hold most.
struct Synced {
  base::Spki node;
  uint64_t held_through = 0;  // 0: none
  uint64_t last_success_ms = 0;
};
absl::StatusOr<Synced> NewestPeer(const storage::Snapshot& snapshot,
                                  const store::Published& published,
                                  const base::InstrumentId& instrument,
                                  const base::DelegationId& party) {
  Synced newest;
  const ledger::CredentialsView* credentials = published.authority.Credentials(instrument, party);
  if (credentials == nullptr) return newest;
  for (const auto& [node, address] : credentials->nodes) {
    ASSIGN_OR_RETURN(auto row, snapshot.Get(store::kPeers, node.view()));
    v1::PeerRecord record;
    if (!row || !record.ParseFromString(*row)) continue;
    ASSIGN_OR_RETURN(const uint64_t held,
                     store::LogReader(&snapshot).HeldThrough(node, instrument));
    if (held > newest.held_through) newest = {node, held, record.last_success_ms()};
  }
  return newest;
}

// The peer holds everything that arrived here up to `through`: our tips without what came later.
absl::Status TipsAt(const storage::Snapshot& snapshot, const sync::Frontier& frontier,
                    const base::InstrumentId& instrument, uint64_t through, Basis& basis) {
  const store::LogReader log(&snapshot);
  std::map<sync::FeedRef, std::set<sync::EntryRef>> later, before;
  absl::Status failed;
  RETURN_IF_ERROR(log.ForEachArrival(through, [&](const store::Arrival& arrival) {
    auto header = log.Header(arrival.place);
    if (!header.ok()) {
      failed = header.status();
      return false;
    }
    if (header->instrument != instrument) return true;
    const sync::FeedRef feed{header->key, header->incarnation};
    later[feed].insert({arrival.place.sequence, arrival.place.id});
    if (header->sequence > 1) before[feed].insert({header->sequence - 1, header->previous});
    return true;
  }));
  RETURN_IF_ERROR(failed);
  sync::Frontier theirs;
  for (const auto& [feed, tips] : frontier.feeds()) {
    std::set<sync::EntryRef> held = before[feed];
    held.insert(tips.begin(), tips.end());
    std::vector<sync::EntryRef> there;
    for (const sync::EntryRef& entry : held) {
      if (later[feed].contains(entry)) continue;
      there.push_back(entry);
      basis.tips.push_back({feed, entry.sequence, entry.id});
    }
    theirs.Set(feed, there);
  }
  basis.frontier_digest = theirs.Digest().str();
  return absl::OkStatus();
}

// How far what it told reaches, of all that arrived here.
absl::StatusOr<uint64_t> HeldThroughBy(NodeCore& core, const base::InstrumentId& instrument,
                                       const base::Spki& node, const std::string& tips) {
  const auto snapshot = core.NewSnapshot();
  const store::LogReader log(snapshot.get());
  ASSIGN_OR_RETURN(const uint64_t held, log.HeldThrough(node, instrument));
  store::ToldTips told(&log, tips);
  return store::ToldThrough(log, instrument, node, held, told);
}

}  // namespace

absl::StatusOr<Basis> LoadBasis(NodeCore& core, const base::InstrumentId& instrument,
                                const base::DelegationId& delegation) {
  const store::PublishedPtr published = core.published();
  // The frontier first: what the snapshot holds beyond it arrived later than anything sent.
  const std::shared_ptr<const sync::Frontier> frontier = core.FrontierOf(instrument);
  const auto snapshot = core.NewSnapshot();
  ASSIGN_OR_RETURN(const auto receipt, store::ReadBasis(*snapshot, instrument, delegation));
  ASSIGN_OR_RETURN(const Synced peer, NewestPeer(*snapshot, *published, instrument, delegation));
  const bool synced = peer.held_through > 0;
  if (receipt && (!synced || receipt->learnt_ms() >= peer.last_success_ms)) {
    return FromReceipt(*snapshot, instrument, delegation, *receipt);
  }
  Basis basis;
  if (!synced) return basis;
  basis.from = "sync";
  basis.learnt_ms = peer.last_success_ms;
  const v1::SharedNotes notes =
      store::LogReader(snapshot.get()).SharedNotesWith(peer.node, instrument);
  AddNoteIds(notes.leaves(), basis.leaves);
  AddNoteIds(notes.suspends(), basis.suspends);
  RETURN_IF_ERROR(TipsAt(*snapshot, *frontier, instrument, peer.held_through, basis));
  return basis;
}

absl::StatusOr<bool> KeepBasis(NodeCore& core, const base::InstrumentId& instrument,
                               const base::DelegationId& delegation, v1::BasisRecord record,
                               const std::string& tips) {
  record.set_learnt_ms(core.clock().WallMs());
  record.set_tip_rows(static_cast<uint32_t>((tips.size() + kTipRowBytes - 1) / kTipRowBytes));
  const base::Spki node = base::Spki::FromBytes(record.node()).value_or(base::Spki());
  ASSIGN_OR_RETURN(const uint64_t through, HeldThroughBy(core, instrument, node, tips));
  bool newer = true;
  RETURN_IF_ERROR(core.Write([&](driver::Replica& replica) -> absl::Status {
    const auto snapshot = core.NewSnapshot();
    ASSIGN_OR_RETURN(const auto known, store::ReadBasis(*snapshot, instrument, delegation));
    newer = !known || known->made_ms() < record.made_ms();
    if (!newer) return absl::OkStatus();
    storage::WriteBatch batch;
    for (uint32_t i = record.tip_rows(); known && i < known->tip_rows(); ++i) {
      batch.Delete(store::kMeta, store::BasisTipsKey(instrument, delegation, i));
    }
    for (uint32_t i = 0; i < record.tip_rows(); ++i) {
      batch.Put(store::kMeta, store::BasisTipsKey(instrument, delegation, i),
                tips.substr(i * kTipRowBytes, kTipRowBytes));
    }
    batch.Put(store::kMeta, store::BasisKey(instrument, delegation), record.SerializeAsString());
    replica.PutHeldThrough(node, instrument, through);
    return core.kv().Write(batch, storage::Durability::kSynced);
  }));
  return newer;
}

absl::StatusOr<std::vector<uint32_t>> NoteBundlePart(NodeCore& core, const v1::BundleHeader& header,
                                                     bool whole) {
  std::vector<uint32_t> missing;
  RETURN_IF_ERROR(core.Write([&](driver::Replica&) -> absl::Status {
    const auto snapshot = core.NewSnapshot();
    const std::string key = SetKey(header);
    ASSIGN_OR_RETURN(const auto row, snapshot->Get(store::kMeta, key));
    v1::BundleSetRecord record;
    if (row) record.ParseFromString(*row);
    std::set<uint32_t> imported(record.imported().begin(), record.imported().end());
    if (whole) imported.insert(header.part());
    for (uint32_t part = 1; part <= header.parts(); ++part) {
      if (!imported.contains(part)) missing.push_back(part);
    }
    storage::WriteBatch batch;
    if (!row) {
      std::map<uint64_t, std::string> by_age;
      size_t sets = 0;
      for (auto it = snapshot->Scan(store::kMeta, kSetPrefix); it->Valid(); it->Next(), ++sets) {
        v1::BundleSetRecord other;
        other.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()));
        by_age.emplace(other.imported_ms(), base::Str(it->key()));
      }
      if (sets >= kSetsMax) batch.Delete(store::kMeta, by_age.begin()->second);
    }
    record.set_parts(header.parts());
    record.mutable_imported()->Assign(imported.begin(), imported.end());
    record.set_imported_ms(core.clock().WallMs());
    batch.Put(store::kMeta, key, record.SerializeAsString());
    return core.kv().Write(batch, storage::Durability::kSynced);
  }));
  return missing;
}

}  // namespace entente::rpc

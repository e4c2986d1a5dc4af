#include "client/audit/pack_audit.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/audit/evidence.h"
#include "client/audit/pack_attachments.h"
#include "client/audit/pack_views.h"
#include "client/base/errors.h"
#include "client/base/render.h"
#include "node/base/status_macros.h"
#include "node/blob/content_hash.h"
#include "node/crypto/sha256.h"
#include "node/crypto/timestamp.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/charter_policy.h"
#include "node/tlog/tile.h"

namespace entente::client {

namespace {

using tlog::Tile;

absl::Status DamagedPack(absl::string_view what) {
  return Failure(absl::StatusCode::kInvalidArgument, kFileDamaged,
                 absl::StrCat("not an audit pack: ", what),
                 "entente audit pack --out makes one; docs/protocol.md says what is in it");
}

// The part of the path behind a folder, or nothing.
std::optional<absl::string_view> Within(absl::string_view folder, absl::string_view path) {
  if (!absl::StartsWith(path, folder)) return std::nullopt;
  return path.substr(folder.size());
}

class PackAuditor {
 public:
  PackAuditor(const PackFiles& pack, const PackAuditOptions& options)
      : pack_(pack), options_(options) {}

  absl::StatusOr<PackAudit> Run();

 private:
  struct Claim {
    uint64_t index = 0;
    CheckedEntry entry;
  };

  absl::Status ReadAuthority();
  void ChoosePolicy();
  absl::Status ReadEntries();
  void WorkOnBundles(std::atomic<uint64_t>& next, bool tell);
  absl::StatusOr<std::vector<CheckedEntry>> CheckBundle(uint64_t number);
  v1::SignedEntry WithPayload(const std::string& leaf);
  Tile BundleAt(uint64_t number) const;
  std::vector<base::EntryId> FirstLeaves(uint64_t count);
  void TakeUpAudited();
  absl::Status CheckFiles();
  absl::Status CheckFile(const std::string& path);
  void CheckTile(const std::string& path, absl::string_view bytes);
  void CheckTimestamp(absl::string_view name, absl::string_view token);
  absl::Status CheckAttachment(const std::string& path);
  absl::Status ReadViews();
  void SayWhichAttachmentsAreMissing();
  void CheckTilesComplete();
  void SayWhatWasNotChecked();
  absl::Status ProveBadSignatures();
  void Find(std::string code, std::string where, std::string text) {
    check_->Find(std::move(code), std::move(where), std::move(text));
  }

  const PackFiles& pack_;
  const PackAuditOptions& options_;
  PackAudit out_;
  std::optional<AuditCheck> check_;
  std::optional<RegisterCheck> register_;
  std::optional<Audited> audited_;
  uint64_t size_ = 0;                              // of the newest checkpoint, as it says
  std::vector<std::vector<base::Digest>> leaves_;  // per bundle; empty: it could not be read
  std::mutex mutex_;  // guards claims_, named_ and failure_, and orders calls of options_.log
  std::vector<Claim> claims_;
  absl::Status failure_;
  std::atomic<uint64_t> payloads_{0}, payloads_missing_{0};
  NamedAttachments named_;  // by reports whose payload is here
  bool from_charter_ = false;
  uint64_t stamps_unread_ = 0, unknown_ = 0;
  std::string first_unknown_;
};

// As the pack's tiles tell them; whether they are right is seen by the tree they lead to.
std::vector<base::EntryId> PackAuditor::FirstLeaves(uint64_t count) {
  std::vector<base::EntryId> out;
  while (out.size() < count) {
    Tile tile = BundleAt(out.size() / tlog::kTileWidth);
    tile.entries = false;
    if (!pack_.Has(tlog::TilePath(tile))) return {};
    const absl::StatusOr<std::string> bytes = pack_.Read(tlog::TilePath(tile));
    const auto hashes = bytes.ok() ? tlog::DecodeHashTile(*bytes, tile.width) : std::nullopt;
    if (!hashes) return {};
    for (const base::Digest& hash : *hashes) out.push_back(base::EntryId{hash.bytes});
  }
  return out;
}

void PackAuditor::TakeUpAudited() {
  if (!audited_) return;
  if (audited_->size > size_) {
    out_.report.not_checked.push_back(TooShortForAudited(*audited_, size_));
  } else {
    check_->Know(VerifiedBefore(*audited_, FirstLeaves(audited_->size)));
  }
}

absl::Status PackAuditor::ReadAuthority() {
  if (!pack_.Has("charter/1")) return DamagedPack("it holds no charter/1");
  ASSIGN_OR_RETURN(std::string first, pack_.Read("charter/1"));
  absl::StatusOr<ledger::Note> note = ledger::ParseNote(first);
  if (!note.ok()) return DamagedPack(absl::StrCat("charter/1: ", note.status().message()));
  out_.instrument = note->chain_id();
  if (!options_.pin.empty() && options_.pin != out_.instrument.ToHex()) {
    return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                   absl::StrCat("--pin: the pack is of instrument ", out_.instrument.ToHex(),
                                ", pinned is ", options_.pin),
                   "this is another instrument, whatever it calls itself; do not rely on it");
  }
  if (options_.audited) {
    ASSIGN_OR_RETURN(audited_, options_.audited(out_.instrument));
  }
  check_.emplace(out_.instrument, true);
  check_->List(options_.round);
  // By position, so that a parent comes before its child; suspends last.
  std::vector<std::pair<uint64_t, std::string>> order;
  for (const auto& [path, size] : pack_.paths()) {
    if (!absl::StartsWith(path, "charter/") && !absl::StartsWith(path, "credentials/")) continue;
    absl::string_view name(path);
    name.remove_prefix(name.rfind('/') + 1);
    const auto position = ledger::ParseDecimal(name.substr(0, name.find('-')));
    order.emplace_back(position.value_or(~uint64_t{0}), path);
  }
  std::sort(order.begin(), order.end());
  v1::LogChunk notes;
  for (const auto& [position, path] : order) {
    ASSIGN_OR_RETURN(std::string file, pack_.Read(path));
    check_->AddNote(file);
    notes.add_notes(std::move(file));
  }
  if (options_.log) options_.log(notes);
  return absl::OkStatus();
}

void PackAuditor::ChoosePolicy() {
  std::optional<tlog::Policy> policy = options_.policy;
  const ledger::CharterView* charter = check_->authority().Charter(out_.instrument);
  if (charter != nullptr) out_.code = charter->code;
  if (!policy && charter != nullptr) {
    policy = tlog::PolicyOf(*charter);
    from_charter_ = policy.has_value();
  }
  register_.emplace(std::move(policy),
                    [this](std::string code, std::string where, std::string text) {
                      Find(std::move(code), std::move(where), std::move(text));
                    });
}

Tile PackAuditor::BundleAt(uint64_t number) const {
  const uint64_t first = number * tlog::kTileWidth;
  return {true, 0, number,
          static_cast<uint32_t>(std::min<uint64_t>(size_ - first, tlog::kTileWidth))};
}

v1::SignedEntry PackAuditor::WithPayload(const std::string& leaf) {
  v1::SignedEntry raw;
  raw.set_leaf(leaf);
  const absl::StatusOr<ledger::Entry> entry = ledger::ParseLeaf(leaf, std::nullopt);
  if (!entry.ok()) return raw;
  const std::string path = absl::StrCat("payload/", entry->header.payload_hash.ToHex());
  if (!pack_.Has(path)) {
    ++payloads_missing_;
    return raw;
  }
  absl::StatusOr<std::string> payload = pack_.Read(path);
  if (payload.ok() && crypto::Sha256(*payload) == entry->header.payload_hash) {
    ++payloads_;
    if (const auto named = AttachmentsNamed(entry->header, *payload); !named.empty()) {
      std::lock_guard<std::mutex> lock(mutex_);
      AddNamed(named, named_);
    }
    raw.set_payload(*std::move(payload));
  } else {
    // The leaf itself is whole and is checked as such.
    Find("PAYLOAD", absl::StrCat("entry ", entry->id.Short()), "its payload has another hash");
  }
  return raw;
}

absl::StatusOr<std::vector<CheckedEntry>> PackAuditor::CheckBundle(uint64_t number) {
  const Tile tile = BundleAt(number);
  ASSIGN_OR_RETURN(std::string bytes, pack_.Read(tlog::TilePath(tile)));
  const auto leaves = tlog::DecodeEntryBundle(bytes, tile.width);
  if (!leaves) {
    Find("BUNDLE", tlog::TilePath(tile),
         absl::StrCat("it does not hold exactly ", tile.width, " entries"));
    return std::vector<CheckedEntry>();
  }
  std::vector<v1::SignedEntry> entries;
  for (const std::string& leaf : *leaves) entries.push_back(WithPayload(leaf));
  std::vector<CheckedEntry> checked = check_->Check(entries, false);
  if (options_.log) {
    v1::LogChunk chunk;
    for (v1::SignedEntry& entry : entries) *chunk.add_entries() = std::move(entry);
    std::lock_guard<std::mutex> lock(mutex_);
    options_.log(chunk);
  }
  return checked;
}

// `tell`: this thread reports how far the work is.
void PackAuditor::WorkOnBundles(std::atomic<uint64_t>& next, bool tell) {
  for (uint64_t number; (number = next.fetch_add(1)) < leaves_.size();) {
    if (tell && options_.progress) options_.progress(number * tlog::kTileWidth, size_);
    absl::StatusOr<std::vector<CheckedEntry>> checked = CheckBundle(number);
    std::lock_guard<std::mutex> lock(mutex_);
    if (!checked.ok()) {
      failure_.Update(checked.status());
      continue;
    }
    const uint64_t first = number * tlog::kTileWidth;
    for (size_t i = 0; i < checked->size(); ++i) {
      leaves_[number].push_back((*checked)[i].leaf_hash);
      if ((*checked)[i].seen_size > 0) claims_.push_back({first + i, std::move((*checked)[i])});
    }
  }
}

// Bundles are checked side by side; their leaves then enter the tree in order.
absl::Status PackAuditor::ReadEntries() {
  if (!pack_.Has("checkpoint")) return DamagedPack("it holds no file \"checkpoint\"");
  ASSIGN_OR_RETURN(std::string newest, pack_.Read("checkpoint"));
  const auto parsed = tlog::ParseSignedCheckpoint(newest);
  size_ = parsed.ok() ? parsed->checkpoint.size : 0;
  uint64_t bundles = 0;
  while (bundles * tlog::kTileWidth < size_ && pack_.Has(tlog::TilePath(BundleAt(bundles)))) {
    ++bundles;
  }
  if (bundles * tlog::kTileWidth < size_) {
    Find("BUNDLE", tlog::TilePath(BundleAt(bundles)), "this bundle of entries is missing");
  }
  leaves_.resize(bundles);
  TakeUpAudited();
  std::atomic<uint64_t> next{0};
  std::vector<std::thread> helpers;
  for (size_t i = 1; i < options_.workers; ++i) {
    helpers.emplace_back([&] { WorkOnBundles(next, false); });
  }
  WorkOnBundles(next, true);
  for (std::thread& helper : helpers) helper.join();
  RETURN_IF_ERROR(failure_);
  for (const std::vector<base::Digest>& bundle : leaves_) {
    if (bundle.empty()) break;
    for (const base::Digest& leaf : bundle) {
      if (options_.round) options_.round->Place(register_->leaves(), base::EntryId{leaf.bytes});
      register_->AddLeaf(leaf);
    }
  }
  register_->CheckNewest(newest);
  if (audited_ && audited_->size <= register_->leaves()) {
    register_->CheckAudited(*audited_);
  }
  std::sort(claims_.begin(), claims_.end(),
            [](const Claim& a, const Claim& b) { return a.index < b.index; });
  for (const Claim& claim : claims_) {
    if (claim.index < register_->leaves()) register_->CheckSeen(claim.index, claim.entry);
  }
  return absl::OkStatus();
}

void PackAuditor::CheckTile(const std::string& path, absl::string_view bytes) {
  const auto tile = tlog::ParseTilePath(path);
  if (!tile) return Find("TILE", path, "no such tile exists");
  if (!tile->entries) return register_->CheckHashTile(*tile, bytes);
  const bool newest = tile->number * tlog::kTileWidth < size_ && *tile == BundleAt(tile->number);
  if (!newest) register_->CheckOlderBundle(*tile, bytes);
}

void PackAuditor::CheckTimestamp(absl::string_view name, absl::string_view token) {
  if (options_.tsa_ca.empty()) {
    ++stamps_unread_;
    return;
  }
  const std::string where = absl::StrCat("timestamp ", name);
  // No checkpoint is of size 0.
  const uint64_t size =
      absl::ConsumeSuffix(&name, ".tsr") ? ledger::ParseDecimal(name).value_or(0) : 0;
  const std::string stamped = absl::StrCat("checkpoints/", size);
  if (size == 0 || !pack_.Has(stamped)) {
    return Find("TIMESTAMP", where, "there is no checkpoint file of that name");
  }
  const absl::StatusOr<std::string> data = pack_.Read(stamped);
  const absl::StatusOr<uint64_t> time =
      data.ok() ? crypto::VerifyTimestamp(token, *data, options_.tsa_ca) : data.status();
  if (!time.ok()) return Find("TIMESTAMP", where, std::string(time.status().message()));
  RegisterReport& reg = register_->report();
  ++reg.timestamps;
  if (size == size_ && (reg.existed_before == 0 || *time < reg.existed_before)) {
    reg.existed_before = *time;
  }
}

// Against its name and everything that reports say of it: size, and the root over its chunks.
absl::Status PackAuditor::CheckAttachment(const std::string& path) {
  const uint64_t size = pack_.paths().at(path);
  if (size == 0 || size > blob::kBlobBytesMax) {
    Find("ATTACHMENT", path, absl::StrCat("it has ", size, " bytes, which no attachment has"));
    return absl::OkStatus();
  }
  blob::ContentHash hash;
  RETURN_IF_ERROR(pack_.Pieces(path, [&hash](absl::string_view piece) { hash.Add(piece); }));
  const blob::HashedContent found = hash.Finish();
  ++register_->report().attachments;
  const auto named = named_.find(path);
  if (absl::StrCat(kPackAttachments, found.sha256.ToHex()) != path) {
    Find("ATTACHMENT", path, "its bytes have another hash");
  } else if (named == named_.end()) {
    // The report that names it may be one whose payload is not here.
    if (payloads_missing_ == 0) Find("ATTACHMENT", path, "no report in the pack names it");
  } else {
    for (const blob::BlobId& said : named->second) {
      if (said == found.blob) continue;
      Find("ATTACHMENT", path,
           absl::StrCat("a report says ", said.size, " bytes and root ", said.root.ToHex(),
                        ", it has ", found.blob.size, " and ", found.blob.root.ToHex()));
    }
  }
  return absl::OkStatus();
}

void PackAuditor::SayWhichAttachmentsAreMissing() {
  uint64_t& missing = register_->report().attachments_missing;
  for (const auto& [path, blobs] : named_) missing += pack_.Has(path) ? 0 : 1;
  if (missing == 0) return;
  out_.report.not_checked.push_back(
      absl::StrCat(missing, " attachments: not in the pack, only their hashes are"));
}

// Two numbers with "-" between them.
std::optional<std::pair<uint64_t, uint64_t>> SizesOf(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '-');
  if (parts.size() != 2) return std::nullopt;
  const auto from = ledger::ParseDecimal(parts[0]), to = ledger::ParseDecimal(parts[1]);
  if (!from || !to) return std::nullopt;
  return std::pair(*from, *to);
}

absl::Status PackAuditor::ReadViews() {
  ASSIGN_OR_RETURN(const std::string text, pack_.Read("views"));
  absl::StatusOr<v1::RebuiltViews> told = ParsePackViews(text);
  if (told.ok()) {
    out_.told_views = *std::move(told);
  } else {
    Find("VIEWS", "views", std::string(told.status().message()));
  }
  return absl::OkStatus();
}

absl::Status PackAuditor::CheckFile(const std::string& path) {
  for (absl::string_view folder : {"charter/", "credentials/", "payload/", "keys/"}) {
    if (Within(folder, path)) return absl::OkStatus();  // read elsewhere, or not relied on
  }
  if (path == "checkpoint" || path == "policy") return absl::OkStatus();
  if (path == "views") return ReadViews();
  if (Within(kPackAttachments, path)) return CheckAttachment(path);
  absl::StatusOr<std::string> bytes = pack_.Read(path);
  if (!bytes.ok()) return bytes.status();
  if (Within("tile/", path)) {
    CheckTile(path, *bytes);
  } else if (auto size = Within("checkpoints/", path)) {
    register_->CheckArchived(ledger::ParseDecimal(*size).value_or(~uint64_t{0}), *bytes);
  } else if (auto sizes = Within("consistency/", path)) {
    const auto both = SizesOf(*sizes).value_or(std::pair(~uint64_t{0}, ~uint64_t{0}));
    register_->CheckConsistency(both.first, both.second, *bytes);
  } else if (Within("receipts/", path)) {
    register_->CheckReceipt(path, *bytes);
  } else if (Within("equivocation/", path)) {
    register_->CheckAccusation(path, *bytes);
  } else if (auto stamp = Within("timestamp/", path)) {
    CheckTimestamp(*stamp, *bytes);
  } else {
    if (unknown_++ == 0) first_unknown_ = path;
  }
  return absl::OkStatus();
}

void PackAuditor::CheckTilesComplete() {
  for (const Tile& tile : tlog::TilesOf(register_->leaves())) {
    if (!tile.entries && !pack_.Has(tlog::TilePath(tile))) {
      Find("TILE", tlog::TilePath(tile), "this tile is missing");
    }
  }
}

absl::Status PackAuditor::CheckFiles() {
  for (const auto& [path, size] : pack_.paths()) RETURN_IF_ERROR(CheckFile(path));
  CheckTilesComplete();
  for (const auto& [name, text] : options_.receipts) register_->CheckReceipt(name, text);
  return absl::OkStatus();
}

void PackAuditor::SayWhatWasNotChecked() {
  std::vector<std::string>& list = out_.report.not_checked;
  if (options_.pin.empty()) {
    list.push_back(absl::StrCat("that this is the instrument you mean: compare ",
                                out_.instrument.ToHex(),
                                " with what you know from elsewhere (--pin)"));
  }
  if (from_charter_) {
    list.push_back(
        "whether these register keys and witnesses are the right ones: they are the charter's own "
        "(--policy gives others)");
  }
  if (out_.reg.payloads_missing > 0) {
    list.push_back(absl::StrCat(out_.reg.payloads_missing,
                                " payloads: not in the pack, only their hashes are"));
  }
  if (stamps_unread_ > 0) {
    list.push_back(
        absl::StrCat(stamps_unread_, " time stamps: no authority is trusted (--tsa-ca)"));
  }
  if (unknown_ > 0) {
    list.push_back(absl::StrCat(unknown_, " files that belong to no part of a pack, such as ",
                                first_unknown_));
  }
  list.push_back(
      "whether entries exist that the register never took, or took after this checkpoint");
}

// Read once more, and only of the keys that matter: leaves are not kept while they are checked.
absl::Status PackAuditor::ProveBadSignatures() {
  AuditReport& report = out_.report;
  if (report.bad_keys.empty()) return absl::OkStatus();
  EntriesByFeed feeds;
  for (uint64_t number = 0; number < leaves_.size(); ++number) {
    const Tile tile = BundleAt(number);
    ASSIGN_OR_RETURN(const std::string bytes, pack_.Read(tlog::TilePath(tile)));
    const auto leaves = tlog::DecodeEntryBundle(bytes, tile.width);
    if (!leaves) continue;
    for (const std::string& leaf : *leaves) {
      auto entry = ledger::ParseLeaf(leaf, std::nullopt);
      if (!entry.ok() || !report.bad_keys.contains(entry->header.key)) continue;
      feeds[entry->feed()].push_back(*std::move(entry));
    }
  }
  report.evidence = BadSignatureFile(std::move(feeds));
  return absl::OkStatus();
}

absl::StatusOr<PackAudit> PackAuditor::Run() {
  RETURN_IF_ERROR(ReadAuthority());
  ChoosePolicy();
  RETURN_IF_ERROR(ReadEntries());
  RETURN_IF_ERROR(CheckFiles());
  std::vector<std::string> said = std::move(out_.report.not_checked);
  out_.report = check_->Finish();
  out_.report.not_checked = std::move(said);
  SayWhichAttachmentsAreMissing();
  RETURN_IF_ERROR(ProveBadSignatures());
  out_.reg = std::move(register_->report());
  out_.reg.payloads = payloads_;
  out_.reg.payloads_missing = payloads_missing_;
  if (register_->leaves() < size_) {
    out_.partial = "entries are missing";
  } else if (payloads_missing_ > 0) {
    out_.partial = absl::StrCat("it is partial, without ", Count(payloads_missing_, "payload"));
  }
  SayWhatWasNotChecked();
  return std::move(out_);
}

}  // namespace

absl::StatusOr<PackAudit> AuditPack(const PackFiles& pack, const PackAuditOptions& options) {
  return PackAuditor(pack, options).Run();
}

}  // namespace entente::client

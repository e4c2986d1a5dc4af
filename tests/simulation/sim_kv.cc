#include "tests/simulation/sim_kv.h"

#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/store/schema.h"

namespace entente::simulation {

namespace {

std::vector<storage::FamilyOptions> FamiliesWith(Bug bug) {
  std::vector<storage::FamilyOptions> families = store::Families();
  if (bug == Bug::kLastWriterOnly) {
    families[store::kSlots].merge = [](const std::string*, absl::string_view operand) {
      return base::Str(operand);
    };
  }
  return families;
}

}  // namespace

SimKv::SimKv(Bug bug) : bug_(bug), disk_(std::make_unique<storage::MemoryKv>(FamiliesWith(bug))) {}

storage::WriteBatch SimKv::Spoil(const storage::WriteBatch& batch) const {
  using Kind = storage::WriteBatch::Op::Kind;
  storage::WriteBatch out;
  for (const storage::WriteBatch::Op& op : batch.ops()) {
    const bool entry = op.family == store::kEntries && op.kind == Kind::kPut;
    if (bug_ == Bug::kSkipSequence && entry && store::ParseEntryKey(op.key).sequence == 3) continue;
    const bool retracts = op.family == store::kIndex && op.kind == Kind::kDelete;
    if (bug_ == Bug::kForgetRetraction && retracts) continue;
    if (op.kind == Kind::kPut) out.Put(op.family, op.key, op.value);
    if (op.kind == Kind::kMerge) out.Merge(op.family, op.key, op.value);
    if (op.kind == Kind::kDelete) out.Delete(op.family, op.key);
  }
  return out;
}

absl::Status SimKv::Write(const storage::WriteBatch& batch, storage::Durability durability) {
  if (dead_) return absl::UnavailableError("the machine is off");
  if (die_in_ > 0 && --die_in_ == 0) {
    dead_ = true;
    if (!die_after_) return absl::UnavailableError("the machine went off");
  }
  if (no_space_) {
    no_space_ = false;
    return absl::ResourceExhaustedError("no space left");
  }
  const bool spoilt = bug_ == Bug::kSkipSequence || bug_ == Bug::kForgetRetraction;
  absl::Status written =
      spoilt ? disk_->Write(Spoil(batch), durability) : disk_->Write(batch, durability);
  return dead_ ? absl::UnavailableError("the machine went off") : written;
}

void SimKv::Restart() {
  disk_->Crash();
  dead_ = no_space_ = false;
  die_in_ = 0;
}

SimKv::Image SimKv::Copy() const {
  Image image;
  auto snapshot = disk_->NewSnapshot();
  for (storage::Family family = 0; family < store::Families().size(); ++family) {
    auto& rows = image.emplace_back();
    for (auto it = snapshot->Scan(family, ""); it->Valid(); it->Next())
      rows.emplace_back(base::Str(it->key()), base::Str(it->value()));
  }
  return image;
}

void SimKv::RestoreFrom(const Image& image) {
  disk_ = std::make_unique<storage::MemoryKv>(FamiliesWith(bug_));
  storage::WriteBatch batch;
  for (storage::Family family = 0; family < image.size(); ++family) {
    for (const auto& [key, value] : image[family]) batch.Put(family, key, value);
  }
  ENTENTE_CHECK(disk_->Write(batch, storage::Durability::kSynced).ok());
  dead_ = no_space_ = false;
  die_in_ = 0;
}

}  // namespace entente::simulation

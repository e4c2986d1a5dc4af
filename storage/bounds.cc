#include "storage/bounds.h"

#include "absl/strings/str_cat.h"

namespace entente::storage {

namespace {

absl::Status CheckOp(const WriteBatch::Op& op, const std::vector<FamilyOptions>& families) {
  if (absl::Status known = CheckFamily(op.family, families.size()); !known.ok()) return known;
  const std::string& name = families[op.family].name;
  if (op.kind == WriteBatch::Op::Kind::kMerge && !families[op.family].merge) {
    return absl::InvalidArgumentError(
        absl::StrCat("family '", name, "' has no merge function; give one when opening the store"));
  }
  if (op.key.size() > kMaxKeyBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a key in family '", name, "' has ",
                                                   op.key.size(), " bytes; at most ", kMaxKeyBytes,
                                                   " are allowed"));
  }
  if (op.value.size() > kMaxValueBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a value in family '", name, "' has ",
                                                   op.value.size(), " bytes; at most ",
                                                   kMaxValueBytes, " are allowed"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckBatch(const WriteBatch& batch, const std::vector<FamilyOptions>& families) {
  for (const WriteBatch::Op& op : batch.ops()) {
    if (absl::Status status = CheckOp(op, families); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckFamily(Family family, size_t families) {
  if (family < families) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("family ", family, " is not open; the store has ", families));
}

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix.data(), prefix.size());
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace entente::storage

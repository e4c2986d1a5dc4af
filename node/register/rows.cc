#include "node/register/rows.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/store/schema.h"
#include "node/tlog/tile.h"

namespace entente::reg {

namespace {

constexpr size_t kHash = 32;

std::string Row(char kind, const LogId& log) {
  return absl::StrCat(std::string(1, kind), log.view());
}

std::string Row(char kind, const LogId& log, uint64_t number) {
  std::string key = Row(kind, log);
  base::AppendU64(key, number);
  return key;
}

absl::StatusOr<std::vector<Digest>> ReadTile(const Get& get, const LogId& log,
                                             const tlog::Tile& tile) {
  ASSIGN_OR_RETURN(auto row, get(TileKey(log, tile.level, tile.number)));
  if (!row || row->size() < tile.width * kHash || row->size() % kHash != 0) {
    return RowDamaged("is missing or cut short");
  }
  std::vector<Digest> hashes;
  for (size_t at = 0; at < row->size(); at += kHash) {
    hashes.push_back(*Digest::FromBytes(absl::string_view(*row).substr(at, kHash)));
  }
  return hashes;
}

}  // namespace

LogId LogOf(const VerifierKey& key) { return crypto::Sha256(key.Text()); }

absl::Status RowDamaged(absl::string_view what) {
  return base::Error(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                     absl::StrCat("a row of the register ", what,
                                  "; restore from a backup, entente doctor examines the store"));
}

std::string StateKey(const LogId& log) { return Row('s', log); }
std::string TileKey(const LogId& log, uint32_t level, uint64_t number) {
  std::string key = Row('t', log);
  key.push_back(static_cast<char>(level));
  base::AppendU64(key, number);
  return key;
}
std::string CheckpointKey(const LogId& log, uint64_t size) { return Row('c', log, size); }
std::string CheckpointPrefix(const LogId& log) { return Row('c', log); }
std::string FinalKey(const LogId& log, uint64_t size) { return Row('q', log, size); }
std::string FinalPrefix(const LogId& log) { return Row('q', log); }
std::string EvidenceKey(const LogId& log, const Digest& file) {
  return absl::StrCat(Row('v', log), file.view());
}
std::string EvidencePrefix(const LogId& log) { return Row('v', log); }
std::string ClaimKey(const LogId& log, const EntryId& id) {
  return absl::StrCat(Row('w', log), id.view());
}
std::string ClaimPrefix(const LogId& log) { return Row('w', log); }

uint64_t SizeOfKey(absl::string_view key) {
  ENTENTE_CHECK(key.size() == 1 + kHash + 8);
  return base::ReadU64(key.substr(1 + kHash));
}

Get GetFrom(const storage::Kv* kv) {
  return [kv](const std::string& key) { return kv->Get(store::kRegister, key); };
}

Get GetFrom(const storage::Snapshot* snapshot) {
  return [snapshot](const std::string& key) { return snapshot->Get(store::kRegister, key); };
}

tlog::NodeSource NodesOf(const Get& get, const LogId& log, uint64_t size) {
  using Tiles = std::map<std::pair<uint32_t, uint64_t>, std::vector<Digest>>;
  auto tiles = std::make_shared<Tiles>();
  return tlog::NodesFromTiles(
      size, [get, log, tiles](const tlog::Tile& tile) -> absl::StatusOr<std::vector<Digest>> {
        auto& kept = (*tiles)[{tile.level, tile.number}];
        if (kept.size() < tile.width) {
          ASSIGN_OR_RETURN(kept, ReadTile(get, log, tile));
        }
        return kept;
      });
}

absl::StatusOr<std::vector<EntryId>> LeavesOf(const Get& get, const LogId& log, uint64_t from,
                                              uint64_t to) {
  std::vector<EntryId> out;
  for (uint64_t at = from; at < to;) {
    const uint64_t number = at / tlog::kTileWidth;
    const uint64_t end = std::min(to, (number + 1) * tlog::kTileWidth);
    const auto width = static_cast<uint32_t>(end - number * tlog::kTileWidth);
    ASSIGN_OR_RETURN(std::vector<Digest> hashes, ReadTile(get, log, {false, 0, number, width}));
    for (; at < end; ++at) {
      out.push_back(*EntryId::FromBytes(hashes[at - number * tlog::kTileWidth].view()));
    }
  }
  return out;
}

}  // namespace entente::reg

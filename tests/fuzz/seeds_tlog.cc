// Seeds of the register's formats: a register of 300 entries with two witnesses.
#include "absl/strings/str_cat.h"
#include "client/audit/pack_files.h"
#include "client/audit/pack_views.h"
#include "node/base/check.h"
#include "node/crypto/sha256.h"
#include "node/tlog/equivocation.h"
#include "node/tlog/memory_tree.h"
#include "node/tlog/receipt.h"
#include "node/tlog/tile.h"
#include "tests/fuzz/seeds.h"
#include "tests/support/register_world.h"

namespace entente::fuzz {

namespace {

constexpr uint64_t kSeedEntries = 300;

std::string LogEquivocationSeed(const support::RegisterWorld& world, uint64_t size) {
  std::vector<support::Written> other = world.written();
  other[7] = world.Rewritten(7);
  tlog::MemoryTree tree;
  for (const support::Written& one : world.written()) {
    tree.Append(base::Digest{ledger::ParseLeaf(one.leaf, std::nullopt)->id.bytes});
  }
  const tlog::SignedCheckpoint& newest = world.checkpoints().back();
  const auto file = tlog::MakeLogEquivocation(world.policy().logs[0].key, newest,
                                              world.Sign(other, size, false), tree.Source());
  ENTENTE_CHECK(file.ok());
  return tlog::EquivocationText(*file);
}

std::string AuthorEquivocationSeed(const support::RegisterWorld& world) {
  tlog::Equivocation file;
  file.type = tlog::EquivocationType::kAuthorFork;
  file.branches = {{world.written()[7].leaf}, {world.Rewritten(7).leaf}};
  file.key = ledger::ParseLeaf(world.written()[7].leaf, std::nullopt)->header.key;
  return tlog::EquivocationText(file);
}

std::string WithWidth(uint8_t width, const std::string& bytes) {
  return std::string(1, static_cast<char>(width)) + bytes;
}

}  // namespace

void AddTlogSeeds(AllSeeds& all) {
  const support::RegisterWorld world(kSeedEntries);
  const support::PackMap pack = world.Pack();
  all["checkpoint"]["cosigned"] = pack.at("checkpoint");
  all["checkpoint"]["plain"] = world.Sign(world.written(), 7, false).File();
  for (const auto& [path, bytes] : pack) {
    if (path.starts_with("receipts/")) all["receipt"]["head-" + path.substr(9, 3)] = bytes;
    if (path.starts_with("consistency/")) all["witness"][path.substr(12)] = bytes;
  }
  all["policy"]["flat"] = pack.at("policy");
  const tlog::Policy policy = world.policy();
  all["policy"]["nested"] = absl::StrCat(
      "# trusted\nlog ", policy.logs[0].key.Text(), " https://log.example/\nwitness a ",
      policy.witnesses[0].key.Text(), "\nwitness b ", policy.witnesses[1].key.Text(),
      "\nwitness c ", policy.witnesses[2].key.Text(),
      "\ngroup two all a b\ngroup end any two c\nquorum end\n");
  all["tile"]["path-full"] = "tile/0/x001/x234/067";
  all["tile"]["path-entries"] = "tile/entries/000.p/44";
  all["tile"]["hashes"] = WithWidth(44, pack.at("tile/0/001.p/44"));
  all["tile"]["entries"] = WithWidth(44, pack.at("tile/entries/001.p/44"));
  all["equivocation"]["log-same-size"] = LogEquivocationSeed(world, kSeedEntries);
  all["equivocation"]["log-inconsistent"] = LogEquivocationSeed(world, 100);
  all["equivocation"]["author-fork"] = AuthorEquivocationSeed(world);
  v1::RebuiltViews views;
  views.set_version("0.1.0");
  views.set_entries(kSeedEntries);
  views.set_authority_digest(crypto::Sha256("authority").str());
  views.set_frontier_digest(crypto::Sha256("frontier").str());
  views.set_view_digest(crypto::Sha256("views").str());
  all["pack_views"]["whole"] = client::PackViewsText(views);
  all["tar_header"]["file"] = client::TarHeader("tile/entries/001.p/44", 12345);
  all["tar_header"]["long"] = client::TarHeader(
      absl::StrCat("credentials/", std::string(64, 'a'), "/suspend-", std::string(64, 'b')), 77);
}

}  // namespace entente::fuzz

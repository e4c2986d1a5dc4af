// entente audit and audit pack against a node that is played: what the node exports is checked and
// packed as it came.
#include "tests/unit/client/audit_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "client/audit/pack_files.h"
#include "client/base/files.h"
#include "node/meaning/record/reference.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;

TEST_F(AuditCommand, APackOfWhatTheNodeExportsIsTheRegistersOwn) {
  const support::RegisterWorld world(300, 60);
  std::vector<support::Written> shuffled = world.written();
  std::reverse(shuffled.begin(), shuffled.end());  // a log comes feed by feed, not in this order
  Play(world, shuffled, world.written());
  const std::string path = absl::StrCat(home_, "/euca.pack");
  ASSERT_EQ(Run({"audit", "pack", "--out", path}), 0) << err_.str();
  auto pack = OpenPack(path);
  ASSERT_TRUE(pack.ok()) << pack.status();
  support::PackMap files;
  for (const auto& [name, size] : (*pack)->paths()) files[name] = *(*pack)->Read(name);
  EXPECT_EQ(files, world.Pack());
  EXPECT_EQ(Run({"audit", "--pack", path, "--pin", world.instrument().ToHex()}), 0)
      << out_.str() << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("clean"));
  EXPECT_EQ(Run({"audit", "pack", "--out", path}), 5) << "nothing is overwritten";
}

TEST_F(AuditCommand, ANodeThatLacksAnEntryMakesNoPack) {
  const support::RegisterWorld world(100, 50);
  std::vector<support::Written> log = world.written();
  log.erase(log.begin() + 40);
  Play(world, log, world.written());
  EXPECT_EQ(Run({"audit", "pack", "--out", absl::StrCat(home_, "/p")}), 6);
  EXPECT_THAT(err_.str(), HasSubstr("number 40 of the register"));
  EXPECT_FALSE(fs::exists(absl::StrCat(home_, "/p")));
}

TEST_F(AuditCommand, TheNodesRegisterIsCheckedWithItsLog) {
  const support::RegisterWorld world(300, 60);
  Play(world, world.written(), world.written());
  Run({"audit", "--json"});
  EXPECT_THAT(out_.str(), HasSubstr("\"quorum\": true"));
  EXPECT_THAT(out_.str(), HasSubstr("\"seen_claims\": 240"));
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("CHECKPOINT"))) << out_.str();
}

TEST_F(AuditCommand, ACheckpointThatWaitsForItsWitnessesIsNoFault) {
  support::RegisterWorld world(300, 60);
  Play(world, world.written(), world.written());
  v1::RegisterChunk leaves, checkpoints;
  for (const support::Written& one : world.written()) {
    leaves.mutable_leaves()->append(ledger::ParseLeaf(one.leaf, std::nullopt)->id.str());
  }
  for (const tlog::SignedCheckpoint& c : world.checkpoints()) {
    const uint64_t size = c.checkpoint.size;
    checkpoints.add_checkpoints(world.Sign(world.written(), size, size < 300).File());
  }
  node_.OnStream(registry::kExportRegister, std::vector<v1::RegisterChunk>{leaves, checkpoints});
  EXPECT_EQ(Run({"audit"}), 0) << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr("240 entries, root"));
  EXPECT_THAT(out_.str(), HasSubstr("1 newer checkpoints wait"));
  const std::string path = absl::StrCat(home_, "/euca.pack");
  ASSERT_EQ(Run({"audit", "pack", "--out", path}), 0) << err_.str();
  EXPECT_THAT(err_.str(), HasSubstr("60 newer entries are left out"));
  EXPECT_EQ(Run({"audit", "--bundle", path}), 0) << out_.str();
}

TEST_F(AuditCommand, ARegisterThatChangedItsOrderIsFound) {
  const support::RegisterWorld world(300, 60);
  std::vector<support::Written> order = world.written();
  std::swap(order[70], order[71]);
  Play(world, world.written(), order);
  EXPECT_EQ(Run({"audit"}), 4);
  EXPECT_THAT(out_.str(), HasSubstr("FINDING ROOT"));
  EXPECT_THAT(out_.str(), HasSubstr("FINDING CHECKPOINT"));
  EXPECT_THAT(out_.str(), HasSubstr("FINDING SEEN"));
}

TEST_F(AuditCommand, ViewsAreMadeAgainAndCompared) {
  const support::RegisterWorld world(100, 50);
  Play(world, world.written(), world.written());
  EXPECT_EQ(Run({"audit"}), 0) << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr("not recomputed here: cannot start the node's program"));
  PlayRebuilding("frontier", "views");
  EXPECT_EQ(Run({"audit"}), 0) << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr(", made again from the entries"));
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("not recomputed")));
  EXPECT_EQ(Run({"audit", "--json"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("\"views_recomputed\": true"));
  PlayRebuilding("frontier", "other views");
  EXPECT_EQ(Run({"audit"}), 4);
  EXPECT_THAT(out_.str(), HasSubstr("FINDING VIEWS"));
  PlayRebuilding("another set", "other views");
  EXPECT_EQ(Run({"audit"}), 4);
  EXPECT_THAT(out_.str(), HasSubstr("FINDING FRONTIER"));
  PlayRebuilding("frontier", "views", "test", "other notes");
  EXPECT_EQ(Run({"audit"}), 4);
  EXPECT_THAT(out_.str(), HasSubstr("FINDING AUTHORITY"));
  PlayRebuilding("frontier", "other views", "another version");
  EXPECT_EQ(Run({"audit"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("the node is of version test, entented here of another"));
}

TEST_F(AuditCommand, APackCarriesItsViewsAndWhoReadsItMakesThemAgain) {
  const support::RegisterWorld world(130, 50);
  const std::string set(32, 'f'), views(32, 'v'), notes(32, 'n');
  Play(world, world.written(), world.written());
  PlayRebuilding(set, views, "test", notes);
  ASSERT_EQ(Run({"audit", "pack", "--out", home_ + "/pack/"}), 0) << err_.str();
  // Of what the pack holds, not of what the node holds.
  EXPECT_EQ(EntriesGiven(), world.checkpoints().back().checkpoint.size);
  const std::vector<std::string> pack = {"audit", "--dir", home_ + "/pack"};
  EXPECT_EQ(Run(pack), 0) << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr("made again from the entries"));
  EXPECT_EQ(EntriesGiven(), world.checkpoints().back().checkpoint.size);
  PlayRebuilding(set, std::string(32, 'w'), "test", notes);
  EXPECT_EQ(Run(pack), 4);
  EXPECT_THAT(out_.str(), HasSubstr("FINDING VIEWS pack: the pack says 7676"));
  setenv("ENTENTE_NODE_PROGRAM", "/nowhere/entented", 1);
  EXPECT_EQ(Run(pack), 0);
  EXPECT_THAT(out_.str(), HasSubstr("no views were made from the pack: cannot start"));
  PlayRebuilding(set, std::string(32, 'w'), "test", notes);
  for (const char* text : {"", "entente-views/1\n", "x"}) {
    ASSERT_TRUE(WriteFile(home_ + "/pack/views", text).ok());
    EXPECT_EQ(Run(pack), 4);
    EXPECT_THAT(out_.str(), HasSubstr("FINDING VIEWS views: it does not read"));
  }
  fs::remove(home_ + "/pack/views");
  EXPECT_EQ(Run(pack), 0);
  EXPECT_THAT(out_.str(), HasSubstr("the pack carries no view digest"));
}

TEST_F(AuditCommand, OfAPartialPackNoViewsAreMadeAndThatIsSaid) {
  const support::RegisterWorld world(100, 50);
  const std::string set(32, 'f'), views(32, 'v'), notes(32, 'n');
  Play(world, world.written(), world.written());
  PlayRebuilding(set, views, "test", notes);
  ASSERT_EQ(Run({"audit", "pack", "--out", home_ + "/pack/"}), 0) << err_.str();
  PlayRebuilding(set, std::string(32, 'w'), "test", notes);
  fs::remove(fs::directory_iterator(home_ + "/pack/payload")->path());
  EXPECT_EQ(Run({"audit", "--dir", home_ + "/pack"}), 0) << out_.str();
  EXPECT_THAT(out_.str(),
              HasSubstr("no views were made from the pack: it is partial, without 1 payload"));
}

TEST_F(AuditCommand, WhatWasNotMadeAgainHereIsNotSigned) {
  const support::RegisterWorld world(100, 50);
  Play(world, world.written(), world.written());
  EXPECT_EQ(Run({"audit", "--key", home_ + "/a.key", "--yes"}), 9);
  EXPECT_THAT(out_.str(), HasSubstr("clean")) << "what was found is told all the same";
  EXPECT_THAT(err_.str(), HasSubstr("nothing was signed"));
  EXPECT_EQ(Run({"audit", "--dir", home_, "--key", home_ + "/a.key"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--key goes with a node"));
}

class Absence : public AuditCommand {
 protected:
  Absence() {
    Play(world_, world_.written(), world_.written());
    node_.On(local::kGetChain, [this](const v1::GetChainRequest& request, v1::Chain& response) {
      const std::string folder = request.kind() == "charter"
                                     ? "charter/"
                                     : absl::StrCat("credentials/", base::ToHex(request.id()), "/");
      for (const auto& [path, file] : world_.Pack())
        if (path.starts_with(folder)) response.add_notes(file);
      return absl::OkStatus();
    });
    node_.On(registry::kListCheckpoints,
             [this](const v1::ListCheckpointsRequest&, v1::ListCheckpointsResponse& response) {
               response.add_checkpoints(world_.checkpoints().back().File());
               return absl::OkStatus();
             });
  }
  int Ask(const std::string& commitment) {
    return Run({"audit", "absence", "--delegation", "KG", "--at", "60", "--slot",
                meaning::ReferenceOfSlot("EUCA-2014", support::ReportSlot("KG", commitment))});
  }

  const support::RegisterWorld world_{60, 60};
};

TEST_F(Absence, WhatIsThereIsFoundAndWhatIsNotIsShownToBeAbsent) {
  EXPECT_EQ(Ask("DDR/08"), 4) << out_.str() << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("KG had something in"));
  EXPECT_EQ(Ask("DDR/09"), 0) << out_.str() << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("KG had nothing in"));
}

// Without the notes that say whose a key is, its entries would be nobody's.
TEST_F(Absence, ANodeThatHidesWhoseAKeyIsProvesNothing) {
  v1::LogChunk notes, entries;
  for (const auto& [path, file] : world_.Pack()) {
    if (path.starts_with("charter/")) notes.add_notes(file);
  }
  for (const support::Written& one : world_.written()) {
    v1::SignedEntry* raw = entries.add_entries();
    raw->set_leaf(one.leaf);
    raw->set_payload(one.payload);
  }
  node_.OnStream(local::kExportLog, std::vector<v1::LogChunk>{notes, entries});
  EXPECT_EQ(Ask("DDR/08"), 4);
  EXPECT_THAT(err_.str(), HasSubstr("it may be anybody's"));
}

TEST_F(AuditCommand, AReceiptThatTheNodesRegisterDoesNotHonourIsFound) {
  const support::RegisterWorld world(300, 60);
  Play(world, world.written(), world.written());
  const std::string path = home_ + "/mine.tlog-proof";
  ASSERT_TRUE(WriteFile(path, world.Pack().at("receipts/299.tlog-proof")).ok());
  EXPECT_EQ(Run({"audit", "--receipt", path}), 0) << out_.str();
  std::vector<support::Written> order = world.written();
  order[299] = world.Rewritten(299);
  Play(world, order, order);
  EXPECT_EQ(Run({"audit", "--receipt", path}), 4);
  EXPECT_THAT(out_.str(), HasSubstr("FINDING RECEIPT"));
  node_.OnStream(registry::kExportRegister, std::vector<v1::RegisterChunk>{});
  EXPECT_EQ(Run({"audit"}), 0) << out_.str();
  EXPECT_EQ(Run({"audit", "--receipt", path}), 4) << "a register that is hidden honours nothing";
  EXPECT_THAT(out_.str(), HasSubstr("FINDING RECEIPT"));
}

TEST_F(AuditCommand, TimeStampsGoIntoThePackWithTheBytesTheyStamp) {
  const support::RegisterWorld world(300, 60);
  Play(world, world.written(), world.written());
  // What was stamped had the register's own line only; 70 is a size this node has no checkpoint of.
  const std::string bare = world.Sign(world.written(), 120, false).File(),
                    between = world.Sign(world.written(), 70, true).File();
  for (const auto& [name, bytes] : {std::pair("120", bare), std::pair("70", between)}) {
    ASSERT_TRUE(WriteFile(absl::StrCat(home_, "/", name), bytes).ok());
    ASSERT_TRUE(WriteFile(absl::StrCat(home_, "/", name, ".tsr"), "token").ok());
  }
  const std::string path = absl::StrCat(home_, "/euca.pack");
  ASSERT_EQ(Run({"audit", "pack", "--out", path, "--timestamp", home_ + "/120.tsr", "--timestamp",
                 home_ + "/70.tsr"}),
            0)
      << err_.str();
  auto pack = OpenPack(path);
  ASSERT_TRUE(pack.ok());
  EXPECT_EQ(*(*pack)->Read("checkpoints/120"), bare);
  EXPECT_EQ(*(*pack)->Read("checkpoints/70"), between);
  EXPECT_EQ(*(*pack)->Read("timestamp/120.tsr"), "token");
  EXPECT_EQ(Run({"audit", "--bundle", path}), 0) << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr("2 time stamps"));
  // Not over a checkpoint of this register, not in the pack, or without it.
  EXPECT_EQ(Run({"audit", "pack", "--out", home_ + "/a", "--timestamp", home_ + "/120"}), 2);
  fs::remove(home_ + "/70");
  EXPECT_EQ(Run({"audit", "pack", "--out", home_ + "/a", "--timestamp", home_ + "/70.tsr"}), 9);
  std::vector<support::Written> other = world.written();
  other[3] = world.Rewritten(3);
  ASSERT_TRUE(WriteFile(home_ + "/70", world.Sign(other, 70, true).File()).ok());
  EXPECT_EQ(Run({"audit", "pack", "--out", home_ + "/a", "--timestamp", home_ + "/70.tsr"}), 4);
  EXPECT_THAT(err_.str(), HasSubstr("another root"));
}

TEST_F(AuditCommand, WrongUseIsSaid) {
  EXPECT_EQ(Run({"audit", "--dir", "a", "--pack", "b"}), 2);
  EXPECT_EQ(Run({"audit", "--pin", "xyz", "--dir", home_}), 2);
  EXPECT_EQ(Run({"audit", "--tsa-ca", "x"}), 2);
  EXPECT_EQ(Run({"audit", "--dir", absl::StrCat(home_, "/nowhere")}), 9);
  EXPECT_EQ(Run({"audit", "--dir", home_}), 9);
  EXPECT_EQ(Run({"audit", "--dir", home_, "--policy", "/nowhere"}), 9);
  EXPECT_EQ(Run({"receipt", "verify", "x"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("whom do you believe"));
}

}  // namespace
}  // namespace entente::client

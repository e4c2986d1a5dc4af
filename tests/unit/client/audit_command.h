// entente audit as a person runs it, against a node that is played.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_cat.h"
#include "client/app.h"
#include "client/base/files.h"
#include "client/context/local_methods.h"
#include "client/context/register_methods.h"
#include "entente/v1/operator.pb.h"
#include "node/base/bytes.h"
#include "tests/support/register_world.h"
#include "tests/unit/client/fake_channel.h"

namespace entente::client {

namespace fs = std::filesystem;

class AuditCommand : public testing::Test {
 protected:
  AuditCommand() {
    std::string pattern = (fs::temp_directory_path() / "entente-audit.XXXXXX").string();
    home_ = mkdtemp(pattern.data());
    setenv("ENTENTE_NODE_PROGRAM", "/nowhere/entented", 1);
  }
  ~AuditCommand() override { fs::remove_all(home_); }

  // Of the program that makes views again this much is played: its answer.
  void PlayRebuilding(const std::string& frontier, const std::string& views,
                      const std::string& version = "test", const std::string& authority = "") {
    v1::JobAnswer answer;
    answer.mutable_rebuilt()->set_authority_digest(authority);
    answer.mutable_rebuilt()->set_frontier_digest(frontier);
    answer.mutable_rebuilt()->set_view_digest(views);
    answer.mutable_rebuilt()->set_version(version);
    const std::string bytes = home_ + "/answer", program = home_ + "/program";
    ASSERT_TRUE(WriteFile(bytes, answer.SerializeAsString()).ok());
    ASSERT_TRUE(
        WriteFile(program,
                  absl::StrCat("#!/bin/sh\nfor word; do\n  [ \"$last\" = --log ] && cp \"$word\" ",
                               home_, "/log\n  last=$word\ndone\ncat ", bytes, "\n"))
            .ok());
    fs::permissions(program, fs::perms::owner_all);
    setenv("ENTENTE_NODE_PROGRAM", program.c_str(), 1);
  }

  // How many entries that program was given, none before the notes.
  size_t EntriesGiven() {
    size_t entries = 0, notes = 0;
    const std::string log = *ReadFile(home_ + "/log");
    for (size_t at = 0; at < log.size();) {
      const uint32_t size = base::ReadU32(absl::string_view(log).substr(at));
      v1::LogChunk chunk;
      EXPECT_TRUE(chunk.ParseFromString(log.substr(at + 4, size)));
      notes += static_cast<size_t>(chunk.notes_size());
      EXPECT_TRUE(chunk.entries().empty() || notes > 0);
      entries += static_cast<size_t>(chunk.entries_size());
      at += 4 + size;
    }
    return entries;
  }

  // What a node that holds this register answers.
  void Play(const support::RegisterWorld& world, const std::vector<support::Written>& log,
            const std::vector<support::Written>& order) {
    v1::InstrumentStatus instrument;
    instrument.set_code("EUCA-2014");
    instrument.set_id(world.instrument().str());
    instrument.set_entries(log.size());
    instrument.set_frontier_digest("frontier");
    instrument.set_view_digest("views");
    node_.On(local::kGetStatus,
             [instrument](const v1::GetStatusRequest&, v1::NodeStatus& response) {
               response.set_version("test");
               *response.add_instruments() = instrument;
               return absl::OkStatus();
             });
    node_.On(local::kListInstruments,
             [&world](const v1::ListInstrumentsRequest&, v1::ListInstrumentsResponse& response) {
               response.add_instruments()->set_code("EUCA-2014");
               response.mutable_instruments(0)->set_id(world.instrument().str());
               return absl::OkStatus();
             });
    v1::LogChunk notes, entries;
    for (const auto& [path, file] : world.Pack()) {
      if (path.starts_with("charter/") || path.starts_with("credentials/")) notes.add_notes(file);
    }
    for (const support::Written& one : log) {
      v1::SignedEntry* raw = entries.add_entries();
      raw->set_leaf(one.leaf);
      raw->set_payload(one.payload);
    }
    node_.OnStream(local::kExportLog, std::vector<v1::LogChunk>{notes, entries});
    v1::RegisterChunk leaves, checkpoints;
    for (const support::Written& one : order) {
      leaves.mutable_leaves()->append(ledger::ParseLeaf(one.leaf, std::nullopt)->id.str());
    }
    for (const tlog::SignedCheckpoint& c : world.checkpoints()) {
      checkpoints.add_checkpoints(c.File());
    }
    node_.OnStream(registry::kExportRegister, std::vector<v1::RegisterChunk>{leaves, checkpoints});
  }
  int Run(std::vector<std::string> words) {
    out_.str("");
    err_.str("");
    Context context({&in_, &out_, &err_});
    context.UseChannel(node_.NewChannel());
    CLI::App app;
    BuildApp(app, context);
    words.insert(words.end(), {"--instrument", "EUCA-2014"});
    std::reverse(words.begin(), words.end());
    app.parse(words);
    auto done = context.action();
    if (!done.ok()) err_ << ErrorText(done.status(), false, context.phrases());
    return static_cast<int>(done.ok() ? *done : ExitOf(done.status()));
  }

  std::string home_;
  FakeNode node_;
  std::istringstream in_;
  std::ostringstream out_, err_;
};

}  // namespace entente::client

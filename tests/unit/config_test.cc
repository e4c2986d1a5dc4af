#include "node/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "node/config_file.h"

namespace entente {
namespace {

using ::testing::HasSubstr;

// A configuration file of the test's own.
class ConfigTest : public ::testing::Test {
 protected:
  ~ConfigTest() override { std::remove(path_.c_str()); }

  void WriteFile(const std::string& text) { std::ofstream(path_) << text; }

  absl::StatusOr<LoadedConfig> Load(std::vector<std::string> arguments,
                                    std::map<std::string, std::string> environment = {}) {
    return LoadConfig({std::move(arguments), std::move(environment), path_});
  }

  const std::string path_ = ::testing::TempDir() + "/entente-" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name() +
                            ".toml";
};

TEST_F(ConfigTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
  EXPECT_EQ(Load({"--data", "/d"})->config.listen, "0.0.0.0:7400");
  WriteFile("data = '/d'\nlisten = '10.0.0.1:1'\n");
  EXPECT_EQ(Load({})->config.listen, "10.0.0.1:1");
  EXPECT_EQ(Load({}, {{"ENTENTE_LISTEN", "10.0.0.1:2"}})->config.listen, "10.0.0.1:2");
  EXPECT_EQ(Load({"--listen=10.0.0.1:3"}, {{"ENTENTE_LISTEN", "10.0.0.1:2"}})->config.listen,
            "10.0.0.1:3");
}

TEST_F(ConfigTest, AttachmentsAreSetInAllAndByInstrument) {
  WriteFile(
      "data = '/d'\n[attachments]\nfetch = 'own'\nfetch_max = 50\n"
      "instruments = 'EUCA-2014:all:200:100  CADAP-6:none:1:1024'\n");
  const LoadedConfig loaded = Load({"--attachments-attach-max", "30"}).value();
  const blob::LimitsByInstrument& limits = loaded.config.attachments;
  EXPECT_EQ(limits.For("PP-2012").fetch, blob::Fetch::kOwn);
  EXPECT_EQ(limits.For("PP-2012").fetch_max, uint64_t{50} << 20);
  EXPECT_EQ(limits.For("PP-2012").attach_max, uint64_t{30} << 20);
  EXPECT_EQ(limits.For("EUCA-2014").fetch, blob::Fetch::kAll);
  EXPECT_EQ(limits.For("EUCA-2014").attach_max, uint64_t{100} << 20);
  EXPECT_EQ(limits.For("CADAP-6").attach_max, blob::kBlobBytesMax);
  EXPECT_THAT(PrintConfig(loaded), HasSubstr("CADAP-6:none:1:1024 EUCA-2014:all:200:100"));
  for (const char* bad :
       {"--attachments-fetch=some", "--attachments-fetch-max=0", "--attachments-attach-max=1025",
        "--attachments-instruments=EUCA:all", "--attachments-instruments=:all:1:1",
        "--attachments-instruments=euca-2014:all:1:1"}) {
    const absl::Status status = Load({bad}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_THAT(std::string(status.message()), HasSubstr("is not accepted; give "));
  }
}

TEST_F(ConfigTest, OriginsSayWhereEachValueCameFrom) {
  WriteFile("data = '/d'\n\n[log]\nlevel = 'debug'\n");
  const LoadedConfig loaded =
      Load({"--socket", "/s/node.sock"}, {{"ENTENTE_LOG_FORMAT", "json"}}).value();
  EXPECT_EQ(loaded.origins.at("log.level"), path_ + ":4");
  EXPECT_EQ(loaded.origins.at("log.format"), "ENTENTE_LOG_FORMAT");
  EXPECT_EQ(loaded.origins.at("socket"), "--socket");
  EXPECT_EQ(loaded.origins.at("listen"), "default");
  EXPECT_EQ(loaded.config.log.level, runtime::LogLevel::kDebug);
  EXPECT_EQ(loaded.config.log.format, runtime::LogFormat::kJson);
}

TEST_F(ConfigTest, UnknownKeyIsNamedWithItsLineAndTheNearest) {
  WriteFile("data = '/d'\n[limits]\nconection_per_source = 3\n");
  const absl::Status status = Load({}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_ + ":3: "));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("did you mean limits.connections_per_source?"));
}

TEST_F(ConfigTest, UnknownFlagIsNamedWithTheNearest) {
  EXPECT_THAT(std::string(Load({"--lisen", "x"}).status().message()),
              HasSubstr("did you mean --listen?"));
}

TEST_F(ConfigTest, FlagWithoutItsValueIsRefused) {
  EXPECT_THAT(std::string(Load({"--data"}).status().message()), HasSubstr("--data PATH"));
}

TEST_F(ConfigTest, ValuesOutsideTheirRangeAreRefusedWithTheRange) {
  const std::pair<std::string, std::string> cases[] = {
      {"--listen=nowhere", "HOST:PORT"},
      {"--advertise=kg.example:0", "HOST:PORT"},
      {"--log-level=loud", "debug|info|warning|error"},
      {"--limits-connections-per-source=0", "1 to 65535"},
      {"--limits-connections-total=many", "1 to 65535"},
      {"--sync-interval=soon", "such as 90s"},
      {"--sync-interval=1ms", "from 1s"},
  };
  for (const auto& [argument, range] : cases) {
    const absl::Status status = Load({"--data=/d", argument}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << argument;
    EXPECT_THAT(std::string(status.message()), HasSubstr(range)) << argument;
  }
}

TEST_F(ConfigTest, SocketFollowsTheRuntimeDirectory) {
  EXPECT_EQ(Load({"--data=/d"})->config.socket, "/run/entente/node.sock");
  EXPECT_EQ(Load({"--data=/d"}, {{"XDG_RUNTIME_DIR", "/run/user/7"}})->config.socket,
            "/run/user/7/entente/node.sock");
}

TEST_F(ConfigTest, DataDirectoryIsRequired) {
  EXPECT_THAT(std::string(Load({}).status().message()), HasSubstr("--data DIR"));
}

TEST_F(ConfigTest, NamedFileMustBeThere) {
  EXPECT_EQ(Load({"--config", path_ + ".missing"}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(ConfigTest, HelpNeedsNothingElse) {
  EXPECT_EQ(Load({"--help"})->action, LoadedConfig::Action::kHelp);
  EXPECT_THAT(ConfigHelp(), HasSubstr("--limits-connections-per-source N"));
}

TEST_F(ConfigTest, PrintedConfigReadsBackAsItself) {
  const LoadedConfig first =
      Load({"--data=/with \"quotes\"", "--sync-interval=90s", "--log-format=json"}).value();
  WriteFile(PrintConfig(first));
  const auto second = Load({});
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->config.data_dir, "/with \"quotes\"");
  EXPECT_EQ(second->config.sync_interval, absl::Seconds(90));
  EXPECT_EQ(second->config.log.format, runtime::LogFormat::kJson);
}

TEST(ConfigFile, ErrorsBeginWithFileAndLine) {
  EXPECT_THAT(std::string(ParseConfigFile("node.toml", "a = 1\nb = \n").status().message()),
              HasSubstr("node.toml:2"));
  EXPECT_THAT(std::string(ParseConfigFile("node.toml", "a = 1\n\nb = [1]\n").status().message()),
              HasSubstr("node.toml:3: b takes one value"));
}

}  // namespace
}  // namespace entente

#include "node/runtime/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace entente::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr uint64_t kNoon = 1795348800000;  // 2026-11-22T12:00:00Z

std::vector<std::string> LinesOf(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The log's output in a file, for one test.
class LogFileTest : public ::testing::Test {
 protected:
  LogFileTest() { unlink(path_.c_str()); }
  ~LogFileTest() override {
    EXPECT_TRUE(InitLog({}).ok());
    unlink(path_.c_str());
  }
  const std::string path_ = ::testing::TempDir() + "/entente-log-" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST(LogLine, JsonIsOneObjectWhateverTheTextHolds) {
  const std::string line =
      FormatLogLine(LogFormat::kJson, LogLevel::kWarning, kNoon, "peer_refused",
                    {{"reason", "a \"quote\", a\nbreak and \xff"}, {"count", 7}, {"final", true}});
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  const auto parsed = nlohmann::json::parse(line);
  EXPECT_EQ(parsed["time"], "2026-11-22T12:00:00.000Z");
  EXPECT_EQ(parsed["level"], "warning");
  EXPECT_EQ(parsed["event"], "peer_refused");
  EXPECT_EQ(parsed["reason"], "a \"quote\", a\nbreak and \xEF\xBF\xBD");
  EXPECT_EQ(parsed["count"], 7);
  EXPECT_EQ(parsed["final"], true);
}

TEST(LogLine, TextQuotesWhatCouldForgeAField) {
  EXPECT_EQ(FormatLogLine(LogFormat::kText, LogLevel::kInfo, kNoon, "started",
                          {{"address", "127.0.0.1:7400"},
                           {"name", "x level=error\nevent=forged"},
                           {"empty", ""},
                           {"bytes", 12u}},
                          3),
            "time=2026-11-22T12:00:00.000Z level=info event=started address=127.0.0.1:7400 "
            "name=\"x level=error\\nevent=forged\" empty=\"\" bytes=12 suppressed=3");
}

TEST_F(LogFileTest, LinesUnderTheLevelAreLeftOut) {
  ASSERT_TRUE(InitLog({.level = LogLevel::kWarning, .file = path_}).ok());
  Log(LogLevel::kInfo, "quiet");
  Log(LogLevel::kError, "loud", {{"braces", "{} {0}"}});
  EXPECT_THAT(LinesOf(path_), ElementsAre(HasSubstr("event=loud braces=\"{} {0}\"")));
}

TEST_F(LogFileTest, RepeatedLineIsHeldBackForItsInterval) {
  ASSERT_TRUE(InitLog({.file = path_}).ok());
  for (int i = 0; i < 100; ++i) {
    LogEvery("test.repeated", absl::Hours(1), LogLevel::kWarning, "repeated");
  }
  LogEvery("test.other", absl::Hours(1), LogLevel::kWarning, "other");
  EXPECT_THAT(LinesOf(path_), SizeIs(2));
}

TEST_F(LogFileTest, NextLineSaysHowManyWereHeldBack) {
  ASSERT_TRUE(InitLog({.file = path_}).ok());
  LogEvery("test.counted", absl::Milliseconds(1), LogLevel::kWarning, "counted");
  int calls = 0;
  while (LinesOf(path_).size() < 2) {
    LogEvery("test.counted", absl::Milliseconds(1), LogLevel::kWarning, "counted");
    ++calls;
  }
  if (calls > 1) {
    EXPECT_THAT(LinesOf(path_)[1], HasSubstr("suppressed=" + std::to_string(calls - 1)));
  }
}

TEST_F(LogFileTest, FileThatCannotBeWrittenIsToldAtOnce) {
  const absl::Status status = InitLog({.file = "/nonexistent/entente.log"});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nonexistent/entente.log"));
}

}  // namespace
}  // namespace entente::runtime

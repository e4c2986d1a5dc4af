// What `entente status --metrics` prints is what Prometheus reads: a scraper of the format's rules
// goes over it, whatever the node says.
#include "client/base/metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace entente::client {
namespace {

v1::NodeStatus SomeStatus() {
  v1::NodeStatus status;
  status.set_version("0.1.0");
  status.set_delegation("KG");
  status.set_health("ok");
  status.set_store_bytes(4096);
  status.set_disk_free_bytes(123456789012);
  status.set_commit_number(7);
  v1::InstrumentStatus* instrument = status.add_instruments();
  instrument->set_code("EUCA-2014");
  instrument->set_entries(600);
  instrument->set_quarantined(2);
  instrument->set_unsynced_entries(3);
  instrument->set_unsynced_attachments(2);
  v1::PeerStatus* peer = status.add_peers();
  peer->set_code("KZ");
  peer->set_state("idle");
  peer->set_spki(std::string(32, '\xab'));
  peer->set_last_success_ms(1'505'376'120'042);
  peer->set_clock_skew_ms(-1'500);
  return status;
}

// Series -> value. Fails where a line is neither a comment nor a sample, a series stands twice, or
// a sample stands outside its family.
std::map<std::string, std::string> Scrape(const std::string& text) {
  static const std::regex kSample(
      R"re(([a-z_]+)(\{([a-z]+="([^"\\]|\\["\\n])*",?)*\})? (-?[0-9]+(\.[0-9]+)?))re");
  static const std::regex kType("# TYPE ([a-z_]+) (gauge|counter)");
  std::map<std::string, std::string> out;
  std::set<std::string> families;
  std::string family;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kType)) {
      family = match[1];
      EXPECT_TRUE(families.insert(family).second) << line;
    } else if (line.rfind("# HELP ", 0) != 0) {
      EXPECT_TRUE(std::regex_match(line, match, kSample)) << line;
      EXPECT_EQ(match[1], family) << line;
      EXPECT_TRUE(out.emplace(line.substr(0, line.rfind(' ')), match[5]).second) << line;
    }
  }
  EXPECT_TRUE(text.empty() || text.back() == '\n');
  return out;
}

TEST(Metrics, SayWhatTheStatusSays) {
  const auto series = Scrape(MetricsText(SomeStatus()));
  const std::map<std::string, std::string> expected = {
      {R"(entente_build_info{version="0.1.0",delegation="KG"})", "1"},
      {"entente_healthy", "1"},
      {"entente_disk_free_bytes", "123456789012"},
      {"entente_commits_total", "7"},
      {R"(entente_entries{instrument="EUCA-2014"})", "600"},
      {R"(entente_uncounted_entries{instrument="EUCA-2014",status="quarantined"})", "2"},
      {R"(entente_unsynced_entries{instrument="EUCA-2014"})", "3"},
      {R"(entente_unsynced_attachments{instrument="EUCA-2014"})", "2"},
      {R"(entente_peer_state{peer="KZ",node="abababababababab",state="idle"})", "1"},
      {R"(entente_peer_last_success_timestamp_seconds{peer="KZ",node="abababababababab"})",
       "1505376120.042"},
      {R"(entente_clock_offset_seconds{peer="KZ",node="abababababababab"})", "-1.500"}};
  for (const auto& [name, value] : expected) {
    const auto found = series.find(name);
    ASSERT_NE(found, series.end()) << name;
    EXPECT_EQ(found->second, value) << name;
  }
}

TEST(Metrics, AlarmsOfOneKindAreCountedAndNothingStandsTwice) {
  v1::NodeStatus status = SomeStatus();
  status.set_health("degraded");
  for (int i = 0; i < 2; ++i) {
    v1::Alarm* alarm = status.add_alarms();
    alarm->set_code("FEED-FORK");
    alarm->set_instrument("EUCA-2014");
    alarm->set_delegation("KG");
    alarm->set_text("of key " + std::to_string(i));
  }
  *status.add_peers() = status.peers(0);
  const auto series = Scrape(MetricsText(status));
  EXPECT_EQ(series.at(R"(entente_alarms{code="FEED-FORK",instrument="EUCA-2014",delegation="KG"})"),
            "2");
  EXPECT_EQ(series.at("entente_healthy"), "0");
}

TEST(Metrics, ALabelCannotEndItself) {
  v1::NodeStatus status = SomeStatus();
  status.mutable_peers(0)->set_code("K\"Z} 1\nentente_healthy 0\\");
  const auto series = Scrape(MetricsText(status));
  EXPECT_EQ(series.at("entente_healthy"), "1");
}

TEST(Metrics, AnEmptyNodeHasSome) { EXPECT_GE(Scrape(MetricsText(v1::NodeStatus())).size(), 5u); }

}  // namespace
}  // namespace entente::client

#include "client/base/metrics.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/id.h"

namespace entente::client {

namespace {

using Labels = std::vector<std::pair<absl::string_view, std::string>>;

enum class Type { kGauge, kCounter };

constexpr size_t kNodeDigits = 16;

// "name{label="value"} 7", under the two lines that say what it is.
class Family {
 public:
  Family(std::string& out, const char* name, Type type, const char* help) : out_(out), name_(name) {
    absl::StrAppend(&out_, "# HELP ", name, " ", help, "\n# TYPE ", name, " ",
                    type == Type::kGauge ? "gauge" : "counter", "\n");
  }

  // A series twice would make the whole text unreadable to Prometheus: the first one stands.
  void Add(const Labels& labels, const absl::AlphaNum& value) {
    std::string series = name_;
    const char* before = "{";
    for (const auto& [label, text] : labels) {
      absl::StrAppend(&series, before, label, "=\"",
                      absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}),
                      "\"");
      before = ",";
    }
    if (!labels.empty()) series += "}";
    if (seen_.insert(series).second) absl::StrAppend(&out_, series, " ", value, "\n");
  }

 private:
  std::string& out_;
  const char* const name_;
  std::set<std::string> seen_;
};

void NodeMetrics(const v1::NodeStatus& status, std::string& out) {
  Family(out, "entente_build_info", Type::kGauge, "The node's program and delegation.")
      .Add({{"version", status.version()}, {"delegation", status.delegation()}}, 1);
  Family(out, "entente_healthy", Type::kGauge, "1: no remark about the node; 0: degraded.")
      .Add({}, status.health() == "ok" ? 1 : 0);
  Family(out, "entente_store_bytes", Type::kGauge, "Size of the store.")
      .Add({}, status.store_bytes());
  Family(out, "entente_disk_free_bytes", Type::kGauge, "Free space on the store's disk.")
      .Add({}, status.disk_free_bytes());
  Family(out, "entente_commits_total", Type::kCounter, "Batches written to disk, ever.")
      .Add({}, status.commit_number());
  std::map<Labels, int> counts;
  for (const auto& alarm : status.alarms()) {
    ++counts[{{"code", alarm.code()},
              {"instrument", alarm.instrument()},
              {"delegation", alarm.delegation()}}];
  }
  Family alarms(out, "entente_alarms", Type::kGauge, "Things a person has to look at.");
  for (const auto& [labels, count] : counts) alarms.Add(labels, count);
}

void InstrumentMetrics(const v1::NodeStatus& status, std::string& out) {
  Family entries(out, "entente_entries", Type::kGauge, "Entries held.");
  for (const auto& i : status.instruments()) entries.Add({{"instrument", i.code()}}, i.entries());
  Family feeds(out, "entente_feeds", Type::kGauge, "Feeds held.");
  for (const auto& i : status.instruments()) feeds.Add({{"instrument", i.code()}}, i.feeds());
  Family uncounted(out, "entente_uncounted_entries", Type::kGauge,
                   "Entries held that do not count, by status.");
  for (const auto& i : status.instruments()) {
    const std::pair<const char*, uint64_t> counts[] = {{"pending", i.pending()},
                                                       {"quarantined", i.quarantined()},
                                                       {"disputed", i.disputed()},
                                                       {"aside", i.aside()}};
    for (const auto& [name, count] : counts)
      uncounted.Add({{"instrument", i.code()}, {"status", name}}, count);
  }
  Family unsynced(out, "entente_unsynced_entries", Type::kGauge,
                  "Our own entries that no peer is known to hold.");
  for (const auto& i : status.instruments())
    unsynced.Add({{"instrument", i.code()}}, i.unsynced_entries());
  Family files(out, "entente_unsynced_attachments", Type::kGauge,
               "Attachments of our own reports that no peer is known to hold whole.");
  for (const auto& i : status.instruments())
    files.Add({{"instrument", i.code()}}, i.unsynced_attachments());
}

Labels OfPeer(const v1::PeerStatus& peer) {
  return {{"peer", peer.code()}, {"node", base::ToHex(peer.spki()).substr(0, kNodeDigits)}};
}

// 1500 as 1.500
std::string Seconds(int64_t ms) {
  const uint64_t size = ms < 0 ? -static_cast<uint64_t>(ms) : static_cast<uint64_t>(ms);
  return absl::StrCat(ms < 0 ? "-" : "", size / 1000, ".", absl::Dec(size % 1000, absl::kZeroPad3));
}

void PeerMetrics(const v1::NodeStatus& status, std::string& out) {
  Family state(out, "entente_peer_state", Type::kGauge, "1 for the state a peer is in.");
  for (const auto& peer : status.peers()) {
    Labels labels = OfPeer(peer);
    labels.emplace_back("state", peer.state());
    state.Add(labels, 1);
  }
  Family success(out, "entente_peer_last_success_timestamp_seconds", Type::kGauge,
                 "When the last exchange with a peer was done; 0: never.");
  for (const auto& peer : status.peers())
    success.Add(OfPeer(peer), Seconds(static_cast<int64_t>(peer.last_success_ms())));
  Family lag(out, "entente_sync_lag_entries", Type::kGauge,
             "Entries held here that a peer is not known to hold.");
  for (const auto& peer : status.peers()) lag.Add(OfPeer(peer), peer.lag_entries());
  Family skew(out, "entente_clock_offset_seconds", Type::kGauge,
              "How far a peer's clock is ahead of this one.");
  for (const auto& peer : status.peers()) skew.Add(OfPeer(peer), Seconds(peer.clock_skew_ms()));
}

}  // namespace

std::string MetricsText(const v1::NodeStatus& status) {
  std::string out;
  NodeMetrics(status, out);
  InstrumentMetrics(status, out);
  PeerMetrics(status, out);
  return out;
}

}  // namespace entente::client

#include "node/rpc/local/node_calls.h"

#include <sys/statvfs.h>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/query/desk/alarms.h"
#include "node/query/desk/lag.h"
#include "node/query/desk/only_here.h"
#include "node/rpc/upkeep/examine_files.h"
#include "node/rpc/upkeep/restore_calls.h"
#include "node/store/log_reader.h"
#include "node/store/view_digest.h"

namespace entente::rpc {

namespace {

absl::Status FillInstrument(const storage::Snapshot& snapshot, const store::Published& published,
                            const base::InstrumentId& id, bool view_digest,
                            v1::InstrumentStatus& out) {
  const ledger::CharterView* charter = published.authority.Charter(id);
  out.set_id(id.str());
  if (charter) {
    out.set_code(charter->code);
    out.set_title(charter->title);
    out.set_charter_position(charter->position);
  }
  if (auto it = published.figures.find(id); it != published.figures.end()) {
    out.set_frontier_digest(it->second.frontier_digest.str());
    out.set_authority_digest(it->second.authority_digest.str());
  }
  uint64_t entries = 0, pending = 0, quarantined = 0, disputed = 0, feeds = 0;
  RETURN_IF_ERROR(store::LogReader(&snapshot).ForEachFeed(
      id, [&](const ledger::FeedKey&, const v1::FeedState& state) {
        ++feeds;
        entries += state.entries();
        pending += state.pending();
        quarantined += state.quarantined();
        disputed += state.disputed();
        return true;
      }));
  uint64_t aside = 0;
  auto it = snapshot.Scan(store::kAside, id.view());
  for (; it->Valid(); it->Next()) ++aside;
  RETURN_IF_ERROR(it->status());
  out.set_feeds(feeds);
  out.set_entries(entries);
  out.set_pending(pending + aside);
  out.set_quarantined(quarantined);
  out.set_disputed(disputed);
  out.set_aside(aside);
  if (view_digest) {
    ASSIGN_OR_RETURN(base::Digest digest, store::ViewDigest(snapshot, id));
    out.set_view_digest(digest.str());
  }
  return absl::OkStatus();
}

// Only people and deadlines suffer from a wrong clock; who is wrong, two clocks cannot tell.
void AddClockRemarks(v1::NodeStatus& status) {
  constexpr int64_t kSkewMs = 120'000;
  for (const v1::PeerStatus& peer : status.peers()) {
    const int64_t skew = peer.clock_skew_ms();
    if (std::abs(skew) < kSkewMs) continue;
    status.add_remarks(absl::StrCat("clocks differ: ", peer.code(), " is ", std::abs(skew) / 1000,
                                    " s ", skew > 0 ? "ahead of" : "behind",
                                    " this node; correct whichever is wrong, nothing that counts "
                                    "depends on it"));
  }
}

}  // namespace

void GetNode(NodeCore& core, v1::Node& response) {
  const store::PublishedPtr published = core.published();
  response.set_version(core.facts().version);
  response.set_spki(core.facts().spki.str());
  response.set_listen_address(core.facts().listen_address);
  response.set_advertise_address(core.facts().advertise_address);
  response.set_clock_ms(core.clock().WallMs());
  if (!published->delegation) return;
  response.set_delegation(published->delegation->str());
  response.set_delegation_code(published->DelegationCode({}, *published->delegation));
}

absl::Status GetStatus(NodeCore& core, Peers& peers, const v1::GetStatusRequest& request,
                       v1::NodeStatus& response) {
  const store::PublishedPtr published = core.published();
  auto snapshot = core.NewSnapshot();
  response.set_version(core.facts().version);
  response.set_spki(core.facts().spki.str());
  if (published->delegation)
    response.set_delegation(published->DelegationCode({}, *published->delegation));
  ASSIGN_OR_RETURN(query::Lags lags, query::CountLags(*snapshot, *published, core.facts().spki));
  ASSIGN_OR_RETURN(auto only_here, query::CountOnlyHere(*snapshot, *published));
  for (const base::InstrumentId& id : published->instruments) {
    v1::InstrumentStatus& instrument = *response.add_instruments();
    RETURN_IF_ERROR(FillInstrument(*snapshot, *published, id, request.view_digest(), instrument));
    instrument.set_unsynced_entries(lags.unsynced[id]);
    instrument.set_unsynced_attachments(only_here[id].contents);
    instrument.set_unsynced_attachment_bytes(only_here[id].bytes);
    RETURN_IF_ERROR(query::AddAlarms(query::Views(snapshot.get(), published.get(), id), response));
  }
  peers.FillStatus(lags, response);
  AddClockRemarks(response);
  response.set_store_bytes(core.kv().size_bytes());
  response.set_commit_number(core.kv().last_commit());
  struct statvfs disk {};
  if (statvfs(core.facts().data_dir.c_str(), &disk) == 0) {
    response.set_disk_free_bytes(static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize);
    if (response.disk_free_bytes() < kLowDiskBytes)
      response.add_remarks("disk nearly full: free some space");
  }
  for (const v1::InstrumentStatus& instrument : response.instruments()) {
    if (instrument.disputed() > 0)
      response.add_remarks(instrument.code() +
                           ": entries in dispute (entente report list --uncounted)");
  }
  RETURN_IF_ERROR(AddRestoreRemark(core, response));
  response.set_health(response.remarks().empty() && response.alarms().empty() ? "ok" : "degraded");
  return absl::OkStatus();
}

}  // namespace entente::rpc

#include "tests/support/played_log.h"

#include "client/context/local_methods.h"
#include "client/context/register_methods.h"

namespace entente::support {

namespace {

constexpr int kEntriesPerChunk = 512;

v1::SignedEntry Raw(const ledger::Entry& entry) {
  v1::SignedEntry raw;
  raw.set_leaf(entry.Leaf());
  raw.set_payload(entry.payload);
  return raw;
}

}  // namespace

void PlayedLog::Add(const ledger::Entry& entry) {
  Feed& feed = feeds_[entry.feed()];
  const std::pair place(entry.header.sequence, entry.id);
  if (!feed.rows.emplace(place, Raw(entry)).second) return;
  ++entries_;
  feed.tips.erase({entry.header.sequence - 1, entry.header.previous});
  feed.tips[place] = true;
}

void PlayedLog::AddAside(const ledger::Entry& entry) { aside_.push_back(Raw(entry)); }

void PlayedLog::Replace(const base::EntryId& id, const ledger::Entry& by) {
  Feed& feed = feeds_[by.feed()];
  feed.rows.at({by.header.sequence, id}) = Raw(by);
}

void PlayedLog::AddLeaf(const base::EntryId& id) { tree_.Append(base::Digest{id.bytes}); }

void PlayedLog::AddCheckpoint(const tlog::SignedCheckpoint& checkpoint) {
  checkpoints_[checkpoint.checkpoint.size] = checkpoint.File();
}

void PlayedLog::Tell(uint64_t entries, uint64_t pending, uint64_t quarantined, uint64_t disputed) {
  status_.set_code("EUCA-2014");
  status_.set_id(instrument_.str());
  status_.set_entries(entries);
  status_.set_pending(pending);
  status_.set_quarantined(quarantined);
  status_.set_disputed(disputed);
}

void PlayedLog::ExportRows(const Feed& feed, uint64_t from, std::vector<v1::LogChunk>& out) {
  for (auto row = feed.rows.lower_bound({from, {}}); row != feed.rows.end(); ++row) {
    if (out.empty() || out.back().entries_size() == kEntriesPerChunk) out.emplace_back();
    *out.back().add_entries() = row->second;
    ++given_;
  }
}

std::vector<v1::LogChunk> PlayedLog::Export(const v1::ExportLogRequest& request) {
  std::vector<v1::LogChunk> out;
  for (const v1::FeedPart& part : request.parts()) {
    const auto feed =
        feeds_.find({instrument_, *base::PublicKey::FromBytes(part.key()), part.incarnation()});
    if (feed != feeds_.end()) ExportRows(feed->second, part.from(), out);
  }
  if (!request.parts().empty()) return out;
  v1::LogChunk& first = out.emplace_back();
  for (const std::string& note : notes_) first.add_notes(note);
  for (const auto& [key, feed] : feeds_) {
    if (!request.heads_only()) {
      ExportRows(feed, 1, out);
      continue;
    }
    v1::FeedHead& head = *out.front().add_heads();
    head.set_key(key.key.str());
    head.set_incarnation(key.incarnation);
    head.set_entries(feed.rows.size());
    for (const auto& [place, is_tip] : feed.tips) {
      head.add_tips()->set_sequence(place.first);
      head.mutable_tips(head.tips_size() - 1)->set_id(place.second.str());
    }
  }
  for (const v1::SignedEntry& raw : aside_) *out.back().add_aside() = raw;
  return out;
}

std::vector<v1::RegisterChunk> PlayedLog::ExportTree(
    const v1::ExportRegisterRequest& request) const {
  std::vector<v1::RegisterChunk> out(2);
  out[0].set_from(request.from());
  for (uint64_t i = request.from(); i < tree_.size(); ++i) {
    out[0].mutable_leaves()->append(tree_.Leaf(i).str());
  }
  for (auto at = checkpoints_.lower_bound(request.from()); at != checkpoints_.end(); ++at) {
    out[1].add_checkpoints(at->second);
  }
  return out;
}

void PlayedLog::PlayOn(client::FakeNode& node) {
  node.On(client::local::kGetStatus, [this](const v1::GetStatusRequest&, v1::NodeStatus& response) {
    response.set_version("played");
    *response.add_instruments() = status_;
    return absl::OkStatus();
  });
  node.OnStreamAsked(client::local::kExportLog,
                     [this](const v1::ExportLogRequest& request) { return Export(request); });
  node.OnStreamAsked(
      client::registry::kExportRegister,
      [this](const v1::ExportRegisterRequest& request) { return ExportTree(request); });
  node.On(client::registry::kProveRoots,
          [this](const v1::ProveRootsRequest& request, v1::ProveRootsResponse& response) {
            for (uint64_t from : request.from()) {
              const auto proof = tlog::InconsistencyProof(from, request.to(), tree_.Source());
              if (!proof.ok()) return proof.status();
              v1::RootProof& out = *response.add_proofs();
              for (const base::Digest& hash : *proof) out.add_nodes(hash.str());
            }
            return absl::OkStatus();
          });
}

}  // namespace entente::support

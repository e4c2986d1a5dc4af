#include "client/audit/audited_log.h"

#include <algorithm>
#include <utility>

#include "entente/v1/operator.pb.h"
#include "node/base/bytes.h"

namespace entente::client {

namespace {

template <class Id>
bool Take(const std::string& bytes, Id& out) {
  const auto id = Id::FromBytes(bytes);
  if (id) out = *id;
  return id.has_value();
}

template <class Id>
bool TakeAll(const google::protobuf::RepeatedPtrField<std::string>& many, std::vector<Id>& out) {
  for (const std::string& bytes : many) {
    if (!Take(bytes, out.emplace_back())) return false;
  }
  return true;
}

v1::AuditedFeed Encode(const AuditedFeed& feed) {
  v1::AuditedFeed out;
  out.set_key(feed.key.str());
  out.set_incarnation(feed.incarnation);
  for (const LineEnd& tip : feed.tips) {
    v1::AuditedTip& one = *out.add_tips();
    one.set_sequence(tip.sequence);
    one.set_id(tip.id.str());
  }
  out.set_last_hlc(feed.last_hlc);
  if (feed.delegation) out.set_delegation(feed.delegation->str());
  for (uint64_t count : feed.by_status) out.add_by_status(count);
  out.set_forks(feed.forks);
  out.set_facts(feed.facts.str());
  for (const std::string& remark : feed.remarks) out.add_remarks(remark);
  return out;
}

bool Decode(const v1::AuditedFeed& raw, AuditedFeed& out) {
  out.incarnation = raw.incarnation();
  out.last_hlc = raw.last_hlc();
  out.forks = raw.forks();
  out.remarks = {raw.remarks().begin(), raw.remarks().end()};
  if (raw.by_status_size() != static_cast<int>(kStatuses) || raw.tips().empty()) return false;
  std::copy(raw.by_status().begin(), raw.by_status().end(), out.by_status.begin());
  for (const v1::AuditedTip& tip : raw.tips()) {
    out.tips.push_back({tip.sequence(), {}});
    if (!Take(tip.id(), out.tips.back().id)) return false;
  }
  if (!raw.delegation().empty() && !Take(raw.delegation(), out.delegation.emplace())) return false;
  return Take(raw.key(), out.key) && Take(raw.facts(), out.facts);
}

bool DecodePlaces(const v1::AuditedLog& raw, AuditedPlaces& out) {
  if (!TakeAll(raw.edge(), out.edge)) return false;
  for (const v1::AuditedPlace& place : raw.missing()) {
    if (!Take(place.id(), out.missing[place.index()])) return false;
  }
  for (const v1::AuditedPlace& place : raw.waiting()) {
    WaitingEntry& one = out.waiting.emplace_back();
    one.seen_size = place.seen_size();
    if (!Take(place.id(), one.id)) return false;
    if (one.seen_size > 0 && !Take(place.seen_root(), one.seen_root)) return false;
  }
  return true;
}

bool InOrder(const std::vector<AuditedFeed>& feeds) {
  return std::is_sorted(feeds.begin(), feeds.end(), [](const auto& a, const auto& b) {
    return std::tie(a.key, a.incarnation) < std::tie(b.key, b.incarnation);
  });
}

}  // namespace

std::string EncodeAuditedLog(const AuditedLog& log) {
  v1::AuditedLog out;
  out.set_program(log.program);
  for (const base::NoteId& note : log.notes) out.add_notes(note.str());
  for (const base::Digest& node : log.places.edge) out.add_edge(node.str());
  for (const auto& [index, id] : log.places.missing) {
    v1::AuditedPlace& place = *out.add_missing();
    place.set_index(index);
    place.set_id(id.str());
  }
  for (const WaitingEntry& entry : log.places.waiting) {
    v1::AuditedPlace& place = *out.add_waiting();
    place.set_id(entry.id.str());
    place.set_seen_size(entry.seen_size);
    if (entry.seen_size > 0) place.set_seen_root(entry.seen_root.str());
  }
  for (const AuditedFeed& feed : log.feeds) *out.add_feeds() = Encode(feed);
  return out.SerializeAsString();
}

std::optional<AuditedLog> DecodeAuditedLog(absl::string_view bytes) {
  v1::AuditedLog raw;
  if (!raw.ParseFromString(base::Str(bytes))) return std::nullopt;
  AuditedLog out;
  out.program = raw.program();
  if (!TakeAll(raw.notes(), out.notes) || !DecodePlaces(raw, out.places)) return std::nullopt;
  for (const v1::AuditedFeed& feed : raw.feeds()) {
    if (!Decode(feed, out.feeds.emplace_back())) return std::nullopt;
  }
  if (!InOrder(out.feeds)) return std::nullopt;
  return out;
}

}  // namespace entente::client

#include "node/rpc/attachment/blob_wants.h"

#include <utility>

#include "node/base/status_macros.h"
#include "node/meaning/record/attachment.h"
#include "node/meaning/record/index_key.h"
#include "node/store/log_reader.h"

namespace entente::rpc {

using base::EntryId;
using base::InstrumentId;
using base::Spki;
using blob::BlobId;
using meaning::Index;

namespace {

bool IsSecretariat(const store::Published& published, const InstrumentId& instrument) {
  const ledger::CharterView* charter = published.authority.Charter(instrument);
  if (!charter || !published.delegation) return false;
  auto roles = charter->roles.find(*published.delegation);
  if (roles == charter->roles.end()) return false;
  auto state = roles->second.find(ledger::DelegationRole::kSecretariat);
  return state != roles->second.end() && state->second.shut.empty();
}

std::string PrefixOf(const InstrumentId& instrument, const BlobId& blob) {
  return meaning::IndexPrefix(instrument, Index::kAttachments, meaning::AttachmentFields(blob));
}

}  // namespace

BlobWants::Policy BlobWants::PolicyOf(const store::Published& published,
                                      const InstrumentId& instrument) const {
  const blob::Limits& limits = limits_.For(published.InstrumentCode(instrument));
  Policy policy;
  policy.max = limits.fetch_max;
  policy.all = limits.fetch == blob::Fetch::kAll ||
               (limits.fetch == blob::Fetch::kAuto && IsSecretariat(published, instrument));
  policy.own =
      policy.all || limits.fetch == blob::Fetch::kOwn || limits.fetch == blob::Fetch::kAuto;
  return policy;
}

bool BlobWants::IsOwn(const store::Published& published, const storage::Snapshot& snapshot,
                      const EntryId& entry) const {
  const store::LogReader log(&snapshot);
  auto place = log.Find(entry);
  if (!place.ok() || !*place) return false;
  auto header = log.Header(**place);
  if (!header.ok()) return false;
  const ledger::Note* head = published.authority.Find(header->credentials_head);
  return head && published.delegation && head->chain_id() == *published.delegation;
}

absl::StatusOr<std::optional<BlobWanted>> BlobWants::WantedRow(
    const store::Published& published, const storage::Snapshot& snapshot, const Policy& policy,
    const InstrumentId& instrument, const BlobId& blob, const std::vector<EntryId>& by) const {
  ASSIGN_OR_RETURN(const v1::BlobRecord record, store_.Record(blob));
  if (record.complete()) return std::optional<BlobWanted>();
  bool wanted = record.wanted();
  if (!wanted && blob.size <= policy.max) {
    wanted = policy.all;
    for (size_t i = 0; !wanted && policy.own && i < by.size(); ++i) {
      wanted = IsOwn(published, snapshot, by[i]);
    }
  }
  if (!wanted) return std::optional<BlobWanted>();
  return std::optional<BlobWanted>(
      BlobWanted{instrument, blob, blob::ChunkSet::Decode(blob.chunks(), record.held())});
}

absl::Status BlobWants::ForEachNamed(
    const storage::Snapshot& snapshot, const InstrumentId& instrument,
    const std::function<absl::StatusOr<bool>(const BlobId&, const std::vector<EntryId>&)>& visit)
    const {
  auto it = snapshot.Scan(store::kIndex, meaning::IndexPrefix(instrument, Index::kAttachments, {}));
  while (it->Valid()) {
    auto row = meaning::ParseIndexKey(it->key());
    auto blob = row ? meaning::BlobOfFields(row->fields) : std::nullopt;
    std::vector<EntryId> by;
    // One content may be named by several reports: their rows stand together.
    for (; it->Valid() && row; it->Next()) {
      auto next = meaning::ParseIndexKey(it->key());
      if (!next || next->fields != row->fields) break;
      by.push_back(next->entry);
    }
    if (!row) it->Next();
    if (!blob) continue;
    ASSIGN_OR_RETURN(const bool more, visit(*blob, by));
    if (!more) return absl::OkStatus();
  }
  return it->status();
}

absl::StatusOr<std::vector<BlobWanted>> BlobWants::From(const Spki& peer, const std::string& after,
                                                        size_t max) {
  const store::PublishedPtr published = core_.published();
  auto snapshot = core_.NewSnapshot();
  std::vector<BlobWanted> out;
  for (const InstrumentId& instrument : published->instruments) {
    if (out.size() >= max) break;
    if (published->AccessOf(peer, instrument) != store::NodeAccess::kEntries) continue;
    const Policy policy = PolicyOf(*published, instrument);
    RETURN_IF_ERROR(ForEachNamed(
        *snapshot, instrument,
        [&](const BlobId& blob, const std::vector<EntryId>& by) -> absl::StatusOr<bool> {
          if (!after.empty() && instrument.str() + blob.Encode() <= after) return true;
          ASSIGN_OR_RETURN(auto wanted,
                           WantedRow(*published, *snapshot, policy, instrument, blob, by));
          if (wanted) out.push_back(*std::move(wanted));
          return out.size() < max;
        }));
  }
  return out;
}

std::vector<EntryId> BlobWants::NamedBy(const InstrumentId& instrument, const BlobId& blob) {
  auto snapshot = core_.NewSnapshot();
  std::vector<EntryId> entries;
  auto it = snapshot->Scan(store::kIndex, PrefixOf(instrument, blob));
  for (; it->Valid(); it->Next()) {
    if (auto row = meaning::ParseIndexKey(it->key())) entries.push_back(row->entry);
  }
  return entries;
}

absl::StatusOr<bool> BlobWants::Wanted(const InstrumentId& instrument, const BlobId& blob) {
  const std::vector<EntryId> by = NamedBy(instrument, blob);
  if (by.empty()) return false;
  const store::PublishedPtr published = core_.published();
  auto snapshot = core_.NewSnapshot();
  ASSIGN_OR_RETURN(auto wanted, WantedRow(*published, *snapshot, PolicyOf(*published, instrument),
                                          instrument, blob, by));
  return wanted.has_value();
}

bool BlobWants::MayHave(const Spki& peer, const InstrumentId& instrument, const BlobId& blob) {
  const store::PublishedPtr published = core_.published();
  if (!published->instruments.contains(instrument)) return false;
  if (published->AccessOf(peer, instrument) != store::NodeAccess::kEntries) return false;
  auto snapshot = core_.NewSnapshot();
  return snapshot->Scan(store::kIndex, PrefixOf(instrument, blob))->Valid();
}

absl::StatusOr<BlobWants::Use> BlobWants::UseOf(const BlobId& blob) {
  const store::PublishedPtr published = core_.published();
  for (const InstrumentId& instrument : published->instruments) {
    if (!NamedBy(instrument, blob).empty()) return Use::kReport;
  }
  ASSIGN_OR_RETURN(const v1::BlobRecord record, store_.Record(blob));
  auto snapshot = core_.NewSnapshot();
  auto it = snapshot->Scan(store::kDrafts, "");
  for (; it->Valid(); it->Next()) {
    v1::DraftRecord draft;
    v1::Report report;
    if (!draft.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())) ||
        !report.ParseFromString(draft.payload())) {
      continue;
    }
    if (draft.state() == "submitted") continue;
    if (draft.name() == record.draft()) return Use::kDraft;
    for (const v1::Attachment& attachment : report.attachments()) {
      if (meaning::BlobOf(attachment) == blob) return Use::kDraft;
    }
  }
  RETURN_IF_ERROR(it->status());
  return Use::kNone;
}

}  // namespace entente::rpc

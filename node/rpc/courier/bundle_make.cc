#include "node/rpc/courier/bundle_make.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/bundle/format.h"
#include "node/bundle/splitter.h"
#include "node/crypto/sha256.h"
#include "node/rpc/courier/bundle_basis.h"
#include "node/rpc/local/authority_calls.h"
#include "node/rpc/tls/node_signature.h"
#include "node/sync/frame/frame_source.h"
#include "node/sync/frame/notes_frame.h"
#include "node/sync/frontier/plan.h"

namespace entente::rpc {

namespace {

using bundle::IndexRow;
using Write = std::function<bool(const v1::BundleChunk&)>;

// Under gRPC's limit of 1 MiB with room for the message around it.
constexpr size_t kBundleChunkBytes = 512 << 10;
// A frame of a receipt: tips and note ids of at most this many bytes.
constexpr size_t kHoldingsBytes = 64 << 10;

// The delegation a bundle is for: admitted now, or it is given nothing.
absl::StatusOr<base::DelegationId> RecipientOf(const store::Published& published,
                                               const base::InstrumentId& instrument,
                                               const std::string& code) {
  const ledger::CharterView* charter = published.authority.Charter(instrument);
  std::vector<std::string> known;
  if (charter != nullptr) {
    for (const auto& [name, party] : charter->by_code) {
      if (!charter->IsParty(party) || party == published.delegation) continue;
      if (name == code) return party;
      known.push_back(name);
    }
  }
  return base::Error(absl::StatusCode::kNotFound, "UNKNOWN_DELEGATION",
                     absl::StrCat("\"", code, "\" is no other delegation admitted to ",
                                  published.InstrumentCode(instrument), "; admitted: ",
                                  known.empty() ? "none" : absl::StrJoin(known, " ")));
}

// Everything that is settled before the first frame is built.
struct Job {
  base::InstrumentId instrument;
  v1::BundleHeader header;
  v1::BundlePlan plan;
  uint64_t max_bytes = 0;
  std::vector<std::string> notes;  // frames
  std::vector<IndexRow> note_rows;
  std::vector<sync::Run> runs;
  std::vector<std::string> holdings;  // frames of a receipt
  std::vector<std::string> news;      // frames, of a bundle of entries
  std::vector<BundledBlob> blobs;
};

// Of a feed of which the recipient has a tip unknown here, it is not known where the two part. Our
// tip at or above theirs means a fork: then all of ours goes. Below, theirs most likely follows it.
void AddForked(const sync::Frontier& own, const sync::Plan& plan, std::vector<sync::Path>& paths) {
  std::map<sync::FeedRef, uint64_t> highest;
  for (const sync::PeerTip& tip : plan.unsettled) {
    highest[tip.feed] = std::max(highest[tip.feed], tip.sequence);
  }
  for (const auto& [feed, sequence] : highest) {
    const sync::Tips* tips = own.Find(feed);
    if (tips == nullptr) continue;
    for (const sync::EntryRef& tip : *tips) {
      const bool named = std::any_of(plan.unsettled.begin(), plan.unsettled.end(),
                                     [&, at = feed](const sync::PeerTip& theirs) {
                                       return theirs.feed == at && theirs.Is(tip);
                                     });
      if (!named && tip.sequence >= sequence) paths.push_back({feed, tip, {}});
    }
  }
}

absl::Status PlanEntries(driver::SyncHost& host, const Basis& basis, Job& job) {
  const auto frontier = host.FrontierOf(job.instrument);
  const sync::IdsAtFn ids_at = [&](const sync::FeedRef& feed, uint64_t sequence) {
    return host.IdsAt(feed.In(job.instrument), sequence);
  };
  ASSIGN_OR_RETURN(sync::Plan plan, sync::MakePlan(*frontier, basis.tips, false, ids_at));
  AddForked(*frontier, plan, plan.lacks);
  std::map<sync::FeedRef, int> feeds;
  for (const sync::Path& path : plan.lacks) feeds[path.feed] += 1;
  ASSIGN_OR_RETURN(job.runs, sync::InOrder(host, job.instrument, std::move(plan.lacks), ids_at));
  job.plan.set_feeds(feeds.size());
  job.header.set_frontier_digest(frontier->Digest().str());

  std::vector<std::string> files = host.MissingFor(job.instrument, basis.leaves, basis.suspends);
  job.plan.set_notes(files.size());
  for (std::vector<std::string>& group : sync::GroupNotes(std::move(files))) {
    const auto notes = static_cast<uint32_t>(group.size());
    job.notes.push_back(sync::NotesFrame(job.instrument, std::move(group)).SerializeAsString());
    job.note_rows.push_back(bundle::RowOf(job.notes.back(), notes, 0));
  }
  return absl::OkStatus();
}

void PlanHoldings(driver::SyncHost& host, Job& job) {
  const auto frontier = host.FrontierOf(job.instrument);
  job.header.set_frontier_digest(frontier->Digest().str());
  v1::BundleHoldings holdings;
  auto flush = [&](size_t limit) {
    if (holdings.ByteSizeLong() < limit) return;
    job.holdings.push_back(holdings.SerializeAsString());
    holdings.Clear();
  };
  for (const base::NoteId& id : host.Leaves(job.instrument)) {
    holdings.add_leaves(id.str());
    flush(kHoldingsBytes);
  }
  for (const base::NoteId& id : host.SuspendIds(job.instrument)) {
    holdings.add_suspends(id.str());
    flush(kHoldingsBytes);
  }
  for (const auto& [feed, tips] : frontier->feeds()) {
    for (const sync::EntryRef& tip : tips) sync::AppendTip(*holdings.mutable_tips(), feed, tip);
    flush(kHoldingsBytes);
  }
  if (job.holdings.empty() || holdings.ByteSizeLong() > 0) flush(0);
}

// What the recipient may lack of the register and of attachments.
absl::Status PlanBeside(const BesideSources& sources, const v1::CreateBundleRequest& request,
                        const Basis& basis, Job& job) {
  const bool receipt = request.receipt();
  const bool quiet = job.runs.empty() && job.notes.empty();
  // Whoever synced followed the register as well, as far as is known here.
  if (!quiet || receipt || basis.from != "sync") {
    ASSIGN_OR_RETURN(
        std::vector<v1::RegisterNews> all,
        RegisterNewsFor(*sources.core, job.instrument, basis, job.max_bytes, job.plan));
    for (v1::RegisterNews& news : all) {
      v1::BundleHoldings held;
      v1::BundleBeside beside;
      *(receipt ? held.mutable_news() : beside.mutable_news()) = std::move(news);
      (receipt ? job.holdings : job.news)
          .push_back(receipt ? held.SerializeAsString() : beside.SerializeAsString());
    }
  }
  if (!request.attachments() || receipt) return absl::OkStatus();
  ASSIGN_OR_RETURN(job.blobs, BlobsFor(sources, job.instrument, HeldByBasis(basis), job.plan));
  return absl::OkStatus();
}

void NameRegister(const store::Published& published, const base::InstrumentId& instrument,
                  v1::BundleHeader& header) {
  auto it = published.registers.find(instrument);
  if (it == published.registers.end()) return;
  header.set_register_leaves(it->second->leaves);
  header.set_register_final(it->second->final_size);
  header.set_register_state(it->second->state);
}

// Every frame but those of notes, in order: the register, entries, attachments. The same ones each
// time, because a path never changes.
absl::Status EachFrame(driver::SyncHost& host, BlobStore& blobs, const Job& job,
                       const std::function<absl::Status(const std::string&, uint32_t)>& visit) {
  for (const std::string& frame : job.holdings) RETURN_IF_ERROR(visit(frame, 0));
  for (const std::string& frame : job.news) RETURN_IF_ERROR(visit(frame, 0));
  size_t next = 0;
  sync::PathFrames frames(&host, job.instrument, [&]() -> std::optional<sync::Run> {
    if (next == job.runs.size()) return std::nullopt;
    return job.runs[next++];
  });
  const size_t target = bundle::FrameTarget(job.max_bytes);
  for (;;) {
    ASSIGN_OR_RETURN(const std::optional<v1::Frame> frame, frames.Next(target));
    if (!frame) break;
    RETURN_IF_ERROR(visit(frame->SerializeAsString(), frame->entries()));
  }
  return EachBlobFrame(blobs, job.blobs, job.max_bytes,
                       [&](const std::string& frame) { return visit(frame, 0); });
}

absl::StatusOr<Job> Prepare(const BesideSources& sources, const Identity& identity,
                            driver::SyncHost& host, const v1::CreateBundleRequest& request) {
  NodeCore& core = *sources.core;
  const store::PublishedPtr published = core.published();
  Job job;
  ASSIGN_OR_RETURN(job.instrument, InstrumentOf(*published, request.instrument()));
  job.max_bytes = request.max_bytes() == 0 ? bundle::kPartBytesDefault : request.max_bytes();
  if (job.max_bytes < bundle::kPartBytesMin || job.max_bytes > bundle::kFileBytesMax) {
    return base::Error(
        absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
        absl::StrCat("--max-size is ", job.max_bytes, " bytes; from ", bundle::kPartBytesMin,
                     " to ", bundle::kFileBytesMax, " is possible"));
  }
  v1::BundleHeader& header = job.header;
  header.set_kind(request.receipt() ? v1::BUNDLE_KIND_RECEIPT : v1::BUNDLE_KIND_ENTRIES);
  ASSIGN_OR_RETURN(*header.mutable_maker_key(), PublicKeyInfo(identity));
  if (published->delegation) {
    header.set_maker_code(published->DelegationCode(job.instrument, *published->delegation));
  }
  header.set_instrument(job.instrument.str());
  header.set_instrument_code(published->InstrumentCode(job.instrument));
  header.set_made_ms(core.clock().WallMs());
  header.set_authority_digest(published->authority.AuthorityDigest(job.instrument).str());
  NameRegister(*published, job.instrument, header);
  job.plan.set_instrument(header.instrument_code());
  std::optional<base::DelegationId> recipient;
  if (!request.receipt() || !request.recipient().empty()) {
    ASSIGN_OR_RETURN(recipient, RecipientOf(*published, job.instrument, request.recipient()));
    header.set_recipient(recipient->str());
    header.set_recipient_code(request.recipient());
    job.plan.set_recipient(request.recipient());
  }
  Basis basis;
  if (recipient && !request.all()) {
    ASSIGN_OR_RETURN(basis, LoadBasis(core, job.instrument, *recipient));
  }
  if (request.receipt()) {
    PlanHoldings(host, job);
    job.plan.set_feeds(host.FeedCount(job.instrument));
  } else {
    job.plan.set_basis(basis.from);
    job.plan.set_basis_ms(basis.learnt_ms);
    header.set_basis_digest(basis.frontier_digest);
    RETURN_IF_ERROR(PlanEntries(host, basis, job));
  }
  RETURN_IF_ERROR(PlanBeside(sources, request, basis, job));
  const std::string made = absl::StrCat(header.made_ms(), " ", header.kind());
  header.set_set(crypto::Sha256({header.maker_key(), made, header.instrument(), header.recipient(),
                                 header.frontier_digest()})
                     .str()
                     .substr(0, bundle::kSetBytes));
  job.plan.set_set(header.set());
  return job;
}

v1::BundleHeader HeaderOf(const Job& job, size_t part, size_t parts,
                          const std::vector<IndexRow>& rows) {
  v1::BundleHeader header = job.header;
  header.set_part(static_cast<uint32_t>(part + 1));
  header.set_parts(static_cast<uint32_t>(parts));
  header.set_set_entries(job.plan.entries());
  for (const IndexRow& row : rows) {
    header.set_entries(header.entries() + row.entries);
    header.set_notes(header.notes() + row.notes);
  }
  return header;
}

// Sends the parts, in chunks.
class PartWriter {
 public:
  PartWriter(const Identity& identity, const Job& job,
             const std::vector<std::vector<IndexRow>>& parts, const Write& write)
      : identity_(identity), job_(job), parts_(parts), write_(write) {}

  absl::Status Frame(const std::string& bytes) {
    if (row_ == 0) RETURN_IF_ERROR(Begin());
    const IndexRow& planned = parts_[part_][row_];
    if (bundle::RowOf(bytes, planned.notes, planned.entries).hash != planned.hash) {
      return absl::AbortedError("the store changed while the bundle was made; make it again");
    }
    RETURN_IF_ERROR(Put(bytes));
    if (++row_ < parts_[part_].size()) return absl::OkStatus();
    return EndPart();
  }
  // For a bundle of notes alone.
  absl::Status NotesAlone() { return row_ == 0 && part_ == 0 ? Begin() : absl::OkStatus(); }

 private:
  absl::Status Begin() {
    const auto header = HeaderOf(job_, part_, parts_.size(), parts_[part_]);
    const bundle::Head head = bundle::MakeHead(header, parts_[part_]);
    root_ = head.root;
    RETURN_IF_ERROR(Put(head.bytes));
    for (const std::string& notes : job_.notes) RETURN_IF_ERROR(Put(notes));
    row_ = job_.notes.size();
    return row_ == parts_[part_].size() ? EndPart() : absl::OkStatus();
  }
  absl::Status EndPart() {
    ASSIGN_OR_RETURN(const std::string signature, SignAsNode(identity_, bundle::SignedText(root_)));
    RETURN_IF_ERROR(Put(bundle::MakeTail(root_, signature)));
    RETURN_IF_ERROR(Flush());
    ++part_;
    row_ = 0;
    return absl::OkStatus();
  }
  absl::Status Put(absl::string_view bytes) {
    while (!bytes.empty()) {
      const size_t taken = std::min(bytes.size(), kBundleChunkBytes - chunk_.data().size());
      chunk_.mutable_data()->append(bytes.data(), taken);
      bytes.remove_prefix(taken);
      if (chunk_.data().size() == kBundleChunkBytes) RETURN_IF_ERROR(Flush());
    }
    return absl::OkStatus();
  }
  absl::Status Flush() {
    if (chunk_.data().empty()) return absl::OkStatus();
    chunk_.set_part(static_cast<uint32_t>(part_ + 1));
    const bool there = write_(chunk_);
    chunk_.Clear();
    return there ? absl::OkStatus() : absl::CancelledError("the caller left");
  }

  const Identity& identity_;
  const Job& job_;
  const std::vector<std::vector<IndexRow>>& parts_;
  const Write& write_;
  size_t part_ = 0;
  size_t row_ = 0;
  base::Digest root_;
  v1::BundleChunk chunk_;
};

}  // namespace

absl::Status CreateBundle(const BesideSources& sources, const Identity& identity,
                          const v1::CreateBundleRequest& request, const Write& write) {
  driver::SyncHost host = sources.core->NewSyncHost();
  ASSIGN_OR_RETURN(Job job, Prepare(sources, identity, host, request));
  bundle::Splitter splitter(request.receipt() ? bundle::kFileBytesMax : job.max_bytes,
                            job.note_rows);
  RETURN_IF_ERROR(EachFrame(host, *sources.blobs, job,
                            [&](const std::string& frame, uint32_t entries) -> absl::Status {
                              splitter.Add(bundle::RowOf(frame, 0, entries));
                              job.plan.set_entries(job.plan.entries() + entries);
                              return absl::OkStatus();
                            }));
  const std::vector<std::vector<IndexRow>> parts = splitter.Finish();
  RETURN_IF_ERROR(splitter.Fits());
  for (size_t i = 0; i < parts.size(); ++i) {
    v1::BundlePart* part = job.plan.add_parts();
    const v1::BundleHeader header = HeaderOf(job, i, parts.size(), parts[i]);
    part->set_bytes(bundle::FileBytes(header, parts[i]));
    part->set_entries(header.entries());
  }
  v1::BundleChunk first;
  *first.mutable_plan() = job.plan;
  if (!write(first) || request.validate_only() || parts.empty()) return absl::OkStatus();
  PartWriter writer(identity, job, parts, write);
  RETURN_IF_ERROR(EachFrame(host, *sources.blobs, job, [&](const std::string& frame, uint32_t) {
    return writer.Frame(frame);
  }));
  return writer.NotesAlone();
}

}  // namespace entente::rpc

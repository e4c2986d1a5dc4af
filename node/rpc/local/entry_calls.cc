#include "node/rpc/local/entry_calls.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/driver/verified.h"
#include "node/ledger/authority_words.h"
#include "node/query/draft/submission.h"
#include "node/register/news.h"
#include "node/rpc/local/authority_calls.h"
#include "node/store/log_reader.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;

namespace {

// What a person should hear before signing something that would not count.
void WarnOfStop(const ledger::Authority& authority, const ledger::CredentialsView& credentials,
                const ledger::FeedKey& feed, const v1::FeedState* state,
                v1::PrepareEntriesResponse& response) {
  const ledger::KeyState key = ledger::KeyStateOf(authority, credentials, feed.key);
  if (key.word != "active") {
    response.set_stopped(absl::StrCat("key ", ledger::Fingerprint(feed.key), " (",
                                      credentials.keys.at(feed.key).label, ") was ", key.text));
    return;
  }
  if (auto closed = credentials.feed_closings.find(feed.Name());
      closed != credentials.feed_closings.end()) {
    response.set_stopped(absl::StrCat("incarnation ", feed.incarnation,
                                      " of this key's feed was forked and settled on ",
                                      ledger::WhenOf(authority, closed->second.front().by)));
    response.set_new_incarnation_helps(true);
  } else if (state && state->tips_size() > 1) {
    response.set_stopped(absl::StrCat(
        "this key's feed (incarnation ", feed.incarnation, ") has ", state->tips_size(),
        " branches: two entries were signed for one place, as happens with a key on two devices or "
        "a restored copy; both are kept"));
    response.set_new_incarnation_helps(true);
  }
}

}  // namespace

absl::Status PrepareEntries(NodeCore& core, const v1::PrepareEntriesRequest& request,
                            v1::PrepareEntriesResponse& response) {
  const store::PublishedPtr published = core.published();
  ASSIGN_OR_RETURN(base::InstrumentId instrument, InstrumentOf(*published, request.instrument()));
  auto key = base::PublicKey::FromBytes(request.key());
  if (!key)
    return Error(StatusCode::kInvalidArgument, "KEY_UNACCEPTABLE", "the key is not 32 bytes");
  if (!published->delegation) {
    return Error(StatusCode::kFailedPrecondition, "NOT_FOUNDED",
                 "this node serves no delegation yet");
  }
  const ledger::CharterView* charter = published->authority.Charter(instrument);
  const ledger::CredentialsView* credentials =
      published->authority.Credentials(instrument, *published->delegation);
  if (!credentials || !credentials->keys.contains(*key)) {
    return Error(StatusCode::kPermissionDenied, "KEY_NOT_ENROLLED",
                 absl::StrCat("E-AUTH key: ", key->Short(), " is not enrolled for ",
                              published->DelegationCode(instrument, *published->delegation)));
  }
  response.set_instrument(instrument.str());
  response.set_charter_head(charter->head.str());
  response.set_credentials_head(credentials->head.str());
  response.set_charter_note(published->authority.Find(charter->head)->File());
  response.set_credentials_note(published->authority.Find(credentials->head)->File());
  response.set_delegation_code(published->DelegationCode(instrument, *published->delegation));
  // The newest final checkpoint: signed into the header, it dates the entry from below, and shows a
  // register that tells different nodes different things. Not one that its witnesses have not seen
  // yet: a register that lost it with its disk would be accused of what was an accident.
  if (auto it = published->registers.find(instrument); it != published->registers.end()) {
    ASSIGN_OR_RETURN(const auto seen, reg::NewestFinal(*core.NewSnapshot(), *it->second));
    if (seen) {
      response.set_seen_size(seen->checkpoint.size);
      response.set_seen_root(seen->checkpoint.root.str());
    }
  }
  return core.Write([&](driver::Replica& replica) {
    const driver::NextPlace next = replica.Next(instrument, *key);
    if (next.incarnation > ledger::kIncarnationMax) {
      return Error(
          StatusCode::kFailedPrecondition, "LIMIT_EXCEEDED",
          absl::StrCat("all ", ledger::kIncarnationMax, " incarnations of key ", key->Short(),
                       " are used; make a new key, and let a signer enrol it "
                       "and revoke this one"));
    }
    const ledger::FeedKey feed{instrument, *key, next.incarnation};
    const v1::FeedState* state = replica.Feed(feed);
    response.set_incarnation(next.incarnation);
    response.set_next_sequence(1);
    if (state && state->tips_size() > 0) {
      const v1::FeedTip& tip = state->tips(state->tips_size() - 1);
      response.set_next_sequence(tip.sequence() + 1);
      response.set_previous(tip.id());
      response.set_previous_hlc(state->last_hlc());
    }
    WarnOfStop(published->authority, *credentials, feed, state, response);
    auto seen = replica.HighestSeen(feed);
    if (seen && seen->sequence >= response.next_sequence()) {
      response.set_node_knows_higher(true);
      response.set_highest_seen(seen->sequence);
    } else if (next.blocked) {  // restored: there may be a higher one
      response.set_node_knows_higher(true);
      response.set_highest_seen(response.next_sequence());
    }
    return absl::OkStatus();
  });
}

namespace {

constexpr int kFileSlotsMax = 65'536;

absl::StatusOr<std::vector<ledger::Entry>> ParseEntries(const v1::SubmitEntriesRequest& request) {
  if (request.entries_size() > static_cast<int>(ledger::kEntriesPerSubmitMax)) {
    return Error(StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
                 absl::StrCat(request.entries_size(), " entries in one call, at most ",
                              ledger::kEntriesPerSubmitMax, "; send them in several"));
  }
  if (request.file_slots_size() > kFileSlotsMax) {
    return Error(StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
                 absl::StrCat("a catalogue file of ", request.file_slots_size(), " lines, at most ",
                              kFileSlotsMax, "; import it in several"));
  }
  std::vector<ledger::Entry> entries;
  for (const v1::SignedEntry& given : request.entries()) {
    auto entry = ledger::ParseLeaf(given.leaf(), given.payload());
    if (!entry.ok()) {
      return base::WithViolation(entry.status(), absl::StrCat("entries[", entries.size(), "]"),
                                 entry.status().message());
    }
    entries.push_back(*std::move(entry));
  }
  return entries;
}

void Fill(const ledger::Entry& entry, const query::CheckedRecord& checked, const char* status,
          v1::SubmittedEntry& out) {
  out.set_id(entry.id.str());
  out.set_sequence(entry.header.sequence);
  out.set_reference(checked.reference);
  out.set_status(status);
  query::FillFindings(checked.findings, *out.mutable_warnings());
}

}  // namespace

absl::Status SubmitEntries(NodeCore& core, const v1::SubmitEntriesRequest& request,
                           v1::SubmitEntriesResponse& response) {
  ASSIGN_OR_RETURN(std::vector<ledger::Entry> entries, ParseEntries(request));
  const store::PublishedPtr published = core.published();
  auto snapshot = core.NewSnapshot();
  std::vector<query::CheckedRecord> checked;
  for (const ledger::Entry& entry : entries) {
    if (!published->instruments.contains(entry.header.instrument)) {
      return Error(StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                   "this node has not joined the entry's instrument; entente instrument list shows "
                   "the joined ones");
    }
  }
  if (!entries.empty()) {
    query::SubmissionChecker checker(snapshot.get(), published.get(), entries[0].header.instrument,
                                     &core.records());
    checker.ExpectFile({request.file_slots().begin(), request.file_slots().end()});
    for (const ledger::Entry& entry : entries) {
      ASSIGN_OR_RETURN(query::CheckedRecord record, checker.Check(entry, core.clock().WallMs()));
      checked.push_back(std::move(record));
    }
  }
  RETURN_IF_ERROR(query::RefuseOnFindings(checked, request.accept_warnings()));
  if (request.validate_only()) {
    for (const ledger::Entry& entry : entries) {
      const query::CheckedRecord& record = checked[response.entries_size()];
      Fill(entry, record, "not submitted", *response.add_entries());
    }
    return absl::OkStatus();
  }
  const driver::VerifiedEntries verified =
      driver::VerifyEntries(std::move(entries), core.verifier(), core.code_of_head());
  std::vector<driver::SubmittedEntry> done;
  RETURN_IF_ERROR(core.Write([&](driver::Replica& replica) -> absl::Status {
    ASSIGN_OR_RETURN(done, replica.Submit(verified));
    return absl::OkStatus();
  }));
  for (size_t i = 0; i < verified.size(); ++i) {
    v1::SubmittedEntry* out = response.add_entries();
    Fill(verified.items()[i].entry, checked[i], "admitted", *out);
    out->set_already_held(done[i].already_held);
  }
  return absl::OkStatus();
}

namespace {

constexpr size_t kChunkBytes = 512u << 10;
constexpr int kPartsMax = 4096;

// Collects entries and hands over a chunk whenever it is large enough.
class ChunkWriter {
 public:
  explicit ChunkWriter(const std::function<bool(const v1::LogChunk&)>& write) : write_(write) {}
  absl::Status Room(size_t bytes) {
    bytes_ += bytes;
    return bytes_ < kChunkBytes || Flush() ? absl::OkStatus()
                                           : absl::CancelledError("the caller left");
  }
  bool Flush() {
    const bool going = write_(chunk);
    chunk.Clear();
    bytes_ = 0;
    return going;
  }
  v1::LogChunk chunk;

 private:
  const std::function<bool(const v1::LogChunk&)>& write_;
  size_t bytes_ = 0;
};

void Fill(const ledger::Entry& entry, v1::SignedEntry& out) {
  out.set_leaf(entry.Leaf());
  out.set_payload(entry.payload);
}

absl::Status ExportNotes(const ledger::Authority& authority, const base::InstrumentId& instrument,
                         ChunkWriter& chunks) {
  for (std::string& note : authority.MissingFor(instrument, {}, {})) {
    const size_t size = note.size();
    chunks.chunk.add_notes(std::move(note));
    RETURN_IF_ERROR(chunks.Room(size));
  }
  return absl::OkStatus();
}

absl::Status ExportRows(const store::LogReader& log, uint32_t feed, uint64_t from,
                        ChunkWriter& chunks) {
  absl::Status failed;
  RETURN_IF_ERROR(
      log.ForEachRow(feed, from, [&](const store::EntryPlace& place, absl::string_view row) {
        auto entry = store::DecodeEntry(row, place.id);
        failed = entry.status();
        if (!failed.ok()) return false;
        Fill(*entry, *chunks.chunk.add_entries());
        failed = chunks.Room(row.size());
        return failed.ok();
      }));
  return failed;
}

// Costs what is asked for: a row read for each feed, and the entries.
absl::Status ExportParts(const store::LogReader& log, const base::InstrumentId& instrument,
                         const v1::ExportLogRequest& request, ChunkWriter& chunks) {
  if (request.parts_size() > kPartsMax) {
    return Error(StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
                 absl::StrCat("parts of ", request.parts_size(), " feeds in one call, at most ",
                              kPartsMax, "; ask for them in several"));
  }
  for (const v1::FeedPart& part : request.parts()) {
    const auto key = base::PublicKey::FromBytes(part.key());
    if (!key) {
      return Error(StatusCode::kInvalidArgument, "KEY_UNACCEPTABLE",
                   "a feed's key is not 32 bytes");
    }
    ASSIGN_OR_RETURN(const auto state, log.Feed({instrument, *key, part.incarnation()}));
    if (state) RETURN_IF_ERROR(ExportRows(log, state->number(), part.from(), chunks));
  }
  return absl::OkStatus();
}

absl::Status ExportHeads(const store::LogReader& log, const base::InstrumentId& instrument,
                         ChunkWriter& chunks) {
  absl::Status failed;
  RETURN_IF_ERROR(
      log.ForEachFeed(instrument, [&](const ledger::FeedKey& feed, const v1::FeedState& state) {
        v1::FeedHead& head = *chunks.chunk.add_heads();
        head.set_key(feed.key.str());
        head.set_incarnation(feed.incarnation);
        head.set_entries(state.entries());
        for (const v1::FeedTip& tip : state.tips()) {
          v1::HeadTip& out = *head.add_tips();
          out.set_sequence(tip.sequence());
          out.set_id(tip.id());
        }
        failed = chunks.Room(head.ByteSizeLong());
        return failed.ok();
      }));
  return failed;
}

absl::Status ExportFeeds(const store::LogReader& log, const base::InstrumentId& instrument,
                         const std::set<std::string>& keys, ChunkWriter& chunks) {
  std::vector<uint32_t> feeds;
  RETURN_IF_ERROR(
      log.ForEachFeed(instrument, [&](const ledger::FeedKey& feed, const v1::FeedState& state) {
        if (keys.empty() || keys.contains(feed.key.str())) feeds.push_back(state.number());
        return true;
      }));
  for (uint32_t feed : feeds) RETURN_IF_ERROR(ExportRows(log, feed, 1, chunks));
  return absl::OkStatus();
}

absl::Status ExportAside(const storage::Snapshot& snapshot, const base::InstrumentId& instrument,
                         const std::set<std::string>& keys, ChunkWriter& chunks) {
  auto it = snapshot.Scan(store::kAside, instrument.view());
  for (; it->Valid(); it->Next()) {
    const auto row = store::ParseAside(it->key(), it->value());
    if (!row) continue;
    ASSIGN_OR_RETURN(ledger::Entry entry, store::DecodeEntry(row->entry, row->id));
    if (!keys.empty() && !keys.contains(entry.header.key.str())) continue;
    Fill(entry, *chunks.chunk.add_aside());
    RETURN_IF_ERROR(chunks.Room(it->value().size()));
  }
  return it->status();
}

}  // namespace

absl::Status ExportLog(NodeCore& core, const v1::ExportLogRequest& request,
                       const std::function<bool(const v1::LogChunk&)>& write) {
  const store::PublishedPtr published = core.published();
  ASSIGN_OR_RETURN(base::InstrumentId instrument, InstrumentOf(*published, request.instrument()));
  auto snapshot = core.NewSnapshot();
  const store::LogReader log(snapshot.get());
  ChunkWriter chunks(write);
  if (!request.parts().empty()) {
    RETURN_IF_ERROR(ExportParts(log, instrument, request, chunks));
    chunks.Flush();
    return absl::OkStatus();
  }
  const std::set<std::string> keys(request.keys().begin(), request.keys().end());
  RETURN_IF_ERROR(ExportNotes(published->authority, instrument, chunks));
  RETURN_IF_ERROR(request.heads_only() ? ExportHeads(log, instrument, chunks)
                                       : ExportFeeds(log, instrument, keys, chunks));
  RETURN_IF_ERROR(ExportAside(*snapshot, instrument, keys, chunks));
  chunks.Flush();
  return absl::OkStatus();
}

}  // namespace entente::rpc

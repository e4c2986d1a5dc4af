#include "client/signing/submit_run.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/errors.h"
#include "client/base/render.h"
#include "client/signing/restored_node.h"
#include "client/signing/signing.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/ledger/limits.h"
#include "node/ledger/note.h"

namespace entente::client {

namespace {

// One feed as it grows during a bulk run.
struct FeedPlace {
  ledger::FeedKey feed;
  uint64_t next_sequence = 1;
  base::EntryId previous;
  uint64_t previous_hlc = 0;
};

absl::Status RestoreGuard(uint32_t incarnation, uint64_t offered, uint64_t known,
                          absl::string_view who) {
  return Failure(
      absl::StatusCode::kAborted, "RESTORE_GUARD",
      absl::StrCat("the node offers number ", offered, " of this key's feed (incarnation ",
                   incarnation, "), but ", who, " knows number ", known,
                   ": the node was restored from an older copy, or "
                   "the key is used on another device; signing now would fork the feed"),
      "fetch what is missing with entente sync, then run it again; if it is gone for good, go on "
      "in a new "
      "incarnation with --open-incarnation");
}

// The node's word that nothing signed at this place would count. A new incarnation helps after a
// fork, not after a revoke.
absl::Status CheckStopped(const v1::PrepareEntriesResponse& prepared, bool open_incarnation) {
  if (prepared.stopped().empty()) return absl::OkStatus();
  if (prepared.new_incarnation_helps()) {
    if (open_incarnation) return absl::OkStatus();
    return Failure(absl::StatusCode::kAborted, "FEED_FORKED",
                   absl::StrCat(prepared.stopped(), "; nothing was signed"),
                   "go on in a new incarnation with --open-incarnation: nothing is lost, and the "
                   "delegation settles the fork (entente delegation resolve-fork)");
  }
  return Failure(absl::StatusCode::kFailedPrecondition, "KEY_REVOKED",
                 absl::StrCat("E-KEY-REV key: ", prepared.stopped(),
                              ": what it signs now does not count; nothing was signed"),
                 "use a key in force (entente who), or let a signer enrol a new one; what was "
                 "signed before and is honest can be adopted (entente delegation adopt)");
}

absl::Status CheckGuard(const v1::PrepareEntriesResponse& prepared,
                        const std::optional<FeedMark>& mark) {
  if (prepared.node_knows_higher()) {
    return RestoreGuard(prepared.incarnation(), prepared.next_sequence(), prepared.highest_seen(),
                        "the node itself");
  }
  if (!mark || mark->incarnation < prepared.incarnation()) return absl::OkStatus();
  const uint64_t held = prepared.next_sequence() - 1;
  if (mark->incarnation > prepared.incarnation() || mark->sequence > held) {
    return RestoreGuard(mark->incarnation, prepared.next_sequence(), mark->sequence,
                        "the mark beside the key");
  }
  if (mark->sequence == held && mark->entry.view() != prepared.previous()) {
    return Failure(absl::StatusCode::kAborted, "RESTORE_GUARD",
                   absl::StrCat("number ", held, " of this key's feed is ",
                                base::ToHex(prepared.previous()).substr(0, 8),
                                " on the node, but this key signed ", mark->entry.Short(),
                                " there: the key is used on two devices"),
                   "give each device a key of its own; here, go on in a new incarnation with "
                   "--open-incarnation");
  }
  return absl::OkStatus();
}

// The heads an entry signs must be notes the author could read.
absl::Status CheckHeads(const v1::PrepareEntriesResponse& prepared) {
  const std::pair<const std::string*, const std::string*> heads[] = {
      {&prepared.charter_head(), &prepared.charter_note()},
      {&prepared.credentials_head(), &prepared.credentials_note()}};
  for (const auto& [head, file] : heads) {
    absl::StatusOr<ledger::Note> note = ledger::ParseNote(*file);
    if (!note.ok() || note->id.view() != *head) {
      return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                     "the node's authority heads do not match the notes it gave",
                     "do not sign with this node; look at it with entente audit");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<FeedPlace> PlaceOf(const v1::PrepareEntriesResponse& prepared,
                                  const base::InstrumentId& instrument, const base::PublicKey& key,
                                  const AuthorOptions& options,
                                  const std::optional<FeedMark>& mark) {
  FeedPlace place;
  place.feed = {instrument, key, std::max<uint32_t>(prepared.incarnation(), 1)};
  if (options.open_incarnation) {
    uint32_t used = std::max(place.feed.incarnation, mark ? mark->incarnation : 0);
    if (used >= ledger::kIncarnationMax) {
      return Failure(
          absl::StatusCode::kFailedPrecondition, "LIMIT_EXCEEDED",
          absl::StrCat("all ", ledger::kIncarnationMax, " incarnations of this key are used"),
          "make a new key, and let a signer enrol it and revoke this one");
    }
    place.feed.incarnation = used + 1;
    return place;
  }
  RETURN_IF_ERROR(CheckGuard(prepared, mark));
  place.next_sequence = std::max<uint64_t>(prepared.next_sequence(), 1);
  place.previous_hlc = prepared.previous_hlc();
  if (auto previous = base::EntryId::FromBytes(prepared.previous())) place.previous = *previous;
  return place;
}

ledger::EntryHeader HeaderFor(const FeedPlace& place, const v1::PrepareEntriesResponse& prepared,
                              const UnsignedRecord& record) {
  ledger::EntryHeader header;
  header.instrument = place.feed.instrument;
  header.key = place.feed.key;
  header.incarnation = place.feed.incarnation;
  header.sequence = place.next_sequence;
  header.previous = place.previous;
  header.charter_head = base::NoteId::FromBytes(prepared.charter_head()).value_or(base::NoteId{});
  header.credentials_head =
      base::NoteId::FromBytes(prepared.credentials_head()).value_or(base::NoteId{});
  header.hlc = NextHlc(place.previous_hlc, WallMs(), record.cited_hlcs);
  header.kind = record.kind;
  header.schema = record.schema;
  header.payload_size = record.payload.size();
  header.payload_hash = crypto::Sha256(record.payload);
  header.seen_size = prepared.seen_size();
  if (header.seen_size > 0)
    header.seen_root = base::Digest::FromBytes(prepared.seen_root()).value_or(base::Digest{});
  return header;
}

absl::StatusOr<v1::SubmitEntriesResponse> Send(Context& context,
                                               const std::vector<v1::SignedEntry>& entries,
                                               const std::vector<std::string>& file_slots,
                                               bool accept_warnings, bool validate_only) {
  v1::SubmitEntriesRequest request;
  *request.mutable_file_slots() = {file_slots.begin(), file_slots.end()};
  for (const auto& entry : entries) *request.add_entries() = entry;
  request.set_accept_warnings(accept_warnings);
  request.set_validate_only(validate_only);
  return context.Call(local::kSubmitEntries, request, std::chrono::seconds(60));
}

// The node gave a verdict: it holds nothing of the run. Anything else (no answer) leaves the run
// pending.
bool IsVerdict(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAborted:
      return true;
    default:
      return false;
  }
}

// What an earlier run signed and never heard of again goes first, byte for byte.
absl::Status ResendPending(Context& context, const std::string& key_path) {
  ASSIGN_OR_RETURN(std::vector<v1::SignedEntry> pending, ReadPending(key_path));
  if (pending.empty()) return absl::OkStatus();
  context.Say(absl::StrCat(
      "Sending again ", Count(pending.size(), "entry signed earlier that was never acknowledged.",
                              "entries signed earlier that were never acknowledged.")));
  absl::StatusOr<v1::SubmitEntriesResponse> sent = Send(context, pending, {}, true, false);
  if (!sent.ok()) {
    return WithHint(sent.status(),
                    absl::StrCat("entries signed earlier wait in ", key_path,
                                 ".pending; they are sent again with the next submit"));
  }
  return ForgetPending(key_path);
}

// E-LEN: no entry can be made of a longer one, so no node could be asked.
absl::Status CheckSizes(const std::vector<UnsignedRecord>& records) {
  for (const UnsignedRecord& record : records) {
    if (record.payload.size() <= ledger::kPayloadBytesMax) continue;
    const std::string what = absl::StrCat("E-LEN record: ", record.payload.size(),
                                          " bytes in all; one record holds at most ",
                                          ledger::kPayloadBytesMax, "; shorten the texts");
    return base::WithViolation(
        base::Error(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED", what), "record", what);
  }
  return absl::OkStatus();
}

// What the node's rules say of the records, before anything is shown or signed: entries as they
// will be, with no signature in its place. A dry run has accepted what only warns.
absl::Status AskRules(Context& context, const AuthorOptions& options, FeedPlace at,
                      const v1::PrepareEntriesResponse& prepared,
                      absl::Span<const UnsignedRecord> records) {
  const crypto::Signature none{};
  std::vector<v1::SignedEntry> entries;
  for (size_t i = 0; i < records.size(); ++i) {
    const ledger::EntryHeader header = HeaderFor(at, prepared, records[i]);
    ASSIGN_OR_RETURN(
        const ledger::Entry entry,
        ledger::MakeEntry(ledger::EncodeHeader(header), crypto::View(none), records[i].payload));
    v1::SignedEntry& added = entries.emplace_back();
    added.set_leaf(entry.Leaf());
    added.set_payload(records[i].payload);
    at.previous = entry.id;
    at.previous_hlc = header.hlc;
    at.next_sequence = header.sequence + 1;
    if (entries.size() < ledger::kEntriesPerSubmitMax && i + 1 < records.size()) continue;
    RETURN_IF_ERROR(
        Send(context, entries, options.file_slots, options.accept_warnings || options.dry_run, true)
            .status());
    entries.clear();
  }
  return absl::OkStatus();
}

// Signs one run, remembers it on disk, sends it.
absl::Status OneRun(Context& context, const AuthorOptions& options, const crypto::PrivateKey& key,
                    absl::Span<const UnsignedRecord> records, FeedPlace& place, SubmitRun& run) {
  std::vector<v1::SignedEntry> entries;
  std::vector<ledger::EntryHeader> headers;
  FeedPlace at = place;
  for (const UnsignedRecord& record : records) {
    headers.push_back(HeaderFor(at, run.prepared, record));
    // The last signature vouches for the run's chain: only that one is checked again here.
    const bool last = headers.size() == records.size();
    ledger::Entry entry = last ? ledger::SignEntry(headers.back(), record.payload, key)
                               : ledger::SignRunEntry(headers.back(), record.payload, key);
    v1::SignedEntry signed_entry;
    signed_entry.set_leaf(entry.Leaf());
    signed_entry.set_payload(record.payload);
    entries.push_back(std::move(signed_entry));
    at.previous = entry.id;
    at.previous_hlc = entry.header.hlc;
    at.next_sequence = entry.header.sequence + 1;
  }
  ASSIGN_OR_RETURN(std::optional<FeedMark> old_mark, ReadMark(options.key, place.feed.instrument));
  const FeedMark mark{at.feed.instrument, at.feed.incarnation, at.next_sequence - 1, at.previous};
  RETURN_IF_ERROR(RememberRun(options.key, mark, entries));
  absl::StatusOr<v1::SubmitEntriesResponse> sent =
      Send(context, entries, options.file_slots, options.accept_warnings, false);
  if (!sent.ok()) {
    if (IsVerdict(sent.status())) RETURN_IF_ERROR(TakeBackRun(options.key, mark, old_mark));
    return sent.status();
  }
  RETURN_IF_ERROR(ForgetPending(options.key));
  for (const auto& entry : sent->entries()) run.entries.push_back(entry);
  run.headers.insert(run.headers.end(), headers.begin(), headers.end());
  place = at;
  return absl::OkStatus();
}

// What a dry run shows: every header as it would be signed; ids of later entries are not known
// before signing.
void PlanHeaders(const std::vector<UnsignedRecord>& records, FeedPlace place, SubmitRun& run) {
  for (const UnsignedRecord& record : records) {
    run.headers.push_back(HeaderFor(place, run.prepared, record));
    place.previous_hlc = run.headers.back().hlc;
    place.next_sequence += 1;
    place.previous = {};
  }
}

}  // namespace

void AddAuthorOptions(CLI::App& command, AuthorOptions& o) {
  command.add_option("--key", o.key, "Author's key file")->required()->type_name("FILE");
  command.add_option("--passphrase-fd", o.passphrase_fd,
                     "Read the passphrase from this file descriptor");
  command.add_flag("--yes,-y", o.yes, "Do not ask");
  command.add_flag("--dry-run", o.dry_run, "Show the exact act; sign nothing");
  command.add_flag("--accept-warnings", o.accept_warnings, "Submit in spite of warnings");
  command.add_flag("--open-incarnation", o.open_incarnation,
                   "Go on in a new incarnation of the feed, after a restored copy or a fork");
}

std::string PayloadBytes(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

absl::StatusOr<SubmitRun> SignAndSubmit(
    Context& context, const std::string& instrument, const AuthorOptions& options,
    const std::vector<UnsignedRecord>& records,
    const std::function<std::string(const v1::PrepareEntriesResponse&)>& in_words) {
  ASSIGN_OR_RETURN(base::PublicKey public_key, ReadKeyName(options.key));
  ASSIGN_OR_RETURN(keys::KeyLock lock, LockAuthor(options.key));
  if (!options.dry_run) RETURN_IF_ERROR(ResendPending(context, options.key));
  v1::PrepareEntriesRequest request;
  request.set_instrument(instrument);
  request.set_key(public_key.str());
  SubmitRun run;
  ASSIGN_OR_RETURN(run.prepared, context.Call(local::kPrepareEntries, request));
  if (!options.open_incarnation) {
    RETURN_IF_ERROR(AskRestoredNode(context, options.key, request, run.prepared));
  }
  RETURN_IF_ERROR(CheckHeads(run.prepared));
  ASSIGN_OR_RETURN(const base::InstrumentId id, InstrumentIdFrom(run.prepared.instrument()));
  ASSIGN_OR_RETURN(const std::optional<FeedMark> mark, ReadMark(options.key, id));
  RETURN_IF_ERROR(CheckStopped(run.prepared, options.open_incarnation));
  ASSIGN_OR_RETURN(FeedPlace place, PlaceOf(run.prepared, id, public_key, options, mark));
  RETURN_IF_ERROR(CheckSizes(records));
  RETURN_IF_ERROR(AskRules(context, options, place, run.prepared, records));
  if (!options.dry_run) context.SaySaid(in_words(run.prepared));
  if (options.dry_run) {
    PlanHeaders(records, place, run);
    return run;
  }
  RETURN_IF_ERROR(context.Confirm(options.yes, "Sign and publish?"));
  ASSIGN_OR_RETURN(crypto::PrivateKey key,
                   OpenAuthorKey(context, options.key, options.passphrase_fd, public_key));
  for (size_t from = 0; from < records.size(); from += ledger::kEntriesPerSubmitMax) {
    size_t count = std::min<size_t>(ledger::kEntriesPerSubmitMax, records.size() - from);
    RETURN_IF_ERROR(OneRun(context, options, key, absl::MakeConstSpan(records).subspan(from, count),
                           place, run));
  }
  return run;
}

nlohmann::ordered_json HeaderJson(const ledger::EntryHeader& h) {
  return {{"instrument", h.instrument.ToHex()},
          {"key", h.key.ToHex()},
          {"incarnation", h.incarnation},
          {"sequence", h.sequence},
          {"previous", h.previous.IsZero() ? "" : h.previous.ToHex()},
          {"charter_head", h.charter_head.ToHex()},
          {"credentials_head", h.credentials_head.ToHex()},
          {"claimed_time", UtcText(HlcMs(h.hlc))},
          {"kind", h.kind},
          {"schema", h.schema},
          {"payload_size", h.payload_size},
          {"payload_hash", h.payload_hash.ToHex()}};
}

nlohmann::ordered_json SubmittedJson(const v1::SubmittedEntry& entry) {
  nlohmann::ordered_json out = {{"entry_id", base::ToHex(entry.id())},
                                {"reference", entry.reference()},
                                {"sequence", entry.sequence()},
                                {"status", entry.status()},
                                {"already_held", entry.already_held()}};
  out["warnings"] = nlohmann::ordered_json::array();
  for (const auto& w : entry.warnings()) {
    out["warnings"].push_back({{"code", w.code()}, {"field", w.field()}, {"message", w.message()}});
  }
  return out;
}

}  // namespace entente::client

// From unsigned records to entries the node holds: the signing side of the ledger.
//
// Invariants
//  1. The private key stays in this process; the node sees entries only.
//  2. Nothing is signed on a head lower than the one remembered beside the key (restore guard).
//  3. The mark and the signed bytes are on disk before they are sent; a crash sends the same bytes
//     again.
//  4. A run the node refuses was never stored by it; the mark goes back, so the next run takes the
//     same place.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/context/context.h"
#include "node/ledger/entry.h"

namespace CLI {
class App;
}

namespace entente::client {

struct AuthorOptions {
  std::string key;
  int passphrase_fd = -1;
  bool yes = false;
  bool dry_run = false;
  bool accept_warnings = false;
  bool open_incarnation = false;
  // Given by no option: the slots of the catalogue file whose lines are signed.
  std::vector<std::string> file_slots;
};
// --key, --passphrase-fd, --yes, --dry-run, --accept-warnings, --open-incarnation
void AddAuthorOptions(CLI::App& command, AuthorOptions& options);

struct UnsignedRecord {
  uint32_t kind = 0;
  uint32_t schema = 1;
  std::string payload;
  std::vector<uint64_t> cited_hlcs;  // of the entries it supersedes or cites
};

struct SubmitRun {
  v1::PrepareEntriesResponse prepared;
  std::vector<v1::SubmittedEntry> entries;   // empty after a dry run
  std::vector<ledger::EntryHeader> headers;  // what was, or would be, signed
};

// Asks the node's rules, then signs `records` in runs of 256 and submits them. `in_words` is shown
// and confirmed once, after the rules found nothing and before the first signature; it gets the
// prepared answer (whose key, which place). A dry run shows nothing here: the caller prints the
// act.
absl::StatusOr<SubmitRun> SignAndSubmit(
    Context& context, const std::string& instrument, const AuthorOptions& options,
    const std::vector<UnsignedRecord>& records,
    const std::function<std::string(const v1::PrepareEntriesResponse&)>& in_words);

// The place, authority heads and payload hash of a header, for --dry-run.
nlohmann::ordered_json HeaderJson(const ledger::EntryHeader& header);
nlohmann::ordered_json SubmittedJson(const v1::SubmittedEntry& entry);

// Serialised with map and field order fixed: the same record gives the same bytes.
std::string PayloadBytes(const google::protobuf::MessageLite& message);

}  // namespace entente::client

// Headers of entries without what the receiver can work out: the columns of a frame that are not
// payloads.
//
// Entries stand in runs. Within a run instrument, key, incarnation and sequence follow from the
// run, `previous` is the id of the entry before, payload hash follows from the payload. Authority
// heads, kind, schema and the seen checkpoint are written only where they differ from the entry
// before; hlc as a difference. What the receiver rebuilds is hashed again, so a wrong rebuild is
// another id, which links to nothing. Format: docs/protocol.md, "Frame".
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/varint.h"
#include "node/ledger/entry.h"
#include "node/sync/frontier/frontier.h"

namespace entente::sync {

// No entry adds more than this to the columns.
inline constexpr size_t kElidedEntryBytesMax = 320;

class ElisionWriter {
 public:
  void Add(const ledger::Entry& entry);
  // Bytes so far.
  size_t size() const;
  // All columns in one string. The writer is empty again afterwards.
  std::string Finish();

 private:
  void AddRun(const ledger::Entry& entry);
  void AddHead(const ledger::NoteId& head);
  void AddChanges(const ledger::Entry& entry);

  std::string runs_, flags_, changes_, times_, sizes_;
  uint64_t run_length_ = 0;
  std::string run_counts_;
  std::map<PublicKey, uint64_t> keys_;
  std::map<ledger::NoteId, uint64_t> heads_;
  std::map<FeedRef, EntryRef> last_of_feed_;
  ledger::EntryHeader last_;  // the zero header before the first entry
  FeedRef run_feed_;
  EntryRef run_last_;
};

class ElisionReader {
 public:
  // `columns` must outlive the reader.
  static absl::StatusOr<ElisionReader> Open(const InstrumentId& instrument,
                                            absl::string_view columns);

  // The next header with every field but payload_hash, which is set only when has_payload is false.
  absl::Status Next(ledger::EntryHeader& header, bool& has_payload);
  // Must follow each Next: the id of the entry that was rebuilt from it.
  void Rebuilt(const EntryId& id);
  // OK when nothing is left over.
  absl::Status End() const;

 private:
  absl::Status StartRun();
  absl::Status ReadHead(ledger::NoteId& head);
  absl::Status ReadChanges(uint8_t flags, bool& has_payload, base::Digest& payload_hash);

  base::ByteReader run_counts_, runs_, flags_, changes_, times_, sizes_;
  uint64_t run_left_ = 0;
  std::vector<PublicKey> keys_;
  std::vector<ledger::NoteId> heads_;
  std::map<FeedRef, EntryRef> last_of_feed_;
  ledger::EntryHeader last_;
  EntryRef run_last_;
};

// INVALID_ARGUMENT, reason ENTRY_MALFORMED.
absl::Status MalformedFrame(absl::string_view what);

}  // namespace entente::sync

#include "node/rebuild.h"

#include <fstream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "entente/v1/local.pb.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"
#include "node/rpc/tls/private_file.h"
#include "node/rpc/upkeep/backup_facts.h"
#include "node/runtime/random.h"
#include "node/store/view_digest.h"
#include "node/version.h"
#include "storage/rocksdb_kv.h"

namespace entente {

namespace {

constexpr uint32_t kChunkBytesMax = 64 << 20;

absl::Status BadLog(const std::string& path) {
  return base::Error(absl::StatusCode::kInvalidArgument, "FILE_DAMAGED",
                     absl::StrCat(path, " is not a log as the node exports it"));
}

// The next chunk; nothing: the file ends here.
absl::StatusOr<std::optional<v1::LogChunk>> NextChunk(std::ifstream& in, const std::string& path) {
  std::string length(4, '\0');
  in.read(length.data(), 4);
  if (in.gcount() == 0) return std::optional<v1::LogChunk>();
  const uint32_t size = in.gcount() == 4 ? base::ReadU32(length) : 0;
  if (size == 0 || size > kChunkBytesMax) return BadLog(path);
  std::string bytes(size, '\0');
  in.read(bytes.data(), size);
  v1::LogChunk chunk;
  if (in.gcount() != size || !chunk.ParseFromString(bytes)) return BadLog(path);
  return std::optional<v1::LogChunk>(std::move(chunk));
}

// Notes come before the first entry, perhaps in one chunk with it.
absl::Status TakeChunk(const v1::LogChunk& chunk, const base::InstrumentId& instrument,
                       driver::Replica& replica) {
  if (chunk.notes_size() > 0) {
    RETURN_IF_ERROR(replica.AddNotes({chunk.notes().begin(), chunk.notes().end()}).status());
  }
  if (chunk.entries_size() > 0 && !replica.instruments().contains(instrument)) {
    RETURN_IF_ERROR(replica.JoinInstrument(instrument));
  }
  std::vector<ledger::Entry> entries;
  for (const v1::SignedEntry& raw : chunk.entries()) {
    std::optional<std::string> payload;
    if (!raw.payload().empty()) payload = raw.payload();
    ASSIGN_OR_RETURN(ledger::Entry entry, ledger::ParseLeaf(raw.leaf(), std::move(payload)));
    entries.push_back(std::move(entry));
  }
  RETURN_IF_ERROR(replica
                      .Ingest(driver::VerifyEntries(std::move(entries), crypto::Ed25519Verifier()),
                              store::LocalVia())
                      .status());
  return replica.Commit();
}

}  // namespace

absl::StatusOr<v1::RebuiltViews> RebuildViews(const std::string& log, const std::string& work,
                                              const base::InstrumentId& instrument) {
  RETURN_IF_ERROR(rpc::MakePrivateDirectory(work));
  ASSIGN_OR_RETURN(auto kv, storage::RocksKv::Open(rpc::StoreOptions(work)));
  ASSIGN_OR_RETURN(auto replica,
                   driver::Replica::Open(kv.get(), {.store_id = runtime::RandomBytes(8),
                                                    .verifier = &crypto::Ed25519Verifier()}));
  std::ifstream in(log, std::ios::binary);
  if (!in) return BadLog(log);
  for (;;) {
    ASSIGN_OR_RETURN(const auto chunk, NextChunk(in, log));
    if (!chunk) break;
    RETURN_IF_ERROR(TakeChunk(*chunk, instrument, *replica));
  }
  v1::RebuiltViews out;
  out.set_version(kVersion);
  out.set_entries(replica->newest_arrival());
  out.set_frontier_digest(replica->frontier(instrument).Digest().str());
  out.set_authority_digest(replica->AuthorityDigest(instrument).str());
  auto snapshot = kv->NewSnapshot();
  ASSIGN_OR_RETURN(const base::Digest views, store::ViewDigest(*snapshot, instrument));
  out.set_view_digest(views.str());
  return out;
}

}  // namespace entente

// entente audit pack: everything an outsider needs to check an instrument's register, in one file.
#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/audit/pack_views.h"
#include "client/audit/pack_writer.h"
#include "client/audit/register_reader.h"
#include "client/audit/view_audit.h"
#include "client/base/files.h"
#include "client/base/render.h"
#include "client/commands/commands.h"
#include "client/context/attachment_methods.h"
#include "client/context/log_reader.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/ledger/entry.h"

namespace entente::client {

namespace {

// What waits for the register's order, and what the views are made from.
struct Waiting {
  std::map<base::EntryId, std::string> leaves;
  std::set<base::EntryId> bare;  // entries whose payload is not held
  std::unique_ptr<LogCopy> copy;
};

// Notes and payloads go into the pack as they come.
absl::Status TakeChunk(v1::LogChunk& chunk, PackWriter& writer, Waiting& waiting) {
  waiting.copy->Add(chunk);
  RETURN_IF_ERROR(writer.AddNotes({chunk.notes().begin(), chunk.notes().end()}));
  for (auto* entries : {chunk.mutable_entries(), chunk.mutable_aside()}) {
    for (v1::SignedEntry& raw : *entries) {
      ASSIGN_OR_RETURN(ledger::Entry entry, ledger::ParseLeaf(raw.leaf(), std::nullopt));
      if (!raw.payload().empty()) RETURN_IF_ERROR(writer.AddPayload(entry.header, raw.payload()));
      if (raw.payload().size() != entry.header.payload_size) waiting.bare.insert(entry.id);
      waiting.leaves[entry.id] = std::move(*raw.mutable_leaf());
    }
  }
  return absl::OkStatus();
}

absl::Status AddInOrder(const ExportedRegister& exported, const Waiting& waiting,
                        PackWriter& writer) {
  const uint64_t size = exported.checkpoints.back().checkpoint.size;
  for (uint64_t i = 0; i < size && i < exported.leaves.size(); ++i) {
    const auto found = waiting.leaves.find(exported.leaves[i]);
    if (found == waiting.leaves.end()) {
      return Failure(absl::StatusCode::kFailedPrecondition, "NOT_FOUND_RECORD",
                     absl::StrCat("this node does not hold entry ", exported.leaves[i].Short(),
                                  ", number ", i, " of the register"),
                     "entente sync, then pack again; the register's own node holds all");
    }
    writer.AddLeaf(found->second);
  }
  return absl::OkStatus();
}

absl::StatusOr<base::InstrumentId> IdOf(Context& context, const std::string& code) {
  ASSIGN_OR_RETURN(v1::ListInstrumentsResponse list,
                   context.Call(local::kListInstruments, v1::ListInstrumentsRequest()));
  for (const auto& instrument : list.instruments()) {
    const auto id = base::InstrumentId::FromBytes(instrument.id());
    if (instrument.code() == code && id) return *id;
  }
  return Failure(absl::StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                 absl::StrCat(code, " is not joined here"));
}

// The tables that exactly what is in the pack gives. Nothing: they cannot be made, and that is
// said.
std::optional<v1::RebuiltViews> MakeViews(Context& context, const PackWriter& writer,
                                          const base::InstrumentId& id, Waiting& waiting) {
  const std::set<base::EntryId> entries = writer.Entries();
  absl::Status why;
  if (std::any_of(waiting.bare.begin(), waiting.bare.end(),
                  [&](const base::EntryId& bare) { return entries.contains(bare); })) {
    why = absl::FailedPreconditionError("payloads are not held here");
  } else {
    why = waiting.copy->Keep(writer.NoteFiles(), entries);
  }
  absl::StatusOr<v1::RebuiltViews> made =
      why.ok() ? waiting.copy->Rebuild(id) : absl::StatusOr<v1::RebuiltViews>(why);
  if (made.ok()) return *std::move(made);
  context.Say(absl::StrCat("the pack carries no view digest: ",
                           Printable(base::Str(made.status().message()))));
  return std::nullopt;
}

struct PackOut {
  std::string out;
  std::vector<std::string> stamps;
  bool with_attachments = false;
};

constexpr std::chrono::hours kContentLimit(6);

absl::Status WrongLength(const blob::BlobId& blob) {
  return Failure(absl::StatusCode::kDataLoss, "ATTACHMENT_DAMAGED",
                 absl::StrCat("the node did not give ", blob.Name(), " in its length"),
                 "run it again; entente doctor looks at the node's disk");
}

// From the node into the pack, in pieces. False: the node does not have all of it.
absl::StatusOr<bool> CopyContent(Context& context, const std::string& code,
                                 const blob::BlobId& blob, const std::string& path,
                                 PackSink& sink) {
  v1::FetchAttachmentRequest request;
  request.set_instrument(code);
  request.set_blob(blob.Encode());
  bool begun = false;
  uint64_t given = 0;
  const absl::Status read =
      context.Read(attachments::kRead, request, kContentLimit,
                   [&](const v1::AttachmentPiece& piece) -> absl::Status {
                     // Other bytes than the report's SHA-256 names are as good as none.
                     if (piece.has_attachment() && PackPathOf(piece.attachment()) != path) {
                       return absl::FailedPreconditionError("another content");
                     }
                     if (!begun) RETURN_IF_ERROR(sink.Begin(path, blob.size));
                     begun = true;
                     given += piece.data().size();
                     return given > blob.size ? WrongLength(blob) : sink.Piece(piece.data());
                   });
  if (!begun && read.code() == absl::StatusCode::kFailedPrecondition) return false;
  RETURN_IF_ERROR(read);
  if (given != blob.size) return WrongLength(blob);
  RETURN_IF_ERROR(sink.End());
  return true;
}

std::string AttachmentsText(const PackWriter& writer) {
  std::string out = absl::StrCat("attachments: ", writer.attachments(), " in the pack");
  if (writer.attachments_missing() > 0) {
    absl::StrAppend(&out, ", ", writer.attachments_missing(),
                    " not on this node; entente attachment list --missing names them");
  }
  return out + "\n";
}

// FILE.tsr with the checkpoint it stamps beside it, FILE.
absl::Status AddTimestamps(const PackOut& o, PackWriter& writer) {
  for (const std::string& path : o.stamps) {
    constexpr absl::string_view kSuffix = ".tsr";
    if (!absl::EndsWith(path, kSuffix) || path.size() == kSuffix.size()) {
      return WithField(UsageError(absl::StrCat("--timestamp: ", path, " does not end in .tsr"),
                                  "FILE.tsr is the token over FILE, a checkpoint; both are read"),
                       "--timestamp");
    }
    ASSIGN_OR_RETURN(std::string token, ReadFile(path));
    ASSIGN_OR_RETURN(std::string stamped, ReadFile(path.substr(0, path.size() - kSuffix.size())));
    writer.AddTimestamp(std::move(stamped), std::move(token));
  }
  return absl::OkStatus();
}

absl::StatusOr<Exit> RunPack(Context& context, const PackOut& o) {
  const std::string& out = o.out;
  ASSIGN_OR_RETURN(std::string code, context.Instrument());
  ASSIGN_OR_RETURN(base::InstrumentId id, IdOf(context, code));
  // The register first: what it names is in the log by then.
  ASSIGN_OR_RETURN(ExportedRegister exported, ReadRegister(context, code));
  if (exported.checkpoints.empty()) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("no checkpoint of ", code, "'s register is known here"),
                   "entente register show says whether one is kept; entente sync brings it");
  }
  ASSIGN_OR_RETURN(std::unique_ptr<PackSink> sink, NewPack(out));
  PackWriter writer(id, sink.get());
  Waiting waiting;
  ASSIGN_OR_RETURN(waiting.copy, LogCopy::New());
  RETURN_IF_ERROR(ReadLog(context, code, {},
                          [&](v1::LogChunk& chunk) { return TakeChunk(chunk, writer, waiting); }));
  RETURN_IF_ERROR(AddInOrder(exported, waiting, writer));
  for (const std::string& file : exported.evidence) RETURN_IF_ERROR(writer.AddEvidence(file));
  for (tlog::SignedCheckpoint& c : exported.checkpoints) writer.AddCheckpoint(std::move(c));
  RETURN_IF_ERROR(AddTimestamps(o, writer));
  RETURN_IF_ERROR(writer.Settle());
  const auto views = MakeViews(context, writer, id, waiting);
  if (views) RETURN_IF_ERROR(writer.AddViews(PackViewsText(*views)));
  if (o.with_attachments) {
    writer.WithAttachments([&](const blob::BlobId& blob, const std::string& path) {
      return CopyContent(context, code, blob, path, *sink);
    });
  }
  RETURN_IF_ERROR(writer.Finish());
  const tlog::Checkpoint& newest = writer.newest();
  if (writer.unfinal() > 0) {
    context.Say(absl::StrCat(writer.unfinal(),
                             " newer entries are left out: their checkpoint waits for witnesses"));
  }
  const std::string view_digest = views ? base::ToHex(views->view_digest()) : "";
  context.Emit({{"out", out},
                {"instrument", code},
                {"id", id.ToHex()},
                {"entries", newest.size},
                {"root", newest.root.ToHex()},
                {"view_digest", view_digest},
                {"files", writer.files()},
                {"attachments", writer.attachments()},
                {"attachments_missing", writer.attachments_missing()}},
               absl::StrCat("written: ", out, ", ", Count(newest.size, "entry", "entries"), " in ",
                            Count(writer.files(), "file"), "\n",
                            o.with_attachments ? AttachmentsText(writer) : "", "fingerprint ",
                            id.ToHex(), views ? "\nview digest " : "", view_digest,
                            "\nwhoever gets it checks it with: entente audit ",
                            out.back() == '/' ? "--dir " : "--pack ", out,
                            " --pin FINGERPRINT --policy FILE\n"));
  return Exit::kDone;
}

}  // namespace

void AddAuditPack(CLI::App& audit, Context& context) {
  auto o = std::make_shared<PackOut>();
  CLI::App* pack =
      AddCommand(audit, context, "pack", "Write everything an outsider needs to check the register",
                 "entente audit pack --out euca.pack --timestamp checkpoint-600.tsr",
                 [&context, o] { return RunPack(context, *o); });
  pack->add_option("--out", o->out, "A new tar file, or a new folder when it ends in /")
      ->required()
      ->type_name("FILE|DIR/");
  pack->add_option("--timestamp", o->stamps,
                   "An RFC 3161 token (FILE.tsr) over a checkpoint (FILE, beside it); repeatable")
      ->type_name("FILE.tsr");
  pack->add_flag("--with-attachments", o->with_attachments,
                 "Also the files that reports name, as far as this node has them");
}

}  // namespace entente::client

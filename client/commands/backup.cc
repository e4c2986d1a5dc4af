// entente backup create|list|verify|restore: copies of the node's store, and the way back.

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/node_program.h"
#include "client/base/render.h"
#include "client/base/table.h"
#include "client/commands/commands.h"
#include "client/context/operator_methods.h"
#include "client/context/progress_line.h"
#include "client/signing/restored_node.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/text/unicode.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

// A large store on a slow disk.
constexpr std::chrono::hours kBackupLimit(24);

std::string Absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

ordered_json BackupJson(const v1::Backup& backup) {
  const v1::BackupFacts& facts = backup.facts();
  return {{"number", backup.number()},
          {"directory", backup.directory()},
          {"made", UtcText(facts.made_ms())},
          {"bytes", backup.bytes()},
          {"commit", facts.commit()},
          {"entries", facts.entries()},
          {"delegation", facts.delegation_code()},
          {"instruments",
           std::vector<std::string>(facts.instruments().begin(), facts.instruments().end())},
          {"node", base::ToHex(facts.node())},
          {"program", facts.program()},
          {"has_identity", facts.has_identity()},
          {"attachments", facts.attachments()},
          {"attachment_bytes", facts.attachment_bytes()},
          {"attachments_left_out", facts.attachments_left_out()}};
}

// Where the node puts its backups, when nobody named a directory.
absl::StatusOr<std::string> DirectoryOr(Context& context, const std::string& given) {
  if (!given.empty()) return Absolute(given);
  ASSIGN_OR_RETURN(v1::Places places, context.Call(operation::kGetPlaces, v1::GetPlacesRequest()));
  return places.backups();
}

// ---- create

struct CreateOptions {
  std::string to;
  bool without_identity = false, without_attachments = false;
  bool dry_run = false;
};

std::string BackedUpAttachmentsText(const v1::BackupFacts& facts) {
  std::string out = absl::StrCat("Attachments: ", facts.attachments(), " in it, ",
                                 Mebibytes(facts.attachment_bytes()));
  if (facts.attachments_left_out() > 0) {
    absl::StrAppend(&out, "; ", facts.attachments_left_out(),
                    " not in it: not whole on this node, or left out; a restored node fetches "
                    "them from its peers");
  }
  return out + ".\n";
}

std::string CreatedText(const v1::Backup& backup, bool dry_run) {
  const v1::BackupFacts& facts = backup.facts();
  std::string out =
      dry_run ? absl::StrCat("Would back up the store (", Mebibytes(backup.bytes()), ", commit ",
                             facts.commit(), " now) to ", backup.directory(), ".\n")
              : absl::StrCat("Backup ", backup.number(), " in ", backup.directory(), ": ",
                             Count(facts.entries(), "entry", "entries"), ", commit ",
                             facts.commit(), ", ", Mebibytes(backup.bytes()), ", all on disk.\n");
  out += facts.has_identity()
             ? "It holds the node's TLS private key: whoever has it can pose as this node and read "
               "what peers send it. Keep it as you keep the node's own disk.\n"
             : "The node's TLS key is not in it: a node restored from it has to be announced to "
               "its peers anew.\n";
  if (facts.attachments() + facts.attachments_left_out() > 0) out += BackedUpAttachmentsText(facts);
  out +=
      "Author and signer keys are never on the node; keep copies of them, and of the .mark "
      "files beside them, elsewhere.\n";
  return out;
}

absl::StatusOr<Exit> Create(Context& context, const CreateOptions& o) {
  if (!meaning::IsUtf8(o.to)) {  // the node is told the name as text
    return UsageError("--to: the directory's name is not UTF-8 text",
                      "name the directory another way, or rename it");
  }
  v1::CreateBackupRequest request;
  request.set_to(Absolute(o.to));
  request.set_without_identity(o.without_identity);
  request.set_without_attachments(o.without_attachments);
  request.set_validate_only(o.dry_run);
  v1::Backup done;
  {
    ProgressLine line(context);
    RETURN_IF_ERROR(context.Read(
        operation::kCreateBackup, request, kBackupLimit, [&](const v1::BackupProgress& progress) {
          if (progress.bytes() > 0) {
            line.Show([&] { return absl::StrCat(Mebibytes(progress.bytes()), " copied"); });
          }
          if (progress.has_done()) done = progress.done();
          return absl::OkStatus();
        }));
  }
  if (done.same_disk()) {
    context.Warn(
        "the backup is on the same disk as the store: it helps against mistakes, not against a "
        "failing disk; --to DIR names another one");
  }
  ordered_json json = BackupJson(done);
  json["same_disk"] = done.same_disk();
  if (o.dry_run) json["dry_run"] = true;
  context.Emit(json, CreatedText(done, o.dry_run));
  return Exit::kDone;
}

// ---- list, verify

absl::StatusOr<Exit> ListBackups(Context& context, const std::string& from) {
  ASSIGN_OR_RETURN(const std::string directory, DirectoryOr(context, from));
  ASSIGN_OR_RETURN(const v1::JobAnswer answer, RunNodeJob({"list", "--from", directory}));
  v1::Table table;
  constexpr ColumnText kColumns[] = {{"number", "NUMBER", true},
                                     {"made", "MADE"},
                                     {"entries", "ENTRIES", true},
                                     {"commit", "COMMIT", true},
                                     {"bytes", "BYTES", true},
                                     {"delegation", "DELEGATION"},
                                     {"node", "NODE"},
                                     {"has_identity", "TLS KEY"},
                                     {"problem", "PROBLEM"}};
  AddColumns(table, kColumns);
  for (const v1::Backup& backup : answer.backups()) {
    const v1::BackupFacts& facts = backup.facts();
    AddCells(
        *table.add_rows(),
        {absl::StrCat(backup.number()), facts.made_ms() == 0 ? "" : UtcText(facts.made_ms()),
         absl::StrCat(facts.entries()), absl::StrCat(facts.commit()), absl::StrCat(backup.bytes()),
         facts.delegation_code(), base::ToHex(facts.node()).substr(0, 8),
         facts.has_identity() ? "yes" : "no", backup.problem()});
  }
  table.add_notes("in " + directory);
  context.Emit(table);
  return Exit::kDone;
}

absl::StatusOr<Exit> Verify(Context& context, const std::string& from, uint32_t number) {
  ASSIGN_OR_RETURN(const std::string directory, DirectoryOr(context, from));
  ASSIGN_OR_RETURN(const v1::JobAnswer answer,
                   RunNodeJob({"verify", "--from", directory, "--backup", absl::StrCat(number)}));
  const v1::VerifiedBackup& verified = answer.verified();
  const bool ok = verified.damages().empty();
  ordered_json json = {{"number", verified.backup().number()},
                       {"directory", directory},
                       {"ok", ok},
                       {"damages", ordered_json::array()}};
  std::string text;
  for (const v1::BackupDamage& damage : verified.damages()) {
    json["damages"].push_back({{"path", damage.path()}, {"what", damage.what()}});
    absl::StrAppend(&text, directory, "/", damage.path(), ": ", damage.what(), "\n");
  }
  absl::StrAppend(&text, "backup ", verified.backup().number(), " in ", directory,
                  ok ? ": every byte is as it was written\n"
                     : ": damaged, do not rely on it; entente backup create makes another\n");
  context.Emit(json, text);
  return ok ? Exit::kDone : Exit::kFindings;
}

// ---- restore

struct RestoreOptions {
  std::string from, data;
  uint32_t number = 0;
  std::vector<std::string> keys;
  bool new_identity = false;
  bool dry_run = false;
};

std::string MarkText(const v1::HeldHead& mark) {
  return absl::StrCat(base::ToHex(mark.instrument()), ":", base::ToHex(mark.key()), ":",
                      mark.incarnation(), ":", mark.sequence(), ":", base::ToHex(mark.id()));
}

ordered_json RestoredJson(const v1::RestoredBackup& restored) {
  ordered_json json = BackupJson(restored.backup());
  json.erase("bytes");
  json["data"] = restored.data();
  json["has_identity"] = restored.has_identity();
  json["keys"] = ordered_json::array();
  uint64_t newer = 0;
  bool known = false;
  for (const v1::RestoredKey& key : restored.state().keys()) {
    newer += key.after_backup();
    known = known || key.mark_known();
    json["keys"].push_back({{"key", base::ToHex(key.key())},
                            {"instrument", base::ToHex(key.instrument())},
                            {"in_backup", key.in_backup()},
                            {"mark_known", key.mark_known()},
                            {"after_backup", key.after_backup()},
                            {"next_incarnation", key.next_incarnation()}});
  }
  json["newer_than_backup"] = known ? ordered_json(newer) : ordered_json(nullptr);
  return json;
}

std::string RestoredText(const v1::RestoredBackup& restored) {
  const v1::BackupFacts& facts = restored.backup().facts();
  std::string out =
      absl::StrCat("Restored backup ", restored.backup().number(), " of ", UtcText(facts.made_ms()),
                   " to ", restored.data(), ": ", Count(facts.entries(), "entry", "entries"),
                   ", commit ", facts.commit(), ".\n");
  uint64_t newer = 0;
  bool known = false;
  for (const v1::RestoredKey& key : restored.state().keys()) {
    newer += key.after_backup();
    known = known || key.mark_known();
  }
  if (known) {
    absl::StrAppend(&out, newer, newer == 1 ? " entry" : " entries", " signed after the backup ",
                    newer == 1 ? "is" : "are",
                    " not in it, by the marks beside the keys given. What was synced comes back "
                    "from peers; entente status says how many do not.\n");
  } else {
    out +=
        "How many entries are newer than the backup is not known: the marks beside the authors' "
        "keys say it (--key FILE), and the first exchange with a peer.\n";
  }
  if (facts.attachments() > 0) {
    absl::StrAppend(&out, "Attachments: ", facts.attachments(), " came along, ",
                    Mebibytes(facts.attachment_bytes()), ".\n");
  }
  out +=
      restored.has_identity()
          ? "The TLS identity came along. Never run the old copy of this node beside it.\n"
          : "The node makes a new TLS identity at its start; announce it with entente delegation "
            "node add.\n";
  absl::StrAppend(&out, "Next: entented --data ", restored.data(),
                  ", then entente sync, before anybody signs. Each key goes on in its next "
                  "incarnation unless nothing is missing.\n");
  return out;
}

absl::StatusOr<Exit> Restore(Context& context, const RestoreOptions& o) {
  std::vector<std::string> words = {"restore",
                                    "--from",
                                    Absolute(o.from),
                                    "--backup",
                                    absl::StrCat(o.number),
                                    "--data",
                                    Absolute(o.data),
                                    "--new-identity",
                                    o.new_identity ? "true" : "false",
                                    "--validate-only",
                                    o.dry_run ? "true" : "false"};
  for (const std::string& key : o.keys) {
    ASSIGN_OR_RETURN(const std::vector<v1::HeldHead> marks, HeadsOfMarks(key));
    for (const v1::HeldHead& mark : marks) {
      words.push_back("--mark");
      words.push_back(MarkText(mark));
    }
  }
  ASSIGN_OR_RETURN(const v1::JobAnswer answer, RunNodeJob(words));
  if (o.dry_run) {
    ordered_json json = BackupJson(answer.restored().backup());
    json["data"] = answer.restored().data();
    json["dry_run"] = true;
    context.Emit(json, absl::StrCat("Would restore backup ", answer.restored().backup().number(),
                                    ", which verifies, to ", answer.restored().data(), ".\n"));
    return Exit::kDone;
  }
  context.Emit(RestoredJson(answer.restored()), RestoredText(answer.restored()));
  return Exit::kDone;
}

void AddCreate(CLI::App& noun, Context& context) {
  auto o = std::make_shared<CreateOptions>();
  CLI::App* command = AddCommand(
      noun, context, "create", "Copy the running node's store; writes go on meanwhile",
      "entente backup create --to /mnt/usb/entente", [&context, o] { return Create(context, *o); });
  command->add_option("--to", o->to, "Directory for backups; default: backups in the node's data")
      ->type_name("DIR");
  command->add_flag("--without-identity", o->without_identity,
                    "Leave the node's TLS private key out");
  command->add_flag("--without-attachments", o->without_attachments,
                    "Leave the contents of attachments out: restored, they come from the peers");
  command->add_flag("--dry-run", o->dry_run, "Say what would be done");
}

void AddListAndVerify(CLI::App& noun, Context& context) {
  auto from = std::make_shared<std::string>();
  auto number = std::make_shared<uint32_t>(0);
  const std::string where = Phrase("Directory of the backups; default: where this node puts them");
  CLI::App* list = AddCommand(noun, context, "list", "The finished backups in a directory",
                              "entente backup list --from /mnt/usb/entente",
                              [&context, from] { return ListBackups(context, *from); });
  list->add_option("--from", *from, where)->type_name("DIR");
  CLI::App* verify =
      AddCommand(noun, context, "verify", "Read every byte of a backup and compare its checksums",
                 "entente backup verify --from /mnt/usb/entente",
                 [&context, from, number] { return Verify(context, *from, *number); });
  verify->add_option("--from", *from, where)->type_name("DIR");
  verify->add_option("--backup", *number, "Which one; default: the newest")->type_name("N");
}

}  // namespace

void AddBackup(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "backup", "Copies of the node's store, and the way back");
  AddCreate(*noun, context);
  AddListAndVerify(*noun, context);
  auto o = std::make_shared<RestoreOptions>();
  CLI::App* command = AddCommand(
      *noun, context, "restore", "Make a data directory from a backup; the node must not run on it",
      "entente backup restore --from /mnt/usb/entente --data /var/lib/entente-new --key A.key",
      [&context, o] { return Restore(context, *o); });
  command->add_option("--from", o->from, "Directory of the backups")->required()->type_name("DIR");
  command->add_option("--backup", o->number, "Which one; default: the newest")->type_name("N");
  command->add_option("--data", o->data, "The new data directory; must not exist or be empty")
      ->required()
      ->type_name("NEWDIR");
  command->add_option("--key", o->keys, "An author's key file: its mark says how far it has signed")
      ->type_name("FILE");
  command->add_flag("--new-identity", o->new_identity, "Do not restore the TLS private key");
  command->add_flag("--dry-run", o->dry_run, "Verify the backup and say what would be done");
}

}  // namespace entente::client

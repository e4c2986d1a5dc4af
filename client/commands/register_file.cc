// entente register check FILE: a checkpoint, a receipt or a proof that somebody gave, against the
// tree this node holds.
#include "absl/strings/str_cat.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/context/register_methods.h"
#include "node/base/id.h"
#include "node/base/status_macros.h"
#include "node/tlog/receipt.h"

namespace entente::client {

namespace {

using CheckedFile = v1::CheckRegisterFileResponse;

struct FileOptions {
  std::string file, evidence_out;
};

std::string VerdictWord(const CheckedFile& checked) {
  switch (checked.verdict()) {
    case CheckedFile::HOLDS:
      return "holds";
    case CheckedFile::AHEAD:
      return "ahead";
    case CheckedFile::CONTRADICTS:
      return "contradicts";
    default:
      return "unknown";
  }
}

std::string VerdictInWords(const CheckedFile& checked, const std::string& file) {
  switch (checked.verdict()) {
    case CheckedFile::HOLDS:
      return absl::StrCat("holds: the first ", checked.size(),
                          " entries of the register held here have this root",
                          checked.kind() != "receipt" ? ""
                          : checked.held()            ? ", and this node holds the entry"
                                           : "; this node does not hold the entry itself",
                          "\n");
    case CheckedFile::AHEAD:
      return absl::StrCat("nothing can be said yet: it is of ", checked.size(),
                          " entries, held here are ", checked.leaves(),
                          "\nwhat to do  entente sync, then check it again\n");
    default:
      break;
  }
  if (checked.kind() == "proof") {
    return absl::StrCat("proven: the register contradicted itself; entente audit evidence ", file,
                        " tells how\n");
  }
  return absl::StrCat(
      "CONTRADICTS: the register signed it, and what it signed for this node leads to another "
      "tree\n",
      checked.evidence().empty()
          ? "a proof that others can check needs a signed checkpoint of at least that size here: "
            "entente sync, then check it again\n"
          : "show the proof to the other delegations: entente register evidence --out FILE\n");
}

std::string FileText(const CheckedFile& checked, const std::string& file) {
  std::string text = absl::StrCat("file        ", file, ", a ", checked.kind(), "\n");
  if (checked.size() > 0) {
    absl::StrAppend(&text, "checkpoint  of ", checked.size(), " entries, root ",
                    base::ToHex(checked.root()), "\n");
  }
  if (!checked.entry().empty()) {
    absl::StrAppend(&text, "entry       ", base::ToHex(checked.entry()), " at index ",
                    checked.index(), "\n");
  }
  absl::StrAppend(&text, VerdictInWords(checked, file));
  if (checked.kept()) {
    absl::StrAppend(&text, checked.verdict() == CheckedFile::CONTRADICTS
                               ? "kept here as evidence\n"
                               : "kept here: it has signatures that were not known\n");
  }
  return text;
}

nlohmann::ordered_json FileJson(const CheckedFile& checked) {
  nlohmann::ordered_json object = {{"kind", checked.kind()}, {"verdict", VerdictWord(checked)}};
  object["size"] = checked.size();
  object["root"] = base::ToHex(checked.root());
  object["leaves"] = checked.leaves();
  if (!checked.entry().empty()) {
    object["entry_id"] = base::ToHex(checked.entry());
    object["index"] = checked.index();
    object["held"] = checked.held();
  }
  object["evidence"] = !checked.evidence().empty();
  object["kept"] = checked.kept();
  return object;
}

absl::StatusOr<Exit> CheckFile(Context& context, const FileOptions& o) {
  v1::CheckRegisterFileRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument());
  ASSIGN_OR_RETURN(*request.mutable_file(), ReadFile(o.file, tlog::kReceiptBytesMax));
  ASSIGN_OR_RETURN(const CheckedFile checked, context.Call(registry::kCheckRegisterFile, request));
  nlohmann::ordered_json object = FileJson(checked);
  std::string text = FileText(checked, o.file);
  if (!o.evidence_out.empty() && !checked.evidence().empty()) {
    RETURN_IF_ERROR(WriteFile(o.evidence_out, checked.evidence()));
    object["evidence_out"] = o.evidence_out;
    absl::StrAppend(&text, "written: ", o.evidence_out, "\n");
  }
  context.Emit(object, text);
  if (checked.verdict() == CheckedFile::HOLDS) return Exit::kDone;
  return checked.verdict() == CheckedFile::AHEAD ? Exit::kAgain : Exit::kFindings;
}

}  // namespace

void AddRegisterCheck(CLI::App& noun, Context& context) {
  auto o = std::make_shared<FileOptions>();
  CLI::App* check = AddCommand(
      noun, context, "check", "Compare a checkpoint, receipt or proof with what is held here",
      "entente register check checkpoint-of-kz", [&context, o] { return CheckFile(context, *o); });
  check->add_option("file", o->file, "What another node or person gave; - is stdin")
      ->type_name("FILE")
      ->required();
  check
      ->add_option("--evidence-out", o->evidence_out,
                   "If it contradicts, write the proof to this file")
      ->type_name("FILE");
}

}  // namespace entente::client

// entente draft attach; entente attachment list|get|fetch: files that belong to reports.
#include "node/meaning/record/attachment.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/commands/draft_calls.h"
#include "client/commands/writing.h"
#include "client/context/attachment_methods.h"
#include "client/draft/attachment_file.h"
#include "client/draft/draft_edit.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/normalise.h"
#include "node/meaning/record/part_name.h"
#include "node/meaning/rules/validate.h"
#include "node/meaning/text/unicode.h"

namespace entente::client {

namespace {

constexpr std::chrono::milliseconds kPoll(300);

// ---- into a draft

struct AttachOptions {
  std::string draft, file, name, title, lang, kind, media_type, remove;
};

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The rules of docs/validation.md, before anything is sent.
absl::Status CheckAttachment(v1::Attachment& attachment) {
  v1::Report report;
  *report.add_attachments() = attachment;
  meaning::NormaliseReport(report);
  attachment = report.attachments(0);
  for (const auto& finding :
       meaning::CheckReport(report, meaning::EmptyCatalogue(), meaning::Moment::kDraft, 0)) {
    if (!absl::StartsWith(finding.field, "attachments")) continue;
    if (finding.severity != meaning::Severity::kRefuse) continue;
    return WithField(Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                             finding.message, "nothing was changed; give it again"),
                     finding.field);
  }
  return absl::OkStatus();
}

void PutAttachment(v1::Report& report, const v1::Attachment& attachment) {
  for (auto& other : *report.mutable_attachments()) {
    if (other.name() != attachment.name()) continue;
    other = attachment;
    return;
  }
  *report.add_attachments() = attachment;
}

absl::StatusOr<Exit> Detach(Context& context, v1::Draft draft, const std::string& name) {
  auto* all = draft.mutable_report()->mutable_attachments();
  const auto found = std::find_if(
      all->begin(), all->end(), [&name](const v1::Attachment& one) { return one.name() == name; });
  // Of a merge: that the report has no such file is an answer as well.
  const bool settled = Settle(draft, meaning::AttachmentName(name));
  if (found == all->end() && !settled) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat(draft.name(), " has no attachment \"", name, "\""),
                   "entente draft show lists its attachments");
  }
  if (found != all->end()) all->erase(found);
  ASSIGN_OR_RETURN(draft, SaveDraft(context, draft));
  EmitDraft(context, draft);
  return Exit::kDone;
}

absl::StatusOr<Exit> Attach(Context& context, const AttachOptions& o) {
  ASSIGN_OR_RETURN(v1::Draft draft, GetDraft(context, o.draft));
  if (o.file.empty() == o.remove.empty()) {
    return UsageError("give a file, or --remove NAME",
                      absl::StrCat("entente draft attach ", o.draft, " order.pdf"));
  }
  RETURN_IF_ERROR(CheckOpen(draft));
  if (!o.remove.empty()) return Detach(context, draft, o.remove);
  v1::Attachment attachment;
  attachment.set_name(o.name.empty() ? BaseName(o.file) : o.name);
  if (!meaning::IsUtf8(attachment.name())) {
    return UsageError("file: its name is not UTF-8 text, and would be its name in the report",
                      "give it a name in the report with --name");
  }
  attachment.set_media_type(o.media_type.empty() ? meaning::GuessMediaType(attachment.name())
                                                 : o.media_type);
  attachment.set_lang(o.lang);
  ASSIGN_OR_RETURN(*attachment.mutable_title(), WordsOf(o.title));
  attachment.set_kind(o.kind);
  ASSIGN_OR_RETURN(const HashedFile file, HashFile(context, o.file));
  attachment.set_size(file.blob.size);
  attachment.set_sha256(file.sha256.str());
  attachment.set_root(file.blob.root.str());
  RETURN_IF_ERROR(CheckAttachment(attachment));
  if (draft.report().attachments_size() >= meaning::kAttachmentsMax) {
    return Refuse("E-ATT-SIZE", "attachments",
                  absl::StrCat("the draft has ", draft.report().attachments_size(),
                               " attachments already, and more are not taken; put several into "
                               "one file"));
  }
  RETURN_IF_ERROR(SendFile(context, draft, o.file, file));
  PutAttachment(*draft.mutable_report(), attachment);
  Settle(draft, meaning::AttachmentName(attachment.name()));
  ASSIGN_OR_RETURN(draft, SaveDraft(context, draft));
  EmitDraft(context, draft);
  return Exit::kDone;
}

// ---- out of reports

struct FetchOptions {
  std::string reference, name, out;
  int wait_s = 60;
  bool missing = false, stop = false;
};

absl::StatusOr<v1::FetchAttachmentRequest> RequestFor(Context& context, const FetchOptions& o) {
  v1::FetchAttachmentRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument(o.reference));
  request.set_reference(o.reference);
  request.set_name(o.name);
  return request;
}

std::string HowFar(const v1::AttachmentState& state) {
  if (state.bytes_held() == 0) return "nothing of it is here yet";
  return absl::StrCat(meaning::BinarySize(state.bytes_held()), " of ",
                      meaning::BinarySize(state.attachment().size()), " are here");
}

// Who might have it, and how far each is, as one of several clauses.
std::string SourceText(const v1::AttachmentSource& source) {
  const std::string& peer = source.peer();
  const std::string why = source.why().substr(0, source.why().find(';'));
  const std::map<std::string, std::string> says = {
      {"paused", " is paused here"},
      {"not_connected", " is not connected"},
      {"not_asked", " was not asked yet"},
      {"not_there", " does not have it"},
      {"part", " has only a part of it"},
      {"damaged", " sent what is not its content"},
      {"keeps_contact", " calls this node and has not given it"}};
  if (source.outcome() == "not_reached") return absl::StrCat(peer, " is not reached: ", why);
  if (source.outcome() == "failed") return absl::StrCat("asking ", peer, " failed: ", why);
  const auto said = says.find(source.outcome());
  return absl::StrCat(peer, said == says.end() ? " was not asked yet" : said->second);
}

absl::Status Incomplete(const std::string& name, const v1::AttachmentState& state) {
  std::string text = absl::StrCat(name, " is not complete: ", HowFar(state));
  if (!state.problem().empty()) absl::StrAppend(&text, ", ", state.problem());
  int paused = 0;
  for (const v1::AttachmentSource& source : state.sources()) {
    absl::StrAppend(&text, ", ", SourceText(source));
    paused += source.outcome() == "paused";
  }
  if (state.sources().empty()) text += ", no other node is known";
  const bool all_paused = paused > 0 && paused == state.sources_size();
  return Failure(absl::StatusCode::kDeadlineExceeded, "ATTACHMENT_INCOMPLETE", text,
                 all_paused ? "entente sync --max-bytes SIZE brings it over a paused line"
                            : "the node goes on fetching it from every peer that has it; run this "
                              "again");
}

absl::Status WaitForAttachment(Context& context, const v1::FetchAttachmentRequest& request,
                               int wait_s, v1::AttachmentState& state) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(wait_s);
  ASSIGN_OR_RETURN(state, context.Call(attachments::kFetch, request));
  ByteProgress progress(context, absl::StrCat("fetching ", request.name()),
                        state.attachment().size());
  while (!state.complete()) {
    if (std::chrono::steady_clock::now() >= until) return Incomplete(request.name(), state);
    progress.At(state.bytes_held());
    std::this_thread::sleep_for(kPoll);
    ASSIGN_OR_RETURN(state, context.Call(attachments::kFetch, request));
  }
  return absl::OkStatus();
}

std::string TargetPath(const FetchOptions& o) {
  struct stat facts;
  if (o.out.empty()) return o.name;
  const bool folder =
      absl::EndsWith(o.out, "/") || (stat(o.out.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode));
  if (!folder) return o.out;
  return absl::StrCat(o.out, absl::EndsWith(o.out, "/") ? "" : "/", o.name);
}

absl::StatusOr<Exit> Get(Context& context, const FetchOptions& o) {
  ASSIGN_OR_RETURN(const v1::FetchAttachmentRequest request, RequestFor(context, o));
  const std::string path = TargetPath(o);
  if (FileExists(path)) {
    return Failure(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                   absl::StrCat(path, " exists and is not overwritten"), "choose another name");
  }
  v1::AttachmentState state;
  RETURN_IF_ERROR(WaitForAttachment(context, request, o.wait_s, state));
  RETURN_IF_ERROR(SaveAttachment(context, request, path));
  const std::string sha256 = base::ToHex(state.attachment().sha256());
  context.Emit({{"path", path},
                {"name", state.attachment().name()},
                {"media_type", state.attachment().media_type()},
                {"size", state.attachment().size()},
                {"sha256", sha256}},
               absl::StrCat(path, "  ", meaning::BinarySize(state.attachment().size()),
                            "  SHA-256 ", sha256, " as in the report\n"));
  return Exit::kDone;
}

absl::StatusOr<v1::Table> ListOf(Context& context, const std::string& reference, bool missing) {
  v1::ListAttachmentsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument(reference));
  request.set_reference(reference);
  request.set_missing(missing);
  return context.Call(attachments::kList, request, std::chrono::seconds(60));
}

absl::StatusOr<Exit> Fetch(Context& context, FetchOptions o) {
  std::vector<std::string> names = {o.name};
  if (o.name.empty()) {
    ASSIGN_OR_RETURN(const v1::Table table, ListOf(context, o.reference, !o.stop));
    names.clear();
    for (const auto& row : table.rows()) names.push_back(row.cells(1));  // its column `name`
  }
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::string text;
  for (const std::string& name : names) {
    o.name = name;
    ASSIGN_OR_RETURN(v1::FetchAttachmentRequest request, RequestFor(context, o));
    request.set_forget(o.stop);
    ASSIGN_OR_RETURN(const v1::AttachmentState state, context.Call(attachments::kFetch, request));
    nlohmann::ordered_json sources = nlohmann::ordered_json::array();
    for (const v1::AttachmentSource& source : state.sources()) {
      sources.push_back(
          {{"peer", source.peer()}, {"outcome", source.outcome()}, {"why", source.why()}});
    }
    rows.push_back({{"name", name},
                    {"complete", state.complete()},
                    {"wanted", state.wanted()},
                    {"bytes_held", state.bytes_held()},
                    {"size", state.attachment().size()},
                    {"sources", sources}});
    absl::StrAppend(&text, Printable(name), "  ",
                    state.complete() ? "complete"
                    : o.stop         ? "no longer asked for"
                                     : absl::StrCat("on the list; ", HowFar(state)),
                    "\n");
  }
  if (names.empty()) text = "nothing is missing\n";
  context.Emit({{"rows", rows}}, text);
  return Exit::kDone;
}

}  // namespace

void AddDraftAttach(CLI::App& draft, Context& context) {
  auto o = std::make_shared<AttachOptions>();
  CLI::App* command =
      AddCommand(draft, context, "attach", "Attach a file; it travels beside the report",
                 "entente draft attach d-14 order.pdf --title \"Order on treatment\" --lang ru "
                 "--kind law_text",
                 [&context, o] { return Attach(context, *o); });
  command->add_option("draft", o->draft, "Draft name")->required();
  command->add_option("file", o->file, "The file")->type_name("FILE");
  command->add_option("--name", o->name, "Its name in the report, if not the file's own");
  command->add_option("--title", o->title, "What it is, in words");
  command->add_option("--lang", o->lang, "Language of its text, such as ru");
  command->add_option("--kind", o->kind, "law_text, evaluation, annex, minutes");
  command->add_option("--media-type", o->media_type, "If the name's ending does not tell");
  command->add_option("--remove", o->remove, "Take the attachment of this name out again");
}

void AddAttachment(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "attachment", "Files that belong to reports");
  auto o = std::make_shared<FetchOptions>();
  CLI::App* list = AddCommand(*noun, context, "list", "Which there are, and what of them is here",
                              "entente attachment list R:EUCA-2014/MTR-2017/KG/DDR/08",
                              [&context, o]() -> absl::StatusOr<Exit> {
                                ASSIGN_OR_RETURN(const v1::Table table,
                                                 ListOf(context, o->reference, o->missing));
                                context.Emit(table);
                                return Exit::kDone;
                              });
  list->add_option("reference", o->reference, "Reference of one report; without: of all");
  list->add_flag("--missing", o->missing, "Only what is not complete here");

  auto g = std::make_shared<FetchOptions>();
  CLI::App* get = AddCommand(
      *noun, context, "get", "Save one as a file, fetched first from whichever peer has it",
      "entente attachment get R:EUCA-2014/MTR-2017/KG/DDR/08 order.pdf --out order.pdf",
      [&context, g] { return Get(context, *g); });
  get->add_option("reference", g->reference, "Reference of the report")->required();
  get->add_option("name", g->name, "Name of the attachment")->required();
  get->add_option("--out", g->out, "File or folder; without: its own name, here")
      ->type_name("PATH");
  get->add_option("--wait", g->wait_s, "Seconds to wait for it to come; 60 if not given")
      ->check(CLI::Range(0, 86'400));

  auto f = std::make_shared<FetchOptions>();
  CLI::App* fetch = AddCommand(*noun, context, "fetch", "Ask for it and do not wait",
                               "entente attachment fetch R:EUCA-2014/MTR-2017/KG/DDR/08",
                               [&context, f] { return Fetch(context, *f); });
  fetch->add_option("reference", f->reference, "Reference of the report")->required();
  fetch->add_option("name", f->name, "Name of the attachment; without: all that are missing");
  fetch->add_flag("--stop", f->stop, "Instead: do not ask for it any more");
}

}  // namespace entente::client

// entente bundle plan|create|import|receipt: entries in files, for a node without a network.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/base/render.h"
#include "client/commands/commands.h"
#include "client/exchange/bundle_run.h"
#include "client/exchange/bundle_text.h"
#include "client/exchange/limits.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

struct BundleOptions {
  std::string recipient;
  std::string out;
  std::string max_size = "5MB";
  std::vector<std::string> age_recipients;
  std::vector<std::string> age_identities;
  std::vector<std::string> files;
  bool all = false;
  bool attachments = false;
};

absl::StatusOr<v1::CreateBundleRequest> RequestOf(Context& context, const BundleOptions& o) {
  v1::CreateBundleRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument());
  request.set_recipient(o.recipient);
  request.set_all(o.all);
  request.set_attachments(o.attachments);
  ASSIGN_OR_RETURN(const uint64_t max_bytes, ParseSize("--max-size", o.max_size));
  request.set_max_bytes(max_bytes);
  return request;
}

absl::StatusOr<Exit> PlanBundle(Context& context, const BundleOptions& o) {
  ASSIGN_OR_RETURN(v1::CreateBundleRequest request, RequestOf(context, o));
  request.set_validate_only(true);
  ASSIGN_OR_RETURN(const WrittenBundle planned, WriteBundle(context, request, ".", {}));
  ordered_json json = BundlePlanJson(planned.plan);
  json["parts"] = ordered_json::array();
  for (const v1::BundlePart& part : planned.plan.parts()) {
    json["parts"].push_back({{"bytes", part.bytes()}, {"entries", part.entries()}});
  }
  context.Emit(json, BundlePlanText(planned.plan));
  return Exit::kDone;
}

absl::StatusOr<Exit> EmitWritten(Context& context, const WrittenBundle& written,
                                 const std::string& text) {
  ordered_json json = BundlePlanJson(written.plan);
  json["parts"] = ordered_json::array();
  std::string lines = text;
  for (const WrittenPart& part : written.parts) {
    json["parts"].push_back(
        {{"path", part.path}, {"bytes", part.bytes}, {"entries", part.entries}});
    absl::StrAppend(&lines, "  ", part.path, "  ", SizeText(part.bytes), "\n");
  }
  context.Emit(json, lines);
  return Exit::kDone;
}

absl::StatusOr<Exit> CreateBundleFiles(Context& context, const BundleOptions& o) {
  ASSIGN_OR_RETURN(const v1::CreateBundleRequest request, RequestOf(context, o));
  ASSIGN_OR_RETURN(const WrittenBundle written,
                   WriteBundle(context, request, o.out, o.age_recipients));
  if (!written.parts.empty() && o.age_recipients.empty()) {
    context.Say(
        "The files are not encrypted: whoever finds the stick can read the reports "
        "(--age-recipient encrypts).");
  }
  return EmitWritten(context, written, BundlePlanText(written.plan));
}

absl::StatusOr<Exit> CreateReceiptFile(Context& context, const BundleOptions& o) {
  v1::CreateBundleRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument());
  request.set_recipient(o.recipient);
  request.set_receipt(true);
  ASSIGN_OR_RETURN(const WrittenBundle written,
                   WriteBundle(context, request, o.out, o.age_recipients));
  return EmitWritten(context, written,
                     absl::StrCat("Receipt of what is held of ", written.plan.instrument(), ": ",
                                  Count(written.plan.feeds(), "feed"),
                                  ". Whoever makes bundles for this delegation imports it "
                                  "with entente bundle import.\n"));
}

// ---- import

struct TakenFile {
  std::string path;
  absl::Status status;
  v1::ImportBundleResponse response;
};

// Every file is checked before the first is stored, and parts are stored in their order.
std::vector<TakenFile> TakeFiles(Context& context, const BundleOptions& o) {
  std::vector<TakenFile> files;
  BundleProgress progress(context);
  uint64_t bytes = 0;
  for (const std::string& path : o.files) bytes += 2 * BytesOf(path);
  progress.set_all(bytes);
  for (const std::string& path : o.files) {
    TakenFile& file = files.emplace_back();
    file.path = path;
    auto checked = FeedBundle(context, path, o.age_identities, false, progress);
    file.status = checked.status();
    if (checked.ok()) file.response = *std::move(checked);
  }
  std::stable_sort(files.begin(), files.end(), [](const TakenFile& a, const TakenFile& b) {
    return a.response.header().part() < b.response.header().part();
  });
  for (TakenFile& file : files) {
    if (!file.status.ok()) continue;
    auto stored = FeedBundle(context, file.path, o.age_identities, true, progress);
    file.status = stored.status();
    if (stored.ok()) file.response = *std::move(stored);
  }
  return files;
}

absl::StatusOr<Exit> ImportFiles(Context& context, const BundleOptions& o) {
  const std::vector<TakenFile> files = TakeFiles(context, o);
  if (files.size() == 1 && !files[0].status.ok()) {
    return WithPath(files[0].path, files[0].status);
  }
  ordered_json json = {{"files", ordered_json::array()}};
  std::string text;
  Exit exit = Exit::kDone;
  std::vector<const v1::ImportBundleResponse*> stored;
  for (const TakenFile& file : files) {
    json["files"].push_back(ImportedJson(file.path, file.status, file.response));
    text += ImportedText(file.path, file.status, file.response);
    if (!file.status.ok()) {
      if (exit == Exit::kDone) exit = ExitOf(file.status);
      continue;
    }
    if (file.response.header().kind() == v1::BUNDLE_KIND_ENTRIES) stored.push_back(&file.response);
  }
  AddStillMissing(stored, json, text);
  context.Emit(json, text);
  return exit;
}

void AddMaking(CLI::App* command, BundleOptions& o, bool writes) {
  command->add_option("--for", o.recipient, "Delegation the bundle is for")
      ->required()
      ->type_name("CODE");
  command->add_option("--max-size", o.max_size, "Largest file, such as 5MB; default 5MB")
      ->type_name("SIZE");
  command->add_flag("--all", o.all, "Everything, whatever the recipient is known to hold");
  command->add_flag("--with-attachments", o.attachments,
                    "Also the files that reports in the bundle name, as far as they are here");
  if (!writes) return;
  command->add_option("--out", o.out, "Directory, or the file's name")
      ->required()
      ->type_name("PATH");
  command->add_option("--age-recipient", o.age_recipients,
                      "Encrypt to this age recipient (repeatable); needs the program age");
}

}  // namespace

void AddBundle(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "bundle", "Entries in files, for a stick or an e-mail");
  auto plan = std::make_shared<BundleOptions>();
  AddMaking(AddCommand(*noun, context, "plan", "What a bundle would hold, and how large it is",
                       "entente bundle plan --for EU-GSC --max-size 5MB",
                       [&context, plan] { return PlanBundle(context, *plan); }),
            *plan, false);
  auto create = std::make_shared<BundleOptions>();
  AddMaking(AddCommand(*noun, context, "create", "Write what the recipient lacks into files",
                       "entente bundle create --for EU-GSC --out /media/stick",
                       [&context, create] { return CreateBundleFiles(context, *create); }),
            *create, true);
  auto take = std::make_shared<BundleOptions>();
  CLI::App* import =
      AddCommand(*noun, context, "import", "Check files, then take in what they hold; any order",
                 "entente bundle import /media/stick/*.bundle",
                 [&context, take] { return ImportFiles(context, *take); });
  import->add_option("files", take->files, "Bundles or receipts")->required()->type_name("FILE");
  import
      ->add_option("--age-identity", take->age_identities,
                   "Key file that decrypts what age encrypted (repeatable); needs the program age")
      ->type_name("FILE")
      ->allow_extra_args(false);  // what follows is a bundle
  auto receipt = std::make_shared<BundleOptions>();
  CLI::App* command = AddCommand(
      *noun, context, "receipt", "Write what this node holds, for whoever makes bundles for it",
      "entente bundle receipt --out /media/stick",
      [&context, receipt] { return CreateReceiptFile(context, *receipt); });
  command->add_option("--for", receipt->recipient, "Delegation it is for; default: anybody")
      ->type_name("CODE");
  command->add_option("--out", receipt->out, "Directory, or the file's name")
      ->required()
      ->type_name("PATH");
  command->add_option("--age-recipient", receipt->age_recipients,
                      "Encrypt to this age recipient (repeatable); needs the program age");
}

}  // namespace entente::client

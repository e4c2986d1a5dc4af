// entente doctor: what is wrong with the node and its directory, why, and the command that mends
// it.
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/base/node_program.h"
#include "client/commands/commands.h"
#include "client/context/operator_methods.h"
#include "client/keys/mark.h"
#include "client/signing/signing.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

constexpr char kUsualData[] = "/var/lib/entente";
// Reading every table and checking every signature of a large store.
constexpr std::chrono::hours kExamineLimit(12);

struct DoctorOptions {
  std::string data;
  std::vector<std::string> keys;
  bool full = false;
};

v1::Check MakeCheck(const std::string& name, const std::string& result, const std::string& text,
                    const std::string& fix) {
  v1::Check check;
  check.set_name(name);
  check.set_result(result);
  check.set_text(text);
  check.set_fix(fix);
  return check;
}

v1::Check CheckKey(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    return MakeCheck("key_file", "fail", absl::StrCat(path, ": ", std::strerror(errno)),
                     "name the key file, or restore it from its own backup");
  }
  if ((info.st_mode & 077) != 0) {
    return MakeCheck("key_file", "fail",
                     absl::StrFormat("others may read %s (mode %04o)", path, info.st_mode & 07777),
                     "chmod 600 " + path);
  }
  absl::StatusOr<std::vector<keys::Mark>> marks = keys::ReadMarks(path);
  if (!marks.ok()) {
    return MakeCheck("key_file", "fail", std::string(marks.status().message()),
                     "restore " + path + ".mark from the key's own backup");
  }
  return MakeCheck("key_file", "ok",
                   absl::StrCat(path, " is for this user only; its mark knows ", marks->size(),
                                marks->size() == 1 ? " feed" : " feeds"),
                   "");
}

absl::Status ExamineOffline(const DoctorOptions& o, std::vector<v1::Check>& checks) {
  std::string data = o.data;
  if (data.empty() && std::filesystem::exists(kUsualData)) data = kUsualData;
  if (data.empty()) {
    checks.push_back(MakeCheck("data_directory", "warn",
                               "not looked at: without a node its path is not known",
                               "entente doctor --data DIR"));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const v1::JobAnswer answer,
                   RunNodeJob({"examine", "--data", std::filesystem::absolute(data).string(),
                               "--all", o.full ? "true" : "false"}));
  checks.insert(checks.end(), answer.checks().begin(), answer.checks().end());
  return absl::OkStatus();
}

absl::Status Examine(Context& context, const DoctorOptions& o, std::vector<v1::Check>& checks) {
  v1::ExamineRequest request;
  request.set_all(o.full);
  const absl::Status asked = o.data.empty()
                                 ? context.Read(operation::kExamine, request, kExamineLimit,
                                                [&](const v1::Check& check) {
                                                  checks.push_back(check);
                                                  return absl::OkStatus();
                                                })
                                 : absl::UnavailableError("not asked: --data looks at a directory");
  if (asked.ok()) {
    checks.insert(checks.begin(), MakeCheck("node", "ok", "the node answers", ""));
    return absl::OkStatus();
  }
  if (o.data.empty()) {
    if (base::ReasonOf(asked) != kNodeUnreachable) return asked;
    checks.push_back(MakeCheck("node", "fail", std::string(asked.message()),
                               "entented --data DIR, or systemctl start entented"));
  }
  return ExamineOffline(o, checks);
}

absl::StatusOr<Exit> RunDoctor(Context& context, const DoctorOptions& o) {
  std::vector<v1::Check> checks;
  RETURN_IF_ERROR(Examine(context, o, checks));
  for (const std::string& key : o.keys) checks.push_back(CheckKey(key));
  uint64_t warnings = 0, failures = 0;
  ordered_json json = {{"ok", true}, {"warnings", 0}, {"failures", 0}};
  json["checks"] = ordered_json::array();
  std::string text;
  for (const v1::Check& check : checks) {
    warnings += check.result() == "warn";
    failures += check.result() == "fail";
    json["checks"].push_back({{"name", check.name()},
                              {"result", check.result()},
                              {"text", check.text()},
                              {"fix", check.fix()}});
    const char* word = check.result() == "ok" ? "OK  " : check.result() == "warn" ? "WARN" : "FAIL";
    absl::StrAppend(&text, word, "  ", check.name(), ": ", Printable(check.text()), "\n");
    if (!check.fix().empty()) absl::StrAppend(&text, "      what to do: ", check.fix(), "\n");
  }
  absl::StrAppend(&text, checks.size(), " checks, ", Count(warnings, "warning"), ", ",
                  Count(failures, "failure"), "\n");
  json["ok"] = failures == 0;
  json["warnings"] = warnings;
  json["failures"] = failures;
  context.Emit(json, text);
  return failures == 0 ? Exit::kDone : Exit::kFindings;
}

}  // namespace

void AddDoctor(CLI::App& root, Context& context) {
  auto o = std::make_shared<DoctorOptions>();
  CLI::App* command =
      AddCommand(root, context, "doctor",
                 "Examine the node and its directory: what is wrong and what mends it",
                 "entente doctor --key A.key", [&context, o] { return RunDoctor(context, *o); });
  command->add_option("--data", o->data, "Look at this data directory, whose node is down")
      ->type_name("DIR");
  command->add_option("--key", o->keys, "Look at this key file too")->type_name("FILE");
  command->add_flag("--full", o->full, "Every signature and every byte of the newest backup");
}

}  // namespace entente::client

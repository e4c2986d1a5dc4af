#include "client/base/errors.h"

#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/base/render.h"
#include "entente/v1/error_reason.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "node/base/error.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

constexpr char kHintUrl[] = "entente.hint";
constexpr char kFieldUrl[] = "entente.field";
constexpr char kViolationsUrl[] = "entente.violations";

std::string Payload(const absl::Status& status, const char* url) {
  auto payload = status.GetPayload(url);
  return payload ? std::string(*payload) : std::string();
}

const std::map<std::string, Exit>& ExitByReason() {
  static const auto* table = new std::map<std::string, Exit>{
      {kUsage, Exit::kUsage},
      {kNodeUnreachable, Exit::kUnreachable},
      {kFileUnreadable, Exit::kMachine},
      {kFileDamaged, Exit::kMachine},
      {kFileUnwritable, Exit::kMachine},
      {kVerificationFailed, Exit::kFindings},
      {kVersionsStand, Exit::kConflict},
      {kNotConfirmed, Exit::kAgain},
      {kTimedOut, Exit::kAgain},
      {"SIGNATURE_INVALID", Exit::kFindings},
      {"UNKNOWN_INSTRUMENT", Exit::kNotFound},
      {"UNKNOWN_DELEGATION", Exit::kNotFound},
      {"NOT_FOUND_RECORD", Exit::kNotFound},
      {"HEAD_MOVED", Exit::kConflict},
      {"FEED_FORKED", Exit::kConflict},
      {"ATTACHMENT_DAMAGED", Exit::kFindings},
      {"ATTACHMENT_INCOMPLETE", Exit::kAgain},
      {"CHAIN_CONFLICT", Exit::kConflict},
      {"RESTORE_GUARD", Exit::kConflict},
      {"PREDECESSOR_MISSING", Exit::kConflict},
      {"QUEUE_FULL", Exit::kAgain},
      {"SHUTTING_DOWN", Exit::kAgain},
      {"PEER_UNREACHABLE", Exit::kAgain},
      {"PEER_PAUSED", Exit::kAgain},
      {"STORE_FULL", Exit::kMachine},
      {"STORE_IN_USE", Exit::kMachine},
      {"BACKUP_BUSY", Exit::kAgain},
      {"BACKUP_DAMAGED", Exit::kFindings},
      {"BUNDLE_DAMAGED", Exit::kFindings},
      {"BUNDLE_NOT_CHECKED", Exit::kAgain},
      {"PROGRAM_MISSING", Exit::kMachine},
      {"STORE_DAMAGED", Exit::kMachine},
  };
  return *table;
}

Exit ExitByCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return Exit::kDone;
    case absl::StatusCode::kNotFound:
      return Exit::kNotFound;
    case absl::StatusCode::kAborted:
      return Exit::kConflict;
    case absl::StatusCode::kUnavailable:
      return Exit::kUnreachable;
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return Exit::kAgain;
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return Exit::kMachine;
    default:
      return Exit::kRefused;
  }
}

// What to do, where the message of the node does not say it.
const std::map<std::string, std::string>& HintByReason() {
  static const auto* table = new std::map<std::string, std::string>{
      {"HEAD_MOVED", "another program signed with this key meanwhile; run the command again"},
      {"KEY_NOT_ENROLLED",
       "entente who lists the enrolled keys; a signer adds one with entente delegation enrol"},
      {"BELOW_THRESHOLD",
       "collect the other signatures: --out FILE, then entente delegation sign FILE"},
      {"CHAIN_CONFLICT", "look at the chain with entente delegation show, then make the act again"},
      {"UNKNOWN_INSTRUMENT",
       "entente instrument list shows the instruments joined here; entente instrument join "
       "FILE.invitation joins one more"},
      {"UNKNOWN_DELEGATION", "entente who lists the delegations"},
      {"NOT_FOUNDED", "entente delegation found, or entente delegation join FILE.credentials"},
      {"WARNINGS_NOT_ACCEPTED", "read the warnings; --accept-warnings submits all the same"},
      {"QUEUE_FULL", "wait a moment and run the command again"},
      {"SHUTTING_DOWN", "the node is stopping; run the command again when it is back"},
      {"PEER_UNREACHABLE", "entente peer list shows addresses and the last error; run again later"},
      {"STORE_FULL", "free space on the node's disk, then run the command again"},
      {"STORE_DAMAGED",
       "stop the node and restore it from a backup, or let it fetch everything anew"},
      {"NEWER_VERSION_NEEDED", "install the newer version on this machine"},
      {"FEED_FORKED",
       "entente audit shows both branches; settle with entente delegation resolve-fork"},
      {kTimedOut, "nothing is lost; run it again, or give it longer with --timeout SECONDS"},
  };
  return *table;
}

// The canonical code in the form of the wire, for errors that carry no reason.
std::string CodeWord(const absl::Status& status) {
  std::string reason = base::ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

void ReadDetails(absl::string_view from, absl::Status& to, std::string& reason) {
  google::rpc::Status details;
  if (!details.ParseFromArray(from.data(), static_cast<int>(from.size()))) return;
  std::vector<Violation> violations;
  for (const auto& any : details.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (any.UnpackTo(&info)) {
      reason = info.reason();
    } else if (any.UnpackTo(&bad)) {
      for (const auto& v : bad.field_violations())
        violations.push_back({v.field(), v.description()});
    }
  }
  if (!violations.empty()) to = WithViolations(std::move(to), violations);
}

}  // namespace

absl::Status Failure(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                     absl::string_view hint) {
  absl::Status status = base::Error(code, reason, message);
  return hint.empty() ? status : WithHint(std::move(status), hint);
}

absl::Status UsageError(absl::string_view message, absl::string_view hint) {
  return Failure(absl::StatusCode::kInvalidArgument, kUsage, message, hint);
}

absl::Status WithHint(absl::Status status, absl::string_view hint) {
  status.SetPayload(kHintUrl, absl::Cord(hint));
  return status;
}

absl::Status WithField(absl::Status status, absl::string_view field) {
  status.SetPayload(kFieldUrl, absl::Cord(field));
  return status;
}

absl::Status WithViolations(absl::Status status, const std::vector<Violation>& violations) {
  google::rpc::BadRequest bad;
  for (const auto& v : violations) {
    auto* added = bad.add_field_violations();
    added->set_field(v.field);
    added->set_description(v.message);
  }
  status.SetPayload(kViolationsUrl, absl::Cord(bad.SerializeAsString()));
  if (violations.size() == 1) status = WithField(std::move(status), violations[0].field);
  return status;
}

std::string HintOf(const absl::Status& status) {
  std::string hint = Payload(status, kHintUrl);
  if (!hint.empty()) return hint;
  auto found = HintByReason().find(base::ReasonOf(status));
  return found == HintByReason().end() ? std::string() : found->second;
}

std::string FieldOf(const absl::Status& status) { return Payload(status, kFieldUrl); }

std::vector<Violation> ViolationsOf(const absl::Status& status) {
  std::vector<Violation> out;
  google::rpc::BadRequest bad;
  if (!bad.ParseFromString(Payload(status, kViolationsUrl))) return out;
  for (const auto& v : bad.field_violations()) out.push_back({v.field(), v.description()});
  return out;
}

absl::Status FromNode(absl::StatusCode code, absl::string_view message, absl::string_view details) {
  absl::Status out(code, message);
  std::string reason;
  ReadDetails(details, out, reason);
  if (reason.empty() && code == absl::StatusCode::kUnavailable) {
    return Failure(code, kNodeUnreachable, absl::StrCat("the node does not answer: ", message),
                   "is entented running? entente status --node unix:PATH tries another socket");
  }
  if (reason.empty() && code == absl::StatusCode::kDeadlineExceeded) reason = kTimedOut;
  if (reason == kTimedOut) return Failure(code, reason, "the node did not answer in time");
  if (reason.empty()) return out;
  absl::Status named = base::Error(code, reason, out.message());
  std::string violations = Payload(out, kViolationsUrl);
  if (!violations.empty()) named.SetPayload(kViolationsUrl, absl::Cord(violations));
  std::string field = FieldOf(out);
  return field.empty() ? named : WithField(std::move(named), field);
}

Exit ExitOf(const absl::Status& status) {
  if (status.ok()) return Exit::kDone;
  const std::string reason = base::ReasonOf(status);
  auto found = ExitByReason().find(reason);
  if (found != ExitByReason().end()) return found->second;
  // A reason of the node that is not listed is a refusal, unless its code says more.
  Exit by_code = ExitByCode(status.code());
  if (!reason.empty() && by_code == Exit::kUnreachable) return Exit::kAgain;
  return by_code;
}

std::string ErrorText(const absl::Status& status, bool color, const Phrases& phrases) {
  std::string out = color ? "\x1b[1;31mentente: " : "entente: ";
  out += PrintableLines(phrases.RetellLines(status.message()));
  if (color) out += "\x1b[0m";
  out += "\n";
  for (const auto& v : ViolationsOf(status)) {
    // The message often is its violations, a line each: nothing is said twice.
    if (!absl::StrContains(status.message(), v.message))
      out += "  " + PrintableLines(phrases.RetellLines(v.message)) + "\n";
  }
  std::string hint = HintOf(status);
  if (!hint.empty())
    out +=
        "  " + PrintableLines(phrases.Say("what to do: {0}", {phrases.RetellLines(hint)})) + "\n";
  const std::string exit = std::to_string(static_cast<int>(ExitOf(status)));
  out += "  " + phrases.Say("({0}, exit status {1})", {CodeWord(status), exit}) + "\n";
  return out;
}

std::string ErrorJson(const absl::Status& status) {
  ordered_json out;
  out["code"] = CodeWord(status);
  out["field"] = FieldOf(status);
  out["message"] = std::string(status.message());
  out["hint"] = HintOf(status);
  out["exit_status"] = static_cast<int>(ExitOf(status));
  auto violations = ViolationsOf(status);
  if (!violations.empty()) {
    out["violations"] = ordered_json::array();
    for (const auto& v : violations) {
      out["violations"].push_back({{"field", v.field}, {"message", v.message}});
    }
  }
  return JsonDump(out, -1) + "\n";
}

}  // namespace entente::client

#include "client/base/errors.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "node/base/error.h"

namespace entente::client {
namespace {

using absl::StatusCode;

absl::Status Answered(StatusCode code, const std::string& reason, const std::string& field = "") {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("entente");
  details.add_details()->PackFrom(info);
  if (!field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description("E-NUM " + field + ": wrong");
    details.add_details()->PackFrom(bad);
  }
  return FromNode(code, "it went wrong", details.SerializeAsString());
}

TEST(Errors, ExitStatusFollowsTheReason) {
  EXPECT_EQ(ExitOf(UsageError("x")), Exit::kUsage);
  EXPECT_EQ(ExitOf(base::Error(StatusCode::kUnavailable, kNodeUnreachable, "x")),
            Exit::kUnreachable);
  EXPECT_EQ(ExitOf(base::Error(StatusCode::kInternal, kVerificationFailed, "x")), Exit::kFindings);
  EXPECT_EQ(ExitOf(base::Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED", "x")),
            Exit::kRefused);
  EXPECT_EQ(ExitOf(base::Error(StatusCode::kFailedPrecondition, "ALREADY_FOUNDED", "x")),
            Exit::kRefused);
  EXPECT_EQ(ExitOf(base::Error(StatusCode::kNotFound, "UNKNOWN_INSTRUMENT", "x")), Exit::kNotFound);
  EXPECT_EQ(ExitOf(base::Error(StatusCode::kAborted, "RESTORE_GUARD", "x")), Exit::kConflict);
  EXPECT_EQ(ExitOf(base::Error(StatusCode::kUnavailable, "PEER_UNREACHABLE", "x")), Exit::kAgain);
  EXPECT_EQ(ExitOf(base::Error(StatusCode::kResourceExhausted, "STORE_FULL", "x")), Exit::kMachine);
}

TEST(Errors, WithoutAReasonTheCanonicalCodeDecides) {
  EXPECT_EQ(ExitOf(absl::OkStatus()), Exit::kDone);
  EXPECT_EQ(ExitOf(absl::NotFoundError("x")), Exit::kNotFound);
  EXPECT_EQ(ExitOf(absl::PermissionDeniedError("x")), Exit::kRefused);
  EXPECT_EQ(ExitOf(absl::DeadlineExceededError("x")), Exit::kAgain);
  EXPECT_EQ(ExitOf(absl::DataLossError("x")), Exit::kMachine);
}

TEST(Errors, AnAnswerOfTheNodeIsNeverTakenForAMissingNode) {
  EXPECT_EQ(ExitOf(FromNode(StatusCode::kUnavailable, "connect failed", "")), Exit::kUnreachable);
  EXPECT_EQ(ExitOf(Answered(StatusCode::kUnavailable, "SHUTTING_DOWN")), Exit::kAgain);
  EXPECT_EQ(ExitOf(Answered(StatusCode::kUnavailable, "SOME_LATER_REASON")), Exit::kAgain);
}

TEST(Errors, ReasonFieldAndViolationsComeThroughGrpc) {
  absl::Status status =
      Answered(StatusCode::kInvalidArgument, "VALIDATION_FAILED", "values[X].value");
  EXPECT_EQ(base::ReasonOf(status), "VALIDATION_FAILED");
  EXPECT_EQ(FieldOf(status), "values[X].value");
  ASSERT_EQ(ViolationsOf(status).size(), 1u);
  EXPECT_EQ(ViolationsOf(status)[0].message, "E-NUM values[X].value: wrong");
}

TEST(Errors, AMessageThatIsItsViolationsIsSaidOnce) {
  const absl::Status status =
      WithViolations(base::Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                                 "E-AUTH key: no\nE-REVIEW-SELF report: own"),
                     {{"key", "E-AUTH key: no"}, {"report", "E-REVIEW-SELF report: own"}});
  const std::string text = ErrorText(status, false);
  EXPECT_EQ(text.find("E-AUTH"), text.rfind("E-AUTH")) << text;
  EXPECT_EQ(text.find("own"), text.rfind("own")) << text;
}

// Messages quote what a stranger's file says.
TEST(Errors, NoMessageDrivesTheTerminal) {
  absl::Status status =
      WithHint(WithViolations(UsageError("unknown type \"\x1b[2K\rproven\x07\""), {{"f",
                                                                                    "\xc2\x9b"
                                                                                    "0m"}}),
               "not \x1b]0;x");
  const std::string text = ErrorText(status, false, Phrases());
  EXPECT_EQ(text.find_first_of("\x1b\r\x07\xc2"), std::string::npos) << text;
  EXPECT_NE(text.find("unknown type \"?[2K?proven?\""), std::string::npos) << text;
}

TEST(Errors, JsonHasTheFourFieldsOnOneLine) {
  std::string text = ErrorJson(WithHint(WithField(UsageError("no"), "key"), "do this"));
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["code"], "USAGE");
  EXPECT_EQ(json["field"], "key");
  EXPECT_EQ(json["message"], "no");
  EXPECT_EQ(json["hint"], "do this");
}

TEST(Errors, TextSaysWhatToDo) {
  std::string text =
      ErrorText(absl::Status(base::Error(StatusCode::kAborted, "HEAD_MOVED", "moved")), false);
  EXPECT_NE(text.find("what to do: "), std::string::npos);
  EXPECT_NE(text.find("exit status 7"), std::string::npos);
}

}  // namespace
}  // namespace entente::client

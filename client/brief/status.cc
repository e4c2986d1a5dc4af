#include "client/brief/status.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/bytes.h"
#include "node/meaning/text/words.h"

namespace entente::client::brief {

namespace {

// "in_progress" is said "in progress", and so looked up.
std::string Spaced(const std::string& word) { return absl::StrReplaceAll(word, {{"_", " "}}); }

Status OfReport(const v1::Report& report, const Phrases& phrases) {
  Status status;
  status.reported = true;
  if (!report.nil_reason().empty()) {
    status.key = "nil";
    status.words = phrases.Say("nil report");
    return status;
  }
  status.key = base::Str(meaning::ImplementationWord(report.implementation()));
  if (status.key.empty()) status.key = "reported";
  status.words = InWords(status.key, phrases);
  const std::string assessment = base::Str(meaning::AssessmentWord(report.assessment()));
  if (!assessment.empty() && report.assessment() != v1::NOT_ASSESSED) {
    absl::StrAppend(&status.words, ", ", InWords(assessment, phrases));
  }
  if (report.assessment() == v1::OFF_TRACK) status.mark = "!";
  if (report.assessment() == v1::AT_RISK) status.mark = "~";
  return status;
}

Status OfOne(const v1::BriefReport& head, const Phrases& phrases) {
  Status status;
  if (head.withdrawn()) {
    status.key = "withdrawn";
    status.words = phrases.Say("withdrawn");
  } else if (head.review() == "not_counted") {
    status.key = "not_counted";
    status.words = phrases.Say("not counted: {0}", {InWords(head.review_reason(), phrases)});
  } else {
    status = OfReport(head.report(), phrases);
    if (head.review() == "clarification_requested") absl::StrAppend(&status.mark, "?");
  }
  return status;
}

}  // namespace

std::string InWords(const std::string& word, const Phrases& phrases) {
  return phrases.Say(Spaced(word));
}

Status StatusOf(const Heads& heads, bool after_close, const std::string& absent_word,
                const Phrases& phrases) {
  Status status;
  if (heads.empty()) {
    status.key = "absent";
    status.words = absent_word;
  } else if (heads.size() > 1) {
    status.key = "conflict";
    status.words = phrases.Say("conflict, {0} versions stand", {absl::StrCat(heads.size())});
    status.mark = "\u2021";
    status.reported = true;
  } else {
    status = OfOne(heads[0], phrases);
  }
  if (after_close && status.reported) {
    status.key = "after_close";
    status.words = phrases.Say("{0}, after the close", {status.words});
    status.reported = false;
  }
  return status;
}

Status Unasked(const Phrases& phrases) {
  Status status;
  status.key = "unasked";
  status.words = phrases.Say("not asked");
  return status;
}

std::string SilenceWord(const v1::BriefHead& head, const v1::BriefDelegation* delegation,
                        const Phrases& phrases) {
  const bool reaches = delegation != nullptr && head.deadline_ms() != 0 &&
                       delegation->newest_record_ms() > head.deadline_ms();
  return reaches ? phrases.Say("not submitted") : phrases.Say("not seen here yet");
}

}  // namespace entente::client::brief

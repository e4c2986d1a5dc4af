#include "node/meaning/slot.h"

#include <type_traits>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/bytes.h"
#include "node/crypto/sha256.h"
#include "node/meaning/code.h"
#include "node/meaning/words.h"

namespace entente::meaning {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

bool SubjectFits(v1::SubjectKind kind, absl::string_view code) {
  switch (kind) {
    case v1::SUBJECT_COMMITMENT:
      return IsCommitmentCode(code);
    case v1::SUBJECT_CHAPTER:
      return IsChapterCode(code);
    case v1::SUBJECT_INSTRUMENT:
      return code.empty();
    default:
      return false;
  }
}

}  // namespace

base::Digest SlotHash(absl::string_view slot) { return crypto::Sha256(slot); }

std::string PrintReportSlot(const ReportSlot& slot) {
  std::string out = "report/" + (slot.round.empty() ? "-" : slot.round) + "/" + slot.delegation;
  if (slot.round.empty()) out += "/" + slot.period;
  out += "/" + base::Str(SubjectKindWord(slot.subject_kind));
  if (!slot.subject.empty()) out += "/" + slot.subject;
  return out;
}

std::optional<ReportSlot> ParseReportSlot(absl::string_view text) {
  std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() < 4 || parts[0] != "report") return std::nullopt;
  ReportSlot slot;
  slot.delegation = parts[2];
  if (!IsDelegationCode(slot.delegation)) return std::nullopt;
  size_t at = 3;
  if (parts[1] == "-") {
    // A period may hold a slash ("2014/2020"): it ends where the subject's word begins.
    while (at < parts.size() && !ParseSubjectKind(parts[at])) ++at;
    slot.period = absl::StrJoin(parts.begin() + 3, parts.begin() + static_cast<long>(at), "/");
    if (slot.period.empty()) return std::nullopt;
  } else {
    if (!IsRoundCode(parts[1])) return std::nullopt;
    slot.round = parts[1];
  }
  if (at >= parts.size()) return std::nullopt;
  auto kind = ParseSubjectKind(parts[at]);
  if (!kind) return std::nullopt;
  slot.subject_kind = *kind;
  slot.subject = absl::StrJoin(parts.begin() + static_cast<long>(at) + 1, parts.end(), "/");
  // Printing again catches what joining hid, such as a final slash.
  if (!SubjectFits(*kind, slot.subject) || PrintReportSlot(slot) != base::Str(text)) {
    return std::nullopt;
  }
  return slot;
}

ReportSlot SlotOfReport(const v1::Report& report, absl::string_view delegation_code) {
  ReportSlot slot;
  slot.round = report.round();
  slot.delegation = base::Str(delegation_code);
  if (slot.round.empty()) slot.period = report.period();
  slot.subject_kind = report.subject().kind();
  slot.subject = report.subject().code();
  return slot;
}

std::string SlotOfRecord(const Record& record, absl::string_view delegation_code,
                         const base::EntryId& id) {
  return std::visit(
      Overloaded{
          [](std::monostate) -> std::string { return ""; },
          [&](const v1::Report& r) { return PrintReportSlot(SlotOfReport(r, delegation_code)); },
          [](const v1::Withdrawal& w) -> std::string { return w.slot(); },
          [](const v1::Instrument&) -> std::string { return "instrument"; },
          [](const v1::Chapter& c) { return "chapter/" + c.code(); },
          [](const v1::Commitment& c) { return "commitment/" + c.code(); },
          [](const v1::Indicator& i) { return "indicator/" + i.code(); },
          [](const v1::Round& r) { return "round/" + r.code(); },
          [&](const v1::Intervention&) { return "intervention/" + id.ToHex(); },
      },
      record);
}

}  // namespace entente::meaning

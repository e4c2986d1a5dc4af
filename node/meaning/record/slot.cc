#include "node/meaning/record/slot.h"

#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/bytes.h"
#include "node/crypto/sha256.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"

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

// The slot of a record that stands alone.
std::string Alone(uint32_t kind, const base::EntryId& id) {
  return base::Str(KindWord(kind)) + "/" + id.ToHex();
}

// The first version of a record that can be corrected. An id that is none is a fault (E-SCHEMA),
// and nothing stands in the slot.
template <class Payload>
base::EntryId FirstOf(const Payload& payload, const base::EntryId& id) {
  if (!payload.has_correction()) return id;
  return base::EntryId::FromBytes(payload.correction().first()).value_or(id);
}

void AppendText(std::string& out, absl::string_view round, absl::string_view delegation,
                absl::string_view period, v1::SubjectKind subject_kind, absl::string_view subject) {
  auto add = [&out](absl::string_view part) {
    out.push_back('/');
    out.append(part.data(), part.size());
  };
  out.append("report");
  add(round.empty() ? "-" : round);
  add(delegation);
  if (round.empty()) add(period);
  add(SubjectKindWord(subject_kind));
  if (!subject.empty()) add(subject);
}

bool IsExtensionName(absl::string_view name) {
  const size_t slash = name.find('/');
  return slash != absl::string_view::npos && IsRoundCode(name.substr(0, slash)) &&
         IsDelegationCode(name.substr(slash + 1));
}

}  // namespace

base::Digest SlotHash(absl::string_view slot) { return crypto::Sha256(slot); }

std::string PrintReportSlot(const ReportSlot& slot) {
  std::string out;
  AppendText(out, slot.round, slot.delegation, slot.period, slot.subject_kind, slot.subject);
  return out;
}

void AppendReportSlot(std::string& out, const v1::Report& report,
                      absl::string_view delegation_code) {
  AppendText(out, report.round(), delegation_code, report.period(), report.subject().kind(),
             report.subject().code());
}

std::string ReportSlotText(const v1::Report& report, absl::string_view delegation_code) {
  std::string out;
  AppendReportSlot(out, report, delegation_code);
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

std::optional<uint32_t> KindOfSlot(absl::string_view slot) {
  const size_t slash = slot.find('/');
  if (slash == absl::string_view::npos) {
    return slot == "instrument" ? std::optional<uint32_t>(v1::INSTRUMENT) : std::nullopt;
  }
  const auto kind = ParseKind(slot.substr(0, slash));
  const absl::string_view name = slot.substr(slash + 1);
  bool fits = false;
  switch (kind.value_or(0)) {
    case 0:
    case v1::INSTRUMENT:
    case v1::WITHDRAWAL:            // stands in the report's slot
    case v1::INFORMAL_TRANSLATION:  // as any translation
    case v1::RETRACTION:            // stands in the slot of what it takes back
    case v1::MINUTES_RETRACTION:
      break;
    case v1::REPORT:
      fits = ParseReportSlot(slot).has_value();
      break;
    case v1::CHAPTER:
      fits = IsChapterCode(name);
      break;
    case v1::COMMITMENT:
      fits = IsCommitmentCode(name);
      break;
    case v1::INDICATOR:
      fits = IsIndicatorCode(name);
      break;
    case v1::ROUND:
      fits = IsRoundCode(name);
      break;
    case v1::EXTENSION:
      fits = IsExtensionName(name);
      break;
    default:
      fits = base::EntryId::FromHex(name).has_value();
  }
  return fits ? kind : std::nullopt;
}

bool IsRetractable(uint32_t kind) {
  return kind == v1::COMMENT || kind == v1::MEETING || kind == v1::AGENDA_ITEM ||
         kind == v1::INTERVENTION;
}

bool IsRetraction(uint32_t kind) {
  return kind == v1::RETRACTION || kind == v1::MINUTES_RETRACTION;
}

std::optional<base::EntryId> FirstVersionIn(absl::string_view slot) {
  const size_t slash = slot.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  const auto kind = ParseKind(slot.substr(0, slash));
  if (!kind || !IsRetractable(*kind)) return std::nullopt;
  return base::EntryId::FromHex(slot.substr(slash + 1));
}

std::string SlotOfRecord(const Record& record, absl::string_view delegation_code,
                         const base::EntryId& id) {
  return std::visit(
      Overloaded{
          [](std::monostate) -> std::string { return ""; },
          [&](const v1::Report& r) { return ReportSlotText(r, delegation_code); },
          [](const v1::Withdrawal& w) -> std::string { return w.slot(); },
          [](const v1::Instrument&) -> std::string { return "instrument"; },
          [](const v1::Chapter& c) { return "chapter/" + c.code(); },
          [](const v1::Commitment& c) { return "commitment/" + c.code(); },
          [](const v1::Indicator& i) { return "indicator/" + i.code(); },
          [](const v1::Round& r) { return "round/" + r.code(); },
          [](const v1::Extension& e) { return "extension/" + e.round() + "/" + e.grantee(); },
          [&](const v1::Intervention& m) { return Alone(v1::INTERVENTION, FirstOf(m, id)); },
          [&](const v1::Review&) { return Alone(v1::REVIEW, id); },
          [&](const v1::Comment& m) { return Alone(v1::COMMENT, FirstOf(m, id)); },
          [&](const v1::Translation&) { return Alone(v1::TRANSLATION, id); },
          [&](const v1::RoundClose&) { return Alone(v1::ROUND_CLOSE, id); },
          [&](const v1::Reminder&) { return Alone(v1::REMINDER, id); },
          [&](const v1::Meeting& m) { return Alone(v1::MEETING, FirstOf(m, id)); },
          [&](const v1::AgendaItem&) { return Alone(v1::AGENDA_ITEM, id); },
          [&](const v1::Amendment&) { return Alone(v1::AMENDMENT, id); },
          [&](const v1::Objection&) { return Alone(v1::OBJECTION, id); },
          [&](const v1::Adoption&) { return Alone(v1::ADOPTION, id); },
          [&](const v1::Person&) { return Alone(v1::PERSON, id); },
          [&](const v1::AuditStatement&) { return Alone(v1::AUDIT_STATEMENT, id); },
          [](const v1::Retraction& r) -> std::string { return r.slot(); },
      },
      record);
}

}  // namespace entente::meaning

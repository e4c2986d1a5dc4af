#include "node/meaning/record/reference.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/period.h"

namespace entente::meaning {
namespace {

using Parts = std::vector<std::string>;

absl::Status NotAReference(absl::string_view text) {
  return base::Error(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                     "E-CODE reference: " + Quoted(text) +
                         " is not understood; write EUCA-2014/DDR/08 for a commitment, "
                         "R:EUCA-2014/MTR-2017/KG/DDR/08 for a report, #2 after it for a version");
}

bool HasDigit(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// Instruments are hyphenated (EUCA-2014, CADAP-6), chapters are not: a convention, used only where
// the asker's instrument does not settle it.
bool LooksLikeInstrument(const std::string& part) {
  return IsInstrumentCode(part) && part.find('-') != std::string::npos;
}

bool LooksLikeRound(const std::string& part) {
  return part.size() >= 4 && std::all_of(part.end() - 4, part.end(),
                                         [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// "#2~2afb25f0" off the end of the text; false when what stands there is no version.
bool TakeVersion(absl::string_view& text, Reference& out) {
  size_t hash = text.find('#');
  if (hash == absl::string_view::npos) return true;
  Parts parts = absl::StrSplit(text.substr(hash + 1), '~');
  text = text.substr(0, hash);
  uint32_t version = 0;
  if (parts.size() > 2 || !absl::SimpleAtoi(parts[0], &version) || version == 0) return false;
  out.version = version;
  if (parts.size() == 1) return true;
  out.short_id = parts[1];
  return out.short_id.size() == 8 && base::FromHex(out.short_id).has_value();
}

// KG/DDR/08, KG/DDR, KG; for an unscheduled one KG/PERIOD/DDR/08 where the period may hold a slash.
std::optional<std::string> ReportSlotOf(const std::string& round, const Parts& rest) {
  if (rest.empty() || !IsDelegationCode(rest[0])) return std::nullopt;
  ReportSlot slot;
  slot.delegation = rest[0];
  size_t at = 1;
  if (round == "-") {
    if (rest.size() > 2 && ParsePeriod(rest[1] + "/" + rest[2])) {
      slot.period = rest[1] + "/" + rest[2];
      at = 3;
    } else if (rest.size() > 1 && ParsePeriod(rest[1])) {
      slot.period = rest[1];
      at = 2;
    } else {
      return std::nullopt;
    }
  } else {
    slot.round = round;
  }
  size_t left = rest.size() - at;
  slot.subject_kind = left == 0   ? v1::SUBJECT_INSTRUMENT
                      : left == 1 ? v1::SUBJECT_CHAPTER
                                  : v1::SUBJECT_COMMITMENT;
  slot.subject = absl::StrJoin(rest.begin() + static_cast<long>(at), rest.end(), "/");
  std::string text = PrintReportSlot(slot);
  return ParseReportSlot(text) ? std::optional<std::string>(text) : std::nullopt;
}

bool ParseReportReference(const Parts& parts, const std::string& own, Reference& out) {
  bool with_instrument;
  if (parts.size() < 2) return false;
  if (parts[0] == "-" || parts[1] == "-") {
    with_instrument = parts[1] == "-";
  } else if (!own.empty() && parts[0] == own) {
    with_instrument = true;
  } else if (parts.size() == 2 || parts.size() == 5) {
    with_instrument = parts.size() == 5;
  } else {
    // Rounds carry a year, delegations hardly ever a digit.
    with_instrument = LooksLikeInstrument(parts[0]) && HasDigit(parts[1]);
  }
  size_t round_at = with_instrument ? 1 : 0;
  if (parts.size() < round_at + 2) return false;
  if (with_instrument) out.instrument = parts[0];
  auto slot = ReportSlotOf(parts[round_at],
                           Parts(parts.begin() + static_cast<long>(round_at) + 1, parts.end()));
  if (slot) out.slots = {*slot};
  return slot.has_value();
}

// A slot text: report/..., commitment/DDR/08, intervention/HEX.
bool ParseSlotText(const Parts& parts, Reference& out) {
  std::string text = absl::StrJoin(parts, "/");
  const bool fits = KindOfSlot(text).has_value();
  if (fits) out.slots = {std::move(text)};
  return fits;
}

void AddBareCode(const std::string& code, Reference& out) {
  std::vector<std::string> kinds = {"chapter", "indicator", "round"};
  if (LooksLikeRound(code)) {
    kinds = {"round", "indicator", "chapter"};
  } else if (code.find('-') != std::string::npos) {
    kinds = {"indicator", "round", "chapter"};
  }
  for (const auto& kind : kinds) {
    bool fits = kind == "chapter" ? IsChapterCode(code)
                : kind == "round" ? IsRoundCode(code)
                                  : IsIndicatorCode(code);
    if (fits) out.slots.push_back(kind + "/" + code);
  }
}

bool ParseCatalogueReference(Parts parts, const std::string& own, Reference& out) {
  if (ParseKind(parts[0])) return ParseSlotText(parts, out);
  bool with_instrument = parts[0] == own;
  if (!with_instrument && LooksLikeInstrument(parts[0])) with_instrument = parts.size() > 1;
  if (with_instrument) {
    out.instrument = parts[0];
    parts.erase(parts.begin());
    if (parts.empty()) {
      out.slots = {"instrument"};
      return true;
    }
    if (ParseKind(parts[0])) return ParseSlotText(parts, out);
  }
  std::string code = absl::StrJoin(parts, "/");
  if (parts.size() == 1) {
    AddBareCode(code, out);
  } else if (IsCommitmentCode(code)) {
    out.slots = {"commitment/" + code};
  }
  return !out.slots.empty();
}

}  // namespace

absl::StatusOr<Reference> ParseReference(absl::string_view text,
                                         absl::string_view instrument_code) {
  Reference out;
  absl::string_view body = absl::StripAsciiWhitespace(text);
  bool report = body.substr(0, 2) == "R:";
  if (report) body.remove_prefix(2);
  if (!TakeVersion(body, out) || body.empty()) return NotAReference(text);
  Parts parts = absl::StrSplit(body, '/');
  std::string own = base::Str(instrument_code);
  bool ok =
      report ? ParseReportReference(parts, own, out) : ParseCatalogueReference(parts, own, out);
  if (!ok) return NotAReference(text);
  return out;
}

absl::StatusOr<std::string> SlotOfReference(const Reference& reference) {
  if (reference.slots.empty()) return NotAReference("");
  return reference.slots[0];
}

std::string ReferenceOfSlot(absl::string_view instrument_code, absl::string_view slot) {
  std::string code = base::Str(instrument_code), text = base::Str(slot);
  if (text == "instrument") return code.empty() ? text : code;
  if (!code.empty()) code += "/";
  if (auto report = ParseReportSlot(slot)) {
    std::string out =
        "R:" + code + (report->round.empty() ? "-" : report->round) + "/" + report->delegation;
    if (report->round.empty()) out += "/" + report->period;
    return report->subject.empty() ? out : out + "/" + report->subject;
  }
  size_t slash = text.find('/');
  if (slash == std::string::npos) return code + text;
  // The short form, where it leads back to this slot.
  std::string brief = code + text.substr(slash + 1);
  auto back = ParseReference(brief, instrument_code);
  bool leads_back = back.ok() && back->slots[0] == text;
  return leads_back ? brief : code + text;
}

std::string VersionedReference(absl::string_view reference, uint32_t version,
                               absl::string_view short_id) {
  std::string out = base::Str(reference) + "#" + std::to_string(version);
  return short_id.empty() ? out : out + "~" + base::Str(short_id);
}

}  // namespace entente::meaning

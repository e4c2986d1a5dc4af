#include "node/query/record/voices.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/query/record/records.h"
#include "node/query/view/decisions.h"
#include "node/query/view/directory.h"
#include "node/query/view/narrowed.h"
#include "node/query/view/spoken.h"
#include "node/query/view/table.h"

namespace entente::query {

namespace {

constexpr int kVoiceRowsMax = 1000;

// One line of the table, from a summary.
struct VoiceLine {
  std::string about;  // slot, or round code
  std::string what;
  std::string text;
  std::string round;  // "": of none
};

std::string Dated(const std::string& word, const std::string& date) {
  return date.empty() ? word : absl::StrCat(word, " ", date);
}

VoiceLine LineOf(const v1::ReviewSummary& s) {
  return {s.slot(), s.reason().empty() ? s.outcome() : absl::StrCat(s.outcome(), ": ", s.reason()),
          s.text(), ""};
}
VoiceLine LineOf(const v1::CommentSummary& s) {
  return {s.slot(), s.part().empty() ? s.nature() : absl::StrCat(s.nature(), " on ", s.part()),
          s.text(), ""};
}
VoiceLine LineOf(const v1::TranslationSummary& s) {
  return {s.slot(), absl::StrCat(s.part(), " in ", s.lang()), "", ""};
}
VoiceLine LineOf(const v1::ExtensionSummary& s) {
  return {"round/" + s.round(), absl::StrCat(s.grantee(), " until ", s.deadline()), s.reason(),
          s.round()};
}
VoiceLine LineOf(const v1::RoundCloseSummary& s) {
  return {"round/" + s.round(), "closed", base::ToHex(s.record_set()), s.round()};
}
VoiceLine LineOf(const v1::ReminderSummary& s) {
  return {"round/" + s.round(), absl::StrCat(s.level(), " to ", absl::StrJoin(s.addressees(), " ")),
          s.text(), s.round()};
}
VoiceLine LineOf(const v1::MeetingSummary& s) {
  return {s.round().empty() ? "" : "round/" + s.round(),
          s.place().empty() ? s.date() : absl::StrCat(s.date(), ", ", s.place()), s.title(),
          s.round()};
}
VoiceLine LineOf(const v1::AgendaItemSummary& s) {
  return {"meeting/" + base::ToHex(s.meeting()),
          s.chapter().empty() ? s.item() : absl::StrCat(s.item(), ", ", s.chapter()), s.title(),
          ""};
}
VoiceLine LineOf(const v1::AmendmentSummary& s) {
  return {s.slot(), Dated(s.procedure(), s.until()), s.reason(), ""};
}
VoiceLine LineOf(const v1::ObjectionSummary& s) { return {s.slot(), "objects", s.reason(), ""}; }
VoiceLine LineOf(const v1::AdoptionSummary& s) {
  return {s.slot(), absl::StrCat(s.outcome(), ", ", Dated(s.procedure(), s.date())),
          s.replaced_by().empty() ? s.doc_ref() : absl::StrCat("by ", s.replaced_by()), ""};
}
VoiceLine LineOf(const v1::PersonSummary& s) {
  return {"", absl::StrCat(s.office(), s.position().empty() ? "" : ", ", s.position()),
          absl::StrCat(s.name(), s.latin_name().empty() ? "" : " (", s.latin_name(),
                       s.latin_name().empty() ? "" : ")", s.contact().empty() ? "" : ", ",
                       s.contact(), s.valid_until().empty() ? "" : ", until ", s.valid_until()),
          ""};
}
VoiceLine LineOf(const v1::AuditStatementSummary& s) {
  return {
      s.round().empty() ? "" : "round/" + s.round(),
      absl::StrCat(s.entries(), " entries, ", s.findings(), " findings, ",
                   s.checkpoint_size() == 0 ? "no register"
                                            : absl::StrCat("register up to ", s.checkpoint_size())),
      base::ToHex(s.frontier_digest()), s.round()};
}

template <class Summary>
VoiceLine Parsed(const std::string& bytes) {
  Summary summary;
  summary.ParseFromString(bytes);
  return LineOf(summary);
}

struct Voice {
  uint32_t kind;
  VoiceLine (*line)(const std::string& summary);
};
constexpr Voice kVoices[] = {
    {v1::REVIEW, Parsed<v1::ReviewSummary>},
    {v1::COMMENT, Parsed<v1::CommentSummary>},
    {v1::TRANSLATION, Parsed<v1::TranslationSummary>},
    {v1::INFORMAL_TRANSLATION, Parsed<v1::TranslationSummary>},
    {v1::EXTENSION, Parsed<v1::ExtensionSummary>},
    {v1::ROUND_CLOSE, Parsed<v1::RoundCloseSummary>},
    {v1::REMINDER, Parsed<v1::ReminderSummary>},
    {v1::MEETING, Parsed<v1::MeetingSummary>},
    {v1::AGENDA_ITEM, Parsed<v1::AgendaItemSummary>},
    {v1::AMENDMENT, Parsed<v1::AmendmentSummary>},
    {v1::OBJECTION, Parsed<v1::ObjectionSummary>},
    {v1::ADOPTION, Parsed<v1::AdoptionSummary>},
    {v1::PERSON, Parsed<v1::PersonSummary>},
    {v1::AUDIT_STATEMENT, Parsed<v1::AuditStatementSummary>},
};

// Its own round; of what is about a report, that of the report.
std::string RoundOf(const VoiceLine& line) {
  if (!line.round.empty()) return line.round;
  if (const auto report = meaning::ParseReportSlot(line.about)) return report->round;
  absl::string_view about = line.about;
  return absl::ConsumePrefix(&about, "round/") ? base::Str(about) : "";
}

struct Listed {
  v1::Contribution record;
  std::string slot, state;  // "" where its kind is not corrected
};

// Those that stand; of what can be corrected also what was taken back, as what it was.
absl::StatusOr<std::vector<Listed>> ListedOfKind(const Views& views, uint32_t kind) {
  std::vector<Listed> out;
  if (!meaning::IsRetractable(kind)) {
    ASSIGN_OR_RETURN(auto records, StandingOfKind(views, kind));
    for (v1::Contribution& record : records) out.push_back({std::move(record), "", ""});
    return out;
  }
  ASSIGN_OR_RETURN(const auto slots, views.SlotsOfKind(meaning::KindWord(kind)));
  std::set<std::pair<std::string, std::string>> replaced;  // from another slot; by whom
  for (const v1::SlotValue& slot : slots) {
    for (const v1::Contribution& c : slot.contributions()) {
      for (const std::string& id : c.supersedes()) replaced.emplace(c.delegation(), id);
    }
    const Told told = ToldOf(slot);
    if (told.last != nullptr) out.push_back({*told.last, slot.slot(), told.state});
  }
  auto gone = [&](const Listed& one) {
    return one.state != "withdrawn" &&
           replaced.contains({one.record.delegation(), one.record.entry()});
  };
  out.erase(std::remove_if(out.begin(), out.end(), gone), out.end());
  std::sort(out.begin(), out.end(), [](const Listed& a, const Listed& b) {
    return std::forward_as_tuple(a.record.hlc(), a.record.entry()) <
           std::forward_as_tuple(b.record.hlc(), b.record.entry());
  });
  return out;
}

const Voice* FindVoice(const std::string& word) {
  for (const Voice& voice : kVoices) {
    if (meaning::KindWord(voice.kind) == word) return &voice;
  }
  return nullptr;
}

}  // namespace

const std::vector<std::string>& VoiceKinds() {
  static const auto* words = [] {
    auto* out = new std::vector<std::string>;
    for (const Voice& voice : kVoices) out->emplace_back(meaning::KindWord(voice.kind));
    return out;
  }();
  return *words;
}

bool IsVoice(const std::string& kind) { return FindVoice(kind) != nullptr; }

absl::StatusOr<v1::Table> ListVoices(const Views& views, const v1::ListRecordsRequest& request) {
  const Voice& voice = *FindVoice(request.kind());
  TableBuilder table({{"reference", "REFERENCE"},
                      {"delegation", "DELEGATION"},
                      {"about", "ABOUT"},
                      {"what", "WHAT"},
                      {"text", "TEXT"},
                      {"state", "STATE"},
                      {"key_label", "OFFICE OR PERSON"},
                      {"signed", "SIGNED (CLAIM)"},
                      {"entry_id", "ENTRY"}});
  const int limit = request.page_size() > 0 ? std::min(request.page_size(), kVoiceRowsMax) : 100;
  RETURN_IF_ERROR(CheckAdmitted(views, request.delegation()));
  ASSIGN_OR_RETURN(const Narrowed narrowed, NarrowTo(views, request.round(), ""));
  ASSIGN_OR_RETURN(const std::vector<Listed> records, ListedOfKind(views, voice.kind));
  for (const auto& [record, slot, state] : records) {
    const VoiceLine line = voice.line(record.summary());
    if (!request.delegation().empty() && record.delegation() != request.delegation()) continue;
    if (!narrowed.round.empty() && RoundOf(line) != narrowed.round) continue;
    if (table.rows() == limit) {
      table.Note(absl::StrCat("showing ", limit, "; name a delegation, or --limit"));
      break;
    }
    const base::EntryId id = *base::EntryId::FromBytes(record.entry());
    std::string what = line.what;
    if (voice.kind == v1::AMENDMENT) {
      ASSIGN_OR_RETURN(const std::string decided, AmendmentState(views, id));
      absl::StrAppend(&what, ": ", decided);
    }
    const base::EntryId first = meaning::FirstVersionIn(slot).value_or(id);
    table.Row({absl::StrCat(request.kind(), "/", first.Short()), record.delegation(),
               line.about.empty() ? "" : meaning::ReferenceOfSlot(views.code(), line.about), what,
               line.text, state, KeyLabel(views, record.delegation(), record.key()),
               TimeText(WallMs(record.hlc())), id.ToHex()});
  }
  if (table.rows() == 0) RETURN_IF_ERROR(narrowed.unknown);
  return table.Finish();
}

}  // namespace entente::query

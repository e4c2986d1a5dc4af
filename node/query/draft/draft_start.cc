#include "node/query/draft/draft_start.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/part_name.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"
#include "node/query/view/report_slots.h"
#include "node/query/view/spoken.h"

namespace entente::query {

using absl::StatusCode;
using base::EntryId;
using base::Error;
using google::protobuf::FieldDescriptor;

namespace {

// One field of a report alone, as bytes: equal fields, equal bytes.
std::string FieldBytes(const v1::Report& report, const FieldDescriptor* field) {
  v1::Report only;
  const google::protobuf::Reflection* reflection = report.GetReflection();
  std::vector<const FieldDescriptor*> others;
  only.CopyFrom(report);
  reflection->ListFields(only, &others);
  for (const FieldDescriptor* other : others) {
    if (other != field) reflection->ClearField(&only, other);
  }
  return only.SerializeAsString();
}

// Parts in the order of the fields: name, and a report that has only this part, as bytes.
using Parts = std::vector<std::pair<std::string, std::string>>;

void AddPart(Parts& parts, const std::string& name, const v1::Report& only) {
  const auto same = [&](const auto& part) { return part.first == name; };
  auto at = std::find_if(parts.begin(), parts.end(), same);
  if (at == parts.end()) at = parts.insert(parts.end(), {name, ""});
  at->second += only.SerializeAsString();
}

void AddElements(const v1::Report& report, const FieldDescriptor* field, Parts& parts) {
  const google::protobuf::Reflection* reflection = report.GetReflection();
  for (int i = 0; i < reflection->FieldSize(report, field); ++i) {
    v1::Report only;
    reflection->AddMessage(&only, field)
        ->CopyFrom(reflection->GetRepeatedMessage(report, field, i));
    std::string name;
    if (only.values_size() > 0) name = meaning::PartName(only.values(0));
    if (only.narratives_size() > 0) name = meaning::NarrativeName(only.narratives(0).lang());
    if (only.sections_size() > 0)
      name = meaning::SectionName(only.sections(0).name(), only.sections(0).text().lang());
    if (only.attachments_size() > 0) name = meaning::AttachmentName(only.attachments(0).name());
    AddPart(parts, name, only);
  }
}

Parts PartsOf(const v1::Report& report) {
  Parts parts;
  std::vector<const FieldDescriptor*> fields;
  report.GetReflection()->ListFields(report, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string& name = field->name();
    if (name == "common" || name == "cleared_by") continue;
    if (field->is_repeated() && name != "milestones") {
      AddElements(report, field, parts);
    } else {
      parts.emplace_back(name, FieldBytes(report, field));
    }
  }
  return parts;
}

std::string BytesOf(const Parts& parts, const std::string& name) {
  for (const auto& [one, bytes] : parts) {
    if (one == name) return bytes;
  }
  return {};
}

// By the number of the field a part is of: its bytes begin with that field's tag.
using Names = std::multimap<int, std::string>;
constexpr int kWireTypeBits = 3;

void AddNew(const Parts& parts, Names& names) {
  for (const auto& [name, bytes] : parts) {
    const bool known = std::any_of(names.begin(), names.end(),
                                   [&](const auto& one) { return one.second == name; });
    if (known) continue;
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                              static_cast<int>(bytes.size()));
    names.emplace(static_cast<int>(in.ReadTag() >> kWireTypeBits), name);
  }
}

// The milestones that every version has: what is left of the list when it is in question.
void TakeCommonMilestones(const std::vector<v1::Report>& heads, v1::Report& to) {
  for (const v1::Milestone& one : heads[0].milestones()) {
    const std::string bytes = one.SerializeAsString();
    const bool everywhere = std::all_of(heads.begin(), heads.end(), [&](const v1::Report& head) {
      return std::any_of(
          head.milestones().begin(), head.milestones().end(),
          [&](const v1::Milestone& other) { return other.SerializeAsString() == bytes; });
    });
    if (everywhere) *to.add_milestones() = one;
  }
}

// Which question of a review is answered is nothing a person writes: the first that a version has.
void TakeAnswer(const std::vector<v1::Report>& heads, v1::Report& to) {
  for (const v1::Report& head : heads) {
    if (to.answers().empty()) to.set_answers(head.answers());
  }
}

absl::StatusOr<v1::Report> ReportAt(const Views& views, absl::string_view entry) {
  ASSIGN_OR_RETURN(ledger::Entry held, views.Entry(*EntryId::FromBytes(entry)));
  v1::Report report;
  if (held.header.kind != v1::REPORT || !report.ParseFromString(held.payload)) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD", "what stands there is not a report");
  }
  return report;
}

absl::Status NothingStands(const Views& views, absl::string_view slot_text) {
  std::string what = meaning::ReferenceOfSlot(views.code(), slot_text);
  if (const auto slot = meaning::ParseReportSlot(slot_text)) {
    what = absl::StrCat(slot->round.empty() ? absl::StrCat("period ", slot->period)
                                            : absl::StrCat("round ", slot->round),
                        ", delegation ", slot->delegation, ", ",
                        meaning::SubjectKindWord(slot->subject_kind), " ",
                        slot->subject.empty() ? views.code() : slot->subject);
  }
  return Error(
      StatusCode::kNotFound, "NOT_FOUND_RECORD",
      absl::StrCat("no report stands for ", what, " here; entente report list shows what does"));
}

void Supersede(v1::Report& report, const std::vector<const v1::Contribution*>& heads) {
  report.mutable_common()->clear_supersedes();
  std::set<std::string> ids;
  for (const v1::Contribution* head : heads) ids.insert(head->entry());
  for (const std::string& id : ids) report.mutable_common()->add_supersedes(id);
}

// The one version every head supersedes, if there is one.
std::optional<std::string> CommonVersion(const std::vector<const v1::Contribution*>& heads) {
  std::set<std::string> common(heads[0]->supersedes().begin(), heads[0]->supersedes().end());
  for (const v1::Contribution* head : heads) {
    std::set<std::string> own(head->supersedes().begin(), head->supersedes().end()), both;
    std::set_intersection(common.begin(), common.end(), own.begin(), own.end(),
                          std::inserter(both, both.end()));
    common = both;
  }
  if (common.size() != 1) return std::nullopt;
  return *common.begin();
}

}  // namespace

std::string PartOf(const v1::Report& report, const std::string& name) {
  if (const auto* field = v1::Report::descriptor()->FindFieldByName(name))
    return FieldBytes(report, field);
  return BytesOf(PartsOf(report), name);
}

DraftStart MergeReports(const v1::Report* base, const std::vector<v1::Report>& heads) {
  DraftStart out;
  const Parts before = base ? PartsOf(*base) : Parts();
  std::vector<Parts> versions;
  Names names;
  AddNew(before, names);
  for (const v1::Report& head : heads) {
    versions.push_back(PartsOf(head));
    AddNew(versions.back(), names);
  }
  for (const auto& [field, name] : names) {
    const std::string unchanged = BytesOf(before, name);
    std::set<std::string> changes;
    for (const Parts& version : versions) {
      const std::string now = BytesOf(version, name);
      if (!base || now != unchanged) changes.insert(now);
    }
    if (changes.size() <= 1) {
      out.report.MergeFromString(changes.empty() ? unchanged : *changes.begin());
    } else if (name == "answers") {
      TakeAnswer(heads, out.report);
    } else {
      out.questions.push_back(name);
      if (name == "milestones") TakeCommonMilestones(heads, out.report);
    }
  }
  *out.report.mutable_common() = heads[0].common();
  return out;
}

absl::StatusOr<DraftStart> StartCorrection(const Views& views, absl::string_view slot) {
  ASSIGN_OR_RETURN(v1::SlotValue value, views.Slot(slot));
  const std::vector<const v1::Contribution*> heads = merge::Heads(value);
  if (heads.empty()) return NothingStands(views, slot);
  if (heads.size() > 1) {
    return Error(StatusCode::kFailedPrecondition, "DRAFT_STATE",
                 absl::StrCat(heads.size(), " versions stand in ",
                              meaning::ReferenceOfSlot(views.code(), slot),
                              "; settle them together with entente draft merge"));
  }
  DraftStart out;
  ASSIGN_OR_RETURN(out.report, ReportAt(views, heads[0]->entry()));
  Supersede(out.report, heads);
  out.report.clear_answers();
  out.report.clear_cleared_by();  // of the version it was given for
  ASSIGN_OR_RETURN(const ReportStanding standing, StandingOf(views, slot, *heads[0], false));
  if (const StandingReview* open = standing.OpenQuestion())
    out.report.set_answers(open->contribution.entry());
  return out;
}

absl::StatusOr<DraftStart> StartMerge(const Views& views, absl::string_view slot) {
  ASSIGN_OR_RETURN(v1::SlotValue value, views.Slot(slot));
  const std::vector<const v1::Contribution*> heads = merge::Heads(value);
  if (heads.empty()) return NothingStands(views, slot);
  if (heads.size() == 1) {
    return Error(StatusCode::kFailedPrecondition, "DRAFT_STATE",
                 absl::StrCat("one version of ", meaning::ReferenceOfSlot(views.code(), slot),
                              " stands, so there is no conflict to settle; to correct it: entente "
                              "draft new --correct ",
                              meaning::ReferenceOfSlot(views.code(), slot)));
  }
  std::vector<v1::Report> reports;
  for (const v1::Contribution* head : heads) {
    if (head->kind() != v1::REPORT)
      continue;  // a withdrawal beside a report: superseded, nothing to take from it
    ASSIGN_OR_RETURN(v1::Report report, ReportAt(views, head->entry()));
    reports.push_back(std::move(report));
  }
  if (reports.empty()) return NothingStands(views, slot);
  std::optional<v1::Report> before;
  if (std::optional<std::string> common = CommonVersion(heads)) {
    auto report = ReportAt(views, *common);
    if (report.ok()) before = *std::move(report);
  }
  DraftStart out = MergeReports(before ? &*before : nullptr, reports);
  Supersede(out.report, heads);
  return out;
}

namespace {

// The newest report of the delegation, by the time it claims, of the slots that `wanted` takes; the
// entry's id, or "" for none.
absl::StatusOr<std::string> NewestReport(
    const Views& views, const std::string& delegation,
    const std::function<bool(const meaning::ReportSlot&)>& wanted) {
  std::pair<uint64_t, std::string> newest;  // time claimed, entry
  RETURN_IF_ERROR(ForEachReportSlot(views, {.delegation = delegation},
                                    [&](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
                                      const auto name = meaning::ParseReportSlot(slot.slot());
                                      if (!name || !wanted(*name)) return true;
                                      for (const v1::Contribution& c : slot.contributions()) {
                                        if (c.kind() == v1::REPORT)
                                          newest = std::max(newest, {c.hlc(), c.entry()});
                                      }
                                      return true;
                                    }));
  return newest.second;
}

}  // namespace

absl::StatusOr<std::string> UsualLanguage(const Views& views, const std::string& delegation) {
  ASSIGN_OR_RETURN(const std::string newest,
                   NewestReport(views, delegation, [](const auto&) { return true; }));
  if (newest.empty()) return std::string();
  ASSIGN_OR_RETURN(const v1::Report report, ReportAt(views, newest));
  if (!report.common().lang().empty()) return report.common().lang();
  return report.narratives().empty() ? std::string() : report.narratives(0).lang();
}

absl::StatusOr<v1::Report> FromPrevious(const Views& views, const v1::Report& wanted,
                                        const std::string& delegation) {
  ASSIGN_OR_RETURN(const std::string newest,
                   NewestReport(views, delegation, [&](const meaning::ReportSlot& slot) {
                     return slot.subject == wanted.subject().code() && slot.round != wanted.round();
                   }));
  if (newest.empty()) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("no earlier report of ", delegation, " on ", wanted.subject().code(),
                              " is held here; leave --from-previous out"));
  }
  ASSIGN_OR_RETURN(v1::Report report, ReportAt(views, newest));
  report.clear_common();
  report.clear_values();
  report.clear_answers();
  report.clear_attachments();
  report.clear_cleared_by();
  report.set_round(wanted.round());
  report.set_period(wanted.period());
  *report.mutable_subject() = wanted.subject();
  return report;
}

}  // namespace entente::query

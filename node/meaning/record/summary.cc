#include "node/meaning/record/summary.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_join.h"
#include "node/base/bytes.h"
#include "node/meaning/record/attachment.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

// The first text of a list, for tables.
std::string Brief(const google::protobuf::RepeatedPtrField<v1::Text>& texts) {
  return Shorten(TextIn(texts, "en"), kSummaryTextBytes);
}

v1::ReportSummary Of(const v1::Report& report) {
  v1::ReportSummary out;
  out.set_implementation(report.implementation());
  out.set_assessment(report.assessment());
  out.set_nil(!report.nil_reason().empty());
  out.set_values(static_cast<uint32_t>(report.values_size()));
  out.set_answers(!report.answers().empty());
  for (const auto& attachment : report.attachments()) {
    if (auto blob = BlobOf(attachment)) out.add_blobs(blob->Encode());
  }
  FillAnswered(report, out);
  return out;
}

v1::WithdrawalSummary Of(const v1::Withdrawal& withdrawal) {
  v1::WithdrawalSummary out;
  out.set_reason(Shorten(withdrawal.reason(), kSummaryTextBytes));
  return out;
}

v1::RetractionSummary Of(const v1::Retraction& retraction) {
  v1::RetractionSummary out;
  out.set_reason(Shorten(retraction.reason(), kSummaryTextBytes));
  return out;
}

v1::InstrumentSummary Of(const v1::Instrument& instrument) {
  v1::InstrumentSummary out;
  out.set_code(instrument.code());
  out.set_title(TextIn(instrument.titles(), "en"));
  out.set_period(instrument.period());
  *out.mutable_aliases() = instrument.aliases();
  return out;
}

v1::ChapterSummary Of(const v1::Chapter& chapter) {
  v1::ChapterSummary out;
  out.set_code(chapter.code());
  out.set_title(TextIn(chapter.titles(), "en"));
  out.set_order(chapter.order());
  out.set_parent(chapter.parent());
  *out.mutable_aliases() = chapter.aliases();
  return out;
}

v1::CommitmentSummary Of(const v1::Commitment& commitment) {
  v1::CommitmentSummary out;
  out.set_code(commitment.code());
  out.set_text(Shorten(TextIn(commitment.texts(), "en"), kSummaryTextBytes));
  out.set_nature(commitment.nature());
  *out.mutable_addressees() = commitment.addressees();
  *out.mutable_indicators() = commitment.indicators();
  return out;
}

v1::IndicatorSummary Of(const v1::Indicator& indicator) {
  v1::IndicatorSummary out;
  out.set_code(indicator.code());
  out.set_title(TextIn(indicator.titles(), "en"));
  out.set_measure(indicator.measure());
  out.set_unit(indicator.unit());
  out.set_aggregation(indicator.aggregation());
  return out;
}

v1::RoundSummary Of(const v1::Round& round) {
  v1::RoundSummary out;
  out.set_code(round.code());
  out.set_nature(round.nature());
  out.set_covers(round.covers());
  *out.mutable_scope() = round.scope();
  *out.mutable_expected() = round.expected();
  out.set_opens(round.opens());
  out.set_deadline(round.deadline());
  out.set_zone(round.zone());
  out.set_grace_days(round.grace_days());
  *out.mutable_mandatory_sections() = round.mandatory_sections();
  return out;
}

v1::InterventionSummary Of(const v1::Intervention& intervention) {
  v1::InterventionSummary out;
  out.set_round(intervention.round());
  out.set_chapter(intervention.chapter());
  out.set_item(intervention.item());
  out.set_speaker(intervention.speaker());
  out.set_nature(intervention.nature());
  out.set_date(intervention.date());
  out.set_number(intervention.number());
  out.set_doc_ref(intervention.doc_ref());
  out.set_text(Brief(intervention.summaries()));
  out.set_correction(Shorten(intervention.correction().reason(), kSummaryTextBytes));
  return out;
}

v1::ReviewSummary Of(const v1::Review& review) {
  v1::ReviewSummary out;
  out.set_slot(review.report().slot());
  *out.mutable_reports() = review.report().entries();
  out.set_outcome(review.outcome());
  out.set_reason(review.reason());
  out.set_due(review.due());
  out.set_remarks(static_cast<uint32_t>(review.remarks_size()));
  if (review.remarks_size() > 0)
    out.set_text(Shorten(review.remarks(0).text().text(), kSummaryTextBytes));
  return out;
}

v1::CommentSummary Of(const v1::Comment& comment) {
  v1::CommentSummary out;
  out.set_slot(comment.about().slot());
  out.set_part(comment.part());
  out.set_nature(comment.nature());
  out.set_answers(comment.answers());
  out.set_text(Brief(comment.texts()));
  out.set_correction(Shorten(comment.correction().reason(), kSummaryTextBytes));
  return out;
}

v1::TranslationSummary Of(const v1::Translation& translation) {
  v1::TranslationSummary out;
  out.set_slot(translation.about().slot());
  out.set_part(translation.part());
  out.set_lang(translation.text().lang());
  return out;
}

v1::ExtensionSummary Of(const v1::Extension& extension) {
  v1::ExtensionSummary out;
  out.set_round(extension.round());
  out.set_grantee(extension.grantee());
  out.set_deadline(extension.deadline());
  out.set_reason(Shorten(extension.reason(), kSummaryTextBytes));
  return out;
}

v1::RoundCloseSummary Of(const v1::RoundClose& close) {
  v1::RoundCloseSummary out;
  out.set_round(close.round());
  *out.mutable_marks() = close.marks();
  out.set_record_set(close.record_set());
  return out;
}

v1::ReminderSummary Of(const v1::Reminder& reminder) {
  v1::ReminderSummary out;
  out.set_round(reminder.round());
  *out.mutable_addressees() = reminder.addressees();
  out.set_level(reminder.level());
  out.set_text(Brief(reminder.texts()));
  return out;
}

v1::MeetingSummary Of(const v1::Meeting& meeting) {
  v1::MeetingSummary out;
  out.set_round(meeting.round());
  out.set_date(meeting.date());
  out.set_place(meeting.place());
  out.set_title(Brief(meeting.titles()));
  out.set_agenda_ref(meeting.agenda_ref());
  out.set_outcome_ref(meeting.outcome_ref());
  out.set_correction(Shorten(meeting.correction().reason(), kSummaryTextBytes));
  return out;
}

v1::AgendaItemSummary Of(const v1::AgendaItem& item) {
  v1::AgendaItemSummary out;
  out.set_meeting(item.meeting());
  out.set_item(item.item());
  out.set_chapter(item.chapter());
  out.set_title(Brief(item.titles()));
  return out;
}

v1::AmendmentSummary Of(const v1::Amendment& amendment) {
  v1::AmendmentSummary out;
  out.set_slot(amendment.about().slot());
  out.set_reason(Shorten(amendment.reason(), kSummaryTextBytes));
  out.set_procedure(amendment.procedure());
  out.set_until(amendment.until());
  return out;
}

v1::ObjectionSummary Of(const v1::Objection& objection) {
  v1::ObjectionSummary out;
  out.set_slot(objection.about().slot());
  out.set_reason(Shorten(objection.reason(), kSummaryTextBytes));
  return out;
}

v1::AdoptionSummary Of(const v1::Adoption& adoption) {
  v1::AdoptionSummary out;
  out.set_slot(adoption.about().slot());
  out.set_outcome(adoption.outcome());
  out.set_procedure(adoption.procedure());
  out.set_date(adoption.date());
  out.set_doc_ref(adoption.doc_ref());
  out.set_replaced_by(adoption.replaced_by());
  return out;
}

v1::PersonSummary Of(const v1::Person& person) {
  v1::PersonSummary out;
  out.set_name(person.name());
  out.set_latin_name(person.latin_name());
  out.set_office(person.office());
  out.set_position(person.position());
  out.set_contact(person.contact());
  out.set_valid_until(person.valid_until());
  return out;
}

v1::AuditStatementSummary Of(const v1::AuditStatement& statement) {
  v1::AuditStatementSummary out;
  out.set_round(statement.round());
  out.set_frontier_digest(statement.frontier_digest());
  out.set_entries(statement.entries());
  out.set_findings(static_cast<uint32_t>(statement.findings_size()));
  out.set_checkpoint_size(statement.checkpoint_size());
  return out;
}

}  // namespace

void Summarise(const Record& record, std::string& out) {
  std::visit(
      [&out](const auto& message) {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, std::monostate>) {
          out.clear();
        } else {
          const auto summary = Of(message);
          out.resize(summary.ByteSizeLong());
          summary.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(out.data()));
        }
      },
      record);
}

void FillAnswered(const v1::Report& report, v1::ReportSummary& out) {
  const std::vector<std::string>& names = SectionNames();
  uint32_t sections = 0;
  for (const auto& section : report.sections()) {
    if (IsBlank(section.text().text())) continue;
    const auto name = std::find(names.begin(), names.end(), section.name());
    if (name != names.end()) sections |= uint32_t{1} << (name - names.begin());
  }
  out.set_sections(sections);
  std::vector<absl::string_view> indicators;
  for (const auto& value : report.values()) {
    // What is no code may hold anything, such as the space between two that are.
    if (IsIndicatorCode(value.indicator())) indicators.push_back(value.indicator());
  }
  std::sort(indicators.begin(), indicators.end());
  indicators.erase(std::unique(indicators.begin(), indicators.end()), indicators.end());
  out.set_indicators(absl::StrJoin(indicators, " "));
}

std::string TextIn(const google::protobuf::RepeatedPtrField<v1::Text>& texts,
                   absl::string_view lang) {
  for (const std::string& wanted : {base::Str(lang), std::string("en")}) {
    for (const auto& text : texts) {
      if (text.lang() == wanted) return text.text();
    }
  }
  return texts.empty() ? "" : texts[0].text();
}

std::string Shorten(const std::string& text, size_t bytes) {
  static constexpr char kEllipsis[] = "…";  // 3 bytes
  if (text.size() <= bytes) return text;
  size_t end = bytes < 3 ? 0 : bytes - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + kEllipsis;
}

}  // namespace entente::meaning

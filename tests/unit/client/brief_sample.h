// A small round with every kind of state in it, as a node would send it.
#pragma once

#include <string>

#include "client/brief/compose.h"
#include "client/brief/facts.h"
#include "entente/v1/brief.pb.h"

namespace entente::client::brief {

inline constexpr uint64_t kDay = 86'400'000;
inline constexpr uint64_t kDeadline = 17'425 * kDay;  // the end of 2017-09-15

inline void AddText(google::protobuf::RepeatedPtrField<v1::Text>* texts, const char* lang,
                    const char* words) {
  v1::Text* text = texts->Add();
  text->set_lang(lang);
  text->set_text(words);
}

inline v1::BriefReport Reported(v1::Implementation implementation, v1::Assessment assessment,
                                const char* lang = "", const char* words = "") {
  v1::BriefReport head;
  head.set_entry(std::string(32, 'a'));
  head.set_version(1);
  head.set_author("Focal point");
  head.set_signed_ms(17'423 * kDay);
  head.mutable_report()->set_implementation(implementation);
  head.mutable_report()->set_assessment(assessment);
  if (*words != '\0') AddText(head.mutable_report()->mutable_narratives(), lang, words);
  return head;
}

inline v1::IndicatorValue Given(const char* indicator, const char* period, const char* value,
                                const char* status) {
  v1::IndicatorValue out;
  out.set_indicator(indicator);
  out.set_period(period);
  out.set_value(value);
  out.set_status(status);
  return out;
}

inline v1::BriefSlot& AddSlot(Facts& facts, const char* delegation, const char* commitment) {
  v1::BriefSlot slot;
  slot.set_delegation(delegation);
  slot.set_subject_kind(v1::SUBJECT_COMMITMENT);
  slot.set_subject(commitment);
  slot.set_asked(true);
  facts.slots.push_back(slot);
  return facts.slots.back();
}

inline void AddDelegation(Facts& facts, const char* code, const char* name, uint64_t newest) {
  v1::BriefDelegation* delegation = facts.head.add_delegations();
  delegation->set_code(code);
  delegation->set_name(name);
  delegation->set_expected(true);
  delegation->set_newest_record_ms(newest);
  facts.head.mutable_round()->add_expected(code);
}

inline void AddCatalogue(Facts& facts) {
  v1::Chapter chapter;
  chapter.set_code("DDR");
  AddText(chapter.mutable_titles(), "en", "Drug demand reduction");
  AddText(chapter.mutable_titles(), "ru", "Сокращение спроса на наркотики");
  facts.chapters.push_back(chapter);
  for (const char* code : {"DDR/01", "DDR/04", "DDR/08"}) {
    v1::Commitment commitment;
    commitment.set_code(code);
    commitment.set_nature("undertaking");
    commitment.set_timetable("2014/2020");
    AddText(commitment.mutable_texts(), "en",
            code == std::string("DDR/08") ? "Introduce <opioid> substitution treatment"
                                          : "Build & test a programme");
    commitment.add_contributes_to("SDG/3.5");
    commitment.add_indicators(code == std::string("DDR/08") ? "OST-CLIENTS" : "HIV-TREND");
    facts.commitments.push_back(commitment);
  }
  v1::Indicator clients;
  clients.set_code("OST-CLIENTS");
  clients.set_unit("person");
  AddText(clients.mutable_titles(), "en", "Clients in substitution treatment");
  v1::Dimension* sex = clients.add_dimensions();
  sex->set_name("sex");
  for (const char* code : {"F", "M", "T"}) sex->add_codes(code);
  sex->set_total_code("T");
  facts.indicators["OST-CLIENTS"] = clients;
}

inline void AddHead(Facts& facts) {
  v1::BriefHead& head = facts.head;
  head.set_instrument_code("EUCA-2014");
  head.set_instrument_title("The plan");
  AddText(head.mutable_instrument()->mutable_titles(), "en", "Action Plan on Drugs 2014-2020");
  v1::Round& round = *head.mutable_round();
  round.set_code("MTR-2017");
  round.set_nature("mid_term");
  round.set_covers("2014/2017");
  round.set_deadline("2017-09-15");
  round.set_working_language("en");
  round.set_meeting_date("2017-10-12");
  round.set_meeting_place("Brussels");
  round.set_agenda_ref("CM 4388/17");
  head.mutable_previous()->set_code("REV-2015");
  head.set_deadline_ms(kDeadline);
  head.set_frontier_digest(std::string(32, '\x01'));
  head.set_view_digest(std::string(32, '\x02'));
  AddDelegation(facts, "KZ", "Kazakhstan", 17'430 * kDay);
  AddDelegation(facts, "KG", "Kyrgyzstan", 17'423 * kDay);
  AddDelegation(facts, "TJ", "Tajikistan", 17'430 * kDay);
  AddDelegation(facts, "TM", "Turkmenistan", 0);
}

inline v1::BriefReport KyrgyzOnTreatment() {
  v1::BriefReport head =
      Reported(v1::IN_PROGRESS, v1::AT_RISK, "ru", "Лечение введено <b>в тюрьмах</b>.\n\nДалее.");
  head.mutable_report()->mutable_common()->set_lang("ru");
  v1::Attachment* order = head.mutable_report()->add_attachments();
  order->set_name("order.pdf");
  order->set_size(21'750'000);
  order->set_lang("ru");
  order->set_title("Приказ министра");
  v1::IndicatorValue total = Given("OST-CLIENTS", "2016", "28800", "E");
  total.set_source("Минздрав");
  v1::DimensionValue* dim = total.add_dims();
  dim->set_name("sex");
  dim->set_code("T");
  v1::IndicatorValue women = total;
  women.mutable_dims(0)->set_code("F");
  women.set_value("9000");
  v1::IndicatorValue missing = Given("OST-CLIENTS", "2017", "", "L");
  missing.set_note("no census yet");
  for (const auto& value : {total, women, missing}) *head.mutable_report()->add_values() = value;
  v1::Section* section = head.mutable_report()->add_sections();
  section->set_name("assistance_needed");
  section->mutable_text()->set_lang("ru");
  section->mutable_text()->set_text("Нужна помощь с | обучением.");
  v1::Milestone* milestone = head.mutable_report()->add_milestones();
  milestone->set_text("Приказ подписан");
  milestone->set_date("2017-03-01");
  milestone->set_done(true);
  v1::BriefTranslation* translation = head.add_translations();
  translation->set_delegation("KZ");
  translation->set_part("section.assistance_needed");
  translation->mutable_text()->set_lang("en");
  translation->mutable_text()->set_text("Training | is needed.");
  head.set_review("clarification_requested");
  v1::BriefRemark* question = head.add_questions();
  question->set_reviewer("EU-GSC");
  question->set_due("2017-10-01");
  question->mutable_remark()->set_part("values[OST-CLIENTS]");
  question->mutable_remark()->mutable_text()->set_lang("en");
  question->mutable_remark()->mutable_text()->set_text("Which <month> is the count of?");
  return head;
}

inline void AddReports(Facts& facts) {
  v1::BriefSlot& kz1 = AddSlot(facts, "KZ", "DDR/01");
  *kz1.add_heads() =
      Reported(v1::COMPLETED, v1::ASSESSMENT_UNSPECIFIED, "en", "Done in 20 schools.");
  v1::IndicatorValue trend = Given("HIV-TREND", "2016", "", "A");
  trend.set_trend(v1::TREND_DOWN);
  *kz1.mutable_heads(0)->mutable_report()->add_values() = trend;
  kz1.mutable_heads(0)->set_review("accepted");
  *kz1.add_previous() = Reported(v1::IN_PROGRESS, v1::ON_TRACK);
  v1::BriefSlot& kz4 = AddSlot(facts, "KZ", "DDR/04");
  *kz4.add_heads() = Reported(v1::IMPLEMENTATION_UNSPECIFIED, v1::ASSESSMENT_UNSPECIFIED);
  kz4.mutable_heads(0)->mutable_report()->set_nil_reason("Нечего сообщить");
  kz4.mutable_heads(0)->mutable_report()->mutable_common()->set_lang("ru");
  v1::BriefSlot& kg4 = AddSlot(facts, "KG", "DDR/04");
  *kg4.add_heads() = Reported(v1::IN_PROGRESS, v1::ON_TRACK, "en", "Officer A.");
  *kg4.add_heads() = Reported(v1::COMPLETED, v1::ASSESSMENT_UNSPECIFIED, "en", "Officer B.");
  kg4.mutable_heads(1)->set_entry(std::string(32, 'b'));
  *AddSlot(facts, "KG", "DDR/08").add_heads() = KyrgyzOnTreatment();
  v1::BriefSlot& tj1 = AddSlot(facts, "TJ", "DDR/01");
  *tj1.add_previous() = Reported(v1::NOT_STARTED, v1::OFF_TRACK);
  v1::BriefReport withdrawn = Reported(v1::IMPLEMENTATION_UNSPECIFIED, v1::ASSESSMENT_UNSPECIFIED);
  withdrawn.clear_report();
  withdrawn.set_withdrawn(true);
  withdrawn.set_reason("Не тот раунд");
  withdrawn.set_reason_lang("ru");
  *AddSlot(facts, "TJ", "DDR/04").add_heads() = withdrawn;
  AddSlot(facts, "TM", "DDR/01");
  AddSlot(facts, "TM", "DDR/08");
}

inline void AddMinutes(Facts& facts) {
  for (const char* nature : {"statement", "assistance_need", "question"}) {
    v1::Intervention said;
    said.set_round("MTR-2017");
    said.set_chapter("DDR");
    said.set_item("3");
    said.set_speaker("KZ");
    said.set_nature(nature);
    said.set_doc_ref("13770/17");
    AddText(said.mutable_summaries(), "en", "Said <something>");
    facts.interventions.push_back(said);
  }
}

inline void AddComment(Facts& facts, const char* delegation, const char* slot, const char* nature,
                       const char* words, const char* answers = "") {
  v1::BriefComment said;
  said.set_delegation(delegation);
  said.set_author("Focal point");
  said.set_signed_ms(17'430 * kDay);
  said.mutable_comment()->mutable_about()->set_slot(slot);
  said.mutable_comment()->set_nature(nature);
  said.mutable_comment()->set_answers(answers);
  if (*answers != '\0') said.mutable_comment()->set_part("values[OST-CLIENTS]");
  AddText(said.mutable_comment()->mutable_texts(), "en", words);
  facts.comments.push_back(said);
}

inline void AddComments(Facts& facts) {
  AddComment(facts, "KG", "report/MTR-2017/KG/commitment/DDR/08", "statement", "December.", "r");
  AddComment(facts, "TJ", "commitment/DDR/01", "assistance_need", "A laboratory.");
}

inline const Facts& Sample() {
  static const auto* facts = [] {
    auto* out = new Facts();
    AddHead(*out);
    AddCatalogue(*out);
    AddReports(*out);
    AddMinutes(*out);
    AddComments(*out);
    return out;
  }();
  return *facts;
}

inline Document Made(Order order = Order::kChapters, const Facts& facts = Sample()) {
  return Compose(facts, order, Phrases());
}

}  // namespace entente::client::brief

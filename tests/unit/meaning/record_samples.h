// Records without a fault of the kinds that speak about others, of rounds and of meetings.
#pragma once

#include "node/meaning/record/record.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {

inline constexpr char kReportSlot[] = "report/MTR-2017/KG/commitment/DDR/08";

inline v1::About AboutEntry(const std::string& slot, uint8_t number) {
  v1::About about;
  about.set_slot(slot);
  about.add_entries(EntryNumber(number).str());
  return about;
}

inline v1::Review GoodReview() {
  v1::Review review;
  review.mutable_common()->set_delegation("EU-GSC");
  *review.mutable_report() = AboutEntry(kReportSlot, 1);
  review.set_outcome("clarification_requested");
  auto* remark = review.add_remarks();
  remark->set_part("values[OST-CLIENTS]");
  *remark->mutable_text() = MakeText("en", "Which month is the count of?");
  remark->set_severity("question");
  review.set_due("2017-10-01");
  return review;
}

inline v1::Comment GoodComment() {
  v1::Comment comment;
  comment.mutable_common()->set_delegation("KG");
  *comment.mutable_about() = AboutEntry(kReportSlot, 1);
  comment.set_part("values[OST-CLIENTS]");
  comment.set_nature("statement");
  *comment.add_texts() = MakeText("en", "Of December");
  comment.set_answers(EntryNumber(2).str());
  return comment;
}

inline v1::Translation GoodTranslation() {
  v1::Translation translation;
  translation.mutable_common()->set_delegation("KG");
  *translation.mutable_about() = AboutEntry(kReportSlot, 1);
  translation.set_part("narrative");
  *translation.mutable_text() = MakeText("en", "Treatment goes on in ten regions");
  translation.set_standing(kOfficial);
  return translation;
}

inline v1::Extension GoodExtension() {
  v1::Extension extension;
  extension.mutable_common()->set_delegation("EU-GSC");
  extension.set_round("MTR-2017");
  extension.set_grantee("KG");
  extension.set_deadline("2017-09-30");
  extension.set_reason("The office was closed in August");
  return extension;
}

inline v1::RoundClose GoodRoundClose() {
  v1::RoundClose close;
  close.mutable_common()->set_delegation("EU-GSC");
  close.set_round("MTR-2017");
  auto* figure = close.add_figures();
  figure->set_subject("DDR");
  figure->set_expected(2);
  figure->set_reported(1);
  auto* mark = close.add_marks();
  mark->set_key(EntryNumber(8).str());
  mark->set_incarnation(1);
  mark->set_sequence(3);
  mark->set_entry(EntryNumber(1).str());
  close.set_record_set(std::string(32, '\x33'));
  *close.add_syntheses() = MakeText("en", "One of two has reported");
  return close;
}

inline v1::Reminder GoodReminder() {
  v1::Reminder reminder;
  reminder.mutable_common()->set_delegation("EU-GSC");
  reminder.set_round("MTR-2017");
  reminder.add_addressees("KZ");
  reminder.set_level("informal");
  *reminder.add_texts() = MakeText("en", "The deadline is in two weeks");
  return reminder;
}

inline v1::Meeting GoodMeeting() {
  v1::Meeting meeting;
  meeting.mutable_common()->set_delegation("EU-GSC");
  meeting.set_round("MTR-2017");
  meeting.set_date("2017-10-12");
  meeting.set_place("Brussels");
  *meeting.add_titles() = MakeText("en", "Meeting of senior officials");
  meeting.set_agenda_ref("CM 4388/17");
  meeting.set_outcome_ref("13770/17");
  return meeting;
}

inline v1::AgendaItem GoodAgendaItem() {
  v1::AgendaItem item;
  item.mutable_common()->set_delegation("EU-GSC");
  item.set_meeting(EntryNumber(5).str());
  item.set_item("3");
  item.set_chapter("DDR");
  *item.add_titles() = MakeText("en", "Demand reduction");
  return item;
}

inline v1::Amendment GoodAmendment() {
  v1::Amendment amendment;
  amendment.mutable_common()->set_delegation("KG");
  *amendment.mutable_about() = AboutEntry("commitment/DDR/08", 4);
  *amendment.mutable_commitment() = GoodCommitment();
  amendment.mutable_commitment()->clear_common();
  amendment.mutable_commitment()->set_timetable("2014/2020");
  amendment.set_reason("The pilot is to end with the plan");
  amendment.set_procedure("silence_procedure");
  amendment.set_until("2017-11-30");
  return amendment;
}

inline v1::Objection GoodObjection() {
  v1::Objection objection;
  objection.mutable_common()->set_delegation("KZ");
  *objection.mutable_about() = AboutEntry("amendment/" + EntryNumber(6).ToHex(), 6);
  objection.set_reason("Not without a budget");
  return objection;
}

inline v1::Adoption GoodAdoption() {
  v1::Adoption adoption;
  adoption.mutable_common()->set_delegation("EU-GSC");
  *adoption.mutable_about() = AboutEntry("amendment/" + EntryNumber(6).ToHex(), 6);
  adoption.set_outcome("endorsed");
  adoption.set_procedure("silence_procedure");
  adoption.set_date("2017-12-01");
  adoption.set_doc_ref("13770/17");
  return adoption;
}

inline v1::Retraction GoodRetraction() {
  v1::Retraction retraction;
  retraction.mutable_common()->set_delegation("KG");
  retraction.mutable_common()->add_supersedes(EntryNumber(3).str());
  retraction.set_slot("comment/" + EntryNumber(3).ToHex());
  retraction.set_reason("Said of the wrong report");
  return retraction;
}

inline v1::Retraction GoodMinutesRetraction() {
  v1::Retraction retraction = GoodRetraction();
  retraction.mutable_common()->set_delegation("EU-GSC");
  retraction.set_slot("intervention/" + EntryNumber(3).ToHex());
  retraction.set_reason("Minuted twice");
  return retraction;
}

inline v1::Correction CorrectionOfNumber(uint8_t first) {
  v1::Correction correction;
  correction.set_first(EntryNumber(first).str());
  correction.set_reason("The month was wrong");
  return correction;
}

inline v1::Comment GoodCorrection() {
  v1::Comment comment = GoodComment();
  comment.mutable_common()->add_supersedes(EntryNumber(3).str());
  *comment.mutable_correction() = CorrectionOfNumber(3);
  return comment;
}

inline v1::Person GoodPerson() {
  v1::Person person;
  person.mutable_common()->set_delegation("KG");
  person.set_name("Асанова Айгүл");
  person.set_latin_name("Asanova Aigul");
  person.set_office("Ministry of Health");
  person.set_position("focal point");
  person.set_contact("focal.point@health.example");
  return person;
}

inline v1::AuditStatement GoodAuditStatement() {
  v1::AuditStatement statement;
  statement.mutable_common()->set_delegation("EU-GSC");
  statement.set_frontier_digest(std::string(32, '\x44'));
  statement.set_entries(41);
  statement.set_signatures_checked(41);
  statement.set_program("entente 0.1.0");
  return statement;
}

}  // namespace entente::meaning

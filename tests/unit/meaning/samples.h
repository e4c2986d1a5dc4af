// Records that are right as they stand; a test changes one thing and sees what is said.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "entente/v1/payload.pb.h"
#include "node/meaning/record/catalogue.h"
#include "node/meaning/record/finding.h"

namespace entente::meaning {

inline base::EntryId EntryNumber(uint8_t n) {
  base::EntryId id;
  id.bytes.fill(n);
  return id;
}

inline v1::Text MakeText(const std::string& lang, const std::string& text) {
  v1::Text out;
  out.set_lang(lang);
  out.set_text(text);
  return out;
}

inline v1::Report GoodReport() {
  v1::Report report;
  report.mutable_common()->set_delegation("KG");
  report.set_round("MTR-2017");
  report.mutable_subject()->set_kind(v1::SUBJECT_COMMITMENT);
  report.mutable_subject()->set_code("DDR/08");
  report.set_implementation(v1::IN_PROGRESS);
  report.set_assessment(v1::ON_TRACK);
  *report.add_narratives() = MakeText("ru", "Заместительная терапия введена в учреждениях");
  return report;
}

inline v1::Attachment GoodAttachment() {
  v1::Attachment attachment;
  attachment.set_name("приказ.pdf");
  attachment.set_media_type("application/pdf");
  attachment.set_size(70'000);
  attachment.set_sha256(std::string(32, '\x11'));
  attachment.set_root(std::string(32, '\x22'));
  attachment.set_lang("ru");
  attachment.set_title("Приказ");
  attachment.set_kind("law_text");
  return attachment;
}

inline v1::IndicatorValue GoodValue() {
  v1::IndicatorValue value;
  value.set_indicator("OST-CLIENTS");
  value.set_period("2016");
  value.set_value("430");
  value.set_unit("person");
  return value;
}

inline v1::Indicator GoodIndicator() {
  v1::Indicator indicator;
  indicator.mutable_common()->set_delegation("EU-GSC");
  indicator.set_code("OST-CLIENTS");
  *indicator.add_titles() = MakeText("en", "Clients in opioid substitution treatment");
  indicator.set_measure("unit");
  indicator.set_unit("person");
  indicator.set_aggregation("last");
  auto* sex = indicator.add_dimensions();
  sex->set_name("sex");
  for (const char* code : {"F", "M", "T"}) sex->add_codes(code);
  sex->set_total_code("T");
  return indicator;
}

inline v1::Round GoodRound() {
  v1::Round round;
  round.mutable_common()->set_delegation("EU-GSC");
  round.set_code("MTR-2017");
  round.set_nature("mid_term");
  round.set_covers("2014/2017");
  round.add_scope("DDR");
  for (const char* code : {"KZ", "KG"}) round.add_expected(code);
  round.set_opens("2017-03-01");
  round.set_deadline("2017-09-15");
  return round;
}

inline v1::Chapter GoodChapter() {
  v1::Chapter chapter;
  chapter.mutable_common()->set_delegation("EU-GSC");
  chapter.set_code("DDR");
  chapter.set_order(1);
  *chapter.add_titles() = MakeText("en", "Drug demand reduction");
  return chapter;
}

inline v1::Commitment GoodCommitment() {
  v1::Commitment commitment;
  commitment.mutable_common()->set_delegation("EU-GSC");
  commitment.set_code("DDR/08");
  *commitment.add_texts() = MakeText("en", "Opioid substitution treatment, also in prisons");
  commitment.set_nature("measure_reported");
  commitment.add_addressees("KG");
  commitment.add_indicators("OST-CLIENTS");
  return commitment;
}

inline v1::Instrument GoodInstrument() {
  v1::Instrument instrument;
  instrument.mutable_common()->set_delegation("EU-GSC");
  instrument.set_code("EUCA-2014");
  instrument.set_nature("action_plan");
  *instrument.add_titles() = MakeText("en", "EU-Central Asia Action Plan on Drugs 2014-2020");
  instrument.set_period("2014/2020");
  return instrument;
}

inline v1::Intervention GoodIntervention() {
  v1::Intervention intervention;
  intervention.mutable_common()->set_delegation("EU-GSC");
  intervention.set_round("MTR-2017");
  intervention.set_chapter("DDR");
  intervention.set_date("2017-10-12");
  intervention.set_item("3");
  intervention.set_speaker("KG");
  intervention.set_nature("statement");
  *intervention.add_summaries() = MakeText("en", "Substitution treatment is being introduced");
  intervention.set_doc_ref("13770/17");
  return intervention;
}

inline v1::Withdrawal GoodWithdrawal() {
  v1::Withdrawal withdrawal;
  withdrawal.mutable_common()->set_delegation("KG");
  withdrawal.mutable_common()->add_supersedes(EntryNumber(1).str());
  withdrawal.set_slot("report/MTR-2017/KG/commitment/DDR/08");
  withdrawal.set_reason("Entered for the wrong commitment");
  return withdrawal;
}

inline MemoryCatalogue GoodCatalogue() {
  MemoryCatalogue catalogue;
  catalogue.code = "EUCA-2014";
  catalogue.instrument = GoodInstrument();
  catalogue.chapters["DDR"] = GoodChapter();
  catalogue.commitments["DDR/08"] = GoodCommitment();
  catalogue.indicators["OST-CLIENTS"] = GoodIndicator();
  catalogue.rounds["MTR-2017"] = GoodRound();
  catalogue.delegations = {"EU-GSC", "KG", "KZ"};
  return catalogue;
}

}  // namespace entente::meaning

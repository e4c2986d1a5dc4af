// Seeds of records, slots and the small texts.
#include "absl/strings/str_cat.h"
#include "node/crypto/sha256.h"
#include "node/meaning/record/index_key.h"
#include "node/meaning/record/second_signature.h"
#include "node/meaning/rules/projection.h"
#include "tests/fuzz/seeds.h"
#include "tests/support/contribution.h"
#include "tests/support/ledger_fixture.h"
#include "tests/support/slot_operand.h"
#include "tests/unit/meaning/record_samples.h"

namespace entente::fuzz {

namespace {

using meaning::MakeText;

std::string PayloadInput(int kind, const google::protobuf::MessageLite& message) {
  return std::string{static_cast<char>(kind), 0} + message.SerializeAsString();
}

v1::Report FullReport() {
  v1::Report report = meaning::GoodReport();
  report.mutable_common()->add_supersedes(meaning::EntryNumber(1).str());
  report.mutable_common()->add_cites(meaning::EntryNumber(2).str());
  report.mutable_common()->set_lang("ru");
  report.mutable_common()->add_doc_refs("13770/17");
  v1::IndicatorValue value = meaning::GoodValue();
  value.set_ref_area("KG");
  value.add_dims()->set_name("sex");
  value.mutable_dims(0)->set_code("F");
  value.set_trend(v1::TREND_UP);
  *report.add_values() = value;
  v1::Section* section = report.add_sections();
  section->set_name("obstacles");
  *section->mutable_text() = MakeText("uz-Cyrl", "Маблағ етишмайди");
  v1::Milestone* milestone = report.add_milestones();
  milestone->set_text("Law adopted");
  milestone->set_date("2017-06-30");
  return report;
}

// With a second signature that verifies, in the instrument of the fuzz target: the zero one.
v1::Report Cleared(v1::Report report) {
  const crypto::PrivateKey key = support::KeyFrom("second");
  const crypto::Signature signature =
      key.Sign(meaning::SecondSignatureText({}, report.SerializeAsString()));
  report.mutable_cleared_by()->set_key(key.public_key().str());
  report.mutable_cleared_by()->set_signature(std::string(crypto::View(signature)));
  return report;
}

void AddPayloads(Seeds& seeds) {
  seeds["report"] = PayloadInput(0, FullReport());
  v1::Report attached = FullReport();
  *attached.add_attachments() = meaning::GoodAttachment();
  seeds["report-2"] = std::string{'\0', '\1'} + attached.SerializeAsString();
  seeds["report-3"] = std::string{'\0', '\2'} + Cleared(FullReport()).SerializeAsString();
  v1::Withdrawal withdrawal;
  withdrawal.mutable_common()->set_delegation("KG");
  withdrawal.mutable_common()->add_supersedes(meaning::EntryNumber(1).str());
  withdrawal.set_slot("report/MTR-2017/KG/commitment/DDR/08");
  withdrawal.set_reason("sent in error");
  seeds["withdrawal"] = PayloadInput(1, withdrawal);
  v1::Instrument instrument;
  instrument.mutable_common()->set_delegation("KG");
  instrument.set_code("EUCA-2014");
  instrument.set_nature("action_plan");
  *instrument.add_titles() = MakeText("en", "Action plan");
  instrument.set_period("2014/2020");
  instrument.set_adopted_on("2013-11-12");
  seeds["instrument"] = PayloadInput(2, instrument);
  v1::Chapter chapter;
  chapter.mutable_common()->set_delegation("KG");
  chapter.set_code("DDR");
  chapter.set_order(1);
  *chapter.add_titles() = MakeText("en", "Demand reduction");
  seeds["chapter"] = PayloadInput(3, chapter);
  v1::Commitment commitment;
  commitment.mutable_common()->set_delegation("KG");
  commitment.set_code("DDR/08");
  *commitment.add_texts() = MakeText("en", "Introduce treatment");
  commitment.set_nature("undertaking");
  commitment.add_addressees("all_parties");
  commitment.add_indicators("OST-CLIENTS");
  seeds["commitment"] = PayloadInput(4, commitment);
  v1::Indicator indicator = meaning::GoodIndicator();
  indicator.mutable_common()->set_delegation("KG");
  seeds["indicator"] = PayloadInput(5, indicator);
  v1::Round round;
  round.mutable_common()->set_delegation("KG");
  round.set_code("MTR-2017");
  round.set_nature("mid_term");
  round.set_covers("2014/2016");
  round.add_expected("KG");
  round.set_deadline("2017-09-30");
  round.set_zone("+02:00");
  seeds["round"] = PayloadInput(6, round);
  v1::Intervention spoken;
  spoken.mutable_common()->set_delegation("KG");
  spoken.set_round("MTR-2017");
  spoken.set_chapter("DDR");
  spoken.set_date("2017-10-12");
  spoken.set_speaker("KG");
  spoken.set_nature("statement");
  *spoken.add_summaries() = MakeText("en", "Progress was noted");
  spoken.set_number(1);
  seeds["intervention"] = PayloadInput(7, spoken);
}

template <class Message>
std::string OfKg(int kind, Message message) {
  message.mutable_common()->set_delegation("KG");
  return PayloadInput(kind, message);
}

void AddOtherPayloads(Seeds& seeds) {
  seeds["comment"] = OfKg(8, meaning::GoodComment());
  seeds["translation"] = OfKg(10, meaning::GoodTranslation());
  seeds["objection"] = OfKg(11, meaning::GoodObjection());
  seeds["extension"] = OfKg(12, meaning::GoodExtension());
  v1::Review review = meaning::GoodReview();
  review.mutable_report()->set_slot("report/MTR-2017/KZ/commitment/DDR/08");
  seeds["review"] = OfKg(13, review);
  seeds["reminder"] = OfKg(14, meaning::GoodReminder());
  seeds["meeting"] = OfKg(15, meaning::GoodMeeting());
  seeds["agenda-item"] = OfKg(16, meaning::GoodAgendaItem());
  seeds["round-close"] = OfKg(17, meaning::GoodRoundClose());
  seeds["adoption"] = OfKg(18, meaning::GoodAdoption());
  seeds["amendment"] = OfKg(19, meaning::GoodAmendment());
  seeds["person"] = OfKg(20, meaning::GoodPerson());
  seeds["audit-statement"] = OfKg(21, meaning::GoodAuditStatement());
  v1::Translation informal = meaning::GoodTranslation();
  informal.set_standing(meaning::kInformal);
  seeds["informal-translation"] = OfKg(22, informal);
}

std::string Operand(uint8_t n, std::vector<uint8_t> supersedes) {
  meaning::RecordFacts facts;
  facts.id = meaning::EntryNumber(n);
  facts.kind = 1;
  facts.schema = 1;
  facts.hlc = uint64_t{n} << 16;
  facts.delegation_code = "KG";
  v1::Report report = meaning::GoodReport();
  for (uint8_t older : supersedes) {
    report.mutable_common()->add_supersedes(meaning::EntryNumber(older).str());
  }
  const meaning::Projection shown = meaning::Project(facts, report.SerializeAsString());
  return merge::SlotOperand(shown.slot, ContributionOf(facts, shown));
}

void AddSlots(Seeds& seeds) {
  const std::string one = Operand(1, {}), two = Operand(2, {1}), other = Operand(3, {1});
  seeds["conflict"] = PieceOf(one) + PieceOf(two) + other;
  seeds["joined"] = PieceOf(merge::JoinSlot(&one, two)) + PieceOf(merge::JoinSlot(&two, other)) +
                    Operand(4, {2, 3});
  seeds["empty"] = PieceOf("") + PieceOf("") + "";
}

void AddWords(Seeds& seeds) {
  const char* words[] = {"2017-Q3",
                         "2014-01-01/2020-12-31",
                         "Q3 2017",
                         "2017S1",
                         "2016-02-29",
                         "+05:30",
                         "-0.5",
                         "1 234,5",
                         "123456789012345678.123456789",
                         "13770-17",
                         "COM(2017) 195 final",
                         "A/RES/S-30/1",
                         "52017XG0705(01)",
                         "uz-cyrl",
                         "en-GB-oxendict",
                         "x-private",
                         "DDR/08",
                         "R:EUCA-2014/MTR-2017/KG/DDR/08",
                         "R:EUCA-2014/-/KG/2017-Q3/DDR/08#2~2afb25f0",
                         "EUCA-2014/OST-CLIENTS#3",
                         "report/MTR-2017/KG/chapter/DDR",
                         "report/-/KG/2017-Q3/commitment/DDR/08",
                         "Заместительная терапия",
                         "cafe\xcc\x81",
                         "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8",
                         "o\xca\xbbzbek"};
  int n = 0;
  for (const char* word : words) {
    seeds[absl::StrCat("word-", absl::Dec(n, absl::kZeroPad2))] = word;
    ++n;
  }
  seeds["index-key"] =
      meaning::IndexKey(crypto::Sha256As<base::InstrumentId>({"instrument"}),
                        meaning::Index::kAbout, {"0101", "comment"}, meaning::EntryNumber(1));
}

}  // namespace

void AddMeaningSeeds(AllSeeds& all) {
  AddPayloads(all["payload"]);
  AddOtherPayloads(all["payload"]);
  AddSlots(all["slot"]);
  AddWords(all["words"]);
}

}  // namespace entente::fuzz

// One table of all codes: for each a record that brings it, and one that just does not. A code of
// docs/validation.md without such a pair fails here.
#include "tests/unit/meaning/every_code.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "node/meaning/rules/validate.h"
#include "tests/unit/meaning/codes.h"
#include "tests/unit/meaning/findings.h"
#include "tests/unit/meaning/record_samples.h"

namespace entente::meaning::every_code {
namespace {

Checked R(Change<v1::Report> change) { return Case(GoodReport(), std::move(change)); }

// A report with one value.
Checked V(std::function<void(v1::IndicatorValue&, Around&)> change) {
  return R([change](v1::Report& report, Around& around) {
    change(*(*report.mutable_values()).Add(), around);
  });
}
v1::IndicatorValue Good(const std::string& number) {
  v1::IndicatorValue value = GoodValue();
  value.set_value(number);
  return value;
}
Checked Number(const std::string& number) {
  return V([number](auto& value, Around&) { value = Good(number); });
}
void AddDim(v1::IndicatorValue& value, const std::string& name, const std::string& code) {
  value.add_dims()->set_name(name);
  value.mutable_dims(value.dims_size() - 1)->set_code(code);
}
Checked BySex(const std::vector<std::pair<std::string, std::string>>& values) {
  return R([values](v1::Report& report, Around&) {
    for (const auto& [sex, number] : values) {
      v1::IndicatorValue value = Good(number);
      AddDim(value, "sex", sex);
      *report.add_values() = value;
    }
  });
}
Checked Attached(std::function<void(v1::Attachment&)> change) {
  return R([change](v1::Report& report, Around&) {
    *report.add_attachments() = GoodAttachment();
    change(*report.mutable_attachments(0));
  });
}
Checked Narrative(const std::string& lang, const std::string& text) {
  return R([lang, text](v1::Report& report, Around&) {
    report.clear_narratives();
    *report.add_narratives() = MakeText(lang, text);
  });
}
Checked Clock(uint64_t authored_ms) {
  return [authored_ms] {
    auto finding = CheckClock(authored_ms << 16, kNowMs);
    return finding ? Found{*finding} : Found{};
  };
}
Checked Nothing() {
  return R([](auto&, Around&) {});
}
constexpr char kKyrgyz[] = "Дарылоо улантылууда";

std::vector<Pair> OfReports() {
  return {
      {"E-DELEG", R([](auto& r, Around&) { r.mutable_common()->set_delegation("KZT"); }),
       R([](auto& r, Around&) { r.mutable_common()->set_delegation("KZ"); })},
      {"E-DELEG-EU", R([](auto& r, Around&) { r.mutable_common()->set_delegation("EU"); }),
       R([](auto& r, Around&) { r.mutable_common()->set_delegation("EU-GSC"); })},
      {"E-CODE", R([](auto& r, Around&) { r.mutable_subject()->set_code("DDR"); }), Nothing()},
      {"E-REF", R([](auto& r, Around&) { r.mutable_subject()->set_code("DDR/80"); }), Nothing()},
      {"E-REF-ANCHOR", R([](auto& r, Around&) { r.mutable_subject()->set_code("PP-2012/II/01"); }),
       R([](auto& r, Around&) { r.mutable_subject()->set_code("II/01"); })},
      {"E-SCOPE", R([](auto& r, Around&) { r.mutable_subject()->set_code("DSR/01"); }), Nothing()},
      {"E-PERIOD-FMT", R([](auto& r, Around&) { r.set_period("Q3 2017"); }),
       R([](auto& r, Around&) { r.set_period("2017-Q3"); })},
      {"E-PERIOD-ORDER", R([](auto& r, Around&) { r.set_period("2017-10-12/2017-01-01"); }),
       R([](auto& r, Around&) { r.set_period("2017-01-01/2017-01-01"); })},
      {"E-PERIOD-ROUND", R([](auto& r, Around&) { r.set_period("2013"); }),
       R([](auto& r, Around&) { r.set_period("2014"); })},
      {"E-SUPERSEDE",
       R([](auto&, Around& a) { a.catalogue.heads[kReportSlot] = {EntryNumber(1)}; }),
       R([](auto& r, Around& a) {
         a.catalogue.heads[kReportSlot] = {EntryNumber(1)};
         r.mutable_common()->add_supersedes(EntryNumber(1).str());
       })},
      {"E-DOCREF", R([](auto& r, Around&) { r.mutable_common()->add_doc_refs("13770-17"); }),
       R([](auto& r, Around&) { r.mutable_common()->add_doc_refs("13770/17"); })},
      {"E-STATUS", R([](auto& r, Around&) { r.set_implementation(v1::Implementation(77)); }),
       Nothing()},
      {"E-STATUS-PAIR", R([](auto& r, Around&) { r.set_implementation(v1::COMPLETED); }),
       R([](auto& r, Around&) {
         r.set_implementation(v1::COMPLETED);
         r.clear_assessment();
       })},
      {"W-STATUS-BACK", R([](auto& r, Around& a) {
         a.catalogue.reports[EntryNumber(1)].set_implementation(v1::COMPLETED);
         r.mutable_common()->add_supersedes(EntryNumber(1).str());
       }),
       R([](auto& r, Around& a) {
         a.catalogue.reports[EntryNumber(1)].set_implementation(v1::COMPLETED);
         r.mutable_common()->add_supersedes(EntryNumber(1).str());
         r.set_reason("The law was repealed");
       })},
      {"E-NIL", R([](auto& r, Around&) { r.set_nil_reason("Nothing was done"); }),
       R([](auto& r, Around&) {
         r.Clear();
         r.mutable_common()->set_delegation("KG");
         r.set_round("MTR-2017");
         *r.mutable_subject() = GoodReport().subject();
         r.set_nil_reason("Nothing was done");
       })},
      {"E-EMPTY", R([](auto& r, Around&) { r.mutable_narratives(0)->set_text("\u00a0 "); }),
       Nothing()},
      {"E-EMPTY", R([](auto& r, Around&) { r.clear_narratives(); }), R([](auto& r, Around&) {
         r.clear_narratives();
         r.add_milestones()->set_text("Law adopted");
       })},
      {"E-SECTION", R([](auto&, Around& a) {
         a.catalogue.rounds["MTR-2017"].add_mandatory_sections("obstacles");
       }),
       R([](auto& r, Around& a) {
         a.catalogue.rounds["MTR-2017"].add_mandatory_sections("obstacles");
         r.add_sections()->set_name("obstacles");
         *r.mutable_sections(0)->mutable_text() = MakeText("en", "No budget");
       })},
      {"E-WORD", R([](auto& r, Around&) {
         r.add_sections()->set_name("obstacle");
         *r.mutable_sections(0)->mutable_text() = MakeText("en", "No budget");
       }),
       Nothing()},
      {"W-LATE", R([](auto&, Around& a) { a.now_ms = kNowMs + 15 * kDayMs; }),
       R([](auto&, Around& a) { a.now_ms = kNowMs + 15 * kDayMs - 1; })},
      {"W-LATE", R([](auto&, Around& a) {
         a.now_ms = kNowMs + 30 * kDayMs;
         a.catalogue.extensions["MTR-2017/KG"] = "2017-09-30";
       }),
       R([](auto&, Around& a) {
         a.now_ms = kNowMs + 30 * kDayMs - 1;
         a.catalogue.extensions["MTR-2017/KG"] = "2017-09-30";
       })},
      {"W-AFTER-CLOSE", R([](auto&, Around& a) { a.catalogue.closed_rounds.insert("MTR-2017"); }),
       R([](auto&, Around& a) { a.catalogue.closed_rounds.insert("SOD-2015"); })},
      {"W-CLOCK", Clock(kNowMs + 300'001), Clock(kNowMs + 300'000)},
      {"E-WITHDRAW",
       Case<v1::Withdrawal>(GoodWithdrawal(), [](auto& w, Around&) { w.clear_reason(); }),
       Case<v1::Withdrawal>(GoodWithdrawal(), [](auto&, Around&) {})},
  };
}

std::vector<Pair> OfTexts() {
  const std::string long_text(16'001, 'x');
  return {
      {"E-UTF8", Narrative("en", "a\x01"), Narrative("en", "a\tb\nc")},
      {"E-UTF8", Narrative("en", "cafe\xcc\x81"), Narrative("en", "caf\xc3\xa9")},
      {"E-LEN", Narrative("en", long_text), Narrative("en", long_text.substr(1))},
      {"E-LANG", Narrative("kz", kKyrgyz), Narrative("kk", kKyrgyz)},
      {"W-LANG", Narrative("kg", kKyrgyz), Narrative("ky", kKyrgyz)},
      {"W-LANG-ROUND",
       R([](auto&, Around& a) { a.catalogue.rounds["MTR-2017"].add_languages("kk"); }),
       R([](auto& r, Around& a) {
         a.catalogue.rounds["MTR-2017"].add_languages(r.narratives(0).lang());
       })},
      {"W-SCRIPT", Narrative("uz-Latn", kKyrgyz), Narrative("uz-Cyrl", kKyrgyz)},
  };
}

std::vector<Pair> OfValues() {
  auto qualitative = [](v1::IndicatorValue& value, Around& a) {
    a.catalogue.indicators["OST-CLIENTS"].set_measure("qualitative");
    a.catalogue.indicators["OST-CLIENTS"].clear_unit();
    value = GoodValue();
    value.clear_unit();
  };
  auto percent = [](const std::string& number) {
    return V([number](auto& value, Around& a) {
      a.catalogue.indicators["OST-CLIENTS"].set_measure("percentage");
      value = Good(number);
    });
  };
  auto past = [](const std::string& number) {
    return V([number](auto& value, Around& a) {
      a.catalogue.past_values["OST-CLIENTS"] = "43";
      value = Good(number);
    });
  };
  return {
      {"E-NUM", Number("1 234,5"), Number("1234")},
      {"E-NUM-DEC", Number("430.5"), V([](auto& value, Around& a) {
         a.catalogue.indicators["OST-CLIENTS"].set_decimals(1);
         value = Good("430.5");
       })},
      {"W-NUM-RANGE", percent("101"), percent("100")},
      {"E-QUAL", V(qualitative), V([qualitative](auto& value, Around& a) {
         qualitative(value, a);
         value.clear_value();
         value.set_trend(v1::TREND_DOWN);
       })},
      {"E-MISSING", Number(""), V([](auto& value, Around&) {
         value = Good("");
         value.set_status("L");
         value.set_note("Not collected in 2016");
       })},
      {"E-UNIT", V([](auto& value, Around&) {
         value = GoodValue();
         value.set_unit("g");
       }),
       Number("430")},
      {"E-DIM", BySex({{"X", "1"}}), BySex({{"F", "1"}})},
      {"E-DIM-DUP", BySex({{"F", "1"}, {"F", "2"}}), BySex({{"F", "1"}, {"M", "2"}})},
      {"W-DIM-SUM", BySex({{"F", "120"}, {"M", "310"}, {"T", "450"}}),
       BySex({{"F", "120"}, {"M", "310"}, {"T", "430"}})},
      {"W-OUTLIER", past("431"), past("430")},
      {"W-PERIOD-DATA", R([](auto& r, Around&) {
         r.set_period("2017");
         *r.add_values() = GoodValue();
       }),
       R([](auto& r, Around&) {
         r.set_period("2016");
         *r.add_values() = GoodValue();
       })},
      {"E-PERIOD-FUTURE", V([](auto& value, Around&) {
         value = GoodValue();
         value.set_period("2018");
       }),
       V([](auto& value, Around&) {
         value = GoodValue();
         value.set_period("2017");
       })},
      {"E-CLEARED", R([](auto& r, Around&) {
         r.mutable_cleared_by()->set_key(std::string(32, 'k'));
         r.mutable_cleared_by()->set_signature(std::string(63, 's'));
       }),
       R([](auto& r, Around&) {
         r.mutable_cleared_by()->set_key(std::string(32, 'k'));
         r.mutable_cleared_by()->set_signature(std::string(64, 's'));
       })},
      {"E-ATT-NAME", Attached([](auto& a) { a.set_name("../a.pdf"); }), Attached([](auto&) {})},
      {"E-ATT-SIZE", Attached([](auto& a) { a.set_size((1u << 30) + 1); }),
       Attached([](auto& a) { a.set_size(1u << 30); })},
      {"E-ATT-TYPE", Attached([](auto& a) { a.set_media_type("PDF"); }), Attached([](auto&) {})},
      {"E-ATT-HASH", Attached([](auto& a) { a.set_root("short"); }), Attached([](auto&) {})},
  };
}

std::vector<Pair> OfTheSecretariat() {
  auto round = [](Change<v1::Round> change) { return Case(GoodRound(), std::move(change)); };
  auto review = [](Change<v1::Review> change) { return Case(GoodReview(), std::move(change)); };
  auto extension = [](Change<v1::Extension> change) {
    return Case(GoodExtension(), std::move(change));
  };
  auto said = [](Change<v1::Intervention> change) {
    return Case(GoodIntervention(), std::move(change));
  };
  return {
      {"E-DELEG", said([](auto& i, Around&) { i.set_speaker("KGX"); }),
       said([](auto& i, Around&) { i.set_speaker("KG"); })},
      // Others than parties speak as well: the log tells nothing of it.
      {"E-DELEG", said([](auto& i, Around&) { i.set_speaker("EU-EMCDDA"); }),
       said([](auto& i, Around& a) {
         i.set_speaker("EU-EMCDDA");
         a.moment = Moment::kLog;
       })},
      {"E-ROUND", round([](auto& r, Around&) { r.clear_expected(); }),
       round([](auto&, Around&) {})},
      {"E-ROUND", round([](auto& r, Around&) { r.set_deadline("2017-02-28"); }),
       round([](auto& r, Around&) { r.set_deadline("2017-03-01"); })},
      {"E-ROUND", round([](auto&, Around& a) { a.catalogue.shut_delegations = {"KG"}; }),
       round([](auto& r, Around& a) {
         a.catalogue.shut_delegations = {"KG"};
         r.mutable_common()->add_supersedes(EntryNumber(3).str());
         a.catalogue.heads["round/MTR-2017"] = {EntryNumber(3)};
       })},
      {"E-ROUND", extension([](auto& e, Around&) { e.set_deadline("2017-09-15"); }),
       extension([](auto& e, Around&) { e.set_deadline("2017-09-16"); })},
      {"E-ROUND", extension([](auto& e, Around&) { e.set_grantee("EU-GSC"); }),
       extension([](auto&, Around&) {})},
      {"W-ROUND", round([](auto& r, Around&) { r.set_covers("2013/2017"); }),
       round([](auto& r, Around&) { r.set_covers("2014/2020"); })},
      {"E-DATE", round([](auto& r, Around&) { r.set_deadline("2017-02-29"); }),
       round([](auto& r, Around&) { r.set_deadline("2020-02-29"); })},
      {"E-LINK",
       Case<v1::Commitment>(GoodCommitment(),
                            [](auto& c, Around&) { c.add_contributes_to("SDG 3.5"); }),
       Case<v1::Commitment>(GoodCommitment(),
                            [](auto& c, Around&) { c.add_contributes_to("SDG/3.5"); })},
      {"E-REVIEW", review([](auto& r, Around&) { r.clear_remarks(); }),
       review([](auto&, Around&) {})},
      {"E-REVIEW", review([](auto& r, Around&) {
         r.set_outcome("not_counted");
         r.clear_due();
         r.set_reason("unsatisfactory");
       }),
       review([](auto& r, Around&) {
         r.set_outcome("not_counted");
         r.clear_due();
         r.clear_remarks();
         r.set_reason("duplicate");
       })},
      {"E-REVIEW", review([](auto& r, Around&) { r.set_outcome("rejected"); }),
       review([](auto& r, Around&) {
         r.set_outcome("accepted");
         r.clear_due();
         r.clear_remarks();
       })},
      {"E-REVIEW", review([](auto& r, Around&) {
         r.set_outcome("accepted");
         r.clear_due();
       }),
       review([](auto& r, Around&) {
         r.set_outcome("accepted");
         r.clear_due();
         r.mutable_remarks(0)->set_severity("information");
       })},
      {"E-REVIEW-SELF", review([](auto& r, Around&) {
         r.mutable_report()->set_slot("report/MTR-2017/EU-GSC/commitment/DDR/08");
       }),
       review([](auto&, Around&) {})},
      {"E-SCHEMA", review([](auto& r, Around&) { r.mutable_report()->add_entries("short"); }),
       review([](auto& r, Around&) { r.mutable_report()->add_entries(EntryNumber(2).str()); })},
  };
}

std::vector<Pair> Table() {
  std::vector<Pair> all;
  for (auto part : {OfReports, OfTexts, OfValues, OfTheSecretariat, OfOtherVoices}) {
    for (Pair& pair : part()) all.push_back(std::move(pair));
  }
  return all;
}

TEST(EveryCode, HasACaseThatBringsItAndOneThatJustDoesNot) {
  std::map<std::string, int> numbers;
  for (const Pair& pair : Table()) {
    const int number = ++numbers[pair.code];
    EXPECT_TRUE(Has(pair.breaks(), pair.code)) << pair.code << " number " << number;
    EXPECT_FALSE(Has(pair.keeps(), pair.code))
        << pair.code << " number " << number << ": " << Get(pair.keeps(), pair.code).message;
  }
}

TEST(EveryCode, OfTheDocumentIsInTheTable) {
  std::set<std::string> in_table;
  for (const Pair& pair : Table()) in_table.insert(pair.code);
  in_table.merge(CodesOfDrafts());  // of the store a draft lies in, and told where that is
  EXPECT_EQ(CodesOfDocument(), in_table);
}

// A verdict in the log rests on nothing but records: the clock changes none of it.
TEST(EveryCode, TheClockDecidesNothingInTheLog) {
  const Around around;
  v1::Report report = GoodReport();
  *report.add_values() = GoodValue();
  for (uint64_t now : {uint64_t{0}, kNowMs, kNowMs + 400 * kDayMs}) {
    EXPECT_EQ(Messages(CheckReport(report, around.catalogue, Moment::kLog, now)),
              Messages(CheckReport(report, around.catalogue, Moment::kLog, 0)));
  }
}

}  // namespace
}  // namespace entente::meaning::every_code

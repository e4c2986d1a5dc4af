#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/unit/meaning/every_code.h"

namespace entente::meaning::every_code {
namespace {

Checked Signed(Record record, const std::string& time) {
  return [record, time] {
    absl::Time at;
    std::string fault;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_sec, time, &at, &fault)) << fault;
    auto finding = CheckSignedTime(record, static_cast<uint64_t>(absl::ToUnixMillis(at)) << 16);
    return finding ? Found{*finding} : Found{};
  };
}

}  // namespace

std::vector<Pair> OfOtherVoices() {
  auto adoption = [](Change<v1::Adoption> change) {
    return Case(GoodAdoption(), std::move(change));
  };
  auto silence = [](Around& a, std::vector<std::string> objectors) {
    a.catalogue.slots[EntryNumber(6)] = GoodAdoption().about().slot();
    a.catalogue.silences[EntryNumber(6)] = {"2017-08-31", std::move(objectors)};
  };
  auto decided = [silence](Around& a) {
    silence(a, {});
    a.catalogue.decisions[EntryNumber(6)] = {EntryNumber(7), "endorsed", "silence_procedure",
                                             "2017-12-01", "13770/17"};
  };
  auto comment = [](Change<v1::Comment> change) { return Case(GoodComment(), std::move(change)); };
  auto person = [](Change<v1::Person> change) { return Case(GoodPerson(), std::move(change)); };
  // A correction or a retraction of the comment that is entry 3, by whoever wrote it.
  auto by = [](Around& a, const std::string& author) {
    a.catalogue.slots[EntryNumber(1)] = kReportSlot;
    a.catalogue.slots[EntryNumber(3)] = "comment/" + EntryNumber(3).ToHex();
    a.catalogue.authors[EntryNumber(3)] = author;
    a.catalogue.heads["comment/" + EntryNumber(3).ToHex()] = {EntryNumber(3)};
  };
  auto correction = [](Change<v1::Comment> change) {
    return Case(GoodCorrection(), std::move(change));
  };
  auto retraction = [](Change<v1::Retraction> change) {
    return Case(GoodRetraction(), std::move(change));
  };
  return {
      // Only who wrote it, all that stands, and never without a reason.
      {"E-SUPERSEDE", correction([by](auto&, Around& a) { by(a, "KZ"); }),
       correction([by](auto&, Around& a) { by(a, "KG"); })},
      {"E-SUPERSEDE", correction([by](auto&, Around& a) {
         by(a, "KG");
         a.catalogue.heads["comment/" + EntryNumber(3).ToHex()].push_back(EntryNumber(4));
       }),
       correction([by](auto& c, Around& a) {
         by(a, "KG");
         a.catalogue.heads["comment/" + EntryNumber(3).ToHex()].push_back(EntryNumber(4));
         c.mutable_common()->add_supersedes(EntryNumber(4).str());
       })},
      {"E-SUPERSEDE", correction([by](auto& c, Around& a) {
         by(a, "KG");
         c.mutable_correction()->set_first(EntryNumber(1).str());
       }),
       correction([by](auto&, Around& a) { by(a, "KG"); })},
      {"E-SUPERSEDE", correction([by](auto& c, Around& a) {
         by(a, "KG");
         a.catalogue.heads.clear();
         c.mutable_common()->clear_supersedes();
       }),
       correction([by](auto&, Around& a) { by(a, "KG"); })},
      {"E-EMPTY", correction([by](auto& c, Around& a) {
         by(a, "KG");
         c.mutable_correction()->clear_reason();
       }),
       correction([by](auto&, Around& a) { by(a, "KG"); })},
      {"E-SCHEMA", correction([by](auto& c, Around& a) {
         by(a, "KG");
         c.mutable_correction()->set_first("3");
       }),
       correction([by](auto&, Around& a) { by(a, "KG"); })},
      {"E-REF", correction([by](auto&, Around& a) {
         by(a, "KG");
         a.catalogue.authors.clear();
       }),
       correction([by](auto&, Around& a) { by(a, "KG"); })},
      {"E-WITHDRAW", retraction([by](auto&, Around& a) { by(a, "KZ"); }),
       retraction([by](auto&, Around& a) { by(a, "KG"); })},
      {"E-WITHDRAW", retraction([](auto& r, Around&) { r.clear_reason(); }),
       retraction([](auto&, Around&) {})},
      {"E-WITHDRAW", retraction([](auto& r, Around&) { r.set_slot("chapter/DDR"); }),
       retraction([](auto&, Around&) {})},
      {"E-WITHDRAW", retraction([](auto& r, Around&) { r.mutable_common()->clear_supersedes(); }),
       retraction([](auto&, Around&) {})},
      {"E-AUTH",
       Case<v1::Translation>(GoodTranslation(),
                             [](auto& t, Around&) { t.mutable_common()->set_delegation("KZ"); }),
       Case<v1::Translation>(GoodTranslation(),
                             [](auto& t, Around&) {
                               t.mutable_common()->set_delegation("KZ");
                               t.set_standing(kInformal);
                             })},
      {"E-ADOPT", adoption([silence](auto&, Around& a) { silence(a, {"KZ"}); }),
       adoption([silence](auto&, Around& a) { silence(a, {}); })},
      {"E-ADOPT", adoption([silence](auto&, Around& a) {
         silence(a, {});
         a.now_ms = kNowMs - 1;
       }),
       adoption([silence](auto&, Around& a) { silence(a, {}); })},
      // Put to a meeting: no silence runs.
      {"E-ADOPT", adoption([silence](auto&, Around& a) {
         silence(a, {});
         a.catalogue.silences[EntryNumber(6)].until = "";
       }),
       adoption([silence](auto& d, Around& a) {
         silence(a, {});
         a.catalogue.silences[EntryNumber(6)].until = "";
         d.set_procedure("meeting");
       })},
      {"E-ADOPT", adoption([silence](auto& d, Around& a) {
         silence(a, {});
         d.set_outcome("not_endorsed");
       }),
       adoption([silence](auto& d, Around& a) {
         silence(a, {"KZ"});
         d.set_outcome("not_endorsed");
       })},
      {"E-ADOPT", adoption([silence](auto& d, Around& a) {
         silence(a, {});
         d.set_date("2017-08-30");
       }),
       adoption([silence](auto& d, Around& a) {
         silence(a, {});
         d.set_date("2017-08-31");
       })},
      // Decided already; what corrects the telling names what it replaces.
      {"E-ADOPT", adoption([decided](auto& d, Around& a) {
         decided(a);
         d.mutable_common()->add_supersedes(EntryNumber(7).str());
       }),
       adoption([decided](auto& d, Around& a) {
         decided(a);
         d.set_date("2017-12-02");
         d.mutable_common()->add_supersedes(EntryNumber(7).str());
       })},
      {"E-ADOPT", adoption([decided](auto& d, Around& a) {
         decided(a);
         d.set_date("2017-12-02");
       }),
       adoption([decided](auto&, Around& a) {
         decided(a);
         a.moment = Moment::kLog;
       })},
      // A commitment moves more than once.
      {"E-ADOPT", adoption([decided](auto&, Around& a) { decided(a); }),
       adoption([decided](auto& d, Around& a) {
         decided(a);
         a.catalogue.slots[EntryNumber(6)] = "commitment/DDR/08";
         d.mutable_about()->set_slot("commitment/DDR/08");
       })},
      {"E-ADOPT", Signed(GoodAmendment(), "2017-12-01T00:00:00Z"),
       Signed(GoodAmendment(), "2017-11-30T23:59:59Z")},
      {"E-ADOPT", Signed(GoodAdoption(), "2017-11-30T09:59:59Z"),
       Signed(GoodAdoption(), "2017-11-30T10:00:00Z")},
      {"E-REVIEW", comment([](auto& c, Around&) { c.mutable_common()->set_delegation("EU-GSC"); }),
       comment([](auto& c, Around&) {
         c.mutable_common()->set_delegation("EU-GSC");
         c.clear_answers();
       })},
      {"E-EMPTY", comment([](auto& c, Around&) { c.mutable_texts(0)->set_text(" \n"); }),
       comment([](auto&, Around&) {})},
      {"E-ADOPT", adoption([](auto& d, Around&) { d.set_outcome("completed"); }),
       adoption([](auto& d, Around&) {
         *d.mutable_about() = AboutEntry("commitment/DDR/08", 4);
         d.set_outcome("completed");
       })},
      {"E-CONTACT",
       person([](auto& p, Around&) { p.mutable_common()->set_classification(v1::PUBLIC); }),
       person([](auto& p, Around&) {
         p.mutable_common()->set_classification(v1::PUBLIC);
         p.clear_contact();
       })},
  };
}

}  // namespace entente::meaning::every_code

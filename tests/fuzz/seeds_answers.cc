// Seeds of what questions are answered from, of the sheets people fill in, and of proofs.
#include "absl/strings/escaping.h"
#include "client/audit/evidence.h"
#include "client/sheet/report_sheet.h"
#include "entente/v1/entry.pb.h"
#include "node/base/check.h"
#include "node/query/lookup/part_maker.h"
#include "tests/fuzz/lookup_scene.h"
#include "tests/fuzz/seeds.h"
#include "tests/fuzz/timestamp_scene.h"
#include "tests/support/ledger_fixture.h"
#include "tests/support/slot_operand.h"
#include "tests/unit/meaning/record_samples.h"

namespace entente::fuzz {

namespace {

// The rows of a part with these documents, a text each.
std::string Part(uint16_t part, std::initializer_list<const char*> texts) {
  query::PartMaker maker(LookupScene::Instrument());
  uint16_t arrival = part;
  for (const char* text : texts) maker.Add(arrival++, {text});
  query::WordRowMaker::Rows rows;
  maker.Take(rows);
  constexpr uint8_t kLast = std::size(LookupScene::kWords) - 1;
  return LookupScene::RowInput(LookupScene::kDocumentsRow, 0, part, rows[0].second) +
         LookupScene::RowInput(LookupScene::kWordRow, kLast, part, rows[1].second);
}

std::string Standing(const base::EntryId& entry) {
  v1::Contribution contribution;
  contribution.set_entry(entry.str());
  contribution.set_kind(v1::REPORT);
  contribution.set_hlc(uint64_t{7} << 16);
  contribution.set_delegation("KG");
  return merge::SlotOperand(LookupScene::kSlot, contribution);
}

void AddLookup(Seeds& seeds) {
  using Scene = LookupScene;
  const base::EntryId entry = meaning::EntryNumber(1);
  seeds["phrase"] = Part(5, {"a b ab", "b a b", "ab ab"});
  seeds["parts"] = Part(5, {"a a b"}) + Part(9, {"ab", "a b"}) +
                   Scene::RowInput(Scene::kRawKey, 0, 0,
                                   std::string("\0\0\0\0\0\0\0\x07"
                                               "ab",
                                               10));
  v1::LookupState state;
  state.set_version(query::kLookupVersion);
  v1::LookupFigures* figures = state.add_figures();
  figures->set_instrument(Scene::Instrument().str());
  figures->set_documents(2);
  figures->set_places(80);
  const std::string slot = Scene::RowInput(Scene::kSlotRow, 0, 0, Standing(entry));
  v1::LookupPart* part = figures->add_growing();
  part->set_first(5);
  part->set_documents(1);
  part->set_places(3);
  seeds["standing"] =
      Part(5, {"a b"}) + Scene::RowInput(Scene::kStateRow, 0, 0, state.SerializeAsString()) + slot;
  v1::SeriesRow series;
  series.set_entry(entry.str());
  series.set_slot(Scene::kSlot);
  series.set_delegation("KG");
  series.set_author(entry.str());
  *series.add_values() = meaning::GoodValue();
  seeds["series"] = Scene::RowInput(Scene::kSeriesRow, 0, 5, series.SerializeAsString()) + slot;
}

void AddReportCsv(Seeds& seeds) {
  client::SheetReport sheet;
  sheet.reference = "R:EUCA-2014/MTR-2017/KG/DDR/08";
  sheet.entry = "2afb25f0";
  sheet.state = "current";
  sheet.report = meaning::GoodReport();
  sheet.report.mutable_common()->add_doc_refs("13770/17");
  sheet.report.mutable_common()->add_cites(meaning::EntryNumber(2).str());
  v1::IndicatorValue value = meaning::GoodValue();
  value.add_dims()->set_name("sex");
  value.mutable_dims(0)->set_code("F");
  *sheet.report.add_values() = value;
  *sheet.report.add_attachments() = meaning::GoodAttachment();
  *sheet.report.add_narratives() = meaning::MakeText("ru", "=\"Терапия\", идёт\nдальше");
  std::string& all = seeds["export"];
  all = client::SheetHeader(client::ReportColumns());
  for (const client::SheetCells& cells : client::ReportRows(sheet))
    all += client::SheetLine(client::ReportColumns(), cells);
  seeds["few-columns"] =
      "subject,subject_kind,part,delegation,text,done,trend\r\n"
      "DDR/08,commitment,report,KG,,,\r\n,,narrative,,' spaced ,,\n,,milestone,,\"a\rb\",yes,\n"
      ",,value,,,,up\n";
  seeds["two-reports"] =
      "part,subject_kind,public\nreport,chapter,yes\nsection,,\nreport,instrument,no\n";
}

// A chain whose signer signed two versions of a position, and one that did not.
void AddEvidence(Seeds& seeds) {
  const crypto::PrivateKey signer = support::KeyFrom("signer"), author = support::KeyFrom("author");
  const auto begun = [&] {
    return support::Chain::Credentials("KG", &signer, {support::EnrolOf(author, {"focal_point"})});
  };
  support::Chain one = begun(), other = begun();
  one.Add({ledger::act::Node{support::SpkiFrom("kg"), "kg.example:7400"}});
  other.Add({ledger::act::Node{support::SpkiFrom("kg"), "elsewhere.example:7400"}});
  std::vector<std::string> notes = one.files();
  seeds["no-fork"] = client::EvidenceText(client::ChainEvidence{notes});
  notes.push_back(other.files().back());
  seeds["fork"] = client::EvidenceText(client::ChainEvidence{notes});
}

void AddTimestamp(Seeds& seeds) {
  ENTENTE_CHECK(absl::Base64Unescape(kStampToken, &seeds["token"]));
}

}  // namespace

void AddAnswerSeeds(AllSeeds& all) {
  AddEvidence(all["evidence"]);
  AddTimestamp(all["timestamp"]);
  AddLookup(all["lookup"]);
  AddReportCsv(all["report_csv"]);
}

}  // namespace entente::fuzz

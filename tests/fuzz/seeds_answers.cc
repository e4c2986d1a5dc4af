// Seeds of what questions are answered from, of the sheets people fill in, and of proofs.
#include "absl/strings/escaping.h"
#include "client/audit/evidence.h"
#include "client/sheet/report_sheet.h"
#include "entente/v1/entry.pb.h"
#include "node/base/check.h"
#include "node/merge/slot_value.h"
#include "tests/fuzz/lookup_scene.h"
#include "tests/fuzz/seeds.h"
#include "tests/fuzz/timestamp_scene.h"
#include "tests/support/ledger_fixture.h"
#include "tests/unit/meaning/record_samples.h"

namespace entente::fuzz {

namespace {

// Two documents that hold a word at these places; the second further on.
std::string Postings(std::initializer_list<uint32_t> first,
                     std::initializer_list<uint32_t> second) {
  v1::WordPostings row;
  for (const auto& places : {first, second}) {
    row.add_documents(row.documents().empty() ? 0 : 1);
    row.add_words(40);
    row.add_counts(static_cast<uint32_t>(places.size()));
    for (uint32_t place : places) row.add_positions(place);
  }
  return row.SerializeAsString();
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
  seeds["phrase"] = Scene::RowInput(Scene::kWordRow, 0, 5, Postings({0, 4}, {2})) +
                    Scene::RowInput(Scene::kWordRow, 2, 5, Postings({1, 4}, {1, 2})) +
                    Scene::RowInput(Scene::kWordRow, 1, 6, Postings({3}, {0}));
  seeds["rows"] = Scene::RowInput(Scene::kWordRow, 0, 5, Postings({0}, {2})) +
                  Scene::RowInput(Scene::kWordRow, 0, 9, Postings({1, 1}, {5})) +
                  Scene::RowInput(Scene::kRawKey, 0, 0, std::string("ab\0\0\0\0\0\0\0\0\x07", 11));
  v1::LookupDocument document;
  document.set_entry(entry.str());
  document.set_kind(v1::REPORT);
  document.set_slot(Scene::kSlot);
  document.set_delegation("KG");
  v1::LookupState state;
  state.set_version(query::kLookupVersion);
  v1::LookupFigures* figures = state.add_figures();
  figures->set_instrument(Scene::Instrument().str());
  figures->set_documents(2);
  figures->set_words(80);
  const std::string slot = Scene::RowInput(Scene::kSlotRow, 0, 0, Standing(entry));
  seeds["standing"] = Scene::RowInput(Scene::kWordRow, 0, 5, Postings({0}, {2})) +
                      Scene::RowInput(Scene::kDocumentRow, 0, 5, document.SerializeAsString()) +
                      Scene::RowInput(Scene::kStateRow, 0, 0, state.SerializeAsString()) + slot;
  v1::SeriesRow series;
  series.set_entry(entry.str());
  series.set_slot(Scene::kSlot);
  series.set_delegation("KG");
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

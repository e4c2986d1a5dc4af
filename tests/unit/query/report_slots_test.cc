// Reports of a round, of a delegation, or of both, found by seeks: against going through every row.
#include "node/query/view/report_slots.h"

#include <memory>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/crypto/ed25519.h"
#include "node/crypto/sha256.h"
#include "node/meaning/record/slot.h"
#include "node/merge/slot_value.h"
#include "node/query/record/records.h"
#include "storage/memory_kv.h"
#include "tests/support/slot_operand.h"

namespace entente::query::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Codes of which one begins another, and some that sort on both sides of '/'.
constexpr const char* kRounds[] = {"", "0", "R", "R-1", "R0", "R1", "RA"};
constexpr const char* kDelegations[] = {"KG", "KG-A", "KG0", "KZ"};
constexpr const char* kSubjects[] = {"DDR/08", "DDR/09", "DSR/01"};

class ReportSlots : public ::testing::Test {
 protected:
  base::EntryId Add(const meaning::ReportSlot& name, uint32_t kind,
                    v1::Implementation implementation = v1::IN_PROGRESS) {
    const auto id = crypto::Sha256As<base::EntryId>({absl::StrCat("entry ", ++entries_)});
    v1::ReportSummary summary;
    summary.set_implementation(implementation);
    v1::Contribution contribution;
    contribution.set_entry(id.str());
    contribution.set_kind(kind);
    contribution.set_delegation(name.delegation);
    contribution.set_summary(summary.SerializeAsString());
    Put(meaning::PrintReportSlot(name), contribution);
    return id;
  }
  void Put(const std::string& slot, const v1::Contribution& contribution) {
    storage::WriteBatch batch;
    batch.Merge(store::kSlots, store::SlotKey(instrument_, slot),
                merge::SlotOperand(store::SlotTextInValue(slot), contribution));
    ASSERT_TRUE(kv_->Write(batch, storage::Durability::kSynced).ok());
  }
  static meaning::ReportSlot Name(const char* round, const char* delegation, const char* subject) {
    return {round, delegation, *round == '\0' ? "2017-Q3" : "", v1::SUBJECT_COMMITMENT, subject};
  }
  std::vector<std::string> Found(const ReportRange& range, size_t most = SIZE_MAX) {
    const auto snapshot = kv_->NewSnapshot();
    const Views views(snapshot.get(), &published_, instrument_);
    std::vector<std::string> out;
    const absl::Status status =
        ForEachReportSlot(views, range, [&](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
          out.push_back(slot.slot());
          return out.size() < most;
        });
    EXPECT_TRUE(status.ok()) << status;
    return out;
  }
  v1::Table List(v1::ListRecordsRequest request) {
    const auto snapshot = kv_->NewSnapshot();
    request.set_kind("report");
    auto table = ListRecords(Views(snapshot.get(), &published_, instrument_), request, 0);
    EXPECT_TRUE(table.ok()) << table.status();
    return table.ok() ? *table : v1::Table();
  }

  std::unique_ptr<storage::MemoryKv> kv_ = std::make_unique<storage::MemoryKv>(store::Families());
  const store::Published published_{.authority = ledger::Authority(&crypto::Ed25519Verifier())};
  const base::InstrumentId instrument_ = crypto::Sha256As<base::InstrumentId>({"instrument"});
  int entries_ = 0;
};

TEST_F(ReportSlots, SeeksFindWhatEveryRowHas) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random(seed);
    kv_ = std::make_unique<storage::MemoryKv>(store::Families());
    std::set<std::string> all;
    for (const char* round : kRounds) {
      for (const char* delegation : kDelegations) {
        for (const char* subject : kSubjects) {
          if (random() % 3 == 0) continue;
          const meaning::ReportSlot name = Name(round, delegation, subject);
          const bool report = random() % 8 != 0;
          Add(name, report ? v1::REPORT : v1::WITHDRAWAL);
          if (report) all.insert(meaning::PrintReportSlot(name));
        }
      }
    }
    v1::Contribution other;
    other.set_entry(std::string(32, 'o'));
    other.set_kind(v1::COMMITMENT);
    Put("commitment/DDR/08", other);
    Put("reports", other);
    for (const char* round : {"", "-", "R", "R0", "none"}) {
      for (const char* delegation : {"", "KG", "KG0", "A", "ZZ"}) {
        std::vector<std::string> wanted;
        for (const std::string& text : all) {
          const auto name = meaning::ParseReportSlot(text);
          ASSERT_TRUE(name) << text;
          const std::string in = name->round.empty() ? kUnscheduled : name->round;
          if ((*round == '\0' || in == round) &&
              (*delegation == '\0' || name->delegation == delegation))
            wanted.push_back(text);
        }
        EXPECT_EQ(Found({round, delegation, ""}), wanted)
            << "seed " << seed << ", round \"" << round << "\", delegation \"" << delegation
            << "\"";
        if (wanted.size() < 2) continue;
        wanted.erase(wanted.begin());
        EXPECT_EQ(Found({round, delegation, wanted[0]}), wanted) << "seed " << seed;
      }
    }
  }
}

TEST_F(ReportSlots, TheOneWhoLooksEndsIt) {
  for (const char* subject : kSubjects) Add(Name("R", "KG", subject), v1::REPORT);
  EXPECT_THAT(Found({}, 2), SizeIs(2));
  EXPECT_THAT(Found({.delegation = "KZ"}), IsEmpty());
}

// Also where it ends between the versions of a conflict.
TEST_F(ReportSlots, PagesFollowEachOtherWithoutGapOrRepetition) {
  for (const char* subject : kSubjects) Add(Name("R", "KG", subject), v1::REPORT);
  for (int n = 0; n < 3; ++n) Add(Name("R", "KG", "DDR/08"), v1::REPORT);
  std::vector<std::string> whole, paged;
  const v1::Table all = List({});
  for (const v1::Row& row : all.rows()) whole.push_back(row.cells(9));
  ASSERT_THAT(whole, SizeIs(6));
  v1::ListRecordsRequest request;
  request.set_page_size(1);
  do {
    const v1::Table page = List(request);
    ASSERT_EQ(page.rows_size(), 1);
    paged.push_back(page.rows(0).cells(9));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && paged.size() < 10);
  EXPECT_EQ(paged, whole);
}

// Each page looks at a bounded number of reports, however few are what was asked for.
TEST_F(ReportSlots, ARareStateIsFoundPageByPage) {
  constexpr int kReports = 45'000;
  storage::WriteBatch batch;
  for (int n = 0; n < kReports; ++n) {
    v1::ReportSummary summary;
    summary.set_implementation(n == 30'000 ? v1::COMPLETED : v1::IN_PROGRESS);
    v1::Contribution contribution;
    contribution.set_entry(crypto::Sha256As<base::EntryId>({absl::StrCat(n)}).str());
    contribution.set_kind(v1::REPORT);
    contribution.set_delegation("KG");
    contribution.set_summary(summary.SerializeAsString());
    const std::string code = absl::StrCat("DDR/", 10'000 + n);
    const std::string slot = meaning::PrintReportSlot(Name("R", "KG", code.c_str()));
    batch.Merge(store::kSlots, store::SlotKey(instrument_, slot),
                merge::SlotOperand(store::SlotTextInValue(slot), contribution));
  }
  ASSERT_TRUE(kv_->Write(batch, storage::Durability::kSynced).ok());
  v1::ListRecordsRequest request;
  request.set_implementation("completed");
  std::vector<int> rows;
  do {
    const v1::Table page = List(request);
    rows.push_back(page.rows_size());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && rows.size() < 10);
  EXPECT_THAT(rows, ElementsAre(0, 1, 0));
}

TEST_F(ReportSlots, AListHoldsWhatWasAskedFor) {
  Add(Name("R", "KG", "DDR/08"), v1::REPORT);
  const auto done = Add(Name("R", "KG", "DDR/09"), v1::REPORT, v1::COMPLETED);
  Add(Name("", "KZ", "DSR/01"), v1::REPORT);
  v1::ListRecordsRequest request;
  request.set_implementation("completed");
  const v1::Table table = List(request);
  ASSERT_EQ(table.rows_size(), 1);
  EXPECT_THAT(table.rows(0).cells(), ElementsAre(testing::_, "KG", "R", "DDR/09", "completed", "",
                                                 testing::_, testing::_, testing::_, done.Short()));
  request.clear_implementation();
  request.set_chapter("DSR");
  EXPECT_EQ(List(request).rows(0).cells(2), kUnscheduled);
  request.set_page_token("no token");
  EXPECT_EQ(List(request).rows_size(), 1);
}

}  // namespace
}  // namespace entente::query::slots

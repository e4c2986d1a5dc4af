#include "node/meaning/record/reference.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"

namespace entente::meaning {
namespace {

using ::testing::HasSubstr;

std::string Slot(const std::string& text, const std::string& own = "") {
  auto reference = ParseReference(text, own);
  return reference.ok() ? reference->slots[0] : "refused";
}

TEST(Reference, ReportForms) {
  EXPECT_EQ(Slot("R:EUCA-2014/MTR-2017/KG/DDR/08"), "report/MTR-2017/KG/commitment/DDR/08");
  EXPECT_EQ(Slot("R:MTR-2017/KG/DDR/08"), "report/MTR-2017/KG/commitment/DDR/08");
  EXPECT_EQ(Slot("R:EUCA-2014/MTR-2017/KG/DDR"), "report/MTR-2017/KG/chapter/DDR");
  EXPECT_EQ(Slot("R:MTR-2017/KG/DDR"), "report/MTR-2017/KG/chapter/DDR");
  EXPECT_EQ(Slot("R:EUCA-2014/MTR-2017/KG"), "report/MTR-2017/KG/instrument");
  EXPECT_EQ(Slot("R:MTR-2017/KG"), "report/MTR-2017/KG/instrument");
  EXPECT_EQ(Slot("R:MTR-2017/EU-COM/DSR/01"), "report/MTR-2017/EU-COM/commitment/DSR/01");
}

TEST(Reference, UnscheduledReports) {
  EXPECT_EQ(Slot("R:EUCA-2014/-/KG/2017-Q3/DDR/08"), "report/-/KG/2017-Q3/commitment/DDR/08");
  EXPECT_EQ(Slot("R:-/KG/2014/2020/DDR"), "report/-/KG/2014/2020/chapter/DDR");
  EXPECT_EQ(Slot("R:-/KG/2017"), "report/-/KG/2017/instrument");
  EXPECT_EQ(Slot("R:-/KG"), "refused");
}

TEST(Reference, CatalogueForms) {
  EXPECT_EQ(Slot("EUCA-2014/DDR/08"), "commitment/DDR/08");
  EXPECT_EQ(Slot("DDR/08"), "commitment/DDR/08");
  EXPECT_EQ(Slot("EUCA-2014/DDR"), "chapter/DDR");
  EXPECT_EQ(Slot("DDR"), "chapter/DDR");
  EXPECT_EQ(Slot("EUCA-2014/MTR-2017"), "round/MTR-2017");
  EXPECT_EQ(Slot("MTR-2017"), "round/MTR-2017");
  EXPECT_EQ(Slot("OST-CLIENTS"), "indicator/OST-CLIENTS");
  EXPECT_EQ(Slot("EUCA-2014", "EUCA-2014"), "instrument");
}

TEST(Reference, VersionAndShortId) {
  auto reference = ParseReference("R:EUCA-2014/MTR-2017/KG/DDR/08#2~2afb25f0");
  ASSERT_TRUE(reference.ok());
  EXPECT_EQ(reference->instrument, "EUCA-2014");
  EXPECT_EQ(reference->version, 2u);
  EXPECT_EQ(reference->short_id, "2afb25f0");
  EXPECT_EQ(*SlotOfReference(*reference), "report/MTR-2017/KG/commitment/DDR/08");
  EXPECT_FALSE(ParseReference("DDR/08")->version);
  for (const char* bad : {"DDR/08#", "DDR/08#0", "DDR/08#x", "DDR/08#2~", "DDR/08#2~xyz"}) {
    EXPECT_EQ(Slot(bad), "refused") << bad;
  }
}

TEST(Reference, EverySlotLeadsToAReferenceThatLeadsBack) {
  std::string hex(64, 'a');
  for (const std::string& slot :
       {std::string("instrument"), std::string("chapter/DDR"), std::string("commitment/DDR/08"),
        std::string("indicator/OST-CLIENTS"), std::string("indicator/DRD"),
        std::string("round/MTR-2017"), std::string("round/ANNUAL"),
        std::string("report/MTR-2017/KG/commitment/DDR/08"),
        std::string("report/MTR-2017/KG/chapter/DDR"), std::string("report/MTR-2017/KG/instrument"),
        std::string("report/-/KG/2017-Q3/commitment/DDR/08"),
        std::string("report/-/KG/2014/2020/instrument"), "intervention/" + hex}) {
    std::string printed = ReferenceOfSlot("EUCA-2014", slot);
    EXPECT_EQ(Slot(printed, "EUCA-2014"), slot) << printed;
  }
  EXPECT_EQ(ReferenceOfSlot("EUCA-2014", "commitment/DDR/08"), "EUCA-2014/DDR/08");
  EXPECT_EQ(VersionedReference("EUCA-2014/DDR/08", 2, "2afb25f0"), "EUCA-2014/DDR/08#2~2afb25f0");
}

TEST(Reference, WhatIsNoReferenceSaysWhatIs) {
  for (const char* bad : {"", "R:", "/", "DDR//08", "R:KG", "report/x", "a b", "intervention/12"}) {
    auto reference = ParseReference(bad);
    ASSERT_FALSE(reference.ok()) << bad;
    EXPECT_EQ(base::ReasonOf(reference.status()), "VALIDATION_FAILED");
    EXPECT_THAT(std::string(reference.status().message()), HasSubstr("EUCA-2014/DDR/08"));
  }
}

}  // namespace
}  // namespace entente::meaning

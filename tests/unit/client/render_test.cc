#include "client/base/render.h"

#include <gtest/gtest.h>

namespace entente::client {
namespace {

v1::Table RateTable() {
  v1::Table table;
  for (const char* name : {"chapter", "expected", "rate", "on_time"}) {
    table.add_columns()->set_name(name);
  }
  table.mutable_columns(1)->set_number(true);
  v1::Row* row = table.add_rows();
  for (const char* cell : {"DDR", "5", "60.0%", "\xe2\x80\x93"}) row->add_cells(cell);
  row = table.add_rows();
  for (const char* cell : {"Длинная глава", "12", "0.0%", "\xe2\x80\x93"}) row->add_cells(cell);
  return table;
}

TEST(Render, JsonHoldsNumbersAsNumbersAndADashAsNull) {
  nlohmann::ordered_json json = TableJson(RateTable());
  ASSERT_EQ(json["rows"].size(), 2u);
  EXPECT_EQ(json["rows"][0]["expected"], 5);
  EXPECT_EQ(json["rows"][0]["rate"], 60.0);
  EXPECT_TRUE(json["rows"][0]["on_time"].is_null());
  EXPECT_EQ(json["rows"][0]["chapter"], "DDR");
}

TEST(Render, OnlyTitlesAreCutAndOnlyOnATerminal) {
  v1::Table table;
  for (const char* name : {"subject", "title", "next_step"}) table.add_columns()->set_name(name);
  v1::Row* row = table.add_rows();
  for (const char* cell : {"DDR/08", "Лечение заместительной терапией, также в тюрьмах",
                           "entente draft new --commitment DDR/08"})
    row->add_cells(cell);
  EXPECT_EQ(TableText(table, false).find("\u2026"), std::string::npos);
  EXPECT_EQ(TableText(table, false, 200), TableText(table, false));
  const std::string cut = TableText(table, false, 72);
  EXPECT_NE(cut.find("DDR/08   Лечение заместительной…"), std::string::npos) << cut;
  EXPECT_NE(cut.find("entente draft new --commitment DDR/08"), std::string::npos);
  const std::string narrow = TableText(table, false, 20);
  EXPECT_NE(narrow.find("Лечение замести…"), std::string::npos) << "a title stays one: " << narrow;
}

TEST(Render, JsonKeepsTextThatLooksLikeANumber) {
  v1::Table table;
  table.add_columns()->set_name("code");
  table.add_rows()->add_cells("08");
  EXPECT_EQ(TableJson(table)["rows"][0]["code"], "08");
}

TEST(Render, JsonOfIllFormedUtf8IsReplacedAndDoesNotThrow) {
  v1::Table table;
  table.add_columns()->set_name("text");
  table.add_rows()->add_cells("a\xff");
  EXPECT_NE(JsonText(TableJson(table)).find("a\xef\xbf\xbd"), std::string::npos);
}

TEST(Render, ColumnsAlignByDisplayWidthNotBytes) {
  std::string text = TableText(RateTable(), false);
  // "Длинная глава" is 13 columns and 25 bytes; "DDR" is padded to the same width.
  EXPECT_NE(text.find("DDR                   5  60.0%"), std::string::npos) << text;
  EXPECT_NE(text.find("Длинная глава        12   0.0%"), std::string::npos) << text;
}

TEST(Render, WideAndCombiningCharactersCountTheirColumns) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("日本"), 4);
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1);
}

TEST(Render, ControlCharactersNeverReachTheTerminal) {
  EXPECT_EQ(Printable("a\x1b[31mb"), "a?[31mb");
  EXPECT_EQ(Printable("a\xc2\x9bz"), "a?z");
  EXPECT_EQ(PrintableLines("one\x1b[2K\r\ntwo\n"), "one?[2K?\ntwo\n");
}

TEST(Render, JsonDrivesNoTerminalAndSaysTheSame) {
  const std::string text = "a\x1b\x7f\xc2\x9b\u202e\u2069\u00e9\u2013";
  const std::string json = JsonText({{"a", text}});
  EXPECT_EQ(json, "{\n  \"a\": \"a\\u001b\\u007f\\u009b\\u202e\\u2069\u00e9\u2013\"\n}\n");
  EXPECT_EQ(nlohmann::json::parse(json)["a"], text);
}

TEST(Render, NothingTurnsTheDirectionOfWhatStandsAroundIt) {
  EXPECT_EQ(Printable("KG \u202etroper on\u202c\u2066x\u2069"), "KG ?troper on??x?");
  EXPECT_EQ(Printable("\u2013 \u2116 \u200f\u0627"), "\u2013 \u2116 \u200f\u0627");
}

TEST(Render, CsvQuotesWhatRfc4180Asks) {
  EXPECT_EQ(CsvField("plain", false), "plain");
  EXPECT_EQ(CsvField("a,b", false), "\"a,b\"");
  EXPECT_EQ(CsvField("say \"x\"", false), "\"say \"\"x\"\"\"");
  EXPECT_EQ(CsvField("two\nlines", false), "\"two\nlines\"");
  EXPECT_EQ(CsvField(" blank ends\t", false), "\" blank ends\t\"");
}

TEST(Render, CsvNeutralisesFormulaCellsButNotNumbers) {
  EXPECT_EQ(CsvField("'quoted'", false), "''quoted'");
  EXPECT_EQ(CsvField("=1+1", false), "'=1+1");
  EXPECT_EQ(CsvField("+7", false), "'+7");
  EXPECT_EQ(CsvField("@cmd", false), "'@cmd");
  EXPECT_EQ(CsvField("-5", true), "-5");
}

TEST(Render, CsvHasAHeaderAndCrlf) {
  std::string csv = TableCsv(RateTable());
  EXPECT_EQ(csv.substr(0, csv.find("\r\n")), "chapter,expected,rate,on_time");
  EXPECT_NE(csv.find("DDR,5,60.0%"), std::string::npos);
}

TEST(Render, CountsInWords) {
  EXPECT_EQ(Count(1, "warning"), "1 warning");
  EXPECT_EQ(Count(0, "error"), "0 errors");
}

}  // namespace
}  // namespace entente::client

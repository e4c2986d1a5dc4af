// What is owed under several instruments, against a node that is played.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "client/app.h"
#include "client/context/local_methods.h"
#include "nlohmann/json.hpp"
#include "node/base/error.h"
#include "tests/unit/client/fake_channel.h"

namespace entente::client {
namespace {

class Todo : public testing::Test {
 protected:
  Todo() {
    node_.On(local::kListInstruments,
             [this](const v1::ListInstrumentsRequest&, v1::ListInstrumentsResponse& list) {
               for (const std::string& code : joined_) list.add_instruments()->set_code(code);
               return absl::OkStatus();
             });
    node_.On(local::kTodo, [this](const v1::TodoRequest& request, v1::Table& table) {
      asked_.push_back(request.instrument());
      if (request.instrument() == unknown_ || unknown_ == "everywhere") {
        return base::Error(absl::StatusCode::kNotFound, "UNKNOWN_DELEGATION",
                           absl::StrCat("not known in ", request.instrument()));
      }
      for (const char* name : {"due", "round", "next_step"}) table.add_columns()->set_name(name);
      for (const char* day : {"2018-01-01", "", "2017-01-01"}) {
        v1::Row& row = *table.add_rows();
        row.add_cells(day[0] == '\0' ? "" : request.instrument() == "B" ? "2017-06-01" : day);
        row.add_cells("R-1");
        row.add_cells("entente draft new --round R-1 --commitment X/1");
      }
      table.set_freshness("fresh.");
      return absl::OkStatus();
    });
  }
  int Run(std::vector<std::string> words) {
    Context context({&in_, &out_, &err_});
    context.UseChannel(node_.NewChannel());
    CLI::App app;
    BuildApp(app, context);
    std::reverse(words.begin(), words.end());
    app.parse(words);
    const auto done = context.action();
    if (!done.ok()) err_ << ErrorText(done.status(), false, context.phrases());
    return static_cast<int>(done.ok() ? *done : ExitOf(done.status()));
  }

  std::vector<std::string> joined_ = {"A", "B"}, asked_;
  std::string unknown_ = "none of them";
  FakeNode node_;
  std::istringstream in_;
  std::ostringstream out_, err_;
};

TEST_F(Todo, AllInstrumentsStandInOneTableByDay) {
  ASSERT_EQ(Run({"todo", "--json"}), 0) << err_.str();
  const auto json = nlohmann::json::parse(out_.str());
  std::vector<std::string> lines;
  for (const auto& row : json["rows"])
    lines.push_back(
        absl::StrCat(row["instrument"].get<std::string>(), " ", row["due"].get<std::string>()));
  EXPECT_EQ(lines, (std::vector<std::string>{"A 2017-01-01", "B 2017-06-01", "B 2017-06-01",
                                             "A 2018-01-01", "A ", "B "}));
  EXPECT_EQ(json["rows"][1]["next_step"],
            "entente draft new --instrument B --round R-1 --commitment X/1");
  EXPECT_EQ(json["freshness"], "A: fresh. B: fresh.");
}

TEST_F(Todo, OneThatIsNamedOrTheOnlyOneIsAskedAlone) {
  ASSERT_EQ(Run({"todo", "--instrument", "B", "--json"}), 0) << err_.str();
  EXPECT_EQ(asked_, std::vector<std::string>{"B"});
  EXPECT_EQ(out_.str().find("\"instrument\""), std::string::npos);
  joined_ = {"A"};
  ASSERT_EQ(Run({"todo"}), 0) << err_.str();
  EXPECT_EQ(asked_.back(), "");
}

TEST_F(Todo, WhatNoInstrumentKnowsIsRefused) {
  unknown_ = "A";
  EXPECT_EQ(Run({"todo", "--delegation", "KZ"}), 0) << err_.str();
  unknown_ = "everywhere";
  EXPECT_EQ(Run({"todo", "--delegation", "ZZ"}), 6);
  EXPECT_NE(err_.str().find("not known in A"), std::string::npos) << err_.str();
}

}  // namespace
}  // namespace entente::client

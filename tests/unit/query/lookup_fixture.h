// Stores whose log is read into the lookup rows, as the node's upkeep does it.
#pragma once

#include <string>
#include <vector>

#include "node/query/lookup/lookup_maker.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query {

class LookupTest : public QueryTest {
 protected:
  // Everything that is held, slice by slice.
  void ReadIn() {
    for (bool done = false; !done;) {
      Publish();
      absl::StatusOr<LookupSlice> slice = NextSlice(*snapshot_, *published_);
      ASSERT_TRUE(slice.ok()) << slice.status();
      done = slice->done;
      store_.replica().DeleteLookup(slice->old, slice->state);
      store_.replica().PutLookup(slice->rows, slice->state);
      store_.Commit();
    }
    Publish();
  }
  static std::vector<std::string> Column(const v1::Table& table, const std::string& name) {
    std::vector<std::string> out;
    for (int c = 0; c < table.columns_size(); ++c) {
      if (table.columns(c).name() != name) continue;
      for (const v1::Row& row : table.rows()) out.push_back(row.cells(c));
    }
    return out;
  }
  Entry Written(support::Pen& pen, const support::Chain& credentials, uint32_t kind,
                const std::string& payload) const {
    return pen.Write(plan_.charter.head(), credentials.head(), kind, payload);
  }
};

}  // namespace entente::query

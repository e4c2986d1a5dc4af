// Seeds of bundles, whole and in parts.
#include "tests/fuzz/seeds.h"
#include "tests/unit/bundle/bundle_fixture.h"

namespace entente::fuzz {

namespace {

std::string Input(char what, char step, const std::string& bytes) {
  return std::string{what, step} + bytes;
}

}  // namespace

void AddBundleSeeds(AllSeeds& all) {
  Seeds& seeds = all["bundle"];
  bundle::testing::Made made;
  made.Add(sync::NotesFrame(sync::testing::AnInstrument(), {"first note\n", "second note\n"}));
  made.Add(bundle::testing::EntriesFrame(1, 3));
  made.Add(bundle::testing::EntriesFrame(2, 2));
  seeds["whole"] = Input(0, '\x7f', made.Bytes());
  seeds["header"] = Input(1, 0, made.header.SerializeAsString());
  seeds["index"] = Input(2, 0, bundle::EncodeIndex(made.rows));
  seeds["notes"] = Input(3, 0, made.frames[0]);
  seeds["frame"] = Input(3, 0, made.frames[1]);
  v1::BundleHoldings holdings;
  sync::AppendTip(*holdings.mutable_tips(), {sync::testing::AKey(1), 1},
                  {3, sync::testing::IdFrom<base::EntryId>("tip")});
  holdings.add_leaves(std::string(32, 'l'));
  seeds["holdings"] = Input(4, 0, holdings.SerializeAsString());
  v1::BundleBeside beside;
  beside.mutable_news()->set_instrument(made.header.instrument());
  beside.mutable_news()->add_order(1);
  beside.mutable_news()->add_order(7);
  seeds["news"] = Input(5, 0, beside.SerializeAsString());
  beside.Clear();
  beside.set_blob(std::string(40, 'b'));
  beside.add_chunks()->set_data("a chunk");
  seeds["chunks"] = Input(5, 0, beside.SerializeAsString());
  bundle::testing::Made receipt;
  receipt.header.set_kind(v1::BUNDLE_KIND_RECEIPT);
  receipt.frames.push_back(holdings.SerializeAsString());
  receipt.rows.push_back(bundle::RowOf(receipt.frames[0], 0, 0));
  seeds["receipt"] = Input(0, 8, receipt.Bytes());
}

}  // namespace entente::fuzz

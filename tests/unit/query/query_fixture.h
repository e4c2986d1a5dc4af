// Stores to ask: the small instrument of the replica's tests, published as a node publishes it.
#pragma once

#include <string>
#include <vector>

#include "entente/v1/payload.pb.h"
#include "node/query/view/as_of.h"
#include "node/query/view/views.h"
#include "tests/unit/driver/replica_fixture.h"

namespace entente::query {

using base::EntryId;
using ledger::Entry;

// A shorter title of a chapter, adopted where nobody objects until this day.
inline v1::Amendment BySilence(const std::string& delegation, const std::string& until) {
  v1::Amendment amendment;
  amendment.mutable_common()->set_delegation(delegation);
  amendment.mutable_about()->set_slot("chapter/DDR");
  amendment.mutable_chapter()->set_code("DDR");
  amendment.mutable_chapter()->add_titles()->set_lang("en");
  amendment.mutable_chapter()->mutable_titles(0)->set_text("Demand");
  amendment.set_reason("Shorter");
  amendment.set_procedure("silence_procedure");
  amendment.set_until(until);
  return amendment;
}

class QueryTest : public driver::ReplicaTest {
 protected:
  void SetUp() override { Publish(); }

  // Takes the entries and tells other threads, as a node does after each commit.
  void Take(std::vector<ledger::Entry> entries) {
    EXPECT_EQ(store_.Ingest(std::move(entries)).entries_refused, 0u);
    Publish();
  }
  void Publish() {
    published_ = store_.replica().Publish(published_);
    snapshot_ = store_.kv().NewSnapshot();
  }
  Views Ask() const { return Views(snapshot_.get(), published_.get(), plan_.charter.id()); }
  Views AskAsOf(const std::string& text) const {
    Views views = Ask();
    absl::StatusOr<AsOf> as_of = AsOfText(views, text);
    EXPECT_TRUE(as_of.ok()) << as_of.status();
    if (as_of.ok()) views.Restrict(as_of->includes);
    return views;
  }
  std::string Frontier() const {
    return published_->figures.at(plan_.charter.id()).frontier_digest.ToHex();
  }
  // Short ids of the heads of KG's slot on DDR/08.
  static std::vector<std::string> Heads(const Views& views) {
    std::vector<std::string> out;
    const auto slot = views.Slot(support::ReportSlot("KG", "DDR/08"));
    EXPECT_TRUE(slot.ok()) << slot.status();
    for (const v1::Contribution* head : merge::Heads(*slot))
      out.push_back(base::ToHex(head->entry()).substr(0, 8));
    return out;
  }

  store::PublishedPtr published_;
  std::unique_ptr<const storage::Snapshot> snapshot_;
};

// The wall part of a hybrid logical clock, for entries that claim a time.
constexpr uint64_t HlcAt(uint64_t unix_ms) { return unix_ms << 16; }
constexpr uint64_t k2017Sep1 = 1'504'224'000'000;  // 2017-09-01T00:00Z
constexpr uint64_t kHourMs = 3'600'000;

}  // namespace entente::query

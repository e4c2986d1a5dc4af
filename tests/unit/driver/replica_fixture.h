// A small instrument: the secretariat EU-GSC, the delegations KG (keys `kg`, `kg2`) and KZ (key
// `kz`), and stores to hold it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "node/base/error.h"
#include "node/driver/replica.h"
#include "node/merge/slot_value.h"
#include "node/store/view_digest.h"
#include "storage/memory_kv.h"
#include "tests/support/ledger_fixture.h"

namespace entente::driver {

using ledger::Entry;
using ledger::Status;
using ledger::StatusReason;

struct Plan {
  crypto::PrivateKey sec_signer = support::KeyFrom("sec signer"),
                     kg_signer = support::KeyFrom("kg signer"),
                     kz_signer = support::KeyFrom("kz signer");
  crypto::PrivateKey desk = support::KeyFrom("desk"), kg = support::KeyFrom("kg"),
                     kg2 = support::KeyFrom("kg2"), kz = support::KeyFrom("kz");
  support::Chain sec_chain = support::Chain::Credentials(
      "EU-GSC", &sec_signer, {support::EnrolOf(desk, {"desk_officer"})});
  support::Chain kg_chain = support::Chain::Credentials(
      "KG", &kg_signer,
      {support::EnrolOf(kg, {"focal_point"}), support::EnrolOf(kg2, {"focal_point"})});
  support::Chain kz_chain =
      support::Chain::Credentials("KZ", &kz_signer, {support::EnrolOf(kz, {"focal_point"})});
  support::Chain charter = support::Chain::Charter(
      "EUCA-2014", &sec_signer,
      {ledger::act::Admit{sec_chain.id(), "EU-GSC", ledger::DelegationRole::kSecretariat},
       ledger::act::Admit{kg_chain.id(), "KG", ledger::DelegationRole::kParty},
       ledger::act::Admit{kz_chain.id(), "KZ", ledger::DelegationRole::kParty}});

  support::Pen PenOf(const crypto::PrivateKey& key) const {
    support::Pen pen;
    pen.key = &key;
    pen.instrument = charter.id();
    return pen;
  }
  // A report of KG.
  Entry Report(support::Pen& pen, const std::string& words,
               std::vector<EntryId> supersedes = {}) const {
    return pen.Write(charter.head(), kg_chain.head(), 1,
                     support::ReportPayload("KG", "DDR/08", words, std::move(supersedes)));
  }
};

class Store {
 public:
  explicit Store(const Plan& plan) : plan_(plan), kv_(store::Families()) {
    Open();
    for (const support::Chain* chain :
         {&plan.charter, &plan.sec_chain, &plan.kg_chain, &plan.kz_chain}) {
      Notes(chain->files());
    }
    EXPECT_TRUE(replica_->JoinInstrument(plan.charter.id()).ok());
    Commit();
  }

  void Open() {
    Replica::Options options;
    options.store_id = "12345678";
    options.verifier = &crypto::Ed25519Verifier();
    auto replica = Replica::Open(&kv_, options);
    EXPECT_TRUE(replica.ok()) << replica.status();
    replica_ = *std::move(replica);
  }
  // Power loss and start.
  void Restart() {
    replica_ = nullptr;
    kv_.Crash();
    Open();
  }
  void Commit() { EXPECT_TRUE(replica_->Commit().ok()); }
  void Notes(const std::vector<std::string>& files) {
    EXPECT_TRUE(replica_->AddNotes(files).ok());
    Commit();
  }
  IngestReport Ingest(std::vector<Entry> entries) {
    auto report =
        replica_->Ingest(VerifyEntries(std::move(entries), crypto::Ed25519Verifier()), "peerpeer");
    EXPECT_TRUE(report.ok()) << report.status();
    Commit();
    return report.ok() ? *report : IngestReport();
  }
  absl::Status Submit(std::vector<Entry> entries) {
    absl::Status own =
        replica_->Submit(VerifyEntries(std::move(entries), crypto::Ed25519Verifier())).status();
    absl::Status committed = replica_->Commit();
    return own.ok() ? committed : own;
  }

  bool Holds(const Entry& entry) {
    auto snapshot = kv_.NewSnapshot();
    return store::LogReader(snapshot.get()).Find(entry.id)->has_value();
  }
  Verdict VerdictOf(const Entry& entry) {
    auto snapshot = kv_.NewSnapshot();
    const store::LogReader log(snapshot.get());
    auto place = log.Find(entry.id);
    return place.ok() && place->has_value() ? *log.VerdictOf(**place)
                                            : Verdict{Status::kInvalid, StatusReason::kNone};
  }
  // Entries shown in KG's slot on DDR/08, ascending.
  std::vector<EntryId> Heads() {
    std::vector<EntryId> out;
    auto row = kv_.Get(store::kSlots,
                       store::SlotKey(plan_.charter.id(), support::ReportSlot("KG", "DDR/08")));
    if (!row.ok() || !row->has_value()) return out;
    const v1::SlotValue value = merge::DecodeSlot(**row);
    for (const v1::Contribution* head : merge::Heads(value))
      out.push_back(*EntryId::FromBytes(head->entry()));
    return out;
  }
  base::Digest Views() { return *store::ViewDigest(*kv_.NewSnapshot(), plan_.charter.id()); }
  base::Digest Frontier() { return replica_->frontier(plan_.charter.id()).Digest(); }

  Replica& replica() { return *replica_; }
  storage::MemoryKv& kv() { return kv_; }

 private:
  const Plan& plan_;
  storage::MemoryKv kv_;
  std::unique_ptr<Replica> replica_;
};

class ReplicaTest : public testing::Test {
 protected:
  Plan plan_;
  Store store_{plan_};
  support::Pen pen_ = plan_.PenOf(plan_.kg);
};

constexpr Verdict kCounts{Status::kAdmitted, StatusReason::kNone};

}  // namespace entente::driver

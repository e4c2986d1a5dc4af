// A register and a copy of it for the target register_news and its seeds: the copy holds every
// entry and the older half of the tree.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/base/check.h"
#include "node/driver/replica.h"
#include "node/register/news.h"
#include "node/register/order.h"
#include "node/store/schema.h"
#include "node/tlog/checkpoint.h"
#include "storage/memory_kv.h"
#include "tests/support/ledger_fixture.h"

namespace entente::fuzz {

class RegisterScene {
 public:
  RegisterScene() : register_(Open(register_kv_)), copy_(Open(copy_kv_)) {
    const std::vector<ledger::Entry> entries = Written();
    const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(entries.size() / 2);
    ENTENTE_CHECK(register_->KeepRegister(charter_.id(), log_name_).ok());
    Take(*copy_, entries);
    Take(*register_, {entries.begin(), middle});
    Sign();
    const v1::RegisterNews older = News(reg::Naming::kPlaces);
    // So that a final checkpoint goes along beside the newest one.
    const auto later = middle + (entries.end() - middle) / 2;
    Take(*register_, {middle, later});
    Sign();
    Take(*register_, {later, entries.end()});
    Sign();
    ENTENTE_CHECK(copy_->TakeRegisterNews(Spelt(older)).ok() && copy_->Commit().ok());
  }

  // What the register tells the copy.
  v1::RegisterNews News(reg::Naming naming) const {
    const auto head = copy_->registers().HeadOf(charter_.id());
    auto news = reg::MakeNews(*register_kv_.NewSnapshot(), charter_.id(),
                              *register_->registers().HeadOf(charter_.id()),
                              {head->leaves, head->final_size, naming});
    ENTENTE_CHECK(news.ok());
    return *std::move(news);
  }
  const storage::MemoryKv& copy_kv() const { return copy_kv_; }
  const ledger::Authority& authority() const { return copy_->authority(); }
  const base::InstrumentId& instrument() const { return charter_.id(); }

 private:
  static constexpr char kOrigin[] = "register.example/EUCA-2014";
  static constexpr uint64_t kTime = 1'795'349'700;  // POSIX seconds

  std::unique_ptr<driver::Replica> Open(storage::MemoryKv& kv) {
    auto opened = driver::Replica::Open(&kv, {"12345678", &crypto::Ed25519Verifier()});
    ENTENTE_CHECK(opened.ok());
    std::unique_ptr<driver::Replica> replica = *std::move(opened);
    for (const support::Chain* chain : {&charter_, &secretariat_, &party_}) {
      ENTENTE_CHECK(replica->AddNotes(chain->files()).ok());
    }
    ENTENTE_CHECK(replica->JoinInstrument(charter_.id()).ok() && replica->Commit().ok());
    return replica;
  }
  // Two feeds in turns, and a fork at the end.
  std::vector<ledger::Entry> Written() const {
    std::vector<ledger::Entry> entries;
    support::Pen a = PenOf(author_), b = PenOf(other_);
    for (int i = 0; i < 8; ++i) {
      entries.push_back(Report(a, i));
      entries.push_back(Report(i % 3 == 0 ? b : a, i));
    }
    support::Pen again = b;
    entries.push_back(Report(b, 100));
    entries.push_back(Report(again, 101));
    return entries;
  }
  support::Pen PenOf(const crypto::PrivateKey& key) const {
    support::Pen pen;
    pen.key = &key;
    pen.instrument = charter_.id();
    return pen;
  }
  ledger::Entry Report(support::Pen& pen, int number) const {
    return pen.Write(charter_.head(), party_.head(), 1,
                     support::ReportPayload("KG", "DDR/08", std::to_string(number), {}));
  }
  static void Take(driver::Replica& replica, const std::vector<ledger::Entry>& entries) {
    const auto verified = driver::VerifyEntries(entries, crypto::Ed25519Verifier());
    ENTENTE_CHECK(replica.Ingest(verified, "peerpeer").ok() && replica.Commit().ok());
  }
  void Sign() {
    while (*register_->Sequence(charter_.id(), 100) > 0) ENTENTE_CHECK(register_->Commit().ok());
    tlog::SignedCheckpoint made;
    made.checkpoint = *register_->registers().ToSign(charter_.id());
    made.text = tlog::CheckpointText(made.checkpoint);
    made.lines = {tlog::SignCheckpoint(made.text, log_name_, log_),
                  tlog::Cosign(made.text, kTime, clock_name_, clock_)};
    ENTENTE_CHECK(register_->TakeCheckpoint(charter_.id(), made.File()).ok() &&
                  register_->Commit().ok());
  }
  v1::RegisterNews Spelt(const v1::RegisterNews& news) const {
    v1::RegisterNews spelt = news;
    const auto read =
        reg::SpellOut(*copy_kv_.NewSnapshot(), *copy_->registers().HeadOf(charter_.id()), spelt);
    ENTENTE_CHECK(read.ok() && *read == reg::Reading::kWhole);
    return spelt;
  }

  const crypto::PrivateKey signer_ = support::KeyFrom("signer"),
                           author_ = support::KeyFrom("author"), other_ = support::KeyFrom("other"),
                           log_ = support::KeyFrom("log"), clock_ = support::KeyFrom("clock");
  const ledger::VerifierKey log_name_ =
      ledger::VerifierKey::Named(kOrigin, tlog::kTypeLog, log_.public_key());
  const ledger::VerifierKey clock_name_ = ledger::VerifierKey::Named(
      std::string(kOrigin) + "/clock", tlog::kTypeCosigner, clock_.public_key());
  const support::Chain secretariat_ = support::Chain::Credentials(
      "EU-GSC", &signer_, {support::EnrolOf(author_, {"desk_officer"})});
  const support::Chain party_ = support::Chain::Credentials(
      "KG", &signer_,
      {support::EnrolOf(author_, {"focal_point"}), support::EnrolOf(other_, {"focal_point"})});
  const support::Chain charter_ = support::Chain::Charter(
      "EUCA-2014", &signer_,
      {ledger::act::Admit{secretariat_.id(), "EU-GSC", ledger::DelegationRole::kSecretariat},
       ledger::act::Admit{party_.id(), "KG", ledger::DelegationRole::kParty},
       ledger::act::Register{log_name_.Text()}, ledger::act::Register{clock_name_.Text()}});
  storage::MemoryKv register_kv_{store::Families()}, copy_kv_{store::Families()};
  std::unique_ptr<driver::Replica> register_, copy_;
};

}  // namespace entente::fuzz

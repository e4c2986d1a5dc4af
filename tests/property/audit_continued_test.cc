// Random histories of an instrument, audited again and again: an audit that goes on from the one
// before finds, counts and remembers what an audit of everything does.
//   audit_continued_test --scenarios=N --seed=S
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/audit/node_audit.h"
#include "tests/support/played_log.h"
#include "tests/support/register_world.h"

namespace entente::client {

int g_scenarios = 25;
uint64_t g_seed = 1;

namespace {

namespace act = ledger::act;
using support::Chain;

constexpr int kSteps = 14;

struct Party {
  std::string code;
  crypto::PrivateKey signer;
  std::unique_ptr<Chain> credentials;
  bool shut = false;
};

struct Writer {
  size_t party;
  std::shared_ptr<crypto::PrivateKey> key;
  support::Pen pen;
  std::vector<ledger::Entry> written;  // one line
  size_t delivered = 0, sequenced = 0;
  bool closed = false;
};

struct Tally {
  int audits = 0, continued = 0, unclean = 0;
};

class History {
 public:
  explicit History(uint64_t seed) : random_(seed) {
    for (const char* code : {"EU-GSC", "KG", "KZ"}) {
      parties_.push_back(
          {code, support::KeyFrom(absl::StrCat(code, " signer ", seed)), nullptr, false});
    }
    std::vector<ledger::Act> acts;
    std::vector<std::shared_ptr<crypto::PrivateKey>> keys;
    for (Party& party : parties_) {
      keys.push_back(NewKey());
      party.credentials = std::make_unique<Chain>(
          Chain::Credentials(party.code, &party.signer, {EnrolOf(*keys.back())}));
      acts.push_back(AdmitOf(party));
    }
    acts.push_back(act::Register{log_.name.Text()});
    acts.push_back(act::WitnessPolicy{1, {witness_.name.Text()}});
    charter_ =
        std::make_unique<Chain>(Chain::Charter("EUCA-2014", &parties_[0].signer, std::move(acts)));
    played_.emplace(charter_->id());
    played_->PlayOn(node_);
    for (size_t i = 0; i < parties_.size(); ++i) AddWriter(i, std::move(keys[i]), 1);
  }

  void Check(Tally& tally) {
    for (int step = 0; step < kSteps && !HasFailure(); ++step) {
      SCOPED_TRACE(absl::StrCat("step ", step));
      for (uint64_t acts = 1 + Under(8); acts > 0; --acts) Act();
      Compare(tally);
    }
  }

 private:
  static bool HasFailure() { return testing::Test::HasFailure(); }
  uint64_t Under(uint64_t n) { return random_() % n; }

  std::shared_ptr<crypto::PrivateKey> NewKey() {
    return std::make_shared<crypto::PrivateKey>(
        support::KeyFrom(absl::StrCat("author ", random_())));
  }
  static act::Enrol EnrolOf(const crypto::PrivateKey& key) {
    return support::EnrolOf(key, {"desk_officer", "focal_point"});
  }
  act::Admit AdmitOf(const Party& party) const {
    return {party.credentials->id(), party.code,
            &party == &parties_[0] ? ledger::DelegationRole::kSecretariat
                                   : ledger::DelegationRole::kParty};
  }
  void AddWriter(size_t party, std::shared_ptr<crypto::PrivateKey> key, uint32_t incarnation) {
    Writer writer{party, std::move(key), {}, {}};
    writer.pen.key = writer.key.get();
    writer.pen.instrument = charter_->id();
    writer.pen.incarnation = incarnation;
    writers_.push_back(std::move(writer));
  }

  void Act() {
    Writer& writer = writers_[Under(writers_.size())];
    Party& party = parties_[writer.party];
    switch (Under(22)) {
      case 0:
        return Seal(writer);
      case 1:
        party.credentials->Add({support::NodeOf(support::SpkiFrom(absl::StrCat(random_())))});
        return;
      case 2:
        return Revoke(writer, party);
      case 3: {
        auto key = NewKey();
        party.credentials->Add({EnrolOf(*key)});
        return AddWriter(writer.party, std::move(key), 1);
      }
      case 4:
        return Fork(writer, party);
      case 5:
        if (Under(3) == 0) ShutOrOpen(party);
        return;
      case 6:
        return Suspend(writer, party);
      case 7:
        return AdoptTail(writer, party);
      case 8:
        if (Under(4) == 0) Stranger();
        return;
      case 9:
      case 10:
      case 11:
      case 12:
        return Sequence();
      case 13:
      case 14:
        return Sign();
      case 15:
      case 16:
      case 17:
        writer.delivered = std::max<size_t>(writer.delivered, Under(writer.written.size() + 1));
        return Deliver(writer, writer.delivered);
      default:
        return Write(writer, party);
    }
  }

  ledger::Entry WriteBy(support::Pen& pen, const Party& party) {
    pen.seen_size = 0;
    pen.seen_root = {};
    if (!signed_.empty() && Under(2) == 0) {
      pen.seen_size = signed_[Under(signed_.size())];
      pen.seen_root = played_->RootAt(pen.seen_size);
    }
    const bool gsc = &party == &parties_[0];
    return pen.Write(charter_->head(), party.credentials->head(), gsc ? 2000 : 1,
                     support::ReportPayload(party.code, "DDR/08", absl::StrCat(random_()), {}));
  }
  void Write(Writer& writer, const Party& party) {
    if (writer.closed && Under(3) > 0) return;
    for (uint64_t more = 1 + Under(6); more > 0; --more) {
      writer.written.push_back(WriteBy(writer.pen, party));
    }
    if (Under(3) > 0) Deliver(writer, writer.written.size());
  }
  void Deliver(Writer& writer, size_t upto) {
    for (size_t i = 0; i < upto; ++i) played_->Add(writer.written[i]);
    writer.delivered = std::max(writer.delivered, upto);
  }
  // The register may hold what the node does not yet, and lack what it has. A claim to have seen a
  // checkpoint that comes after the entry would be a finding.
  void Sequence() {
    for (uint64_t tries = Under(20); tries > 0; --tries) {
      Writer& writer = writers_[Under(writers_.size())];
      if (writer.sequenced == writer.written.size()) continue;
      played_->AddLeaf(writer.written[writer.sequenced++].id);
    }
  }
  void Sign() {
    const uint64_t size = played_->leaves();
    if (size == 0 || (!signed_.empty() && signed_.back() == size)) return;
    tlog::SignedCheckpoint c;
    c.checkpoint = {log_.name.name, size, played_->RootAt(size)};
    c.text = tlog::CheckpointText(c.checkpoint);
    c.lines = {tlog::SignCheckpoint(c.text, log_.name, log_.key),
               tlog::Cosign(c.text, 1'795'349'700 + size, witness_.name, witness_.key)};
    played_->AddCheckpoint(c);
    signed_.push_back(size);
  }

  void Seal(const Writer& writer) {
    if (writer.written.empty()) return;
    const ledger::Entry& entry = writer.written[Under(writer.written.size())];
    charter_->Add({act::Seal{parties_[writer.party].credentials->id(), entry.feed().Name(),
                             entry.header.sequence, entry.id}});
  }
  std::vector<ledger::Tip> SomeTips(const crypto::PrivateKey& key) {
    std::vector<ledger::Tip> tips;
    for (const Writer& other : writers_) {
      if (other.key->public_key() != key.public_key() || other.written.empty()) continue;
      const size_t at = Under(2) == 0 ? other.written.size() - 1 : Under(other.written.size());
      tips.push_back(support::TipOf(other.written[at]));
    }
    return support::Ascending(std::move(tips));
  }
  void Revoke(Writer& writer, Party& party) {
    if (Under(3) > 0) return;
    party.credentials->Add({act::Revoke{writer.key->public_key(), ledger::RevokeReason::kLost,
                                        SomeTips(*writer.key)}});
    writer.closed = true;
  }
  void Suspend(Writer& writer, Party& party) {
    if (Under(3) > 0) return;
    base::NoteId id;
    suspends_.push_back(
        party.credentials->Suspend(writer.key->public_key(), SomeTips(*writer.key), &id));
    if (Under(2) == 0) party.credentials->Add({act::Lift{id}});
  }
  void ShutOrOpen(Party& party) {
    if (&party == &parties_[0]) return;
    if (party.shut) {
      charter_->Add({AdmitOf(party)});
    } else {
      std::vector<ledger::Tip> tips;
      for (const Writer& writer : writers_) {
        if (&parties_[writer.party] != &party || writer.written.empty()) continue;
        tips.push_back(support::TipOf(writer.written[Under(writer.written.size())]));
      }
      charter_->Add({act::ShutDelegation{Under(2) == 0, party.credentials->id(),
                                         ledger::DelegationRole::kParty, "test",
                                         support::Ascending(std::move(tips))}});
    }
    party.shut = !party.shut;
  }
  void AdoptTail(const Writer& writer, Party& party) {
    if (writer.written.size() < 2 || Under(2) > 0) return;
    const size_t first = Under(writer.written.size());
    const base::EntryId& last = writer.written.back().id;
    if (Under(3) == 0) {
      party.credentials->Add({act::Void{writer.written[first].id, last, "test"}});
    } else {
      party.credentials->Add({act::Adopt{writer.written[first].id, last, "test"}});
    }
  }
  // A second entry at a place of the line; mostly settled, and then the author goes on in a new
  // incarnation.
  void Fork(Writer& writer, Party& party) {
    if (writer.delivered < 2 || writer.closed || Under(3) > 0) return;
    support::Pen pen = writer.pen;
    const size_t at = 1 + Under(writer.delivered - 1);
    pen.sequence = at;
    pen.previous = writer.written[at - 1].id;
    pen.hlc = writer.written[at - 1].header.hlc;
    const ledger::Entry other = WriteBy(pen, party);
    played_->Add(other);
    if (Under(2) == 0) played_->AddLeaf(other.id);
    if (Under(4) == 0) return;
    std::vector<ledger::Tip> tips = {support::TipOf(writer.written.back())};
    if (Under(2) == 0) tips.push_back(support::TipOf(other));
    party.credentials->Add(
        {act::ResolveFork{other.feed().Name(), support::Ascending(std::move(tips))}});
    writer.closed = true;
    if (writer.pen.incarnation < 8) {
      AddWriter(writer.party, writer.key, writer.pen.incarnation + 1);
    }
  }
  // Somebody whom nobody enrolled.
  void Stranger() {
    const auto key = NewKey();
    support::Pen pen;
    pen.key = key.get();
    pen.instrument = charter_->id();
    played_->AddAside(WriteBy(pen, parties_[1]));
  }

  absl::StatusOr<NodeAudit> Audit(const std::optional<Audited>& audited) {
    std::istringstream in;
    std::ostringstream out, err;
    Context context({&in, &out, &err});
    context.UseChannel(node_.NewChannel());
    NodeAuditOptions options;
    options.code = "EUCA-2014";
    options.audited = [&](const base::InstrumentId&) { return audited; };
    return AuditNode(context, options);
  }
  void TellNotesAndCounts() {
    std::vector<std::string> notes = charter_->files();
    for (const Party& party : parties_) {
      for (const std::string& file : party.credentials->files()) notes.push_back(file);
    }
    for (const std::string& file : suspends_) {
      if (std::find(notes.begin(), notes.end(), file) == notes.end()) notes.push_back(file);
    }
    played_->SetNotes(std::move(notes));
    played_->Tell(0, 0, 0, 0);
    const auto counted = Audit(std::nullopt);
    ASSERT_TRUE(counted.ok()) << counted.status();
    const AuditReport& r = counted->report;
    played_->Tell(r.entries, CountOf(r, ledger::Status::kPending) + r.aside,
                  CountOf(r, ledger::Status::kQuarantined),
                  CountOf(r, ledger::Status::kDisputed) + CountOf(r, ledger::Status::kDisplaced));
  }

  static std::vector<std::string> Findings(const AuditReport& report) {
    std::vector<std::string> out;
    for (const AuditFinding& f : report.findings) {
      out.push_back(absl::StrCat(f.code, " ", f.where, " ", f.text));
    }
    return out;
  }
  static std::vector<std::string> Remarks(const AuditReport& report) {
    std::vector<std::string> out;
    for (const std::string& remark : report.remarks) {
      if (!absl::StartsWith(remark, "everything was read again")) out.push_back(remark);
    }
    return out;
  }

  void Compare(Tally& tally) {
    TellNotesAndCounts();
    if (HasFailure()) return;
    const auto whole = Audit(std::nullopt), next = Audit(audited_);
    ASSERT_TRUE(whole.ok()) << whole.status();
    ASSERT_TRUE(next.ok()) << next.status();
    const AuditReport &a = whole->report, &b = next->report;
    EXPECT_EQ(Findings(b), Findings(a));
    EXPECT_EQ(Remarks(b), Remarks(a));
    EXPECT_EQ(b.by_status, a.by_status);
    EXPECT_EQ(std::tie(b.entries, b.aside, b.feeds, b.forks, b.gaps, b.notes),
              std::tie(a.entries, a.aside, a.feeds, a.forks, a.gaps, a.notes));
    EXPECT_EQ(b.signatures_checked + b.signatures_known, a.signatures_checked);
    EXPECT_EQ(next->reg.newest.size, whole->reg.newest.size);
    EXPECT_EQ(next->reg.newest.root, whole->reg.newest.root);
    EXPECT_EQ(next->reg.existed_before, whole->reg.existed_before);
    EXPECT_EQ(next->why_no_log, whole->why_no_log);
    EXPECT_EQ(next->next.log == whole->next.log, true) << "what is remembered differs";
    ++tally.audits;
    tally.continued += b.entries_known > 0;
    tally.unclean += !a.ok();
    if (!b.ok()) return;
    const auto kept = ParseAudited(AuditedText(next->next));
    ASSERT_TRUE(kept.ok()) << kept.status();
    EXPECT_EQ(kept->log == next->next.log, true);
    audited_ = *kept;
  }

  std::mt19937_64 random_;
  const support::LogKey log_{"register.example/EUCA-2014", tlog::kTypeLog};
  const support::LogKey witness_{"witness.example/KG", tlog::kTypeCosigner};
  std::vector<Party> parties_;
  std::vector<Writer> writers_;
  std::unique_ptr<Chain> charter_;
  std::vector<std::string> suspends_;
  std::vector<uint64_t> signed_;
  FakeNode node_;
  std::optional<support::PlayedLog> played_;
  std::optional<Audited> audited_;
};

TEST(RandomHistories, AnAuditThatGoesOnSaysWhatAWholeOneDoes) {
  setenv("ENTENTE_NODE_PROGRAM", "/nowhere/entented", 1);
  Tally tally;
  for (int i = 0; i < g_scenarios && !testing::Test::HasFailure(); ++i) {
    const uint64_t seed = g_seed * 1'000'003 + static_cast<uint64_t>(i);
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    History(seed).Check(tally);
  }
  std::printf("%d histories from seed %llu: %d audits, %d went on, %d with findings\n", g_scenarios,
              static_cast<unsigned long long>(g_seed), tally.audits, tally.continued,
              tally.unclean);
  EXPECT_GT(tally.continued, tally.audits / 4) << "most of it was never tried";
  EXPECT_GT(tally.unclean, 0);
}

}  // namespace
}  // namespace entente::client

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    absl::string_view arg(argv[i]);
    const bool known =
        (absl::ConsumePrefix(&arg, "--scenarios=") &&
         absl::SimpleAtoi(arg, &entente::client::g_scenarios)) ||
        (absl::ConsumePrefix(&arg, "--seed=") && absl::SimpleAtoi(arg, &entente::client::g_seed));
    if (known) continue;
    std::fprintf(stderr, "%s: unknown argument; use --scenarios=N or --seed=N\n", argv[i]);
    return 2;
  }
  return RUN_ALL_TESTS();
}

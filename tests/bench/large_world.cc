#include "tests/bench/large_world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/payload.pb.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/tlog/checkpoint.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace act = ledger::act;

namespace {

constexpr char kSecretariat[] = "SEC";
constexpr size_t kChaptersOfOne = 10;
constexpr uint64_t kStartMs = 1'420'070'400'000;  // 2015-01-01
constexpr uint64_t kStepMs = 60'000;
constexpr uint64_t kLeavesAtOnce = 4096;
constexpr uint64_t kFirstReceived = 1'483'228'800;  // 2017-01-01, POSIX seconds
constexpr uint64_t kReceivedApart = 86'400;

class TakesAll final : public crypto::Verifier {
 public:
  bool Verify(const base::PublicKey&, absl::string_view, absl::string_view) const override {
    return true;
  }
};

v1::Text English(std::string text) {
  v1::Text out;
  out.set_lang("en");
  out.set_text(std::move(text));
  return out;
}

std::string CommitmentOf(size_t n) {
  return absl::StrFormat("C%02d/%03d", n % kChaptersOfOne, n / kChaptersOfOne);
}

}  // namespace

LargeWorld::LargeWorld(const LargeWorldSize& size)
    : size_(size),
      random_(kSeed),
      signer_(support::KeyFrom("large signer")),
      desk_(support::KeyFrom("large desk")),
      register_(support::KeyFrom("large register")),
      witness_(support::KeyFrom("large witness")),
      register_name_(ledger::VerifierKey::Named("register.example/" + InstrumentCode(kRegistered),
                                                tlog::kTypeLog, register_.public_key())),
      witness_name_(
          ledger::VerifierKey::Named("large/witness", tlog::kTypeCosigner, witness_.public_key())) {
  credentials_.push_back(support::Chain::Credentials(kSecretariat, &signer_,
                                                     {support::EnrolOf(desk_, {"desk_officer"})}));
  keys_.reserve(size_.delegations);
  for (size_t n = 0; n < size_.delegations; ++n) {
    keys_.push_back(support::KeyFrom(absl::StrCat("large author ", n)));
    credentials_.push_back(support::Chain::Credentials(
        DelegationCode(n), &signer_, {support::EnrolOf(keys_.back(), {"focal_point"})}));
  }
  for (size_t n = 0; n < size_.instruments; ++n) {
    std::vector<ledger::Act> acts = {
        act::Admit{credentials_[0].id(), kSecretariat, ledger::DelegationRole::kSecretariat}};
    for (size_t d = 0; d < size_.delegations; ++d) {
      acts.push_back(
          act::Admit{credentials_[d + 1].id(), DelegationCode(d), ledger::DelegationRole::kParty});
    }
    if (n == kRegistered) {
      acts.push_back(act::Register{register_name_.Text()});
      acts.push_back(act::WitnessPolicy{1, {witness_name_.Text()}});
    }
    charters_.push_back(support::Chain::Charter(InstrumentCode(n), &signer_, std::move(acts)));
  }
}

std::string LargeWorld::InstrumentCode(size_t n) const { return absl::StrFormat("INS-%02d", n); }
std::string LargeWorld::DelegationCode(size_t n) const { return absl::StrFormat("D%02d", n); }

ledger::Entry LargeWorld::Unsigned(support::Pen& pen, size_t instrument,
                                   const support::Chain& credentials, uint32_t kind,
                                   std::string payload) {
  ledger::EntryHeader header;
  header.instrument = pen.instrument;
  header.key = pen.key->public_key();
  header.incarnation = pen.incarnation;
  header.sequence = ++pen.sequence;
  if (pen.sequence > 1) header.previous = pen.previous;
  header.charter_head = charters_[instrument].head();
  header.credentials_head = credentials.head();
  pen.hlc += kStepMs << 16;
  header.hlc = pen.hlc;
  header.kind = kind;
  header.payload_size = payload.size();
  header.payload_hash = crypto::Sha256(payload);
  const std::string half = header.payload_hash.str();
  auto entry = ledger::MakeEntry(ledger::EncodeHeader(header), half + half, std::move(payload));
  ENTENTE_CHECK(entry.ok());
  pen.previous = entry->id;
  return *std::move(entry);
}

absl::Status LargeWorld::Store(driver::Replica& replica, std::vector<ledger::Entry> entries) {
  return bench::Store(replica, std::move(entries), TakesAll());
}

absl::Status LargeWorld::FillInto(driver::Replica& replica) {
  for (const auto* chains : {&credentials_, &charters_}) {
    std::vector<std::string> files;
    for (const support::Chain& chain : *chains)
      files.insert(files.end(), chain.files().begin(), chain.files().end());
    RETURN_IF_ERROR(replica.AddNotes(files).status());
  }
  RETURN_IF_ERROR(replica.SetDelegation(credentials_[1].id()));
  for (size_t n = 0; n < size_.instruments; ++n)
    RETURN_IF_ERROR(replica.JoinInstrument(charters_[n].id()));
  RETURN_IF_ERROR(replica.Commit());
  const size_t feeds = size_.instruments * size_.delegations;
  const size_t reports = size_.entries - size_.commitments;
  for (size_t n = 0; n < size_.instruments; ++n) {
    RETURN_IF_ERROR(FillCatalogue(replica, n));
    for (size_t d = 0; d < size_.delegations; ++d)
      RETURN_IF_ERROR(FillReports(replica, n, d, reports / feeds));
  }
  return kRegistered < size_.instruments ? FillRegister(replica) : absl::OkStatus();
}

absl::Status LargeWorld::FillRegister(driver::Replica& replica) {
  const base::InstrumentId instrument = Instrument(kRegistered);
  RETURN_IF_ERROR(replica.KeepRegister(instrument, register_name_));
  RETURN_IF_ERROR(replica.Commit());
  for (uint64_t time = kFirstReceived, looked = 1; looked > 0; time += kReceivedApart) {
    ASSIGN_OR_RETURN(looked, replica.Sequence(instrument, kLeavesAtOnce));
    RETURN_IF_ERROR(replica.Commit());
    const auto due = replica.registers().ToSign(instrument);
    if (!due) continue;
    tlog::SignedCheckpoint made;
    made.checkpoint = *due;
    made.text = tlog::CheckpointText(*due);
    made.lines = {tlog::SignCheckpoint(made.text, register_name_, register_)};
    made.AddLines({tlog::Cosign(made.text, time, witness_name_, witness_)});
    RETURN_IF_ERROR(replica.TakeCheckpoint(instrument, made.File()).status());
    RETURN_IF_ERROR(replica.Commit());
  }
  const auto head = replica.registers().HeadOf(instrument);
  return head->final_size > 0 && head->final_size == head->leaves
             ? absl::OkStatus()
             : absl::InternalError("the register is not final to its end");
}

absl::Status LargeWorld::FillCatalogue(driver::Replica& replica, size_t instrument) {
  support::Pen pen;
  pen.key = &desk_;
  pen.instrument = charters_[instrument].id();
  pen.hlc = kStartMs << 16;
  std::vector<ledger::Entry> entries;
  auto write = [&](uint32_t kind, auto& message) {
    message.mutable_common()->set_delegation(kSecretariat);
    entries.push_back(
        Unsigned(pen, instrument, credentials_[0], kind, message.SerializeAsString()));
  };
  for (size_t n = 0; n < kChaptersOfOne; ++n) {
    v1::Chapter chapter;
    chapter.set_code(absl::StrFormat("C%02d", n));
    chapter.set_order(static_cast<uint32_t>(n + 1));
    *chapter.add_titles() = English("Chapter " + chapter.code());
    write(v1::CHAPTER, chapter);
  }
  for (size_t n = 0; n < size_.commitments / size_.instruments; ++n) {
    v1::Commitment commitment;
    commitment.set_code(CommitmentOf(n));
    *commitment.add_texts() = English("What was promised under " + commitment.code());
    commitment.set_nature("undertaking");
    commitment.add_addressees("all_parties");
    write(v1::COMMITMENT, commitment);
  }
  v1::Indicator indicator;
  indicator.set_code(kLargeIndicator);
  *indicator.add_titles() = English("Clients in treatment");
  indicator.set_level("output");
  indicator.set_measure("unit");
  indicator.set_unit("person");
  indicator.set_aggregation("sum");
  write(v1::INDICATOR, indicator);
  for (const char* code : kLargeRounds) {
    v1::Round round;
    round.set_code(code);
    round.set_nature("annual");
    round.set_covers(std::string(code).substr(2));
    for (size_t d = 0; d < size_.delegations; ++d) round.add_expected(DelegationCode(d));
    round.set_opens(absl::StrCat(round.covers(), "-01-01"));
    round.set_deadline(absl::StrCat(round.covers(), "-12-31"));
    write(v1::ROUND, round);
  }
  return Store(replica, std::move(entries));
}

std::string LargeWorld::ReportPayload(size_t delegation, const std::string& round,
                                      size_t commitment,
                                      const std::vector<base::EntryId>& supersedes) {
  v1::Report report;
  report.mutable_common()->set_delegation(DelegationCode(delegation));
  for (const base::EntryId& id : supersedes) report.mutable_common()->add_supersedes(id.str());
  report.set_round(round);
  report.mutable_subject()->set_kind(v1::SUBJECT_COMMITMENT);
  report.mutable_subject()->set_code(CommitmentOf(commitment));
  report.set_period(round.substr(2));
  report.set_implementation(random_.Below(3) == 0 ? v1::COMPLETED : v1::IN_PROGRESS);
  if (report.implementation() == v1::IN_PROGRESS)
    report.set_assessment(static_cast<v1::Assessment>(1 + random_.Below(4)));
  *report.add_narratives() =
      English(absl::StrCat("Work under this heading went on in ", random_.Below(40),
                           " regions; the competent offices were informed of it in time."));
  if (commitment % 50 == 0) {
    v1::IndicatorValue* value = report.add_values();
    value->set_indicator(kLargeIndicator);
    value->set_period(
        absl::StrCat(report.period(), "-", absl::Dec(1 + commitment / 50, absl::kZeroPad2)));
    value->set_value(absl::StrCat(random_.Below(10'000)));
    value->set_unit("person");
    if (random_.Below(4) == 0) value->set_status("E");
  }
  return report.SerializeAsString();
}

// Round after round, commitment after commitment; what is left of the entries corrects earlier
// ones.
absl::Status LargeWorld::FillReports(driver::Replica& replica, size_t instrument, size_t delegation,
                                     size_t entries) {
  support::Pen pen;
  pen.key = &keys_[delegation];
  pen.instrument = charters_[instrument].id();
  pen.hlc = kStartMs << 16;
  const size_t commitments = size_.commitments / size_.instruments;
  struct Written {
    std::string round;
    size_t commitment;
    base::EntryId id;
  };
  std::vector<Written> written;
  std::vector<ledger::Entry> run;
  auto write = [&](const std::string& round, size_t commitment,
                   const std::vector<base::EntryId>& supersedes) {
    run.push_back(Unsigned(pen, instrument, credentials_[delegation + 1], v1::REPORT,
                           ReportPayload(delegation, round, commitment, supersedes)));
    return run.back().id;
  };
  for (const char* round : kLargeRounds) {
    for (size_t n = 0; n < commitments && run.size() < entries; ++n) {
      if (random_.Below(20) == 0) continue;  // not reported
      written.push_back({round, n, write(round, n, {})});
    }
  }
  while (run.size() < entries && !written.empty()) {
    Written& old = written[random_.Below(written.size())];
    old.id = write(old.round, old.commitment, {old.id});
  }
  return Store(replica, std::move(run));
}

}  // namespace entente::bench

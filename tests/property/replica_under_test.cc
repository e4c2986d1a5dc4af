#include "tests/property/replica_under_test.h"

#include "node/base/check.h"
#include "node/store/log_reader.h"
#include "node/store/view_digest.h"
#include "tests/property/status_oracle_attacks.h"

namespace entente::oracle {

ReplicaUnderTest::ReplicaUnderTest(const std::vector<Record>& invitations)
    : kv_(store::Families()) {
  Open();
  for (const Record& record : invitations) {
    const auto* file = std::get_if<NoteFile>(&record);
    auto note = file == nullptr ? absl::NotFoundError("") : ledger::ParseNote(file->file);
    if (!note.ok() || note->kind != ledger::ChainKind::kCharter || note->position != 1) continue;
    ENTENTE_CHECK(replica_->AddNotes({file->file}).ok());
    // A copy below the threshold is no invitation.
    if (replica_->authority().Holds(note->id)) {
      ENTENTE_CHECK(replica_->JoinInstrument(note->chain_id()).ok());
    }
  }
  ENTENTE_CHECK(replica_->Commit().ok());
}

void ReplicaUnderTest::Open() {
  driver::Replica::Options options;
  options.store_id = "property";
  options.verifier = &TestVerifier();
  auto replica = driver::Replica::Open(&kv_, options);
  ENTENTE_CHECK(replica.ok());
  replica_ = *std::move(replica);
}

void ReplicaUnderTest::Restart() {
  replica_ = nullptr;
  kv_.Crash();
  Open();
}

driver::IngestReport ReplicaUnderTest::Give(const std::vector<Record>& records) {
  driver::IngestReport sum;
  auto entries = [&](std::vector<ledger::Entry> frame) {
    auto report =
        replica_->Ingest(driver::VerifyEntries(std::move(frame), TestVerifier()), "peerpeer");
    ENTENTE_CHECK(report.ok());
    sum.entries_new += report->entries_new;
    sum.entries_held += report->entries_held;
    sum.entries_aside += report->entries_aside;
    sum.entries_refused += report->entries_refused;
    sum.released += report->released;
  };
  auto file_of = [](const Record& record) -> const std::string& {
    const auto* note = std::get_if<NoteFile>(&record);
    return note != nullptr ? note->file : std::get<SuspendFile>(record).file;
  };
  for (size_t at = 0; at < records.size();) {
    std::vector<ledger::Entry> frame;
    std::vector<std::string> files;
    while (at < records.size() && std::holds_alternative<ledger::Entry>(records[at]))
      frame.push_back(std::get<ledger::Entry>(records[at++]));
    while (at < records.size() && !std::holds_alternative<ledger::Entry>(records[at]))
      files.push_back(file_of(records[at++]));
    if (!frame.empty()) entries(std::move(frame));
    if (!files.empty()) ENTENTE_CHECK(replica_->AddNotes(files).ok());
  }
  ENTENTE_CHECK(replica_->Commit().ok());
  return sum;
}

absl::Status ReplicaUnderTest::Submit(const std::vector<ledger::Entry>& entries) {
  absl::Status own = replica_->Submit(driver::VerifyEntries(entries, TestVerifier())).status();
  absl::Status committed = replica_->Commit();
  return own.ok() ? committed : own;
}

Verdicts ReplicaUnderTest::Held() const {
  Verdicts out;
  auto snapshot = kv_.NewSnapshot();
  const store::LogReader log(snapshot.get());
  for (const auto& [feed, state] : replica_->feeds()) {
    const absl::Status read =
        log.ForEachRow(state.number(), 1, [&](const store::EntryPlace& place, absl::string_view) {
          auto verdict = log.VerdictOf(place);
          ENTENTE_CHECK(verdict.ok());
          out[place.id] = *verdict;
          return true;
        });
    ENTENTE_CHECK(read.ok());
  }
  return out;
}

char ReplicaUnderTest::Letter(const base::EntryId& id) const {
  auto snapshot = kv_.NewSnapshot();
  const store::LogReader log(snapshot.get());
  auto place = log.Find(id);
  ENTENTE_CHECK(place.ok());
  return place->has_value() ? LetterOf(log.VerdictOf(**place)->status) : '-';
}

Digests ReplicaUnderTest::Compared() {
  Digests out;
  auto snapshot = kv_.NewSnapshot();
  for (const base::InstrumentId& id : replica_->instruments()) {
    out["views of " + id.Short()] = *store::ViewDigest(*snapshot, id);
    out["frontier of " + id.Short()] = replica_->frontier(id).Digest();
    out["authority of " + id.Short()] = replica_->AuthorityDigest(id);
  }
  return out;
}

}  // namespace entente::oracle

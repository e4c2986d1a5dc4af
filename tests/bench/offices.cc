#include "tests/bench/offices.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"

namespace entente::bench {

namespace {

constexpr size_t kEnrolsPerNote = 180;  // a note has at most 60 000 bytes

ledger::act::Enrol EnrolmentOf(const crypto::PrivateKey& key, size_t n) {
  ledger::act::Enrol enrol;
  enrol.key = key.public_key();
  absl::Base64Escape(crypto::View(key.Sign(ledger::PossessionText(key.public_key()))), &enrol.pop);
  enrol.roles = {"focal_point"};
  enrol.label = absl::StrCat("Office ", n);
  return enrol;
}

}  // namespace

Offices::Offices(const World& world, size_t count) : head(world.party) {
  std::vector<ledger::Act> acts;
  for (size_t n = 0; n < count; ++n) {
    authors.push_back(crypto::PrivateKey::FromSeed(
        crypto::Sha256(absl::StrCat("entente bench office ", n)).str()));
    acts.push_back(EnrolmentOf(authors.back(), n));
    if (acts.size() == kEnrolsPerNote || n + 1 == count) Append(enrolments, acts);
  }
}

void Offices::Append(std::vector<std::string>& files, std::vector<ledger::Act>& acts) {
  head = NextNote(head, std::move(acts));
  acts.clear();
  files.push_back(head.File());
}

absl::Status AddAll(driver::Replica& replica, const std::vector<std::string>& files) {
  ASSIGN_OR_RETURN(auto added, replica.AddNotes(files));
  for (const auto& note : added) {
    if (note.outcome != ledger::Authority::Outcome::kNew) {
      return absl::InternalError(absl::StrCat("a note of the bench is not held: ", note.reason));
    }
  }
  return replica.Commit();
}

}  // namespace entente::bench

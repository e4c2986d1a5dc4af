// Seeds of the ledger's formats: a small registry with every kind of act.
#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/crypto/sha256.h"
#include "node/ledger/note.h"
#include "node/store/schema.h"
#include "tests/fuzz/seeds.h"
#include "tests/support/ledger_fixture.h"

namespace entente::fuzz {

namespace {

namespace act = ledger::act;
using support::Chain;

base::Digest DigestOf(absl::string_view words) { return crypto::Sha256(words); }

template <class Id>
Id IdOfWords(absl::string_view words) {
  return crypto::Sha256As<Id>({words});
}

ledger::Tip ATip(absl::string_view words, uint64_t sequence) {
  return {IdOfWords<base::FeedName>(words), sequence, IdOfWords<base::EntryId>(words)};
}

// The texts of all acts of credentials.
void AddCredentialsNotes(const crypto::PrivateKey& signer, Seeds& seeds) {
  const crypto::PrivateKey author = support::KeyFrom("author"), next = support::KeyFrom("next");
  Chain chain = Chain::Credentials("KG", &signer,
                                   {support::EnrolOf(author, {"focal_point", "head"}),
                                    act::Node{support::SpkiFrom("kg"), "[2001:db8::1]:7400"}});
  seeds["credentials-1"] = chain.files().back();
  act::Enrol enrolled = support::EnrolOf(next, {"focal_point"});
  enrolled.next = DigestOf("the key after it");
  seeds["credentials-2"] = chain.Add({enrolled, act::NodeGone{support::SpkiFrom("kg")},
                                      act::Office{"KG-1", true, "", "Drug control service"},
                                      act::Office{"KG-2", false, "KG-1", "Former service"}});
  act::Rotate rotated{author.public_key(), next.public_key(), enrolled.pop, std::nullopt, {}};
  rotated.tips = support::Ascending({ATip("feed a", 7), ATip("feed b", 1)});
  seeds["credentials-3"] =
      chain.Add({rotated, act::Revoke{next.public_key(), ledger::RevokeReason::kLost,
                                      support::Ascending({ATip("feed c", 3)})}});
  const auto first = IdOfWords<base::EntryId>("first"), last = IdOfWords<base::EntryId>("last");
  seeds["credentials-4"] = chain.Add(
      {act::ResolveFork{IdOfWords<base::FeedName>("feed a"), {ATip("feed a", 9)}},
       act::Adopt{first, last, "Подписано в отсутствие"}, act::Void{first, last, "an error"},
       act::Lift{IdOfWords<base::NoteId>("suspend")}, act::Heal{IdOfWords<base::NoteId>("fork")},
       support::SignersOf({&signer, &author}, 2), act::Unknown{{"future-act 1 2 3"}}});
  base::NoteId ignored;
  seeds["suspend"] = chain.Suspend(author.public_key(), {ATip("feed a", 2)}, &ignored);
}

void AddCharterNotes(const crypto::PrivateKey& signer, Seeds& seeds) {
  const auto gsc = IdOfWords<base::DelegationId>("gsc"), kg = IdOfWords<base::DelegationId>("kg");
  Chain chain = Chain::Charter("EUCA-2014", &signer,
                               {act::Admit{gsc, "EU-GSC", ledger::DelegationRole::kSecretariat}});
  seeds["charter-1"] = chain.files().back();
  const std::string vkey =
      ledger::VerifierKey::Named("register.example/euca", 1, signer.public_key()).Text();
  const std::string witness =
      ledger::VerifierKey::Named("witness.example", 4, signer.public_key()).Text();
  seeds["charter-2"] = chain.Add({act::Admit{kg, "KG", ledger::DelegationRole::kParty},
                                  act::Register{vkey}, act::WitnessPolicy{1, {witness}},
                                  act::Anchor{kg, 2, IdOfWords<base::NoteId>("anchored")}});
  seeds["charter-3"] = chain.Add(
      {act::Seal{kg, IdOfWords<base::FeedName>("feed a"), 5, IdOfWords<base::EntryId>("entry")},
       act::ShutDelegation{true, kg, ledger::DelegationRole::kParty, "left the agreement",
                           support::Ascending({ATip("feed a", 5), ATip("feed b", 6)})},
       act::ShutDelegation{false, kg, ledger::DelegationRole::kObserver, "asked", {}}});
}

ledger::Entry AnEntry(uint64_t sequence, bool seen) {
  const crypto::PrivateKey key = support::KeyFrom("author");
  ledger::EntryHeader header;
  header.instrument = IdOfWords<base::InstrumentId>("instrument");
  header.incarnation = 1 + sequence % 8;
  header.sequence = sequence;
  if (sequence > 1) header.previous = IdOfWords<base::EntryId>("previous");
  header.charter_head = IdOfWords<base::NoteId>("charter");
  header.credentials_head = IdOfWords<base::NoteId>("credentials");
  header.hlc = uint64_t{1'700'000'000'000} << 16 | 3;
  header.kind = 1;
  if (seen) {
    header.seen_size = 1000;
    header.seen_root = DigestOf("root");
  }
  return ledger::SignEntry(header, support::ReportPayload("KG", "DDR/08", "In progress.", {}), key);
}

void AddEntries(AllSeeds& all) {
  for (const auto& [name, entry] : std::map<std::string, ledger::Entry>{
           {"first", AnEntry(1, false)}, {"later", AnEntry(300, true)}}) {
    all["entry"]["header-" + name] = std::string(1, '\0') + entry.header_bytes;
    all["entry"]["leaf-" + name] = "\1" + entry.Leaf();
    all["entry"]["whole-" + name] = "\2" + PieceOf(entry.Leaf()) + entry.payload;
    all["store_row"][name] = store::EncodeEntry(entry);
    ledger::Entry bare = entry;
    bare.payload.clear();
    bare.has_payload = false;
    all["store_row"][name + "-redacted"] = store::EncodeEntry(bare);
  }
  all["entry"]["feed"] = "\2" + PieceOf("") + AnEntry(1, false).feed().Encode();
}

void AddChainFiles(const crypto::PrivateKey& signer, Seeds& seeds) {
  const act::Node node{support::SpkiFrom("gsc"), "gsc.example:7400"};
  Chain gsc = Chain::Credentials("EU-GSC", &signer, {node});
  seeds["chain-1"] = ledger::ChainFileText(gsc.files());
  Chain charter = Chain::Charter(
      "EUCA-2014", &signer,
      {act::Admit{base::DelegationId(gsc.id()), "EU-GSC", ledger::DelegationRole::kSecretariat}});
  ledger::Invitation invitation;
  invitation.instrument = base::InstrumentId(charter.id());
  invitation.instrument_code = "EUCA-2014";
  invitation.delegation = IdOfWords<base::DelegationId>("kg");
  invitation.delegation_code = "KG";
  invitation.nodes = {node};
  invitation.notes = charter.files();
  invitation.notes.push_back(gsc.files().front());
  seeds["invitation"] = ledger::InvitationText(invitation);
  gsc.Add({act::NodeGone{node.spki}});
  seeds["chain-2"] = ledger::ChainFileText(gsc.files());
}

}  // namespace

void AddLedgerSeeds(AllSeeds& all) {
  const crypto::PrivateKey signer = support::KeyFrom("signer");
  AddCredentialsNotes(signer, all["note"]);
  AddCharterNotes(signer, all["note"]);
  const act::Enrol enrolled = support::EnrolOf(signer, {"focal_point"});
  all["note"]["key-file"] = ledger::KeyFileText({enrolled.key, enrolled.pop});
  all["note"]["verifier-key"] = ledger::VerifierKey::ForSigner(signer.public_key()).Text();
  AddChainFiles(signer, all["chain_file"]);
  AddEntries(all);
}

}  // namespace entente::fuzz

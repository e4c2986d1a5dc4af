#include "tests/bench/world.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/payload.pb.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "tests/bench/generator.h"

namespace entente::bench {

namespace act = ledger::act;
using ledger::Note;

namespace {

crypto::PrivateKey KeyNamed(const std::string& name) {
  return crypto::PrivateKey::FromSeed(crypto::Sha256("entente bench key " + name).str());
}

act::Signers OneSigner(const crypto::PrivateKey& signer) {
  return {1, {ledger::VerifierKey::ForSigner(signer.public_key())}};
}

act::Enrol EnrolOf(const crypto::PrivateKey& key, const std::string& role) {
  act::Enrol out;
  out.key = key.public_key();
  absl::Base64Escape(crypto::View(key.Sign(ledger::PossessionText(key.public_key()))), &out.pop);
  out.roles = {role};
  out.label = "Office " + key.public_key().Short();
  return out;
}

Note Built(Note fields, const crypto::PrivateKey& signer) {
  fields.time = "2026-01-01T00:00:00Z";
  absl::StatusOr<Note> note = ledger::BuildNote(std::move(fields));
  ENTENTE_CHECK(note.ok());
  note->lines = {ledger::SignText(note->text, signer)};
  return *std::move(note);
}

Note Signed(ledger::ChainKind kind, std::vector<ledger::Act> acts,
            const crypto::PrivateKey& signer) {
  Note fields;
  fields.kind = kind;
  fields.acts = std::move(acts);
  return Built(std::move(fields), signer);
}

v1::Text English(const std::string& text) {
  v1::Text out;
  out.set_lang("en");
  out.set_text(text);
  return out;
}

}  // namespace

World::World(size_t author_count, std::optional<act::Node> secretariat_node,
             std::optional<act::Node> party_node)
    : desk(KeyNamed("desk")) {
  const crypto::PrivateKey signer = KeyNamed("signer");
  std::vector<ledger::Act> acts = {act::Delegation{kSecretariatCode, "Council secretariat"},
                                   OneSigner(signer), EnrolOf(desk, "desk_officer")};
  if (secretariat_node) acts.push_back(*secretariat_node);
  secretariat = Signed(ledger::ChainKind::kCredentials, std::move(acts), signer);

  acts = {act::Delegation{kPartyCode, "Kazakhstan"}, OneSigner(signer)};
  for (size_t n = 0; n < author_count; ++n) {
    authors.push_back(KeyNamed(absl::StrCat("author ", n)));
    acts.push_back(EnrolOf(authors.back(), "focal_point"));
  }
  if (party_node) acts.push_back(*party_node);
  party = Signed(ledger::ChainKind::kCredentials, std::move(acts), signer);

  charter = CharterOf(
      {kInstrumentCode, "register.example/euca-2014", "EU-Central Asia Action Plan on Drugs"});
}

Note World::CharterOf(act::Instrument instrument) const {
  const crypto::PrivateKey signer = KeyNamed("signer");
  return Signed(ledger::ChainKind::kCharter,
                {std::move(instrument), OneSigner(signer),
                 act::Admit{secretariat.id, kSecretariatCode, ledger::DelegationRole::kSecretariat},
                 act::Admit{party.id, kPartyCode, ledger::DelegationRole::kParty}},
                signer);
}

Note World::AnotherCharter(const std::string& code) const {
  return CharterOf({code, absl::StrCat("register.example/", code), "Another instrument"});
}

Note NextNote(const Note& parent, std::vector<ledger::Act> acts) {
  Note fields;
  fields.kind = parent.kind;
  fields.chain = parent.chain_id();
  fields.position = parent.position + 1;
  fields.previous = parent.id;
  fields.acts = std::move(acts);
  return Built(std::move(fields), KeyNamed("signer"));
}

absl::Status World::FoundIn(driver::Replica& replica, bool as_secretariat) const {
  ASSIGN_OR_RETURN(auto added,
                   replica.AddNotes({secretariat.File(), party.File(), charter.File()}));
  for (const auto& note : added) {
    if (note.outcome != ledger::Authority::Outcome::kNew) {
      return absl::InternalError(absl::StrCat("a note of the bench is not held: ", note.reason));
    }
  }
  RETURN_IF_ERROR(replica.SetDelegation(as_secretariat ? secretariat.id : party.id));
  RETURN_IF_ERROR(replica.JoinInstrument(charter.id));
  return replica.Commit();
}

Feed::Feed(const World& world, const crypto::PrivateKey* key, const Note& credentials,
           uint64_t first_ms)
    : key_(key), ms_(first_ms) {
  head_.instrument = world.charter.id;
  head_.key = key->public_key();
  head_.charter_head = world.charter.id;
  head_.credentials_head = credentials.id;
}

ledger::EntryHeader Feed::NextHeader(uint32_t kind) {
  ledger::EntryHeader header = head_;
  header.sequence = ++sequence_;
  Random random(kSeed ^ sequence_);
  ms_ += 1 + random.Below(600'000);
  header.hlc = ms_ << 16;
  header.kind = kind;
  return header;
}

ledger::Entry Feed::Written(ledger::Entry entry) {
  head_.previous = entry.id;
  return entry;
}

ledger::Entry Feed::Sign(uint32_t kind, std::string payload, uint32_t schema) {
  ledger::EntryHeader header = NextHeader(kind);
  header.schema = schema;
  return Written(ledger::SignRunEntry(header, std::move(payload), *key_));
}

ledger::Entry Feed::Fill(uint32_t kind, std::string payload) {
  ledger::EntryHeader header = NextHeader(kind);
  header.payload_size = payload.size();
  header.payload_hash = crypto::Sha256(payload);
  const std::string half = header.payload_hash.str();
  auto entry = ledger::MakeEntry(ledger::EncodeHeader(header), half + half, std::move(payload));
  ENTENTE_CHECK(entry.ok());
  return Written(*std::move(entry));
}

absl::Status Store(driver::Replica& replica, std::vector<ledger::Entry> entries,
                   const crypto::Verifier& verifier) {
  const size_t count = entries.size();
  ASSIGN_OR_RETURN(
      driver::IngestReport report,
      replica.Ingest(driver::VerifyEntries(std::move(entries), verifier), store::LocalVia()));
  if (report.entries_new != count) {
    return absl::InternalError(absl::StrCat(report.entries_new, " of ", count, " entries taken"));
  }
  return replica.Commit();
}

absl::Status WriteCatalogue(const World& world, driver::Replica& replica) {
  Feed feed(world, &world.desk, world.secretariat, 1'700'000'000'000);
  std::vector<ledger::Entry> entries;
  v1::Instrument instrument;
  instrument.mutable_common()->set_delegation(kSecretariatCode);
  instrument.set_code(kInstrumentCode);
  instrument.set_nature("action_plan");
  *instrument.add_titles() = English("Action plan");
  instrument.set_period("2014/2020");
  entries.push_back(feed.Sign(v1::INSTRUMENT, instrument.SerializeAsString()));
  for (uint64_t n = 0; n < kChapters; ++n) {
    v1::Chapter chapter;
    chapter.mutable_common()->set_delegation(kSecretariatCode);
    chapter.set_code(ChapterCode(n));
    chapter.set_order(static_cast<uint32_t>(n + 1));
    *chapter.add_titles() = English("Chapter " + chapter.code());
    entries.push_back(feed.Sign(v1::CHAPTER, chapter.SerializeAsString()));
  }
  for (uint64_t n = 0; n < kChapters * kCommitmentsPerChapter; ++n) {
    v1::Commitment commitment;
    commitment.mutable_common()->set_delegation(kSecretariatCode);
    commitment.set_code(CommitmentCode(n));
    *commitment.add_texts() = English("Commitment " + commitment.code());
    commitment.set_nature("measure_reported");
    commitment.add_addressees(kPartyCode);
    entries.push_back(feed.Sign(v1::COMMITMENT, commitment.SerializeAsString()));
  }
  return Store(replica, std::move(entries), crypto::Ed25519Verifier());
}

}  // namespace entente::bench

#include "tests/support/ledger_fixture.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/crypto/sha256.h"
#include "node/meaning/record/slot.h"

namespace entente::support {

namespace act = ledger::act;
using ledger::Act;

namespace {

constexpr char kPeriod[] = "2017";

v1::Report ReportOf(const std::string& delegation, const std::string& commitment) {
  v1::Report report;
  report.mutable_common()->set_delegation(delegation);
  report.mutable_subject()->set_kind(v1::SUBJECT_COMMITMENT);
  report.mutable_subject()->set_code(commitment);
  report.set_period(kPeriod);
  report.set_implementation(v1::IN_PROGRESS);
  report.set_assessment(v1::ON_TRACK);
  return report;
}

void SetSupersedes(v1::Common& common, std::vector<base::EntryId> supersedes) {
  std::sort(supersedes.begin(), supersedes.end());
  for (const base::EntryId& id : supersedes) common.add_supersedes(id.str());
}

}  // namespace

crypto::PrivateKey KeyFrom(absl::string_view words) {
  return crypto::PrivateKey::FromSeed(crypto::Sha256({"entente test key ", words}).str());
}

base::Spki SpkiFrom(absl::string_view words) {
  return crypto::Sha256As<base::Spki>({"entente test node ", words});
}

act::Signers SignersOf(const std::vector<const crypto::PrivateKey*>& keys, uint32_t threshold) {
  act::Signers out;
  out.threshold = threshold;
  for (const crypto::PrivateKey* key : keys)
    out.keys.push_back(ledger::VerifierKey::ForSigner(key->public_key()));
  std::sort(out.keys.begin(), out.keys.end(),
            [](const auto& a, const auto& b) { return a.Text() < b.Text(); });
  return out;
}

act::Enrol EnrolOf(const crypto::PrivateKey& key, std::vector<std::string> roles) {
  act::Enrol out;
  out.key = key.public_key();
  const crypto::Signature possession = key.Sign(ledger::PossessionText(out.key));
  absl::Base64Escape(crypto::View(possession), &out.pop);
  std::sort(roles.begin(), roles.end());
  out.roles = std::move(roles);
  out.label = "Officer";
  return out;
}

act::Node NodeOf(const base::Spki& spki) { return {spki, ""}; }

ledger::Tip TipOf(const ledger::Entry& entry) {
  return {entry.feed().Name(), entry.header.sequence, entry.id};
}

std::vector<ledger::Tip> Ascending(std::vector<ledger::Tip> tips) {
  std::sort(tips.begin(), tips.end());
  tips.erase(std::unique(tips.begin(), tips.end()), tips.end());
  return tips;
}

Chain::Chain(ledger::ChainKind kind, const crypto::PrivateKey* signer, std::vector<Act> acts)
    : kind_(kind), signer_(signer) {
  acts.insert(acts.begin() + 1, SignersOf({signer}, 1));
  Add(std::move(acts));
}

Chain Chain::Credentials(const std::string& code, const crypto::PrivateKey* signer,
                         std::vector<Act> acts) {
  acts.insert(acts.begin(), act::Delegation{code, "Delegation " + code});
  return Chain(ledger::ChainKind::kCredentials, signer, std::move(acts));
}

Chain Chain::Charter(const std::string& code, const crypto::PrivateKey* signer,
                     std::vector<Act> acts) {
  acts.insert(acts.begin(),
              act::Instrument{code, "register.example/" + code, "Instrument " + code});
  return Chain(ledger::ChainKind::kCharter, signer, std::move(acts));
}

std::string Chain::NextTime() {
  char out[32];
  const uint32_t at = time_++;
  std::snprintf(out, sizeof(out), "2026-01-%02uT%02u:%02u:%02uZ", 1 + at / 86400 % 28,
                at / 3600 % 24, at / 60 % 60, at % 60);
  return out;
}

std::string Chain::Add(std::vector<Act> acts) {
  ledger::Note fields;
  fields.kind = kind_;
  fields.position = ++position_;
  if (position_ > 1) {
    fields.chain = id_;
    fields.previous = head_;
  }
  fields.time = NextTime();
  fields.acts = std::move(acts);
  return Keep(std::move(fields));
}

std::string Chain::Keep(ledger::Note fields) {
  auto note = ledger::BuildNote(std::move(fields));
  if (!note.ok()) std::fprintf(stderr, "test note: %s\n", note.status().ToString().c_str());
  ENTENTE_CHECK(note.ok());
  note->lines = {ledger::SignText(note->text, *signer_)};
  head_ = note->id;
  if (position_ == 1) id_ = note->id;
  files_.push_back(note->File());
  return files_.back();
}

std::string Chain::Suspend(const base::PublicKey& key, std::vector<ledger::Tip> tips,
                           base::NoteId* id) {
  ledger::Suspend fields;
  fields.chain = id_;
  fields.time = NextTime();
  fields.key = key;
  fields.reason = "laptop missing";
  fields.tips = Ascending(std::move(tips));
  auto suspend = ledger::BuildSuspend(std::move(fields));
  ENTENTE_CHECK(suspend.ok());
  suspend->lines = {ledger::SignText(suspend->text, *signer_)};
  if (id != nullptr) *id = suspend->id;
  return suspend->File();
}

ledger::Entry Pen::Write(const base::NoteId& charter_head, const base::NoteId& credentials_head,
                         uint32_t kind, std::string payload, uint32_t schema) {
  ledger::EntryHeader header;
  header.schema = schema;
  header.instrument = instrument;
  header.incarnation = incarnation;
  header.sequence = ++sequence;
  header.previous = previous;
  header.charter_head = charter_head;
  header.credentials_head = credentials_head;
  header.hlc = ++hlc;
  header.kind = kind;
  header.seen_size = seen_size;
  header.seen_root = seen_root;
  ledger::Entry entry = ledger::SignRunEntry(header, std::move(payload), *key);
  previous = entry.id;
  return entry;
}

std::string ReportPayload(const std::string& delegation, const std::string& commitment,
                          const std::string& words, std::vector<base::EntryId> supersedes) {
  v1::Report report = ReportOf(delegation, commitment);
  SetSupersedes(*report.mutable_common(), std::move(supersedes));
  v1::Text* text = report.add_narratives();
  text->set_lang("en");
  text->set_text(words);
  return report.SerializeAsString();
}

std::string ReportSlot(const std::string& delegation, const std::string& commitment) {
  return meaning::ReportSlotText(ReportOf(delegation, commitment), delegation);
}

std::string WithdrawalPayload(const std::string& delegation, const std::string& slot,
                              std::vector<base::EntryId> supersedes) {
  v1::Withdrawal withdrawal;
  withdrawal.mutable_common()->set_delegation(delegation);
  SetSupersedes(*withdrawal.mutable_common(), std::move(supersedes));
  withdrawal.set_slot(slot);
  withdrawal.set_reason("Entered for the wrong commitment");
  return withdrawal.SerializeAsString();
}

std::string CommitmentPayload(const std::string& delegation, const std::string& commitment,
                              std::vector<base::EntryId> supersedes) {
  v1::Commitment record;
  record.mutable_common()->set_delegation(delegation);
  SetSupersedes(*record.mutable_common(), std::move(supersedes));
  record.set_code(commitment);
  v1::Text* text = record.add_texts();
  text->set_lang("en");
  text->set_text("Treatment, also in prisons");
  record.set_nature("measure_reported");
  record.add_addressees("all_parties");
  return record.SerializeAsString();
}

}  // namespace entente::support

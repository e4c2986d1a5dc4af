#include "tests/property/status_oracle_world.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/escaping.h"
#include "node/base/check.h"
#include "node/crypto/sha256.h"

namespace entente::oracle {

namespace act = ledger::act;
using ledger::Act;
using ledger::Note;

const crypto::PrivateKey& KeyNamed(const std::string& name) {
  static auto* keys = new std::map<std::string, std::unique_ptr<crypto::PrivateKey>>();
  auto& key = (*keys)[name];
  if (key == nullptr) {
    key = std::make_unique<crypto::PrivateKey>(
        crypto::PrivateKey::FromSeed(crypto::Sha256("test key " + name).str()));
  }
  return *key;
}

base::PublicKey PublicNamed(const std::string& name) { return KeyNamed(name).public_key(); }

namespace {

std::string PossessionOf(const std::string& key) {
  auto signature = KeyNamed(key).Sign(ledger::PossessionText(PublicNamed(key)));
  std::string out;
  absl::Base64Escape(crypto::View(signature), &out);
  return out;
}

std::string TimeOf(int mark) {
  char out[32];
  std::snprintf(out, sizeof(out), "2026-01-%02dT%02d:%02d:%02dZ", 1 + mark / 86400 % 28,
                mark / 3600 % 24, mark / 60 % 60, mark % 60);
  return out;
}

Note Built(Note fields) {
  auto note = ledger::BuildNote(std::move(fields));
  if (!note.ok()) std::fprintf(stderr, "test note: %s\n", note.status().ToString().c_str());
  ENTENTE_CHECK(note.ok());
  return *std::move(note);
}

Note First(ledger::ChainKind kind, Act opening, std::vector<Act> acts, int mark) {
  Note fields;
  fields.kind = kind;
  fields.time = TimeOf(mark);
  fields.acts = std::move(acts);
  fields.acts.insert(fields.acts.begin(), std::move(opening));
  return Built(std::move(fields));
}

template <class T>
T WithLines(T text, const Names& signers) {
  text.lines.clear();
  for (const std::string& name : signers)
    text.lines.push_back(ledger::SignText(text.text, KeyNamed(name)));
  return text;
}

}  // namespace

act::Signers SignersOf(uint32_t threshold, const Names& names) {
  act::Signers out;
  out.threshold = threshold;
  for (const std::string& name : names) {
    out.keys.push_back(ledger::VerifierKey::ForSigner(PublicNamed(name)));
  }
  std::sort(out.keys.begin(), out.keys.end(),
            [](const auto& a, const auto& b) { return a.Text() < b.Text(); });
  return out;
}

act::Enrol EnrolOf(const std::string& key, std::vector<std::string> roles) {
  act::Enrol out;
  out.key = PublicNamed(key);
  out.pop = PossessionOf(key);
  std::sort(roles.begin(), roles.end());
  out.roles = std::move(roles);
  out.label = "Key " + key;
  return out;
}

act::Rotate RotateOf(const std::string& old_key, const std::string& new_key,
                     std::vector<ledger::Tip> tips) {
  act::Rotate out;
  out.old_key = PublicNamed(old_key);
  out.new_key = PublicNamed(new_key);
  out.pop = PossessionOf(new_key);
  out.tips = Ascending(std::move(tips));
  return out;
}

ledger::Tip TipOf(const ledger::Entry& entry) {
  return {entry.feed().Name(), entry.header.sequence, entry.id};
}

std::vector<ledger::Tip> Ascending(std::vector<ledger::Tip> tips) {
  std::sort(tips.begin(), tips.end());
  tips.erase(std::unique(tips.begin(), tips.end()), tips.end());
  return tips;
}

Note FirstCredentials(const std::string& code, std::vector<Act> acts, int mark) {
  return First(ledger::ChainKind::kCredentials, act::Delegation{code, "Delegation " + code},
               std::move(acts), mark);
}

Note FirstCharter(const std::string& code, std::vector<Act> acts, int mark) {
  return First(ledger::ChainKind::kCharter,
               act::Instrument{code, "register.example/" + code, "Instrument " + code},
               std::move(acts), mark);
}

Note NoteAfter(const Note& parent, std::vector<Act> acts, int mark) {
  Note fields;
  fields.kind = parent.kind;
  fields.chain = parent.chain_id();
  fields.position = parent.position + 1;
  fields.previous = parent.id;
  fields.time = TimeOf(mark);
  fields.acts = std::move(acts);
  return Built(std::move(fields));
}

ledger::Suspend SuspendOf(const base::DelegationId& delegation, const std::string& key,
                          std::vector<ledger::Tip> tips, int mark) {
  ledger::Suspend fields;
  fields.chain = delegation;
  fields.time = TimeOf(mark);
  fields.key = PublicNamed(key);
  fields.reason = "laptop missing";
  fields.tips = Ascending(std::move(tips));
  auto suspend = ledger::BuildSuspend(std::move(fields));
  ENTENTE_CHECK(suspend.ok());
  return *std::move(suspend);
}

NoteFile Signed(const Note& note, const Names& signers) {
  return {WithLines(note, signers).File()};
}
SuspendFile Signed(const ledger::Suspend& suspend, const Names& signers) {
  return {WithLines(suspend, signers).File()};
}

ledger::Entry EntryOf(const EntrySpec& spec) {
  ledger::EntryHeader header;
  header.instrument = spec.instrument;
  header.incarnation = spec.incarnation;
  header.charter_head = spec.charter_head;
  header.credentials_head = spec.credentials_head;
  header.kind = spec.kind;
  header.hlc = 1;
  if (spec.previous != nullptr) {
    header.sequence = spec.previous->header.sequence + 1;
    header.previous = spec.previous->id;
    header.hlc = spec.previous->header.hlc + 1;
  }
  ledger::Entry entry = ledger::SignEntry(header, spec.body, KeyNamed(spec.key));
  if (spec.good) return entry;
  crypto::Signature wrong = entry.signature;
  wrong[7] ^= 1;
  auto spoiled = ledger::MakeEntry(entry.header_bytes, crypto::View(wrong), entry.payload);
  ENTENTE_CHECK(spoiled.ok());
  return *std::move(spoiled);
}

}  // namespace entente::oracle

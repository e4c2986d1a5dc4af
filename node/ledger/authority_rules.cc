#include "node/ledger/authority_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::ledger {
namespace {

absl::Status Refuse(absl::string_view message) {
  return base::Error(absl::StatusCode::kInvalidArgument, "NOTE_REFUSED", message);
}

absl::Status CheckKey(const char* what, const PublicKey& key) {
  absl::Status acceptable = crypto::CheckPublicKey(key);
  if (acceptable.ok()) return absl::OkStatus();
  return Refuse(absl::StrCat(what, " ", key.Short(),
                             " is no acceptable Ed25519 public key: ", acceptable.message()));
}

absl::Status CheckNewKey(const char* what, const PublicKey& key, const std::string& pop,
                         const crypto::Verifier& verifier) {
  RETURN_IF_ERROR(CheckKey(what, key));
  if (CheckPossession(key, pop, verifier)) return absl::OkStatus();
  return Refuse(absl::StrCat(
      what, " ", key.Short(),
      ": its proof of possession does not verify; use the .pub file that `key new` wrote"));
}

// Null when the note leaves the signers as they are.
const act::Signers* NewSigners(const Note& note) {
  for (const Act& act : note.acts) {
    if (const auto* signers = std::get_if<act::Signers>(&act)) return signers;
  }
  return nullptr;
}

// A signer counts once, also if its key stands there twice.
size_t CountOf(const SignerList& signers, const std::set<PublicKey>& signed_by) {
  std::set<PublicKey> counted;
  for (const VerifierKey& signer : signers) {
    if (signed_by.contains(signer.key)) counted.insert(signer.key);
  }
  return counted.size();
}

std::string MissingSigners(absl::string_view whose, uint32_t threshold, const SignerList& signers,
                           const std::set<PublicKey>& signed_by) {
  const size_t count = CountOf(signers, signed_by);
  if (count >= threshold) return "";
  std::vector<std::string> absent;
  for (const VerifierKey& signer : signers) {
    if (!signed_by.contains(signer.key)) absent.push_back(signer.name);
  }
  return absl::StrCat(threshold - count, " more signature(s) of ", whose, " (", count, " of ",
                      threshold, " held); not signed yet: ", absl::StrJoin(absent, ", "));
}

// Newest code of every delegation, as the line up to `note` has it.
std::map<DelegationId, std::string> CodesAt(const AuthorityData& data, const HeldNote* note) {
  std::vector<const HeldNote*> line;
  for (; note != nullptr; note = note->note.previous ? data.Held(*note->note.previous) : nullptr) {
    line.push_back(note);
  }
  std::map<DelegationId, std::string> codes;
  for (auto it = line.rbegin(); it != line.rend(); ++it) {
    for (const Act& act : (*it)->note.acts) {
      if (const auto* admit = std::get_if<act::Admit>(&act)) codes[admit->delegation] = admit->code;
    }
  }
  return codes;
}

absl::Status CheckCodes(const AuthorityData& data, const Note& note, const HeldNote* parent) {
  const bool admits = std::any_of(note.acts.begin(), note.acts.end(), [](const Act& act) {
    return std::holds_alternative<act::Admit>(act);
  });
  if (!admits) return absl::OkStatus();
  auto codes = CodesAt(data, parent);
  for (const Act& act : note.acts) {
    const auto* admit = std::get_if<act::Admit>(&act);
    if (admit == nullptr) continue;
    for (const auto& [delegation, code] : codes) {
      if (code == admit->code && delegation != admit->delegation) {
        return Refuse(absl::StrCat("admit: code ", code, " names delegation ", delegation.Short(),
                                   " already and cannot name ", admit->delegation.Short(),
                                   "; choose another code"));
      }
    }
    codes[admit->delegation] = admit->code;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckNoteText(const Note& note, const crypto::Verifier& verifier) {
  for (const Act& act : note.acts) {
    if (const auto* signers = std::get_if<act::Signers>(&act)) {
      for (const VerifierKey& key : signers->keys)
        RETURN_IF_ERROR(CheckKey("signers: key", key.key));
    } else if (const auto* enrol = std::get_if<act::Enrol>(&act)) {
      RETURN_IF_ERROR(CheckNewKey("enrol: key", enrol->key, enrol->pop, verifier));
    } else if (const auto* rotate = std::get_if<act::Rotate>(&act)) {
      RETURN_IF_ERROR(CheckNewKey("rotate: new key", rotate->new_key, rotate->pop, verifier));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNotePlace(const AuthorityData& data, const Note& note, const HeldNote* parent) {
  if (parent != nullptr) {
    const Note& before = parent->note;
    if (before.kind != note.kind || before.chain_id() != note.chain_id()) {
      return Refuse(absl::StrCat("chain: this note names chain ", note.chain_id().Short(),
                                 ", its previous note ", before.id.Short(), " is of chain ",
                                 before.chain_id().Short()));
    }
    if (before.position + 1 != note.position) {
      return Refuse(absl::StrCat("position: ", note.position, " cannot follow position ",
                                 before.position, " of the note it names as previous"));
    }
  }
  return CheckCodes(data, note, parent);
}

bool KeepVerifiedLines(absl::string_view text, const std::vector<SignatureLine>& lines,
                       const SignerList& known, const crypto::Verifier& verifier,
                       std::vector<SignatureLine>& kept, std::set<PublicKey>& signed_by) {
  bool any = false;
  for (const SignatureLine& line : lines) {
    for (const VerifierKey& key : known) {
      if (key.name != line.name || key.key_id != line.key_id || signed_by.contains(key.key))
        continue;
      if (kept.size() >= kNoteSignaturesMax || !VerifyLine(text, line, key, verifier)) continue;
      signed_by.insert(key.key);
      kept.push_back(line);
      any = true;
      break;
    }
  }
  std::sort(kept.begin(), kept.end());
  return any;
}

SignatureCheck CheckSignatures(const Note& note, const HeldNote* parent,
                               const std::vector<SignatureLine>& lines,
                               const crypto::Verifier& verifier) {
  SignatureCheck out;
  HeldNote& held = out.note;
  held.note = note;
  held.note.lines.clear();
  const act::Signers* changed = NewSigners(note);
  if (changed != nullptr) {
    held.threshold = changed->threshold;
    held.signers = std::make_shared<const SignerList>(changed->keys);
  } else {
    ENTENTE_CHECK(parent != nullptr);  // the grammar wants signers in position 1
    held.threshold = parent->threshold;
    held.signers = parent->signers;
  }
  std::set<VerifierKey> known(held.signers->begin(), held.signers->end());
  if (parent != nullptr) known.insert(parent->known->begin(), parent->known->end());
  held.known = std::make_shared<const SignerList>(known.begin(), known.end());
  held.readable = (parent == nullptr || parent->readable) && !note.HasUnknownAct();

  KeepVerifiedLines(note.text, lines, *held.known, verifier, held.note.lines, held.signed_by);
  if (parent != nullptr) {
    out.missing = MissingSigners("the signers in force before it", parent->threshold,
                                 *parent->signers, held.signed_by);
  }
  if (out.missing.empty() && changed != nullptr) {
    out.missing =
        MissingSigners("the signers it names", held.threshold, *held.signers, held.signed_by);
  }
  return out;
}

std::vector<std::string> WarningsFor(const AuthorityData& data, const HeldNote& held) {
  std::vector<std::string> out;
  const Note& note = held.note;
  const act::Signers* signers = NewSigners(note);
  if (signers != nullptr && 2 * signers->threshold <= signers->keys.size()) {
    out.push_back(
        absl::StrCat("threshold ", signers->threshold, " of ", signers->keys.size(),
                     " signers: two separate groups could each sign a different next note"));
  }
  if (note.HasUnknownAct()) {
    out.push_back(
        absl::StrCat("note ", note.id.Short(), " at position ", note.position,
                     " has an act this version does not know: the chain is in force up to the "
                     "note before it; install a newer version"));
  }
  if (note.previous) {
    auto chain = data.chains.find(note.chain_id());
    auto branches = chain->second.successors.find(*note.previous);
    if (branches != chain->second.successors.end() && branches->second.size() > 1) {
      out.push_back(absl::StrCat("chain ", note.chain_id().Short(),
                                 " is forked: ", branches->second.size(),
                                 " notes stand at position ", note.position));
    }
  }
  return out;
}

}  // namespace entente::ledger

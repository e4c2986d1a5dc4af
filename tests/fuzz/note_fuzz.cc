// Authority notes, suspends, key files and verifier keys: every text has one spelling.
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/ledger/authority.h"
#include "node/ledger/note.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

void CheckNote(absl::string_view file) {
  const absl::StatusOr<ledger::Note> note = ledger::ParseNote(file);
  if (!note.ok()) return;
  FUZZ_CHECK(note->text.size() <= ledger::kNoteTextBytesMax);
  FUZZ_CHECK(!note->acts.empty() && note->acts.size() <= ledger::kNoteActsMax);
  const absl::StatusOr<ledger::Note> built = ledger::BuildNote(*note);
  FUZZ_CHECK(built.ok() && built->text == note->text && built->id == note->id);
  const absl::StatusOr<ledger::Note> again = ledger::ParseNote(note->File());
  FUZZ_CHECK(again.ok() && again->id == note->id && again->lines == note->lines);
  // Lines that are no signatures are dropped; what was signed is kept to the byte.
  FUZZ_CHECK(file.substr(0, note->text.size()) == note->text);
  FUZZ_CHECK(note->lines.size() <= ledger::kNoteSignaturesMax);
  for (const ledger::Act& act : note->acts) {
    FUZZ_CHECK(ledger::ActInWords(act).size() < 4096 + 8 * file.size());
  }
}

void CheckSuspend(absl::string_view file) {
  const absl::StatusOr<ledger::Suspend> suspend = ledger::ParseSuspend(file);
  if (!suspend.ok()) return;
  FUZZ_CHECK(ledger::LooksLikeSuspend(file));
  const absl::StatusOr<ledger::Suspend> built = ledger::BuildSuspend(*suspend);
  FUZZ_CHECK(built.ok() && built->text == suspend->text && built->id == suspend->id);
  const absl::StatusOr<ledger::Suspend> again = ledger::ParseSuspend(suspend->File());
  FUZZ_CHECK(again.ok() && again->id == suspend->id && again->lines == suspend->lines);
  FUZZ_CHECK(file.substr(0, suspend->text.size()) == suspend->text);
  FUZZ_CHECK(suspend->lines.size() <= ledger::kNoteSignaturesMax);
}

// No signature is right here, so nothing may ever be held.
class NoSignature final : public crypto::Verifier {
 public:
  bool Verify(const base::PublicKey&, absl::string_view, absl::string_view) const override {
    return false;
  }
};

void CheckHeld(absl::string_view file) {
  static const NoSignature* verifier = new NoSignature;
  ledger::Authority authority(verifier);
  for (int times = 0; times < 2; ++times) {
    const ledger::Authority::Added added = authority.Add(file);
    FUZZ_CHECK(added.outcome == ledger::Authority::Outcome::kRefused ||
               added.outcome == ledger::Authority::Outcome::kWaiting);
    FUZZ_CHECK(added.now_held.empty() && !authority.Holds(added.id));
    FUZZ_CHECK(authority.Waiting().size() <= 1);
  }
}

}  // namespace

FUZZ_TARGET(note, input) {
  CheckNote(input);
  CheckSuspend(input);
  CheckHeld(input);
  if (auto file = ledger::ParseKeyFile(input); file.ok()) {
    FUZZ_CHECK(ledger::KeyFileText(*file) == input);
  }
  if (auto key = ledger::VerifierKey::Parse(input); key.ok()) FUZZ_CHECK(key->Text() == input);
}

}  // namespace entente::fuzz

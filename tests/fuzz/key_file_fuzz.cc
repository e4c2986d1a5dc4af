// Files beside a person's key: the key itself, its mark, its pending run, its signed positions.
// Input: which, contents.
#include <algorithm>

#include "client/keys/mark.h"
#include "client/keys/pending.h"
#include "client/keys/signed_positions.h"
#include "node/crypto/ed25519.h"
#include "tests/fuzz/scratch_file.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

void CheckPem(absl::string_view pem) {
  const auto key = crypto::PrivateKey::FromPem(pem, "");
  if (!key.ok()) return;
  const auto written = key->ToPem("");
  FUZZ_CHECK(written.ok());
  const auto again = crypto::PrivateKey::FromPem(*written, "");
  FUZZ_CHECK(again.ok() && again->public_key() == key->public_key());
}

void CheckMarks(const std::string& key_path) {
  auto marks = keys::ReadMarks(key_path);
  if (!marks.ok() || marks->empty()) return;
  FUZZ_CHECK(keys::SetMark(key_path, marks->front()).ok());
  const auto again = keys::ReadMarks(key_path);
  FUZZ_CHECK(again.ok() && again->size() <= marks->size());
  FUZZ_CHECK(std::find(again->begin(), again->end(), marks->front()) != again->end());
  for (const keys::Mark& mark : *again) {
    FUZZ_CHECK(std::find(marks->begin(), marks->end(), mark) != marks->end());
  }
}

void CheckPending(const std::string& key_path) {
  const auto entries = keys::ReadPending(key_path);
  if (!entries.ok()) return;
  FUZZ_CHECK(keys::WritePending(key_path, *entries).ok());
  const auto again = keys::ReadPending(key_path);
  FUZZ_CHECK(again.ok() && *again == *entries);
}

// A place signed once stays signed.
void CheckPositions(const std::string& key_path) {
  ledger::Note note;
  note.chain = base::NoteId();
  note.position = 2;
  if (!keys::RememberSigned(key_path, note).ok()) return;
  FUZZ_CHECK(keys::RememberSigned(key_path, note).ok());
  note.id.bytes[0] = 1;
  FUZZ_CHECK(absl::IsAborted(keys::RememberSigned(key_path, note)));
}

}  // namespace

FUZZ_TARGET(key_file, input) {
  static const ScratchDirectory* directory = new ScratchDirectory;
  const std::string key_path = directory->path() + "/key";
  Choices choices(input);
  switch (choices.Byte() % 4) {
    case 0:
      return CheckPem(choices.Rest());
    case 1:
      directory->Put("key.mark", choices.Rest());
      return CheckMarks(key_path);
    case 2:
      directory->Put("key.pending", choices.Rest());
      return CheckPending(key_path);
    default:
      directory->Put("key.signed", choices.Rest());
      return CheckPositions(key_path);
  }
}

}  // namespace entente::fuzz

// An authority act from words to publication: shown, confirmed, signed by the keys at hand,
// published when the threshold is met, else written to a file for the others to sign.
//
// Invariants
//  1. Nothing is signed before it was shown (or --yes was given).
//  2. A signer key signs one text per position of a chain (keys/signed_positions.h): remembered
//     after the node said it would take the note, and before the signature leaves this process.
//  3. --dry-run signs, writes and publishes nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/context/context.h"
#include "client/ledger/chain.h"
#include "node/ledger/note.h"
#include "node/ledger/note_fields.h"

namespace CLI {
class App;
}

namespace entente::client {

struct SignerOptions {
  std::vector<std::string> signer_keys;
  int passphrase_fd = -1;
  int signer_passphrase_fd = -1;
  std::string out;
  bool yes = false;
  bool dry_run = false;
};
// --signer-key, --passphrase-fd, --signer-passphrase-fd, --out, --yes, --dry-run
void AddSignerOptions(CLI::App& command, SignerOptions& options);

// Publishes a complete note file, or asks the node whether it would take it.
using Publish = std::function<absl::Status(const std::string& file, bool validate_only)>;
absl::Status PublishFiles(Context& context, const std::vector<std::string>& files,
                          bool validate_only = false);
// The way a note goes out: position 1 founds a delegation or joins an instrument, any other is
// published.
Publish PublisherFor(Context& context, const ledger::Note& note);

// Who of those who may sign has signed, and how many more the thresholds want.
struct Signatures {
  std::vector<std::string> signed_by, not_yet;  // names of signer keys, ascending
  size_t missing = 0;
};
Signatures SignaturesOf(const ledger::Note& note, const HeldChain* chain);
// "signed by entente/ab12 (1 of 2 needed); not yet: entente/cd34, entente/ef56"
std::string SignaturesInWords(const Signatures& signatures);

struct ActResult {
  base::NoteId note;
  std::string file;  // note file with the signatures so far
  Signatures signatures;
  bool published = false;
  bool dry_run = false;
};

// `note` is complete (ledger::BuildNote); lines it has are kept. `chain` is null for position 1.
// With --out the note is only written, unless `publish_when_enough`, as for the last of several
// signers.
absl::StatusOr<ActResult> PerformAct(Context& context, ledger::Note note, const HeldChain* chain,
                                     const SignerOptions& options, const Publish& publish,
                                     bool publish_when_enough = false);

// PerformAct with PublishNotes, and the outcome printed: the whole of most authority commands.
absl::StatusOr<Exit> RunAct(Context& context, ledger::Note fields, const HeldChain& chain,
                            const SignerOptions& options);
// The same for one act, or several, as the next note of this node's own credentials.
absl::StatusOr<Exit> RunOwnActs(Context& context, std::vector<ledger::Act> acts,
                                const SignerOptions& options);

// A note somebody prepared, at its place in the chain: CHAIN_CONFLICT when another note holds the
// place by now, with the way on.
absl::Status CheckPlace(const ledger::Note& note, const HeldChain& chain);

// A suspend: one signature, in force at once. Shown, confirmed, signed, published; or written with
// --out.
absl::StatusOr<Exit> RunSuspend(Context& context, ledger::Suspend suspend, const HeldChain& chain,
                                const SignerOptions& options);

// The outcome as an object and as text.
void EmitAct(Context& context, const ActResult& result, const ledger::Note& note,
             const SignerOptions& options);

// The signers a first note names, from key files or their .pub; USAGE if the threshold is above
// their number.
absl::StatusOr<ledger::act::Signers> SignersOf(const std::vector<std::string>& paths,
                                               uint32_t threshold);
// The code a delegation or an instrument is founded or admitted under: its form, and no group's.
absl::Status CheckNewCode(absl::string_view option, const std::string& code);
// A text that goes into a note as it is: 1 to 200 bytes, no control characters. USAGE names the
// option.
absl::Status CheckFreeText(absl::string_view option, absl::string_view text);
// One signer only, or a threshold that two halves could meet apart.
void WarnAboutSigners(Context& context, const ledger::act::Signers& signers);

// A note in words, a line per act; keys with the office or person they were enrolled for.
// Every field that is signed, a line each, under the sentences: nothing is signed unseen.
std::string EveryField(Context& context, const std::vector<ledger::NoteField>& fields);
std::string NoteInWords(const ledger::Note& note, const HeldChain* chain);
// What the acts do to the entries held here: which stay, which do not. "" where they touch none.
std::string Consequences(Context& context, const ledger::Note& note, const HeldChain& chain);

}  // namespace entente::client

#include "client/evidence.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/clock.h"
#include "client/errors.h"
#include "client/signing.h"
#include "node/base/status_macros.h"
#include "node/ledger/authority_words.h"
#include "node/ledger/text_rules.h"

namespace entente::client {

namespace {

constexpr char kHeading[] = "entente/evidence/v1";
constexpr size_t kLinesMax = 4096;

absl::Status Damaged(absl::string_view what) {
  return Failure(absl::StatusCode::kInvalidArgument, kFileDamaged,
                 absl::StrCat("not an evidence file: ", what), "get it again from its author");
}

absl::Status NoProof(absl::string_view what) {
  return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                 absl::StrCat("this proves nothing: ", what),
                 "do not rely on it; a proof holds two signed versions of one place");
}

// The run of leaves, linked, the last of them with a signature that verifies; then all are
// authentic.
absl::StatusOr<ledger::Entry> AuthenticRun(const std::vector<std::string>& leaves) {
  std::optional<ledger::Entry> first, last;
  for (const std::string& leaf : leaves) {
    absl::StatusOr<ledger::Entry> entry = ledger::ParseLeaf(leaf, std::nullopt);
    if (!entry.ok()) return NoProof(entry.status().message());
    if (last && (entry->feed() != last->feed() || entry->header.previous != last->id ||
                 entry->header.sequence != last->header.sequence + 1)) {
      return NoProof("the leaves of one side do not follow each other");
    }
    last = *entry;
    if (!first) first = *std::move(entry);
  }
  if (!first) return NoProof("one side is empty");
  if (!ledger::Verify(*last, crypto::Ed25519Verifier()))
    return NoProof(absl::StrCat("the signature of entry ", last->id.Short(), " does not verify"));
  return *first;
}

std::string SideText(const ledger::Entry& entry) {
  return absl::StrCat("entry ", entry.id.ToHex(), "\n  kind ", entry.header.kind, ", dated ",
                      UtcText(HlcMs(entry.header.hlc)), ", payload SHA-256 ",
                      entry.header.payload_hash.ToHex(), "\n");
}

absl::StatusOr<ForkProof> CheckLeaves(const Evidence& evidence) {
  ASSIGN_OR_RETURN(ledger::Entry a, AuthenticRun(evidence.first));
  ASSIGN_OR_RETURN(ledger::Entry b, AuthenticRun(evidence.second));
  if (a.feed() != b.feed()) return NoProof("the two entries are of different feeds");
  if (a.header.sequence != b.header.sequence)
    return NoProof("the two entries have different numbers");
  if (a.id == b.id) return NoProof("it is one entry, twice");
  ForkProof proof;
  proof.key = a.header.key;
  proof.number = a.header.sequence;
  proof.first = a.id.ToHex();
  proof.second = b.id.ToHex();
  proof.words = absl::StrCat(
      "proven: key ", Fingerprint(a.header.key), " (", a.header.key.ToHex(),
      ")\nsigned two different entries as number ", proof.number, " of incarnation ",
      a.header.incarnation, " in instrument ", a.header.instrument.ToHex(), "\n", SideText(a),
      SideText(b),
      "The signatures verify; whose key it is, the delegation's credentials say (entente who).\n");
  return proof;
}

// The first two notes that share a predecessor.
std::vector<const ledger::Note*> TwoVersions(const ledger::Authority& authority,
                                             const base::NoteId& chain) {
  std::map<base::NoteId, const ledger::Note*> by_previous;
  for (const ledger::Note* note : authority.ChainNotes(chain)) {
    if (!note->previous) continue;
    auto [at, is_new] = by_previous.emplace(*note->previous, note);
    if (!is_new) return {at->second, note};
  }
  return {};
}

std::vector<base::NoteId> ChainsIn(const ledger::Authority& authority) {
  std::vector<base::NoteId> chains = authority.Chains(ledger::ChainKind::kCharter);
  for (const base::NoteId& id : authority.Chains(ledger::ChainKind::kCredentials))
    chains.push_back(id);
  return chains;
}

absl::StatusOr<ForkProof> CheckNotes(const Evidence& evidence) {
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const std::string& file : evidence.notes) {
    ledger::Authority::Added added = authority.Add(file);
    if (added.outcome == ledger::Authority::Outcome::kRefused ||
        added.outcome == ledger::Authority::Outcome::kWaiting)
      return NoProof(absl::StrCat("a note does not stand: ", added.reason));
  }
  const std::vector<base::NoteId> chains = ChainsIn(authority);
  if (chains.size() != 1) return NoProof("its notes are not of one chain");
  const std::vector<const ledger::Note*> two = TwoVersions(authority, chains[0]);
  if (two.empty()) return NoProof("no position of the chain has two versions");
  const ledger::ChainFork fork = ledger::ForkAfter(authority, chains[0], *two[0]->previous);
  ForkProof proof;
  proof.of_chain = true;
  proof.number = two[0]->position;
  proof.first = two[0]->id.ToHex();
  proof.second = two[1]->id.ToHex();
  proof.signed_both = fork.signed_both;
  const bool charter = two[0]->kind == ledger::ChainKind::kCharter;
  proof.words = absl::StrCat("proven: position ", proof.number, " of the ",
                             charter ? "charter" : "credentials", " ", chains[0].ToHex(),
                             "\nexists in two versions, each signed by enough of its signers\n");
  for (const ledger::Note* note : two) {
    absl::StrAppend(&proof.words, "note ", note->id.ToHex(), ", ", note->time, "\n");
    for (const ledger::Act& act : note->acts)
      absl::StrAppend(&proof.words, "  - ", Printable(ledger::ActInWords(act)), "\n");
    for (const ledger::SignatureLine& line : note->lines)
      absl::StrAppend(&proof.words, "  signed by ", line.name, "\n");
  }
  absl::StrAppend(&proof.words, "signed both: ",
                  fork.signed_both.empty() ? "nobody" : absl::StrJoin(fork.signed_both, ", "),
                  "\n");
  return proof;
}

// From one entry on, as many leaves as it takes to reach one whose own signature verifies.
std::vector<std::string> RunFrom(const std::vector<ledger::Entry>& entries, size_t at) {
  std::vector<std::string> leaves{entries[at].Leaf()};
  for (const ledger::Entry* last = &entries[at];
       !ledger::Verify(*last, crypto::Ed25519Verifier());) {
    auto next = std::find_if(entries.begin(), entries.end(), [&](const ledger::Entry& e) {
      return e.header.sequence == last->header.sequence + 1 && e.header.previous == last->id;
    });
    if (next == entries.end()) break;
    leaves.push_back(next->Leaf());
    last = &*next;
  }
  return leaves;
}

}  // namespace

std::string EvidenceText(const Evidence& evidence) {
  std::string out = absl::StrCat(kHeading, "\n");
  const std::pair<const char*, const std::vector<std::string>*> parts[] = {
      {"first ", &evidence.first}, {"second ", &evidence.second}, {"note ", &evidence.notes}};
  for (const auto& [word, items] : parts) {
    for (const std::string& item : *items)
      absl::StrAppend(&out, word, ledger::ToBase64(item), "\n");
  }
  return out;
}

absl::StatusOr<Evidence> ParseEvidence(absl::string_view text) {
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 3 || lines.size() > kLinesMax || !lines.back().empty())
    return Damaged("it is cut off, or too long");
  if (lines[0] != kHeading) return Damaged(absl::StrCat("its first line is not ", kHeading));
  lines.pop_back();
  Evidence evidence;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<absl::string_view> parts = absl::StrSplit(lines[i], ' ');
    std::optional<std::string> bytes;
    if (parts.size() == 2) bytes = ledger::ParseBase64(parts[1]);
    if (!bytes) return Damaged(absl::StrCat("line ", i + 1, " is not WORD BASE64"));
    if (parts[0] == "first") {
      evidence.first.push_back(*std::move(bytes));
    } else if (parts[0] == "second") {
      evidence.second.push_back(*std::move(bytes));
    } else if (parts[0] == "note") {
      evidence.notes.push_back(*std::move(bytes));
    } else {
      return Damaged(absl::StrCat("line ", i + 1, " begins with an unknown word"));
    }
  }
  return evidence;
}

absl::StatusOr<ForkProof> CheckEvidence(const Evidence& evidence) {
  const bool leaves = !evidence.first.empty() || !evidence.second.empty();
  if (leaves && !evidence.notes.empty()) return NoProof("it mixes entries and notes");
  return leaves ? CheckLeaves(evidence) : CheckNotes(evidence);
}

absl::StatusOr<Evidence> ChainForkEvidence(const std::vector<std::string>& note_files) {
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const std::string& file : note_files) authority.Add(file);
  for (const base::NoteId& chain : ChainsIn(authority)) {
    const std::vector<const ledger::Note*> two = TwoVersions(authority, chain);
    if (two.empty()) continue;
    Evidence evidence;
    for (const ledger::Note* at = authority.Find(*two[0]->previous); at != nullptr;
         at = at->previous ? authority.Find(*at->previous) : nullptr) {
      evidence.notes.insert(evidence.notes.begin(), at->File());
    }
    for (const ledger::Note* note : two) evidence.notes.push_back(note->File());
    return evidence;
  }
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD", "no fork of the chain is held");
}

absl::StatusOr<Evidence> FeedForkEvidence(const std::vector<ledger::Entry>& entries) {
  for (size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].header.sequence != entries[i - 1].header.sequence) continue;
    return Evidence{RunFrom(entries, i - 1), RunFrom(entries, i), {}};
  }
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD", "no fork of the feed is held");
}

}  // namespace entente::client

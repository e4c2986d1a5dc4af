#include "client/audit/evidence.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/base/clock.h"
#include "client/base/errors.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"
#include "node/ledger/authority_words.h"
#include "node/ledger/text_rules.h"

namespace entente::client {

namespace {

constexpr char kHeading[] = "entente/evidence/v1";
constexpr size_t kLinesMax = 4096;

absl::Status NoProof(absl::string_view what) {
  return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                 absl::StrCat("it does NOT prove misbehaviour: ", what),
                 "do not rely on it; a proof holds two signed versions of one thing");
}

// ---- registers and authors

std::string SideText(const ledger::Entry& entry) {
  return absl::StrCat("entry ", entry.id.ToHex(), "\n  kind ", entry.header.kind, ", dated ",
                      UtcText(HlcMs(entry.header.hlc)), " by its author, payload SHA-256 ",
                      entry.header.payload_hash.ToHex(), "\n");
}

Proof LogProof(const tlog::Misbehaviour& found) {
  Proof proof;
  nlohmann::ordered_json sides = nlohmann::ordered_json::array();
  proof.words = absl::StrCat("proven: the register's key ", found.vkey.Text(), "\n",
                             found.type == tlog::EquivocationType::kLogSameSize
                                 ? "signed two different trees of one size\n"
                                 : "signed a tree that does not extend one it signed before\n");
  for (const tlog::Checkpoint& c : found.checkpoints) {
    absl::StrAppend(&proof.words, "checkpoint of ", c.size, " entries, root ", c.root.ToHex(),
                    "\n");
    sides.push_back({{"size", c.size}, {"root", c.root.ToHex()}});
  }
  absl::StrAppend(&proof.words,
                  "Both signatures verify; whether it is the register's key, the instrument's "
                  "charter says (entente instrument show).\n");
  proof.json = {{"proven", true},
                {"of", "register"},
                {"type", std::string(tlog::TypeWord(found.type))},
                {"vkey", found.vkey.Text()},
                {"checkpoints", sides}};
  return proof;
}

Proof AuthorProof(const tlog::Misbehaviour& found) {
  const ledger::Entry& first = found.entries[0];
  const bool fork = found.type == tlog::EquivocationType::kAuthorFork;
  Proof proof;
  proof.json = {{"proven", true},
                {"of", "feed"},
                {"type", std::string(tlog::TypeWord(found.type))},
                {"number", first.header.sequence},
                {"first", first.id.ToHex()}};
  if (fork) proof.json["second"] = found.entries[1].id.ToHex();
  proof.json["key"] = found.key.ToHex();
  proof.words =
      absl::StrCat("proven: key ", Fingerprint(found.key), " (", found.key.ToHex(), ")\n",
                   fork ? "signed two different entries as number "
                        : "signed on top of an entry whose own signature is wrong, number ",
                   first.header.sequence, " of incarnation ", first.header.incarnation,
                   " in instrument ", first.header.instrument.ToHex(), "\n");
  for (const ledger::Entry& entry : found.entries) absl::StrAppend(&proof.words, SideText(entry));
  absl::StrAppend(&proof.words,
                  "Whose key it is, the delegation's credentials say (entente who).\n");
  return proof;
}

absl::StatusOr<Proof> CheckMisbehaviour(const tlog::Equivocation& file) {
  absl::StatusOr<tlog::Misbehaviour> found =
      tlog::CheckEquivocation(file, crypto::Ed25519Verifier());
  if (!found.ok()) {
    return WithHint(found.status(), "do not rely on it; a proof holds two signed versions");
  }
  const bool log = found->type == tlog::EquivocationType::kLogSameSize ||
                   found->type == tlog::EquivocationType::kLogInconsistent;
  return log ? LogProof(*found) : AuthorProof(*found);
}

// ---- chains

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

std::string VersionsInWords(const std::vector<const ledger::Note*>& two) {
  std::string words;
  for (const ledger::Note* note : two) {
    absl::StrAppend(&words, "note ", note->id.ToHex(), ", ", note->time, "\n");
    for (const ledger::Act& act : note->acts)
      absl::StrAppend(&words, "  - ", Printable(ledger::ActInWords(act)), "\n");
    for (const ledger::SignatureLine& line : note->lines)
      absl::StrAppend(&words, "  signed by ", line.name, "\n");
  }
  return words;
}

absl::StatusOr<Proof> CheckNotes(const ChainEvidence& evidence) {
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
  Proof proof;
  proof.json = {{"proven", true},
                {"of", "chain"},
                {"number", two[0]->position},
                {"first", two[0]->id.ToHex()},
                {"second", two[1]->id.ToHex()},
                {"signed_both", fork.signed_both}};
  const bool charter = two[0]->kind == ledger::ChainKind::kCharter;
  proof.words = absl::StrCat(
      "proven: position ", two[0]->position, " of the ", charter ? "charter" : "credentials", " ",
      chains[0].ToHex(), "\nexists in two versions, each signed by enough of its signers\n",
      VersionsInWords(two),
      "signed both: ", fork.signed_both.empty() ? "nobody" : absl::StrJoin(fork.signed_both, ", "),
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
  if (const auto* file = std::get_if<tlog::Equivocation>(&evidence)) {
    return tlog::EquivocationText(*file);
  }
  std::string out = absl::StrCat(kHeading, "\n");
  for (const std::string& note : std::get<ChainEvidence>(evidence).notes)
    absl::StrAppend(&out, "note ", ledger::ToBase64(note), "\n");
  return out;
}

absl::StatusOr<Evidence> ParseEvidence(absl::string_view text) {
  if (absl::StartsWith(text, tlog::kEquivocationHeading)) {
    absl::StatusOr<tlog::Equivocation> file = tlog::ParseEquivocation(text);
    if (!file.ok()) return NoProof(file.status().message());
    return Evidence(*std::move(file));
  }
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines[0] != kHeading) {
    return NoProof(
        absl::StrCat("its first line is neither ", tlog::kEquivocationHeading, " nor ", kHeading));
  }
  if (lines.size() < 3 || lines.size() > kLinesMax || !lines.back().empty())
    return NoProof("it is cut off, or too long");
  lines.pop_back();
  ChainEvidence evidence;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<absl::string_view> parts = absl::StrSplit(lines[i], ' ');
    std::optional<std::string> bytes;
    if (parts.size() == 2 && parts[0] == "note") bytes = ledger::ParseBase64(parts[1]);
    if (!bytes) return NoProof(absl::StrCat("line ", i + 1, " is not note BASE64"));
    evidence.notes.push_back(*std::move(bytes));
  }
  return Evidence(std::move(evidence));
}

absl::StatusOr<Proof> CheckEvidence(const Evidence& evidence) {
  if (const auto* file = std::get_if<tlog::Equivocation>(&evidence))
    return CheckMisbehaviour(*file);
  return CheckNotes(std::get<ChainEvidence>(evidence));
}

absl::StatusOr<ChainEvidence> ChainForkEvidence(const std::vector<std::string>& note_files) {
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const std::string& file : note_files) authority.Add(file);
  for (const base::NoteId& chain : ChainsIn(authority)) {
    const std::vector<const ledger::Note*> two = TwoVersions(authority, chain);
    if (two.empty()) continue;
    ChainEvidence evidence;
    for (const ledger::Note* at = authority.Find(*two[0]->previous); at != nullptr;
         at = at->previous ? authority.Find(*at->previous) : nullptr) {
      evidence.notes.insert(evidence.notes.begin(), at->File());
    }
    for (const ledger::Note* note : two) evidence.notes.push_back(note->File());
    return evidence;
  }
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD", "no fork of the chain is held");
}

// Where a run of wrong signatures ends in one that verifies, the last wrong one and that one are
// proof enough: each signature is looked at once, whatever the log holds.
absl::StatusOr<tlog::Equivocation> BadSignatureEvidence(const std::vector<ledger::Entry>& entries) {
  std::map<base::EntryId, const ledger::Entry*> wrong;
  for (const ledger::Entry& entry : entries) {
    if (!ledger::Verify(entry, crypto::Ed25519Verifier())) {
      wrong.emplace(entry.id, &entry);
      continue;
    }
    const auto before = wrong.find(entry.header.previous);
    if (before == wrong.end()) continue;
    tlog::Equivocation evidence;
    evidence.type = tlog::EquivocationType::kAuthorBadSignature;
    evidence.key = entry.header.key;
    evidence.branches = {{before->second->Leaf(), entry.Leaf()}};
    if (tlog::CheckEquivocation(evidence, crypto::Ed25519Verifier()).ok()) return evidence;
  }
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 "no entry with a wrong signature that a later one vouches for");
}

std::string BadSignatureFile(EntriesByFeed feeds) {
  for (auto& [feed, entries] : feeds) {
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      return std::tie(a.header.sequence, a.id) < std::tie(b.header.sequence, b.id);
    });
    const auto evidence = BadSignatureEvidence(entries);
    if (evidence.ok()) return tlog::EquivocationText(*evidence);
  }
  return "";
}

absl::StatusOr<tlog::Equivocation> FeedForkEvidence(const std::vector<ledger::Entry>& entries) {
  for (size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].header.sequence != entries[i - 1].header.sequence) continue;
    tlog::Equivocation evidence;
    evidence.type = tlog::EquivocationType::kAuthorFork;
    evidence.key = entries[i].header.key;
    evidence.branches = {RunFrom(entries, i - 1), RunFrom(entries, i)};
    return evidence;
  }
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD", "no fork of the feed is held");
}

}  // namespace entente::client

#include "node/tlog/equivocation.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/error.h"
#include "node/tlog/line_cursor.h"

namespace entente::tlog {

namespace {

constexpr absl::string_view kTypeWords[] = {"log-same-size", "log-inconsistent", "author-fork",
                                            "author-bad-signature"};
// SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING of 32 bytes }
constexpr char kSpkiPrefixHex[] = "302a300506032b6570032100";

bool OfLog(EquivocationType type) {
  return type == EquivocationType::kLogSameSize || type == EquivocationType::kLogInconsistent;
}

absl::Status ProvesNothing(absl::string_view why) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "VERIFICATION_FAILED",
                     absl::StrCat("it does NOT prove misbehaviour: ", why));
}

// ---- reading

absl::Status ReadLogLine(absl::string_view word, absl::string_view value, const LineCursor& at,
                         Equivocation& out) {
  auto bytes = ledger::ParseBase64(value);
  if (!bytes) return at.Malformed("the value is not base64");
  if (word == "checkpoint" && out.nodes.empty() && out.checkpoints.size() < 2) {
    out.checkpoints.push_back(*std::move(bytes));
    return absl::OkStatus();
  }
  auto node = Digest::FromBytes(*bytes);
  if (word == "node" && out.type == EquivocationType::kLogInconsistent && node &&
      out.checkpoints.size() == 2 && out.nodes.size() <= kProofHashesMax) {
    out.nodes.push_back(*node);
    return absl::OkStatus();
  }
  return at.Malformed(absl::StrCat("\"", word, "\" does not belong here"));
}

absl::Status ReadAuthorLine(absl::string_view word, absl::string_view value, const LineCursor& at,
                            Equivocation& out) {
  const size_t branches_max = out.type == EquivocationType::kAuthorFork ? 2 : 1;
  auto leaf = ledger::ParseBase64(value);
  if (!leaf || leaf->size() > ledger::kLeafBytesMax) return at.Malformed("the value is no leaf");
  if (word == "leaf" && out.branches.size() < branches_max) {
    out.branches.push_back({*std::move(leaf)});
    return absl::OkStatus();
  }
  if (word == "next" && !out.branches.empty() && out.branches.back().size() < kBranchLeavesMax) {
    out.branches.back().push_back(*std::move(leaf));
    return absl::OkStatus();
  }
  return at.Malformed(absl::StrCat("\"", word, "\" does not belong here"));
}

absl::Status ReadAccused(LineCursor& cursor, Equivocation& out) {
  if (OfLog(out.type)) {
    ASSIGN_OR_RETURN(absl::string_view text, cursor.TakeWord("vkey"));
    absl::StatusOr<VerifierKey> vkey = VerifierKey::Parse(text);
    if (!vkey.ok()) return cursor.Malformed(vkey.status().message());
    if (vkey->type != kTypeLog) return cursor.Malformed("the key is not one of a log");
    out.vkey = *std::move(vkey);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(absl::string_view text, cursor.TakeWord("key"));
  auto der = ledger::ParseBase64(text);
  auto key = der ? KeyOfSpkiDer(*der) : std::nullopt;
  if (!key) return cursor.Malformed("not the base64 of an Ed25519 SubjectPublicKeyInfo");
  out.key = *key;
  return absl::OkStatus();
}

// ---- checking: logs

absl::StatusOr<Checkpoint> CheckedCheckpoint(const Equivocation& file, const std::string& note,
                                             const crypto::Verifier& verifier) {
  absl::StatusOr<SignedCheckpoint> parsed = ParseSignedCheckpoint(note);
  if (!parsed.ok()) return ProvesNothing(parsed.status().message());
  // One line that verifies is enough: what a stranger appended must not shield the log.
  bool verified = false;
  for (const SignatureLine& line : parsed->lines) {
    verified = verified || VerifyNoteLine(parsed->text, line, file.vkey, verifier);
  }
  if (!verified) {
    return ProvesNothing(absl::StrCat("the checkpoint of size ", parsed->checkpoint.size,
                                      " is not signed by the key"));
  }
  if (parsed->checkpoint.origin != file.vkey.name) {
    return ProvesNothing("a checkpoint's origin is not the name of the key");
  }
  return parsed->checkpoint;
}

absl::StatusOr<Misbehaviour> CheckLog(const Equivocation& file, const crypto::Verifier& verifier) {
  if (file.checkpoints.size() != 2) return ProvesNothing("it does not hold two checkpoints");
  ASSIGN_OR_RETURN(Checkpoint a, CheckedCheckpoint(file, file.checkpoints[0], verifier));
  ASSIGN_OR_RETURN(Checkpoint b, CheckedCheckpoint(file, file.checkpoints[1], verifier));
  if (file.type == EquivocationType::kLogSameSize) {
    if (a.size != b.size) return ProvesNothing("the checkpoints have different sizes");
    if (a.root == b.root) return ProvesNothing("the checkpoints have the same root");
  } else if (!VerifyInconsistency(a.size, a.root, b.size, b.root, file.nodes)) {
    return ProvesNothing("the nodes do not show that the larger tree leaves out the smaller one");
  }
  return Misbehaviour{file.type, file.vkey, {std::move(a), std::move(b)}, {}, {}};
}

// ---- checking: authors

// The first entry of a run that links to a tip whose own signature verifies.
absl::StatusOr<ledger::Entry> AuthenticFirst(const Equivocation& file,
                                             const std::vector<std::string>& leaves,
                                             const crypto::Verifier& verifier) {
  std::optional<ledger::Entry> first, last;
  for (const std::string& leaf : leaves) {
    absl::StatusOr<ledger::Entry> entry = ledger::ParseLeaf(leaf, std::nullopt);
    if (!entry.ok()) return ProvesNothing(entry.status().message());
    if (entry->header.key != file.key) return ProvesNothing("an entry is of another key");
    if (last && (entry->feed() != last->feed() || entry->header.previous != last->id ||
                 entry->header.sequence != last->header.sequence + 1)) {
      return ProvesNothing("the entries of a branch do not follow each other");
    }
    if (!first) first = *entry;
    last = *std::move(entry);
  }
  if (!first) return ProvesNothing("a branch is empty");
  if (!ledger::Verify(*last, verifier)) {
    return ProvesNothing(
        absl::StrCat("the signature of entry ", last->id.Short(), " does not verify"));
  }
  return *first;
}

absl::StatusOr<Misbehaviour> CheckAuthor(const Equivocation& file,
                                         const crypto::Verifier& verifier) {
  Misbehaviour out{file.type, {}, {}, file.key, {}};
  for (const std::vector<std::string>& branch : file.branches) {
    ASSIGN_OR_RETURN(ledger::Entry first, AuthenticFirst(file, branch, verifier));
    out.entries.push_back(std::move(first));
  }
  if (file.type == EquivocationType::kAuthorFork) {
    if (out.entries.size() != 2) return ProvesNothing("it does not hold two branches");
    const ledger::Entry &a = out.entries[0], &b = out.entries[1];
    if (a.feed() != b.feed()) return ProvesNothing("the two entries are of different feeds");
    if (a.header.sequence != b.header.sequence) {
      return ProvesNothing("the two entries have different numbers");
    }
    if (a.id == b.id) return ProvesNothing("it is one entry, twice");
    return out;
  }
  if (out.entries.size() != 1 || file.branches[0].size() < 2) {
    return ProvesNothing("it does not hold an entry and one that follows it");
  }
  if (ledger::Verify(out.entries[0], verifier)) {
    return ProvesNothing("the first entry's own signature verifies");
  }
  return out;
}

}  // namespace

absl::string_view TypeWord(EquivocationType type) { return kTypeWords[static_cast<int>(type)]; }

std::string SpkiDer(const base::PublicKey& key) {
  return *base::FromHex(kSpkiPrefixHex) + key.str();
}

std::optional<base::PublicKey> KeyOfSpkiDer(absl::string_view der) {
  if (!absl::ConsumePrefix(&der, *base::FromHex(kSpkiPrefixHex))) return std::nullopt;
  return base::PublicKey::FromBytes(der);
}

std::string EquivocationText(const Equivocation& file) {
  std::string out = absl::StrCat(kEquivocationHeading, "\ntype ", TypeWord(file.type), "\n");
  if (OfLog(file.type)) {
    absl::StrAppend(&out, "vkey ", file.vkey.Text(), "\n");
  } else {
    absl::StrAppend(&out, "key ", ledger::ToBase64(SpkiDer(file.key)), "\n");
  }
  for (const std::string& note : file.checkpoints) {
    absl::StrAppend(&out, "checkpoint ", ledger::ToBase64(note), "\n");
  }
  for (const Digest& node : file.nodes) {
    absl::StrAppend(&out, "node ", ledger::ToBase64(node.view()), "\n");
  }
  for (const std::vector<std::string>& branch : file.branches) {
    for (size_t i = 0; i < branch.size(); ++i) {
      absl::StrAppend(&out, i == 0 ? "leaf " : "next ", ledger::ToBase64(branch[i]), "\n");
    }
  }
  return out;
}

absl::StatusOr<Equivocation> ParseEquivocation(absl::string_view text) {
  if (text.size() > kEquivocationBytesMax || text.empty() || text.back() != '\n') {
    return ProofMalformed(
        absl::StrCat("the file is cut off, or has over ", kEquivocationBytesMax, " bytes"));
  }
  LineCursor cursor(text);
  if (cursor.Take() != kEquivocationHeading) {
    return ProofMalformed(absl::StrCat("its first line is not \"", kEquivocationHeading, "\""));
  }
  Equivocation out;
  ASSIGN_OR_RETURN(absl::string_view type, cursor.TakeWord("type"));
  size_t which = 0;
  while (which < std::size(kTypeWords) && kTypeWords[which] != type) ++which;
  if (which == std::size(kTypeWords)) {
    return cursor.Malformed(absl::StrCat("unknown type \"", type, "\""));
  }
  out.type = static_cast<EquivocationType>(which);
  RETURN_IF_ERROR(ReadAccused(cursor, out));
  while (!cursor.Done()) {
    const absl::string_view line = cursor.Take();
    const size_t space = line.find(' ');
    if (space == absl::string_view::npos) return cursor.Malformed("wanted: WORD BASE64");
    const absl::string_view word = line.substr(0, space), value = line.substr(space + 1);
    RETURN_IF_ERROR(OfLog(out.type) ? ReadLogLine(word, value, cursor, out)
                                    : ReadAuthorLine(word, value, cursor, out));
  }
  return out;
}

absl::StatusOr<Misbehaviour> CheckEquivocation(const Equivocation& file,
                                               const crypto::Verifier& verifier) {
  return OfLog(file.type) ? CheckLog(file, verifier) : CheckAuthor(file, verifier);
}

absl::StatusOr<Equivocation> MakeLogEquivocation(const VerifierKey& vkey, const SignedCheckpoint& a,
                                                 const SignedCheckpoint& b,
                                                 const NodeSource& source) {
  Equivocation out;
  out.vkey = vkey;
  const SignedCheckpoint& small = a.checkpoint.size <= b.checkpoint.size ? a : b;
  const SignedCheckpoint& large = &small == &a ? b : a;
  out.checkpoints = {small.File(), large.File()};
  if (small.checkpoint.size == large.checkpoint.size) return out;
  out.type = EquivocationType::kLogInconsistent;
  ASSIGN_OR_RETURN(out.nodes,
                   InconsistencyProof(small.checkpoint.size, large.checkpoint.size, source));
  return out;
}

}  // namespace entente::tlog

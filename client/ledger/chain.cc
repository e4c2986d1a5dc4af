#include "client/ledger/chain.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/clock.h"
#include "client/base/errors.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using ledger::Authority;
using ledger::ChainKind;

// Notes from position 1 up to the head in force.
std::vector<ledger::Note> LineTo(const Authority& authority, const base::NoteId& head) {
  std::vector<ledger::Note> line;
  for (const ledger::Note* at = authority.Find(head); at != nullptr;
       at = at->previous ? authority.Find(*at->previous) : nullptr) {
    line.insert(line.begin(), *at);
  }
  return line;
}

absl::StatusOr<HeldChain> Fetch(Context& context, ChainKind kind, v1::GetChainRequest request) {
  request.set_kind(kind == ChainKind::kCharter ? "charter" : "credentials");
  ASSIGN_OR_RETURN(v1::Chain chain, context.Call(local::kGetChain, request));
  const std::vector<std::string> files(chain.notes().begin(), chain.notes().end());
  const std::vector<std::string> suspends(chain.suspends().begin(), chain.suspends().end());
  ASSIGN_OR_RETURN(HeldChain held, ReadChain(kind, files, suspends));
  if (held.forked && kind == ChainKind::kCredentials) {
    // An instrument may have chosen the branch already: then its anchors say what comes next.
    absl::StatusOr<HeldChain> charter = FetchChain(context, ChainKind::kCharter, "");
    if (charter.ok()) {
      ASSIGN_OR_RETURN(held, ReadChain(kind, files, suspends, charter->files));
    }
  }
  if (held.code.empty()) held.code = chain.code();
  return held;
}

// The one charter among the notes, if any: credentials are read through its anchors.
base::InstrumentId ReaderOf(const Authority& authority) {
  std::vector<base::NoteId> charters = authority.Chains(ChainKind::kCharter);
  return charters.size() == 1 ? charters[0] : base::InstrumentId{};
}

absl::Status AddFiles(Authority& authority, const std::vector<std::string>& files) {
  for (size_t i = 0; i < files.size(); ++i) {
    Authority::Added added = authority.Add(files[i]);
    if (added.outcome != Authority::Outcome::kRefused &&
        added.outcome != Authority::Outcome::kWaiting)
      continue;
    return Failure(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID",
                   absl::StrCat("note ", i + 1, " of the chain does not stand: ", added.reason),
                   "get the file again from its author, by another way");
  }
  return absl::OkStatus();
}

}  // namespace

bool HeldChain::InForce(const base::NoteId& note_id) const {
  return std::any_of(notes.begin(), notes.end(),
                     [&](const ledger::Note& note) { return note.id == note_id; });
}

absl::StatusOr<HeldChain> ReadChain(ChainKind kind, std::vector<std::string> files,
                                    std::vector<std::string> suspends,
                                    std::vector<std::string> charter) {
  HeldChain chain;
  chain.kind = kind;
  if (files.empty()) {
    return Failure(absl::StatusCode::kNotFound, "UNKNOWN_DELEGATION", "the chain holds no note");
  }
  Authority authority(&crypto::Ed25519Verifier());
  RETURN_IF_ERROR(AddFiles(authority, files));
  RETURN_IF_ERROR(AddFiles(authority, charter));
  for (const std::string& suspend : suspends) authority.Add(suspend);
  std::vector<base::NoteId> ids = authority.Chains(kind);
  if (ids.size() != 1) {
    return Failure(
        absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED",
        absl::StrCat("expected one ", kind == ChainKind::kCharter ? "charter" : "credentials",
                     " chain, found ", ids.size()));
  }
  chain.id = ids[0];
  chain.files = std::move(files);
  chain.suspends = std::move(suspends);
  chain.charter = std::move(charter);
  base::NoteId head;
  if (kind == ChainKind::kCharter) {
    const ledger::CharterView* view = authority.Charter(chain.id);
    if (view != nullptr) {
      head = view->head, chain.code = view->code, chain.forked = view->forked;
      chain.threshold = view->threshold, chain.signers = view->signers;
    }
  } else if (const ledger::CredentialsView* view =
                 authority.Credentials(ReaderOf(authority), chain.id)) {
    head = view->head, chain.code = view->code, chain.forked = view->forked;
    chain.threshold = view->threshold, chain.signers = view->signers;
    for (const auto& [key, enrolled] : view->keys) chain.labels[key] = enrolled.label;
  }
  chain.notes = LineTo(authority, head);
  if (chain.notes.empty()) {
    return Failure(absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED",
                   "no note of the chain is in force");
  }
  return chain;
}

absl::StatusOr<HeldChain> FetchChain(Context& context, ChainKind kind, absl::string_view code) {
  v1::GetChainRequest request;
  request.set_code(code.data(), code.size());
  if (code.empty() && kind == ChainKind::kCredentials) {
    ASSIGN_OR_RETURN(v1::Node node, context.Call(local::kGetNode, v1::GetNodeRequest()));
    if (node.delegation().empty()) {
      return Failure(absl::StatusCode::kFailedPrecondition, "NOT_FOUNDED",
                     "this node serves no delegation yet");
    }
    request.set_id(node.delegation());
    request.set_code("");
  } else if (code.empty()) {
    ASSIGN_OR_RETURN(std::string instrument, context.Instrument());
    request.set_code(instrument);
  }
  return Fetch(context, kind, std::move(request));
}

absl::StatusOr<HeldChain> FetchChainById(Context& context, ChainKind kind, const base::NoteId& id) {
  v1::GetChainRequest request;
  request.set_id(id.str());
  return Fetch(context, kind, std::move(request));
}

ledger::Note Successor(const HeldChain& chain) {
  ledger::Note next;
  next.kind = chain.kind;
  next.chain = chain.id;
  next.position = chain.last().position + 1;
  next.previous = chain.last().id;
  next.time = UtcText(WallMs());
  return next;
}

const ledger::CredentialsView* CredentialsOf(ledger::Authority& authority, const HeldChain& chain) {
  for (const auto* files : {&chain.files, &chain.charter, &chain.suspends}) {
    for (const std::string& file : *files) authority.Add(file);
  }
  return authority.Credentials(ReaderOf(authority), chain.id);
}

std::vector<ledger::Note> BranchesOf(const HeldChain& chain) {
  std::vector<ledger::Note> branches;
  for (const std::string& file : chain.files) {
    absl::StatusOr<ledger::Note> note = ledger::ParseNote(file);
    if (note.ok() && note->previous == chain.last().id) branches.push_back(*std::move(note));
  }
  return branches;
}

absl::StatusOr<HeldChain> BranchOf(const HeldChain& chain, absl::string_view branch) {
  std::vector<std::string> known;
  const std::vector<ledger::Note> branches = BranchesOf(chain);
  const ledger::Note* chosen = nullptr;
  for (const ledger::Note& note : branches) {
    known.push_back(note.id.Short());
    if (branch.size() >= 4 && absl::StartsWith(note.id.ToHex(), branch)) chosen = &note;
  }
  if (branches.size() < 2) {
    return Failure(absl::StatusCode::kFailedPrecondition, "CHAIN_CONFLICT",
                   absl::StrCat("the chain of ", chain.code, " is not forked; nothing to settle"),
                   "entente status names what is forked");
  }
  if (chosen == nullptr) {
    return UsageError(absl::StrCat("\"", branch, "\" is no branch of the fork after position ",
                                   chain.last().position),
                      absl::StrCat("its branches begin with: ", absl::StrJoin(known, " ")));
  }
  // The line to the branch, then on while it is one line.
  std::map<base::NoteId, std::string> file_of;
  std::map<base::NoteId, std::vector<base::NoteId>> successors;
  for (const std::string& file : chain.files) {
    absl::StatusOr<ledger::Note> note = ledger::ParseNote(file);
    if (!note.ok()) continue;
    file_of[note->id] = file;
    if (note->previous) successors[*note->previous].push_back(note->id);
  }
  std::vector<std::string> files;
  for (const ledger::Note& note : chain.notes) files.push_back(file_of[note.id]);
  for (base::NoteId at = chosen->id;;) {
    files.push_back(file_of[at]);
    const auto next = successors.find(at);
    if (next == successors.end() || next->second.size() != 1) break;
    at = next->second[0];
  }
  ASSIGN_OR_RETURN(HeldChain line, ReadChain(chain.kind, std::move(files)));
  line.unanimous = chain.signers;
  return line;
}

}  // namespace entente::client

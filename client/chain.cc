#include "client/chain.h"

#include "absl/strings/str_cat.h"
#include "client/clock.h"
#include "client/errors.h"
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
  std::vector<std::string> files(chain.notes().begin(), chain.notes().end());
  ASSIGN_OR_RETURN(HeldChain held, ReadChain(kind, std::move(files)));
  if (held.code.empty()) held.code = chain.code();
  return held;
}

}  // namespace

absl::StatusOr<HeldChain> ReadChain(ChainKind kind, std::vector<std::string> files) {
  HeldChain chain;
  chain.kind = kind;
  if (files.empty()) {
    return Failure(absl::StatusCode::kNotFound, "UNKNOWN_DELEGATION", "the chain holds no note");
  }
  Authority authority(&crypto::Ed25519Verifier());
  for (size_t i = 0; i < files.size(); ++i) {
    Authority::Added added = authority.Add(files[i]);
    if (added.outcome == Authority::Outcome::kRefused ||
        added.outcome == Authority::Outcome::kWaiting) {
      return Failure(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID",
                     absl::StrCat("note ", i + 1, " of the chain does not stand: ", added.reason),
                     "get the file again from its author, by another way");
    }
  }
  std::vector<base::NoteId> ids = authority.Chains(kind);
  if (ids.size() != 1) {
    return Failure(
        absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED",
        absl::StrCat("expected one ", kind == ChainKind::kCharter ? "charter" : "credentials",
                     " chain, found ", ids.size()));
  }
  chain.id = ids[0];
  chain.files = std::move(files);
  base::NoteId head;
  if (kind == ChainKind::kCharter) {
    const ledger::CharterView* view = authority.Charter(chain.id);
    if (view != nullptr) {
      head = view->head, chain.code = view->code, chain.forked = view->forked;
      chain.threshold = view->threshold, chain.signers = view->signers;
    }
  } else if (const ledger::CredentialsView* view = authority.Credentials({}, chain.id)) {
    head = view->head, chain.code = view->code, chain.forked = view->forked;
    chain.threshold = view->threshold, chain.signers = view->signers;
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
  for (const std::string& file : chain.files) authority.Add(file);
  return authority.Credentials({}, chain.id);
}

}  // namespace entente::client

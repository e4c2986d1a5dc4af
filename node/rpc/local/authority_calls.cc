#include "node/rpc/local/authority_calls.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using ledger::Authority;
using Outcome = Authority::Outcome;

namespace {

absl::string_view OutcomeWord(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNew:
      return "new";
    case Outcome::kMerged:
      return "merged";
    case Outcome::kHeld:
      return "held";
    case Outcome::kWaiting:
      return "waiting";
    case Outcome::kRefused:
      return "refused";
  }
  return "refused";
}

bool Stands(Outcome outcome) {
  return outcome == Outcome::kNew || outcome == Outcome::kMerged || outcome == Outcome::kHeld;
}

std::vector<std::string> FilesOf(const google::protobuf::RepeatedPtrField<std::string>& notes) {
  return {notes.begin(), notes.end()};
}

// Every note of the list must stand; the first that does not, says why.
absl::Status AllStand(const std::vector<Authority::Added>& results) {
  for (size_t i = 0; i < results.size(); ++i) {
    if (Stands(results[i].outcome)) continue;
    const bool waiting = results[i].outcome == Outcome::kWaiting;
    return Error(waiting ? StatusCode::kFailedPrecondition : StatusCode::kInvalidArgument,
                 waiting ? "BELOW_THRESHOLD" : "NOTE_MALFORMED",
                 absl::StrCat("note ", i + 1, " of ", results.size(), ": ", results[i].reason));
  }
  return absl::OkStatus();
}

// What the notes would do, on a copy: nothing of a refused request is kept.
std::vector<Authority::Added> Rehearse(Authority& copy, const std::vector<std::string>& files) {
  std::vector<Authority::Added> results;
  for (const std::string& file : files) results.push_back(copy.Add(file));
  return results;
}

absl::StatusOr<ledger::Note> FirstNote(const std::vector<std::string>& files,
                                       ledger::ChainKind kind, absl::string_view what) {
  if (files.empty()) {
    return Error(StatusCode::kInvalidArgument, "NOTE_MALFORMED",
                 absl::StrCat(what, " holds no notes"));
  }
  ASSIGN_OR_RETURN(ledger::Note note, ledger::ParseNote(files[0]));
  if (note.kind != kind || note.position != 1) {
    return Error(StatusCode::kInvalidArgument, "NOTE_MALFORMED",
                 absl::StrCat(what, " does not begin with the first note of its chain"));
  }
  return note;
}

}  // namespace

absl::StatusOr<base::InstrumentId> InstrumentOf(const store::Published& published,
                                                absl::string_view code) {
  if (auto instrument = published.InstrumentByCode(code)) return *instrument;
  std::vector<std::string> codes;
  for (const base::InstrumentId& instrument : published.instruments) {
    codes.push_back(published.InstrumentCode(instrument));
  }
  if (codes.empty()) {
    return Error(StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                 "this node has joined no instrument yet");
  }
  return Error(StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
               code.empty()
                   ? absl::StrCat("several instruments are joined (", absl::StrJoin(codes, " "),
                                  "); say which with --instrument CODE")
                   : absl::StrCat("instrument \"", code,
                                  "\" is not joined here; joined: ", absl::StrJoin(codes, " ")));
}

absl::Status FoundDelegation(NodeCore& core, const v1::FoundDelegationRequest& request,
                             v1::FoundDelegationResponse& response) {
  const std::vector<std::string> files = FilesOf(request.notes());
  ASSIGN_OR_RETURN(ledger::Note first,
                   FirstNote(files, ledger::ChainKind::kCredentials, "the credentials file"));
  const store::PublishedPtr published = core.published();
  Authority copy = published->authority;
  RETURN_IF_ERROR(AllStand(Rehearse(copy, files)));
  const ledger::CredentialsView* credentials = copy.Credentials({}, first.id);
  response.set_delegation(first.id.str());
  response.set_code(credentials ? credentials->code : "");
  if (published->delegation && *published->delegation != first.id) {
    return Error(StatusCode::kFailedPrecondition, "ALREADY_FOUNDED",
                 absl::StrCat("this node already serves ",
                              published->DelegationCode({}, *published->delegation),
                              "; start another node with its own --data for ", response.code()));
  }
  if (request.validate_only()) return absl::OkStatus();
  return core.Write([&](driver::Replica& replica) -> absl::Status {
    RETURN_IF_ERROR(replica.SetDelegation(first.id));
    ASSIGN_OR_RETURN(auto results, replica.AddNotes(files));
    return AllStand(results);
  });
}

absl::Status JoinInstrument(NodeCore& core, const v1::JoinInstrumentRequest& request,
                            v1::JoinInstrumentResponse& response) {
  const std::vector<std::string> files = FilesOf(request.notes());
  ASSIGN_OR_RETURN(ledger::Note first,
                   FirstNote(files, ledger::ChainKind::kCharter, "the invitation"));
  if (first.id.view() != request.instrument()) {
    return Error(
        StatusCode::kInvalidArgument, "NOTE_MALFORMED",
        absl::StrCat("the charter's fingerprint is ", first.id.ToHex(), ", expected ",
                     base::ToHex(request.instrument()), "; do not join, ask the secretariat"));
  }
  const store::PublishedPtr published = core.published();
  if (!published->delegation) {
    return Error(StatusCode::kFailedPrecondition, "NOT_FOUNDED",
                 "this node serves no delegation yet; use entente delegation found or delegation "
                 "join first");
  }
  Authority copy = published->authority;
  RETURN_IF_ERROR(AllStand(Rehearse(copy, files)));
  const ledger::CharterView* charter = copy.Charter(first.id);
  response.set_code(charter->code);
  if (!charter->EverAdmitted(*published->delegation)) {
    return Error(
        StatusCode::kPermissionDenied, "UNKNOWN_DELEGATION",
        absl::StrCat("the charter of ", charter->code, " does not admit this node's delegation (",
                     published->DelegationCode({}, *published->delegation),
                     "); the secretariat admits it with entente instrument admit and sends a new "
                     "invitation"));
  }
  response.set_already_joined(published->instruments.contains(first.id));
  if (request.validate_only()) return absl::OkStatus();
  return core.Write([&](driver::Replica& replica) -> absl::Status {
    ASSIGN_OR_RETURN(auto results, replica.AddNotes(files));
    RETURN_IF_ERROR(AllStand(results));
    return replica.JoinInstrument(first.id);
  });
}

absl::Status PublishNotes(NodeCore& core, const v1::PublishNotesRequest& request,
                          v1::PublishNotesResponse& response) {
  const std::vector<std::string> files = FilesOf(request.notes());
  std::vector<Authority::Added> results;
  if (request.validate_only()) {
    Authority copy = core.published()->authority;
    results = Rehearse(copy, files);
  } else {
    RETURN_IF_ERROR(core.Write([&](driver::Replica& replica) -> absl::Status {
      ASSIGN_OR_RETURN(results, replica.AddNotes(files));
      return absl::OkStatus();
    }));
  }
  for (const Authority::Added& added : results) {
    v1::NoteResult* result = response.add_results();
    result->set_id(added.id.str());
    result->set_outcome(std::string(OutcomeWord(added.outcome)));
    result->set_reason(added.reason);
    for (const std::string& warning : added.warnings) result->add_warnings(warning);
  }
  return absl::OkStatus();
}

namespace {

absl::StatusOr<base::NoteId> ChainOf(const store::Published& published,
                                     const v1::GetChainRequest& request) {
  if (auto id = base::NoteId::FromBytes(request.id())) return *id;
  const Authority& authority = published.authority;
  if (request.kind() == "charter") {
    for (const base::NoteId& id : authority.Chains(ledger::ChainKind::kCharter)) {
      if (authority.Charter(id)->code == request.code()) return id;
    }
    if (request.code().empty() && published.instruments.size() == 1)
      return *published.instruments.begin();
  } else {
    if (request.code().empty() && published.delegation) return *published.delegation;
    // The code in a joined charter prevails over what a chain calls itself.
    for (const base::InstrumentId& instrument : published.instruments) {
      const auto& by_code = authority.Charter(instrument)->by_code;
      if (auto it = by_code.find(request.code()); it != by_code.end()) return it->second;
    }
    for (const base::NoteId& id : authority.Chains(ledger::ChainKind::kCredentials)) {
      if (authority.Credentials({}, id)->code == request.code()) return id;
    }
  }
  const bool charter = request.kind() == "charter";
  return Error(StatusCode::kNotFound, charter ? "UNKNOWN_INSTRUMENT" : "UNKNOWN_DELEGATION",
               absl::StrCat("no ", charter ? "charter" : "credentials", " of \"", request.code(),
                            "\" are held here"));
}

}  // namespace

absl::Status GetChain(NodeCore& core, const v1::GetChainRequest& request, v1::Chain& response) {
  const store::PublishedPtr published = core.published();
  ASSIGN_OR_RETURN(base::NoteId chain, ChainOf(*published, request));
  const Authority& authority = published->authority;
  const std::vector<const ledger::Note*> notes = authority.ChainNotes(chain);
  if (notes.empty()) {
    return Error(StatusCode::kNotFound, "UNKNOWN_DELEGATION", "no note of this chain is held here");
  }
  response.set_id(chain.str());
  for (const ledger::Note* note : notes) response.add_notes(note->File());
  for (const ledger::Suspend* suspend : authority.Suspends()) {
    if (suspend->chain == chain) response.add_suspends(suspend->File());
  }
  if (notes[0]->kind == ledger::ChainKind::kCharter) {
    const ledger::CharterView* charter = authority.Charter(chain);
    response.set_code(charter->code);
    response.set_in_force_position(charter->position);
    response.set_forked(charter->forked);
  } else {
    const ledger::CredentialsView* credentials = authority.Credentials({}, chain);
    response.set_code(credentials->code);
    response.set_in_force_position(credentials->position);
    response.set_forked(credentials->forked);
  }
  return absl::OkStatus();
}

absl::Status ListInstruments(NodeCore& core, v1::ListInstrumentsResponse& response) {
  const store::PublishedPtr published = core.published();
  for (const base::InstrumentId& id : published->instruments) {
    const ledger::CharterView* charter = published->authority.Charter(id);
    v1::InstrumentInfo* info = response.add_instruments();
    info->set_id(id.str());
    info->set_code(charter->code);
    info->set_title(charter->title);
    info->set_origin(charter->origin);
    for (const auto& [party, roles] : charter->roles) {
      const std::string code = published->DelegationCode(id, party);
      for (const auto& [role, state] : roles) {
        if (!state.shut.empty()) continue;
        if (role == ledger::DelegationRole::kSecretariat) info->set_secretariat(code);
        if (role == ledger::DelegationRole::kParty) info->add_parties(code);
        if (published->delegation == party) info->set_own_role(std::string(ledger::RoleWord(role)));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace entente::rpc

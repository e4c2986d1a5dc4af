// entente audit absence: that a delegation had nothing in a slot as of a checkpoint, or what it
// had.
#include "client/audit/absence.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/context/log_reader.h"
#include "client/context/register_methods.h"
#include "client/ledger/chain.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/ledger/text_rules.h"
#include "node/meaning/record/reference.h"
#include "node/tlog/policy.h"
#include "node/tlog/receipt.h"

namespace entente::client {

namespace {

using ledger::ChainKind;

struct AbsenceOptions {
  std::string delegation, slot, at, out, check;
};

constexpr size_t kStatementBytesMax = 1 << 20;

// A checkpoint by its size, or from a file that is one or a receipt.
absl::StatusOr<tlog::SignedCheckpoint> CheckpointAt(Context& context, const std::string& at,
                                                    const std::string& instrument) {
  if (auto size = ledger::ParseDecimal(at)) {
    v1::ListCheckpointsRequest request;
    request.set_instrument(instrument);
    request.set_size(*size);
    ASSIGN_OR_RETURN(v1::ListCheckpointsResponse page,
                     context.Call(registry::kListCheckpoints, request));
    return tlog::ParseSignedCheckpoint(page.checkpoints().empty() ? "" : page.checkpoints(0));
  }
  ASSIGN_OR_RETURN(std::string text, ReadFile(at, tlog::kReceiptBytesMax));
  if (absl::StartsWith(text, "c2sp.org/tlog-proof@v1")) {
    ASSIGN_OR_RETURN(tlog::Receipt receipt, tlog::ParseReceipt(text));
    return receipt.checkpoint;
  }
  return tlog::ParseSignedCheckpoint(text);
}

// Signed by a register key of the charter; in words, since when it is final.
absl::StatusOr<std::string> CheckSignatures(const ledger::CharterView& charter,
                                            const tlog::SignedCheckpoint& checkpoint) {
  absl::Status last = Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                              "the charter names no register", "entente register show");
  std::vector<ledger::VerifierKey> witnesses;
  uint32_t quorum = 0;
  if (charter.witness_policy) {
    quorum = charter.witness_policy->quorum;
    for (const std::string& text : charter.witness_policy->vkeys) {
      ASSIGN_OR_RETURN(ledger::VerifierKey key, ledger::VerifierKey::Parse(text));
      witnesses.push_back(key);
    }
  }
  for (const std::string& text : charter.register_vkeys) {
    ASSIGN_OR_RETURN(ledger::VerifierKey key, ledger::VerifierKey::Parse(text));
    if (key.type != tlog::kTypeLog) continue;
    auto verdict = tlog::EvaluateCheckpoint(tlog::Policy::Flat(key, witnesses, quorum), checkpoint,
                                            crypto::Ed25519Verifier());
    last = verdict.status();
    if (!verdict.ok()) continue;
    if (quorum == 0) return std::string("signed by the register; the charter names no witnesses");
    return verdict->quorum
               ? absl::StrCat("cosigned by ", verdict->witnesses.size(), " of ", witnesses.size(),
                              " witnesses, final since ",
                              UtcText(tlog::MillisOf(verdict->quorum_time)))
               : absl::StrCat("cosigned by ", verdict->witnesses.size(), " of ", witnesses.size(),
                              " witnesses, ", quorum, " are needed: not final");
  }
  return last;
}

absl::StatusOr<std::vector<base::EntryId>> LeavesUpTo(Context& context,
                                                      const std::string& instrument,
                                                      uint64_t size) {
  std::vector<base::EntryId> leaves;
  v1::ExportRegisterRequest request;
  request.set_instrument(instrument);
  RETURN_IF_ERROR(context.Read(
      registry::kExportRegister, request, std::chrono::hours(1),
      [&](v1::RegisterChunk& chunk) -> absl::Status {
        const std::string& raw = chunk.leaves();
        for (size_t at = 0; at + 32 <= raw.size(); at += 32) {
          if (leaves.size() >= size) break;
          leaves.push_back(*base::EntryId::FromBytes(absl::string_view(raw).substr(at, 32)));
        }
        return absl::OkStatus();
      }));
  return leaves;
}

// The whole log, as the node shows it without being asked for anybody's.
struct LogWalk {
  std::set<base::EntryId> held;    // and it is known whose they are
  std::set<base::EntryId> own;     // those of the delegation
  std::set<base::PublicKey> keys;  // that wrote these
};
absl::StatusOr<LogWalk> WalkLog(Context& context, const std::string& instrument,
                                const base::DelegationId& delegation) {
  LogWalk walk;
  ledger::Authority authority(&crypto::Ed25519Verifier());
  RETURN_IF_ERROR(ReadLog(context, instrument, {}, [&](v1::LogChunk& chunk) -> absl::Status {
    for (const std::string& note : chunk.notes()) authority.Add(note);
    for (const auto& one : chunk.entries()) {
      ASSIGN_OR_RETURN(ledger::Entry entry, ledger::ParseLeaf(one.leaf(), one.payload()));
      const ledger::Note* head = authority.Find(entry.header.credentials_head);
      if (head == nullptr) continue;
      walk.held.insert(entry.id);
      if (head->chain_id() != delegation) continue;
      walk.own.insert(entry.id);
      walk.keys.insert(entry.header.key);
    }
    return absl::OkStatus();
  }));
  return walk;
}

// What the node gives of the delegation's keys is all that stands in the log.
absl::Status CheckFeeds(const Feeds& feeds, std::set<base::EntryId> own) {
  for (const auto& [feed, entries] : feeds) {
    for (const FeedEntry& entry : entries) own.erase(entry.id);
  }
  if (own.empty()) return absl::OkStatus();
  return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                 absl::StrCat("the node leaves out entry ", own.begin()->Short(),
                              " of the delegation, which stands in its log"),
                 "ask another node, and show this to the other delegations");
}

// A statement somebody made: its words in place of the options.
absl::Status ReadStatement(const std::string& text, AbsenceOptions& o) {
  auto field = [&](absl::string_view word, size_t which) {
    const size_t at = text.find(absl::StrCat("\n", word, " "));
    if (at == std::string::npos) return std::string();
    const size_t end = text.find('\n', at + 1);
    std::string rest = text.substr(at + 2 + word.size(), end - at - 2 - word.size());
    for (; which > 0 && rest.find(' ') != std::string::npos; --which) {
      rest = rest.substr(rest.find(' ') + 1);
    }
    return word == "slot" ? rest : rest.substr(0, rest.find(' '));
  };
  o.delegation = field("delegation", 0);
  o.slot = field("slot", 0);
  o.at = field("checkpoint", 1);
  if (!absl::StartsWith(text, "entente-absence@v1\n") || o.delegation.empty() || o.slot.empty() ||
      !ledger::ParseDecimal(o.at)) {
    return Failure(absl::StatusCode::kInvalidArgument, kFileDamaged,
                   absl::StrCat(o.check, ": not a statement of absence"),
                   "entente audit absence --out FILE makes one");
  }
  return absl::OkStatus();
}

absl::StatusOr<AbsenceQuestion> Question(Context& context, const AbsenceOptions& o,
                                         const HeldChain& charter,
                                         const ledger::CharterView& view) {
  auto party = view.by_code.find(o.delegation);
  if (party == view.by_code.end()) {
    return Failure(
        absl::StatusCode::kNotFound, "UNKNOWN_DELEGATION",
        absl::StrCat("--delegation: ", o.delegation, " is not admitted to ", charter.code),
        "entente instrument show lists the delegations");
  }
  AbsenceQuestion question;
  question.instrument_code = charter.code;
  question.instrument = charter.id;
  question.delegation_code = o.delegation;
  question.delegation = party->second;
  ASSIGN_OR_RETURN(meaning::Reference reference, meaning::ParseReference(o.slot, charter.code));
  ASSIGN_OR_RETURN(question.slot, meaning::SlotOfReference(reference));
  question.reference = meaning::ReferenceOfSlot(charter.code, question.slot);
  ASSIGN_OR_RETURN(HeldChain chain,
                   FetchChainById(context, ChainKind::kCredentials, question.delegation));
  for (const auto& [key, label] : chain.labels) question.keys.push_back(key);
  return question;
}

absl::StatusOr<Exit> Emit(Context& context, const AbsenceOptions& o,
                          const AbsenceQuestion& question, const AbsenceAnswer& answer,
                          const std::string& signatures) {
  nlohmann::ordered_json object = {
      {"delegation", question.delegation_code},      {"slot", question.slot},
      {"checkpoint_size", question.checkpoint.size}, {"checkpoint", signatures},
      {"absent", !answer.found.has_value()},         {"statement", answer.statement}};
  std::string text;
  if (answer.found) {
    object["entry_id"] = answer.found->id.ToHex();
    object["index"] = answer.found_index;
    text = absl::StrCat(question.delegation_code, " had something in ", question.reference,
                        " as of checkpoint ", question.checkpoint.size, ": ",
                        EntryInWords(*answer.found), ", at index ", answer.found_index, "\n");
  } else {
    text = absl::StrCat(question.delegation_code, " had nothing in ", question.reference,
                        " as of checkpoint ", question.checkpoint.size, "\n");
  }
  absl::StrAppend(&text, "checkpoint: ", signatures, "\n");
  if (!o.out.empty()) {
    RETURN_IF_ERROR(WriteFile(o.out, answer.statement));
    absl::StrAppend(&text, "written: ", o.out, "\n");
    object["out"] = o.out;
  }
  context.Emit(object, text);
  return answer.found ? Exit::kFindings : Exit::kDone;
}

absl::StatusOr<Exit> Absence(Context& context, AbsenceOptions o) {
  std::string given;
  if (!o.check.empty()) {
    ASSIGN_OR_RETURN(given, ReadFile(o.check, kStatementBytesMax));
    RETURN_IF_ERROR(ReadStatement(given, o));
  } else if (o.delegation.empty() || o.slot.empty() || o.at.empty()) {
    return UsageError("entente audit absence: --delegation, --slot and --at are needed",
                      "or --check FILE, for a statement somebody made");
  }
  ASSIGN_OR_RETURN(HeldChain charter, FetchChain(context, ChainKind::kCharter, ""));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const std::string& file : charter.files) authority.Add(file);
  const ledger::CharterView* view = authority.Charter(charter.id);
  if (view == nullptr) return Failure(absl::StatusCode::kInternal, "", "the charter says nothing");
  ASSIGN_OR_RETURN(AbsenceQuestion question, Question(context, o, charter, *view));
  ASSIGN_OR_RETURN(tlog::SignedCheckpoint checkpoint, CheckpointAt(context, o.at, charter.code));
  ASSIGN_OR_RETURN(std::string signatures, CheckSignatures(*view, checkpoint));
  question.checkpoint = checkpoint.checkpoint;
  ASSIGN_OR_RETURN(auto leaves, LeavesUpTo(context, charter.code, question.checkpoint.size));
  ASSIGN_OR_RETURN(LogWalk log, WalkLog(context, charter.code, question.delegation));
  log.keys.insert(question.keys.begin(), question.keys.end());
  question.keys.assign(log.keys.begin(), log.keys.end());
  ASSIGN_OR_RETURN(Feeds feeds,
                   ReadFeeds(context, charter.code, question.delegation, question.keys));
  RETURN_IF_ERROR(CheckFeeds(feeds, log.own));
  ASSIGN_OR_RETURN(AbsenceAnswer answer, AnswerAbsence(question, leaves, log.held, feeds));
  if (!o.check.empty() && answer.statement != given) {
    return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                   absl::StrCat(o.check, ": from what is held here the statement reads otherwise"),
                   "make your own with --out and compare the two");
  }
  return Emit(context, o, question, answer, signatures);
}

}  // namespace

void AddAbsence(CLI::App& audit, Context& context) {
  auto o = std::make_shared<AbsenceOptions>();
  CLI::App* command = AddCommand(
      audit, context, "absence", "Show that a delegation had nothing in a slot at a checkpoint",
      "entente audit absence --delegation KG --slot R:EUCA-2014/MTR-2017/KG/DDR/08 --at 600",
      [&context, o] { return Absence(context, *o); });
  command->add_option("--delegation", o->delegation, "Delegation code");
  command->add_option("--slot", o->slot, "The record it would be")->type_name("REF");
  command->add_option("--at", o->at, "Size of a checkpoint, or a file: a checkpoint or a receipt")
      ->type_name("SIZE|FILE");
  command->add_option("--out", o->out, "Write the statement to this file")->type_name("FILE");
  command->add_option("--check", o->check, "Verify a statement somebody made")->type_name("FILE");
}

}  // namespace entente::client

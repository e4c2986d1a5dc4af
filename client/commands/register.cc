// entente register show|checkpoint|witness|resume, and the charter's acts about the register:
// entente instrument register|witness-policy.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/clock.h"
#include "client/base/files.h"
#include "client/base/table.h"
#include "client/commands/commands.h"
#include "client/context/register_methods.h"
#include "client/ledger/chain.h"
#include "client/signing/acts.h"
#include "node/base/status_macros.h"
#include "node/tlog/checkpoint.h"

namespace entente::client {

namespace {

using ledger::ChainKind;

absl::StatusOr<v1::RegisterInfo> FetchRegister(Context& context) {
  v1::GetRegisterRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument());
  return context.Call(registry::kGetRegister, request);
}

absl::Status NoRegisterNamed(const v1::RegisterInfo& info) {
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("the charter of ", info.instrument(), " names no register"),
                 "the secretariat adds one: entente instrument register --signer-key S.key");
}

std::string RegisterState(const v1::RegisterInfo& info) {
  if (info.key().empty()) return "none";
  if (info.evidence_size() > 0) return "contradicts itself";
  if (!info.stopped().empty()) return "stopped";
  return info.kept_here() ? "kept here" : "kept by the secretariat's node";
}

nlohmann::ordered_json RegisterJson(const v1::RegisterInfo& info) {
  nlohmann::ordered_json object = {{"instrument", info.instrument()}, {"origin", info.origin()},
                                   {"state", RegisterState(info)},    {"key", info.key()},
                                   {"clock", info.clock()},           {"quorum", info.quorum()}};
  object["witnesses"] = info.witnesses();
  object["kept_here"] = info.kept_here();
  object["stopped"] = info.stopped();
  object["leaves"] = info.leaves();
  object["size"] = info.size();
  object["final_size"] = info.final_size();
  object["final_since"] = info.final_since() ? UtcText(tlog::MillisOf(info.final_since())) : "";
  object["cosigned_by"] = info.cosigned_by();
  object["evidence"] = info.evidence_size();
  object["witness_keys_told"] = nlohmann::ordered_json::array();
  for (const v1::WitnessOffer& offer : info.offers()) {
    object["witness_keys_told"].push_back({{"delegation", offer.delegation()},
                                           {"node", base::ToHex(offer.spki())},
                                           {"key", offer.key()}});
  }
  return object;
}

std::string RegisterText(const v1::RegisterInfo& info) {
  std::string text = absl::StrCat("register    ", info.origin(), " of ", info.instrument(),
                                  "\nstate       ", RegisterState(info), "\n");
  if (info.key().empty()) return text;
  if (!info.stopped().empty()) {
    absl::StrAppend(&text, "why         ", info.stopped(),
                    "\nwhat to do  let every node sync; it goes on when all were met, or by "
                    "entente register resume\n");
  }
  absl::StrAppend(
      &text, "key         ", info.key(), "\nclock       ",
      info.clock().empty() ? "none" : info.clock(), "\ncheckpoint  ",
      info.size() == 0 ? "none yet" : absl::StrCat("of ", info.size(), " entries"),
      "\nfinal       ",
      info.final_size() == 0 ? "none yet"
                             : absl::StrCat("of ", info.final_size(), " entries, since ",
                                            UtcText(tlog::MillisOf(info.final_since()))),
      "\nquorum      ",
      info.witnesses().empty() ? "no witnesses named: the register's clock alone dates entries"
                               : absl::StrCat(info.quorum(), " of ", info.witnesses_size()),
      "\n");
  for (const std::string& witness : info.witnesses()) {
    const std::string name = witness.substr(0, witness.find('+'));
    const bool cosigned = std::find(info.cosigned_by().begin(), info.cosigned_by().end(), name) !=
                          info.cosigned_by().end();
    absl::StrAppend(&text, "witness     ", witness, cosigned ? "  cosigned" : "", "\n");
  }
  for (const v1::WitnessOffer& offer : info.offers()) {
    absl::StrAppend(&text, "told by     ", offer.delegation(), "  ", offer.key(), "\n");
  }
  if (info.evidence_size() > 0) {
    absl::StrAppend(&text, "EVIDENCE    ", info.evidence_size(),
                    " proofs that the register contradicts itself; entente register evidence "
                    "--out FILE writes one for others to check\n");
  }
  return text;
}

absl::StatusOr<Exit> ShowRegister(Context& context) {
  ASSIGN_OR_RETURN(v1::RegisterInfo info, FetchRegister(context));
  context.Emit(RegisterJson(info), RegisterText(info));
  return Exit::kDone;
}

struct CheckpointOptions {
  uint64_t size = 0;
  bool all = false;
  std::string out;
};

absl::StatusOr<Exit> AllCheckpoints(Context& context) {
  v1::Table table;
  constexpr ColumnText kColumns[] = {{"size", "SIZE", true},
                                     {"root", "ROOT"},
                                     {"signatures", "SIGNATURES", true},
                                     {"time", "EARLIEST TIME"}};
  AddColumns(table, kColumns);
  v1::ListCheckpointsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument());
  do {
    ASSIGN_OR_RETURN(v1::ListCheckpointsResponse page,
                     context.Call(registry::kListCheckpoints, request));
    for (const std::string& file : page.checkpoints()) {
      ASSIGN_OR_RETURN(tlog::SignedCheckpoint checkpoint, tlog::ParseSignedCheckpoint(file));
      uint64_t earliest = 0;
      for (const auto& line : checkpoint.lines) {
        const uint64_t time = tlog::TimeOf(line);
        if (time > 0 && (earliest == 0 || time < earliest)) earliest = time;
      }
      AddCells(*table.add_rows(),
               {absl::StrCat(checkpoint.checkpoint.size), checkpoint.checkpoint.root.ToHex(),
                absl::StrCat(checkpoint.lines.size()),
                earliest ? UtcText(tlog::MillisOf(earliest)) : ""});
    }
    request.set_from_size(page.next_size());
  } while (request.from_size() > 0);
  if (table.rows().empty()) table.add_notes("no checkpoint is held here yet");
  context.Emit(table);
  return Exit::kDone;
}

absl::StatusOr<Exit> ShowCheckpoint(Context& context, const CheckpointOptions& o) {
  if (o.all) return AllCheckpoints(context);
  std::string file;
  if (o.size > 0) {
    v1::ListCheckpointsRequest request;
    ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument());
    request.set_size(o.size);
    ASSIGN_OR_RETURN(v1::ListCheckpointsResponse page,
                     context.Call(registry::kListCheckpoints, request));
    file = page.checkpoints(0);
  } else {
    ASSIGN_OR_RETURN(v1::RegisterInfo info, FetchRegister(context));
    if (info.key().empty()) return NoRegisterNamed(info);
    if (info.checkpoint().empty()) {
      return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                     "no checkpoint is held here yet",
                     "entente sync fetches it from the secretariat");
    }
    file = info.checkpoint();
  }
  ASSIGN_OR_RETURN(tlog::SignedCheckpoint checkpoint, tlog::ParseSignedCheckpoint(file));
  nlohmann::ordered_json object = {{"origin", checkpoint.checkpoint.origin},
                                   {"size", checkpoint.checkpoint.size},
                                   {"root", checkpoint.checkpoint.root.ToHex()},
                                   {"checkpoint", file}};
  if (!o.out.empty()) {
    RETURN_IF_ERROR(WriteFile(o.out, file));
    object["out"] = o.out;
    context.Emit(object, absl::StrCat("written: ", o.out, "\n"));
    return Exit::kDone;
  }
  context.Emit(object, file);
  return Exit::kDone;
}

absl::StatusOr<Exit> ShowWitness(Context& context) {
  ASSIGN_OR_RETURN(v1::RegisterKeys keys,
                   context.Call(registry::kMakeRegisterKeys, v1::MakeRegisterKeysRequest()));
  nlohmann::ordered_json object = {{"witness", keys.witness()}};
  context.Say(
      "This node's witness key. The secretariat names it: entente instrument witness-policy");
  context.Emit(object, keys.witness() + "\n");
  return Exit::kDone;
}

absl::StatusOr<Exit> WriteEvidence(Context& context, const std::string& out) {
  ASSIGN_OR_RETURN(v1::RegisterInfo info, FetchRegister(context));
  if (info.evidence().empty()) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   "nothing is held that proves that this register contradicted itself",
                   "entente register show tells what is known of it");
  }
  RETURN_IF_ERROR(WriteFile(out, info.evidence(0)));
  context.Emit(
      nlohmann::ordered_json{{"out", out}},
      absl::StrCat("written: ", out, "\ncheck it anywhere: entente audit evidence ", out, "\n"));
  return Exit::kDone;
}

absl::StatusOr<Exit> Resume(Context& context, bool yes) {
  ASSIGN_OR_RETURN(v1::RegisterInfo info, FetchRegister(context));
  if (info.key().empty()) return NoRegisterNamed(info);
  if (info.stopped().empty()) {
    context.Emit(RegisterJson(info), "the register runs; there is nothing to resume\n");
    return Exit::kDone;
  }
  context.Say(absl::StrCat(
      "The register stopped: ", info.stopped(),
      ". If any node that was not met since holds a later checkpoint, going on makes two roots "
      "for one size: proof, in everybody's hands, that this register contradicts itself. Let "
      "every node sync first; without that certainty begin a new register: entente instrument "
      "register --new-key."));
  RETURN_IF_ERROR(context.Confirm(yes, "Go on all the same?"));
  v1::ResumeRegisterRequest request;
  request.set_instrument(info.instrument());
  ASSIGN_OR_RETURN(info, context.Call(registry::kResumeRegister, request));
  context.Emit(RegisterJson(info), RegisterText(info));
  return Exit::kDone;
}

// ---- acts of the charter -----------------------------------------------------------------------

struct NameOptions {
  bool new_key = false;
  SignerOptions sign;
};

absl::StatusOr<Exit> NameRegister(Context& context, const NameOptions& o) {
  const SignerOptions& sign = o.sign;
  ASSIGN_OR_RETURN(HeldChain charter, FetchChain(context, ChainKind::kCharter, ""));
  ASSIGN_OR_RETURN(v1::RegisterInfo info, FetchRegister(context));
  v1::MakeRegisterKeysRequest request;
  request.set_origin(info.origin());
  request.set_validate_only(sign.dry_run);
  request.set_new_log(o.new_key);
  ASSIGN_OR_RETURN(v1::RegisterKeys keys, context.Call(registry::kMakeRegisterKeys, request));
  if (o.new_key && !info.key().empty()) {
    context.Say(absl::StrCat(
        "A new key begins a new register over everything, from the first entry on; what ",
        info.key(), " signed stays provable, and is not continued."));
  }
  if (keys.log().empty()) {
    context.Say(absl::StrCat("This node would make the keys of ", info.origin(),
                             " and keep the register; nothing was made."));
    return Exit::kDone;
  }
  if (info.key() == keys.log() && info.clock() == keys.clock()) {
    context.Emit(RegisterJson(info), "this node's register key is named already\n");
    return Exit::kDone;
  }
  ledger::Note note = Successor(charter);
  note.acts = {ledger::act::Register{keys.log()}};
  if (info.clock() != keys.clock()) note.acts.push_back(ledger::act::Register{keys.clock()});
  return RunAct(context, std::move(note), charter, sign);
}

struct PolicyOptions {
  uint32_t quorum = 0;
  std::vector<std::string> witnesses;
  SignerOptions sign;
};

// A verifier key as given, or the one a node of this delegation told.
absl::StatusOr<std::string> WitnessKey(const std::string& given, const v1::RegisterInfo& info) {
  if (given.find('+') != std::string::npos) {
    ASSIGN_OR_RETURN(ledger::VerifierKey key, ledger::VerifierKey::Parse(given));
    if (key.type == tlog::kTypeCosigner) return given;
    return UsageError(absl::StrCat("--witness: ", key.name, " is not a cosigner's key"),
                      "entente register witness prints a node's on that node");
  }
  std::set<std::string> told;
  for (const v1::WitnessOffer& offer : info.offers()) {
    if (offer.delegation() == given) told.insert(offer.key());
  }
  if (told.size() == 1) return *told.begin();
  return UsageError(
      absl::StrCat(
          "--witness: ", told.empty() ? "no node of " : absl::StrCat(told.size(), " nodes of "),
          given, told.empty() ? " has told this node its witness key" : " told one"),
      "give the key itself; on that node entente register witness prints it");
}

absl::StatusOr<Exit> SetPolicy(Context& context, const PolicyOptions& o) {
  ASSIGN_OR_RETURN(HeldChain charter, FetchChain(context, ChainKind::kCharter, ""));
  ASSIGN_OR_RETURN(v1::RegisterInfo info, FetchRegister(context));
  ledger::act::WitnessPolicy policy;
  policy.quorum = o.quorum;
  std::set<base::PublicKey> raw;
  for (const std::string& given : o.witnesses) {
    ASSIGN_OR_RETURN(std::string text, WitnessKey(given, info));
    ASSIGN_OR_RETURN(ledger::VerifierKey key, ledger::VerifierKey::Parse(text));
    if (!raw.insert(key.key).second) {
      return UsageError(absl::StrCat("--witness: ", key.name, " stands twice"),
                        "a witness counts once");
    }
    context.Say(absl::StrCat("witness ", given, ": ", text));
    policy.vkeys.push_back(std::move(text));
  }
  if (o.quorum > policy.vkeys.size()) {
    return UsageError(absl::StrCat("--quorum: ", o.quorum, " of ", policy.vkeys.size(),
                                   " witnesses can never be met"),
                      "name more witnesses, or ask for fewer");
  }
  if (2 * o.quorum <= policy.vkeys.size()) {
    context.Warn(absl::StrCat("two disjoint sets of ", o.quorum, " of ", policy.vkeys.size(),
                              " witnesses exist: two views could both be final; ask for more than "
                              "half"));
  }
  ledger::Note note = Successor(charter);
  note.acts.push_back(std::move(policy));
  return RunAct(context, std::move(note), charter, o.sign);
}

}  // namespace

absl::StatusOr<std::vector<ledger::Act>> RegisterActs(Context& context, const std::string& origin,
                                                      bool dry_run) {
  v1::MakeRegisterKeysRequest request;
  request.set_origin(origin);
  request.set_validate_only(dry_run);
  ASSIGN_OR_RETURN(v1::RegisterKeys keys, context.Call(registry::kMakeRegisterKeys, request));
  std::vector<ledger::Act> acts;
  if (!keys.log().empty()) acts.push_back(ledger::act::Register{keys.log()});
  if (!keys.clock().empty()) acts.push_back(ledger::act::Register{keys.clock()});
  return acts;
}

void AddRegisterActs(CLI::App& instrument, Context& context) {
  auto named = std::make_shared<NameOptions>();
  CLI::App* name = AddCommand(instrument, context, "register",
                              "Let this node keep the instrument's register from now on",
                              "entente instrument register --signer-key S.key",
                              [&context, named] { return NameRegister(context, *named); });
  name->add_flag("--new-key", named->new_key,
                 "Make a new key of the register: the old one is lost, stolen, or may have signed "
                 "more than this node knows");
  AddSignerOptions(*name, named->sign);

  auto policy = std::make_shared<PolicyOptions>();
  CLI::App* set = AddCommand(
      instrument, context, "witness-policy",
      "Say whose cosignatures make a checkpoint of the register final",
      "entente instrument witness-policy --quorum 2 --witness KG --witness KZ --witness UZ "
      "--signer-key S.key",
      [&context, policy] { return SetPolicy(context, *policy); });
  set->add_option("--quorum", policy->quorum, "How many of them")->required();
  set->add_option("--witness", policy->witnesses,
                  "A delegation whose node told its key, or the key itself; again for each")
      ->required();
  AddSignerOptions(*set, policy->sign);
}

void AddRegister(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "register", "The secretariat's register of the entries");
  AddCommand(*noun, context, "show", "Its keys, witnesses and newest checkpoint",
             "entente register show", [&context] { return ShowRegister(context); });
  auto checkpoint = std::make_shared<CheckpointOptions>();
  CLI::App* show =
      AddCommand(*noun, context, "checkpoint", "A signed checkpoint, byte for byte",
                 "entente register checkpoint --size 600 --out checkpoint-600",
                 [&context, checkpoint] { return ShowCheckpoint(context, *checkpoint); });
  show->add_option("--size", checkpoint->size, "The one of this size; default: the newest");
  show->add_flag("--all", checkpoint->all, "List every one held here");
  show->add_option("--out", checkpoint->out, "Write it to this file")->type_name("FILE");
  AddRegisterCheck(*noun, context);
  AddCommand(*noun, context, "witness", "This node's witness key, made if there is none",
             "entente register witness", [&context] { return ShowWitness(context); });
  auto out = std::make_shared<std::string>();
  CLI::App* evidence =
      AddCommand(*noun, context, "evidence", "Write a proof that the register contradicted itself",
                 "entente register evidence --out proof.txt",
                 [&context, out] { return WriteEvidence(context, *out); });
  evidence->add_option("--out", *out, "To this file")->required()->type_name("FILE");
  auto yes = std::make_shared<bool>(false);
  CLI::App* resume =
      AddCommand(*noun, context, "resume", "Let a stopped register go on, at a person's word",
                 "entente register resume", [&context, yes] { return Resume(context, *yes); });
  resume->add_flag("--yes", *yes, "Do not ask");
}

}  // namespace entente::client

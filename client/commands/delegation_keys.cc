// entente delegation rotate|revoke|suspend|lift: how a key ends, for a while or for good.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/clock.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "client/ledger/chain.h"
#include "client/ledger/tips.h"
#include "client/signing/acts.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/ledger/authority_words.h"

namespace entente::client {

namespace {

using ledger::ChainKind;

struct CutOptions {
  std::string key_file, suspected_since;
  std::optional<uint64_t> through;
  SignerOptions sign;
};

absl::StatusOr<TipRule> RuleOf(const CutOptions& o) {
  TipRule rule;
  rule.through_sequence = o.through;
  if (o.suspected_since.empty()) return rule;
  rule.before_ms = ParseUtc(o.suspected_since);
  if (rule.before_ms == 0) {
    return UsageError(absl::StrCat("--suspected-since: \"", o.suspected_since, "\" is not a date"),
                      "write 2026-11-22 or 2026-11-22T12:00:00Z");
  }
  if (rule.before_ms > WallMs()) {
    return UsageError(absl::StrCat("--suspected-since: ", o.suspected_since, " is in the future"),
                      "name the last moment at which the key was surely in the right hands");
  }
  return rule;
}

// A key of the own delegation, and where an act on it would cut.
struct Subject {
  HeldChain chain;
  base::PublicKey key;
  ledger::EnrolledKey enrolled;
  std::vector<ledger::Tip> tips;
};

absl::StatusOr<Subject> SubjectOf(Context& context, const CutOptions& o) {
  Subject subject;
  ASSIGN_OR_RETURN(TipRule rule, RuleOf(o));
  ASSIGN_OR_RETURN(subject.key, ReadKeyName(o.key_file));
  ASSIGN_OR_RETURN(subject.chain, FetchChain(context, ChainKind::kCredentials, ""));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  const ledger::CredentialsView* view = CredentialsOf(authority, subject.chain);
  if (view == nullptr || !view->keys.contains(subject.key)) {
    return Failure(
        absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
        absl::StrCat("key ", Fingerprint(subject.key), " is not enrolled by ", subject.chain.code),
        "entente who lists the enrolled keys");
  }
  subject.enrolled = view->keys.at(subject.key);
  const ledger::KeyState state = ledger::KeyStateOf(authority, *view, subject.key);
  if (state.word != "active") {
    context.Warn(absl::StrCat("this key is ", state.text,
                              "; an entry counts only inside every act that ends its key"));
  }
  ASSIGN_OR_RETURN(Feeds feeds, ReadFeedsEverywhere(context, subject.chain.id, {subject.key}));
  subject.tips = ProposeTips(feeds, rule);
  if (!o.suspected_since.empty() && !feeds.empty()) {
    context.Say(
        "The date is compared with the one each entry claims; look at the list, and name a number "
        "with --through if it is not right.");
  }
  return subject;
}

struct RevokeOptions : CutOptions {
  bool lost = false, retired = false, compromised = false, office_closed = false;
};

absl::StatusOr<ledger::RevokeReason> ReasonOf(const RevokeOptions& o) {
  int given = o.lost + o.retired + o.compromised + o.office_closed;
  if (given != 1) {
    return UsageError("say why the key is revoked, once",
                      "--lost, --retired, --compromised or --office-closed");
  }
  if (o.lost) return ledger::RevokeReason::kLost;
  if (o.retired) return ledger::RevokeReason::kRetired;
  return o.compromised ? ledger::RevokeReason::kCompromised : ledger::RevokeReason::kOfficeClosed;
}

absl::StatusOr<Exit> Revoke(Context& context, const RevokeOptions& o) {
  ASSIGN_OR_RETURN(ledger::RevokeReason reason, ReasonOf(o));
  if (o.compromised && o.suspected_since.empty() && !o.through) {
    context.Warn(
        "compromised, and no --suspected-since or --through: everything received so far counts");
  }
  if (!o.compromised && !o.suspected_since.empty()) {
    return UsageError("--suspected-since goes with --compromised",
                      "for the other reasons everything known here counts, or --through NUMBER");
  }
  ASSIGN_OR_RETURN(Subject subject, SubjectOf(context, o));
  return RunOwnActs(context, {ledger::act::Revoke{subject.key, reason, subject.tips}}, o.sign);
}

struct RotateOptions : CutOptions {
  std::string new_key, next_key;
};

absl::StatusOr<Exit> Rotate(Context& context, const RotateOptions& o) {
  ASSIGN_OR_RETURN(ledger::KeyFile fresh, ReadNewKey(o.new_key));
  ASSIGN_OR_RETURN(std::optional<base::Digest> next, NextKeyHash(o.next_key));
  ASSIGN_OR_RETURN(Subject subject, SubjectOf(context, o));
  if (fresh.key == subject.key) {
    return UsageError("the old key and the new one are the same",
                      "make another: entente key new --out FILE");
  }
  if (subject.enrolled.next && *subject.enrolled.next != crypto::Sha256(fresh.key.view())) {
    context.Warn(absl::StrCat(
        Fingerprint(fresh.key),
        " is not the key that was announced to follow: it is shown as unannounced to everybody"));
  }
  return RunOwnActs(
      context,
      {ledger::act::Rotate{subject.key, fresh.key, fresh.pop, next, std::move(subject.tips)}},
      o.sign);
}

struct SuspendOptions : CutOptions {
  std::string reason;
};

absl::StatusOr<Exit> SuspendKey(Context& context, const SuspendOptions& o) {
  ASSIGN_OR_RETURN(const std::string reason, WordsOf(o.reason));
  RETURN_IF_ERROR(CheckFreeText("--reason", reason));
  ASSIGN_OR_RETURN(Subject subject, SubjectOf(context, o));
  ledger::Suspend suspend;
  suspend.chain = subject.chain.id;
  suspend.time = UtcText(WallMs());
  suspend.key = subject.key;
  suspend.reason = reason;
  suspend.tips = std::move(subject.tips);
  return RunSuspend(context, std::move(suspend), subject.chain, o.sign);
}

struct LiftOptions {
  std::string what;
  SignerOptions sign;
};

// Suspends in force whose id begins so, or of the key that the word names.
absl::StatusOr<std::vector<ledger::Suspend>> SuspendsNamed(const HeldChain& chain,
                                                           const std::string& word) {
  ledger::Authority authority(&crypto::Ed25519Verifier());
  const ledger::CredentialsView* view = CredentialsOf(authority, chain);
  std::vector<ledger::Suspend> named;
  std::vector<std::string> known;
  absl::StatusOr<base::PublicKey> key = ReadKeyName(word);
  for (const auto& [closed, closings] : view->closings) {
    for (const ledger::Closing& closing : closings) {
      const ledger::Suspend* suspend = ledger::FindSuspend(authority, closing.by);
      if (suspend == nullptr) continue;
      known.push_back(absl::StrCat(suspend->id.Short(), " (key ", Fingerprint(suspend->key), ", ",
                                   suspend->time.substr(0, 10), ", ", Printable(suspend->reason),
                                   ")"));
      const bool by_id = word.size() >= 4 && absl::StartsWith(suspend->id.ToHex(), word);
      if (by_id || (key.ok() && *key == closed)) named.push_back(*suspend);
    }
  }
  if (!named.empty()) return named;
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("\"", word, "\" names no suspend in force of ", chain.code),
                 known.empty() ? "no key is suspended"
                               : absl::StrCat("in force: ", absl::StrJoin(known, "; ")));
}

absl::StatusOr<Exit> LiftSuspend(Context& context, const LiftOptions& o) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCredentials, ""));
  ASSIGN_OR_RETURN(std::vector<ledger::Suspend> suspends, SuspendsNamed(chain, o.what));
  std::vector<ledger::Act> acts;
  for (const ledger::Suspend& suspend : suspends) {
    context.Say(absl::StrCat("Lifting suspend ", suspend.id.Short(), " of ", suspend.time,
                             " on key ", Fingerprint(suspend.key), " (", Printable(suspend.reason),
                             "): what it held back counts again."));
    acts.push_back(ledger::act::Lift{suspend.id});
  }
  return RunOwnActs(context, std::move(acts), o.sign);
}

void AddCutOptions(CLI::App& command, CutOptions& o) {
  command.add_option("--key-file", o.key_file, "The key's .pub file, or its 64 hex characters")
      ->type_name("FILE|HEX")
      ->required();
  command.add_option("--through", o.through,
                     "Count up to this number of its feed, instead of the proposal");
  AddSignerOptions(command, o.sign);
}

void AddRevoke(CLI::App& noun, Context& context) {
  auto o = std::make_shared<RevokeOptions>();
  CLI::App* command = AddCommand(
      noun, context, "revoke", "End a key: what counts up to a named entry, nothing after",
      "entente delegation revoke --key-file A.key.pub --lost --signer-key S.key",
      [&context, o] { return Revoke(context, *o); });
  command->add_flag("--lost", o->lost, "The device is lost; what this node received counts");
  command->add_flag("--retired", o->retired, "No longer used; everything known counts");
  command->add_flag("--compromised", o->compromised, "Somebody else may have it");
  command->add_flag("--office-closed", o->office_closed, "The office no longer exists");
  command->add_option("--suspected-since", o->suspected_since,
                      "With --compromised: what is dated before counts");
  AddCutOptions(*command, *o);
}

void AddRotate(CLI::App& noun, Context& context) {
  auto o = std::make_shared<RotateOptions>();
  CLI::App* command = AddCommand(
      noun, context, "rotate", "A new key takes over from an old one, same office, same roles",
      "entente delegation rotate --key-file A.key.pub --new-key-file B.key.pub --signer-key S.key",
      [&context, o] { return Rotate(context, *o); });
  command->add_option("--new-key-file", o->new_key, "The new key's .pub file")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("--next-key-file", o->next_key,
                   "Announce the key that will follow the new one: its .pub")
      ->type_name("FILE");
  AddCutOptions(*command, *o);
}

void AddSuspend(CLI::App& noun, Context& context) {
  auto o = std::make_shared<SuspendOptions>();
  CLI::App* command = AddCommand(
      noun, context, "suspend", "Stop a key at once, with one signature; a threshold lifts it",
      "entente delegation suspend --key-file A.key.pub --reason \"laptop missing\" "
      "--signer-key S.key",
      [&context, o] { return SuspendKey(context, *o); });
  command->add_option("--reason", o->reason, "Why, for everybody to read; at most 200 bytes")
      ->required();
  AddCutOptions(*command, *o);
  auto lift = std::make_shared<LiftOptions>();
  CLI::App* lifting = AddCommand(noun, context, "lift", "End a suspend: the key speaks again",
                                 "entente delegation lift A.key.pub --signer-key S.key",
                                 [&context, lift] { return LiftSuspend(context, *lift); });
  lifting->add_option("suspend", lift->what, "Id of the suspend, or the key's .pub file")
      ->type_name("HEX|FILE")
      ->required();
  AddSignerOptions(*lifting, lift->sign);
}

}  // namespace

void AddDelegationKeys(CLI::App& noun, Context& context) {
  AddRotate(noun, context);
  AddRevoke(noun, context);
  AddSuspend(noun, context);
}

}  // namespace entente::client

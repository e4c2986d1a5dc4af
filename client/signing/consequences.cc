// What an act does to the entries held here, for the person who is about to sign it; and the
// suspend, which is no note but is shown, signed and published the same way.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "client/ledger/feeds.h"
#include "client/ledger/tips.h"
#include "client/signing/acts.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

std::vector<base::PublicKey> AllKeys(const HeldChain& chain) {
  std::vector<base::PublicKey> keys;
  for (const auto& [key, label] : chain.labels) keys.push_back(key);
  return keys;
}

std::string KeyText(const base::PublicKey& key, const HeldChain& chain) {
  auto label = chain.labels.find(key);
  return absl::StrCat(
      "key ", Fingerprint(key),
      label == chain.labels.end() ? "" : absl::StrCat(" (", Printable(label->second), ")"));
}

std::string CutText(Context& context, const base::PublicKey& key,
                    const std::vector<ledger::Tip>& tips, const HeldChain& chain) {
  absl::StatusOr<Feeds> feeds = ReadFeedsEverywhere(context, chain.id, {key});
  if (!feeds.ok()) return "";
  return absl::StrCat(KeyText(key, chain), ": ",
                      TipsInWords(*feeds, tips, context.options.verbose ? SIZE_MAX : 20));
}

std::string ForkText(Context& context, const ledger::act::ResolveFork& act,
                     const HeldChain& chain) {
  absl::StatusOr<Feeds> feeds = ReadFeedsEverywhere(context, chain.id, AllKeys(chain));
  if (!feeds.ok()) return "";
  for (const auto& [feed, entries] : *feeds) {
    if (feed.Name() != act.feed) continue;
    return absl::StrCat(KeyText(feed.key, chain), ", incarnation ", feed.incarnation, ": ",
                        TipsInWords({{feed, entries}}, act.tips));
  }
  return "the feed it settles is not held here";
}

std::string RangeText(Context& context, const base::EntryId& first, const base::EntryId& last,
                      bool adopt, const HeldChain& chain) {
  absl::StatusOr<Feeds> feeds = ReadFeedsEverywhere(context, chain.id, AllKeys(chain));
  if (!feeds.ok()) return "";
  const Path path = PathBetween(*feeds, first, last);
  if (path.entries.empty()) {
    return absl::StrCat("entries ", first.Short(), " to ", last.Short(),
                        " are not held here on one line: this act would change nothing yet");
  }
  std::string out = absl::StrCat(
      path.entries.size(), path.entries.size() == 1 ? " entry" : " entries",
      adopt ? " will count, whatever ended its key:" : " will no longer count by adoption:");
  for (const FeedEntry& entry : path.entries) {
    absl::StrAppend(&out, "\n    ", EntryInWords(entry), " (now ",
                    ledger::StatusInWords(entry.verdict), ")");
  }
  return out;
}

}  // namespace

std::string Consequences(Context& context, const ledger::Note& note, const HeldChain& chain) {
  std::vector<std::string> lines;
  for (const ledger::Act& act : note.acts) {
    std::string line;
    if (const auto* revoke = std::get_if<ledger::act::Revoke>(&act)) {
      line = CutText(context, revoke->key, revoke->tips, chain);
    } else if (const auto* rotate = std::get_if<ledger::act::Rotate>(&act)) {
      line = CutText(context, rotate->old_key, rotate->tips, chain);
    } else if (const auto* fork = std::get_if<ledger::act::ResolveFork>(&act)) {
      line = ForkText(context, *fork, chain);
    } else if (const auto* adopt = std::get_if<ledger::act::Adopt>(&act)) {
      line = RangeText(context, adopt->first, adopt->last, true, chain);
    } else if (const auto* taken = std::get_if<ledger::act::Void>(&act)) {
      line = RangeText(context, taken->first, taken->last, false, chain);
    }
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return absl::StrJoin(lines, "\n");
}

absl::StatusOr<Exit> RunSuspend(Context& context, ledger::Suspend fields, const HeldChain& chain,
                                const SignerOptions& o) {
  ASSIGN_OR_RETURN(ledger::Suspend suspend, ledger::BuildSuspend(std::move(fields)));
  context.Say(absl::StrCat("suspends ", KeyText(suspend.key, chain), " of ", chain.code, " (",
                           Printable(suspend.reason), "), at once, until a threshold lifts it"));
  context.Say(CutText(context, suspend.key, suspend.tips, chain));
  context.SaySaid(EveryField(context, ledger::FieldsOf(suspend)));
  nlohmann::ordered_json object = {{"suspend", suspend.id.ToHex()},
                                   {"key", suspend.key.ToHex()},
                                   {"published", false},
                                   {"dry_run", o.dry_run}};
  if (o.dry_run) {
    object["text"] = suspend.text;
    context.Emit(object, suspend.text);
    return Exit::kDone;
  }
  if (o.signer_keys.empty())
    return UsageError("a signer's key is needed", "pass --signer-key FILE; one is enough");
  RETURN_IF_ERROR(context.Confirm(o.yes, "Sign this?"));
  for (const std::string& path : o.signer_keys) {
    ASSIGN_OR_RETURN(crypto::PrivateKey key, OpenSignerKey(context, path, o));
    const auto own = ledger::VerifierKey::ForSigner(key.public_key());
    if (std::find(chain.signers.begin(), chain.signers.end(), own) == chain.signers.end()) {
      return Failure(absl::StatusCode::kPermissionDenied, "BELOW_THRESHOLD",
                     absl::StrCat(path, ": key ", own.name, " is no signer of ", chain.code),
                     "sign with the key of one of them: entente delegation show");
    }
    suspend.lines.push_back(ledger::SignText(suspend.text, key));
  }
  const std::string file = suspend.File();
  if (!o.out.empty()) {
    RETURN_IF_ERROR(WriteFile(o.out, file));
    object["out"] = o.out;
    context.Emit(object,
                 absl::StrCat("written: ", o.out, "; any node takes it: entente delegation sign ",
                              o.out, "\n"));
    return Exit::kDone;
  }
  RETURN_IF_ERROR(PublishFiles(context, {file}));
  object["published"] = true;
  context.Emit(object, absl::StrCat("suspended ", KeyText(suspend.key, chain), "; suspend ",
                                    suspend.id.ToHex(),
                                    "\nit travels with the next sync; entente delegation lift ",
                                    suspend.id.Short(), " ends it\n"));
  return Exit::kDone;
}

}  // namespace entente::client

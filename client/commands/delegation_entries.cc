// entente delegation adopt|void|resolve-fork|fork: what becomes of single entries and of forks.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/audit/evidence.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "client/ledger/chain.h"
#include "client/ledger/feeds.h"
#include "client/signing/acts.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using ledger::ChainKind;

std::vector<base::PublicKey> KeysOf(const HeldChain& chain) {
  std::vector<base::PublicKey> keys;
  for (const auto& [key, label] : chain.labels) keys.push_back(key);
  return keys;
}

struct RangeOptions {
  std::vector<std::string> words;
  std::string reason;
  SignerOptions sign;
};

bool Admitted(const FeedEntry& entry) { return entry.verdict.status == ledger::Status::kAdmitted; }

// The one entry a word means. Of several under one reference the act is about those it can change:
// adopt about entries that do not count, void about those adopted.
absl::StatusOr<FeedEntry> OneEntry(const Feeds& feeds, const std::string& word, bool adopt) {
  std::vector<FeedEntry> named = EntriesNamed(feeds, word);
  if (named.empty()) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("no entry of this delegation held here is ", word),
                   "entente report list --uncounted lists those that do not count");
  }
  std::vector<FeedEntry> useful;
  for (const FeedEntry& entry : named) {
    const bool adopted = entry.verdict.reason == ledger::StatusReason::kAdopted;
    if (adopt ? !Admitted(entry) : adopted) useful.push_back(entry);
  }
  if (useful.empty() && named.size() == 1) useful = named;
  if (useful.size() == 1) return useful[0];
  std::vector<std::string> lines;
  for (const FeedEntry& entry : named)
    lines.push_back(
        absl::StrCat(EntryInWords(entry), " (", ledger::StatusInWords(entry.verdict), ")"));
  return Failure(absl::StatusCode::kFailedPrecondition, "VALIDATION_FAILED",
                 absl::StrCat(word, " is not one entry:\n  ", absl::StrJoin(lines, "\n  ")),
                 "name it by the beginning of its entry id");
}

absl::StatusOr<ledger::Act> RangeAct(Context& context, const Feeds& feeds, const std::string& word,
                                     const std::string& reason, bool adopt) {
  std::vector<std::string> ends = absl::StrSplit(word, "..");
  if (ends.size() > 2) return UsageError(absl::StrCat(word, ": a range is FIRST..LAST"));
  ASSIGN_OR_RETURN(FeedEntry first, OneEntry(feeds, ends.front(), adopt));
  ASSIGN_OR_RETURN(FeedEntry last, OneEntry(feeds, ends.back(), adopt));
  const Path path = PathBetween(feeds, first.id, last.id);
  if (path.entries.empty()) {
    return Failure(absl::StatusCode::kFailedPrecondition, "VALIDATION_FAILED",
                   absl::StrCat(first.id.Short(), " and ", last.id.Short(),
                                " are not on one line of one feed, first before last"),
                   "name them one by one, or two entries of one key in the order it signed them");
  }
  const bool changes = std::any_of(path.entries.begin(), path.entries.end(), [&](const auto& e) {
    return adopt ? !Admitted(e) : e.verdict.reason == ledger::StatusReason::kAdopted;
  });
  if (!changes) {
    context.Warn(adopt ? absl::StrCat(word,
                                      " counts already; adopting keeps it so whatever ends "
                                      "its key later")
                       : absl::StrCat(word,
                                      " was never adopted: void undoes an adoption, a revoke "
                                      "ends what a key signed"));
  }
  if (adopt) return ledger::Act(ledger::act::Adopt{first.id, last.id, reason});
  return ledger::Act(ledger::act::Void{first.id, last.id, reason});
}

absl::StatusOr<Exit> AdoptOrVoid(Context& context, const RangeOptions& o, bool adopt) {
  ASSIGN_OR_RETURN(const std::string reason, WordsOf(o.reason));
  RETURN_IF_ERROR(CheckFreeText("--reason", reason));
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCredentials, ""));
  ASSIGN_OR_RETURN(Feeds feeds, ReadFeedsEverywhere(context, chain.id, KeysOf(chain)));
  std::vector<ledger::Act> acts;
  for (const std::string& word : o.words) {
    ASSIGN_OR_RETURN(ledger::Act act, RangeAct(context, feeds, word, reason, adopt));
    acts.push_back(std::move(act));
  }
  return RunOwnActs(context, std::move(acts), o.sign);
}

struct ForkOptions {
  std::string key_file;
  std::vector<std::string> keep;
  bool keep_all = false;
  SignerOptions sign;
};

std::string BranchText(const Branch& branch, const HeldChain& chain) {
  auto label = chain.labels.find(branch.feed.key);
  return absl::StrCat("key ", Fingerprint(branch.feed.key), " (",
                      label == chain.labels.end() ? "?" : Printable(label->second),
                      "), incarnation ", branch.feed.incarnation, ", forked at number ",
                      branch.fork, ": a branch of ", branch.entries, " up to ",
                      EntryInWords(branch.tip));
}

absl::StatusOr<Exit> HealChain(Context& context, const HeldChain& chain, const ForkOptions& o) {
  if (o.keep.size() != 1) return UsageError("a forked chain keeps one branch", "--keep NOTE, once");
  ASSIGN_OR_RETURN(HeldChain branch, BranchOf(chain, o.keep[0]));
  base::NoteId kept;
  for (const ledger::Note& note : branch.notes) {
    if (note.previous == chain.last().id) kept = note.id;
  }
  context.Say(absl::StrCat("A fork of the chain is settled by all its signers: ",
                           branch.unanimous.size(), " must sign."));
  ledger::Note note = Successor(branch);
  note.acts.push_back(ledger::act::Heal{kept});
  return RunAct(context, std::move(note), branch, o.sign);
}

// The tips to name: every branch with --keep-all, else the entries of --keep.
absl::StatusOr<std::map<ledger::FeedKey, std::vector<ledger::Tip>>> KeptTips(
    const Feeds& feeds, const std::vector<Branch>& branches, const ForkOptions& o) {
  std::map<ledger::FeedKey, std::vector<ledger::Tip>> tips;
  if (o.keep_all) {
    for (const Branch& branch : branches)
      tips[branch.feed].push_back({branch.feed.Name(), branch.tip.sequence, branch.tip.id});
  }
  for (const std::string& word : o.keep) {
    size_t found = 0;
    for (const auto& [feed, entries] : feeds) {
      const bool forked =
          std::any_of(branches.begin(), branches.end(),
                      [&name = feed](const Branch& branch) { return branch.feed == name; });
      if (!forked) continue;
      for (const FeedEntry& entry : EntriesNamed({{feed, entries}}, word)) {
        tips[feed].push_back({feed.Name(), entry.sequence, entry.id});
        ++found;
      }
    }
    if (found != 1) {
      return UsageError(
          absl::StrCat("--keep ", word, ": ", found, " entries of the forked feed are named so"),
          "give the beginning of the entry id of a branch's last entry to keep");
    }
  }
  for (auto& [feed, of_feed] : tips) std::sort(of_feed.begin(), of_feed.end());
  return tips;
}

absl::StatusOr<Exit> ResolveFork(Context& context, const ForkOptions& o) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCredentials, ""));
  const std::vector<ledger::Note> notes = BranchesOf(chain);
  for (const std::string& word : o.keep) {
    for (const ledger::Note& note : notes) {
      if (notes.size() > 1 && word.size() >= 4 && absl::StartsWith(note.id.ToHex(), word))
        return HealChain(context, chain, o);
    }
  }
  std::vector<base::PublicKey> keys = KeysOf(chain);
  if (!o.key_file.empty()) {
    ASSIGN_OR_RETURN(base::PublicKey key, ReadKeyName(o.key_file));
    keys = {key};
  }
  ASSIGN_OR_RETURN(Feeds feeds, ReadFeedsEverywhere(context, chain.id, keys));
  const std::vector<Branch> branches = BranchesOf(feeds);
  if (branches.empty()) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("no feed of ", chain.code, " held here is forked"),
                   notes.size() > 1 ? "its chain of credentials is: --keep NOTE (entente status)"
                                    : "entente status names what is forked");
  }
  for (const Branch& branch : branches) context.Say(BranchText(branch, chain));
  if (!o.keep_all && o.keep.empty()) {
    return Failure(absl::StatusCode::kAborted, "FEED_FORKED",
                   "somebody who knows must say which branches are kept",
                   "--keep-all, or --keep ENTRY for the last entry of each branch to keep; what is "
                   "left out stays listed and can be adopted");
  }
  ASSIGN_OR_RETURN(auto tips, KeptTips(feeds, branches, o));
  std::vector<ledger::Act> acts;
  for (auto& [feed, of_feed] : tips)
    acts.push_back(ledger::act::ResolveFork{feed.Name(), std::move(of_feed)});
  context.Say("The author goes on in a new incarnation: entente submit ... --open-incarnation.");
  return RunOwnActs(context, std::move(acts), o.sign);
}

void AddRange(CLI::App& noun, Context& context, bool adopt) {
  auto o = std::make_shared<RangeOptions>();
  CLI::App* command = AddCommand(
      noun, context, adopt ? "adopt" : "void",
      adopt ? "Let honest entries count though their key was ended"
            : "Undo an adoption, for a range of entries",
      adopt ? "entente delegation adopt R:EUCA-2014/MTR-2017/KG/DDR/08 --reason \"signed before "
              "the theft\" --signer-key S.key"
            : "entente delegation void 4af0c1d2..77ab0e12 --reason \"adopted by mistake\" "
              "--signer-key S.key",
      [&context, o, adopt] { return AdoptOrVoid(context, *o, adopt); });
  command
      ->add_option("entries", o->words,
                   "References, entry ids or ranges FIRST..LAST of one key; several")
      ->required();
  command->add_option("--reason", o->reason, "Why, for everybody to read; at most 200 bytes")
      ->required();
  AddSignerOptions(*command, o->sign);
}

}  // namespace

void AddDelegationEntries(CLI::App& noun, Context& context) {
  AddRange(noun, context, true);
  AddRange(noun, context, false);
  auto o = std::make_shared<ForkOptions>();
  CLI::App* resolve =
      AddCommand(noun, context, "resolve-fork", "Settle a fork: say which branches are kept",
                 "entente delegation resolve-fork --keep-all --signer-key S.key",
                 [&context, o] { return ResolveFork(context, *o); });
  resolve->add_option("--key-file", o->key_file, "The key whose feed forked; default: every one")
      ->type_name("FILE|HEX");
  resolve->add_option("--keep", o->keep,
                      "Last entry to keep of a branch; repeat. Of a forked chain: the note");
  resolve->add_flag("--keep-all", o->keep_all, "Keep every branch as it is held here");
  AddSignerOptions(*resolve, o->sign);
  auto code = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  CLI::App* fork = AddCommand(
      noun, context, "fork", "Write the proof of a delegation's fork, for anyone to verify",
      "entente delegation fork KG --out kg-fork.evidence",
      [&context, code, out] { return WriteForkOf(context, ChainKind::kCredentials, *code, *out); });
  fork->add_option("code", *code, "Delegation; default: this node's own");
  fork->add_option("--out", *out, "File to write")->required()->type_name("FILE");
}

}  // namespace entente::client

// entente instrument seal|anchor|resolve-fork|fork|sign: what makes old history unassailable, and
// what settles forks.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/audit/evidence.h"
#include "client/commands/commands.h"
#include "client/ledger/chain.h"
#include "client/ledger/feeds.h"
#include "client/signing/acts.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using ledger::ChainKind;

struct Party {
  HeldChain charter;
  base::DelegationId id;
  HeldChain credentials;
  std::vector<ledger::act::Seal> seals;  // of this delegation, in force
};

absl::StatusOr<Party> PartyOf(Context& context, const std::string& code) {
  Party party;
  ASSIGN_OR_RETURN(party.charter, FetchChain(context, ChainKind::kCharter, ""));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const std::string& file : party.charter.files) authority.Add(file);
  const ledger::CharterView* view = authority.Charter(party.charter.id);
  if (view == nullptr || !view->by_code.contains(code)) {
    std::vector<std::string> known;
    if (view != nullptr) {
      for (const auto& [known_code, id] : view->by_code) known.push_back(known_code);
    }
    return Failure(absl::StatusCode::kNotFound, "UNKNOWN_DELEGATION",
                   absl::StrCat("--delegation: ", code, " is not admitted to ", party.charter.code),
                   absl::StrCat("admitted: ", absl::StrJoin(known, " ")));
  }
  party.id = view->by_code.at(code);
  for (const auto& [place, tips] : view->seals) {
    for (const ledger::Tip& tip : tips) {
      if (place.first == party.id)
        party.seals.push_back({party.id, tip.feed, tip.sequence, tip.entry});
    }
  }
  ASSIGN_OR_RETURN(party.credentials, FetchChainById(context, ChainKind::kCredentials, party.id));
  return party;
}

struct SealOptions {
  std::string delegation, entry;
  SignerOptions sign;
};

// How far the feed counts in one line: what a seal may protect. Nothing: no entry of it counts.
const FeedEntry* LastOnTheLine(const std::vector<FeedEntry>& entries) {
  const FeedEntry* last = nullptr;
  for (const FeedEntry& entry : entries) {
    if (entry.verdict.status != ledger::Status::kAdmitted) break;
    if (last != nullptr && entry.previous != last->id) break;
    last = &entry;
  }
  return last;
}

absl::StatusOr<Exit> Seal(Context& context, const SealOptions& o) {
  ASSIGN_OR_RETURN(Party party, PartyOf(context, o.delegation));
  std::vector<base::PublicKey> keys;
  for (const auto& [key, label] : party.credentials.labels) keys.push_back(key);
  ASSIGN_OR_RETURN(Feeds feeds, ReadFeeds(context, party.charter.code, party.id, keys));
  ledger::Note note = Successor(party.charter);
  for (const auto& [feed, entries] : feeds) {
    const FeedEntry* at = LastOnTheLine(entries);
    if (!o.entry.empty()) {
      std::vector<FeedEntry> named = EntriesNamed({{feed, entries}}, o.entry);
      if (named.size() != 1) continue;
      at = &*std::find_if(entries.begin(), entries.end(),
                          [&](const FeedEntry& entry) { return entry.id == named[0].id; });
    }
    if (at == nullptr) continue;
    const ledger::act::Seal seal{party.id, feed.Name(), at->sequence, at->id};
    if (std::find(party.seals.begin(), party.seals.end(), seal) != party.seals.end()) continue;
    context.Say(absl::StrCat("Sealing ", o.delegation, ", ", party.credentials.labels[feed.key],
                             ", incarnation ", feed.incarnation, ", up to ", EntryInWords(*at)));
    note.acts.push_back(seal);
  }
  if (note.acts.empty()) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("nothing of ", o.delegation,
                                " held here is left to seal: all that counts in one line is"),
                   "entente sync first; with --entry, name one entry of it");
  }
  return RunAct(context, std::move(note), party.charter, o.sign);
}

struct AnchorOptions {
  std::string delegation, keep;
  SignerOptions sign;
};

absl::StatusOr<Exit> Anchor(Context& context, const AnchorOptions& o) {
  ASSIGN_OR_RETURN(Party party, PartyOf(context, o.delegation));
  ledger::Note at = party.credentials.last();
  if (!o.keep.empty()) {
    ASSIGN_OR_RETURN(HeldChain branch, BranchOf(party.credentials, o.keep));
    at = branch.last();
  } else if (party.credentials.forked) {
    std::vector<std::string> branches;
    for (const ledger::Note& note : BranchesOf(party.credentials))
      branches.push_back(absl::StrCat(note.id.Short(), " of ", note.time));
    context.Warn(absl::StrCat("the credentials of ", o.delegation, " are forked after position ",
                              at.position,
                              "; --keep NOTE chooses one of: ", absl::StrJoin(branches, ", ")));
  }
  context.Say(absl::StrCat("From here on ", party.charter.code, " reads the credentials of ",
                           o.delegation, " along note ", at.id.Short(), ", position ", at.position,
                           "; another line at or below it changes nothing any more."));
  ledger::Note note = Successor(party.charter);
  note.acts.push_back(ledger::act::Anchor{party.id, at.position, at.id});
  return RunAct(context, std::move(note), party.charter, o.sign);
}

struct HealOptions {
  std::string keep;
  SignerOptions sign;
};

absl::StatusOr<Exit> Heal(Context& context, const HealOptions& o) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCharter, ""));
  ASSIGN_OR_RETURN(HeldChain branch, BranchOf(chain, o.keep));
  base::NoteId kept;
  for (const ledger::Note& note : branch.notes) {
    if (note.previous == chain.last().id) kept = note.id;
  }
  context.Say(absl::StrCat("A fork of the charter is settled by all its signers: ",
                           branch.unanimous.size(), " must sign."));
  ledger::Note note = Successor(branch);
  note.acts.push_back(ledger::act::Heal{kept});
  return RunAct(context, std::move(note), branch, o.sign);
}

}  // namespace

void AddInstrumentChain(CLI::App& noun, Context& context) {
  auto seal = std::make_shared<SealOptions>();
  CLI::App* sealing = AddCommand(noun, context, "seal",
                                 "Protect what a delegation wrote so far against later forks",
                                 "entente instrument seal --delegation KG --signer-key S.key",
                                 [&context, seal] { return Seal(context, *seal); });
  sealing->add_option("--delegation", seal->delegation, "Delegation code")->required();
  sealing->add_option("--entry", seal->entry, "Only the feed of this entry, and up to it");
  AddSignerOptions(*sealing, seal->sign);

  auto anchor = std::make_shared<AnchorOptions>();
  CLI::App* anchoring =
      AddCommand(noun, context, "anchor",
                 "Fix a delegation's credentials as they are; choose between branches",
                 "entente instrument anchor --delegation KG --keep 4af0c1d2 --signer-key S.key",
                 [&context, anchor] { return Anchor(context, *anchor); });
  anchoring->add_option("--delegation", anchor->delegation, "Delegation code")->required();
  anchoring->add_option("--keep", anchor->keep, "First note of the branch that stands");
  AddSignerOptions(*anchoring, anchor->sign);

  auto heal = std::make_shared<HealOptions>();
  CLI::App* healing = AddCommand(noun, context, "resolve-fork",
                                 "Settle a fork of the charter; every signer must sign",
                                 "entente instrument resolve-fork --keep 4af0c1d2 --out heal.note",
                                 [&context, heal] { return Heal(context, *heal); });
  healing->add_option("--keep", heal->keep, "First note of the branch that stands")->required();
  AddSignerOptions(*healing, heal->sign);

  auto out = std::make_shared<std::string>();
  CLI::App* fork = AddCommand(
      noun, context, "fork", "Write the proof of the charter's fork, for anyone to verify",
      "entente instrument fork --out charter-fork.evidence",
      [&context, out] { return WriteForkOf(context, ChainKind::kCharter, "", *out); });
  fork->add_option("--out", *out, "File to write")->required()->type_name("FILE");
  AddSign(noun, context);
}

}  // namespace entente::client

#include "client/audit/feed_facts.h"

#include <type_traits>
#include <variant>

#include "absl/strings/str_cat.h"
#include "node/crypto/sha256.h"

namespace entente::client {

using ledger::ChainKind;

FeedFacts::FeedFacts(const base::InstrumentId& instrument, const ledger::Authority* authority)
    : instrument_(instrument),
      authority_(*authority),
      whole_(authority->AuthorityDigest(instrument)) {
  for (ChainKind kind : {ChainKind::kCharter, ChainKind::kCredentials}) {
    for (const base::NoteId& chain : authority_.Chains(kind)) {
      for (const ledger::Note* note : authority_.ChainNotes(chain)) AddNote(*note);
    }
  }
  for (const ledger::Suspend* suspend : authority_.Suspends()) {
    absl::StrAppend(&named_[suspend->chain], suspend->id.view());
  }
}

void FeedFacts::AddNote(const ledger::Note& note) {
  for (const ledger::Act& act : note.acts) {
    std::visit(
        [&](const auto& a) {
          if constexpr (requires { a.tips; }) {
            for (const ledger::Tip& tip : a.tips) tips_[tip.feed].push_back({note.id, tip});
          }
          // An anchor chooses between versions of a chain, and there is only one. A seal displaces
          // what is beside its feed's line: named by its feed, below.
          using Kind = std::decay_t<decltype(a)>;
          if constexpr (std::is_same_v<Kind, ledger::act::Admit> ||
                        std::is_same_v<Kind, ledger::act::ShutDelegation>) {
            absl::StrAppend(&named_[a.delegation], note.id.view());
          }
        },
        act);
  }
}

const std::vector<FeedFacts::NamedTip>& FeedFacts::TipsOf(const base::FeedName& feed) const {
  static const std::vector<NamedTip>& none = *new std::vector<NamedTip>();
  const auto found = tips_.find(feed);
  return found == tips_.end() ? none : found->second;
}

base::Digest FeedFacts::Of(const AuditedFeed& feed) const {
  // What waits for a note, or names a wrong one, may be touched by any.
  if (!feed.delegation || feed.Count(ledger::Status::kPending) > 0 ||
      feed.Count(ledger::Status::kInvalid) > 0) {
    return whole_;
  }
  const base::DelegationId& delegation = *feed.delegation;
  const base::FeedName name = ledger::FeedKey{instrument_, feed.key, feed.incarnation}.Name();
  std::string all = delegation.str();
  if (const auto named = named_.find(delegation); named != named_.end()) all += named->second;
  for (const ledger::Note* note : authority_.ChainNotes(delegation)) {
    absl::StrAppend(&all, note->id.view());
  }
  if (const ledger::CharterView* charter = authority_.Charter(instrument_)) {
    const auto seals = charter->seals.find({delegation, name});
    if (seals != charter->seals.end()) {
      for (const ledger::Tip& seal : seals->second)
        absl::StrAppend(&all, seal.sequence, seal.entry.view());
    }
  }
  for (const NamedTip& tip : TipsOf(name)) absl::StrAppend(&all, tip.by.view());
  return crypto::Sha256(all);
}

bool FeedFacts::MayGrow(const AuditedFeed& feed) const {
  if (feed.tips.size() != 1 || !feed.delegation) return false;
  if (feed.Count(ledger::Status::kAdmitted) != feed.entries()) return false;
  const ledger::FeedKey key{instrument_, feed.key, feed.incarnation};
  return TipsOf(key.Name()).empty() && ledger::IsOpenLine(key, *feed.delegation, authority_);
}

}  // namespace entente::client

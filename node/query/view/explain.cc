#include "node/query/view/explain.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/ledger/authority_words.h"

namespace entente::query {

using ledger::Authority;
using ledger::StatusReason;
using ledger::WhenOf;

namespace {

// Up to which number of this feed the act counts; 0: nothing of it.
uint64_t CountsUpTo(const ledger::Closing& closing, const ledger::FeedName& feed) {
  auto tips = closing.cut->find(feed);
  if (tips == closing.cut->end()) return 0;
  uint64_t highest = 0;
  for (const ledger::Tip& tip : tips->second) highest = std::max(highest, tip.sequence);
  return highest;
}

std::vector<ledger::Closing> ClosingsOf(const ledger::CredentialsView& credentials,
                                        const ledger::FeedKey& feed) {
  std::vector<ledger::Closing> out;
  if (auto it = credentials.closings.find(feed.key); it != credentials.closings.end())
    out = it->second;
  if (auto it = credentials.feed_closings.find(feed.Name()); it != credentials.feed_closings.end())
    out.insert(out.end(), it->second.begin(), it->second.end());
  return out;
}

std::string ClosingWords(const Authority& authority, const ledger::Closing& closing,
                         uint64_t counts_up_to) {
  return absl::StrCat(closing.what, " of ", WhenOf(authority, closing.by),
                      closing.in_force ? "" : " (on a disputed branch)",
                      counts_up_to == 0
                          ? ": nothing of this feed counts"
                          : absl::StrCat(": of this feed counts up to number ", counts_up_to));
}

Explanation ExplainClosing(const Authority& authority, const ledger::CredentialsView& credentials,
                           const ledger::FeedKey& feed, const store::EntryPlace& place) {
  const ledger::FeedName name = feed.Name();
  std::vector<std::string> acts, beside;
  bool suspended = false;
  for (const ledger::Closing& closing : ClosingsOf(credentials, feed)) {
    const uint64_t up_to = CountsUpTo(closing, name);
    auto& list = place.sequence > up_to ? acts : beside;
    list.push_back(ClosingWords(authority, closing, up_to));
    suspended = suspended || closing.what == "suspend";
  }
  const std::string id = place.id.Short();
  const std::string adopt = absl::StrCat("if it is honest, signers of ", credentials.code,
                                         " bring it back: entente delegation adopt ", id);
  const std::string todo =
      suspended ? absl::StrCat("signers of ", credentials.code,
                               " end the suspend: entente delegation lift, or revoke; ", adopt)
                : adopt;
  if (acts.empty())
    return {absl::StrCat("beside the branch kept by ", absl::StrJoin(beside, "; ")), todo};
  return {absl::StrCat("outside ", absl::StrJoin(acts, "; ")), todo};
}

Explanation ExplainTip(const Authority& authority, const ledger::CredentialsView& credentials,
                       const ledger::FeedKey& feed, const store::EntryPlace& place) {
  const ledger::FeedName name = feed.Name();
  for (const ledger::Closing& closing : ClosingsOf(credentials, feed)) {
    auto tips = closing.cut->find(name);
    if (tips == closing.cut->end()) continue;
    for (const ledger::Tip& tip : tips->second) {
      if (tip.sequence < place.sequence) continue;
      return {absl::StrCat("waits for number ", tip.sequence, " (", tip.entry.Short(), ") that ",
                           closing.what, " of ", WhenOf(authority, closing.by), " names"),
              "entente sync with a node that has it"};
    }
  }
  return {"waits for an entry that a closing act names", "entente sync with a node that has it"};
}

Explanation ExplainCharter(const Views& views, const base::DelegationId& delegation) {
  const ledger::CharterView* charter = views.charter();
  std::vector<std::string> acts;
  auto roles = charter->roles.find(delegation);
  if (roles != charter->roles.end()) {
    for (const auto& [role, state] : roles->second) {
      for (const base::NoteId& by : state.shut_by) {
        acts.push_back(absl::StrCat("as ", ledger::RoleWord(role), " since ",
                                    WhenOf(views.published().authority, by), " of the charter"));
      }
    }
  }
  return {absl::StrCat("the secretariat shut the delegation's part: ", absl::StrJoin(acts, "; ")),
          "ask the secretariat; a new entente instrument admit opens it again"};
}

// The last adopt whose range has the entry, as far as one line of the feed shows it.
Explanation ExplainAdopted(const Views& views, const ledger::CredentialsView& credentials,
                           const store::EntryPlace& place) {
  const store::LogReader log(&views.snapshot());
  for (auto act = credentials.adoptions.rbegin(); act != credentials.adoptions.rend(); ++act) {
    auto first = log.Find(act->first), last = log.Find(act->last);
    if (!act->adopt || !first.ok() || !last.ok() || !*first || !*last) continue;
    if ((*last)->feed != place.feed || (*first)->sequence > place.sequence ||
        (*last)->sequence < place.sequence)
      continue;
    return {absl::StrCat("adopted by ", credentials.code, " on ",
                         WhenOf(views.published().authority, act->by), ": ", act->text),
            ""};
  }
  return {absl::StrCat("adopted by ", credentials.code), ""};
}

}  // namespace

Explanation Explain(const Views& views, const ledger::FeedKey& feed,
                    const base::DelegationId& delegation, const store::EntryPlace& place,
                    const ledger::Verdict& verdict) {
  const Authority& authority = views.published().authority;
  const ledger::CredentialsView* credentials =
      authority.Credentials(views.instrument(), delegation);
  const ledger::CredentialsView none;
  const ledger::CredentialsView& of = credentials ? *credentials : none;
  switch (verdict.reason) {
    case StatusReason::kNone:
      return {};
    case StatusReason::kAdopted:
      return ExplainAdopted(views, of, place);
    case StatusReason::kClosingAct:
      return ExplainClosing(authority, of, feed, place);
    case StatusReason::kTip:
      return ExplainTip(authority, of, feed, place);
    case StatusReason::kCharter:
      return ExplainCharter(views, delegation);
    case StatusReason::kFork:
      return {"two signed entries share a number of this feed",
              "the delegation settles it: entente delegation resolve-fork"};
    case StatusReason::kSeal:
      return {"beside the branch that the secretariat sealed",
              absl::StrCat("if it is honest: entente delegation adopt ", place.id.Short())};
    case StatusReason::kEnrolment:
      return {of.forked ? "its key is enrolled only on a disputed branch of the credentials"
                        : "its key is not enrolled in force",
              of.forked ? "settle the fork of the credentials"
                        : "a signer enrols it: entente delegation enrol"};
    case StatusReason::kAdmission:
      return {"its delegation was never admitted with a role for this kind",
              "the secretariat: entente instrument admit"};
    case StatusReason::kRole:
      return {"the key's roles do not allow this kind; kept as evidence", ""};
    case StatusReason::kNewerVersion:
      return {"it names a note that a newer version wrote", "install the newer version"};
    default:
      return {ledger::StatusInWords(verdict), "entente sync"};
  }
}

}  // namespace entente::query

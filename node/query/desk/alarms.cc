#include "node/query/desk/alarms.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/status_macros.h"
#include "node/ledger/authority_words.h"
#include "node/query/record/records.h"
#include "node/query/view/table.h"
#include "node/register/head.h"

namespace entente::query {

using ledger::ChainFork;
using ledger::Fingerprint;
using ledger::ForkAfter;

namespace {

void Add(const Views& views, v1::NodeStatus& status, const char* code, std::string delegation,
         std::string text, std::string todo) {
  v1::Alarm* alarm = status.add_alarms();
  alarm->set_code(code);
  alarm->set_instrument(views.code());
  alarm->set_delegation(std::move(delegation));
  alarm->set_text(std::move(text));
  alarm->set_todo(std::move(todo));
}

std::string ForkText(const ChainFork& fork) {
  std::vector<std::string> branches;
  for (const ledger::Note* note : fork.branches) {
    std::vector<std::string> acts, names;
    for (const ledger::Act& act : note->acts) acts.push_back(ledger::ActInWords(act));
    for (const ledger::SignatureLine& line : note->lines) names.push_back(line.name);
    branches.push_back(absl::StrCat("note ", note->id.Short(), " of ", note->time.substr(0, 10),
                                    " (", absl::StrJoin(acts, "; "), "), signed by ",
                                    absl::StrJoin(names, ", ")));
  }
  return absl::StrCat("position ", fork.position, " exists in ", fork.branches.size(),
                      " versions: ", absl::StrJoin(branches, " | "), "; signed both: ",
                      fork.signed_both.empty() ? "nobody" : absl::StrJoin(fork.signed_both, ", "));
}

void ChainAlarms(const Views& views, v1::NodeStatus& status) {
  const ledger::Authority& authority = views.published().authority;
  const ledger::CharterView* charter = views.charter();
  if (charter->forked) {
    Add(views, status, "CHARTER-FORK", "",
        absl::StrCat("the charter of ", charter->code, " is forked after position ",
                     charter->position, ": ",
                     ForkText(ForkAfter(authority, charter->id, charter->head)),
                     ". What was in force before stays in force; of the rest only what restricts"),
        "all signers settle it: entente instrument resolve-fork --keep NOTE; the proof: entente "
        "instrument fork --out FILE");
  }
  for (const base::DelegationId& id : charter->admitted_order) {
    const ledger::CredentialsView* credentials = authority.Credentials(views.instrument(), id);
    if (!credentials || !credentials->forked) continue;
    const std::string code = views.published().DelegationCode(views.instrument(), id);
    Add(views, status, "CHAIN-FORK", code,
        absl::StrCat("the credentials of ", code, " are forked after position ",
                     credentials->position, ": ",
                     ForkText(ForkAfter(authority, id, credentials->head)),
                     ". What was in force before stays in force; of the rest only what restricts"),
        absl::StrCat("the secretariat chooses a branch: entente instrument anchor --delegation ",
                     code,
                     " --keep NOTE; or all its signers: entente delegation resolve-fork "
                     "--keep NOTE; the proof: entente delegation fork ",
                     code, " --out FILE"));
  }
}

// An emergency measure is not to be forgotten: it stands until a threshold ends it.
void SuspendAlarms(const Views& views, v1::NodeStatus& status) {
  const store::Published& published = views.published();
  if (!published.delegation) return;
  const ledger::CredentialsView* credentials =
      published.authority.Credentials(views.instrument(), *published.delegation);
  if (!credentials) return;
  const std::string code = published.DelegationCode(views.instrument(), *published.delegation);
  for (const auto& [key, enrolment] : credentials->keys) {
    const ledger::KeyState state = ledger::KeyStateOf(published.authority, *credentials, key);
    if (state.word != "suspended") continue;
    Add(views, status, "KEY-SUSPENDED", code,
        absl::StrCat("key ", Fingerprint(key), " (", enrolment.label, ") is ", state.text,
                     "; what it signs from then on is held in quarantine"),
        "if it was a false alarm: entente delegation lift; if the key is lost: entente delegation "
        "revoke --lost, and delegation enrol for a new one");
  }
}

// What the register says of itself, or what is proven of it.
void RegisterAlarms(const Views& views, v1::NodeStatus& status) {
  const store::Published& published = views.published();
  auto it = published.registers.find(views.instrument());
  if (it == published.registers.end()) return;
  const reg::Head& head = *it->second;
  if (head.evidence > 0) {
    Add(views, status, "REGISTER-CONTRADICTS", "",
        absl::StrCat("the register ", head.trust.log->name,
                     " signed checkpoints that cannot both be true; the proof is kept here, and "
                     "this node cosigns nothing more of it"),
        "entente register evidence --out FILE, and show it to the other delegations; the "
        "secretariat names a new register key");
  }
  if (!head.bad_claims.empty()) {
    Add(views, status, "REGISTER-SPLIT", "",
        absl::StrCat("entry ", head.bad_claims[0].Short(),
                     head.bad_claims.size() > 1
                         ? absl::StrCat(" and ", head.bad_claims.size() - 1, " more")
                         : "",
                     " says its author saw another tree of ", head.trust.log->name,
                     " than the one held here: the register shows different trees to different "
                     "nodes, or that author says what is not so"),
        "ask the author for the checkpoint their node holds (entente register checkpoint --size N "
        "--out FILE): two signed ones of one size are proof");
  }
  if (!head.stopped.empty()) {
    Add(views, status, "REGISTER-STOPPED", "",
        absl::StrCat("this node makes no checkpoints of ", head.trust.log->name, ": ",
                     head.stopped),
        "let every node sync; it goes on by itself when all were met, or at a person's word: "
        "entente register resume");
  }
}

// The lowest number that two held entries of the feed share, and those entries.
absl::StatusOr<std::vector<store::EntryPlace>> LowestFork(const store::LogReader& log,
                                                          uint32_t feed) {
  std::vector<store::EntryPlace> at;
  RETURN_IF_ERROR(log.ForEachRow(feed, 1, [&](const store::EntryPlace& place, absl::string_view) {
    if (!at.empty() && at.back().sequence != place.sequence) {
      if (at.size() > 1) return false;
      at.clear();
    }
    at.push_back(place);
    return true;
  }));
  if (at.size() < 2) at.clear();
  return at;
}

struct OddFeed {
  ledger::FeedKey key;
  uint32_t number = 0;
  std::string delegation;
  bool own = false;
  uint64_t disputed = 0;
};

absl::Status FeedAlarm(const Views& views, const OddFeed& feed, v1::NodeStatus& status) {
  const store::LogReader log(&views.snapshot());
  ASSIGN_OR_RETURN(std::vector<store::EntryPlace> fork, LowestFork(log, feed.number));
  if (fork.empty()) return absl::OkStatus();
  std::vector<std::string> entries;
  for (const store::EntryPlace& place : fork) {
    ASSIGN_OR_RETURN(ledger::EntryHeader header, log.Header(place));
    entries.push_back(
        absl::StrCat(place.id.Short(), " (dated ", TimeText(WallMs(header.hlc)), ")"));
  }
  Add(views, status, "FEED-FORK", feed.delegation,
      absl::StrCat("key ", Fingerprint(feed.key.key), " (",
                   KeyLabel(views, feed.delegation, feed.key.key.view()), " of ", feed.delegation,
                   ") signed both ", absl::StrJoin(entries, " and "), " as its number ",
                   fork[0].sequence, "; ", feed.disputed,
                   " entries from there on do not count "
                   "until it is settled, both branches are kept"),
      feed.own ? "entente delegation resolve-fork shows the branches and settles it; the author "
                 "goes on with --open-incarnation; the proof: entente delegation fork --out FILE"
               : absl::StrCat(feed.delegation, " settles it; the proof: entente delegation fork ",
                              feed.delegation, " --out FILE"));
  return absl::OkStatus();
}

}  // namespace

absl::Status AddAlarms(const Views& views, v1::NodeStatus& status) {
  const ledger::CharterView* charter = views.charter();
  if (!charter) return absl::OkStatus();
  ChainAlarms(views, status);
  std::vector<OddFeed> forked, opened;
  const store::Published& published = views.published();
  RETURN_IF_ERROR(
      store::LogReader(&views.snapshot())
          .ForEachFeed(
              views.instrument(), [&](const ledger::FeedKey& key, const v1::FeedState& state) {
                auto delegation = base::DelegationId::FromBytes(state.delegation());
                if (!delegation || (state.tips_size() < 2 && key.incarnation == 1)) return true;
                const OddFeed feed{key, state.number(),
                                   published.DelegationCode(views.instrument(), *delegation),
                                   published.delegation == delegation, state.disputed()};
                if (state.tips_size() > 1 && state.disputed() > 0) forked.push_back(feed);
                if (key.incarnation > 1 && feed.own) opened.push_back(feed);
                return true;
              }));
  RegisterAlarms(views, status);
  for (const OddFeed& feed : forked) RETURN_IF_ERROR(FeedAlarm(views, feed, status));
  SuspendAlarms(views, status);
  for (const OddFeed& feed : opened) {
    Add(views, status, "INCARNATION", feed.delegation,
        absl::StrCat("key ", Fingerprint(feed.key.key), " (",
                     KeyLabel(views, feed.delegation, feed.key.key.view()),
                     ") went on in incarnation ", feed.key.incarnation),
        "right after a restored backup or a copied key; if nobody of you did that, suspend the "
        "key: entente delegation suspend");
  }
  return absl::OkStatus();
}

}  // namespace entente::query

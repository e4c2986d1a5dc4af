#include "tests/property/status_oracle_scenario.h"

#include <algorithm>
#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/property/status_oracle_world.h"
#include "tests/support/ledger_fixture.h"

namespace entente::oracle {
namespace {

namespace act = ledger::act;
using base::DelegationId;
using base::EntryId;
using base::InstrumentId;
using base::NoteId;
using ledger::Act;
using ledger::DelegationRole;
using ledger::Entry;
using ledger::FeedKey;
using ledger::Note;
using ledger::Tip;

const std::vector<std::string> kAuthor = {"desk_officer", "focal_point"};
const std::vector<std::string> kClerk = {"clerk"};
const DelegationRole kRoles[] = {DelegationRole::kParty, DelegationRole::kObserver,
                                 DelegationRole::kSecretariat, DelegationRole::kImplementer};

struct SignerState {
  uint32_t threshold = 1;
  Names names;
};

class Scenario {
 public:
  explicit Scenario(uint64_t seed) : random_(seed) {}

  std::vector<Record> Run() {
    Found();
    const bool calm = Chance(.4);
    const int steps = Between(15, 60);
    for (int i = 0; i < steps; ++i) Step(calm);
    return std::move(records_);
  }

 private:
  bool Chance(double p) { return std::uniform_real_distribution<double>(0, 1)(random_) < p; }
  int Between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  template <class T>
  const T& Any(const std::vector<T>& from) {
    return from[Between(0, static_cast<int>(from.size()) - 1)];
  }
  template <class T>
  std::vector<T> Sample(std::vector<T> from, size_t count) {
    std::shuffle(from.begin(), from.end(), random_);
    if (from.size() > count) from.erase(from.begin() + count, from.end());
    return from;
  }

  void Found() {
    for (int d = 0; d < 2; ++d) {
      SignerState signers{static_cast<uint32_t>(Between(1, 2)), {"s1", "s2", "s3"}};
      Note note =
          FirstCredentials(absl::StrCat("D", d), {SignersOf(signers.threshold, signers.names),
                                                  EnrolOf(absl::StrCat("k", d), kAuthor),
                                                  EnrolOf(absl::StrCat("c", d), kClerk)});
      delegations_.push_back(note.id);
      Publish(note, signers, {});
    }
    for (int i = 0; i < 2; ++i) {
      SignerState signers{1, {"s1", "s2"}};
      Note note = FirstCharter(
          absl::StrCat("I", i),
          {SignersOf(1, signers.names), act::Admit{NoteId{}, "SEC", DelegationRole::kSecretariat},
           act::Admit{delegations_[0], "D0", DelegationRole::kParty}});
      instruments_.push_back(note.id);
      Publish(note, signers, {});
      Append(note.id, {act::Admit{delegations_[1], "D1", kRoles[Between(0, 2)]}});
      for (int d = 0; d < 2; ++d) codes_[{note.id, d}] = absl::StrCat("D", d);
    }
    if (Chance(.3))
      Append(delegations_[1], {EnrolOf("k0", kAuthor)});  // one key in two delegations
  }

  // Who signs: enough of the signers at the parent and of the new ones, or too few, or everybody.
  void Publish(const Note& note, const SignerState& now, const SignerState& before) {
    Names signers;
    const bool below = !before.names.empty() && Chance(.07);
    if (below) {
      signers = Sample(before.names, before.threshold - 1);
      signers.push_back("stranger");
    } else if (Chance(.3)) {
      signers = {"s1", "s2", "s3", "x"};
    } else {
      signers = Sample(before.names, before.threshold + Between(0, 1));
      for (const std::string& name : Sample(now.names, now.threshold)) signers.push_back(name);
    }
    Emit(note, signers);
    notes_.push_back(note);
    signers_[note.id] = now;
    auto& line = lines_[note.chain_id()];
    if (line.empty() || (!below && note.previous == line.back().id)) line.push_back(note);
  }

  // Lines may travel apart, and a copy with a stranger's line only.
  void Emit(const Note& note, const Names& signers) {
    if (Chance(.2)) {
      for (const std::string& name : signers) records_.push_back(Signed(note, {name}));
    } else {
      records_.push_back(Signed(note, signers));
    }
    if (Chance(.1)) records_.push_back(Signed(note, {"stranger"}));
  }

  void Append(const NoteId& chain, std::vector<Act> acts, const Note* at = nullptr) {
    const Note parent = at != nullptr ? *at : lines_[chain].back();
    const SignerState before = signers_[parent.id];
    SignerState now = before;
    for (const Act& a : acts) {
      if (std::holds_alternative<act::Signers>(a)) now = next_signers_;
    }
    if (Chance(.01)) acts.push_back(act::Unknown{{"frobnicate everything"}});
    Publish(NoteAfter(parent, std::move(acts), ++mark_), now, before);
  }

  void Credentials(int d, std::vector<Act> acts) {
    const auto& line = lines_[delegations_[d]];
    const Note at = Chance(.95) ? line.back() : Any(line);
    Append(delegations_[d], std::move(acts), &at);
  }
  void Charter(const InstrumentId& instrument, std::vector<Act> acts) {
    const auto& line = lines_[instrument];
    const Note at = Chance(.97) ? line.back() : Any(line);
    Append(instrument, std::move(acts), &at);
  }

  NoteId RecentHead(const NoteId& chain, size_t among) {
    const auto& line = lines_[chain];
    return line[line.size() - Between(1, static_cast<int>(std::min(among, line.size())))].id;
  }

  Entry Write(const InstrumentId& instrument, int d, const std::string& key, uint32_t incarnation,
              const Entry* previous, bool good) {
    EntrySpec spec;
    spec.instrument = instrument;
    spec.key = key;
    spec.incarnation = incarnation;
    spec.previous = previous;
    spec.credentials_head = RecentHead(delegations_[d], 3);
    if (Chance(.01)) spec.credentials_head = Chance(.5) ? NoteId{EntryId{{1}}.bytes} : instrument;
    spec.charter_head = RecentHead(instrument, 2);
    const int kind = Between(0, 11);
    spec.kind = kind < 6 ? 1 : kind < 11 ? 2000 : Chance(.8) ? 1006 : 3000;
    spec.body = BodyOf(spec, d);
    spec.good = good;
    Entry entry = EntryOf(spec);
    records_.push_back(entry);
    entries_.push_back(entry);
    return entry;
  }

  // A report that now and then supersedes earlier ones of its slot, its withdrawal, or bytes that
  // are no record.
  std::string BodyOf(EntrySpec& spec, int d) {
    const std::string words = absl::StrCat("body ", ++mark_);
    if (spec.kind != 1 || Chance(.1)) return words;
    const std::string& code = Chance(.95) ? codes_[{spec.instrument, d}] : "D9";
    const std::string commitment = Chance(.7) ? "DDR/08" : "DDR/09";
    std::vector<EntryId> before;
    for (const Entry& e : Sample(Where([&](const Entry& e) {
                                   return e.header.instrument == spec.instrument &&
                                          e.header.kind < 1000;
                                 }),
                                 Between(0, 2))) {
      before.push_back(e.id);
    }
    if (Chance(.9)) return support::ReportPayload(code, commitment, words, before);
    spec.kind = 2;
    return support::WithdrawalPayload(code, support::ReportSlot(code, commitment), before);
  }

  std::vector<Entry> Where(const std::function<bool(const Entry&)>& test) const {
    std::vector<Entry> out;
    std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(out), test);
    return out;
  }

  // A tip now and then names an entry that does not exist, or gives another sequence.
  Tip Near(const Entry& entry) {
    Tip tip = TipOf(entry);
    if (Chance(.05)) tip.entry.bytes[3] ^= 1;
    if (Chance(.03)) tip.sequence += Between(1, 2);
    return tip;
  }

  // Tips for most feeds of the key.
  std::vector<Tip> CutsOf(const std::string& key) {
    const base::PublicKey id = PublicNamed(key);
    std::map<FeedKey, std::vector<Entry>> feeds;
    for (const Entry& e : entries_) {
      if (e.header.key == id) feeds[e.feed()].push_back(e);
    }
    std::vector<Tip> out;
    for (const auto& [feed, entries] : feeds) {
      if (!Chance(.8)) continue;
      for (const Entry& e : Sample(entries, Chance(.8) ? 1 : 2)) out.push_back(Near(e));
    }
    return Ascending(std::move(out));
  }

  void Step(bool calm);
  void CredentialsStep(double x, int d, const std::string& key, const std::vector<Entry>& mine,
                       const Entry* any);
  void OfficeStep(int d);
  void CharterStep(double x, int d, const InstrumentId& instrument, const std::string& key,
                   const std::vector<Entry>& mine);

  std::mt19937_64 random_;
  std::vector<Record> records_;
  std::vector<DelegationId> delegations_;
  std::vector<InstrumentId> instruments_;
  std::map<NoteId, std::vector<Note>> lines_;  // main line of every chain
  std::vector<Note> notes_;
  std::map<NoteId, SignerState> signers_;
  SignerState next_signers_;
  std::vector<Entry> entries_;
  std::map<FeedKey, Entry> heads_;
  std::vector<NoteId> suspends_;
  std::map<std::pair<InstrumentId, int>, std::string> codes_;  // newest in the charter
  int mark_ = 0;
};

void Scenario::Step(bool calm) {
  double x = std::uniform_real_distribution<double>(0, 1)(random_);
  if (calm && x >= .675 && x < .765) x = .89;
  const int d = Between(0, 2) == 0 ? 1 : 0;
  const InstrumentId instrument = instruments_[Between(0, 2) == 0 ? 1 : 0];
  const int pick = Between(0, 8);
  std::string key = absl::StrCat(pick < 6 ? "k" : pick == 6 ? "c" : pick == 7 ? "n" : "k", d);
  if (pick == 8 && Chance(.3)) key = "k0";
  const uint32_t incarnations[] = {1, 1, 1, 1, 1, 2, 8};
  const uint32_t incarnation = incarnations[Between(0, 6)];
  const FeedKey feed{instrument, PublicNamed(key), incarnation};
  const auto mine = Where([&](const Entry& e) { return e.feed() == feed; });
  std::optional<Entry> any;
  if (!entries_.empty()) any = Any(entries_);
  if (x < .62) {
    auto head = heads_.find(feed);
    const Entry* previous = head == heads_.end() ? nullptr : &head->second;
    heads_.insert_or_assign(feed, Write(instrument, d, key, incarnation, previous, Chance(.85)));
  } else if (x < .67) {
    if (mine.empty()) return;
    const Entry at = Any(mine);  // a fork, by the key or, unsigned, by a relay
    Entry fork = Write(instrument, d, key, incarnation, &at, Chance(.7));
    if (Chance(.5)) heads_.insert_or_assign(feed, fork);
  } else if (x < .675) {
    if (any) Write(instrument, d, key, incarnation, &*any, true);  // a link into a foreign feed
  } else if (x < .86) {
    CredentialsStep(x, d, key, mine, any ? &*any : nullptr);
  } else {
    CharterStep(x, d, instrument, key, mine);
  }
}

void Scenario::CredentialsStep(double x, int d, const std::string& key,
                               const std::vector<Entry>& mine, const Entry* any) {
  const std::string next = absl::StrCat("n", d);
  if (x < .69) {
    Credentials(d, {act::Revoke{PublicNamed(key), ledger::RevokeReason::kLost, CutsOf(key)}});
  } else if (x < .70) {
    OfficeStep(d);
  } else if (x < .715) {
    Credentials(d, {RotateOf(key, next, CutsOf(key))});
  } else if (x < .73) {
    Credentials(d, {EnrolOf(next, Chance(.8) ? kAuthor : kClerk)});
  } else if (x < .76) {
    if (mine.empty()) return;
    std::vector<Tip> tips;
    for (const Entry& e : Sample(mine, 2)) tips.push_back(Near(e));
    Credentials(d, {act::ResolveFork{mine[0].feed().Name(), Ascending(tips)}});
  } else if (x < .81) {
    if (any == nullptr) return;
    const EntryId first = Any(Where([&](const Entry& e) { return e.feed() == any->feed(); })).id;
    if (Chance(.75)) {
      Credentials(d, {act::Adopt{first, any->id, "ours"}});
    } else {
      Credentials(d, {act::Void{first, any->id, "not ours"}});
    }
  } else if (x < .835) {
    const auto suspend = SuspendOf(delegations_[d], key, CutsOf(key), ++mark_);
    for (const std::string& name : Sample(Names{"s1", "s2", "s3", "x"}, Chance(.8) ? 1 : 2)) {
      records_.push_back(Signed(suspend, {name}));
    }
    suspends_.push_back(suspend.id);
  } else if (x < .85) {
    if (!suspends_.empty()) Credentials(d, {act::Lift{Any(suspends_)}});
  } else {
    const std::vector<Names> sets = {{"s1"}, {"s2", "x"}, {"s1", "s2", "s3"}};
    const Names names = Any(sets);
    const uint32_t threshold = Between(1, static_cast<int>(std::min<size_t>(2, names.size())));
    next_signers_ = {threshold, names};
    Credentials(d, {SignersOf(threshold, names)});
  }
}

// One office closes and another follows: the keys of the first are retired at their heads, or
// closed without any tip, and the successor's key is enrolled in the same act.
void Scenario::OfficeStep(int d) {
  const std::string key = absl::StrCat("k", d), next = absl::StrCat("n", d);
  std::vector<Tip> tips;
  for (const auto& [feed, head] : heads_) {
    if (feed.key == PublicNamed(key) && Chance(.8)) tips.push_back(TipOf(head));
  }
  const auto why =
      Chance(.5) ? ledger::RevokeReason::kOfficeClosed : ledger::RevokeReason::kRetired;
  Credentials(
      d, {act::Office{"OLD", false, "NEW", "Dissolved service"},
          act::Office{"NEW", true, "", "Ministry"},
          act::Revoke{PublicNamed(key), why, Ascending(std::move(tips))}, EnrolOf(next, kAuthor)});
}

void Scenario::CharterStep(double x, int d, const InstrumentId& instrument, const std::string& key,
                           const std::vector<Entry>& mine) {
  if (x < .90) {
    if (mine.empty()) return;
    const Tip tip = Near(Any(mine));
    Charter(instrument, {act::Seal{delegations_[d], tip.feed, tip.sequence, tip.entry}});
  } else if (x < .925) {
    std::vector<Note> chain;
    for (const Note& n : notes_) {
      if (n.chain_id() == delegations_[d]) chain.push_back(n);
    }
    const Note& at = Any(chain);
    Charter(instrument, {act::Anchor{delegations_[d], at.position, at.id}});
  } else if (x < .95) {
    Charter(instrument, {act::ShutDelegation{Chance(.5), delegations_[d], kRoles[Between(0, 1)],
                                             "membership", CutsOf(key)}});
  } else if (x < .97) {
    // A new code now and then, or the other delegation's: such a note is nobody's.
    std::string code = codes_[{instrument, d}];
    if (Chance(.1)) {
      code = codes_[{instrument, 1 - d}];
    } else if (Chance(.3)) {
      code = absl::StrCat("D", d, "-NEW");
      codes_[{instrument, d}] = code;
    }
    Charter(instrument, {act::Admit{delegations_[d], code, kRoles[Between(0, 3)]}});
  } else {
    const Note at = Any(notes_);
    Append(at.chain_id(), {act::Heal{at.id}}, &at);
    if (Chance(.5)) Emit(notes_.back(), {"s1", "s2", "s3", "x"});
  }
}

}  // namespace

std::vector<Record> RandomScenario(uint64_t seed) { return Scenario(seed).Run(); }

}  // namespace entente::oracle

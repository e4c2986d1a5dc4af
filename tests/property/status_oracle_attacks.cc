#include "tests/property/status_oracle_attacks.h"

#include <functional>

#include "tests/property/status_oracle_world.h"

namespace entente::oracle {

namespace act = ledger::act;
using base::EntryId;
using ledger::Act;
using ledger::Entry;
using ledger::Note;
using ledger::Tip;

namespace {

const std::vector<std::string> kAuthorRoles = {"desk_officer", "focal_point"};
const Names kOwners = {"s1", "s2", "s3"};
using Run = std::vector<Entry>;

Run operator+(Run a, const Run& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// One instrument, the delegation under attack with key "k", and another delegation.
class Scene {
 public:
  Scene() {
    own_ = FirstCredentials("OWN", {SignersOf(2, kOwners), EnrolOf("k", kAuthorRoles)});
    other_ = FirstCredentials("OTHER", {SignersOf(1, {"t1"}), EnrolOf("z", kAuthorRoles)});
    charter_ = FirstCharter(
        "PLAN", {SignersOf(1, {"sec"}),
                 act::Admit{base::NoteId{}, "SEC", ledger::DelegationRole::kSecretariat},
                 act::Admit{own_.id, "OWN", ledger::DelegationRole::kParty},
                 act::Admit{other_.id, "OTHER", ledger::DelegationRole::kParty}});
  }

  const Note& own() const { return own_; }
  const Note& other() const { return other_; }
  const Note& charter() const { return charter_; }

  Run Write(int count, const Entry* after = nullptr, const std::string& body = "own",
            std::function<bool(uint64_t)> good = nullptr, uint32_t incarnation = 1,
            const Note* head = nullptr, const std::string& key = "k") const {
    Run out;
    out.reserve(count);
    for (int i = 0; i < count; ++i) {
      EntrySpec spec{charter_.id, key,
                     incarnation, out.empty() ? after : &out.back(),
                     charter_.id, head == nullptr ? own_.id : head->id,
                     1,           body,
                     true};
      const uint64_t sequence = spec.previous == nullptr ? 1 : spec.previous->header.sequence + 1;
      spec.good = !good || good(sequence);
      out.push_back(EntryOf(spec));
    }
    return out;
  }

  void Want(const std::string& name, const Run& entries, const std::vector<Record>& notes,
            const std::string& expected) {
    NamedCase c{name, {}, {}, expected};
    c.records = {Signed(own_, kOwners), Signed(other_, {"t1"}), Signed(charter_, {"sec"})};
    c.records.insert(c.records.end(), notes.begin(), notes.end());
    for (const Entry& e : entries) {
      c.records.push_back(e);
      c.entries.push_back(e.id);
    }
    cases.push_back(std::move(c));
  }

  std::vector<NamedCase> cases;

 private:
  Note own_, other_, charter_;
};

std::vector<Tip> Tips(const std::vector<Entry>& entries) {
  std::vector<Tip> out;
  for (const Entry& e : entries) out.push_back(TipOf(e));
  return Ascending(std::move(out));
}

act::Revoke Revoke(const std::vector<Entry>& tips) {
  return {PublicNamed("k"), ledger::RevokeReason::kLost, Tips(tips)};
}
act::Seal Seal(const Scene& s, const Entry& e) {
  return {s.own().id, e.feed().Name(), e.header.sequence, e.id};
}
act::ShutDelegation Shut(const Scene& s, const std::vector<Entry>& tips) {
  return {false, s.own().id, ledger::DelegationRole::kParty, "membership suspended", Tips(tips)};
}
act::Admit AdmitAgain(const Scene& s) {
  return {s.own().id, "OWN", ledger::DelegationRole::kParty};
}
act::Adopt Adopt(const Entry& a, const Entry& b) { return {a.id, b.id, "ours"}; }

void AddForks(Scene& s, const Run& c, const Run& t) {
  auto char_ = [&](std::vector<Act> acts) {
    return Record(Signed(NoteAfter(s.charter(), std::move(acts)), {"sec"}));
  };
  Entry nobody = c[0];
  nobody.header.sequence = 99;
  nobody.id.bytes[0] ^= 1;
  const Run relay = s.Write(2, &c[2], "relay", [](uint64_t) { return false; });
  s.Want("plain", c, {}, "AAAAAA");
  const Run bad_middle = s.Write(5, nullptr, "own", [](uint64_t q) { return q != 3; });
  s.Want("own bad signature, a later one is good", bad_middle, {}, "AAAAA");
  s.Want("a relay adds unsigned entries: no fork", c + relay, {}, "AAAAAAPP");
  s.Want("the secretariat seals an unsigned entry", c + relay, {char_({Seal(s, relay[0])})},
         "AAAAAAPP");
  s.Want("seal of an entry nobody holds", c, {char_({Seal(s, nobody)})}, "AAAAAA");
  s.Want("fork", c + t, {}, "AAAUUUUUU");
  s.Want("seal above the fork", c + t, {char_({Seal(s, c[4])})}, "AAAAAALLL");
  s.Want("second seal against the first", c + t, {char_({Seal(s, c[3]), Seal(s, t[2])})},
         "AAAAAALLL");
  s.Want("the first seal wins whatever its height", c + t, {char_({Seal(s, t[0]), Seal(s, c[5])})},
         "AAALLLAAA");
  s.Want("a later seal prolongs the line", c + t, {char_({Seal(s, c[1]), Seal(s, c[4])})},
         "AAAAAALLL");
}

void AddCuts(Scene& s, const Run& c, const Run& t) {
  auto cred = [&](std::vector<Act> acts) { return NoteAfter(s.own(), std::move(acts)); };
  auto signed_ = [](const Note& note) { return Record(Signed(note, {"s1", "s2"})); };
  const Run forged = s.Write(6, nullptr, "rewrite");
  const Run seventh = s.Write(3, nullptr, "own", nullptr, 7);
  const Note revoke = cred({Revoke({c[3]})});
  s.Want("a thief rewrites from sequence 1 after the revoke", c + forged, {signed_(revoke)},
         "AAAAQQQQQQQQ");
  s.Want("only the forgery is held", forged, {signed_(revoke)}, "PPPPQQ");
  s.Want("an incarnation the revoke does not name", c + seventh, {signed_(revoke)}, "AAAAQQQQQ");
  const Record thief_seal = Signed(NoteAfter(s.charter(), {Seal(s, t[2])}), {"sec"});
  s.Want("the delegation's cut beats a seal on the thief's branch", c + t,
         {thief_seal, signed_(revoke)}, "AAAAQQQQQ");
  const Run more = s.Write(1, &t.back(), "more");
  s.Want("resolve-fork closes the feed", c + t + more,
         {signed_(cred({act::ResolveFork{c[0].feed().Name(), Tips({c[5], t[1]})}}))}, "AAAAAAAAQQ");
  s.Want("void of an adopt", c,
         {signed_(revoke),
          signed_(NoteAfter(revoke, {Adopt(c[4], c[5]), act::Void{c[5].id, c[5].id, "no"}}))},
         "AAAAAQ");
  s.Want("adopt over a fork follows one path", c + t,
         {signed_(revoke), signed_(NoteAfter(revoke, {Adopt(c[2], t[1])}))}, "AAAAQQAAQ");
  s.Want("adopt of a range that is no line", c + t,
         {signed_(revoke), signed_(NoteAfter(revoke, {Adopt(c[4], t[1])}))}, "AAAAQQQQQ");
  const Note foreign = NoteAfter(s.other(), {Revoke({}), Adopt(c[0], c[5])});
  s.Want("a foreign delegation revokes or adopts", c, {Signed(foreign, {"t1"})}, "AAAAAA");
  s.Want("a revoked key is enrolled again: it stays closed", c,
         {signed_(revoke), signed_(NoteAfter(revoke, {EnrolOf("k", kAuthorRoles)}))}, "AAAAQQ");
  s.Want("below the threshold", c, {Signed(cred({Revoke({})}), {"s1"})}, "AAAAAA");
  s.Want("one signer signs twice", c, {Signed(cred({Revoke({})}), {"s1", "s1"})}, "AAAAAA");
  s.Want("a stranger's line completes no threshold", c, {Signed(cred({Revoke({})}), {"s1", "t1"})},
         "AAAAAA");
  s.Want("lines of two copies reach the threshold", c,
         {Signed(cred({Revoke({})}), {"s1"}), Signed(cred({Revoke({})}), {"s3"})}, "QQQQQQ");
  s.Want("rotate closes the old key at its tips", c,
         {signed_(cred({RotateOf("k", "next", Tips({c[1]}))}))}, "AAQQQQ");
}

void AddSuspends(Scene& s, const Run& c, const Run& t) {
  auto cred = [&](std::vector<Act> acts) {
    return Record(Signed(NoteAfter(s.own(), std::move(acts)), {"s1", "s2"}));
  };
  const ledger::Suspend all = SuspendOf(s.own().id, "k", {});
  s.Want("foreign suspends", c,
         {Signed(SuspendOf(s.other().id, "k", {}), {"t1"}), Signed(all, {"t1"})}, "AAAAAA");
  s.Want("suspend", c, {Signed(all, {"s3"})}, "QQQQQQ");
  s.Want("a suspend settles no fork", c + t,
         {Signed(SuspendOf(s.own().id, "k", Tips({t[2]})), {"s1"})}, "AAAQQQUUU");
  s.Want("suspend, lifted", c, {Signed(all, {"s3"}), cred({act::Lift{all.id}})}, "AAAAAA");
  s.Want("suspend of a signer who was removed", c,
         {Signed(all, {"s3"}), cred({SignersOf(2, {"s1", "s2"})})}, "AAAAAA");
  s.Want("suspend of a key that only becomes a signer later", c,
         {Signed(all, {"new"}),
          Signed(NoteAfter(s.own(), {SignersOf(1, {"s1", "new"})}), {"s1", "s2"})},
         "QQQQQQ");
}

void AddCharter(Scene& s, const Run& c) {
  auto char_ = [&](std::vector<Act> acts) { return NoteAfter(s.charter(), std::move(acts)); };
  auto sec = [](const Note& note) { return Record(Signed(note, {"sec"})); };
  const Note out = char_({Shut(s, {c[2]})});
  s.Want("a withdrawn delegation backdates its charter head", c, {sec(out)}, "AAAQQQ");
  const Note adopt = NoteAfter(s.own(), {Adopt(c[3], c[5])});
  s.Want("... and adopts its own", c, {sec(out), Signed(adopt, {"s1", "s2"})}, "AAAQQQ");
  s.Want("a suspension cannot go below a seal", c, {sec(char_({Seal(s, c[3]), Shut(s, {})}))},
         "AAAAQQ");
  s.Want("a second suspension takes the place of the first", c,
         {sec(char_({Shut(s, {c[1]}), Shut(s, {c[3]})}))}, "AAAAQQ");
  s.Want("admitted again", c, {sec(out), sec(NoteAfter(out, {AdmitAgain(s)}))}, "AAAAAA");
  s.Want("forked charter: the suspension bites, the rest is in dispute", c,
         {sec(out), sec(char_({AdmitAgain(s)}))}, "AAAQQQ");
  s.Want("a suspension of a role never admitted", c,
         {sec(char_({act::ShutDelegation{
             false, s.own().id, ledger::DelegationRole::kObserver, "x", {}}}))},
         "AAAAAA");
}

void AddChainForks(Scene& s, const Run& c) {
  const Note x = NoteAfter(s.own(), {EnrolOf("m", kAuthorRoles)});
  const Note y = NoteAfter(s.own(), {Revoke({c[1]})});
  const Record xs = Signed(x, {"s1", "s2"}), ys = Signed(y, {"s2", "s3"});
  auto anchor = [&](const Note& n) {
    return Record(
        Signed(NoteAfter(s.charter(), {act::Anchor{s.own().id, n.position, n.id}}), {"sec"}));
  };
  s.Want("forked credentials: the revoke bites, the chain stays", c, {xs, ys}, "AAQQQQ");
  s.Want("an anchor picks", c, {xs, ys, anchor(x)}, "AAAAAA");
  s.Want("an anchor that is not held picks nothing", c,
         {xs, ys, anchor(NoteAfter(x, {EnrolOf("m", kAuthorRoles)}))}, "AAQQQQ");
  auto anchors = [&](const Note& first, const Note& second) {
    auto of = [&](const Note& n) { return act::Anchor{s.own().id, n.position, n.id}; };
    return Record(Signed(NoteAfter(s.charter(), {of(first), of(second)}), {"sec"}));
  };
  s.Want("of two anchors on different branches the first wins", c, {xs, ys, anchors(x, y)},
         "AAAAAA");
  s.Want("... whichever it is", c, {xs, ys, anchors(y, x)}, "AAQQQQ");
  const Note y_on = NoteAfter(y, {EnrolOf("m", kAuthorRoles)});
  s.Want("a later anchor prolongs the line", c,
         {xs, ys, Signed(y_on, {"s1", "s2"}), anchors(y, y_on)}, "AAQQQQ");
  const Run by_m = s.Write(1, nullptr, "own", nullptr, 1, nullptr, "m");
  s.Want("a key enrolled only on the branch an anchor left behind", by_m, {xs, ys, anchor(y)}, "P");
  const Note heal = NoteAfter(x, {act::Heal{x.id}});
  s.Want("a unanimous heal picks", c, {xs, ys, Signed(heal, kOwners)}, "AAAAAA");
  s.Want("a heal by the threshold only picks nothing", c, {xs, ys, Signed(heal, {"s1", "s2"})},
         "AAQQQQ");
  s.Want("a heal becomes unanimous with a later copy", c,
         {xs, ys, Signed(heal, {"s1", "s2"}), Signed(heal, {"s3"})}, "AAAAAA");
  Run v = s.Write(1, nullptr, "own", nullptr, 1, &x);
  v = v + s.Write(1, &v[0], "own", nullptr, 1, &y);
  v = v + s.Write(1, &v[1]);
  s.Want("heads on both branches or backwards lose nothing", v, {xs, ys, anchor(x)}, "AAA");
  s.Want("a key enrolled after it wrote", s.Write(1, nullptr, "own", nullptr, 1, nullptr, "m"),
         {xs}, "A");
  s.Want("a key enrolled on a disputed branch only",
         s.Write(1, nullptr, "own", nullptr, 1, nullptr, "m"), {xs, ys}, "P");
  const Note newer = NoteAfter(s.own(), {act::Unknown{{"frobnicate all"}}, Revoke({})});
  const Run named = s.Write(2, &c[5], "own", nullptr, 1, &newer);
  s.Want("an act word of a newer version ends the chain before its note", c + named,
         {Signed(newer, {"s1", "s2"})}, "AAAAAAPP");
  s.Want("... and what follows such an entry waits with it, also under an older head",
         c + named + s.Write(2, &named.back()), {Signed(newer, {"s1", "s2"})}, "AAAAAAPPPP");
  const Run strange = s.Write(1, nullptr, "own", nullptr, 2, &s.charter());
  s.Want("a charter note as credentials head", strange, {}, "I");
  Run taken = s.Write(1, nullptr, "own", nullptr, 3);
  taken = taken + s.Write(1, &taken[0], "own", nullptr, 3, &s.other());
  s.Want("a successor that names another delegation's credentials", taken, {}, "AI");
}

}  // namespace

char LetterOf(ledger::Status status) {
  switch (status) {
    case ledger::Status::kAdmitted:
      return 'A';
    case ledger::Status::kPending:
      return 'P';
    case ledger::Status::kQuarantined:
      return 'Q';
    case ledger::Status::kDisplaced:
      return 'L';
    case ledger::Status::kDisputed:
      return 'U';
    case ledger::Status::kInvalid:
      return 'I';
  }
  return '?';
}

std::vector<NamedCase> NamedCases() {
  Scene scene;
  const Run c = scene.Write(6);
  const Run t = scene.Write(3, &c[2], "thief");
  AddForks(scene, c, t);
  AddCuts(scene, c, t);
  AddSuspends(scene, c, t);
  AddCharter(scene, c);
  AddChainForks(scene, c);
  return std::move(scene.cases);
}

}  // namespace entente::oracle

// Authority acts: what signers do, from what their home node holds.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/log_reader.h"
#include "tests/simulation/workload.h"

namespace entente::simulation {

namespace act = ledger::act;
using ledger::Act;
using ledger::Tip;

namespace {

constexpr size_t kKeysMax = 5;

}  // namespace

void Workload::SendNotes(size_t index) {
  SimDelegation& delegation = world_.delegations[index];
  SimNode& home = *nodes_[delegation.nodes[0]];
  if (!home.up() || delegation.sent_life == home.life()) return;
  delegation.sent_life = home.life();
  const std::vector<std::string> files = delegation.pending_notes;
  home.Write([&](driver::Replica& replica) { return replica.AddNotes(files).status(); },
             [this, index, count = files.size()](const absl::Status& status) {
               SimDelegation& sender = world_.delegations[index];
               loop_.Trace("notes ", sender.code, " x", count, " ", status.ok() ? "OK" : "failed");
               sender.sent_life = 0;
               if (status.ok()) sender.pending_notes.clear();
             });
}

std::vector<Tip> Workload::TipsOfKey(const store::LogReader& log, const SimNode& node,
                                     const base::PublicKey& key) {
  // All known now, up to the middle, or none.
  const uint64_t how = prng_.Below(10);
  std::vector<Tip> tips;
  if (how == 9) return tips;
  for (const base::InstrumentId& instrument : node.published()->instruments) {
    absl::Status read =
        log.ForEachFeed(instrument, [&](const ledger::FeedKey& feed, const v1::FeedState& state) {
          if (feed.key != key) return true;
          for (const v1::FeedTip& tip : state.tips()) {
            if (how < 6) {
              tips.push_back({feed.Name(), tip.sequence(), *base::EntryId::FromBytes(tip.id())});
              continue;
            }
            const uint64_t sequence = tip.sequence() / 2;
            auto ids = sequence == 0 ? std::vector<base::EntryId>()
                                     : log.IdsAt(state.number(), sequence).value();
            if (!ids.empty()) tips.push_back({feed.Name(), sequence, ids[0]});
          }
          return true;
        });
    if (!read.ok()) return {};
  }
  return support::Ascending(std::move(tips));
}

std::optional<ledger::FeedKey> Workload::ForkedFeed(SimNode& home, size_t delegation) {
  auto snapshot = home.kv().NewSnapshot();
  const store::LogReader log(snapshot.get());
  std::optional<ledger::FeedKey> found;
  for (const base::InstrumentId& instrument : home.published()->instruments) {
    absl::Status read =
        log.ForEachFeed(instrument, [&](const ledger::FeedKey& feed, const v1::FeedState& state) {
          if (state.tips_size() > 1 && state.delegation() == world_.IdOf(delegation).str())
            found = feed;
          return true;
        });
    if (!read.ok()) return std::nullopt;
  }
  return found;
}

std::optional<base::EntryId> Workload::SomeEntry(SimNode& home, size_t delegation, bool admitted) {
  auto snapshot = home.kv().NewSnapshot();
  const store::LogReader log(snapshot.get());
  std::vector<base::EntryId> found;
  for (const base::InstrumentId& instrument : home.published()->instruments) {
    absl::Status read =
        log.ForEachFeed(instrument, [&](const ledger::FeedKey&, const v1::FeedState& state) {
          if (state.delegation() != world_.IdOf(delegation).str()) return true;
          return log
              .ForEachRow(state.number(), 1,
                          [&](const store::EntryPlace& place, absl::string_view) {
                            auto verdict = log.VerdictOf(place);
                            if (verdict.ok() &&
                                (verdict->status == ledger::Status::kAdmitted) == admitted) {
                              found.push_back(place.id);
                            }
                            return true;
                          })
              .ok();
        });
    if (!read.ok()) return std::nullopt;
  }
  if (found.empty()) return std::nullopt;
  std::sort(found.begin(), found.end());
  return found[prng_.Below(found.size())];
}

size_t Workload::EnrolNewKey(SimDelegation& delegation, size_t index) {
  world_.keys.push_back(support::KeyFrom(absl::StrCat(seed_, " late key ", world_.keys.size())));
  const size_t key = world_.keys.size() - 1;
  delegation.keys.push_back(key);
  const size_t node = delegation.nodes[prng_.Below(delegation.nodes.size())];
  AddAuthor(world_, key, index, node, 0);
  return key;
}

void Workload::ActInCredentials(size_t index) {
  SimDelegation& delegation = world_.delegations[index];
  SimNode& home = *nodes_[delegation.nodes[0]];
  if (!home.up()) return;
  if (!delegation.pending_notes.empty()) return SendNotes(index);
  const uint64_t what = prng_.Below(1000);
  if (what < 120) {
    Suspend(delegation, home);
  } else if (what < 160 && !delegation.forked) {
    ForkCredentials(delegation);
  } else {
    std::optional<Act> one = CredentialsAct(delegation, home);
    if (!one) return;
    loop_.Trace("signs ", delegation.code, " ", ledger::ActInWords(*one).substr(0, 24));
    delegation.pending_notes.push_back(delegation.credentials->Add({*std::move(one)}));
  }
  ++notes_written_;
  SendNotes(index);
}

std::optional<Act> Workload::CredentialsAct(SimDelegation& delegation, SimNode& home) {
  const size_t index = static_cast<size_t>(&delegation - world_.delegations.data());
  auto snapshot = home.kv().NewSnapshot();
  const store::LogReader log(snapshot.get());
  const uint64_t what = prng_.Below(1000);
  const crypto::PrivateKey& key = world_.keys[delegation.keys[prng_.Below(delegation.keys.size())]];
  const bool room = delegation.keys.size() < kKeysMax;
  if (what < 250) {
    if (!room) return std::nullopt;
    const size_t fresh = EnrolNewKey(delegation, index);
    return support::EnrolOf(world_.keys[fresh], {index == 0 ? "desk_officer" : "focal_point"});
  }
  if (what < 400) {
    const auto reason = static_cast<ledger::RevokeReason>(prng_.Below(4));
    return act::Revoke{key.public_key(), reason, TipsOfKey(log, home, key.public_key())};
  }
  if (what < 500) {
    if (!room) return std::nullopt;
    std::vector<Tip> tips = TipsOfKey(log, home, key.public_key());
    const crypto::PrivateKey& fresh = world_.keys[EnrolNewKey(delegation, index)];
    const act::Enrol enrol = support::EnrolOf(fresh, {"focal_point"});
    return act::Rotate{key.public_key(), enrol.key, enrol.pop, std::nullopt, std::move(tips)};
  }
  if (what < 650) {
    std::optional<ledger::FeedKey> feed = ForkedFeed(home, index);
    if (!feed) return std::nullopt;
    std::vector<Tip> tips = TipsOfKey(log, home, feed->key);
    std::erase_if(tips, [&](const Tip& tip) { return tip.feed != feed->Name(); });
    return act::ResolveFork{feed->Name(), std::move(tips)};
  }
  if (what < 900) {
    const bool adopt = what < 800;
    std::optional<base::EntryId> entry = SomeEntry(home, index, !adopt);
    if (!entry) return std::nullopt;
    if (adopt) return act::Adopt{*entry, *entry, "written in good faith"};
    return act::Void{*entry, *entry, "written by mistake"};
  }
  if (delegation.open_suspends.empty()) return std::nullopt;
  const base::NoteId lifted = delegation.open_suspends.back();
  delegation.open_suspends.pop_back();
  return act::Lift{lifted};
}

void Workload::Suspend(SimDelegation& delegation, SimNode& home) {
  auto snapshot = home.kv().NewSnapshot();
  const base::PublicKey key =
      world_.keys[delegation.keys[prng_.Below(delegation.keys.size())]].public_key();
  base::NoteId id;
  std::vector<Tip> tips = TipsOfKey(store::LogReader(snapshot.get()), home, key);
  delegation.pending_notes.push_back(delegation.credentials->Suspend(key, std::move(tips), &id));
  delegation.open_suspends.push_back(id);
  loop_.Trace("suspends ", delegation.code);
}

// Two notes at one position: what follows is in dispute.
void Workload::ForkCredentials(SimDelegation& delegation) {
  support::Chain other = *delegation.credentials;
  const crypto::PrivateKey& key = world_.keys[delegation.keys[0]];
  delegation.pending_notes.push_back(
      delegation.credentials->Add({act::Office{"FP", true, "", "Focal point"}}));
  delegation.pending_notes.push_back(
      other.Add({act::Revoke{key.public_key(), ledger::RevokeReason::kLost, {}}}));
  // Half of them are healed on the first branch by the one signer there is.
  if (prng_.Chance(500)) {
    const base::NoteId kept = delegation.credentials->head();
    delegation.pending_notes.push_back(delegation.credentials->Add({act::Heal{kept}}));
  }
  delegation.forked = true;
  loop_.Trace("forks ", delegation.code);
}

void Workload::ActInCharter() {
  SimDelegation& secretariat = world_.delegations[0];
  SimNode& home = *nodes_[secretariat.nodes[0]];
  if (!home.up()) return;
  if (!secretariat.pending_notes.empty()) return SendNotes(0);
  SimInstrument& instrument = world_.instruments[0];
  const uint64_t what = prng_.Below(1000);
  const size_t some = instrument.admitted[prng_.Below(instrument.admitted.size())];
  const std::string code = world_.delegations[some].code;
  std::optional<Act> one;
  auto snapshot = home.kv().NewSnapshot();
  const store::LogReader log(snapshot.get());
  const bool is_shut =
      std::find(instrument.shut.begin(), instrument.shut.end(), some) != instrument.shut.end();
  if (what < 400 && !instrument.later.empty()) {
    const size_t late = instrument.later.back();
    instrument.later.pop_back();
    instrument.admitted.push_back(late);
    one = act::Admit{world_.IdOf(late), world_.delegations[late].code,
                     ledger::DelegationRole::kParty};
    // It gave its credentials by hand.
    const auto& files = world_.delegations[late].credentials->files();
    secretariat.pending_notes.push_back(files[0]);
  } else if (what < 600 && some > 1 && !is_shut) {
    std::vector<Tip> tips;
    for (size_t key : world_.delegations[some].keys) {
      for (const Tip& tip : TipsOfKey(log, home, world_.keys[key].public_key()))
        tips.push_back(tip);
    }
    one = act::ShutDelegation{prng_.Chance(500), world_.IdOf(some), ledger::DelegationRole::kParty,
                              "left", support::Ascending(std::move(tips))};
    instrument.shut.push_back(some);
  } else if (what < 800 && !instrument.shut.empty()) {
    const size_t back = instrument.shut.back();
    instrument.shut.pop_back();
    one = act::Admit{world_.IdOf(back), world_.delegations[back].code,
                     ledger::DelegationRole::kParty};
  } else if (what < 900) {
    const ledger::CredentialsView* view =
        home.published()->authority.Credentials(base::InstrumentId(), world_.IdOf(some));
    if (view != nullptr) one = act::Anchor{world_.IdOf(some), view->position, view->head};
  } else if (auto entry = SomeEntry(home, some, true)) {
    auto place = log.Find(*entry);
    if (!place.ok() || !place->has_value()) return;
    auto header = log.Header(**place);
    if (!header.ok() || header->instrument != instrument.charter->id()) return;
    const ledger::FeedKey feed{header->instrument, header->key, header->incarnation};
    one = act::Seal{world_.IdOf(some), feed.Name(), header->sequence, *entry};
  }
  if (!one) return;
  loop_.Trace("signs charter ", ledger::ActInWords(*one).substr(0, 24));
  secretariat.pending_notes.push_back(instrument.charter->Add({*std::move(one)}));
  ++notes_written_;
  SendNotes(0);
}

}  // namespace entente::simulation

// The two ends of the contact that the dialer target fuzzes, and its seeds are taken from: each
// holds what the other lacks.
#pragma once

#include "tests/unit/sync/fake_host.h"

namespace entente::fuzz {

inline sync::testing::FakeHost HostWith(const char* name, const char* peer, uint64_t own_key) {
  using sync::testing::AKey;
  const base::InstrumentId instrument = sync::testing::AnInstrument();
  sync::testing::FakeHost host(name);
  host.Admit(sync::testing::FakeHost(peer), instrument);
  sync::testing::Random random(1);
  for (uint64_t key = 1; key <= 4; ++key) {
    host.Enrol(instrument, AKey(key));
    sync::testing::FeedWriter feed(instrument, AKey(key));
    for (int i = 0; i < 5; ++i) {
      const ledger::Entry entry = feed.Write(random, "payload");
      // Both hold keys 3 and 4, and the first entry of the others.
      if (key >= 3 || key == own_key || i == 0) host.AddEntry(entry);
    }
  }
  return host;
}

inline const sync::testing::FakeHost& Dialling() {
  static const auto* host = new sync::testing::FakeHost(HostWith("dialling", "answering", 1));
  return *host;
}
inline const sync::testing::FakeHost& Answering() {
  static const auto* host = new sync::testing::FakeHost(HostWith("answering", "dialling", 2));
  return *host;
}

}  // namespace entente::fuzz

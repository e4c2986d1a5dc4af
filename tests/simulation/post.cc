#include "tests/simulation/post.h"

#include <utility>

#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/store/log_reader.h"

namespace entente::simulation {

namespace {

constexpr uint64_t kPostMin = 1'000, kPostMax = 60'000;
constexpr uint64_t kPartial = 300;  // per thousand feeds: only its end

}  // namespace

Post::Bundle Post::Write(SimNode& node, const base::InstrumentId& instrument) {
  Bundle out;
  out.notes = node.published()->authority.MissingFor(instrument, {}, {});
  auto snapshot = node.kv().NewSnapshot();
  const store::LogReader log(snapshot.get());
  const absl::Status read =
      log.ForEachFeed(instrument, [&](const ledger::FeedKey&, const v1::FeedState& state) {
        const bool partial = prng_.Chance(kPartial);
        const uint64_t first = partial ? 1 + prng_.Below(1 + state.entries()) : 1;
        return log
            .ForEachRow(state.number(), first,
                        [&](const store::EntryPlace& place, absl::string_view row) {
                          auto entry = store::DecodeEntry(row, place.id);
                          if (entry.ok()) out.entries.push_back(*std::move(entry));
                          return true;
                        })
            .ok();
      });
  ENTENTE_CHECK(read.ok());
  return out;
}

void Post::Send(size_t from, size_t to, const base::InstrumentId& instrument) {
  SimNode& node = *nodes_[from];
  const Millis when = static_cast<Millis>(prng_.Between(kPostMin, kPostMax));
  if (from == to || !node.up() || !node.published()->instruments.contains(instrument)) return;
  const base::Spki receiver = nodes_[to]->options().spki;
  if (node.published()->AccessOf(receiver, instrument) != store::NodeAccess::kEntries) return;
  auto bundle = std::make_shared<const Bundle>(Write(node, instrument));
  loop_.Trace("bundle ", node.name(), " ", nodes_[to]->name(), " entries ", bundle->entries.size());
  loop_.After(when, [this, to, sender = node.options().spki, bundle] {
    if (nodes_[to]->up()) Deliver(to, sender, bundle);  // else it lies on a desk for ever
  });
}

void Post::Deliver(size_t to, const base::Spki& sender, std::shared_ptr<const Bundle> bundle) {
  SimNode& node = *nodes_[to];
  const auto verified = driver::VerifyEntries(bundle->entries, *node.options().verifier);
  auto change = [&](driver::Replica& replica) -> absl::Status {
    RETURN_IF_ERROR(replica.AddNotes(bundle->notes).status());
    return replica.Ingest(verified, store::ViaOf(sender)).status();
  };
  node.Write(change, [this, to](const absl::Status& status) {
    loop_.Trace("bundle read ", nodes_[to]->name(), " ", status.ok() ? "OK" : "failed");
  });
}

}  // namespace entente::simulation

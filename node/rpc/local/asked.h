// What a question is answered from: one state of the store, one moment, and what only the running
// node knows. The answer is a function of it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "entente/v1/local.pb.h"
#include "node/query/view/as_of.h"
#include "node/query/view/freshness.h"
#include "node/query/view/views.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/peers.h"

namespace entente::rpc {

class Asked {
 public:
  // NOT_FOUND (UNKNOWN_INSTRUMENT) lists the joined ones; else as query::AsOfText.
  static absl::StatusOr<std::unique_ptr<const Asked>> About(NodeCore& core, Peers& peers,
                                                            absl::string_view instrument,
                                                            absl::string_view as_of = "");

  const query::Views& views() const { return views_; }
  const query::AsOf& as_of() const { return as_of_; }
  const query::Present& present() const { return present_; }
  // Of every delegation's part, then; read once for the answer and the line below it.
  absl::StatusOr<const query::FreshnessByCode*> Freshness() const;
  // This node's delegation; "" before it is founded.
  std::string OwnCode() const;

  // The last line of every answer: which moment it is of, and how fresh each delegation's part is.
  absl::StatusOr<std::string> FreshnessLine() const;
  // Says so in the table, with the frontier it stands on and the instrument; titles in the reader's
  // language where the catalogue has them.
  absl::Status Finish(v1::Table& table, absl::string_view language = "") const;

 private:
  Asked(store::PublishedPtr published, std::unique_ptr<const storage::Snapshot> snapshot,
        const base::InstrumentId& instrument)
      : published_(std::move(published)),
        snapshot_(std::move(snapshot)),
        views_(snapshot_.get(), published_.get(), instrument) {}

  const store::PublishedPtr published_;
  const std::unique_ptr<const storage::Snapshot> snapshot_;
  query::Views views_;
  query::AsOf as_of_;
  query::Present present_;
  mutable std::optional<query::FreshnessByCode> freshness_;  // nothing: not asked for yet
};

}  // namespace entente::rpc

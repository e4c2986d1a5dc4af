// What goes in a bundle beside notes and entries: what the recipient may lack of the register, and
// contents of attachments.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "entente/v1/bundle.pb.h"
#include "node/register/order.h"
#include "node/rpc/attachment/blob_store.h"
#include "node/rpc/attachment/blob_wants.h"
#include "node/rpc/courier/bundle_basis.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

struct BesideSources {  // all outlive whoever uses them
  NodeCore* core;
  BlobStore* blobs;
  BlobWants* wants;
};

// How far the recipient holds each feed, as the basis has it. A feed it knows to be forked counts
// as not held.
reg::HeldUpTo HeldByBasis(const Basis& basis);

// News of the register, counted in the plan. In a bundle that is too small for anything else, they
// are short.
absl::StatusOr<std::vector<v1::RegisterNews>> RegisterNewsFor(NodeCore& core,
                                                              const base::InstrumentId& instrument,
                                                              const Basis& basis,
                                                              uint64_t part_bytes,
                                                              v1::BundlePlan& plan);

// Contents that go along, ascending.
struct BundledBlob {
  blob::BlobId blob;
  blob::ChunkSet held;
};
// Those which reports name that the recipient does not hold, counted in the plan.
absl::StatusOr<std::vector<BundledBlob>> BlobsFor(const BesideSources& sources,
                                                  const base::InstrumentId& instrument,
                                                  const reg::HeldUpTo& held, v1::BundlePlan& plan);
// Their chunks as frames, in order; the same ones each time, unless the disk changed one.
absl::Status EachBlobFrame(BlobStore& store, const std::vector<BundledBlob>& blobs,
                           uint64_t part_bytes,
                           const std::function<absl::Status(const std::string& frame)>& visit);

// Takes in what stood beside the entries of one file.
class BesideIntake {
 public:
  BesideIntake(const BesideSources& sources, const base::InstrumentId& instrument)
      : sources_(sources), instrument_(instrument) {}

  // What is wrong with it is told in the answer; an error is this node's own trouble.
  absl::Status News(const v1::RegisterNews& news, v1::ImportBundleResponse& response);
  absl::Status Chunks(const v1::BundleBeside& beside, v1::ImportBundleResponse& response);
  // After the last frame: contents that are whole now.
  absl::Status Finish(v1::ImportBundleResponse& response);

 private:
  const BesideSources sources_;
  const base::InstrumentId instrument_;
  std::set<blob::BlobId> touched_, unnamed_;
};

}  // namespace entente::rpc

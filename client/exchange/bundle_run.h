// Making bundle files from what the node streams, and feeding files to it.
#pragma once

#include <string>
#include <vector>

#include "client/context/context.h"
#include "entente/v1/bundle.pb.h"

namespace entente::client {

struct WrittenPart {
  std::string path;
  uint64_t bytes = 0;
  uint64_t entries = 0;
};

struct WrittenBundle {
  v1::BundlePlan plan;
  std::vector<WrittenPart> parts;
};

// `out`: a directory that is there, or a file; of several parts each gets its number before the
// last dot. Nothing is written when there is nothing to send.
absl::StatusOr<WrittenBundle> WriteBundle(Context& context, const v1::CreateBundleRequest& request,
                                          const std::string& out,
                                          const std::vector<std::string>& age_recipients);

// One pass over one file. The first pass (not `store`) checks and changes nothing.
absl::StatusOr<v1::ImportBundleResponse> FeedBundle(Context& context, const std::string& path,
                                                    bool store);

}  // namespace entente::client

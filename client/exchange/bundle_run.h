// Making bundle files from what the node streams, and feeding files to it.
#pragma once

#include <string>
#include <vector>

#include "client/context/context.h"
#include "client/exchange/bundle_progress.h"
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
// last dot. Nothing is written when there is nothing to send, or when one of the names is taken
// (FILE_EXISTS); FILE_UNWRITABLE before the node is asked. What an error breaks off is removed.
absl::StatusOr<WrittenBundle> WriteBundle(Context& context, const v1::CreateBundleRequest& request,
                                          const std::string& out,
                                          const std::vector<std::string>& age_recipients);

// Of the file; 0: it cannot be told.
uint64_t BytesOf(const std::string& path);

// One pass over one file; one that age encrypted is decrypted with the keys in `age_identities`.
// The first pass (not `store`) checks and changes nothing.
absl::StatusOr<v1::ImportBundleResponse> FeedBundle(Context& context, const std::string& path,
                                                    const std::vector<std::string>& age_identities,
                                                    bool store, BundleProgress& progress);

}  // namespace entente::client

#include "node/sync/contact/authority_news.h"

namespace entente::sync {

AuthorityNews::AuthorityNews(Host* host, const InstrumentId& instrument)
    : host_(host),
      instrument_(instrument),
      generation_(host->AuthorityGeneration()),
      digest_(host->AuthorityDigest(instrument)),
      leaves_(host->Leaves(instrument)),
      suspends_(host->SuspendIds(instrument)) {}

std::vector<std::string> AuthorityNews::Take() {
  uint64_t generation = host_->AuthorityGeneration();
  if (generation == generation_) return {};
  generation_ = generation;
  base::Digest digest = host_->AuthorityDigest(instrument_);
  if (digest == digest_) return {};
  digest_ = digest;
  std::vector<std::string> files = host_->MissingFor(instrument_, leaves_, suspends_);
  leaves_ = host_->Leaves(instrument_);
  suspends_ = host_->SuspendIds(instrument_);
  return files;
}

}  // namespace entente::sync

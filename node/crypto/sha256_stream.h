// SHA-256 over bytes that come in pieces.
#pragma once

#include <memory>

#include "absl/strings/string_view.h"
#include "node/base/id.h"

namespace entente::crypto {

class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Add(absl::string_view piece);
  // Once, at the end.
  base::Digest Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace entente::crypto

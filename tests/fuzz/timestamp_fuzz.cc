// RFC 3161 tokens of an audit pack: one that verifies is of the stamped bytes and of no others.
#include "node/crypto/timestamp.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/timestamp_scene.h"

namespace entente::fuzz {

FUZZ_TARGET(timestamp, input) {
  const auto time = crypto::VerifyTimestamp(input, kStampedData, kStampAuthority);
  FUZZ_CHECK(time.ok() ? *time > 0 : !time.status().message().empty());
  if (time.ok()) FUZZ_CHECK(!crypto::VerifyTimestamp(input, "other", kStampAuthority).ok());
  // Authorities come from the reader, and yet from a file.
  FUZZ_CHECK(!crypto::VerifyTimestamp(input, kStampedData, input).ok());
}

}  // namespace entente::fuzz

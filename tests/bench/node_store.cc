#include "tests/bench/node_store.h"

#include <algorithm>
#include <array>

#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/store/schema.h"

namespace entente::bench {

absl::StatusOr<NodeStore> NodeStore::Open(const std::string& data_dir) {
  storage::RocksOptions options;
  options.dir = data_dir + "/store";
  options.families = store::Families();
  options.format_version = store::kFormatVersion;
  options.head_checksum = [](absl::string_view number) {
    std::array<uint8_t, 8> out;
    std::copy_n(crypto::Sha256(number).bytes.begin(), out.size(), out.begin());
    return out;
  };
  NodeStore out;
  ASSIGN_OR_RETURN(out.kv, storage::RocksKv::Open(options));
  ASSIGN_OR_RETURN(out.replica,
                   driver::Replica::Open(out.kv.get(), {.store_id = "bench/id",
                                                        .verifier = &crypto::Ed25519Verifier()}));
  return out;
}

}  // namespace entente::bench

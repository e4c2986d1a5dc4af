// Which parts of a bundle are still missing: of one maker's bundle, whatever numbers others choose.
#include <gmock/gmock.h>

#include "node/rpc/courier/bundle_basis.h"
#include "node/runtime/system_clock.h"
#include "tests/unit/driver/replica_fixture.h"

namespace entente::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BundleParts : public driver::ReplicaTest {
 protected:
  ~BundleParts() override { core_.Stop(); }

  v1::BundleHeader Header(uint32_t part, const std::string& maker = "maker") {
    v1::BundleHeader header;
    header.set_maker_key(maker);
    header.set_instrument(plan_.charter.id().str());
    header.set_set(std::string(16, 's'));
    header.set_part(part);
    header.set_parts(3);
    return header;
  }
  std::vector<uint32_t> Missing(const v1::BundleHeader& header) {
    const auto missing = NoteBundlePart(core_, header, true);
    EXPECT_TRUE(missing.ok()) << missing.status();
    return missing.ok() ? *missing : std::vector<uint32_t>{};
  }

  const runtime::SystemClock clock_;
  NodeCore core_{&store_.replica(), &clock_, NodeFacts{}};
};

TEST_F(BundleParts, EachIsMissingUntilItCame) {
  EXPECT_THAT(Missing(Header(2)), ElementsAre(1u, 3u));
  EXPECT_THAT(Missing(Header(1)), ElementsAre(3u));
  EXPECT_THAT(Missing(Header(3)), IsEmpty());
}

TEST_F(BundleParts, AnotherMakersOrInstrumentsSetOfTheSameNumberIsAnother) {
  EXPECT_THAT(Missing(Header(2)), ElementsAre(1u, 3u));
  EXPECT_THAT(Missing(Header(1, "somebody")), ElementsAre(2u, 3u));
  v1::BundleHeader other = Header(3);
  other.set_instrument(std::string(32, 'i'));
  EXPECT_THAT(Missing(other), ElementsAre(1u, 2u));
  other = Header(1);
  other.set_parts(2);
  EXPECT_THAT(Missing(other), ElementsAre(2u));
}

}  // namespace
}  // namespace entente::rpc

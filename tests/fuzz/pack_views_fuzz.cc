// The file `views` of a pack: what is read is written again byte for byte.
#include "client/audit/pack_views.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(pack_views, input) {
  const auto told = client::ParsePackViews(input);
  if (!told.ok()) return;
  FUZZ_CHECK(client::PackViewsText(*told) == input);
  FUZZ_CHECK(told->view_digest().size() == 32 && told->frontier_digest().size() == 32 &&
             told->authority_digest().size() == 32);
}

}  // namespace entente::fuzz

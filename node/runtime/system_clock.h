// The machine's clock.
#pragma once

#include "node/base/clock.h"

namespace entente::runtime {

class SystemClock final : public base::Clock {
 public:
  uint64_t WallMs() const override;
  uint64_t SteadyMs() const override;
};

}  // namespace entente::runtime

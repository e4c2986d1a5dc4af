#pragma once

namespace entente {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace entente

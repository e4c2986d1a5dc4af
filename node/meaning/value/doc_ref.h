// Document numbers as they stand on paper:
//   Council   13770/17, CM 4388/17, ST 12345 2000 ADD 1 COR 1, 10617/1/04 REV 1, subject code JAI
//   978 EU        2017/C 215/02, 52017XG0705(01) (CELEX), COM(2017) 195 final, SWD(2017) 95 final
//   UN        A/RES/S-30/1, E/CN.7/2020/CRP.8
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace entente::meaning {

bool IsDocRef(absl::string_view text);

// The Council form of something near it ("13770-17" is "13770/17"), or "".
std::string LikelyDocRef(absl::string_view text);

}  // namespace entente::meaning

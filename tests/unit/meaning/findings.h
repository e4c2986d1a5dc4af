// Looking into findings from tests.
#pragma once

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "node/meaning/record/finding.h"

namespace entente::meaning {

inline std::vector<std::string> Messages(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const auto& finding : findings) out.push_back(finding.message);
  return out;
}

inline bool Has(const std::vector<Finding>& findings, const std::string& code) {
  for (const auto& finding : findings) {
    if (finding.code == code) return true;
  }
  return false;
}

// The first finding with a code; a failure and an empty one when there is none.
inline Finding Get(const std::vector<Finding>& findings, const std::string& code) {
  for (const auto& finding : findings) {
    if (finding.code == code) return finding;
  }
  ADD_FAILURE() << "no " << code << " among " << ::testing::PrintToString(Messages(findings));
  return {};
}

}  // namespace entente::meaning

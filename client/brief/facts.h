// The parts of a brief as the node sends them, put together.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "entente/v1/brief.pb.h"

namespace entente::client::brief {

struct Facts {
  v1::BriefHead head;
  std::vector<v1::Chapter> chapters;
  std::vector<v1::Commitment> commitments;
  std::map<std::string, v1::Indicator> indicators;
  std::vector<v1::Intervention> interventions;
  std::vector<v1::BriefComment> comments;
  std::vector<v1::BriefRetraction> retractions;
  std::vector<v1::BriefSlot> slots;

  void Add(v1::BriefPart part);
  const v1::BriefDelegation* Delegation(const std::string& code) const;
  const v1::Commitment* Commitment(const std::string& code) const;
};

}  // namespace entente::client::brief

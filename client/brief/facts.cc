#include "client/brief/facts.h"

#include <algorithm>
#include <iterator>

namespace entente::client::brief {

namespace {

template <class Message>
void MoveAll(google::protobuf::RepeatedPtrField<Message>* from, std::vector<Message>& to) {
  std::move(from->begin(), from->end(), std::back_inserter(to));
}

}  // namespace

void Facts::Add(v1::BriefPart part) {
  if (part.has_head()) head = std::move(*part.mutable_head());
  MoveAll(part.mutable_chapters(), chapters);
  MoveAll(part.mutable_commitments(), commitments);
  MoveAll(part.mutable_interventions(), interventions);
  MoveAll(part.mutable_comments(), comments);
  MoveAll(part.mutable_retractions(), retractions);
  MoveAll(part.mutable_slots(), slots);
  for (v1::Indicator& indicator : *part.mutable_indicators()) {
    std::string code = indicator.code();
    indicators[std::move(code)] = std::move(indicator);
  }
}

const v1::BriefDelegation* Facts::Delegation(const std::string& code) const {
  for (const auto& delegation : head.delegations()) {
    if (delegation.code() == code) return &delegation;
  }
  return nullptr;
}

// The node sends commitments by code.
const v1::Commitment* Facts::Commitment(const std::string& code) const {
  auto at = std::lower_bound(commitments.begin(), commitments.end(), code,
                             [](const v1::Commitment& commitment, const std::string& wanted) {
                               return commitment.code() < wanted;
                             });
  return at != commitments.end() && at->code() == code ? &*at : nullptr;
}

}  // namespace entente::client::brief

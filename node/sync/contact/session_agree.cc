// The end of an exchange: do both hold the same now? Then both keep a bookmark.
#include <utility>

#include "node/sync/contact/session.h"

namespace entente::sync {

// False: nothing to ask, both have this bookmark already.
bool Session::AskAgreement() {
  proposed_ = host_->Here(start_.instrument);
  proposed_.authority = host_->AuthorityDigest(start_.instrument);
  agree_asked_ = out_->now();
  news_at_ = 0;
  if (start_.equal && proposed_.frontier == start_.peer_frontier &&
      proposed_.authority == start_.peer_authority) {
    // The peer kept it when it answered Hello.
    host_->KeepBookmark(start_.peer, start_.instrument, proposed_);
    agreed_ = true;
    return false;
  }
  v1::AgreeRequest request;
  request.set_instrument(start_.instrument.str());
  request.set_frontier_digest(proposed_.frontier.str());
  request.set_authority_digest(proposed_.authority.str());
  out_->Call<CallAgree>(CallKind::kAgree, start_.index, std::move(request));
  agreeing_ = true;
  agreed_ = false;
  return true;
}

absl::Status Session::Agree() {
  state_ = State::kAgree;
  // A tip that was told could not be had: the two do differ.
  if (unresolved_) return by_delta_ ? CompareHeads() : AfterAgreement();
  return AskAgreement() ? absl::OkStatus() : AfterAgreement();
}

absl::Status Session::OnAgreeReply(const v1::AgreeReply& reply) {
  agreeing_ = false;
  agreed_ = reply.agreed();
  Bookmark common = proposed_;
  if (!reply.authority_agreed()) common.authority = base::Digest();
  if (agreed_) host_->KeepBookmark(start_.peer, start_.instrument, common);
  if (state_ != State::kAgree) return absl::OkStatus();
  // Something else came in meanwhile, or the bookmark was wrong: comparing all heads tells.
  if (!agreed_ && by_delta_) return CompareHeads();
  return AfterAgreement();
}

absl::Status Session::AfterAgreement() {
  in_step_ = !unresolved_;
  if (!start_.live) {
    state_ = State::kDone;
    return absl::OkStatus();
  }
  GoLive();
  return PushNews();
}

void Session::OnTick() {
  const bool due = out_->now() - agree_asked_ >= kAgreeEvery ||
                   (news_at_ > 0 && out_->now() - news_at_ >= kAgreeAfterNews);
  if (state_ != State::kLive || agreeing_ || !due || !pushes_.empty()) return;
  if (agreed_ && host_->FrontierDigest(start_.instrument) == proposed_.frontier &&
      host_->AuthorityDigest(start_.instrument) == proposed_.authority) {
    return;
  }
  start_.equal = false;
  AskAgreement();
}

}  // namespace entente::sync

// Contents both ways with one peer, once, within what a person allows: first it is found out what
// there is to move, so that what is left can be told; then a BlobContact moves it.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "node/rpc/attachment/blob_contact.h"
#include "node/rpc/peer/contents.h"

namespace entente::rpc {

class BlobPass {
 public:
  // `around`: its core, identity, store and wants; all outlive the pass.
  BlobPass(const BlobContact::Around& around, const base::Spki& peer,
           std::shared_ptr<grpc::Channel> channel, const ContentsLimits& limits);
  ContentsMoved Run();
  // Any thread: as BlobContact::Cancel.
  void Cancel() { contact_.Cancel(); }

 private:
  // What the peer has for us, or wants of us, and how many bytes of it are to go.
  struct Incoming {
    BlobWanted wanted;
    blob::ChunkSet there;
    uint64_t bytes = 0;
  };
  struct Outgoing {
    v1::BlobWant wanted;
    uint64_t bytes = 0;
  };

  absl::Status Survey();
  absl::Status SurveyIncoming();
  absl::Status SurveyOutgoing();
  absl::Status Move();
  absl::Status Pull();
  absl::Status Push();
  bool TimeOver() const;
  bool MayGoOn();
  ContentsMoved Moved() const;

  const ContentsLimits limits_;
  const BlobContact::Around around_;
  const base::Spki peer_;
  BlobContact contact_;
  std::vector<Incoming> incoming_;  // at most kHandledMax each; what is more is told, and waits
  std::vector<Outgoing> outgoing_;
  ContentsSize to_send_, to_receive_;
  uint64_t whole_sent_ = 0, whole_received_ = 0;
  bool left_out_ = false;
};

}  // namespace entente::rpc

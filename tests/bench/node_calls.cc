#include "tests/bench/node_calls.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/wire/status_codec.h"

namespace entente::bench {

absl::StatusOr<v1::SyncProgress> SyncOnce(v1::Local::Stub& stub) {
  grpc::ClientContext context;
  v1::SyncProgress last, row;
  auto stream = stub.Sync(&context, v1::SyncRequest());
  while (stream->Read(&row)) last = row;
  RETURN_IF_ERROR(wire::FromGrpc(stream->Finish()));
  if (last.result() != "done" && last.result() != "nothing_new") {
    return absl::InternalError(absl::StrCat("sync: ", last.result(), ": ", last.error()));
  }
  return last;
}

absl::Status TellPeers(v1::Local::Stub& stub, const char* action) {
  grpc::ClientContext context;
  v1::UpdatePeerRequest request;
  v1::UpdatePeerResponse response;
  request.set_action(action);
  return wire::FromGrpc(stub.UpdatePeer(&context, request, &response));
}

absl::Status ExpectEntries(v1::Local::Stub& stub, uint64_t expected) {
  grpc::ClientContext context;
  v1::NodeStatus status;
  RETURN_IF_ERROR(wire::FromGrpc(stub.GetStatus(&context, v1::GetStatusRequest(), &status)));
  const uint64_t held = status.instruments_size() > 0 ? status.instruments(0).entries() : 0;
  if (held == expected) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(held, " entries held, not ", expected));
}

absl::Status ReadInWords(v1::Questions::Stub& stub) {
  grpc::ClientContext context;
  v1::SearchRequest request;
  request.set_text("report");
  v1::Table answer;
  return wire::FromGrpc(stub.Search(&context, request, &answer));
}

absl::Status PausePeer(driver::Replica& replica, const base::Spki& peer) {
  v1::PeerRecord paused;
  paused.set_spki(peer.str());
  paused.set_paused(true);
  replica.PutPeer(paused);
  return replica.Commit();
}

}  // namespace entente::bench

#include "node/rpc/courier/bundle_service.h"

#include "node/rpc/courier/bundle_make.h"
#include "node/rpc/message_stream.h"
#include "node/rpc/unary.h"

namespace entente::rpc {

grpc::ServerWriteReactor<v1::BundleChunk>* BundleService::CreateBundle(
    Context*, const v1::CreateBundleRequest* request) {
  using Stream = MessageStream<v1::BundleChunk>;
  return Stream::Start(pool_, [this, request = *request](const Stream::Write& write) {
    return rpc::CreateBundle(sources_, identity_, request, write);
  });
}

grpc::ServerUnaryReactor* BundleService::ImportBundle(Context* context,
                                                      const v1::ImportBundleRequest* request,
                                                      v1::ImportBundleResponse* response) {
  return OnPool(context, pool_,
                [this, request, response] { return imports_.Take(*request, *response); });
}

}  // namespace entente::rpc

#include "node/rpc/register/local_register_service.h"

#include "node/rpc/message_stream.h"
#include "node/rpc/register/file_check.h"
#include "node/rpc/register/register_calls.h"
#include "node/rpc/unary.h"

namespace entente::rpc {

using RegisterUnary = grpc::ServerUnaryReactor;

RegisterUnary* LocalRegisterService::GetRegister(Context* context,
                                                 const v1::GetRegisterRequest* request,
                                                 v1::RegisterInfo* response) {
  return OnPool(context, pool_, [this, request, response] {
    return rpc::GetRegister(core_, registrar_, request->instrument(), *response);
  });
}

RegisterUnary* LocalRegisterService::MakeRegisterKeys(Context* context,
                                                      const v1::MakeRegisterKeysRequest* request,
                                                      v1::RegisterKeys* response) {
  return OnPool(context, pool_, [this, request, response] {
    return rpc::MakeRegisterKeys(core_, registrar_, *request, *response);
  });
}

RegisterUnary* LocalRegisterService::GetReceipt(Context* context,
                                                const v1::GetReceiptRequest* request,
                                                v1::GetReceiptResponse* response) {
  return OnPool(context, pool_, [this, request, response] {
    return rpc::GetReceipt(core_, identity_, *request, *response);
  });
}

RegisterUnary* LocalRegisterService::ListCheckpoints(Context* context,
                                                     const v1::ListCheckpointsRequest* request,
                                                     v1::ListCheckpointsResponse* response) {
  return OnPool(context, pool_, [this, request, response] {
    return rpc::ListCheckpoints(core_, *request, *response);
  });
}

grpc::ServerWriteReactor<v1::RegisterChunk>* LocalRegisterService::ExportRegister(
    Context*, const v1::ExportRegisterRequest* request) {
  using Stream = MessageStream<v1::RegisterChunk>;
  return Stream::Start(pool_, [this, request = *request](const Stream::Write& write) {
    return rpc::ExportRegister(core_, request, write);
  });
}

RegisterUnary* LocalRegisterService::CheckRegisterFile(Context* context,
                                                       const v1::CheckRegisterFileRequest* request,
                                                       v1::CheckRegisterFileResponse* response) {
  return OnPool(context, pool_, [this, request, response] {
    return rpc::CheckRegisterFile(core_, *request, *response);
  });
}

RegisterUnary* LocalRegisterService::ProveRoots(Context* context,
                                                const v1::ProveRootsRequest* request,
                                                v1::ProveRootsResponse* response) {
  return OnPool(context, pool_,
                [this, request, response] { return rpc::ProveRoots(core_, *request, *response); });
}

RegisterUnary* LocalRegisterService::ResumeRegister(Context* context,
                                                    const v1::ResumeRegisterRequest* request,
                                                    v1::RegisterInfo* response) {
  return OnPool(context, pool_, [this, request, response] {
    return rpc::ResumeRegister(core_, registrar_, *request, *response);
  });
}

}  // namespace entente::rpc

// The LocalRegister service, on the local socket only. Thin reactions that hand each call to the
// worker pool.
#pragma once

#include "entente/v1/register.grpc.pb.h"
#include "node/rpc/node_core.h"
#include "node/rpc/register/registrar.h"
#include "node/rpc/tls/identity.h"
#include "node/runtime/worker_pool.h"

namespace entente::rpc {

class LocalRegisterService final : public v1::LocalRegister::CallbackService {
 public:
  // All outlive the service.
  LocalRegisterService(NodeCore* core, Registrar* registrar, const Identity* identity,
                       runtime::WorkerPool* pool)
      : core_(*core), registrar_(*registrar), identity_(*identity), pool_(*pool) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  Unary* GetRegister(Context* context, const v1::GetRegisterRequest* request,
                     v1::RegisterInfo* response) override;
  Unary* MakeRegisterKeys(Context* context, const v1::MakeRegisterKeysRequest* request,
                          v1::RegisterKeys* response) override;
  Unary* GetReceipt(Context* context, const v1::GetReceiptRequest* request,
                    v1::GetReceiptResponse* response) override;
  Unary* ListCheckpoints(Context* context, const v1::ListCheckpointsRequest* request,
                         v1::ListCheckpointsResponse* response) override;
  grpc::ServerWriteReactor<v1::RegisterChunk>* ExportRegister(
      Context* context, const v1::ExportRegisterRequest* request) override;
  Unary* CheckRegisterFile(Context* context, const v1::CheckRegisterFileRequest* request,
                           v1::CheckRegisterFileResponse* response) override;
  Unary* ProveRoots(Context* context, const v1::ProveRootsRequest* request,
                    v1::ProveRootsResponse* response) override;
  Unary* ResumeRegister(Context* context, const v1::ResumeRegisterRequest* request,
                        v1::RegisterInfo* response) override;

 private:
  NodeCore& core_;
  Registrar& registrar_;
  const Identity& identity_;
  runtime::WorkerPool& pool_;
};

}  // namespace entente::rpc

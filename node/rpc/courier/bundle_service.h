// The Bundles service, on the local socket only. Thin reactions that hand each call to the worker
// pool.
#pragma once

#include "entente/v1/bundle.grpc.pb.h"
#include "node/rpc/courier/bundle_import.h"
#include "node/rpc/tls/identity.h"
#include "node/runtime/worker_pool.h"

namespace entente::rpc {

class BundleService final : public v1::Bundles::CallbackService {
 public:
  // All outlive the service.
  BundleService(const BesideSources& sources, const Identity* identity, runtime::WorkerPool* pool)
      : sources_(sources), identity_(*identity), pool_(*pool), imports_(sources) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerWriteReactor<v1::BundleChunk>* CreateBundle(
      Context* context, const v1::CreateBundleRequest* request) override;
  grpc::ServerUnaryReactor* ImportBundle(Context* context, const v1::ImportBundleRequest* request,
                                         v1::ImportBundleResponse* response) override;

 private:
  const BesideSources sources_;
  const Identity& identity_;
  runtime::WorkerPool& pool_;
  BundleImports imports_;
};

}  // namespace entente::rpc

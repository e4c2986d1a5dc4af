// The Operator service: upkeep, on the local socket only. Thin reactions that hand each call to the
// worker pool.
#pragma once

#include <utility>

#include "entente/v1/operator.grpc.pb.h"
#include "node/blob/blob_limits.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/peers.h"
#include "node/rpc/upkeep/backup_attachments.h"
#include "node/runtime/worker_pool.h"
#include "storage/rocksdb_kv.h"

namespace entente::rpc {

class OperatorService final : public v1::Operator::CallbackService {
 public:
  // All outlive the service.
  OperatorService(NodeCore* core, const storage::RocksKv* kv, Peers* peers,
                  const Identity* identity, const blob::LimitsByInstrument* limits,
                  ReadChunk read_chunk, runtime::WorkerPool* pool)
      : core_(*core),
        kv_(*kv),
        peers_(*peers),
        identity_(*identity),
        limits_(*limits),
        read_chunk_(std::move(read_chunk)),
        pool_(*pool) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* GetPlaces(Context* context, const v1::GetPlacesRequest* request,
                                      v1::Places* response) override;
  grpc::ServerUnaryReactor* GetRestore(Context* context, const v1::GetRestoreRequest* request,
                                       v1::RestoreState* response) override;
  grpc::ServerWriteReactor<v1::BackupProgress>* CreateBackup(
      Context* context, const v1::CreateBackupRequest* request) override;
  grpc::ServerWriteReactor<v1::Check>* Examine(Context* context,
                                               const v1::ExamineRequest* request) override;

 private:
  NodeCore& core_;
  const storage::RocksKv& kv_;
  Peers& peers_;
  const Identity& identity_;
  const blob::LimitsByInstrument& limits_;
  const ReadChunk read_chunk_;
  runtime::WorkerPool& pool_;
};

}  // namespace entente::rpc

#include "node/rpc/upkeep/operator_service.h"

#include "node/rpc/message_stream.h"
#include "node/rpc/unary.h"
#include "node/rpc/upkeep/backup_calls.h"
#include "node/rpc/upkeep/examine_calls.h"
#include "node/rpc/upkeep/restore_calls.h"

namespace entente::rpc {

grpc::ServerUnaryReactor* OperatorService::GetPlaces(Context* context, const v1::GetPlacesRequest*,
                                                     v1::Places* response) {
  return OnPool(context, pool_, [this, response] {
    *response = PlacesOf(core_.facts().data_dir);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* OperatorService::GetRestore(Context* context,
                                                      const v1::GetRestoreRequest* request,
                                                      v1::RestoreState* response) {
  return OnPool(context, pool_,
                [this, request, response] { return rpc::GetRestore(core_, *request, *response); });
}

grpc::ServerWriteReactor<v1::BackupProgress>* OperatorService::CreateBackup(
    Context*, const v1::CreateBackupRequest* request) {
  using Stream = MessageStream<v1::BackupProgress>;
  return Stream::Start(pool_, [this, request = *request](const Stream::Write& write) {
    return rpc::CreateBackup(core_, kv_, read_chunk_, request, write);
  });
}

grpc::ServerWriteReactor<v1::Check>* OperatorService::Examine(Context*,
                                                              const v1::ExamineRequest* request) {
  using Stream = MessageStream<v1::Check>;
  return Stream::Start(pool_, [this, request = *request](const Stream::Write& write) {
    return ExamineNode(core_, kv_, peers_, identity_, limits_, request, write);
  });
}

}  // namespace entente::rpc

// Every method of the node's Operator service, as typed constants; see local_methods.h.
#pragma once

#include "client/context/channel.h"
#include "entente/v1/operator.pb.h"

namespace entente::client::operation {

inline constexpr Method<v1::GetPlacesRequest, v1::Places> kGetPlaces{
    "/entente.v1.Operator/GetPlaces"};
inline constexpr StreamMethod<v1::CreateBackupRequest, v1::BackupProgress> kCreateBackup{
    "/entente.v1.Operator/CreateBackup"};
inline constexpr Method<v1::GetRestoreRequest, v1::RestoreState> kGetRestore{
    "/entente.v1.Operator/GetRestore"};
inline constexpr StreamMethod<v1::ExamineRequest, v1::Check> kExamine{
    "/entente.v1.Operator/Examine"};

}  // namespace entente::client::operation

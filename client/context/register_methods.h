// Every method of the node's LocalRegister service, as typed constants; see local_methods.h.
#pragma once

#include "client/context/channel.h"
#include "entente/v1/register.pb.h"

namespace entente::client::registry {

inline constexpr Method<v1::GetRegisterRequest, v1::RegisterInfo> kGetRegister{
    "/entente.v1.LocalRegister/GetRegister"};
inline constexpr Method<v1::MakeRegisterKeysRequest, v1::RegisterKeys> kMakeRegisterKeys{
    "/entente.v1.LocalRegister/MakeRegisterKeys"};
inline constexpr Method<v1::GetReceiptRequest, v1::GetReceiptResponse> kGetReceipt{
    "/entente.v1.LocalRegister/GetReceipt"};
inline constexpr Method<v1::ListCheckpointsRequest, v1::ListCheckpointsResponse> kListCheckpoints{
    "/entente.v1.LocalRegister/ListCheckpoints"};
inline constexpr StreamMethod<v1::ExportRegisterRequest, v1::RegisterChunk> kExportRegister{
    "/entente.v1.LocalRegister/ExportRegister"};
inline constexpr Method<v1::CheckRegisterFileRequest, v1::CheckRegisterFileResponse>
    kCheckRegisterFile{"/entente.v1.LocalRegister/CheckRegisterFile"};
inline constexpr Method<v1::ProveRootsRequest, v1::ProveRootsResponse> kProveRoots{
    "/entente.v1.LocalRegister/ProveRoots"};
inline constexpr Method<v1::ResumeRegisterRequest, v1::RegisterInfo> kResumeRegister{
    "/entente.v1.LocalRegister/ResumeRegister"};

}  // namespace entente::client::registry

// Every method of the node's Bundles service, as typed constants; see local_methods.h.
#pragma once

#include "client/context/channel.h"
#include "entente/v1/bundle.pb.h"

namespace entente::client::bundles {

inline constexpr StreamMethod<v1::CreateBundleRequest, v1::BundleChunk> kCreateBundle{
    "/entente.v1.Bundles/CreateBundle"};
inline constexpr Method<v1::ImportBundleRequest, v1::ImportBundleResponse> kImportBundle{
    "/entente.v1.Bundles/ImportBundle"};

}  // namespace entente::client::bundles

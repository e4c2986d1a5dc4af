// Every method of the node's Attachments service, as typed constants; see local_methods.h.
#pragma once

#include "client/context/channel.h"
#include "entente/v1/attachment.pb.h"

namespace entente::client::attachments {

inline constexpr Method<v1::PutAttachmentRequest, v1::PutAttachmentResponse> kPut{
    "/entente.v1.Attachments/PutAttachment"};
inline constexpr Method<v1::ListAttachmentsRequest, v1::Table> kList{
    "/entente.v1.Attachments/ListAttachments"};
inline constexpr Method<v1::FetchAttachmentRequest, v1::AttachmentState> kFetch{
    "/entente.v1.Attachments/FetchAttachment"};
inline constexpr StreamMethod<v1::FetchAttachmentRequest, v1::AttachmentPiece> kRead{
    "/entente.v1.Attachments/ReadAttachment"};

}  // namespace entente::client::attachments

// The language a caller of the local socket reads, by the header of HTTP (RFC 9110,
// section 12.5.4): one language tag, no list and no weights. The client sends it with what a person
// will read.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <string>

#include "node/meaning/text/language_tag.h"

namespace entente::rpc {

inline constexpr char kReaderLanguage[] = "accept-language";

// "" where none is given, or what is given is no plain tag.
inline std::string ReaderLanguage(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find(kReaderLanguage);
  if (found == context.client_metadata().end()) return "";
  const std::string tag(found->second.data(), found->second.size());
  return meaning::IsPlainLanguageTag(tag) ? tag : "";
}

}  // namespace entente::rpc

// Every constant against the service's own descriptor: a wrong path or type would fail only at run
// time.
#include "client/context/local_methods.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace entente::client {
namespace {

const google::protobuf::ServiceDescriptor* Service() {
  v1::GetNodeRequest::descriptor();  // links the file in
  return google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("entente.v1.Local");
}

template <class Request, class Response>
void Check(const char* path, bool stream, std::set<std::string>& seen) {
  const std::string prefix = "/entente.v1.Local/";
  ASSERT_EQ(std::string(path).substr(0, prefix.size()), prefix);
  const auto* method = Service()->FindMethodByName(std::string(path).substr(prefix.size()));
  ASSERT_NE(method, nullptr) << path;
  EXPECT_EQ(method->input_type(), Request::descriptor()) << path;
  EXPECT_EQ(method->output_type(), Response::descriptor()) << path;
  EXPECT_EQ(method->server_streaming(), stream) << path;
  EXPECT_FALSE(method->client_streaming()) << path;
  seen.insert(path);
}
template <class Request, class Response>
void Check(const Method<Request, Response>& method, std::set<std::string>& seen) {
  Check<Request, Response>(method.path, false, seen);
}
template <class Request, class Response>
void Check(const StreamMethod<Request, Response>& method, std::set<std::string>& seen) {
  Check<Request, Response>(method.path, true, seen);
}

TEST(LocalMethods, EveryConstantIsAMethodOfTheServiceAndEveryMethodHasOne) {
  ASSERT_NE(Service(), nullptr);
  std::set<std::string> seen;
#define ENTENTE_CHECK_METHOD(Name, Request, Response) Check(local::k##Name, seen);
  ENTENTE_LOCAL_METHODS(ENTENTE_CHECK_METHOD, ENTENTE_CHECK_METHOD)
#undef ENTENTE_CHECK_METHOD
  EXPECT_EQ(seen.size(), static_cast<size_t>(Service()->method_count()));
}

}  // namespace
}  // namespace entente::client

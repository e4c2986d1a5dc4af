// Protobuf says on stderr what it thinks of broken text; a fuzzer has only broken text.
#include <google/protobuf/stubs/logging.h>

namespace entente::fuzz {

namespace {
[[maybe_unused]] google::protobuf::LogHandler* const kNoHandler =
    google::protobuf::SetLogHandler(nullptr);
}  // namespace

}  // namespace entente::fuzz

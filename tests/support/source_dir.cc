#include "tests/support/source_dir.h"

namespace entente::tests {

std::string SourceFile(const std::string& path) {
  return std::string(ENTENTE_SOURCE_DIR "/") + path;
}

}  // namespace entente::tests

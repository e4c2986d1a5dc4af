// Where the checkout lies, for tests that read golden files, catalogues or documents. In a source
// of its own: the path as a compile definition of every test would make each of them differ between
// checkouts, and a compiler cache would never hit.
#pragma once

#include <string>

namespace entente::tests {

// Absolute path of a file of the checkout: SourceFile("tests/golden/author.key.pub").
std::string SourceFile(const std::string& path);

}  // namespace entente::tests

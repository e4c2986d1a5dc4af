// Known answers of tests/golden for the ledger's tests: four keys from fixed seeds and what they
// signed.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/strip.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/id.h"
#include "node/crypto/ed25519.h"
#include "tests/support/source_dir.h"

namespace entente::ledger {

inline constexpr char kCharter1Id[] =
    "1d3f13cc65eee71e76d9f8414eef237c24ed4e79fd87c010887705f028da0632";
inline constexpr char kCharter2Id[] =
    "7975b140bebb1ae846d7e0b9aaababe0de91a1f1edccb77a0c029c4ab569e27b";
inline constexpr char kCredentials1Id[] =
    "f69d00df8b972e309b8213404276badfb9f9a5e5eae93f0b0d441fb7c77c19dc";
inline constexpr char kCredentials2Id[] =
    "451f8544902f9005ff0636f4af2f544e69f93205770ed8b43ca371e2ed0a8559";
inline constexpr char kSecretariatId[] =
    "be91285c8179dfa906d33eade33a4697274645b515a9363fa88e1288c0bdb652";
inline constexpr char kEntryId[] =
    "2afb25f0ba2ad71a381283a87cd67b9e1281bee3af585ffac4bfe38652c42644";
inline constexpr char kFeedName[] =
    "15d08315fa618c7dd9123a465e5ce2ad618692e043c7da651987210d0e910848";

// Seeds of 32 equal bytes.
inline crypto::PrivateKey SeedKey(char byte) {
  return crypto::PrivateKey::FromSeed(std::string(32, byte));
}
inline crypto::PrivateKey SignerKey() { return SeedKey('\1'); }             // KG's signer
inline crypto::PrivateKey AuthorKey() { return SeedKey('\2'); }             // KG's author
inline crypto::PrivateKey SecretariatSignerKey() { return SeedKey('\3'); }  // EU-GSC's signer

inline std::string GoldenFile(const std::string& name) {
  std::ifstream in(tests::SourceFile("tests/golden/") + name, std::ios::binary);
  ENTENTE_CHECK(in.is_open());
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Bytes of a file of one line of hex.
inline std::string GoldenHex(const std::string& name) {
  std::string text = GoldenFile(name);
  return base::FromHex(absl::StripSuffix(text, "\n")).value();
}

}  // namespace entente::ledger

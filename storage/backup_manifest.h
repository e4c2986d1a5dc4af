// Which files make up one backup, each with its SHA-256: the file backup-N.sha256 in the directory
// of the backups, in the form `sha256sum -c` reads. It is written last, in one step, so that a
// backup without it was never finished and is not shown to anyone.
//
//   <64 hex digits>  <path below the directory>
//   ...                                                    ascending by path
//   # sha256 of the lines above: <64 hex digits>
//
// Anybody can check a backup without this program: cd DIRECTORY && sha256sum -c backup-N.sha256
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::storage {

// SHA-256 over bytes that come in pieces; given by the caller, because this room has no
// cryptography.
class Digester {
 public:
  virtual ~Digester() = default;
  virtual void Add(absl::string_view piece) = 0;
  // 64 lower-case hex digits. Once.
  virtual std::string FinishHex() = 0;
};
using NewDigester = std::function<std::unique_ptr<Digester>()>;

// Path below the directory -> digest.
using Manifest = std::map<std::string, std::string>;

std::string ManifestName(uint32_t number);  // "backup-7.sha256"
// Numbers of the finished backups in `directory`, ascending.
std::vector<uint32_t> ManifestNumbers(const std::string& directory);

// On return it is on disk, and the backup exists.
absl::Status WriteManifest(const std::string& directory, uint32_t number, const Manifest& manifest,
                           const NewDigester& digester);
// NOT_FOUND: no such backup (the message lists those that are there). DATA_LOSS: the manifest is
// not what was written.
absl::StatusOr<Manifest> ReadManifest(const std::string& directory, uint32_t number,
                                      const NewDigester& digester);

absl::StatusOr<std::string> DigestOfFile(const std::string& path, const NewDigester& digester);

struct BackupProblem {
  std::string path;  // below the directory
  std::string what;  // what is wrong with it
};
// Reads every byte of every file named. Empty: all is as it was written.
std::vector<BackupProblem> CheckFiles(const std::string& directory, const Manifest& manifest,
                                      const NewDigester& digester);

}  // namespace entente::storage

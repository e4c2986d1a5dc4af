// What can be said of a node's data directory without opening its store: entente doctor's first
// part, for a running node and for one that is down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "entente/v1/operator.pb.h"

namespace entente::rpc {

// With less left on the disk of the store, people are warned.
constexpr uint64_t kLowDiskBytes = 256u << 20;

v1::Check OkCheck(const std::string& name, const std::string& text);
v1::Check WarnCheck(const std::string& name, const std::string& text, const std::string& fix);
v1::Check FailCheck(const std::string& name, const std::string& text, const std::string& fix);

// data_directory, marker, file_system, disk_space, tls_identity, open_files.
std::vector<v1::Check> ExamineFiles(const std::string& data_dir);

// The newest backup this node made: its age, and whether its files are there; with `all`, every
// byte of them.
v1::Check ExamineBackup(const std::string& data_dir, uint64_t now_ms, bool all);

}  // namespace entente::rpc

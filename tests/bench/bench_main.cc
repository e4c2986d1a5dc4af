#include "tests/bench/bench_main.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include "node/base/check.h"

namespace entente::bench {

namespace {

void Print(const std::string& name, const Result& result) {
  std::printf("{\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\"", name.c_str(), result.value,
              result.unit.c_str());
  if (result.floor) {
    std::printf(", \"floor\": %.6g, \"ratio\": %.3f", *result.floor, result.value / *result.floor);
  }
  if (result.bound) {
    std::printf(", \"bound\": %.6g, \"within\": %s", *result.bound,
                result.within() ? "true" : "false");
  }
  std::printf("}\n");
  std::fflush(stdout);
}

constexpr int kWell = 0, kFailed = 1, kUnknownName = 2, kBeyond = 3;

int RunSuite(const Suite& suite, const std::set<std::string>& wanted) {
  const bool needed = std::any_of(suite.names.begin(), suite.names.end(),
                                  [&](const std::string& name) { return wanted.contains(name); });
  if (!needed) return kWell;
  absl::StatusOr<Results> results = suite.run();
  if (!results.ok()) {
    std::fprintf(stderr, "bench: %s: %s\n", suite.names[0].c_str(),
                 results.status().ToString().c_str());
    return kFailed;
  }
  int status = kWell;
  for (const std::string& name : suite.names) {
    if (!wanted.contains(name)) continue;
    const Result& result = results->at(name);
    Print(name, result);
    if (!result.within()) status = kBeyond;
  }
  return status;
}

}  // namespace

int Main(int argc, char** argv, const std::vector<Suite>& suites) {
  std::set<std::string> known, wanted;
  for (const Suite& suite : suites) known.insert(suite.names.begin(), suite.names.end());
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--list") {
      for (const std::string& name : known) std::printf("%s\n", name.c_str());
      return kWell;
    }
    if (!known.contains(argument)) {
      std::fprintf(stderr, "bench: unknown name '%s'; --list prints the known ones\n", argv[i]);
      return kUnknownName;
    }
    wanted.insert(argument);
  }
  if (wanted.empty()) wanted = known;
  umask(077);  // a node refuses a data directory that others may read
  bool failed = false, beyond = false;
  for (const Suite& suite : suites) {
    const int status = RunSuite(suite, wanted);
    failed = failed || status == kFailed;
    beyond = beyond || status == kBeyond;
  }
  return failed ? kFailed : beyond ? kBeyond : kWell;
}

std::string ProgramDir() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

WorkDir::WorkDir() {
  std::string pattern = ProgramDir() + "/run-XXXXXX";
  ENTENTE_CHECK(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

WorkDir::~WorkDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace entente::bench

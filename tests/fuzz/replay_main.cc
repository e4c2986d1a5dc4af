// fuzz_replay TARGET --corpus=DIR [--runs=N] [--seed=S]: the corpus as it is, then N mutations.
// fuzz_replay TARGET FILE...: these inputs only.
// fuzz_replay --write-seeds=DIR | --check-seeds=DIR: the seeds of every target.
//
// Status 1 and the input in a file of the current folder when a target fails. Memory: what one
// input holds at its highest may not exceed kLiveBytesMax, so that no small input becomes a large
// one.
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/replay.h"
#include "tests/fuzz/seeds.h"

namespace {

constexpr int64_t kLiveBytesMax = 64 << 20;
std::atomic<int64_t> live_bytes{0}, peak_bytes{0};

void* Counted(void* memory) {
  if (memory == nullptr) std::abort();
  const auto size = static_cast<int64_t>(malloc_usable_size(memory));
  const int64_t live = live_bytes.fetch_add(size) + size;
  if (live > peak_bytes.load()) peak_bytes.store(live);
  return memory;
}

void Discounted(void* memory) {
  if (memory != nullptr) live_bytes.fetch_sub(static_cast<int64_t>(malloc_usable_size(memory)));
  free(memory);
}

}  // namespace

void* operator new(size_t size) { return Counted(malloc(size == 0 ? 1 : size)); }
void* operator new[](size_t size) { return Counted(malloc(size == 0 ? 1 : size)); }
void operator delete(void* memory) noexcept { Discounted(memory); }
void operator delete[](void* memory) noexcept { Discounted(memory); }
void operator delete(void* memory, size_t) noexcept { Discounted(memory); }
void operator delete[](void* memory, size_t) noexcept { Discounted(memory); }

namespace entente::fuzz {

namespace {

namespace fs = std::filesystem;

constexpr int kSecondsMax = 20;  // for one input, on a slow and busy machine
constexpr uint64_t kRuns = 2000;
constexpr uint64_t kSeed = 20'261'123;

std::string Contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder, absent)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

AllSeeds MakeSeeds() {
  AllSeeds all;
  AddLedgerSeeds(all);
  AddSyncSeeds(all);
  AddDialerSeeds(all);
  AddBundleSeeds(all);
  AddMeaningSeeds(all);
  AddFileSeeds(all);
  AddTlogSeeds(all);
  AddRegisterSeeds(all);
  AddAnswerSeeds(all);
  return all;
}

int WriteSeeds(const fs::path& folder) {
  for (const auto& [target, seeds] : MakeSeeds()) {
    fs::create_directories(folder / target);
    for (const auto& [name, bytes] : seeds) {
      std::ofstream(folder / target / ("seed-" + name), std::ios::binary) << bytes;
    }
  }
  return 0;
}

// The encoders still make the seeds that are there, and no target is without.
int CheckSeeds(const fs::path& folder) {
  int wrong = 0;
  uintmax_t bytes_in_all = 0;
  const AllSeeds all = MakeSeeds();
  for (const std::string& target : TargetNames()) {
    if (all.count(target) == 0) {
      std::printf("fuzz: %s has no seeds\n", target.c_str());
      ++wrong;
    }
  }
  for (const auto& [target, seeds] : all) {
    for (const auto& [name, bytes] : seeds) {
      const fs::path path = folder / target / ("seed-" + name);
      if (fs::exists(path) && Contents(path) == bytes) continue;
      std::printf(
          "fuzz: %s is not what the encoders make; a format changed, or run "
          "fuzz_replay --write-seeds=tests/fuzz/corpus\n",
          path.c_str());
      ++wrong;
    }
    for (const fs::path& path : FilesIn(folder / target)) bytes_in_all += fs::file_size(path);
  }
  constexpr uintmax_t kCorpusBytesMax = 200'000;
  if (bytes_in_all > kCorpusBytesMax) {
    std::printf("fuzz: the corpus has %ju bytes, at most %ju\n", bytes_in_all, kCorpusBytesMax);
    ++wrong;
  }
  return wrong == 0 ? 0 : 1;
}

void RunBounded(TargetFunction target, absl::string_view input) {
  peak_bytes.store(live_bytes.load());
  const int64_t before = live_bytes.load();
  RunOne(target, input);
  if (peak_bytes.load() - before <= kLiveBytesMax) return;
  std::fprintf(stderr, "fuzz: an input of %zu bytes took %jd bytes of memory\n", input.size(),
               static_cast<intmax_t>(peak_bytes.load() - before));
  std::abort();  // keeps the input
}

struct Options {
  std::string target, corpus, write_seeds, check_seeds;
  std::vector<std::string> files;
  uint64_t runs = kRuns, seed = kSeed;
};

bool ReadOption(absl::string_view word, Options& options) {
  auto text = [&](absl::string_view name, std::string& out) {
    if (!absl::ConsumePrefix(&word, name)) return false;
    out.assign(word.data(), word.size());
    return true;
  };
  if (text("--corpus=", options.corpus) || text("--write-seeds=", options.write_seeds) ||
      text("--check-seeds=", options.check_seeds)) {
    return true;
  }
  if (absl::ConsumePrefix(&word, "--runs=")) return absl::SimpleAtoi(word, &options.runs);
  if (absl::ConsumePrefix(&word, "--seed=")) return absl::SimpleAtoi(word, &options.seed);
  if (absl::StartsWith(word, "-")) return false;
  if (options.target.empty()) {
    options.target.assign(word.data(), word.size());
  } else {
    options.files.emplace_back(word.data(), word.size());
  }
  return true;
}

int Replay(const Options& options) {
  const TargetFunction target = FindTarget(options.target);
  if (target == nullptr) {
    std::fprintf(stderr, "fuzz_replay: no target '%s'; there are:", options.target.c_str());
    for (const std::string& name : TargetNames()) std::fprintf(stderr, " %s", name.c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  KeepFailingInput(absl::StrCat("fuzz-failing-", options.target, "-", options.seed), kSecondsMax);
  for (const std::string& file : options.files) RunBounded(target, Contents(file));
  if (!options.files.empty()) return 0;
  std::vector<std::string> corpus = {""};
  for (const fs::path& path : FilesIn(options.corpus)) corpus.push_back(Contents(path));
  for (const std::string& input : corpus) RunBounded(target, input);
  std::printf("fuzz: %s: %zu inputs of the corpus, %ju mutations, seed %ju\n",
              options.target.c_str(), corpus.size(), static_cast<uintmax_t>(options.runs),
              static_cast<uintmax_t>(options.seed));
  std::fflush(stdout);
  Mutator mutator(&corpus, options.seed);
  for (uint64_t run = 0; run < options.runs; ++run) RunBounded(target, mutator.Next());
  return corpus.size() > 1 ? 0 : 1;  // a target without a corpus tests nothing
}

int Main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (ReadOption(argv[i], options)) continue;
    std::fprintf(stderr, "fuzz_replay: what is '%s'? See the top of replay_main.cc\n", argv[i]);
    return 2;
  }
  if (!options.write_seeds.empty()) return WriteSeeds(options.write_seeds);
  if (!options.check_seeds.empty()) return CheckSeeds(options.check_seeds);
  return Replay(options);
}

}  // namespace

}  // namespace entente::fuzz

int main(int argc, char** argv) { return entente::fuzz::Main(argc, argv); }

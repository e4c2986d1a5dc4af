// The frame of a benchmark program: `--list` prints the names it measures, names as arguments
// select some (none: all), results go to stdout as one JSON object a line, remarks to stderr.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace entente::bench {

struct Result {
  double value = 0;
  std::string unit;
  std::optional<double> floor;  // what the machine itself can do, measured in the same run
  std::optional<double> bound;  // the most it may be; with AtLeast, the least
  bool at_least = false;

  bool within() const { return !bound || (at_least ? value >= *bound : value <= *bound); }
};
// Held to a share of the floor of the same run.
inline Result AtLeast(double share, Result result) {
  result.bound = share * *result.floor;
  result.at_least = true;
  return result;
}
using Results = std::map<std::string, Result>;

// One preparation that yields the figures of several names; run once however many are asked for.
struct Suite {
  std::vector<std::string> names;
  std::function<absl::StatusOr<Results>()> run;
};

// Exit status: 0, all was measured and within its bounds; 1, something could not be measured; 2, an
// unknown name; 3, a figure is beyond its bound, and its line says so.
int Main(int argc, char** argv, const std::vector<Suite>& suites);

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// A directory beside the program (so on the disk it was built on), gone with the object.
class WorkDir {
 public:
  WorkDir();
  ~WorkDir();
  WorkDir(const WorkDir&) = delete;
  WorkDir& operator=(const WorkDir&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Where this program lies.
std::string ProgramDir();

}  // namespace entente::bench

// entented: the node. Flags and signals live here and nowhere else.
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "node/base/error.h"
#include "node/config.h"
#include "node/job.h"
#include "node/node.h"
#include "node/rpc/grpc_log.h"
#include "node/runtime/log.h"
#include "node/version.h"

extern char** environ;

// Read by jemalloc, where it is linked, before main. One arena: what one thread frees the next one
// has at hand, where an arena a thread would fetch fresh pages. Threads' own caches keep them
// apart.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:1";
}

namespace entente {
namespace {

constexpr char kJob[] = "--job";
constexpr char kAcceptLostBatches[] = "--accept-lost-batches";

// Exit statuses as the client's: 2 usage, 9 failed on this machine.
enum Exit { kDone = 0, kUsage = 2, kFailed = 9 };

int Fail(const absl::Status& status, Exit exit) {
  const std::string reason = base::ReasonOf(status);
  std::fprintf(stderr, "entented: %s%s%s\n", reason.c_str(), reason.empty() ? "" : ": ",
               std::string(status.message()).c_str());
  return exit;
}

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> out;
  for (char** variable = environ; *variable; ++variable) {
    const std::string text = *variable;
    const size_t equals = text.find('=');
    if (equals != std::string::npos) out[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return out;
}

int Run(const NodeConfig& config, bool accept_lost_batches) {
  // The signals are blocked before any thread starts, and awaited by this one alone.
  sigset_t signals;
  sigemptyset(&signals);
  for (int number : {SIGTERM, SIGINT}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  // No core dumps: they could hold what the store holds.
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);

  if (absl::Status log = runtime::InitLog(config.log); !log.ok()) return Fail(log, kFailed);
  rpc::RouteGrpcLog();
  auto node = Node::Start(config, accept_lost_batches);
  if (!node.ok()) return Fail(node.status(), kFailed);
  runtime::Log(runtime::LogLevel::kInfo, "ready",
               {{"version", kVersion},
                {"data", config.data_dir},
                {"listen", (*node)->listen_address()},
                {"socket", (*node)->socket()},
                {"node", (*node)->spki()}});
  int received = 0;
  sigwait(&signals, &received);
  runtime::Log(runtime::LogLevel::kInfo, "stopping", {{"signal", received}});
  // A second signal ends the process at once: nothing acknowledged can be lost by that.
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*node)->Stop();
  runtime::Log(runtime::LogLevel::kInfo, "stopped");
  return kDone;
}

// One job on a directory instead of a node (job.h).
int Job(const std::vector<std::string>& words) {
  const std::string answer = RunJob(words, Environment()).SerializeAsString();
  const bool written = std::fwrite(answer.data(), 1, answer.size(), stdout) == answer.size() &&
                       std::fflush(stdout) == 0;
  return written ? kDone : kFailed;
}

int Main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == kJob) return Job({argv + 2, argv + argc});
  ConfigSources sources;
  sources.environment = Environment();
  sources.default_file = kUsualConfigFile;
  bool accept_lost_batches = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == kAcceptLostBatches) {
      accept_lost_batches = true;
    } else {
      sources.arguments.push_back(argv[i]);
    }
  }
  auto loaded = LoadConfig(sources);
  if (!loaded.ok()) return Fail(loaded.status(), kUsage);
  switch (loaded->action) {
    case LoadedConfig::Action::kHelp:
      std::printf(
          "%s\nFor one start only:\n  %s  open a store that lost acknowledged batches with what is "
          "left\n",
          ConfigHelp().c_str(), kAcceptLostBatches);
      return kDone;
    case LoadedConfig::Action::kVersion:
      std::printf("entented %s\n", kVersion);
      return kDone;
    case LoadedConfig::Action::kCheck:
      std::printf("the configuration is good\n");
      return kDone;
    case LoadedConfig::Action::kPrint:
      std::printf("%s", PrintConfig(*loaded).c_str());
      return kDone;
    case LoadedConfig::Action::kRun:
      break;
  }
  return Run(loaded->config, accept_lost_batches);
}

}  // namespace
}  // namespace entente

int main(int argc, char** argv) { return entente::Main(argc, argv); }

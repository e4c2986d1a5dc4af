#include "tests/bench/node_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "node/wire/status_codec.h"
#include "tests/bench/bench_main.h"

namespace entente::bench {

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0) {
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  }
  close(fd);
  return ntohs(address.sin_port);
}

absl::StatusOr<std::unique_ptr<NodeProcess>> NodeProcess::Start(const std::string& data_dir,
                                                                int port) {
  const std::string program = ProgramDir() + "/../../node/entented";
  const std::string socket = data_dir + "/node.sock";
  const std::string listen = absl::StrCat("127.0.0.1:", port);
  const std::string log = data_dir + "/node.log";
  if (access(program.c_str(), X_OK) != 0) {
    return absl::NotFoundError(absl::StrCat(program, " is not there; build it: ninja entented"));
  }
  const pid_t pid = fork();
  if (pid < 0) return absl::InternalError("fork failed");
  if (pid == 0) {
    cpu_set_t two;
    CPU_ZERO(&two);
    CPU_SET(0, &two);
    CPU_SET(1, &two);
    sched_setaffinity(0, sizeof two, &two);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execl(program.c_str(), "entented", "--data", data_dir.c_str(), "--listen", listen.c_str(),
          "--socket", socket.c_str(), nullptr);
    _exit(127);
  }
  std::unique_ptr<NodeProcess> node(new NodeProcess(pid, socket));
  if (absl::Status ready = node->AwaitReady(); !ready.ok()) {
    std::ifstream in(log);
    std::stringstream text;
    text << in.rdbuf();
    return absl::Status(ready.code(), absl::StrCat(ready.message(), "\n", text.str()));
  }
  return node;
}

absl::Status NodeProcess::AwaitReady() const {
  auto stub = Connect();
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  v1::Node node;
  return wire::FromGrpc(stub->GetNode(&context, {}, &node));
}

NodeProcess::~NodeProcess() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

void NodeProcess::Kill() { kill(pid_, SIGKILL); }

std::shared_ptr<grpc::Channel> NodeProcess::Channel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 50);
  return grpc::CreateCustomChannel("unix:" + socket_, grpc::experimental::LocalCredentials(UDS),
                                   arguments);
}

double NodeProcess::PeakMiB() const {
  std::ifstream in(absl::StrCat("/proc/", pid_, "/status"));
  std::string word;
  while (in >> word) {
    double kib = 0;
    if (word == "VmHWM:" && in >> kib) return kib / 1024;
  }
  return 0;
}

double NodeProcess::CpuSeconds() const {
  std::ifstream in(absl::StrCat("/proc/", pid_, "/stat"));
  std::string line;
  std::getline(in, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int n = 3; n < 14; ++n) fields >> skipped;  // proc(5): utime is field 14, stime 15
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace entente::bench

#include "node/node.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"
#include "node/rpc/attachment/attachment_service.h"
#include "node/rpc/attachment/blob_service.h"
#include "node/rpc/courier/bundle_service.h"
#include "node/rpc/local/local_service.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/peers.h"
#include "node/rpc/peer/sync_service.h"
#include "node/rpc/question/question_service.h"
#include "node/rpc/register/companion.h"
#include "node/rpc/register/local_register_service.h"
#include "node/rpc/register/register_service.h"
#include "node/rpc/register/registrar.h"
#include "node/rpc/register_keys.h"
#include "node/rpc/server.h"
#include "node/rpc/tls/identity.h"
#include "node/rpc/upkeep/backup_facts.h"
#include "node/rpc/upkeep/examine_calls.h"
#include "node/rpc/upkeep/operator_service.h"
#include "node/runtime/log.h"
#include "node/runtime/network_watch.h"
#include "node/runtime/random.h"
#include "node/runtime/system_clock.h"
#include "node/runtime/worker_pool.h"
#include "node/version.h"
#include "storage/rocksdb_kv.h"

namespace entente {

namespace {

// Enough that sixteen clients waiting for the disk do not keep a seventeenth from asking a
// question.
constexpr size_t kWorkerThreads = 24;

// Frames for peers keep a processor busy and take megabytes while they are made: more at a time
// than there are processors gain nothing, and clients' questions are not to wait behind them.
size_t FrameThreads() { return std::clamp<size_t>(std::thread::hardware_concurrency(), 2, 8); }
// One job a stream at most, of which each peer may have so many (sync_service.cc): news may wake
// those of hundreds of peers at once, and none is to be turned away for it.
constexpr size_t kFrameJobsMax = 64 * 1024;

void LogHealth(const storage::HealthEvent& event) {
  using Level = storage::HealthEvent::Level;
  const runtime::LogLevel level = event.level == Level::kError     ? runtime::LogLevel::kError
                                  : event.level == Level::kWarning ? runtime::LogLevel::kWarning
                                                                   : runtime::LogLevel::kInfo;
  runtime::LogEvery("store_health/" + event.reason, absl::Seconds(10), level, "store_health",
                    {{"reason", event.reason}, {"message", event.message}});
}

// Who may connect to the peers' port: the nodes of everyone ever admitted to a joined instrument.
class CoreMembership final : public rpc::Membership {
 public:
  explicit CoreMembership(const rpc::NodeCore* core) : core_(core) {}
  bool Admits(const base::Spki& spki) const override {
    return core_->published()->nodes->contains(spki);
  }

 private:
  const rpc::NodeCore* core_;
};

absl::Status MakeDataDir(const std::string& dir) {
  if (mkdir(dir.c_str(), 0700) == 0 || errno == EEXIST) return absl::OkStatus();
  return base::Error(absl::StatusCode::kFailedPrecondition, "STORE_DAMAGED",
                     absl::StrCat("cannot make the data directory ", dir, ": ",
                                  std::strerror(errno), "; give another with --data"));
}

}  // namespace

struct Node::Parts {
  NodeConfig config;
  rpc::Identity identity;
  runtime::SystemClock clock;
  std::unique_ptr<storage::RocksKv> kv;
  std::unique_ptr<driver::Replica> replica;
  std::unique_ptr<rpc::NodeCore> core;
  std::unique_ptr<runtime::WorkerPool> pool, frame_pool;
  std::unique_ptr<rpc::RegisterKeys> register_keys;
  std::unique_ptr<rpc::Registrar> registrar;
  std::unique_ptr<rpc::Peers> peers;
  std::unique_ptr<rpc::SyncService> sync_service;
  std::unique_ptr<rpc::LocalService> local_service;
  std::unique_ptr<rpc::OperatorService> operator_service;
  std::unique_ptr<rpc::BundleService> bundle_service;
  std::unique_ptr<rpc::LocalRegisterService> local_register_service;
  std::unique_ptr<rpc::RegisterService> register_service;
  std::unique_ptr<rpc::BlobStore> blobs;
  std::unique_ptr<rpc::BlobWants> blob_wants;
  std::unique_ptr<rpc::BlobExchange> blob_exchange;
  std::unique_ptr<rpc::BlobService> blob_service;
  std::unique_ptr<rpc::AttachmentService> attachment_service;
  std::unique_ptr<rpc::LookupUpkeep> lookup;
  std::unique_ptr<rpc::QuestionService> question_service;
  std::unique_ptr<runtime::NetworkWatch> network_watch;
  std::unique_ptr<rpc::PeerServer> peer_server;
  std::unique_ptr<rpc::LocalServer> local_server;

  absl::Status OpenStore(bool accept_lost_batches);
  absl::Status StartAttachments();
  void WarnOfSettings() const;
  absl::Status StartServers(bool accepted_lost_batches);
  void WatchNetwork();
  void Stop();
};

absl::Status Node::Parts::OpenStore(bool accept_lost_batches) {
  storage::RocksOptions options = rpc::StoreOptions(config.data_dir);
  options.accept_lost_batches = accept_lost_batches;
  options.on_health = LogHealth;
  ASSIGN_OR_RETURN(kv, storage::RocksKv::Open(options));
  ASSIGN_OR_RETURN(replica,
                   driver::Replica::Open(kv.get(), {.store_id = runtime::RandomBytes(8),
                                                    .verifier = &crypto::Ed25519Verifier()}));
  return absl::OkStatus();
}

absl::Status Node::Parts::StartAttachments() {
  ASSIGN_OR_RETURN(auto files, storage::BlobFiles::Open(rpc::AttachmentsPath(config.data_dir)));
  blobs = std::make_unique<rpc::BlobStore>(core.get(), std::move(files));
  RETURN_IF_ERROR(blobs->Start());
  blob_wants = std::make_unique<rpc::BlobWants>(core.get(), blobs.get(), &config.attachments);
  blob_exchange = std::make_unique<rpc::BlobExchange>(core.get(), &identity, peers.get(),
                                                      blobs.get(), blob_wants.get());
  peers->SetContents(blob_exchange.get());
  blob_service =
      std::make_unique<rpc::BlobService>(blobs.get(), blob_wants.get(), peers.get(), pool.get());
  attachment_service = std::make_unique<rpc::AttachmentService>(
      core.get(), peers.get(), blobs.get(), blob_exchange.get(), &config.attachments, pool.get());
  bundle_service = std::make_unique<rpc::BundleService>(
      rpc::BesideSources{core.get(), blobs.get(), blob_wants.get()}, &identity, pool.get());
  return absl::OkStatus();
}

// What is joined later comes to be right; what is mistyped never says anything else.
void Node::Parts::WarnOfSettings() const {
  for (const std::string& code : rpc::NotJoined(*core, config.attachments)) {
    runtime::Log(runtime::LogLevel::kWarning, "setting_names_no_instrument",
                 {{"setting", "attachments.instruments"}, {"code", code}});
  }
}

absl::Status Node::Parts::StartServers(bool accepted_lost_batches) {
  rpc::NodeFacts facts;
  facts.version = kVersion;
  facts.spki = identity.spki;
  facts.data_dir = config.data_dir;
  core = std::make_unique<rpc::NodeCore>(replica.get(), &clock, facts);
  pool = std::make_unique<runtime::WorkerPool>(
      runtime::WorkerPool::Options{.threads = kWorkerThreads});
  frame_pool = std::make_unique<runtime::WorkerPool>(runtime::WorkerPool::Options{
      .threads = FrameThreads(), .queue_max = kFrameJobsMax, .niceness = runtime::kWorksAhead});
  register_keys = std::make_unique<rpc::RegisterKeys>(config.data_dir);
  registrar =
      std::make_unique<rpc::Registrar>(core.get(), register_keys.get(), accepted_lost_batches);
  peers = std::make_unique<rpc::Peers>(core.get(), &identity,
                                       rpc::RegisterCompanions(core.get(), registrar.get()));
  register_service = std::make_unique<rpc::RegisterService>(core.get(), peers.get(),
                                                            registrar.get(), &identity, pool.get());
  sync_service =
      std::make_unique<rpc::SyncService>(core.get(), peers.get(), pool.get(), frame_pool.get());
  local_service = std::make_unique<rpc::LocalService>(core.get(), peers.get(), pool.get());
  local_register_service = std::make_unique<rpc::LocalRegisterService>(core.get(), registrar.get(),
                                                                       &identity, pool.get());
  lookup = std::make_unique<rpc::LookupUpkeep>(core.get());
  question_service =
      std::make_unique<rpc::QuestionService>(core.get(), peers.get(), lookup.get(), pool.get());
  RETURN_IF_ERROR(StartAttachments());
  operator_service = std::make_unique<rpc::OperatorService>(
      core.get(), kv.get(), peers.get(), &identity, &config.attachments,
      [store = blobs.get()](const blob::BlobId& id, uint32_t chunk) {
        return store->Get(id, chunk);
      },
      pool.get());
  ASSIGN_OR_RETURN(
      peer_server,
      rpc::PeerServer::Start(
          {.listen = config.listen,
           .identity = identity,
           .membership = std::make_shared<CoreMembership>(core.get()),
           .limits = {.per_source_max = config.connections_per_source,
                      .per_loopback_max = config.connections_loopback,
                      .total_max = config.connections_total},
           .services = {sync_service.get(), register_service.get(), blob_service.get()}}));
  // Port 0 became a real one.
  core->SetAddresses(peer_server->address(),
                     config.advertise.empty() ? peer_server->address() : config.advertise);
  ASSIGN_OR_RETURN(
      local_server,
      rpc::LocalServer::Start({.socket = config.socket,
                               .services = {local_service.get(), operator_service.get(),
                                            bundle_service.get(), local_register_service.get(),
                                            attachment_service.get(), question_service.get()}}));
  registrar->Start();
  lookup->Start();
  RETURN_IF_ERROR(peers->Start());
  blob_exchange->Start();
  WarnOfSettings();
  WatchNetwork();
  return absl::OkStatus();
}

// A node without such news only waits longer before it dials again.
void Node::Parts::WatchNetwork() {
  auto watch = runtime::NetworkWatch::Start([this] {
    runtime::LogEvery("network_changed", absl::Minutes(1), runtime::LogLevel::kInfo,
                      "network_changed", {});
    peers->NetworkChanged();
  });
  if (watch.ok()) {
    network_watch = *std::move(watch);
  } else {
    runtime::Log(runtime::LogLevel::kInfo, "network_not_watched",
                 {{"why", std::string(watch.status().message())}});
  }
}

void Node::Parts::Stop() {
  // Live streams and contacts end first, so that the servers have nothing to wait for but real
  // calls.
  network_watch.reset();
  if (blob_exchange) blob_exchange->Stop();
  if (peers) peers->Stop();
  if (sync_service) sync_service->Stop();
  if (register_service) register_service->Stop();
  if (registrar) registrar->Stop();
  if (lookup) lookup->Stop();
  if (local_server) local_server->Shutdown(config.shutdown_grace);
  if (peer_server) peer_server->Shutdown(config.shutdown_grace);
  if (pool) pool->Stop();
  if (frame_pool) frame_pool->Stop();
  if (core) core->Stop();
  local_server.reset();
  peer_server.reset();
  local_register_service.reset();
  register_service.reset();
  question_service.reset();
  lookup.reset();
  attachment_service.reset();
  blob_service.reset();
  blob_exchange.reset();
  blob_wants.reset();
  blobs.reset();
  bundle_service.reset();
  operator_service.reset();
  local_service.reset();
  sync_service.reset();
  peers.reset();
  pool.reset();
  frame_pool.reset();
  registrar.reset();
  register_keys.reset();
  core.reset();
  replica.reset();
  kv.reset();
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() { Stop(); }

absl::StatusOr<std::unique_ptr<Node>> Node::Start(const NodeConfig& config,
                                                  bool accept_lost_batches) {
  auto parts = std::make_unique<Parts>();
  parts->config = config;
  RETURN_IF_ERROR(MakeDataDir(config.data_dir));
  // The store's lock first: a second process must not touch the identity either.
  absl::Status started = parts->OpenStore(accept_lost_batches);
  if (started.ok()) {
    auto identity = rpc::LoadOrMakeIdentity(config.data_dir);
    started = identity.status();
    if (identity.ok()) parts->identity = *std::move(identity);
  }
  if (started.ok()) started = parts->StartServers(accept_lost_batches);
  if (!started.ok()) {
    parts->Stop();
    return started;
  }
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

std::string Node::listen_address() const { return parts_->core->facts().listen_address; }
std::string Node::socket() const { return parts_->config.socket; }
std::string Node::spki() const { return parts_->identity.spki.ToHex(); }

void Node::Stop() {
  if (parts_) parts_->Stop();
  parts_.reset();
}

}  // namespace entente

#include "node/rpc/register/companion.h"

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "node/rpc/register/exchange.h"

namespace entente::rpc {

namespace {

class RegisterCompanion final : public Companion {
 public:
  RegisterCompanion(NodeCore* core, Registrar* registrar, std::shared_ptr<grpc::Channel> channel,
                    const base::Spki& peer, bool live)
      : core_(core),
        registrar_(registrar),
        channel_(std::move(channel)),
        peer_(peer),
        live_(live) {}
  ~RegisterCompanion() override { End(absl::CancelledError()); }

  void Begin(const sync::Summary& summary) override {
    const store::PublishedPtr published = core_->published();
    for (const base::InstrumentId& instrument : published->instruments) {
      if (published->AccessOf(peer_, instrument) != store::NodeAccess::kEntries) continue;
      // A single pass goes by what Hello told; nothing to do costs nothing.
      if (!live_ && !summary.register_news.contains(instrument)) continue;
      exchanges_.push_back(
          std::make_unique<RegisterExchange>(core_, registrar_, channel_, peer_, instrument));
    }
    if (live_) {
      for (auto& exchange : exchanges_) exchange->Begin();
    } else if (!exchanges_.empty()) {
      once_ = std::thread([this] {
        for (auto& exchange : exchanges_) exchange->Once();
      });
    }
  }

  void End(const absl::Status& status) override {
    if (live_ || !status.ok()) {
      for (auto& exchange : exchanges_) exchange->Stop();
    }
    if (once_.joinable()) once_.join();
  }

 private:
  NodeCore* const core_;
  Registrar* const registrar_;
  const std::shared_ptr<grpc::Channel> channel_;
  const base::Spki peer_;
  const bool live_;
  std::vector<std::unique_ptr<RegisterExchange>> exchanges_;
  std::thread once_;
};

}  // namespace

Peers::MakeCompanion RegisterCompanions(NodeCore* core, Registrar* registrar) {
  return [core, registrar](std::shared_ptr<grpc::Channel> channel, const base::Spki& peer,
                           bool live) -> std::unique_ptr<Companion> {
    return std::make_unique<RegisterCompanion>(core, registrar, std::move(channel), peer, live);
  };
}

}  // namespace entente::rpc

#include "node/rpc/register/companion.h"

#include <memory>
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
  void Begin(const sync::Summary& summary) override {
    const store::PublishedPtr published = core_->published();
    for (const base::InstrumentId& instrument : published->instruments) {
      if (published->AccessOf(peer_, instrument) != store::NodeAccess::kEntries) continue;
      // A single pass goes by what Hello told; nothing to do costs nothing.
      if (!live_ && !summary.register_news.contains(instrument)) continue;
      exchanges_.push_back(std::make_unique<RegisterExchange>(core_, registrar_, channel_, peer_,
                                                              instrument, live_));
    }
    for (auto& exchange : exchanges_) exchange->Begin();
  }

  void End(const sync::Summary& summary) override {
    const bool cut = live_ || !summary.status.ok();
    for (auto& exchange : exchanges_) exchange->Settle(!summary.cut_short);
    for (auto& exchange : exchanges_) {
      if (cut) {
        exchange->Stop();
      } else {
        exchange->Finish();
      }
    }
  }

 private:
  NodeCore* const core_;
  Registrar* const registrar_;
  const std::shared_ptr<grpc::Channel> channel_;
  const base::Spki peer_;
  const bool live_;
  std::vector<std::unique_ptr<RegisterExchange>> exchanges_;
};

}  // namespace

Peers::MakeCompanion RegisterCompanions(NodeCore* core, Registrar* registrar) {
  return [core, registrar](std::shared_ptr<grpc::Channel> channel, const base::Spki& peer,
                           bool live) -> std::unique_ptr<Companion> {
    return std::make_unique<RegisterCompanion>(core, registrar, std::move(channel), peer, live);
  };
}

}  // namespace entente::rpc

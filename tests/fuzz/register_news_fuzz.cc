// What another node tells of a register: whatever the bytes, a copy takes nothing but leaves that
// lead to the checkpoint the register signed, and says what it could not read.
#include "node/register/order.h"
#include "node/register/registers.h"
#include "tests/fuzz/register_scene.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

const RegisterScene& Scene() {
  static const auto* scene = new RegisterScene();
  return *scene;
}

}  // namespace

FUZZ_TARGET(register_news, input) {
  v1::RegisterNews news;
  if (!news.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
  reg::Registers registers(&crypto::Ed25519Verifier());
  storage::WriteBatch ignored, batch;
  FUZZ_CHECK(registers.Load(&Scene().copy_kv()).ok());
  FUZZ_CHECK(registers.Follow(Scene().authority(), {Scene().instrument()}, ignored).ok());
  const auto head = registers.HeadOf(Scene().instrument());
  // So that what is behind the names is reached.
  news.set_instrument(Scene().instrument().str());
  news.set_log(head->log.str());
  const v1::RegisterNews told = news;
  const auto reading = reg::SpellOut(*Scene().copy_kv().NewSnapshot(), *head, news);
  if (!reading.ok()) return;
  if (*reading != reg::Reading::kWhole) {
    FUZZ_CHECK(!told.order().empty());
    return;
  }
  FUZZ_CHECK(news.order().empty());
  if (!told.order().empty()) FUZZ_CHECK(news.leaves().size() <= 32 * reg::kNewsLeavesMax);
  const auto taken = registers.TakeNews(news, batch);
  if (!taken.ok() || !taken->changed) return;
  // The genuine one is the only checkpoint there is over more leaves than the copy has.
  const auto genuine = tlog::ParseSignedCheckpoint(Scene().News(reg::Naming::kSpelt).checkpoint());
  FUZZ_CHECK(taken->leaves_new == 0 ||
             head->leaves + taken->leaves_new <= genuine->checkpoint.size);
  registers.Committed();
  const auto after = registers.HeadOf(Scene().instrument());
  FUZZ_CHECK(after->leaves == head->leaves + taken->leaves_new);
  if (after->leaves == genuine->checkpoint.size && taken->leaves_new > 0) {
    FUZZ_CHECK(after->newest.checkpoint == genuine->checkpoint);
  }
}

}  // namespace entente::fuzz

// Seeds of news of a register: by places, spelt out, and with nothing new.
#include "tests/fuzz/register_scene.h"
#include "tests/fuzz/seeds.h"

namespace entente::fuzz {

void AddRegisterSeeds(AllSeeds& all) {
  const RegisterScene scene;
  Seeds& seeds = all["register_news"];
  v1::RegisterNews news = scene.News(reg::Naming::kPlaces);
  seeds["places"] = news.SerializeAsString();
  news.set_order(0, news.order(0) + 1);
  seeds["lie"] = news.SerializeAsString();
  news = scene.News(reg::Naming::kSpelt);
  seeds["spelt"] = news.SerializeAsString();
  news.clear_leaves();
  seeds["checkpoint"] = news.SerializeAsString();
}

}  // namespace entente::fuzz

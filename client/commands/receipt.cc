// entente receipt show|verify FILE: what proves that an entry stands in the register.
#include "client/commands/commands.h"

namespace entente::client {

void AddReceipt(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "receipt", "What proves that an entry stands in the register");
  auto file = std::make_shared<std::string>();
  CLI::App* show = AddCommand(*noun, context, "show", "What a receipt file says, unverified",
                              "entente receipt show 2afb25f0.tlog-proof",
                              [&context, file] { return ShowReceiptFile(context, *file); });
  show->add_option("file", *file, "Receipt (c2sp.org/tlog-proof@v1); - is stdin")->required();
  AddReceiptVerify(*noun, context);
}

}  // namespace entente::client

// entente completion bash|zsh|fish
#include "client/base/completion.h"

#include "client/commands/commands.h"

namespace entente::client {

void AddCompletion(CLI::App& root, Context& context) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = AddCommand(root, context, "completion", "Completions for a shell",
                                 "source <(entente completion bash)",
                                 [&root, &context, shell]() -> absl::StatusOr<Exit> {
                                   context.out() << CompletionScript(root, *shell);
                                   return Exit::kDone;
                                 });
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

}  // namespace entente::client

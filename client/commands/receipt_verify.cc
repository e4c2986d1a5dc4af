// entente receipt verify: a receipt checked with what the reader trusts, without node or network.
#include "client/audit/receipt_file.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

struct VerifyReceiptOptions {
  std::string file, policy, log, pin;
};

absl::StatusOr<Exit> RunVerifyReceipt(Context& context, const VerifyReceiptOptions& o) {
  if (o.policy.empty() == o.log.empty()) {
    return UsageError("receipt verify: whom do you believe? give --policy FILE or --log VKEY",
                      "a receipt cannot vouch for itself: take the register's key from the "
                      "Secretariat, not from the file");
  }
  if (!o.pin.empty() && !base::InstrumentId::FromHex(o.pin)) {
    return WithField(UsageError("--pin: wanted are 64 lower-case hex digits"), "--pin");
  }
  ASSIGN_OR_RETURN(tlog::Policy policy,
                   o.policy.empty() ? PolicyOfLog(o.log) : ReadPolicy(o.policy));
  ASSIGN_OR_RETURN(std::string text, ReadFile(o.file));
  ASSIGN_OR_RETURN(ReceiptWords words, VerifyReceiptText(text, policy, o.pin));
  context.Emit(words.json, words.text);
  return Exit::kDone;
}

}  // namespace

absl::StatusOr<Exit> ShowReceiptFile(Context& context, const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  ASSIGN_OR_RETURN(ReceiptWords words, ShowReceiptText(text));
  context.Emit(words.json, words.text);
  return Exit::kDone;
}

void AddReceiptVerify(CLI::App& noun, Context& context) {
  auto o = std::make_shared<VerifyReceiptOptions>();
  CLI::App* verify = AddCommand(noun, context, "verify",
                                "Check a receipt file, without a node and without a network",
                                "entente receipt verify 2afb25f0.tlog-proof --policy euca.policy",
                                [&context, o] { return RunVerifyReceipt(context, *o); });
  verify->add_option("file", o->file, "Receipt (c2sp.org/tlog-proof@v1); - is stdin")
      ->type_name("FILE")
      ->required();
  verify->add_option("--policy", o->policy, "Whom you believe, a C2SP tlog-policy file")
      ->type_name("FILE");
  verify->add_option("--log", o->log, "Only the register's key, no witness asked for")
      ->type_name("VKEY");
  verify->add_option("--pin", o->pin, "The instrument's fingerprint, known from elsewhere")
      ->type_name("HEX");
}

}  // namespace entente::client

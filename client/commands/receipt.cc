// entente receipt show|save: what proves that an entry was received.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/context/register_methods.h"
#include "node/base/id.h"
#include "node/base/status_macros.h"
#include "node/tlog/checkpoint.h"

namespace entente::client {

namespace {

struct ReceiptOptions {
  std::string reference, out;
};

absl::StatusOr<v1::GetReceiptResponse> FetchReceipt(Context& context,
                                                    const std::string& reference) {
  v1::GetReceiptRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument(reference));
  request.set_reference(reference);
  return context.Call(registry::kGetReceipt, request);
}

std::string TimeOrUnknown(uint64_t seconds) {
  return seconds == 0 ? "a time not known here" : UtcText(tlog::MillisOf(seconds));
}

nlohmann::ordered_json ReceiptJson(const v1::GetReceiptResponse& receipt) {
  nlohmann::ordered_json object = {{"entry_id", base::ToHex(receipt.entry())},
                                   {"in_register", !receipt.receipt().empty()},
                                   {"final", receipt.final_since() > 0},
                                   {"index", receipt.index()},
                                   {"checkpoint_size", receipt.size()}};
  object["signed_after"] = receipt.seen_time() ? UtcText(tlog::MillisOf(receipt.seen_time())) : "";
  object["signed_after_size"] = receipt.seen_size();
  object["existed_before"] =
      receipt.final_since() ? UtcText(tlog::MillisOf(receipt.final_since())) : "";
  object["received"] = receipt.received() ? UtcText(tlog::MillisOf(receipt.received())) : "";
  object["claimed"] = UtcText(receipt.claimed_ms());
  object["receipt"] = receipt.receipt();
  return object;
}

// The interval that dates the entry; the author's own word stands beside it, never instead.
std::string ReceiptInWords(const v1::GetReceiptResponse& receipt) {
  std::string text = absl::StrCat("entry           ", base::ToHex(receipt.entry()), "\n");
  if (receipt.receipt().empty()) {
    return absl::StrCat(text,
                        "in the register  not as far as is known here; the newest checkpoint "
                        "here covers ",
                        receipt.size(), " entries\n");
  }
  absl::StrAppend(&text, "in the register  at index ", receipt.index(), ", checkpoint of ",
                  receipt.size(), " entries\n");
  absl::StrAppend(&text, "signed after    ",
                  receipt.seen_size() == 0
                      ? "no checkpoint cited"
                      : absl::StrCat(TimeOrUnknown(receipt.seen_time()), " (it cites checkpoint ",
                                     receipt.seen_size(), ")"),
                  "\n");
  absl::StrAppend(&text, "existed before  ",
                  receipt.final_since() > 0
                      ? TimeOrUnknown(receipt.final_since())
                      : "not dated yet: the checkpoint waits for its witnesses",
                  "\nreceived        ", TimeOrUnknown(receipt.received()),
                  " (the register's clock)\nclaimed         ", UtcText(receipt.claimed_ms()),
                  " (the author's own word)\n");
  return text;
}

// A file is read as it is; anything else is looked up in the node.
absl::StatusOr<Exit> ShowReceipt(Context& context, const ReceiptOptions& o) {
  if (o.reference == "-" || FileExists(o.reference)) return ShowReceiptFile(context, o.reference);
  ASSIGN_OR_RETURN(v1::GetReceiptResponse receipt, FetchReceipt(context, o.reference));
  context.Emit(ReceiptJson(receipt), ReceiptInWords(receipt));
  return Exit::kDone;
}

absl::StatusOr<Exit> SaveReceipt(Context& context, const ReceiptOptions& o) {
  ASSIGN_OR_RETURN(v1::GetReceiptResponse receipt, FetchReceipt(context, o.reference));
  const bool proof = !receipt.receipt().empty();
  const std::string out = o.out.empty() ? absl::StrCat(base::ToHex(receipt.entry()).substr(0, 16),
                                                       proof ? ".tlog-proof" : ".held")
                                        : o.out;
  if (!proof) {
    context.Warn(absl::StrCat(
        "the entry is in no checkpoint known here yet; what is written is this node's signed word "
        "that it holds it. Save again after a sync."));
  }
  RETURN_IF_ERROR(WriteFile(out, proof ? receipt.receipt() : receipt.held()));
  nlohmann::ordered_json object = ReceiptJson(receipt);
  object.erase("receipt");
  object["out"] = out;
  object["kind"] = proof ? "tlog-proof" : "held";
  context.Emit(object,
               absl::StrCat("written: ", out, proof ? "\n" : " (held, not yet received)\n"));
  return Exit::kDone;
}

}  // namespace

void AddReceipt(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "receipt", "What proves that an entry was received");
  auto shown = std::make_shared<ReceiptOptions>();
  CLI::App* show = AddCommand(*noun, context, "show", "Where an entry stands, and what dates it",
                              "entente receipt show R:EUCA-2014/MTR-2017/KG/DDR/08",
                              [&context, shown] { return ShowReceipt(context, *shown); });
  show->add_option("reference", shown->reference,
                   "A record, the first 8 digits of an entry id, or a receipt file; - is stdin")
      ->required()
      ->type_name("REF|FILE");
  AddReceiptVerify(*noun, context);
  auto saved = std::make_shared<ReceiptOptions>();
  CLI::App* save = AddCommand(*noun, context, "save", "Write the proof to a small text file",
                              "entente receipt save R:EUCA-2014/MTR-2017/KG/DDR/08",
                              [&context, saved] { return SaveReceipt(context, *saved); });
  save->add_option("reference", saved->reference, "A record, or the first 8 digits of an entry id")
      ->required()
      ->type_name("REF");
  save->add_option("--out", saved->out, "To this file; default: the entry's id")->type_name("FILE");
}

}  // namespace entente::client

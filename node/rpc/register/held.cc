#include "node/rpc/register/held.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "node/base/status_macros.h"
#include "node/ledger/text_rules.h"
#include "node/register/news.h"
#include "node/rpc/tls/node_signature.h"
#include "node/store/log_reader.h"

namespace entente::rpc {

absl::StatusOr<std::string> HeldText(const Identity& identity, const base::EntryId& id,
                                     uint64_t now_ms) {
  const std::string at =
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(static_cast<int64_t>(now_ms)),
                       absl::UTCTimeZone());
  ASSIGN_OR_RETURN(std::string key, PublicKeyInfo(identity));
  std::string text =
      absl::StrCat("entente/held/v1\nentry ", id.ToHex(), "\nnode ", identity.spki.ToHex(), "\nat ",
                   at, "\nkey ", ledger::ToBase64(key), "\n");
  ASSIGN_OR_RETURN(std::string signature, SignAsNode(identity, text));
  return absl::StrCat(text, "signature ", ledger::ToBase64(signature), "\n");
}

absl::Status AnswerReceipt(const storage::Snapshot& snapshot, const base::InstrumentId& instrument,
                           const reg::Head* head, const Identity& identity, const base::EntryId& id,
                           uint64_t now_ms, v1::EntryReceipt& out) {
  out.set_entry(id.str());
  const store::LogReader log(&snapshot);
  ASSIGN_OR_RETURN(auto place, log.Find(id));
  if (!place) return absl::OkStatus();
  ASSIGN_OR_RETURN(ledger::Entry entry, log.Get(*place));
  if (entry.header.instrument != instrument) return absl::OkStatus();
  ASSIGN_OR_RETURN(*out.mutable_held(), HeldText(identity, id, now_ms));
  if (head == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto standing, reg::StandingOf(snapshot, *head, id));
  if (!standing) return absl::OkStatus();
  ASSIGN_OR_RETURN(tlog::Receipt receipt,
                   reg::MakeReceipt(snapshot, *head, *standing, entry.Leaf()));
  out.set_receipt(tlog::ReceiptText(receipt));
  return absl::OkStatus();
}

}  // namespace entente::rpc

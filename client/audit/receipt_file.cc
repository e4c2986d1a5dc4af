#include "client/audit/receipt_file.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "client/base/render.h"
#include "node/base/status_macros.h"
#include "node/ledger/entry.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

absl::Status ProvesNothing(absl::string_view why) {
  return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                 absl::StrCat("this receipt proves nothing: ", why),
                 "do not rely on it; save it again from a node that holds the entry");
}

std::string SecondsText(uint64_t seconds) { return UtcText(tlog::MillisOf(seconds)); }

// A receipt and the entry in it.
struct Opened {
  tlog::Receipt receipt;
  ledger::Entry entry;
  const tlog::Checkpoint& checkpoint() const { return receipt.checkpoint.checkpoint; }
};

absl::StatusOr<Opened> Open(absl::string_view file) {
  absl::StatusOr<tlog::Receipt> receipt = tlog::ParseReceipt(file);
  if (!receipt.ok()) return ProvesNothing(receipt.status().message());
  absl::StatusOr<ledger::Entry> entry = ledger::ParseLeaf(receipt->leaf, std::nullopt);
  if (!entry.ok()) {
    return ProvesNothing(absl::StrCat("what it carries is no entry: ", entry.status().message()));
  }
  return Opened{*std::move(receipt), *std::move(entry)};
}

ordered_json EntryJson(const Opened& o) {
  const ledger::EntryHeader& h = o.entry.header;
  return {{"entry_id", o.entry.id.ToHex()},
          {"instrument", h.instrument.ToHex()},
          {"key", h.key.ToHex()},
          {"incarnation", h.incarnation},
          {"sequence", h.sequence},
          {"kind", h.kind},
          {"payload_sha256", h.payload_hash.ToHex()},
          {"origin", o.checkpoint().origin},
          {"index", o.receipt.index},
          {"checkpoint_size", o.checkpoint().size},
          {"checkpoint_root", o.checkpoint().root.ToHex()},
          {"signed_after_size", h.seen_size},
          {"claimed", UtcText(HlcMs(h.hlc))}};
}

std::string EntryText(const Opened& o) {
  const ledger::EntryHeader& h = o.entry.header;
  return absl::StrCat("entry           ", o.entry.id.ToHex(), "\ninstrument      ",
                      h.instrument.ToHex(), "\nauthor's key    ", h.key.ToHex(), ", incarnation ",
                      h.incarnation, ", number ", h.sequence, ", kind ", h.kind,
                      "\npayload         SHA-256 ", h.payload_hash.ToHex(), " (not in this file)\n",
                      "in the register ", Printable(o.checkpoint().origin), ", index ",
                      o.receipt.index, " of ", o.checkpoint().size, "\n");
}

// The interval that dates the entry. What its author claims stands beside it, never instead.
std::string IntervalText(const Opened& o, const std::string& before) {
  const ledger::EntryHeader& h = o.entry.header;
  return absl::StrCat(
      "signed after    ",
      h.seen_size == 0
          ? "nothing that this file dates: the entry cites no checkpoint"
          : absl::StrCat("the register had ", h.seen_size, " entries, root ", h.seen_root.ToHex()),
      "\nexisted before  ", before, "\nclaimed         ", UtcText(HlcMs(h.hlc)),
      " (the author's own word, it decides nothing)\n");
}

std::string Cosigners(const tlog::PolicyVerdict& verdict) {
  std::string out;
  for (const tlog::SignedBy& witness : verdict.witnesses) {
    absl::StrAppend(&out, "cosigned        ", SecondsText(witness.time), " by ",
                    Printable(witness.key.name), "\n");
  }
  return out;
}

ordered_json CosignersJson(const tlog::PolicyVerdict& verdict) {
  ordered_json out = ordered_json::array();
  for (const tlog::SignedBy& witness : verdict.witnesses) {
    out.push_back({{"name", witness.key.name}, {"time", SecondsText(witness.time)}});
  }
  return out;
}

absl::Status CheckEntry(const Opened& o, const std::string& pin) {
  if (!pin.empty() && o.entry.header.instrument.ToHex() != pin) {
    return ProvesNothing(absl::StrCat("--pin: the entry is of instrument ",
                                      o.entry.header.instrument.ToHex(), ", pinned is ", pin));
  }
  if (!ledger::Verify(o.entry, crypto::Ed25519Verifier())) {
    return ProvesNothing("the entry's own signature does not verify");
  }
  if (o.entry.header.seen_size > o.receipt.index) {
    return ProvesNothing(absl::StrCat("the entry cites a checkpoint of ", o.entry.header.seen_size,
                                      " entries and stands at index ", o.receipt.index));
  }
  return absl::OkStatus();
}

constexpr const char* kNotChecked[] = {
    "whose key it is: the delegation's credentials say (entente who)",
    "the payload: this file carries its SHA-256 only",
    "whether the entry counts: that follows from all notes and entries (entente audit)"};

}  // namespace

absl::StatusOr<tlog::Policy> ReadPolicy(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  absl::StatusOr<tlog::Policy> policy = tlog::ParsePolicy(text);
  if (policy.ok()) return policy;
  return WithField(UsageError(absl::StrCat(path, ": ", policy.status().message()),
                              "a policy has lines log VKEY, witness NAME VKEY, group NAME K "
                              "MEMBER..., quorum NAME|none"),
                   "--policy");
}

absl::StatusOr<tlog::Policy> PolicyOfLog(const std::string& vkey) {
  absl::StatusOr<tlog::VerifierKey> key = tlog::VerifierKey::Parse(vkey);
  if (key.ok() && key->type == tlog::kTypeLog) return tlog::Policy::Flat(*key, {}, 0);
  return WithField(
      UsageError(key.ok() ? absl::StrCat("--log: ", key->name, " is the key of a witness")
                          : absl::StrCat("--log: ", key.status().message()),
                 "a register's key reads ORIGIN+HASH+KEY; entente register show prints it"),
      "--log");
}

absl::StatusOr<ReceiptWords> ShowReceiptText(absl::string_view file) {
  ASSIGN_OR_RETURN(Opened o, Open(file));
  ReceiptWords out{EntryJson(o), EntryText(o)};
  out.json["verified"] = false;
  ordered_json lines = ordered_json::array();
  std::string text;
  for (const tlog::SignatureLine& line : o.receipt.checkpoint.lines) {
    const uint64_t time = tlog::TimeOf(line);
    lines.push_back({{"name", line.name}, {"time", time == 0 ? "" : SecondsText(time)}});
    absl::StrAppend(&text, "signature line  ", Printable(line.name),
                    time == 0 ? "" : absl::StrCat(", at ", SecondsText(time)), "\n");
  }
  out.json["signatures"] = lines;
  absl::StrAppend(&out.text, IntervalText(o, "not judged here"), text,
                  "nothing here was verified: entente receipt verify FILE --policy POLICY\n");
  return out;
}

absl::StatusOr<ReceiptWords> VerifyReceiptText(absl::string_view file, const tlog::Policy& policy,
                                               const std::string& pin) {
  ASSIGN_OR_RETURN(Opened o, Open(file));
  RETURN_IF_ERROR(CheckEntry(o, pin));
  absl::StatusOr<tlog::PolicyVerdict> verdict =
      tlog::EvaluateReceipt(policy, o.receipt, crypto::Ed25519Verifier());
  if (!verdict.ok()) return ProvesNothing(verdict.status().message());
  if (!verdict->quorum) {
    return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                   absl::StrCat("the register signed it, but the policy's quorum \"", policy.quorum,
                                "\" is not met: ", verdict->witnesses.size(), " of ",
                                policy.witnesses.size(), " witnesses cosigned"),
                   "fetch the receipt again once witnesses have cosigned: entente receipt save");
  }
  ReceiptWords out{EntryJson(o), EntryText(o)};
  out.json["verified"] = true;
  out.json["quorum"] = policy.quorum.empty() ? "none" : "met";
  out.json["existed_before"] =
      verdict->quorum_time == 0 ? ordered_json() : ordered_json(SecondsText(verdict->quorum_time));
  out.json["cosigned"] = CosignersJson(*verdict);
  out.json["not_checked"] = kNotChecked;
  absl::StrAppend(
      &out.text,
      IntervalText(o, policy.quorum.empty()
                          ? "not dated: the policy asks for no witness"
                          : absl::StrCat(SecondsText(verdict->quorum_time), " (quorum met, ",
                                         verdict->witnesses.size(), " of ", policy.witnesses.size(),
                                         " witnesses)")),
      Cosigners(*verdict));
  for (const char* item : kNotChecked) absl::StrAppend(&out.text, "not checked: ", item, "\n");
  absl::StrAppend(&out.text, "holds: signature, inclusion, checkpoint",
                  policy.quorum.empty() ? "\n" : ", quorum\n");
  return out;
}

}  // namespace entente::client

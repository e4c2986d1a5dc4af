// The audit of a pack: everything in it is checked again from its bytes, by as many threads as
// wanted. Trusts what the reader gives from outside, and nothing in the pack.
//
// Codes beside those of audit_check.h and register_check.h: PAYLOAD, ATTACHMENT, TIMESTAMP.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/audit/audit_check.h"
#include "client/audit/pack_files.h"
#include "client/audit/register_check.h"
#include "client/audit/round_list.h"
#include "entente/v1/local.pb.h"
#include "entente/v1/operator.pb.h"
#include "node/tlog/policy.h"

namespace entente::client {

struct PackAuditOptions {
  std::optional<tlog::Policy> policy;
  std::string pin;     // the instrument's id in hex; empty: not known from elsewhere
  std::string tsa_ca;  // PEM of time-stamping authorities; empty: none is trusted
  std::vector<std::pair<std::string, std::string>> receipts;  // from outside: name, text
  // What an earlier audit by the same hand verified of this instrument.
  std::function<absl::StatusOr<std::optional<Audited>>(const base::InstrumentId&)> audited;
  RoundList* round = nullptr;  // to fill
  size_t workers = 1;
  std::function<void(uint64_t done, uint64_t total)> progress;  // entries; from one thread
  // The entries as a node's log would give them, all notes first; one call at a time.
  std::function<void(const v1::LogChunk& chunk)> log;
};

struct PackAudit {
  base::InstrumentId instrument;
  std::string code;
  AuditReport report;
  RegisterReport reg;
  // Of the file `views`; nothing: there is none that reads.
  std::optional<v1::RebuiltViews> told_views;
  std::string partial;  // why no views can be made from the pack; empty: it holds all it takes
};

// FILE_DAMAGED: no pack. VERIFICATION_FAILED: of another instrument than pinned. Everything else
// that is wrong is a finding.
absl::StatusOr<PackAudit> AuditPack(const PackFiles& pack, const PackAuditOptions& options);

}  // namespace entente::client

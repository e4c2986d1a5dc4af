// entente audit --dir, --pack: a pack, checked without any node.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client/audit/audit_report.h"
#include "client/audit/pack_audit.h"
#include "client/audit/receipt_file.h"
#include "client/audit/round_report.h"
#include "client/audit/view_audit.h"
#include "client/base/clock.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "client/base/render.h"
#include "client/base/table_language.h"
#include "client/commands/audit_options.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

absl::StatusOr<PackAuditOptions> PackOptions(Context& context, const AuditOptions& o) {
  PackAuditOptions out;
  out.pin = o.pin;
  out.workers = std::max(1u, std::thread::hardware_concurrency());
  if (!o.policy.empty()) {
    ASSIGN_OR_RETURN(out.policy, ReadPolicy(o.policy));
  }
  if (!o.tsa_ca.empty()) {
    ASSIGN_OR_RETURN(out.tsa_ca, ReadFile(o.tsa_ca));
  }
  ASSIGN_OR_RETURN(out.receipts, ReadReceipts(o));
  const auto begun = std::chrono::steady_clock::now();
  out.progress = [&context, begun](uint64_t done, uint64_t total) {
    ShowAuditProgress(context, done, total, begun);
  };
  return out;
}

absl::StatusOr<v1::RebuiltViews> MakePackViews(const absl::StatusOr<std::unique_ptr<LogCopy>>& copy,
                                               const PackAudit& audit) {
  if (!audit.partial.empty()) return absl::FailedPreconditionError(audit.partial);
  if (!copy.ok()) return copy.status();
  return (*copy)->Rebuild(audit.instrument);
}

// The tables that the pack's entries give against what the pack says they give.
AuditSubject ComparePackViews(const absl::StatusOr<v1::RebuiltViews>& made, PackAudit& audit) {
  AuditSubject subject{audit.code, audit.instrument.ToHex(), "", "", false};
  if (!made.ok()) {
    audit.report.not_checked.push_back(
        absl::StrCat("view digest: no views were made from the pack: ",
                     Printable(base::Str(made.status().message()))));
    return subject;
  }
  subject.frontier_digest = base::ToHex(made->frontier_digest());
  subject.view_digest = base::ToHex(made->view_digest());
  subject.views_recomputed = true;
  if (!audit.told_views) {
    audit.report.not_checked.push_back(
        "whether anybody was shown the tables that these entries give: the pack carries no view "
        "digest; compare with entente status --digest");
    return subject;
  }
  const v1::RebuiltViews& told = *audit.told_views;
  CompareViews(
      made,
      {"pack", told.version(), told.frontier_digest(), told.authority_digest(), told.view_digest()},
      audit.report);
  return subject;
}

}  // namespace

void ShowAuditProgress(Context& context, uint64_t done, uint64_t total,
                       std::chrono::steady_clock::time_point begun) {
  if (!context.err_terminal()) return;
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (seconds < 1) return;
  double rate = static_cast<double>(done) / seconds;
  double left = total > done && rate > 0 ? static_cast<double>(total - done) / rate : 0;
  context.err() << fmt::format("\r\x1b[K{} of {} entries, {:.0f}/s, {:.0f} s left", done, total,
                               rate, left)
                << std::flush;
}

absl::StatusOr<NamedReceipts> ReadReceipts(const AuditOptions& o) {
  NamedReceipts out;
  for (const std::string& path : o.receipts) {
    ASSIGN_OR_RETURN(std::string text, ReadFile(path));
    out.emplace_back(path, std::move(text));
  }
  return out;
}

absl::StatusOr<std::optional<Audited>> ReadAudited(const AuditOptions& o,
                                                   const base::InstrumentId& instrument) {
  if (o.audited.empty() || !FileExists(o.audited)) return std::optional<Audited>();
  ASSIGN_OR_RETURN(const std::string text, ReadFile(o.audited, kAuditedBytesMax));
  absl::StatusOr<Audited> audited = ParseAudited(text);
  if (!audited.ok()) {
    return Failure(absl::StatusCode::kInvalidArgument, kFileDamaged,
                   absl::StrCat(o.audited, ": ", audited.status().message()),
                   "name a file that an audit wrote, or one that is not there yet");
  }
  if (audited->instrument == instrument) return std::optional<Audited>(*std::move(audited));
  return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                 absl::StrCat(o.audited, ": is of instrument ", audited->instrument.ToHex(),
                              ", audited is ", instrument.ToHex()),
                 "keep one such file for each instrument");
}

absl::Status RememberAudited(Context& context, const AuditOptions& o, const Audited& audited,
                             bool clean) {
  if (o.audited.empty()) return absl::OkStatus();
  if (!clean || (!audited.log && audited.size == 0)) {
    context.Say(absl::StrCat("not written: ", o.audited, ", ",
                             clean ? "no checkpoint was checked" : "there are findings"));
    return absl::OkStatus();
  }
  // Of an older pack, or a node that lags: what is remembered goes further.
  ASSIGN_OR_RETURN(const auto before, ReadAudited(o, audited.instrument));
  if (before && before->size >= audited.size && (before->size > audited.size || !audited.log)) {
    return absl::OkStatus();
  }
  return WriteFile(o.audited, AuditedText(audited));
}

void EmitAudit(Context& context, nlohmann::ordered_json object, const std::string& text,
               const RoundList* round, const RegisterReport& reg) {
  if (round == nullptr) return context.Emit(object, text);
  object["round"] = RoundJson(*round, reg);
  const v1::Table table = RoundTable(*round, reg);
  const Phrases& phrases = context.phrases();
  std::string said = phrases.RetellLines(text);
  if (table.rows_size() > 0)
    absl::StrAppend(&said, "\n", TableText(TableIn(table, phrases), false));
  context.EmitSaid(object, said);
}

absl::Status WriteEvidence(Context& context, const AuditOptions& o, const AuditReport& report,
                           const RegisterReport& reg) {
  const std::string& file = reg.evidence.empty() ? report.evidence : reg.evidence.front();
  if (o.evidence_out.empty() || file.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(WriteFile(o.evidence_out, file));
  context.Say(absl::StrCat("written: ", o.evidence_out, ", the ",
                           reg.evidence.empty() ? "author" : "register",
                           "'s own signatures prove it: entente audit evidence ", o.evidence_out));
  return absl::OkStatus();
}

absl::StatusOr<Exit> RunPackAudit(Context& context, const AuditOptions& o) {
  ASSIGN_OR_RETURN(PackAuditOptions options, PackOptions(context, o));
  ASSIGN_OR_RETURN(std::unique_ptr<PackFiles> pack, OpenPack(o.dir.empty() ? o.bundle : o.dir));
  const auto copy = LogCopy::New();
  if (copy.ok()) options.log = [&copy](const v1::LogChunk& chunk) { (*copy)->Add(chunk); };
  options.audited = [&o](const base::InstrumentId& instrument) {
    return ReadAudited(o, instrument);
  };
  RoundList round(o.round);
  if (!o.round.empty()) options.round = &round;
  absl::StatusOr<PackAudit> audit = AuditPack(*pack, options);
  if (context.err_terminal()) context.err() << "\r\x1b[K" << std::flush;
  if (!audit.ok()) return audit.status();
  const AuditSubject subject = ComparePackViews(MakePackViews(copy, *audit), *audit);
  if (options.round != nullptr) SayOfRound(round, audit->report);
  EmitAudit(context, AuditJson(audit->report, audit->reg, subject),
            AuditText(audit->report, audit->reg, subject), options.round, audit->reg);
  RETURN_IF_ERROR(WriteEvidence(context, o, audit->report, audit->reg));
  const tlog::Checkpoint& newest = audit->reg.newest;
  RETURN_IF_ERROR(RememberAudited(context, o,
                                  {audit->instrument, newest.size, newest.root, UtcText(WallMs())},
                                  audit->report.ok()));
  return audit->report.ok() ? Exit::kDone : Exit::kFindings;
}

}  // namespace entente::client

#include "client/audit/audit_report.h"

#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/render.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

ordered_json RegisterJson(const RegisterReport& reg) {
  ordered_json out = {{"origin", reg.newest.origin},
                      {"size", reg.newest.size},
                      {"root", reg.newest.root.ToHex()},
                      {"quorum", reg.quorum}};
  out["existed_before"] = reg.existed_before == 0
                              ? ordered_json()
                              : ordered_json(UtcText(tlog::MillisOf(reg.existed_before)));
  out["cosigned"] = ordered_json::array();
  for (const tlog::SignedBy& witness : reg.witnesses) {
    out["cosigned"].push_back(
        {{"name", witness.key.name}, {"time", UtcText(tlog::MillisOf(witness.time))}});
  }
  out["tiles"] = reg.tiles;
  out["checkpoints"] = reg.checkpoints;
  out["consistency_proofs"] = reg.consistency_proofs;
  out["receipts"] = reg.receipts;
  out["seen_claims"] = reg.seen_claims;
  out["timestamps"] = reg.timestamps;
  out["payloads"] = reg.payloads;
  out["payloads_missing"] = reg.payloads_missing;
  out["attachments"] = reg.attachments;
  out["attachments_missing"] = reg.attachments_missing;
  return out;
}

// Where the charter names no witnesses, the register's own clock dates its checkpoints: nobody else
// looked at them.
bool OnlyItsClock(const RegisterReport& reg) {
  return reg.witnesses.size() == 1 &&
         reg.witnesses[0].key.name == absl::StrCat(reg.newest.origin, "/clock");
}

std::string RegisterText(const RegisterReport& reg) {
  return absl::StrCat(
      "register    ", Printable(reg.newest.origin), ", ",
      Count(reg.newest.size, "entry", "entries"), ", root ", reg.newest.root.ToHex(),
      "\n            ", Count(reg.checkpoints, "checkpoint"), ", ",
      Count(reg.consistency_proofs, "consistency proof"), ", ", Count(reg.tiles, "tile"), ", ",
      Count(reg.receipts, "receipt"), ", ", Count(reg.seen_claims, "claim"),
      " of authors to have seen it\ncosigned    ",
      OnlyItsClock(reg) ? "by the register's own clock alone"
                        : absl::StrCat(reg.witnesses.size(), " witnesses"),
      ", quorum ", reg.quorum ? "met" : "not met", "\nexisted     ",
      reg.existed_before == 0
          ? "not dated: no quorum of witnesses and no time stamp\n"
          : absl::StrCat("every entry before ", UtcText(tlog::MillisOf(reg.existed_before)), "\n"));
}

}  // namespace

uint64_t CountOf(const AuditReport& report, ledger::Status status) {
  auto found = report.by_status.find(status);
  return found == report.by_status.end() ? 0 : found->second;
}

ordered_json AuditJson(const AuditReport& report, const RegisterReport& reg,
                       const AuditSubject& subject) {
  ordered_json out = {{"instrument", subject.code},
                      {"id", subject.id},
                      {"entries", report.entries},
                      {"feeds", report.feeds},
                      {"notes", report.notes},
                      {"note_signatures", report.note_signatures},
                      {"signatures_checked", report.signatures_checked},
                      {"signatures_bad", report.signatures_bad},
                      {"signatures_known", report.signatures_known},
                      {"entries_known", report.entries_known},
                      {"gaps", report.gaps},
                      {"forks", report.forks},
                      {"admitted", CountOf(report, ledger::Status::kAdmitted)},
                      {"pending", CountOf(report, ledger::Status::kPending)},
                      {"quarantined", CountOf(report, ledger::Status::kQuarantined)},
                      {"disputed", CountOf(report, ledger::Status::kDisputed)},
                      {"displaced", CountOf(report, ledger::Status::kDisplaced)},
                      {"invalid", CountOf(report, ledger::Status::kInvalid)},
                      {"aside", report.aside}};
  out["findings"] = ordered_json::array();
  for (const auto& f : report.findings)
    out["findings"].push_back({{"code", f.code}, {"where", f.where}, {"text", f.text}});
  out["findings_more"] = report.findings_more;
  out["remarks"] = report.remarks;
  out["not_checked"] = report.not_checked;
  out["register"] = reg.checked ? RegisterJson(reg) : ordered_json();
  out["frontier_digest"] = subject.frontier_digest;
  out["view_digest"] = subject.view_digest;
  out["views_recomputed"] = subject.views_recomputed;
  out["ok"] = report.ok();
  return out;
}

std::string AuditText(const AuditReport& report, const RegisterReport& reg,
                      const AuditSubject& subject) {
  std::string out = absl::StrCat(
      Printable(subject.code), ": ", Count(report.entries, "entry", "entries"), " in ",
      Count(report.feeds, "feed"), ", ", Count(report.notes, "authority note"), "\nsignatures  ",
      report.signatures_checked, " checked, ", report.signatures_bad, " bad",
      report.signatures_known == 0
          ? ""
          : absl::StrCat(", ", report.signatures_known, " verified by an earlier audit"),
      "\nchains      ", report.gaps, " gaps, ", report.forks, " forks\ncounted     ",
      CountOf(report, ledger::Status::kAdmitted), " admitted, ",
      CountOf(report, ledger::Status::kPending), " pending, ",
      CountOf(report, ledger::Status::kQuarantined), " quarantined, ",
      CountOf(report, ledger::Status::kDisputed), " disputed, ",
      CountOf(report, ledger::Status::kInvalid), " invalid\n");
  if (reg.checked) absl::StrAppend(&out, RegisterText(reg));
  if (!subject.view_digest.empty())
    absl::StrAppend(&out, "view digest ", subject.view_digest,
                    subject.views_recomputed ? ", made again from the entries\n" : "\n");
  for (const auto& f : report.findings)
    absl::StrAppend(&out, "FINDING ", f.code, f.where.empty() ? "" : " ", Printable(f.where), ": ",
                    Printable(f.text), "\n");
  if (report.findings_more > 0)
    absl::StrAppend(&out, "and ", Count(report.findings_more, "more finding"), ", not listed\n");
  for (const std::string& remark : report.remarks)
    absl::StrAppend(&out, "remark: ", Printable(remark), "\n");
  for (const std::string& item : report.not_checked)
    absl::StrAppend(&out, "not checked: ", Printable(item), "\n");
  if (!report.ok()) {
    absl::StrAppend(&out, Count(report.findings.size() + report.findings_more, "finding"), "\n");
  } else if (report.entries_known > 0) {
    absl::StrAppend(&out, "clean: every signature, chain and hash of what is new holds\n");
  } else {
    absl::StrAppend(&out, "clean: every signature, chain and hash holds\n");
  }
  return out;
}

}  // namespace entente::client

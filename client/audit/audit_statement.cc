#include "client/audit/audit_statement.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/base/render.h"
#include "node/base/bytes.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/summary.h"

namespace entente::client {

namespace {

// Of a record's 60 000 bytes, what findings may take; and of each text.
constexpr size_t kFindingsBytes = 50'000;
constexpr size_t kTextBytes = 600;

void AddFinding(const std::string& code, const std::string& where, const std::string& text,
                v1::AuditStatement& out) {
  v1::AuditFinding* finding = out.add_findings();
  finding->set_code(code);
  finding->set_where(meaning::Shorten(Printable(where), kTextBytes));
  finding->set_text(meaning::Shorten(Printable(text), kTextBytes));
}

// `more`: found as well, and not among them.
void AddFindings(const std::vector<AuditFinding>& findings, uint64_t more,
                 v1::AuditStatement& out) {
  for (size_t i = 0; i < findings.size(); ++i) {
    const bool last_place = out.findings_size() == meaning::kAuditFindingsMax - 1;
    if ((last_place && i + 1 < findings.size()) || out.ByteSizeLong() > kFindingsBytes) {
      return AddFinding("MORE", "", absl::StrCat(findings.size() - i + more, " more findings"),
                        out);
    }
    AddFinding(findings[i].code, findings[i].where, findings[i].text, out);
  }
}

}  // namespace

v1::AuditStatement StatementOf(const AuditReport& report, const RegisterReport& reg,
                               const v1::RebuiltViews& made) {
  v1::AuditStatement out;
  out.set_frontier_digest(made.frontier_digest());
  out.set_authority_digest(made.authority_digest());
  out.set_view_digest(made.view_digest());
  out.set_entries(report.entries);
  out.set_signatures_checked(report.signatures_checked);
  out.set_signatures_bad(report.signatures_bad);
  out.set_gaps(report.gaps);
  out.set_forks(report.forks);
  if (reg.checked && reg.newest.size > 0) {
    out.set_checkpoint_size(reg.newest.size);
    out.set_checkpoint_root(reg.newest.root.str());
  }
  AddFindings(report.findings, report.findings_more, out);
  out.set_program(absl::StrCat("entente ", made.version()));
  return out;
}

std::string StatementInWords(const std::string& code, const v1::AuditStatement& statement) {
  return absl::StrCat(
      "audit of ", Printable(code), ": ", statement.entries(), " entries, ",
      statement.signatures_checked(), " signatures checked, ",
      statement.findings().empty() ? "no findings" : Count(statement.findings_size(), "finding"),
      statement.checkpoint_size() == 0
          ? ", no register"
          : absl::StrCat(", register up to ", statement.checkpoint_size(), ", root ",
                         base::ToHex(statement.checkpoint_root()).substr(0, 16)),
      ", the set ", base::ToHex(statement.frontier_digest()).substr(0, 16), "\n");
}

}  // namespace entente::client

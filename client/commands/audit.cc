// entente audit: verify everything an instrument's log or audit pack holds, here, without trusting
// whoever holds it.
#include <chrono>

#include "absl/strings/str_cat.h"
#include "client/audit/audit_report.h"
#include "client/audit/audit_statement.h"
#include "client/audit/evidence.h"
#include "client/audit/node_audit.h"
#include "client/audit/receipt_file.h"
#include "client/audit/round_report.h"
#include "client/commands/audit_options.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "client/draft/draft_edit.h"
#include "entente/v1/entry.pb.h"
#include "node/base/id.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/text/code.h"

namespace entente::client {

namespace {

absl::StatusOr<NodeAuditOptions> OptionsOfNode(Context& context, const AuditOptions& o) {
  NodeAuditOptions out;
  ASSIGN_OR_RETURN(out.code, context.Instrument());
  out.pin = o.pin;
  if (!o.policy.empty()) {
    ASSIGN_OR_RETURN(out.policy, ReadPolicy(o.policy));
  }
  ASSIGN_OR_RETURN(out.receipts, ReadReceipts(o));
  out.audited = [&o](const base::InstrumentId& instrument) { return ReadAudited(o, instrument); };
  out.sign = !o.author.key.empty();
  const auto begun = std::chrono::steady_clock::now();
  out.progress = [&context, begun](uint64_t done, uint64_t total) {
    ShowAuditProgress(context, done, total, begun);
  };
  return out;
}

// A statement is about one set, and names it by digests that were made here.
absl::StatusOr<ActDone> SignReport(Context& context, const AuditOptions& o,
                                   const NodeAudit& audit) {
  if (!audit.made.ok()) {
    return WithHint(
        audit.made.status(),
        "nothing was signed: a statement names the set it is about, and that could not "
        "be made again here; run it again, with entented of the same version installed");
  }
  v1::AuditStatement statement = StatementOf(audit.report, audit.reg, *audit.made);
  ASSIGN_OR_RETURN(*statement.mutable_common()->mutable_delegation(), OwnCode(context));
  const std::string& code = audit.subject.code;
  return SignQuietly(context, o.author,
                     {code,
                      {RecordOf(v1::AUDIT_STATEMENT, statement, {})},
                      StatementInWords(code, statement),
                      ""});
}

absl::StatusOr<Exit> RunNodeAudit(Context& context, const AuditOptions& o) {
  ASSIGN_OR_RETURN(NodeAuditOptions options, OptionsOfNode(context, o));
  RoundList round(o.round);
  if (!o.round.empty()) options.round = &round;
  absl::StatusOr<NodeAudit> done_audit = AuditNode(context, options);
  if (context.err_terminal()) context.err() << "\r\x1b[K" << std::flush;
  if (!done_audit.ok()) return done_audit.status();
  NodeAudit& audit = *done_audit;
  AuditReport& report = audit.report;
  if (options.round != nullptr) SayOfRound(round, report);
  nlohmann::ordered_json object = AuditJson(report, audit.reg, audit.subject);
  std::string text = AuditText(report, audit.reg, audit.subject);
  absl::Status is_signed;
  if (!o.author.key.empty()) {
    absl::StatusOr<ActDone> done = SignReport(context, o, audit);
    is_signed = done.status();
    if (done.ok()) {
      object["statement"] = done->object;
      absl::StrAppend(&text, done->text);
    }
  }
  EmitAudit(context, std::move(object), text, options.round, audit.reg);
  if (!o.evidence_out.empty() && !report.bad_keys.empty()) {
    ASSIGN_OR_RETURN(
        EntriesByFeed feeds,
        FeedsOf(context, options.code, {report.bad_keys.begin(), report.bad_keys.end()}));
    report.evidence = BadSignatureFile(std::move(feeds));
  }
  RETURN_IF_ERROR(WriteEvidence(context, o, report, audit.reg));
  if (report.ok() && !audit.why_no_log.empty() && !o.audited.empty()) {
    context.Say(absl::StrCat("the next audit reads everything again: ", audit.why_no_log));
  }
  RETURN_IF_ERROR(RememberAudited(context, o, audit.next, report.ok()));
  RETURN_IF_ERROR(is_signed);
  return report.ok() ? Exit::kDone : Exit::kFindings;
}

// A node, a folder or a file; some options make sense for a pack only.
absl::StatusOr<Exit> RunAnyAudit(Context& context, const AuditOptions& o) {
  if (!o.pin.empty() && !base::InstrumentId::FromHex(o.pin)) {
    return WithField(UsageError("--pin: wanted are 64 lower-case hex digits",
                                "the instrument's fingerprint: entente instrument show"),
                     "--pin");
  }
  if (!o.round.empty() && !meaning::IsRoundCode(o.round)) {
    return Refuse("E-CODE", "round",
                  absl::StrCat(meaning::Quoted(o.round),
                               " is no round code; write it as in the round list, such as "
                               "MTR-2017"));
  }
  if (!o.dir.empty() && !o.bundle.empty()) {
    return UsageError("audit: --dir or --pack, not both");
  }
  const bool pack = !o.dir.empty() || !o.bundle.empty();
  if (pack && !o.author.key.empty()) {
    return WithField(UsageError("audit: --key goes with a node, not with a pack",
                                "a statement is an entry of the instrument and names a whole set; "
                                "leave --key out, or --dir and --pack"),
                     "--key");
  }
  if (pack) return RunPackAudit(context, o);
  if (!o.tsa_ca.empty()) {
    return UsageError("audit: --tsa-ca goes with a pack",
                      "add --dir DIR or --pack FILE; entente audit pack makes one");
  }
  return RunNodeAudit(context, o);
}

}  // namespace

void AddAudit(CLI::App& root, Context& context) {
  auto o = std::make_shared<AuditOptions>();
  CLI::App* command = AddCommand(
      root, context, "audit", "Verify every signature, chain and hash, without trusting the node",
      "entente audit --instrument EUCA-2014 --json\n"
      "entente audit --pack euca.pack --pin 1d3f... --policy euca.policy\n"
      "entente audit --round MTR-2017\n"
      "entente audit --key auditor.key",
      [&context, o] { return RunAnyAudit(context, *o); });
  command->add_option("--pin", o->pin, "The instrument's fingerprint, known from elsewhere")
      ->type_name("HEX");
  // --bundle is its older name, of a time before files for a stick were called bundles.
  command->add_option("--pack,--bundle", o->bundle, "An audit pack in one file, instead of a node")
      ->type_name("FILE");
  command->add_option("--dir", o->dir, "An audit pack in a folder, instead of a node")
      ->type_name("DIR");
  command->add_option("--policy", o->policy, "Whom you believe, a C2SP tlog-policy file")
      ->type_name("FILE");
  command->add_option("--receipt", o->receipts, "A receipt of your own the register must honour")
      ->type_name("FILE");
  command->add_option("--tsa-ca", o->tsa_ca, "Time-stamping authorities you trust (PEM)")
      ->type_name("FILE");
  command
      ->add_option("--evidence-out", o->evidence_out,
                   "Write the proof against the register or an author here, if one is found")
      ->type_name("FILE");
  command
      ->add_option(
          "--audited", o->audited,
          "The outcome of an earlier audit of yours, so that only what is new is read; written "
          "when nothing is found")
      ->type_name("FILE");
  command->add_option("--round", o->round,
                      "List the reports and withdrawals of this round, too: who signed them, where "
                      "they stand in the register and whether they count");
  AddAuthorOptions(*command, o->author);
  command->get_option("--key")->required(false)->description(
      "Sign what was found as an audit statement, with an auditor's key");
  // The noun itself is a command too: its own action only when no verb was named.
  command->callback([&context, o, command] {
    if (command->get_subcommands().empty())
      context.action = [&context, o] { return RunAnyAudit(context, *o); };
  });
  auto file = std::make_shared<std::string>();
  CLI::App* evidence =
      AddCommand(*command, context, "evidence", "Verify a proof of misbehaviour, without a node",
                 "entente audit evidence kg-fork.evidence",
                 [&context, file] { return VerifyEvidence(context, *file); });
  evidence->add_option("file", *file, "Evidence file")->type_name("FILE")->required();
  AddAbsence(*command, context);
  AddAuditPack(*command, context);
  AddAuditStatements(*command, context);
}

}  // namespace entente::client

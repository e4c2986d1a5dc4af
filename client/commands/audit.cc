// entente audit: verify everything an instrument's log or audit pack holds, here, without trusting
// whoever holds it.
#include <condition_variable>
#include <deque>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client/audit/audit_check.h"
#include "client/audit/audit_report.h"
#include "client/audit/audit_statement.h"
#include "client/audit/evidence.h"
#include "client/audit/receipt_file.h"
#include "client/audit/register_audit.h"
#include "client/audit/view_audit.h"
#include "client/commands/audit_options.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "client/context/log_reader.h"
#include "entente/v1/entry.pb.h"
#include "node/base/id.h"
#include "node/base/status_macros.h"
#include "node/tlog/charter_policy.h"

namespace entente::client {

namespace {

// Chunks waiting for a core. Bounded, so that a fast node does not fill the memory of the auditor.
class ChunkQueue {
 public:
  explicit ChunkQueue(size_t chunks_max) : chunks_max_(chunks_max) {}
  void Push(std::vector<v1::SignedEntry> chunk) {
    std::unique_lock<std::mutex> lock(mutex_);
    room_.wait(lock, [this] { return chunks_.size() < chunks_max_; });
    chunks_.push_back(std::move(chunk));
    more_.notify_one();
  }
  void Close() {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    more_.notify_all();
  }
  // False when closed and empty.
  bool Pop(std::vector<v1::SignedEntry>& chunk) {
    std::unique_lock<std::mutex> lock(mutex_);
    more_.wait(lock, [this] { return closed_ || !chunks_.empty(); });
    if (chunks_.empty()) return false;
    chunk = std::move(chunks_.front());
    chunks_.pop_front();
    room_.notify_one();
    return true;
  }

 private:
  const size_t chunks_max_;
  std::mutex mutex_;
  std::condition_variable more_, room_;
  std::deque<std::vector<v1::SignedEntry>> chunks_;
  bool closed_ = false;
};

absl::StatusOr<LogLeaves> CheckLog(Context& context, const std::string& instrument, uint64_t total,
                                   AuditCheck& check, LogCopy* copy) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  ChunkQueue queue(2 * cores);
  LogLeaves leaves;
  std::mutex mutex;  // guards leaves
  std::vector<std::thread> workers;
  for (size_t i = 0; i < cores; ++i) {
    workers.emplace_back([&] {
      std::vector<v1::SignedEntry> chunk;
      while (queue.Pop(chunk)) {
        std::vector<CheckedEntry> checked = check.Check(chunk, false);
        std::lock_guard<std::mutex> lock(mutex);
        leaves.Add(std::move(checked));
      }
    });
  }
  uint64_t done = 0;
  auto begun = std::chrono::steady_clock::now();
  absl::Status status = ReadLog(context, instrument, {}, [&](v1::LogChunk& chunk) {
    if (copy != nullptr) copy->Add(chunk);
    for (const auto& note : chunk.notes()) check.AddNote(note);
    done += chunk.entries_size();
    if (chunk.entries_size() > 0) {
      queue.Push({std::make_move_iterator(chunk.mutable_entries()->begin()),
                  std::make_move_iterator(chunk.mutable_entries()->end())});
    }
    if (chunk.aside_size() > 0) {
      std::vector<CheckedEntry> aside =
          check.Check({chunk.aside().begin(), chunk.aside().end()}, true);
      std::lock_guard<std::mutex> lock(mutex);
      leaves.Add(std::move(aside));
    }
    ShowAuditProgress(context, done, total, begun);
    return absl::OkStatus();
  });
  queue.Close();
  for (std::thread& worker : workers) worker.join();
  if (context.err_terminal()) context.err() << "\r\x1b[K" << std::flush;
  if (!status.ok()) return status;
  return leaves;
}

struct NodeSays {
  std::string version;
  v1::InstrumentStatus instrument;
};

absl::StatusOr<NodeSays> StatusOf(Context& context, const std::string& code, bool digest) {
  v1::GetStatusRequest request;
  request.set_view_digest(digest);
  ASSIGN_OR_RETURN(v1::NodeStatus status,
                   context.Call(local::kGetStatus, request, std::chrono::seconds(120)));
  for (const auto& instrument : status.instruments()) {
    if (instrument.code() == code) return NodeSays{status.version(), instrument};
  }
  return Failure(absl::StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                 absl::StrCat(code, " is not joined here"));
}

// Does the node tell its people the same numbers? Only asked when nothing arrived meanwhile.
void CompareWithNode(AuditReport& report, const v1::InstrumentStatus& node) {
  const std::tuple<const char*, uint64_t, uint64_t> counts[] = {
      {"entries", node.entries(), report.entries},
      {"pending", node.pending(), CountOf(report, ledger::Status::kPending)},
      {"quarantined", node.quarantined(), CountOf(report, ledger::Status::kQuarantined)},
      {"disputed", node.disputed(),
       CountOf(report, ledger::Status::kDisputed) + CountOf(report, ledger::Status::kDisplaced)}};
  for (const auto& [name, told, found] : counts) {
    if (told != found) {
      report.findings.push_back(
          {"NODE-COUNT", name, absl::StrCat("the node says ", told, ", its log says ", found)});
    }
  }
}

std::vector<std::string> NotCheckedOfNode(const AuditOptions& o, const RegisterReport& reg) {
  std::vector<std::string> list = {"whether entries exist that never reached this node"};
  if (!reg.checked) {
    list.push_back("register: no checkpoint of it is known here");
  } else if (o.policy.empty()) {
    list.push_back(
        "whether the register's keys and witnesses are the right ones: they are the charter's own "
        "(--policy gives others)");
  }
  return list;
}

// Its checkpoints against the entries of the log that was just checked.
absl::StatusOr<RegisterReport> CheckRegister(const AuditOptions& o, const ExportedRegister& held,
                                             const std::optional<Audited>& audited,
                                             const base::InstrumentId& id, LogLeaves leaves,
                                             AuditCheck& check, std::vector<std::string>& remarks) {
  BroughtAlong brought;
  brought.audited = audited;
  ASSIGN_OR_RETURN(brought.receipts, ReadReceipts(o));
  if (held.checkpoints.empty()) {
    // Whoever hides the register must not thereby be rid of the receipts against it.
    for (const auto& [name, text] : brought.receipts) {
      check.Find("RECEIPT", name, "the node shows no checkpoint of the register that gave it");
    }
    return RegisterReport{};
  }
  if (!o.policy.empty()) {
    ASSIGN_OR_RETURN(brought.policy, ReadPolicy(o.policy));
  } else if (const ledger::CharterView* charter = check.authority().Charter(id)) {
    brought.policy = tlog::PolicyOf(*charter);
  }
  return AuditRegister(held, std::move(leaves), brought, check, remarks);
}

struct NodeAudit {
  base::InstrumentId instrument;
  AuditReport report;
  RegisterReport reg;
  AuditSubject subject;
  absl::StatusOr<v1::RebuiltViews> made;  // from the node's log, here; or why not
};

absl::StatusOr<base::InstrumentId> PinnedId(const AuditOptions& o, const std::string& code,
                                            const v1::InstrumentStatus& node) {
  const auto id = base::InstrumentId::FromBytes(node.id());
  if (!id) return Failure(absl::StatusCode::kInternal, "", "the node gave no instrument id");
  if (o.pin.empty() || o.pin == id->ToHex()) return *id;
  return Failure(
      absl::StatusCode::kFailedPrecondition, kVerificationFailed,
      absl::StrCat("--pin: the node's ", code, " is ", id->ToHex(), ", pinned is ", o.pin),
      "this node holds another instrument under that code; do not rely on it");
}

absl::StatusOr<NodeAudit> AuditNode(Context& context, const AuditOptions& o,
                                    const std::string& code) {
  ASSIGN_OR_RETURN(const NodeSays said, StatusOf(context, code, false));
  const v1::InstrumentStatus& before = said.instrument;
  ASSIGN_OR_RETURN(const base::InstrumentId id, PinnedId(o, code, before));
  // The register first: what it names is in the log by then.
  ASSIGN_OR_RETURN(ExportedRegister held, ReadRegister(context, code));
  ASSIGN_OR_RETURN(const std::optional<Audited> audited, ReadAudited(o, id));
  AuditCheck check(id);
  if (audited) check.Know(VerifiedBefore(*audited, held.leaves));
  const auto copy = LogCopy::New();
  ASSIGN_OR_RETURN(LogLeaves leaves, CheckLog(context, code, before.entries(), check,
                                              copy.ok() ? copy->get() : nullptr));
  std::vector<std::string> remarks;
  NodeAudit out;
  out.instrument = id;
  ASSIGN_OR_RETURN(out.reg, CheckRegister(o, held, audited, id, std::move(leaves), check, remarks));
  out.report = check.Finish();
  out.report.remarks.insert(out.report.remarks.end(), remarks.begin(), remarks.end());
  ASSIGN_OR_RETURN(const NodeSays says, StatusOf(context, code, true));
  const v1::InstrumentStatus& after = says.instrument;
  out.report.not_checked = NotCheckedOfNode(o, out.reg);
  out.subject = {code, id.ToHex(), base::ToHex(after.frontier_digest()),
                 base::ToHex(after.view_digest()), false};
  if (before.entries() == after.entries() &&
      before.authority_digest() == after.authority_digest()) {
    CompareWithNode(out.report, after);
    out.made = copy.ok() ? (*copy)->Rebuild(id) : copy.status();
    const ToldViews views{"node", says.version, after.frontier_digest(), after.authority_digest(),
                          after.view_digest()};
    out.subject.views_recomputed = CompareViews(out.made, views, out.report);
  } else {
    out.made = Failure(absl::StatusCode::kUnavailable, kTimedOut,
                       "entries or notes came in during the audit");
    out.report.not_checked.push_back(
        "what the node tells its people: entries or notes came in meanwhile; run it again");
  }
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
  ASSIGN_OR_RETURN(const std::string code, context.Instrument());
  ASSIGN_OR_RETURN(NodeAudit audit, AuditNode(context, o, code));
  AuditReport& report = audit.report;
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
  context.Emit(object, text);
  if (!o.evidence_out.empty() && !report.bad_keys.empty()) {
    ASSIGN_OR_RETURN(EntriesByFeed feeds,
                     FeedsOf(context, code, {report.bad_keys.begin(), report.bad_keys.end()}));
    report.evidence = BadSignatureFile(std::move(feeds));
  }
  RETURN_IF_ERROR(WriteEvidence(context, o, report, audit.reg));
  RETURN_IF_ERROR(RememberAudited(context, o, audit.instrument, report, audit.reg));
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
          "How far an earlier audit of yours verified the signatures; written when nothing "
          "is found")
      ->type_name("FILE");
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
  evidence->add_option("file", *file, "Evidence file")->required();
  AddAbsence(*command, context);
  AddAuditPack(*command, context);
  AddAuditStatements(*command, context);
}

}  // namespace entente::client

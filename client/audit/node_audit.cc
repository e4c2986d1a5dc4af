#include "client/audit/node_audit.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/audit/audit_plan.h"
#include "client/audit/log_check.h"
#include "client/audit/register_reader.h"
#include "client/base/clock.h"
#include "client/context/log_reader.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/tlog/charter_policy.h"

namespace entente::client {

namespace {

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

absl::StatusOr<base::InstrumentId> PinnedId(const NodeAuditOptions& o,
                                            const v1::InstrumentStatus& node) {
  ASSIGN_OR_RETURN(const base::InstrumentId id, InstrumentIdFrom(node.id()));
  if (o.pin.empty() || o.pin == id.ToHex()) return id;
  return Failure(
      absl::StatusCode::kFailedPrecondition, kVerificationFailed,
      absl::StrCat("--pin: the node's ", o.code, " is ", id.ToHex(), ", pinned is ", o.pin),
      "this node holds another instrument under that code; do not rely on it");
}

bool Moved(const v1::InstrumentStatus& before, const v1::InstrumentStatus& after) {
  return before.entries() != after.entries() ||
         before.authority_digest() != after.authority_digest();
}

// Does the node tell its people the same numbers? False: not asked, for something arrived
// meanwhile.
bool CompareWithNode(const v1::InstrumentStatus& before, const v1::InstrumentStatus& node,
                     AuditReport& report) {
  if (Moved(before, node)) {
    report.not_checked.push_back(
        "what the node tells its people: entries or notes came in meanwhile; run it again");
    return false;
  }
  const std::tuple<const char*, uint64_t, uint64_t> counts[] = {
      {"entries", node.entries(), report.entries},
      // What waits aside is told with what is pending.
      {"pending", node.pending(), CountOf(report, ledger::Status::kPending) + report.aside},
      {"quarantined", node.quarantined(), CountOf(report, ledger::Status::kQuarantined)},
      {"disputed", node.disputed(),
       CountOf(report, ledger::Status::kDisputed) + CountOf(report, ledger::Status::kDisplaced)}};
  for (const auto& [name, told, found] : counts) {
    if (told != found) {
      report.findings.push_back(
          {"NODE-COUNT", name, absl::StrCat("the node says ", told, ", its log says ", found)});
    }
  }
  return true;
}

class NodeAuditor {
 public:
  NodeAuditor(Context& context, const NodeAuditOptions& options) : context_(context), o_(options) {}

  absl::StatusOr<NodeAudit> Run() {
    ASSIGN_OR_RETURN(before_, StatusOf(context_, o_.code, false));
    ASSIGN_OR_RETURN(id_, PinnedId(o_, before_.instrument));
    if (o_.audited) {
      ASSIGN_OR_RETURN(audited_, o_.audited(id_));
    }
    std::string why;
    if (audited_ && audited_->log) {
      ASSIGN_OR_RETURN(std::optional<NodeAudit> audit, AuditWhatIsNew(why));
      if (audit) return *std::move(audit);
      ASSIGN_OR_RETURN(before_, StatusOf(context_, o_.code, false));
    }
    ASSIGN_OR_RETURN(NodeAudit audit, AuditWhole());
    if (!why.empty()) {
      audit.report.remarks.push_back(absl::StrCat("everything was read again: ", why));
    }
    return audit;
  }

 private:
  absl::StatusOr<NodeAudit> AuditWhole();
  // Nothing: everything has to be read, and `why`.
  absl::StatusOr<std::optional<NodeAudit>> AuditWhatIsNew(std::string& why);
  absl::Status ReadWhatIsNew(AuditCheck& check, AuditPlan& plan, LogLeaves& leaves);
  RegisterReport CheckRegister(const ExportedRegister& held, const LogLeaves& leaves,
                               BroughtAlong brought, AuditCheck& check);
  void SayWhatWasNotChecked(NodeAudit& out) const;
  void SayWhatWasNotRead(NodeAudit& out) const;
  void Remember(const AuditCheck& check, NodeAudit& out) const;
  void Progress(uint64_t done, uint64_t total) const {
    if (o_.progress) o_.progress(done, total);
  }

  Context& context_;
  const NodeAuditOptions& o_;
  NodeSays before_;
  base::InstrumentId id_;
  std::optional<Audited> audited_;
  std::vector<std::string> remarks_;  // of the register
};

// Its checkpoints against the entries of the log that was just checked.
RegisterReport NodeAuditor::CheckRegister(const ExportedRegister& held, const LogLeaves& leaves,
                                          BroughtAlong brought, AuditCheck& check) {
  remarks_.clear();
  if (held.checkpoints.empty()) {
    // Whoever hides the register must not thereby be rid of the receipts against it.
    for (const auto& [name, text] : o_.receipts) {
      check.Find("RECEIPT", name, "the node shows no checkpoint of the register that gave it");
    }
    return RegisterReport{};
  }
  brought.audited = audited_;
  brought.receipts = o_.receipts;
  brought.policy = o_.policy;
  const ledger::CharterView* charter = check.authority().Charter(id_);
  if (!brought.policy && charter != nullptr) brought.policy = tlog::PolicyOf(*charter);
  return AuditRegister(held, leaves, brought, check, remarks_);
}

void NodeAuditor::SayWhatWasNotChecked(NodeAudit& out) const {
  std::vector<std::string>& list = out.report.not_checked;
  list = {"whether entries exist that never reached this node"};
  if (!out.reg.checked) {
    list.push_back("register: no checkpoint of it is known here");
  } else if (!o_.policy) {
    list.push_back(
        "whether the register's keys and witnesses are the right ones: they are the charter's own "
        "(--policy gives others)");
  }
}

void NodeAuditor::SayWhatWasNotRead(NodeAudit& out) const {
  std::vector<std::string>& list = out.report.not_checked;
  list.push_back(
      absl::StrCat(out.report.entries_known, " of ", out.report.entries, " entries: the audit of ",
                   audited_->time, " verified them, up to checkpoint ", audited_->size,
                   ", and they were not read again; whether the node still holds them unaltered "
                   "is seen by an audit without --audited"));
  list.push_back(
      "views: they were not made again; an audit without --audited makes them and compares");
}

// All the next audit needs.
void NodeAuditor::Remember(const AuditCheck& check, NodeAudit& out) const {
  Audited& next = out.next;
  next.instrument = id_;
  next.time = UtcText(WallMs());
  next.root = tlog::EmptyRoot();
  if (out.reg.checked) {
    next.size = out.reg.newest.size;
    next.root = out.reg.newest.root;
  }
  out.why_no_log = out.reg.no_places;
  if (!out.why_no_log.empty() || !out.report.ok()) return;
  const std::vector<AuditedFeed>& feeds = out.report.outcome;
  if (std::any_of(feeds.begin(), feeds.end(), [](const auto& f) { return f.tips.empty(); })) {
    out.why_no_log = "the log holds a feed that does not begin";
    return;
  }
  next.log.emplace();
  next.log->program = ENTENTE_VERSION;
  next.log->notes = LastNotes(id_, check.authority());
  next.log->places = out.reg.places;
  next.log->feeds = std::move(out.report.outcome);
}

absl::Status NodeAuditor::ReadWhatIsNew(AuditCheck& check, AuditPlan& plan, LogLeaves& leaves) {
  std::vector<v1::FeedHead> heads;
  std::vector<v1::SignedEntry> aside;
  RETURN_IF_ERROR(ReadHeads(context_, o_.code, [&](v1::LogChunk& chunk) {
    for (const std::string& note : chunk.notes()) check.AddNote(note);
    heads.insert(heads.end(), chunk.heads().begin(), chunk.heads().end());
    aside.insert(aside.end(), chunk.aside().begin(), chunk.aside().end());
    return absl::OkStatus();
  }));
  plan = PlanAudit(id_, *audited_->log, heads, check.authority());
  if (!plan.restart.empty()) return absl::OkStatus();
  check.GoOnFrom(&plan);
  std::vector<FeedFrom> parts;
  for (const auto& [feed, planned] : plan.feeds) {
    if (planned.how != PlannedFeed::How::kCarried) parts.push_back({feed, planned.From()});
  }
  LogCheck log(&check, [&](uint64_t done) { Progress(done, plan.ToRead()); });
  log.TakeAside(aside);
  RETURN_IF_ERROR(ReadParts(context_, o_.code, parts, [&](v1::LogChunk& chunk) {
    log.Take(chunk);
    return absl::OkStatus();
  }));
  leaves = log.Finish();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<NodeAudit>> NodeAuditor::AuditWhatIsNew(std::string& why) {
  auto everything = [&why](std::string reason) {
    why = std::move(reason);
    return std::optional<NodeAudit>();
  };
  if (o_.sign) return everything("a statement is about all of the log");
  if (o_.round != nullptr) return everything("--round lists entries out of all of the log");
  if (audited_->log->program != ENTENTE_VERSION) {
    return everything("another version of this program made the earlier audit");
  }
  // The register first: what it names is in the log by then.
  ASSIGN_OR_RETURN(const ExportedRegister held, ReadRegister(context_, o_.code, audited_->size));
  if (held.checkpoints.empty() != (audited_->size == 0)) {
    return everything(audited_->size == 0 ? "there was no register then"
                                          : TooShortForAudited(*audited_, 0));
  }
  AuditCheck check(id_);
  AuditPlan plan;
  LogLeaves leaves;
  RETURN_IF_ERROR(ReadWhatIsNew(check, plan, leaves));
  if (!plan.restart.empty()) return everything(plan.restart);
  BroughtAlong brought;
  brought.go_on = true;
  brought.not_read = plan.NotRead();
  brought.prove = [this](const std::vector<uint64_t>& sizes, uint64_t to) {
    return ReadRootProofs(context_, o_.code, sizes, to);
  };
  NodeAudit out;
  out.instrument = id_;
  out.reg = CheckRegister(held, leaves, std::move(brought), check);
  out.report = check.Finish();
  ASSIGN_OR_RETURN(const NodeSays says, StatusOf(context_, o_.code, false));
  const v1::InstrumentStatus& after = says.instrument;
  SayWhatWasNotChecked(out);
  SayWhatWasNotRead(out);
  CompareWithNode(before_.instrument, after, out.report);
  if (!out.report.ok()) {
    return everything(absl::StrCat("what is new gave a finding, ", out.report.findings[0].code));
  }
  if (!out.report.restart.empty()) return everything(out.report.restart);
  out.report.remarks.insert(out.report.remarks.end(), remarks_.begin(), remarks_.end());
  out.subject = {o_.code, id_.ToHex(), base::ToHex(after.frontier_digest()), "", false};
  Remember(check, out);
  return std::optional<NodeAudit>(std::move(out));
}

absl::StatusOr<NodeAudit> NodeAuditor::AuditWhole() {
  const v1::InstrumentStatus& before = before_.instrument;
  // The register first: what it names is in the log by then.
  ASSIGN_OR_RETURN(const ExportedRegister held, ReadRegister(context_, o_.code));
  AuditCheck check(id_);
  if (audited_ && audited_->size > 0) check.Know(VerifiedBefore(*audited_, held.leaves));
  check.List(o_.round);
  const auto copy = LogCopy::New();
  LogCheck log(&check, [&](uint64_t done) { Progress(done, before.entries()); });
  RETURN_IF_ERROR(ReadLog(context_, o_.code, {}, [&](v1::LogChunk& chunk) {
    if (copy.ok()) (*copy)->Add(chunk);
    log.Take(chunk);
    return absl::OkStatus();
  }));
  NodeAudit out;
  out.instrument = id_;
  out.reg = CheckRegister(held, log.Finish(), {}, check);
  for (uint64_t i = 0; o_.round != nullptr && i < held.leaves.size(); ++i) {
    o_.round->Place(i, held.leaves[i]);
  }
  out.report = check.Finish();
  out.report.remarks.insert(out.report.remarks.end(), remarks_.begin(), remarks_.end());
  ASSIGN_OR_RETURN(const NodeSays says, StatusOf(context_, o_.code, true));
  const v1::InstrumentStatus& after = says.instrument;
  SayWhatWasNotChecked(out);
  out.subject = {o_.code, id_.ToHex(), base::ToHex(after.frontier_digest()),
                 base::ToHex(after.view_digest()), false};
  if (CompareWithNode(before, after, out.report)) {
    out.made = copy.ok() ? (*copy)->Rebuild(id_) : copy.status();
    const ToldViews views{"node", says.version, after.frontier_digest(), after.authority_digest(),
                          after.view_digest()};
    out.subject.views_recomputed = CompareViews(out.made, views, out.report);
  } else {
    out.made = Failure(absl::StatusCode::kUnavailable, kTimedOut,
                       "entries or notes came in during the audit");
  }
  Remember(check, out);
  return out;
}

}  // namespace

absl::StatusOr<NodeAudit> AuditNode(Context& context, const NodeAuditOptions& options) {
  return NodeAuditor(context, options).Run();
}

}  // namespace entente::client

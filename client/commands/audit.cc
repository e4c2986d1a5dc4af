// entente audit: verify the whole log of an instrument here, without trusting the node that holds
// it.
#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client/audit_check.h"
#include "client/commands/commands.h"
#include "client/evidence.h"
#include "client/log_reader.h"
#include "node/base/id.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

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

void ShowProgress(Context& context, uint64_t done, uint64_t total,
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

absl::Status CheckLog(Context& context, const std::string& instrument, uint64_t total,
                      AuditCheck& check) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  ChunkQueue queue(2 * cores);
  std::vector<std::thread> workers;
  for (size_t i = 0; i < cores; ++i) {
    workers.emplace_back([&queue, &check] {
      std::vector<v1::SignedEntry> chunk;
      while (queue.Pop(chunk)) check.Check(chunk, false);
    });
  }
  uint64_t done = 0;
  auto begun = std::chrono::steady_clock::now();
  absl::Status status = ReadLog(context, instrument, {}, [&](v1::LogChunk& chunk) {
    for (const auto& note : chunk.notes()) check.AddNote(note);
    done += chunk.entries_size();
    if (chunk.entries_size() > 0) {
      queue.Push({std::make_move_iterator(chunk.mutable_entries()->begin()),
                  std::make_move_iterator(chunk.mutable_entries()->end())});
    }
    if (chunk.aside_size() > 0) check.Check({chunk.aside().begin(), chunk.aside().end()}, true);
    ShowProgress(context, done, total, begun);
    return absl::OkStatus();
  });
  queue.Close();
  for (std::thread& worker : workers) worker.join();
  if (context.err_terminal()) context.err() << "\r\x1b[K" << std::flush;
  return status;
}

absl::StatusOr<v1::InstrumentStatus> StatusOf(Context& context, const std::string& code,
                                              bool digest) {
  v1::GetStatusRequest request;
  request.set_view_digest(digest);
  ASSIGN_OR_RETURN(v1::NodeStatus status,
                   context.Call(local::kGetStatus, request, std::chrono::seconds(120)));
  for (const auto& instrument : status.instruments()) {
    if (instrument.code() == code) return instrument;
  }
  return Failure(absl::StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                 absl::StrCat(code, " is not joined here"));
}

uint64_t CountOf(const AuditReport& report, ledger::Status status) {
  auto found = report.by_status.find(status);
  return found == report.by_status.end() ? 0 : found->second;
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

std::vector<std::string> NotChecked() {
  return {"view digest: as the node gives it, not recomputed here",
          "register checkpoints, receipts and cosignatures: none kept by this node",
          "whether entries exist that never reached this node"};
}

ordered_json ReportJson(const AuditReport& report, const std::string& instrument,
                        const v1::InstrumentStatus& node) {
  ordered_json out = {{"instrument", instrument},
                      {"id", base::ToHex(node.id())},
                      {"entries", report.entries},
                      {"feeds", report.feeds},
                      {"notes", report.notes},
                      {"note_signatures", report.note_signatures},
                      {"signatures_checked", report.signatures_checked},
                      {"signatures_bad", report.signatures_bad},
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
  out["remarks"] = report.remarks;
  out["not_checked"] = NotChecked();
  out["frontier_digest"] = base::ToHex(node.frontier_digest());
  out["view_digest"] = base::ToHex(node.view_digest());
  out["ok"] = report.ok();
  return out;
}

std::string ReportText(const AuditReport& report, const std::string& instrument,
                       const v1::InstrumentStatus& node) {
  std::string out = absl::StrCat(instrument, ": ", report.entries, " entries in ", report.feeds,
                                 " feeds, ", report.notes, " authority notes\nsignatures  ",
                                 report.signatures_checked, " checked, ", report.signatures_bad,
                                 " bad\nchains      ", report.gaps, " gaps, ", report.forks,
                                 " forks\ncounted     ", CountOf(report, ledger::Status::kAdmitted),
                                 " admitted, ", CountOf(report, ledger::Status::kPending),
                                 " pending, ", CountOf(report, ledger::Status::kQuarantined),
                                 " quarantined, ", CountOf(report, ledger::Status::kDisputed),
                                 " disputed, ", CountOf(report, ledger::Status::kInvalid),
                                 " invalid\nview digest ", base::ToHex(node.view_digest()), "\n");
  for (const auto& f : report.findings)
    absl::StrAppend(&out, "FINDING ", f.code, " ", f.where, ": ", Printable(f.text), "\n");
  for (const std::string& remark : report.remarks)
    absl::StrAppend(&out, "remark: ", Printable(remark), "\n");
  for (const std::string& item : NotChecked()) absl::StrAppend(&out, "not checked: ", item, "\n");
  absl::StrAppend(&out, report.ok() ? "clean: every signature, chain and hash holds\n"
                                    : absl::StrCat(report.findings.size(), " findings\n"));
  return out;
}

absl::StatusOr<Exit> RunAudit(Context& context, const std::string& pin) {
  ASSIGN_OR_RETURN(std::string code, context.Instrument());
  ASSIGN_OR_RETURN(v1::InstrumentStatus before, StatusOf(context, code, false));
  auto id = base::InstrumentId::FromBytes(before.id());
  if (!id) return Failure(absl::StatusCode::kInternal, "", "the node gave no instrument id");
  if (!pin.empty() && pin != id->ToHex()) {
    return Failure(
        absl::StatusCode::kFailedPrecondition, kVerificationFailed,
        absl::StrCat("--pin: the node's ", code, " is ", id->ToHex(), ", pinned is ", pin),
        "this node holds another instrument under that code; do not rely on it");
  }
  AuditCheck check(*id);
  RETURN_IF_ERROR(CheckLog(context, code, before.entries(), check));
  AuditReport report = check.Finish();
  ASSIGN_OR_RETURN(v1::InstrumentStatus after, StatusOf(context, code, true));
  if (before.entries() == after.entries() &&
      before.authority_digest() == after.authority_digest()) {
    CompareWithNode(report, after);
  }
  context.Emit(ReportJson(report, code, after), ReportText(report, code, after));
  return report.ok() ? Exit::kDone : Exit::kFindings;
}

}  // namespace

void AddAudit(CLI::App& root, Context& context) {
  auto pin = std::make_shared<std::string>();
  CLI::App* command = AddCommand(
      root, context, "audit", "Verify every signature, chain and hash, without trusting the node",
      "entente audit --instrument EUCA-2014 --json",
      [&context, pin] { return RunAudit(context, *pin); });
  command->add_option("--pin", *pin, "The instrument's fingerprint, known from elsewhere");
  // The noun itself is a command too: its own action only when no verb was named.
  command->callback([&context, pin, command] {
    if (command->get_subcommands().empty())
      context.action = [&context, pin] { return RunAudit(context, *pin); };
  });
  auto file = std::make_shared<std::string>();
  CLI::App* evidence =
      AddCommand(*command, context, "evidence", "Verify the proof of a fork, without a node",
                 "entente audit evidence kg-fork.evidence",
                 [&context, file] { return VerifyEvidence(context, *file); });
  evidence->add_option("file", *file, "Evidence file")->required();
}

}  // namespace entente::client

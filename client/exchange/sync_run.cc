#include "client/exchange/sync_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "client/base/render.h"
#include "client/base/table.h"

namespace entente::client {

namespace {

constexpr ColumnText kColumns[] = {
    {"peer", "PEER", false},           {"result", "RESULT", false},
    {"entries_sent", "SENT", true},    {"entries_received", "RECEIVED", true},
    {"bytes_sent", "BYTES OUT", true}, {"bytes_received", "BYTES IN", true},
    {"round_trips", "TRIPS", true},    {"seconds", "SECONDS", true},
    {"mode", "MODE", false},           {"address", "ADDRESS", false},
    {"error", "REMARK", false}};
constexpr ColumnText kLeftColumns[] = {{"unsent_entries", "NOT SENT", true},
                                       {"unreceived_entries", "NOT RECEIVED", true},
                                       {"unsent_bytes", "BYTES LEFT OUT", true},
                                       {"unreceived_bytes", "BYTES LEFT IN", true},
                                       {"unsent_attachments", "FILES NOT SENT", true},
                                       {"unreceived_attachments", "FILES NOT RECEIVED", true},
                                       {"unsent_attachment_bytes", "FILE BYTES LEFT OUT", true},
                                       {"unreceived_attachment_bytes", "FILE BYTES LEFT IN", true}};
constexpr ColumnText kPlanColumns[] = {
    {"peer", "PEER", false},      {"result", "RESULT", false},  {"direction", "DIRECTION", false},
    {"kind", "KIND", false},      {"entries", "ENTRIES", true}, {"bytes", "BYTES", true},
    {"minutes", "MINUTES", true}, {"error", "REMARK", false}};

void AddRow(v1::Table& table, const v1::SyncProgress& p, bool limited) {
  v1::Row& row = *table.add_rows();
  AddCells(row, {p.peer(), p.result(), std::to_string(p.entries_sent()),
                 std::to_string(p.entries_received()), std::to_string(p.bytes_sent()),
                 std::to_string(p.bytes_received()), std::to_string(p.round_trips()),
                 fmt::format("{:.3f}", p.seconds()), p.mode(), p.address(), p.error()});
  if (!limited) return;
  AddCells(row, {std::to_string(p.unsent_entries()), std::to_string(p.unreceived_entries()),
                 std::to_string(p.unsent_bytes()), std::to_string(p.unreceived_bytes()),
                 std::to_string(p.unsent_attachments()), std::to_string(p.unreceived_attachments()),
                 std::to_string(p.unsent_attachment_bytes()),
                 std::to_string(p.unreceived_attachment_bytes())});
}

// A peer to which nothing would move has one row too.
void AddPlanRows(v1::Table& table, const v1::SyncProgress& p) {
  for (const v1::SyncPlan& plan : p.plan()) {
    const bool known = p.bytes_per_second() > 0 && !plan.unknown();
    const auto figure = [&plan](uint64_t value) {
      return plan.unknown() ? std::string() : std::to_string(value);
    };
    AddCells(*table.add_rows(),
             {p.peer(), p.result(), plan.direction(), plan.kind(), figure(plan.entries()),
              figure(plan.bytes()),
              known ? fmt::format("{:.1f}", plan.seconds() / 60) : std::string(), p.error()});
  }
  if (p.plan().empty()) {
    const bool nothing = p.result() == "plan";
    AddCells(*table.add_rows(), {p.peer(), nothing ? "nothing_new" : p.result(), "", "",
                                 nothing ? "0" : "", nothing ? "0" : "", "", p.error()});
  }
}

// "EU-GSC: 120 of 600 in, 3 of 3 out, 2.5 kB/s, 40 s left"
std::string ProgressText(const v1::SyncProgress& p) {
  const uint64_t done = p.entries_received() + p.entries_sent();
  const uint64_t all = std::max(done, p.entries_to_receive() + p.entries_to_send());
  const auto part = [](uint64_t moved, uint64_t of) {
    return of > moved ? fmt::format("{} of {}", moved, of) : std::to_string(moved);
  };
  std::string text =
      fmt::format("{}: {} in, {} out", p.peer(), part(p.entries_received(), p.entries_to_receive()),
                  part(p.entries_sent(), p.entries_to_send()));
  if (p.attachment_bytes_received() + p.attachment_bytes_sent() > 0) {
    text += fmt::format(", attachments {} in, {} out", SizeText(p.attachment_bytes_received()),
                        SizeText(p.attachment_bytes_sent()));
  }
  if (p.seconds() <= 0 || done == 0) return text;
  const double bytes = static_cast<double>(p.bytes_received() + p.bytes_sent());
  text += fmt::format(", {}/s", SizeText(static_cast<uint64_t>(bytes / p.seconds())));
  if (all > done) {
    const double each = p.seconds() / static_cast<double>(done);
    text += fmt::format(", {:.0f} s left", each * static_cast<double>(all - done));
  }
  return text;
}

// At most ten times a second, on a terminal only, and gone when it is done.
class ProgressLine {
 public:
  explicit ProgressLine(Context& context) : context_(context) {}
  void Show(const v1::SyncProgress& p) {
    auto now = std::chrono::steady_clock::now();
    if (!context_.err_terminal() || now - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = now;
    context_.err() << "\r\x1b[K" << context_.phrases().Retell(ProgressText(p)) << std::flush;
    drawn_ = true;
  }
  ~ProgressLine() {
    if (drawn_) context_.err() << "\r\x1b[K" << std::flush;
  }

 private:
  Context& context_;
  std::chrono::steady_clock::time_point shown_{};
  bool drawn_ = false;
};

bool Reached(const std::string& result) {
  return result == "done" || result == "nothing_new" || result == "partial" || result == "plan";
}

}  // namespace

SyncOutcome SyncOnce(Context& context, const v1::SyncRequest& request) {
  SyncOutcome outcome;
  const bool limited = request.max_bytes() > 0 || request.until_ms() > 0;
  if (request.plan()) {
    AddColumns(outcome.table, kPlanColumns);
  } else {
    AddColumns(outcome.table, kColumns);
    if (limited) AddColumns(outcome.table, kLeftColumns);
  }
  ProgressLine line(context);
  auto each = [&](const v1::SyncProgress& progress) {
    if (!request.plan()) line.Show(progress);
    if (progress.result().empty()) return absl::OkStatus();
    if (request.plan()) {
      AddPlanRows(outcome.table, progress);
    } else {
      AddRow(outcome.table, progress, limited);
    }
    outcome.peers += 1;
    outcome.reached += Reached(progress.result());
    outcome.paused += progress.result() == "paused";
    outcome.entries_received += progress.entries_received();
    outcome.unsent += progress.unsent_entries();
    outcome.unreceived += progress.unreceived_entries();
    outcome.files_unsent += progress.unsent_attachments();
    outcome.files_unreceived += progress.unreceived_attachments();
    outcome.file_bytes_left +=
        progress.unsent_attachment_bytes() + progress.unreceived_attachment_bytes();
    outcome.files_left_out = outcome.files_left_out || progress.attachments_left_out();
    for (const v1::SyncPlan& plan : progress.plan()) {
      outcome.unknown = outcome.unknown || plan.unknown();
    }
    return absl::OkStatus();
  };
  outcome.status = context.Read(local::kSync, request, std::chrono::hours(6), each);
  return outcome;
}

}  // namespace entente::client

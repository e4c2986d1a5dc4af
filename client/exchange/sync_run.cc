#include "client/exchange/sync_run.h"

#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "client/base/clock.h"
#include "client/base/table.h"
#include "client/context/progress_line.h"
#include "client/exchange/sync_progress.h"

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
  SyncBudget budget{request.max_bytes(), request.until_ms()};
  auto each = [&](const v1::SyncProgress& progress) {
    if (!request.plan()) line.Show([&] { return ProgressText(progress, budget, WallMs()); });
    if (progress.result().empty()) return absl::OkStatus();
    budget.used += progress.bytes_sent() + progress.bytes_received();
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

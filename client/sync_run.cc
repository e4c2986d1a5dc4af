#include "client/sync_run.h"

#include <fmt/format.h>

#include <chrono>
#include <map>

#include "absl/strings/str_cat.h"
#include "client/errors.h"
#include "node/base/bytes.h"

namespace entente::client {

namespace {

struct ColumnText {
  const char* name;
  const char* title;
  bool number;
};
constexpr ColumnText kColumns[] = {
    {"peer", "PEER", false},           {"result", "RESULT", false},
    {"entries_sent", "SENT", true},    {"entries_received", "RECEIVED", true},
    {"bytes_sent", "BYTES OUT", true}, {"bytes_received", "BYTES IN", true},
    {"round_trips", "TRIPS", true},    {"seconds", "SECONDS", true},
    {"mode", "MODE", false},           {"address", "ADDRESS", false},
    {"error", "REMARK", false}};

void AddRow(v1::Table& table, const v1::SyncProgress& p) {
  v1::Row* row = table.add_rows();
  for (const std::string& cell :
       {p.peer(), p.result(), std::to_string(p.entries_sent()),
        std::to_string(p.entries_received()), std::to_string(p.bytes_sent()),
        std::to_string(p.bytes_received()), std::to_string(p.round_trips()),
        fmt::format("{:.3f}", p.seconds()), p.mode(), p.address(), p.error()}) {
    row->add_cells(cell);
  }
}

// At most ten times a second, on a terminal only, and gone when it is done.
class ProgressLine {
 public:
  explicit ProgressLine(Context& context) : context_(context) {}
  void Show(const v1::SyncProgress& p) {
    auto now = std::chrono::steady_clock::now();
    if (!context_.err_terminal() || now - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = now;
    double rate = p.seconds() > 0
                      ? static_cast<double>(p.entries_received() + p.entries_sent()) / p.seconds()
                      : 0;
    context_.err() << fmt::format("\r\x1b[K{}: {} in, {} out, {:.0f} entries/s", p.peer(),
                                  p.entries_received(), p.entries_sent(), rate)
                   << std::flush;
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

bool Reached(const std::string& result) { return result == "done" || result == "nothing_new"; }

}  // namespace

SyncOutcome SyncOnce(Context& context, absl::string_view with) {
  SyncOutcome outcome;
  for (const ColumnText& column : kColumns) {
    v1::Column* added = outcome.table.add_columns();
    added->set_name(column.name);
    added->set_title(column.title);
    added->set_number(column.number);
  }
  v1::SyncRequest request;
  request.set_with(base::Str(with));
  ProgressLine line(context);
  auto each = [&](const v1::SyncProgress& progress) {
    line.Show(progress);
    if (progress.result().empty()) return absl::OkStatus();
    AddRow(outcome.table, progress);
    outcome.peers += 1;
    outcome.reached += Reached(progress.result());
    outcome.entries_received += progress.entries_received();
    return absl::OkStatus();
  };
  outcome.status = context.Read(local::kSync, request, std::chrono::hours(6), each);
  return outcome;
}

}  // namespace entente::client

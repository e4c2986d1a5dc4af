// entente status: the node, its instruments, its peers, what nobody else holds yet.

#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/metrics.h"
#include "client/base/render.h"
#include "client/commands/commands.h"
#include "node/base/id.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

ordered_json StatusJson(const v1::NodeStatus& status, bool digest) {
  ordered_json out = {{"version", status.version()},
                      {"delegation", status.delegation()},
                      {"health", status.health()},
                      {"spki", base::ToHex(status.spki())}};
  out["alarms"] = ordered_json::array();
  for (const auto& a : status.alarms()) {
    out["alarms"].push_back({{"code", a.code()},
                             {"instrument", a.instrument()},
                             {"delegation", a.delegation()},
                             {"text", a.text()},
                             {"todo", a.todo()}});
  }
  out["instruments"] = ordered_json::array();
  for (const auto& i : status.instruments()) {
    ordered_json json = {{"code", i.code()},
                         {"id", base::ToHex(i.id())},
                         {"title", i.title()},
                         {"charter_position", i.charter_position()},
                         {"feeds", i.feeds()},
                         {"entries", i.entries()},
                         {"pending", i.pending()},
                         {"quarantined", i.quarantined()},
                         {"disputed", i.disputed()},
                         {"aside", i.aside()},
                         {"frontier_digest", base::ToHex(i.frontier_digest())},
                         {"authority_digest", base::ToHex(i.authority_digest())}};
    if (digest) json["view_digest"] = base::ToHex(i.view_digest());
    json["unsynced_entries"] = i.unsynced_entries();
    json["unsynced_attachments"] = i.unsynced_attachments();
    json["unsynced_attachment_bytes"] = i.unsynced_attachment_bytes();
    out["instruments"].push_back(std::move(json));
  }
  out["peers"] = ordered_json::array();
  for (const auto& p : status.peers()) {
    ordered_json last = p.last_success_ms() == 0 ? ordered_json(nullptr)
                                                 : ordered_json(UtcText(p.last_success_ms()));
    out["peers"].push_back({{"code", p.code()},
                            {"address", p.address()},
                            {"state", p.state()},
                            {"last_success", last},
                            {"lag_entries", p.lag_entries()},
                            {"last_error", p.last_error()},
                            {"spki", base::ToHex(p.spki())},
                            {"clock_skew_ms", p.clock_skew_ms()}});
  }
  out["commit_number"] = status.commit_number();
  out["store_bytes"] = status.store_bytes();
  out["disk_free_bytes"] = status.disk_free_bytes();
  out["remarks"] = std::vector<std::string>(status.remarks().begin(), status.remarks().end());
  return out;
}

void InstrumentText(std::string& out, const v1::InstrumentStatus& i, bool digest) {
  absl::StrAppend(&out, i.code(), "  ", Printable(i.title()), "\n  ",
                  Count(i.entries(), "entry", "entries"), " in ", Count(i.feeds(), "feed"),
                  ", charter position ", i.charter_position(), "\n");
  if (i.pending() + i.quarantined() + i.disputed() + i.aside() > 0) {
    absl::StrAppend(&out, "  not counted: ", i.pending(), " pending, ", i.quarantined(),
                    " quarantined, ", i.disputed(), " disputed, ", i.aside(),
                    " waiting aside; entente report list --uncounted says why\n");
  }
  if (i.unsynced_entries() > 0) {
    absl::StrAppend(&out, "  ", i.unsynced_entries(),
                    " of our own entries nobody else is known to hold yet; entente sync\n");
  }
  if (i.unsynced_attachments() > 0) {
    absl::StrAppend(&out, "  ", i.unsynced_attachments(),
                    " of our own attachments nobody else is known to hold yet, ",
                    SizeText(i.unsynced_attachment_bytes()), "; entente sync\n");
  }
  absl::StrAppend(&out, "  frontier ", base::ToHex(i.frontier_digest()).substr(0, 16), "\n");
  if (digest) absl::StrAppend(&out, "  view     ", base::ToHex(i.view_digest()), "\n");
}

std::string StatusText(const v1::NodeStatus& status, bool digest) {
  std::string out;
  for (const auto& a : status.alarms()) {
    absl::StrAppend(&out, "!! ", a.code(), " ", a.instrument(), ": ", Printable(a.text()),
                    "\n   what to do: ", Printable(a.todo()), "\n");
  }
  absl::StrAppend(&out, "entented ", status.version(), "  ",
                  status.delegation().empty() ? "no delegation yet" : status.delegation(), "  ",
                  status.health(), "\nnode ", base::ToHex(status.spki()), "\nstore ",
                  Mebibytes(status.store_bytes()), ", ", Mebibytes(status.disk_free_bytes()),
                  " free\n");
  for (const auto& instrument : status.instruments()) InstrumentText(out, instrument, digest);
  for (const auto& p : status.peers()) {
    absl::StrAppend(&out, "peer ", p.code(), "  ", p.address().empty() ? "-" : p.address(), "  ",
                    p.state(), ", last exchange ", Ago(p.last_success_ms(), WallMs()));
    if (p.lag_entries() > 0)
      absl::StrAppend(&out, ", ", Count(p.lag_entries(), "entry behind", "entries behind"));
    if (!p.last_error().empty()) absl::StrAppend(&out, ", ", Printable(p.last_error()));
    out += "\n";
  }
  for (const auto& remark : status.remarks()) absl::StrAppend(&out, "! ", Printable(remark), "\n");
  return out;
}

// For monitoring, whose format is its own: no --json, no language, no pager.
absl::StatusOr<Exit> ShowMetrics(Context& context, bool digest) {
  if (context.format() != Format::kTable || digest) {
    return UsageError("status: --metrics goes without --digest, --json and --format",
                      "for programs: --metrics is Prometheus's text, --json is one object");
  }
  ASSIGN_OR_RETURN(v1::NodeStatus status, context.Call(local::kGetStatus, v1::GetStatusRequest()));
  context.out() << MetricsText(status);
  return Exit::kDone;
}

absl::StatusOr<Exit> ShowStatus(Context& context, bool digest) {
  v1::GetStatusRequest request;
  request.set_view_digest(digest);
  ASSIGN_OR_RETURN(v1::NodeStatus status, context.Call(local::kGetStatus, request,
                                                       std::chrono::seconds(digest ? 120 : 10)));
  context.Emit(StatusJson(status, digest), StatusText(status, digest));
  return Exit::kDone;
}

}  // namespace

void AddStatus(CLI::App& root, Context& context) {
  auto digest = std::make_shared<bool>(false);
  auto metrics = std::make_shared<bool>(false);
  CLI::App* command =
      AddCommand(root, context, "status", "The node, its peers, what is not sent yet",
                 "entente status --digest", [&context, digest, metrics] {
                   return *metrics ? ShowMetrics(context, *digest) : ShowStatus(context, *digest);
                 });
  command->add_flag("--digest", *digest, "Compute the view digest too (reads every view row)");
  command->add_flag("--metrics", *metrics, "For monitoring: Prometheus's text format");
}

}  // namespace entente::client

#include "client/exchange/bundle_text.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/clock.h"
#include "client/base/errors.h"
#include "client/base/render.h"
#include "client/exchange/bundle_run.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/id.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

std::string EntriesText(uint64_t count) { return Count(count, "entry", "entries"); }

// Whose node signed it; text from the file itself is only a claim.
std::string MakerText(const v1::ImportBundleResponse& response) {
  if (!response.maker().empty()) return absl::StrCat("made by ", response.maker());
  return absl::StrCat("made by a node nobody's credentials here name (",
                      base::ToHex(response.maker_node()).substr(0, 16), ", says it is ",
                      Printable(response.header().maker_code()),
                      "); its entries prove themselves all the same");
}

std::string GapText(const v1::BundleGap& gap) {
  const std::string feed =
      absl::StrCat(gap.delegation().empty() ? "an unknown delegation" : Printable(gap.delegation()),
                   " key ", base::ToHex(gap.key()).substr(0, 8),
                   gap.incarnation() > 1 ? absl::StrCat(" incarnation ", gap.incarnation()) : "");
  const std::string waiting =
      absl::StrCat(EntriesText(gap.waiting()), gap.waiting() == 1 ? " waits" : " wait");
  if (gap.from() == 0) {
    return absl::StrCat("  ", feed, ": ", waiting, " for an authority note or another branch\n");
  }
  return absl::StrCat("  ", feed, ": ",
                      gap.from() == gap.to()
                          ? absl::StrCat("entry ", gap.from())
                          : absl::StrCat("entries ", gap.from(), " to ", gap.to()),
                      " missing; ", waiting, " for that\n");
}

std::string BesideText(const v1::BundlePlan& plan) {
  std::string out;
  if (plan.register_news()) out += ", what is new of the register";
  if (plan.attachments() > 0) {
    absl::StrAppend(&out, ", ", Count(plan.attachments(), "attachment"), " (",
                    SizeText(plan.attachment_bytes()), ")");
  }
  return out;
}

std::string MissingText(const v1::BundlePlan& plan) {
  if (plan.attachments_missing() == 0) return "";
  return absl::StrCat(Count(plan.attachments_missing(), "attachment"),
                      " not wholly here: what is missing does not go along (entente attachment "
                      "list --missing).\n");
}

std::string RefusedText(const v1::ImportBundleResponse& response) {
  std::string out;
  for (const std::string& why : response.refused()) {
    absl::StrAppend(&out, "  not taken: ", Printable(why), "\n");
  }
  return out;
}

// Of entries that wait, or would have to.
std::string WaitingText(const v1::ImportBundleResponse& response) {
  std::string out;
  if (response.entries_waiting() > 0) {
    absl::StrAppend(&out, "  ", EntriesText(response.entries_waiting()),
                    " of this file waiting since an earlier import\n");
  }
  if (response.entries_left() > 0) {
    absl::StrAppend(&out, "  ", EntriesText(response.entries_left()),
                    " left out, because no more may wait; import this file again when what is "
                    "missing came\n");
  }
  return out;
}

// What an import took in beside notes and entries.
std::string TakenBesideText(const v1::ImportBundleResponse& response) {
  std::string out;
  if (response.register_new()) {
    absl::StrAppend(&out, "  register: ", Count(response.register_leaves_new(), "new place"),
                    ", and what proves them\n");
  }
  if (response.register_waits()) {
    out += "  register: not all was taken; import this file again after the others\n";
  }
  if (response.attachment_bytes_new() > 0) {
    absl::StrAppend(&out, "  attachments: ", SizeText(response.attachment_bytes_new()), " new, ",
                    response.attachments_done(), " complete now\n");
  }
  if (response.attachments_unnamed() > 0) {
    absl::StrAppend(&out, "  attachments: ", response.attachments_unnamed(),
                    " not taken, because no report here names them; import this file again after "
                    "the others\n");
  }
  return out;
}

void AddTakenBeside(const v1::ImportBundleResponse& response, ordered_json& json) {
  json["register_new"] = response.register_new();
  json["register_places_new"] = response.register_leaves_new();
  json["register_waits"] = response.register_waits();
  json["attachment_bytes_new"] = response.attachment_bytes_new();
  json["attachments_done"] = response.attachments_done();
  json["attachments_unnamed"] = response.attachments_unnamed();
}

}  // namespace

absl::Status WithPath(const std::string& path, const absl::Status& status) {
  absl::Status named(status.code(), absl::StrCat(path, ": ", status.message()));
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { named.SetPayload(url, payload); });
  return named;
}

ordered_json BundlePlanJson(const v1::BundlePlan& plan) {
  uint64_t bytes = 0;
  for (const v1::BundlePart& part : plan.parts()) bytes += part.bytes();
  return {{"instrument", plan.instrument()},
          {"for", plan.recipient()},
          {"basis", plan.basis()},
          {"basis_learnt", plan.basis_ms() == 0 ? "" : UtcText(plan.basis_ms())},
          {"entries", plan.entries()},
          {"notes", plan.notes()},
          {"feeds", plan.feeds()},
          {"register_places", plan.register_leaves()},
          {"attachments", plan.attachments()},
          {"attachment_bytes", plan.attachment_bytes()},
          {"attachments_missing", plan.attachments_missing()},
          {"bytes", bytes},
          {"set", base::ToHex(plan.set())}};
}

std::string BundlePlanText(const v1::BundlePlan& plan) {
  std::string basis = "Nothing is known of what it holds, so everything goes.";
  if (plan.basis() == "receipt") {
    basis = absl::StrCat("It starts from what ", plan.recipient(), " said it holds, learnt on ",
                         UtcText(plan.basis_ms()), ".");
  } else if (plan.basis() == "sync") {
    basis = absl::StrCat("It starts from the last sync with ", plan.recipient(), ", on ",
                         UtcText(plan.basis_ms()), ".");
  }
  if (plan.parts_size() == 0) {
    return absl::StrCat(plan.recipient(), " holds all of ", plan.instrument(),
                        " that is held here: nothing to send. ", basis, "\n");
  }
  uint64_t bytes = 0;
  for (const v1::BundlePart& part : plan.parts()) bytes += part.bytes();
  return absl::StrCat("For ", plan.recipient(), " in ", plan.instrument(), ": ",
                      EntriesText(plan.entries()), " of ", Count(plan.feeds(), "feed"), " and ",
                      Count(plan.notes(), "authority note"), BesideText(plan), " in ",
                      Count(static_cast<uint64_t>(plan.parts_size()), "file"), ", ",
                      SizeText(bytes), ". ", basis, "\n", MissingText(plan));
}

ordered_json ImportedJson(const std::string& path, const absl::Status& status,
                          const v1::ImportBundleResponse& response) {
  if (!status.ok()) {
    return {{"path", path},
            {"result", "refused"},
            {"code", base::ReasonOf(status)},
            {"message", std::string(status.message())}};
  }
  const v1::BundleHeader& header = response.header();
  ordered_json json = {{"path", path},
                       {"result", "imported"},
                       {"kind", header.kind() == v1::BUNDLE_KIND_RECEIPT ? "receipt" : "entries"},
                       {"instrument", header.instrument_code()},
                       {"maker", response.maker()},
                       {"maker_node", base::ToHex(response.maker_node())},
                       {"for", header.recipient_code()},
                       {"made", UtcText(header.made_ms())},
                       {"set", base::ToHex(header.set())},
                       {"part", header.part()},
                       {"parts", header.parts()}};
  if (header.kind() == v1::BUNDLE_KIND_RECEIPT) {
    json["news"] = response.receipt_new();
    AddTakenBeside(response, json);
    json["complete"] = response.complete();
    return json;
  }
  json["entries"] = header.entries();
  json["entries_new"] = response.entries_new();
  json["entries_held"] = response.entries_held();
  json["entries_aside"] = response.entries_aside();
  json["entries_waiting"] = response.entries_waiting();
  json["entries_left"] = response.entries_left();
  json["notes_new"] = response.notes_new();
  AddTakenBeside(response, json);
  json["refused"] = std::vector<std::string>(response.refused().begin(), response.refused().end());
  json["complete"] = response.complete();
  return json;
}

std::string ImportedText(const std::string& path, const absl::Status& status,
                         const v1::ImportBundleResponse& response) {
  if (!status.ok())
    return absl::StrCat(path, ": REFUSED, ", Printable(std::string(status.message())), "\n");
  const v1::BundleHeader& header = response.header();
  const std::string made = absl::StrCat(MakerText(response), " on ", UtcText(header.made_ms()));
  if (header.kind() == v1::BUNDLE_KIND_RECEIPT) {
    return absl::StrCat(path, ": receipt ", made,
                        response.receipt_new() ? "; the next bundle for it starts there"
                                               : "; as much was known already",
                        response.complete() ? ". It holds exactly what is held here.\n" : ".\n",
                        TakenBesideText(response), RefusedText(response));
  }
  std::string out = absl::StrCat(path, ": part ", header.part(), " of ", header.parts(), ", ", made,
                                 "\n  ", response.entries_new(), " new, ", response.entries_held(),
                                 " held already, ", response.entries_aside(), " set aside; ",
                                 Count(response.notes_new(), "new authority note"), "\n",
                                 WaitingText(response), TakenBesideText(response));
  if (!response.for_us()) {
    absl::StrAppend(&out, "  it was made for ", Printable(header.recipient_code()),
                    ", not for this delegation\n");
  }
  return out + RefusedText(response);
}

namespace {

using Stored = std::vector<const v1::ImportBundleResponse*>;

std::string MakerOf(const v1::ImportBundleResponse& response) {
  return response.maker().empty() ? "its maker" : response.maker();
}

// The last answer for each value of `key`, in the order in which they first came.
template <class Key>
Stored LastOfEach(const Stored& stored, Key key) {
  Stored last;
  for (const v1::ImportBundleResponse* one : stored) {
    auto same = std::find_if(last.begin(), last.end(),
                             [&](const auto* other) { return key(*other) == key(*one); });
    if (same == last.end()) {
      last.push_back(one);
    } else {
      *same = one;
    }
  }
  return last;
}

void AddSet(const v1::ImportBundleResponse& of, ordered_json& json, std::string& text) {
  const v1::BundleHeader& header = of.header();
  json["sets"].push_back({{"set", base::ToHex(header.set())},
                          {"maker", of.maker()},
                          {"instrument", header.instrument_code()},
                          {"parts", header.parts()},
                          {"parts_missing", std::vector<uint32_t>(of.parts_missing().begin(),
                                                                  of.parts_missing().end())}});
  for (const uint32_t part : of.parts_missing()) json["parts_missing"].push_back(part);
  if (of.parts_missing().empty()) return;
  absl::StrAppend(&text, "Still to import from bundle ", base::ToHex(header.set()).substr(0, 8),
                  " of ", MakerOf(of), ": part ", absl::StrJoin(of.parts_missing(), ", "), " of ",
                  header.parts(), ".\n");
}

void AddGaps(const v1::ImportBundleResponse& of, ordered_json& json, std::string& text) {
  for (const v1::BundleGap& gap : of.gaps()) {
    json["gaps"].push_back({{"instrument", of.header().instrument_code()},
                            {"delegation", gap.delegation()},
                            {"key", base::ToHex(gap.key())},
                            {"incarnation", gap.incarnation()},
                            {"from", gap.from()},
                            {"to", gap.to()},
                            {"waiting", gap.waiting()}});
  }
  if (of.gaps().empty()) return;
  absl::StrAppend(&text, "Still missing:\n");
  for (const v1::BundleGap& gap : of.gaps()) text += GapText(gap);
  absl::StrAppend(&text, "Import the other parts; else write entente bundle receipt for ",
                  MakerOf(of), ", whose next bundle then starts from what is held here.\n");
}

}  // namespace

void AddStillMissing(const Stored& stored, ordered_json& json, std::string& text) {
  if (stored.empty()) return;
  const Stored instruments =
      LastOfEach(stored, [](const auto& of) { return of.header().instrument(); });
  uint64_t waiting = 0;
  bool complete = true;
  for (const v1::ImportBundleResponse* of : instruments) {
    waiting += of->waiting();
    complete = complete && of->complete();
    if (!of->complete()) continue;
    absl::StrAppend(&text, "This node now holds exactly what ", MakerOf(*of),
                    " held when it made the bundle.\n");
  }
  json["waiting"] = waiting;
  json["complete"] = complete;
  for (const char* name : {"parts_missing", "sets", "gaps"}) json[name] = ordered_json::array();
  const auto set = [](const auto& of) {
    return std::make_tuple(of.maker_node(), of.header().instrument(), of.header().set(),
                           of.header().parts());
  };
  for (const v1::ImportBundleResponse* of : LastOfEach(stored, set)) AddSet(*of, json, text);
  for (const v1::ImportBundleResponse* of : instruments) AddGaps(*of, json, text);
}

}  // namespace entente::client

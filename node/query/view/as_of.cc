#include "node/query/view/as_of.h"

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/value/date.h"
#include "node/query/view/register_rungs.h"
#include "node/query/view/table.h"

namespace entente::query {

using absl::StatusCode;
using base::Error;

namespace {

constexpr size_t kFrontierDigitsMin = 8;
constexpr size_t kFrontierDigitsMax = 64;

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

absl::Status NotUnderstood(absl::string_view text, absl::string_view field) {
  return Error(StatusCode::kInvalidArgument, "USAGE",
               absl::StrCat("E-AS-OF ", field, ": \"", text,
                            "\" is neither a date nor a frontier; write 2017-09-01 (to the end of "
                            "that day, UTC), 2017-09-14T08:02Z, or 8 digits or more of a frontier "
                            "as entente status prints it"));
}

// Milliseconds since 1970 up to which the text reaches.
std::optional<int64_t> MomentMs(absl::string_view text) {
  if (auto date = meaning::ParseDate(text)) return meaning::EndOfDayMs(*date, 0) - 1;
  for (const char* form : {"%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ"}) {
    absl::Time time;
    std::string unused;
    if (absl::ParseTime(form, text, &time, &unused)) return absl::ToUnixMillis(time);
  }
  return std::nullopt;
}

AsOf AtMoment(const Views& views, int64_t moment_ms) {
  AsOf out;
  out.moment_ms = moment_ms;
  const auto times = std::make_shared<ReceivedTimes>(views);
  out.includes = [times, moment_ms](const v1::Contribution& c) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(auto received, times->Ms(*base::EntryId::FromBytes(c.entry())));
    return received.value_or(static_cast<int64_t>(WallMs(c.hlc()))) <= moment_ms;
  };
  out.words =
      absl::StrCat("As of ", TimeText(static_cast<uint64_t>(std::max<int64_t>(0, moment_ms))),
                   views.published().registers.contains(views.instrument())
                       ? ": by the register's time, else by the time an entry claims."
                       : ": by the time an entry claims; there is no register.");
  return out;
}

// The arrival number that was the newest when this node stood on it, and the whole digest.
struct Stood {
  base::Digest frontier;
  uint64_t arrival = 0;
};

absl::StatusOr<Stood> FindStood(const Views& views, absl::string_view digits,
                                absl::string_view field) {
  const std::string front = store::kMetaStood + views.instrument().str();
  const std::string even(digits.substr(0, digits.size() / 2 * 2));
  const std::string wanted = absl::AsciiStrToLower(digits);
  std::vector<Stood> found;
  auto it = views.snapshot().Scan(store::kMeta, front + *base::FromHex(even));
  for (; it->Valid() && found.size() < 2; it->Next()) {
    auto digest = base::Digest::FromBytes(it->key().substr(front.size()));
    if (!digest || it->value().size() != 8 || !absl::StartsWith(digest->ToHex(), wanted)) continue;
    found.push_back({*digest, base::ReadU64(it->value())});
  }
  RETURN_IF_ERROR(it->status());
  if (found.size() > 1) {
    return Error(StatusCode::kInvalidArgument, "USAGE",
                 absl::StrCat("E-AS-OF ", field, ": ", digits,
                              " begins more than one frontier of this node; give more digits"));
  }
  if (found.empty()) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("this node never stood on the frontier ", digits,
                              "; frontiers are of one node, ask the one that printed it, or ask by "
                              "date"));
  }
  return found[0];
}

absl::StatusOr<AsOf> AtFrontier(const Views& views, absl::string_view digits,
                                absl::string_view field) {
  const auto figures = views.published().figures.find(views.instrument());
  AsOf out;
  if (figures != views.published().figures.end() &&
      absl::StartsWith(figures->second.frontier_digest.ToHex(), absl::AsciiStrToLower(digits))) {
    out.frontier = figures->second.frontier_digest;
    return out;
  }
  ASSIGN_OR_RETURN(const Stood stood, FindStood(views, digits, field));
  out.frontier = stood.frontier;
  out.arrival = stood.arrival;
  const storage::Snapshot* snapshot = &views.snapshot();
  out.includes = [snapshot,
                  newest = stood.arrival](const v1::Contribution& c) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const uint64_t number, store::LogReader(snapshot).ArrivalNumberOf(
                                                *base::EntryId::FromBytes(c.entry())));
    return number != 0 && number <= newest;
  };
  out.words = absl::StrCat("As of frontier ", stood.frontier.ToHex().substr(0, 16), ".");
  return out;
}

}  // namespace

absl::StatusOr<AsOf> AsOfText(const Views& views, absl::string_view text, absl::string_view field) {
  if (text.empty()) {
    AsOf now;
    auto figures = views.published().figures.find(views.instrument());
    if (figures != views.published().figures.end()) now.frontier = figures->second.frontier_digest;
    return now;
  }
  if (auto moment = MomentMs(text)) return AtMoment(views, *moment);
  if (text.size() < kFrontierDigitsMin || text.size() > kFrontierDigitsMax || !IsHex(text))
    return NotUnderstood(text, field);
  return AtFrontier(views, text, field);
}

}  // namespace entente::query

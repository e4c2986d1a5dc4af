#include "node/query/record/changes.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/ledger/authority_words.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"
#include "node/query/record/records.h"
#include "node/query/view/as_of.h"
#include "node/query/view/directory.h"
#include "node/query/view/register_rungs.h"
#include "node/query/view/table.h"

namespace entente::query {

using absl::StatusCode;
using base::EntryId;
using base::Error;

namespace {

constexpr int kRowsMax = 1000;
constexpr int kRowsUsual = 200;
constexpr char kKey[] = "key";

std::vector<std::string> KnownKinds() {
  std::vector<std::string> words = meaning::KindWords();
  words.push_back(kKey);
  return words;
}

absl::StatusOr<std::set<std::string>> WantedKinds(const v1::ChangesRequest& request) {
  const std::vector<std::string> known = KnownKinds();
  std::set<std::string> wanted;
  for (const std::string& kind : request.kinds()) {
    if (!meaning::Contains(known, kind)) {
      return Error(
          StatusCode::kInvalidArgument, "USAGE",
          absl::StrCat("--kind: \"", kind, "\" is not known; known: ", absl::StrJoin(known, " ")));
    }
    wanted.insert(kind);
  }
  return wanted;
}

// One line of the answer before it is cut to size.
struct Change {
  uint64_t at_ms = 0;
  std::string id;  // of the entry or note: order among what has one time
  std::vector<std::string> cells;
  friend bool operator<(const Change& a, const Change& b) {
    return std::tie(a.at_ms, a.id) < std::tie(b.at_ms, b.id);
  }
};

class Collector {
 public:
  Collector(const Views& views, const v1::ChangesRequest& request, AsOf since,
            std::set<std::string> kinds)
      : views_(views), request_(request), since_(std::move(since)), kinds_(std::move(kinds)) {}

  absl::StatusOr<std::vector<Change>> Run() {
    RETURN_IF_ERROR(since_.arrival ? AddArrivals() : AddFeeds());
    if (since_.moment_ms && Wanted(kKey)) AddActs();
    // Acts of one note stay in its order.
    std::stable_sort(changes_.begin(), changes_.end());
    return std::move(changes_);
  }

 private:
  bool Wanted(const std::string& kind) const { return kinds_.empty() || kinds_.contains(kind); }

  // Since a frontier: what arrived after it.
  absl::Status AddArrivals() {
    std::set<uint32_t> ours;
    RETURN_IF_ERROR(log_.ForEachFeed(views_.instrument(),
                                     [&](const ledger::FeedKey&, const v1::FeedState& state) {
                                       ours.insert(state.number());
                                       return true;
                                     }));
    absl::Status failed;
    RETURN_IF_ERROR(log_.ForEachArrival(*since_.arrival, [&](const store::Arrival& arrival) {
      if (!ours.contains(arrival.place.feed)) return true;
      auto header = log_.Header(arrival.place);
      failed = header.ok() ? Add(arrival.place, *header) : header.status();
      return failed.ok();
    }));
    return failed;
  }

  // Since a moment: entries tell their own time, so feed by feed.
  absl::Status AddFeeds() {
    std::vector<uint32_t> feeds;
    RETURN_IF_ERROR(log_.ForEachFeed(views_.instrument(),
                                     [&](const ledger::FeedKey&, const v1::FeedState& state) {
                                       feeds.push_back(state.number());
                                       return true;
                                     }));
    for (uint32_t feed : feeds) {
      absl::Status failed;
      RETURN_IF_ERROR(
          log_.ForEachRow(feed, 1, [&](const store::EntryPlace& place, absl::string_view row) {
            auto header = store::DecodeEntryHeader(row);
            failed = header.ok() ? Add(place, *header) : header.status();
            return failed.ok();
          }));
      RETURN_IF_ERROR(failed);
    }
    return absl::OkStatus();
  }

  absl::Status Add(const store::EntryPlace& place, const ledger::EntryHeader& header) {
    if (!Wanted(base::Str(meaning::KindWord(header.kind)))) return absl::OkStatus();
    if (since_.includes) {
      v1::Contribution named;
      named.set_entry(place.id.str());
      named.set_hlc(header.hlc);
      ASSIGN_OR_RETURN(const bool before, since_.includes(named));
      if (before) return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(ledger::Verdict verdict, log_.VerdictOf(place));
    if (verdict.status != ledger::Status::kAdmitted) return absl::OkStatus();
    ASSIGN_OR_RETURN(ledger::Entry entry, log_.Get(place));
    return AddRecord(entry);
  }

  absl::Status AddRecord(const ledger::Entry& entry) {
    const ledger::Note* head = views_.published().authority.Find(entry.header.credentials_head);
    const std::string code =
        head ? views_.published().DelegationCode(views_.instrument(), head->chain_id()) : "";
    if (!request_.delegation().empty() && code != request_.delegation()) return absl::OkStatus();
    const meaning::ReadRecord read =
        meaning::ReadPayload(entry.header.kind, entry.header.schema, entry.payload);
    const std::string slot_text = meaning::SlotOfRecord(read.record, code, entry.id);
    ASSIGN_OR_RETURN(const v1::SlotValue slot, views_.Slot(slot_text));
    ASSIGN_OR_RETURN(auto received, ReceivedMs(views_, entry.id));
    const uint64_t signed_ms = WallMs(entry.header.hlc);
    Change change{received ? static_cast<uint64_t>(*received) : signed_ms, entry.id.str(), {}};
    change.cells = {received ? TimeText(static_cast<uint64_t>(*received)) : "",
                    TimeText(signed_ms),
                    base::Str(meaning::KindWord(entry.header.kind)),
                    slot_text.empty() ? "" : ShownReference(views_, slot_text),
                    code,
                    KeyLabel(views_, code, entry.header.key.view()),
                    What(read.record, slot, entry.id),
                    entry.id.Short()};
    changes_.push_back(std::move(change));
    return absl::OkStatus();
  }

  static std::string What(const meaning::Record& record, const v1::SlotValue& slot,
                          const EntryId& id) {
    const uint32_t version = merge::VersionOf(slot, id.view());
    if (version == 0) return "set aside: shown in no table";
    const auto heads = merge::Heads(slot);
    const bool stands = std::any_of(heads.begin(), heads.end(), [&](const v1::Contribution* head) {
      return head->entry() == id.view();
    });
    const v1::Common* common = meaning::CommonOf(record);
    std::string text =
        common == nullptr || common->supersedes().empty()
            ? std::string("new")
            : absl::StrCat("replaces ", absl::StrJoin(common->supersedes(), " ",
                                                      [](std::string* out, const std::string& old) {
                                                        *out += base::ToHex(old).substr(0, 8);
                                                      }));
    if (!stands) absl::StrAppend(&text, "; replaced since");
    if (stands && heads.size() > 1) absl::StrAppend(&text, "; in conflict");
    return text;
  }

  // Acts carry the time their signers claim.
  void AddActs() {
    const ledger::CharterView* charter = views_.charter();
    if (charter == nullptr) return;
    const ledger::Authority& authority = views_.published().authority;
    for (const auto& [delegation, code] : charter->codes) {
      if (!request_.delegation().empty() && code != request_.delegation()) continue;
      for (const ledger::Note* note : authority.ChainNotes(delegation)) AddAct(*note, code);
    }
  }

  void AddAct(const ledger::Note& note, const std::string& code) {
    absl::Time time;
    std::string unused;
    if (!absl::ParseTime(absl::RFC3339_sec, note.time, &time, &unused)) return;
    const int64_t at_ms = absl::ToUnixMillis(time);
    if (at_ms <= *since_.moment_ms) return;
    for (const ledger::Act& act : note.acts) {
      changes_.push_back({static_cast<uint64_t>(at_ms),
                          note.id.str(),
                          {"", TimeText(static_cast<uint64_t>(at_ms)), kKey,
                           absl::StrCat(code, " note ", note.position), code, "",
                           ledger::ActInWords(act), note.id.Short()}});
    }
  }

  const Views& views_;
  const v1::ChangesRequest& request_;
  const AsOf since_;
  const std::set<std::string> kinds_;
  const store::LogReader log_{&views_.snapshot()};
  std::vector<Change> changes_;
};

}  // namespace

absl::StatusOr<v1::Table> Changes(const Views& views, const v1::ChangesRequest& request) {
  if (request.since().empty()) {
    return Error(StatusCode::kInvalidArgument, "USAGE",
                 "--since: say since when: a date, a time or a frontier of this node");
  }
  ASSIGN_OR_RETURN(std::set<std::string> kinds, WantedKinds(request));
  RETURN_IF_ERROR(CheckAdmitted(views, request.delegation()));
  ASSIGN_OR_RETURN(AsOf since, AsOfText(views, request.since(), "since"));
  const bool by_frontier = !since.moment_ms;
  const bool acts_asked = kinds.empty() || kinds.contains(kKey);
  TableBuilder table({{"received", "RECEIVED"},
                      {"signed", "SIGNED (CLAIM)"},
                      {"kind", "KIND"},
                      {"reference", "REFERENCE"},
                      {"delegation", "DELEGATION"},
                      {"key_label", "OFFICE OR PERSON"},
                      {"what", "WHAT"},
                      {"entry_id", "ENTRY"}});
  std::vector<Change> changes;
  // The present frontier: nothing came since.
  if (since.includes) {
    ASSIGN_OR_RETURN(changes, Collector(views, request, std::move(since), std::move(kinds)).Run());
  }
  const size_t limit =
      request.page_size() > 0 ? std::min(request.page_size(), kRowsMax) : kRowsUsual;
  for (size_t n = 0; n < std::min(limit, changes.size()); ++n)
    table.Row(std::move(changes[n].cells));
  if (changes.size() > limit) {
    table.Note(absl::StrCat("the oldest ", limit, " of ", changes.size(),
                            "; more with --limit (up to ", kRowsMax, ") or a later --since"));
  }
  if (by_frontier && acts_asked)
    table.Note("Acts about keys are part of no frontier; ask since a date to see them.");
  return table.Finish();
}

}  // namespace entente::query

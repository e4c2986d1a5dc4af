#include "node/query/view/spoken.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/state/report_state.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"

namespace entente::query {

namespace {

bool SpokenEarlier(const v1::Contribution& a, const v1::Contribution& b) {
  return std::forward_as_tuple(a.hlc(), a.entry()) < std::forward_as_tuple(b.hlc(), b.entry());
}

// Of records that stand alone: one of the same delegation that names another replaces it.
class Replaced {
 public:
  explicit Replaced(const std::vector<v1::Contribution>& records) {
    for (const v1::Contribution& record : records) {
      for (const std::string& id : record.supersedes()) {
        if (id != record.entry()) superseded_.emplace(record.delegation(), id);
      }
    }
  }
  bool operator()(const v1::Contribution& record) const {
    return superseded_.contains({record.delegation(), record.entry()});
  }

 private:
  std::set<std::pair<std::string, std::string>> superseded_;
};

void DropSuperseded(std::vector<v1::Contribution>& records) {
  records.erase(std::remove_if(records.begin(), records.end(), Replaced(records)), records.end());
  std::sort(records.begin(), records.end(), SpokenEarlier);
}

// Records of one kind about the entry, with every version of each.
absl::StatusOr<std::vector<HistoricVoice>> VersionsAbout(const Views& views,
                                                         const base::EntryId& entry,
                                                         uint32_t kind) {
  std::vector<HistoricVoice> out;
  if (views.NothingAbout(entry)) return out;
  const std::string word(meaning::KindWord(kind));
  const std::string prefix =
      meaning::IndexPrefix(views.instrument(), meaning::Index::kAbout, {entry.ToHex(), word});
  auto it = views.snapshot().Scan(store::kIndex, prefix);
  for (; it->Valid(); it->Next()) {
    const auto row = meaning::ParseIndexKey(it->key());
    if (!row) continue;
    // Both kinds of translation stand in slots of one name.
    const std::string slot_word = kind == v1::INFORMAL_TRANSLATION ? "translation" : word;
    ASSIGN_OR_RETURN(v1::SlotValue slot,
                     views.Slot(absl::StrCat(slot_word, "/", row->entry.ToHex())));
    std::set<std::string> heads;
    for (const v1::Contribution* head : merge::Heads(slot)) heads.insert(head->entry());
    for (v1::Contribution& c : *slot.mutable_contributions()) {
      const bool replaced = !heads.contains(c.entry());
      if (c.kind() == kind) out.push_back({std::move(c), replaced});
    }
  }
  RETURN_IF_ERROR(it->status());
  return out;
}

absl::StatusOr<std::vector<v1::Contribution>> RecordsAbout(const Views& views,
                                                           const base::EntryId& entry,
                                                           uint32_t kind) {
  ASSIGN_OR_RETURN(std::vector<HistoricVoice> all, VersionsAbout(views, entry, kind));
  std::vector<v1::Contribution> out;
  for (HistoricVoice& one : all) {
    if (!one.replaced) out.push_back(std::move(one.contribution));
  }
  return out;
}

// `comments`: about the review, in the order of what was said.
std::optional<v1::Contribution> AnswerIn(const std::vector<v1::Contribution>& comments,
                                         const std::string& delegation, const std::string& review) {
  const auto answer =
      std::find_if(comments.begin(), comments.end(), [&](const v1::Contribution& comment) {
        v1::CommentSummary summary;
        return comment.delegation() == delegation && summary.ParseFromString(comment.summary()) &&
               summary.answers() == review;
      });
  if (answer == comments.end()) return std::nullopt;
  return *answer;
}

// The key that signed was enrolled with this role by the delegation it speaks for.
bool SignedAs(const Views& views, const v1::Contribution& record, const std::string& role) {
  const ledger::CharterView* charter = views.charter();
  const auto key = base::PublicKey::FromBytes(record.key());
  if (charter == nullptr || !key || !charter->by_code.contains(record.delegation())) return false;
  const ledger::CredentialsView* credentials = views.published().authority.Credentials(
      views.instrument(), charter->by_code.at(record.delegation()));
  if (credentials == nullptr || !credentials->keys.contains(*key)) return false;
  const std::vector<std::string>& roles = credentials->keys.at(*key).roles;
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ObjectorsTo(const Views& views,
                                                     const base::EntryId& amendment) {
  ASSIGN_OR_RETURN(auto objections, SpokenAbout(views, amendment, v1::OBJECTION));
  std::set<std::string> who;
  for (const v1::Contribution& objection : objections) {
    if (SignedAs(views, objection, "signatory")) who.insert(objection.delegation());
  }
  return std::vector<std::string>(who.begin(), who.end());
}

absl::StatusOr<std::vector<v1::Contribution>> SpokenAbout(const Views& views,
                                                          const base::EntryId& entry,
                                                          uint32_t kind) {
  ASSIGN_OR_RETURN(std::vector<v1::Contribution> records, RecordsAbout(views, entry, kind));
  DropSuperseded(records);
  return records;
}

absl::StatusOr<std::vector<HistoricVoice>> EverSpokenAbout(const Views& views,
                                                           const base::EntryId& entry,
                                                           const std::vector<uint32_t>& kinds) {
  std::vector<HistoricVoice> out;
  for (const uint32_t kind : kinds) {
    ASSIGN_OR_RETURN(std::vector<HistoricVoice> versions, VersionsAbout(views, entry, kind));
    std::vector<v1::Contribution> records;
    for (const HistoricVoice& version : versions) records.push_back(version.contribution);
    const Replaced replaced(records);
    for (HistoricVoice& version : versions) {
      version.replaced |= replaced(version.contribution);
      out.push_back(std::move(version));
    }
  }
  std::sort(out.begin(), out.end(), [](const HistoricVoice& a, const HistoricVoice& b) {
    return SpokenEarlier(a.contribution, b.contribution);
  });
  return out;
}

absl::StatusOr<std::vector<v1::Contribution>> StandingOfKind(const Views& views, uint32_t kind) {
  ASSIGN_OR_RETURN(auto slots, views.SlotsOfKind(meaning::KindWord(kind)));
  std::vector<v1::Contribution> records;
  for (v1::SlotValue& slot : slots) {
    for (v1::Contribution& c : *slot.mutable_contributions()) records.push_back(std::move(c));
  }
  DropSuperseded(records);
  records.erase(std::remove_if(records.begin(), records.end(), IsTakenBack), records.end());
  return records;
}

Told ToldOf(const v1::SlotValue& slot) {
  Told out;
  const v1::Contribution* head = ShownHead(slot);
  if (head == nullptr) return out;
  if (!meaning::FirstVersionIn(slot.slot())) return {head, ""};
  for (const v1::Contribution& c : slot.contributions()) {
    if (IsTakenBack(c)) continue;
    const auto place = [&slot](const v1::Contribution& version) {
      return std::make_tuple(merge::VersionOf(slot, version.entry()), version.hlc());
    };
    if (out.last == nullptr || place(*out.last) < place(c)) out.last = &c;
  }
  const bool alone = merge::Heads(slot).size() == 1;
  out.state = !alone                                      ? "conflict"
              : IsTakenBack(*head)                        ? "withdrawn"
              : merge::VersionOf(slot, head->entry()) > 1 ? "corrected"
                                                          : "current";
  if (alone && !IsTakenBack(*head)) out.last = head;
  return out;
}

std::vector<const StandingReview*> ReportStanding::OpenQuestions() const {
  std::vector<const StandingReview*> open;
  for (const StandingReview& review : reviews) {
    if (review.summary.outcome() == "clarification_requested" && !review.answer)
      open.push_back(&review);
  }
  return open;
}

const StandingReview* ReportStanding::OpenQuestion() const {
  const std::vector<const StandingReview*> open = OpenQuestions();
  return open.empty() ? nullptr : open.front();
}

absl::StatusOr<ReportStanding> StandingOf(const Views& views, absl::string_view slot,
                                          const v1::Contribution& report, bool received) {
  ReportStanding out;
  if (report.kind() != v1::REPORT) {
    out.state = meaning::ReportState::kWithdrawn;
    return out;
  }
  const base::EntryId id = *base::EntryId::FromBytes(report.entry());
  ASSIGN_OR_RETURN(auto reviews, RecordsAbout(views, id, v1::REVIEW));
  std::vector<meaning::ReviewFacts> facts;
  for (v1::Contribution& review : reviews) {
    StandingReview standing;
    // One that names another slot than the report's could hide that it is about its author's own.
    if (!standing.summary.ParseFromString(review.summary()) || standing.summary.slot() != slot)
      continue;
    const base::EntryId review_id = *base::EntryId::FromBytes(review.entry());
    ASSIGN_OR_RETURN(auto comments, SpokenAbout(views, review_id, v1::COMMENT));
    standing.answer = AnswerIn(comments, report.delegation(), review.entry());
    facts.push_back({review.entry(),
                     {review.supersedes().begin(), review.supersedes().end()},
                     standing.summary.outcome(),
                     standing.answer.has_value()});
    standing.contribution = std::move(review);
    out.reviews.push_back(std::move(standing));
  }
  out.state = meaning::StateOfReport(facts, received);
  std::vector<StandingReview> standing;
  for (const size_t i : meaning::StandingReviews(facts)) standing.push_back(out.reviews[i]);
  std::sort(standing.begin(), standing.end(), [](const auto& a, const auto& b) {
    return std::forward_as_tuple(a.contribution.hlc(), a.contribution.entry()) <
           std::forward_as_tuple(b.contribution.hlc(), b.contribution.entry());
  });
  out.reviews = std::move(standing);
  return out;
}

}  // namespace entente::query

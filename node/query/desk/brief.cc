#include "node/query/desk/brief.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/state/report_state.h"
#include "node/meaning/text/code.h"
#include "node/meaning/value/period.h"
#include "node/merge/slot_value.h"
#include "node/query/record/records.h"
#include "node/query/round/round.h"
#include "node/query/view/freshness.h"
#include "node/query/view/payload_of.h"
#include "node/query/view/spoken.h"
#include "node/query/view/table.h"

namespace entente::query {

namespace {

constexpr size_t kPartBytes = 256 << 10;

// Collects what is to be sent and writes a part when it is large enough.
class PartWriter {
 public:
  explicit PartWriter(const BriefWrite& write) : write_(write) {}

  v1::BriefPart& part() { return part_; }
  // Call after `bytes` were added.
  absl::Status Added(size_t bytes) {
    bytes_ += bytes;
    return bytes_ < kPartBytes ? absl::OkStatus() : Flush();
  }
  absl::Status Flush() {
    if (bytes_ == 0) return absl::OkStatus();
    if (!write_(part_)) {
      return base::Error(absl::StatusCode::kCancelled, "CANCELLED", "nobody reads the brief");
    }
    part_.Clear();
    bytes_ = 0;
    return absl::OkStatus();
  }

 private:
  const BriefWrite& write_;
  v1::BriefPart part_;
  size_t bytes_ = 0;
};

// Rounds are compared by the last day they cover, else by their deadline.
std::string EndOf(const v1::RoundSummary& round) {
  auto period = meaning::ParsePeriod(round.covers());
  return period && period->InOrder() ? meaning::PrintDate(period->last) : round.deadline();
}

absl::StatusOr<std::string> PreviousCode(const Views& views, const v1::RoundSummary& round,
                                         const std::string& wanted) {
  if (wanted == "none") return std::string();
  if (!wanted.empty()) {
    ASSIGN_OR_RETURN(Round named, Round::Load(views, wanted, false));
    if (named.summary().code() == round.code()) {
      return base::Error(absl::StatusCode::kInvalidArgument, "USAGE",
                         absl::StrCat("--previous: ", round.code(), " is the round itself"));
    }
    return named.summary().code();
  }
  ASSIGN_OR_RETURN(auto rounds, views.All<v1::RoundSummary>("round"));
  std::pair<std::string, std::string> best, own = {EndOf(round), round.code()};
  for (const auto& other : rounds) {
    std::pair<std::string, std::string> end = {EndOf(other), other.code()};
    if (!end.first.empty() && end < own && end > best) best = end;
  }
  return best.second;
}

class BriefMaker {
 public:
  BriefMaker(const Views& views, const BriefWrite& write) : views_(views), out_(write) {}

  absl::Status Run(const v1::BriefQuestion& question, const BriefBasis& basis) {
    ASSIGN_OR_RETURN(Round round, Round::Load(views_, question.round(), false));
    // When the register received what is no part of the set held.
    round.LeaveTimesOut();
    ASSIGN_OR_RETURN(const std::string previous,
                     PreviousCode(views_, round.summary(), question.previous()));
    if (!previous.empty()) {
      ASSIGN_OR_RETURN(previous_, Round::Load(views_, previous, false));
      previous_->LeaveTimesOut();
    }
    RETURN_IF_ERROR(AddHead(round, basis));
    RETURN_IF_ERROR(AddCatalogue(round));
    RETURN_IF_ERROR(AddInterventions(round.summary().code()));
    RETURN_IF_ERROR(AddComments(round));
    RETURN_IF_ERROR(AddRetractions());
    for (const std::string& delegation : delegations_) RETURN_IF_ERROR(AddSlots(round, delegation));
    return out_.Flush();
  }

 private:
  absl::Status AddHead(const Round& round, const BriefBasis& basis) {
    v1::BriefHead* head = out_.part().mutable_head();
    ASSIGN_OR_RETURN(*head->mutable_instrument(),
                     PayloadIn<v1::Instrument>(views_, "instrument", v1::INSTRUMENT));
    head->set_instrument_code(views_.code());
    if (const auto* charter = views_.charter()) head->set_instrument_title(charter->title);
    ASSIGN_OR_RETURN(
        *head->mutable_round(),
        PayloadIn<v1::Round>(views_, absl::StrCat("round/", round.summary().code()), v1::ROUND));
    if (previous_) {
      ASSIGN_OR_RETURN(*head->mutable_previous(),
                       PayloadIn<v1::Round>(
                           views_, absl::StrCat("round/", previous_->summary().code()), v1::ROUND));
    }
    RETURN_IF_ERROR(AddCloses(round.summary().code(), *head));
    if (basis.frontier) head->set_frontier_digest(basis.frontier->str());
    if (basis.view) head->set_view_digest(basis.view->str());
    head->set_as_of(basis.as_of);
    head->set_deadline_ms(round.DeadlineMs());
    RETURN_IF_ERROR(AddDelegations(round, *head));
    return out_.Added(head->ByteSizeLong());
  }

  absl::Status AddCloses(const std::string& round, v1::BriefHead& head) const {
    ASSIGN_OR_RETURN(auto closes, StandingOfKind(views_, v1::ROUND_CLOSE));
    for (const v1::Contribution& one : closes) {
      v1::RoundCloseSummary summary;
      if (!summary.ParseFromString(one.summary()) || summary.round() != round) continue;
      ASSIGN_OR_RETURN(auto payload, PayloadOf<v1::RoundClose>(views_, one));
      v1::BriefClose* close = head.add_closes();
      close->set_delegation(one.delegation());
      close->set_signed_ms(WallMs(one.hlc()));
      *close->mutable_syntheses() = payload.syntheses();
    }
    return absl::OkStatus();
  }

  // The expected first; of the others only those that reported are seen later, but all are asked.
  absl::Status AddDelegations(const Round& round, v1::BriefHead& head) {
    ASSIGN_OR_RETURN(auto freshness, Freshness(views_));
    if (views_.restricted()) RETURN_IF_ERROR(ForgetLater(freshness));
    delegations_ = round.Expected();
    const std::set<std::string> expected(delegations_.begin(), delegations_.end());
    for (const auto& [code, unused] : freshness) {
      if (!expected.contains(code)) delegations_.push_back(code);
    }
    for (const std::string& code : delegations_) {
      v1::BriefDelegation* delegation = head.add_delegations();
      delegation->set_code(code);
      delegation->set_name(NameOf(code));
      delegation->set_expected(expected.contains(code));
      delegation->set_newest_record_ms(freshness[code].newest_record_ms);
    }
    return absl::OkStatus();
  }

  // How far the records of each delegation reached in the past state.
  absl::Status ForgetLater(std::map<std::string, DelegationFreshness>& freshness) const {
    for (auto& [code, fresh] : freshness) fresh.newest_record_ms = 0;
    auto it = views_.snapshot().Scan(store::kSlots, views_.instrument().view());
    for (; it->Valid(); it->Next()) {
      ASSIGN_OR_RETURN(const v1::SlotValue slot, views_.SlotOfRow(it->key(), it->value()));
      for (const v1::Contribution& c : slot.contributions()) {
        uint64_t& newest = freshness[c.delegation()].newest_record_ms;
        newest = std::max(newest, WallMs(c.hlc()));
      }
    }
    return it->status();
  }

  std::string NameOf(const std::string& code) const {
    const ledger::CharterView* charter = views_.charter();
    if (charter == nullptr) return "";
    auto delegation = charter->by_code.find(code);
    if (delegation == charter->by_code.end()) return "";
    const ledger::CredentialsView* credentials =
        views_.published().authority.Credentials(views_.instrument(), delegation->second);
    return credentials == nullptr ? "" : credentials->name;
  }

  absl::Status AddCatalogue(const Round& round) {
    std::set<std::string> chapters, indicators;
    for (const auto& chapter : round.chapters()) chapters.insert(chapter.code());
    for (const auto& commitment : round.commitments()) {
      chapters.insert(std::string(meaning::ChapterOf(commitment.code())));
      indicators.insert(commitment.indicators().begin(), commitment.indicators().end());
    }
    RETURN_IF_ERROR(AddChapters(chapters));
    for (const auto& commitment : round.commitments()) {
      ASSIGN_OR_RETURN(auto payload,
                       PayloadIn<v1::Commitment>(
                           views_, absl::StrCat("commitment/", commitment.code()), v1::COMMITMENT));
      const size_t bytes = payload.ByteSizeLong();
      *out_.part().add_commitments() = std::move(payload);
      RETURN_IF_ERROR(out_.Added(bytes));
    }
    for (const std::string& code : indicators) {
      ASSIGN_OR_RETURN(auto payload, PayloadIn<v1::Indicator>(
                                         views_, absl::StrCat("indicator/", code), v1::INDICATOR));
      if (payload.code().empty()) continue;
      const size_t bytes = payload.ByteSizeLong();
      *out_.part().add_indicators() = std::move(payload);
      RETURN_IF_ERROR(out_.Added(bytes));
    }
    return absl::OkStatus();
  }

  absl::Status AddChapters(const std::set<std::string>& codes) {
    std::vector<v1::Chapter> chapters;
    for (const std::string& code : codes) {
      ASSIGN_OR_RETURN(auto payload,
                       PayloadIn<v1::Chapter>(views_, absl::StrCat("chapter/", code), v1::CHAPTER));
      payload.set_code(code);  // also where its record is not here yet
      chapters.push_back(std::move(payload));
    }
    std::stable_sort(chapters.begin(), chapters.end(),
                     [](const auto& a, const auto& b) { return a.order() < b.order(); });
    for (auto& chapter : chapters) {
      codes_in_order_.push_back(chapter.code());
      const size_t bytes = chapter.ByteSizeLong();
      *out_.part().add_chapters() = std::move(chapter);
      RETURN_IF_ERROR(out_.Added(bytes));
    }
    return absl::OkStatus();
  }

  absl::Status AddInterventions(const std::string& round) {
    std::vector<v1::Intervention> said;
    ASSIGN_OR_RETURN(const auto slots, views_.SlotsOfKind("intervention"));
    for (const v1::SlotValue& slot : slots) {
      const Told told = ToldOf(slot);
      v1::InterventionSummary summary;
      if (told.last == nullptr || !summary.ParseFromString(told.last->summary()) ||
          summary.round() != round)
        continue;
      ASSIGN_OR_RETURN(auto payload, PayloadOf<v1::Intervention>(views_, *told.last));
      if (told.state == "withdrawn") {
        ASSIGN_OR_RETURN(v1::BriefRetraction taken, TakenBack(slot));
        *taken.mutable_intervention() = std::move(payload);
        taken.mutable_intervention()->clear_summaries();
        retracted_.push_back(std::move(taken));
      } else {
        said.push_back(std::move(payload));
      }
    }
    auto order = [](const v1::Intervention& i) {
      return std::tie(i.item(), i.chapter(), i.speaker());
    };
    std::stable_sort(said.begin(), said.end(), [&order](const auto& a, const auto& b) {
      return order(a) != order(b) ? order(a) < order(b) : a.number() < b.number();
    });
    for (auto& intervention : said) {
      const size_t bytes = intervention.ByteSizeLong();
      *out_.part().add_interventions() = std::move(intervention);
      RETURN_IF_ERROR(out_.Added(bytes));
    }
    return absl::OkStatus();
  }

  // Why what stood in the slot was taken back.
  absl::StatusOr<v1::BriefRetraction> TakenBack(const v1::SlotValue& slot) const {
    v1::BriefRetraction out;
    ASSIGN_OR_RETURN(const auto payload, PayloadOf<v1::Retraction>(views_, *ShownHead(slot)));
    out.set_reason(payload.reason());
    out.set_reason_lang(payload.common().lang());
    return out;
  }

  absl::Status AddRetractions() {
    for (v1::BriefRetraction& taken : retracted_) {
      const size_t bytes = taken.ByteSizeLong();
      *out_.part().add_retractions() = std::move(taken);
      RETURN_IF_ERROR(out_.Added(bytes));
    }
    return absl::OkStatus();
  }

  // Is the record of this slot one the brief tells of?
  static bool InBrief(const Round& round, const std::string& slot) {
    const std::string& code = round.summary().code();
    if (slot == absl::StrCat("round/", code) ||
        absl::StartsWith(slot, absl::StrCat("report/", code, "/")))
      return true;
    absl::string_view name = slot;
    if (absl::ConsumePrefix(&name, "chapter/")) {
      return std::any_of(round.chapters().begin(), round.chapters().end(),
                         [name](const auto& one) { return one.code() == name; });
    }
    if (!absl::ConsumePrefix(&name, "commitment/")) return false;
    return std::any_of(round.commitments().begin(), round.commitments().end(),
                       [name](const auto& one) { return one.code() == name; });
  }

  absl::Status AddComments(const Round& round) {
    ASSIGN_OR_RETURN(auto comments, StandingOfKind(views_, v1::COMMENT));
    for (const v1::Contribution& one : comments) {
      ASSIGN_OR_RETURN(v1::BriefComment comment, CommentOf(one));
      if (!InBrief(round, comment.comment().about().slot())) continue;
      const size_t bytes = comment.ByteSizeLong();
      *out_.part().add_comments() = std::move(comment);
      RETURN_IF_ERROR(out_.Added(bytes));
    }
    ASSIGN_OR_RETURN(const auto slots, views_.SlotsOfKind("comment"));
    for (const v1::SlotValue& slot : slots) {
      const Told told = ToldOf(slot);
      if (told.state != "withdrawn" || told.last == nullptr) continue;
      ASSIGN_OR_RETURN(v1::BriefComment comment, CommentOf(*told.last));
      if (!InBrief(round, comment.comment().about().slot())) continue;
      comment.mutable_comment()->clear_texts();
      ASSIGN_OR_RETURN(v1::BriefRetraction taken, TakenBack(slot));
      *taken.mutable_comment() = std::move(comment);
      retracted_.push_back(std::move(taken));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<v1::BriefComment> CommentOf(const v1::Contribution& one) const {
    v1::BriefComment comment;
    comment.set_delegation(one.delegation());
    comment.set_author(KeyLabel(views_, one.delegation(), one.key()));
    comment.set_signed_ms(WallMs(one.hlc()));
    ASSIGN_OR_RETURN(*comment.mutable_comment(), PayloadOf<v1::Comment>(views_, one));
    return comment;
  }

  absl::Status AddSlots(const Round& round, const std::string& delegation) {
    const auto expected = round.Expected();
    const bool is_expected =
        std::find(expected.begin(), expected.end(), delegation) != expected.end();
    RETURN_IF_ERROR(AddSlot(round, delegation, v1::SUBJECT_INSTRUMENT, "", false));
    for (const std::string& code : codes_in_order_) {
      RETURN_IF_ERROR(AddSlot(round, delegation, v1::SUBJECT_CHAPTER, code, false));
    }
    for (const auto& commitment : round.commitments()) {
      const bool asked = is_expected && round.Addressed(commitment, delegation);
      RETURN_IF_ERROR(AddSlot(round, delegation, v1::SUBJECT_COMMITMENT, commitment.code(), asked));
    }
    return absl::OkStatus();
  }

  absl::Status AddSlot(const Round& round, const std::string& delegation, v1::SubjectKind kind,
                       const std::string& subject, bool asked) {
    v1::BriefSlot slot;
    ASSIGN_OR_RETURN(bool after, AddHeads(round, delegation, kind, subject, *slot.mutable_heads()));
    slot.set_after_close(after);
    if (previous_) {
      ASSIGN_OR_RETURN(after,
                       AddHeads(*previous_, delegation, kind, subject, *slot.mutable_previous()));
      slot.set_previous_after_close(after);
    }
    if (!asked && slot.heads().empty() && slot.previous().empty()) return absl::OkStatus();
    slot.set_delegation(delegation);
    slot.set_subject_kind(kind);
    slot.set_subject(subject);
    slot.set_asked(asked);
    const size_t bytes = slot.ByteSizeLong();
    *out_.part().add_slots() = std::move(slot);
    return out_.Added(bytes);
  }

  // Whether nothing of the slot was there when the round was closed.
  absl::StatusOr<bool> AddHeads(const Round& round, const std::string& delegation,
                                v1::SubjectKind kind, const std::string& subject,
                                google::protobuf::RepeatedPtrField<v1::BriefReport>& out) {
    meaning::ReportSlot name;
    name.round = round.summary().code();
    name.delegation = delegation;
    name.subject_kind = kind;
    name.subject = subject;
    ASSIGN_OR_RETURN(v1::SlotValue slot, views_.Slot(meaning::PrintReportSlot(name)));
    for (const v1::Contribution* head : merge::Heads(slot)) {
      ASSIGN_OR_RETURN(ledger::Entry entry, views_.Entry(*base::EntryId::FromBytes(head->entry())));
      v1::BriefReport* to = out.Add();
      to->set_entry(head->entry());
      to->set_version(merge::VersionOf(slot, head->entry()));
      to->set_author(KeyLabel(views_, head->delegation(), head->key()));
      to->set_signed_ms(WallMs(head->hlc()));
      to->set_hlc(head->hlc());
      if (head->kind() == v1::WITHDRAWAL) {
        v1::Withdrawal withdrawal;
        withdrawal.ParseFromString(entry.payload);
        to->set_withdrawn(true);
        to->set_reason(withdrawal.reason());
        to->set_reason_lang(withdrawal.common().lang());
      } else {
        ASSIGN_OR_RETURN(const bool late,
                         round.CameAfterClose(*base::EntryId::FromBytes(head->entry())));
        to->set_after_close(late);
        to->mutable_report()->ParseFromString(entry.payload);
        RETURN_IF_ERROR(AddReviews(slot.slot(), *head, *to));
        RETURN_IF_ERROR(AddTranslations(*head, v1::TRANSLATION, *to));
        RETURN_IF_ERROR(AddTranslations(*head, v1::INFORMAL_TRANSLATION, *to));
      }
    }
    if (out.empty() || !round.closed()) return false;
    ASSIGN_OR_RETURN(const CellState state, round.Slot(delegation, kind, subject));
    return state.after_close;
  }

  absl::Status AddTranslations(const v1::Contribution& head, uint32_t kind, v1::BriefReport& to) {
    ASSIGN_OR_RETURN(auto found,
                     SpokenAbout(views_, *base::EntryId::FromBytes(head.entry()), kind));
    for (const v1::Contribution& one : found) {
      ASSIGN_OR_RETURN(ledger::Entry entry, views_.Entry(*base::EntryId::FromBytes(one.entry())));
      v1::Translation translation;
      translation.ParseFromString(entry.payload);
      v1::BriefTranslation* out = to.add_translations();
      out->set_delegation(one.delegation());
      out->set_official(kind == v1::TRANSLATION);
      out->set_part(translation.part());
      *out->mutable_text() = translation.text();
    }
    return absl::OkStatus();
  }

  // Whether the register has received it is no part of the set held.
  absl::Status AddReviews(const std::string& slot, const v1::Contribution& head,
                          v1::BriefReport& to) {
    ASSIGN_OR_RETURN(const ReportStanding standing, StandingOf(views_, slot, head, false));
    if (standing.reviews.empty()) return absl::OkStatus();
    to.set_review(std::string(meaning::ReportStateWord(standing.state)));
    to.set_review_reason(standing.reviews.back().summary.reason());
    for (const StandingReview& review : standing.reviews) {
      if (review.answer || review.summary.outcome() != "clarification_requested") continue;
      ASSIGN_OR_RETURN(ledger::Entry entry,
                       views_.Entry(*base::EntryId::FromBytes(review.contribution.entry())));
      v1::Review payload;
      payload.ParseFromString(entry.payload);
      for (const v1::Remark& remark : payload.remarks()) {
        v1::BriefRemark* question = to.add_questions();
        question->set_reviewer(review.contribution.delegation());
        *question->mutable_remark() = remark;
        question->set_due(payload.due());
      }
    }
    return absl::OkStatus();
  }

  const Views& views_;
  PartWriter out_;
  std::optional<Round> previous_;
  std::vector<std::string> delegations_;
  std::vector<std::string> codes_in_order_;  // of chapters
  std::vector<v1::BriefRetraction> retracted_;
};

}  // namespace

absl::Status Brief(const Views& views, const v1::BriefQuestion& question, const BriefBasis& basis,
                   const BriefWrite& write) {
  return BriefMaker(views, write).Run(question, basis);
}

}  // namespace entente::query

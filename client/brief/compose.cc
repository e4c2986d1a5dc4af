#include "client/brief/compose.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/brief/changes.h"
#include "client/brief/chart.h"
#include "client/brief/matrix.h"
#include "client/brief/said.h"
#include "client/brief/slots.h"
#include "client/brief/status.h"
#include "client/brief/texts.h"
#include "client/brief/versions.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/state/metrics.h"

namespace entente::client::brief {

namespace {

class Composer {
 public:
  Composer(const Facts& facts, Order order, const Phrases& phrases)
      : facts_(facts),
        order_(order),
        phrases_(phrases),
        slots_(facts, phrases),
        comments_(CommentsBySlot(facts, phrases)) {}

  Document Run() {
    Document out;
    out.lang = phrases_.language();
    out.round = facts_.head.round().code();
    out.title =
        Named(facts_.head.instrument().titles(), phrases_, facts_.head.instrument_title()).words;
    out.facts = RoundFacts();
    out.provenance = Provenance();
    out.previous = facts_.head.previous().code();
    out.compared = slots_.compared();
    out.closes = ClosesOf(facts_, phrases_);
    out.overview.push_back(OverviewMatrix(facts_, slots_, phrases_));
    for (const Standing& standing : slots_.all()) out.asked |= standing.slot->asked();
    out.silent = SilentOf(facts_, slots_, phrases_);
    out.changes = ChangesOf(slots_, phrases_);
    out.questions = QuestionsOf(facts_, slots_, phrases_);
    out.needs = NeedsOf(facts_, phrases_);
    out.charts = ChartsOf(facts_, phrases_);
    AddWhole(out);
    if (order_ == Order::kChapters) {
      for (const auto& chapter : facts_.chapters) out.body.push_back(ChapterGroup(chapter));
    } else {
      AddMatrices(out);
      for (const auto& delegation : facts_.head.delegations()) AddDelegation(delegation, out);
    }
    return out;
  }

 private:
  using Lines = std::vector<std::pair<std::string, std::string>>;

  void AddFact(Lines& facts, const char* name, const std::string& value) const {
    if (!value.empty()) facts.emplace_back(phrases_.Say(name), value);
  }

  Lines RoundFacts() const {
    const v1::Round& round = facts_.head.round();
    Lines out;
    AddFact(out, Phrase("Kind"), InWords(round.nature(), phrases_));
    AddFact(out, Phrase("Covers"), round.covers());
    AddFact(out, Phrase("Deadline"), phrases_.Date(round.deadline()));
    if (!round.meeting_date().empty()) {
      AddFact(out, Phrase("Meeting"),
              absl::StrCat(phrases_.Date(round.meeting_date()),
                           round.meeting_place().empty() ? "" : ", ", round.meeting_place()));
    } else {
      AddFact(out, Phrase("Meeting"), round.meeting_place());
    }
    AddFact(out, Phrase("Agenda"), round.agenda_ref());
    AddFact(out, Phrase("Outcome"), round.outcome_ref());
    AddFact(out, Phrase("Working language"), round.working_language());
    AddFact(out, Phrase("Expected"), absl::StrJoin(round.expected(), ", "));
    uint64_t asked = 0, reported = 0;
    for (const Standing& standing : slots_.all()) {
      asked += standing.slot->asked();
      reported += standing.slot->asked() && standing.now.reported;
    }
    AddFact(out, Phrase("Reported"),
            phrases_.Say("{0} of {1} slots, each a delegation and a commitment it is asked "
                         "about ({2})",
                         {absl::StrCat(reported), absl::StrCat(asked), Percent(reported, asked)}));
    return out;
  }

  std::string Percent(uint64_t part, uint64_t whole) const {
    if (whole == 0) return "\u2013";
    return phrases_.Number(meaning::FormatRate(part, whole)) + "\u00a0%";
  }

  Lines Provenance() const {
    const v1::BriefHead& head = facts_.head;
    Lines out;
    AddFact(out, Phrase("Instrument"), head.instrument_code());
    AddFact(out, Phrase("Round"), head.round().code());
    AddFact(
        out, Phrase("Compared with"),
        head.previous().code().empty() ? phrases_.Say("no earlier round") : head.previous().code());
    AddFact(out, Phrase("Stands on"), phrases_.Retell(head.as_of()));
    AddFact(out, Phrase("Frontier digest"), base::ToHex(head.frontier_digest()));
    AddFact(out, Phrase("View digest"), base::ToHex(head.view_digest()));
    return out;
  }

  Item ItemOf(const Standing& standing) const {
    Item item;
    item.id = Slots::AnchorOf(*standing.slot);
    item.now = standing.now;
    item.before = standing.before;
    item.changed = standing.changed;
    for (const auto& head : standing.slot->heads()) {
      item.versions.push_back(
          VersionOf(facts_, *standing.slot, head, standing.slot->heads_size() == 1, phrases_));
    }
    if (auto said = comments_.find(SlotTextIn(facts_.head.round().code(), *standing.slot));
        said != comments_.end())
      item.comments = said->second;
    return item;
  }

  std::string DelegationWords(const v1::BriefDelegation& delegation) const {
    return delegation.name().empty() || delegation.name() == delegation.code()
               ? delegation.code()
               : absl::StrCat(delegation.code(), " ", delegation.name());
  }

  // Reports on one subject by delegation; who is silent stands in one line.
  void AddReports(v1::SubjectKind kind, const std::string& subject, Group& group) const {
    std::vector<std::string> silent;
    for (const auto& delegation : facts_.head.delegations()) {
      const Standing* standing = slots_.Find(delegation.code(), kind, subject);
      if (standing == nullptr) continue;
      if (standing->slot->heads().empty()) {
        silent.push_back(SilentWords(delegation.code(), *standing));
        continue;
      }
      Item item = ItemOf(*standing);
      item.heading = DelegationWords(delegation);
      group.items.push_back(std::move(item));
    }
    AddFact(group.facts, Phrase("No report"), absl::StrJoin(silent, "; "));
  }

  std::string SilentWords(const std::string& who, const Standing& standing) const {
    std::string out = absl::StrCat(who, ": ", standing.now.words);
    if (standing.changed)
      absl::StrAppend(&out, " (", phrases_.Say("before: {0}", {standing.before}), ")");
    return out;
  }

  void AddSaid(const std::string& chapter, Group& group) const {
    group.said = SaidOn(facts_, chapter, phrases_);
  }

  // What concerns no chapter: reports on the instrument as a whole, other items of the agenda.
  void AddWhole(Document& out) const {
    Group group;
    group.id = "whole";
    group.title = {"", phrases_.Say("The instrument as a whole"), ""};
    AddReports(v1::SUBJECT_INSTRUMENT, "", group);
    AddSaid("", group);
    if (!group.items.empty() || !group.said.empty()) out.body.push_back(std::move(group));
  }

  Group ChapterGroup(const v1::Chapter& chapter) const {
    Group group;
    group.id = Anchor(absl::StrCat("c/", chapter.code()));
    group.code = chapter.code();
    group.title = Named(chapter.titles(), phrases_, "");
    group.matrices = ChapterMatrices(facts_, slots_, chapter, phrases_);
    AddSaid(chapter.code(), group);
    AddReports(v1::SUBJECT_CHAPTER, chapter.code(), group);
    for (const v1::Commitment* commitment : CommitmentsOf(facts_, chapter.code())) {
      group.groups.push_back(CommitmentGroup(*commitment));
    }
    return group;
  }

  Group CommitmentGroup(const v1::Commitment& commitment) const {
    Group group;
    group.id = Anchor(absl::StrCat("c/", commitment.code()));
    group.code = commitment.code();
    group.title = Named(commitment.texts(), phrases_, "");
    AddFact(group.facts, Phrase("Nature"), InWords(commitment.nature(), phrases_));
    std::vector<std::string> parties;
    for (const auto& responsible : commitment.responsible()) parties.push_back(responsible.party());
    AddFact(group.facts, Phrase("Responsible"), absl::StrJoin(parties, ", "));
    AddFact(group.facts, Phrase("Timetable"), InWords(commitment.timetable(), phrases_));
    AddFact(group.facts, Phrase("Indicators"), absl::StrJoin(commitment.indicators(), ", "));
    AddFact(group.facts, Phrase("Contributes to"),
            absl::StrJoin(commitment.contributes_to(), ", "));
    AddReports(v1::SUBJECT_COMMITMENT, commitment.code(), group);
    return group;
  }

  void AddMatrices(Document& out) const {
    for (const auto& chapter : facts_.chapters) {
      for (Matrix& matrix : ChapterMatrices(facts_, slots_, chapter, phrases_)) {
        out.overview.push_back(std::move(matrix));
      }
    }
  }

  void AddDelegation(const v1::BriefDelegation& delegation, Document& out) const {
    Group group;
    group.id = Anchor(absl::StrCat("d/", delegation.code()));
    group.code = delegation.code();
    group.title = {"", delegation.name() == delegation.code() ? "" : delegation.name(), ""};
    for (const auto& chapter : facts_.chapters) {
      Group within;
      within.id = Anchor(absl::StrCat("d/", delegation.code(), "/", chapter.code()));
      within.code = chapter.code();
      within.title = Named(chapter.titles(), phrases_, "");
      AddOwn(delegation.code(), v1::SUBJECT_CHAPTER, chapter.code(), within.title, within);
      for (const v1::Commitment* commitment : CommitmentsOf(facts_, chapter.code())) {
        AddOwn(delegation.code(), v1::SUBJECT_COMMITMENT, commitment->code(),
               Named(commitment->texts(), phrases_, ""), within);
      }
      if (!within.items.empty() || !within.facts.empty()) group.groups.push_back(std::move(within));
    }
    if (delegation.expected() || !group.groups.empty()) out.body.push_back(std::move(group));
  }

  void AddOwn(const std::string& delegation, v1::SubjectKind kind, const std::string& subject,
              const Text& title, Group& group) const {
    const Standing* standing = slots_.Find(delegation, kind, subject);
    if (standing == nullptr) return;
    if (standing->slot->heads().empty()) {
      AddFact(group.facts, Phrase("No report"), SilentWords(subject, *standing));
      return;
    }
    Item item = ItemOf(*standing);
    item.heading = subject;
    item.subject = title;
    group.items.push_back(std::move(item));
  }

  const Facts& facts_;
  const Order order_;
  const Phrases& phrases_;
  const Slots slots_;
  const std::map<std::string, std::vector<Comment>> comments_;
};

}  // namespace

Document Compose(const Facts& facts, Order order, const Phrases& phrases) {
  return Composer(facts, order, phrases).Run();
}

}  // namespace entente::client::brief

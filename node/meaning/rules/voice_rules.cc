// Rules of what any party may say: comments, translations, proposals and objections; of what the
// secretariat then states; of the directory and of audit statements.
#include <algorithm>

#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/link.h"

namespace entente::meaning {
namespace {

// E-AUTH: only the delegation that wrote a text says officially what it means in another language.
void CheckStanding(const v1::Translation& translation, RuleContext& context) {
  CheckWord(translation.standing(), {kOfficial, kInformal}, "standing", false, context);
  if (translation.standing() != kOfficial) return;
  const auto slot = ParseReportSlot(translation.about().slot());
  const std::string& author = translation.common().delegation();
  if (slot && slot->delegation == author) return;
  context.out.Refuse("E-AUTH", "standing",
                     slot ? "the report is of " + slot->delegation + "; a translation by " +
                                author + " is informal"
                          : "only a delegation's own report is officially translated; write the "
                            "translation as informal");
}

// E-REVIEW: what is asked of a delegation, it answers itself.
void CheckAnswer(const v1::Comment& comment, RuleContext& context) {
  if (comment.answers().empty()) return;
  CheckEntryId(comment.answers(), "answers", context);
  const auto slot = ParseReportSlot(comment.about().slot());
  if (slot && slot->delegation == comment.common().delegation()) return;
  context.RefuseInDraft("E-REVIEW", "answers",
                        slot ? "the question is asked of " + slot->delegation +
                                   ", who answers it; comment without answering"
                             : "questions are asked about reports; comment without answering");
}

// The proposed record as its kind's rules know it, under the author of the proposal.
Record ProposedRecord(const v1::Amendment& amendment) {
  auto with_author = [&](auto record) -> Record {
    record.mutable_common()->set_delegation(amendment.common().delegation());
    return record;
  };
  switch (amendment.proposal_case()) {
    case v1::Amendment::kInstrument:
      return with_author(amendment.instrument());
    case v1::Amendment::kChapter:
      return with_author(amendment.chapter());
    case v1::Amendment::kCommitment:
      return with_author(amendment.commitment());
    case v1::Amendment::kIndicator:
      return with_author(amendment.indicator());
    default:
      return {};
  }
}

void CheckProposal(const v1::Amendment& amendment, RuleContext& context) {
  const Record proposed = Proposed(amendment);
  if (proposed.index() == 0) {
    context.out.Refuse("E-EMPTY", "proposal", "proposes nothing; give the record as it would be");
    return;
  }
  if (CommonOf(proposed)->ByteSizeLong() > 0) {
    context.out.Refuse("E-SCHEMA", "proposal.common",
                       "the proposed record names an author of its own; the proposal's is enough, "
                       "leave it empty");
    return;
  }
  const std::string slot = SlotOfRecord(proposed, "", base::EntryId());
  if (slot != amendment.about().slot()) {
    context.out.Refuse("E-REF", "about.slot",
                       "is about " + amendment.about().slot() + " and proposes " + slot +
                           "; an amendment keeps the code of what it changes");
  }
  for (const Finding& finding :
       CheckRecord(ProposedRecord(amendment), context.catalogue, context.moment, context.now_ms)) {
    if (finding.code == "E-DELEG" || finding.code == "E-DELEG-EU") continue;  // said already
    const size_t text = finding.code.size() + finding.field.size() + 3;       // "CODE field: "
    context.out.Add(finding.severity, finding.code, "proposal." + finding.field,
                    finding.message.substr(text));
  }
}

// E-ADOPT: what may be decided about what.
void CheckDecision(const v1::Adoption& adoption, RuleContext& context) {
  const auto kind = KindOfSlot(adoption.about().slot());
  if (kind && *kind != v1::AMENDMENT && *kind != v1::COMMITMENT) {
    context.out.Refuse("E-ADOPT", "about",
                       adoption.about().slot() + " is neither an amendment nor a commitment");
  }
  const bool of_amendment = kind == v1::AMENDMENT;
  const bool says_how = adoption.outcome() == "endorsed" || adoption.outcome() == "not_endorsed";
  if (of_amendment && Contains(AdoptionOutcomes(), adoption.outcome()) && !says_how) {
    context.out.Refuse("E-ADOPT", "outcome",
                       "an amendment is endorsed or not_endorsed; " + adoption.outcome() +
                           " is said of a commitment");
  }
  const bool replaced = adoption.outcome() == "replaced";
  if (replaced != !adoption.replaced_by().empty()) {
    context.out.Refuse("E-ADOPT", "replaced_by",
                       replaced ? "replaced by what; name the commitment that takes its place"
                                : "goes with the outcome replaced only; drop it");
  } else if (replaced && !IsCommitmentCode(adoption.replaced_by()) &&
             !IsLink(adoption.replaced_by())) {
    context.out.Refuse(
        "E-LINK", "replaced_by",
        Quoted(adoption.replaced_by()) + " is no commitment; write DDR/08 or EUCA-2014/DDR/08");
  }
}

std::string Joined(const std::vector<std::string>& codes) {
  std::string all;
  for (const auto& code : codes) all += (all.empty() ? "" : " ") + code;
  return all;
}

// E-ADOPT: silence adopts what was put to it and nobody objected to, once it has ended.
void CheckSilence(const v1::Adoption& adoption, const Silence& silence, RuleContext& context) {
  auto refuse = [&](const std::string& what) {
    context.RefuseInDraft("E-ADOPT", "procedure", what);
  };
  if (silence.until.empty()) {
    return refuse(
        "the amendment was put to a meeting and no silence runs on it; write meeting, or propose "
        "it anew with a silence procedure");
  }
  const bool broken = !silence.objectors.empty(), endorsed = adoption.outcome() == "endorsed";
  if (broken && endorsed) {
    refuse("the silence was broken by " + Joined(silence.objectors) +
           "; put it to a meeting, or propose it anew");
  } else if (!broken && !endorsed) {
    refuse("nobody broke the silence, and silence endorses; a meeting decides otherwise");
  } else if (endorsed && adoption.date() < silence.until) {
    refuse("the decision of " + adoption.date() + " is before the silence ends, on " +
           silence.until + "; give a day from then on");
  }
  auto until = ParseDate(silence.until);
  if (endorsed && until && context.moment != Moment::kLog && context.now_ms != 0 &&
      static_cast<int64_t>(context.now_ms) < EndOfDayMs(*until, 0)) {
    context.out.Refuse(
        "E-ADOPT", "procedure",
        "the silence procedure runs until the end of " + silence.until + "; wait for it to end");
  }
}

// E-ADOPT: an amendment is decided once. A later decision corrects how the same outcome is told.
void CheckOnce(const v1::Adoption& adoption, const AmendmentDecision& decided,
               RuleContext& context) {
  if (context.moment == Moment::kLog) return;  // there the decision itself stands
  const Strings& replaced = adoption.common().supersedes();
  const bool corrects =
      adoption.outcome() == decided.outcome &&
      std::find(replaced.begin(), replaced.end(), decided.entry.str()) != replaced.end();
  const bool same = adoption.procedure() == decided.procedure && adoption.date() == decided.date &&
                    adoption.doc_ref() == decided.doc_ref;
  if (corrects && !same) return;
  context.out.Refuse("E-ADOPT", "outcome",
                     "the amendment is " + decided.outcome + " already, decided on " +
                         decided.date + "; propose a new one to change what was decided");
}

// What was said of the amendment before.
void CheckAmendmentDecided(const v1::Adoption& adoption, RuleContext& context) {
  if (context.catalogue.KnowsNothing()) return;
  if (KindOfSlot(adoption.about().slot()) != v1::AMENDMENT) return;
  const bool by_silence = adoption.procedure() == "silence_procedure";
  for (const auto& raw : adoption.about().entries()) {
    const base::EntryId id = *base::EntryId::FromBytes(raw);
    const auto silence = context.catalogue.SilenceOn(id);
    if (silence && by_silence) CheckSilence(adoption, *silence, context);
    if (auto decided = context.catalogue.DecisionOn(id)) CheckOnce(adoption, *decided, context);
  }
}

void CheckDigest(const std::string& digest, const std::string& field, bool optional,
                 RuleContext& context) {
  if (digest.size() == 32 || (optional && digest.empty())) return;
  context.out.Refuse("E-SCHEMA", field,
                     std::to_string(digest.size()) + " bytes are no digest; it has 32");
}

constexpr int kEasternmostMinutes = 14 * 60;  // where a day begins first

std::optional<Finding> CheckSigned(const v1::Amendment& amendment, int64_t signed_ms) {
  const auto until = ParseDate(amendment.until());
  if (!until || signed_ms < EndOfDayMs(*until, 0)) return std::nullopt;
  Findings findings;
  findings.Refuse("E-ADOPT", "until",
                  "the silence would end on " + amendment.until() +
                      ", before it begins; give a day on which others can still object");
  return findings.all()[0];
}

std::optional<Finding> CheckSigned(const v1::Adoption& adoption, int64_t signed_ms) {
  const auto date = ParseDate(adoption.date());
  constexpr int64_t kDayMs = 86'400'000;
  if (!date || EndOfDayMs(*date, kEasternmostMinutes) - kDayMs <= signed_ms) return std::nullopt;
  Findings findings;
  findings.Refuse("E-ADOPT", "date",
                  adoption.date() + " is in the future; state what was decided, once it is");
  return findings.all()[0];
}

}  // namespace

std::optional<Finding> CheckSignedTime(const Record& record, uint64_t hlc) {
  const int64_t signed_ms = static_cast<int64_t>(hlc >> 16);  // 48 bits of milliseconds
  if (const auto* amendment = std::get_if<v1::Amendment>(&record))
    return CheckSigned(*amendment, signed_ms);
  if (const auto* adoption = std::get_if<v1::Adoption>(&record))
    return CheckSigned(*adoption, signed_ms);
  return std::nullopt;
}

Record Proposed(const v1::Amendment& amendment) {
  switch (amendment.proposal_case()) {
    case v1::Amendment::kInstrument:
      return amendment.instrument();
    case v1::Amendment::kChapter:
      return amendment.chapter();
    case v1::Amendment::kCommitment:
      return amendment.commitment();
    case v1::Amendment::kIndicator:
      return amendment.indicator();
    default:
      return {};
  }
}

void CheckRules(const v1::Comment& comment, RuleContext& context) {
  CheckAbout(comment.about(), "about", true, context);
  CheckPart(comment.part(), "part", true, context);
  CheckWord(comment.nature(), InterventionNatures(), "nature", false, context);
  NeedTexts(comment.texts(), "texts", context);
  CheckAnswer(comment, context);
  CheckTexts(comment, context);
  CheckCorrection(comment.common(), comment.has_correction() ? &comment.correction() : nullptr,
                  v1::COMMENT, context);
}

void CheckRules(const v1::Translation& translation, RuleContext& context) {
  CheckAbout(translation.about(), "about", true, context);
  CheckPart(translation.part(), "part", false, context);
  NeedText(translation.text().text(), "text", context);
  CheckStanding(translation, context);
  CheckTexts(translation, context);
  CheckAlone(translation.common(), v1::TRANSLATION, context);
}

void CheckRules(const v1::Amendment& amendment, RuleContext& context) {
  CheckAbout(amendment.about(), "about", false, context);
  CheckProposal(amendment, context);
  NeedText(amendment.reason(), "reason", context);
  CheckWord(amendment.procedure(), Procedures(), "procedure", false, context);
  if (amendment.procedure() == "silence_procedure") {
    NeedDate(amendment.until(), "until", context);
  } else if (!amendment.until().empty()) {
    context.out.Refuse("E-ADOPT", "until", "goes with the silence procedure only; drop it");
  }
  CheckTexts(amendment, context);
  CheckAlone(amendment.common(), v1::AMENDMENT, context);
}

void CheckRules(const v1::Objection& objection, RuleContext& context) {
  CheckAbout(objection.about(), "about", true, context);
  const auto kind = KindOfSlot(objection.about().slot());
  if (kind && *kind != v1::AMENDMENT) {
    context.out.Refuse("E-ADOPT", "about",
                       objection.about().slot() + " is no amendment; a comment says the rest");
  }
  NeedText(objection.reason(), "reason", context);
  CheckTexts(objection, context);
  CheckAlone(objection.common(), v1::OBJECTION, context);
}

void CheckRules(const v1::Adoption& adoption, RuleContext& context) {
  const bool named = CheckAbout(adoption.about(), "about", true, context);
  CheckWord(adoption.outcome(), AdoptionOutcomes(), "outcome", false, context);
  CheckWord(adoption.procedure(), Procedures(), "procedure", false, context);
  CheckDecision(adoption, context);
  if (named) CheckAmendmentDecided(adoption, context);
  NeedDate(adoption.date(), "date", context);
  CheckDocumentNumber(adoption.doc_ref(), "doc_ref", context);
  CheckTexts(adoption, context);
  CheckAlone(adoption.common(), v1::ADOPTION, context);
}

void CheckRules(const v1::Person& person, RuleContext& context) {
  NeedText(person.name(), "name", context);
  NeedText(person.office(), "office", context);
  CheckDate(person.valid_until(), "valid_until", context);
  if (!person.contact().empty() && person.common().classification() != v1::PARTIES) {
    context.out.Refuse("E-CONTACT", "contact",
                       "a way to reach a person in a public record; keep the record among the "
                       "parties, or leave it out");
  }
  CheckTexts(person, context);
  CheckAlone(person.common(), v1::PERSON, context);
}

void CheckRules(const v1::AuditStatement& statement, RuleContext& context) {
  if (!statement.round().empty()) {
    CheckCode(IsRoundCode(statement.round()), statement.round(), "round", "MTR-2017", context);
  }
  CheckDigest(statement.frontier_digest(), "frontier_digest", false, context);
  CheckDigest(statement.authority_digest(), "authority_digest", true, context);
  CheckDigest(statement.view_digest(), "view_digest", true, context);
  CheckDigest(statement.checkpoint_root(), "checkpoint_root", statement.checkpoint_size() == 0,
              context);
  if (statement.findings_size() > kAuditFindingsMax) {
    context.out.Refuse("E-LEN", "findings",
                       std::to_string(statement.findings_size()) + " findings; a statement holds " +
                           std::to_string(kAuditFindingsMax) + ", put the rest into a document");
  }
  CheckTexts(statement, context);
  CheckAlone(statement.common(), v1::AUDIT_STATEMENT, context);
}

}  // namespace entente::meaning

#include "node/query/view/view_catalogue.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"
#include "node/query/view/payload_of.h"
#include "node/query/view/report_slots.h"
#include "node/query/view/spoken.h"

namespace entente::query {

// Unreadable rows count as not held here: the audit and the log say what is wrong with the disk.
const v1::SlotValue& ViewCatalogue::Slot(const std::string& slot) const {
  auto [it, fresh] = slots_.try_emplace(slot);
  if (!fresh) return it->second;
  if (auto value = views_->Slot(slot); value.ok()) it->second = *std::move(value);
  return it->second;
}

RecordCache::RecordPtr ViewCatalogue::Read(const v1::Contribution& head) const {
  const base::EntryId id = *base::EntryId::FromBytes(head.entry());
  // Reports come and go; they would only push out what every submission asks for.
  RecordCache* kept = meaning::IsCatalogueKind(head.kind()) ? kept_ : nullptr;
  RecordCache::RecordPtr record = kept ? kept->Find(id) : nullptr;
  if (record) return record;
  auto entry = views_->Entry(id);
  if (!entry.ok()) return nullptr;
  record = std::make_shared<const meaning::Record>(
      meaning::ReadPayload(entry->header.kind, entry->header.schema, entry->payload).record);
  if (kept) kept->Keep(id, record);
  return record;
}

template <class Message>
const Message* ViewCatalogue::Find(const std::string& slot) const {
  auto [it, fresh] = records_.try_emplace(slot);
  if (fresh) {
    const v1::Contribution* head = ShownHead(Slot(slot));
    if (head) it->second = Read(*head);
  }
  // A withdrawal may be what stands in a report's slot.
  if (it->second) return std::get_if<Message>(it->second.get());
  return expected_ && expected_->contains(slot) ? &Message::default_instance() : nullptr;
}

const v1::Instrument* ViewCatalogue::FindInstrument() const {
  return Find<v1::Instrument>("instrument");
}
const v1::Chapter* ViewCatalogue::FindChapter(absl::string_view code) const {
  return Find<v1::Chapter>(absl::StrCat("chapter/", code));
}
const v1::Commitment* ViewCatalogue::FindCommitment(absl::string_view code) const {
  return Find<v1::Commitment>(absl::StrCat("commitment/", code));
}
const v1::Indicator* ViewCatalogue::FindIndicator(absl::string_view code) const {
  return Find<v1::Indicator>(absl::StrCat("indicator/", code));
}
const v1::Round* ViewCatalogue::FindRound(absl::string_view code) const {
  return Find<v1::Round>(absl::StrCat("round/", code));
}
const v1::Report* ViewCatalogue::ReportOf(const base::EntryId& id) const {
  auto it = reports_.find(id);
  if (it == reports_.end()) {
    auto entry = views_->Entry(id);
    v1::Report report;
    if (!entry.ok() || entry->header.kind != v1::REPORT || !report.ParseFromString(entry->payload))
      return nullptr;
    it = reports_.emplace(id, std::move(report)).first;
  }
  return &it->second;
}

std::vector<std::string> ViewCatalogue::CodesOf(uint32_t kind) const {
  const std::string word(meaning::KindWord(kind));
  auto names = views_->SlotNames(word);
  std::vector<std::string> codes;
  if (!names.ok()) return codes;
  for (const std::string& name : *names) {
    if (name.size() > word.size() + 1) codes.push_back(name.substr(word.size() + 1));
  }
  return codes;
}

std::vector<std::string> ViewCatalogue::Delegations() const {
  std::vector<std::string> codes;
  const ledger::CharterView* charter = views_->charter();
  if (!charter) return codes;
  for (const auto& [delegation, code] : charter->codes) {
    if (charter->IsParty(delegation)) codes.push_back(code);
  }
  return codes;
}

std::vector<std::string> ViewCatalogue::ShutDelegations() const {
  std::vector<std::string> codes;
  const ledger::CharterView* charter = views_->charter();
  if (!charter) return codes;
  for (const auto& [delegation, code] : charter->codes) {
    if (!charter->IsParty(delegation)) codes.push_back(code);
  }
  return codes;
}

std::vector<base::EntryId> ViewCatalogue::SlotHeads(absl::string_view slot) const {
  std::vector<base::EntryId> ids;
  for (const v1::Contribution* head : merge::Heads(Slot(std::string(slot))))
    ids.push_back(*base::EntryId::FromBytes(head->entry()));
  return ids;
}

namespace {

// Code of the delegation that wrote the entry; "" when its credentials are not held.
std::string AuthorIn(const Views& views, const ledger::Entry& entry) {
  const ledger::Note* credentials = views.published().authority.Find(entry.header.credentials_head);
  if (!credentials) return "";
  return views.published().DelegationCode(views.instrument(), credentials->chain_id());
}

}  // namespace

std::optional<std::string> ViewCatalogue::AuthorOf(const base::EntryId& id) const {
  const auto entry = views_->Entry(id);
  if (!entry.ok()) return std::nullopt;
  std::string code = AuthorIn(*views_, *entry);
  if (code.empty()) return std::nullopt;
  return code;
}

std::optional<std::string> ViewCatalogue::SlotOf(const base::EntryId& id) const {
  const auto entry = views_->Entry(id);
  if (!entry.ok() || !entry->has_payload) return std::nullopt;
  const std::string code = AuthorIn(*views_, *entry);
  if (code.empty()) return std::nullopt;
  auto read = meaning::ReadPayload(entry->header.kind, entry->header.schema, entry->payload);
  const std::string slot = meaning::SlotOfRecord(read.record, code, id);
  if (slot.empty()) return std::nullopt;
  return slot;
}

namespace {

bool SameSeries(const v1::IndicatorValue& a, const v1::IndicatorValue& b) {
  if (a.indicator() != b.indicator() || a.ref_area() != b.ref_area() ||
      a.dims_size() != b.dims_size())
    return false;
  for (int i = 0; i < a.dims_size(); ++i) {
    if (a.dims(i).name() != b.dims(i).name() || a.dims(i).code() != b.dims(i).code()) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> ViewCatalogue::PreviousValue(absl::string_view delegation,
                                                        const v1::IndicatorValue& value) const {
  std::optional<std::pair<std::string, std::string>> newest;  // period, value
  const auto look = [&](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
    for (const v1::Contribution& c : slot.contributions()) {
      v1::ReportSummary summary;
      if (c.kind() != v1::REPORT || !summary.ParseFromString(c.summary()) || summary.values() == 0)
        continue;
      const auto entry = views_->Entry(*base::EntryId::FromBytes(c.entry()));
      v1::Report report;
      if (!entry.ok() || !report.ParseFromString(entry->payload)) continue;
      for (const v1::IndicatorValue& other : report.values()) {
        if (other.value().empty() || other.period() >= value.period() || !SameSeries(other, value))
          continue;
        if (!newest || other.period() > newest->first) newest = {other.period(), other.value()};
      }
    }
    return true;
  };
  if (!ForEachReportSlot(*views_, {.delegation = base::Str(delegation)}, look).ok())
    return std::nullopt;
  if (!newest) return std::nullopt;
  return newest->second;
}

std::optional<std::string> ViewCatalogue::ExtendedDeadline(absl::string_view round,
                                                           absl::string_view delegation) const {
  const v1::SlotValue& slot = Slot(absl::StrCat("extension/", round, "/", delegation));
  std::optional<std::string> latest;
  for (const v1::Contribution* head : merge::Heads(slot)) {
    v1::ExtensionSummary extension;
    if (extension.ParseFromString(head->summary()))
      latest = std::max(latest.value_or(""), extension.deadline());
  }
  return latest;
}

bool ViewCatalogue::RoundIsClosed(absl::string_view round) const {
  if (!closed_rounds_) {  // once for all entries of a submission
    closed_rounds_.emplace();
    auto closes = StandingOfKind(*views_, v1::ROUND_CLOSE);
    if (!closes.ok()) return false;
    for (const v1::Contribution& close : *closes) {
      v1::RoundCloseSummary summary;
      if (summary.ParseFromString(close.summary())) closed_rounds_->insert(summary.round());
    }
  }
  return closed_rounds_->contains(std::string(round));
}

std::optional<meaning::Silence> ViewCatalogue::SilenceOn(const base::EntryId& amendment) const {
  const v1::Contribution* head = ShownHead(Slot(absl::StrCat("amendment/", amendment.ToHex())));
  v1::AmendmentSummary summary;
  if (!head || head->kind() != v1::AMENDMENT || !summary.ParseFromString(head->summary()))
    return std::nullopt;
  meaning::Silence silence{summary.until(), {}};
  if (silence.until.empty()) return silence;
  if (auto who = ObjectorsTo(*views_, amendment); who.ok()) silence.objectors = *std::move(who);
  return silence;
}

std::optional<meaning::AmendmentDecision> ViewCatalogue::DecisionOn(
    const base::EntryId& amendment) const {
  auto decisions = SpokenAbout(*views_, amendment, v1::ADOPTION);
  if (!decisions.ok() || decisions->empty()) return std::nullopt;
  const v1::Contribution& last = decisions->back();
  const auto adoption = PayloadOf<v1::Adoption>(*views_, last);
  if (!adoption.ok()) return std::nullopt;
  return meaning::AmendmentDecision{*base::EntryId::FromBytes(last.entry()), adoption->outcome(),
                                    adoption->procedure(), adoption->date(), adoption->doc_ref()};
}

}  // namespace entente::query

#include "node/meaning/rules/projection.h"

#include <algorithm>
#include <utility>

#include "node/base/bytes.h"
#include "node/meaning/record/attachment.h"
#include "node/meaning/record/index_key.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/summary.h"
#include "node/meaning/rules/validate.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

// Entries the record is about or answers, ascending, each once. A correction is found with the
// first version.
std::vector<std::string> SpokenOf(const Record& record) {
  if (CorrectionOf(record) != nullptr) return {};
  const v1::About& about = AboutOf(record);
  std::vector<std::string> out(about.entries().begin(), about.entries().end());
  auto add = [&out](const std::string& id) {
    if (!id.empty()) out.push_back(id);
  };
  if (const auto* report = std::get_if<v1::Report>(&record)) add(report->answers());
  if (const auto* comment = std::get_if<v1::Comment>(&record)) add(comment->answers());
  if (const auto* item = std::get_if<v1::AgendaItem>(&record)) add(item->meeting());
  std::erase(out, "");
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string> IndexKeys(const RecordFacts& facts, const Record& record,
                                   const std::string& slot) {
  std::vector<std::string> keys;
  auto add = [&](Index index, const std::vector<std::string>& fields) {
    keys.push_back(IndexKey(facts.instrument, index, fields, facts.id));
  };
  if (const auto* report = std::get_if<v1::Report>(&record)) {
    for (const auto& attachment : report->attachments()) {
      if (auto blob = BlobOf(attachment)) add(Index::kAttachments, AttachmentFields(*blob));
    }
  }
  for (const std::string& other : SpokenOf(record)) {
    add(Index::kAbout, {base::ToHex(other), base::Str(KindWord(facts.kind))});
  }
  // Found by their slots; a row more for each of them would cost every sync.
  if (facts.kind == v1::REPORT) return keys;
  add(Index::kNames, {base::Str(KindWord(facts.kind)), slot});
  return keys;
}

}  // namespace

Projection Project(const RecordFacts& facts, absl::string_view payload) {
  return std::move(Projector().Project(facts, payload));
}

Projection& Projector::Project(const RecordFacts& facts, absl::string_view payload) {
  reader_.Read(facts.kind, facts.schema, payload, read_);
  out_.slot.clear();
  out_.supersedes.Clear();
  out_.summary.clear();
  out_.index_keys.clear();
  out_.newer = read_.newer;
  out_.set_aside = std::move(read_.fault);
  if (out_.newer || out_.set_aside) return out_;
  out_.set_aside = SelfContainedFault(read_, facts.delegation_code);
  const auto* report = std::get_if<v1::Report>(&read_.record);
  if (!out_.set_aside && report != nullptr)
    out_.set_aside = SecondSignatureFault(*report, payload, facts.instrument, facts.key);
  if (out_.set_aside) return out_;
  if (report != nullptr) {
    AppendReportSlot(out_.slot, *report, facts.delegation_code);
  } else {
    out_.slot = SlotOfRecord(read_.record, facts.delegation_code, facts.id);
  }
  const auto& supersedes = CommonOf(read_.record)->supersedes();
  if (!supersedes.empty()) out_.supersedes = supersedes;
  Summarise(read_.record, out_.summary);
  out_.index_keys = IndexKeys(facts, read_.record, out_.slot);
  return out_;
}

}  // namespace entente::meaning

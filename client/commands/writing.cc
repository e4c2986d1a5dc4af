#include "client/commands/writing.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/field_language.h"
#include "client/base/files.h"
#include "client/draft/draft_edit.h"
#include "client/draft/record_text.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/text/language_tag.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

std::string WhoSigns(const v1::PrepareEntriesResponse& prepared, const std::string& instrument) {
  return absl::StrCat("To be signed for ", prepared.delegation_code(), " in ", instrument,
                      ", number ", prepared.next_sequence(),
                      " of this key. Submitting publishes it to every party of ", instrument,
                      "; it cannot be taken back, only corrected or withdrawn.");
}

nlohmann::ordered_json RecordsJson(const std::vector<UnsignedRecord>& records) {
  auto out = nlohmann::ordered_json::array();
  for (const UnsignedRecord& record : records)
    out.push_back(PayloadJson(record.kind, record.schema, record.payload));
  return out;
}

// Whatever the sentence above leaves out stands here: a field is never signed unseen.
std::string EveryField(Context& context, const std::vector<UnsignedRecord>& records) {
  std::string out;
  for (const UnsignedRecord& record : records) {
    const std::string kind = base::Str(meaning::KindWord(record.kind));
    absl::StrAppend(&out,
                    context.phrases().Say("Every field of the record ({0}):",
                                          {context.phrases().Word(kind).value_or(kind)}),
                    "\n",
                    PayloadText(record.kind, record.schema, record.payload, context.phrases()));
  }
  return out;
}

// A draft's text is in the reader's language already, around whole lines of its author's, and has
// every field of the report.
std::string InWords(Context& context, const Act& act) {
  if (!act.draft.empty()) return act.text;
  return absl::StrCat(context.phrases().RetellLines(act.text), EveryField(context, act.records));
}

void TellDryRun(Context& context, const Act& act, ActDone& done) {
  const SubmitRun& run = done.run;
  done.object = {{"dry_run", true}, {"header", HeaderJson(run.headers.at(0))}};
  auto records = RecordsJson(act.records);
  done.object["record"] = records.at(0);
  if (records.size() > 1) done.object["records"] = std::move(records);
  done.text = absl::StrCat(
      InWords(context, act),
      context.phrases().Say("Would be signed for {0}:", {run.prepared.delegation_code()}), "\n");
  for (const auto& [name, value] : done.object["header"].items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    absl::StrAppend(&done.text, "  ", FieldIn(name, context.phrases()), ": ",
                    FieldValueIn(name, text, context.phrases()), "\n");
  }
}

void TellSubmitted(Context& context, const Act& act, ActDone& done) {
  const SubmitRun& run = done.run;
  done.object = SubmittedJson(run.entries.at(0));
  if (!act.draft.empty()) done.object["draft"] = act.draft;
  for (const v1::SubmittedEntry& entry : run.entries) {
    absl::StrAppend(&done.text, "submitted ", entry.reference(), "\nentry ",
                    base::ToHex(entry.id()), "  number ", entry.sequence(), "  ", entry.status(),
                    "\n");
    for (const auto& warning : entry.warnings()) context.Warn(Printable(warning.message()));
    if (run.entries.size() > 1) done.object["entries"].push_back(SubmittedJson(entry));
  }
}

}  // namespace

absl::StatusOr<v1::Record> GetRecord(Context& context, const std::string& instrument,
                                     const std::string& reference) {
  v1::GetRecordRequest request;
  request.set_instrument(instrument);
  request.set_reference(reference);
  return context.Call(local::kGetRecord, request);
}

absl::StatusOr<v1::Record> StandingRecord(Context& context, const std::string& instrument,
                                          const std::string& slot) {
  absl::StatusOr<v1::Record> record = GetRecord(context, instrument, slot);
  if (!record.ok() && record.status().code() == absl::StatusCode::kNotFound) return v1::Record();
  return record;
}

std::vector<uint64_t> HlcsOf(const v1::Record& record) {
  std::vector<uint64_t> hlcs;
  for (const auto& head : record.heads()) hlcs.push_back(head.hlc());
  for (const auto& spoken : record.spoken()) hlcs.push_back(spoken.hlc());
  return hlcs;
}

absl::StatusOr<std::string> OwnCode(Context& context) {
  ASSIGN_OR_RETURN(v1::Node node, context.Call(local::kGetNode, v1::GetNodeRequest()));
  if (!node.delegation_code().empty()) return node.delegation_code();
  return Failure(absl::StatusCode::kFailedPrecondition, "NOT_FOUNDED",
                 "this node serves no delegation yet",
                 "entente delegation found, or entente delegation join");
}

absl::StatusOr<std::string> WordsOf(const std::string& given) {
  std::string text = given;
  if (absl::StartsWith(given, "@")) {
    ASSIGN_OR_RETURN(text, ReadTextFile(given.substr(1)));
  }
  if (!meaning::IsUtf8(text))
    return Refuse("E-UTF8", "text", "is not UTF-8 text; save the file as UTF-8");
  text = meaning::ToNfc(text);
  text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

absl::StatusOr<v1::Text> TextOf(Context& context, const std::string& given,
                                const std::string& lang) {
  v1::Text text;
  ASSIGN_OR_RETURN(*text.mutable_text(), WordsOf(given));
  std::string tag = lang.empty() ? context.options.lang : lang;
  if (tag.empty()) tag = "en";
  const std::string canonical = meaning::CanonicalLanguageTag(tag);
  text.set_lang(canonical.empty() ? tag : canonical);
  return text;
}

void FillAbout(const v1::Record& record, v1::About& about) {
  about.set_slot(record.slot());
  std::vector<std::string> heads;
  for (const auto& head : record.heads()) heads.push_back(head.entry_id());
  std::sort(heads.begin(), heads.end());
  for (std::string& head : heads) about.add_entries(std::move(head));
}

void FillSupersedes(std::vector<std::string> entries, v1::Common& common) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  for (std::string& entry : entries) common.add_supersedes(std::move(entry));
}

void SupersedeHeads(const v1::Record& record, v1::Common& common) {
  std::vector<std::string> heads;
  for (const auto& head : record.heads()) heads.push_back(head.entry_id());
  FillSupersedes(std::move(heads), common);
}

absl::StatusOr<ActDone> SignQuietly(Context& context, const AuthorOptions& options,
                                    const Act& act) {
  auto in_words = [&](const v1::PrepareEntriesResponse& prepared) {
    return absl::StrCat(InWords(context, act),
                        context.phrases().Retell(WhoSigns(prepared, act.instrument)));
  };
  ActDone done;
  ASSIGN_OR_RETURN(done.run,
                   SignAndSubmit(context, act.instrument, options, act.records, in_words));
  if (options.dry_run) {
    TellDryRun(context, act, done);
  } else {
    TellSubmitted(context, act, done);
  }
  return done;
}

absl::StatusOr<SubmitRun> SignAct(Context& context, const AuthorOptions& options, const Act& act) {
  ASSIGN_OR_RETURN(ActDone done, SignQuietly(context, options, act));
  if (options.dry_run) {
    context.EmitSaid(done.object, done.text);
  } else {
    context.Emit(done.object, done.text);
  }
  return std::move(done.run);
}

}  // namespace entente::client

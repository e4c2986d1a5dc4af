// entente instrument import: the secretariat signs a whole catalogue file, and again only what
// changed in it.
#include <algorithm>
#include <map>
#include <set>
#include <type_traits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "client/context/log_reader.h"
#include "client/draft/record_text.h"
#include "client/signing/submit_run.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/catalogue/csv.h"
#include "node/meaning/catalogue/csv_table.h"
#include "node/meaning/catalogue/write.h"
#include "node/meaning/record/summary.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

struct ImportOptions {
  std::string catalogue;
  AuthorOptions author;
};

// A line of the file as the secretary sees it before it is signed.
struct PlannedLine {
  uint32_t kind = 0;
  std::string name, title;  // "DDR/08", "Opioid substitution treatment, incl. in prisons"
  std::string changes;      // what becomes different; empty: it is new
};

struct ImportPlan {
  std::vector<UnsignedRecord> records;
  std::vector<std::string> references;  // beside `records`
  std::vector<PlannedLine> lines;       // beside `records`
  size_t unchanged = 0;
  size_t changed = 0;  // supersede what stands
};

std::string NameOfLine(const meaning::Record& record) {
  return std::visit(
      [](const auto& message) -> std::string {
        if constexpr (requires { message.speaker(); }) {
          return absl::StrCat(message.date(), message.item().empty() ? "" : ", item ",
                              message.item(), ", ", message.speaker(),
                              message.chapter().empty() ? "" : " on ", message.chapter());
        } else if constexpr (requires { message.code(); }) {
          return message.code();
        } else {
          return "";
        }
      },
      record);
}

// Its text or title; of a round, what cannot be taken back once it is signed: who is expected.
std::string TitleOfLine(const meaning::Record& record) {
  return std::visit(
      [](const auto& message) -> std::string {
        if constexpr (requires { message.titles(); }) {
          return meaning::TextIn(message.titles(), "en");
        } else if constexpr (requires { message.speaker(); }) {
          return meaning::TextIn(message.summaries(), "en");
        } else if constexpr (requires {
                               message.texts();
                               message.addressees();
                             }) {
          const std::string who = absl::StrJoin(message.addressees(), " ");
          return absl::StrCat(meaning::TextIn(message.texts(), "en"),
                              who.empty() ? "" : absl::StrCat(" [", who, "]"));
        } else if constexpr (requires { message.covers(); }) {
          return absl::StrCat(message.covers(), ", deadline ",
                              message.deadline().empty() ? "none" : message.deadline(),
                              ", expected ", absl::StrJoin(message.expected(), " "));
        } else {
          return "";
        }
      },
      record);
}

std::vector<Violation> Faults(const std::string& path,
                              const std::vector<meaning::CatalogueFault>& faults) {
  std::vector<Violation> out;
  for (const auto& fault : faults) {
    out.push_back({absl::StrCat("line ", fault.line, fault.column.empty() ? "" : ".", fault.column),
                   absl::StrCat(path, ": ", fault.Print())});
  }
  return out;
}

absl::StatusOr<meaning::CatalogueFile> ReadCatalogue(Context& context, const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  ASSIGN_OR_RETURN(v1::Node node, context.Call(local::kGetNode, v1::GetNodeRequest()));
  if (node.delegation_code().empty()) {
    return Failure(absl::StatusCode::kFailedPrecondition, "NOT_FOUNDED",
                   "this node serves no delegation yet");
  }
  // Of UTF-16 the reader says what it is.
  if (!text.empty() && text.back() != '\n' && !meaning::IsUtf16(text)) {
    return Failure(
        absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
        absl::StrCat(
            path, ": the last line does not end, so the file may be cut short; nothing was signed"),
        "fetch the file again; if it is whole, add the missing line end");
  }
  meaning::CatalogueFile file = meaning::ParseCatalogueCsv(text, node.delegation_code());
  if (!file.errors.empty()) {
    return WithViolations(Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                                  absl::StrCat(path, ": ", Count(file.errors.size(), "fault"),
                                               "; nothing was signed"),
                                  "correct the lines named above, then import the file again"),
                          Faults(path, file.errors));
  }
  for (const auto& warning : file.warnings) context.Warn(absl::StrCat(path, ": ", warning.Print()));
  return file;
}

// The payload with the heads it replaces.
std::string WithSupersedes(meaning::Record record, const std::vector<std::string>& heads) {
  return std::visit(
      [&heads](auto& message) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, std::monostate>) {
          return "";
        } else {
          message.mutable_common()->clear_supersedes();
          for (const std::string& head : heads) message.mutable_common()->add_supersedes(head);
          return PayloadBytes(message);
        }
      },
      record);
}

// Interventions stand alone and have no name before they are signed: what was signed already is
// found in the log by what it says.
absl::StatusOr<std::set<std::string>> SignedInterventions(Context& context,
                                                          const std::string& instrument) {
  std::set<std::string> out;
  RETURN_IF_ERROR(ReadLog(context, instrument, {}, [&out](v1::LogChunk& chunk) -> absl::Status {
    for (const auto& raw : chunk.entries()) {
      ASSIGN_OR_RETURN(ledger::Entry entry, ledger::ParseLeaf(raw.leaf(), std::nullopt));
      if (entry.header.kind == v1::INTERVENTION)
        out.insert(meaning::CatalogueWords(v1::INTERVENTION, raw.payload()));
    }
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<ImportPlan> Plan(Context& context, const std::string& instrument,
                                const meaning::CatalogueFile& file) {
  ImportPlan plan;
  std::set<std::string> interventions;
  bool asked = false;
  for (const meaning::CatalogueRow& row : file.rows) {
    v1::Record standing;
    if (row.slot.empty()) {
      if (!asked) {
        ASSIGN_OR_RETURN(interventions, SignedInterventions(context, instrument));
        asked = true;
      }
      if (interventions.contains(meaning::CatalogueWords(row.kind, row.payload))) {
        plan.unchanged += 1;
        continue;
      }
    } else {
      ASSIGN_OR_RETURN(standing, StandingRecord(context, instrument, row.slot));
    }
    const bool same = standing.heads_size() == 1 &&
                      meaning::CatalogueWords(row.kind, standing.heads(0).payload()) ==
                          meaning::CatalogueWords(row.kind, row.payload);
    if (same) {
      plan.unchanged += 1;
      continue;
    }
    UnsignedRecord record{row.kind, 1, "", {}};
    std::vector<std::string> heads;
    for (const auto& head : standing.heads()) {
      heads.push_back(head.entry_id());
      record.cited_hlcs.push_back(head.hlc());
    }
    std::sort(heads.begin(), heads.end());
    record.payload = WithSupersedes(row.record, heads);
    plan.changed += !heads.empty();
    plan.lines.push_back({row.kind, NameOfLine(row.record), TitleOfLine(row.record), ""});
    if (!heads.empty())
      plan.lines.back().changes =
          ChangesText(row.kind, standing.heads(0).payload(), record.payload, context.phrases());
    plan.records.push_back(std::move(record));
    plan.references.push_back(row.reference);
  }
  return plan;
}

// Where the lines stand, and the instrument, of which every file is.
std::vector<std::string> SlotsOf(const meaning::CatalogueFile& file) {
  std::vector<std::string> slots = {"instrument"};
  for (const meaning::CatalogueRow& row : file.rows) {
    if (!row.slot.empty()) slots.push_back(row.slot);
  }
  return slots;
}

// "26 commitments, 4 chapters"
std::string KindsInWords(const std::vector<UnsignedRecord>& records) {
  std::map<uint32_t, size_t> kinds;
  for (const UnsignedRecord& record : records) kinds[record.kind] += 1;
  std::string out;
  for (const auto& [kind, count] : kinds) {
    absl::StrAppend(&out, out.empty() ? "" : ", ", count, " ", base::Str(meaning::KindWord(kind)),
                    count == 1 ? "" : "s");
  }
  return out;
}

// What is to be signed, a line each under its kind; under what stands already, what becomes
// different.
std::string LinesInWords(Context& context, const ImportPlan& plan) {
  std::string out;
  uint32_t kind = 0;
  for (const PlannedLine& line : plan.lines) {
    const std::string word = base::Str(meaning::KindWord(line.kind));
    if (line.kind != kind) absl::StrAppend(&out, context.phrases().Word(word).value_or(word), "\n");
    kind = line.kind;
    const bool stands = !line.changes.empty();
    absl::StrAppend(&out, "  ", stands ? "~" : "+", " ", Printable(line.name), "  ",
                    Printable(line.title), "\n");
    for (absl::string_view change : absl::StrSplit(line.changes, '\n', absl::SkipEmpty()))
      absl::StrAppend(&out, "    ", change, "\n");
  }
  return out;
}

// The same with every field of every line, for who wants it.
std::string RecordsInWords(Context& context, const ImportPlan& plan) {
  std::string out = LinesInWords(context, plan);
  if (!context.options.verbose) return out;
  for (size_t i = 0; i < plan.records.size(); ++i) {
    absl::StrAppend(&out, plan.references[i], "\n",
                    PayloadText(plan.records[i].kind, plan.records[i].schema,
                                plan.records[i].payload, context.phrases()));
  }
  return out;
}

void EmitPlan(Context& context, const ImportPlan& plan, const SubmitRun& run,
              const std::string& instrument, bool dry_run) {
  nlohmann::ordered_json object = {{"instrument", instrument},
                                   {"signed", dry_run ? 0 : run.entries.size()},
                                   {"unchanged", plan.unchanged},
                                   {"changed", plan.changed},
                                   {"dry_run", dry_run}};
  object["rows"] = nlohmann::ordered_json::array();
  std::string text;
  for (size_t i = 0; i < plan.records.size(); ++i) {
    nlohmann::ordered_json row = {{"reference", plan.references[i]},
                                  {"kind", base::Str(meaning::KindWord(plan.records[i].kind))},
                                  {"title", plan.lines[i].title},
                                  {"changes", nlohmann::ordered_json::array()}};
    for (absl::string_view change : absl::StrSplit(plan.lines[i].changes, '\n', absl::SkipEmpty()))
      row["changes"].push_back(base::Str(absl::StripAsciiWhitespace(change)));
    if (i < run.entries.size()) row["entry_id"] = base::ToHex(run.entries[i].id());
    if (i < run.entries.size()) row["sequence"] = run.entries[i].sequence();
    object["rows"].push_back(std::move(row));
    if (!dry_run && context.options.verbose) absl::StrAppend(&text, plan.references[i], "\n");
  }
  absl::StrAppend(&text, dry_run ? "would sign " : "signed ", Count(plan.records.size(), "record"),
                  plan.records.empty() ? "" : " (" + KindsInWords(plan.records) + ")", ", ",
                  plan.unchanged, " unchanged\n");
  if (dry_run) {
    context.EmitSaid(object, RecordsInWords(context, plan) + context.phrases().RetellLines(text));
  } else {
    context.Emit(object, text);
  }
}

absl::StatusOr<Exit> Import(Context& context, const ImportOptions& o) {
  ASSIGN_OR_RETURN(meaning::CatalogueFile file, ReadCatalogue(context, o.catalogue));
  std::string instrument = file.instrument;
  if (instrument.empty()) {
    ASSIGN_OR_RETURN(instrument, context.Instrument());
  }
  if (!context.options.instrument.empty() && context.options.instrument != instrument) {
    return UsageError(absl::StrCat(o.catalogue, " is the catalogue of ", instrument, ", not of ",
                                   context.options.instrument),
                      "leave --instrument out, or give the other file");
  }
  ASSIGN_OR_RETURN(ImportPlan plan, Plan(context, instrument, file));
  SubmitRun run;
  if (!plan.records.empty()) {
    auto in_words = [&](const v1::PrepareEntriesResponse& prepared) {
      return absl::StrCat(
          RecordsInWords(context, plan),
          context.phrases().Say(Phrase("+ new, ~ in the place of what stands, with what becomes "
                                       "different; every field of each: --verbose")),
          "\n",
          context.phrases().Retell(absl::StrCat(
              "Signs as secretariat ", prepared.delegation_code(), " of ", instrument, ": ",
              KindsInWords(plan.records), "; ", plan.unchanged, " stand unchanged.")));
    };
    AuthorOptions author = o.author;
    author.file_slots = SlotsOf(file);
    ASSIGN_OR_RETURN(run, SignAndSubmit(context, instrument, author, plan.records, in_words));
  }
  EmitPlan(context, plan, run, instrument, o.author.dry_run);
  return Exit::kDone;
}

}  // namespace

void AddImport(CLI::App& noun, Context& context) {
  auto o = std::make_shared<ImportOptions>();
  CLI::App* command = AddCommand(noun, context, "import",
                                 "Sign a catalogue file: chapters, commitments, indicators, rounds",
                                 "entente instrument import --catalogue EUCA-2014.csv --key A.key",
                                 [&context, o] { return Import(context, *o); });
  command->add_option("--catalogue", o->catalogue, "CSV file")->required()->type_name("FILE");
  AddAuthorOptions(*command, o->author);
}

}  // namespace entente::client

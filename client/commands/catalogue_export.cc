// entente instrument export: the catalogue that stands, as the file `instrument import` reads.
#include <set>

#include "absl/strings/str_cat.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/context/question_methods.h"
#include "client/sheet/sheet.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/catalogue/csv.h"
#include "node/meaning/catalogue/csv_table.h"
#include "node/meaning/catalogue/write.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

struct CatalogueExportOptions {
  std::string catalogue = "-";
  bool excel = false;
};

// What stands, and how to call it when something is to be said about it.
struct StandingCatalogue {
  std::vector<meaning::Record> records;
  std::vector<std::pair<std::string, std::string>> words;  // reference, CatalogueWords
  std::string freshness;
};

absl::Status AddStanding(const v1::Record& record, StandingCatalogue& to) {
  to.freshness = record.freshness();
  if (record.heads().empty()) return absl::OkStatus();
  if (record.heads_size() > 1) {
    return Failure(
        absl::StatusCode::kFailedPrecondition, kVersionsStand,
        absl::StrCat(record.heads_size(), " versions of ", record.reference(),
                     " stand; a catalogue file has one line for it"),
        absl::StrCat("settle it first; entente history ", record.reference(), " shows both"));
  }
  const v1::RecordHead& head = record.heads(0);
  if (head.kind() == v1::MINUTES_RETRACTION) return absl::OkStatus();  // nothing stands there
  meaning::ReadRecord read = meaning::ReadPayload(head.kind(), head.schema(), head.payload());
  if (read.newer || read.fault) return absl::OkStatus();  // the tables say so
  to.words.emplace_back(record.reference(), meaning::CatalogueWords(head.kind(), head.payload()));
  to.records.push_back(std::move(read.record));
  return absl::OkStatus();
}

absl::StatusOr<StandingCatalogue> ReadStanding(Context& context, const std::string& instrument) {
  StandingCatalogue standing;
  for (const uint32_t kind :
       {v1::INSTRUMENT, v1::CHAPTER, v1::INDICATOR, v1::COMMITMENT, v1::ROUND, v1::INTERVENTION}) {
    v1::ExportRequest request;
    request.set_instrument(instrument);
    request.set_kind(base::Str(meaning::KindWord(kind)));
    request.set_as_of(context.options.as_of);
    RETURN_IF_ERROR(
        context.Read(questions::kExport, request, std::chrono::seconds(600),
                     [&](const v1::Record& record) { return AddStanding(record, standing); }));
  }
  return standing;
}

std::string CatalogueText(const meaning::CatalogueSheet& sheet) {
  std::vector<SheetColumn> columns;
  for (const std::string& name : sheet.columns) columns.push_back({name.c_str()});
  std::string text = SheetHeader(columns);
  for (const auto& row : sheet.rows) text += SheetLine(columns, row);
  return text;
}

// A record may say what no file can: a list with a semicolon in an item, two interventions of one
// name. Whoever imports the file should hear it now.
void WarnOfLosses(Context& context, const std::string& text, const StandingCatalogue& standing) {
  const std::string& delegation = meaning::CommonOf(standing.records[0])->delegation();
  const meaning::CatalogueFile back = meaning::ParseCatalogueCsv(text, delegation);
  for (const meaning::CatalogueFault& fault : back.errors)
    context.Warn(absl::StrCat("the file would be refused as it is: ", fault.Print()));
  if (!back.errors.empty()) return;
  std::set<std::string> said;
  for (const meaning::CatalogueRow& row : back.rows)
    said.insert(meaning::CatalogueWords(row.kind, row.payload));
  for (const auto& [reference, words] : standing.words) {
    if (!said.contains(words))
      context.Warn(absl::StrCat(reference,
                                " says more than a line of the file can; importing the file would "
                                "sign it anew without"));
  }
}

absl::StatusOr<Exit> ExportCatalogue(Context& context, const CatalogueExportOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument());
  ASSIGN_OR_RETURN(const StandingCatalogue standing, ReadStanding(context, instrument));
  if (standing.records.empty()) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("no catalogue of ", instrument, " is held here"),
                   "entente sync fetches it; its secretariat signs one with entente instrument "
                   "import");
  }
  const meaning::CatalogueSheet sheet = meaning::WriteCatalogue(standing.records);
  const std::string text = CatalogueText(sheet);
  WarnOfLosses(context, text, standing);
  const std::string marked = absl::StrCat(o.excel ? meaning::kByteOrderMark : "", text);
  if (o.catalogue == "-") {
    context.out() << marked;
  } else {
    RETURN_IF_ERROR(WriteFile(o.catalogue, marked));
  }
  context.Say(absl::StrCat(Count(sheet.rows.size(), "record"),
                           o.catalogue == "-" ? "" : " written to " + o.catalogue, ". ",
                           standing.freshness));
  return Exit::kDone;
}

}  // namespace

void AddCatalogueExport(CLI::App& noun, Context& context) {
  auto o = std::make_shared<CatalogueExportOptions>();
  CLI::App* command = AddCommand(noun, context, "export",
                                 "Write the catalogue that stands to a file that import reads",
                                 "entente instrument export --catalogue EUCA-2014.csv",
                                 [&context, o] { return ExportCatalogue(context, *o); });
  command->add_option("--catalogue", o->catalogue, "The CSV file; default: stdout")
      ->type_name("FILE");
  command->add_flag("--excel", o->excel, "Begin with the mark by which Excel knows UTF-8");
  AddAsOf(*command, context);
}

}  // namespace entente::client

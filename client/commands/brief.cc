// entente brief: the document of a review meeting, as HTML, Markdown or PDF.
#include <unistd.h>

#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/base/files.h"
#include "client/base/outside_program.h"
#include "client/brief/compose.h"
#include "client/brief/html.h"
#include "client/brief/markdown.h"
#include "client/commands/commands.h"
#include "client/language/tongue.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

constexpr std::chrono::seconds kBriefLimit(120);

struct BriefOptions {
  std::string round, order = "chapter,delegation", previous, out;
};

enum class Kind { kHtml, kMarkdown, kPdf };

absl::StatusOr<Kind> KindOf(const std::string& path) {
  if (absl::EndsWith(path, ".html") || absl::EndsWith(path, ".htm")) return Kind::kHtml;
  if (absl::EndsWith(path, ".md")) return Kind::kMarkdown;
  if (absl::EndsWith(path, ".pdf")) return Kind::kPdf;
  return UsageError(absl::StrCat("--out: \"", path, "\" does not say what to write"),
                    "end the name in .html, .md or .pdf");
}

absl::StatusOr<brief::Order> OrderOf(const std::string& text) {
  if (text == "chapter,delegation") return brief::Order::kChapters;
  if (text == "delegation,chapter") return brief::Order::kDelegations;
  return UsageError(absl::StrCat("--order: \"", text, "\" is no order"),
                    "known: chapter,delegation and delegation,chapter");
}

absl::StatusOr<brief::Facts> ReadFacts(Context& context, const std::string& instrument,
                                       const BriefOptions& o) {
  v1::BriefQuestion question;
  question.set_instrument(instrument);
  absl::string_view round = o.round;
  absl::ConsumePrefix(&round, instrument + "/");
  question.set_round(base::Str(round));
  question.set_previous(o.previous);
  question.set_as_of(context.options.as_of);
  brief::Facts facts;
  RETURN_IF_ERROR(context.Read(local::kBrief, question, kBriefLimit, [&facts](v1::BriefPart& part) {
    facts.Add(std::move(part));
    return absl::OkStatus();
  }));
  return facts;
}

// WeasyPrint reads the page from a file and writes beside the wanted name; the name appears when
// the file is whole.
absl::Status WritePdf(const std::string& path, const std::string& html) {
  const std::string page = path + ".part.html", part = path + ".part";
  if (const absl::Status written = WriteFile(page, html); !written.ok()) {
    // Of the file that was asked for, not of the one beside it.
    absl::string_view why = written.message();
    absl::ConsumePrefix(&why, page);
    return Failure(written.code(), kFileUnwritable, absl::StrCat(path, why), HintOf(written));
  }
  const absl::Status done = RunOutsideProgram({"weasyprint", "--quiet", page, part});
  unlink(page.c_str());
  if (absl::IsNotFound(done)) {
    return Failure(absl::StatusCode::kFailedPrecondition, kFileUnwritable,
                   absl::StrCat(path, ": a PDF is made by weasyprint, which is not installed"),
                   "apt install weasyprint; or write --out brief.html and print it from a browser");
  }
  if (!done.ok() || rename(part.c_str(), path.c_str()) != 0) {
    unlink(part.c_str());
    return Failure(absl::StatusCode::kFailedPrecondition, kFileUnwritable,
                   absl::StrCat(path, ": weasyprint could not write it; what it said stands above"),
                   "write --out brief.html and print it from a browser");
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> Write(const std::string& path, Kind kind, const brief::Document& document,
                             const Phrases& phrases) {
  if (kind == Kind::kMarkdown) {
    const std::string text = brief::Markdown(document, phrases);
    RETURN_IF_ERROR(WriteFile(path, text));
    return text.size();
  }
  const std::string html = brief::Html(document, phrases);
  if (kind == Kind::kHtml) {
    RETURN_IF_ERROR(WriteFile(path, html));
    return html.size();
  }
  RETURN_IF_ERROR(WritePdf(path, html));
  ASSIGN_OR_RETURN(std::string pdf, ReadFile(path, size_t{1} << 30));
  return pdf.size();
}

absl::StatusOr<Exit> MakeBrief(Context& context, const BriefOptions& o) {
  ASSIGN_OR_RETURN(const Kind kind, KindOf(o.out));
  ASSIGN_OR_RETURN(const brief::Order order, OrderOf(o.order));
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.round));
  // The language is part of what is asked for, never of where it is asked: no LANG here.
  const std::unique_ptr<Phrases> tongue = PhrasesIn(context.options.lang);
  const Phrases& phrases = *tongue;
  ASSIGN_OR_RETURN(const brief::Facts facts, ReadFacts(context, instrument, o));
  const brief::Document document = brief::Compose(facts, order, phrases);
  ASSIGN_OR_RETURN(const size_t bytes, Write(o.out, kind, document, phrases));
  const nlohmann::ordered_json object = {
      {"out", o.out},
      {"instrument", instrument},
      {"round", facts.head.round().code()},
      {"previous", facts.head.previous().code()},
      {"lang", phrases.language()},
      {"bytes", bytes},
      {"frontier_digest", base::ToHex(facts.head.frontier_digest())},
      {"view_digest", base::ToHex(facts.head.view_digest())},
      {"as_of", facts.head.as_of()}};
  const std::string wrote = absl::StrCat("wrote ", o.out, ", ", SizeText(bytes));
  const std::string basis =
      facts.head.as_of().empty()
          ? absl::StrCat(", from the set with view digest ",
                         base::ToHex(facts.head.view_digest().substr(0, 8)), "\n")
          : absl::StrCat("\n", facts.head.as_of(), "\n");
  context.Emit(object, wrote + basis);
  return Exit::kDone;
}

}  // namespace

void AddBrief(CLI::App& root, Context& context) {
  auto o = std::make_shared<BriefOptions>();
  CLI::App* command =
      AddCommand(root, context, "brief", "The review meeting's document: HTML, Markdown or PDF",
                 "entente brief --round MTR-2017 --out brief.html",
                 [&context, o] { return MakeBrief(context, *o); });
  command->add_option("--round", o->round,
                      "Round code, such as MTR-2017; default: the only one of the instrument");
  command->add_option("--order", o->order, "chapter,delegation (default) or delegation,chapter");
  command->add_option("--previous", o->previous,
                      "Round to compare with; default: the one before; none: none");
  command->add_option("--out", o->out, "File to write: .html, .md or .pdf")
      ->required()
      ->type_name("FILE");
  AddAsOf(*command, context);
}

}  // namespace entente::client

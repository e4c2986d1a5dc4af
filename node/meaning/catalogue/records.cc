#include "node/meaning/catalogue/records.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/meaning/record/suggest.h"

namespace entente::meaning {
namespace {

using Errors = std::vector<CatalogueFault>;
using Strings = google::protobuf::RepeatedPtrField<std::string>;
using Texts = google::protobuf::RepeatedPtrField<v1::Text>;

const std::string& DefaultLanguage() {
  static const auto* english = new std::string("en");
  return *english;
}

// Reads cells into fields; whatever cannot be read is an error with its line and column.
class LineReader {
 public:
  LineReader(const CatalogueLine& line, const std::string& delegation, Errors& errors)
      : line_(line), delegation_(delegation), errors_(errors) {}

  const std::string& Text(const std::string& column) const { return line_.Get(column); }

  // The column's text, in the line's language, and those of its further languages.
  void AddText(const std::string& column, Texts* texts) {
    auto add = [texts](const std::string& language, const std::string& words) {
      v1::Text* text = texts->Add();
      text->set_lang(language);
      text->set_text(words);
    };
    const std::string& language = Text("lang").empty() ? DefaultLanguage() : Text("lang");
    if (!Text(column).empty()) add(language, Text(column));
    for (const auto& [further, words] : line_.InLanguages(column)) {
      if (further == language) {
        Fault(column + "[" + further + "]", "is the language of column " + column +
                                                " on this line already; write one of the two");
      } else {
        add(further, words);
      }
    }
  }

  void AddList(const std::string& column, Strings* list) const {
    for (auto& item : line_.List(column)) *list->Add() = std::move(item);
  }

  uint32_t Number(const std::string& column) {
    uint32_t number = 0;
    if (Text(column).empty() || absl::SimpleAtoi(Text(column), &number)) return number;
    Fault(column, Quoted(Text(column)) + " is no whole number; write digits only");
    return 0;
  }

  void FillCommon(v1::Common* common) {
    common->set_delegation(delegation_);
    AddList("doc_refs", common->mutable_doc_refs());
    const std::string& classification = Text("classification");
    if (classification == "public") {
      common->set_classification(v1::PUBLIC);
    } else if (!classification.empty() && classification != "parties") {
      Fault("classification", Quoted(classification) + " is neither parties nor public" +
                                  Suggestion(classification, {"parties", "public"}));
    }
  }

  // "sex=F|M|T*; setting!=community|prison": '*' marks the total, '!' a dimension that is
  // mandatory.
  void AddDimensions(google::protobuf::RepeatedPtrField<v1::Dimension>* out) {
    for (const auto& item : line_.List("dimensions")) {
      std::vector<std::string> halves = absl::StrSplit(item, absl::MaxSplits('=', 1));
      if (halves.size() != 2 || halves[0].empty() || halves[1].empty()) {
        Fault("dimensions", Quoted(item) +
                                " is no dimension; write sex=F|M|T*, where * marks the "
                                "total");
        continue;
      }
      v1::Dimension* dimension = out->Add();
      if (halves[0].back() == '!') {
        dimension->set_mandatory(true);
        halves[0].pop_back();
      }
      dimension->set_name(halves[0]);
      std::vector<std::string> codes = absl::StrSplit(halves[1], '|');
      for (auto& code : codes) {
        if (!code.empty() && code.back() == '*') {
          code.pop_back();
          dimension->set_total_code(code);
        }
        dimension->add_codes(code);
      }
    }
  }

  // "KG; IMPL-CADAP-C4:implementing"; without a role the party is accountable.
  void AddResponsible(google::protobuf::RepeatedPtrField<v1::Responsible>* out) const {
    for (const auto& item : line_.List("responsible_party")) {
      std::vector<std::string> halves = absl::StrSplit(item, absl::MaxSplits(':', 1));
      v1::Responsible* responsible = out->Add();
      responsible->set_party(halves[0]);
      responsible->set_role(halves.size() == 2 ? halves[1] : "accountable");
    }
  }

 private:
  void Fault(const std::string& column, const std::string& message) {
    errors_.push_back({line_.line, column, message});
  }

  const CatalogueLine& line_;
  const std::string& delegation_;
  Errors& errors_;
};

v1::Instrument BuildInstrument(LineReader& in) {
  v1::Instrument out;
  in.FillCommon(out.mutable_common());
  out.set_code(in.Text("code"));
  out.set_nature(in.Text("nature"));
  in.AddText("title", out.mutable_titles());
  in.AddList("aliases", out.mutable_aliases());
  out.set_period(in.Text("period"));
  out.set_adopted_on(in.Text("adopted_on"));
  out.set_adopted_by(in.Text("adopted_by"));
  in.AddList("replaces", out.mutable_replaces());
  in.AddList("implements", out.mutable_implements());
  out.set_completeness(in.Text("completeness"));
  out.set_source(in.Text("source"));
  return out;
}

v1::Chapter BuildChapter(LineReader& in) {
  v1::Chapter out;
  in.FillCommon(out.mutable_common());
  out.set_code(in.Text("code"));
  out.set_order(in.Number("order"));
  in.AddText("title", out.mutable_titles());
  in.AddList("aliases", out.mutable_aliases());
  out.set_parent(in.Text("parent"));
  out.set_label(in.Text("label"));
  out.set_source(in.Text("source"));
  return out;
}

v1::Commitment BuildCommitment(LineReader& in) {
  v1::Commitment out;
  in.FillCommon(out.mutable_common());
  out.set_code(in.Text("code"));
  out.set_number_as_printed(in.Text("number_as_printed"));
  in.AddText("action", out.mutable_texts());
  out.set_nature(in.Text("nature"));
  out.set_objective(in.Text("objective"));
  out.set_timetable(in.Text("timetable"));
  in.AddResponsible(out.mutable_responsible());
  in.AddList("addressees", out.mutable_addressees());
  in.AddList("indicators", out.mutable_indicators());
  out.set_data_source(in.Text("data_source"));
  in.AddList("contributes_to", out.mutable_contributes_to());
  out.set_source(in.Text("source"));
  return out;
}

v1::Indicator BuildIndicator(LineReader& in) {
  v1::Indicator out;
  in.FillCommon(out.mutable_common());
  out.set_code(in.Text("code"));
  in.AddText("title", out.mutable_titles());
  out.set_level(in.Text("level"));
  out.set_measure(in.Text("measure"));
  out.set_unit(in.Text("unit"));
  out.set_decimals(in.Number("decimals"));
  out.set_direction(in.Text("direction"));
  out.set_aggregation(in.Text("aggregation"));
  out.set_minimum(in.Text("minimum"));
  out.set_maximum(in.Text("maximum"));
  in.AddDimensions(out.mutable_dimensions());
  out.set_frequency(in.Text("frequency"));
  in.AddList("external_refs", out.mutable_external_refs());
  in.AddText("definition", out.mutable_definitions());
  out.set_source(in.Text("source"));
  return out;
}

v1::Round BuildRound(LineReader& in) {
  v1::Round out;
  in.FillCommon(out.mutable_common());
  out.set_code(in.Text("code"));
  out.set_nature(in.Text("nature"));
  out.set_covers(in.Text("period"));
  in.AddList("scope", out.mutable_scope());
  in.AddList("expected", out.mutable_expected());
  out.set_opens(in.Text("opens"));
  out.set_deadline(in.Text("deadline"));
  out.set_zone(in.Text("zone"));
  out.set_grace_days(in.Number("grace_days"));
  out.set_template_name(in.Text("template"));
  in.AddList("mandatory_sections", out.mutable_mandatory_sections());
  in.AddList("languages", out.mutable_languages());
  out.set_working_language(in.Text("working_language"));
  out.set_meeting_date(in.Text("meeting_date"));
  out.set_meeting_place(in.Text("meeting_place"));
  out.set_agenda_ref(in.Text("agenda_ref"));
  out.set_outcome_ref(in.Text("outcome_ref"));
  out.set_source(in.Text("source"));
  return out;
}

v1::Intervention BuildIntervention(LineReader& in) {
  v1::Intervention out;
  in.FillCommon(out.mutable_common());
  out.set_round(in.Text("round"));
  out.set_chapter(in.Text("chapter"));
  out.set_date(in.Text("date"));
  out.set_item(in.Text("item"));
  out.set_speaker(in.Text("speaker"));
  out.set_nature(in.Text("nature"));
  in.AddText("summary", out.mutable_summaries());
  out.set_doc_ref(in.Text("doc_ref"));
  out.set_number(in.Number("number"));
  out.set_source(in.Text("source"));
  return out;
}

}  // namespace

Record BuildRecord(const CatalogueLine& line, const std::string& delegation_code, Errors& errors) {
  LineReader in(line, delegation_code, errors);
  switch (line.kind) {
    case v1::INSTRUMENT:
      return BuildInstrument(in);
    case v1::CHAPTER:
      return BuildChapter(in);
    case v1::COMMITMENT:
      return BuildCommitment(in);
    case v1::INDICATOR:
      return BuildIndicator(in);
    case v1::ROUND:
      return BuildRound(in);
    case v1::INTERVENTION:
      return BuildIntervention(in);
    default:
      return std::monostate();
  }
}

}  // namespace entente::meaning

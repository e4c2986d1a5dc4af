// entente meeting add|item and intervention add: what the secretariat minutes of a review meeting.
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

struct MeetingOptions {
  std::string round, date, last_day, place, title, agenda_ref, outcome_ref, lang;
  AuthorOptions author;
};

std::string WithoutInstrument(const std::string& code, const std::string& instrument) {
  absl::string_view rest = code;
  absl::ConsumePrefix(&rest, instrument + "/");
  return base::Str(rest);
}

absl::StatusOr<Exit> AddMeetingRecord(Context& context, const MeetingOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.round));
  v1::Meeting meeting;
  ASSIGN_OR_RETURN(*meeting.mutable_common()->mutable_delegation(), OwnCode(context));
  meeting.set_round(WithoutInstrument(o.round, instrument));
  meeting.set_date(o.date);
  meeting.set_last_day(o.last_day);
  ASSIGN_OR_RETURN(*meeting.mutable_place(), WordsOf(o.place));
  ASSIGN_OR_RETURN(*meeting.add_titles(), TextOf(context, o.title, o.lang));
  meeting.set_agenda_ref(o.agenda_ref);
  meeting.set_outcome_ref(o.outcome_ref);
  const Act act{instrument,
                {RecordOf(v1::MEETING, meeting, {})},
                absl::StrCat("meeting of ", o.date, o.place.empty() ? "" : ", ", Printable(o.place),
                             ": ", Printable(meeting.titles(0).text()), "\n"),
                ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

struct ItemOptions {
  std::string meeting, item, chapter, title, doc_ref, lang;
  AuthorOptions author;
};

absl::StatusOr<Exit> AddItem(Context& context, const ItemOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument());
  ASSIGN_OR_RETURN(const v1::Record record, GetRecord(context, instrument, o.meeting));
  if (record.heads_size() != 1 || record.heads(0).kind() != v1::MEETING) {
    return Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                   absl::StrCat(o.meeting, " is no meeting"), "entente meeting list shows them");
  }
  v1::AgendaItem item;
  ASSIGN_OR_RETURN(*item.mutable_common()->mutable_delegation(), OwnCode(context));
  item.set_meeting(record.heads(0).entry_id());
  item.set_item(o.item);
  item.set_chapter(o.chapter);
  ASSIGN_OR_RETURN(*item.add_titles(), TextOf(context, o.title, o.lang));
  item.set_doc_ref(o.doc_ref);
  const Act act{
      instrument,
      {RecordOf(v1::AGENDA_ITEM, item, HlcsOf(record))},
      absl::StrCat("agenda item ", Printable(o.item), ": ", Printable(item.titles(0).text()), "\n"),
      ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

struct InterventionOptions {
  std::string round, chapter, date, item, speaker, nature = "statement", text, doc_ref, source,
                                                   lang;
  uint32_t number = 0;
  AuthorOptions author;
};

absl::StatusOr<Exit> AddIntervention(Context& context, const InterventionOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.round));
  v1::Intervention said;
  ASSIGN_OR_RETURN(*said.mutable_common()->mutable_delegation(), OwnCode(context));
  said.set_round(WithoutInstrument(o.round, instrument));
  said.set_chapter(o.chapter);
  said.set_date(o.date);
  said.set_item(o.item);
  said.set_speaker(o.speaker);
  said.set_nature(o.nature);
  ASSIGN_OR_RETURN(*said.add_summaries(), TextOf(context, o.text, o.lang));
  said.set_doc_ref(o.doc_ref);
  said.set_number(o.number);
  ASSIGN_OR_RETURN(*said.mutable_source(), WordsOf(o.source));
  const Act act{instrument,
                {RecordOf(v1::INTERVENTION, said, {})},
                absl::StrCat("minutes that ", o.speaker, " spoke (", Printable(o.nature), ") on ",
                             o.chapter.empty() ? "item " + o.item : o.chapter, " on ", o.date, ": ",
                             Printable(said.summaries(0).text()), "\n"),
                ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

}  // namespace

void AddMeetingActs(CLI::App& meeting, Context& context) {
  auto o = std::make_shared<MeetingOptions>();
  CLI::App* add = AddCommand(
      meeting, context, "add", "Record a meeting",
      "entente meeting add --round MTR-2017 --date 2017-10-12 --place Brussels --title \"...\" "
      "--key A.key",
      [&context, o] { return AddMeetingRecord(context, *o); });
  add->add_option("--round", o->round, "The round it reviews");
  add->add_option("--date", o->date, "First day, YYYY-MM-DD")->required();
  add->add_option("--last-day", o->last_day, "Last day, if there are several");
  add->add_option("--place", o->place, "Where");
  add->add_option("--title", o->title, "What it is called")->required();
  add->add_option("--agenda-ref", o->agenda_ref, "Document number of the agenda");
  add->add_option("--outcome-ref", o->outcome_ref, "Document number of the outcome");
  add->add_option("--text-lang", o->lang, "Language of the title; default: --lang, else en");
  AddAuthorOptions(*add, o->author);
  auto i = std::make_shared<ItemOptions>();
  CLI::App* item =
      AddCommand(meeting, context, "item", "Put an item on a meeting's agenda",
                 "entente meeting item meeting/2afb25f0 --item 3 --chapter DDR --title \"...\" "
                 "--key A.key",
                 [&context, i] { return AddItem(context, *i); });
  item->add_option("meeting", i->meeting, "The meeting, as entente meeting list shows it")
      ->required();
  item->add_option("--item", i->item, "As printed, such as 3 or 4(a)")->required();
  item->add_option("--chapter", i->chapter, "The chapter it is about");
  item->add_option("--title", i->title, "What it is called")->required();
  item->add_option("--doc-ref", i->doc_ref, "Document number");
  item->add_option("--text-lang", i->lang, "Language of the title; default: --lang, else en");
  AddAuthorOptions(*item, i->author);
}

void AddInterventionAdd(CLI::App& intervention, Context& context) {
  auto o = std::make_shared<InterventionOptions>();
  CLI::App* command = AddCommand(
      intervention, context, "add", "Minute what a delegation said at a meeting",
      "entente intervention add --round MTR-2017 --chapter DDR --date 2017-10-12 --item 3 "
      "--speaker KG --text \"...\" --key A.key",
      [&context, o] { return AddIntervention(context, *o); });
  command->add_option("--round", o->round, "The round of the meeting");
  command->add_option("--chapter", o->chapter, "The chapter it is about; none: another item");
  command->add_option("--date", o->date, "Day, YYYY-MM-DD")->required();
  command->add_option("--item", o->item, "Agenda item as printed");
  command->add_option("--speaker", o->speaker, "Code of the delegation that spoke")->required();
  command->add_option("--kind", o->nature,
                      "statement, proposal, assistance_need, reservation or question");
  command->add_option("--text", o->text, "What was said, in short; @FILE for a file")
      ->type_name("TEXT|@FILE")
      ->required();
  command->add_option("--doc-ref", o->doc_ref, "Document number of the minutes");
  command->add_option("--number", o->number, "Tells interventions of one speaker apart");
  command->add_option("--source", o->source, "Document and section it rests on");
  command->add_option("--text-lang", o->lang, "Language of the text; default: --lang, else en");
  AddAuthorOptions(*command, o->author);
}

}  // namespace entente::client

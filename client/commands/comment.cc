// entente comment add: what any party says on any record; also the answer to a question that needs
// no new report.
#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

struct CommentOptions {
  std::string reference, text, nature = "statement", part, lang;
  bool answer = false;
  AuthorOptions author;
};

// The first question about the record that is still open.
absl::StatusOr<std::string> OpenQuestion(const v1::Record& record) {
  for (const auto& spoken : record.spoken()) {
    v1::Review review;
    if (spoken.kind() == v1::REVIEW && !spoken.answered() &&
        review.ParseFromString(spoken.payload()) && review.outcome() == "clarification_requested")
      return spoken.entry_id();
  }
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("no question about ", record.reference(), " is open here"),
                 "leave --answer out to comment all the same");
}

absl::StatusOr<Exit> AddOne(Context& context, const CommentOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.reference));
  ASSIGN_OR_RETURN(const v1::Record record, GetRecord(context, instrument, o.reference));
  v1::Comment comment;
  ASSIGN_OR_RETURN(*comment.mutable_common()->mutable_delegation(), OwnCode(context));
  FillAbout(record, *comment.mutable_about());
  comment.set_nature(o.nature);
  comment.set_part(o.part);
  ASSIGN_OR_RETURN(*comment.add_texts(), TextOf(context, o.text, o.lang));
  if (o.answer) {
    ASSIGN_OR_RETURN(*comment.mutable_answers(), OpenQuestion(record));
  }
  const Act act{
      instrument,
      {RecordOf(v1::COMMENT, comment, HlcsOf(record))},
      absl::StrCat(o.answer ? "answers the question about " : "comments on ", record.reference(),
                   " (", Printable(o.nature), "): ", Printable(comment.texts(0).text()), "\n"),
      ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

}  // namespace

void AddCommentAdd(CLI::App& comment, Context& context) {
  auto o = std::make_shared<CommentOptions>();
  CLI::App* command = AddCommand(
      comment, context, "add", "Say something about a record, or answer a question about it",
      "entente comment add R:EUCA-2014/MTR-2017/KG/DDR/08 --answer --text \"Of December\" --key "
      "A.key",
      [&context, o] { return AddOne(context, *o); });
  command->add_option("reference", o->reference, "Reference of the record")->required();
  command->add_option("--text", o->text, "What is said; @FILE for the content of a file")
      ->type_name("TEXT|@FILE")
      ->required();
  command->add_option("--kind", o->nature,
                      "statement, question, proposal, assistance_need or reservation");
  command->add_option("--part", o->part, "A part of it, such as section.obstacles or values[CODE]");
  command->add_flag("--answer", o->answer, "Answers the question that is open about our report");
  command->add_option("--text-lang", o->lang, "Language of the text; default: --lang, else en");
  AddAuthorOptions(*command, o->author);
}

}  // namespace entente::client

// What the commands that write one record share: the record it is about, the words it says, and
// signing it.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "client/context/context.h"
#include "client/signing/submit_run.h"
#include "node/meaning/record/normalise.h"

namespace entente::client {

absl::StatusOr<v1::Record> GetRecord(Context& context, const std::string& instrument,
                                     const std::string& reference);
// The same; no heads when nothing stands there.
absl::StatusOr<v1::Record> StandingRecord(Context& context, const std::string& instrument,
                                          const std::string& slot);
// The claimed times of what a record replaces or is about: its own must be later.
std::vector<uint64_t> HlcsOf(const v1::Record& record);

// The code of this node's delegation. NOT_FOUNDED when it has none.
absl::StatusOr<std::string> OwnCode(Context& context);

// "@PATH" is the content of a file, anything else is the text itself; in Normalization Form C.
absl::StatusOr<std::string> WordsOf(const std::string& given);
// The same, tagged: `lang`, else --lang, else English.
absl::StatusOr<v1::Text> TextOf(Context& context, const std::string& given,
                                const std::string& lang = "");

// The heads of a record, as what another one is about.
void FillAbout(const v1::Record& record, v1::About& about);
// Entry ids into common.supersedes, ascending.
void FillSupersedes(std::vector<std::string> entries, v1::Common& common);

void SupersedeHeads(const v1::Record& record, v1::Common& common);

// One record to be signed: `text` says in words what it does.
struct Act {
  std::string instrument;
  std::vector<UnsignedRecord> records;
  std::string text;   // in English; of a draft in the reader's language
  std::string draft;  // the draft it comes from; empty: none
};

// What came of an act, as it is told.
struct ActDone {
  SubmitRun run;  // its entries are empty after a dry run
  nlohmann::ordered_json object;
  std::string text;
};

// Shows, signs and submits; what came of it is for the caller to print.
absl::StatusOr<ActDone> SignQuietly(Context& context, const AuthorOptions& options, const Act& act);
// The same, and prints it.
absl::StatusOr<SubmitRun> SignAct(Context& context, const AuthorOptions& options, const Act& act);

// Every text goes in Normalization Form C, from whichever option it came. A report is in it since
// it was drafted, and may bear a second signature over its bytes.
template <class Message>
UnsignedRecord RecordOf(uint32_t kind, Message message, std::vector<uint64_t> cited,
                        uint32_t schema = 1) {
  if constexpr (!std::is_same_v<Message, v1::Report>) meaning::NormaliseTexts(message);
  return {kind, schema, PayloadBytes(message), std::move(cited)};
}

}  // namespace entente::client

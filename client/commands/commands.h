// One function per noun: it hangs the noun's commands on the tree. A command's options live in a
// struct that its action shares; nothing happens before the whole command line is understood.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "client/context/context.h"
#include "node/ledger/note.h"

namespace entente::client {

using Action = std::function<absl::StatusOr<Exit>()>;

// A leaf command: `example` is shown under its help.
inline CLI::App* AddCommand(CLI::App& parent, Context& context, const std::string& name,
                            const std::string& description, const std::string& example,
                            Action action) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->footer("Example:\n  " + example);
  command->callback([&context, action = std::move(action)] { context.action = action; });
  return command;
}
// A noun that only groups its verbs.
inline CLI::App* AddNoun(CLI::App& parent, const std::string& name,
                         const std::string& description) {
  CLI::App* noun = parent.add_subcommand(name, description);
  noun->require_subcommand(1);
  return noun;
}

// --as-of of a question.
inline void AddAsOf(CLI::App& question, Context& context) {
  question.add_option("--as-of", context.options.as_of,
                      "A past state: 2017-09-01, 2017-09-14T08:02Z, or a frontier of this node");
}

void AddKey(CLI::App& root, Context& context);
void AddDelegation(CLI::App& root, Context& context);
void AddDelegationActs(CLI::App& delegation, Context& context);
void AddDelegationKeys(CLI::App& delegation, Context& context);
void AddDelegationEntries(CLI::App& delegation, Context& context);
// `sign`, the same under delegation and instrument.
void AddSign(CLI::App& noun, Context& context);
void AddInstrument(CLI::App& root, Context& context);
void AddInstrumentActs(CLI::App& instrument, Context& context);
void AddInstrumentChain(CLI::App& instrument, Context& context);
void AddReceipt(CLI::App& root, Context& context);
// Hung onto the noun `receipt`; and `receipt show` of a file.
void AddReceiptVerify(CLI::App& noun, Context& context);
absl::StatusOr<Exit> ShowReceiptFile(Context& context, const std::string& path);
// The charter's acts about the register, and the noun `register`.
void AddRegisterActs(CLI::App& instrument, Context& context);
void AddRegister(CLI::App& root, Context& context);
void AddRegisterCheck(CLI::App& noun, Context& context);
// Acts that name this node's keys for a register with this origin; made unless dry_run.
absl::StatusOr<std::vector<ledger::Act>> RegisterActs(Context& context, const std::string& origin,
                                                      bool dry_run);
// `absence`, under audit.
void AddAbsence(CLI::App& audit, Context& context);
void AddImport(CLI::App& instrument, Context& context);
void AddCatalogueExport(CLI::App& instrument, Context& context);
void AddDraft(CLI::App& root, Context& context);
void AddDraftWriting(CLI::App& draft, Context& context);
void AddDraftClear(CLI::App& draft, Context& context);
void AddDraftImport(CLI::App& draft, Context& context);
void AddDraftAttach(CLI::App& draft, Context& context);
void AddAttachment(CLI::App& root, Context& context);
void AddSubmit(CLI::App& root, Context& context);
void AddWithdraw(CLI::App& root, Context& context);
void AddReview(CLI::App& root, Context& context);
void AddCommentAdd(CLI::App& comment, Context& context);
void AddRoundActs(CLI::App& round, Context& context);
void AddTranslationAdd(CLI::App& translation, Context& context);
void AddMeetingActs(CLI::App& meeting, Context& context);
void AddInterventionAdd(CLI::App& intervention, Context& context);
// `correct` and `withdraw`, under each of the three.
void AddCommentCorrections(CLI::App& comment, Context& context);
void AddMeetingCorrections(CLI::App& meeting, Context& context);
void AddInterventionCorrections(CLI::App& intervention, Context& context);
void AddPersonAdd(CLI::App& person, Context& context);
void AddAmendmentActs(CLI::App& amendment, Context& context);
void AddCommitmentMove(CLI::App& commitment, Context& context);
void AddSync(CLI::App& root, Context& context);
void AddStatus(CLI::App& root, Context& context);
void AddPeer(CLI::App& root, Context& context);
void AddQuestions(CLI::App& root, Context& context);
void AddRecords(CLI::App& root, Context& context);
void AddChanges(CLI::App& root, Context& context);
void AddSearch(CLI::App& root, Context& context);
void AddSeries(CLI::App& root, Context& context);
void AddExport(CLI::App& root, Context& context);
void AddConflicts(CLI::App& root, Context& context);
void AddInbox(CLI::App& root, Context& context);
void AddBrief(CLI::App& root, Context& context);
void AddBackup(CLI::App& root, Context& context);
void AddBundle(CLI::App& root, Context& context);
void AddConfig(CLI::App& root, Context& context);
void AddDoctor(CLI::App& root, Context& context);
void AddAudit(CLI::App& root, Context& context);
void AddAuditPack(CLI::App& audit, Context& context);
// `list` and `show` of audit statements.
void AddAuditStatements(CLI::App& audit, Context& context);
void AddCompletion(CLI::App& root, Context& context);
void AddHelp(CLI::App& root, Context& context);

}  // namespace entente::client

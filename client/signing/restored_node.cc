#include "client/signing/restored_node.h"

#include "absl/strings/str_cat.h"
#include "client/context/operator_methods.h"
#include "client/keys/mark.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

// A node goes on in the newest incarnation it holds; a new one, or a lower head than the mark, is
// what a restored node offers.
bool MayBeRestored(const v1::PrepareEntriesResponse& prepared,
                   const std::vector<v1::HeldHead>& marks) {
  if (prepared.node_knows_higher()) return true;
  if (prepared.incarnation() > 1 && prepared.next_sequence() <= 1) return true;
  for (const v1::HeldHead& mark : marks) {
    if (mark.instrument() != prepared.instrument()) continue;
    if (mark.incarnation() > prepared.incarnation()) return true;
    if (mark.incarnation() == prepared.incarnation() &&
        mark.sequence() >= prepared.next_sequence()) {
      return true;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<std::vector<v1::HeldHead>> HeadsOfMarks(const std::string& key_path) {
  ASSIGN_OR_RETURN(const base::PublicKey key, ReadKeyName(key_path));
  ASSIGN_OR_RETURN(const std::vector<keys::Mark> marks, keys::ReadMarks(key_path));
  std::vector<v1::HeldHead> heads;
  for (const keys::Mark& mark : marks) {
    v1::HeldHead& head = heads.emplace_back();
    head.set_instrument(mark.instrument.str());
    head.set_key(key.str());
    head.set_incarnation(mark.incarnation);
    head.set_sequence(mark.sequence);
    head.set_id(mark.entry.str());
  }
  return heads;
}

absl::Status AskRestoredNode(Context& context, const std::string& key_path,
                             const v1::PrepareEntriesRequest& request,
                             v1::PrepareEntriesResponse& prepared) {
  ASSIGN_OR_RETURN(const std::vector<v1::HeldHead> marks, HeadsOfMarks(key_path));
  if (!MayBeRestored(prepared, marks)) return absl::OkStatus();
  v1::GetRestoreRequest question;
  question.set_instrument(prepared.instrument());
  question.set_key(request.key());
  for (const v1::HeldHead& mark : marks) *question.add_marks() = mark;
  absl::StatusOr<v1::RestoreState> state = context.Call(operation::kGetRestore, question);
  // A node that cannot say was not restored by this version; the guard beside the key stands.
  if (!state.ok() || !state->restored()) return absl::OkStatus();
  ASSIGN_OR_RETURN(prepared, context.Call(local::kPrepareEntries, request));
  if (state->keys_size() == 0 || state->keys(0).settled()) return absl::OkStatus();
  const std::string text = "This node was " + state->text();
  if (prepared.node_knows_higher()) {
    return Failure(absl::StatusCode::kAborted, "RESTORE_GUARD", "not signed. " + text,
                   "run entente sync, then run this again; without any network, and only if no "
                   "other copy of this node goes on, --open-incarnation");
  }
  context.Say(text);
  return absl::OkStatus();
}

}  // namespace entente::client

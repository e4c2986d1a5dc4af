#include "node/rpc/upkeep/restore_calls.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/status_macros.h"
#include "node/query/view/table.h"

namespace entente::rpc {

namespace {

std::string Entries(uint64_t count) {
  return absl::StrCat(count, count == 1 ? " entry" : " entries");
}

std::string NextText(const v1::RestoredKey& key) {
  return key.next_incarnation() == 0
             ? "sync before it signs"
             : absl::StrCat("its next entry goes in incarnation ", key.next_incarnation());
}

std::string KeyText(const v1::RestoredKey& key) {
  const std::string name = base::PublicKey::FromBytes(key.key())->Short();
  std::string known;
  if (key.missing() > 0) {
    known = absl::StrCat(Entries(key.missing()),
                         " signed after the backup, held by no peer met so far; ");
  } else if (!key.mark_known()) {
    known = "how far it signed after the backup is known beside the key only; ";
  }
  return absl::StrCat("key ", name, ": ", known, NextText(key));
}

// What the backup lacks of our own; empty: not known before a peer was met.
std::string NewerText(const v1::RestoreState& state) {
  uint64_t after = 0, back = 0, missing = 0;
  for (const v1::RestoredKey& key : state.keys()) {
    after += key.after_backup();
    back += key.came_back();
    missing += key.missing();
  }
  if (after == 0) return state.contacted() ? "no entry newer than the backup is known" : "";
  return absl::StrCat(
      Entries(after), " of our own ", after == 1 ? "is" : "are", " newer than the backup: ", back,
      " came back from peers, ", missing,
      state.contacted() ? " are held by nobody met so far" : " may still be with peers");
}

// One line, whose clauses people read in their language each.
std::string StateText(const v1::RestoreState& state) {
  std::vector<std::string> clauses = {
      absl::StrCat("restored on ", query::TimeText(state.restored_ms()), " from backup ",
                   state.backup(), " of ", query::TimeText(state.backup_ms()))};
  if (!state.contacted()) clauses.push_back("no peer has been met since: run entente sync");
  if (std::string newer = NewerText(state); !newer.empty()) clauses.push_back(std::move(newer));
  for (const v1::RestoredKey& key : state.keys()) {
    if (!key.settled()) clauses.push_back(KeyText(key));
  }
  return absl::StrJoin(clauses, "; ");
}

}  // namespace

v1::RestoreState RestoreMessage(const v1::RestoreRecord& record,
                                const std::vector<driver::KeyRestore>& keys, bool contacted,
                                bool settled) {
  v1::RestoreState out;
  out.set_restored(true);
  out.set_backup(record.backup());
  out.set_backup_ms(record.backup_ms());
  out.set_restored_ms(record.restored_ms());
  out.set_contacted(contacted);
  out.set_settled(settled);
  for (const driver::KeyRestore& key : keys) {
    v1::RestoredKey* one = out.add_keys();
    one->set_instrument(key.instrument.str());
    one->set_key(key.key.str());
    one->set_in_backup(key.in_backup);
    one->set_mark_known(key.mark_known);
    one->set_after_backup(key.after_backup);
    one->set_came_back(key.came_back);
    one->set_missing(key.missing);
    one->set_settled(key.settled);
    one->set_next_incarnation(key.next_incarnation);
  }
  out.set_text(StateText(out));
  return out;
}

absl::Status GetRestore(NodeCore& core, const v1::GetRestoreRequest& request,
                        v1::RestoreState& response) {
  if (!core.restored()) return absl::OkStatus();
  return core.Write([&](driver::Replica& replica) {
    const std::vector<v1::HeldHead> marks(request.marks().begin(), request.marks().end());
    replica.NoteMarks(marks);
    const driver::RestoreGuard* guard = replica.restored();
    std::vector<driver::KeyRestore> keys = guard->Keys(replica);
    std::erase_if(keys, [&](const driver::KeyRestore& key) {
      return (!request.key().empty() && key.key.view() != request.key()) ||
             (!request.instrument().empty() && key.instrument.view() != request.instrument());
    });
    response =
        RestoreMessage(guard->record(), keys, guard->Contacted(replica), guard->Settled(replica));
    return absl::OkStatus();
  });
}

absl::Status AddRestoreRemark(NodeCore& core, v1::NodeStatus& status) {
  v1::RestoreState state;
  RETURN_IF_ERROR(GetRestore(core, v1::GetRestoreRequest(), state));
  if (state.restored() && !state.settled()) status.add_remarks(state.text());
  return absl::OkStatus();
}

}  // namespace entente::rpc

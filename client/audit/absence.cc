#include "client/audit/absence.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "node/base/status_macros.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/tree.h"

namespace entente::client {

namespace {

absl::Status CannotSay(absl::string_view why, absl::string_view todo) {
  return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed, why, todo);
}

absl::Status CheckTree(const AbsenceQuestion& question, const std::vector<base::EntryId>& leaves,
                       const std::set<base::EntryId>& held) {
  tlog::CompactRange range;
  for (const base::EntryId& id : leaves) range.Append(*base::Digest::FromBytes(id.view()));
  if (range.size() != question.checkpoint.size || range.Root() != question.checkpoint.root) {
    return CannotSay(
        absl::StrCat("the register's tree held here does not lead to the checkpoint of size ",
                     question.checkpoint.size),
        "keep the file: with the one this node holds (entente register checkpoint) it may be a "
        "proof against the register");
  }
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (held.contains(leaves[i])) continue;
    return CannotSay(
        absl::StrCat(
            "entry ", leaves[i].Short(), " at index ", i,
            " of the register is not held here, or not whose it is, so it may be anybody's"),
        "entente sync fetches it");
  }
  return absl::OkStatus();
}

// The head of a feed among the first leaves: every sequence from 1 to it stands there, too.
absl::StatusOr<const FeedEntry*> HeadOf(const std::vector<FeedEntry>& entries,
                                        const std::map<base::EntryId, uint64_t>& index) {
  const FeedEntry* head = nullptr;
  std::set<uint64_t> sequences;
  for (const FeedEntry& entry : entries) {
    if (!index.contains(entry.id)) continue;
    sequences.insert(entry.sequence);
    if (head == nullptr || entry.sequence > head->sequence) head = &entry;
  }
  if (head != nullptr && sequences.size() != head->sequence) {
    return CannotSay(absl::StrCat("the register holds entry ", head->sequence,
                                  " of a feed and not every one before it"),
                     "it dropped an entry: show this to the other delegations");
  }
  return head;
}

}  // namespace

absl::StatusOr<AbsenceAnswer> AnswerAbsence(const AbsenceQuestion& question,
                                            const std::vector<base::EntryId>& leaves,
                                            const std::set<base::EntryId>& held,
                                            const Feeds& feeds) {
  RETURN_IF_ERROR(CheckTree(question, leaves, held));
  std::map<base::EntryId, uint64_t> index;
  for (size_t i = 0; i < leaves.size(); ++i) index.emplace(leaves[i], i);
  AbsenceAnswer out;
  out.statement = absl::StrCat(
      "entente-absence@v1\ninstrument ", question.instrument_code, " ", question.instrument.ToHex(),
      "\ndelegation ", question.delegation_code, " ", question.delegation.ToHex(), "\nslot ",
      question.slot, "\ncheckpoint ", question.checkpoint.origin, " ", question.checkpoint.size,
      " ", ledger::ToBase64(question.checkpoint.root.view()), "\n");
  std::set<base::PublicKey> seen;
  std::string lines;
  for (const auto& [feed, entries] : feeds) {
    ASSIGN_OR_RETURN(const FeedEntry* head, HeadOf(entries, index));
    if (head == nullptr) continue;
    seen.insert(feed.key);
    absl::StrAppend(&lines, "feed ", feed.key.ToHex(), " ", feed.incarnation, " ", head->sequence,
                    " ", head->id.ToHex(), " ", index.at(head->id), "\n");
    for (const FeedEntry& entry : entries) {
      auto at = index.find(entry.id);
      const bool counts = entry.verdict.status == ledger::Status::kAdmitted &&
                          entry.reference == question.reference;
      if (at == index.end() || !counts) continue;
      if (out.found && out.found_index <= at->second) continue;
      out.found = entry;
      out.found_index = at->second;
    }
  }
  std::vector<base::PublicKey> keys = question.keys;
  std::sort(keys.begin(), keys.end());
  for (const base::PublicKey& key : keys) {
    if (!seen.contains(key)) absl::StrAppend(&out.statement, "key ", key.ToHex(), " none\n");
  }
  absl::StrAppend(&out.statement, lines, "answer ",
                  out.found ? absl::StrCat(out.found->id.ToHex(), " ", out.found_index) : "none",
                  "\n");
  return out;
}

}  // namespace entente::client

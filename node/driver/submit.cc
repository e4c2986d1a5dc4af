// Entries written through this node: all or none, and only if they count.
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"

namespace entente::driver {

using absl::StatusCode;
using base::Error;
using ledger::Entry;
using Item = VerifiedEntries::Item;

namespace {

absl::Status NotAdmitted(const Entry& entry, const Verdict& verdict) {
  using ledger::StatusReason;
  const std::string where =
      absl::StrCat("entry ", entry.header.sequence, " of key ", entry.header.key.Short());
  switch (verdict.reason) {
    case StatusReason::kRole:
      return Error(StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                   absl::StrCat(where, ": the key's roles do not allow kind ", entry.header.kind,
                                "; use a key whose enrolment has the role (entente who)"));
    case StatusReason::kAdmission:
      return Error(
          StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
          absl::StrCat(where, ": the delegation is not admitted with a role that may write kind ",
                       entry.header.kind, "; ask the secretariat (entente instrument show)"));
    case StatusReason::kEnrolment:
      return Error(
          StatusCode::kPermissionDenied, "KEY_NOT_ENROLLED",
          absl::StrCat(
              where,
              ": the key is not enrolled in force; ask a signer of your delegation to enrol ",
              "it (entente delegation enrol)"));
    case StatusReason::kFork:
    case StatusReason::kSeal:
      return Error(
          StatusCode::kFailedPrecondition, "FEED_FORKED",
          absl::StrCat(where,
                       ": two signed entries share a sequence of this feed, so new ones would not ",
                       "count; settle it with entente delegation resolve-fork"));
    default:
      return Error(StatusCode::kFailedPrecondition, "KEY_REVOKED",
                   absl::StrCat(where, " would not count: ", ledger::StatusInWords(verdict),
                                "; use the key of the successor office (entente who)"));
  }
}

}  // namespace

absl::Status Replica::CheckSubmission(const FeedKey& feed, const std::vector<Item>& items) const {
  if (items.empty())
    return Error(StatusCode::kInvalidArgument, "ENTRY_MALFORMED", "no entries were given");
  if (!instruments_.contains(feed.instrument)) {
    return Error(StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                 "this node has not joined the entries' instrument; entente instrument list shows "
                 "the joined ones");
  }
  if (aside_.contains(feed)) {
    return Error(StatusCode::kFailedPrecondition, "RESTORE_GUARD",
                 "later entries of this key are known that are missing here, as after a restored "
                 "backup; sync first, "
                 "or go on in the next incarnation");
  }
  for (const Item& item : items) {
    if (item.entry.feed() != feed) {
      return Error(StatusCode::kInvalidArgument, "ENTRY_MALFORMED",
                   "the entries belong to more than one feed");
    }
    if (!item.authentic) {
      return Error(StatusCode::kInvalidArgument, "SIGNATURE_INVALID",
                   absl::StrCat("E-SIG signature: entry ", item.entry.header.sequence,
                                " does not verify; the content was changed after signing"));
    }
    if (!HeadsHeld(item.entry)) {
      return Error(StatusCode::kFailedPrecondition, "KEY_NOT_ENROLLED",
                   "the entry names authority notes this node does not hold; prepare it against "
                   "this node again");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SubmittedEntry>> Replica::Submit(const VerifiedEntries& entries) {
  const std::vector<Item>& items = entries.items();
  const FeedKey feed = items.empty() ? FeedKey{} : items[0].entry.feed();
  RETURN_IF_ERROR(CheckSubmission(feed, items));
  std::vector<SubmittedEntry> out;
  size_t held = 0;
  for (; held < items.size(); ++held) {
    ASSIGN_OR_RETURN(bool here, HeldStagedOrLogged(feed, items[held].entry));
    if (!here) break;
    out.push_back({items[held].entry.id, items[held].entry.header.sequence, {}, true});
  }
  std::vector<Item> fresh(items.begin() + held, items.end());
  if (fresh.empty()) return out;
  RETURN_IF_ERROR(CheckContinues(feed, fresh));
  RETURN_IF_ERROR(CheckRestored(feed, fresh));
  ASSIGN_OR_RETURN(std::vector<Verdict> verdicts, Foresee(feed, fresh));
  for (size_t i = 0; i < fresh.size(); ++i) {
    if (verdicts[i].status != ledger::Status::kAdmitted)
      return NotAdmitted(fresh[i].entry, verdicts[i]);
    out.push_back({fresh[i].entry.id, fresh[i].entry.header.sequence, verdicts[i], false});
  }
  if (restored_ && restored_->SignedSince(fresh.back().entry.header.hlc) && restored_->Open(feed)) {
    StageRestored();
  }
  if (CountPlain(feed, fresh) == fresh.size()) {
    RETURN_IF_ERROR(AcceptPlain(feed, absl::MakeSpan(fresh), store::LocalVia()));
    return out;
  }
  RETURN_IF_ERROR(Flush());
  std::vector<const Entry*> accepted;
  for (const Item& item : fresh) accepted.push_back(&item.entry);
  RETURN_IF_ERROR(AcceptJudged(feed, accepted, store::LocalVia()));
  return out;
}

absl::StatusOr<bool> Replica::HeldStagedOrLogged(const FeedKey& feed, const Entry& entry) {
  const v1::FeedState* state = Feed(feed);
  // A retry of an entry staged in this very group is the one case the disk does not know yet.
  if (state && state->tips_size() > 0 &&
      entry.header.sequence <= state->tips(state->tips_size() - 1).sequence() &&
      dirty_feeds_.contains(feed)) {
    RETURN_IF_ERROR(Flush());
  }
  return HeldInLog(feed, entry);
}

// The new entries continue the feed's one tip.
absl::Status Replica::CheckContinues(const FeedKey& feed, const std::vector<Item>& fresh) const {
  const v1::FeedState* state = Feed(feed);
  uint64_t sequence = 0;
  EntryId previous;
  if (state && state->tips_size() > 0) {
    if (state->tips_size() > 1) {
      return Error(
          StatusCode::kFailedPrecondition, "FEED_FORKED",
          absl::StrCat(
              "this key's feed has ", state->tips_size(),
              " branches; settle it with entente delegation resolve-fork and go on in a new "
              "incarnation"));
    }
    sequence = state->tips(0).sequence();
    previous = *EntryId::FromBytes(state->tips(0).id());
  }
  for (const Item& item : fresh) {
    const ledger::EntryHeader& header = item.entry.header;
    if (header.sequence > sequence + 1) {
      return Error(
          StatusCode::kFailedPrecondition, "PREDECESSOR_MISSING",
          absl::StrCat("entry ", sequence + 1, " of this key is missing here, ", header.sequence,
                       " was given; send the missing ones first, or sync"));
    }
    if (header.sequence <= sequence || header.previous != previous) {
      return Error(StatusCode::kAborted, "HEAD_MOVED",
                   absl::StrCat("entry ", header.sequence,
                                " does not continue the feed, whose head is entry ", sequence,
                                "; prepare again and sign again"));
    }
    sequence = header.sequence;
    previous = item.entry.id;
  }
  return absl::OkStatus();
}

// What the verdicts would be, before anything is staged.
absl::StatusOr<std::vector<Verdict>> Replica::Foresee(const FeedKey& feed,
                                                      const std::vector<Item>& fresh) {
  std::vector<Verdict> verdicts;
  if (CountPlain(feed, fresh) == fresh.size()) {
    const v1::FeedState* state = Feed(feed);
    const base::DelegationId delegation =
        state ? *base::DelegationId::FromBytes(state->delegation()) : DelegationOf(fresh[0].entry);
    for (const Item& item : fresh) {
      verdicts.push_back(ledger::JudgePlainAppend(
          feed, delegation, Judged(item.entry.header, item.entry.id), authority_));
    }
    return verdicts;
  }
  RETURN_IF_ERROR(Flush());
  ASSIGN_OR_RETURN(std::vector<ledger::JudgedEntry> rows, JudgedRows(feed));
  const size_t before = rows.size();
  for (const Item& item : fresh) rows.push_back(Judged(item.entry.header, item.entry.id));
  verdicts = ledger::JudgeFeed(feed, rows, authority_);
  verdicts.erase(verdicts.begin(), verdicts.begin() + static_cast<std::ptrdiff_t>(before));
  return verdicts;
}

}  // namespace entente::driver

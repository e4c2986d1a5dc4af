#include "node/ledger/status.h"

#include <algorithm>

#include "node/ledger/judge.h"

namespace entente::ledger {
namespace {

const char* StatusWord(Status status) {
  switch (status) {
    case Status::kAdmitted:
      return "admitted";
    case Status::kPending:
      return "pending";
    case Status::kQuarantined:
      return "quarantined";
    case Status::kDisplaced:
      return "displaced";
    case Status::kDisputed:
      return "disputed";
    case Status::kInvalid:
      return "invalid";
  }
  return "unknown status";
}

const char* ReasonWord(Status status, StatusReason reason) {
  switch (reason) {
    case StatusReason::kNone:
      return "";
    case StatusReason::kSignature:
      return "signature";
    case StatusReason::kHead:
      return status == Status::kPending ? "authority note not here"
                                        : "authority note of another chain";
    case StatusReason::kPrevious:
      return "entry before it not here";
    case StatusReason::kDelegation:
      return "another delegation's feed";
    case StatusReason::kEnrolment:
      return "key not enrolled";
    case StatusReason::kAdmission:
      return "delegation not admitted";
    case StatusReason::kRole:
      return "role";
    case StatusReason::kCharter:
      return "charter";
    case StatusReason::kTip:
      return "waits for a tip";
    case StatusReason::kAdopted:
      return "adopted";
    case StatusReason::kClosingAct:
      return "closed by its delegation";
    case StatusReason::kSeal:
      return "seal";
    case StatusReason::kFork:
      return "fork";
    case StatusReason::kNewerVersion:
      return "needs a newer version";
  }
  return "unknown reason";
}

const std::map<DelegationRole, RoleState>* RolesOf(const CharterView* charter,
                                                   const DelegationId& delegation) {
  if (charter == nullptr) return nullptr;
  auto roles = charter->roles.find(delegation);
  return roles == charter->roles.end() ? nullptr : &roles->second;
}

}  // namespace

std::string StatusInWords(const Verdict& verdict) {
  std::string words = StatusWord(verdict.status);
  if (verdict.reason == StatusReason::kNone) return words;
  return words + " (" + ReasonWord(verdict.status, verdict.reason) + ")";
}

bool DelegationRoleMayWrite(DelegationRole role, uint32_t kind) {
  if (kind >= 1 && kind <= 999) {
    return role == DelegationRole::kParty || role == DelegationRole::kImplementer;
  }
  if (kind >= 1000 && kind <= 1999) return role == DelegationRole::kSecretariat;
  return kind >= 2000 && kind <= 2999;
}

bool KeyRoleMayWrite(const std::string& key_role, uint32_t kind) {
  if (kind >= 1 && kind <= 999) {
    return key_role == "focal_point" || key_role == "signatory" || key_role == "implementer_lead";
  }
  if (kind >= 1000 && kind <= 1999) return key_role == "desk_officer";
  return kind >= 2000 && kind <= 2999;
}

HeadCheck CheckHeads(const FeedKey& feed, const NoteId& charter_head,
                     const NoteId& credentials_head, const Authority& authority) {
  const Note* charter = authority.Find(charter_head);
  const Note* credentials = authority.Find(credentials_head);
  if (charter == nullptr || credentials == nullptr) {
    return {Verdict{Status::kPending, StatusReason::kHead}, {}};
  }
  const DelegationId delegation = credentials->chain_id();
  if (charter->kind != ChainKind::kCharter || charter->chain_id() != feed.instrument ||
      credentials->kind != ChainKind::kCredentials) {
    return {Verdict{Status::kInvalid, StatusReason::kHead}, delegation};
  }
  if (!authority.Readable(charter_head) || !authority.Readable(credentials_head)) {
    return {Verdict{Status::kPending, StatusReason::kNewerVersion}, delegation};
  }
  return {std::nullopt, delegation};
}

std::optional<Verdict> CheckMayWrite(const CharterView* charter, const CredentialsView* credentials,
                                     const DelegationId& delegation, const PublicKey& key,
                                     uint32_t kind) {
  if (credentials == nullptr) return Verdict{Status::kPending, StatusReason::kEnrolment};
  auto enrolled = credentials->keys.find(key);
  if (enrolled == credentials->keys.end()) {
    return Verdict{Status::kPending, StatusReason::kEnrolment};
  }
  const auto* roles = RolesOf(charter, delegation);
  const bool admitted =
      roles != nullptr && std::any_of(roles->begin(), roles->end(), [&](const auto& r) {
        return DelegationRoleMayWrite(r.first, kind);
      });
  if (!admitted) return Verdict{Status::kPending, StatusReason::kAdmission};
  const std::vector<std::string>& key_roles = enrolled->second.roles;
  const bool allowed =
      std::any_of(key_roles.begin(), key_roles.end(),
                  [&](const std::string& role) { return KeyRoleMayWrite(role, kind); });
  if (!allowed) return Verdict{Status::kInvalid, StatusReason::kRole};
  return std::nullopt;
}

bool IsPlainFeed(const FeedKey& feed, const DelegationId& delegation, const Authority& authority) {
  // An adopt or void names entries, not feeds: any of the delegation may concern this one.
  return IsOpenLine(feed, delegation, authority) &&
         authority.Credentials(feed.instrument, delegation)->adoptions.empty() &&
         !authority.Charter(feed.instrument)->seals.contains({delegation, feed.Name()});
}

bool IsOpenLine(const FeedKey& feed, const DelegationId& delegation, const Authority& authority) {
  const CharterView* charter = authority.Charter(feed.instrument);
  const CredentialsView* credentials = authority.Credentials(feed.instrument, delegation);
  if (charter == nullptr || credentials == nullptr || charter->forked || credentials->forked)
    return false;
  if (credentials->closings.contains(feed.key) ||
      credentials->feed_closings.contains(feed.Name())) {
    return false;
  }
  const auto* roles = RolesOf(charter, delegation);
  return roles == nullptr || std::all_of(roles->begin(), roles->end(),
                                         [](const auto& role) { return role.second.shut.empty(); });
}

Verdict JudgePlainAppend(const FeedKey& feed, const DelegationId& delegation,
                         const JudgedEntry& entry, const Authority& authority) {
  HeadCheck heads = CheckHeads(feed, entry.charter_head, entry.credentials_head, authority);
  if (heads.verdict) return *heads.verdict;
  if (heads.delegation != delegation) return {Status::kInvalid, StatusReason::kDelegation};
  auto stopped = CheckMayWrite(authority.Charter(feed.instrument),
                               authority.Credentials(feed.instrument, delegation), delegation,
                               feed.key, entry.kind);
  return stopped ? *stopped : Verdict{Status::kAdmitted, StatusReason::kNone};
}

}  // namespace entente::ledger

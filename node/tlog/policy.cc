#include "node/tlog/policy.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/error.h"

namespace entente::tlog {

namespace {

// Reads the lines in order; a name must be known before it is used.
class PolicyReader {
 public:
  absl::StatusOr<Policy> Read(absl::string_view text);

 private:
  using Words = std::vector<absl::string_view>;

  absl::Status Line(const Words& words);
  absl::Status Log(const Words& words);
  absl::Status Witness(const Words& words);
  absl::Status Group(const Words& words);
  absl::Status Quorum(const Words& words);
  absl::StatusOr<VerifierKey> Key(absl::string_view text, uint8_t type);
  absl::Status NewName(absl::string_view name);
  absl::Status Fault(absl::string_view what) const {
    return ProofMalformed(absl::StrCat("policy line ", number_, ": ", what));
  }
  bool Known(absl::string_view name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

  Policy policy_;
  std::vector<std::string> names_, members_;
  std::vector<base::PublicKey> keys_;
  bool has_quorum_ = false;
  size_t number_ = 0;
};

absl::StatusOr<Policy> PolicyReader::Read(absl::string_view text) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number_;
    line = line.substr(0, line.find('#'));
    if (!ledger::IsPlainUtf8(absl::StrReplaceAll(line, {{"\t", " "}, {"\r", " "}}))) {
      return Fault("it is not UTF-8 or holds a control character");
    }
    const Words words = absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (!words.empty()) RETURN_IF_ERROR(Line(words));
  }
  if (policy_.logs.empty()) return ProofMalformed("the policy names no log");
  if (!has_quorum_) {
    return ProofMalformed("the policy has no quorum line; \"quorum none\" asks for no witness");
  }
  return std::move(policy_);
}

absl::Status PolicyReader::Line(const Words& words) {
  if (words[0] == "log") return Log(words);
  if (words[0] == "witness") return Witness(words);
  if (words[0] == "group") return Group(words);
  if (words[0] == "quorum") return Quorum(words);
  return Fault(absl::StrCat("\"", words[0], "\" is not log, witness, group or quorum"));
}

absl::StatusOr<VerifierKey> PolicyReader::Key(absl::string_view text, uint8_t type) {
  absl::StatusOr<VerifierKey> key = VerifierKey::Parse(text);
  if (!key.ok()) return Fault(key.status().message());
  if (key->type != type) {
    return Fault(
        absl::StrCat("the key of ", key->name, " has type ", key->type, ", wanted is ", type));
  }
  if (std::find(keys_.begin(), keys_.end(), key->key) != keys_.end()) {
    return Fault(absl::StrCat("the key of ", key->name, " stands in the policy already"));
  }
  keys_.push_back(key->key);
  return key;
}

absl::Status PolicyReader::NewName(absl::string_view name) {
  if (name == "none") return Fault("\"none\" is no name");
  if (Known(name)) return Fault(absl::StrCat("the name ", name, " is taken already"));
  names_.push_back(base::Str(name));
  return absl::OkStatus();
}

absl::Status PolicyReader::Log(const Words& words) {
  if (words.size() < 2 || words.size() > 3) return Fault("wanted: log VKEY [URL]");
  if (policy_.logs.size() >= kPolicyWitnessesMax) return Fault("there are too many logs");
  ASSIGN_OR_RETURN(VerifierKey key, Key(words[1], kTypeLog));
  policy_.logs.push_back({std::move(key), words.size() > 2 ? base::Str(words[2]) : ""});
  return absl::OkStatus();
}

absl::Status PolicyReader::Witness(const Words& words) {
  if (words.size() < 3 || words.size() > 4) return Fault("wanted: witness NAME VKEY [URL]");
  if (policy_.witnesses.size() >= kPolicyWitnessesMax) {
    return Fault(absl::StrCat("there are more than ", kPolicyWitnessesMax, " witnesses"));
  }
  RETURN_IF_ERROR(NewName(words[1]));
  ASSIGN_OR_RETURN(VerifierKey key, Key(words[2], kTypeCosigner));
  policy_.witnesses.push_back(
      {base::Str(words[1]), std::move(key), words.size() > 3 ? base::Str(words[3]) : ""});
  return absl::OkStatus();
}

absl::Status PolicyReader::Group(const Words& words) {
  if (words.size() < 4) return Fault("wanted: group NAME K|any|all MEMBER...");
  if (policy_.groups.size() >= kPolicyGroupsMax) {
    return Fault(absl::StrCat("there are more than ", kPolicyGroupsMax, " groups"));
  }
  PolicyGroup group{base::Str(words[1]), 0, {}};
  for (size_t i = 3; i < words.size(); ++i) {
    if (!Known(words[i])) return Fault(absl::StrCat("no line above names ", words[i]));
    if (std::find(members_.begin(), members_.end(), words[i]) != members_.end()) {
      return Fault(absl::StrCat(words[i], " is a member already; a name may be one once"));
    }
    members_.push_back(base::Str(words[i]));
    group.members.push_back(base::Str(words[i]));
  }
  auto needed = words[2] == "any"   ? std::optional<uint64_t>(1)
                : words[2] == "all" ? std::optional<uint64_t>(group.members.size())
                                    : ledger::ParseDecimal(words[2]);
  if (!needed || *needed == 0 || *needed > group.members.size()) {
    return Fault(absl::StrCat("\"", words[2], "\" is not any, all or a number from 1 to ",
                              group.members.size()));
  }
  group.needed = static_cast<uint32_t>(*needed);
  RETURN_IF_ERROR(NewName(words[1]));
  policy_.groups.push_back(std::move(group));
  return absl::OkStatus();
}

absl::Status PolicyReader::Quorum(const Words& words) {
  if (words.size() != 2) return Fault("wanted: quorum NAME|none");
  if (has_quorum_) return Fault("there is a quorum line already");
  if (words[1] != "none" && !Known(words[1])) {
    return Fault(absl::StrCat("no line above names ", words[1]));
  }
  has_quorum_ = true;
  if (words[1] != "none") policy_.quorum = base::Str(words[1]);
  return absl::OkStatus();
}

std::string WithUrl(const std::string& url) { return url.empty() ? "" : absl::StrCat(" ", url); }

// Since when a name is satisfied. Groups refer upwards only, so the depth is bounded by their
// number.
std::optional<uint64_t> NameTime(const Policy& policy, absl::string_view name,
                                 absl::Span<const SignedBy> signers) {
  for (const PolicyWitness& witness : policy.witnesses) {
    if (witness.name != name) continue;
    for (const SignedBy& signer : signers) {
      if (signer.key == witness.key) return signer.time;
    }
    return std::nullopt;
  }
  for (const PolicyGroup& group : policy.groups) {
    if (group.name != name) continue;
    std::vector<uint64_t> times;
    for (const std::string& member : group.members) {
      if (auto time = NameTime(policy, member, signers)) times.push_back(*time);
    }
    if (times.size() < group.needed) return std::nullopt;
    std::sort(times.begin(), times.end());
    return times[group.needed - 1];
  }
  return std::nullopt;
}

}  // namespace

Policy Policy::Flat(const VerifierKey& log, const std::vector<VerifierKey>& witnesses,
                    uint32_t needed) {
  Policy policy;
  policy.logs.push_back({log, ""});
  PolicyGroup group{"quorum-group", needed, {}};
  for (size_t i = 0; i < witnesses.size(); ++i) {
    policy.witnesses.push_back({absl::StrCat("w", i + 1), witnesses[i], ""});
    group.members.push_back(policy.witnesses.back().name);
  }
  if (needed > 0) {
    policy.quorum = group.name;
    policy.groups.push_back(std::move(group));
  }
  return policy;
}

std::vector<VerifierKey> Policy::Keys() const {
  std::vector<VerifierKey> keys;
  for (const PolicyLog& log : logs) keys.push_back(log.key);
  for (const PolicyWitness& witness : witnesses) keys.push_back(witness.key);
  return keys;
}

absl::StatusOr<Policy> ParsePolicy(absl::string_view text) {
  if (text.size() > kPolicyBytesMax) {
    return ProofMalformed(
        absl::StrCat("the policy has ", text.size(), " bytes, the most is ", kPolicyBytesMax));
  }
  return PolicyReader().Read(text);
}

std::string PolicyText(const Policy& policy) {
  std::string out;
  for (const PolicyLog& log : policy.logs) {
    absl::StrAppend(&out, "log ", log.key.Text(), WithUrl(log.url), "\n");
  }
  for (const PolicyWitness& witness : policy.witnesses) {
    absl::StrAppend(&out, "witness ", witness.name, " ", witness.key.Text(), WithUrl(witness.url),
                    "\n");
  }
  for (const PolicyGroup& group : policy.groups) {
    absl::StrAppend(&out, "group ", group.name, " ", group.needed, " ",
                    absl::StrJoin(group.members, " "), "\n");
  }
  return absl::StrCat(out, "quorum ", policy.quorum.empty() ? "none" : policy.quorum, "\n");
}

std::optional<uint64_t> QuorumTime(const Policy& policy, absl::Span<const SignedBy> witnesses) {
  return NameTime(policy, policy.quorum, witnesses);
}

absl::StatusOr<PolicyVerdict> EvaluateCheckpoint(const Policy& policy,
                                                 const SignedCheckpoint& checkpoint,
                                                 const crypto::Verifier& verifier) {
  ASSIGN_OR_RETURN(std::vector<SignedBy> signers,
                   VerifySignatures(checkpoint.text, checkpoint.lines, policy.Keys(), verifier));
  PolicyVerdict verdict;
  bool by_log = false;
  for (SignedBy& signer : signers) {
    if (signer.key.type == kTypeCosigner) {
      verdict.witnesses.push_back(std::move(signer));
    } else if (signer.key.name == checkpoint.checkpoint.origin) {
      by_log = true;
      verdict.log = std::move(signer.key);
    }
  }
  if (!by_log) {
    return base::Error(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID",
                       absl::StrCat("no log that is trusted here signed the checkpoint of \"",
                                    checkpoint.checkpoint.origin, "\""));
  }
  std::stable_sort(verdict.witnesses.begin(), verdict.witnesses.end(),
                   [](const SignedBy& a, const SignedBy& b) { return a.time < b.time; });
  const std::optional<uint64_t> time = QuorumTime(policy, verdict.witnesses);
  verdict.quorum = policy.quorum.empty() || time.has_value();
  verdict.quorum_time = time.value_or(0);
  return verdict;
}

absl::StatusOr<PolicyVerdict> EvaluateReceipt(const Policy& policy, const Receipt& receipt,
                                              const crypto::Verifier& verifier) {
  if (!ProofHolds(receipt)) {
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "VERIFICATION_FAILED",
        absl::StrCat("the proof does not lead from the entry, as number ", receipt.index,
                     ", to the root of size ", receipt.checkpoint.checkpoint.size));
  }
  return EvaluateCheckpoint(policy, receipt.checkpoint, verifier);
}

}  // namespace entente::tlog

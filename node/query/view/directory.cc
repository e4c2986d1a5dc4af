#include "node/query/view/directory.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/ledger/authority_words.h"
#include "node/query/view/spoken.h"
#include "node/query/view/table.h"

namespace entente::query {

namespace {

std::string PersonLine(const v1::Contribution& contribution) {
  v1::PersonSummary person;
  person.ParseFromString(contribution.summary());
  std::string line = person.name();
  if (!person.latin_name().empty()) absl::StrAppend(&line, " (", person.latin_name(), ")");
  absl::StrAppend(&line, ", ", person.office());
  if (!person.position().empty()) absl::StrAppend(&line, ", ", person.position());
  if (!person.contact().empty()) absl::StrAppend(&line, ", ", person.contact());
  if (!person.valid_until().empty()) absl::StrAppend(&line, ", until ", person.valid_until());
  return line;
}

}  // namespace

absl::Status CheckAdmitted(const Views& views, const std::string& delegation_code) {
  const ledger::CharterView* charter = views.charter();
  if (delegation_code.empty() || charter == nullptr || charter->by_code.contains(delegation_code))
    return absl::OkStatus();
  std::vector<std::string> known;
  for (const auto& [code, id] : charter->by_code) known.push_back(code);
  return base::Error(
      absl::StatusCode::kNotFound, "UNKNOWN_DELEGATION",
      absl::StrCat("E-DELEG delegation: \"", delegation_code, "\" is not registered for ",
                   views.code(), "; ", NearestAndKnown(delegation_code, known)));
}

std::string LabelIn(const ledger::CredentialsView* credentials, absl::string_view raw) {
  const auto key = base::PublicKey::FromBytes(raw);
  if (!key) return "";
  if (credentials == nullptr || !credentials->keys.contains(*key)) return key->Short();
  return credentials->keys.at(*key).label;
}

v1::Table Delegations(const Views& views) {
  TableBuilder table({{"code", "DELEGATION"},
                      {"name", "NAME"},
                      {"roles", "ROLES"},
                      {"credentials", "CREDENTIALS"},
                      {"position", "POSITION", true},
                      {"state", "STATE"}});
  const ledger::CharterView* charter = views.charter();
  if (!charter) return table.Finish();
  for (const base::DelegationId& delegation : charter->admitted_order) {
    const ledger::CredentialsView* credentials =
        views.published().authority.Credentials(views.instrument(), delegation);
    std::vector<std::string> roles;
    auto states = charter->roles.find(delegation);
    if (states == charter->roles.end()) continue;
    for (const auto& [role, state] : states->second) {
      roles.push_back(absl::StrCat(ledger::RoleWord(role), state.shut.empty() ? "" : " (shut)"));
    }
    table.Row({views.published().DelegationCode(views.instrument(), delegation),
               credentials ? credentials->name : "", absl::StrJoin(roles, ", "), delegation.Short(),
               credentials ? absl::StrCat(credentials->position) : "",
               !credentials          ? "credentials not held"
               : credentials->forked ? "credentials forked"
                                     : "in force"});
  }
  return table.Finish();
}

absl::StatusOr<v1::Table> Keys(const Views& views, const std::string& delegation_code) {
  TableBuilder table({{"delegation", "DELEGATION"},
                      {"label", "OFFICE OR PERSON"},
                      {"roles", "ROLES"},
                      {"fingerprint", "KEY"},
                      {"since", "SINCE (CLAIM)"},
                      {"state", "STATE"},
                      {"detail", "SINCE WHEN AND WHY"},
                      {"key", "WHOLE KEY"}});
  const ledger::Authority& authority = views.published().authority;
  const ledger::CharterView* charter = views.charter();
  if (!charter) return table.Finish();
  if (!delegation_code.empty()) RETURN_IF_ERROR(CheckAdmitted(views, delegation_code));
  ASSIGN_OR_RETURN(const auto people, StandingOfKind(views, v1::PERSON));
  for (const base::DelegationId& delegation : charter->admitted_order) {
    const std::string code = views.published().DelegationCode(views.instrument(), delegation);
    if (!delegation_code.empty() && code != delegation_code) continue;
    const ledger::CredentialsView* credentials =
        views.published().authority.Credentials(views.instrument(), delegation);
    if (!credentials) continue;
    for (const auto& [key, enrolled] : credentials->keys) {
      const ledger::KeyState state = ledger::KeyStateOf(authority, *credentials, key);
      table.Row({code, enrolled.label, absl::StrJoin(enrolled.roles, ","), ledger::Fingerprint(key),
                 ledger::DateOf(authority, enrolled.enrolled_by), state.word,
                 state.word == state.text ? "" : state.text, key.ToHex()});
    }
    for (std::string& line : ledger::OfficeLines(authority, *credentials))
      table.Note(absl::StrCat(code, ": ", line));
    for (const v1::Contribution& person : people) {
      if (person.delegation() == code) table.Note(absl::StrCat(code, ": ", PersonLine(person)));
    }
    if (credentials->forked)
      table.Note(absl::StrCat(code, ": its credentials are forked after note ",
                              credentials->position, "; entente status says who signed both"));
  }
  return table.Finish();
}

}  // namespace entente::query

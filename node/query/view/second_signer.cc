#include "node/query/view/second_signer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/ledger/authority_words.h"
#include "node/meaning/text/words.h"

namespace entente::query {

using base::PublicKey;
using ledger::CredentialsView;
using ledger::EnrolledKey;

namespace {

constexpr char kSignatory[] = "signatory";

meaning::Finding NotCleared(meaning::Moment moment, const std::string& what) {
  return {"E-CLEARED", "cleared_by", absl::StrCat("E-CLEARED cleared_by: ", what),
          moment == meaning::Moment::kLog ? meaning::Severity::kFlag : meaning::Severity::kRefuse};
}

const EnrolledKey* Enrolled(const CredentialsView& credentials, const PublicKey& key) {
  auto it = credentials.keys.find(key);
  return it == credentials.keys.end() ? nullptr : &it->second;
}

// Who has no part in it, whenever it was.
std::string WhyNobody(const CredentialsView& credentials, const PublicKey& key) {
  const EnrolledKey* second = Enrolled(credentials, key);
  if (second == nullptr) {
    return absl::StrCat("key ", ledger::Fingerprint(key), " is not enrolled for ", credentials.code,
                        "; a signatory gives the second signature");
  }
  if (!meaning::Contains(second->roles, kSignatory)) {
    return absl::StrCat(second->label, " is enrolled as ", absl::StrJoin(second->roles, ","),
                        "; a signatory gives the second signature");
  }
  return "";
}

std::string Ended(const ledger::Authority& authority, const CredentialsView& credentials,
                  const PublicKey& key) {
  return absl::StrCat("the key of ", Enrolled(credentials, key)->label, " was ",
                      ledger::KeyStateOf(authority, credentials, key).text,
                      "; another signatory clears it");
}

// Does a note up to the head the author signed on end this key? What came later the author could
// not know; a suspend stands in no chain, and so ends nothing that was cleared.
bool EndedBefore(const ledger::Authority& authority, const CredentialsView& credentials,
                 const PublicKey& key, const base::NoteId& head) {
  auto closings = credentials.closings.find(key);
  if (closings == credentials.closings.end()) return false;
  const ledger::Note* note = authority.Find(head);
  while (note != nullptr) {
    const bool ends = std::any_of(closings->second.begin(), closings->second.end(),
                                  [&](const auto& closing) { return closing.by == note->id; });
    if (ends) return true;
    note = note->previous ? authority.Find(*note->previous) : nullptr;
  }
  return false;
}

std::string WhyNotGiven(const EnrolledKey& author) {
  return absl::StrCat(author.label, " is enrolled to report with a second signature; a signatory ",
                      "gives it with entente draft clear");
}

}  // namespace

std::string WhyNoSecondSigner(const Views& views, const CredentialsView& credentials,
                              const PublicKey& key) {
  std::string why = WhyNobody(credentials, key);
  const ledger::Authority& authority = views.published().authority;
  if (why.empty() && ledger::KeyStateOf(authority, credentials, key).word != "active")
    return Ended(authority, credentials, key);
  return why;
}

std::optional<meaning::Finding> SecondSignerFault(const Views& views,
                                                  const ledger::EntryHeader& header,
                                                  const meaning::Record& record,
                                                  meaning::Moment moment) {
  const auto* report = std::get_if<v1::Report>(&record);
  if (report == nullptr && header.kind != v1::WITHDRAWAL) return std::nullopt;
  const ledger::Authority& authority = views.published().authority;
  const ledger::Note* head = authority.Find(header.credentials_head);
  const CredentialsView* credentials =
      head ? authority.Credentials(views.instrument(), head->chain_id()) : nullptr;
  const EnrolledKey* author = credentials ? Enrolled(*credentials, header.key) : nullptr;
  if (author == nullptr) return std::nullopt;  // the ledger's to say
  const bool asked = meaning::Contains(author->roles, kDualRole);
  if (report == nullptr) {
    if (!asked) return std::nullopt;
    return NotCleared(
        moment, absl::StrCat(author->label, " is enrolled to report with a second signature, ",
                             "which a withdrawal has no place for; a signatory signs it"));
  }
  if (!report->has_cleared_by()) {
    if (!asked) return std::nullopt;
    return NotCleared(moment, WhyNotGiven(*author));
  }
  const auto key = PublicKey::FromBytes(report->cleared_by().key());
  if (!key) return std::nullopt;  // said by the rules
  if (std::string why = WhyNobody(*credentials, *key); !why.empty()) return NotCleared(moment, why);
  if (Enrolled(*credentials, *key)->label == author->label) {
    return NotCleared(moment, absl::StrCat(author->label, " signed it, too; another person ",
                                           "gives the second signature"));
  }
  const bool ended = moment == meaning::Moment::kLog
                         ? EndedBefore(authority, *credentials, *key, header.credentials_head)
                         : ledger::KeyStateOf(authority, *credentials, *key).word != "active";
  if (ended) return NotCleared(moment, Ended(authority, *credentials, *key));
  return std::nullopt;
}

}  // namespace entente::query

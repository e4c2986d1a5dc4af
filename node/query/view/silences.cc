#include "node/query/view/silences.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/value/date.h"
#include "node/query/view/spoken.h"

namespace entente::query {

bool OpenSilence::Runs(uint64_t now_ms) const {
  const auto until = meaning::ParseDate(summary.until());
  return until && static_cast<int64_t>(now_ms) < meaning::EndOfDayMs(*until, 0);
}

bool OpenSilence::WaitsFor(const std::string& delegation, uint64_t now_ms) const {
  return Runs(now_ms) && amendment.delegation() != delegation &&
         std::find(objectors.begin(), objectors.end(), delegation) == objectors.end();
}

std::string OpenSilence::Reference(const Views& views) const {
  return meaning::ReferenceOfSlot(views.code(),
                                  absl::StrCat("amendment/", base::ToHex(amendment.entry())));
}

std::string OpenSilence::HowToObject(const Views& views) const {
  return absl::StrCat("to object: entente amendment object ", Reference(views), " --reason ...");
}

absl::StatusOr<std::vector<OpenSilence>> OpenSilences(const Views& views) {
  std::vector<OpenSilence> out;
  ASSIGN_OR_RETURN(auto amendments, StandingOfKind(views, v1::AMENDMENT));
  for (v1::Contribution& amendment : amendments) {
    OpenSilence silence;
    if (!silence.summary.ParseFromString(amendment.summary()) || silence.summary.until().empty())
      continue;
    const base::EntryId id = *base::EntryId::FromBytes(amendment.entry());
    ASSIGN_OR_RETURN(const auto decisions, SpokenAbout(views, id, v1::ADOPTION));
    if (!decisions.empty()) continue;
    ASSIGN_OR_RETURN(silence.objectors, ObjectorsTo(views, id));
    silence.amendment = std::move(amendment);
    out.push_back(std::move(silence));
  }
  return out;
}

}  // namespace entente::query

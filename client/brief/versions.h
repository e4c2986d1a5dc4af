// What one delegation wrote on one subject, as it is shown. Private to this room.
#pragma once

#include "client/brief/document.h"
#include "client/brief/facts.h"
#include "client/brief/texts.h"
#include "client/language/phrases.h"
#include "node/meaning/state/metrics.h"

namespace entente::client::brief {

// What the report says of what it was asked for: as the tables of the round count it.
meaning::Completeness CompletenessOf(const Facts& facts, const v1::BriefSlot& slot,
                                     const v1::BriefReport& head);

Version VersionOf(const Facts& facts, const v1::BriefSlot& slot, const v1::BriefReport& head,
                  bool alone, const Phrases& phrases);
// `lang`: of the words beside the value.
Value ValueOf(const Facts& facts, const v1::IndicatorValue& value, const std::string& lang,
              const Phrases& phrases);

// The reference of the slot, without a version.
std::string ReferenceOf(const Facts& facts, const v1::BriefSlot& slot);
// The same slot in a round, as records name it.
std::string SlotTextIn(const std::string& round, const v1::BriefSlot& slot);

// "sex=T, setting=prison"; with the area in front where it is not the delegation as a whole.
std::string OfWhat(const v1::IndicatorValue& value);

// As Written; a text that is in no language read is shown in translation, if there is one: what its
// delegation says officially before what others help out with.
Text WrittenOrTranslated(const Texts& texts, const v1::BriefReport& head, const std::string& part,
                         const Phrases& phrases, const std::string& working_language);

}  // namespace entente::client::brief

// What one delegation wrote on one subject, as it is shown. Private to this room.
#pragma once

#include "client/brief/document.h"
#include "client/brief/facts.h"
#include "client/language/phrases.h"

namespace entente::client::brief {

Version VersionOf(const Facts& facts, const v1::BriefSlot& slot, const v1::BriefReport& head,
                  bool alone, const Phrases& phrases);
Value ValueOf(const Facts& facts, const v1::IndicatorValue& value, const Phrases& phrases);

// The reference of the slot, without a version.
std::string ReferenceOf(const Facts& facts, const v1::BriefSlot& slot);

// "sex=T, setting=prison"; with the area in front where it is not the delegation as a whole.
std::string OfWhat(const v1::IndicatorValue& value);

}  // namespace entente::client::brief

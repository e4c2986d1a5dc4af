// Puts what people typed into the one form entries carry, without changing what it says: text in
// Unicode form NFC, language tags in canonical case, periods in canonical text, dimensions of a
// value ascending by name. What cannot be read is left as it is, for the rules to name.
#pragma once

#include "entente/v1/payload.pb.h"

namespace entente::meaning {

void NormaliseReport(v1::Report& report);
// NFC only, in every text field at any depth.
void NormaliseTexts(google::protobuf::Message& record);

}  // namespace entente::meaning

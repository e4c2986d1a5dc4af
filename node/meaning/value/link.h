// What a catalogue record may point to outside its own instrument: a target of the Sustainable
// Development Goals (SDG/3.5, SDG/16.a), another instrument (PP-2012), or a chapter or commitment
// of one (UNGASS-2016/1, EUCA-2014/DDR/08). Whether what is named exists is nobody's business here:
// a node may not even be allowed to hold the other instrument.
#pragma once

#include "absl/strings/string_view.h"

namespace entente::meaning {

bool IsLink(absl::string_view text);
// A code in a list kept elsewhere: the list's name, slash, the code. EU-OAI/7, SDG/3.5.1.
bool IsOutsideCode(absl::string_view text);

}  // namespace entente::meaning

// Where a delegation stands on a subject, in one word and one key. Private to this room.
#pragma once

#include "client/brief/document.h"
#include "client/language/phrases.h"
#include "entente/v1/brief.pb.h"

namespace entente::client::brief {

using Heads = google::protobuf::RepeatedPtrField<v1::BriefReport>;

// Of what stands in a slot; with nothing standing, key "absent" and the word given. `after_close`:
// nothing of it was there when the round was closed, so it is not counted.
Status StatusOf(const Heads& heads, bool after_close, const std::string& absent_word,
                const Phrases& phrases);

// Nothing was asked and nothing said.
Status Unasked(const Phrases& phrases);

// What silence means, from the set alone: its own records held here reach past the deadline, so it
// did not submit; or they do not, and something may be on its way.
std::string SilenceWord(const v1::BriefHead& head, const v1::BriefDelegation* delegation,
                        const Phrases& phrases);

// Phrases for the closed lists; the word itself when it is of no list.
std::string InWords(const std::string& word, const Phrases& phrases);

}  // namespace entente::client::brief

// The lists at the front of a brief: who is silent, what changed since the previous round, what is
// open, what is needed. Private to this room.
#pragma once

#include "client/brief/document.h"
#include "client/brief/facts.h"
#include "client/brief/slots.h"

namespace entente::client::brief {

std::vector<Silent> SilentOf(const Facts& facts, const Slots& slots, const Phrases& phrases);
std::vector<Change> ChangesOf(const Slots& slots, const Phrases& phrases);
std::vector<Note> QuestionsOf(const Facts& facts, const Slots& slots, const Phrases& phrases);
std::vector<Note> NeedsOf(const Facts& facts, const Phrases& phrases);

}  // namespace entente::client::brief

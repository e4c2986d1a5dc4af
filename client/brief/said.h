// What was said about the round and its records outside the reports. Private to this room.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/brief/document.h"
#include "client/brief/facts.h"
#include "client/language/phrases.h"

namespace entente::client::brief {

// The closes that stand, each with its synthesis.
std::vector<Comment> ClosesOf(const Facts& facts, const Phrases& phrases);

// Under a chapter as minuted, or under none; what was taken back follows, with why.
std::vector<Said> SaidOn(const Facts& facts, const std::string& chapter, const Phrases& phrases);

// By the slot they are about; what was taken back is named, with why.
std::map<std::string, std::vector<Comment>> CommentsBySlot(const Facts& facts,
                                                           const Phrases& phrases);

// What a comment is about, as the lists name it: "DDR/08", or the reference of a report of another
// delegation than the one that speaks.
std::string SubjectOfComment(const Facts& facts, const v1::BriefComment& said);
Text CommentText(const Facts& facts, const v1::BriefComment& said, const Phrases& phrases);

}  // namespace entente::client::brief

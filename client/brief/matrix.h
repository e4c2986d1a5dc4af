// Tables one can read across a room: delegations by chapters, delegations by commitments. Private
// to this room.
#pragma once

#include "client/brief/document.h"
#include "client/brief/facts.h"
#include "client/brief/slots.h"

namespace entente::client::brief {

// How many of the commitments asked about were reported on, chapter by chapter.
Matrix OverviewMatrix(const Facts& facts, const Slots& slots, const Phrases& phrases);

// A chapter's commitments, at most seven columns a table.
std::vector<Matrix> ChapterMatrices(const Facts& facts, const Slots& slots,
                                    const v1::Chapter& chapter, const Phrases& phrases);

// The commitments of a chapter, in order.
std::vector<const v1::Commitment*> CommitmentsOf(const Facts& facts, const std::string& chapter);

}  // namespace entente::client::brief

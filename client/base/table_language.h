// A table as its reader's language writes it: headings, words in cells, dates, numbers and the
// lines under it. Which columns hold words, dates or sentences is known by their names; all other
// cells are names, codes and what people wrote, and stay. For people's tables only: JSON and CSV
// are made from the table as the node gave it. Pure.
#pragma once

#include "client/language/phrases.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

// In English the table comes back as it is.
v1::Table TableIn(v1::Table table, const Phrases& phrases);

}  // namespace entente::client

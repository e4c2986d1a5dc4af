// Indicator values as bars in plain SVG. A bar is as long as its number; an estimate is hatched; a
// missing value has no bar but says why; a delegation that was asked and gave nothing has a line
// that says so. Nothing is smoothed, joined or filled in. Readable without colour; every chart says
// the same in words (title, desc). Private to this room.
#pragma once

#include <string>
#include <vector>

#include "client/brief/document.h"
#include "client/brief/facts.h"
#include "client/language/phrases.h"

namespace entente::client::brief {

// One a used indicator, by code; of this round and the one before it.
std::vector<Chart> ChartsOf(const Facts& facts, const Phrases& phrases);

std::string ChartSvg(const Chart& chart);

}  // namespace entente::client::brief

// The words of the settings about attachments. Each setter returns what is accepted when the text
// is not, and then changes nothing.
#pragma once

#include <optional>
#include <string>

#include "node/blob/blob_limits.h"

namespace entente {

std::optional<std::string> SetFetch(const std::string& text, blob::Limits& limits);
std::string FetchWord(blob::Fetch fetch);

// Whole MiB, 1 to 1024.
std::optional<std::string> SetMebibytes(const std::string& text, uint64_t& bytes);
std::string MebibytesText(uint64_t bytes);

// "EUCA-2014:all:200:100 CADAP-6:none:25:25": code, fetch, fetch_max, attach_max of each.
std::optional<std::string> SetByInstrument(const std::string& text,
                                           blob::LimitsByInstrument& limits);
std::string ByInstrumentText(const blob::LimitsByInstrument& limits);

}  // namespace entente

// A record with every version that stands, for people and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "client/language/phrases.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

nlohmann::ordered_json RecordJson(const v1::Record& record);
std::string RecordText(const v1::Record& record, const Phrases& phrases = Phrases());

// A payload in words: names, nested ones joined by dots, and values; as lines "name: value".
// Payloads of a newer version say so.
std::vector<std::pair<std::string, std::string>> PayloadFields(uint32_t kind, uint32_t schema,
                                                               const std::string& payload);
std::string PayloadText(uint32_t kind, uint32_t schema, const std::string& payload);
nlohmann::ordered_json PayloadJson(uint32_t kind, uint32_t schema, const std::string& payload);

}  // namespace entente::client

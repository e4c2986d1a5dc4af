// A record with every version that stands, for people and as JSON.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "client/language/phrases.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

nlohmann::ordered_json RecordJson(const v1::Record& record);
std::string RecordText(const v1::Record& record, const Phrases& phrases = Phrases());

// A payload in words: names, nested ones joined by dots, and values. Payloads of a newer version
// say so.
std::vector<std::pair<std::string, std::string>> PayloadFields(uint32_t kind, uint32_t schema,
                                                               const std::string& payload);
// What element `i` of the list `name` is called; `elements` are all of it.
using ElementNamer = std::function<std::string(const std::string& name,
                                               const nlohmann::ordered_json& elements, size_t i)>;
std::vector<std::pair<std::string, std::string>> PayloadFields(uint32_t kind, uint32_t schema,
                                                               const std::string& payload,
                                                               const ElementNamer& element);
// As lines "name: value", in the reader's language; and those that differ: "name: before -> after".
std::string PayloadText(uint32_t kind, uint32_t schema, const std::string& payload,
                        const Phrases& phrases);
std::string ChangesText(uint32_t kind, uint32_t schema, const std::string& before,
                        const std::string& after, const Phrases& phrases);
nlohmann::ordered_json PayloadJson(uint32_t kind, uint32_t schema, const std::string& payload);

}  // namespace entente::client

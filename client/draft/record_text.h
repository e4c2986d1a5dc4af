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

// "complete: 7 of 9; missing: section.obstacles"; empty where nothing in particular is asked for.
std::string CompletenessText(const v1::Completeness& completeness,
                             const Phrases& phrases = Phrases());
nlohmann::ordered_json CompletenessJson(const v1::Completeness& completeness);

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
// As lines "name: value", in the reader's language.
std::string PayloadText(uint32_t kind, uint32_t schema, const std::string& payload,
                        const Phrases& phrases);
// What two payloads of a kind say differently, a line each: "  timetable: 2014/2020 -> 2014/2022".
// Who wrote it, what it replaces and why is no difference. `before` empty: there was none.
std::string ChangesText(uint32_t kind, const std::string& before, const std::string& after,
                        const Phrases& phrases);
nlohmann::ordered_json PayloadJson(uint32_t kind, uint32_t schema, const std::string& payload);

}  // namespace entente::client

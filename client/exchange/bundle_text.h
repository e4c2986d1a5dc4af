// What the bundle commands say, as JSON and as text.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "entente/v1/bundle.pb.h"

namespace entente::client {

// The same error with the file's name in front.
absl::Status WithPath(const std::string& path, const absl::Status& status);

nlohmann::ordered_json BundlePlanJson(const v1::BundlePlan& plan);
std::string BundlePlanText(const v1::BundlePlan& plan);

nlohmann::ordered_json ImportedJson(const std::string& path, const absl::Status& status,
                                    const v1::ImportBundleResponse& response);
std::string ImportedText(const std::string& path, const absl::Status& status,
                         const v1::ImportBundleResponse& response);
// After every file: what is missing of each set, and of each instrument. `stored`: the answers to
// the files of entries, in the order in which they were stored.
void AddStillMissing(const std::vector<const v1::ImportBundleResponse*>& stored,
                     nlohmann::ordered_json& json, std::string& text);

}  // namespace entente::client

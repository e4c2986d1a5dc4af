// The node's status for monitoring, in Prometheus's text format
// (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4). Pure.
#pragma once

#include <string>

#include "entente/v1/local.pb.h"

namespace entente::client {

// Base units, a family after the other, series in the order of `status`. Labels are codes and the
// first 16 digits of a node's TLS fingerprint: what people wrote is in none of them.
std::string MetricsText(const v1::NodeStatus& status);

}  // namespace entente::client

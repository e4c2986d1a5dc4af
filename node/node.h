// The whole node: store, replica, writer, services, peers; put together in one order and taken
// apart in the other.
//
// Start order: store (lock, format, HEAD) -> replica -> writer -> peers' port -> local socket ->
// dialling. Stop order: dialling and live streams -> servers (calls under way may end) -> readers
// -> writer -> store. Killing it at any moment loses nothing that was acknowledged.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/config.h"

namespace entente {

class Node {
 public:
  // FAILED_PRECONDITION: store locked, newer or behind HEAD, port or socket in use; DATA_LOSS:
  // damaged. Messages say what to do.
  static absl::StatusOr<std::unique_ptr<Node>> Start(const NodeConfig& config,
                                                     bool accept_lost_batches);
  ~Node();

  // As bound.
  std::string listen_address() const;
  std::string socket() const;
  std::string spki() const;

  void Stop();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace entente

// What went over between two nodes, both ways; added up over contacts and over the calls answered.
#pragma once

#include <cstdint>

namespace entente::sync {

struct Moved {
  uint64_t entries_sent = 0, entries_received = 0;
  uint64_t notes_sent = 0, notes_received = 0;
  uint64_t bytes_sent = 0, bytes_received = 0;  // application messages
  uint64_t bytes_discovery = 0;  // of both: Hello, Authority and Heads, where this node asked

  bool anything() const {
    return entries_sent + entries_received + notes_sent + notes_received > 0;
  }
  Moved& operator+=(const Moved& other) {
    entries_sent += other.entries_sent;
    entries_received += other.entries_received;
    notes_sent += other.notes_sent;
    notes_received += other.notes_received;
    bytes_sent += other.bytes_sent;
    bytes_received += other.bytes_received;
    bytes_discovery += other.bytes_discovery;
    return *this;
  }
  // REQUIRES: `earlier` is an earlier state of the same sum.
  Moved Since(const Moved& earlier) const {
    return {entries_sent - earlier.entries_sent,      entries_received - earlier.entries_received,
            notes_sent - earlier.notes_sent,          notes_received - earlier.notes_received,
            bytes_sent - earlier.bytes_sent,          bytes_received - earlier.bytes_received,
            bytes_discovery - earlier.bytes_discovery};
  }
};

}  // namespace entente::sync

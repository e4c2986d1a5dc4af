// The wall clock of the client. What it says is a claim written into notes and headers; nothing is
// decided by it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace entente::client {

uint64_t WallMs();
// "2026-11-22T12:00:00Z"
std::string UtcText(uint64_t unix_ms);
// "2026-11-22", "2026-11-22T12:00:00Z" to Unix ms; 0 if it is neither.
uint64_t ParseUtc(const std::string& text);
// "3 d ago", "just now"; "never" for 0.
std::string Ago(uint64_t then_ms, uint64_t now_ms);

// A hybrid logical clock: 48 bits of Unix ms, 16 bits of counter. Strictly above `previous`; at
// least the wall clock; above each cited entry unless that one is more than five minutes ahead of
// the wall clock.
uint64_t NextHlc(uint64_t previous, uint64_t wall_ms, const std::vector<uint64_t>& cited);
inline uint64_t HlcMs(uint64_t hlc) { return hlc >> 16; }

}  // namespace entente::client

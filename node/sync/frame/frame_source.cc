#include "node/sync/frame/frame_source.h"

#include <utility>

#include "node/base/check.h"
#include "node/base/status_macros.h"

namespace entente::sync {

PathFrames::PathFrames(Host* host, const InstrumentId& instrument, NextRun next_run)
    : host_(host),
      instrument_(instrument),
      next_run_(std::move(next_run)),
      builder_(instrument, kFrameBytesMin) {}

absl::StatusOr<std::optional<ledger::Entry>> PathFrames::NextEntry() {
  if (waiting_) return std::exchange(waiting_, std::nullopt);
  for (;;) {
    if (path_ != nullptr) {
      ASSIGN_OR_RETURN(std::optional<ledger::Entry> entry, path_->Next());
      const bool put_off =
          entry && entry->payload.size() > kLargePayload && run_.wire_class == WireClass::kEntries;
      if (entry && !put_off) return entry;
      path_ = nullptr;
      if (put_off) PutOff(*entry);
    }
    std::optional<Run> run = next_run_();
    if (!run && !large_.empty() && !large_kept_back_) {
      run = std::move(large_.front());
      large_.pop_front();
    }
    if (!run) return std::nullopt;
    run_ = *std::move(run);
    const Path& path = run_.path;
    ASSIGN_OR_RETURN(path_, host_->ReadPath(path.feed.In(instrument_), path.tip, path.have));
  }
}

// The rest of the run, from this entry on.
void PathFrames::PutOff(const ledger::Entry& entry) {
  if (entry.header.sequence > 1)
    run_.path.have.push_back({entry.header.sequence - 1, entry.header.previous});
  run_.wire_class = WireClass::kLarge;
  large_.push_back(std::move(run_));
}

void PathFrames::NotePiece(const ledger::EntryHeader& header, const EntryId& id) {
  const FeedTip last{{header.key, header.incarnation}, {header.sequence, id}};
  if (!pieces_.empty() && pieces_.back().last.second.id == header.previous) {
    pieces_.back().last = last;
  } else {
    pieces_.push_back({header.previous, last});
  }
}

absl::StatusOr<std::optional<v1::Frame>> PathFrames::Next(size_t target_bytes,
                                                          ZstdWriter::Effort effort) {
  builder_.set_target(target_bytes);
  builder_.set_effort(effort);
  pieces_.clear();
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<ledger::Entry> entry, NextEntry());
    if (!entry) break;
    if (!builder_.Add(*entry)) {
      waiting_ = std::move(entry);
      break;
    }
    NotePiece(entry->header, entry->id);
  }
  if (builder_.entries() == 0) return std::nullopt;
  return builder_.Finish();
}

ArrivalFrames::ArrivalFrames(Host* host, const InstrumentId& instrument, const Spki& except,
                             uint64_t after)
    : host_(host),
      instrument_(instrument),
      except_(except),
      through_(after),
      builder_(instrument, kFrameBytesMin) {}

absl::StatusOr<std::optional<v1::Frame>> ArrivalFrames::Next(size_t target_bytes) {
  builder_.set_target(target_bytes);
  if (arrivals_ == nullptr) {
    ASSIGN_OR_RETURN(arrivals_, host_->ReadArrivals(instrument_, through_, except_));
  }
  for (;;) {
    std::optional<ledger::Entry> entry = std::exchange(waiting_, std::nullopt);
    if (!entry) {
      ASSIGN_OR_RETURN(entry, arrivals_->Next());
    }
    if (entry && !builder_.Add(*entry)) {
      waiting_ = std::move(entry);
      break;
    }
    // An entry that waits keeps its number for the frame it goes into.
    through_ = arrivals_->through();
    if (!entry) {
      arrivals_ = nullptr;
      break;
    }
  }
  if (builder_.entries() == 0) return std::nullopt;
  v1::Frame frame = builder_.Finish();
  frame.set_through_arrival(through_);
  return frame;
}

}  // namespace entente::sync

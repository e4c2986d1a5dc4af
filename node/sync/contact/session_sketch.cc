// Heads by a sketch: symbols are read until the differences are known, or until it is clear that
// telling all tips is cheaper. A peer whose sketch lies or never ends costs the cap and no more.
#include <algorithm>
#include <utility>

#include "node/base/status_macros.h"
#include "node/sync/contact/session.h"
#include "node/sync/frontier/names.h"

namespace entente::sync {

namespace {

// The peer's set changed between two stretches: begun anew so often.
constexpr int kSketchesMax = 2;

}  // namespace

// Null: a sketch is not possible, or not worth it.
std::unique_ptr<Session::Sketch> Session::MakeSketch() {
  auto sketch = std::make_unique<Sketch>();
  sketch->own = host_->FrontierOf(start_.instrument);
  const uint64_t feeds = sketch->own->feed_count();
  const uint64_t least = std::max(feeds, start_.peer_feeds) - std::min(feeds, start_.peer_feeds);
  sketch->cap = std::max(SketchCap(start_.peer_feeds, least), start_.sketch_cap_least);
  if (sketch->cap == 0 || sketches_ >= kSketchesMax) return nullptr;
  key_order_ = host_->KeyOrder(start_.instrument);
  auto items = SketchItems(*sketch->own, key_order_);
  if (!items || key_order_.empty()) return nullptr;
  sketch->key = SketchKey(start_.nonce, start_.instrument);
  sketch->decoder.emplace(*std::move(items), SipKey::FromBytes(sketch->key));
  ++sketches_;
  return sketch;
}

absl::Status Session::CompareHeads() {
  by_delta_ = false;
  settled_ = unresolved_ = false;
  unlinked_.clear();
  located_.clear();
  sketch_ = MakeSketch();
  if (!sketch_) return AskHeads(false);
  state_ = State::kHeads;
  tips_.clear();
  NoteMode(Mode::kSketch);
  AskSketch(std::min(kSketchFirst, sketch_->cap));
  return absl::OkStatus();
}

// Symbols up to `to`.
void Session::AskSketch(uint32_t to) {
  const auto have = static_cast<uint32_t>(sketch_->decoder->symbols());
  v1::HeadsRequest request;
  request.set_instrument(start_.instrument.str());
  request.set_authority_digest(host_->AuthorityDigest(start_.instrument).str());
  request.set_sketch_key(sketch_->key);
  request.set_from(have);
  request.set_symbols(to - have);
  sketch_->asked = to;
  out_->Call<CallHeads>(CallKind::kHeads, start_.index, std::move(request));
}

// The rest of the stream is not wanted.
void Session::Hang(CallId call) {
  out_->Add(Cancel{call});
  out_->End(call);
}

absl::Status Session::OnSymbols(CallId call, const v1::HeadsChunk& chunk) {
  absl::StatusOr<std::vector<CodedSymbol>> symbols = ReadSymbols(chunk.symbols());
  const size_t room = sketch_->asked - sketch_->decoder->symbols();
  if (!symbols.ok() || symbols->size() > room) {
    Fail(symbols.ok() ? MalformedMessage("more of a sketch than was asked for") : symbols.status());
    return absl::OkStatus();
  }
  if (sketch_->digest.empty()) sketch_->digest = chunk.frontier_digest();
  if (!chunk.frontier_digest().empty() && sketch_->digest != chunk.frontier_digest()) {
    Hang(call);
    return CompareHeads();
  }
  switch (sketch_->decoder->Add(*symbols)) {
    case SketchDecoder::State::kMore:
      out_->Read(call);
      return absl::OkStatus();
    case SketchDecoder::State::kBroken:
      Hang(call);
      return AskHeads(false);
    case SketchDecoder::State::kDone:
      break;
  }
  Hang(call);
  return UseSketch();
}

absl::Status Session::OnSketchEnd() {
  const SketchDecoder& decoder = *sketch_->decoder;
  const auto have = static_cast<uint32_t>(decoder.symbols());
  const uint32_t next = SketchNext(have, decoder.Estimate(), sketch_->cap);
  // Less came than was asked for: not a sketch to wait for.
  if (next == 0 || have < sketch_->asked) return AskHeads(false);
  AskSketch(next);
  return absl::OkStatus();
}

absl::Status Session::UseSketch() {
  const std::unique_ptr<Sketch> sketch = std::move(sketch_);
  absl::StatusOr<std::vector<PeerTip>> tips =
      TipsOfSketch(*sketch->own, *sketch->decoder, key_order_);
  if (!tips.ok()) return AskHeads(false);
  // No item differs and yet the sets do: ids that share 8 bytes.
  if (tips->empty() && sketch->digest != sketch->own->Digest().str()) return AskHeads(true);
  tips_ = *std::move(tips);
  told_digest_.clear();
  return Exchange(true);
}

}  // namespace entente::sync

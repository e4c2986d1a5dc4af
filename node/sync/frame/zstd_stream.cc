#include "node/sync/frame/zstd_stream.h"

#include <zstd.h>

#include "node/base/check.h"
#include "node/sync/frame/elision.h"

namespace entente::sync {

namespace {

constexpr int kSmallLevel = 3, kFastLevel = 1;

}  // namespace

struct ZstdWriter::Context {
  explicit Context(Effort effort) {
    const int level = effort == Effort::kFast ? kFastLevel : kSmallLevel;
    ENTENTE_CHECK(zstd != nullptr);
    ENTENTE_CHECK(!ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, level)));
  }
  ~Context() { ZSTD_freeCCtx(zstd); }

  ZSTD_CCtx* const zstd = ZSTD_createCCtx();
  const size_t room_size = ZSTD_CStreamOutSize();  // for one block
  const std::unique_ptr<char[]> room = std::make_unique_for_overwrite<char[]>(room_size);
};

ZstdWriter::ZstdWriter() = default;
ZstdWriter::~ZstdWriter() = default;

void ZstdWriter::Drive(absl::string_view piece, bool end) {
  if (context_ == nullptr) context_ = std::make_unique<Context>(effort_);
  ZSTD_inBuffer in{piece.data(), piece.size(), 0};
  size_t left = 1;
  while (left != 0) {
    ZSTD_outBuffer out{context_->room.get(), context_->room_size, 0};
    left = ZSTD_compressStream2(context_->zstd, &out, &in, end ? ZSTD_e_end : ZSTD_e_flush);
    ENTENTE_CHECK(!ZSTD_isError(left));
    out_.append(context_->room.get(), out.pos);
  }
}

void ZstdWriter::Add(absl::string_view piece) { Drive(piece, false); }

std::string ZstdWriter::Finish(absl::string_view last_piece) {
  Drive(last_piece, true);
  context_.reset();
  std::string whole = std::move(out_);
  out_.clear();
  return whole;
}

absl::StatusOr<std::string> ZstdDecode(absl::string_view body, size_t size) {
  // One zstd frame and nothing after it; so much is told by the headers of its blocks alone.
  if (ZSTD_findFrameCompressedSize(body.data(), body.size()) != body.size()) {
    return MalformedFrame("its body is not zstd, cut off or longer than it says");
  }
  std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> zstd(ZSTD_createDCtx(), ZSTD_freeDCtx);
  ENTENTE_CHECK(zstd != nullptr);
  // In one go, straight to where it is wanted: no window beside it that would be copied from.
  std::string decoded(size, '\0');
  const size_t got =
      ZSTD_decompressDCtx(zstd.get(), decoded.data(), size, body.data(), body.size());
  if (ZSTD_isError(got) || got != size) {
    return MalformedFrame("its body has another size than it says, or is damaged");
  }
  return decoded;
}

}  // namespace entente::sync

// What a zstd dictionary would save on small frames, of all their bytes: signatures, envelope and
// the ids in the columns do not compress. Trained on other texts than it is tried on. ENTENTE_PROSE
// names a folder of .txt files to try as prose, instead of another catalogue by the same hand.
#include <zdict.h>
#include <zstd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/payload.pb.h"
#include "node/base/check.h"
#include "node/meaning/catalogue/csv.h"
#include "node/sync/frame/frame.h"
#include "node/sync/frame/zstd_stream.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr int kLevel = 3;  // as frames are made
constexpr size_t kDictionaryBytes = 32 << 10;
constexpr size_t kReports = 1000;
constexpr uint64_t kSmallFrame = 4 << 10;

struct Payload {
  uint32_t kind = v1::REPORT;
  std::string bytes;
};
using Payloads = std::vector<Payload>;
struct Corpus {
  const char* name;
  Payloads train, tried;
};

Payloads Made(Generator& generator) {
  Payloads out;
  for (size_t n = 0; n < kReports; ++n)
    out.push_back({v1::REPORT, generator.Report(kPartyCode, n)});
  return out;
}

std::string TextOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The records of a catalogue, as an import signs them.
Payloads RecordsOf(const char* code) {
  const std::string path = absl::StrCat(ENTENTE_CATALOGUES, "/", code, ".csv");
  const meaning::CatalogueFile file = meaning::ParseCatalogueCsv(TextOf(path), kSecretariatCode);
  ENTENTE_CHECK(!file.rows.empty());
  Payloads out;
  for (const meaning::CatalogueRow& row : file.rows) out.push_back({row.kind, row.payload});
  return out;
}

Payload ReportSaying(std::string words, Generator& generator, size_t n) {
  v1::Report report;
  report.ParseFromString(generator.Report(kPartyCode, n));
  report.mutable_narratives(0)->set_text(std::move(words));
  return {v1::REPORT, report.SerializeAsString()};
}

// Reports whose narratives are what commitments say, some 700 bytes of officials' English each.
Payloads ReportsIn(const Payloads& records) {
  Generator generator(3);
  Payloads out;
  std::string words;
  for (const Payload& record : records) {
    v1::Commitment commitment;
    if (record.kind != v1::COMMITMENT || !commitment.ParseFromString(record.bytes)) continue;
    for (const v1::Text& text : commitment.texts()) absl::StrAppend(&words, text.text(), ". ");
    if (words.size() < kPayloadBytes) continue;
    out.push_back(ReportSaying(std::exchange(words, {}), generator, out.size()));
  }
  return out;
}

// Somebody else's prose, cut to narratives of the usual length.
Payloads ReportsFrom(const char* folder) {
  Generator generator(3);
  Payloads out;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".txt") continue;
    const std::string text = TextOf(file.path());
    for (size_t at = 0; at + kPayloadBytes < text.size();) {
      size_t end = at + kPayloadBytes;
      while ((text[end] & 0xc0) == 0x80) --end;  // not within a character of UTF-8
      out.push_back(ReportSaying(text.substr(at, end - at), generator, out.size()));
      at = end;
    }
  }
  return out;
}

std::vector<Corpus> Corpora() {
  std::vector<Corpus> out(4);
  Generator one(1), other(2);
  out[0] = {"structure", Made(one), Made(other)};    // no word in common
  out[1] = {"vocabulary", out[0].train, Made(one)};  // every word known: no real text is so kind
  for (const char* code : {"CADAP-6", "EUAP-2017", "EURU-DLG", "PP-2012", "UNGASS-2016"}) {
    for (Payload& record : RecordsOf(code)) out[3].train.push_back(std::move(record));
  }
  out[3].name = "catalogue";
  out[3].tried = RecordsOf("EUCA-2014");
  const char* folder = std::getenv("ENTENTE_PROSE");
  out[2] = {"prose", ReportsIn(out[3].train),
            folder == nullptr ? ReportsIn(out[3].tried) : ReportsFrom(folder)};
  for (const Payload& record : out[3].train) out[2].train.push_back(record);  // all that is at hand
  return out;
}

std::string Train(const Payloads& payloads) {
  std::string all, dictionary(kDictionaryBytes, '\0');
  std::vector<size_t> sizes;
  for (const Payload& payload : payloads) {
    all += payload.bytes;
    sizes.push_back(payload.bytes.size());
  }
  const size_t size = ZDICT_trainFromBuffer(dictionary.data(), dictionary.size(), all.data(),
                                            sizes.data(), static_cast<unsigned>(sizes.size()));
  if (ZDICT_isError(size)) {
    // Too few samples to train on: their own end is a dictionary as well.
    return all.substr(all.size() > kDictionaryBytes ? all.size() - kDictionaryBytes : 0);
  }
  dictionary.resize(size);
  return dictionary;
}

struct Sizes {
  uint64_t frames = 0, plain = 0, with = 0;
};

class Compressor {
 public:
  explicit Compressor(const std::string& dictionary)
      : dictionary_(ZSTD_createCDict(dictionary.data(), dictionary.size(), kLevel)) {}
  ~Compressor() {
    ZSTD_freeCCtx(context_);
    ZSTD_freeCDict(dictionary_);
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  void Add(const v1::Frame& frame, Sizes& sizes) {
    const std::string body = sync::ZstdDecode(frame.body(), frame.body_size()).value();
    std::string out(ZSTD_compressBound(body.size()), '\0');
    const size_t size = ZSTD_compress_usingCDict(context_, out.data(), out.size(), body.data(),
                                                 body.size(), dictionary_);
    ENTENTE_CHECK(!ZSTD_isError(size));
    ++sizes.frames;
    sizes.plain += frame.ByteSizeLong();
    sizes.with += frame.ByteSizeLong() - frame.body().size() + size;
  }

 private:
  ZSTD_CCtx* context_ = ZSTD_createCCtx();
  ZSTD_CDict* dictionary_;
};

// Frames of so many entries; 0: of 4 KiB.
Sizes Measure(const World& world, const Corpus& corpus, size_t entries, Compressor& compressor) {
  Feed feed(world, &world.authors[0], world.party, 1'700'000'000'000);
  sync::FrameBuilder builder(world.charter.chain_id(),
                             entries == 0 ? kSmallFrame : sync::kFrameBytesMax);
  Sizes sizes;
  for (const Payload& payload : corpus.tried) {
    const ledger::Entry entry = feed.Sign(payload.kind, payload.bytes);
    if (builder.Add(entry) && (entries == 0 || builder.entries() < entries)) continue;
    const bool taken = entries > 0;
    compressor.Add(builder.Finish(), sizes);
    if (!taken) builder.Add(entry);
  }
  return sizes;
}

const std::vector<std::pair<std::string, size_t>>& FrameKinds() {
  static const auto* kinds =
      new std::vector<std::pair<std::string, size_t>>{{"1", 1}, {"3", 3}, {"10", 10}, {"4k", 0}};
  return *kinds;
}

std::vector<std::string> Names() {
  std::vector<std::string> out;
  for (const char* corpus : {"structure", "vocabulary", "prose", "catalogue"}) {
    for (const auto& [kind, entries] : FrameKinds())
      out.push_back(absl::StrCat("dictionary_", corpus, "_", kind));
  }
  return out;
}

absl::StatusOr<Results> MeasureDictionaries() {
  const World world(1);
  Results results;
  for (const Corpus& corpus : Corpora()) {
    const std::string dictionary = Train(corpus.train);
    Compressor compressor(dictionary);
    for (const auto& [kind, entries] : FrameKinds()) {
      const Sizes sizes = Measure(world, corpus, entries, compressor);
      if (sizes.frames == 0) continue;  // fewer reports than one frame takes
      const double saved = 100.0 * (1 - static_cast<double>(sizes.with) / sizes.plain);
      std::fprintf(stderr,
                   "bench: %s, frames of %s: %.0f bytes a frame, %.0f with a dictionary of "
                   "%zu bytes\n",
                   corpus.name, kind.c_str(), static_cast<double>(sizes.plain) / sizes.frames,
                   static_cast<double>(sizes.with) / sizes.frames, dictionary.size());
      results[absl::StrCat("dictionary_", corpus.name, "_", kind)] = {saved, "% saved", {}, {}};
    }
  }
  return results;
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using namespace entente::bench;
  return Main(argc, argv, {{Names(), MeasureDictionaries}});
}

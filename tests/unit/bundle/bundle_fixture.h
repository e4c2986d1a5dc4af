// Small bundles for the tests. The signature is a keyed hash: what signs is a port.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "node/base/error.h"
#include "node/bundle/check.h"
#include "node/bundle/format.h"
#include "node/bundle/reader.h"
#include "node/crypto/sha256.h"
#include "node/sync/frame/frame.h"
#include "node/sync/frame/notes_frame.h"
#include "tests/unit/sync/sync_fixture.h"

namespace entente::bundle::testing {

inline constexpr char kMaker[] = "a maker's key";

inline std::string FakeSignature(absl::string_view key, absl::string_view text) {
  return crypto::Sha256({key, text}).str();
}

inline v1::BundleHeader AHeader() {
  v1::BundleHeader header;
  header.set_kind(v1::BUNDLE_KIND_ENTRIES);
  header.set_maker_key(kMaker);
  header.set_instrument(sync::testing::AnInstrument().str());
  header.set_set(std::string(kSetBytes, 's'));
  header.set_part(1);
  header.set_parts(1);
  header.set_frontier_digest(std::string(32, 'f'));
  header.set_authority_digest(std::string(32, 'a'));
  return header;
}

struct Made {
  v1::BundleHeader header = AHeader();
  std::vector<std::string> frames;
  std::vector<IndexRow> rows;

  void Add(const v1::Frame& frame) {
    frames.push_back(frame.SerializeAsString());
    rows.push_back(
        RowOf(frames.back(), static_cast<uint32_t>(frame.notes_size()), frame.entries()));
    header.set_entries(header.entries() + frame.entries());
    header.set_notes(header.notes() + static_cast<uint64_t>(frame.notes_size()));
  }
  // As a maker that signs whatever it was given.
  std::string Bytes() const {
    const Head head = MakeHead(header, rows);
    std::string bytes = head.bytes;
    for (const std::string& frame : frames) bytes += frame;
    return bytes + MakeTail(head.root, FakeSignature(header.maker_key(), SignedText(head.root)));
  }
};

inline v1::Frame EntriesFrame(uint64_t key, int entries, size_t payload = 40) {
  sync::testing::Random random(key);
  sync::testing::FeedWriter feed(sync::testing::AnInstrument(), sync::testing::AKey(key));
  sync::FrameBuilder builder(sync::testing::AnInstrument(), sync::kFrameBytesMax);
  for (int i = 0; i < entries; ++i) {
    builder.Add(feed.Write(random, sync::testing::Prose(random, payload)));
  }
  return builder.Finish();
}

inline v1::Frame Notes(std::vector<std::string> files) {
  return sync::NotesFrame(sync::testing::AnInstrument(), std::move(files));
}

// Two notes, then two frames of entries.
inline Made ABundle() {
  Made made;
  made.Add(Notes({"a note", "another note"}));
  made.Add(EntriesFrame(1, 3));
  made.Add(EntriesFrame(2, 2));
  return made;
}

// Reads it as an import's first pass does; counts what came.
struct Reading {
  absl::Status status;
  int frames = 0;
  uint64_t entries = 0;
};

inline Reading Read(absl::string_view bytes, size_t piece = 1 << 20) {
  Reading out;
  Reader reader(
      {.head = [](const v1::BundleHeader&, const base::Digest&) { return absl::OkStatus(); },
       .frame =
           [&](const v1::BundleHeader& header, const IndexRow& row, absl::string_view frame) {
             ++out.frames;
             out.entries += row.entries;
             return CheckFrame(header, row, frame).status();
           },
       .signed_by =
           [](const std::string& key, const std::string& text, absl::string_view signature) {
             return FakeSignature(key, text) == signature;
           }});
  for (; !bytes.empty() && out.status.ok(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    out.status = reader.Add(bytes.substr(0, piece));
  }
  if (out.status.ok()) out.status = reader.Finish();
  return out;
}

inline std::string ReasonOfReading(absl::string_view bytes) {
  return base::ReasonOf(Read(bytes).status);
}

}  // namespace entente::bundle::testing

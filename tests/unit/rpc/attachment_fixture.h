// A node's part that holds attachments, without its network: a store in memory, files in a folder
// of the test's own, and reports of KG that name contents. Node `kg` is KG's, `kz` KZ's.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "entente/v1/payload.pb.h"
#include "node/blob/chunk_tree.h"
#include "node/crypto/sha256.h"
#include "node/rpc/attachment/blob_service.h"
#include "node/rpc/attachment/blob_store.h"
#include "node/rpc/tls/identity.h"
#include "node/runtime/system_clock.h"
#include "tests/unit/driver/replica_fixture.h"
#include "tests/unit/rpc/temp_dir.h"

namespace entente::rpc {

// Bytes with their tree.
struct Content {
  explicit Content(size_t size, char first = 'a') {
    for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(first + i / 97 + i * 13));
    std::vector<base::Digest> leaves;
    for (size_t at = 0; at < size; at += blob::kChunkBytes) {
      leaves.push_back(crypto::LeafHash(absl::string_view(bytes).substr(at, blob::kChunkBytes)));
    }
    tree = blob::BuildTree(std::move(leaves));
    id = {tree.back(), size};
  }
  blob::Chunk ChunkAt(uint32_t number) const {
    blob::Chunk chunk{number, bytes.substr(number * blob::kChunkBytes, blob::kChunkBytes), {}};
    for (uint32_t place : blob::PathPlaces(id.chunks(), number)) chunk.path.push_back(tree[place]);
    return chunk;
  }
  std::vector<blob::Chunk> All() const {
    std::vector<blob::Chunk> all;
    for (uint32_t i = 0; i < id.chunks(); ++i) all.push_back(ChunkAt(i));
    return all;
  }
  v1::Attachment Named(const std::string& name) const {
    v1::Attachment attachment;
    attachment.set_name(name);
    attachment.set_media_type("application/pdf");
    attachment.set_size(bytes.size());
    attachment.set_sha256(crypto::Sha256(bytes).str());
    attachment.set_root(id.root.str());
    return attachment;
  }

  std::string bytes;
  std::vector<base::Digest> tree;
  blob::BlobId id;
};

// The plan with a node for each of two delegations.
struct PlanWithNodes : driver::Plan {
  PlanWithNodes() {
    kg_chain.Add({support::NodeOf(kg_node.spki)});
    kz_chain.Add({support::NodeOf(kz_node.spki)});
  }
  const Identity own = MakeIdentity().value();
  const Identity kg_node = MakeIdentity().value();
  const Identity kz_node = MakeIdentity().value();
};

class Holder {
 public:
  explicit Holder(const PlanWithNodes& plan)
      : plan_(plan), store_(plan), pen_(plan.PenOf(plan.kg)) {
    Open();
  }

  // KG's report on a commitment, with attachments.
  void Report(const std::string& commitment, const std::vector<v1::Attachment>& attachments) {
    v1::Report report;
    report.ParseFromString(support::ReportPayload("KG", commitment, "words", {}));
    for (const v1::Attachment& attachment : attachments) *report.add_attachments() = attachment;
    const ledger::Entry entry =
        pen_.Write(plan_.charter.head(), plan_.kg_chain.head(), 1, report.SerializeAsString(), 2);
    const absl::Status written = core->Write([&](driver::Replica& replica) {
      return replica.Ingest(driver::VerifyEntries({entry}, crypto::Ed25519Verifier()), "peerpeer")
          .status();
    });
    EXPECT_TRUE(written.ok()) << written;
  }
  // The node ends, and starts on what is on disk.
  void Restart() {
    Close();
    store_.Restart();
    Open();
  }
  storage::BlobFiles& Files() { return *files_; }
  std::string Path(const Content& content) const { return dir_.path() + "/" + content.id.Name(); }
  const base::InstrumentId& instrument() const { return plan_.charter.id(); }

  blob::LimitsByInstrument limits;
  std::unique_ptr<NodeCore> core;
  std::unique_ptr<BlobStore> blobs;
  std::unique_ptr<BlobWants> wants;

  ~Holder() { Close(); }

 private:
  void Open() {
    core = std::make_unique<NodeCore>(&store_.replica(), &clock_, NodeFacts{});
    auto files = storage::BlobFiles::Open(dir_.path());
    ASSERT_TRUE(files.ok()) << files.status();
    files_ = files->get();
    blobs = std::make_unique<BlobStore>(core.get(), *std::move(files));
    ASSERT_TRUE(blobs->Start().ok());
    wants = std::make_unique<BlobWants>(core.get(), blobs.get(), &limits);
  }
  void Close() {
    wants.reset();
    blobs.reset();
    if (core) core->Stop();
    core.reset();
  }

  const PlanWithNodes& plan_;
  TempDir dir_;
  runtime::SystemClock clock_;
  driver::Store store_;
  support::Pen pen_;
  storage::BlobFiles* files_ = nullptr;
};

}  // namespace entente::rpc

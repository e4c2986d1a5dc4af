// What other nodes ask of this one about a register, over real mutual TLS: cosignatures and
// receipts. The node is KG's; it holds a copy of the register and is a witness of it.
#include "node/rpc/register/register_service.h"

#include <gmock/gmock.h>

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "node/ledger/text_rules.h"
#include "node/register/rows.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/register/register_calls.h"
#include "node/rpc/server.h"
#include "node/rpc/tls/node_signature.h"
#include "node/runtime/system_clock.h"
#include "node/tlog/memory_tree.h"
#include "node/tlog/receipt.h"
#include "node/tlog/witness.h"
#include "node/wire/status_codec.h"
#include "tests/unit/register/register_fixture.h"
#include "tests/unit/rpc/temp_dir.h"

namespace entente::rpc {
namespace {

using absl::StatusCode;
using base::EntryId;
using driver::Store;
using ledger::Entry;
namespace act = ledger::act;

class AdmitsAnyone : public Membership {
 public:
  bool Admits(const base::Spki&) const override { return true; }
};

// The node with its services, for as long as it is up.
struct UpNode {
  UpNode(Store& store, RegisterKeys* keys, const Identity* identity)
      : core(&store.replica(), &clock, NodeFacts{}),
        registrar(&core, keys, false),
        peers(&core, identity),
        service(&core, &peers, &registrar, identity, &pool) {
    auto started = PeerServer::Start({.listen = "127.0.0.1:0",
                                      .identity = *identity,
                                      .membership = std::make_shared<AdmitsAnyone>(),
                                      .limits = {},
                                      .services = {&service}});
    EXPECT_TRUE(started.ok()) << started.status();
    server = *std::move(started);
  }
  ~UpNode() {
    service.Stop();
    server.reset();
    core.Stop();
  }

  runtime::SystemClock clock;
  NodeCore core;
  Registrar registrar;
  Peers peers;
  runtime::WorkerPool pool{{.threads = 4}};
  RegisterService service;
  std::unique_ptr<PeerServer> server;
};

class RegisterServiceTest : public driver::RegisterTest {
 protected:
  RegisterServiceTest() {
    const std::vector<std::string> notes = {
        plan_.kg_chain.Add({support::NodeOf(own_.spki)}),
        plan_.kz_chain.Add({support::NodeOf(kz_.spki)}),
        plan_.charter.Add({act::WitnessPolicy{1, {witness_.name.Text()}}})};
    for (Store* store : {register_.get(), copy_.get()}) store->Notes(notes);
    Keep(*register_);
  }
  void Up() { node_ = std::make_unique<UpNode>(*copy_, &keys_, &own_); }
  // The node goes down, loses what is not on disk, and comes back.
  void Restart() {
    node_.reset();
    copy_->Restart();
    Up();
  }
  // Entries arrive at the register and are taken in.
  std::vector<Entry> Receive(size_t count) {
    std::vector<Entry> entries = Write(count);
    register_->Ingest(entries);
    Sequence(*register_);
    Sign(*register_);
    for (const Entry& entry : entries) tree_.Append(base::Digest{entry.id.bytes});
    return entries;
  }

  template <class Call>
  absl::Status Ask(const Identity& caller, Call call) {
    auto stub = v1::Register::NewStub(MakePeerChannel(caller, node_->server->address(), own_.spki));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return wire::FromGrpc(call(*stub, &context));
  }
  absl::StatusOr<std::string> AddCheckpoint(const Identity& caller, const std::string& body) {
    v1::AddCheckpointRequest request;
    v1::AddCheckpointReply reply;
    request.set_body(body);
    const absl::Status answer = Ask(caller, [&](auto& stub, auto* context) {
      return stub.AddCheckpoint(context, request, &reply);
    });
    if (!answer.ok()) return answer;
    return reply.lines();
  }
  StatusCode CodeOf(const std::string& body) { return AddCheckpoint(kz_, body).status().code(); }
  absl::StatusOr<v1::ReceiptReply> Receipts(const Identity& caller,
                                            const std::vector<std::string>& ids) {
    v1::ReceiptRequest request;
    v1::ReceiptReply reply;
    request.set_instrument(instrument().str());
    for (const std::string& id : ids) request.add_entries(id);
    const absl::Status answer = Ask(
        caller, [&](auto& stub, auto* context) { return stub.Receipt(context, request, &reply); });
    if (!answer.ok()) return answer;
    return reply;
  }
  std::string Body(const tlog::MemoryTree& tree, uint64_t old_size, uint64_t size) {
    tlog::AddCheckpoint request;
    request.old_size = old_size;
    if (old_size > 0 && old_size <= size) {
      request.proof = *tlog::ConsistencyProof(old_size, size, tree.Source());
    }
    request.checkpoint =
        *tlog::ParseSignedCheckpoint(SignedFile({kOrigin, size, tree.RootAt(size)}));
    return tlog::AddCheckpointText(request);
  }
  std::string Body(uint64_t old_size, uint64_t size) { return Body(tree_, old_size, size); }
  // A tree the register might have shown somebody else.
  static tlog::MemoryTree OtherTree() {
    tlog::MemoryTree tree;
    for (uint8_t i = 0; i < 9; ++i) {
      base::Digest leaf;
      leaf.bytes[0] = i;
      tree.Append(leaf);
    }
    return tree;
  }
  uint64_t Evidence() { return node_->core.published()->registers.at(instrument())->evidence; }

  const Identity own_ = MakeIdentity().value(), kz_ = MakeIdentity().value(),
                 stranger_ = MakeIdentity().value();
  TempDir folder_;
  RegisterKeys keys_{folder_.path()};
  const NamedKey witness_ = keys_.Witness().value();
  tlog::MemoryTree tree_;  // the register's
  std::unique_ptr<UpNode> node_;
};

using Cosigner = RegisterServiceTest;
using PeerReceipt = RegisterServiceTest;

TEST_F(Cosigner, WhatExtendsIsCosignedAndTheMarkOutlivesAPowerCut) {
  Receive(8);
  Up();
  const std::string body = Body(0, 5);
  const auto lines = AddCheckpoint(kz_, body);
  ASSERT_TRUE(lines.ok()) << lines.status();
  const auto asked = *tlog::ParseAddCheckpoint(body);
  const auto answer = tlog::ParseSignedCheckpoint(asked.checkpoint.text + "\n" + *lines);
  ASSERT_TRUE(answer.ok()) << answer.status() << *lines;
  ASSERT_EQ(answer->lines.size(), 1u);
  EXPECT_TRUE(tlog::VerifyNoteLine(asked.checkpoint.text, answer->lines[0], witness_.name,
                                   crypto::Ed25519Verifier()));
  Restart();
  const absl::Status again = AddCheckpoint(kz_, Body(0, 5)).status();
  EXPECT_EQ(again.code(), StatusCode::kFailedPrecondition) << again;
  EXPECT_EQ(base::MetadataOf(again)["size"], "5");
  EXPECT_EQ(CodeOf(Body(5, 8)), StatusCode::kOk);
  EXPECT_EQ(CodeOf(Body(8, 8)), StatusCode::kOk) << "the same once more";
  EXPECT_EQ(CodeOf(Body(5, 8)), StatusCode::kFailedPrecondition);
}

TEST_F(Cosigner, WhatIsRefusedHasTheCodesOfTheTable) {
  Receive(8);
  Up();
  EXPECT_EQ(CodeOf("old 1\n"), StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(Body(6, 5)), StatusCode::kInvalidArgument);
  tlog::AddCheckpoint request = *tlog::ParseAddCheckpoint(Body(0, 5));
  request.checkpoint.lines[0].signature[9] ^= 1;
  EXPECT_EQ(CodeOf(tlog::AddCheckpointText(request)), StatusCode::kPermissionDenied);
  const driver::Signer elsewhere{"register", "another.example", tlog::kTypeLog};
  tlog::SignedCheckpoint& other = request.checkpoint;
  other.checkpoint.origin = "another.example";
  other.text = tlog::CheckpointText(other.checkpoint);
  other.lines = {tlog::SignCheckpoint(other.text, elsewhere.name, elsewhere.key)};
  EXPECT_EQ(CodeOf(tlog::AddCheckpointText(request)), StatusCode::kNotFound);
  // Whoever is not party learns nothing, not even that this node is a witness.
  EXPECT_EQ(AddCheckpoint(stranger_, Body(0, 5)).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(Body(0, 5)), StatusCode::kOk) << "nothing of all that was marked";
  const tlog::MemoryTree forged = OtherTree();
  EXPECT_EQ(CodeOf(Body(forged, 5, 8)), StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(Body(forged, 5, 5)), StatusCode::kDataLoss);
}

// What is told is shown to people, for every node that told one.
TEST_F(RegisterServiceTest, OnlyAKeyOfAWitnessIsTakenForOne) {
  Up();
  auto tell = [&](const std::string& witness) {
    v1::RegisterNews news;
    v1::OfferReply reply;
    news.set_instrument(instrument().str());
    news.set_witness(witness);
    EXPECT_TRUE(Ask(kz_, [&](auto& stub, auto* context) {
                  return stub.Offer(context, news, &reply);
                }).ok());
    return node_->registrar.witnesses().size();
  };
  EXPECT_EQ(tell(std::string(500'000, 'x')), 0u);
  EXPECT_EQ(tell("\x1b[2K"), 0u);
  EXPECT_EQ(tell(driver::Signer{"register", "another.example", tlog::kTypeLog}.name.Text()), 0u);
  EXPECT_EQ(tell(witness_.name.Text()), 1u);
}

// The store is one checkpoint ahead of what was published, as it is for a moment after each commit.
TEST_F(RegisterServiceTest, ACheckpointIsNotExportedWithoutItsLeaves) {
  Receive(3);
  Tell(*register_, *copy_);
  Up();
  storage::WriteBatch row;
  row.Put(store::kRegister, reg::CheckpointKey(HeadOf(*copy_)->log, 4),
          SignedFile({kOrigin, 4, OtherTree().RootAt(4)}));
  ASSERT_TRUE(copy_->kv().Write(row, storage::Durability::kSynced).ok());
  v1::ExportRegisterRequest request;
  request.set_instrument(node_->core.published()->InstrumentCode(instrument()));
  size_t leaves = 0;
  std::vector<uint64_t> sizes;
  ASSERT_TRUE(ExportRegister(node_->core, request, [&](const v1::RegisterChunk& chunk) {
                leaves += chunk.leaves().size() / 32;
                for (const std::string& file : chunk.checkpoints()) {
                  sizes.push_back(tlog::ParseSignedCheckpoint(file)->checkpoint.size);
                }
                return true;
              }).ok());
  EXPECT_EQ(leaves, 3u);
  EXPECT_THAT(sizes, testing::ElementsAre(3u));
}

TEST_F(Cosigner, AWitnessThatTheCharterDoesNotAskForSignsNothing) {
  Receive(3);
  copy_->Notes({plan_.charter.Add({act::WitnessPolicy{1, {witness_a_.name.Text()}}})});
  Up();
  EXPECT_EQ(CodeOf(Body(0, 3)), StatusCode::kNotFound);
}

// Also where it never cosigned anything: a copy says more than a size and a root.
TEST_F(Cosigner, WhatContradictsTheCopyIsNotCosignedAndProvesIt) {
  Receive(8);
  Tell(*register_, *copy_);
  Up();
  const tlog::MemoryTree forged = OtherTree();
  EXPECT_EQ(CodeOf(Body(forged, 0, 6)), StatusCode::kDataLoss);
  EXPECT_EQ(Evidence(), 1u);
  EXPECT_EQ(CodeOf(Body(0, 8)), StatusCode::kDataLoss) << "of that register nothing any more";
}

TEST_F(Cosigner, ContradictingWhatWasCosignedIsKeptAsEvidence) {
  Receive(8);
  Tell(*register_, *copy_);
  Up();
  ASSERT_EQ(CodeOf(Body(0, 8)), StatusCode::kOk);
  EXPECT_EQ(CodeOf(Body(OtherTree(), 8, 8)), StatusCode::kDataLoss);
  EXPECT_EQ(Evidence(), 1u);
  Restart();
  EXPECT_EQ(Evidence(), 1u);
}

// ---- receipts

// What the lines of a node's word say.
std::map<std::string, std::string> Said(const std::string& held) {
  std::map<std::string, std::string> out;
  for (absl::string_view line : absl::StrSplit(held, '\n')) {
    const std::pair<std::string, std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    out[words.first] = words.second;
  }
  return out;
}

TEST_F(PeerReceipt, WhatStandsInTheRegisterIsProvenAndWhatIsHeldIsSigned) {
  const std::vector<Entry> entries = Receive(8);
  Tell(*register_, *copy_);
  copy_->Ingest(entries);
  const std::vector<Entry> late = Write(1);
  copy_->Ingest(late);
  Up();
  EntryId unknown;
  unknown.bytes[3] = 1;
  const auto reply =
      Receipts(kz_, {entries[2].id.str(), late[0].id.str(), unknown.str(), entries[7].id.str()});
  ASSERT_TRUE(reply.ok()) << reply.status();
  ASSERT_EQ(reply->receipts_size(), 4);
  for (const auto& [at, index] : {std::pair(0, 2), std::pair(3, 7)}) {
    const auto receipt = tlog::ParseReceipt(reply->receipts(at).receipt());
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    EXPECT_TRUE(tlog::ProofHolds(*receipt));
    EXPECT_EQ(receipt->index, static_cast<uint64_t>(index));
    EXPECT_EQ(receipt->leaf, entries[static_cast<size_t>(index)].Leaf());
    EXPECT_TRUE(tlog::VerifyNoteLine(receipt->checkpoint.text, receipt->checkpoint.lines[0],
                                     log_.name, crypto::Ed25519Verifier()));
  }
  EXPECT_TRUE(reply->receipts(1).receipt().empty());
  EXPECT_TRUE(reply->receipts(2).receipt().empty());
  EXPECT_TRUE(reply->receipts(2).held().empty());
  for (int at : {0, 1, 3}) {
    const std::string& held = reply->receipts(at).held();
    auto said = Said(held);
    const std::string key = *ledger::ParseBase64(said["key"]);
    EXPECT_EQ(said["entry"], EntryId::FromBytes(reply->receipts(at).entry())->ToHex());
    EXPECT_EQ(SpkiOfKeyInfo(key), own_.spki);
    EXPECT_EQ(said["node"], own_.spki.ToHex());
    EXPECT_TRUE(SignedByNode(key, absl::string_view(held).substr(0, held.find("signature ")),
                             *ledger::ParseBase64(said["signature"])));
  }
}

TEST_F(PeerReceipt, WhoeverIsNotPartyGetsNoneAndBoundsSpeak) {
  const std::vector<Entry> entries = Receive(2);
  copy_->Ingest(entries);
  Up();
  EXPECT_EQ(Receipts(stranger_, {entries[0].id.str()}).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Receipts(kz_, {"short"}).status().code(), StatusCode::kInvalidArgument);
  const std::vector<std::string> many(65, entries[0].id.str());
  const absl::Status refused = Receipts(kz_, many).status();
  EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(refused.message(), "at most 64")) << refused;
  EXPECT_EQ(Receipts(kz_, {many.begin(), many.begin() + 64})->receipts_size(), 64);
}

}  // namespace
}  // namespace entente::rpc

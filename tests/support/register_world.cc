#include "tests/support/register_world.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/pack_writer.h"
#include "node/base/check.h"
#include "node/tlog/memory_tree.h"

namespace entente::support {

namespace act = ledger::act;

namespace {

constexpr uint32_t kReportKind = 1;
constexpr uint32_t kCommentKind = 2000;  // anyone admitted writes it

tlog::MemoryTree TreeOf(const std::vector<Written>& written, uint64_t size) {
  tlog::MemoryTree tree;
  for (uint64_t i = 0; i < size; ++i) {
    tree.Append(base::Digest{ledger::ParseLeaf(written[i].leaf, std::nullopt)->id.bytes});
  }
  return tree;
}

}  // namespace

MapPack::MapPack(PackMap files) : files_(std::move(files)) {
  for (const auto& [path, content] : files_) ENTENTE_CHECK(Add(path, content.size()).ok());
}

absl::Status MapPack::Pieces(const std::string& path, const Piece& piece) const {
  piece(files_.at(path));
  return absl::OkStatus();
}

absl::Status MapSink::Begin(const std::string& path, uint64_t size) {
  ENTENTE_CHECK(files.emplace(path, "").second);
  path_ = path;
  size_ = size;
  return absl::OkStatus();
}

absl::Status MapSink::Piece(absl::string_view bytes) {
  files[path_].append(bytes.data(), bytes.size());
  return absl::OkStatus();
}

absl::Status MapSink::End() {
  ENTENTE_CHECK(files[path_].size() == size_);
  return absl::OkStatus();
}

RegisterWorld::RegisterWorld(uint64_t entries, uint64_t step) {
  for (const char* name : {"witness.example/KG", "witness.example/KZ", "witness.example/EU-COM"}) {
    witnesses_.emplace_back(name, tlog::kTypeCosigner);
  }
  for (const char* code : {"EU-GSC", "KG", "KZ"}) {
    Author author{code,
                  KeyFrom(absl::StrCat(code, " signer")),
                  KeyFrom(absl::StrCat(code, " author")),
                  nullptr,
                  {}};
    authors_.push_back(std::move(author));
  }
  std::vector<ledger::Act> acts;
  for (Author& author : authors_) {
    const bool secretariat = &author == &authors_.front();
    author.credentials = std::make_unique<Chain>(Chain::Credentials(
        author.code, &author.signer, {EnrolOf(author.key, {"desk_officer", "focal_point"})}));
    acts.push_back(act::Admit{
        author.credentials->id(), author.code,
        secretariat ? ledger::DelegationRole::kSecretariat : ledger::DelegationRole::kParty});
  }
  acts.push_back(act::Register{log_.name.Text()});
  act::WitnessPolicy asked{2, {}};
  for (const LogKey& witness : witnesses_) asked.vkeys.push_back(witness.name.Text());
  std::sort(asked.vkeys.begin(), asked.vkeys.end());
  acts.push_back(asked);
  charter_ = std::make_unique<Chain>(
      Chain::Charter("EUCA-2014", &authors_.front().signer, std::move(acts)));
  for (Author& author : authors_) {
    author.pen.key = &author.key;
    author.pen.instrument = charter_->id();
  }
  for (uint64_t i = 0; i < entries; ++i) {
    const ledger::Entry entry = WriteNext(authors_[(i + i / 7) % authors_.size()], i);
    written_.push_back({entry.Leaf(), entry.payload});
    if ((i + 1) % step == 0 || i + 1 == entries) {
      checkpoints_.push_back(Sign(written_, i + 1, true));
    }
  }
}

ledger::Entry RegisterWorld::WriteNext(Author& author, uint64_t index) {
  Pen& pen = author.pen;
  ledger::EntryHeader header;
  header.instrument = pen.instrument;
  header.key = author.key.public_key();
  header.sequence = ++pen.sequence;
  header.previous = pen.previous;
  header.charter_head = charter_->head();
  header.credentials_head = author.credentials->head();
  header.hlc = pen.hlc = ((kFirstTime + index) * 1000) << 16;
  header.kind = author.code == "EU-GSC" ? kCommentKind : kReportKind;
  if (!checkpoints_.empty()) {
    header.seen_size = checkpoints_.back().checkpoint.size;
    header.seen_root = checkpoints_.back().checkpoint.root;
  }
  ledger::Entry entry = ledger::SignEntry(
      header, ReportPayload(author.code, "DDR/08", absl::StrCat("words ", index), {}), author.key);
  pen.previous = entry.id;
  return entry;
}

tlog::Policy RegisterWorld::policy() const {
  std::vector<tlog::VerifierKey> names;
  for (const LogKey& witness : witnesses_) names.push_back(witness.name);
  return tlog::Policy::Flat(log_.name, names, 2);
}

tlog::SignedCheckpoint RegisterWorld::Sign(const std::vector<Written>& written, uint64_t size,
                                           bool cosigned) const {
  tlog::SignedCheckpoint out;
  out.checkpoint = {log_.name.name, size, TreeOf(written, size).RootAt(size)};
  out.text = tlog::CheckpointText(out.checkpoint);
  out.lines = {tlog::SignCheckpoint(out.text, log_.name, log_.key)};
  for (size_t i = 0; cosigned && i < witnesses_.size(); ++i) {
    out.AddLines(
        {tlog::Cosign(out.text, kFirstTime + size + i, witnesses_[i].name, witnesses_[i].key)});
  }
  return out;
}

absl::Status RegisterWorld::WriteTo(client::PackSink& sink, const std::vector<Written>& written,
                                    const std::vector<tlog::SignedCheckpoint>& checkpoints) const {
  client::PackWriter writer(instrument(), &sink);
  absl::Status status = writer.AddNotes(charter_->files());
  for (const Author& author : authors_) status.Update(writer.AddNotes(author.credentials->files()));
  for (const Written& one : written) {
    const ledger::Entry entry = *ledger::ParseLeaf(one.leaf, std::nullopt);
    status.Update(writer.AddPayload(entry.header, one.payload));
    writer.AddLeaf(one.leaf);
  }
  for (const tlog::SignedCheckpoint& c : checkpoints) writer.AddCheckpoint(c);
  status.Update(writer.Settle());
  if (status.ok()) status.Update(writer.Finish());
  return status;
}

PackMap RegisterWorld::Pack(const std::vector<Written>& written,
                            const std::vector<tlog::SignedCheckpoint>& checkpoints) const {
  MapSink sink;
  ENTENTE_CHECK(WriteTo(sink, written, checkpoints).ok());
  return std::move(sink.files);
}

absl::Status RegisterWorld::Write(client::PackSink& sink) const {
  return WriteTo(sink, written_, checkpoints_);
}

Written RegisterWorld::Rewritten(uint64_t index) const {
  const ledger::Entry entry = *ledger::ParseLeaf(written_[index].leaf, std::nullopt);
  for (const Author& author : authors_) {
    if (author.key.public_key() != entry.header.key) continue;
    const ledger::Entry other = ledger::SignEntry(
        entry.header, ReportPayload(author.code, "DDR/08", "other words", {}), author.key);
    return {other.Leaf(), other.payload};
  }
  ENTENTE_CHECK(false);
}

}  // namespace entente::support

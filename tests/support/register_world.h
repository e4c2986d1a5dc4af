// An instrument with a register, made from words: three delegations write, the register signs a
// checkpoint every `step` entries, three witnesses cosign, and authors cite what they saw. Packs of
// it, honest or forged, stay in memory.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/audit/pack_files.h"
#include "node/tlog/policy.h"
#include "tests/support/ledger_fixture.h"

namespace entente::support {

using PackMap = std::map<std::string, std::string>;  // path -> bytes

class MapPack final : public client::PackFiles {
 public:
  explicit MapPack(PackMap files);
  absl::Status Pieces(const std::string& path, const Piece& piece) const override;

 private:
  PackMap files_;
};

class MapSink final : public client::PackSink {
 public:
  absl::Status Begin(const std::string& path, uint64_t size) override;
  absl::Status Piece(absl::string_view bytes) override;
  absl::Status End() override;
  absl::Status Finish() override { return absl::OkStatus(); }
  PackMap files;

 private:
  std::string path_;
  uint64_t size_ = 0;
};

struct LogKey {
  crypto::PrivateKey key;
  tlog::VerifierKey name;
  LogKey(const std::string& text, uint8_t type)
      : key(KeyFrom(text)), name(tlog::VerifierKey::Named(text, type, key.public_key())) {}
};

// What was written, by index in the register.
struct Written {
  std::string leaf, payload;
};

class RegisterWorld {
 public:
  static constexpr uint64_t kFirstTime = 1'795'349'700;  // 2026-11-22T12:15:00Z

  explicit RegisterWorld(uint64_t entries, uint64_t step = 100);

  const base::InstrumentId& instrument() const { return charter_->id(); }
  const std::vector<Written>& written() const { return written_; }
  const std::vector<tlog::SignedCheckpoint>& checkpoints() const { return checkpoints_; }
  tlog::Policy policy() const;

  // A checkpoint over the first `size` of these, signed by the register and, with `cosigned`, by
  // every witness, as if it were honest.
  tlog::SignedCheckpoint Sign(const std::vector<Written>& written, uint64_t size,
                              bool cosigned) const;
  // What the register would publish if it had always held these.
  PackMap Pack(const std::vector<Written>& written,
               const std::vector<tlog::SignedCheckpoint>& checkpoints) const;
  PackMap Pack() const { return Pack(written_, checkpoints_); }
  // The same into any sink.
  absl::Status Write(client::PackSink& sink) const;

  // The entry at an index, written again by its own author with other words.
  Written Rewritten(uint64_t index) const;

 private:
  absl::Status WriteTo(client::PackSink& sink, const std::vector<Written>& written,
                       const std::vector<tlog::SignedCheckpoint>& checkpoints) const;

  struct Author {
    std::string code;
    crypto::PrivateKey signer, key;
    std::unique_ptr<Chain> credentials;
    Pen pen;
  };
  ledger::Entry WriteNext(Author& author, uint64_t index);

  LogKey log_{"register.example/EUCA-2014", tlog::kTypeLog};
  std::vector<LogKey> witnesses_;
  std::vector<Author> authors_;
  std::unique_ptr<Chain> charter_;
  std::vector<Written> written_;
  std::vector<tlog::SignedCheckpoint> checkpoints_;
};

}  // namespace entente::support

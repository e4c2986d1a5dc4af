// A note of an authority chain, and the standalone suspend: the byte-exact text grammar, both
// directions. Format: docs/protocol.md, "Authority notes". Source: C2SP signed-note v1.0.0; update
// rules after TUF's root role.
//
// Invariants of Note
//  1. EncodeNoteText(note) == note.text, and note.id == SHA-256(note.text).
//  2. Signature lines are never part of the identity: lines received for one text are merged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/id.h"
#include "node/ledger/entry.h"

namespace entente::ledger {

using base::DelegationId;
using base::Spki;

enum class ChainKind : uint8_t { kCharter, kCredentials };

// A C2SP verifier key: name+hex8(key id)+base64(type || public key).
struct VerifierKey {
  std::string name;
  uint32_t key_id = 0;
  uint8_t type = 1;
  PublicKey key;

  friend auto operator<=>(const VerifierKey&, const VerifierKey&) = default;
  std::string Text() const;
  static absl::StatusOr<VerifierKey> Parse(absl::string_view text);
  // The signer's name is "entente/" + first 16 hex of the key, type 0x01.
  static VerifierKey ForSigner(const PublicKey& key);
  static VerifierKey Named(std::string name, uint8_t type, const PublicKey& key);
};

struct SignatureLine {
  std::string name;
  uint32_t key_id = 0;
  std::string signature;  // raw bytes after the key id: 64 for type 0x01

  friend auto operator<=>(const SignatureLine&, const SignatureLine&) = default;
};

struct Tip {
  FeedName feed;
  uint64_t sequence = 0;
  EntryId entry;
  friend auto operator<=>(const Tip&, const Tip&) = default;
};

enum class DelegationRole : uint8_t { kParty, kSecretariat, kObserver, kImplementer };
enum class RevokeReason : uint8_t { kRetired, kLost, kCompromised, kOfficeClosed };

namespace act {
// Both chains.
struct Signers {
  uint32_t threshold = 1;
  std::vector<VerifierKey> keys;  // 1..16, ascending by their text
  bool operator==(const Signers&) const = default;
};
struct Heal {
  NoteId note;
  bool operator==(const Heal&) const = default;
};
// Charter.
struct Instrument {
  std::string code, origin, title;
  bool operator==(const Instrument&) const = default;
};
struct Register {
  std::string vkey;
  bool operator==(const Register&) const = default;
};
struct Admit {
  DelegationId delegation;
  std::string code;
  DelegationRole role;
  bool operator==(const Admit&) const = default;
};
// suspend-delegation and withdraw-delegation
struct ShutDelegation {
  bool withdraw = false;
  DelegationId delegation;
  DelegationRole role;
  std::string text;
  std::vector<Tip> tips;
  bool operator==(const ShutDelegation&) const = default;
};
struct Anchor {
  DelegationId delegation;
  uint64_t position = 0;
  NoteId note;
  bool operator==(const Anchor&) const = default;
};
struct Seal {
  DelegationId delegation;
  FeedName feed;
  uint64_t sequence = 0;
  EntryId entry;
  bool operator==(const Seal&) const = default;
};
struct WitnessPolicy {
  uint32_t quorum = 0;
  std::vector<std::string> vkeys;
  bool operator==(const WitnessPolicy&) const = default;
};
// Credentials.
struct Delegation {
  std::string code, name;
  bool operator==(const Delegation&) const = default;
};
struct Enrol {
  PublicKey key;
  std::string pop;
  std::vector<std::string> roles;
  std::optional<Digest> next;
  std::string label;
  bool operator==(const Enrol&) const = default;
};
struct Rotate {
  PublicKey old_key, new_key;
  std::string pop;
  std::optional<Digest> next;
  std::vector<Tip> tips;
  bool operator==(const Rotate&) const = default;
};
struct Revoke {
  PublicKey key;
  RevokeReason reason;
  std::vector<Tip> tips;
  bool operator==(const Revoke&) const = default;
};
struct ResolveFork {
  FeedName feed;
  std::vector<Tip> tips;
  bool operator==(const ResolveFork&) const = default;
};
struct Adopt {
  EntryId first, last;
  std::string text;
  bool operator==(const Adopt&) const = default;
};
struct Void {
  EntryId first, last;
  std::string text;
  bool operator==(const Void&) const = default;
};
struct Lift {
  NoteId suspend;
  bool operator==(const Lift&) const = default;
};
struct Office {
  std::string code;
  bool opened = true;
  std::string successor;  // empty: "-"
  std::string name;
  bool operator==(const Office&) const = default;
};
struct Node {
  Spki spki;
  std::string address;  // empty: "-"
  bool operator==(const Node&) const = default;
};
struct NodeGone {
  Spki spki;
  bool operator==(const NodeGone&) const = default;
};
// An act word this version does not know: kept as its line (and following tip lines), never
// interpreted.
struct Unknown {
  std::vector<std::string> lines;
  bool operator==(const Unknown&) const = default;
};
}  // namespace act

using Act =
    std::variant<act::Signers, act::Heal, act::Instrument, act::Register, act::Admit,
                 act::ShutDelegation, act::Anchor, act::Seal, act::WitnessPolicy, act::Delegation,
                 act::Enrol, act::Rotate, act::Revoke, act::ResolveFork, act::Adopt, act::Void,
                 act::Lift, act::Office, act::Node, act::NodeGone, act::Unknown>;

struct Note {
  ChainKind kind = ChainKind::kCharter;
  std::optional<NoteId> chain;  // absent at position 1
  uint64_t position = 1;
  std::optional<NoteId> previous;  // absent at position 1
  std::string time;                // "2026-11-22T12:00:00Z"; a claim
  std::vector<Act> acts;
  std::string text;  // exact bytes, ends in LF
  NoteId id;
  std::vector<SignatureLine> lines;

  NoteId chain_id() const { return chain ? *chain : id; }
  bool HasUnknownAct() const;
  // Text, empty line, signature lines.
  std::string File() const;
};

struct Suspend {
  DelegationId chain;
  std::string time;
  PublicKey key;
  std::string reason;
  std::vector<Tip> tips;
  std::string text;
  NoteId id;  // SHA-256 of the text
  std::vector<SignatureLine> lines;
  std::string File() const;
};

// INVALID_ARGUMENT, reason NOTE_MALFORMED, names the line and what is wrong with it. Acts that
// stand in the wrong chain kind or position are refused here too; what needs other notes is
// authority.h's business.
absl::StatusOr<Note> ParseNote(absl::string_view file);
absl::StatusOr<Suspend> ParseSuspend(absl::string_view file);
bool LooksLikeSuspend(absl::string_view file);

// Text of a note from its fields (text and id of the argument are ignored). Returns the complete
// note without lines, or INVALID_ARGUMENT when the fields do not make a valid note: the result is
// parsed and must say what the fields say, so that no line feed or space inside a field can add an
// act.
absl::StatusOr<Note> BuildNote(Note fields);
absl::StatusOr<Suspend> BuildSuspend(Suspend fields);

// One signature line over `text` by a signer key (type 0x01).
SignatureLine SignText(absl::string_view text, const crypto::PrivateKey& key);
// Does this line verify under this key?
bool VerifyLine(absl::string_view text, const SignatureLine& line, const VerifierKey& key,
                const crypto::Verifier& verifier);

// "entente/key/v1" LF KEYHEX LF: what a key signs to prove possession, and the three-line .pub
// file.
std::string PossessionText(const PublicKey& key);
// The key is acceptable (crypto::CheckPublicKey) and signed its PossessionText.
bool CheckPossession(const PublicKey& key, absl::string_view pop_base64,
                     const crypto::Verifier& verifier);
struct KeyFile {
  PublicKey key;
  std::string pop;
};
std::string KeyFileText(const KeyFile& file);
absl::StatusOr<KeyFile> ParseKeyFile(absl::string_view text);

// X.credentials: "entente/chain/v1" LF then note lines.
std::string ChainFileText(const std::vector<std::string>& note_files);
absl::StatusOr<std::vector<std::string>> ParseChainFile(absl::string_view text);

struct Invitation {
  InstrumentId instrument;
  std::string instrument_code;
  DelegationId delegation;
  std::string delegation_code;
  std::vector<act::Node> nodes;
  std::vector<std::string> notes;  // note files: the charter, then the secretariat's credentials
};
std::string InvitationText(const Invitation& invitation);
absl::StatusOr<Invitation> ParseInvitation(absl::string_view text);

absl::string_view RoleWord(DelegationRole role);
std::optional<DelegationRole> ParseRole(absl::string_view word);
absl::string_view ReasonWord(RevokeReason reason);

// An act in words, for people: "revokes key 8139770e (lost): counts up to 15d08315#1". Used before
// signing.
std::string ActInWords(const Act& act);

}  // namespace entente::ledger

// entente delegation|instrument fork, audit evidence: proofs of misbehaviour, written and verified.
#include "client/audit/evidence.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "client/base/files.h"
#include "client/context/log_reader.h"
#include "client/ledger/chain.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

// The first forked feed of these keys in any instrument joined here.
absl::StatusOr<tlog::Equivocation> FeedFork(Context& context,
                                            const std::vector<base::PublicKey>& keys) {
  ASSIGN_OR_RETURN(v1::ListInstrumentsResponse list,
                   context.Call(local::kListInstruments, v1::ListInstrumentsRequest()));
  for (const auto& instrument : list.instruments()) {
    ASSIGN_OR_RETURN(EntriesByFeed feeds, FeedsOf(context, instrument.code(), keys));
    for (auto& [feed, entries] : feeds) {
      std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return std::tie(a.header.sequence, a.id) < std::tie(b.header.sequence, b.id);
      });
      absl::StatusOr<tlog::Equivocation> evidence = FeedForkEvidence(entries);
      if (evidence.ok()) return evidence;
    }
  }
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD", "no fork is held");
}

// A fork of the chain, else of a feed of one of its keys.
absl::StatusOr<Evidence> AnyFork(Context& context, const HeldChain& chain) {
  if (absl::StatusOr<ChainEvidence> evidence = ChainForkEvidence(chain.files); evidence.ok())
    return Evidence(*std::move(evidence));
  std::vector<base::PublicKey> keys;
  for (const auto& [key, label] : chain.labels) keys.push_back(key);
  if (keys.empty()) return absl::NotFoundError("no key");
  ASSIGN_OR_RETURN(tlog::Equivocation evidence, FeedFork(context, keys));
  return Evidence(std::move(evidence));
}

}  // namespace

absl::StatusOr<EntriesByFeed> FeedsOf(Context& context, const std::string& instrument,
                                      const std::vector<base::PublicKey>& keys) {
  EntriesByFeed feeds;
  RETURN_IF_ERROR(ReadLog(context, instrument, keys, [&](v1::LogChunk& chunk) -> absl::Status {
    for (auto& signed_entry : *chunk.mutable_entries()) {
      ASSIGN_OR_RETURN(ledger::Entry entry, ledger::ParseLeaf(signed_entry.leaf(), std::nullopt));
      feeds[entry.feed()].push_back(std::move(entry));
    }
    return absl::OkStatus();
  }));
  return feeds;
}

absl::StatusOr<Exit> WriteForkOf(Context& context, ledger::ChainKind kind, const std::string& code,
                                 const std::string& out) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, kind, code));
  absl::StatusOr<Evidence> evidence = AnyFork(context, chain);
  if (!evidence.ok()) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("no fork of ", chain.code, " is held here"),
                   "entente status names what is forked; entente sync brings what others know");
  }
  ASSIGN_OR_RETURN(Proof proof, CheckEvidence(*evidence));
  const std::string text = EvidenceText(*evidence);
  RETURN_IF_ERROR(WriteFile(out, text));
  nlohmann::ordered_json object = proof.json;
  object["out"] = out;
  object["bytes"] = text.size();
  context.Emit(object, absl::StrCat(proof.words, "written: ", out, " (", text.size(),
                                    " bytes)\nanyone verifies it, without a node: entente audit "
                                    "evidence ",
                                    out, "\n"));
  return Exit::kDone;
}

absl::StatusOr<Exit> VerifyEvidence(Context& context, const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  ASSIGN_OR_RETURN(Evidence evidence, ParseEvidence(text));
  ASSIGN_OR_RETURN(Proof proof, CheckEvidence(evidence));
  context.Emit(proof.json, proof.words);
  return Exit::kDone;
}

}  // namespace entente::client

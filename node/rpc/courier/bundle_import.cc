#include "node/rpc/courier/bundle_import.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/bundle/check.h"
#include "node/bundle/reader.h"
#include "node/rpc/courier/bundle_basis.h"
#include "node/rpc/courier/bundle_gaps.h"
#include "node/rpc/frame_ingest.h"
#include "node/rpc/tls/node_signature.h"
#include "node/runtime/log.h"
#include "node/sync/frontier/frontier.h"

namespace entente::rpc {

namespace {

constexpr size_t kPassesMax = 16;
constexpr size_t kCheckedMax = 4096;
constexpr size_t kRefusalsTold = 8;

absl::Status NotChecked() {
  return base::Error(absl::StatusCode::kFailedPrecondition, "BUNDLE_NOT_CHECKED",
                     "the file is not the one that was checked before, or the node was started "
                     "anew in between; import it again");
}

absl::Status Foreign(const v1::BundleHeader& header) {
  return base::Error(
      absl::StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
      absl::StrCat("the bundle is of an instrument this node has not joined (",
                   base::ToHex(header.instrument()).substr(0, 16),
                   "...); nothing of it was taken. If the delegation is party to it, join with "
                   "entente instrument join INVITATION first"));
}

absl::Status Unbelieved(const base::Spki& maker) {
  return base::Error(
      absl::StatusCode::kInvalidArgument, "BUNDLE_REFUSED",
      absl::StrCat(
          "the receipt was signed by a node (", maker.ToHex().substr(0, 16),
          "...) that no delegation's credentials held here name, so what it says it holds "
          "cannot be believed; nothing of it was taken. Its delegation names the node with "
          "entente delegation node add and sends a bundle with that note first"));
}

}  // namespace

class BundleImports::Pass {
 public:
  Pass(BundleImports* owner, bool store)
      : owner_(*owner),
        core_(*owner->sources_.core),
        store_(store),
        reader_(
            {.head = [this](const v1::BundleHeader& header,
                            const base::Digest& root) { return Head(header, root); },
             .frame = [this](const v1::BundleHeader& header, const bundle::IndexRow& row,
                             absl::string_view bytes) { return Frame(header, row, bytes); },
             .signed_by =
                 [](const std::string& key, const std::string& text, absl::string_view signature) {
                   return SignedByNode(key, text, signature);
                 }}) {}

  bool store() const { return store_; }

  absl::Status Take(const v1::ImportBundleRequest& request, v1::ImportBundleResponse& response) {
    base::MutexLock lock(mutex_);
    RETURN_IF_ERROR(reader_.Add(request.data()));
    if (!request.last()) return absl::OkStatus();
    RETURN_IF_ERROR(reader_.Finish());
    const v1::BundleHeader& header = reader_.header();
    *response_.mutable_header() = header;
    response_.set_maker_node(maker_.str());
    if (delegation_) {
      response_.set_maker(core_.published()->DelegationCode(instrument_, *delegation_));
    }
    const auto own = core_.published()->delegation;
    response_.set_for_us(header.recipient().empty() ||
                         (own && own->view() == absl::string_view(header.recipient())));
    if (!store_) {
      owner_.Remember(reader_.root());
    } else {
      RETURN_IF_ERROR(header.kind() == v1::BUNDLE_KIND_RECEIPT ? EndReceipt() : EndEntries());
    }
    response = response_;
    return absl::OkStatus();
  }

 private:
  absl::Status Head(const v1::BundleHeader& header, const base::Digest& root) {
    if (store_ && !owner_.IsChecked(root)) return NotChecked();
    const store::PublishedPtr published = core_.published();
    instrument_ = *base::InstrumentId::FromBytes(header.instrument());
    if (!published->instruments.contains(instrument_)) return Foreign(header);
    maker_ = SpkiOfKeyInfo(header.maker_key());
    delegation_ = published->DelegationOfNode(maker_, instrument_);
    if (header.kind() == v1::BUNDLE_KIND_RECEIPT && !delegation_) return Unbelieved(maker_);
    beside_.emplace(owner_.sources_, instrument_);
    return absl::OkStatus();
  }

  absl::Status Frame(const v1::BundleHeader& header, const bundle::IndexRow& row,
                     absl::string_view bytes) {
    if (header.kind() == v1::BUNDLE_KIND_RECEIPT) return Holdings(header, bytes);
    if (row.notes + row.entries == 0) return Beside(header, bytes);
    if (!store_) return bundle::CheckFrame(header, row, bytes).status();
    ASSIGN_OR_RETURN(const v1::Frame frame, bundle::ParseFrame(header, row, bytes));
    const sync::IngestResult result = IngestFrame(core_, maker_, frame);
    RETURN_IF_ERROR(result.status);
    response_.set_entries_new(response_.entries_new() + result.entries_new);
    response_.set_entries_held(response_.entries_held() + result.entries_held);
    response_.set_entries_aside(response_.entries_aside() + result.entries_aside);
    response_.set_entries_waiting(response_.entries_waiting() + result.entries_waiting);
    response_.set_entries_left(response_.entries_left() + result.entries_left);
    response_.set_notes_new(response_.notes_new() + result.notes_new);
    for (const std::string& why : result.refused) {
      auto& told = *response_.mutable_refused();
      const bool said = std::find(told.begin(), told.end(), why) != told.end();
      if (!said && static_cast<size_t>(told.size()) < kRefusalsTold) response_.add_refused(why);
    }
    return absl::OkStatus();
  }

  absl::Status Beside(const v1::BundleHeader& header, absl::string_view bytes) {
    ASSIGN_OR_RETURN(const v1::BundleBeside beside, bundle::CheckBeside(header, bytes));
    if (!store_) return absl::OkStatus();
    return beside.has_news() ? beside_->News(beside.news(), response_)
                             : beside_->Chunks(beside, response_);
  }

  absl::Status Holdings(const v1::BundleHeader& header, absl::string_view bytes) {
    ASSIGN_OR_RETURN(const v1::BundleHoldings holdings, bundle::CheckHoldings(header, bytes));
    if (store_ && holdings.has_news()) {
      RETURN_IF_ERROR(beside_->News(holdings.news(), response_));
    }
    return bundle::AddHoldings(holdings, basis_, tips_);
  }

  absl::Status EndReceipt() {
    ASSIGN_OR_RETURN(const bool is_new, KeepMakersBasis());
    response_.set_receipt_new(is_new);
    SetComplete();
    return absl::OkStatus();
  }

  absl::Status EndEntries() {
    const v1::BundleHeader& header = reader_.header();
    RETURN_IF_ERROR(beside_->Finish(response_));
    RETURN_IF_ERROR(FindGaps(core_, instrument_, response_));
    ASSIGN_OR_RETURN(const std::vector<uint32_t> missing,
                     NoteBundlePart(core_, header, TakenWhole()));
    response_.mutable_parts_missing()->Assign(missing.begin(), missing.end());
    SetComplete();
    runtime::Log(runtime::LogLevel::kInfo, "bundle_imported",
                 {{"maker", maker_.ToHex()},
                  {"instrument", instrument_.ToHex()},
                  {"part", absl::StrCat(header.part(), "/", header.parts())},
                  {"entries_new", absl::StrCat(response_.entries_new())},
                  {"entries_held", absl::StrCat(response_.entries_held())},
                  {"entries_aside", absl::StrCat(response_.entries_aside())}});
    if (!response_.complete() || !delegation_) return absl::OkStatus();
    // It holds what we hold: known as well as from a receipt.
    return KeepOwnAsBasis();
  }

  // Else it has to be imported once more, after the others.
  bool TakenWhole() const {
    return response_.refused().empty() && !response_.register_waits() &&
           response_.attachments_unnamed() == 0;
  }

  absl::Status KeepOwnAsBasis() {
    driver::SyncHost host = core_.NewSyncHost();
    const auto frontier = host.FrontierOf(instrument_);
    if (frontier->Digest().view() != absl::string_view(reader_.header().frontier_digest())) {
      return absl::OkStatus();
    }
    for (const auto& [feed, tips] : frontier->feeds()) {
      for (const sync::EntryRef& tip : tips) sync::AppendTip(tips_, feed, tip);
    }
    for (const base::NoteId& id : host.Leaves(instrument_)) basis_.add_leaves(id.str());
    for (const base::NoteId& id : host.SuspendIds(instrument_)) basis_.add_suspends(id.str());
    return KeepMakersBasis().status();
  }

  // `basis_` and `tips_` say what the maker held when it made the file. False: older than is known.
  absl::StatusOr<bool> KeepMakersBasis() {
    basis_.set_made_ms(reader_.header().made_ms());
    basis_.set_node(maker_.str());
    basis_.set_frontier_digest(reader_.header().frontier_digest());
    basis_.set_register_leaves(reader_.header().register_leaves());
    basis_.set_register_final(reader_.header().register_final());
    basis_.set_register_state(reader_.header().register_state());
    return KeepBasis(core_, instrument_, *delegation_, std::move(basis_), tips_);
  }

  void SetComplete() {
    const store::PublishedPtr published = core_.published();
    const auto figures = published->figures.find(instrument_);
    response_.set_complete(figures != published->figures.end() &&
                           figures->second.frontier_digest.view() ==
                               absl::string_view(reader_.header().frontier_digest()) &&
                           figures->second.authority_digest.view() ==
                               absl::string_view(reader_.header().authority_digest()));
  }

  BundleImports& owner_;
  NodeCore& core_;
  const bool store_;
  base::Mutex mutex_;
  bundle::Reader reader_;
  base::InstrumentId instrument_;
  base::Spki maker_;
  std::optional<base::DelegationId> delegation_;
  std::optional<BesideIntake> beside_;
  v1::ImportBundleResponse response_;
  v1::BasisRecord basis_;
  std::string tips_;
};

BundleImports::BundleImports(const BesideSources& sources) : sources_(sources) {}
BundleImports::~BundleImports() = default;

void BundleImports::Remember(const base::Digest& root) {
  base::MutexLock lock(mutex_);
  if (std::find(checked_.begin(), checked_.end(), root) != checked_.end()) return;
  if (checked_.size() == kCheckedMax) checked_.pop_front();
  checked_.push_back(root);
}

bool BundleImports::IsChecked(const base::Digest& root) {
  base::MutexLock lock(mutex_);
  return std::find(checked_.begin(), checked_.end(), root) != checked_.end();
}

absl::StatusOr<std::shared_ptr<BundleImports::Pass>> BundleImports::Find(
    const v1::ImportBundleRequest& request, uint64_t& id) {
  base::MutexLock lock(mutex_);
  id = request.pass();
  if (id == 0) {
    if (passes_.size() == kPassesMax) {
      passes_.erase(std::min_element(
          passes_.begin(), passes_.end(),
          [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
    }
    id = next_++;
    passes_[id].pass = std::make_shared<Pass>(this, request.store());
  }
  auto at = passes_.find(id);
  if (at == passes_.end() || at->second.pass->store() != request.store()) return NotChecked();
  at->second.used = ++uses_;
  return at->second.pass;
}

absl::Status BundleImports::Take(const v1::ImportBundleRequest& request,
                                 v1::ImportBundleResponse& response) {
  uint64_t id = 0;
  ASSIGN_OR_RETURN(const std::shared_ptr<Pass> pass, Find(request, id));
  const absl::Status taken = pass->Take(request, response);
  response.set_pass(id);
  if (!taken.ok() || request.last()) {
    base::MutexLock lock(mutex_);
    passes_.erase(id);
  }
  return taken;
}

}  // namespace entente::rpc

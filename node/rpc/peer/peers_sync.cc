// One pass now, asked for by a person: a contact of its own with each peer, one after the other;
// and within limits, or over a line that is paused, the contents of attachments after it.
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/rpc/peer/peer_words.h"
#include "node/rpc/peer/peers.h"
#include "node/store/log_reader.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using base::MutexLock;
using base::Spki;

namespace {

// A running pass tells how far it is this often.
constexpr uint64_t kTellEveryMs = 200;
// With fewer bytes left another contact would bring nothing.
constexpr uint64_t kContactBytesMin = 8'192;
// For one piece of an attachment, its path, and what a contact says before.
constexpr uint64_t kPieceRoomBytes = 72 << 10;

}  // namespace

// With one peer. Who asked wants to know what came over, so what other contacts moved meanwhile
// (the one that was catching up already, or the peer's own, to which this one yielded) is told as
// well.
class Peers::Pass {
 public:
  struct Limits {
    bool plan = false;
    uint64_t max_bytes = 0;  // 0: none
    uint64_t until_ms = 0;   // steady clock; 0: none

    // A pause keeps the line free of what nobody asked for; this was asked for, and so much of it.
    bool any() const { return plan || max_bytes > 0 || until_ms > 0; }
  };
  Pass(Peers* peers, const Spki& spki, const Limits& limits, const Write& write)
      : peers_(*peers),
        spki_(spki),
        limits_(limits),
        write_(write),
        begun_(peers->core_->clock().SteadyMs()) {}

  // The reader left: nobody waits for the others.
  bool left() const { return left_; }
  v1::SyncProgress Run();

 private:
  bool Begin(v1::SyncProgress& out) ABSL_LOCKS_EXCLUDED(peers_.mutex_);
  // A pass is one at a time as long as it moves entries.
  void Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(peers_.mutex_);
  void GiveBack() ABSL_LOCKS_EXCLUDED(peers_.mutex_);
  void Contact_(int yields);
  // After a yield, until it is time to try again. False: no more of this.
  bool AwaitOther(int yields);
  // True: entries came meanwhile, which go first.
  bool MoveContents();
  bool EntriesCame();
  uint64_t Room() const;
  // What the others moved.
  sync::Moved Others();
  void Tell();
  void Fill(v1::SyncProgress& out);
  void FillResult(bool moved, v1::SyncProgress& out) const;
  void FillPlan(v1::SyncProgress& out) const;
  void FillContentsLeft(v1::SyncProgress& out) const;
  // Of what a limit left: why it will not come by the same again, or that it comes without.
  std::string RemarkOfRest() const;
  uint64_t Elapsed() const { return peers_.core_->clock().SteadyMs() - begun_; }

  Peers& peers_;
  const Spki spki_;
  const Limits limits_;
  const Write& write_;
  const uint64_t begun_;
  std::string code_, address_;
  bool paused_ = false;
  sync::Moved others_from_;  // the sum of the others when this began
  sync::Mode others_mode_ = sync::Mode::kNone;
  bool with_others_ = false;  // their bytes belong to the answer whatever they moved
  sync::Moved earlier_;       // by contacts of this pass that yielded
  uint32_t round_trips_ = 0;
  sync::Summary summary_;  // of the contact under way or ended last
  std::shared_ptr<Contact> contact_;
  uint64_t looked_at_ = 0;  // our arrivals up to here are known to the contact or the peer's own
  ContentsMoved contents_;  // of the exchange under way or ended last
  ContentsMoved contents_was_;  // sums of those before
  uint64_t told_at_ = 0;
  bool left_ = false;
};

// False: the answer is in `out`.
bool Peers::Pass::Begin(v1::SyncProgress& out) {
  MutexLock lock(peers_.mutex_);
  Peer* peer = peers_.Find(spki_);
  code_ = peer->code;
  address_ = peer->address;
  paused_ = peer->record.paused();
  if (!limits_.any()) {
    peer->backoff.Reset();
    peer->wake = true;
  }
  others_from_ = peer->moved;
  if (paused_ && !limits_.any()) {
    out.set_result("paused");
    out.set_error(std::string(PeerPaused().message()));
    return false;
  }
  if (limits_.plan) return true;
  // A contact that is catching up already does the same work: let it finish, then look again.
  if (peer->contact && !peer->connected) {
    with_others_ = true;
    others_from_ = peer->moved_at_dial;
  }
  Take();
  return true;
}

void Peers::Pass::Take() {
  Peer* peer = peers_.Find(spki_);
  while (!peers_.stopping_ && (peer->passing || (peer->contact && !peer->connected)))
    peers_.changed_.Wait(peers_.mutex_);
  peer->passing = true;
}

void Peers::Pass::GiveBack() {
  if (limits_.plan) return;
  MutexLock lock(peers_.mutex_);
  peers_.Find(spki_)->passing = false;
  peers_.changed_.SignalAll();
}

// Of the bytes a person allows.
uint64_t Peers::Pass::Room() const {
  if (limits_.max_bytes == 0) return std::numeric_limits<uint64_t>::max();
  const uint64_t used = earlier_.bytes_sent + earlier_.bytes_received + summary_.bytes_sent +
                        summary_.bytes_received + contents_was_.sent + contents_was_.received +
                        contents_.sent + contents_.received;
  return limits_.max_bytes - std::min(limits_.max_bytes, used);
}

void Peers::Pass::Contact_(int yields) {
  looked_at_ = peers_.core_->published()->newest_arrival;
  {
    MutexLock lock(peers_.mutex_);
    Peer* peer = peers_.Find(spki_);
    Contact::Options options =
        peers_.OptionsFor(*peer, false, yields >= sync::kYieldsBeforeInsisting);
    options.on_progress = [this](const sync::Summary& summary) {
      summary_ = summary;
      Tell();
    };
    options.plan = limits_.plan;
    // 1: nothing but Hello.
    if (limits_.max_bytes > 0) options.max_bytes = std::max<uint64_t>(Room(), 1);
    options.until_ms = limits_.until_ms;
    // What goes on beside is not counted.
    if (limits_.plan || limits_.max_bytes > 0) options.companion = nullptr;
    if (limits_.plan) {
      options.may_lead = nullptr;
    } else {
      peer->crossing.Ask();
    }
    contact_ = std::make_shared<Contact>(peers_.core_, peers_.identity_, std::move(options));
    if (!limits_.plan) peer->pass = contact_;
  }
  summary_ = contact_->Run();
  MutexLock lock(peers_.mutex_);
  Peer* peer = peers_.Find(spki_);
  NoteSpeed(*peer, summary_);
  peers_.NoteFailure(*peer, summary_);
  if (limits_.plan) return;
  peer->pass.reset();
  peer->crossing.Over(false);
}

v1::SyncProgress Peers::Pass::Run() {
  v1::SyncProgress out;
  bool going = Begin(out);
  const bool begun = going;
  for (int yields = 0; going;) {
    Contact_(yields);
    round_trips_ += summary_.round_trips;
    if (summary_.yielded) {
      going = AwaitOther(++yields);
      continue;
    }
    GiveBack();
    going = MoveContents();
    if (!going) break;
    earlier_ += std::exchange(summary_, sync::Summary());
    MutexLock lock(peers_.mutex_);
    Take();
  }
  if (begun && summary_.yielded) GiveBack();
  Fill(out);
  return out;
}

bool Peers::Pass::AwaitOther(int yields) {
  with_others_ = true;
  earlier_ += std::exchange(summary_, sync::Summary());
  summary_.yielded = true;
  const uint64_t until =
      peers_.core_->clock().SteadyMs() + static_cast<uint64_t>(sync::AfterYield(yields));
  bool stopping = false;
  {
    MutexLock lock(peers_.mutex_);
    Peer* peer = peers_.Find(spki_);
    const uint64_t done = peer->inbound_done;
    while (!peers_.stopping_ && peer->inbound_done == done &&
           peers_.core_->clock().SteadyMs() < until) {
      peers_.changed_.WaitFor(peers_.mutex_,
                              absl::Milliseconds(until - peers_.core_->clock().SteadyMs()));
    }
    stopping = peers_.stopping_;
  }
  Tell();
  return !stopping && !left_;
}

// What came since the contact began, and not from the peer itself.
bool Peers::Pass::EntriesCame() {
  if (peers_.core_->published()->newest_arrival <= looked_at_) return false;
  const auto snapshot = peers_.core_->NewSnapshot();
  bool came = false;
  const absl::Status read = store::LogReader(snapshot.get())
                                .ForEachArrival(looked_at_, [&](const store::Arrival& arrival) {
                                  came = arrival.via != store::ViaOf(spki_);
                                  if (!came) looked_at_ = arrival.number;
                                  return !came;
                                });
  return came || !read.ok();
}

bool Peers::Pass::MoveContents() {
  const bool whole = summary_.status.ok() && summary_.instruments_failed == 0;
  if (peers_.contents_ == nullptr || !limits_.any() || !whole) return false;
  contents_was_.sent += contents_.sent;
  contents_was_.received += contents_.received;
  contents_was_.content_sent += contents_.content_sent;
  contents_was_.content_received += contents_.content_received;
  contents_ = ContentsMoved();
  if (summary_.cut_short) {  // entries are owed, and go before
    contents_.left_out = true;
    return false;
  }
  bool came = false;
  ContentsLimits limits;
  limits.plan = limits_.plan;
  limits.max_bytes = Room();
  limits.until_ms = limits_.until_ms;
  limits.go_on = [&](const ContentsMoved& moved) {
    contents_ = moved;
    Tell();
    came = EntriesCame();
    MutexLock lock(peers_.mutex_);
    return !came && !left_ && !peers_.stopping_;
  };
  contents_ = peers_.contents_->Exchange(spki_, contact_->channel(), limits);
  round_trips_ += contents_.round_trips;
  if (!came) return false;
  contents_.status = absl::OkStatus();
  contents_.cut_short = true;
  return !left_ && Room() >= kContactBytesMin;
}

sync::Moved Peers::Pass::Others() {
  MutexLock lock(peers_.mutex_);
  Peer* peer = peers_.Find(spki_);
  others_mode_ = peer->moved_mode;
  const sync::Moved moved = peer->moved.Since(others_from_);
  return with_others_ || moved.anything() ? moved : sync::Moved();
}

void Peers::Pass::Tell() {
  if (left_ || Elapsed() - told_at_ < kTellEveryMs) return;
  told_at_ = Elapsed();
  v1::SyncProgress progress;
  Fill(progress);
  progress.clear_result();
  progress.clear_error();
  left_ = !write_(progress);
}

void Peers::Pass::Fill(v1::SyncProgress& out) {
  sync::Moved all = Others();
  all += earlier_;
  all += summary_;
  out.set_peer(code_);
  out.set_address(address_);
  out.set_seconds(static_cast<double>(Elapsed()) / 1000.0);
  out.set_entries_sent(all.entries_sent);
  out.set_entries_received(all.entries_received);
  out.set_notes_sent(all.notes_sent);
  out.set_notes_received(all.notes_received);
  out.set_bytes_sent(all.bytes_sent + contents_.sent + contents_was_.sent);
  out.set_bytes_received(all.bytes_received + contents_.received + contents_was_.received);
  out.set_attachment_bytes_sent(contents_.content_sent + contents_was_.content_sent);
  out.set_attachment_bytes_received(contents_.content_received + contents_was_.content_received);
  out.set_bytes_discovery(all.bytes_discovery);
  out.set_round_trips(round_trips_);
  out.set_entries_to_send(summary_.entries_to_send);
  out.set_entries_to_receive(summary_.entries_to_receive);
  out.set_bytes_per_second(summary_.bytes_per_second);
  sync::Mode mode = summary_.mode;
  if (all.anything() && mode != sync::Mode::kNone) mode = std::max(mode, others_mode_);
  out.set_mode(ModeWord(mode));
  const bool contents = out.attachment_bytes_sent() + out.attachment_bytes_received() > 0;
  if (out.result().empty()) FillResult(all.anything() || contents, out);
}

namespace {

const char* KindOf(sync::WireClass wire_class) {
  constexpr const char* kWords[] = {"authority", "receipts", "deadline",
                                    "other",     "large",    "attachments"};
  return kWords[static_cast<size_t>(wire_class)];
}

void AddPlan(const char* direction, const sync::Sizes& sizes, v1::SyncProgress& out) {
  for (const auto& [wire_class, size] : sizes) {
    if (size.entries == 0) continue;
    v1::SyncPlan* plan = out.add_plan();
    plan->set_direction(direction);
    plan->set_kind(KindOf(wire_class));
    plan->set_entries(size.entries);
    plan->set_bytes(size.bytes);
    if (out.bytes_per_second() > 0)
      plan->set_seconds(static_cast<double>(size.bytes) / out.bytes_per_second());
  }
}

// The line, or the peer at its other end.
bool Lost(const absl::Status& status) {
  return status.code() == StatusCode::kUnavailable ||
         status.code() == StatusCode::kDeadlineExceeded;
}

// What is left, and about how many bytes that is: by the first of the samples that has entries.
void FillLeft(const sync::Summary& summary, v1::SyncProgress& out) {
  const auto left = [](uint64_t all, uint64_t done) { return all - std::min(all, done); };
  const auto bytes = [](uint64_t entries, std::initializer_list<sync::ClassSize> samples) {
    constexpr uint64_t kEntryBytes = 300;  // of a usual entry, where nothing is known
    for (const sync::ClassSize& sample : samples) {
      if (sample.entries > 0) return entries * sample.bytes / sample.entries;
    }
    return entries * kEntryBytes;
  };
  const sync::ClassSize& measured = summary.left_to_send;
  const sync::ClassSize sent{summary.entries_sent, summary.bytes_sent};
  const sync::ClassSize received{summary.entries_received, summary.bytes_received};
  out.set_unsent_entries(left(summary.entries_to_send, summary.entries_sent));
  out.set_unreceived_entries(left(summary.entries_to_receive, summary.entries_received));
  out.set_unsent_bytes(bytes(out.unsent_entries(), {measured, sent, received}));
  out.set_unreceived_bytes(bytes(out.unreceived_entries(), {received, measured, sent}));
}

}  // namespace

void Peers::Pass::FillPlan(v1::SyncProgress& out) const {
  sync::Sizes send = summary_.would_send, receive = summary_.would_receive;
  send[sync::WireClass::kBlobs] = {contents_.to_send.contents, contents_.to_send.bytes};
  receive[sync::WireClass::kBlobs] = {contents_.to_receive.contents, contents_.to_receive.bytes};
  AddPlan("send", send, out);
  AddPlan("receive", receive, out);
  // Hello tells that the two know different things of a register, and not what.
  if (!summary_.register_news.empty()) {
    v1::SyncPlan* plan = out.add_plan();
    plan->set_direction("either");
    plan->set_kind(KindOf(sync::WireClass::kReceipts));
    plan->set_unknown(true);
  }
  out.set_error(std::string(contents_.status.message()));
}

void Peers::Pass::FillContentsLeft(v1::SyncProgress& out) const {
  const auto left = [](uint64_t all, uint64_t done) { return all - std::min(all, done); };
  ContentsSize in = contents_.to_receive;
  if (contents_.left_out) in = peers_.contents_->Wanted(spki_);
  out.set_attachments_left_out(contents_.left_out);
  out.set_unsent_attachments(left(contents_.to_send.contents, contents_.whole_sent));
  out.set_unsent_attachment_bytes(left(contents_.to_send.bytes, contents_.content_sent));
  out.set_unreceived_attachments(left(in.contents, contents_.whole_received));
  out.set_unreceived_attachment_bytes(left(in.bytes, contents_.content_received));
}

std::string Peers::Pass::RemarkOfRest() const {
  // The node dials again by itself, and then nothing limits it.
  if (!paused_) {
    return absl::StrCat(
        "the line is not paused, so the rest goes over without a limit; entente peer pause ", code_,
        " keeps it back");
  }
  const bool only_contents = !summary_.cut_short && contents_.cut_short && !contents_.left_out;
  const bool none_moved = contents_.content_sent + contents_.content_received == 0;
  if (only_contents && none_moved && limits_.max_bytes > 0 && limits_.max_bytes < kPieceRoomBytes) {
    return "attachments go in pieces of up to 64 KiB, and this limit has room for none; "
           "--max-bytes 80k has";
  }
  return "";
}

void Peers::Pass::FillResult(bool moved, v1::SyncProgress& out) const {
  if (summary_.yielded) {
    out.set_result("unreachable");
    out.set_error("stopped while the peer's own contact was at it");
  } else if (!summary_.status.ok()) {
    out.set_result(Lost(summary_.status) ? "unreachable" : "refused");
    out.set_error(std::string(summary_.status.message()));
  } else if (summary_.instruments_failed > 0) {
    out.set_result("refused");
    out.set_error(std::string(summary_.instrument_error.message()));
  } else if (limits_.plan) {
    out.set_result("plan");
    FillPlan(out);
  } else if (summary_.cut_short || contents_.cut_short || !contents_.status.ok()) {
    out.set_result(Lost(contents_.status) ? "unreachable" : "partial");
    out.set_error(std::string(contents_.status.message()));
    if (summary_.cut_short) FillLeft(summary_, out);
    FillContentsLeft(out);
    if (out.error().empty()) out.set_error(RemarkOfRest());
  } else {
    const bool nothing = summary_.mode == sync::Mode::kEqual && !moved;
    out.set_result(nothing ? "nothing_new" : "done");
    if (!summary_.refused.empty()) out.set_error(absl::StrJoin(summary_.refused, "; "));
  }
}

absl::Status Peers::SyncNow(const v1::SyncRequest& request, const Write& write) {
  std::vector<Spki> wanted;
  std::vector<std::string> known;
  {
    MutexLock lock(mutex_);
    for (const auto& [spki, peer] : peers_) {
      if (!nodes_ || !nodes_->contains(spki)) continue;
      known.push_back(peer->code);
      if (!request.with().empty() && peer->code != request.with()) continue;
      if (peer->address.empty()) continue;
      wanted.push_back(spki);
    }
  }
  if (wanted.empty() && !request.with().empty()) {
    return Error(
        StatusCode::kNotFound, "PEER_UNKNOWN",
        absl::StrCat("no node of \"", request.with(), "\" with an address is known here; known: ",
                     known.empty() ? "none" : absl::StrJoin(known, " ")));
  }
  if (wanted.empty() && !known.empty()) {
    return Error(StatusCode::kUnavailable, "PEER_UNREACHABLE",
                 absl::StrCat("of ", absl::StrJoin(known, " "),
                              " no address is known here, so they have to dial this node; entente "
                              "peer add CODE --address HOST:PORT names one"));
  }
  Pass::Limits limits;
  limits.plan = request.plan();
  limits.max_bytes = request.max_bytes();
  if (request.until_ms() > 0) {
    const uint64_t now = core_->clock().WallMs();
    limits.until_ms =
        core_->clock().SteadyMs() + request.until_ms() - std::min(now, request.until_ms());
  }
  for (const Spki& spki : wanted) {
    Pass pass(this, spki, limits, write);
    const v1::SyncProgress done = pass.Run();
    if (pass.left() || !write(done)) break;
    if (limits.max_bytes == 0) continue;
    // What the first peers took is not there for the others; 1: nothing but Hello.
    const uint64_t used = done.bytes_sent() + done.bytes_received();
    limits.max_bytes -= std::min(limits.max_bytes - 1, used);
  }
  return absl::OkStatus();
}

}  // namespace entente::rpc

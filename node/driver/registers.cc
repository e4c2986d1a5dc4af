// The replica's registers: their rows go into the same batches as everything else.
#include "node/base/status_macros.h"
#include "node/driver/replica.h"

namespace entente::driver {

absl::Status Replica::FollowCharters() {
  return registers_.Follow(authority_, instruments_, batch_);
}

void Replica::NameFeed(uint32_t number, const InstrumentId& instrument) {
  if (feed_instruments_.size() <= number) feed_instruments_.resize(number + 1);
  feed_instruments_[number] = instrument;
}

absl::Status Replica::KeepRegister(const InstrumentId& instrument, const ledger::VerifierKey& key) {
  RETURN_IF_ERROR(Flush());
  return registers_.Keep(instrument, key, restored_ ? restored_->record().restored_ms() : 0,
                         batch_);
}

absl::StatusOr<uint64_t> Replica::Sequence(const InstrumentId& instrument, uint64_t max) {
  // The arrivals to take may be staged in this very group: they and their places in the tree are
  // then written one right after the other, never the other way round.
  RETURN_IF_ERROR(Flush());
  return registers_.Sequence(
      instrument, [this](uint32_t feed) { return feed_instruments_.at(feed); }, max, batch_);
}

absl::StatusOr<reg::TakenNews> Replica::TakeRegisterNews(const v1::RegisterNews& news) {
  RETURN_IF_ERROR(Flush());
  return registers_.TakeNews(news, batch_);
}

absl::StatusOr<reg::TakenNews> Replica::TakeCheckpoint(const InstrumentId& instrument,
                                                       absl::string_view file) {
  RETURN_IF_ERROR(Flush());
  return registers_.TakeCheckpoint(instrument, file, batch_);
}

absl::Status Replica::ChangeRegisters(
    const std::function<absl::Status(reg::Registers&, storage::WriteBatch&)>& change) {
  RETURN_IF_ERROR(Flush());
  return change(registers_, batch_);
}

}  // namespace entente::driver

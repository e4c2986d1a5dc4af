// The whole payload of a record that stands, where its summary does not hold what is asked.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "entente/v1/store.pb.h"
#include "node/base/status_macros.h"
#include "node/query/view/report_slots.h"
#include "node/query/view/views.h"

namespace entente::query {

// Of one record; the empty message where it cannot be read.
template <class Message>
absl::StatusOr<Message> PayloadOf(const Views& views, const v1::Contribution& record) {
  Message message;
  ASSIGN_OR_RETURN(ledger::Entry entry, views.Entry(*base::EntryId::FromBytes(record.entry())));
  message.ParseFromString(entry.payload);
  return message;
}

// Of a slot's shown head; the empty message where none of this kind is held.
template <class Message>
absl::StatusOr<Message> PayloadIn(const Views& views, absl::string_view slot_text, uint32_t kind) {
  ASSIGN_OR_RETURN(const v1::SlotValue slot, views.Slot(slot_text));
  const v1::Contribution* head = ShownHead(slot);
  if (head == nullptr || head->kind() != kind) return Message();
  return PayloadOf<Message>(views, *head);
}

}  // namespace entente::query

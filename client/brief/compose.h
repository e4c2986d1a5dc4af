// From the facts of a round to its brief: what stands where, what changed, who is silent, what is
// asked and needed. A function of its arguments: same facts, same language, same order, same
// document. Reads no clock.
#pragma once

#include "client/brief/document.h"
#include "client/brief/facts.h"
#include "client/language/phrases.h"

namespace entente::client::brief {

enum class Order { kChapters, kDelegations };  // what comes first; the other stands within

Document Compose(const Facts& facts, Order order, const Phrases& phrases);

}  // namespace entente::client::brief

// The slots of a brief by what they are about, each with its status now and before. Private to this
// room.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "client/brief/document.h"
#include "client/brief/facts.h"
#include "client/language/phrases.h"

namespace entente::client::brief {

struct Standing {
  const v1::BriefSlot* slot = nullptr;
  Status now;
  std::string before;  // words; empty: nothing to compare with
  bool changed = false;
};

class Slots {
 public:
  // Both outlive the slots.
  Slots(const Facts& facts, const Phrases& phrases);

  // nullptr: neither asked nor reported, now or before.
  const Standing* Find(const std::string& delegation, v1::SubjectKind kind,
                       const std::string& subject) const;
  // In the order of the facts.
  const std::vector<Standing>& all() const { return all_; }
  // Is there a report of the previous round to compare with?
  bool compared() const { return compared_; }
  // Where the item of a slot can be found in the document.
  static std::string AnchorOf(const v1::BriefSlot& slot);

 private:
  bool compared_;
  std::vector<Standing> all_;
  std::map<std::tuple<std::string, int, std::string>, size_t> places_;
};

// "DDR/08"; of a chapter its code, of the whole instrument the words for it.
std::string SubjectWords(const v1::BriefSlot& slot, const Phrases& phrases);

}  // namespace entente::client::brief

// What is wrong, or worth a look, about one record: a stable code, the field, and a sentence for a
// person of the form "CODE field: what is wrong; what was given; what to do". The list of codes is
// docs/validation.md.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::meaning {

enum class Severity {
  kRefuse,  // class R: not written; an entry that arrives with it is stored and set aside in views
  kHold,    // class H: waits until what it refers to is held here
  kFlag,    // class F: accepted and marked
};

absl::string_view SeverityWord(Severity severity);  // refuse | hold | flag

struct Finding {
  std::string code;     // "E-NUM", "W-LATE"
  std::string field;    // "values[OST-CLIENTS].value"
  std::string message;  // whole line, beginning with code and field
  Severity severity = Severity::kRefuse;
};

// Collects findings in the order of the fields they are about.
class Findings {
 public:
  void Refuse(absl::string_view code, std::string field, const std::string& what) {
    Add(Severity::kRefuse, code, std::move(field), what);
  }
  void Hold(absl::string_view code, std::string field, const std::string& what) {
    Add(Severity::kHold, code, std::move(field), what);
  }
  void Flag(absl::string_view code, std::string field, const std::string& what) {
    Add(Severity::kFlag, code, std::move(field), what);
  }
  void Add(Severity severity, absl::string_view code, std::string field, const std::string& what);

  const std::vector<Finding>& all() const { return all_; }
  std::vector<Finding> Take() && { return std::move(all_); }

 private:
  std::vector<Finding> all_;
};

// The first finding that refuses, if there is one.
const Finding* FirstRefusal(const std::vector<Finding>& findings);

}  // namespace entente::meaning

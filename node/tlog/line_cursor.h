// Private to node/tlog: reads a text line by line and names the line in its errors.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/tlog/tree.h"

namespace entente::tlog {

class LineCursor {
 public:
  explicit LineCursor(absl::string_view text) : rest_(text) {}

  // No line is left that ends in LF.
  bool Done() const { return rest_.find('\n') == absl::string_view::npos; }
  // What follows the lines taken.
  absl::string_view rest() const { return rest_; }
  // The next line without its LF; "" when there is none.
  absl::string_view Take();
  // The next line is WORD SPACE VALUE: the value.
  absl::StatusOr<absl::string_view> TakeWord(absl::string_view word);
  // Lines of base64(32 bytes) up to an empty line, which is taken too; at most 63.
  absl::StatusOr<Proof> TakeHashes();

  // PROOF_MALFORMED, names the line taken last.
  absl::Status Malformed(absl::string_view what) const;

 private:
  absl::string_view rest_;
  size_t number_ = 0;
};

}  // namespace entente::tlog

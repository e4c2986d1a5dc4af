// Files people hand to each other: exported credentials and invitations.
#include "node/ledger/note.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(chain_file, input) {
  if (auto files = ledger::ParseChainFile(input); files.ok()) {
    FUZZ_CHECK(!files->empty());
    FUZZ_CHECK(ledger::ChainFileText(*files) == input);
  }
  if (auto invitation = ledger::ParseInvitation(input); invitation.ok()) {
    FUZZ_CHECK(!invitation->nodes.empty() && invitation->notes.size() >= 2);
    FUZZ_CHECK(ledger::InvitationText(*invitation) == input);
  }
}

}  // namespace entente::fuzz

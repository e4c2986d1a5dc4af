// What is kept of a peer after a contact: bookmarks, and the notes that both held then.
#include <gmock/gmock.h>

#include "node/crypto/sha256.h"
#include "node/store/log_reader.h"
#include "tests/unit/driver/replica_fixture.h"

namespace entente::driver {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;

class BookmarkRows : public ReplicaTest {
 protected:
  base::InstrumentId instrument() const { return plan_.charter.id(); }
  base::Digest Authority() { return store_.replica().AuthorityDigest(instrument()); }
  void Keep(absl::string_view frontier, const base::Digest& authority) {
    store_.replica().PutBookmark(peer_, instrument(), {crypto::Sha256(frontier), 7, authority});
    store_.Commit();
  }
  std::vector<std::string> Frontiers() {
    const auto snapshot = store_.kv().NewSnapshot();
    std::vector<std::string> out;
    const v1::Bookmarks row = store::LogReader(snapshot.get()).BookmarksWith(peer_, instrument());
    for (const v1::Bookmark& one : row.bookmarks()) out.push_back(one.frontier_digest());
    return out;
  }
  v1::SharedNotes Shared() {
    const auto snapshot = store_.kv().NewSnapshot();
    return store::LogReader(snapshot.get()).SharedNotesWith(peer_, instrument());
  }
  std::vector<std::string> SharedLeaves() {
    const v1::SharedNotes notes = Shared();
    return {notes.leaves().begin(), notes.leaves().end()};
  }
  std::vector<std::string> Leaves() {
    std::vector<std::string> out;
    for (const auto& id : store_.replica().authority().Leaves(instrument()))
      out.push_back(id.str());
    return out;
  }

  const base::Spki peer_ = support::SpkiFrom("peer");
};

TEST_F(BookmarkRows, NotesThatBothHeldAreKeptAndStayWhenMoreComeHere) {
  EXPECT_EQ(Shared().authority_digest(), "");
  Keep("a", base::Digest());
  EXPECT_EQ(Shared().authority_digest(), "") << "they may have differed";
  Keep("a", Authority());
  const base::Digest then = Authority();
  const std::vector<std::string> leaves = Leaves();
  EXPECT_EQ(Shared().authority_digest(), then.str());
  EXPECT_THAT(SharedLeaves(), UnorderedElementsAreArray(leaves));

  store_.Notes({plan_.kz_chain.Add({support::NodeOf(peer_)})});
  Keep("b", then);  // agreed before the note came, and written after
  Keep("c", base::Digest());
  EXPECT_EQ(Shared().authority_digest(), then.str());
  EXPECT_THAT(SharedLeaves(), UnorderedElementsAreArray(leaves));
  Keep("c", Authority());
  EXPECT_THAT(SharedLeaves(), UnorderedElementsAreArray(Leaves()));
}

TEST_F(BookmarkRows, TheOneBeforeIsKeptThoughNotesAloneWereNew) {
  Keep("a", base::Digest());
  Keep("b", base::Digest());
  Keep("b", Authority());
  EXPECT_THAT(Frontiers(), ElementsAre(crypto::Sha256("b").str(), crypto::Sha256("a").str()));
  Keep("c", base::Digest());
  EXPECT_THAT(Frontiers(), ElementsAre(crypto::Sha256("c").str(), crypto::Sha256("b").str()));
}

}  // namespace
}  // namespace entente::driver

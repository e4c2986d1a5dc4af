"""One node, several instruments with different parties: nobody learns from it of an instrument that is not theirs, and
who is removed while connected gets the note that says so and no entry more."""

import threading
import unittest

import cluster
from cluster import ClusterTest

SECRET = "DIALOGUE-77"
TITLE = "A dialogue two delegations keep to themselves"


class Privacy(ClusterTest):
    cluster = {"parties": ("kg", "kz")}

    @classmethod
    def found(cls):
        cls.gsc, cls.kg, cls.kz = cls.world.gsc, cls.world.kg, cls.world.kz
        # A second instrument of the Secretariat's, with KZ and without KG.
        cls.gsc.ok("instrument", "found", "--code", SECRET, "--origin", "eu-gsc.example/dialogue-77", "--title", TITLE,
                   "--signer-key", cls.gsc.signer, "--yes")
        on = ("--instrument", SECRET)
        cls.gsc.ok(*on, "instrument", "admit", "--credentials", "KZ.credentials", "--role", "party", "--signer-key",
                   cls.gsc.signer, "--yes")
        cls.gsc.ok(*on, "instrument", "invite", "--for", "KZ", "--out", "kz2.invitation")
        cls.kz.ok("instrument", "join", "kz2.invitation", "--yes")
        for node in cls.world.nodes.values():
            node.until(lambda n: all(peer["state"] == "connected" for peer in n.status()["peers"]))

    def of(self, node, code):
        return next(one for one in node.status()["instruments"] if one["code"] == code)

    def test_1_a_node_learns_nothing_of_an_instrument_that_is_not_its_own(self):
        secret = self.of(self.gsc, SECRET)
        self.assertEqual(secret["frontier_digest"], self.of(self.kz, SECRET)["frontier_digest"])
        for node in (self.gsc, self.kz, self.kg):
            node.ok("sync")
        self.assertEqual([one["code"] for one in self.kg.status()["instruments"]], ["EUCA-2014"])
        marks = [SECRET.encode(), TITLE.encode(), bytes.fromhex(secret["id"]), secret["id"].encode()]
        for path in self.kg.data.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                for mark in marks:
                    self.assertNotIn(mark, content, path)
        for line in self.kg.log:
            self.assertNotIn(SECRET, line)
        # The same files of a party hold them, so that this can fail.
        held = b"".join(path.read_bytes() for path in self.kz.data.rglob("*") if path.is_file())
        self.assertIn(bytes.fromhex(secret["id"]), held)

    def test_2_who_is_removed_while_connected_gets_the_note_and_no_entry(self):
        for node in (self.gsc, self.kz):
            node.ok("sync")
        before = self.of(self.kz, "EUCA-2014")
        self.gsc.ok("instrument", "withdraw", "--delegation", "KZ", "--reason", "Test.", "--signer-key",
                    self.gsc.signer, "--yes")
        written = self.kg.report("d-1", commitment="DDR/08")["reference"]
        self.gsc.until(lambda n: n.entente("where", written).status == 0)
        self.kz.until(lambda n: self.of(n, "EUCA-2014")["charter_position"] > before["charter_position"])
        for _ in range(3):
            self.kz.entente("sync")
        after = self.of(self.kz, "EUCA-2014")
        self.assertEqual(after["entries"], before["entries"])
        self.assertEqual(after["frontier_digest"], before["frontier_digest"])
        self.assertEqual(self.kz.entente("where", written).status, 6)
        # The other instrument goes on.
        self.assertEqual(self.of(self.kz, SECRET)["frontier_digest"], self.of(self.gsc, SECRET)["frontier_digest"])

    def test_3_who_is_removed_in_the_middle_of_a_live_pull_gets_no_further_batch(self):
        self.kg.until(lambda n: self.of(n, "EUCA-2014")["frontier_digest"]
                      == self.of(self.gsc, "EUCA-2014")["frontier_digest"])
        before = self.of(self.kg, "EUCA-2014")
        catalogue = cluster.large_catalogue(self.world.home, 6000)
        importing = threading.Thread(target=self.gsc.ok, args=(
            "instrument", "import", "--catalogue", catalogue, "--key", self.gsc.key, "--yes"))
        importing.start()
        self.kg.until(lambda n: self.of(n, "EUCA-2014")["entries"] > before["entries"] + 200)
        self.gsc.ok("instrument", "withdraw", "--delegation", "KG", "--reason", "Test.", "--signer-key",
                    self.gsc.signer, "--yes")
        held_then = self.of(self.gsc, "EUCA-2014")["entries"]
        importing.join()
        self.kg.until(lambda n: self.of(n, "EUCA-2014")["charter_position"] > before["charter_position"])
        self.kg.entente("sync")
        got, all_of_it = self.of(self.kg, "EUCA-2014")["entries"], self.of(self.gsc, "EUCA-2014")["entries"]
        print(f"{got} of {all_of_it} entries, {held_then} when the withdrawal was signed")
        self.assertLessEqual(got, held_then)
        self.assertLess(held_then, all_of_it)


if __name__ == "__main__":
    unittest.main(verbosity=2)

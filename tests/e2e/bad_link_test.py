"""A wire that is cut, and one as bad as a modem's: both ends notice, nothing is lost, the link carries entries."""

import sys
import time
import unittest

import link
from cluster import Cluster, large_catalogue

NOT_RUN = 77  # ctest's "skipped"
LONG_WAIT = 24  # seconds


def connected(node):
    return all(peer["state"] == "connected" for peer in node.status()["peers"])


class BadLink(unittest.TestCase):
    def join(self, **kg):
        self.link = link.Link()
        self.addCleanup(self.link.close)
        kg = dict(self.link.place("b"), **kg)
        self.world = Cluster(parties=("kg",), places={"gsc": self.link.place("a"), "kg": kg})
        self.addCleanup(self.world.close)
        return self.world.gsc, self.world.kg

    def same(self):
        gsc, kg = self.world.gsc.instrument("--digest"), self.world.kg.instrument("--digest")
        for digest in ("frontier_digest", "authority_digest", "view_digest"):
            self.assertEqual(gsc[digest], kg[digest])

    def test_a_cut_wire_is_noticed_by_both_ends_and_what_was_written_meanwhile_arrives(self):
        gsc, kg = self.join()
        for node in (gsc, kg):
            node.until(connected)
        self.link.set("loss 100")
        cut = time.monotonic()
        for node in (gsc, kg):
            node.until(lambda n: not connected(n), seconds=40)
            self.assertLess(time.monotonic() - cut, 30, node.name)
        kg.report("d-1", commitment="DDR/08")
        held = gsc.instrument()["entries"]
        self.link.set("loss 0")
        gsc.until(lambda n: n.instrument()["entries"] > held, seconds=120)
        self.same()

    def test_a_cable_plugged_in_again_is_tried_at_once(self):
        # Nobody can dial it, so only its own kernel can tell it.
        gsc, kg = self.join(host="127.0.0.1")
        kg.until(connected)

        def next_try(node):
            return int(node.ok("peer", "list", "--json").json()["rows"][0]["next_try_s"] or 0)

        self.link.power("b", on=False)
        # The waits are drawn at random; what counts is one that the cable's return has to cut short.
        kg.until(lambda n: next_try(n) > LONG_WAIT, seconds=240)
        self.link.power("b", on=True)
        self.assertLess(kg.until(connected, seconds=120), LONG_WAIT / 2)
        self.same()

    def test_a_modem_far_away_carries_mostly_entries(self):
        # As behind a modem: it dials, and nobody can dial it.
        gsc, kg = self.join(host="127.0.0.1")
        for node in (gsc, kg):
            node.ok("peer", "pause")
        gsc.ok("instrument", "import", "--catalogue", large_catalogue(self.world.home, 1800), "--key", gsc.key, "--yes")
        self.link.set("delay 450", "bandwidth 2500", "loss 1")
        before = self.link.received("b")
        for node in (gsc, kg):
            node.ok("peer", "resume")
        done = kg.ok("sync", "--json").json()["rows"][0]
        # With the copy of the register's tree, which is not counted among the messages.
        size = gsc.ok("register", "show", "--json").json()["size"]
        kg.until(lambda n: n.ok("register", "show", "--json").json()["size"] == size)
        carried = self.link.received("b") - before
        self.assertEqual(kg.instrument()["entries"], gsc.instrument()["entries"])
        # What stood in messages, of all that came out of the wire: headers, handshake and what was sent again.
        share = done["bytes_received"] / carried
        print(f"{done['bytes_received']} of {carried} bytes: {share:.3f}")
        self.assertGreater(share, 0.85)
        self.same()

    def test_a_line_that_was_fast_and_is_a_modem_now_carries_entries(self):
        gsc, kg = self.join(host="127.0.0.1")
        for already, settings in ((0, ()), (1500, ("delay 450", "bandwidth 2500"))):
            for node in (gsc, kg):
                node.ok("peer", "pause")
            catalogue = large_catalogue(self.world.home, 1500, after=already)
            gsc.ok("instrument", "import", "--catalogue", catalogue, "--key", gsc.key, "--yes")
            for setting in settings:
                self.link.set(setting)
            for node in (gsc, kg):
                node.ok("peer", "resume")
            done = kg.entente("sync", "--json")
            self.assertEqual([row["result"] for row in done.json()["rows"]], ["done"], done)
            self.assertEqual(kg.instrument()["entries"], gsc.instrument()["entries"])


if __name__ == "__main__":
    if what := link.missing():
        print(f"not run: needs {what}: bad_link_test")
        sys.exit(NOT_RUN)
    unittest.main(verbosity=2)

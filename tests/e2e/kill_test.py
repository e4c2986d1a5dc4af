"""kill -9 at any moment: nothing acknowledged is lost, and the next sync goes on where the last one was cut.

    kill_test.py [--rounds N] [--seed S]
"""

import argparse
import random
import threading
import unittest

from cluster import Cluster, large_catalogue, main

OPTIONS = argparse.Namespace(rounds=6, seed=1)


class Kill(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(OPTIONS.seed)
        self.world = Cluster(parties=("kg",), secretariat_only=True)
        self.addCleanup(self.world.close)

    def test_a_node_killed_while_it_writes_keeps_what_it_acknowledged(self):
        kg = self.world.kg
        self.world.join("kg")
        acknowledged = []
        draft = 0
        for _ in range(OPTIONS.rounds):
            kg.ok("peer", "pause")
            delay = self.random.uniform(0.05, 0.6)
            killer = threading.Timer(delay, kg.process.kill)
            killer.start()
            while True:
                draft += 1
                new = kg.entente("draft", "new", "--round", "MTR-2017", "--chapter", "DDR", "--lang", "en", "--json")
                if new.status != 0:
                    break
                name = new.json()["draft"]
                if kg.entente("draft", "set", name, "implementation=in_progress", "assessment=on_track",
                              f"narrative=Number {draft}.").status != 0:
                    break
                kg.entente("draft", "finalise", name)
                done = kg.entente("submit", name, "--key", kg.key, "--accept-warnings", "--yes", "--json")
                if done.status != 0:
                    break
                acknowledged.append(done.json()["entry_id"])
            killer.join()
            kg.ended(60)
            kg.start()
            for entry in acknowledged[-5:]:
                self.assertEqual(kg.entente("where", entry).status, 0, f"lost {entry}, seed {OPTIONS.seed}")
        self.assertTrue(acknowledged, "nothing was ever acknowledged")
        for entry in acknowledged:
            self.assertEqual(kg.entente("where", entry).status, 0, f"lost {entry}, seed {OPTIONS.seed}")
        self.assertTrue(kg.ok("audit", "--json").json()["ok"])
        kg.ok("peer", "resume")
        kg.ok("sync")
        self.assertEqual(kg.instrument()["frontier_digest"], self.world.gsc.instrument()["frontier_digest"])

    def test_a_node_killed_in_mid_sync_goes_on_where_it_was_cut(self):
        gsc, kg = self.world.gsc, self.world.kg
        gsc.ok("instrument", "import", "--catalogue", large_catalogue(self.world.home, 3000), "--key", gsc.key, "--yes")
        total = gsc.instrument()["entries"]
        gsc.ok("instrument", "invite", "--for", "KG", "--out", "kg.invitation")
        threading.Timer(self.random.uniform(0.05, 0.3), kg.process.kill).start()
        kg.entente("instrument", "join", "kg.invitation", "--yes")
        held = 0
        for _ in range(OPTIONS.rounds):
            kg.ended(60)
            kg.start()
            if kg.status()["instruments"]:
                now = kg.instrument()["entries"]
                self.assertGreaterEqual(now, held, f"entries were lost, seed {OPTIONS.seed}")
                held = now
            else:
                kg.entente("instrument", "join", "kg.invitation", "--yes")
            threading.Timer(self.random.uniform(0.02, 0.4), kg.process.kill).start()
            kg.entente("sync")
        kg.ended(60)
        kg.start()
        kg.entente("instrument", "join", "kg.invitation", "--yes")
        kg.ok("sync")
        self.assertEqual(kg.instrument()["entries"], total)
        self.assertEqual(kg.instrument("--digest")["view_digest"], gsc.instrument("--digest")["view_digest"])
        self.assertTrue(kg.ok("audit", "--json").json()["ok"])


if __name__ == "__main__":
    main(OPTIONS)

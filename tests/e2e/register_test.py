"""The register of real nodes: receipts reach the author, witnesses cosign, kill -9 never makes two roots for one size,
and a register restored from a backup gets its tree back before it goes on.

    register_test.py [--rounds N] [--seed S]
"""

import argparse
import os
import random
import stat
import threading
import unittest

from cluster import BIN, Cluster, large_catalogue, main

OPTIONS = argparse.Namespace(rounds=4, seed=1)
os.environ["ENTENTE_NODE_PROGRAM"] = str(BIN / "node" / "entented")


def register(node):
    return node.ok("register", "show", "--json").json()


def until_final(node, size):
    node.until(lambda one: register(one)["final_size"] >= size)


def checkpoints(node):
    rows = node.ok("register", "checkpoint", "--all", "--json").json()["rows"]
    return {row["size"]: row["root"] for row in rows}


class Register(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(OPTIONS.seed)

    def world_of(self, **arguments):
        world = Cluster(**arguments)
        self.addCleanup(world.close)
        return world

    def test_a_receipt_reaches_the_author_by_itself(self):
        world = self.world_of(parties=("kg", "kz"))
        gsc, kg = world.gsc, world.kg
        until_final(gsc, gsc.instrument()["entries"])
        report = kg.report("d-1", commitment="DDR/08")
        kg.until(lambda node: node.ok("receipt", "show", report["entry_id"], "--json").json()["final"])
        receipt = kg.ok("receipt", "show", report["reference"], "--json").json()
        self.assertEqual(receipt["entry_id"], report["entry_id"])
        self.assertEqual(receipt["index"], gsc.instrument()["entries"] - 1)
        self.assertLessEqual(receipt["signed_after"], receipt["existed_before"])
        saved = kg.ok("receipt", "save", report["reference"], "--out", "mine.tlog-proof", "--json").json()
        self.assertEqual(saved["kind"], "tlog-proof")
        text = (world.home / "mine.tlog-proof").read_text(encoding="utf-8")
        self.assertTrue(text.startswith("c2sp.org/tlog-proof@v1\nextra "))
        self.assertIn("\neu-gsc.example/euca-2014\n", text)
        rates = {row["subject"]: row for row in gsc.ok("rate", "--round", "MTR-2017", "--json").json()["rows"]}
        self.assertEqual(rates["DDR"]["on_time"], 0.0)  # the demonstration round was due in 2017
        rungs = {row["rung"]: row["answer"] for row in kg.ok("where", report["reference"], "--json").json()["rows"]}
        self.assertEqual(rungs["in the register"], "yes")
        self.assertEqual(rungs["cosigned"], "yes")
        # Everybody holds the same tree, the bystander too.
        world.kz.until(lambda node: register(node)["size"] == register(gsc)["size"])
        self.assertEqual(checkpoints(world.kz)[register(gsc)["size"]], checkpoints(gsc)[register(gsc)["size"]])
        keys = world.home / "gsc" / "register"
        self.assertEqual(stat.S_IMODE(keys.stat().st_mode), 0o700)
        self.assertEqual({stat.S_IMODE(file.stat().st_mode) for file in keys.iterdir()}, {0o400})

    def test_an_entry_that_nobody_received_has_no_receipt(self):
        world = self.world_of(parties=("kg",))
        kg = world.kg
        kg.ok("peer", "pause")
        report = kg.report("d-1", commitment="DDR/08")
        shown = kg.ok("receipt", "show", report["reference"], "--json").json()
        self.assertFalse(shown["in_register"])
        saved = kg.ok("receipt", "save", report["reference"], "--json").json()
        self.assertEqual(saved["kind"], "held")
        self.assertIn(report["entry_id"], (world.home / saved["out"]).read_text(encoding="utf-8"))
        self.assertEqual(kg.entente("receipt", "show", "R:EUCA-2014/MTR-2017/KG/DDR/01").status, 6)
        self.assertEqual(kg.entente("register", "checkpoint", "--size", "100000").status, 6)
        self.assertEqual(kg.entente("register", "evidence", "--out", "none.txt").status, 6)

    def test_witnesses_cosign_and_the_quorum_makes_it_final(self):
        world = self.world_of(parties=("kg", "kz"))
        gsc, kg, kz = world.gsc, world.kg, world.kz
        keys = [node.ok("register", "witness", "--json").json()["witness"] for node in (kg, kz)]
        # Over the quorum that could ever be met: refused before anything is signed.
        refused = gsc.entente("instrument", "witness-policy", "--quorum", "3", "--witness", keys[0], "--witness",
                              keys[1], "--signer-key", gsc.signer, "--yes")
        self.assertEqual(refused.status, 2, refused)
        gsc.ok("instrument", "witness-policy", "--quorum", "2", "--witness", keys[0], "--witness", keys[1],
               "--signer-key", gsc.signer, "--yes")
        report = kg.report("d-1", commitment="DDR/08")
        kg.until(lambda node: node.ok("receipt", "show", report["entry_id"], "--json").json()["final"])
        self.assertEqual(len(register(kg)["cosigned_by"]), 2, register(kg))
        # One witness away: in the register, not final; back again: final.
        kz.stop()
        late = kg.report("d-2", commitment="DDR/09")
        kg.until(lambda node: node.ok("receipt", "show", late["entry_id"], "--json").json()["in_register"])
        self.assertFalse(kg.ok("receipt", "show", late["entry_id"], "--json").json()["final"])
        kz.start()
        kg.until(lambda node: node.ok("receipt", "show", late["entry_id"], "--json").json()["final"])

    def test_absence_is_shown_and_checked_and_what_is_there_is_found(self):
        world = self.world_of(parties=("kg", "kz"))
        gsc, kg, kz = world.gsc, world.kg, world.kz
        until_final(gsc, gsc.instrument()["entries"])
        before = register(gsc)["size"]
        report = kg.report("d-1", commitment="DDR/08")
        slot = report["reference"]
        kz.until(lambda node: register(node)["final_size"] > before)
        question = ("audit", "absence", "--delegation", "KG", "--slot", slot)
        nothing = gsc.ok(*question, "--at", before, "--out", "absent.txt", "--json").json()
        self.assertTrue(nothing["absent"])
        # Another node comes to the same words.
        self.assertTrue(kz.ok("audit", "absence", "--check", "absent.txt", "--json").json()["absent"])
        changed = (world.home / "absent.txt").read_text(encoding="utf-8").replace("DDR/08", "DDR/09")
        (world.home / "changed.txt").write_text(changed, encoding="utf-8")
        self.assertEqual(kz.entente("audit", "absence", "--check", "changed.txt").status, 0)  # true of DDR/09 as well
        (world.home / "wrong.txt").write_text(changed.replace("answer none", "answer 00 1"), encoding="utf-8")
        self.assertEqual(kz.entente("audit", "absence", "--check", "wrong.txt").status, 4)
        found = gsc.entente(*question, "--at", register(gsc)["size"], "--json")
        self.assertEqual(found.status, 4, found)
        self.assertEqual(found.json()["entry_id"], report["entry_id"])
        # A receipt serves as the checkpoint, too.
        kg.ok("receipt", "save", slot, "--out", "mine.tlog-proof")
        self.assertEqual(gsc.entente(*question, "--at", "mine.tlog-proof").status, 4)
        self.assertEqual(gsc.entente(*question, "--at", "999999").status, 6)
        stranger = gsc.entente("audit", "absence", "--delegation", "XX", "--slot", slot, "--at", before)
        self.assertEqual(stranger.status, 6)
        self.assertEqual(gsc.entente("audit", "absence").status, 2)

    def test_killed_at_any_moment_it_never_signs_two_roots_for_one_size(self):
        world = self.world_of(parties=("kg",))
        gsc, kg = world.gsc, world.kg
        for number in range(OPTIONS.rounds):
            catalogue = large_catalogue(world.home, 60 * (number + 1))
            killer = threading.Timer(self.random.uniform(0.1, 1.2), gsc.process.kill)
            killer.start()
            while gsc.entente("instrument", "import", "--catalogue", catalogue, "--key", gsc.key, "--yes").status == 0:
                pass
            killer.join()
            gsc.ended(60)
            gsc.start()
        entries = gsc.instrument()["entries"]
        until_final(gsc, entries)
        kg.until(lambda node: register(node)["final_size"] >= entries)
        ours, theirs = checkpoints(gsc), checkpoints(kg)
        for size in ours.keys() & theirs.keys():
            self.assertEqual(ours[size], theirs[size], f"two roots for size {size}, seed {OPTIONS.seed}")
        self.assertIn(entries, theirs)
        self.assertEqual(register(kg)["evidence"], 0)
        self.assertEqual(register(gsc)["stopped"], "")

    def test_a_restored_register_waits_until_it_has_its_tree_back(self):
        world = self.world_of(parties=("kg", "kz"))
        gsc, kg, kz = world.gsc, world.kg, world.kz
        until_final(gsc, gsc.instrument()["entries"])
        gsc.ok("backup", "create", "--to", world.home / "backups")
        report = kg.report("d-1", commitment="DDR/08")
        kg.until(lambda node: node.ok("receipt", "show", report["entry_id"], "--json").json()["final"])
        newest = register(kg)["size"]
        kz.until(lambda node: register(node)["size"] == newest)
        # The other node is away: it may hold a later checkpoint for all the register knows.
        kz.stop()
        gsc.stop()
        restored = world.home / "gsc-restored"
        gsc.ok("backup", "restore", "--from", world.home / "backups", "--data", restored)
        gsc.data = restored
        gsc.start()
        gsc.until(lambda node: register(node)["size"] == newest)
        self.assertEqual(register(gsc)["state"], "stopped")
        alarms = [alarm["code"] for alarm in gsc.status()["alarms"]]
        self.assertIn("REGISTER-STOPPED", alarms)
        late = kg.report("d-2", commitment="DDR/09")
        kg.ok("sync", "--with", "EU-GSC")
        self.assertFalse(kg.ok("receipt", "show", late["entry_id"], "--json").json()["in_register"])
        kz.start()
        gsc.until(lambda node: register(node)["state"] == "kept here")
        kg.until(lambda node: node.ok("receipt", "show", late["entry_id"], "--json").json()["final"])
        self.assertEqual(register(kg)["evidence"], 0)
        self.assertEqual(checkpoints(gsc)[newest], checkpoints(kg)[newest])


if __name__ == "__main__":
    main(OPTIONS)

"""The register of real nodes: receipts reach the author, witnesses cosign, kill -9 never makes two roots for one size,
and a register restored from a backup gets its tree back before it goes on.

    register_test.py [--rounds N] [--seed S]
"""

import argparse
import base64
import os
import random
import stat
import subprocess
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


def forged_checkpoint(node, shown, size):
    """Signed with the register's own key, as its operator could: another root."""
    text = f"{shown['origin']}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n"
    key, = (node.data / "register").glob("*.register.key")
    (node.home / "text").write_text(text, encoding="utf-8")
    done = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", node.home / "text"],
                          check=True, capture_output=True)
    key_id = bytes.fromhex(shown["key"][len(shown["origin"]) + 1:].split("+")[0])
    line = base64.b64encode(key_id + done.stdout).decode()
    return f"{text}\n\u2014 {shown['origin']} {line}\n"


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
        missing = gsc.ok("missing", "--round", "MTR-2017", "--chapter", "DDR").out
        self.assertIn(" are reported: 0 received on time, 1 late", missing)
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

    def test_what_another_node_holds_is_compared_and_what_contradicts_is_kept(self):
        world = self.world_of(parties=("kg",))
        gsc, kg = world.gsc, world.kg
        until_final(gsc, gsc.instrument()["entries"])
        size = register(gsc)["size"]
        kg.until(lambda node: register(node)["final_size"] >= size)
        kg.ok("register", "checkpoint", "--out", "of-kg")
        same = gsc.ok("register", "check", "of-kg", "--json").json()
        self.assertEqual((same["verdict"], same["kind"], same["kept"]), ("holds", "checkpoint", False))
        report = kg.report("d-1", commitment="DDR/08")
        kg.until(lambda node: node.ok("receipt", "show", report["entry_id"], "--json").json()["final"])
        kg.ok("receipt", "save", report["reference"], "--out", "mine.tlog-proof")
        mine = gsc.ok("register", "check", "mine.tlog-proof", "--json").json()
        self.assertEqual((mine["verdict"], mine["held"], mine["entry_id"]), ("holds", True, report["entry_id"]))
        # Changed by one digit nobody signed it; signed by the register's key it is proof against it.
        text = (world.home / "of-kg").read_text(encoding="utf-8")
        (world.home / "changed").write_text(text.replace(f"\n{size}\n", f"\n{size - 1}\n"), encoding="utf-8")
        self.assertEqual(kg.entente("register", "check", "changed").status, 4)
        self.assertEqual(register(kg)["evidence"], 0)
        ahead = forged_checkpoint(gsc, register(gsc), 10**6)
        (world.home / "ahead").write_text(ahead, encoding="utf-8")
        self.assertEqual(kg.entente("register", "check", "ahead").status, 8)
        forged = forged_checkpoint(gsc, register(gsc), size)
        (world.home / "forged").write_text(forged, encoding="utf-8")
        found = kg.entente("register", "check", "forged", "--evidence-out", "proof.txt", "--json")
        self.assertEqual(found.status, 4, found)
        self.assertEqual((found.json()["verdict"], found.json()["kept"]), ("contradicts", True))
        self.assertEqual(kg.entente("audit", "evidence", "proof.txt").status, 0)
        self.assertIn("REGISTER-CONTRADICTS", [alarm["code"] for alarm in kg.status()["alarms"]])
        self.assertEqual(kg.entente("register", "check", "proof.txt").status, 4)
        self.assertEqual(kg.entente("register", "check", "nowhere").status, 9)

    def test_a_new_key_begins_a_new_register_over_everything(self):
        world = self.world_of(parties=("kg",))
        gsc, kg = world.gsc, world.kg
        until_final(gsc, gsc.instrument()["entries"])
        before = register(gsc)
        gsc.ok("register", "checkpoint", "--out", "old")
        plan = gsc.ok("instrument", "register", "--new-key", "--signer-key", gsc.signer, "--dry-run")
        self.assertIn("nothing was made", plan.err)
        gsc.ok("instrument", "register", "--new-key", "--signer-key", gsc.signer, "--yes")
        entries = gsc.instrument()["entries"]
        until_final(gsc, entries)
        after = register(gsc)
        self.assertNotEqual(after["key"], before["key"])
        self.assertEqual(after["clock"], before["clock"])
        kg.until(lambda node: register(node)["key"] == after["key"] and register(node)["final_size"] >= entries)
        refused = kg.entente("register", "check", "old")
        self.assertEqual(refused.status, 4)
        self.assertIn("earlier register", refused.err)
        # It goes on after a start, with the key that the charter names.
        gsc.stop()
        gsc.start()
        report = kg.report("d-1", commitment="DDR/08")
        kg.until(lambda node: node.ok("receipt", "show", report["entry_id"], "--json").json()["final"])
        self.assertEqual(register(kg)["evidence"], 0)

    def test_the_audit_makes_the_views_again(self):
        world = self.world_of(parties=("kg", "kz"))
        report = world.kg.report("d-1", commitment="DDR/08")
        world.gsc.until(lambda node: node.entente("history", report["reference"]).status == 0)
        for node in (world.gsc, world.kg):
            audit = node.ok("audit", "--json").json()
            self.assertTrue(audit["views_recomputed"], audit)
            self.assertFalse([text for text in audit["not_checked"] if "view" in text])
        os.environ["ENTENTE_NODE_PROGRAM"] = "/nowhere"
        self.addCleanup(os.environ.__setitem__, "ENTENTE_NODE_PROGRAM", str(BIN / "node" / "entented"))
        audit = world.gsc.ok("audit", "--json").json()
        self.assertFalse(audit["views_recomputed"])
        self.assertTrue([text for text in audit["not_checked"] if "not recomputed here" in text])

    def test_an_auditor_signs_what_he_found_and_another_node_sees_it(self):
        world = self.world_of(parties=("kg", "kz"))
        gsc, kg, kz = world.gsc, world.kg, world.kz
        kg.ok("key", "new", "--out", "auditor.key", "--no-passphrase")
        kg.ok("delegation", "enrol", "--key-file", "auditor.key.pub", "--label", "Court of Accounts", "--role",
              "auditor", "--signer-key", kg.signer, "--yes")
        until_final(gsc, gsc.instrument()["entries"])
        size = register(gsc)["size"]
        kg.until(lambda node: register(node)["final_size"] >= size)
        kz.until(lambda node: register(node)["final_size"] >= size)
        # Who is no auditor gets the report, and no statement.
        refused = kg.entente("audit", "--key", kg.key, "--yes")
        self.assertEqual(refused.status, 5, refused)
        self.assertIn("clean", refused.out)
        self.assertEqual(kz.ok("audit", "list", "--json").json()["rows"], [])
        before = kg.instrument()
        plan = kg.ok("audit", "--key", "auditor.key", "--dry-run", "--json").json()["statement"]
        self.assertEqual((plan["dry_run"], plan["record"]["checkpoint_size"]), (True, str(size)))
        report = kg.ok("audit", "--key", "auditor.key", "--yes", "--json").json()
        self.assertTrue(report["ok"] and report["views_recomputed"])
        statement = report["statement"]
        kz.until(lambda node: node.ok("audit", "list", "--json").json()["rows"])
        row, = kz.ok("audit", "list", "--json").json()["rows"]
        self.assertEqual((row["delegation"], row["key_label"]), ("KG", "Court of Accounts"))
        self.assertEqual((row["entry_id"], row["text"]), (statement["entry_id"], before["frontier_digest"]))
        self.assertEqual(row["what"], f"{before['entries']} entries, 0 findings, register up to {size}")
        # Up to the checkpoint that the other node holds as well.
        shown = kz.ok("audit", "show", row["reference"], "--json").json()
        said = shown["heads"][0]["record"]
        self.assertEqual(said["checkpoint_root"], checkpoints(kz)[size])
        self.assertEqual(said["authority_digest"], before.get("authority_digest", said["authority_digest"]))
        self.assertEqual(kz.ok("audit", "--json").json()["findings"], [])

    def test_a_backup_leaves_the_witness_key_out(self):
        world = self.world_of(parties=("kg",))
        gsc = world.gsc
        gsc.ok("register", "witness")
        self.assertTrue((gsc.data / "register" / "witness.key").exists())
        gsc.ok("backup", "create", "--to", world.home / "backups")
        names = {file.name for file in (world.home / "backups").rglob("*.key")}
        self.assertIn("node.key", names)
        self.assertNotIn("witness.key", names)
        self.assertTrue([name for name in names if name.endswith(".register.key")])

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

    def test_an_audit_goes_on_from_the_one_before(self):
        world = self.world_of(parties=("kg",))
        gsc, kg = world.gsc, world.kg
        until_final(gsc, gsc.instrument()["entries"])
        first = gsc.ok("audit", "--audited", "mine.audited", "--json").json()
        self.assertEqual(first["entries_known"], 0)
        again = gsc.ok("audit", "--audited", "mine.audited", "--json").json()
        self.assertEqual((again["signatures_checked"], again["entries_known"]), (0, first["entries"]))
        for name in ("entries", "feeds", "notes", "admitted", "pending", "findings"):
            self.assertEqual(again[name], first[name])
        # What comes later is read, also what cites a checkpoint from before: nothing else.
        kg.report("d-1", commitment="DDR/08")
        kg.report("d-2", commitment="DDR/09")
        gsc.until(lambda node: node.instrument()["entries"] == first["entries"] + 2)
        until_final(gsc, gsc.instrument()["entries"])
        grown = gsc.ok("audit", "--audited", "mine.audited", "--json").json()
        self.assertEqual(grown["signatures_checked"], grown["entries"] - first["entries"])
        self.assertGreater(grown["register"]["size"], first["register"]["size"])
        self.assertTrue([text for text in grown["not_checked"] if "were not read again" in text], grown)
        # A key that is cut: its feed alone is read again, and comes to what an audit of everything says.
        kg.ok("delegation", "revoke", "--key-file", f"{kg.key}.pub", "--lost", "--through", "1",
              "--signer-key", kg.signer, "--yes")
        gsc.until(lambda node: node.instrument()["quarantined"] > 0)
        cut = gsc.ok("audit", "--audited", "mine.audited", "--json").json()
        whole = gsc.ok("audit", "--json").json()
        self.assertGreater(cut["entries_known"], 0, cut)
        self.assertLess(cut["entries_known"], cut["entries"])
        for name in ("entries", "feeds", "notes", "admitted", "quarantined", "findings", "remarks"):
            self.assertEqual(cut[name], whole[name])
        # The file is one's own: a byte changed, or another instrument's, and it is refused.
        text = (world.home / "mine.audited").read_text(encoding="utf-8")
        (world.home / "mine.audited").write_text(text.replace("size ", "size 1"), encoding="utf-8")
        refused = gsc.entente("audit", "--audited", "mine.audited", "--json")
        self.assertEqual(refused.status, 9, refused)
        self.assertIn("entente-audited/2", refused.err)

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

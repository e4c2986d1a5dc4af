"""An audit pack of real nodes: made by any of them, checked by ours and other people's tools, forged and found out."""

import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import unittest

from cluster import BIN, ROOT, Cluster, main

os.environ["ENTENTE_NODE_PROGRAM"] = str(BIN / "node" / "entented")
OUTSIDER = ROOT / "tests" / "outsider"


def register(node):
    return node.ok("register", "show", "--json").json()


class Pack(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = Cluster(parties=("kg", "kz"))
        cls.addClassCleanup(cls.world.close)
        gsc, kg, kz = cls.world.gsc, cls.world.kg, cls.world.kz
        keys = [node.ok("register", "witness", "--json").json()["witness"] for node in (kg, kz)]
        gsc.ok("instrument", "witness-policy", "--quorum", "2", "--witness", keys[0], "--witness", keys[1],
               "--signer-key", gsc.signer, "--yes")
        cls.report = kg.report("d-1", commitment="DDR/08")
        # Two chunks and a bit, so that one in the middle can be altered.
        cls.order = os.urandom(2 * 65536 + 777)
        (cls.world.home / "order.pdf").write_bytes(cls.order)
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/09", "--lang", "en")
        kg.ok("draft", "attach", "d-2", "order.pdf", "--lang", "ru")
        kg.ok("draft", "set", "d-2", "implementation=in_progress", "assessment=on_track", "narrative=Test text.")
        kg.ok("draft", "finalise", "d-2")
        cls.attached = kg.ok("submit", "d-2", "--key", kg.key, "--accept-warnings", "--yes", "--json").json()
        kg.until(lambda node: node.ok("receipt", "show", cls.attached["entry_id"], "--json").json()["final"])
        kg.until(lambda node: node.ok("receipt", "show", cls.report["entry_id"], "--json").json()["final"])
        kg.ok("receipt", "save", cls.report["entry_id"], "--out", "mine.tlog-proof")
        cls.pin = gsc.instrument()["id"]
        # What a reader was told by the Secretariat and the delegations, not by the pack.
        cls.policy = cls.world.home / "euca.policy"
        cls.log = register(gsc)["key"]
        cls.policy.write_text(f"log {cls.log}\nwitness kg {keys[0]}\nwitness kz {keys[1]}\n"
                              "group both all kg kz\nquorum both\n", encoding="utf-8")
        cls.pack = cls.world.home / "pack"
        cls.written = kg.ok("audit", "pack", "--out", f"{cls.pack}/", "--with-attachments", "--json").json()
        kg.ok("audit", "pack", "--out", "attached.pack", "--with-attachments")
        gsc.ok("audit", "pack", "--out", "euca.pack")

    def audit(self, *words):
        """Without any node: the one named here does not exist."""
        done = self.world.kg.entente("audit", *words, "--node", "unix:/nonexistent", "--json")
        return done, done.json()

    def test_the_pack_is_clean_and_so_is_each_nodes_own_register(self):
        for source in (("--dir", self.pack), ("--bundle", "euca.pack"), ("--pack", "euca.pack")):
            done, report = self.audit(*source, "--policy", self.policy, "--pin", self.pin, "--receipt",
                                      "mine.tlog-proof")
            self.assertEqual((done.status, report["findings"]), (0, []))
            self.assertTrue(report["ok"] and report["register"]["quorum"])
            self.assertEqual(report["entries"], report["register"]["size"])
            self.assertGreater(report["register"]["existed_before"], "2026")
            self.assertGreater(report["register"]["checkpoints"], 0)
            self.assertGreater(report["register"]["seen_claims"], 0)
            self.assertEqual(report["register"]["payloads_missing"], 0)
        for node in self.world.nodes.values():
            report = node.ok("audit", "--json", "--pin", self.pin).json()
            self.assertEqual(report["findings"], [])
            self.assertGreater(report["register"]["size"], 0, node.name)

    def attachment(self):
        files = list((self.pack / "attachments").iterdir())
        self.assertEqual(len(files), 1)
        return files[0]

    def test_attachments_go_along_and_are_checked_chunk_by_chunk(self):
        self.assertEqual((self.written["attachments"], self.written["attachments_missing"]), (1, 0))
        self.assertEqual(self.attachment().name, hashlib.sha256(self.order).hexdigest())
        self.assertEqual(self.attachment().read_bytes(), self.order)
        for source in (("--dir", self.pack), ("--bundle", "attached.pack")):
            done, report = self.audit(*source, "--policy", self.policy, "--pin", self.pin)
            self.assertEqual((done.status, report["findings"]), (0, []))
            self.assertEqual(report["register"]["attachments"], 1)
            self.assertEqual(report["register"]["attachments_missing"], 0)
        # A pack without them says so.
        _, report = self.audit("--bundle", "euca.pack", "--policy", self.policy, "--pin", self.pin)
        self.assertEqual(report["register"]["attachments_missing"], 1)
        self.assertIn("1 attachments: not in the pack", " ".join(report["not_checked"]))

    def test_an_attachment_altered_cut_lost_or_added_is_found(self):
        name = self.attachment().name
        middle = bytearray(self.order)
        middle[65536 + 99] ^= 1
        for what, content in (("altered", bytes(middle)), ("cut by a chunk", self.order[:2 * 65536]), ("lost", None)):
            copy = pathlib.Path(shutil.copytree(self.pack, self.world.home / "touched"))
            (copy / "attachments" / name).unlink()
            if content is not None:
                (copy / "attachments" / name).write_bytes(content)
            done, report = self.audit("--dir", copy, "--policy", self.policy, "--pin", self.pin)
            shutil.rmtree(copy)
            if content is None:
                self.assertEqual(done.status, 0, what)
                self.assertEqual(report["register"]["attachments_missing"], 1)
                self.assertIn("1 attachments: not in the pack", " ".join(report["not_checked"]))
            else:
                self.assertEqual(done.status, 4, what)
                self.assertEqual([finding["code"] for finding in report["findings"]], ["ATTACHMENT"], what)
        copy = pathlib.Path(shutil.copytree(self.pack, self.world.home / "touched"))
        self.addCleanup(shutil.rmtree, copy)
        (copy / "attachments" / hashlib.sha256(b"x").hexdigest()).write_bytes(b"x")
        done, report = self.audit("--dir", copy, "--policy", self.policy, "--pin", self.pin)
        self.assertEqual((done.status, [one["text"] for one in report["findings"]]),
                         (4, ["no report in the pack names it"]))

    def test_what_the_node_lacks_is_said(self):
        kz = self.world.kz

        def is_final(node):
            shown = node.entente("receipt", "show", self.attached["entry_id"], "--json")
            return shown.status == 0 and shown.json()["final"]

        kz.until(is_final)
        made = kz.ok("audit", "pack", "--out", "kz.pack", "--with-attachments")
        self.assertIn("attachments: 0 in the pack, 1 not on this node", made.out)

    def test_other_peoples_tools_agree(self):
        home = self.world.home
        environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOCACHE=str(home / "cache"),
                           GOFLAGS="")
        done = subprocess.run(["go", "run", OUTSIDER / "verify.go", self.pack, self.policy], env=environment,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"ok: {self.audit('--dir', self.pack)[1]['entries']} entries", done.stdout)
        for receipt in (home / "mine.tlog-proof", *sorted((self.pack / "receipts").iterdir())):
            done = subprocess.run([OUTSIDER / "verify.sh", receipt, self.log], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_receipt_is_verified_without_node_and_dates_the_entry(self):
        shown = self.world.kg.ok("receipt", "verify", "mine.tlog-proof", "--policy", self.policy, "--pin", self.pin,
                                 "--node", "unix:/nonexistent", "--json").json()
        self.assertEqual(shown["entry_id"], self.report["entry_id"])
        self.assertGreater(shown["existed_before"], "2026")
        self.assertEqual(len(shown["cosigned"]), 2)
        text = (self.world.home / "mine.tlog-proof").read_text(encoding="utf-8")
        bad = self.world.home / "bad.tlog-proof"
        bad.write_text(text.replace("\nindex ", "\nindex 1"), encoding="utf-8")
        self.assertEqual(self.world.kg.entente("receipt", "verify", bad, "--policy", self.policy).status, 4)
        self.assertEqual(self.world.kg.entente("receipt", "verify", bad).status, 2)

    def test_a_changed_pack_is_found_out(self):
        copy = pathlib.Path(shutil.copytree(self.pack, self.world.home / "forged"))
        self.addCleanup(shutil.rmtree, copy)
        # Older checkpoints have bundles of their own; the newest is what everything else is held against.
        bundles = [path for path in (copy / "tile" / "entries").rglob("*") if path.is_file()]
        bundle = max(bundles, key=lambda path: int(path.name))
        data = bytearray(bundle.read_bytes())
        first = 2 + int.from_bytes(data[:2], "big")  # with its length in front
        data[first - 1] ^= 1
        bundle.write_bytes(data)
        done, report = self.audit("--dir", copy, "--policy", self.policy, "--pin", self.pin)
        self.assertEqual(done.status, 4)
        codes = {finding["code"] for finding in report["findings"]}
        self.assertLessEqual({"ROOT", "TILE", "CHECKPOINT", "RECEIPT"}, codes, report["findings"])

    def test_the_tables_are_made_again_from_the_pack(self):
        node = self.world.kg.instrument("--digest")
        report = self.audit("--dir", self.pack, "--policy", self.policy)[1]
        self.assertTrue(report["views_recomputed"], report["not_checked"])
        if report["frontier_digest"] == node["frontier_digest"]:
            self.assertEqual(report["view_digest"], node["view_digest"])
        claimed = (self.pack / "views").read_text(encoding="utf-8")
        self.assertIn(f"\nviews {report['view_digest']}\n", claimed)
        copy = pathlib.Path(shutil.copytree(self.pack, self.world.home / "shown"))
        self.addCleanup(shutil.rmtree, copy)
        (copy / "views").write_text(claimed.replace(report["view_digest"], "0" * 64), encoding="utf-8")
        done, forged = self.audit("--dir", copy, "--policy", self.policy)
        self.assertEqual((done.status, [finding["code"] for finding in forged["findings"]]), (4, ["VIEWS"]))
        # Without a payload nobody can make them: that is said, and is no finding.
        next((copy / "payload").iterdir()).unlink()
        done, partial = self.audit("--dir", copy, "--policy", self.policy)
        self.assertEqual((done.status, partial["views_recomputed"]), (0, False))
        self.assertIn("it is partial, without 1 payload", " ".join(partial["not_checked"]))

    def test_another_instrument_is_refused(self):
        done = self.world.kg.entente("audit", "--dir", self.pack, "--pin", "a" * 64)
        self.assertEqual(done.status, 4, done)
        self.assertIn("pinned is", done.err)


if __name__ == "__main__":
    main(argparse.Namespace())

#!/usr/bin/env python3
"""Files that belong to reports: attached offline, moved in chunks between real nodes, cut and killed on the way,
fetched from whoever has them, given to nobody else."""

import hashlib
import os
import random
import unittest

import cluster

MIB = 1 << 20
REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"
OPTIONS = cluster.argparse.Namespace(seed=7, mib=40)


def make_file(path, size, seed):
    path.write_bytes(random.Random(seed).randbytes(size))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rows(node, *words):
    return node.ok("attachment", "list", *words, "--json").json()["rows"]


def state(node, name, *words):
    return next(row["state"] for row in rows(node, *words) if row["name"] == name)


def complete(node, name, *words, seconds=60):
    node.until(lambda n: any(r["name"] == name and r["state"] == "complete" for r in rows(n, *words)), seconds)


def data_file(node, sha256, *words):
    """Where the node keeps the bytes: the one file under blobs/ that begins as the content does."""
    return sorted(p for p in (node.data / "blobs").iterdir() if p.suffix != ".tree")


class Attachments(cluster.ClusterTest):
    cluster = {"parties": ("kg", "kz")}

    @classmethod
    def found(cls):
        w = cls.world
        w.sync_all()
        cls.order = w.home / "order.pdf"
        cls.order_hash = make_file(cls.order, 3 * MIB + 12345, OPTIONS.seed)

    def test_01_bad_input_is_one_clear_error_each(self):
        w = self.world
        w.kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "en")
        (w.home / "empty.pdf").write_bytes(b"")
        with (w.home / "huge.bin").open("wb") as sparse:
            sparse.truncate(26 * MIB)
        with (w.home / "giant.bin").open("wb") as sparse:
            sparse.truncate((1 << 30) + 1)
        cases = [(("empty.pdf",), 5, "E-ATT-SIZE"), (("huge.bin",), 5, "26.0 MiB, limit 25.0 MiB"),
                 (("giant.bin",), 5, "more than 1.0 GiB"),
                 (("nowhere.pdf",), 9, "nowhere.pdf"), (("order.pdf", "--lang", "kz"), 5, "E-LANG"),
                 (("order.pdf", "--kind", "lawtext"), 5, "law_text"), (("order.pdf", "--name", "a/b"), 5, "E-ATT-NAME"),
                 (("order.pdf", "--media-type", "pdf"), 5, "E-ATT-TYPE"), ((), 2, "give a file")]
        for words, status, says in cases:
            result = w.kg.entente("draft", "attach", "d-1", *words)
            self.assertEqual(result.status, status, (words, result))
            self.assertIn(says, result.err)
        self.assertEqual(w.kg.ok("draft", "show", "d-1", "--json").json()["attachments"], [])

    def test_02_a_file_goes_with_a_report_to_the_secretariat(self):
        w = self.world
        draft = w.kg.ok("draft", "attach", "d-1", self.order, "--title", "Order", "--lang", "ru", "--kind", "law_text",
                        "--json").json()
        self.assertEqual(draft["attachments"][0]["sha256"], self.order_hash)
        w.kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", "narrative=Test text.")
        w.kg.ok("submit", "d-1", "--key", w.kg.key, "--accept-warnings", "--yes")
        self.assertEqual(rows(w.kg)[0]["state"], "complete")
        w.sync_all()
        # The secretariat fetches what reports name; kg may keep the contact, or the secretariat: either moves it.
        complete(w.gsc, "order.pdf")
        w.gsc.ok("attachment", "get", REPORT, "order.pdf", "--out", "gsc-order.pdf")
        self.assertEqual(hashlib.sha256((w.home / "gsc-order.pdf").read_bytes()).hexdigest(), self.order_hash)
        again = w.gsc.entente("attachment", "get", REPORT, "order.pdf", "--out", "gsc-order.pdf")
        self.assertNotEqual(again.status, 0)
        self.assertIn("not overwritten", again.err)

    def test_03_received_is_not_complete_and_blocks_nothing(self):
        w = self.world
        w.kz.until(lambda n: any(r["name"] == "order.pdf" for r in rows(n)))
        self.assertEqual(state(w.kz, "order.pdf"), "not here")  # another delegation's: not fetched unasked
        shown = w.kz.ok("report", "show", REPORT).out
        self.assertIn("W-ATT-PENDING attachments[order.pdf]", shown)
        self.assertIn("0 of 1 here", w.kz.ok("report", "list").out)
        self.assertIn("0 of 1 here", w.kz.ok("history", REPORT).out)
        self.assertIn("attachment order.pdf", w.kz.ok("where", REPORT).out)
        self.assertNotIn("W-ATT-PENDING", w.gsc.ok("report", "show", REPORT).out)
        unknown = w.kz.entente("attachment", "get", REPORT, "ordre.pdf")
        self.assertEqual(unknown.status, 6)
        self.assertIn("it has order.pdf", unknown.err)

    def test_04_fetched_on_demand_from_a_third_node(self):
        w = self.world
        w.kg.stop()  # its author is not needed
        w.kz.ok("attachment", "get", REPORT, "order.pdf", "--out", "kz-order.pdf", "--wait", "60")
        self.assertEqual(hashlib.sha256((w.home / "kz-order.pdf").read_bytes()).hexdigest(), self.order_hash)
        self.assertNotIn("W-ATT-PENDING", w.kz.ok("report", "show", REPORT).out)
        w.kg.start()

    def test_05_a_damaged_chunk_is_named_and_fetched_again(self):
        w = self.world
        w.kz.stop()
        path = data_file(w.kz, self.order_hash)[0]
        with path.open("r+b") as file:
            file.seek(2 * 65536 + 17)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        w.kz.start()
        broken = w.kz.entente("attachment", "get", REPORT, "order.pdf", "--out", "kz-2.pdf", "--wait", "60")
        self.assertEqual(broken.status, 4, broken)
        self.assertIn("chunk 2", broken.err)
        self.assertFalse((w.home / "kz-2.pdf").exists())
        w.kz.ok("attachment", "get", REPORT, "order.pdf", "--out", "kz-2.pdf", "--wait", "60")
        self.assertEqual(hashlib.sha256((w.home / "kz-2.pdf").read_bytes()).hexdigest(), self.order_hash)
        self.assertTrue(any("attachment_damaged" in line and "chunk=2" in line for line in w.kz.log))

    def test_06_a_dropped_draft_takes_its_bytes_along(self):
        w = self.world
        before = len(list((w.kg.data / "blobs").iterdir()))
        secret = w.home / "secret.bin"
        make_file(secret, 300_000, 99)
        w.kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/09", "--lang", "en")
        name = [d["draft"] for d in w.kg.ok("draft", "list", "--json").json()["rows"]][-1]
        w.kg.ok("draft", "attach", name, secret)
        self.assertEqual(len(list((w.kg.data / "blobs").iterdir())), before + 2)
        w.kg.ok("draft", "drop", name, "--yes")
        w.kg.until(lambda n: len(list((n.data / "blobs").iterdir())) == before)

    def test_07_killed_in_the_middle_it_goes_on_from_the_chunk(self):
        w = self.world
        big = w.home / "big.bin"
        digest = make_file(big, OPTIONS.mib * MIB, OPTIONS.seed + 1)
        w.kz.stop()
        w.kg.stop()
        w.kg.start("--attachments-attach-max", "100")
        w.kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/09", "--lang", "en")
        name = [d["draft"] for d in w.kg.ok("draft", "list", "--json").json()["rows"]][-1]
        w.kg.ok("draft", "attach", name, big)
        w.kg.ok("draft", "set", name, "implementation=in_progress", "assessment=on_track", "narrative=Test text.")
        w.kg.ok("submit", name, "--key", w.kg.key, "--accept-warnings", "--yes")
        reference = "R:EUCA-2014/MTR-2017/KG/DDR/09"
        w.sync_all()
        w.gsc.until(lambda n: any(r["name"] == "big.bin" for r in rows(n)))
        self.assertEqual(state(w.gsc, "big.bin"), "not here")  # over what is fetched unasked
        w.gsc.ok("attachment", "get", reference, "big.bin", "--out", "gsc-big.bin", "--wait", "100")
        w.kz.start()
        w.kz.until(lambda n: any(r["name"] == "big.bin" for r in rows(n)))
        w.kz.ok("attachment", "fetch", reference, "big.bin")
        # Some of it is here, and not all: kill. The bytes counted before are there afterwards.
        held, cut = 0, []
        for _ in range(3):
            seen = self.partly(w.kz, reference)
            w.kz.kill()
            w.kz.start()
            now = self.bytes_held(w.kz, reference)
            self.assertGreaterEqual(now, seen)
            self.assertGreaterEqual(now, held)
            held = now
            cut.append(now)
        print(f"killed with {cut} of {OPTIONS.mib * MIB} bytes held", flush=True)
        self.assertLess(cut[0], OPTIONS.mib * MIB, "never killed in the middle: make the file larger")
        w.kz.ok("attachment", "get", reference, "big.bin", "--out", "kz-big.bin", "--wait", "100")
        self.assertEqual(hashlib.sha256((w.home / "kz-big.bin").read_bytes()).hexdigest(), digest)

    def bytes_held(self, node, reference):
        return node.ok("attachment", "fetch", reference, "big.bin", "--json").json()["rows"][0]["bytes_held"]

    def partly(self, node, reference):
        before = self.bytes_held(node, reference)
        node.until(lambda n: self.bytes_held(n, reference) > before or
                   self.bytes_held(n, reference) == OPTIONS.mib * MIB)
        return self.bytes_held(node, reference)

    def test_08_who_was_removed_gets_nothing(self):
        w = self.world
        late = w.home / "late.bin"
        make_file(late, 400_000, OPTIONS.seed + 2)
        w.gsc.ok("instrument", "withdraw", "--delegation", "KZ", "--reason", "it left", "--signer-key",
                 w.gsc.signer, "--yes")
        w.sync_all()
        w.kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/10", "--lang", "en")
        name = [d["draft"] for d in w.kg.ok("draft", "list", "--json").json()["rows"]][-1]
        w.kg.ok("draft", "attach", name, late)
        w.kg.ok("draft", "set", name, "implementation=in_progress", "assessment=on_track", "narrative=Test text.")
        w.kg.ok("submit", name, "--key", w.kg.key, "--accept-warnings", "--yes")
        w.sync_all()
        complete(w.gsc, "late.bin")
        self.assertFalse(any(r["name"] == "late.bin" for r in rows(w.kz)))
        # What it knew of before is not given either: its copy is gone, and nobody hands out another.
        w.kz.stop()
        for path in (w.kz.data / "blobs").iterdir():
            path.unlink()
        w.kz.start()
        gone = w.kz.entente("attachment", "get", REPORT, "order.pdf", "--out", "kz-3.pdf", "--wait", "5")
        self.assertEqual(gone.status, 8, gone)
        self.assertFalse((w.home / "kz-3.pdf").exists())


if __name__ == "__main__":
    cluster.main(OPTIONS)

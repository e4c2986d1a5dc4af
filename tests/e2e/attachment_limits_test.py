"""Attachments over a line that costs money: paused, so that nothing moves unasked, the contents of attachments come and
go in a sync within limits, after all entries, and what is left is said and goes on at the piece."""

import hashlib
import random
import unittest

import cluster
from cluster import ClusterTest

KIB = 1 << 10
KG_REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"
KZ_REPORT = "R:EUCA-2014/MTR-2017/KZ/DDR/09"


def make_file(path, size, seed):
    path.write_bytes(random.Random(seed).randbytes(size))
    return hashlib.sha256(path.read_bytes()).hexdigest()


class AttachmentLimits(ClusterTest):
    cluster = {"parties": ("kg", "kz")}

    @classmethod
    def found(cls):
        w = cls.world
        cls.gsc, cls.kg, cls.kz = w.gsc, w.kg, w.kz
        w.sync_all()
        cls.coming, cls.going = w.home / "coming.pdf", w.home / "going.pdf"
        cls.coming_hash = make_file(cls.coming, 300 * KIB + 7, 1)
        cls.going_hash = make_file(cls.going, 200 * KIB, 2)
        cls.report(cls.kg, "DDR/08", cls.coming)
        w.sync_all()
        cls.gsc.until(lambda n: cls.state(n, "coming.pdf") == "complete", 60)
        cls.kz.until(lambda n: any(r["name"] == "coming.pdf" for r in cls.rows(n)), 60)
        cls.kz.ok("peer", "pause")
        cls.report(cls.kz, "DDR/09", cls.going)

    @classmethod
    def report(cls, node, commitment, file):
        node.ok("draft", "new", "--round", "MTR-2017", "--commitment", commitment, "--lang", "en")
        node.ok("draft", "attach", "d-1", file)
        node.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", "narrative=Test text.")
        node.ok("submit", "d-1", "--key", node.key, "--accept-warnings", "--yes")

    @staticmethod
    def rows(node, *words):
        return node.ok("attachment", "list", *words, "--json").json()["rows"]

    @classmethod
    def state(cls, node, name):
        return next((row["state"] for row in cls.rows(node) if row["name"] == name), "")

    def sync(self, *words):
        return self.kz.entente("sync", "--with", "EU-GSC", "--json", *words)

    def held(self):
        return self.kz.ok("attachment", "fetch", KG_REPORT, "coming.pdf", "--json").json()["rows"][0]["bytes_held"]

    def test_1_a_paused_line_is_named_as_the_reason(self):
        waiting = self.kz.entente("attachment", "get", KG_REPORT, "coming.pdf", "--out", "early.pdf", "--wait", "0")
        self.assertEqual(waiting.status, 8, waiting)
        self.assertIn("EU-GSC is paused here", waiting.err)
        self.assertIn("entente sync --max-bytes", waiting.err)

    def test_2_the_status_says_that_nobody_else_holds_the_file(self):
        instrument = self.kz.instrument()
        self.assertEqual(instrument["unsynced_attachments"], 1)
        self.assertEqual(instrument["unsynced_attachment_bytes"], 200 * KIB)
        self.assertIn("1 of our own attachments nobody else is known to hold", self.kz.ok("status").out)
        # Its author's only node gave it to the Secretariat.
        self.kg.until(lambda n: n.instrument()["unsynced_attachments"] == 0)

    def test_3_the_plan_names_what_is_to_come_and_moves_nothing(self):
        plan = self.sync("--plan")
        self.assertEqual(plan.status, 0, plan)
        rows = {(row["direction"], row["kind"]): row for row in plan.json()["rows"]}
        print(rows)
        self.assertEqual(rows["receive", "attachments"]["entries"], 1)
        self.assertEqual(rows["receive", "attachments"]["bytes"], 300 * KIB + 7)
        # The Secretariat does not know of the other before its report came.
        self.assertNotIn(("send", "attachments"), rows)
        self.assertEqual(rows["send", "other"]["entries"], 1)
        self.assertEqual(self.held(), 0)

    def test_4_a_limit_that_the_entries_reach_leaves_attachments_out_and_says_so(self):
        done = self.sync("--max-bytes", "400")
        self.assertEqual(done.status, 0, done)
        row = done.json()["rows"][0]
        self.assertEqual(row["result"], "partial")
        self.assertEqual(row["unreceived_attachments"], 1)
        self.assertEqual(row["unreceived_attachment_bytes"], 300 * KIB + 7)
        self.assertIn("attachments were left out", done.err)
        self.assertEqual(self.held(), 0)

    def test_4b_a_limit_under_one_piece_says_so_once_the_entries_are_through(self):
        self.sync("--max-bytes", "30k")
        row = self.sync("--max-bytes", "30k").json()["rows"][0]
        self.assertEqual(row["result"], "partial")
        self.assertIn("--max-bytes 80k", row["error"])
        self.assertEqual(self.held(), 0)

    def test_5_after_the_entries_as_much_as_fits_and_the_next_sync_goes_on(self):
        limit, held, sent, passes = 160_000, 0, 0, 0
        while True:
            passes += 1
            done = self.sync("--max-bytes", str(limit))
            self.assertEqual(done.status, 0, done)
            row = done.json()["rows"][0]
            print(row)
            self.assertLessEqual(row["bytes_sent"] + row["bytes_received"], limit)
            now = self.held()
            self.assertEqual(row["unreceived_attachment_bytes"], 300 * KIB + 7 - now)
            if row["result"] == "done":
                break
            self.assertEqual(row["result"], "partial")
            self.assertIn("attachments that are not whole yet", done.err)
            self.assertGreater((now, 200 * KIB - row["unsent_attachment_bytes"]), (held, sent))
            held, sent = now, 200 * KIB - row["unsent_attachment_bytes"]
            self.assertLess(passes, 8)
        self.assertGreater(passes, 2)
        for node, reference, name, digest in ((self.kz, KG_REPORT, "coming.pdf", self.coming_hash),
                                              (self.gsc, KZ_REPORT, "going.pdf", self.going_hash)):
            node.ok("attachment", "get", reference, name, "--out", f"{node.name}-{name}", "--wait", "0")
            self.assertEqual(hashlib.sha256((self.world.home / f"{node.name}-{name}").read_bytes()).hexdigest(), digest)
        self.assertEqual(self.kz.instrument()["unsynced_attachments"], 0)
        self.assertNotIn("attachments", [row["kind"] for row in self.sync("--plan").json()["rows"]])

    def test_6_until_a_time_all_of_it_comes(self):
        more = self.world.home / "more.pdf"
        digest = make_file(more, 3000 * KIB, 3)
        self.kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/10", "--lang", "en")
        name = [d["draft"] for d in self.kg.ok("draft", "list", "--json").json()["rows"]][-1]
        self.kg.ok("draft", "attach", name, more)
        self.kg.ok("draft", "set", name, "implementation=in_progress", "assessment=on_track", "narrative=Test text.")
        self.kg.ok("submit", name, "--key", self.kg.key, "--accept-warnings", "--yes")
        self.gsc.until(lambda n: self.state(n, "more.pdf") == "complete", 60)
        reference = "R:EUCA-2014/MTR-2017/KG/DDR/10"
        first = self.sync("--until", "2099-01-01T00:00:00Z").json()["rows"][0]
        self.assertEqual((first["result"], self.state(self.kz, "more.pdf")), ("done", "not here"))  # nobody asked
        self.kz.ok("attachment", "fetch", reference, "more.pdf")
        row = self.sync("--until", "2099-01-01T00:00:00Z").json()["rows"][0]
        self.assertEqual(row["result"], "done")
        self.kz.ok("attachment", "get", reference, "more.pdf", "--out", "kz-more.pdf", "--wait", "0")
        self.assertEqual(hashlib.sha256((self.world.home / "kz-more.pdf").read_bytes()).hexdigest(), digest)

    def test_7_what_is_no_report_or_has_no_attachment_is_said(self):
        self.kg.report("d-3", commitment="DDR/01")
        cases = (("EUCA-2014/DDR/08", "is no report"), ("R:EUCA-2014/MTR-2017/KG/DDR/01", "has no attachments"),
                 ("R:EUCA-2014/MTR-2017/KG/DDR/02", "no report stands under"))
        for reference, said in cases:
            for command in ("list", "fetch"):
                result = self.kg.entente("attachment", command, reference)
                self.assertEqual(result.status, 6, (reference, result))
                self.assertIn(said, result.err)

    def test_8_a_code_of_the_settings_that_is_no_joined_instrument_is_told(self):
        self.kz.stop()
        self.kz.start("--attachments-instruments", "EUCA-2041:all:25:25 EUCA-2014:own:25:25")
        self.assertTrue(any("setting_names_no_instrument" in line and "EUCA-2041" in line for line in self.kz.log))
        checks = {c["name"]: c for c in self.kz.entente("doctor", "--json").json()["checks"]}
        self.assertEqual(checks["settings"]["result"], "warn")
        self.assertIn("EUCA-2041, which this node has not joined; joined: EUCA-2014", checks["settings"]["text"])


if __name__ == "__main__":
    unittest.main(verbosity=2)

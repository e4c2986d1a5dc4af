"""entente sync within limits: the plan says what would move and moves nothing, so many bytes are kept to with urgent
reports first, and what is left is said and comes next time."""

import csv
import io
import random
import unittest

import cluster
from cluster import CATALOGUE, ClusterTest

ENTRIES = 500
ROUND = "MTR-2099"


def with_a_round_to_come(home):
    """The catalogue, with a round whose deadline is far ahead and many undertakings."""
    path = cluster.large_catalogue(home, ENTRIES)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    header = rows[0]
    coming = dict(zip(header, next(row for row in rows if row[:2] == ["round", "MTR-2017"])))
    coming.update(code=ROUND, deadline="2099-09-15", meeting_date="2099-10-12")
    with path.open("a", encoding="utf-8", newline="") as out:
        csv.writer(out).writerow([coming[name] for name in header])
    return path


class Limits(ClusterTest):
    cluster = {"parties": ("kg", "kz")}

    @classmethod
    def found(cls):
        cls.gsc, cls.kg, cls.kz = cls.world.gsc, cls.world.kg, cls.world.kz
        cls.kz.ok("peer", "pause")
        cls.gsc.ok("instrument", "import", "--catalogue", with_a_round_to_come(cls.world.home), "--key", cls.gsc.key,
                   "--yes")
        cls.kg.ok("sync", "--with", "EU-GSC")
        cls.urgent = cls.kg.report("d-1", commitment="DDR/08", round=ROUND)["reference"]
        cls.kg.ok("sync", "--with", "EU-GSC")
        cls.held = cls.gsc.instrument()["entries"]
        cls.before = cls.kz.instrument()["entries"]

    def sync(self, *words):
        """With the Secretariat; a pause keeps the line free of everything else."""
        return self.kz.entente("sync", "--with", "EU-GSC", "--json", *words)

    def test_1_the_plan_says_what_would_move_and_moves_nothing(self):
        self.assertEqual(self.sync().json()["rows"][0]["result"], "paused")
        plan = self.sync("--plan")
        self.assertEqual(plan.status, 0, plan)
        rows = {(row["direction"], row["kind"]): row for row in plan.json()["rows"]}
        # Hello tells that the Secretariat's register is another than the one known here, and not how large the news is.
        self.assertIsNone(rows.pop(("either", "receipts"))["bytes"])
        self.assertIn("receipts or checkpoints", plan.err)
        self.assertEqual(set(rows), {("receive", "deadline"), ("receive", "other")})
        self.assertEqual(sum(row["entries"] for row in rows.values()), self.held - self.before)
        self.assertEqual(rows["receive", "deadline"]["entries"], 1)
        self.assertEqual(self.kz.instrument()["entries"], self.before)
        self.__class__.bytes = sum(row["bytes"] for row in rows.values())
        print(rows)

    def test_2_a_wrong_limit_is_an_error_that_says_what_to_do(self):
        for words, said in ((("--max-bytes", "much"), "no size"), (("--until", "noon"), "no time"),
                            (("--max-bytes", ""), "no size"), (("--until", ""), "no time"),
                            (("--until", "2099-02-31 10:00"), "no time"),
                            (("--until", "2017-01-01T00:00:00Z"), "past")):
            result = self.kz.entente("sync", *words)
            self.assertEqual(result.status, 2, result)
            self.assertIn(said, result.err)
        self.assertEqual(self.kz.entente("sync", "--plan", "--max-bytes", "1k").status, 2)

    def test_3_few_bytes_bring_the_urgent_report_and_say_what_is_left(self):
        done = self.sync("--max-bytes", "12k")
        self.assertEqual(done.status, 0, done)
        row = done.json()["rows"][0]
        print(row)
        self.assertEqual(row["result"], "partial")
        self.assertLessEqual(row["bytes_sent"] + row["bytes_received"], 12_000)
        held = self.kz.instrument()["entries"]
        self.assertEqual(row["unreceived_entries"], self.held - held)
        self.assertGreater(row["unreceived_entries"], 0)
        self.assertIn("not received", done.err)
        self.kz.ok("where", self.urgent)

    def test_4_the_rest_comes_until_a_time_and_took_what_the_plan_said(self):
        row = self.sync("--until", "2099-01-01T00:00:00Z").json()["rows"][0]
        self.assertEqual(row["result"], "done")
        self.assertEqual(self.kz.instrument()["entries"], self.held)
        took = row["bytes_received"] + 12_000
        self.assertLess(abs(took - self.bytes), 0.35 * took, "the plan's bytes")
        self.assertEqual(self.sync("--plan").json()["rows"][0]["result"], "nothing_new")

    def test_5_who_was_only_dialled_knows_what_the_peer_holds_and_when_it_called(self):
        rows = self.gsc.ok("where", self.urgent, "--json").json()["rows"]
        held = [row for row in rows if row["rung"].startswith("held by KZ")]
        self.assertEqual([row["answer"] for row in held], ["yes"], rows)
        self.assertNotIn("never", held[0]["detail"])
        self.assertIn("nothing to send", self.gsc.ok("bundle", "plan", "--for", "KZ").out)
        for node, party in ((self.gsc, "KZ"), (self.kz, "EU-GSC")):
            plan = node.ok("bundle", "plan", "--for", party, "--json").json()
            self.assertEqual((plan["basis"], plan["entries"], plan["notes"], plan["parts"]), ("sync", 0, 0, []))

    def test_5b_a_bundle_after_a_sync_starts_from_there(self):
        before = self.kz.instrument()["frontier_digest"]
        self.kz.report("d-1", commitment="DDR/09", round=ROUND)
        made = self.kz.ok("bundle", "create", "--for", "EU-GSC", "--out", self.world.home / "after.bundle", "--json")
        self.assertEqual((made.json()["entries"], made.json()["notes"]), (1, 0))
        header = (self.world.home / "after.bundle").read_bytes()[:4096]
        self.assertIn(bytes.fromhex(before), header, "the frontier it starts from")

    def test_5c_what_a_limit_leaves_here_is_measured(self):
        (planned,) = self.sync("--plan").json()["rows"]
        row = self.sync("--max-bytes", "500").json()["rows"][0]
        self.assertEqual((planned["direction"], planned["entries"]), ("send", 1))
        self.assertEqual((row["result"], row["unsent_entries"], row["entries_sent"]), ("partial", 1, 0))
        self.assertNotEqual(planned["bytes"], 300, "or it could be a guess")
        self.assertLessEqual(abs(row["unsent_bytes"] - planned["bytes"]), 16, (planned, row))

    def test_5d_what_went_over_within_a_limit_is_known_to_be_there(self):
        codes = [f"{chapter}/{number:02}" for chapter, numbers in (("DDR", range(1, 8)), ("DSR", range(1, 4)),
                                                                   ("IRM", range(1, 7))) for number in numbers]
        for number, code in enumerate(codes, start=2):
            prose = "".join(random.Random(number).choices("abcdefghijklmnopqrstuvwxyz ", k=1500))
            last = self.kz.report(f"d-{number}", commitment=code, round=ROUND, text=prose)
        before = self.kz.instrument()["unsynced_entries"]
        row = self.sync("--max-bytes", "12k").json()["rows"][0]
        self.assertEqual(row["result"], "partial")
        left = self.kz.instrument()["unsynced_entries"]
        self.assertEqual(left, row["unsent_entries"])
        self.assertEqual(before - left, row["entries_sent"])
        self.assertGreater(row["entries_sent"], 0)
        # Killed, it still knows.
        self.kz.kill()
        self.kz.start()
        self.assertEqual(self.kz.instrument()["unsynced_entries"], left)
        rows = {row["rung"].split(" (")[0]: row["answer"] for row in
                self.kz.ok("where", last["reference"], "--json").json()["rows"]}
        self.assertEqual(rows["held by EU-GSC"], "not known")
        self.assertEqual(self.sync("--until", "2099-01-01T00:00:00Z").json()["rows"][0]["result"], "done")
        self.assertEqual(self.kz.instrument()["unsynced_entries"], 0)

    def test_6_an_address_of_ones_own_is_checked_and_gives_way_to_the_published_one(self):
        for address in ("nonsense", ""):
            wrong = self.kz.entente("peer", "add", "EU-GSC", "--address", address)
            self.assertNotEqual(wrong.status, 0, wrong)
            self.assertIn("HOST:PORT", wrong.err)
        self.kz.ok("peer", "remove", "EU-GSC")
        self.assertIn(self.sync("--plan").json()["rows"][0]["result"], ("plan", "nothing_new"))


if __name__ == "__main__":
    unittest.main(verbosity=2)

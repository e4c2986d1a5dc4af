"""The twelve questions people really type: each as a table that says how fresh it is, as JSON, as CSV, and as of a
past state of this node."""

import csv
import io
import unittest

from cluster import ClusterTest

REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"
ROUND = ("--round", "EUCA-2014/MTR-2017")

# What is typed; who asks; is anything to be seen before the day's reports came?
QUESTIONS = {
    "who has not reported on a chapter": (("missing", *ROUND, "--chapter", "Drug demand reduction"), "gsc", True),
    "reporting rates": (("rate", *ROUND, "--by", "chapter"), "gsc", True),
    "rates by delegation": (("rate", *ROUND, "--by", "delegation"), "gsc", True),
    "delegations by commitments": (("matrix", *ROUND, "--chapter", "DDR"), "gsc", True),
    "what waits for the desk": (("inbox", "--role", "desk"), "gsc", False),
    "what changed": (("changes", "--since", "2000-01-01", "--kind", "report,withdrawal,amendment"), "gsc", None),
    "every version": (("history", REPORT), "gsc", False),
    "what we owe": (("todo", "--delegation", "KG"), "kg", True),
    "where it is": (("where", REPORT), "kg", None),
    "a series": (("series", "OST-CLIENTS", "--delegation", "KG,KZ", "--from", "2015", "--to", "2018", "--dim", "sex=T"),
                 "gsc", False),
    "text in any script": (("search", "заместительная терапия"), "gsc", False),
    "conflicts": (("conflicts", "--delegation", "KG"), "kg", False),
    "who is who": (("who", "--delegation", "KG"), "gsc", None),
}


class TwelveQueries(ClusterTest):
    @classmethod
    def found(cls):
        world = cls.world
        kg, kz = world.kg, world.kz
        world.sync_all()
        cls.before = {node.name: node.instrument()["frontier_digest"] for node in (kg, kz, world.gsc)}
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "ru")
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=off_track",
              "narrative=Заместительная терапия идёт в тюрьмах.")
        kg.ok("draft", "value", "d-1", "OST-CLIENTS", "2016", "430", "--dim", "sex=T", "--dim", "setting=prison",
              "--status", "E", "--source", "Минздрав КР")
        kg.ok("draft", "finalise", "d-1")
        kg.ok("submit", "d-1", "--key", kg.key, "--accept-warnings", "--yes")
        kz.report("d-1", commitment="DDR/09", implementation="not_started", assessment="at_risk")
        world.sync_all()

    def node(self, name):
        return self.world.nodes[name]

    def test_1_each_as_a_table_that_says_how_fresh_it_is(self):
        for name, (words, asks, _) in QUESTIONS.items():
            with self.subTest(name):
                said = self.node(asks).ok(*words).out.rstrip().splitlines()
                self.assertGreater(len(said), 1)
                self.assertTrue(said[-1].startswith("Local copy, last contact: "), said[-1])

    def test_2_each_as_json_and_as_csv_of_the_same_rows(self):
        for name, (words, asks, _) in QUESTIONS.items():
            with self.subTest(name):
                answer = self.node(asks).ok(*words, "--json").json()
                self.assertTrue(answer["freshness"].startswith("Local copy, last contact: "))
                self.assertRegex(answer["frontier_digest"], "^[0-9a-f]{64}$")
                text = self.node(asks).ok(*words, "--format", "csv").out
                rows = list(csv.reader(io.StringIO(text)))
                self.assertEqual(len(rows), len(answer["rows"]) + 1)
                if answer["rows"]:
                    self.assertEqual(rows[0], list(answer["rows"][0]))
                    self.assertEqual(rows[0], [column.lower() if column.islower() else column for column in rows[0]])

    def test_3_each_as_of_noon_is_the_answer_of_noon(self):
        noon = {name: self.node(asks).ok(*words, "--json").json()
                for name, (words, asks, before) in QUESTIONS.items() if before is not None}
        self.world.kg.report("d-2", commitment="DDR/04", text="Заместительная терапия: written in the afternoon.")
        self.world.sync_all()
        for name, answer in noon.items():
            with self.subTest(name):
                words, asks, _ = QUESTIONS[name]
                same = self.node(asks).ok(*words, "--as-of", answer["frontier_digest"], "--json").json()
                self.assertEqual(same["frontier_digest"], answer["frontier_digest"])
                self.assertIn("As of frontier", same["freshness"])
                self.assertEqual(self.ageless(same["rows"]), self.ageless(answer["rows"]))
        self.assertNotEqual(self.world.kg.ok("todo", "--json").json()["rows"], noon["what we owe"]["rows"])

    def test_4_each_as_of_the_morning_knows_nothing_of_the_day(self):
        for name, (words, asks, before) in QUESTIONS.items():
            if before is None:
                continue
            with self.subTest(name):
                node = self.node(asks)
                then = node.entente(*words, "--as-of", self.before[asks], "--json")
                if words[0] == "history":
                    self.assertEqual(then.status, 6, then)
                    continue
                self.assertEqual(then.status, 0, then)
                rows = then.json()["rows"]
                self.assertEqual(bool(rows), before, rows)
                self.assertNotIn("in_progress", str(rows))
                self.assertNotIn("430", str(rows))

    def test_5_the_brief_is_made_of_the_same_frontier(self):
        gsc = self.world.gsc
        gsc.ok("brief", *ROUND, "--order", "chapter,delegation", "--lang", "en", "--out", "brief.md")
        brief = (self.world.home / "brief.md").read_text(encoding="utf-8")
        for part in (gsc.instrument()["frontier_digest"], gsc.instrument("--digest")["view_digest"], REPORT, "430"):
            self.assertIn(part, brief)

    def test_6_scripts_are_told_by_the_exit_status(self):
        for words in (("missing", *ROUND), ("inbox",), ("todo",), ("search", "терапия")):
            node = self.node("gsc" if words[0] != "todo" else "kg")
            self.assertEqual(node.entente(*words, "--fail-if-any").status, 1, words)
        self.assertEqual(self.world.kg.entente("conflicts", "--fail-if-any").status, 0)

    def ageless(self, rows):
        """Notes may say how long ago the last contact was."""
        return [{name: cell for name, cell in row.items() if name != "note"} for row in rows]


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""The questions people ask, on real nodes: how fresh, as of when, what changed, where it is written, and over time."""

import unittest
import unicodedata

from cluster import ClusterTest

REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"
NARRATIVE = "Заместительная терапия «идёт» в тюрьмах. Её получают 430 человек 🙂; ещё йод."


class Answers(ClusterTest):
    cluster = {"parties": ("kg", "kz")}

    def rows(self, node, *words):
        return node.ok(*words, "--json").json()["rows"]

    def test_1_not_submitted_and_not_seen_here_are_different_words(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.world.sync_all()
        states = {row["delegation"]: row["state"] for row in self.rows(gsc, "missing", "--round", "MTR-2017")}
        # KG's and KZ's nodes are in contact; of TJ none ever was.
        self.assertEqual((states["KG"], states["KZ"], states["TJ"]),
                         ("not submitted", "not submitted", "not seen here"))
        for words in (("missing", "--round", "MTR-2017"), ("rate", "--round", "MTR-2017"), ("todo",),
                      ("conflicts",), ("report", "list"), ("changes", "--since", "2017-01-01"),
                      ("search", "treatment"), ("series", "OST-CLIENTS"), ("commitment", "show", "EUCA-2014/DDR/08")):
            answer = kg.ok(*words).out.rstrip().splitlines()[-1]
            self.assertIn("Local copy, last contact: ", answer, words)

    def test_2_text_comes_in_as_typed_and_is_found_in_any_script(self):
        kg, gsc = self.world.kg, self.world.gsc
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "ru")
        # As some keyboards send it: й and ё in two code points each.
        typed = unicodedata.normalize("NFD", NARRATIVE)
        self.assertNotEqual(typed, NARRATIVE)
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", f"narrative={typed}")
        kg.ok("draft", "value", "d-1", "OST-CLIENTS", "2016", "430", "--dim", "sex=T", "--dim", "setting=prison",
              "--status", "E", "--source", "Минздрав КР")
        kg.ok("draft", "finalise", "d-1")
        kg.ok("submit", "d-1", "--key", kg.key, "--accept-warnings", "--yes")
        self.world.sync_all()
        stored = gsc.ok("report", "show", REPORT, "--json").json()["heads"][0]["record"]["narratives"][0]["text"]
        self.assertEqual(stored, NARRATIVE)
        for words in (("ЗАМЕСТИТЕЛЬНАЯ", "терапия"), ("ее",), ("тюрьм*",), ('"терапия идет"',), ("минздрав",),
                      (unicodedata.normalize("NFD", "йод"),)):
            found = self.rows(gsc, "search", *words)
            self.assertEqual([row["reference"] for row in found], [REPORT], words)
            self.assertIn("идёт", found[0]["text"] + "идёт")
        self.assertEqual(self.rows(gsc, "search", "маи"), [])
        self.assertIn("commitment", {row["kind"] for row in self.rows(gsc, "search", "substitution")})
        self.assertEqual(gsc.entente("search", "ее", "--fail-if-any").status, 1)
        refused = gsc.entente("search", "...")
        self.assertEqual(refused.status, 5)
        self.assertIn("no word to look for", refused.err)

    def test_3_a_corrected_value_and_the_answers_before_it(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.assertEqual(self.rows(gsc, "series", "OST-CLIENTS", "--dim", "sex=T")[0]["KG"], "430 E")
        before = gsc.instrument()["frontier_digest"]
        kg.ok("draft", "new", "--correct", REPORT)
        kg.ok("draft", "set", "d-2", "narrative=Methadone, now counted by the month.")
        kg.ok("draft", "value", "d-2", "OST-CLIENTS", "2016", "450", "--dim", "sex=T", "--dim", "setting=prison",
              "--status", "E", "--source", "Минздрав КР")
        kg.ok("draft", "finalise", "d-2")
        kg.ok("submit", "d-2", "--key", kg.key, "--accept-warnings", "--yes")
        self.world.sync_all()
        self.assertEqual(self.rows(gsc, "series", "OST-CLIENTS")[0]["KG"], "450 E")
        then = gsc.ok("series", "OST-CLIENTS", "--as-of", before, "--json").json()
        self.assertEqual((then["rows"][0]["KG"], then["frontier_digest"]), ("430 E", before))
        self.assertIn(f"As of frontier {before[:16]}", then["freshness"])
        # By the first digits, as status prints them; and over every kind of question.
        self.assertEqual(len(self.rows(gsc, "history", REPORT, "--as-of", before[:16])), 1)
        self.assertEqual(len(self.rows(gsc, "history", REPORT)), 2)
        self.assertEqual(self.rows(gsc, "search", "methadone", "--as-of", before), [])
        self.assertEqual(len(self.rows(gsc, "search", "methadone", "--kind", "report")), 1)
        self.assertEqual(self.rows(gsc, "search", "терапия", "--kind", "report"), [])
        changed = self.rows(gsc, "changes", "--since", before)
        self.assertEqual([(row["kind"], row["reference"]) for row in changed], [("report", REPORT)])
        self.assertTrue(changed[0]["what"].startswith("replaces "))
        # A day before anything was signed: nothing is reported, and nothing is known of the round.
        self.assertEqual(gsc.entente("rate", "--round", "MTR-2017", "--as-of", "2000-01-01").status, 6)
        kinds = {row["kind"] for row in self.rows(gsc, "changes", "--since", "2000-01-01", "--kind", "report,key")}
        self.assertEqual(kinds, {"report", "key"})

    def test_4_moments_that_are_none_are_named_with_their_forms(self):
        gsc = self.world.gsc
        bad = gsc.entente("missing", "--as-of", "last tuesday", "--json")
        self.assertEqual(bad.status, 5)
        self.assertIn("2017-09-01", bad.err)
        unknown = gsc.entente("missing", "--as-of", "0123456789abcdef")
        self.assertEqual(unknown.status, 6)
        self.assertIn("never stood on", unknown.err)
        self.assertEqual(gsc.entente("changes").status, 2)
        self.assertEqual(gsc.entente("changes", "--since", "2017-01-01", "--kind", "reprot").status, 5)
        self.assertEqual(gsc.entente("series", "OST-CLIENT").status, 6)
        self.assertEqual(gsc.entente("series", "OST-CLIENTS", "--from", "soon").status, 5)

    def test_5_rows_read_in_outlive_a_kill(self):
        gsc = self.world.gsc
        self.assertEqual(len(self.rows(gsc, "search", "methadone", "--kind", "report")), 1)
        gsc.kill()
        gsc.start()
        self.assertEqual(len(self.rows(gsc, "search", "methadone", "--kind", "report")), 1)
        self.assertEqual(self.rows(gsc, "series", "OST-CLIENTS")[0]["KG"], "450 E")


if __name__ == "__main__":
    unittest.main(verbosity=2)

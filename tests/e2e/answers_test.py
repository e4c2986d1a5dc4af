"""The questions people ask, on real nodes: how fresh, as of when, what changed, where it is written, and over time."""

import json
import re
import unittest
import unicodedata
import zipfile

from cluster import ClusterTest

REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"
NARRATIVE = "Заместительная терапия «идёт» в тюрьмах. Её получают 430 человек 🙂; ещё йод."


class Answers(ClusterTest):
    cluster = {"parties": ("kg", "kz")}

    def rows(self, node, *words):
        return node.ok(*words, "--json").json()["rows"]

    def owed(self, subject):
        return next(row for row in self.rows(self.world.kg, "todo")
                    if (row["round"], row["subject"]) == ("MTR-2017", subject))

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
        self.assertEqual(refused.status, 2)
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
        self.assertEqual(bad.status, 2)
        self.assertIn("2017-09-01", bad.err)
        unknown = gsc.entente("missing", "--as-of", "0123456789abcdef")
        self.assertEqual(unknown.status, 6)
        self.assertIn("never stood on", unknown.err)
        self.assertEqual(gsc.entente("changes").status, 2)
        self.assertEqual(gsc.entente("changes", "--since", "2017-01-01", "--kind", "reprot").status, 2)
        self.assertEqual(gsc.entente("series", "OST-CLIENT").status, 6)
        self.assertEqual(gsc.entente("series", "OST-CLIENTS", "--from", "soon").status, 2)

    def test_5_rows_read_in_outlive_a_kill(self):
        gsc = self.world.gsc
        self.assertEqual(len(self.rows(gsc, "search", "methadone", "--kind", "report")), 1)
        gsc.kill()
        gsc.start()
        self.assertEqual(len(self.rows(gsc, "search", "methadone", "--kind", "report")), 1)
        self.assertEqual(self.rows(gsc, "series", "OST-CLIENTS")[0]["KG"], "450 E")

    def test_6_what_is_exported_comes_back_as_it_was(self):
        kg, gsc, home = self.world.kg, self.world.gsc, self.world.home
        done = gsc.ok("export", "--round", "MTR-2017", "--excel", "--out", "mtr.csv")
        self.assertIn("1 record written to mtr.csv", done.err)
        self.assertIn("Local copy", done.err)
        named = gsc.ok("export", "--round", "EUCA-2014/MTR-2017", "--out", "named.csv")
        self.assertIn("1 record written", named.err)
        slip = gsc.entente("export", "--round", "MTR-2071", "--out", "slip.csv")
        self.assertEqual(slip.status, 6)
        self.assertIn("did you mean MTR-2017?", slip.err)
        self.assertFalse((home / "slip.csv").exists())
        content = (home / "mtr.csv").read_bytes()
        self.assertTrue(content.startswith(b"\xef\xbb\xbfpart,reference,"))
        same = self.rows(kg, "draft", "import", "mtr.csv")
        self.assertEqual([(row["reference"], row["draft"], row["state"]) for row in same],
                         [(REPORT, "", "stands already")])
        changed = content.decode("utf-8-sig").replace("now counted by the month", "=SUM(1;2), ещё раз")
        (home / "changed.csv").write_text(changed, encoding="utf-8")
        self.assertEqual(self.rows(kg, "draft", "import", "changed.csv", "--dry-run")[0]["state"], "would be a draft")
        made = self.rows(kg, "draft", "import", "changed.csv")
        self.assertEqual(made[0]["state"], "draft")
        draft = kg.ok("draft", "show", made[0]["draft"], "--json").json()
        self.assertIn("=SUM(1;2), ещё раз", str(draft))
        foreign = gsc.entente("draft", "import", "changed.csv")
        self.assertEqual(foreign.status, 5)
        self.assertIn("speaks for EU-GSC", foreign.err)
        (home / "bad.csv").write_text("part,subject_kind\nreport,comitment\n")
        bad = kg.entente("draft", "import", "bad.csv")
        self.assertEqual(bad.status, 5)
        self.assertIn("did you mean commitment?", bad.err)

    def test_7_a_spreadsheet_and_json_lines(self):
        gsc, home = self.world.gsc, self.world.home
        gsc.ok("export", "--format", "xlsx", "--out", "mtr.xlsx")
        with zipfile.ZipFile(home / "mtr.xlsx") as book:
            self.assertIsNone(book.testzip())
            names = re.findall('name="([a-z]+)"', book.read("xl/workbook.xml").decode())
            self.assertEqual(names, ["reports", "texts", "values"])
            cells = "".join(book.read(name).decode() for name in book.namelist() if "sheet" in name)
            self.assertIn("Methadone", cells)
            self.assertIn("<v>450</v>", cells)  # a number, not a text
        self.assertEqual(gsc.entente("export", "--format", "xlsx").status, 2)
        lines = gsc.ok("export", "--format", "json", "--kind", "commitment").out.splitlines()
        codes = [json.loads(line)["heads"][0]["record"]["code"] for line in lines]
        self.assertIn("DDR/08", codes)
        self.assertEqual(codes, sorted(codes))
        self.assertEqual(gsc.entente("export", "--kind", "reports").status, 2)
        fields = gsc.ok("export", "--kind", "round").out.splitlines()
        self.assertEqual(fields[0], "reference,state,entry_id,delegation,field,value")

    def test_8_a_conflict_is_shown_side_by_side_and_says_what_to_type(self):
        kg = self.world.kg
        laptop = self.world.add("kg2")
        laptop.ok("key", "new", "--out", laptop.key, "--no-passphrase")
        laptop.ok("delegation", "join", "KG.credentials")
        kg.ok("delegation", "node", "add", laptop.status()["spki"], "--address", laptop.address, "--signer-key",
              kg.signer, "--yes")
        kg.ok("delegation", "enrol", "--key-file", f"{laptop.key}.pub", "--label", "Ministry of the Interior",
              "--role", "focal_point", "--signer-key", kg.signer, "--yes")
        kg.ok("sync", "--with", "EU-GSC")
        laptop.ok("instrument", "join", "kg.invitation", "--yes")
        for node in (kg, laptop):
            node.ok("peer", "pause")
        kg.report("d-4", commitment="DDR/04", text="It goes on in ten regions.")
        laptop.report("d-1", commitment="DDR/04", text="It goes on in nine regions.")
        for node in (kg, laptop):
            node.ok("peer", "resume")
        self.world.sync_all()
        shown = kg.ok("conflicts").out
        for part in ("Ministry of the Interior", "[ten] regions.", "[nine] regions.",
                     "entente draft merge R:EUCA-2014/MTR-2017/KG/DDR/04", "Local copy"):
            self.assertIn(part, shown)
        conflicts = kg.ok("conflicts", "--json").json()
        self.assertEqual(len(conflicts["rows"]), 2)
        self.assertEqual([one["field"] for one in conflicts["conflicts"][0]["differences"]], ["narratives[en].text"])
        self.assertEqual(kg.entente("conflicts", "--fail-if-any").status, 1)

    def test_9_the_inbox_and_the_drafts_of_a_day(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.world.sync_all()
        waiting = {row["reference"]: row["what"] for row in self.rows(gsc, "inbox")}
        self.assertEqual(waiting[REPORT], "a new version")
        self.assertIn("conflict", waiting["R:EUCA-2014/MTR-2017/KG/DDR/04"])
        gsc.ok("review", REPORT, "ask", "--ask", "values[OST-CLIENTS]", "Which month is the count?", "--ask",
               "narrative", "In which regions?", "--due", "2030-01-01", "--key", gsc.key, "--yes")
        self.world.sync_all()
        self.assertNotIn(REPORT, {row["reference"] for row in self.rows(gsc, "inbox")})
        asked = [(row["what"], row["due"]) for row in self.rows(kg, "inbox") if row["reference"] == REPORT]
        self.assertEqual(asked, [("asked about values[OST-CLIENTS]: Which month is the count?", "2030-01-01"),
                                 ("asked about narrative: In which regions?", "2030-01-01")])
        self.assertIn("clarification requested", self.owed("DDR/08")["state"])
        made = kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/06", "--json").json()["draft"]
        row = self.owed("DDR/06")
        self.assertRegex(row["state"], f"; draft {made}, [0-9]+ errors?")
        self.assertEqual(row["next_step"], f"entente draft check {made}")
        self.assertEqual(kg.entente("inbox", "--role", "minister").status, 2)
        self.assertEqual(gsc.entente("inbox", "--fail-if-any").status, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)

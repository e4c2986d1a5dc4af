"""What was said or minuted and is corrected or taken back; how complete a report is; what is shown before it is
signed."""

import csv
import io
import unittest

from cluster import ClusterTest

KG_REPORT = "R:EUCA-2014/ANN-2018/KG/DDR/08"


class Corrections(ClusterTest):
    def sign(self, node, *words):
        return node.ok(*words, "--key", node.key, "--yes", "--json").json()

    def refused(self, node, code, *words, status=5):
        done = node.entente(*words, "--key", node.key, "--yes")
        self.assertEqual(done.status, status, done)
        self.assertIn(code, done.err)

    def rows(self, node, *words):
        return node.ok(*words, "--json").json()["rows"]

    def same_views(self):
        self.world.sync_all()
        digests = {node.instrument("--digest")["view_digest"] for node in self.world.nodes.values()}
        self.assertEqual(len(digests), 1)

    def test_1_a_report_says_how_much_it_was_asked_for_it_answers(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.sign(gsc, "round", "open", "ANN-2018", "--kind", "annual", "--covers", "2018", "--expected", "KG,KZ",
                  "--scope", "DDR", "--mandatory", "obstacles,next_steps")
        self.world.sync_all()
        kg.ok("draft", "new", "--round", "ANN-2018", "--commitment", "DDR/08", "--lang", "en")
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", "narrative=Goes on.")
        check = kg.entente("draft", "check", "d-1")
        self.assertIn("complete: 0 of 4; missing: section.next_steps, section.obstacles, values[HIV-TREND], "
                      "values[OST-CLIENTS]\n", check.out)
        kg.ok("draft", "set", "d-1", "section.obstacles=No budget.", "section.next_steps=Ask for one.")
        kg.ok("draft", "value", "d-1", "HIV-TREND", "2018", "--trend", "down")
        check = kg.ok("draft", "check", "d-1", "--json").json()["completeness"]
        self.assertEqual(check, {"answered": 3, "asked": 4, "missing": ["values[OST-CLIENTS]"]})
        russian = kg.ok("draft", "check", "d-1", "--lang", "ru").out
        self.assertIn("полнота: 3 из 4; не хватает: values[OST-CLIENTS]", russian)
        kg.ok("draft", "finalise", "d-1")
        kg.ok("submit", "d-1", "--key", kg.key, "--accept-warnings", "--yes")
        self.world.sync_all()
        self.assertIn("complete: 3 of 4; missing: values[OST-CLIENTS]", gsc.ok("report", "show", KG_REPORT).out)
        shown = gsc.ok("report", "show", KG_REPORT, "--json").json()["heads"][0]["completeness"]
        self.assertEqual(shown["missing"], ["values[OST-CLIENTS]"])
        by = {row["subject"]: row["complete"] for row in self.rows(gsc, "rate", "--round", "ANN-2018", "--by",
                                                                   "delegation")}
        self.assertEqual(by, {"KG": "3 of 4", "KZ": "–"})
        table = gsc.ok("rate", "--round", "ANN-2018", "--by", "commitment", "--format", "csv").out
        self.assertIn("3 of 4", [row["complete"] for row in csv.DictReader(io.StringIO(table))])
        self.assertIn("3 из 4", gsc.ok("rate", "--round", "ANN-2018", "--lang", "ru").out)
        gsc.ok("brief", "--round", "ANN-2018", "--out", "ann.md")
        brief = (self.world.home / "ann.md").read_text()
        self.assertIn("complete: 3 of 4", brief)
        self.assertIn("**Complete:** 3 of 4; missing: OST-CLIENTS", brief)
        # With the value it is whole; a value that is missing and says why is one.
        kg.ok("draft", "new", "--correct", KG_REPORT)
        kg.ok("draft", "value", "d-2", "OST-CLIENTS", "2018", "--status", "L", "--note", "nobody counts")
        self.assertIn("complete: 4 of 4\n", kg.entente("draft", "check", "d-2").out)

    def test_2_a_comment_is_corrected_and_taken_back_by_who_made_it(self):
        kg, kz, gsc = self.world.kg, self.world.kz, self.world.gsc
        made = self.sign(kz, "comment", "add", KG_REPORT, "--text", "Of Thermidor.")
        reference = made["reference"]
        self.world.sync_all()
        said = self.rows(gsc, "comment", "list")[0]
        self.assertEqual((said["text"], said["state"]), ("Of Thermidor.", "current"))
        self.assertTrue(reference.endswith(made["entry_id"]) and reference.find(said["reference"]) > 0, said)
        short = said["reference"]
        self.refused(kz, "nothing of", "comment", "correct", short, "--reason", "x", status=2)
        self.refused(kz, "E-EMPTY", "comment", "correct", short, "--text", "Of May.", "--reason", "")
        self.refused(kg, "E-SUPERSEDE", "comment", "correct", short, "--text", "Of May.", "--reason", "mine")
        self.refused(kg, "E-WITHDRAW", "comment", "withdraw", short, "--reason", "mine")
        self.refused(kz, "is no comment", "comment", "withdraw", KG_REPORT, "--reason", "x")
        dry = kz.ok("comment", "correct", short, "--text", "Of Brumaire.", "--reason", "wrong month", "--key", kz.key,
                    "--dry-run")
        for part in ("Of Thermidor.", "Of Brumaire.", "wrong month"):
            self.assertIn(part, dry.out)
        done = self.sign(kz, "comment", "correct", short, "--text", "Of Brumaire.", "--reason", "wrong month")
        self.assertEqual(done["reference"], reference)
        self.world.sync_all()
        said = self.rows(gsc, "comment", "list")[0]
        self.assertEqual((said["text"], said["state"], said["reference"]), ("Of Brumaire.", "corrected", short))
        story = self.rows(gsc, "history", short)
        self.assertEqual([(row["version"], row["why"]) for row in story], [(1, ""), (2, "wrong month")])
        self.assertEqual([one["record"]["texts"][0]["text"] for one in
                          gsc.ok("report", "show", KG_REPORT, "--json").json()["said"]], ["Of Brumaire."])
        self.assertEqual([row["kind"] for row in self.rows(gsc, "search", "Brumaire")], ["comment"])
        self.assertEqual(self.rows(gsc, "search", "Thermidor"), [])
        self.brief_has("corrected: wrong month", "Of Brumaire")
        self.sign(kz, "comment", "withdraw", short, "--reason", "of another report")
        self.refused(kz, "is withdrawn already", "comment", "withdraw", short, "--reason", "x")
        self.refused(kz, "is withdrawn already", "comment", "correct", short, "--text", "x", "--reason", "x")
        self.same_views()
        self.assertEqual(self.rows(gsc, "comment", "list")[0]["state"], "withdrawn")
        shown = gsc.ok("comment", "show", short, "--json").json()
        self.assertEqual((shown["state"], shown["heads"][0]["record"]["reason"]), ("withdrawn", "of another report"))
        self.assertEqual(gsc.ok("report", "show", KG_REPORT, "--json").json()["said"], [])
        self.assertEqual(self.rows(gsc, "search", "Brumaire"), [])
        self.assertEqual([row["what"] for row in self.rows(gsc, "history", short)],
                         ["comment", "comment", "withdrawn"])
        brief = self.brief_has("withdrawn", "of another report")
        self.assertNotIn("Of Brumaire", brief)
        self.assertIn("retiré", gsc.ok("comment", "list", "--lang", "fr").out)

    def brief_has(self, *parts):
        self.world.gsc.ok("brief", "--round", "ANN-2018", "--out", "again.md")
        brief = (self.world.home / "again.md").read_text().replace("\\", "")
        for part in parts:
            self.assertIn(part, brief)
        return brief

    def minuted(self, node, speaker):
        rows = self.rows(node, "rate", "--round", "MTR-2017", "--as-minuted", "--by", "delegation")
        return next(row["reported"] for row in rows if row["subject"] == speaker)

    def test_3_minutes_are_corrected_by_the_secretariat(self):
        kg, gsc = self.world.kg, self.world.gsc
        before = (self.minuted(gsc, "KG"), self.minuted(gsc, "KZ"))
        made = self.sign(gsc, "intervention", "add", "--round", "MTR-2017", "--chapter", "IRM", "--date", "2017-10-12",
                         "--item", "4", "--speaker", "KG", "--number", "7", "--text", "Data were shown.")
        self.assertEqual(self.minuted(gsc, "KG"), before[0] + 1)
        short = "intervention/" + made["entry_id"][:8]
        self.assertIn(short, [row["reference"] for row in self.rows(gsc, "intervention", "list")])
        self.sign(gsc, "intervention", "correct", short, "--speaker", "KZ", "--reason", "KZ spoke, not KG")
        self.assertEqual((self.minuted(gsc, "KG"), self.minuted(gsc, "KZ")), (before[0], before[1] + 1))
        # A file that says what stands is imported without a change, and what was there before comes not back.
        gsc.ok("instrument", "export", "--catalogue", "out.csv")
        self.assertEqual(self.sign(gsc, "instrument", "import", "--catalogue", "out.csv")["signed"], 0)
        self.world.sync_all()
        self.refused(kg, "E-AUTH", "intervention", "withdraw", short, "--reason", "never said")
        self.sign(gsc, "intervention", "withdraw", short, "--reason", "minuted twice")
        self.assertEqual((self.minuted(gsc, "KG"), self.minuted(gsc, "KZ")), before)
        self.assertEqual(self.sign(gsc, "instrument", "import", "--catalogue", "out.csv")["signed"], 0)
        gsc.ok("instrument", "export", "--catalogue", "without.csv")
        self.assertNotIn("Data were shown.", (self.world.home / "without.csv").read_text())
        meeting = self.sign(gsc, "meeting", "add", "--round", "MTR-2017", "--date", "2017-10-12", "--place", "Brussels",
                            "--title", "Senior officials")
        of_meeting = "meeting/" + meeting["entry_id"][:8]
        item = self.sign(gsc, "meeting", "item", of_meeting, "--item", "3", "--title", "Demand reduction")
        self.sign(gsc, "meeting", "correct", of_meeting, "--date", "2017-10-13", "--place", "", "--reason", "moved")
        shown = gsc.ok("meeting", "show", of_meeting, "--json").json()
        self.assertEqual(shown["heads"][0]["record"]["date"], "2017-10-13")
        self.assertNotIn("place", shown["heads"][0]["record"])
        self.assertEqual([one["kind"] for one in shown["said"]], ["agenda_item"])
        self.sign(gsc, "meeting", "withdraw", "agenda_item/" + item["entry_id"][:8], "--reason", "no such item")
        self.assertEqual(gsc.ok("meeting", "show", of_meeting, "--json").json()["said"], [])
        self.sign(gsc, "meeting", "withdraw", of_meeting, "--reason", "entered twice")
        self.assertEqual([row["state"] for row in self.rows(gsc, "meeting", "list")], ["withdrawn"])
        self.same_views()

    def test_4_what_is_imported_and_what_is_enrolled_is_seen_before(self):
        gsc, kg, home = self.world.gsc, self.world.kg, self.world.home
        gsc.ok("instrument", "export", "--catalogue", "mine.csv")
        text = (home / "mine.csv").read_text()
        rows = list(csv.DictReader(io.StringIO(text)))
        for row in rows:
            if row["code"] == "DDR/09":
                row["timetable"] = "2014/2020"
        rows.append({**{name: "" for name in rows[0]}, "record": "chapter", "code": "NEW", "title": "A new chapter"})
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        (home / "mine.csv").write_text(out.getvalue())
        done = gsc.ok("instrument", "import", "--catalogue", "mine.csv", "--key", gsc.key, "--yes")
        for part in ("+ NEW  A new chapter", "~ DDR/09", "timetable: ", '-> 2014/2020'):
            self.assertIn(part, done.err)
        self.assertNotIn("DDR/08", done.err, "what stands unchanged is not signed")
        done = kg.ok("delegation", "office", "open", "MOH", "--name", "Ministry of Health", "--signer-key", kg.signer,
                     "--dry-run")
        for part in ("Every field that is signed:", "previous note: ", "    code: MOH", "    name: Ministry of Health"):
            self.assertIn(part, done.err)

    def test_5_a_round_that_is_not_named_is_a_matter_of_what_was_typed(self):
        gsc = self.world.gsc
        for words in (("matrix",), ("rate",), ("missing",), ("search", "!"), ("inbox", "--role", "chief"),
                      ("changes", "--since", "lately"), ("matrix", "--as-of", "lately", "--round", "ANN-2018")):
            done = gsc.entente(*words)
            self.assertEqual(done.status, 2, done)


if __name__ == "__main__":
    unittest.main(verbosity=2)

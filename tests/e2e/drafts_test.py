"""Drafts as they begin: codes that are none, a language nobody said, a file with a mistake, an act that is refused
before it is shown."""

import os
import pathlib
import re
import unittest
from unittest import mock

from cluster import ClusterTest

ROUND = ("--round", "MTR-2017", "--commitment")


class Drafts(ClusterTest):
    cluster = {"parties": ("kg",)}

    def names(self):
        return [row["draft"] for row in self.world.kg.ok("draft", "list", "--json").json()["rows"]]

    def test_1_what_can_be_no_draft_takes_no_number(self):
        kg = self.world.kg
        for words, text in ((("--round", "mtr 2017", "--commitment", "DDR/08", "--lang", "en"), "E-CODE round"),
                            ((*ROUND, "DDR08", "--lang", "en"), "E-CODE subject"),
                            ((*ROUND, "PP-2012/II/01", "--lang", "en"), "E-REF-ANCHOR subject"),
                            ((*ROUND, "DDR/08", "--lang", "kz"), "probably kk"),
                            ((*ROUND, "DDR/08"), "E-LANG lang: no language is given")):
            done = kg.entente("draft", "new", *words)
            self.assertEqual(done.status, 5, (words, done))
            self.assertIn("no draft was made", done.err)
            self.assertIn(text, done.err)
        self.assertEqual(self.names(), [])
        self.assertEqual(kg.ok("draft", "new", *ROUND, "DDR/08", "--lang", "RU", "--json").json()["lang"], "ru")
        self.assertEqual(self.names(), ["d-1"])

    def test_2_the_language_is_that_of_the_last_report(self):
        kg = self.world.kg
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", "narrative=Идёт.")
        kg.ok("draft", "finalise", "d-1")
        kg.ok("submit", "d-1", "--key", kg.key, "--accept-warnings", "--yes")
        self.assertEqual(kg.ok("draft", "new", *ROUND, "DDR/04", "--json").json()["lang"], "ru")
        kg.ok("draft", "set", "d-2", "implementation=in_progress", "assessment=on_track", "narrative=Тоже идёт.")

    def test_3_a_file_with_a_mistake_makes_no_draft(self):
        kg, home = self.world.kg, self.world.home
        kg.ok("export", "--delegation", "KG", "--out", "kg.csv")
        lines = (home / "kg.csv").read_text(encoding="utf-8").splitlines()
        more = [line.replace("DDR/08", code).replace("Идёт.", f"Идёт {code}.")
                for code in ("DDR/01", "DDR/02") for line in lines[1:]]
        bad = [line.replace("DDR/08", "DDR08") for line in lines[1:]]
        (home / "bad.csv").write_text("\n".join([lines[0], *more, *bad]) + "\n", encoding="utf-8")
        before = self.names()
        done = kg.entente("draft", "import", "bad.csv")
        self.assertEqual(done.status, 5, done)
        self.assertIn("DDR08", done.err)
        self.assertEqual(self.names(), before)
        (home / "good.csv").write_text("\n".join([lines[0], *more]) + "\n", encoding="utf-8")
        made = kg.ok("draft", "import", "good.csv", "--json").json()["rows"]
        self.assertEqual([row["draft"] for row in made], ["d-3", "d-4"])

    def test_4_an_act_is_refused_before_it_is_shown(self):
        kg, gsc = self.world.kg, self.world.gsc
        for node, words in ((kg, ("comment", "add", "EUCA-2014/DDR/08", "--kind", "verdict", "--text", "Well done.")),
                            (gsc, ("round", "open", "X-2018", "--covers", "2018", "--expected", "KG", "--deadline",
                                   "2017-02-30"))):
            for more in (("--yes",), ("--dry-run",)):
                done = node.entente(*words, "--key", node.key, *more)
                self.assertEqual(done.status, 5, done)
                self.assertRegex(done.err, "E-(WORD|DATE) ")
                self.assertNotIn("igned for", done.err)
                self.assertNotIn("Would be signed", done.out)

    def test_5_what_is_signed_is_shown(self):
        kg, gsc = self.world.kg, self.world.gsc
        (self.world.home / "why.txt").write_text("Mauvaise anne\u0301e\n", encoding="utf-8")
        for node, words, parts in (
                (kg, ("person", "add", "--name", "A", "--office", "B", "--contact", "a@b.example", "--position", "p"),
                 ("contact: a@b.example", "position: p")),
                (gsc, ("round", "open", "X-2018", "--covers", "2018", "--expected", "KG", "--deadline", "2019-03-31",
                       "--mandatory", "obstacles", "--grace-days", "3", "--zone", "+01:00", "--meeting-date",
                       "2019-05-02", "--meeting-place", "@why.txt"),
                 ("obstacles", "grace_days: 3", "zone: +01:00", "2019-05-02", "meeting_place: Mauvaise ann\u00e9e")),
                (gsc, ("meeting", "add", "--date", "2017-10-12", "--last-day", "2017-10-13", "--title", "T",
                       "--agenda-ref", "13770/17"), ("last_day: 2017-10-13", "agenda_ref: 13770/17")),
                (kg, ("withdraw", "R:EUCA-2014/MTR-2017/KG/DDR/08", "--reason", "@why.txt"),
                 ("reason: Mauvaise ann\u00e9e\n",))):
            done = node.ok(*words, "--key", node.key, "--dry-run")
            for part in parts:
                self.assertIn(part, done.out)
        done = kg.entente("withdraw", "R:EUCA-2014/MTR-2017/KG/DDR/08", "--reason", "x", "--key", kg.key, input="n\n")
        self.assertNotEqual(done.status, 0, done)
        self.assertNotIn("Signed for", done.err)

    def editor(self, script):
        path = self.world.home / "editor"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o700)
        return mock.patch.dict(os.environ, {"VISUAL": str(path)})

    def test_6_the_editor_s_file_is_private_and_nothing_written_is_lost(self):
        kg, home = self.world.kg, self.world.home
        with self.editor(f"stat -c %a \"$1\" > {home}/mode; printf '@nobody says so\\n' > \"$1\""):
            kg.ok("draft", "edit", "d-2")
        self.assertEqual((home / "mode").read_text(encoding="utf-8"), "600\n")
        self.assertEqual(kg.ok("draft", "show", "d-2", "--json").json()["narratives"],
                         [{"lang": "ru", "text": "@nobody says so"}])
        with self.editor("printf 'work \\377\\n' > \"$1\""):
            done = kg.entente("draft", "edit", "d-2")
        self.assertEqual(done.status, 5, done)
        kept = pathlib.Path(re.search(r"what you wrote is kept in (\S+)", done.err).group(1))
        self.assertEqual(kept.read_bytes(), b"work \xff\n")
        kept.unlink()
        kg.ok("draft", "finalise", "d-2")
        with self.editor(f"touch {home}/opened"):
            done = kg.entente("draft", "edit", "d-2")
        self.assertEqual(done.status, 5, done)
        self.assertIn("draft reopen d-2", done.err)
        self.assertFalse((home / "opened").exists())

    def test_7_a_second_signature_is_shown_before_it_is_given(self):
        kg = self.world.kg
        done = kg.ok("draft", "clear", "d-2", "--key", kg.key, "--dry-run")
        self.assertIn("@nobody says so", done.out)
        self.assertIn("Would be signed by a second officer:", done.out)
        self.assertEqual(kg.ok("draft", "show", "d-2", "--json").json()["state"], "finalised")

    def test_8_what_cannot_be_meant_is_refused(self):
        kg, slot = self.world.kg, "R:EUCA-2014/MTR-2017/KG/DDR/08"
        before = self.names()
        for words, text in (((*ROUND, "DDR/02", "--correct", slot), "--commitment contradicts"),
                            (("--round", "ANN-2016", "--correct", slot), "--round contradicts"),
                            (("--correct", slot, "--nil", "x"), "--nil is of a new report"),
                            (("--round", "", "--commitment", "DDR/02"), "--round is given, but empty"),
                            ((*ROUND, "DDR/02", "--nil", ""), "--nil is given, but empty")):
            done = kg.entente("draft", "new", *words)
            self.assertEqual(done.status, 2, (words, done))
            self.assertIn(text, done.err)
        done = kg.entente("draft", "merge", slot)
        self.assertEqual(done.status, 5, done)
        self.assertIn("no conflict to settle", done.err)
        done = kg.entente("draft", "attach", "d-1", "why.txt")
        self.assertEqual(done.status, 5, done)
        self.assertNotIn("draft reopen", done.err)
        self.assertIn(f"draft new --correct {slot}", done.err)
        self.assertEqual(self.names(), before)

    def test_9_drafts_are_listed_in_the_order_of_their_numbers(self):
        for _ in range(7):
            self.world.kg.ok("draft", "new", *ROUND, "DDR/01")
        self.assertEqual(self.names(), [f"d-{number}" for number in range(2, 12)])


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Days that go otherwise than planned: a clock ten hours ahead, a report before its commitment, a presidency that
passes on, Russian text through a spreadsheet."""

import datetime
import os
import shutil
import subprocess
import unittest
import unicodedata

from cluster import BIN, CATALOGUE, ClusterTest, Result

KG_REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"
TEN_HOURS = 10 * 3600


def ahead(node, seconds, *words):
    """The command at a computer whose clock is so far ahead. The node's own clock is right."""
    environment = dict(os.environ, ENTENTE_NODE=f"unix:{node.socket}", NO_COLOR="1", ENTENTE_INSTRUMENT="EUCA-2014",
                       FAKETIME_DONT_FAKE_MONOTONIC="1")
    return Result(subprocess.run(["faketime", "-f", f"+{seconds}s", BIN / "client" / "entente", *map(str, words)],
                                 env=environment, text=True, capture_output=True, cwd=node.home, timeout=120))


class ClockAhead(ClusterTest):
    """An author's clock ten hours ahead: the report is taken, its time is doubted, and what was written upon it later
    comes later."""

    cluster = {"parties": ("kg",)}

    def draft(self, draft, text, *words):
        kg = self.world.kg
        kg.ok("draft", "new", *words)
        kg.ok("draft", "set", draft, "implementation=in_progress", "assessment=on_track", f"narrative={text}")
        kg.ok("draft", "finalise", draft)

    def test_1_the_report_is_taken_and_its_time_is_doubted(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.draft("d-1", "Written ten hours ahead.", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "en")
        signed = ("submit", "d-1", "--key", kg.key, "--yes", "--accept-warnings")
        done = ahead(kg, TEN_HOURS, *signed, "--json")
        self.assertEqual(done.status, 0, done)
        self.assertIn("W-CLOCK", str(done.json()["warnings"]))
        self.assertRegex(str(done.json()["warnings"]), "is 10 h in the future")
        self.assertEqual(done.json()["status"], "admitted")
        self.world.sync_all()
        self.assertIn("R:EUCA-2014/MTR-2017/KG/DDR/08", gsc.ok("report", "show", KG_REPORT).out)

    def test_2_what_was_written_upon_it_comes_after_it(self):
        kg, gsc = self.world.kg, self.world.gsc
        gsc.ok("review", KG_REPORT, "ask", "--ask", "narrative", "Since when?", "--key", gsc.key, "--yes",
               "--accept-warnings")
        self.world.sync_all()
        self.draft("d-2", "Written by the right clock.", "--correct", KG_REPORT)
        kg.ok("submit", "d-2", "--key", kg.key, "--yes", "--accept-warnings")
        self.world.sync_all()
        for node in (kg, gsc):
            heads = node.ok("report", "show", KG_REPORT, "--json").json()["heads"]
            self.assertEqual([head["record"]["narratives"][0]["text"] for head in heads],
                             ["Written by the right clock."])
            states = [row["state"].split(":")[0] for row in node.ok("history", KG_REPORT, "--json").json()["rows"]
                      if not row["state"].startswith("said")]
            self.assertEqual(states, ["replaced", "stands"])
        self.assertEqual(gsc.ok("conflicts", "--json").json()["rows"], [])
        self.assertEqual(kg.instrument("--digest")["view_digest"], gsc.instrument("--digest")["view_digest"])


class HeldReport(ClusterTest):
    """A report comes to a node before the commitment it is about."""

    REPORT = "R:EUCA-2014/HELD-1/KG/DDR/99"

    def test_it_waits_and_is_released(self):
        kg, kz, gsc = self.world.kg, self.world.kz, self.world.gsc
        soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).strftime("%Y-%m-%d")
        gsc.ok("round", "open", "HELD-1", "--kind", "ad_hoc", "--covers", "2017", "--expected", "KG", "--deadline",
               soon, "--key", gsc.key, "--yes", "--accept-warnings")
        self.world.sync_all()
        kz.ok("peer", "pause")
        lines = CATALOGUE.read_text(encoding="utf-8").splitlines()
        header = lines[0].split(",")

        def line(code):
            cells = dict(record="commitment", code=code, nature="undertaking", lang="en", responsible_party="KG",
                         action=f"A later undertaking {code}", source="test data")
            return ",".join(cells.get(name, "") for name in header)
        later = self.world.home / "later.csv"
        later.write_text("\n".join([*lines, *(line(f"DDR/{number}") for number in range(20, 100))]) + "\n",
                         encoding="utf-8")
        gsc.ok("instrument", "import", "--catalogue", later, "--key", gsc.key, "--yes")
        kg.ok("sync", "--with", "EU-GSC")
        kg.report("d-1", commitment="DDR/99", round="HELD-1")
        # Over a line with a limit reports with a deadline go first.
        kz.ok("sync", "--with", "KG", "--max-bytes", "6k")
        held = kz.ok("report", "show", self.REPORT)
        self.assertIn("E-REF", held.out)
        self.assertIn("commitment", held.out)
        self.assertEqual(kz.entente("commitment", "show", "EUCA-2014/DDR/99").status, 6)
        kz.ok("peer", "resume")
        self.world.sync_all()
        released = kz.ok("report", "show", self.REPORT).out
        self.assertNotIn("E-REF", released)
        self.world.sync_all()
        digests = {node.instrument("--digest")["view_digest"] for node in self.world.nodes.values()}
        self.assertEqual(len(digests), 1, "the other order gives the same")


class Presidency(ClusterTest):
    """EU-PRES is one delegation; who speaks for it changes every half-year."""

    cluster = {"parties": ("eu-pres",)}
    REPORT = "R:EUCA-2014/MTR-2017/EU-PRES/DSR/01"

    def act(self, *words):
        pres = self.world.nodes["eu-pres"]
        return pres.ok("delegation", *words, "--signer-key", pres.signer, "--yes")

    def report(self, draft, key, text, *words):
        pres = self.world.nodes["eu-pres"]
        pres.ok("draft", "new", *(words or ("--round", "MTR-2017", "--commitment", "DSR/01", "--lang", "en")))
        pres.ok("draft", "set", draft, "implementation=in_progress", "assessment=on_track", f"narrative={text}")
        pres.ok("draft", "finalise", draft)
        return pres.entente("submit", draft, "--key", key, "--accept-warnings", "--yes")

    def test_1_the_union_cannot_be_founded_as_a_delegation(self):
        stranger = self.world.add("eu")
        stranger.ok("key", "new", "--out", stranger.key, "--no-passphrase")
        stranger.ok("key", "new", "--out", stranger.signer, "--no-passphrase")
        done = stranger.entente("delegation", "found", "--code", "EU", "--name", "European Union", "--signer-key",
                                stranger.signer, "--author-key", stranger.key, "--label", "Nobody", "--yes")
        self.assertEqual(done.status, 5, done)
        self.assertIn("E-DELEG-EU", done.err)
        self.assertIn("EU-COM, EU-EEAS", done.err)
        self.assertFalse(stranger.status()["delegation"], "nothing was founded")

    def test_2_the_next_presidency_speaks_and_the_last_one_is_silent(self):
        pres, gsc, home = self.world.nodes["eu-pres"], self.world.gsc, self.world.home
        self.act("office", "open", "EE", "--name", "Estonia, July to December 2017")
        self.assertEqual(self.report("d-1", pres.key, "Estonia reports for the presidency.").status, 0)
        self.world.sync_all()
        bulgaria = home / "bulgaria.key"
        pres.ok("key", "new", "--out", bulgaria, "--no-passphrase")
        early = self.report("d-2", bulgaria, "Too early.", "--correct", self.REPORT)
        self.assertEqual(early.status, 5, early)
        self.assertIn("KEY_NOT_ENROLLED", early.err)
        pres.ok("draft", "drop", "d-2", "--yes")
        # 1 January 2018: what Estonia said stays, and whoever holds its key says nothing more.
        self.act("office", "open", "BG", "--name", "Bulgaria, January to June 2018", "--succeeds", "EE")
        self.act("enrol", "--key-file", f"{bulgaria}.pub", "--label", "Presidency of Bulgaria", "--role",
                 "focal_point,signatory")
        self.act("office", "close", "EE", "--successor", "BG")
        self.act("revoke", "--key-file", f"{pres.key}.pub", "--retired")
        late = self.report("d-3", pres.key, "Estonia goes on.", "--correct", self.REPORT)
        self.assertEqual(late.status, 5, late)
        self.assertIn("revoked (retired)", late.err)
        pres.ok("draft", "reopen", "d-3")
        pres.ok("draft", "set", "d-3", "narrative=Bulgaria goes on from there.")
        pres.ok("draft", "finalise", "d-3")
        pres.ok("submit", "d-3", "--key", bulgaria, "--accept-warnings", "--yes")
        self.world.sync_all()
        for node in (pres, gsc):
            rows = [row for row in node.ok("history", self.REPORT, "--json").json()["rows"]]
            self.assertEqual([row["state"].split(":")[0] for row in rows], ["replaced", "stands"])
            heads = node.ok("report", "show", self.REPORT, "--json").json()["heads"]
            self.assertEqual([head["record"]["narratives"][0]["text"] for head in heads],
                             ["Bulgaria goes on from there."])
            who = node.ok("who", "--delegation", "EU-PRES").out
            for text in ("Presidency of Bulgaria", "taken over by BG", "succeeds EE", "retired"):
                self.assertIn(text, who)
        self.assertTrue(gsc.ok("audit", "--json").json()["ok"])


class RussianRoundTrip(ClusterTest):
    """Text as some keyboards send it, through the log and a spreadsheet, and back."""

    cluster = {"parties": ("kg",)}
    TEXT = "Её лечение «идёт»: ещё йод, ёлка 🌲🇰🇬, ӊ и ү."

    def test_it_comes_back_as_it_was(self):
        kg, gsc, home = self.world.kg, self.world.gsc, self.world.home
        typed = unicodedata.normalize("NFD", self.TEXT)
        self.assertNotEqual(typed, self.TEXT)
        self.assertEqual(unicodedata.normalize("NFC", self.TEXT), self.TEXT)
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "ru")
        (home / "text.md").write_text("\ufeff" + typed + "\r\n", encoding="utf-8")
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "narrative=@text.md", f"section.obstacles={typed}")
        kg.ok("draft", "finalise", "d-1")
        kg.ok("submit", "d-1", "--key", kg.key, "--accept-warnings", "--yes")
        self.world.sync_all()
        record = gsc.ok("report", "show", KG_REPORT, "--json").json()["heads"][0]["record"]
        self.assertEqual(record["narratives"][0]["text"], self.TEXT)
        self.assertEqual(record["sections"][0]["text"]["text"], self.TEXT)
        for words in (("Её",), ("ее",), ("елка",), ("ЛЕЧЕНИЕ", "идет")):
            found = gsc.ok("search", *words, "--kind", "report", "--json").json()["rows"]
            self.assertEqual([row["reference"] for row in found], [KG_REPORT], words)
        self.assertEqual(gsc.ok("search", "иод", "--kind", "report", "--json").json()["rows"], [], "й is no и")
        gsc.ok("export", "--round", "MTR-2017", "--excel", "--out", "ru.csv")
        self.assertTrue((home / "ru.csv").read_bytes().startswith(b"\xef\xbb\xbf"))
        same = kg.ok("draft", "import", "ru.csv", "--json").json()["rows"]
        self.assertEqual([(row["reference"], row["state"]) for row in same], [(KG_REPORT, "stands already")])


if __name__ == "__main__":
    if shutil.which("faketime") is None:
        raise SystemExit("faketime is missing: scripts/install-deps")
    unittest.main(verbosity=2)

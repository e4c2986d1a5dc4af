"""A desk officer's tools: the catalogue out and in again, the settings of a node, an inbox with nothing in it."""

import csv
import io
import os
import unittest

from cluster import BIN, CATALOGUE, ClusterTest

os.environ["ENTENTE_NODE_PROGRAM"] = str(BIN / "node" / "entented")


class Desk(ClusterTest):
    cluster = {"parties": ("kg",)}

    def sign(self, node, *words):
        return node.ok(*words, "--key", node.key, "--yes", "--json").json()

    def import_file(self, name):
        done = self.sign(self.world.gsc, "instrument", "import", "--catalogue", name)
        return done["signed"], done["changed"]

    def test_1_what_is_exported_is_imported_without_a_change(self):
        gsc, kg, home = self.world.gsc, self.world.kg, self.world.home
        self.world.sync_all()
        done = gsc.ok("instrument", "export", "--catalogue", "out.csv")
        self.assertIn("Local copy", done.err)
        self.assertNotIn("warning", done.err)
        self.assertEqual(self.import_file("out.csv"), (0, 0))
        shipped = {row["code"] for row in csv.DictReader(io.StringIO(CATALOGUE.read_text(encoding="utf-8")))}
        written = {row["code"] for row in csv.DictReader(io.StringIO((home / "out.csv").read_text(encoding="utf-8")))}
        self.assertEqual(written, shipped)
        # Any party's node writes the same file.
        self.assertEqual(kg.ok("instrument", "export").out, gsc.ok("instrument", "export").out)
        gsc.ok("instrument", "export", "--excel", "--catalogue", "excel.csv")
        self.assertTrue((home / "excel.csv").read_bytes().startswith(b"\xef\xbb\xbfrecord,code,"))
        self.assertEqual(self.import_file("excel.csv"), (0, 0))

    def test_2_what_was_amended_and_opened_goes_along(self):
        gsc, home = self.world.gsc, self.world.home
        self.sign(gsc, "round", "open", "ANN-2018", "--kind", "annual", "--covers", "2018", "--expected", "KG",
                  "--scope", "DDR,DSR/01", "--deadline", "2019-03-31", "--grace-days", "3", "--languages", "en,ru",
                  "--mandatory", "obstacles", "--template", "ANN/1")
        self.sign(gsc, "amendment", "propose", "EUCA-2014/DDR/08", "--set", "timetable=2014/2022", "--set",
                  "texts.ru==Заместительная терапия", "--reason", "prolonged")
        proposed = gsc.ok("amendment", "list", "--json").json()["rows"][0]["reference"]
        self.sign(gsc, "amendment", "decide", proposed, "endorsed", "--procedure", "meeting", "--date", "2017-10-12")
        for number in ("8", "9"):
            self.sign(gsc, "intervention", "add", "--round", "MTR-2017", "--chapter", "DDR", "--date", "2017-10-12",
                      "--item", "3", "--speaker", "KG", "--number", number, "--text",
                      f"Spoke {number} times, \"again\".")
        self.assertNotIn("warning", gsc.ok("instrument", "export", "--catalogue", "more.csv").err)
        text = (home / "more.csv").read_text(encoding="utf-8")
        self.assertIn("'=Заместительная терапия", text, "no spreadsheet computes it")
        for part in ("ANN-2018", "2014/2022", "DDR; DSR/01", '"Spoke 9 times, ""again""."'):
            self.assertIn(part, text)
        self.assertEqual(self.import_file("more.csv"), (0, 0))
        changed = text.replace("2014/2022", "2014/2023")
        (home / "changed.csv").write_text(changed, encoding="utf-8")
        self.assertEqual(self.import_file("changed.csv"), (1, 1))

    def test_3_what_a_line_cannot_hold_is_said(self):
        gsc = self.world.gsc
        self.sign(gsc, "amendment", "propose", "EUCA-2014/DDR", "--set", "aliases=demand; reduction", "--reason", "x")
        proposed = next(row["reference"] for row in gsc.ok("amendment", "list", "--json").json()["rows"]
                        if gsc.ok("amendment", "show", row["reference"]).out.find("demand; reduction") > 0)
        self.sign(gsc, "amendment", "decide", proposed, "endorsed", "--procedure", "meeting", "--date", "2017-10-12")
        done = gsc.ok("instrument", "export", "--catalogue", "lossy.csv")
        self.assertIn("EUCA-2014/DDR says more than a line of the file can", done.err)

    def test_4_an_inbox_with_nothing_in_it_says_so(self):
        gsc, kg = self.world.gsc, self.world.kg
        self.assertIn("Nothing waits for the desk", gsc.ok("inbox").out)
        self.assertIn("Nothing waits for KG", kg.ok("inbox").out)
        self.assertEqual(kg.entente("inbox", "--fail-if-any").status, 0)
        self.assertEqual(kg.ok("inbox", "--json").json()["rows"], [])

    def test_5_settings_are_checked_and_shown_with_their_origin(self):
        gsc, home = self.world.gsc, self.world.home
        (home / "node.toml").write_text('data = "/var/lib/entente"\n[log]\nlevel = "debug"\n')
        self.assertEqual(gsc.ok("config", "check", "--config", "node.toml", "--json").json(), {"ok": True, "given": 2})
        shown = gsc.ok("config", "show", "--config", "node.toml", "--json").json()["rows"]
        rows = {row["setting"]: row for row in shown}
        self.assertEqual((rows["log.level"]["value"], rows["log.level"]["origin"]), ("debug", "node.toml:3"))
        self.assertEqual(rows["listen"]["origin"], "default")
        (home / "bad.toml").write_text('data = "/x"\n[log]\nlevle = "debug"\n')
        bad = gsc.entente("config", "check", "--config", "bad.toml")
        self.assertEqual(bad.status, 5, bad)
        self.assertIn("bad.toml:3", bad.err)
        self.assertIn("did you mean log.level", bad.err)
        self.assertEqual(gsc.entente("config", "check", "--config", "none.toml").status, 9)
        self.assertIn("no data directory", gsc.entente("config", "show").err)


if __name__ == "__main__":
    unittest.main(verbosity=2)

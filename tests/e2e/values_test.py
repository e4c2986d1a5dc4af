"""Numbers that cannot be, missing ones with and without a reason, parts that do not add up: through the command line
on real nodes, and what the other nodes then say."""

import datetime
import unittest

from cluster import CATALOGUE, ClusterTest

REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"


class Values(ClusterTest):
    cluster = {"parties": ("kg",)}

    @classmethod
    def found(cls):
        """The shipped catalogue, and an indicator in per cent: it ships none."""
        gsc = cls.world.gsc
        lines = CATALOGUE.read_text(encoding="utf-8").splitlines()
        cells = dict(record="indicator", code="OST-COVER", title="Share of those in need who are in treatment",
                     lang="en", level="outcome", measure="percentage", unit="%", decimals="1", direction="up",
                     aggregation="none", definition="Clients by those in need", source="test data")
        more = cls.world.home / "more.csv"
        more.write_text("\n".join([*lines, ",".join(cells.get(name, "") for name in lines[0].split(","))]) + "\n",
                        encoding="utf-8")
        gsc.ok("instrument", "import", "--catalogue", more, "--key", gsc.key, "--yes")
        cls.world.sync_all()
        kg = cls.world.kg
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "en")
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", "narrative=Counted.")

    def value(self, *words):
        return self.world.kg.entente("draft", "value", "d-1", *words)

    def values(self):
        return self.world.kg.ok("draft", "show", "d-1", "--json").json()["values"]

    def test_1_what_cannot_be_is_refused_with_what_to_write_and_leaves_nothing(self):
        for words, texts in ((("OST-CLIENTS", "2016", "1 234,5"), ("E-NUM ", "write 1234.5")),
                             (("OST-CLIENTS", "2016", "4e2"), ("E-NUM ",)),
                             (("SEIZ-KG", "2016", "12", "--unit", "g"), ("E-UNIT ", "wants kg")),
                             (("HIV-TREND", "2016", "12"), ("E-QUAL ", "trend")),
                             (("OST-CLIENTS", "2016"), ("E-MISSING ", "L not collected")),
                             (("OST-CLIENTS", "2016", "", "--status", "L"), ("E-MISSING ", "note")),
                             (("OST-CLIENTS", "2016", "430", "--status", "O", "--note", "x"), ("E-MISSING ",)),
                             (("OST-COVER", "2016", "10.55"), ("E-NUM-DEC ",))):
            done = self.value(*words)
            self.assertEqual(done.status, 5, (words, done))
            for text in texts:
                self.assertIn(text, done.err, words)
            self.assertEqual(self.values(), [], words)

    def test_2_a_hundred_and_one_per_cent_and_parts_that_miss_the_total_are_warned_about(self):
        kg = self.world.kg
        over = self.value("OST-COVER", "2016", "101")
        self.assertEqual(over.status, 0, over)
        self.assertIn("W-NUM-RANGE", over.err)
        for sex, number in (("F", "120"), ("M", "310"), ("T", "450")):
            done = self.value("OST-CLIENTS", "2016", number, "--dim", f"sex={sex}")
            self.assertEqual(done.status, 0, done)
        self.assertIn("W-DIM-SUM", done.err)
        self.assertIn("F 120 + M 310 = 430, the total says 450", done.err)
        kg.ok("draft", "finalise", "d-1")
        refused = kg.entente("submit", "d-1", "--key", kg.key, "--yes")
        self.assertEqual(refused.status, 5, refused)
        self.assertIn("WARNINGS_NOT_ACCEPTED", refused.err)

    def test_3_a_missing_value_says_why_and_everybody_sees_the_same(self):
        kg, gsc = self.world.kg, self.world.gsc
        kg.ok("draft", "reopen", "d-1")
        missing = self.value("OST-CLIENTS", "2015", "", "--dim", "sex=T", "--status", "L", "--note",
                             "Not collected before 2016")
        self.assertEqual(missing.status, 0, missing)
        kg.ok("draft", "finalise", "d-1")
        kg.ok("submit", "d-1", "--key", kg.key, "--yes", "--accept-warnings")
        self.world.sync_all()
        for node in (kg, gsc):
            head = node.ok("report", "show", REPORT, "--json").json()["heads"][0]
            self.assertEqual({finding["code"] for finding in head["findings"]} & {"W-NUM-RANGE", "W-DIM-SUM"},
                             {"W-NUM-RANGE", "W-DIM-SUM"}, node.name)
            cells = {row["period"]: row["KG"] for row in node.ok("series", "OST-CLIENTS", "--dim", "sex=T",
                                                                 "--json").json()["rows"] if row["period"] in
                     ("2015", "2016")}
            self.assertEqual(cells, {"2015": "L", "2016": "450"}, node.name)

    def test_4_what_adds_up_and_fits_is_not_warned_about(self):
        kg, gsc = self.world.kg, self.world.gsc
        kg.ok("draft", "new", "--correct", REPORT)
        for words in (("OST-COVER", "2016", "100"), ("OST-CLIENTS", "2016", "430", "--dim", "sex=T")):
            kg.ok("draft", "value", "d-2", *words)
        kg.ok("draft", "finalise", "d-2")
        kg.ok("submit", "d-2", "--key", kg.key, "--yes", "--accept-warnings")
        self.world.sync_all()
        codes = {finding["code"] for finding in
                 gsc.ok("report", "show", REPORT, "--json").json()["heads"][0]["findings"]}
        self.assertFalse(codes & {"W-NUM-RANGE", "W-DIM-SUM"}, codes)

    def test_5_what_was_not_there_then_is_said_of_then(self):
        gsc = self.world.gsc
        today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
        for words, now, then in ((("series", "OST-NONE"), "is not held here", "was not held here then; known then:"),
                                 (("history", "R:EUCA-2014/MTR-2017/KG/DDR/01"), "nothing stands under",
                                  "nothing stood under")):
            done = gsc.entente(*words)
            self.assertEqual(done.status, 6, done)
            self.assertIn(now, done.err)
            past = gsc.entente(*words, "--as-of", today)
            self.assertEqual(past.status, 6, past)
            self.assertIn(then, past.err)
            self.assertNotIn("sync with", past.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)

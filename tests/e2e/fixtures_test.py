"""Small stories every version must tell the same: closed offices, lateness, nil reports, groups, suspended members."""

import datetime
import unittest

from cluster import ClusterTest

KG_REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"


def day(offset):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=offset)).strftime("%Y-%m-%d")


class Fixtures(ClusterTest):
    def sign(self, node, *words):
        return node.ok(*words, "--key", node.key, "--accept-warnings", "--yes", "--json").json()

    def rate(self, node, round, subject="DDR"):
        rows = node.ok("rate", "--round", round, "--json").json()["rows"]
        return next(row for row in rows if row["subject"] == subject)

    def submit(self, node, draft):
        node.ok("draft", "finalise", draft)
        return self.sign(node, "submit", draft)

    def test_01_late_is_what_the_register_says_and_an_extension_mends_it(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.sign(gsc, "round", "open", "LATE-1", "--kind", "ad_hoc", "--covers", "2017", "--expected", "KG",
                  "--deadline", day(-2))
        self.world.sync_all()
        kg.report("d-1", commitment="DDR/08", round="LATE-1")
        received = lambda node: self.rate(node, "LATE-1")["on_time"] is not None and \
            "received" in node.ok("history", "R:EUCA-2014/LATE-1/KG/DDR/08").out
        def settled(node):
            self.world.sync_all()
            return received(node)
        gsc.until(settled, 60)
        rate = self.rate(gsc, "LATE-1")
        self.assertEqual((rate["reported"], rate["on_time"], rate["signed_on_time"]), (1, 0.0, 0))
        self.assertEqual((rate["late"], rate["outstanding"]), (1, rate["expected"] - 1))
        self.sign(gsc, "round", "extend", "LATE-1", "--for", "KG", "--until", day(2), "--reason", "power cuts")
        rate = self.rate(gsc, "LATE-1")
        self.assertEqual((rate["reported"], rate["on_time"], rate["signed_on_time"]), (1, 100.0, 1))

    def test_02_a_nil_report_counts_and_its_withdrawal_does_not(self):
        kz, gsc = self.world.kz, self.world.gsc
        kz.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/09", "--nil", "No programme in this area")
        self.submit(kz, "d-1")
        self.world.sync_all()
        rate = self.rate(gsc, "MTR-2017")
        self.assertEqual((rate["reported"], rate["nil"]), (1, 1))
        matrix = gsc.ok("matrix", "--round", "MTR-2017", "--chapter", "DDR", "--json").json()["rows"]
        self.assertEqual(next(row for row in matrix if row["delegation"] == "KZ")["DDR/09"], "nil")
        self.assertEqual(next(row for row in matrix if row["delegation"] == "KG")["DDR/09"], "n/a", "not asked")
        self.assertIn(next(row for row in matrix if row["delegation"] == "KG")["DDR/08"], "·○")
        self.sign(kz, "withdraw", "R:EUCA-2014/MTR-2017/KZ/DDR/09", "--reason", "there is one")
        self.world.sync_all()
        self.assertEqual(self.rate(gsc, "MTR-2017")["reported"], 0)
        # What is written is counted: the withdrawal is in no sheet of reports.
        self.assertIn("0 records written", gsc.ok("export", "--round", "MTR-2017", "--out", "none.csv").err)

    def test_03_a_restated_value_shows_and_the_old_one_stays_in_the_history(self):
        kg, gsc = self.world.kg, self.world.gsc
        for draft, number in (("d-2", "430"), ("d-3", "450")):
            kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "en")
            kg.ok("draft", "set", draft, "implementation=in_progress", "narrative=Clients counted.")
            kg.ok("draft", "value", draft, "OST-CLIENTS", "2016", number, "--dim", "sex=T", "--dim", "setting=prison",
                  "--status", "E", "--source", "Ministry of Health")
            self.submit(kg, draft)
        self.world.sync_all()
        shown = gsc.ok("report", "show", KG_REPORT, "--json").json()["heads"]
        self.assertEqual([value["value"] for head in shown for value in head["record"]["values"]], ["450"])
        versions = gsc.ok("history", KG_REPORT, "--json").json()["rows"]
        self.assertEqual([row["state"].split(":")[0] for row in versions], ["replaced", "stands"])

    def test_04_values_that_cannot_be_are_named_all_at_once(self):
        kg = self.world.kg
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/01", "--lang", "en")
        kg.ok("draft", "set", "d-4", "implementation=in_progress", "narrative=Counted.")
        for words, code in ((("OST-CLIENTS", "2016", "1 234,5"), "E-NUM"),
                            (("SEIZ-KG", "2016", "12", "--unit", "g"), "E-UNIT"),
                            (("OST-CLIENTS", "2016", "12.5"), "E-NUM-DEC"),
                            (("HIV-TREND", "2016", "12"), "E-QUAL"),
                            (("OST-CLIENTS", "2016", "12", "--dim", "sex=X"), "E-DIM"),
                            (("OST-CLIENTS", "2016", ""), "E-MISSING")):
            done = kg.entente("draft", "value", "d-4", *words)
            self.assertEqual(done.status, 5, (words, done))
            self.assertIn(code, done.err)
        kg.ok("draft", "value", "d-4", "OST-CLIENTS", "2016", "", "--status", "L", "--note", "not collected")
        self.assertEqual(kg.entente("draft", "check", "d-4").status, 0)
        kg.ok("draft", "set", "d-4", "period=2013", "narrative=")
        many = kg.entente("draft", "check", "d-4")
        self.assertEqual(many.status, 5)
        self.assertIn("E-PERIOD-ROUND", many.out + many.err)
        kg.ok("draft", "drop", "d-4", "--yes")

    def test_05_where_two_pairs_of_eyes_are_asked_for_only_the_signatory_submits(self):
        kg, gsc, home = self.world.kg, self.world.gsc, self.world.home
        for name, role in (("drafter", "delegate"), ("minister", "signatory")):
            kg.ok("key", "new", "--out", home / f"{name}.key", "--no-passphrase")
            kg.ok("delegation", "enrol", "--key-file", home / f"{name}.key.pub", "--label", name, "--role", role,
                  "--signer-key", kg.signer, "--yes")
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/04", "--lang", "en")
        kg.ok("draft", "set", "d-5", "implementation=in_progress", "narrative=Two read this.")
        kg.ok("draft", "finalise", "d-5")
        done = kg.entente("submit", "d-5", "--key", home / "drafter.key", "--accept-warnings", "--yes")
        self.assertEqual(done.status, 5, done)
        self.assertIn("E-AUTH", done.err)
        self.assertIn("focal_point or signatory", done.err)
        self.assertEqual(kg.entente("draft", "set", "d-5", "narrative=Changed.").status, 5)
        self.assertEqual(kg.ok("submit", "d-5", "--key", home / "minister.key", "--accept-warnings", "--yes",
                               "--json").json()["status"], "admitted")
        self.world.sync_all()
        gsc.ok("report", "show", "R:EUCA-2014/MTR-2017/KG/DDR/04")

    def test_06_a_suspended_member_is_not_asked_and_its_word_stays(self):
        kg, kz, gsc = self.world.kg, self.world.kz, self.world.gsc
        kz.report("d-2", commitment="DDR/04")
        self.world.sync_all()
        gsc.ok("instrument", "suspend", "--delegation", "KZ", "--reason", "cooperation suspended", "--signer-key",
               gsc.signer, "--yes")
        self.sign(gsc, "round", "open", "REV-2018", "--kind", "annual", "--covers", "2018")
        rounds = {row["code"]: row["expected"] for row in gsc.ok("round", "list", "--json").json()["rows"]}
        self.assertEqual(rounds["REV-2018"], "KG")
        done = gsc.entente("round", "open", "REV-2019", "--kind", "annual", "--covers", "2019", "--expected", "KG,KZ",
                           "--key", gsc.key, "--yes")
        self.assertEqual(done.status, 5, done)
        self.assertIn("E-ROUND", done.err)
        kg.entente("sync")
        self.assertEqual(kg.ok("report", "show", "R:EUCA-2014/MTR-2017/KZ/DDR/04", "--json").json()["heads"][0]
                         ["delegation"], "KZ")
        self.assertTrue(gsc.ok("audit", "--json").json()["ok"])


class Groups(ClusterTest):
    cluster = {"parties": ("es", "eu-com")}

    def test_the_union_is_a_group_and_its_bodies_speak_each_for_itself(self):
        gsc = self.world.gsc
        for name, text in (("es", "Spain speaks."), ("eu-com", "The Commission speaks.")):
            node = self.world.nodes[name]
            node.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DSR/01", "--lang", "en")
            node.ok("draft", "set", "d-1", "implementation=in_progress", f"narrative={text}")
            node.ok("draft", "finalise", "d-1")
            node.ok("submit", "d-1", "--key", node.key, "--accept-warnings", "--yes")
        self.world.sync_all()
        reports = gsc.ok("report", "list", "--json").json()["rows"]
        self.assertEqual(sorted(row["delegation"] for row in reports), ["ES", "EU-COM"])
        done = gsc.entente("round", "open", "X-2018", "--covers", "2018", "--expected", "EU", "--key", gsc.key, "--yes")
        self.assertEqual(done.status, 5, done)
        self.assertIn("E-DELEG-EU", done.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)

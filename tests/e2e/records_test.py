"""What the Secretariat and the parties say about reports, rounds and promises, on real nodes."""

import datetime
import unittest

from cluster import ClusterTest

KG_REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"
KZ_REPORT = "R:EUCA-2014/MTR-2017/KZ/DDR/09"


def days_on(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).date().isoformat()


class Records(ClusterTest):
    def sign(self, node, *words):
        return node.ok(*words, "--key", node.key, "--yes", "--json").json()

    def refused(self, node, code, *words):
        done = node.entente(*words, "--key", node.key, "--yes")
        self.assertEqual(done.status, 5, done)
        self.assertIn(code, done.err)

    def held(self, node, code, *words):
        """Names the code that is not known, and asks whether it is meant."""
        done = node.entente(*words, "--key", node.key, "--yes")
        self.assertEqual(done.status, 5, done)
        self.assertIn(code, done.err)
        self.assertIn("--accept-warnings", done.err)

    def state(self, node, reference):
        return node.ok("report", "show", reference, "--json").json()["state"]

    def rate(self, node, subject):
        rows = node.ok("rate", "--round", "MTR-2017", "--by", "commitment", "--json").json()["rows"]
        return next(row for row in rows if row["subject"] == subject)

    def same_views(self):
        self.world.sync_all()
        digests = {node.instrument("--digest")["view_digest"] for node in self.world.nodes.values()}
        self.assertEqual(len(digests), 1)

    def test_1_a_question_is_asked_answered_and_settled(self):
        kg, kz, gsc = self.world.kg, self.world.kz, self.world.gsc
        kg.report("d-1", commitment="DDR/08")
        kz.report("d-1", commitment="DDR/09", implementation="not_started", assessment="at_risk")
        self.world.sync_all()
        self.assertIn(self.state(gsc, KG_REPORT), ("submitted", "received"))
        self.refused(gsc, "E-REVIEW", "review", KG_REPORT, "ask")
        self.refused(gsc, "E-REVIEW", "review", KG_REPORT, "accept", "--ask", "narrative", "But why?")
        self.refused(gsc, "E-WORD", "review", KG_REPORT, "--ask", "the numbers", "Which month?")
        self.refused(gsc, "E-REVIEW", "review", KG_REPORT, "not-count", "--reason", "unsatisfactory")
        wrong = gsc.entente("review", KG_REPORT, "reject", "--key", gsc.key, "--yes")
        self.assertEqual(wrong.status, 2, wrong)
        # A party cannot review: its keys may not write what is the Secretariat's.
        self.refused(kz, "E-AUTH", "review", KG_REPORT, "accept")
        self.sign(gsc, "review", KG_REPORT, "--ask", "values[OST-CLIENTS]", "Which month is the count?", "--due",
                  "2017-10-01")
        self.world.sync_all()
        for node in (kg, kz, gsc):
            self.assertEqual(self.state(node, KG_REPORT), "clarification_requested")
        todo = kg.ok("todo", "--json").json()["rows"]
        asked = next(row for row in todo if row["subject"] == "DDR/08")
        self.assertEqual((asked["due"], asked["state"]), ("2017-10-01", "clarification requested"))
        self.assertEqual((self.rate(gsc, "DDR/08")["reported"], self.rate(gsc, "DDR/08")["open_questions"]), (1, 1))
        matrix = gsc.ok("matrix", "--round", "MTR-2017", "--chapter", "DDR", "--json").json()["rows"]
        self.assertIn("?", next(row for row in matrix if row["delegation"] == "KG")["DDR/08"])
        self.refused(gsc, "E-REVIEW", "comment", "add", KG_REPORT, "--answer", "--text", "Of December.")
        for blank in ("", "   "):
            self.refused(kg, "E-EMPTY", "comment", "add", KG_REPORT, "--text", blank)
        self.refused(kg, "E-LEN", "comment", "add", KG_REPORT, "--text", 61_000 * "x")
        self.sign(kg, "comment", "add", KG_REPORT, "--answer", "--text", "Of December.")
        self.world.sync_all()
        self.assertEqual(self.state(gsc, KG_REPORT), "clarified")
        self.assertEqual(self.rate(gsc, "DDR/08")["open_questions"], 0)
        again = kg.entente("comment", "add", KG_REPORT, "--answer", "--text", "x", "--key", kg.key, "--yes")
        self.assertEqual(again.status, 6, again)
        self.sign(gsc, "review", KG_REPORT, "accept")
        self.world.sync_all()
        for node in (kg, kz, gsc):
            self.assertEqual(self.state(node, KG_REPORT), "accepted")
        self.assertEqual(self.rate(gsc, "DDR/08")["accepted"], 1)
        history = kg.ok("history", KG_REPORT, "--json").json()["rows"]
        self.assertEqual([(row["what"], row["state"]) for row in history if row["state"].startswith("said")],
                         [("review: clarification_requested", "said, replaced"), ("answer: statement", "said"),
                          ("review: accepted", "said")], "in the order of what was said")
        self.assertIn("Of December.", [row["why"] for row in history])
        self.same_views()

    def test_2_a_correction_answers_and_starts_anew(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.sign(gsc, "review", KG_REPORT, "--ask", "narrative", "How many regions?")
        self.world.sync_all()
        kg.ok("draft", "new", "--correct", KG_REPORT)
        kg.ok("draft", "set", "d-2", "narrative=In ten regions.")
        kg.ok("draft", "finalise", "d-2")
        kg.ok("submit", "d-2", "--key", kg.key, "--accept-warnings", "--yes")
        self.world.sync_all()
        self.assertIn(self.state(gsc, KG_REPORT), ("submitted", "received"))
        self.assertEqual(self.rate(gsc, "DDR/08")["open_questions"], 0)
        shown = gsc.ok("report", "show", KG_REPORT, "--json").json()["heads"][0]
        self.assertEqual(shown["version"], 2)
        self.assertEqual(len(shown["record"]["answers"]), 64)

    def test_3_not_counted_is_not_reported(self):
        kz, gsc = self.world.kz, self.world.gsc
        self.assertEqual(self.rate(gsc, "DDR/09")["reported"], 1)
        self.sign(gsc, "review", KZ_REPORT, "not-count", "--reason", "wrong_round")
        self.assertEqual(self.state(gsc, KZ_REPORT), "not_counted")
        self.assertEqual(self.rate(gsc, "DDR/09")["reported"], 0)
        missing = gsc.ok("missing", "--round", "MTR-2017", "--by", "commitment", "--json").json()["rows"]
        self.assertIn(("KZ", "DDR/09", "not counted: wrong_round"),
                      [(row["delegation"], row["subject"], row["state"]) for row in missing])
        self.sign(gsc, "review", KZ_REPORT, "accept")
        self.assertEqual(self.rate(gsc, "DDR/09")["reported"], 1)
        self.assertTrue(kz)

    def test_4_rounds_open_are_extended_and_close(self):
        kg, kz, gsc = self.world.kg, self.world.kz, self.world.gsc
        self.refused(gsc, "E-ROUND", "round", "open", "ANN-2018", "--kind", "annual", "--covers", "2018", "--opens",
                     "2019-04-01", "--deadline", "2019-03-31")
        self.sign(gsc, "round", "open", "ANN-2018", "--kind", "annual", "--covers", "2018", "--opens", "2019-01-01",
                  "--deadline", "2019-03-31")
        for words in (("--scope", "DDR,DDX"), ("--expected", "KG,KX")):
            self.held(gsc, words[1][-3:].strip(","), "round", "open", "TST-2", "--kind", "annual", "--covers", "2018",
                      "--deadline", "2019-03-31", *words)
        stands = gsc.entente("round", "open", "ANN-2018", "--covers", "2018", "--key", gsc.key, "--yes")
        self.assertEqual(stands.status, 5, stands)
        rounds = {row["code"]: row for row in gsc.ok("round", "list", "--json").json()["rows"]}
        self.assertEqual((rounds["ANN-2018"]["state"], rounds["ANN-2018"]["expected"]), ("late_only", "KG KZ"))
        self.world.sync_all()
        self.refused(gsc, "E-ROUND", "round", "extend", "ANN-2018", "--for", "KG", "--until", "2019-03-31", "--reason",
                     "x")
        self.sign(gsc, "round", "extend", "ANN-2018", "--for", "KG", "--until", "2019-04-30", "--reason",
                  "The office moved")
        both = gsc.entente("round", "extend", "ANN-2018", "--for", "KG,KZ", "--until", "2019-04-30", "--reason", "x",
                           "--key", gsc.key, "--yes")
        self.assertEqual(both.status, 2, both)
        self.assertIn("one delegation at a time", both.err)
        self.refused(gsc, "E-EMPTY", "round", "remind", "ANN-2018", "--text", "")
        self.sign(gsc, "round", "remind", "ANN-2018", "--text", "The deadline has passed.")
        self.world.sync_all()
        reminded = next(row for row in kg.ok("inbox", "--json").json()["rows"] if "reminder" in row["what"])
        self.assertEqual((reminded["what"], reminded["due"], reminded["delegation"]),
                         ("reminder: The deadline has passed.", "2019-04-30", "EU-GSC"))
        self.assertNotIn("reminder", gsc.ok("inbox").out)
        missing = kg.ok("missing", "--round", "ANN-2018", "--chapter", "DDR", "--json").json()["rows"]
        self.assertEqual({row["delegation"]: row["deadline"] for row in missing},
                         {"KG": "2019-04-30", "KZ": "2019-03-31"})
        kg.report("d-3", commitment="DDR/08", round="ANN-2018")
        self.world.sync_all()
        closed = self.sign(gsc, "round", "close", "ANN-2018", "--synthesis", "One of two reported.")
        shown = gsc.ok("round", "show", "ANN-2018", "--json").json()
        close = next(said["record"] for said in shown["said"] if said["kind"] == "round_close")
        self.assertEqual([f.get("reported", 0) for f in close["figures"] if f["subject"] == "DDR"], [1])
        self.assertEqual(len(close["marks"]), 1)
        self.world.sync_all()
        rounds = {row["code"]: row["state"] for row in kz.ok("round", "list", "--json").json()["rows"]}
        self.assertEqual(rounds["ANN-2018"], "closed")
        warned = kz.entente("draft", "new", "--round", "ANN-2018", "--commitment", "DDR/09", "--lang", "en")
        self.assertEqual(warned.status, 0, warned)
        kz.ok("draft", "set", "d-2", "implementation=in_progress", "narrative=Late.")
        self.assertIn("W-AFTER-CLOSE", kz.entente("draft", "check", "d-2").out)
        kz.ok("draft", "finalise", "d-2")
        kz.ok("submit", "d-2", "--key", kz.key, "--accept-warnings", "--yes")
        self.world.sync_all()
        reported = lambda: {row["delegation"] for row in
                            gsc.ok("missing", "--round", "ANN-2018", "--chapter", "DDR", "--json").json()["rows"]}
        self.assertEqual(reported(), {"KZ"})
        matrix = gsc.ok("matrix", "--round", "ANN-2018", "--chapter", "DDR").out
        self.assertIn("after close", matrix)
        rate = gsc.ok("rate", "--round", "ANN-2018", "--by", "commitment", "--json").json()["rows"]
        expected, counted = (sum(row[name] for row in rate) for name in ("expected", "reported"))
        gsc.ok("brief", "--round", "ANN-2018", "--out", "closed.md")
        csv = gsc.ok("rate", "--round", "ANN-2018", "--format", "csv")
        header = "subject,title,expected,reported,outstanding,rate,complete,on_time,late,"
        self.assertTrue(csv.out.startswith(header), csv.out)
        self.assertNotIn("Local copy", csv.out)
        self.assertIn("the round is closed", csv.err)
        self.assertIn("Local copy", csv.err)
        brief = (self.world.home / "closed.md").read_text()
        self.assertIn(f"{counted} of {expected} slots", brief)
        self.assertIn("One of two reported.", brief)
        self.assertIn("in progress, after the close", brief)
        kz.ok("brief", "--round", "ANN-2018", "--out", "closed-kz.md")
        self.assertEqual((self.world.home / "closed-kz.md").read_text(), brief)
        again = self.sign(gsc, "round", "close", "ANN-2018")
        self.assertNotEqual(again["entry_id"], closed["entry_id"])
        self.assertEqual(reported(), set())
        self.same_views()

    def test_5_minutes_translations_and_people(self):
        kg, kz, gsc = self.world.kg, self.world.kz, self.world.gsc
        meeting = self.sign(gsc, "meeting", "add", "--round", "MTR-2017", "--date", "2017-10-12", "--place", "Brussels",
                            "--title", "Senior officials", "--outcome-ref", "13770/17")
        self.sign(gsc, "meeting", "item", meeting["entry_id"][:8], "--item", "3", "--chapter", "DDR", "--title",
                  "Demand reduction")
        self.refused(gsc, "E-DOCREF", "meeting", "add", "--date", "2017-10-12", "--title", "x", "--agenda-ref",
                     "13770-17")
        self.sign(gsc, "intervention", "add", "--round", "MTR-2017", "--chapter", "DSR", "--date", "2017-10-12",
                  "--item", "4", "--speaker", "KG", "--text", "Seizures went up.")
        said = ("--round", "MTR-2017", "--date", "2017-10-12", "--item", "4")
        self.held(gsc, "DDX", "intervention", "add", *said, "--chapter", "DDX", "--speaker", "KG", "--text", "x")
        self.held(gsc, "KGX", "intervention", "add", *said, "--chapter", "DSR", "--speaker", "KGX", "--text", "x")
        self.refused(gsc, "E-EMPTY", "intervention", "add", *said, "--chapter", "DSR", "--speaker", "KG", "--text", "")
        self.refused(gsc, "E-EMPTY", "meeting", "add", "--date", "2017-10-12", "--title", "")
        rate = gsc.ok("rate", "--round", "MTR-2017", "--as-minuted", "--json").json()["rows"]
        self.assertEqual(next(row["reported"] for row in rate if row["subject"] == "DSR"), 1)
        self.sign(kg, "translation", "add", KG_REPORT, "--to", "ru", "--text", "В десяти областях.")
        self.refused(kz, "E-AUTH", "translation", "add", KG_REPORT, "--to", "kk", "--text", "Он облыста.")
        self.sign(kz, "translation", "add", KG_REPORT, "--to", "kk", "--text", "Он облыста.", "--informal")
        self.sign(kg, "person", "add", "--name", "Асанова Айгүл", "--latin-name", "Asanova Aigul", "--office",
                  "Ministry of Health", "--contact", "focal@health.example")
        self.world.sync_all()
        said = kz.ok("report", "show", KG_REPORT, "--json").json()["said"]
        self.assertEqual(sorted(one["kind"] for one in said if "translation" in one["kind"]),
                         ["informal_translation", "translation"])
        people = kz.ok("person", "list", "--json").json()["rows"]
        self.assertIn("Asanova Aigul", people[0]["text"])
        items = kz.ok("meeting", "show", meeting["entry_id"][:8]).out
        self.assertIn("Demand reduction", items)

    def test_6_what_was_promised_changes_by_decision(self):
        kg, kz, gsc = self.world.kg, self.world.kz, self.world.gsc
        states = lambda node: {row["code"]: row["state"]
                               for row in node.ok("commitment", "list", "--json").json()["rows"]}
        before = states(gsc)["DDR/08"]
        proposal = ("amendment", "propose", "EUCA-2014/DDR/08", "--set", "timetable=2014/2022", "--reason",
                    "The pilot takes longer")
        self.refused(kg, "E-ADOPT", *proposal, "--silence-until", "2017-11-30")
        ends = days_on(30)
        proposed = self.sign(kg, *proposal, "--silence-until", ends)
        to_meeting = self.sign(kg, *proposal)["entry_id"][:8]
        self.refused(kg, "E-WORD", "amendment", "propose", "EUCA-2014/DDR/08", "--set", "timetable=soon", "--reason",
                     "x")
        unknown = kg.entente("amendment", "propose", "EUCA-2014/DDR/08", "--set", "timetabel=2017", "--reason", "x",
                             "--key", kg.key, "--yes")
        self.assertEqual(unknown.status, 2, unknown)
        self.assertIn("timetable", unknown.err)
        self.world.sync_all()
        amendment = proposed["entry_id"][:8]
        waits = next(row for row in kz.ok("inbox", "--json").json()["rows"] if amendment in row["reference"])
        self.assertEqual((waits["what"], waits["due"]), ("a silence procedure runs", ends))
        self.assertIn((ends, "a silence procedure runs"),
                      [(row["due"], row["state"]) for row in kz.ok("todo", "--json").json()["rows"]])
        self.assertNotIn("silence", kg.ok("inbox").out + kg.ok("todo").out, "it is its own proposal")
        self.assertIn("a silence procedure runs", gsc.ok("inbox").out)
        self.refused(gsc, "E-ADOPT", "amendment", "decide", to_meeting, "endorsed", "--procedure",
                     "silence_procedure", "--date", "2018-03-01")
        self.sign(kz, "amendment", "object", amendment, "--reason", "Not without a budget")
        self.world.sync_all()
        self.assertIn("objected by KZ", gsc.ok("amendment", "list").out)
        self.assertNotIn("silence", kz.ok("inbox").out)
        self.assertIn("the silence was broken by KZ", gsc.ok("inbox").out)
        self.refused(gsc, "E-ADOPT", "amendment", "decide", amendment, "endorsed", "--procedure", "silence_procedure",
                     "--date", "2017-12-01")
        decision = ("amendment", "decide", amendment, "endorsed", "--procedure", "meeting", "--doc-ref", "13770/17")
        self.refused(gsc, "E-ADOPT", *decision, "--date", days_on(3))
        self.sign(gsc, *decision, "--date", "2018-03-01")
        self.refused(gsc, "E-ADOPT", *decision, "--date", "2018-03-01")
        self.assertNotIn("silence", gsc.ok("inbox").out)
        self.world.sync_all()
        shown = kz.ok("commitment", "show", "EUCA-2014/DDR/08", "--json").json()["heads"]
        self.assertEqual([head["record"]["timetable"] for head in shown], ["2014/2022"])
        self.assertEqual(states(kz)["DDR/08"], f"{before}, amended")
        self.sign(gsc, "commitment", "move", "EUCA-2014/DDR/09", "completed", "--procedure", "meeting", "--date",
                  "2018-03-01")
        self.refused(gsc, "E-ADOPT", "commitment", "move", "EUCA-2014/DDR/09", "replaced", "--procedure", "meeting",
                     "--date", "2018-03-01")
        self.world.sync_all()
        self.assertEqual(states(kg)["DDR/09"], "completed")
        self.same_views()


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""The main job: offline work in several places comes together, counts, and stands an audit."""

import subprocess
import unittest

from cluster import Cluster


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = Cluster()

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def test_1_the_minutes_of_2017_answer_as_the_minutes_do(self):
        gsc = self.world.gsc
        missing = gsc.ok("missing", "--round", "MTR-2017", "--chapter", "Drug demand reduction", "--as-minuted",
                         "--json")
        self.assertEqual([row["delegation"] for row in missing.json()["rows"]], ["TJ", "TM"])
        rate = gsc.ok("rate", "--round", "MTR-2017", "--by", "chapter", "--as-minuted", "--json").json()["rows"]
        self.assertEqual([(row["subject"], row["rate"]) for row in rate],
                         [("DDR", 60.0), ("DSR", 0.0), ("IRM", 0.0), ("WRC", 20.0)])

    def test_2_nothing_to_do_is_one_round_trip_under_400_bytes(self):
        self.world.sync_all()
        for peer in self.world.kg.ok("sync", "--json").json()["rows"]:
            self.assertEqual((peer["result"], peer["round_trips"]), ("nothing_new", 1))
            self.assertLessEqual(peer["bytes_sent"] + peer["bytes_received"], 400)
        metrics = self.world.kg.ok("status", "--metrics").out
        self.assertRegex(metrics, r'(?m)^entente_entries\{instrument="EUCA-2014"\} [1-9]\d*$')
        self.assertRegex(metrics, r'(?m)^entente_peer_last_success_timestamp_seconds'
                                  r'\{peer="EU-GSC",node="[0-9a-f]{16}"\} [1-9]')
        self.assertEqual(self.world.kg.entente("status", "--metrics", "--json").status, 2)

    def modes(self, log):
        return [line.split("mode=")[1].split()[0] for line in log
                if "event=peer_connected" in line and "mode=M" in line]

    def test_3_a_report_signed_offline_counts_and_verifies_elsewhere(self):
        kg, gsc = self.world.kg, self.world.gsc
        kg.ok("peer", "pause")
        entry = kg.report("d-1", commitment="DDR/08")["entry_id"]
        self.assertEqual(gsc.entente("where", entry).status, 6)
        self.assertGreaterEqual(kg.instrument()["unsynced_entries"], 1)
        begun = len(kg.log), len(gsc.log)
        kg.ok("peer", "resume")
        modes = [row["mode"] for row in kg.ok("sync", "--with", "EU-GSC", "--json").json()["rows"]]
        gsc.ok("where", entry)
        # They met before: whoever dialled told what changed since, and nobody told all heads.
        for node, from_line in zip((kg, gsc), begun):
            modes += self.modes(node.log[from_line:])
        self.assertLessEqual(set(modes), {"M0", "M1"})
        # In all, because a mode is logged once a second at most, and the pass may find the work done.
        self.assertIn("M1", modes + self.modes(kg.log) + self.modes(gsc.log))
        reports = gsc.ok("report", "list", "--delegation", "KG", "--implementation", "in_progress", "--json").json()
        self.assertEqual([row["subject"] for row in reports["rows"]], ["DDR/08"])

    def test_4_a_new_entry_is_on_a_connected_peer_within_a_second(self):
        kz, gsc = self.world.kz, self.world.gsc
        kz.until(lambda node: any(peer["code"] == "EU-GSC" and peer["state"] == "connected"
                                  for peer in node.status()["peers"]))
        entry = kz.report("d-1", commitment="DDR/09", implementation="not_started", assessment="at_risk")["entry_id"]
        took = gsc.until(lambda node: node.entente("where", entry).status == 0, 10)
        self.assertLess(took, 1.0)

    def test_5_two_officers_apart_conflict_and_one_signed_report_settles_it(self):
        kg, gsc, home = self.world.kg, self.world.gsc, self.world.home
        laptop = self.world.add("kg2")
        laptop.ok("key", "new", "--out", laptop.key, "--no-passphrase")
        laptop.ok("delegation", "join", "KG.credentials")
        kg.ok("delegation", "node", "add", laptop.status()["spki"], "--address", laptop.address,
              "--signer-key", kg.signer, "--yes")
        kg.ok("delegation", "enrol", "--key-file", f"{laptop.key}.pub", "--label", "second officer", "--role",
              "focal_point", "--signer-key", kg.signer, "--yes")
        kg.ok("sync", "--with", "EU-GSC")
        laptop.ok("instrument", "join", "kg.invitation", "--yes")
        kg.ok("peer", "pause")
        laptop.ok("peer", "pause")
        kg.report("d-2", commitment="DDR/04", text="Text of officer A.")
        laptop.report("d-1", commitment="DDR/04", implementation="completed", assessment="", text="Text of officer B.")
        for node in (kg, laptop):
            node.ok("peer", "resume")
        self.world.sync_all()
        conflicts = gsc.ok("conflicts", "--json").json()["rows"]
        self.assertEqual(len(conflicts), 2)
        rate = gsc.ok("rate", "--round", "MTR-2017", "--by", "commitment", "--chapter", "DDR", "--json").json()["rows"]
        ddr4 = next(row for row in rate if row["subject"] == "DDR/04")
        self.assertEqual((ddr4["reported"], ddr4["conflict"]), (1, 1))
        kg.ok("draft", "merge", "R:EUCA-2014/MTR-2017/KG/DDR/04")
        asked = [question["field"] for question in kg.ok("draft", "show", "d-3", "--json").json()["questions"]]
        self.assertEqual(asked, ["implementation", "assessment", "narratives[en]"])
        self.assertEqual(kg.entente("draft", "check", "d-3").status, 5)
        # That there is none is an answer as well.
        kg.ok("draft", "set", "d-3", "assessment=")
        asked = [question["field"] for question in kg.ok("draft", "show", "d-3", "--json").json()["questions"]]
        self.assertEqual(asked, ["implementation", "narratives[en]"])
        kg.ok("draft", "set", "d-3", "implementation=in_progress", "assessment=on_track", "narrative=Settled.",
              "reason=agreed")
        kg.ok("draft", "finalise", "d-3")
        kg.ok("submit", "d-3", "--key", kg.key, "--accept-warnings", "--yes")
        self.world.sync_all()
        for node in (gsc, kg, laptop, self.world.kz):
            self.assertEqual(node.ok("conflicts", "--json").json()["rows"], [], node.name)
        self.assertTrue(home.exists())

    def test_6_same_entries_same_views_on_every_node(self):
        self.world.sync_all()
        digests = {node.instrument("--digest")["view_digest"] for node in self.world.nodes.values()}
        self.assertEqual(len(digests), 1)

    def test_7_the_audit_checks_every_signature_and_finds_nothing(self):
        audit = self.world.gsc.ok("audit", "--json").json()
        self.assertTrue(audit["ok"])
        self.assertEqual(audit["signatures_checked"], audit["entries"])
        self.assertEqual((audit["signatures_bad"], audit["gaps"], audit["forks"]), (0, 0, 0))
        listed = self.world.gsc.ok("audit", "--round", "MTR-2017", "--json").json()["round"]["entries"]
        self.assertIn(("R:EUCA-2014/MTR-2017/KG/DDR/04", "KG", True),
                      [(row["reference"], row["delegation"], row["counts"]) for row in listed])

    def test_8_everything_is_there_after_a_restart(self):
        kg = self.world.kg
        before = kg.instrument("--digest")
        self.assertEqual(kg.stop(), 0)
        kg.start()
        after = kg.instrument("--digest")
        for field in ("entries", "frontier_digest", "view_digest", "charter_position"):
            self.assertEqual(before[field], after[field], field)

    def test_9_a_second_process_on_the_same_data_is_refused_by_name(self):
        kg = self.world.kg
        second = subprocess.run([str(kg.process.args[0]), "--data", kg.data, "--listen", "127.0.0.1:0", "--socket",
                                 self.world.home / "other-run" / "node.sock"], capture_output=True, text=True,
                                timeout=30)
        self.assertEqual(second.returncode, 9)
        self.assertIn(str(kg.process.pid), second.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

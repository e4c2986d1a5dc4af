"""Bad input gets one clear error with a code and a way on and the right exit status; nothing is half-written."""

import json
import os
import subprocess
import unittest

from cluster import BIN, CATALOGUE, Cluster


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = Cluster(parties=("kg",))

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def refused(self, node, status, text, *words):
        before = node.instrument()["entries"] if node.status()["instruments"] else 0
        result = node.entente(*words)
        self.assertEqual(result.status, status, result)
        self.assertIn(text, result.err, result)
        self.assertNotIn("Traceback", result.err)
        self.assertEqual(node.instrument()["entries"], before)

    def file(self, name, text):
        path = self.world.home / name
        path.write_text(text, encoding="utf-8")
        return path

    def test_an_unknown_command_suggests_the_nearest(self):
        self.refused(self.world.kg, 2, "status", "statsu")

    def test_a_node_over_tcp_is_refused(self):
        self.refused_plain(["--node", "127.0.0.1:7400", "status"], 2, "unix:")

    def test_an_absent_node_is_status_3(self):
        self.refused_plain(["--node", "unix:/nonexistent/node.sock", "status"], 3, "entented")

    def refused_plain(self, words, status, text):
        done = subprocess.run([BIN / "client" / "entente", *words], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(text, done.stderr)

    def test_a_broken_catalogue_names_line_and_column_and_signs_nothing(self):
        lines = CATALOGUE.read_text(encoding="utf-8").splitlines()
        broken = self.file("broken.csv", "\n".join([lines[0].replace("nature", "natur"), *lines[1:], ""]))
        self.refused(self.world.gsc, 5, "natur", "instrument", "import", "--catalogue", broken, "--key",
                     self.world.gsc.key, "--yes")

    def test_a_catalogue_cut_anywhere_in_its_last_lines_signs_nothing(self):
        whole = CATALOGUE.read_text(encoding="utf-8")
        for missing in (1, 2, 20, 60):
            cut = self.file("cut.csv", whole[:-missing])
            self.refused(self.world.gsc, 5, "cut", "instrument", "import", "--catalogue", cut, "--key",
                         self.world.gsc.key, "--yes")

    def test_a_truncated_invitation_is_refused(self):
        gsc, kg = self.world.gsc, self.world.kg
        gsc.ok("instrument", "invite", "--for", "KG", "--out", "whole.invitation")
        whole = (self.world.home / "whole.invitation").read_text()
        cut = self.file("cut.invitation", whole[: len(whole) // 2])
        result = kg.entente("instrument", "join", cut, "--yes")
        self.assertIn(result.status, (4, 5, 9), result)
        self.assertTrue(result.err.strip())

    def test_a_wrong_pin_is_refused(self):
        gsc, kg = self.world.gsc, self.world.kg
        gsc.ok("instrument", "invite", "--for", "KG", "--out", "pin.invitation")
        result = kg.entente("instrument", "join", "pin.invitation", "--pin", "00" * 32, "--yes")
        self.assertIn(result.status, (4, 5), result)

    def test_a_truncated_key_file_is_refused(self):
        kg = self.world.kg
        cut = self.file("cut.key", kg.key.read_text()[:40])
        os.chmod(cut, 0o600)
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "en")
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "narrative=x")
        kg.ok("draft", "finalise", "d-1")
        self.refused(kg, 9, "cut.key", "submit", "d-1", "--key", cut, "--accept-warnings", "--yes")

    def test_a_key_others_can_read_is_refused(self):
        gsc = self.world.gsc
        loose = self.file("loose.key", gsc.key.read_text())
        self.file("loose.key.pub", gsc.key.with_name(gsc.key.name + ".pub").read_text())
        os.chmod(loose, 0o644)
        text = CATALOGUE.read_text(encoding="utf-8")
        changed = self.file("changed.csv", text.replace("Drug demand reduction", "Drug demand reduction (changed)"))
        self.refused(gsc, 9, "chmod", "instrument", "import", "--catalogue", changed, "--key", loose, "--yes")

    def test_a_stranger_key_may_not_speak(self):
        kg, gsc = self.world.kg, self.world.gsc
        result = kg.entente("instrument", "import", "--catalogue", CATALOGUE, "--key", gsc.key, "--yes")
        self.assertEqual(result.status, 5, result)
        self.assertIn("KEY_NOT_ENROLLED", result.err)

    def test_a_party_may_not_write_the_catalogue(self):
        kg = self.world.kg
        result = kg.entente("instrument", "import", "--catalogue", CATALOGUE, "--key", kg.key, "--yes")
        self.assertEqual(result.status, 5, result)

    def test_a_second_delegation_on_one_node_is_refused(self):
        kg = self.world.kg
        self.refused(kg, 5, "already serves", "delegation", "found", "--code", "XX", "--name", "X", "--signer-key",
                     kg.signer, "--author-key", kg.key, "--label", "x", "--yes")

    def test_a_port_in_use_is_named(self):
        other = self.world.home / "port-test"
        taken = f"127.0.0.1:{self.world.kg.port}"
        done = subprocess.run([BIN / "node" / "entented", "--data", other, "--listen", taken, "--socket",
                               self.world.home / "port-run" / "node.sock"], capture_output=True, text=True,
                              timeout=30)
        self.assertEqual(done.returncode, 9, done.stderr)
        self.assertIn(str(self.world.kg.port), done.stderr)

    def test_a_foreign_directory_is_not_a_store(self):
        foreign = self.world.home / "foreign"
        (foreign / "store").mkdir(parents=True)
        (foreign / "store" / "letter.txt").write_text("hello")
        done = subprocess.run([BIN / "node" / "entented", "--data", foreign, "--listen", "127.0.0.1:0", "--socket",
                               self.world.home / "foreign-run" / "node.sock"], capture_output=True, text=True,
                              timeout=30)
        self.assertEqual(done.returncode, 9, done.stderr)
        self.assertEqual((foreign / "store" / "letter.txt").read_text(), "hello")

    def test_an_unknown_reference_is_status_6(self):
        self.refused(self.world.kg, 6, "not", "history", "R:EUCA-2014/MTR-2017/KZ/DDR/01")

    def test_errors_are_json_objects_under_json(self):
        result = self.world.kg.entente("--json", "history", "R:EUCA-2014/MTR-2017/KZ/DDR/01")
        error = json.loads(result.err)
        for field in ("code", "message", "hint"):
            self.assertIn(field, error)


if __name__ == "__main__":
    unittest.main(verbosity=2)

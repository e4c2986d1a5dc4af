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

    def test_a_file_in_another_form_says_in_which(self):
        text = CATALOGUE.read_text(encoding="utf-8")
        unicode = self.world.home / "unicode.csv"
        unicode.write_bytes(text.encode("utf-16"))
        parted = self.file("parted.csv", "part;subject_kind\r\n\"report\";\"commitment\"\r\n")
        for path, said in ((unicode, "UTF-16"), (parted, "parted by semicolons")):
            self.refused(self.world.gsc, 5, said, "instrument", "import", "--catalogue", path, "--key",
                         self.world.gsc.key, "--yes")
            self.refused(self.world.kg, 5, said, "draft", "import", path)

    def test_every_line_of_a_draft_import_that_is_wrong_is_told(self):
        wrong = self.file("wrong.csv", "part,delegation,round,subject_kind,subject,implementation\n"
                          "report,KG,MTR-2017,commitment,DDR/08,ongoing\nreport,KG,MTR-2017,commitment,DDR/09,done\n")
        result = self.world.kg.entente("draft", "import", wrong)
        self.assertEqual(result.status, 5, result)
        for said in ("2 faults; no draft was made", "line 2: implementation", "line 3: implementation"):
            self.assertIn(said, result.err)

    def test_a_code_that_nobody_knows_is_status_6_and_not_an_empty_answer(self):
        kg = self.world.kg
        for words, said in ((("todo", "--delegation", "ZZ"), "known: EU-GSC KG"),
                            (("conflicts", "--delegation", "ZZ"), "known: EU-GSC KG"),
                            (("changes", "--since", "2017-01-01", "--delegation", "ZZ"), "known: EU-GSC KG"),
                            (("search", "drug", "--delegation", "ZZ"), "known: EU-GSC KG"),
                            (("report", "list", "--round", "MTR-2071"), "did you mean MTR-2017? known: MTR-2017"),
                            (("report", "list", "--implementation", "ongoing"), "known: "),
                            (("report", "list", "--chapter", "D"), "known: "),
                            (("commitment", "list", "--chapter", "ZZZ"), "known: "),
                            (("intervention", "list", "--round", "NOPE-1"), "known: MTR-2017"),
                            (("export", "--chapter", "ZZ"), "known: "),
                            (("series", "OST-CLIENTS", "--dim", "gender=T"), "sex=T"),
                            (("meeting", "show", "meeting/00000000"), "nothing stands under"),
                            (("amendment", "show", "amendment/99999999"), "nothing stands under"),
                            (("draft", "new", "--correct", "R:EUCA-2014/MTR-2017/KG/DDR/01"),
                             "round MTR-2017, delegation KG, commitment DDR/01")):
            self.refused(kg, 6, said, *words)
        self.refused(kg, 2, "later than --to", "series", "OST-CLIENTS", "--from", "2018", "--to", "2015")
        self.refused(kg, 2, "--by", "missing", "--by", "delegation")
        self.refused(kg, 2, "since", "changes", "--since", "last tuesday")

    def test_titles_as_they_are_shown_are_taken(self):
        kg = self.world.kg
        for lang in ("en", "fr", "ru"):
            title = next(line.split("  ", 1)[1].strip().split("   ")[0]
                         for line in kg.ok("--lang", lang, "chapter", "list").out.splitlines()
                         if line.startswith("DDR "))
            rows = kg.ok("missing", "--round", "MTR-2017", "--chapter", title, "--json").json()["rows"]
            self.assertEqual({row["subject"] for row in rows}, {"DDR"}, title)

    def test_files_that_cannot_be_written_are_named_as_they_were_typed(self):
        kg, home = self.world.kg, self.world.home
        for name in ("x.csv", "x.xlsx"):
            out = home / "nope" / name
            ending = ("--format", "xlsx") if name.endswith("xlsx") else ()
            self.refused(kg, 9, f"{out}: cannot be written (No such file or directory)", "export", *ending, "--out",
                         out)
        brief = kg.entente("brief", "--round", "MTR-2017", "--out", home / "nope" / "brief.pdf")
        self.assertEqual(brief.status, 9, brief)
        self.assertNotIn(".part", brief.err)
        self.assertIn("part,reference,", kg.ok("export", "--out", "-").out)
        self.assertFalse((home / "-").exists())

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
        lines = [line.strip() for line in result.err.splitlines() if "E-AUTH" in line]
        self.assertEqual(len(lines), len(set(lines)), result)  # once a kind, not once a record
        for line in lines:
            self.assertTrue(line.endswith("written by who is admitted as secretariat"), line)

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

"""Bundles as files on a stick: names that are taken, sets that break off, a terminal, encryption with age."""

import os
import pty
import subprocess
import unittest

from cluster import BIN
from stick import StickTest


class BundleFiles(StickTest):
    def test_files_are_not_written_over_and_a_wrong_word_is_named(self):
        taken = self.stick / "taken.bundle"
        taken.write_text("mine")
        result = self.gsc.entente("bundle", "create", "--for", "KG", "--out", taken, "--json")
        self.assertEqual(result.status, 5, result)
        self.assertIn("FILE_EXISTS", result.err)
        self.assertEqual(taken.read_text(), "mine")
        # A stick that is not there: no file of its name.
        for words in (("create", "--for", "KG"), ("receipt",)):
            for out in (self.stick / "nope", f"{self.stick}/nope/"):
                gone = self.gsc.entente("bundle", *words, "--out", out)
                self.assertEqual(gone.status, 9, gone)
                self.assertIn("there is no such folder", gone.err)
                self.assertFalse((self.stick / "nope").exists())
        # Whatever the node is doing: where there is nothing to write to, it is not asked.
        for words in (("create", "--for", "KG"), ("receipt",)):
            gone = self.gsc.entente("--node", f"unix:{self.stick}/nobody.sock", "bundle", *words, "--out",
                                    self.stick / "nope" / "x.bundle")
            self.assertEqual(gone.status, 9, gone)
            self.assertIn("there is no such folder", gone.err)
        nobody = self.gsc.entente("bundle", "plan", "--for", "XX", "--json")
        self.assertEqual(nobody.status, 6, nobody)
        self.assertIn("KG", nobody.err)
        for size, status in (("many", 2), ("5kB", 5), ("9GB", 5)):
            self.assertEqual(self.gsc.entente("bundle", "plan", "--for", "KG", "--max-size", size).status, status, size)

    def test_of_a_set_all_files_are_written_or_none(self):
        self.add_catalogue(1800)
        words = ["bundle", "create", "--for", "KG", "--max-size", "100kB", "--out", str(self.stick / "x.bundle")]
        parts = len(self.plan(self.gsc, "KG", "--max-size", "100kB")["parts"])
        self.assertGreater(parts, 2)
        (self.stick / f"x-{parts}of{parts}.bundle").write_text("mine")
        result = self.gsc.entente(*words)
        self.assertEqual(result.status, 5, result)
        self.assertIn("nothing was written", result.err)
        self.assertEqual([path.read_text() for path in self.stick.iterdir()], ["mine"])
        # In the place of age, something that gives up at the second file.
        tools = self.world.home / "tools"
        tools.mkdir()
        (tools / "age").write_text(f'#!/bin/sh\n/bin/cat\n/bin/mkdir {tools}/done 2>/dev/null\n')
        (tools / "age").chmod(0o755)
        (self.stick / f"x-{parts}of{parts}.bundle").unlink()
        result = self.client(self.gsc, *words, "--age-recipient", "age1test", path=str(tools))
        self.assertEqual(result.returncode, 2, result)
        self.assertTrue((tools / "done").is_dir())
        self.assertEqual(list(self.stick.iterdir()), [])

    def test_on_a_terminal_it_tells_how_far_it_is(self):
        made = self.on_a_terminal(self.gsc, "bundle", "create", "--for", "KG", "--out", str(self.stick))
        (path,) = self.stick.iterdir()
        self.assertIn(f"{path}: ", made)
        self.assertTrue(made.endswith("\r\x1b[K") or "\r\x1b[K" in made, made)
        self.assertIn(f"{path}: ", self.on_a_terminal(self.kg, "bundle", "import", str(path)))
        self.assertNotIn("\x1b[K", self.kg.ok("bundle", "import", path).err)

    def test_age_encrypts_to_who_may_read_it_and_nobody_else_does(self):
        key, recipient = self.identity("kg")
        second, also = self.identity("kg-2")
        wrong, _ = self.identity("somebody")
        empty = self.world.home / "empty"
        empty.mkdir()
        create = ["bundle", "create", "--for", "KG", "--out", str(self.stick), "--age-recipient", recipient,
                  "--age-recipient", also, "--json"]
        absent = self.client(self.gsc, *create, path=str(empty))
        self.assertEqual(absent.returncode, 9, absent)
        self.assertIn("apt-get install age", absent.stderr)
        self.assertEqual(list(self.stick.iterdir()), [])
        nobody = self.gsc.entente(*create, "--age-recipient", "age1nobody")
        self.assertEqual(nobody.status, 2, nobody)
        self.assertEqual(list(self.stick.iterdir()), [])

        made = self.gsc.ok(*create).json()
        (file,) = self.stick.iterdir()
        self.assertEqual(str(file), made["parts"][0]["path"])
        self.assertEqual(file.name[-11:], ".bundle.age")
        self.assertTrue(file.read_bytes().startswith(b"age-encryption.org/v1\n"))
        before, commit = self.state(self.kg), self.kg.status()["commit_number"]
        take = ["bundle", "import", str(file), "--json"]

        def refused(result, status, *said):
            self.assertEqual(result.returncode if hasattr(result, "returncode") else result.status, status, result)
            for words in said:
                self.assertIn(words, result.stderr if hasattr(result, "stderr") else result.err)
            self.assertEqual((self.state(self.kg), self.kg.status()["commit_number"]), (before, commit))

        refused(self.kg.entente(*take), 2, "USAGE", "--age-identity")
        refused(self.kg.entente(*take, "--age-identity", wrong), 9, "FILE_UNREADABLE", "no identity matched")
        refused(self.kg.entente(*take, "--age-identity", empty / "none"), 9, "FILE_UNREADABLE", "none")
        refused(self.client(self.kg, *take, "--age-identity", key, path=str(empty)), 9, "PROGRAM_MISSING",
                "apt-get install age")
        whole = file.read_bytes()
        file.write_bytes(whole[:-20])
        refused(self.kg.entente(*take, "--age-identity", key), 9, "FILE_UNREADABLE")
        file.write_bytes(whole)
        self.assertTrue(self.kg.ok(*take, "--age-identity", wrong, "--age-identity", key).json()["complete"])
        self.assertTrue(self.kg.ok("bundle", "import", "--age-identity", second, file, "--json").json()["complete"])
        # Beside one that is not encrypted, and a receipt the same way.
        receipt = self.kg.ok("bundle", "receipt", "--out", self.stick, "--age-recipient", recipient, "--json").json()
        plain = self.gsc.ok("bundle", "create", "--for", "KG", "--all", "--out", self.stick / "plain.bundle",
                            "--json").json()
        taken = self.kg.ok("bundle", "import", file, plain["parts"][0]["path"], "--age-identity", key, "--json").json()
        self.assertEqual([each["result"] for each in taken["files"]], ["imported"] * 2)
        path = receipt["parts"][0]["path"]
        taken = self.gsc.ok("bundle", "import", path, "--age-identity", key, "--json").json()
        self.assertTrue(taken["files"][0]["news"])

    def on_a_terminal(self, node, *words):
        """What stands on it in the end, with what was drawn over."""
        ours, theirs = pty.openpty()
        client = subprocess.Popen([BIN / "client" / "entente", "--node", f"unix:{node.socket}", *words],
                                  stdout=subprocess.DEVNULL, stderr=theirs, stdin=subprocess.DEVNULL)
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 4096):
                said += piece
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        self.assertEqual(client.wait(60), 0, said)
        return said.decode()

    def client(self, node, *words, path):
        environment = dict(os.environ, PATH=path, ENTENTE_NODE=f"unix:{node.socket}", ENTENTE_INSTRUMENT="EUCA-2014")
        return subprocess.run([BIN / "client" / "entente", *words], env=environment, text=True, capture_output=True,
                              timeout=60)

    def identity(self, name):
        """A key file of age, and its recipient."""
        key = self.world.home / f"{name}.age-key"
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
        made = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True)
        return str(key), made.stdout.strip()


if __name__ == "__main__":
    unittest.main(verbosity=2)

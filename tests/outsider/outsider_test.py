#!/usr/bin/env python3
"""Audit packs checked by programs that share no line with ours: Go's transparency-log library as Debian has it, and
openssl. Both accept an honest pack and refuse every one that was tampered with.

MAKE_PACK names the program that writes an honest pack of a made-up register.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
MAKE_PACK = os.environ["MAKE_PACK"]
ENTRIES = 600


class Outsider(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="entente-outsider."))
        cls.pack = cls.home / "pack"
        subprocess.run([MAKE_PACK, f"{cls.pack}/", str(ENTRIES)], check=True)
        cls.policy = cls.home / "pack.policy"
        cls.go = cls.home / "verify"
        environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOCACHE=str(cls.home / "cache"),
                           GOFLAGS="", CGO_ENABLED="0")
        subprocess.run(["go", "build", "-o", cls.go, HERE / "verify.go"], check=True, env=environment)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home, ignore_errors=True)

    def run_go(self, pack, policy=None):
        return subprocess.run([self.go, pack, policy or self.policy], capture_output=True, text=True)

    def copy(self):
        other = self.home / "tampered"
        shutil.rmtree(other, ignore_errors=True)
        return pathlib.Path(shutil.copytree(self.pack, other))

    def log_key(self):
        return next(line.split()[1] for line in self.policy.read_text().splitlines() if line.startswith("log "))

    def run_shell(self, receipt, key=None):
        return subprocess.run([HERE / "verify.sh", receipt, key or self.log_key()], capture_output=True, text=True)

    def test_go_accepts_the_honest_pack(self):
        done = self.run_go(self.pack)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"ok: {ENTRIES} entries", done.stdout)
        self.assertIn("6 checkpoints, 5 consistency proofs, 3 receipts", done.stdout)

    def test_go_refuses_every_changed_file(self):
        for path in ("checkpoint", "checkpoints/300", "consistency/100-200", "tile/0/001", "tile/1/000.p/2",
                     "tile/entries/000", "tile/entries/002.p/88", "receipts/599.tlog-proof"):
            pack = self.copy()
            data = bytearray((pack / path).read_bytes())
            data[len(data) // 2] ^= 1
            (pack / path).write_bytes(data)
            done = self.run_go(pack)
            self.assertEqual(done.returncode, 1, f"{path}: {done.stdout}{done.stderr}")
            self.assertIn("FAILED", done.stdout, path)

    def test_go_refuses_another_log(self):
        other = self.home / "other.policy"
        lines = self.policy.read_text().splitlines()
        # A witness's key under the log's name: a well-formed key that signed nothing as a log.
        other.write_text("\n".join(line for line in lines if not line.startswith("log ")) + "\n")
        self.assertEqual(self.run_go(self.pack, other).returncode, 1)

    def test_openssl_accepts_every_receipt(self):
        receipts = sorted((self.pack / "receipts").iterdir())
        self.assertEqual(len(receipts), 3)
        for receipt in receipts:
            done = self.run_shell(receipt)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn(f"at index {receipt.name.split('.')[0]} of {ENTRIES}", done.stdout)

    def test_openssl_refuses_every_changed_line(self):
        receipt = self.pack / "receipts" / "599.tlog-proof"
        lines = receipt.read_text().splitlines()
        witness = [n for n, line in enumerate(lines) if "witness" in line]
        for number, line in enumerate(lines):
            if not line or number in witness:  # cosignatures are not looked at here
                continue
            middle = line[:len(line) // 2] + ("A" if line[len(line) // 2] != "A" else "B") + line[len(line) // 2 + 1:]
            bad = self.home / "bad.tlog-proof"
            bad.write_text("\n".join(lines[:number] + [middle] + lines[number + 1:]) + "\n")
            done = self.run_shell(bad)
            self.assertNotEqual(done.returncode, 0, f"line {number}: {middle}")
        self.assertNotEqual(self.run_shell(receipt, self.log_key().replace("register", "another")).returncode, 0)


if __name__ == "__main__":
    unittest.main()

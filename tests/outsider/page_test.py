#!/usr/bin/env python3
"""docs/verify-it-yourself.md, executed: every ```sh block, in order, in a folder that holds what the page begins with.
On an honest pack all of it succeeds; on a forged one it does not.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from timestamp_test import Authority

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "verify-it-yourself.md"
MAKE_PACK = os.environ["MAKE_PACK"]
ENTENTE = pathlib.Path(os.environ["ENTENTE"])


class Page(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="entente-page."))
        self.addCleanup(shutil.rmtree, self.home, True)
        # The pack with a time stamp, as its maker would have it; and the authority's own certificate.
        pack = self.home / "made"
        subprocess.run([MAKE_PACK, f"{pack}/", "300"], check=True)
        for kind in ("policy", "pin"):
            (self.home / f"made.{kind}").rename(self.home / f"euca.{kind}")
        authority = Authority(self.home / "authority", ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"))
        authority.stamp(pack / "checkpoints" / "200", pack / "timestamp" / "200.tsr")
        shutil.copy(authority.home / "ca.pem", self.home / "tsa.pem")
        subprocess.run(["tar", "-C", pack, "-cf", self.home / "euca.pack", *sorted(os.listdir(pack))], check=True)
        shutil.rmtree(pack)

    def run_page(self):
        blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
        self.assertGreater(len(blocks), 5)
        # The page is read beside a checkout, and by people who have the client on their path.
        environment = dict(os.environ, PATH=f"{ENTENTE.parent}:{os.environ['PATH']}", ENTENTE_SOURCE=str(ROOT),
                           GOCACHE=str(self.home / "cache"))
        return subprocess.run(["bash", "-euo", "pipefail", "-c", "\n".join(blocks)], cwd=self.home, env=environment,
                              capture_output=True, text=True)

    def test_every_command_of_the_page_works(self):
        done = self.run_page()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("ok: 300 entries", done.stdout)
        self.assertIn("Signature Verified Successfully", done.stdout)
        self.assertIn("Verification: OK", done.stdout)
        self.assertIn("Time stamp: ", done.stdout)
        self.assertIn("clean:", done.stdout)

    def forge(self, path, change):
        folder = self.home / "forge"
        folder.mkdir()
        subprocess.run(["tar", "-C", folder, "-xf", self.home / "euca.pack"], check=True)
        change(folder / path)
        subprocess.run(["tar", "-C", folder, "-cf", self.home / "euca.pack", "."], check=True)

    def test_a_forged_pack_stops_them(self):
        def flip(bundle):
            data = bytearray(bundle.read_bytes())
            data[3000] ^= 1
            bundle.write_bytes(data)

        self.forge("tile/entries/000", flip)
        self.assertNotEqual(self.run_page().returncode, 0)

    def test_a_stamp_over_another_checkpoint_stops_them(self):
        self.forge("timestamp/200.tsr", lambda token: token.rename(token.with_name("100.tsr")))
        done = self.run_page()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Verification: FAILED", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()

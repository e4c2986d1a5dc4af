"""A disk that fills up while an attachment comes: entries go on, nothing that came is lost, and it goes on by itself
when there is room. The node's folder is a small file system of its own, seen by that node alone."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import unittest

from cluster import Cluster

NOT_RUN = 77  # ctest's "skipped"
MIB = 1 << 20
REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/09"
# Becomes the node, whose arguments begin with --data FOLDER.
SMALL = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
         'mkdir -p "$2" && mount -t tmpfs -o size=600m none "$2" && exec "$0" "$@"']


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.world = Cluster(parties=("kg", "kz"), places={"kz": {"within": SMALL}})
        self.addCleanup(self.world.close)
        self.gsc, self.kg, self.kz = self.world.gsc, self.world.kg, self.world.kz

    def inside(self, *words):
        return subprocess.run(["nsenter", "--target", str(self.kz.process.pid), "--mount", *words], check=True,
                              capture_output=True, text=True).stdout

    def free(self):
        blocks, size = self.inside("stat", "--file-system", "--format=%a %S", self.kz.data).split()
        return int(blocks) * int(size)

    def fill(self, leave):
        """In small steps, since what comes meanwhile takes room as well."""
        while (room := self.free() - leave) > 0:
            self.inside("sh", "-c", f"head -c {min(room, 8 * MIB)} /dev/zero >> {self.kz.data}/ballast")

    def held(self):
        return self.kz.ok("attachment", "fetch", REPORT, "big.bin", "--json").json()["rows"][0]["bytes_held"]

    def test_it_waits_for_room_and_goes_on(self):
        content = random.Random(1).randbytes(40 * MIB)
        (self.world.home / "big.bin").write_bytes(content)
        self.kg.stop()
        self.kg.start("--attachments-attach-max", "100")
        self.kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/09", "--lang", "en")
        self.kg.ok("draft", "attach", "d-1", "big.bin")
        self.kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", "narrative=Test text.")
        self.kg.ok("submit", "d-1", "--key", self.kg.key, "--accept-warnings", "--yes")
        self.kz.until(lambda n: n.ok("attachment", "list", "--json").json()["rows"])
        # Not enough for all of it: nothing is begun, and why is said.
        self.fill(80 * MIB)
        refused = self.kz.entente("attachment", "get", REPORT, "big.bin", "--out", "got.bin", "--wait", "5")
        self.assertNotEqual(refused.status, 0)
        self.assertIn("free some space", refused.err)
        self.assertEqual(self.held(), 0)
        # Entries are small, and go on.
        report = self.kg.report("d-2", commitment="DDR/08")
        self.kz.until(lambda n: n.entente("where", report["entry_id"]).status == 0)
        # Room, and full again in the middle.
        self.inside("rm", self.kz.data / "ballast")
        self.kz.until(lambda n: self.held() > 0)
        self.fill(20 * MIB)
        stopped = self.held()
        print(f"full again with {stopped} of {len(content)} bytes held", flush=True)
        report = self.kg.report("d-3", commitment="DDR/07")
        self.kz.until(lambda n: n.entente("where", report["entry_id"]).status == 0)
        self.assertGreaterEqual(self.held(), stopped)
        self.inside("rm", self.kz.data / "ballast")
        self.kz.ok("attachment", "get", REPORT, "big.bin", "--out", "got.bin", "--wait", "60")
        got = (self.world.home / "got.bin").read_bytes()
        self.assertEqual(hashlib.sha256(got).hexdigest(), hashlib.sha256(content).hexdigest())
        self.assertTrue(self.kz.ok("audit", "--json").json()["ok"])


if __name__ == "__main__":
    absent = [tool for tool in ("unshare", "nsenter") if shutil.which(tool) is None]
    if os.geteuid() != 0 or absent:
        print(f"not run: needs root and {' '.join(absent) or 'the right to mount'}: full_disk_test")
        sys.exit(NOT_RUN)
    unittest.main(verbosity=2)

"""The largest attachment there may be, attached, synced, saved: memory does not grow with it, and the limit of an
instrument is kept to with a clear message.

    large_attachment_test.py [--seed S] [--mib SIZE]
"""

import argparse
import hashlib
import os
import random
import re
import subprocess
import unittest

from cluster import BIN, ClusterTest, main

MIB = 1 << 20
OPTIONS = argparse.Namespace(seed=11, mib=1024)
REPORT = "R:EUCA-2014/MTR-2017/KG/DDR/08"
NODE_MIB_MAX, CLIENT_MIB_MAX = 192, 64
SECONDS_MAX = 1200


def make_file(path, mib, seed):
    """Like noise, and quickly made: no two MiB are alike."""
    noise = bytearray(random.Random(seed).randbytes(MIB))
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for n in range(mib):
            noise[:8] = n.to_bytes(8, "big")
            digest.update(noise)
            file.write(noise)
    return digest.hexdigest()


def digest_of(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def peak_mib(node):
    with open(f"/proc/{node.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) / 1024


class LargeAttachment(ClusterTest):
    cluster = {"parties": ("kg",)}

    def measured(self, node, *words):
        """Runs the client; its peak of memory in MiB."""
        environment = dict(os.environ, ENTENTE_NODE=f"unix:{node.socket}", NO_COLOR="1", ENTENTE_INSTRUMENT="EUCA-2014")
        client = subprocess.Popen([BIN / "client" / "entente", *map(str, words)], env=environment, cwd=node.home,
                                  stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(client.pid, 0)
        client.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(client.returncode, 0, words)
        return used.ru_maxrss / 1024

    def test_it_goes_from_disk_to_disk_in_bounded_memory(self):
        gsc, kg = self.world.gsc, self.world.kg
        file = self.world.home / "archive.zip"
        digest = make_file(file, OPTIONS.mib, OPTIONS.seed)
        kg.stop()
        kg.start("--attachments-instruments", "EUCA-2014:all:1024:1")
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "en")
        refused = kg.entente("draft", "attach", "d-1", "archive.zip")
        self.assertEqual(refused.status, 5, refused)
        self.assertRegex(refused.err, r"(?s)E-ATT-SIZE.*limit 1\.0 MiB in EUCA-2014.*attachments\.attach_max")
        kg.stop()
        kg.start("--attachments-instruments", "EUCA-2014:all:1024:1024")
        idle = {node.name: peak_mib(node) for node in (kg, gsc)}
        attaching = self.measured(kg, "draft", "attach", "d-1", "archive.zip")
        file.unlink()
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", "narrative=Test text.")
        kg.ok("submit", "d-1", "--key", kg.key, "--accept-warnings", "--yes")
        kg.ok("sync")
        saving = self.measured(gsc, "attachment", "get", REPORT, "archive.zip", "--out", "copy.zip", "--wait",
                               SECONDS_MAX)
        peaks = {node.name: peak_mib(node) for node in (kg, gsc)}
        print(f"{OPTIONS.mib} MiB: idle {idle}, at most {peaks} MiB; client attaching {attaching:.0f}, saving "
              f"{saving:.0f} MiB")
        self.assertEqual(digest_of(self.world.home / "copy.zip"), digest)
        for node, peak in peaks.items():
            self.assertLess(peak, NODE_MIB_MAX, node)
        self.assertLess(max(attaching, saving), CLIENT_MIB_MAX)


if __name__ == "__main__":
    main(OPTIONS)

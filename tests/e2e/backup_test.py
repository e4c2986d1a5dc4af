"""Backups of real nodes: what comes back, what the tool says of what does not, and what damage and kills do.

    backup_test.py [--seed S]
"""

import argparse
import hashlib
import os
import pathlib
import random
import shutil
import signal
import stat
import subprocess
import time
import unittest

from cluster import BIN, Cluster, large_catalogue, main

OPTIONS = argparse.Namespace(seed=1)
os.environ["ENTENTE_NODE_PROGRAM"] = str(BIN / "node" / "entented")


def tree_digest(root):
    """Names and bytes of everything below, so that nothing can change unseen."""
    out = hashlib.sha256()
    for path in sorted(pathlib.Path(root).rglob("*")):
        out.update(str(path.relative_to(root)).encode())
        if path.is_file():
            out.update(path.read_bytes())
    return out.hexdigest()


def checks_of(result):
    return {check["name"]: check["result"] for check in result.json()["checks"]}


class Backup(unittest.TestCase):
    def setUp(self):
        self.world = Cluster(parties=("kg",))
        self.addCleanup(self.world.close)
        self.kg, self.gsc = self.world.kg, self.world.gsc
        self.backups = self.world.home / "backups"
        self.drafts = 0

    def report(self, commitment, text="Test text."):
        self.drafts += 1
        return self.kg.report(f"d-{self.drafts}", commitment=commitment, text=text)

    def restore(self, *words, expect=0):
        """The newest backup into a new directory, and the node started on it."""
        self.kg.stop()
        self.drafts = 1  # as in the backup
        new = self.world.home / "kg-restored"
        done = self.kg.entente("backup", "restore", "--from", self.backups, "--data", new, "--json", *words)
        self.assertEqual(done.status, expect, done)
        self.kg.data = new
        self.kg.start()
        return done.json()

    def assert_same_views(self):
        self.gsc.until(lambda _: self.gsc.instrument()["frontier_digest"] == self.kg.instrument()["frontier_digest"])
        self.assertEqual(self.gsc.instrument("--digest")["view_digest"], self.kg.instrument("--digest")["view_digest"])
        for node in (self.kg, self.gsc):
            self.assertEqual(node.instrument()["disputed"], 0)
            audit = node.ok("audit", "--json").json()
            self.assertTrue(audit["ok"], audit)
            self.assertEqual(audit["forks"], 0)

    def test_what_was_synced_comes_back_and_the_key_goes_on_in_its_next_incarnation(self):
        first = self.report("DDR/01")
        made = self.kg.ok("backup", "create", "--to", self.backups, "--json").json()
        self.assertTrue(made["has_identity"])
        self.assertEqual(stat.S_IMODE(self.backups.stat().st_mode), 0o700)
        self.assertEqual(stat.S_IMODE((self.backups / "extra-1" / "node.key").stat().st_mode), 0o600)
        later = [self.report("DDR/02"), self.report("DDR/03")]
        self.kg.ok("sync")
        spki = self.kg.status()["spki"]

        restored = self.restore("--key", self.kg.key)
        self.assertEqual(restored["newer_than_backup"], 2)
        self.assertEqual(self.kg.status()["spki"], spki)
        self.kg.ok("sync")
        for entry in [first, *later]:
            self.kg.ok("where", entry["entry_id"])
        remarks = " ".join(self.kg.status()["remarks"])
        self.assertIn("restored on", remarks)
        self.assertIn("2 came back from peers, 0 are held by nobody met so far", remarks)
        for lang, said in (("fr", ("! restauré le ", "2 revenues de voisins",
                                   "son entrée suivante va dans l’incarnation 2")),
                           ("ru", ("! восстановлен ", "от соседей 2", "следующая его запись пойдёт в инкарнацию 2"))):
            status = self.kg.ok("--lang", lang, "status").out
            for words in said:
                self.assertIn(words, status)

        new = self.report("DDR/04")
        self.assertEqual(new["entries"][0]["sequence"] if "entries" in new else new["sequence"], 1)
        self.kg.ok("sync")
        self.assert_same_views()
        self.assertEqual(self.kg.status()["remarks"], [], "settled once the key went on")
        again = self.report("DDR/05")
        self.assertEqual(again["sequence"], 2, "the new incarnation goes on")

    def test_a_key_of_which_nothing_is_missing_goes_on_where_it_was(self):
        self.report("DDR/01")
        self.kg.ok("sync")
        self.kg.ok("backup", "create", "--to", self.backups)
        restored = self.restore("--key", self.kg.key)
        self.assertEqual(restored["newer_than_backup"], 0)
        self.kg.ok("sync")
        self.assertEqual(self.report("DDR/02")["sequence"], 2)
        self.kg.ok("sync")
        self.assert_same_views()

    def test_what_was_never_synced_is_counted_by_the_mark(self):
        self.report("DDR/01")
        self.kg.ok("backup", "create", "--to", self.backups)
        self.kg.ok("peer", "pause")
        for commitment in ("DDR/02", "DDR/03", "DDR/04"):
            self.report(commitment)
        restored = self.restore("--key", self.kg.key)
        self.assertEqual(restored["newer_than_backup"], 3)
        self.assertEqual(restored["keys"][0]["in_backup"], 1)
        self.kg.ok("sync")
        remarks = " ".join(self.kg.status()["remarks"])
        self.assertIn("3 entries of our own are newer than the backup: 0 came back from peers, 3 are held by nobody",
                      remarks)
        self.assertEqual(self.report("DDR/02")["sequence"], 1)
        self.kg.ok("sync")
        self.assert_same_views()

    def test_without_a_mark_nothing_is_signed_before_a_peer_was_met(self):
        self.report("DDR/01")
        self.kg.ok("backup", "create", "--to", self.backups)
        self.report("DDR/02")
        self.kg.ok("sync")
        pathlib.Path(f"{self.kg.key}.mark").unlink()  # the key came from a backup of its own
        self.gsc.stop()
        restored = self.restore()
        self.assertIsNone(restored["newer_than_backup"])
        self.kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/03", "--lang", "en")
        self.kg.ok("draft", "set", "d-2", "implementation=in_progress", "assessment=on_track", "narrative=Text.")
        self.kg.ok("draft", "finalise", "d-2")
        stopped = self.kg.entente("submit", "d-2", "--key", self.kg.key, "--accept-warnings", "--yes", "--json")
        self.assertEqual(stopped.status, 7, stopped)
        self.assertIn("RESTORE_GUARD", stopped.err)
        self.assertIn("entente sync", stopped.err)
        self.gsc.start()
        self.kg.ok("sync")
        done = self.kg.ok("submit", "d-2", "--key", self.kg.key, "--accept-warnings", "--yes", "--json").json()
        self.assertEqual(done["sequence"], 1)
        self.kg.ok("sync")
        self.assert_same_views()

    def test_a_flipped_byte_is_found_named_and_not_restored(self):
        self.kg.ok("backup", "create", "--to", self.backups)
        self.assertEqual(self.kg.ok("backup", "verify", "--from", self.backups, "--json").json()["ok"], True)
        self.kg.stop()  # verifying and restoring need no node
        victim = max((p for p in self.backups.rglob("*.sst")), key=lambda p: p.stat().st_size)
        whole = bytearray(victim.read_bytes())
        whole[len(whole) // 2] ^= 0x40
        victim.write_bytes(whole)
        verified = self.kg.entente("backup", "verify", "--from", self.backups, "--json")
        self.assertEqual(verified.status, 4, verified)
        self.assertEqual([d["path"] for d in verified.json()["damages"]], [str(victim.relative_to(self.backups))])
        new = self.world.home / "never"
        refused = self.kg.entente("backup", "restore", "--from", self.backups, "--data", new, "--json")
        self.assertEqual(refused.status, 4, refused)
        self.assertIn(victim.name, refused.err)
        self.assertFalse(new.exists())
        self.assertNotEqual(subprocess.run(["sha256sum", "--quiet", "-c", "backup-1.sha256"], cwd=self.backups,
                                           capture_output=True).returncode, 0)

    def attach(self, commitment, content):
        """A report with a file; only this node has it."""
        (self.world.home / "order.pdf").write_bytes(content)
        self.drafts += 1
        draft = f"d-{self.drafts}"
        self.kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", commitment, "--lang", "en")
        self.kg.ok("draft", "attach", draft, "order.pdf", "--lang", "ru")
        self.kg.ok("draft", "set", draft, "implementation=in_progress", "assessment=on_track", "narrative=Test text.")
        self.kg.ok("submit", draft, "--key", self.kg.key, "--accept-warnings", "--yes")
        return f"R:EUCA-2014/MTR-2017/KG/{commitment}"

    def test_attachments_come_back_and_a_lost_or_altered_chunk_is_named(self):
        self.gsc.stop()  # nobody else has them
        content = random.Random(OPTIONS.seed).randbytes(3 * 65536 + 4321)
        reference = self.attach("DDR/01", content)
        planned = self.kg.ok("backup", "create", "--to", self.backups, "--dry-run", "--json").json()
        made = self.kg.ok("backup", "create", "--to", self.backups, "--json").json()
        for told in (planned, made):
            self.assertEqual((told["attachments"], told["attachment_bytes"], told["attachments_left_out"]),
                             (1, len(content), 0))
        kept, = (self.backups / "attachments").iterdir()
        self.assertEqual(kept.read_bytes(), content)
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)
        without = self.kg.ok("backup", "create", "--to", self.world.home / "small", "--without-attachments", "--json")
        self.assertEqual((without.json()["attachments"], without.json()["attachments_left_out"]), (0, 1))
        self.assertFalse((self.world.home / "small" / "attachments").exists())
        # A second one copies nothing again.
        before = kept.stat().st_mtime_ns
        self.kg.ok("backup", "create", "--to", self.backups)
        self.assertEqual(kept.stat().st_mtime_ns, before)

        self.kg.stop()
        altered = bytearray(content)
        altered[2 * 65536 + 5] ^= 1
        for bad in (bytes(altered), content[:3 * 65536], None):
            kept.unlink() if bad is None else kept.write_bytes(bad)
            verified = self.kg.entente("backup", "verify", "--from", self.backups, "--json")
            self.assertEqual(verified.status, 4, verified)
            self.assertEqual([d["path"] for d in verified.json()["damages"]], [f"attachments/{kept.name}"])
            refused = self.kg.entente("backup", "restore", "--from", self.backups, "--data", self.world.home / "never")
            self.assertEqual(refused.status, 4, refused)
            self.assertIn(kept.name, refused.err)
            self.assertFalse((self.world.home / "never").exists())
        kept.write_bytes(content)
        self.assertEqual(self.restore("--key", self.kg.key)["attachments"], 1)
        self.kg.ok("attachment", "get", reference, "order.pdf", "--out", "back.pdf", "--wait", "0")
        self.assertEqual((self.world.home / "back.pdf").read_bytes(), content)

    def test_a_chunk_damaged_on_the_nodes_disk_is_not_backed_up_as_if_it_were_whole(self):
        self.gsc.stop()
        content = random.Random(OPTIONS.seed).randbytes(2 * 65536)
        self.attach("DDR/01", content)
        kept, = (path for path in (self.kg.data / "blobs").iterdir() if path.suffix != ".tree")
        with kept.open("r+b") as file:
            file.seek(65536 + 7)
            file.write(bytes([content[65536 + 7] ^ 1]))
        made = self.kg.ok("backup", "create", "--to", self.backups)
        self.assertIn("Attachments: 0 in it, 0.0 MiB; 1 not in it", made.out)
        self.kg.ok("backup", "verify", "--from", self.backups)

    def test_a_running_or_full_directory_is_never_written_over(self):
        self.kg.ok("backup", "create", "--to", self.backups)
        running = self.kg.entente("backup", "restore", "--from", self.backups, "--data", self.kg.data)
        self.assertEqual(running.status, 9, running)
        self.assertIn("running node", running.err)
        self.kg.stop()
        before = tree_digest(self.kg.data)
        full = self.kg.entente("backup", "restore", "--from", self.backups, "--data", self.kg.data)
        self.assertEqual(full.status, 5, full)
        self.assertEqual(tree_digest(self.kg.data), before)
        missing = self.kg.entente("backup", "restore", "--from", self.backups, "--backup", 7, "--data", "x")
        self.assertEqual(missing.status, 6, missing)

    def test_killed_at_any_moment_there_is_a_whole_backup_or_none_and_never_half_a_restore(self):
        generator = random.Random(OPTIONS.seed)
        kg, new = self.kg, self.world.home / "kg-restored"
        self.gsc.ok("instrument", "import", "--catalogue", large_catalogue(self.world.home, 1500), "--key",
                    self.gsc.key, "--yes")
        kg.ok("sync")
        begun = time.monotonic()
        kg.ok("backup", "create", "--to", self.backups)
        took = time.monotonic() - begun
        for _ in range(4):
            client = subprocess.Popen([BIN / "client" / "entente", "--node", f"unix:{kg.socket}", "backup", "create",
                                       "--to", self.backups], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                client.wait(generator.uniform(0.01, took))
            except subprocess.TimeoutExpired:
                pass
            kg.kill()
            client.wait(60)
            listed = kg.ok("backup", "list", "--from", self.backups, "--json").json()["rows"]
            self.assertGreaterEqual(len(listed), 1, f"seed {OPTIONS.seed}")
            for row in listed:
                self.assertEqual(row["problem"], "", f"seed {OPTIONS.seed}")
                kg.ok("backup", "verify", "--from", self.backups, "--backup", row["number"])
            kg.start()
        kg.ok("backup", "create", "--to", self.backups)
        kg.stop()
        line = ["backup", "restore", "--from", self.backups, "--data", new]
        for _ in range(6):
            restoring = subprocess.Popen([BIN / "client" / "entente", *line], stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE)
            try:
                restoring.wait(generator.uniform(0.01, took))
            except subprocess.TimeoutExpired:
                restoring.send_signal(signal.SIGKILL)
            # Ends with the last that may write to it: the process the command had started shares it, and may
            # still be renaming when the command itself is gone.
            restoring.communicate(timeout=60)
            if new.exists():
                self.assertTrue((new / "store" / "FORMAT").exists(), f"half a restore, seed {OPTIONS.seed}")
                shutil.rmtree(new)
        done = kg.entente(*line)
        self.assertEqual(done.status, 0, done)
        self.assertFalse(pathlib.Path(f"{new}.restoring").exists())
        kg.data = new
        kg.start()
        kg.ok("sync")
        self.assert_same_views()

    def test_the_doctor_finds_what_is_wrong_with_and_without_a_node(self):
        self.report("DDR/01")
        self.kg.ok("sync")
        self.kg.ok("backup", "create", "--to", self.backups)
        healthy = self.kg.ok("doctor", "--key", self.kg.key, "--full", "--json")
        found = checks_of(healthy)
        for name in ("node", "data_directory", "store_marker", "head", "store_checksums", "log", "tls_identity",
                     "lock", "restore", "key_file", "peer_EU-GSC"):
            self.assertEqual(found[name], "ok", f"{name}: {healthy}")
        self.gsc.stop()
        self.kg.key.chmod(0o644)
        ill = self.kg.entente("doctor", "--key", self.kg.key, "--json")
        self.assertEqual(ill.status, 4, ill)
        self.assertEqual(checks_of(ill)["key_file"], "fail")
        self.assertEqual(checks_of(ill)["peer_EU-GSC"], "fail")
        self.kg.key.chmod(0o600)

        looked_at_while_running = self.kg.ok("doctor", "--data", self.kg.data, "--json")
        self.assertEqual(checks_of(looked_at_while_running)["lock"], "warn")
        self.kg.stop()
        before = tree_digest(self.kg.data)
        down = self.kg.ok("doctor", "--data", self.kg.data, "--full", "--json")
        self.assertEqual(checks_of(down)["log"], "ok")
        self.assertEqual(tree_digest(self.kg.data), before, "looking changed something")
        table = max((self.kg.data / "store" / "db").glob("*.sst"), key=lambda p: p.stat().st_size)
        whole = bytearray(table.read_bytes())
        whole[len(whole) // 3] ^= 1
        table.write_bytes(whole)
        (self.kg.data / "tls" / "node.key").chmod(0o640)
        sick = self.kg.entente("doctor", "--data", self.kg.data, "--json")
        self.assertEqual(sick.status, 4, sick)
        self.assertEqual(checks_of(sick)["store_checksums"], "fail", sick)
        self.assertEqual(checks_of(sick)["tls_identity"], "fail")
        for check in sick.json()["checks"]:
            self.assertTrue(check["result"] == "ok" or check["fix"], check)


if __name__ == "__main__":
    main(OPTIONS)

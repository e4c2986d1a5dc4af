"""A laptop is lost after it signed without network: what arrives later is held, told, and taken in by name."""

import shutil
import unittest

from cluster import ClusterTest

REPORT = "R:EUCA-2014/MTR-2017/KG/{}".format


class LostLaptop(ClusterTest):
    """The Secretariat, the office of KG, and its focal point's laptop, each with a node."""

    cluster = {"parties": ("kg",)}

    @classmethod
    def found(cls):
        world = cls.world
        cls.gsc, cls.kg = world.gsc, world.kg
        cls.laptop = laptop = world.add("laptop")
        laptop.ok("key", "new", "--out", laptop.key, "--no-passphrase")
        laptop.ok("delegation", "join", "KG.credentials")
        cls.act("node", "add", laptop.status()["spki"], "--address", laptop.address)
        cls.act("enrol", "--key-file", f"{laptop.key}.pub", "--label", "Focal point, laptop", "--role", "focal_point")
        cls.kg.ok("sync", "--with", "EU-GSC")
        laptop.ok("instrument", "join", "kg.invitation", "--yes")
        cls.entries = [laptop.report("d-1", commitment="DDR/01")]
        world.sync_all()
        laptop.ok("peer", "pause")
        # Without network: three reports nobody else has when the laptop is lost.
        for number, commitment in ((2, "DDR/04"), (3, "DDR/08"), (4, "DDR/09")):
            cls.entries.append(laptop.report(f"d-{number}", commitment=commitment))

    @classmethod
    def act(cls, *words):
        return cls.kg.ok("delegation", *words, "--signer-key", cls.kg.signer, "--yes")

    def everywhere(self, **wanted):
        for node in self.world.nodes.values():
            instrument = node.instrument()
            for name, value in wanted.items():
                self.assertEqual(instrument[name], value, f"{node.name} {name}")
        for digest in ("frontier_digest", "authority_digest", "view_digest"):
            values = {node.instrument("--digest")[digest] for node in self.world.nodes.values()}
            self.assertEqual(len(values), 1, digest)

    def test_1_the_office_declares_it_lost_and_is_told_what_stays(self):
        planned = self.kg.ok("delegation", "revoke", "--key-file", f"{self.laptop.key}.pub", "--lost", "--signer-key",
                             self.kg.signer, "--dry-run")
        self.assertIn("revoke ", planned.out)
        self.assertIn(REPORT("DDR/01"), planned.err)
        told = self.act("revoke", "--key-file", f"{self.laptop.key}.pub", "--lost")
        self.assertIn("1 entry of it known here stays", told.err)
        self.assertIn("0 known here will be held in quarantine", told.err)
        self.kg.ok("sync", "--with", "EU-GSC")
        self.assertEqual(self.gsc.instrument()["quarantined"], 0)

    def test_2_what_the_laptop_still_had_arrives_later_and_is_held_everywhere(self):
        gsc, laptop = self.gsc, self.laptop
        laptop.ok("peer", "resume")
        gsc.entente("sync")
        laptop.ok("sync")
        self.world.sync_all()
        self.everywhere(quarantined=3, pending=0, disputed=0)
        for node in self.world.nodes.values():
            rows = node.ok("report", "list", "--uncounted", "--json").json()["rows"]
            self.assertEqual([row["reference"] for row in rows],
                             [REPORT(code) for code in ("DDR/04", "DDR/08", "DDR/09")], node.name)
            reports = node.ok("report", "list", "--delegation", "KG", "--json").json()["rows"]
            self.assertEqual([row["subject"] for row in reports], ["DDR/01"])
        row = gsc.ok("report", "list", "--uncounted", "--json").json()["rows"][0]
        self.assertIn("outside revoke (lost)", row["why"])
        self.assertIn("counts up to number 1", row["why"])
        self.assertIn("entente delegation adopt", row["todo"])
        for lang, why, about in (("fr", "hors de ce que garde la révocation (perdue) du ", "que faire de "),
                                 ("ru", "вне того, что оставляет отзыв (утерян) от ", "что делать с ")):
            listed = gsc.ok("--lang", lang, "report", "list", "--uncounted").out
            story = gsc.ok("--lang", lang, "history", REPORT("DDR/09")).out
            self.assertIn(why, listed)
            self.assertIn(about, story)
            for english in ("counts up to", "signers of", "bring it back"):
                self.assertNotIn(english, listed + story)
        self.assertTrue(gsc.ok("audit", "--json").json()["ok"])

    def test_3_the_lost_key_can_sign_no_more(self):
        laptop = self.laptop
        laptop.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DSR/01", "--lang", "en")
        laptop.ok("draft", "set", "d-5", "implementation=in_progress", "assessment=on_track", "narrative=x")
        laptop.ok("draft", "finalise", "d-5")
        stopped = laptop.entente("submit", "d-5", "--key", laptop.key, "--accept-warnings", "--yes")
        self.assertEqual(stopped.status, 5, stopped)
        self.assertIn("revoked (lost)", stopped.err)

    def test_4_the_honest_ones_are_adopted_by_name_and_the_story_tells_it(self):
        one, two = (self.entries[number]["entry_id"][:12] for number in (1, 2))
        backwards = self.kg.entente("delegation", "adopt", f"{two}..{one}", "--reason", "x", "--dry-run")
        self.assertEqual(backwards.status, 5, backwards)
        self.act("adopt", REPORT("DDR/04"), f"{one}..{two}", "--reason", "he remembers writing these")
        self.world.sync_all()
        self.everywhere(quarantined=1)
        for node in self.world.nodes.values():
            reports = node.ok("report", "list", "--delegation", "KG", "--json").json()["rows"]
            self.assertEqual(sorted(row["subject"] for row in reports), ["DDR/01", "DDR/04", "DDR/08"], node.name)
            adopted = node.ok("history", REPORT("DDR/04")).out
            for text in ("stands", "adopted by KG", "he remembers writing these", "was revoked (lost)"):
                self.assertIn(text, adopted)
            self.assertIn("outside revoke (lost)", node.ok("where", REPORT("DDR/09")).out)
            held = node.ok("history", REPORT("DDR/09")).out
            for text in ("quarantined", "outside revoke (lost)", "entente delegation adopt"):
                self.assertIn(text, held)

    def test_5_the_office_reports_again_with_its_own_key(self):
        self.kg.report("d-1", commitment="DDR/09", text="Written again at the office.")
        self.world.sync_all()
        self.everywhere(quarantined=1)


class CopiedKey(ClusterTest):
    """One key on two machines: stopped where it can be known, and settled where it could not."""

    cluster = {"parties": ("kg",)}

    def test_1_a_restored_node_is_stopped_before_it_forks_and_nothing_is_lost(self):
        kg, gsc = self.world.kg, self.world.gsc
        kg.report("d-1", commitment="DDR/01")
        kg.stop()
        old = self.world.home / "kg-copy"
        shutil.copytree(kg.data, old)
        kg.start()
        kg.report("d-2", commitment="DDR/04")
        kg.ok("sync", "--with", "EU-GSC")
        kg.stop()
        shutil.rmtree(kg.data)
        shutil.move(old, kg.data)
        gsc.stop()  # nobody to ask
        kg.start()
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "en")
        kg.ok("draft", "set", "d-2", "implementation=in_progress", "assessment=on_track", "narrative=x")
        kg.ok("draft", "finalise", "d-2")
        stopped = kg.entente("submit", "d-2", "--key", kg.key, "--accept-warnings", "--yes")
        self.assertEqual(stopped.status, 7, stopped)
        for text in ("RESTORE_GUARD", "restored from an older copy", "--open-incarnation"):
            self.assertIn(text, stopped.err)
        kg.ok("submit", "d-2", "--key", kg.key, "--accept-warnings", "--yes", "--open-incarnation")
        gsc.start()
        self.world.sync_all()
        for node in (kg, gsc):
            rows = node.ok("report", "list", "--delegation", "KG", "--json").json()["rows"]
            self.assertEqual(sorted(row["subject"] for row in rows), ["DDR/01", "DDR/04", "DDR/08"], node.name)
        self.assertEqual([alarm["code"] for alarm in kg.status()["alarms"]], ["INCARNATION"])

    def test_2_two_machines_with_one_key_fork_and_both_branches_are_kept(self):
        kg, gsc = self.world.kg, self.world.gsc
        other = self.world.add("other")
        other.ok("delegation", "join", "KG.credentials")
        kg.ok("delegation", "node", "add", other.status()["spki"], "--address", other.address,
              "--signer-key", kg.signer, "--yes")
        kg.ok("sync", "--with", "EU-GSC")
        other.ok("instrument", "join", "kg.invitation", "--yes")
        self.world.sync_all()
        for end in ("", ".pub", ".mark"):
            shutil.copy(f"{kg.key}{end}", f"{other.key}{end}")
        for node in (kg, other):
            node.ok("peer", "pause")
        kg.report("d-3", commitment="DSR/01")
        other.report("d-1", commitment="DSR/02")
        for node in (kg, other):
            node.ok("peer", "resume")
        self.world.sync_all()
        for node in (kg, other, gsc):
            self.assertEqual(node.instrument()["disputed"], 2, node.name)
            shown = node.ok("status").out
            self.assertTrue(shown.startswith("!! FEED-FORK"), shown)
        gsc.ok("delegation", "fork", "KG", "--out", "key.evidence")
        proof = gsc.ok("audit", "evidence", "key.evidence", "--json").json()
        self.assertNotEqual(proof["first"], proof["second"])
        self.assertLess((self.world.home / "key.evidence").stat().st_size, 2000)
        text = (self.world.home / "key.evidence").read_text()
        lines = text.splitlines()
        same = "\n".join([*lines[:4], lines[3], ""])
        (self.world.home / "same.evidence").write_text(same)
        self.assertEqual(gsc.entente("audit", "evidence", "same.evidence").status, 4)
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DSR/03", "--lang", "en")
        kg.ok("draft", "set", "d-4", "implementation=in_progress", "assessment=on_track", "narrative=x")
        kg.ok("draft", "finalise", "d-4")
        stopped = kg.entente("submit", "d-4", "--key", kg.key, "--accept-warnings", "--yes")
        self.assertEqual(stopped.status, 7, stopped)
        for told in ("2 branches", "both are kept", "--open-incarnation", "resolve-fork"):
            self.assertIn(told, stopped.err)
        kg.ok("submit", "d-4", "--key", kg.key, "--accept-warnings", "--yes", "--open-incarnation")
        asked = kg.entente("delegation", "resolve-fork", "--signer-key", kg.signer, "--yes")
        self.assertEqual(asked.status, 7, asked)
        self.assertIn("--keep-all", asked.err)
        kg.ok("delegation", "resolve-fork", "--keep-all", "--signer-key", kg.signer, "--yes")
        self.world.sync_all()
        for node in (kg, other, gsc):
            self.assertEqual(node.instrument()["disputed"], 0, node.name)
            rows = node.ok("report", "list", "--delegation", "KG", "--json").json()["rows"]
            subjects = {row["subject"] for row in rows}
            self.assertTrue({"DSR/01", "DSR/02", "DSR/03"} <= subjects, (node.name, subjects))
        digests = {node.instrument("--digest")["view_digest"] for node in (kg, other, gsc)}
        self.assertEqual(len(digests), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Who may speak: acts collected by file, offices with successors, suspends, adoptions, forks of chains."""

import shutil
import unittest

from cluster import ClusterTest


class Authority(ClusterTest):
    """One delegation, KG, with three signers of whom two must sign, on two nodes."""

    cluster = {"parties": (), "secretariat_only": True}

    @classmethod
    def found(cls):
        world = cls.world
        cls.gsc = world.gsc
        cls.kg, cls.office = world.add("kg"), world.add("office")
        cls.signers = [world.home / f"s{number}.key" for number in (1, 2, 3)]
        for key in (*cls.signers, cls.kg.key, cls.office.key):
            cls.kg.ok("key", "new", "--out", key, "--no-passphrase")
        words = [word for key in cls.signers for word in ("--signer-key", key)]
        cls.kg.ok("delegation", "found", "--code", "KG", "--name", "Kyrgyzstan", "--threshold", "2", *words,
                  "--author-key", cls.kg.key, "--label", "State Service on Drug Control", "--yes")
        cls.kg.ok("delegation", "export", "--out", "KG.credentials")
        cls.office.ok("delegation", "join", "KG.credentials")
        cls.two("delegation", "node", "add", cls.office.status()["spki"], "--address", cls.office.address)
        cls.kg.ok("delegation", "export", "--out", "KG.credentials")
        cls.gsc.ok("instrument", "admit", "--credentials", "KG.credentials", "--role", "party", "--signer-key",
                   cls.gsc.signer, "--yes")
        world.join("kg")
        cls.office.ok("instrument", "join", "kg.invitation", "--yes")
        world.sync_all()

    @classmethod
    def two(cls, *words, by=(0, 1), node=None):
        """The act, signed by two at one desk."""
        keys = [word for number in by for word in ("--signer-key", cls.signers[number])]
        return (node or cls.kg).ok(*words, *keys, "--yes")

    def refused(self, node, status, text, *words):
        result = node.entente(*words)
        self.assertEqual(result.status, status, result)
        self.assertIn(text, result.out + result.err, result)
        return result

    def state_of(self, node, key):
        name = key.with_name(key.name + ".pub").read_text().splitlines()[1]
        rows = node.ok("who", "--delegation", "KG", "--json").json()["rows"]
        return next(row for row in rows if row["key"] == name)

    def pub(self, key):
        return f"{key}.pub"

    def test_01_an_act_is_collected_by_file_across_two_nodes(self):
        kg, office = self.kg, self.office
        made = kg.ok("delegation", "enrol", "--key-file", self.pub(office.key), "--label", "Laptop", "--role",
                     "focal_point", "--signer-key", self.signers[0], "--out", "enrol.note", "--yes", "--json").json()
        self.assertFalse(made["published"])
        self.assertEqual(made["signatures_missing"], 1)
        read = office.entente("delegation", "sign", "enrol.note", "--dry-run")
        self.assertEqual(read.status, 0, read)
        for word in ("enrols key", "Laptop", "focal_point", "1 more needed"):
            self.assertIn(word, read.err)
        self.refused(office, 5, "is not a signer of this chain", "delegation", "sign", "enrol.note", "--signer-key",
                     self.gsc.signer, "--yes")
        done = office.ok("delegation", "sign", "enrol.note", "--signer-key", self.signers[2], "--yes", "--json").json()
        self.assertTrue(done["published"])
        self.assertEqual(len(done["signed_by"]), 2)
        again = office.ok("delegation", "sign", "enrol.note", "--signer-key", self.signers[1], "--yes")
        self.assertIn("in force already", again.out)
        self.world.sync_all()
        self.assertEqual(self.state_of(self.gsc, office.key)["state"], "active")

    def test_02_an_act_overtaken_by_another_is_stale_and_says_the_way_on(self):
        kg = self.kg
        kg.ok("delegation", "office", "open", "OLD", "--name", "Old desk", "--signer-key", self.signers[0], "--out",
              "stale.note", "--yes")
        self.two("delegation", "office", "open", "SDC", "--name", "State Service on Drug Control", by=(1, 2))
        result = self.refused(kg, 7, "stale", "delegation", "sign", "stale.note", "--signer-key", self.signers[1],
                              "--yes")
        self.assertIn("opens office SDC", result.err)
        self.assertIn("makes it again", result.err)

    def test_03_a_signer_signs_one_text_at_a_position(self):
        kg = self.kg
        one = ("delegation", "office", "open", "A1", "--name", "One", "--signer-key", self.signers[2], "--out",
               "one.note", "--yes")
        kg.ok(*one)
        self.refused(kg, 7, "already signed", "delegation", "office", "open", "B1", "--name", "Other", "--signer-key",
                     self.signers[2], "--out", "other.note", "--yes")
        kg.ok("delegation", "sign", "one.note", "--signer-key", self.signers[0], "--yes")

    def test_04_below_the_threshold_nothing_happens(self):
        before = self.kg.ok("delegation", "show", "--json").json()["position"]
        self.refused(self.kg, 5, "1 more", "delegation", "office", "open", "XX", "--name", "X", "--signer-key",
                     self.signers[0], "--yes")
        self.assertEqual(self.kg.ok("delegation", "show", "--json").json()["position"], before)

    def test_05_kyrgyzstan_2016_one_service_dissolved_two_ministries_take_over(self):
        kg = self.kg
        kg.report("d-1", commitment="DDR/08")
        ministries = {}
        for code, name in (("MOH", "Ministry of Health"), ("MOI", "Ministry of Internal Affairs")):
            ministries[code] = self.world.home / f"{code}.key"
            kg.ok("key", "new", "--out", ministries[code], "--no-passphrase")
            self.two("delegation", "office", "open", code, "--name", name, "--succeeds", "SDC")
            self.two("delegation", "enrol", "--key-file", self.pub(ministries[code]), "--label", name, "--role",
                     "focal_point")
        self.refused(kg, 6, "is not open", "delegation", "office", "close", "SDC", "--successor", "MOD",
                     "--signer-key", self.signers[0], "--yes")
        self.two("delegation", "office", "close", "SDC", "--successor", "MOH", "--successor", "MOI")
        told = self.two("delegation", "revoke", "--key-file", self.pub(kg.key), "--office-closed")
        self.assertIn("1 entry of it known here stays", told.err)
        self.world.sync_all()
        for node in self.world.nodes.values():
            rows = node.ok("report", "list", "--delegation", "KG", "--json").json()["rows"]
            self.assertEqual(len(rows), 1, node.name)
            story = node.ok("who", "--delegation", "KG").out
            for text in ("closed", "taken over by MOH", "taken over by MOI", "office_closed", "succeeds SDC"):
                self.assertIn(text, story)
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/04", "--lang", "en")
        kg.ok("draft", "set", "d-2", "implementation=in_progress", "assessment=on_track", "narrative=By the ministry.")
        kg.ok("draft", "finalise", "d-2")
        stopped = self.refused(kg, 5, "revoked (office_closed)", "submit", "d-2", "--key", kg.key, "--accept-warnings",
                               "--yes")
        self.assertIn("nothing was signed", stopped.err)
        kg.ok("submit", "d-2", "--key", ministries["MOH"], "--accept-warnings", "--yes")

    def test_06_one_signature_suspends_at_once_and_a_threshold_lifts(self):
        kg, office, gsc = self.kg, self.office, self.gsc
        office.report("d-1", commitment="DDR/01")
        self.world.sync_all()
        cut = ("delegation", "suspend", "--key-file", self.pub(office.key), "--reason", "laptop missing", "--through",
               "0", "--signer-key", self.signers[1], "--yes")
        told = kg.ok(*cut)
        self.assertIn("R:EUCA-2014/MTR-2017/KG/DDR/01", told.err)
        self.world.sync_all()
        for node in (kg, gsc):
            self.assertEqual(node.instrument()["quarantined"], 1, node.name)
            row = self.state_of(node, office.key)
            self.assertEqual(row["state"], "suspended")
            self.assertIn("laptop missing", row["detail"])
        self.assertEqual([a["code"] for a in kg.status()["alarms"]], ["KEY-SUSPENDED"])
        self.assertEqual(gsc.status()["alarms"], [], "another delegation's emergency is its own")
        story = gsc.ok("history", "R:EUCA-2014/MTR-2017/KG/DDR/01").out
        for text in ("quarantined", "outside suspend", "laptop missing"):
            self.assertIn(text, story)
        self.refused(kg, 6, "in force:", "delegation", "lift", "00000000", "--signer-key", self.signers[0], "--yes")
        self.two("delegation", "lift", self.pub(office.key))
        self.world.sync_all()
        for node in (kg, gsc):
            self.assertEqual(node.instrument()["quarantined"], 0, node.name)
            self.assertEqual(self.state_of(node, office.key)["state"], "active")
        self.assertEqual(kg.status()["alarms"], [])

    def test_07_signers_change_and_the_suspend_of_one_who_goes_is_decided(self):
        kg, office, gsc = self.kg, self.office, self.gsc
        kg.ok("delegation", "suspend", "--key-file", self.pub(office.key), "--reason", "device lost", "--through", "0",
              "--signer-key", self.signers[2], "--yes")
        fourth = self.world.home / "s4.key"
        kg.ok("key", "new", "--out", fourth, "--no-passphrase")
        stay = [self.signers[0], self.signers[1], fourth]
        change = ("delegation", "signers", "--threshold", "2",
                  *[word for key in stay for word in ("--signer", self.pub(key))])
        before = kg.ok("delegation", "show", "--json").json()["position"]
        self.refused(kg, 5, "add --suspends revoke, or --suspends lift", *change, "--signer-key", self.signers[0],
                     "--signer-key", self.signers[1], "--yes")
        self.refused(kg, 2, "suspends", *change, "--suspends", "keep", "--signer-key", self.signers[0], "--yes")
        self.assertEqual(kg.ok("delegation", "show", "--json").json()["position"], before)
        self.two(*change, "--suspends", "lift")
        self.world.sync_all()
        for node in (kg, gsc):
            self.assertEqual(self.state_of(node, office.key)["state"], "active", node.name)
        self.refused(kg, 5, "is not a signer of this chain", "delegation", "office", "open", "ZZ", "--name", "Z",
                     "--signer-key", self.signers[2], "--yes")
        back = ("delegation", "signers", "--threshold", "2",
                *[word for key in self.signers for word in ("--signer", self.pub(key))])
        # Two of those who signed until now, and two of those who will.
        self.refused(kg, 5, "1 more needed", *back, "--signer-key", self.signers[0], "--signer-key", fourth, "--yes")
        self.two(*back)
        self.world.sync_all()

    def test_08_rotation_names_the_successor_and_an_unannounced_one_is_shown(self):
        kg, office = self.kg, self.office
        fresh = self.world.home / "laptop2.key"
        kg.ok("key", "new", "--out", fresh, "--no-passphrase")
        self.two("delegation", "rotate", "--key-file", self.pub(office.key), "--new-key-file", self.pub(fresh))
        self.world.sync_all()
        self.assertEqual(self.state_of(self.gsc, office.key)["state"], "rotated")
        self.assertIn("followed by", self.state_of(self.gsc, office.key)["detail"])
        row = self.state_of(self.gsc, fresh)
        self.assertEqual((row["state"], row["label"]), ("active", "Laptop"))
        self.assertEqual(self.gsc.instrument()["quarantined"], 0)

    def test_09_adopt_brings_back_by_name_and_void_undoes_it(self):
        kg, gsc = self.kg, self.gsc
        self.two("delegation", "revoke", "--key-file", self.pub(self.office.key), "--compromised", "--through", "0")
        self.world.sync_all()
        self.assertEqual(gsc.instrument()["quarantined"], 1)
        listed = gsc.ok("report", "list", "--uncounted", "--json").json()["rows"]
        self.assertEqual([row["reference"] for row in listed], ["R:EUCA-2014/MTR-2017/KG/DDR/01"])
        self.assertIn("revoke (compromised)", listed[0]["why"])
        self.two("delegation", "adopt", "R:EUCA-2014/MTR-2017/KG/DDR/01", "--reason", "signed before the theft")
        self.world.sync_all()
        self.assertEqual(gsc.instrument()["quarantined"], 0)
        self.assertIn("adopted by KG", gsc.ok("history", "R:EUCA-2014/MTR-2017/KG/DDR/01").out)
        self.two("delegation", "void", listed[0]["entry_id"], "--reason", "adopted by mistake")
        self.world.sync_all()
        self.assertEqual(gsc.instrument()["quarantined"], 1)
        self.refused(kg, 6, "no entry", "delegation", "adopt", "R:EUCA-2014/MTR-2017/KG/IRM/01", "--reason", "x",
                     "--signer-key", self.signers[0], "--yes")

    def test_10_a_weak_key_is_refused_at_enrolment(self):
        weak = self.world.home / "weak.pub"
        weak.write_text("entente/key/v1\n" + "01" + "00" * 31 + "\n" + "A" * 86 + "==\n")
        before = self.kg.ok("delegation", "show", "--json").json()["position"]
        self.refused(self.kg, 5, "KEY_UNACCEPTABLE", "delegation", "enrol", "--key-file", weak, "--label", "x",
                     "--role", "focal_point", "--signer-key", self.signers[0], "--signer-key", self.signers[1], "--yes")
        self.assertEqual(self.kg.ok("delegation", "show", "--json").json()["position"], before)

    def test_11_signers_who_sign_two_versions_are_named_and_the_charter_chooses(self):
        kg, office, gsc = self.kg, self.office, self.gsc
        for node in (kg, office):
            node.ok("peer", "pause")
        copies = []
        for number in (0, 1):
            copy = self.world.home / f"copy{number}.key"
            shutil.copy(self.signers[number], copy)
            shutil.copy(self.pub(self.signers[number]), self.pub(copy))
            copies.append(copy)
        self.two("delegation", "office", "open", "LEFT", "--name", "Left")
        office.ok("delegation", "office", "open", "RIGHT", "--name", "Right", "--signer-key", copies[0], "--signer-key",
                  copies[1], "--yes")
        for node in (kg, office):
            node.ok("peer", "resume")
        self.world.sync_all()
        for node in (kg, office, gsc):
            shown = node.ok("status")
            self.assertTrue(shown.out.startswith("!! CHAIN-FORK"), shown)
            alarm = node.status()["alarms"][0]
            self.assertIn("signed both: entente/", alarm["text"])
        gsc.ok("delegation", "fork", "KG", "--out", "kg.evidence")
        proof = gsc.ok("audit", "evidence", "kg.evidence", "--json").json()
        self.assertEqual(len(proof["signed_both"]), 2)
        text = (self.world.home / "kg.evidence").read_text()
        (self.world.home / "bad.evidence").write_text("\n".join(text.splitlines()[:-1]) + "\n")
        self.refused(gsc, 4, "does NOT prove", "audit", "evidence", "bad.evidence")
        gsc.ok("instrument", "anchor", "--delegation", "KG", "--keep", proof["first"][:8], "--signer-key", gsc.signer,
               "--yes")
        self.world.sync_all()
        for node in (kg, office, gsc):
            self.assertEqual(node.status()["alarms"], [], node.name)
        self.two("delegation", "office", "open", "NEXT", "--name", "After the fork", by=(0, 2))
        self.world.sync_all()
        self.assertIn("NEXT", gsc.ok("who", "--delegation", "KG").out)
        digests = {node.instrument("--digest")["view_digest"] for node in self.world.nodes.values()}
        self.assertEqual(len(digests), 1)

    def test_12_the_charter_needs_its_threshold_too_and_seals(self):
        gsc = self.gsc
        gsc.ok("instrument", "seal", "--delegation", "KG", "--out", "seal.note", "--signer-key", gsc.signer, "--yes")
        read = gsc.ok("instrument", "sign", "seal.note", "--dry-run")
        self.assertIn("seals feed", read.err)
        gsc.ok("instrument", "sign", "seal.note", "--yes", "--signer-key", gsc.signer)
        self.refused(gsc, 6, "admitted: ", "instrument", "seal", "--delegation", "ZZ", "--signer-key", gsc.signer,
                     "--yes")

    def test_13_a_forked_charter_is_named_and_healed_by_all_its_signers(self):
        gsc = self.gsc
        twin = self.world.add("twin")
        gsc.ok("delegation", "export", "--out", "GSC.credentials")
        twin.ok("delegation", "join", "GSC.credentials")
        gsc.ok("delegation", "node", "add", twin.status()["spki"], "--address", twin.address,
               "--signer-key", gsc.signer, "--yes")
        gsc.ok("instrument", "invite", "--for", "EU-GSC", "--out", "twin.invitation")
        twin.ok("instrument", "join", "twin.invitation", "--yes")
        self.world.sync_all()
        for node in (gsc, twin):
            node.ok("peer", "pause")
        copy = self.world.home / "gsc-copy.key"
        shutil.copy(gsc.signer, copy)
        shutil.copy(self.pub(gsc.signer), self.pub(copy))
        for node, key, reason in ((gsc, gsc.signer, "one"), (twin, copy, "other")):
            node.ok("instrument", "suspend", "--delegation", "KG", "--reason", reason, "--signer-key", key, "--yes")
        for node in (gsc, twin):
            node.ok("peer", "resume")
        self.world.sync_all()
        for node in self.world.nodes.values():
            self.assertTrue(node.ok("status").out.startswith("!! CHARTER-FORK"), node.name)
        proof = gsc.ok("instrument", "fork", "--out", "charter.evidence", "--json").json()
        self.assertEqual(len(proof["signed_both"]), 1)
        gsc.ok("audit", "evidence", "charter.evidence")
        self.refused(gsc, 2, "is no branch", "instrument", "resolve-fork", "--keep", "00000000", "--signer-key",
                     gsc.signer, "--yes")
        gsc.ok("instrument", "resolve-fork", "--keep", proof["second"][:10], "--signer-key", gsc.signer, "--yes")
        self.world.sync_all()
        for node in self.world.nodes.values():
            self.assertEqual(node.status()["alarms"], [], node.name)
        digests = {node.instrument("--digest")["authority_digest"] for node in self.world.nodes.values()}
        self.assertEqual(len(digests), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)

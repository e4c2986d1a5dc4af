"""Who may sign for a delegation: an office that was dissolved and the one that took over; two officers for one
report."""

import unittest

from cluster import ClusterTest

SLOT = "R:EUCA-2014/MTR-2017/KG/DDR/08"


def texts(node, reference=SLOT):
    heads = node.ok("report", "show", reference, "--json").json()["heads"]
    return sorted(head["record"]["narratives"][0]["text"] for head in heads)


class Office(ClusterTest):
    """What the tests of this file share."""

    cluster = {"parties": ("kg",)}

    @classmethod
    def enrol(cls, name, label, roles, node=None):
        kg = cls.world.kg
        key = cls.world.home / f"{name}.key"
        (node or kg).ok("key", "new", "--out", key, "--no-passphrase")
        kg.ok("delegation", "enrol", "--key-file", f"{key}.pub", "--label", label, "--role", roles, "--signer-key",
              kg.signer, "--yes")
        return key

    def draft(self, name, text, *words, node=None):
        node = node or self.world.kg
        node.ok("draft", "new", *(words or ("--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "en")))
        node.ok("draft", "set", name, "implementation=in_progress", "assessment=on_track", f"narrative={text}")
        node.ok("draft", "finalise", name)

    def submit(self, name, key, node=None):
        return (node or self.world.kg).entente("submit", name, "--key", key, "--accept-warnings", "--yes", "--json")

    def refused(self, done, *texts_expected):
        self.assertEqual(done.status, 5, done)
        for text in texts_expected:
            self.assertIn(text, done.err)


class OfficeClosed(Office):
    """Office A reports and is dissolved; B and C take over. A's word stays, A says nothing more, B corrects A."""

    @classmethod
    def found(cls):
        kg, world = cls.world.kg, cls.world
        cls.far = world.add("far")  # office A's other machine, in the mountains
        cls.far.ok("delegation", "join", "KG.credentials")
        kg.ok("delegation", "node", "add", cls.far.status()["spki"], "--address", cls.far.address, "--signer-key",
              kg.signer, "--yes")
        world.sync_all()
        cls.far.ok("instrument", "join", "kg.invitation", "--yes")
        cls.b = cls.enrol("b", "Ministry of Health", "focal_point,signatory")
        cls.c = cls.enrol("c", "Ministry of Internal Affairs", "focal_point")

    def act(self, *words):
        return self.world.kg.ok("delegation", *words, "--signer-key", self.world.kg.signer, "--yes")

    def test_1_what_the_office_said_stays_when_it_is_dissolved(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.act("office", "open", "SDC", "--name", "State Service on Drug Control")
        for number, commitment in enumerate(("DDR/08", "DDR/04", "IRM/01"), 1):
            self.draft(f"d-{number}", f"Office A on {commitment}.", "--round", "MTR-2017", "--commitment", commitment,
                       "--lang", "en")
            self.assertEqual(self.submit(f"d-{number}", kg.key).status, 0)
        self.world.sync_all()
        self.far.stop()  # nobody tells the machine in the mountains
        for code, name in (("MOH", "Ministry of Health"), ("MOI", "Ministry of Internal Affairs")):
            self.act("office", "open", code, "--name", name, "--succeeds", "SDC")
        self.act("office", "close", "SDC", "--successor", "MOH", "--successor", "MOI")
        told = self.act("revoke", "--key-file", f"{kg.key}.pub", "--office-closed")
        self.assertIn("3 entries of it known here stay", told.err)
        self.world.sync_all()
        for node in (kg, gsc):
            rows = node.ok("report", "list", "--delegation", "KG", "--json").json()["rows"]
            self.assertEqual(len(rows), 3, node.name)
        self.assertEqual(texts(gsc), ["Office A on DDR/08."])

    def test_2_a_later_record_of_the_office_is_refused(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.draft("d-4", "Office A goes on.", "--correct", SLOT)
        self.refused(self.submit("d-4", kg.key), "E-KEY-REV", "revoked (office_closed)", "nothing was signed")
        kg.ok("draft", "drop", "d-4", "--yes")
        # Where nobody knows of it yet it is signed, kept as evidence, and counts nowhere once it is known.
        for node in (kg, gsc):
            node.stop()
        self.far.start()
        self.draft("d-1", "Office A from the mountains.", "--correct", SLOT, node=self.far)
        self.assertEqual(self.submit("d-1", kg.key, node=self.far).status, 0)
        for node in (kg, gsc):
            node.start()
        self.world.sync_all()
        for node in (gsc, kg, self.far):
            self.assertEqual(texts(node), ["Office A on DDR/08."], node.name)
        held = gsc.ok("history", SLOT, "--json").json()["rows"]
        self.assertIn("quarantined", " ".join(row["state"] for row in held))

    def test_3_the_successor_corrects_what_the_office_said(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.draft("d-5", "The Ministry of Health goes on.", "--correct", SLOT)
        self.assertEqual(self.submit("d-5", self.b).status, 0)
        self.world.sync_all()
        for node in (gsc, kg, self.far):
            self.assertEqual(texts(node), ["The Ministry of Health goes on."], node.name)
        rows = [row for row in gsc.ok("history", SLOT, "--json").json()["rows"] if row["version"]]
        self.assertEqual([(row["state"].split(":")[0], row["key_label"]) for row in rows],
                         [("replaced", "KG test"), ("stands", "Ministry of Health")])
        self.assertEqual(gsc.ok("conflicts", "--json").json()["rows"], [])
        digests = {node.instrument("--digest")["view_digest"] for node in self.world.nodes.values()}
        self.assertEqual(len(digests), 1)
        self.assertTrue(gsc.ok("audit", "--json").json()["ok"])


class TwoOfficers(Office):
    """Where an officer is enrolled `dual`, a signatory puts a second signature under the report."""

    @classmethod
    def found(cls):
        cls.officer = cls.enrol("officer", "Officer Asanov", "focal_point,dual")
        cls.minister = cls.enrol("minister", "Minister", "signatory")
        cls.clerk = cls.enrol("clerk", "Clerk", "focal_point")

    def clear(self, name, key, *more):
        return self.world.kg.entente("draft", "clear", name, "--key", key, "--yes", "--json", *more)

    def test_1_a_draft_is_cleared_when_it_is_finalised_and_by_a_signatory(self):
        kg = self.world.kg
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "en")
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", "narrative=Two read this.")
        self.refused(self.clear("d-1", self.minister), "DRAFT_STATE", "entente draft finalise d-1")
        kg.ok("draft", "finalise", "d-1")
        self.refused(self.submit("d-1", self.officer), "E-CLEARED",
                     "Officer Asanov is enrolled to report with a second", "entente draft clear")
        self.refused(self.clear("d-1", self.clerk), "E-CLEARED", "Clerk is enrolled as focal_point")
        wrong = kg.entente("draft", "clear", "d-1", "narrative")
        self.assertEqual(wrong.status, 2, wrong)
        self.assertIn("draft set d-1 narrative=", wrong.err)
        done = self.clear("d-1", self.minister)
        self.assertEqual(done.status, 0, done)
        self.assertEqual((done.json()["state"], done.json()["cleared_by"]), ("cleared", "Minister"))

    def test_2_any_change_drops_the_signature(self):
        kg = self.world.kg
        self.refused(kg.entente("draft", "set", "d-1", "narrative=One wrote this."), "DRAFT_STATE",
                     "drops the second signature")
        reopened = kg.ok("draft", "reopen", "d-1", "--json").json()
        self.assertEqual((reopened["state"], reopened["cleared_by"]), ("draft", ""))
        kg.ok("draft", "set", "d-1", "narrative=Two read this as well.")
        kg.ok("draft", "finalise", "d-1")
        self.refused(self.submit("d-1", self.officer), "E-CLEARED")

    def test_3_two_signatures_are_seen_everywhere(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.assertEqual(self.clear("d-1", self.minister).status, 0)
        self.assertIn("cleared, d-1", kg.ok("todo").out)
        # Not by the one who cleared it: that would be one pair of eyes.
        self.refused(self.submit("d-1", self.minister), "E-CLEARED", "the author's own key")
        self.assertEqual(self.submit("d-1", self.officer).status, 0)
        self.world.sync_all()
        for node in (kg, gsc):
            head = node.ok("report", "show", SLOT, "--json").json()["heads"][0]
            self.assertEqual((head["key_label"], head["cleared_by"], head["findings"]),
                             ("Officer Asanov", "Minister", []))
            self.assertIn("cleared by Minister", node.ok("report", "show", SLOT).out)
            rows = node.ok("history", SLOT, "--json").json()["rows"]
            self.assertEqual([(row["state"].split(":")[0], row["key_label"]) for row in rows],
                             [("stands", "Officer Asanov"), ("cleared", "Minister")])

    def test_4_a_correction_is_cleared_anew_and_a_withdrawal_is_the_signatorys(self):
        kg, gsc = self.world.kg, self.world.gsc
        self.draft("d-2", "Corrected.", "--correct", SLOT)
        self.refused(self.submit("d-2", self.officer), "E-CLEARED")
        self.assertEqual(self.clear("d-2", self.minister).status, 0)
        self.assertEqual(self.submit("d-2", self.officer).status, 0)
        withdraw = ("withdraw", SLOT, "--reason", "sent in error", "--yes", "--accept-warnings", "--key")
        self.refused(kg.entente(*withdraw, self.officer), "E-CLEARED", "a signatory signs it")
        kg.ok(*withdraw, self.minister)
        self.world.sync_all()
        self.assertEqual(gsc.ok("report", "show", SLOT, "--json").json()["state"], "withdrawn")

    def test_5_nobody_else_is_asked(self):
        self.draft("d-3", "One is enough.", "--round", "MTR-2017", "--commitment", "DDR/04", "--lang", "en")
        self.assertEqual(self.submit("d-3", self.clerk).status, 0)
        digests = set()
        self.world.sync_all()
        for node in self.world.nodes.values():
            digests.add(node.instrument("--digest")["view_digest"])
        self.assertEqual(len(digests), 1)
        self.assertTrue(self.world.gsc.ok("audit", "--json").json()["ok"])


if __name__ == "__main__":
    unittest.main(verbosity=2)

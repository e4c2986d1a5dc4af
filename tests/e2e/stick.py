"""Nodes that have no network between them: a stick is all there is. What the tests of bundles share."""

import unittest

from cluster import Cluster, free_port, large_catalogue


class StickTest(unittest.TestCase):
    def setUp(self):
        self.world = Cluster(parties=("kg", "kz"), secretariat_only=True)
        self.addCleanup(self.world.close)
        self.kg, self.kz, self.gsc = self.world.kg, self.world.kz, self.world.gsc
        self.stick = self.world.home / "stick"
        self.stick.mkdir()
        self.reports = {}
        for party in ("kg", "kz"):
            self.gsc.ok("instrument", "invite", "--for", party.upper(), "--out", f"{party}.invitation")
        # Each goes on at an address nobody was told: whoever dials the old one finds nothing.
        for node in self.world.nodes.values():
            node.stop()
        for node in self.world.nodes.values():
            node.port = free_port()
        for node in self.world.nodes.values():
            node.start()
        for party in ("kg", "kz"):
            self.world.nodes[party].ok("instrument", "join", f"{party}.invitation", "--yes")

    def add_catalogue(self, commitments):
        catalogue = large_catalogue(self.world.home, commitments)
        self.gsc.ok("instrument", "import", "--catalogue", catalogue, "--key", self.gsc.key, "--yes")
        # Its news is in bundles as well: a plan made before would hold less than what is written after.
        self.until_signed()

    def report(self, node, commitment):
        number = self.reports[node.name] = self.reports.get(node.name, 0) + 1
        return node.report(f"d-{number}", commitment=commitment)

    def create(self, node, recipient, *words):
        made = node.ok("bundle", "create", "--for", recipient, "--out", self.stick, "--json", *words).json()
        return made, [part["path"] for part in made["parts"]]

    def plan(self, node, recipient, *words):
        return node.ok("bundle", "plan", "--for", recipient, "--json", *words).json()

    def take(self, node, *paths):
        return node.ok("bundle", "import", *paths, "--json").json()

    def receipt(self, node, to):
        made = node.ok("bundle", "receipt", "--out", self.stick, "--json").json()
        taken = self.take(to, made["parts"][0]["path"])
        self.assertEqual(taken["files"][0]["kind"], "receipt")
        return taken["files"][0]

    def held_by(self, node, party, entry):
        rows = node.ok("where", entry["entry_id"], "--json").json()["rows"]
        (row,) = [row for row in rows if row["rung"].startswith(f"held by {party} ")]
        return row

    def state(self, node):
        """What an import may change, but for the number of the last commit."""
        own = node.instrument("--digest")
        return {name: own[name] for name in ("frontier_digest", "authority_digest", "view_digest", "entries", "aside")}

    def assert_same(self, *nodes):
        self.assertEqual(len({str(self.state(node)) for node in nodes}), 1, [self.state(node) for node in nodes])
        for node in nodes:
            self.assertTrue(node.ok("audit", "--json").json()["ok"])

    def register(self, node):
        return node.ok("register", "show", "--json").json()

    def until_signed(self):
        """The register's own node has a checkpoint over all it holds."""
        self.gsc.until(lambda node: self.register(node)["size"] == node.instrument()["entries"])

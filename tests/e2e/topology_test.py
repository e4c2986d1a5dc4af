"""Nodes that are not all joined to each other: chain, star, relay and mesh come to hold the same, and a node with no
line to an author gets what the author wrote."""

import itertools
import unittest

from cluster import ClusterTest

DIGESTS = ("frontier_digest", "authority_digest")


class Topology(ClusterTest):
    cluster = {"parties": ("kg", "kz", "tj")}

    @classmethod
    def found(cls):
        cls.nodes = list(cls.world.nodes.values())
        cls.commitments = [row["code"] for row in cls.world.gsc.ok("commitment", "list", "--json").json()["rows"]]
        cls.drafts = {node.name: itertools.count(1) for node in cls.nodes}
        cls.world.sync_all()

    def lines(self, *pairs):
        """Only these pairs talk to each other."""
        code = {node.name: "EU-GSC" if node.name == "gsc" else node.name.upper() for node in self.nodes}
        for a, b in itertools.permutations(self.nodes, 2):
            talk = {a.name, b.name} in [set(pair) for pair in pairs]
            a.ok("peer", "resume" if talk else "pause", code[b.name])

    def everybody_writes_and_all_hold_the_same(self):
        commitment = self.commitments.pop()
        written = []
        for node in self.nodes[1:]:
            written.append(node.report(f"d-{next(self.drafts[node.name])}", commitment=commitment)["reference"])

        def same(_):
            held = [node.instrument() for node in self.nodes]
            return all(one[name] == held[0][name] for one in held for name in DIGESTS)

        self.nodes[0].until(same, seconds=60)
        for node in self.nodes:
            for reference in written:
                node.ok("where", reference)
        views = {node.instrument("--digest")["view_digest"] for node in self.nodes}
        self.assertEqual(len(views), 1)

    def test_star(self):
        self.lines(("gsc", "kg"), ("gsc", "kz"), ("gsc", "tj"))
        self.everybody_writes_and_all_hold_the_same()

    def test_chain(self):
        self.lines(("gsc", "kg"), ("kg", "kz"), ("kz", "tj"))
        self.everybody_writes_and_all_hold_the_same()

    def test_relay(self):
        # Nobody but KZ has a line to the Secretariat; KG and TJ have none to each other.
        self.lines(("gsc", "kz"), ("kz", "kg"), ("kz", "tj"))
        self.everybody_writes_and_all_hold_the_same()

    def test_mesh(self):
        self.lines(*itertools.combinations([node.name for node in self.nodes], 2))
        self.everybody_writes_and_all_hold_the_same()


if __name__ == "__main__":
    unittest.main(verbosity=2)

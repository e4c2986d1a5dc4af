"""Real nodes and the real command line, for end-to-end tests: processes on loopback, in a directory of their own.

ENTENTE_BIN names the build folder (build/dev). Nothing here waits for a time: a node is ready when it says so on
stderr, a command is done when it ends.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BIN = pathlib.Path(os.environ["ENTENTE_BIN"])
ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "deploy" / "catalogues" / "EUCA-2014.csv"


def free_port():
    """Below what the system gives to connections that go out, of this test or of one beside it."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def large_catalogue(home, commitments, after=0):
    """A catalogue whose import is a few thousand signed entries; `after` so many others."""
    path = home / "large.csv"
    lines = CATALOGUE.read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with path.open("a", encoding="utf-8") as out:
        for number in range(after, after + commitments):
            row = {name: "" for name in header}
            row.update(record="commitment", code=f"GEN/{number + 100}", nature="undertaking", lang="en",
                       action=f"Test undertaking number {number}", source="test data")
            row.setdefault("responsible party", "")
            row["responsible party"] = "all"
            out.write(",".join(row[name] for name in header) + "\n")
    return path


class Result:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"status {self.status}\n{self.out}\n{self.err}"


class Node:
    def __init__(self, home, name, host="127.0.0.1", within=()):
        """`within` is what runs the node elsewhere, such as in a network namespace that has the address `host`."""
        self.home, self.name, self.host, self.within = home, name, host, within
        self.data = home / name
        self.socket = home / f"{name}-run" / "node.sock"
        self.port = free_port()
        self.process = None
        self.log = []
        self.key = home / f"{name}.key"
        self.signer = home / f"{name}-signer.key"

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    def start(self, *arguments, expect_ready=True):
        self.process = subprocess.Popen(
            [*self.within, BIN / "node" / "entented", "--data", self.data, "--listen", self.address, "--socket",
             self.socket, *arguments], stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        ready = threading.Event()

        def read():
            for line in self.process.stderr:
                self.log.append(line.rstrip())
                if "event=ready" in line:
                    ready.set()
            ready.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        ready.wait(60)
        if expect_ready and self.process.poll() is not None:
            raise AssertionError(f"{self.name} did not start: {self.log[-3:]}")
        return self

    def kill(self):
        self.process.kill()
        self.ended(60)

    def ended(self, seconds):
        self.process.wait(seconds)
        self.reader.join(seconds)
        self.process.stderr.close()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.ended(40)
        return self.process.returncode if self.process else None

    def entente(self, *words, input=None):
        environment = dict(os.environ, ENTENTE_NODE=f"unix:{self.socket}", NO_COLOR="1", ENTENTE_INSTRUMENT="EUCA-2014")
        return Result(subprocess.run([BIN / "client" / "entente", *map(str, words)], env=environment, text=True,
                                     capture_output=True, input=input, cwd=self.home, timeout=120))

    def ok(self, *words):
        result = self.entente(*words)
        assert result.status == 0, f"entente {' '.join(map(str, words))}: {result}"
        return result

    def status(self, *words):
        return self.ok("status", "--json", *words).json()

    def instrument(self, *words):
        return self.status(*words)["instruments"][0]

    def until(self, true_of_status, seconds=30):
        """Asks the node until the condition holds; how long it took."""
        begun = time.monotonic()
        while not true_of_status(self):
            assert time.monotonic() < begun + seconds, f"{self.name}: waited {seconds} s in vain"
        return time.monotonic() - begun

    def report(self, draft, *, commitment, implementation="in_progress", assessment="on_track", text="Test text.",
               round="MTR-2017"):
        self.ok("draft", "new", "--round", round, "--commitment", commitment, "--lang", "en")
        fields = [f"implementation={implementation}", f"narrative={text}"]
        if assessment:
            fields.append(f"assessment={assessment}")
        self.ok("draft", "set", draft, *fields)
        self.ok("draft", "finalise", draft)
        return self.ok("submit", draft, "--key", self.key, "--accept-warnings", "--yes", "--json").json()


class Cluster:
    """The Secretariat (gsc) and parties, founded, admitted and joined."""

    def __init__(self, parties=("kg", "kz"), catalogue=CATALOGUE, secretariat_only=False, places=None,
                 register=True):
        """`places` maps a node's name to the `host` and `within` it runs with."""
        self.register = register
        self.places = places or {}
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="entente-e2e."))
        self.nodes = {}
        self.gsc = self.add("gsc")
        for party in parties:
            self.add(party)
        try:
            self.found(parties, catalogue, secretariat_only)
        except BaseException:
            self.close()
            raise

    def add(self, name):
        node = Node(self.home, name, **self.places.get(name, {}))
        self.nodes[name] = node
        setattr(self, name, node)
        return node.start()

    def found(self, parties, catalogue, secretariat_only):
        for name, node in self.nodes.items():
            for key in (node.key, node.signer):
                node.ok("key", "new", "--out", key, "--no-passphrase")
            code = "EU-GSC" if name == "gsc" else name.upper()
            node.ok("delegation", "found", "--code", code, "--name", code, "--signer-key", node.signer, "--author-key",
                    node.key, "--label", f"{code} test", "--yes")
            node.ok("delegation", "export", "--out", f"{code}.credentials")
        self.gsc.ok("instrument", "found", "--code", "EUCA-2014", "--origin", "eu-gsc.example/euca-2014", "--title",
                    "EU-Central Asia Action Plan on Drugs 2014-2020", "--signer-key", self.gsc.signer, "--yes",
                    *([] if self.register else ["--no-register"]))
        for party in parties:
            self.gsc.ok("instrument", "admit", "--credentials", f"{party.upper()}.credentials", "--role", "party",
                        "--signer-key", self.gsc.signer, "--yes")
        self.gsc.ok("instrument", "import", "--catalogue", catalogue, "--key", self.gsc.key, "--yes")
        if secretariat_only:
            return
        for party in parties:
            self.join(party)

    def join(self, party):
        self.gsc.ok("instrument", "invite", "--for", party.upper(), "--out", f"{party}.invitation")
        return self.nodes[party].ok("instrument", "join", f"{party}.invitation", "--yes")

    def sync_all(self):
        for _ in range(2):
            for node in self.nodes.values():
                if node.process.poll() is None:
                    node.entente("sync")

    def close(self):
        for node in self.nodes.values():
            if node.process and node.process.poll() is None:
                node.kill()
        shutil.rmtree(self.home, ignore_errors=True)


class ClusterTest(unittest.TestCase):
    """One cluster for all tests of a class: they follow each other like chapters."""

    cluster = {}  # arguments of Cluster

    @classmethod
    def setUpClass(cls):
        cls.world = Cluster(**cls.cluster)
        cls.addClassCleanup(cls.world.close)
        cls.found()

    @classmethod
    def found(cls):
        """What the class needs beyond the cluster."""


def main(options):
    """Runs the calling script's tests. Each number in `options` is an argument of its name, given or left as it is."""
    parser = argparse.ArgumentParser()
    for name, value in vars(options).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("tests", nargs="*")
    given = vars(parser.parse_args())
    tests = given.pop("tests")
    vars(options).update(given)
    print(", ".join(f"{name} {value}" for name, value in given.items()))
    unittest.main(argv=[sys.argv[0], *tests], verbosity=2)

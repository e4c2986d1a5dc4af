"""The README's first hour, typed as it stands there: every command of its blocks, in order, at a terminal that
answers the questions. A command that the README says is refused must be; every other one must succeed.
"""

import json
import os
import pathlib
import pty
import re
import select
import shlex
import subprocess
import tempfile
import threading
import unittest

from cluster import BIN, ROOT, free_port

PASSPHRASE = b"demonstration passphrase\n"
ANSWERS = [(re.compile(rb"(?:assphrase|again)[^\n]*: ?$"), PASSPHRASE), (re.compile(rb"\[y/N\] ?$"), b"y\n")]


def first_hour():
    """(whose terminal, command) for every command of the section: continued lines joined, comments kept."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text[text.index("## A first hour"):text.index("## Where to read on")]
    whose = ""
    for prose, block in re.findall(r"(.*?)```\n(.*?)```", section, re.DOTALL):
        named = re.findall(r"^\*\*(.+?)\*\*", prose, re.MULTILINE)
        whose = named[-1] if named else whose
        for line in block.replace("\\\n", " ").splitlines():
            if line.strip() and not line.startswith(("scripts/", "export PATH", "mkdir")):
                yield ("secretariat" if "Secretariat" in whose else "delegation"), line


class FirstHour(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.TemporaryDirectory(prefix="entente-hour.")
        self.home = pathlib.Path(self.top.name) / "first-hour"
        self.home.mkdir()
        (pathlib.Path(self.top.name) / "deploy").symlink_to(ROOT / "deploy")
        path = f"{BIN / 'node'}:{BIN / 'client'}:{os.environ['PATH']}"
        self.environment = dict(os.environ, PATH=path, PWD=str(self.home), TERM="dumb", PAGER="cat")
        self.ports = {}
        self.nodes = []

    def tearDown(self):
        for node in self.nodes:
            node.terminate()
            node.wait()
        self.top.cleanup()

    def own_ports(self, command):
        """The README's ports may be taken on the machine that runs the tests."""
        return re.sub(r"127\.0\.0\.1:(\d+)",
                      lambda m: f"127.0.0.1:{self.ports.setdefault(m.group(1), free_port())}", command)

    def start(self, command):
        words = shlex.split(command.rstrip("& "))
        node = subprocess.Popen(words, cwd=self.home, env=self.environment, stderr=subprocess.PIPE, text=True,
                                stdin=subprocess.DEVNULL)
        self.nodes.append(node)
        for line in node.stderr:
            if "event=ready" in line:
                break
        else:
            self.fail(f"{command}: ended before it was ready")
        reader = threading.Thread(target=node.stderr.read)
        reader.start()
        self.addCleanup(lambda: (reader.join(), node.stderr.close()))

    def type(self, command):
        """Runs it at a terminal of its own, answers what it asks; its exit status and all it printed."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.home)
            os.execvpe("bash", ["bash", "-c", command], self.environment)
        printed, answered = b"", 0
        while True:
            ready, _, _ = select.select([terminal], [], [], 60)
            self.assertTrue(ready, f"{command}: waits for something after:\n{printed.decode(errors='replace')}")
            try:
                piece = os.read(terminal, 4096)
            except OSError:  # a terminal whose other end is closed
                piece = b""
            if not piece:
                break
            printed += piece
            for asks, answer in ANSWERS:
                if asks.search(printed[answered:]):
                    answered = len(printed)
                    os.write(terminal, answer)
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), printed.decode(errors="replace")

    def test_every_command_of_the_readme_does_what_it_says(self):
        sockets, seen = {}, 0
        for whose, command in first_hour():
            seen += 1
            command = self.own_ports(command)
            if command.startswith("export ENTENTE_NODE="):
                sockets[whose] = command.split("=", 1)[1].replace("$PWD", str(self.home))
                continue
            if command.rstrip().endswith("&"):
                self.start(command)
                continue
            self.environment["ENTENTE_NODE"] = sockets[whose]
            status, printed = self.type(command)
            self.assertEqual(status, 5 if "# refused" in command else 0, f"{command}\n{printed}")
        self.assertGreater(seen, 30)
        digests = []
        for self.environment["ENTENTE_NODE"] in sockets.values():
            status, printed = self.type("entente status --digest --json")
            digests.append([(i["frontier_digest"], i["view_digest"]) for i in json.loads(printed)["instruments"]])
        self.assertEqual(digests[0], digests[1], "the two nodes print the same digests")


if __name__ == "__main__":
    unittest.main()

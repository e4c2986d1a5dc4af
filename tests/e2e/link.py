"""Two network namespaces joined by a wire that loses, delays and narrows (vde2's wirefilter): no packet of a test
leaves the two. Needs root, /dev/net/tun and the packages vde2 and iproute2."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

PROGRAMS = ("ip", "vde_switch", "wirefilter")


def missing():
    """What keeps such a link from being made here; empty: nothing."""
    if os.geteuid() != 0:
        return "root"
    if not os.access("/dev/net/tun", os.W_OK):
        return "/dev/net/tun"
    return ", ".join(name for name in PROGRAMS if shutil.which(name) is None)


def run(*words):
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


class Link:
    """Ends a and b, each a namespace with one address. Close it: namespaces outlive processes."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="entente-link."))
        mark = f"{os.getpid():x}"
        self.ends = {"a": f"ente-{mark}-a", "b": f"ente-{mark}-b"}
        self.taps = {"a": f"ent{mark}a", "b": f"ent{mark}b"}
        self.hosts = {"a": "10.232.0.1", "b": "10.232.0.2"}
        self.processes = []
        try:
            self.make()
        except BaseException:
            self.close()
            raise

    def make(self):
        for end, name in self.ends.items():
            run("ip", "netns", "add", name)
            self.start("vde_switch", "-s", self.home / end, "-t", self.taps[end], ready=self.home / end / "ctl")
            run("ip", "link", "set", self.taps[end], "netns", name)
            run("ip", "-n", name, "addr", "add", f"{self.hosts[end]}/24", "dev", self.taps[end])
            for device in ("lo", self.taps[end]):
                run("ip", "-n", name, "link", "set", device, "up")
        self.start("wirefilter", "-v", f"{self.home / 'a'}:{self.home / 'b'}", "-M", self.home / "wire",
                   ready=self.home / "wire")

    def start(self, *words, ready):
        """A program that runs as long as the link; it is ready when its socket is there."""
        # With its standard input at an end it would end too.
        process = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.processes.append(process)
        while not ready.exists():
            assert process.poll() is None, f"{words[0]} ended with {process.returncode}"

    def set(self, *orders):
        """Orders of wirefilter, for both directions: "loss 1", "delay 450", "bandwidth 2500"."""
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(10)
            wire.connect(str(self.home / "wire"))
            answer = wire.makefile("r")
            for order in orders:
                wire.sendall(f"{order}\n".encode())
                done = None
                while done is None:
                    line = answer.readline()
                    assert line, f"wirefilter ended at: {order}"
                    done = re.match(r"(?:VDEwf\$ )*(\d{4}) ", line)
                assert done[1] == "1000", f"wirefilter: {order}: {line}"

    def place(self, end):
        return {"host": self.hosts[end], "within": ("ip", "netns", "exec", self.ends[end])}

    def power(self, end, on):
        """The end's own cable, pulled or plugged in: its kernel tells so."""
        run("ip", "-n", self.ends[end], "link", "set", self.taps[end], "up" if on else "down")

    def received(self, end):
        """Bytes that came out of the wire at this end so far, with all headers."""
        shown = subprocess.run(["ip", "-n", self.ends[end], "-s", "-j", "link", "show", self.taps[end]], check=True,
                               capture_output=True, text=True).stdout
        return json.loads(shown)[0]["stats64"]["rx"]["bytes"]

    def close(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait()
            process.stdin.close()
        for name in self.ends.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)

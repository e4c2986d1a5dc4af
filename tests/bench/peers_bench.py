#!/usr/bin/env python3
"""Bulk transfer of the same payloads beside other systems, in one run: this one, git, hypercore. A JSON object a line.

    peers_bench.py [--list] [NAME...]

ENTENTE_BIN names a release build. Loopback only. What is not installed is skipped, and the reason said on stderr;
hypercore is installed from npm into a temporary folder. PEER_ENTRIES (20000) is how many entries.

Not the same work, so beside each other and not ahead of each other: Entente and hypercore are encrypted, git daemon is
not; Entente checks a signature a frame and every hash and link, makes everything durable (an fsync a batch) and
queryable; git fetch checks hashes and no signature; hypercore checks one signature for 256 blocks and syncs nothing.
"""

import json
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "peers"))
HERE = pathlib.Path(__file__).resolve().parent
ENTRIES = int(os.environ.get("PEER_ENTRIES", "20000"))
HYPERCORE = ("hypercore@11.37.1", "hypercore-storage@3.3.1")
SYSTEMS = ("entente", "git", "hypercore")
FIGURES = (("rate", "entries/s"), ("bytes", "bytes/entry"), ("cpu_receiver", "us/entry"), ("cpu_sender", "us/entry"))


class Skipped(Exception):
    pass


def build():
    if "ENTENTE_BIN" not in os.environ:
        sys.exit("peers_bench: ENTENTE_BIN names no build; scripts/bench sets it")
    return pathlib.Path(os.environ["ENTENTE_BIN"])


def figures(seconds, sent_bytes, receiver, sender):
    return {"rate": ENTRIES / seconds, "bytes": sent_bytes / ENTRIES, "cpu_receiver": receiver * 1e6 / ENTRIES,
            "cpu_sender": sender * 1e6 / ENTRIES}


def processor_seconds(pid):
    """Of a process and of its children that have ended: proc(5), fields 14 to 17."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(n) for n in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def entente(_):
    done = subprocess.run([build() / "tests" / "bench" / "sync_bench", "bulk_sync", "wire_bytes_per_entry"], text=True,
                          capture_output=True, env=dict(os.environ, BENCH_ENTRIES=str(ENTRIES)))
    if done.returncode not in (0, 3):  # beyond a bound, as small runs on a busy machine may be: measured all the same
        sys.exit(f"peers_bench: {done.stderr}")
    values = {row["name"]: row["value"] for row in map(json.loads, done.stdout.splitlines())}
    used = re.search(r"source ([\d.]+), puller ([\d.]+)", done.stderr)
    return figures(ENTRIES / values["bulk_sync"], values["wire_bytes_per_entry"] * ENTRIES, float(used[2]),
                   float(used[1]))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serving(port, process):
    while True:
        assert process.poll() is None, "the server ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)


def fetch(home, name, port):
    copy = home / name
    subprocess.run(["git", "init", "-q", "--bare", copy], check=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(["git", "-C", copy, "fetch", "-q", f"git://127.0.0.1:{port}/made.git", "main:main"], check=True)
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return copy, seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def git(home):
    for program in ("git", "ssh-keygen"):
        if shutil.which(program) is None:
            raise Skipped(f"{program} is not installed")
    try:
        import git_pack
    except ImportError:
        raise Skipped("python3-cryptography is not installed")
    import relay
    signer = git_pack.Signer()
    head = git_pack.make(home / "made.git", (home / "payloads").read_bytes(), signer)
    port = free_port()
    programs = subprocess.run(["git", "--exec-path"], check=True, capture_output=True, text=True).stdout.strip()
    # --reuseaddr: the port may have been another server's a moment ago.
    daemon = subprocess.Popen([f"{programs}/git-daemon", "--reuseaddr", "--export-all", f"--base-path={home}",
                               "--listen=127.0.0.1", f"--port={port}", home], stdin=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        serving(port, daemon)
        used = processor_seconds(daemon.pid)
        copy, seconds, receiver = fetch(home, "timed.git", port)
        sender, until = 0, time.monotonic() + 5
        while sender == 0 and time.monotonic() < until:  # until the daemon has noted that its child ended
            time.sleep(0.05)
            sender = processor_seconds(daemon.pid) - used
        counted = relay.Relay(port)
        fetch(home, "counted.git", counted.port)
        (home / "signers").write_bytes(signer.line())
        verified = subprocess.run(["git", "-C", copy, "-c", f"gpg.ssh.allowedSignersFile={home / 'signers'}",
                                   "verify-commit", head], capture_output=True, text=True)
        assert verified.returncode == 0, verified.stderr
        held = subprocess.run(["git", "-C", copy, "rev-list", "--count", "main"], check=True, capture_output=True)
        assert int(held.stdout) == ENTRIES
        return figures(seconds, counted.bytes, receiver, sender)
    finally:
        daemon.terminate()
        daemon.wait()


def hypercore(home):
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Skipped(f"{program} is not installed")
    import relay
    modules = home / "hypercore"
    modules.mkdir()
    try:
        installed = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", *HYPERCORE], cwd=modules,
                                   capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        raise Skipped("npm does not answer")
    if installed.returncode != 0:
        raise Skipped(f"npm did not install {HYPERCORE[0]}: {installed.stderr.strip()[:200]}")

    def run(*words, **options):
        return subprocess.Popen(["node", HERE / "peers" / "hypercore.mjs", *map(str, words)], cwd=modules, text=True,
                                stdout=subprocess.PIPE, **options)

    def got(name, port, key):
        with run("fetch", home / name, port, key, ENTRIES) as process:
            return json.loads(process.stdout.readline())

    with run("serve", home / "made", home / "payloads", stdin=subprocess.PIPE) as server:
        facts = json.loads(server.stdout.readline())

        def served():
            server.stdin.write("cpu\n")
            server.stdin.flush()
            return json.loads(server.stdout.readline())["cpu"]

        served()
        timed = got("timed", facts["port"], facts["key"])
        sender = served()
        counted = relay.Relay(facts["port"])
        got("counted", counted.port, facts["key"])
        server.stdin.close()
    return figures(timed["seconds"], counted.bytes, timed["cpu"], sender)


def main(arguments):
    names = {f"peer_{system}_{figure}": (system, unit) for system in SYSTEMS for figure, unit in FIGURES}
    if "--list" in arguments:
        print("\n".join(names))
        return 0
    unknown = [name for name in arguments if name not in names]
    if unknown:
        print(f"bench: unknown name '{unknown[0]}'; --list prints the known ones", file=sys.stderr)
        return 2
    wanted = arguments or list(names)
    with tempfile.TemporaryDirectory(prefix="entente-peers.", dir=build()) as folder:
        home = pathlib.Path(folder)
        with open(home / "payloads", "wb") as out:
            subprocess.run([build() / "tests" / "bench" / "payloads", str(ENTRIES)], check=True, stdout=out)
        for system in SYSTEMS:
            asked = [name for name in wanted if names[name][0] == system]
            if not asked:
                continue
            try:
                values = globals()[system](home)
            except Skipped as why:
                print(f"bench: {system} is skipped: {why}", file=sys.stderr)
                continue
            for name in asked:
                figure = name.removeprefix(f"peer_{system}_")
                print(json.dumps({"name": name, "value": round(values[figure], 1), "unit": names[name][1]}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

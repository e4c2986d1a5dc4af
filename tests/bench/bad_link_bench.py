#!/usr/bin/env python3
"""A link as bad as a modem's, in network namespaces: 20 kbit/s, a round trip of 900 ms, 1 % of the packets lost.
What share of the bytes that came out of the wire is entries. One JSON object a line; `--list` prints the names.

ENTENTE_BIN names a release build. Skipped, with the reason on stderr, where such a link cannot be made.
"""

import json
import pathlib
import sys

NAMES = ("bad_link_goodput", "bad_link_rate")
COMMITMENTS = 1800  # some minutes of such a link
LINE_BYTES = 2500  # a second
LEAST = 0.85


def carry():
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
    import link
    from cluster import Cluster, large_catalogue
    if what := link.missing():
        print(f"bench: bad_link is skipped: needs {what}", file=sys.stderr)
        return None
    wire = link.Link()
    try:
        # As behind a modem: it dials, and nobody can dial it.
        world = Cluster(parties=("kg",),
                        places={"gsc": wire.place("a"), "kg": dict(wire.place("b"), host="127.0.0.1")})
        try:
            for node in (world.gsc, world.kg):
                node.ok("peer", "pause")
            world.gsc.ok("instrument", "import", "--catalogue", large_catalogue(world.home, COMMITMENTS), "--key",
                         world.gsc.key, "--yes")
            wire.set("delay 450", f"bandwidth {LINE_BYTES}", "loss 1")
            before = wire.received("b")
            for node in (world.gsc, world.kg):
                node.ok("peer", "resume")
            done = world.kg.ok("sync", "--json").json()["rows"][0]
            carried = wire.received("b") - before
            assert world.kg.instrument()["entries"] == world.gsc.instrument()["entries"]
            return done["bytes_received"] / carried, done["bytes_received"] / done["seconds"]
        finally:
            world.close()
    finally:
        wire.close()


def main(arguments):
    if "--list" in arguments:
        print("\n".join(NAMES))
        return 0
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        print(f"bench: unknown name '{unknown[0]}'; --list prints the known ones", file=sys.stderr)
        return 2
    measured = carry()
    if measured is None:
        return 0
    share, rate = measured
    rows = ({"name": "bad_link_goodput", "value": round(share, 4), "unit": "share", "bound": LEAST,
             "within": share >= LEAST},
            {"name": "bad_link_rate", "value": round(rate, 1), "unit": "bytes/s", "floor": LINE_BYTES,
             "ratio": round(rate / LINE_BYTES, 3)})
    for row in rows:
        if not arguments or row["name"] in arguments:
            print(json.dumps(row), flush=True)
    return 0 if share >= LEAST or (arguments and NAMES[0] not in arguments) else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

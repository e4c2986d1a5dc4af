#!/usr/bin/env python3
"""The architecture, executed: which room may include which, and where outside libraries may appear.

The two tables below are the rule; ARCHITECTURE.md explains them. Looks at the #include lines of
every source and at the entente:: libraries that a room's CMakeLists.txt links.
"""

import fnmatch
import re
import sys

import sources

# Room -> rooms it may include. A room always sees itself. "proto" is the generated message code.
PURE = ["node/base", "node/crypto", "node/blob", "node/merge", "node/ledger", "node/tlog",
        "node/meaning", "node/sync", "node/bundle", "node/store", "node/register", "node/query",
        "node/driver", "node/wire"]
SHELL = PURE + ["node/runtime", "node/rpc/tls"]
RPC = SHELL + ["node/rpc"]
NODE = RPC + ["node/rpc/peer", "node/rpc/upkeep", "node/rpc/local", "node/rpc/courier",
              "node/rpc/register", "node/rpc/attachment", "node/rpc/question"]
ROOMS = {
    "storage": [],
    "node/base": [],
    "node/crypto": ["node/base"],
    "node/merge": ["node/base", "proto"],
    "node/ledger": ["node/base", "node/crypto"],
    "node/blob": ["node/base", "node/crypto"],
    "node/tlog": ["node/base", "node/crypto", "node/ledger"],
    "node/meaning": ["node/base", "node/blob", "node/crypto", "node/merge", "proto"],
    "node/sync": ["node/base", "node/crypto", "node/ledger", "node/tlog", "proto"],
    "node/bundle": ["node/base", "node/crypto", "node/ledger", "node/tlog", "node/sync", "proto"],
    "node/store": ["node/base", "node/crypto", "node/ledger", "node/tlog", "node/merge",
                   "node/meaning", "proto", "storage"],
    "node/register": ["node/base", "node/crypto", "node/ledger", "node/tlog", "node/store", "proto",
                      "storage"],
    "node/query": ["node/base", "node/blob", "node/crypto", "node/ledger", "node/tlog", "node/merge",
                   "node/meaning", "node/store", "node/register", "proto", "storage"],
    "node/driver": ["node/base", "node/blob", "node/crypto", "node/ledger", "node/tlog", "node/merge",
                    "node/meaning", "node/store", "node/register", "node/sync", "node/query", "proto",
                    "storage"],
    "node/wire": ["node/base", "proto"],
    "node/runtime": ["node/base"],
    "node/rpc/tls": ["node/base", "node/crypto", "node/runtime"],
    "node/rpc": SHELL + ["proto", "storage"],
    "node/rpc/peer": RPC + ["proto"],
    "node/rpc/upkeep": RPC + ["node/rpc/peer", "proto", "storage"],
    "node/rpc/local": RPC + ["node/rpc/peer", "node/rpc/upkeep", "proto"],
    "node/rpc/register": RPC + ["node/rpc/peer", "node/rpc/local", "proto", "storage"],
    "node/rpc/courier": RPC + ["node/rpc/peer", "node/rpc/local", "node/rpc/register",
                               "node/rpc/attachment", "proto", "storage"],
    "node/rpc/attachment": RPC + ["node/rpc/peer", "node/rpc/local", "proto", "storage"],
    "node/rpc/question": RPC + ["node/rpc/peer", "node/rpc/local", "proto"],
    "node": NODE + ["proto", "storage"],
    "client/keys": ["node/base", "node/crypto", "node/ledger"],
    "client/language": ["node/base"],
    "client/brief": ["node/base", "node/meaning", "client/language", "proto"],
    "client": ["node/base", "node/blob", "node/crypto", "node/ledger", "node/tlog", "node/meaning", "node/merge",
               "node/wire",
               "proto", "client/keys", "client/language", "client/brief"],
    "proto": [],
    "tests": ["storage", "proto", "node", "client", "client/keys", "client/language", "client/brief"] + NODE,
}

# Rooms with rooms inside: inner room -> inner rooms of the same room it may include. What is no inner room of its
# own (client/app.cc, and the rooms above with a line of their own) may include all of them.
INNER = {
    "node/meaning": {
        "text": [],
        "value": ["text"],
        "record": ["text", "value"],
        "state": ["text", "value", "record"],
        "rules": ["text", "value", "record"],
        "catalogue": ["text", "value", "record", "rules"],
    },
    "node/sync": {
        "frontier": [],
        "frame": ["frontier"],
        "contact": ["frontier", "frame"],
    },
    "node/query": {
        "view": [],
        "lookup": ["view"],
        "draft": ["view"],
        "round": ["view", "draft"],
        "record": ["view", "lookup", "draft", "round"],
        "search": ["view", "lookup", "record"],
        "desk": ["view", "round", "record"],
    },
    "client": {
        "base": [],
        "sheet": ["base"],
        "context": ["base"],
        "draft": ["base", "context"],
        "exchange": ["base", "context"],
        "ledger": ["base", "context"],
        "signing": ["base", "context", "ledger"],
        "audit": ["base", "context", "ledger", "signing"],
        "commands": ["base", "sheet", "context", "draft", "exchange", "ledger", "signing", "audit"],
    },
}

# What runs beside us or tells the time: the shell's business, never the core's.
CONCURRENCY = (r"(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|"
               r"stop_token|chrono)|absl/synchronization/.*|absl/time/clock\.h")

# (name, header pattern, where it may be included, what to do instead)
OUTSIDE = [
    ("RocksDB", r"rocksdb/.*", ["storage/rocksdb_*"], "go through storage/kv.h"),
    ("OpenSSL", r"openssl/.*", ["node/crypto/*", "node/rpc/*", "client/keys/*"],
     "use the functions of node/crypto"),
    ("libsodium", r"sodium(\.h|/.*)", ["node/crypto/*"], "use the functions of node/crypto"),
    ("gRPC", r"(grpc|grpcpp|grpc\+\+)/.*|.*\.grpc\.pb\.h",
     ["node/rpc/*", "node/wire/status_codec*", "client/context/grpc_channel.cc"],
     "keep the call in node/rpc and pass plain values on"),
    ("spdlog", r"spdlog/.*", ["node/runtime/*"], "log through node/runtime"),
    ("libxlsxwriter", r"xlsxwriter\.h", ["client/sheet/xlsx_file.cc"], "go through client/sheet/xlsx_file.h"),
    ("CLI11", r"CLI/.*", ["node/main*", "client/*"], "parse arguments in main and pass options on"),
    ("toml++", r"toml\+\+/.*|toml\.hpp|toml\+\+\.h", ["node/*.h", "node/*.cc", "client/*"],
     "read the configuration in node/config and pass options on"),
    ("a thread, lock or clock header", CONCURRENCY,
     ["node/runtime/*", "node/base/mutex.h", "node/rpc/*", "storage/rocksdb_*",
      "storage/store_lock.*", "storage/memory_kv.*", "node/main*", "node/node.*", "client/*"],
     "take time as an argument and leave threads to node/runtime"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
LIBRARY = re.compile(r"entente::(\w+)")


def inner_of(path):
    """The room inside a room that a file or header path belongs to, or None."""
    outer, _, inner = path.rpartition("/")[0].rpartition("/")
    return inner if inner in INNER.get(outer, {}) else None


def room_of(path):
    """The room a file or header path belongs to, or None when it is not ours."""
    folders = path.split("/")[:-1]
    if folders[:2] == ["entente", "v1"] or folders[:2] == ["google", "rpc"]:
        return "proto"
    if folders[:1] == ["node"]:
        # Each folder of node is a room of its own; "node" itself is only main, config and so on.
        name = "/".join(folders)
        if name in ROOMS or inner_of(path) is None:
            return name if name in ROOMS else None
        return "/".join(folders[:-1])
    for length in (2, 1):
        name = "/".join(folders[:length])
        if len(folders) >= length and name in ROOMS:
            return name
    return None


def matches(path, patterns):
    """fnmatch, but `*` does not cross into node's rooms for the patterns of node's own files."""
    for pattern in patterns:
        if pattern.startswith("node/*.") and path.count("/") != 1:
            continue
        if fnmatch.fnmatchcase(path, pattern):
            return True
    return False


def check_include(findings, path, number, bracket, header):
    room = room_of(path)
    for name, pattern, allowed, remedy in OUTSIDE:
        if room != "tests" and re.fullmatch(pattern, header) and not matches(path, allowed):
            findings.add(path, number, f"{name} may not be included here (<{header}>)",
                         f"{remedy}; it may stand in: {', '.join(allowed)}")
    target = room_of(header)
    if target is None:
        if bracket == '"' and "/" not in header:
            findings.add(path, number, f'"{header}" is included relative to its folder',
                         f'write the path from the root, such as "node/base/id.h"')
        return
    if target == room:
        check_inner(findings, path, number, room, header)
        return
    if target in ROOMS[room]:
        return
    if target == "tests":
        findings.add(path, number, "product code includes a test header",
                     "move what is needed out of tests/")
        return
    allowed = ", ".join(ROOMS[room]) or "nothing of ours"
    findings.add(path, number, f"{room} may not include {target}",
                 f"{room} may use: {allowed} (ROOMS in scripts/check_layering.py)")


def check_inner(findings, path, number, room, header):
    own, other = inner_of(path), inner_of(header)
    if own is None or own == other or other in INNER[room][own]:
        return
    allowed = ", ".join(INNER[room][own]) or "nothing else of it"
    findings.add(path, number, f"{room}/{own} may not include {header}",
                 f"of {room} it may use: {allowed} (INNER in scripts/check_layering.py)")


def check_libraries(findings, path, text):
    """A CMakeLists.txt of a room links only what the room may include."""
    room = room_of(path)
    if room in (None, "tests", "proto"):
        return
    for number, line in enumerate(text.split("\n"), 1):
        for library in LIBRARY.findall(line.split("#")[0]):
            target = f"node/{library}" if f"node/{library}" in ROOMS else library
            if target in ROOMS and target != room and target not in ROOMS[room]:
                findings.add(path, number, f"{room} may not link entente::{library}",
                             "drop the dependency, or move the code that needs it to another room")


def main(argv=None):
    root = sources.parse_root(__doc__, argv)
    findings = sources.Findings("layering")
    for path in sources.files(root):
        if path.endswith("CMakeLists.txt"):
            check_libraries(findings, path, sources.read(root, path))
        if not path.endswith(sources.CPP):
            continue
        if room_of(path) is None:
            findings.add(path, 1, "this folder is no room of the architecture",
                         "put the file into a room, or add the room to ROOMS")
            continue
        for number, line in enumerate(sources.read(root, path).split("\n"), 1):
            include = INCLUDE.match(line)
            if include:
                check_include(findings, path, number, include.group(1), include.group(2))
    return findings.finish()


if __name__ == "__main__":
    sys.exit(main())

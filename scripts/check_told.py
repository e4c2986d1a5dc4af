#!/usr/bin/env python3
"""What people read on the terminal is said in every language, or stands in the list of what is not yet.

The literals of the client, and of the rooms of the node whose lines people read, are cut into lines and clauses. Each
clause of two words or more stands in some phrase or pattern of the .po files (client/language/po; check_phrases.py
keeps those the same in every language), or in scripts/untold_lines.txt, which only gets shorter: an entry that is
told by now, or that nothing says any more, is a finding too. --update writes that list anew.
"""

import ast
import os
import re
import sys

import check_phrases
import sources

LIST = "scripts/untold_lines.txt"
ROOMS = ("client/", "node/", "storage/")
# What no person hears through the client, and why.
NOT_SAID = (
    # Makes other texts than people read: shell, HTML, SVG, roff, metrics.
    "client/base/completion.cc", "client/base/man_page.cc", "client/base/metrics.cc", "client/brief/chart.cc",
    "client/brief/html",
    # What entented itself says: its log, its --help, why it does not start. All of it is English.
    "node/base/check.cc", "node/config.cc", "node/main.cc", "node/node.cc", "node/rpc/acceptor.cc",
    "node/rpc/grpc_log.cc", "node/rpc/listener.cc", "node/rpc/register_keys.cc", "node/rpc/server.cc",
    "node/rpc/tls/", "node/runtime/log.cc", "node/runtime/network_watch.cc", "storage/ballast.cc",
    "storage/bounds.cc", "storage/head_file.cc", "storage/rocksdb_kv.cc", "storage/rocksdb_open.cc",
    "storage/rocksdb_options.cc",
    # What a node tells another one, which logs it.
    "node/rpc/attachment/blob_contact.cc", "node/rpc/attachment/blob_service.cc", "node/rpc/peer/live_stream.h",
    "node/rpc/peer/peer_gate.cc", "node/rpc/peer/request_arrival.cc", "node/rpc/register/exchange.cc",
    "node/rpc/register/register_service.cc", "node/sync/frame/", "node/sync/frontier/", "node/tlog/witness.cc",
    # Our own mistakes, and rows of the view.
    "node/driver/view_rows.cc", "node/tlog/memory_tree.cc")
CHECKS = re.compile(r"\b(?:D?CHECK(?:_[A-Z]+)?|ASSERT|static_assert|Log)\s*\(")
WORDS = re.compile(r"[a-z]{2,},? [a-z]{2,}")
TYPED = re.compile(r"^(?:[A-Z]+=\S+ )?(?:sudo )?(?:entente|entented|chmod|systemctl|apt|apt-get|chown) ")
EDGES = " ;:,.()\"!?"
# "E-AUTH delegation: " stays as it is in every language (client/language/retelling.cc).
FINDING = re.compile(r"^[EW]-[A-Z-]+ [^ :]+: ")


def without_calls(text, calls):
    """`text` without what stands in the brackets of these calls."""
    out, at = [], 0
    for match in calls.finditer(text):
        if match.start() < at:
            continue
        out.append(text[at:match.end()])
        depth, at = 1, match.end()
        while depth and at < len(text):
            literal = check_phrases.LITERAL.match(text, at)
            at = literal.end() if literal else at + 1
            if not literal:
                depth += {"(": 1, ")": -1}.get(text[at - 1], 0)
    return "".join(out) + text[at:]


def clauses(text):
    """What of the literals of a source is said to people, cut where a pattern may begin and end."""
    text = re.sub(r"^#include.*$|^\s*//.*$|\s// .*$|'\\?\"'", "", text, flags=re.M)
    for literal in check_phrases.literals(without_calls(text, CHECKS)):
        for line in re.split(r"\n|; |%0?\d*[sdu]", literal):
            clause = FINDING.sub("", line.strip(EDGES))
            if WORDS.search(clause) and not TYPED.match(clause) and "<" not in clause and clause[0] != "#":
                yield clause


def told(root):
    """Everything that has a translation, as one text."""
    folder = os.path.join(root, check_phrases.PO)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    texts = set()
    for name in names:
        for entry in check_phrases.read_po(root, f"{check_phrases.PO}/{name}").values():
            texts.update(entry.english)
    return "\0".join(sorted(texts))


def untold(root):
    """(path, clause), each once."""
    known, found = told(root), set()
    for path in sources.files(root, sources.CPP):
        if path.startswith(ROOMS) and not path.startswith(NOT_SAID):
            found.update((path, clause) for clause in clauses(sources.read(root, path)) if clause not in known)
    return found


def listed(root):
    """(path, clause) -> line."""
    if not os.path.exists(os.path.join(root, LIST)):
        return {}
    out = {}
    for number, line in enumerate(sources.read(root, LIST).split("\n"), 1):
        if line and not line.startswith("#"):
            path, _, clause = line.partition(" ")
            out[(path, ast.literal_eval(clause))] = number
    return out


def update(root):
    with open(os.path.join(root, LIST), "w", encoding="utf-8") as file:
        file.write("# Said in English only so far: scripts/check_told.py. Translate them; never add one.\n")
        for path, clause in sorted(untold(root)):
            file.write(f"{path} {ascii_literal(clause)}\n")


def ascii_literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'


def main(argv=None):
    argv = sys.argv[1:] if argv is None else argv
    root = sources.parse_root(__doc__, [a for a in argv if a != "--update"])
    if "--update" in argv:
        update(root)
        return 0
    findings = sources.Findings("told")
    found, allowed = untold(root), listed(root)
    for path, clause in sorted(found - set(allowed)):
        findings.add(path, 1, f'"{clause}" is said in English only',
                     f'add a pattern with it to {check_phrases.PO}/*.po, msgctxt "line" or "part"')
    for (path, clause), line in sorted(allowed.items()):
        if (path, clause) not in found:
            findings.add(LIST, line, f'"{clause}" is told by now, or said no more', "remove the line")
    return findings.finish()


if __name__ == "__main__":
    sys.exit(main())

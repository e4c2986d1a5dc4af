"""What the style checks share: the project's files, and how a finding is printed.

A finding is one line, "path:line: what is wrong; what to do", so that editors can jump to it.
Only the Python standard library is used.
"""

import argparse
import os
import re
import sys

# Folders that hold nothing we wrote.
SKIPPED_FOLDERS = {".git", ".cache", "build", "demo-data", "__pycache__"}

CPP = (".h", ".cc")


def parse_root(description, argv=None):
    """The checkout to look at: --root DIR, else the one this script stands in."""
    parser = argparse.ArgumentParser(description=description)
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--root", default=here, help="folder of the checkout")
    return parser.parse_args(argv).root


def files(root, suffixes=None):
    """Paths relative to root, sorted; with one of the suffixes where some are given."""
    found = []
    for folder, names, entries in os.walk(root):
        names[:] = sorted(n for n in names if n not in SKIPPED_FOLDERS)
        for entry in entries:
            if suffixes is None or entry.endswith(suffixes):
                found.append(os.path.relpath(os.path.join(folder, entry), root))
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as f:
        return f.read()


_NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def code_only(text):
    """C++ text with comments and literals blanked; line numbers stay."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    # A digit separator (60'000) is no character literal.
    text = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "_", text)
    return _NOT_CODE.sub(blank, text)


class Findings:
    """Collects findings; finish() prints them and gives the exit status."""

    def __init__(self, check):
        self.check = check
        self.lines = []

    def add(self, path, line, wrong, remedy):
        self.lines.append(f"{path}:{line}: {wrong}; {remedy}")

    def finish(self):
        for line in self.lines:
            print(line, file=sys.stderr)
        if self.lines:
            print(f"{self.check}: {len(self.lines)} findings", file=sys.stderr)
            return 1
        print(f"{self.check}: clean")
        return 0

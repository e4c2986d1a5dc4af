#!/usr/bin/env python3
"""Taste, as far as a script can see it: line length, tabs, trailing space, leftovers, long files,
names of the machines the code was written on.

scripts/long_files.txt lists the files that may be longer than 500 lines, each with the length it
may not pass; lengths and list only go down.
"""

import os
import re
import socket
import stat
import sys

import sources

CODE = (".h", ".cc", ".proto", ".py", ".cmake", "CMakeLists.txt", ".sh")
# Data is kept as it came.
DATA_FOLDERS = ("tests/golden/", "tests/fuzz/corpus/", "deploy/catalogues/")
COLUMNS = 100         # C++ and protos
SCRIPT_COLUMNS = 120  # commands and tables of names read better whole
LINES = 500
LONG_FILES = "scripts/long_files.txt"

# Spelt in two halves, so that this file is clean by its own rules.
LEFTOVERS = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
LEFTOVER = re.compile(r"\b(" + "|".join(LEFTOVERS) + r")\b")
HOME_FOLDER = re.compile(r"(?<![\w.$}])/(?:home/[a-z][\w-]*|work|workspace|Users/\w+)/")


def host_name():
    """This machine's name, where it is one that could not be an ordinary word."""
    name = socket.gethostname()
    ordinary = len(name) < 6 or name.isalpha() or name.startswith("localhost")
    return None if ordinary else re.compile(r"\b" + re.escape(name) + r"\b")


def is_script(root, path):
    if not path.startswith(("scripts/", ".ci/")) or "." in os.path.basename(path):
        return False
    return sources.read(root, path).startswith("#!")


def load_long_files(root):
    allowed = {}
    if os.path.exists(os.path.join(root, LONG_FILES)):
        for line in sources.read(root, LONG_FILES).split("\n"):
            if line.strip() and not line.startswith("#"):
                path, length = line.split()
                allowed[path] = int(length)
    return allowed


def check_lines(findings, path, text, is_code):
    for number, line in enumerate(text.split("\n"), 1):
        columns = COLUMNS if path.endswith((".h", ".cc", ".proto")) else SCRIPT_COLUMNS
        if is_code and len(line) > columns and "http" not in line:
            findings.add(path, number, f"{len(line)} columns", f"break the line at {columns}")
        if is_code and "\t" in line:
            findings.add(path, number, "a tab", "indent with spaces")
        if line != line.rstrip() and not (path.endswith(".md") and line.endswith("  ")):
            findings.add(path, number, "trailing space", "remove it")
        leftover = LEFTOVER.search(line)
        if leftover:
            findings.add(path, number, f"the word {leftover.group(0)}",
                         "do it now, or write down what holds today")
    if text and not text.endswith("\n"):
        findings.add(path, text.count("\n") + 1, "no newline at the end", "add one")


def check_length(findings, path, text, allowed):
    length = text.count("\n")
    limit = allowed.pop(path, None)
    if limit is None and length > LINES:
        findings.add(path, length, f"{length} lines, more than {LINES}",
                     "split the file by what it is for")
    elif limit is not None and length > limit:
        findings.add(path, length, f"{length} lines; {LONG_FILES} allows {limit}",
                     "split the file; the allowance only goes down")
    elif limit is not None and length <= LINES:
        findings.add(path, length, f"{length} lines: well done", f"remove it from {LONG_FILES}")


def main(argv=None):
    root = sources.parse_root(__doc__, argv)
    findings = sources.Findings("tidy")
    allowed = load_long_files(root)
    machine = host_name()
    for path in sources.files(root):
        text = sources.read(root, path)
        if "\0" in text:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if HOME_FOLDER.search(line) or (machine and machine.search(line)):
                findings.add(path, number, "names a folder or host of one machine",
                             "derive it, or use a name under example")
        if path.startswith(DATA_FOLDERS):
            continue
        script = is_script(root, path)
        is_code = path.endswith(CODE) or script
        if is_code or path.endswith((".md", ".json", ".toml", ".service", ".txt")):
            check_lines(findings, path, text, is_code)
        if is_code:
            check_length(findings, path, text, allowed)
        if script and not os.stat(os.path.join(root, path)).st_mode & stat.S_IXUSR:
            findings.add(path, 1, "a script that cannot be run", f"chmod +x {path}")
    for path in sorted(allowed):
        findings.add(LONG_FILES, 1, f"{path} does not exist", "remove the line")
    return findings.finish()


if __name__ == "__main__":
    sys.exit(main())

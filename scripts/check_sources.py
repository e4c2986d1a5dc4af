#!/usr/bin/env python3
"""No dead files: every .cc is compiled by the CMakeLists.txt of its folder or one above, every
header is included by somebody, every .proto is listed, every folder with a CMakeLists.txt is added
by the one above.
"""

import os
import re
import sys

import sources

FOLDERS = ("storage/", "node/", "client/", "tests/", "proto/")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def uncommented(text):
    return re.sub(r"#[^\n]*", "", text)


def is_listed(lists, path):
    """Does some CMakeLists.txt between the file and the root name it, relative to itself?"""
    folder = os.path.dirname(path)
    while True:
        text = lists.get(os.path.join(folder, "CMakeLists.txt"))
        if text is not None:
            relative = os.path.relpath(path, folder or ".")
            stem = os.path.splitext(relative)[0]
            words = set(re.findall(r"[\w./+-]+", text))
            # foreach(name ...) lists are allowed to leave the ending out.
            if words & {relative, stem, stem.removesuffix("_test"), stem.removesuffix("_fuzz")}:
                return True
        if not folder:
            return False
        folder = os.path.dirname(folder)


def main(argv=None):
    root = sources.parse_root(__doc__, argv)
    findings = sources.Findings("sources")
    paths = [p for p in sources.files(root) if p.startswith(FOLDERS) or p == "CMakeLists.txt"]
    lists = {p: uncommented(sources.read(root, p)) for p in paths if p.endswith("CMakeLists.txt")}
    included = set()
    for path in paths:
        if path.endswith(sources.CPP):
            included.update(INCLUDE.findall(sources.read(root, path)))
    for path in paths:
        if path.endswith((".cc", ".proto")) and not is_listed(lists, path):
            findings.add(path, 1, "no CMakeLists.txt lists this file",
                         "add it to the SRCS of its folder, or delete it")
        if path.endswith(".h") and path not in included:
            findings.add(path, 1, "nobody includes this header", "use it, or delete it")
        if path.endswith("CMakeLists.txt") and "/" in path:
            folder = os.path.dirname(path)
            parent = os.path.dirname(folder)
            above = lists.get(os.path.join(parent, "CMakeLists.txt"), "")
            if os.path.basename(folder) not in re.findall(r"[\w./+-]+", above):
                findings.add(path, 1, "this folder is not part of the build",
                             f"add it in {os.path.join(parent, 'CMakeLists.txt')}")
    return findings.finish()


if __name__ == "__main__":
    sys.exit(main())

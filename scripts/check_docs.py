#!/usr/bin/env python3
"""Documents name things that exist: every relative link leads to a file, and every path in backticks
under one of our folders is there. Patterns and placeholders (with * or capitals) are left alone.
"""

import os
import re
import sys

import sources

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:node|storage|client|proto|tests|scripts|docs|deploy|\.ci)/[\w./{}*,-]*)`")


def exists(root, path):
    return os.path.exists(os.path.join(root, path))


def main(argv=None):
    root = sources.parse_root(__doc__, argv)
    findings = sources.Findings("docs")
    for path in sources.files(root, (".md",)):
        folder = os.path.dirname(path)
        for number, line in enumerate(sources.read(root, path).split("\n"), 1):
            for target in LINK.findall(line):
                if "://" not in target and not exists(root, os.path.join(folder, target)):
                    findings.add(path, number, f"the link {target} leads nowhere", "correct it")
            for target in PATH.findall(line):
                pattern = re.search(r"[*{}A-Z]", re.sub("CMakeLists|EUCA", "", target))
                if pattern or exists(root, target) or exists(root, target + ".cc"):
                    continue
                findings.add(path, number, f"{target} does not exist",
                             "name the file that does this today")
    return findings.finish()


if __name__ == "__main__":
    sys.exit(main())

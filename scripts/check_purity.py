#!/usr/bin/env python3
"""The core runs without the world: no clock, thread, randomness, environment, file, stream or log,
and no container whose order differs from run to run, in the rooms the simulator runs as they are.

What a room needs of these comes in as an argument. scripts/purity_allowed.txt lists the exceptions;
the list may only become shorter.
"""

import os
import re
import sys

import sources

ROOMS = ("base", "crypto", "blob", "merge", "ledger", "tlog", "meaning", "sync", "bundle", "store", "register",
         "query", "driver", "wire")

# What renders for people: values in, text out.
CLIENT_ROOMS = ("language", "brief")
PURE = tuple([f"node/{room}/" for room in ROOMS] + [f"client/{room}/" for room in CLIENT_ROOMS])

# Files that are the seam itself.
SEAMS = {"node/base/mutex.h", "node/base/check.cc"}

ALLOWED_FILE = "scripts/purity_allowed.txt"

# (word for the finding, pattern over code without comments and literals, what to do)
BANNED = [
    ("a clock", r"std::chrono::\w*_clock|\bclock_gettime\b|\bgettimeofday\b|\bstd::time\s*\(|"
     r"(?<![\w.:>])time\s*\(\s*(?:NULL|nullptr|0|&\w+)\s*\)|\babsl::Now\b|"
     r"\babsl::GetCurrentTime\w*|\blocaltime(?:_r)?\b",
     "take the time as an argument"),
    ("a thread or lock", r"\bstd::(?:thread|jthread|mutex|recursive_mutex|shared_mutex|timed_mutex|"
     r"lock_guard|unique_lock|scoped_lock|shared_lock|condition_variable\w*|async|future|promise|"
     r"call_once|counting_semaphore|latch|barrier|this_thread)\b|\babsl::(?:Mutex\w*|Notification|"
     r"BlockingCounter)\b|\bpthread_\w+",
     "leave threads to node/runtime"),
    ("the environment", r"\b(?:secure_)?getenv\b|\bsetenv\b", "pass the value in as an option"),
    ("randomness", r"\bstd::random_device\b|\bstd::mt19937\w*|\bstd::default_random_engine\b|"
     r"\bstd::\w+_distribution\b|\bstd::shuffle\b|\babsl::(?:BitGen|InsecureBitGen|Uniform)\b|"
     r"(?<![\w.:>])s?rand(?:om)?\s*\(",
     "take the bytes or the seed as an argument"),
    ("a hash-ordered container",
     r"\bunordered_(?:multi)?(?:map|set)\b|\b(?:flat|node)_hash_(?:map|set)\b",
     "use std::map, std::set or absl's btree: their order is the same in every run"),
    ("a stream", r"\bstd::(?:cout|cerr|clog|cin|[io]?(?:string|f)stream|[io]stream)\b|"
     r"#\s*include\s*<(?:iostream|fstream|sstream|ostream|istream|iosfwd)>",
     "return a string; absl::StrCat and absl::StrFormat build it"),
    ("a file", r"#\s*include\s*<filesystem>|\bstd::filesystem\b|(?<![\w.:>])f?open\s*\(",
     "leave files to the shell and pass bytes in"),
    ("a log", r"\bspdlog\b|(?<![\w.:>])(?:std::)?v?f?printf\s*\(|(?<![\w.:>])f?puts\s*\(",
     "return what happened; the shell logs it"),
    ("sleep", r"\bsleep_(?:for|until)\b|\bu?sleep\s*\(|\bnanosleep\b|\babsl::SleepFor\b",
     "return when to be called again"),
]
BANNED = [(word, re.compile(pattern), remedy) for word, pattern, remedy in BANNED]


def load_allowed(root, findings):
    """Lines "path: word". "limit N" states how many: raising it is a decision to review."""
    if not os.path.exists(os.path.join(root, ALLOWED_FILE)):
        return {}
    allowed, limit = {}, None
    for number, line in enumerate(sources.read(root, ALLOWED_FILE).split("\n"), 1):
        line = line.strip()
        if line.startswith("limit "):
            limit = int(line.split()[1])
        elif line and not line.startswith("#"):
            path, _, word = line.partition(": ")
            allowed[(path, word)] = number
    if limit != len(allowed):
        findings.add(ALLOWED_FILE, 1, f"the limit says {limit}, the list has {len(allowed)}",
                     "lower the limit with every line you remove; do not raise it")
    return allowed


def main(argv=None):
    root = sources.parse_root(__doc__, argv)
    findings = sources.Findings("purity")
    allowed = load_allowed(root, findings)
    used = set()
    for path in sources.files(root, sources.CPP):
        if not path.startswith(PURE) or path in SEAMS:
            continue
        for number, line in enumerate(sources.code_only(sources.read(root, path)).split("\n"), 1):
            for word, pattern, remedy in BANNED:
                match = pattern.search(line)
                if not match:
                    continue
                if (path, word) in allowed:
                    used.add((path, word))
                    continue
                findings.add(path, number, f"{word} in a pure room ({match.group(0).strip()})",
                             remedy)
    for (path, word), number in sorted(allowed.items()):
        if (path, word) not in used:
            findings.add(ALLOWED_FILE, number, f"{path} no longer uses {word}: well done",
                         "remove the line and lower the limit")
    return findings.finish()


if __name__ == "__main__":
    sys.exit(main())

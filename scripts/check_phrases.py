#!/usr/bin/env python3
"""Every phrase the client says to people stands in every language, and says the same.

Phrases are the literals of Say(...), Said(...) and Phrase(...) in the client's rooms that speak
every language, the closed lists of node/meaning/words.cc that they say ("in_progress" is said "in
progress"), and the headings of the node's tables ("DELEGATION"). client/language/po/LANG.po has a
translation of each, with the same {0} {1}...
--template prints them as a .po file to start a language with.
"""

import ast
import os
import re
import sys

import sources

PO = "client/language/po"
CALL = re.compile(r"\b(?:Say|Said|Phrase)\s*\(\s*((?:\"(?:\\.|[^\"\\])*\"\s*)+)")
LITERAL = re.compile(r"\"(?:\\.|[^\"\\])*\"")
ROOMS = ("client/language/", "client/brief/")
WORD_LIST = re.compile(r"ENTENTE_WORD_LIST\((?:CommitmentNatures|TimetableWords|RoundNatures|"
                       r"InterventionNatures|ReviewOutcomes|NotCountedReasons|SectionNames),([^)]*)\)")
ENUM_LIST = re.compile(r"k(?:Implementations|Assessments)\{\{(.*?)\}\};", re.S)
HEADING = re.compile(r"\{\"[a-z_]+\",\s*\"([A-Z][A-Z0-9 .()/%-]*)\"")
PLACE = re.compile(r"\{\d\}")


def cpp_text(literals):
    """Adjacent C++ literals as one text. Their escapes are also Python's."""
    return "".join(ast.literal_eval(part) for part in LITERAL.findall(literals))


def phrases(root):
    """Phrase -> where it stands first."""
    found = {}

    def add(text, path):
        found.setdefault(text, path)

    for path in sources.files(root, sources.CPP):
        text = sources.read(root, path)
        if path.startswith(ROOMS):
            for match in CALL.finditer(text):
                add(cpp_text(match.group(1)), path)
        if path == "node/meaning/words.cc":
            for match in WORD_LIST.finditer(text):
                for word in LITERAL.findall(match.group(1)):
                    add(word[1:-1].replace("_", " "), path)
            for match in ENUM_LIST.finditer(text):
                for word in LITERAL.findall(match.group(1)):
                    add(word[1:-1].replace("_", " "), path)
        if path.startswith("node/"):
            for match in HEADING.finditer(text):
                add(match.group(1), path)
    return found


def read_po(root, path):
    """msgid -> (msgstr, line). Only what our files use: no plurals, no contexts."""
    entries, key, texts, at, fuzzy, is_fuzzy = {}, None, {}, 0, False, set()

    def finish():
        if texts.get("msgid") is not None:
            entries[texts["msgid"]] = (texts.get("msgstr", ""), at)
            if fuzzy:
                is_fuzzy.add(texts["msgid"])

    for number, line in enumerate(sources.read(root, path).split("\n"), 1):
        line = line.strip()
        if line.startswith("#,") and "fuzzy" in line:
            finish()
            texts, key, fuzzy = {}, None, True
        elif line.startswith("msgid "):
            finish()
            fuzzy = fuzzy and not texts
            key, at, texts = "msgid", number, {"msgid": ast.literal_eval(line[6:])}
        elif line.startswith("msgstr "):
            key = "msgstr"
            texts[key] = ast.literal_eval(line[7:])
        elif line.startswith('"') and key:
            texts[key] += ast.literal_eval(line)
    finish()
    return entries, is_fuzzy


def check(root, findings):
    known = phrases(root)
    folder = os.path.join(root, PO)
    files = sorted(f for f in os.listdir(folder) if f.endswith(".po")) if os.path.isdir(folder) else []
    for name in files:
        path = f"{PO}/{name}"
        entries, fuzzy = read_po(root, path)
        for phrase, where in sorted(known.items()):
            said, line = entries.get(phrase, ("", 1))
            if not said:
                findings.add(path, line, f'"{phrase}" ({where}) is not translated', "add it")
            elif sorted(PLACE.findall(phrase)) != sorted(PLACE.findall(said)):
                findings.add(path, line, f'"{phrase}" has other places than its translation',
                             "use each of {0}, {1}... as the phrase does")
        for phrase, (_, line) in sorted(entries.items()):
            if phrase and phrase not in known:
                findings.add(path, line, f'nothing says "{phrase}"', "remove it")
        for phrase in sorted(fuzzy):
            findings.add(path, entries[phrase][1], f'"{phrase}" is marked fuzzy',
                         "read the translation and take the mark away")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def template(root):
    print('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n')
    for phrase, where in sorted(phrases(root).items()):
        print(f"#: {where}\nmsgid {quoted(phrase)}\nmsgstr \"\"\n")


def main(argv=None):
    argv = sys.argv[1:] if argv is None else argv
    if "--template" in argv:
        template(sources.parse_root(__doc__, [a for a in argv if a != "--template"]))
        return 0
    findings = sources.Findings("phrases")
    check(sources.parse_root(__doc__, argv), findings)
    return findings.finish()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Every phrase the client says to people stands in every language, and says the same.

Three kinds of entries of client/language/po/LANG.po:
* Phrases, without msgctxt: the literals of Say(...), Said(...) and Phrase(...) in the files that speak every
  language, the closed lists of node/meaning/text/words.cc ("in_progress" is said "in progress"), the headings of
  tables ("DELEGATION"), what each command and each option is for (AddCommand, add_option and their like; the unit
  test help_language_test.cc walks the tree itself), and the topics of `entente help`. Each has a translation with
  the same {0} {1}...
* Patterns, msgctxt "line" and "part": English lines of the node and the client, retold by client/language/retelling.h.
  What stands between the places of each still stands in the sources.
* Words of cells, msgctxt "word": the same.
* Names of a record's fields, msgctxt "field": those of proto/entente/v1/payload.proto and of an entry's header.
What must have a pattern: the messages of the rules (docs/validation.md) and the hints of client/base/errors.cc. What
must have a word: every closed list of node/meaning/text/words.cc.
--template prints the phrases as a .po file to start a language with.
"""

import ast
import os
import re
import sys

import sources

PO = "client/language/po"
CALL = re.compile(r"\b(?:phrases\(\)\.|phrases_?\.)?(?:Say|Said|Phrase)\s*\(\s*((?:\"(?:\\.|[^\"\\])*\"\s*)+)")
LITERAL = re.compile(r"\"(?:\\.|[^\"\\])*\"")
ROOMS = ("client/app.cc", "client/language/", "client/brief/", "client/base/errors.cc", "client/base/help_language.cc",
         "client/base/man_page.cc", "client/context/context.cc", "client/draft/draft_text.cc",
         "client/draft/conflict_text.cc", "client/draft/record_text.cc", "client/commands/writing.cc")
WORD_LIST = re.compile(r"ENTENTE_WORD_LIST\((?:CommitmentNatures|TimetableWords|RoundNatures|"
                       r"InterventionNatures|ReviewOutcomes|NotCountedReasons|SectionNames),([^)]*)\)")
ENUM_LIST = re.compile(r"k(?:Implementations|Assessments)\{\{(.*?)\}\};", re.S)
HEADING = re.compile(r"\{\"[a-z_]+\",\s*\"([A-Z][A-Z0-9 .()/%-]*)\"")
TITLES = re.compile(r"titles\[\] = \{(.*?)\};", re.S)
COMMAND = re.compile(r"\bAdd\w+(?:<[\w:]+>)?\s*\([^\"();]*\"[a-z-]+\",\s*((?:\"(?:\\.|[^\"\\])*\"\s*)+)")
OPTION = re.compile(r"(?:\badd_(?:option|flag)|->description)\s*\(")
CHOSEN = re.compile(r"\bAddCommand\s*\(")
MARKED = re.compile(r"\bPhrase\s*\(\s*((?:\"(?:\\.|[^\"\\])*\"\s*)+)\)")
TOPIC = re.compile(r"constexpr char k\w+\[\] =\s*R\"\((.*?)\)\";", re.S)
PLACE = re.compile(r"\{\d(?::[ndzwmsl])?\}")
LITERALS = re.compile(r"(?:\"(?:\\.|[^\"\\])*\"\s*)+")
CONTEXTS = ("line", "part", "word", "field")
WORDS = re.compile(r"ENTENTE_WORD_LIST\(\w+,([^)]*)\)|constexpr std::array<Word<[\w:]+>, \d+> k\w+\{\{(.*?)\}\};", re.S)
# "section.obstacles" of a part's name, and what a payload of a newer version has.
OTHER_FIELDS = ("section", "newer")
FIELDS = re.compile(r"^ +(?:repeated )?(?:\w+) (\w+)\s*=\s*\d+;", re.M)
# Columns of tables that hold more than numbers, and their lists in client/base/table_language.cc.
COLUMN = re.compile(r"\{\"([a-z_]+)\",\s*\"[A-Z][A-Z0-9 .()/%-]*\"(?:, false)?\}")
CLASSED = re.compile(r"k\w+Columns\[\] = \{(.*?)\};", re.S)
HEADER = re.compile(r"HeaderJson\(const ledger::EntryHeader& h\) \{(.*?)\n\}", re.S)
RULES = re.compile(r"node/meaning/rules/\w+_rules\.cc$")
HINTS = re.compile(r"HintByReason\(\) \{(.*?)\n\}", re.S)
# What CLI11 (Error.hpp, Validators.hpp) says of a command line, and app.cc passes on.
PARSER = ("Could not convert: ", " = ", " not in {", "Value ", " not in range ", " to ", " required ", " missing",
          " excludes ", " requires ", ": At Most ", ": At least ", " required but received ")
# What the system says of a file or a line (strerror), and gRPC of a peer.
SYSTEM = ("No such file or directory", "Permission denied", "Operation not permitted", "Is a directory",
          "Not a directory", "File exists", "Directory not empty", "No space left on device",
          "Read-only file system", "Too many open files", "Input/output error", "Connection refused",
          "Connection reset by peer", "Connection timed out", "Network is unreachable", "No route to host",
          "File name too long", "Disk quota exceeded", "Bad file descriptor", "File too large",
          "failed to connect to all addresses; last error: ",
          "No such device or address")
PIECES_MAX = 4  # a text may be put together from so many literals: " record" + " with more than one version"


def cpp_text(literals):
    """Adjacent C++ literals as one text. Their escapes are also Python's."""
    return "".join(ast.literal_eval(part) for part in LITERAL.findall(literals))


def arguments(text, at):
    """What stands between the commas of a call whose bracket opens before `at`."""
    depth, begin, out = 1, at, []
    while depth and at < len(text):
        literal = LITERAL.match(text, at)
        if literal:
            at = literal.end()
            continue
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text[at], 0)
        if depth == 0 or (depth == 1 and text[at] == ","):
            out.append(text[begin:at].strip())
            begin = at + 1
        at += 1
    return out


def help_texts(text):
    """What options are for; and commands, where a choice of two texts is given."""
    for match in OPTION.finditer(text):
        last = arguments(text, match.end())[-1]
        if LITERALS.fullmatch(last):
            yield cpp_text(last)
    for match in CHOSEN.finditer(text):
        what = arguments(text, match.end())[3:4]
        if what and "?" in LITERAL.sub("", what[0]):
            yield from literals(what[0])


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
        if path.startswith("client/commands/"):
            for match in COMMAND.finditer(text):
                add(cpp_text(match.group(1)), path)
        if path.startswith("client/"):
            for match in MARKED.finditer(text):
                add(cpp_text(match.group(1)), path)
            for said in help_texts(text):
                add(said, path)
        if path == "client/commands/help.cc":
            for match in TOPIC.finditer(text):
                add(match.group(1), path)
        if path == "node/meaning/text/words.cc":
            for match in WORD_LIST.finditer(text):
                for word in LITERAL.findall(match.group(1)):
                    add(word[1:-1].replace("_", " "), path)
            for match in ENUM_LIST.finditer(text):
                for word in LITERAL.findall(match.group(1)):
                    add(word[1:-1].replace("_", " "), path)
        if path.startswith(("node/", "client/")):
            for match in HEADING.finditer(text):
                add(match.group(1), path)
            for match in TITLES.finditer(text):
                for word in LITERAL.findall(match.group(1)):
                    add(word[1:-1], path)
    return found


class Entry:
    def __init__(self, line, fuzzy):
        self.line, self.fuzzy = line, fuzzy
        self.texts = {}  # keyword -> text: msgctxt, msgid, msgid_plural, msgstr, msgstr[0]...

    @property
    def context(self):
        return self.texts.get("msgctxt", "")

    @property
    def english(self):
        return [self.texts[key] for key in ("msgid", "msgid_plural") if key in self.texts]

    @property
    def said(self):
        return [text for key, text in self.texts.items() if key.startswith("msgstr")]


KEYWORD = re.compile(r"(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (\".*)")


def read_po(root, path):
    """(msgctxt, msgid) -> Entry."""
    entries, entry, key, fuzzy = {}, None, None, False

    def finish():
        if entry and "msgid" in entry.texts:
            entries[(entry.context, entry.texts["msgid"])] = entry

    for number, line in enumerate(sources.read(root, path).split("\n"), 1):
        line = line.strip()
        match = KEYWORD.match(line)
        if line.startswith("#,") and "fuzzy" in line:
            fuzzy = True
        elif match:
            begins = match.group(1) == "msgctxt" or (match.group(1) == "msgid" and key != "msgctxt")
            if begins:
                finish()
                entry, fuzzy = Entry(number, fuzzy), False
            key = match.group(1)
            entry.texts[key] = ast.literal_eval(match.group(2))
        elif line.startswith('"') and key:
            entry.texts[key] += ast.literal_eval(line)
    finish()
    return entries


class Corpus:
    """The literals of the client, the node and the store, adjacent ones as one text."""

    def __init__(self, root):
        self.words = {}   # of closed lists -> where they stand
        self.fields = {}  # of records -> where they stand
        self.columns = {}  # of tables -> where they stand
        self.read_lists(root)
        texts = set(PARSER + SYSTEM)
        self.required = {}  # text that a pattern must have -> where it stands
        for path in sources.files(root, sources.CPP):
            if not path.startswith(("client/", "node/", "storage/")):
                continue
            text = sources.read(root, path)
            text = re.sub(r"^#include.*$|^\s*//.*$|\s// .*$|'\\?\"'", "", text, flags=re.M)
            texts.update(literals(text))
            for column in COLUMN.findall(text):
                self.columns.setdefault(column, path)
            hints = HINTS.search(text) if path == "client/base/errors.cc" else None
            for part in literals(hints.group(1)) if hints else literals(text) if RULES.match(path) else []:
                if part.strip().count(" ") >= 1:
                    self.required.setdefault(part.strip(" ;:"), path)
        self.all = "\0".join(sorted(texts))

    def read_lists(self, root):
        path = "node/meaning/text/words.cc"
        for match in WORDS.finditer(sources.read(root, path) if exists(root, path) else ""):
            for word in LITERAL.findall(match.group(1) or match.group(2)):
                if len(word) > 3:  # letters of SDMX stay
                    self.words.setdefault(word[1:-1].replace("_", " "), path)
        for path, pattern in (("proto/entente/v1/payload.proto", None), ("client/signing/submit_run.cc", HEADER)):
            text = sources.read(root, path) if exists(root, path) else ""
            names = FIELDS.findall(text) if pattern is None else re.findall(
                r"\{\"(\w+)\",", "".join(pattern.findall(text)))
            for name in names:
                self.fields.setdefault(name, path)

        path = "client/base/table_language.cc"
        self.classed = set()
        for match in CLASSED.finditer(sources.read(root, path) if exists(root, path) else ""):
            self.classed.update(re.findall(r"\"(\w+)\"", match.group(1)))

    def has(self, text):
        """Is it put together from at most PIECES_MAX pieces of literals?"""
        for _ in range(PIECES_MAX):
            low, high = 0, len(text)
            while low < high:  # the longest beginning that stands in a literal
                middle = (low + high + 1) // 2
                low, high = (middle, high) if text[:middle] in self.all else (low, middle - 1)
            text = text[low:]
            if not text:
                return True
        return False


def exists(root, path):
    return os.path.exists(os.path.join(root, path))


def literals(text):
    """Adjacent literals as one text each; those with escapes that are not Python's are left out."""
    out = []
    for match in LITERALS.finditer(text):
        try:
            out.append(cpp_text(match.group(0)))
        except (SyntaxError, ValueError):
            continue
    return out


def places(text):
    return sorted(re.findall(r"\{(\d)", place)[0] for place in PLACE.findall(text))


def malformed(pattern):
    """As Pattern::Parse judges (client/language/pattern.cc)."""
    numbers = places(pattern)
    touching = re.search(PLACE.pattern + PLACE.pattern, pattern)
    return bool(touching) or numbers != [str(i) for i in range(len(numbers))]


def check_pattern(path, entry, corpus, forms, findings):
    name = f'"{entry.texts["msgid"]}" ({entry.context})'
    if entry.context not in CONTEXTS:
        findings.add(path, entry.line, f"{name}: no such context", f"one of {' '.join(CONTEXTS)}")
        return
    if entry.context == "field":
        if entry.texts["msgid"] not in corpus.fields and entry.texts["msgid"] not in OTHER_FIELDS:
            findings.add(path, entry.line, f"{name} is no field of a record", "remove it")
        if not all(entry.said):
            findings.add(path, entry.line, f"{name} is not translated", "add it")
        return
    if entry.context == "word" and "_" in entry.texts["msgid"]:
        findings.add(path, entry.line, f"{name} is never looked up", "write the word with a space for each _")
    if any(malformed(text) for text in entry.english):
        findings.add(path, entry.line, f"{name} is no pattern", "number its places 0, 1, 2..., text between them")
    if len(entry.said) != (forms if len(entry.english) > 1 else 1) or not all(entry.said):
        findings.add(path, entry.line, f"{name} is not translated", "add every form of it")
    for said in entry.said:
        if set(places(said)) != set(places(entry.texts["msgid"])):
            findings.add(path, entry.line, f"{name} has other places than its translation",
                         "use each of {0}, {1}... as the pattern does")
    for text in PLACE.split(entry.texts["msgid"]):
        text = text.strip()
        spelt = corpus.has(text) or (entry.context == "word" and corpus.has(text.replace(" ", "_")))
        if len(text) > 2 and not spelt:
            findings.add(path, entry.line, f'nothing says "{text}"', "write the line as it is said now, or remove it")


def check(root, findings):
    known, corpus = phrases(root), Corpus(root)
    folder = os.path.join(root, PO)
    files = sorted(f for f in os.listdir(folder) if f.endswith(".po")) if os.path.isdir(folder) else []
    if corpus.classed:
        for column, path in sorted(corpus.columns.items()):
            if column not in corpus.classed:
                findings.add(path, 1, f'what column "{column}" holds is not known to client/base/table_language.cc',
                             "put it into the list it belongs to")
    everywhere = {}
    for name in files:
        path = f"{PO}/{name}"
        entries = read_po(root, path)
        everywhere[path] = entries
        heading = entries[("", "")].said[0] if ("", "") in entries else ""
        forms = re.search(r"nplurals=(\d)", heading)
        for (context, phrase), entry in sorted(entries.items()):
            if entry.fuzzy:
                findings.add(path, entry.line, f'"{phrase}" is marked fuzzy',
                             "read the translation and take the mark away")
            if context:
                check_pattern(path, entry, corpus, int(forms.group(1)) if forms else 2, findings)
            elif phrase and phrase not in known:
                findings.add(path, entry.line, f'nothing says "{phrase}"', "remove it")
        for phrase, where in sorted(known.items()):
            entry = entries.get(("", phrase))
            said = entry.said[0] if entry else ""
            if not said:
                findings.add(path, entry.line if entry else 1, f'"{phrase}" ({where}) is not translated', "add it")
            elif places(phrase) != places(said):
                findings.add(path, entry.line, f'"{phrase}" has other places than its translation',
                             "use each of {0}, {1}... as the phrase does")
        check_required(path, entries, corpus, findings)
    every = set().union(*(set(entries) for entries in everywhere.values()))
    for path, entries in everywhere.items():
        for context, phrase in sorted(every - set(entries)):
            if context:
                findings.add(path, 1, f'"{phrase}" ({context}) is translated elsewhere, not here', "add it")


def check_required(path, entries, corpus, findings):
    """What the rules and the hints say is part of some pattern."""
    for word, where in sorted(corpus.words.items()):
        if ("word", word) not in entries and ("", word) not in entries:
            findings.add(path, 1, f'"{word}" ({where}) is not translated', 'add it, msgctxt "word"')
    for field, where in sorted(corpus.fields.items()):
        if field != "common" and ("field", field) not in entries:
            findings.add(path, 1, f'"{field}" ({where}) is not translated', 'add it, msgctxt "field"')
    patterns = "\0".join(text for (context, _), entry in entries.items() if context for text in entry.english)
    for text, where in sorted(corpus.required.items()):
        pieces = [piece.strip() for piece in text.split(";") if piece.strip().count(" ") >= 1]
        for piece in pieces:
            if piece not in patterns:
                findings.add(path, 1, f'"{piece}" ({where}) has no pattern', 'add one, msgctxt "line"')


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

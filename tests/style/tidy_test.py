"""check_tidy.py, check_sources.py and check_docs.py fail on what they say they look for."""

import socket
import unittest

import planted


class Tidy(planted.PlantedCheck):
    script = "check_tidy.py"

    def test_clean_text_passes(self):
        self.assert_clean({"node/base/x.h": "// " + "x" * 97 + "\n", "docs/x.md": "y" * 200 + "\n"})

    def test_a_long_line(self):
        self.assert_found({"node/base/x.h": "// " + "x" * 98 + "\n"},
                          "node/base/x.h:1: 101 columns")

    def test_columns_are_characters_not_bytes(self):
        self.assert_clean({"node/base/x.h": "// " + "ж" * 97 + "\n"})

    def test_tab_trailing_space_and_missing_newline(self):
        self.assert_found({"a.cc": "\tint x;\n"}, "a.cc:1: a tab")
        self.assert_found({"a.cc": "int x; \n"}, "a.cc:1: trailing space")
        self.assert_found({"a.cc": "int x;"}, "a.cc:1: no newline")

    def test_leftovers(self):
        for word in ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"):
            with self.subTest(word=word):
                self.assert_found({"docs/x.md": f"\n{word}: later\n"},
                                  f"docs/x.md:2: the word {word}")

    def test_folders_and_names_of_one_machine(self):
        self.assert_found({"docs/x.md": "see /home/" + "somebody/src\n"}, "one machine")
        name = socket.gethostname()
        if len(name) >= 6 and not name.isalpha() and not name.startswith("localhost"):
            self.assert_found({"docs/x.md": f"run on {name}\n"}, "one machine")

    def test_a_long_file_is_found_unless_listed_and_may_not_grow(self):
        text = "int x;\n" * 501
        listed = "# ...\na.cc {}\n"
        self.assert_found({"a.cc": text}, "501 lines, more than 500")
        self.assert_clean({"a.cc": text, "scripts/long_files.txt": listed.format(501)})
        self.assert_found({"a.cc": text + "int y;\n", "scripts/long_files.txt": listed.format(501)},
                          "allows 501")
        self.assert_found({"a.cc": "int x;\n", "scripts/long_files.txt": listed.format(501)},
                          "well done")


class Sources(planted.PlantedCheck):
    script = "check_sources.py"

    LISTS = {"CMakeLists.txt": "add_subdirectory(node)\n",
             "node/CMakeLists.txt": "foreach(room base)\n",
             "node/base/CMakeLists.txt": "entente_library(NAME base SRCS id.cc)\n",
             "node/base/id.cc": '#include "node/base/id.h"\n',
             "node/base/id.h": "#pragma once\n"}

    def test_everything_listed_is_clean(self):
        self.assert_clean(self.LISTS)

    def test_a_source_that_is_not_compiled(self):
        self.assert_found({**self.LISTS, "node/base/old.cc": "\n"},
                          "node/base/old.cc:1: no CMakeLists.txt lists")

    def test_a_source_listed_in_a_comment_only(self):
        self.assert_found({**self.LISTS, "node/base/CMakeLists.txt": "# id.cc\n"},
                          "node/base/id.cc:1: no CMakeLists.txt lists")

    def test_a_header_that_nobody_includes(self):
        self.assert_found({**self.LISTS, "node/base/old.h": "\n"}, "nobody includes this header")

    def test_a_folder_that_is_not_built(self):
        self.assert_found({**self.LISTS, "node/gone/CMakeLists.txt": "\n"},
                          "node/gone/CMakeLists.txt:1: this folder is not part of the build")


class Docs(planted.PlantedCheck):
    script = "check_docs.py"

    def test_what_exists_is_clean(self):
        self.assert_clean({"docs/a.md": "[b](b.md#part) `docs/b.md` `tests/unit/ROOM` `scripts/*.py`\n"
                                        "[w](https://example.org/x)\n", "docs/b.md": "\n"})

    def test_a_link_that_leads_nowhere(self):
        self.assert_found({"docs/a.md": "\n[b](gone.md)\n"},
                          "docs/a.md:2: the link gone.md leads nowhere")

    def test_a_file_that_is_not_there(self):
        self.assert_found({"docs/a.md": "see `node/base/gone.h`\n"},
                          "node/base/gone.h does not exist")


if __name__ == "__main__":
    unittest.main()

"""scripts/check_told.py finds what is said in English only, and entries of its list that are out of date."""

import unittest

import planted

PO = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n\nmsgctxt "line"\nmsgid "{0} has no mark; sync first"\n' \
     'msgstr "{0} n’a pas de marque"\n'
TOLD = 'Failure(StrCat(name, " has no mark; sync first\\n"), "entente sync --now please");\n'
UNTOLD = 'Warn(StrCat(name, " was never seen"));\nDCHECK(x) << 1; CHECK(Fits(x, "it does not fit"));\n'


class Told(planted.PlantedCheck):
    script = "check_told.py"

    def with_source(self, text, **more):
        return {"client/language/po/fr.po": PO, "client/x.cc": text, **more}

    def test_a_clause_of_a_pattern_is_told(self):
        self.assert_clean(self.with_source(TOLD))

    def test_a_clause_in_english_only(self):
        self.assert_found(self.with_source(TOLD + UNTOLD), 'client/x.cc:1: "was never seen" is said in English only')

    def test_the_head_of_a_finding_and_what_is_typed_need_no_translation(self):
        told = 'StrCat(file, ": E-AUTH key: has no mark", n, "EDITOR=nano entente draft edit");\n'
        self.assert_clean(self.with_source(TOLD + told))
        self.assert_found(self.with_source(TOLD + 'Say("E-AUTH key: was never seen");\n'), '"was never seen" is said')

    def test_the_list_allows_it(self):
        known = {"scripts/untold_lines.txt": '# why\nclient/x.cc "was never seen"\n'}
        self.assert_clean(self.with_source(TOLD + UNTOLD, **known))

    def test_the_list_only_gets_shorter(self):
        known = {"scripts/untold_lines.txt": 'client/x.cc "was never seen"\n'}
        self.assert_found(self.with_source(TOLD, **known), "untold_lines.txt:1", "remove the line")

    def test_what_only_the_node_reads_need_not_be_told(self):
        self.assert_clean(self.with_source(TOLD, **{"node/sync/frame/x.cc": UNTOLD}))
        self.assert_found(self.with_source(TOLD, **{"node/query/x.cc": UNTOLD}), "was never seen")


if __name__ == "__main__":
    unittest.main()

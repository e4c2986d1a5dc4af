"""scripts/check_phrases.py finds what is not translated, left over, or says something else."""

import unittest

import planted

PHRASES = '#include "x.h"\nauto a = phrases.Say("{0} of {1}");\nauto b = Said("Two "\n              "lines");\n'
GOOD = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n\nmsgid "{0} of {1}"\nmsgstr "{1}, {0}"\n\n' \
       'msgid "Two lines"\nmsgstr ""\n"Deux "\n"lignes"\n'


class Phrases(planted.PlantedCheck):
    script = "check_phrases.py"

    def with_po(self, po, **more):
        return {"client/brief/x.cc": PHRASES, "client/language/po/fr.po": po, **more}

    def test_all_is_said(self):
        self.assert_clean(self.with_po(GOOD))

    def test_a_phrase_without_translation(self):
        self.assert_found(self.with_po(GOOD.split("msgid \"Two")[0]), 'fr.po:1: "Two lines" (client/brief/x.cc)',
                          "not translated")
        self.assert_found(self.with_po(GOOD.replace('"Deux "\n"lignes"', "")), "not translated")

    def test_other_places(self):
        self.assert_found(self.with_po(GOOD.replace("{1}, {0}", "{1}, {1}")), "other places")

    def test_a_left_over(self):
        self.assert_found(self.with_po(GOOD + '\nmsgid "Old"\nmsgstr "Vieux"\n'), 'nothing says "Old"')

    def test_a_fuzzy_one(self):
        self.assert_found(self.with_po(GOOD.replace('msgid "Two', '#, fuzzy\nmsgid "Two')), "marked fuzzy")

    def test_words_of_closed_lists_and_headings_are_phrases(self):
        words = 'ENTENTE_WORD_LIST(RoundNatures, "mid_term")\n'
        self.assert_found(self.with_po(GOOD, **{"node/meaning/words.cc": words}), '"mid term"')
        table = 'TableBuilder table({{"on_time", "ON TIME", true}});\n'
        self.assert_found(self.with_po(GOOD, **{"node/query/x.cc": table}), '"ON TIME"')


if __name__ == "__main__":
    unittest.main()

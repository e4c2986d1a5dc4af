"""scripts/check_phrases.py finds what is not translated, left over, or says something else."""

import unittest

import planted

PHRASES = '#include "x.h"\nauto a = phrases.Say("{0} of {1}");\nauto b = Said("Two "\n              "lines");\n'
GOOD = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n\nmsgid "{0} of {1}"\nmsgstr "{1}, {0}"\n\n' \
       'msgid "Two lines"\nmsgstr ""\n"Deux "\n"lignes"\n'
MARKS = '\nmsgctxt "line"\nmsgid "{0} has {1:n} mark left"\nmsgid_plural "{0} has {1:n} marks left"\n' \
        'msgstr[0] "{0} a encore {1:n} marque"\nmsgstr[1] "{0} a encore {1:n} marques"\n'


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
        self.assert_found(self.with_po(GOOD, **{"node/meaning/text/words.cc": words}), '"mid term"')
        table = 'TableBuilder table({{"on_time", "ON TIME", true}});\n'
        self.assert_found(self.with_po(GOOD, **{"node/query/x.cc": table}), '"ON TIME"')

    def test_every_closed_list_is_words(self):
        words = 'ENTENTE_WORD_LIST(ReminderLevels, "in_form")\n'
        self.assert_found(self.with_po(GOOD, **{"node/meaning/text/words.cc": words}), '"in form"', 'msgctxt "word"')
        word = '\nmsgctxt "word"\nmsgid "in form"\nmsgstr "en règle"\n'
        self.assert_clean(self.with_po(GOOD + word, **{"node/meaning/text/words.cc": words}))

    def test_every_field_of_a_record_is_named(self):
        proto = {"proto/entente/v1/payload.proto": "message Round {\n  Common common = 1;\n  repeated string scope =\n"
                 "      5;\n}\n"}
        field = '\nmsgctxt "field"\nmsgid "scope"\nmsgstr "champ"\n'
        self.assert_found(self.with_po(GOOD, **proto), '"scope"', 'msgctxt "field"')
        self.assert_clean(self.with_po(GOOD + field, **proto))
        self.assert_found(self.with_po(GOOD + field.replace("scope", "scop") + field, **proto), "no field of a record")

    def test_a_column_of_which_nobody_knows_what_it_holds(self):
        table = {"node/query/x.cc": 'TableBuilder table({{"state", "STATE"}, {"late", "LATE", true}});\n'}
        said = GOOD + '\nmsgid "STATE"\nmsgstr "ÉTAT"\n\nmsgid "LATE"\nmsgstr "EN RETARD"\n'
        lists = 'constexpr absl::string_view kWordColumns[] = {"%s"};\n'
        known = {"client/base/table_language.cc": lists % "state"}
        self.assert_clean(self.with_po(said, **table, **known))
        unknown = {"client/base/table_language.cc": lists % "status"}
        self.assert_found(self.with_po(said, **table, **unknown), 'column "state"')

    def test_a_line_that_nothing_says_any_more(self):
        said = {"client/x.cc": 'Say(StrCat(name, " has ", n, n == 1 ? " mark" : " marks", " left"));\n'}
        self.assert_clean(self.with_po(GOOD + MARKS, **said))
        stale = MARKS.replace("has", "haz")
        self.assert_found(self.with_po(GOOD + stale, **said), 'nothing says "haz"')

    def test_a_word_that_is_never_looked_up(self):
        said = {"client/x.cc": 'auto state = "late_only";\n'}
        word = '\nmsgctxt "word"\nmsgid "late only"\nmsgstr "en retard"\n'
        self.assert_clean(self.with_po(GOOD + word, **said))
        self.assert_found(self.with_po(GOOD + word.replace("late only", "late_only"), **said), "never looked up")

    def test_a_pattern_that_is_none(self):
        line = 'msgctxt "line"\nmsgid "{0}{1} left"\nmsgstr "{0}{1}"\n'
        self.assert_found(self.with_po(GOOD + line, **{"client/x.cc": 'Say("left");\n'}), "is no pattern")

    def test_a_form_of_number_that_is_missing(self):
        said = {"client/x.cc": 'Say(" has ", " mark", " marks", " left");\n'}
        one = MARKS.replace('msgstr[1] "{0} a encore {1:n} marques"\n', "")
        self.assert_found(self.with_po(GOOD + one, **said), "is not translated", "every form")
        other = MARKS.replace("{0} a encore {1:n} marques", "{0} en a plusieurs")
        self.assert_found(self.with_po(GOOD + other, **said), "other places")

    def test_a_line_of_one_language_only(self):
        said = {"client/x.cc": 'Say(" has ", " mark", " marks", " left");\n', "client/language/po/ru.po": GOOD}
        self.assert_found(self.with_po(GOOD + MARKS, **said), "ru.po:1", "translated elsewhere, not here")

    def test_a_rule_without_pattern(self):
        rule = {"node/meaning/rules/value_rules.cc": 'Refuse("E-NUM", field, text + " is no number; write 1234.5");\n'}
        self.assert_found(self.with_po(GOOD, **rule), '"is no number"', '"write 1234.5"', "has no pattern")


if __name__ == "__main__":
    unittest.main()

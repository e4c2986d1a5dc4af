"""A Russian focal point's day and a French desk officer's: what they read is in their language, what machines read
is not."""

import json
import os
import re
import unittest

from cluster import BIN, Cluster

os.environ["ENTENTE_NODE_PROGRAM"] = str(BIN / "node" / "entented")

CYRILLIC = re.compile("[а-яё]", re.I)
# Two words of English prose in a row, beside what is typed and what somebody wrote.
PROSE = re.compile(r"\b[a-z]{2,} [a-z]{3,}\b")
TYPED = re.compile(r"entented? [a-z-]+( [a-z-]+)*|известны: [a-z_ -]+|--[a-z-]+( [a-z-]+)?|ulimit .*|"
                   r"nothing is missing")


class Languages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = Cluster(parties=("kg",))
        cls.addClassCleanup(cls.world.close)
        cls.kg, cls.gsc = cls.world.kg, cls.world.gsc

    def says(self, text, *wanted):
        for words in wanted:
            self.assertIn(words, text)

    def ru(self, *words, status=0):
        result = self.kg.entente("--lang", "ru", *words)
        self.assertEqual(result.status, status, result)
        return result

    def test_1_what_is_owed(self):
        self.says(self.ru("todo").out, "К СРОКУ", "СОСТОЯНИЕ", "СДЕЛАТЬ", "просрочено", "15.09.2017",
                  "entente draft new --round MTR-2017 --commitment DDR/08", "Местная копия, последний контакт:")

    def test_2_a_draft_with_mistakes(self):
        new = self.ru("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "ru")
        self.says(new.out, "черновик       d-1 (черновик)", "предмет        обязательство DDR/08")
        self.says(new.err, "дальше: entente draft set d-1")
        refused = self.ru("draft", "set", "d-1", "implementation=ongoing", status=5)
        self.says(refused.err, 'entente: E-STATUS implementation: "ongoing" — не статус; возможно, вы имели в виду '
                  "in_progress?", "что делать: ничего не изменено; укажите заново",
                  "(VALIDATION_FAILED, код завершения 5)")
        # A narrative that reads like a message of ours is the author's word and stays.
        narrative = "nothing is missing"
        self.ru("draft", "set", "d-1", "implementation=in_progress", f"narrative={narrative}", "assessment=on_track")
        self.says(self.ru("draft", "show", "d-1").out, "выполнение     выполняется", "оценка         по плану",
                  "текст (ru)\n  nothing is missing\n")
        check = self.ru("draft", "check", "d-1")
        self.says(check.out, "W-LATE round: сегодня ", ", срок был 15.09.2017",
                  "W-SCRIPT narratives[ru]: метка ru обещает кириллицу", "d-1: 0 ошибок, 2 предупреждения")

    def test_3_refused_until_accepted_then_submitted(self):
        refused = self.ru("submit", "d-1", "--key", self.kg.key, status=5)
        self.says(refused.err, "предупреждение: W-LATE round: сегодня ",
                  "entente: в d-1: 2 предупреждения; ничего не подписано",
                  "что делать: прочтите предупреждения; --accept-warnings подаёт всё равно")
        done = self.ru("submit", "d-1", "--key", self.kg.key, "--accept-warnings", "--yes")
        self.says(done.err, "Будет подписано за KG в EUCA-2014, номер 1 этого ключа.", "  nothing is missing\n")
        self.says(done.out, "подан R:EUCA-2014/MTR-2017/KG/DDR/08", "принята")
        again = self.ru("submit", "d-1", "--key", self.kg.key, status=5)
        self.says(again.err, "d-1 уже подан, как R:EUCA-2014/MTR-2017/KG/DDR/08")
        self.says(self.ru("sync").out, "СОСЕД", "РЕЗУЛЬТАТ")
        self.says(self.ru("report", "list").out, "выполняется", "по плану")

    def test_4_tables_in_french(self):
        gsc = self.gsc
        gsc.ok("sync")
        missing = gsc.ok("--lang", "fr", "missing", "--round", "MTR-2017").out
        self.says(missing, "DÉLÉGATION", "15/09/2017", "pas vu ici", "délégations sur")
        rate = gsc.ok("--lang", "fr", "rate", "--round", "MTR-2017").out
        self.assertRegex(rate, r"\d+,\d\u00a0%")
        self.says(rate, "Réduction de la demande de drogue")  # the catalogue's own
        matrix = gsc.ok("--lang", "fr", "matrix", "--round", "MTR-2017", "--chapter", "DDR").out
        self.says(matrix, "DDR/08", "en cours", "légende : ! hors trajectoire")

    def test_5_mistakes_in_french(self):
        wrong = self.gsc.entente("--lang", "fr", "missing", "--round", "MTR-2071")
        self.assertEqual(wrong.status, 6)
        self.says(wrong.err, "le cycle « MTR-2071 » n’est pas ici ; vouliez-vous dire MTR-2017 ?")
        for words in (("--lang", "fr", "mising"), ("mising", "--lang=fr")):
            self.says(self.gsc.entente(*words).err, "entente: mot inattendu « mising »",
                      "vouliez-vous dire « missing » ?", "(USAGE, code de sortie 2)")
        self.says(self.gsc.entente("--lang", "fr", "--node", "unix:/nowhere", "status").err,
                  "aucun nœud à unix:/nowhere (fichier ou dossier inexistant)", "à faire : démarrez-le par")

    def test_6_machines_read_the_same(self):
        for words in (("missing", "--round", "MTR-2017"), ("rate", "--round", "MTR-2017"), ("todo",),
                      ("matrix", "--round", "MTR-2017"), ("report", "list"),
                      ("report", "show", "R:EUCA-2014/MTR-2017/KG/DDR/08"), ("missing", "--round", "MTR-2071"),
                      ("draft", "check", "d-9"), ("history", "R:EUCA-2014/MTR-2017/KG/DDR/08")):
            for form in (("--json",), ("--format", "csv")):
                english = self.kg.entente("--lang", "en", *form, *words)
                for lang in ("fr", "ru"):
                    other = self.kg.entente("--lang", lang, *form, *words)
                    self.assertEqual(other.status, english.status, words)
                    self.assertEqual(self.ageless(other.out), self.ageless(english.out), words)
                    if form == ("--json",):
                        self.assertEqual(other.err, english.err, words)
        error = json.loads(self.kg.entente("--lang", "ru", "--json", "draft", "show", "d-9").err)
        self.assertIsNone(CYRILLIC.search(error["message"]))

    def ageless(self, out):
        """The minutes since the last contact go on while the test runs."""
        return re.sub(r" \d+min", " 0min", out)

    def test_7_english_is_as_it_was(self):
        english = self.gsc.ok("missing", "--round", "MTR-2017").out
        self.says(english, "2017-09-15", "not seen here")
        self.assertIsNone(CYRILLIC.search(english))

    def test_8_what_is_signed_is_read_first_in_french(self):
        gsc = self.gsc
        fr = lambda *words: gsc.ok("--lang", "fr", *words)
        self.says(fr("inbox").out, "un nouveau rapport", "entente review")
        asked = fr("review", "R:EUCA-2014/MTR-2017/KG/DDR/08", "ask", "--ask", "narrative", "Depuis quand ?", "--due",
                   "2030-01-31", "--key", gsc.key, "--yes")
        self.says(asked.err, "examen de R:EUCA-2014/MTR-2017/KG/DDR/08 :", "réponse pour le 31/01/2030",
                  "question sur narrative : Depuis quand ?")
        self.says(fr("inbox").out, "Rien n’attend le bureau")
        opened = fr("round", "open", "ANN-2018", "--kind", "annual", "--covers", "2018", "--deadline", "2019-03-31",
                    "--key", gsc.key, "--dry-run")
        self.says(opened.out, "échéance 31/03/2019", "champ : tout l’instrument", "attendus, et figés par la signature")
        office = fr("delegation", "office", "open", "DG", "--name", "Secrétariat", "--signer-key", gsc.signer,
                    "--dry-run")
        self.says(office.err, "pouvoirs EU-GSC", "- ouvre le service DG, « Secrétariat »")
        self.says(fr("audit").out, "sans faute : chaque signature, chaîne et empreinte tient")
        self.says(fr("draft", "new", "--help").out, "Commencer un rapport", "Partir de ce qui fut rapporté en dernier",
                  "Exemple :")

    def test_9_a_question_in_russian(self):
        self.world.sync_all()
        self.says(self.ru("inbox").out, "вопрос о narrative: Depuis quand ?", "31.01.2030", " или entente comment add ")
        self.says(self.ru("series", "OST-CLIENTS").out, "OST-CLIENTS")
        answered = self.ru("comment", "add", "R:EUCA-2014/MTR-2017/KG/DDR/08", "--answer", "--text", "С 2010 года.",
                           "--key", self.kg.key, "--yes")
        self.says(answered.err, "отвечает на вопрос о R:EUCA-2014/MTR-2017/KG/DDR/08", "С 2010 года.")
        self.says(self.ru("doctor").out, "узел отвечает")

    def all_said(self, *words, status=0):
        """Each line in Russian, but for what is typed and what somebody wrote."""
        result = self.ru(*words, status=status)
        for line in (result.out + result.err).split("\n"):
            self.assertIsNone(PROSE.search(TYPED.sub("", line)), f"{words}: {line}")
        return result

    def test_a_nothing_is_half_english(self):
        report = "R:EUCA-2014/MTR-2017/KG/DDR/08"
        copies = f"{self.world.home}/copies"
        for words in (("status",), ("audit",), ("register", "show"), ("receipt", "show", report),
                      ("backup", "create", "--to", copies), ("backup", "list", "--from", copies),
                      ("audit", "--help"), ("sync", "--help"), ("help", "keys"), ("report", "show", report),
                      ("history", report), ("where", report), ("changes", "--since", "2016-01-01"), ("who",),
                      ("delegation", "show"), ("instrument", "list"), ("conflicts",),
                      ("bundle", "plan", "--for", "EU-GSC"), ("peer", "list"), ("config", "show", "--data", "/x"),
                      ("comment", "list"), ("draft", "list", "--all"),
                      ("comment", "add", report, "--text", "Да.", "--key", self.kg.key, "--dry-run"),
                      ("delegation", "office", "open", "MOH", "--name", "X", "--signer-key", self.kg.signer,
                       "--dry-run")):
            self.all_said(*words)

    def test_b_what_is_wrong_is_said_too(self):
        home = self.world.home
        (home / "words.md").write_text("some words\n", encoding="utf-8")
        (home / "semicolons.csv").write_text("record;code\nround;X\n", encoding="utf-8")
        (home / "bad.toml").write_text("sync.intervall = \"1m\"\n", encoding="utf-8")
        for words in (("bundle", "import", "words.md"), ("delegation", "join", "words.md"),
                      ("instrument", "join", "words.md"), ("register", "check", "words.md"),
                      ("audit", "--pack", "words.md"), ("audit", "evidence", "words.md"),
                      ("receipt", "verify", "words.md", "--log", "nonsense"),
                      ("delegation", "sign", "words.md", "--signer-key", self.kg.signer),
                      ("backup", "verify", "--from", "/nowhere"), ("audit", "--dir", "/nowhere"),
                      ("search", "x", "--kind", "nonsense"), ("key", "show", "nowhere.key"),
                      ("instrument", "import", "--catalogue", "semicolons.csv", "--key", self.kg.key),
                      ("draft", "import", "semicolons.csv"), ("config", "check", "--config", "bad.toml"),
                      ("sync", "--until", "nonsense"), ("missing", "--nonsense"),
                      ("indicator", "show", "NOPE"), ("--node", "unix:/nowhere", "status")):
            with self.subTest(words):
                result = self.kg.entente("--lang", "ru", *words)
                for line in (result.out + result.err).split("\n"):
                    self.assertIsNone(PROSE.search(TYPED.sub("", line)), line)
                self.assertRegex(result.err, CYRILLIC)
                self.assertNotEqual(result.status, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)

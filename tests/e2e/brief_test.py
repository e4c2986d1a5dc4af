"""The brief of a review meeting: the same bytes on every node that holds the same set, a page that a browser
shows and a screen reader can walk, and clear words where it cannot be made."""

import html.parser
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest
import zlib

from cluster import Cluster

CHROMIUM = shutil.which("chromium")
WEASYPRINT = shutil.which("weasyprint")


class Walk(html.parser.HTMLParser):
    """Tags that close, ids, links, texts by language."""

    VOID = {"meta", "br", "link", "input", "rect", "line"}

    def __init__(self, page):
        super().__init__()
        self.open, self.ids, self.links, self.heads, self.captions, self.tables = [], set(), set(), 0, 0, 0
        self.languages = set()
        self.feed(page)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in attributes:
            assert attributes["id"] not in self.ids, attributes["id"]
            self.ids.add(attributes["id"])
        if attributes.get("href", "").startswith("#"):
            self.links.add(attributes["href"][1:])
        else:
            assert "href" not in attributes and "src" not in attributes, attributes
        if tag == "th":
            assert attributes.get("scope") in ("col", "row"), attributes
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if "lang" in attributes:
            self.languages.add(attributes["lang"])

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())


def picture(path):
    """Width, height and the grey of each pixel of a PNG, with the standard library only."""
    data = pathlib.Path(path).read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert depth == 8 and kind in (2, 6), (depth, kind)
    step = 3 if kind == 2 else 4
    at, packed = 8, b""
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + size] if name == b"IDAT" else b""
        at += size + 12
    raw = zlib.decompress(packed)
    lines = [raw[y * (width * step + 1):(y + 1) * (width * step + 1)] for y in range(height)]
    return width, height, lines


class Brief(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = Cluster()
        kg, kz, gsc = cls.world.kg, cls.world.kz, cls.world.gsc
        kz.report("d-1", commitment="DDR/09", implementation="not_started", assessment="off_track",
                  text="Draft law <script>alert(1)</script> is in parliament.")
        kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/08", "--lang", "ru")
        kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=at_risk",
              "narrative=Лечение введено в тюрьмах.", "section.assistance_needed=Нужно обучение.")
        kg.ok("draft", "value", "d-1", "OST-CLIENTS", "2016", "430", "--dim", "sex=T", "--dim", "setting=prison",
              "--status", "E", "--source", "Минздрав")
        kg.ok("draft", "finalise", "d-1")
        kg.ok("submit", "d-1", "--key", kg.key, "--accept-warnings", "--yes")
        cls.world.sync_all()
        assert len({node.instrument("--digest")["view_digest"] for node in (kg, kz, gsc)}) == 1

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def make(self, node, name, *words):
        done = node.ok("brief", "--round", "MTR-2017", "--out", name, "--json", *words).json()
        return done, (self.world.home / name).read_bytes()

    def test_1_nodes_with_the_same_set_make_the_same_bytes(self):
        for words in ((), ("--order", "delegation,chapter"), ("--lang", "ru")):
            for ending in ("html", "md"):
                made = [self.make(node, f"{node.name}.{ending}", *words)
                        for node in (self.world.kg, self.world.gsc, self.world.kz)]
                self.assertEqual(len({page for _, page in made}), 1, (words, ending))
                status = self.world.gsc.instrument("--digest")
                self.assertEqual(made[0][0]["view_digest"], status["view_digest"])
                self.assertEqual(made[0][0]["frontier_digest"], status["frontier_digest"])
                self.assertIn(status["view_digest"].encode(), made[0][1])

    def test_2_the_page_stands_alone_and_can_be_walked(self):
        _, page = self.make(self.world.gsc, "brief.html")
        text = page.decode()
        walk = Walk(text)
        self.assertLessEqual(walk.links, walk.ids)
        self.assertEqual(walk.tables, walk.captions)
        self.assertLessEqual({"en", "ru"}, walk.languages)
        self.assertNotIn("<script", text)
        self.assertIn("&lt;script&gt;", text)
        for said in ("original ru, no translation", "Лечение введено в тюрьмах.", "Нужно обучение.", "430 person",
                     "estimated", "not seen here yet", "off track"):
            self.assertIn(said, text)

    def test_3_in_french_and_russian(self):
        _, page = self.make(self.world.gsc, "fr.html", "--lang", "fr")
        self.assertIn("Qui n’a pas fait rapport", page.decode())
        self.assertIn("Réduction de la demande de drogue", page.decode())
        self.assertIn('<html lang="fr">', page.decode())
        _, page = self.make(self.world.gsc, "ru.md", "--lang", "ru-RU")
        self.assertIn("Кто не отчитался", page.decode())
        self.assertIn("Сокращение спроса на наркотики", page.decode())

    def test_4_what_cannot_be_made_is_said(self):
        gsc = self.world.gsc
        for words, status, said in ((("--out", "brief.docx"), 2, ".html, .md or .pdf"),
                                    (("--out", "b.md", "--order", "chapter"), 2, "chapter,delegation"),
                                    (("--out", "b.md", "--lang", "kk"), 2, "known: en fr ru"),
                                    (("--out", "b.md", "--round", "MTR-2018"), 6, "did you mean MTR-2017?"),
                                    (("--out", "b.md", "--round", "MTR-2017", "--previous", "X-1"), 6, "X-1"),
                                    (("--out", "no/such/b.md", "--round", "MTR-2017"), 9, "no/such")):
            done = gsc.entente("brief", *words)
            self.assertEqual(done.status, status, (words, done))
            self.assertIn(said, done.err)
        environment = dict(os.environ, PATH="/nonexistent", ENTENTE_NODE=f"unix:{gsc.socket}")
        from cluster import BIN
        done = subprocess.run([BIN / "client" / "entente", "brief", "--round", "EUCA-2014/MTR-2017", "--out", "b.pdf"],
                              env=environment, capture_output=True, text=True, cwd=self.world.home, timeout=60)
        self.assertEqual(done.returncode, 9, done)
        self.assertIn("weasyprint", done.stderr)
        self.assertFalse((self.world.home / "b.pdf").exists())
        self.assertFalse((self.world.home / "b.pdf.part.html").exists())

    @unittest.skipUnless(WEASYPRINT, "weasyprint is not installed (apt install weasyprint)")
    def test_5_as_pdf(self):
        done, pdf = self.make(self.world.gsc, "brief.pdf")
        self.assertTrue(pdf.startswith(b"%PDF-"))
        self.assertEqual(done["bytes"], len(pdf))

    @unittest.skipUnless(CHROMIUM, "chromium is not installed (apt install chromium)")
    def test_6_a_browser_shows_it(self):
        self.make(self.world.gsc, "shown.html")
        shot = self.world.home / "shown.png"
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                            "--no-first-run", "--disable-background-networking", "--disable-component-update",
                            "--disable-sync", f"--user-data-dir={profile}", "--window-size=1200,1600",
                            "--hide-scrollbars", f"--screenshot={shot}", f"file://{self.world.home}/shown.html"],
                           capture_output=True, timeout=120, check=True)
        width, height, lines = picture(shot)
        self.assertEqual((width, height), (1200, 1600))
        # A page that failed to render is one colour: count lines that are not like the one above.
        self.assertGreater(sum(a != b for a, b in zip(lines, lines[1:])), 200)

    def test_7_of_a_past_state(self):
        kg, gsc = self.world.kg, self.world.gsc
        before = gsc.instrument()["frontier_digest"]
        reference = "R:EUCA-2014/MTR-2017/KG/DDR/08"
        first = gsc.ok("where", reference, "--json").json()["rows"][0]["detail"]
        kg.ok("draft", "new", "--correct", reference)
        kg.ok("draft", "set", "d-2", "narrative=Сказано заново.")
        kg.ok("draft", "finalise", "d-2")
        kg.ok("submit", "d-2", "--key", kg.key, "--accept-warnings", "--yes")
        self.world.sync_all()
        done, then = self.make(gsc, "then.html", "--as-of", before)
        self.assertEqual((done["frontier_digest"], done["view_digest"]), (before, ""))
        self.assertNotIn("Сказано заново.", then.decode())
        self.assertIn(f"As of frontier {before[:16]}.", then.decode())
        self.assertIn("Сказано заново.", self.make(gsc, "now.html")[1].decode())
        self.assertEqual(gsc.ok("where", reference, "--as-of", before, "--json").json()["rows"][0]["detail"], first)
        self.assertNotEqual(gsc.ok("where", reference, "--json").json()["rows"][0]["detail"], first)
        for words, said in ((("brief", "--round", "MTR-2017", "--out", "b.md"), "was not held here then"),
                            (("where", reference), "nothing stood under")):
            refused = gsc.entente(*words, "--as-of", "2000-01-01")
            self.assertEqual(refused.status, 6, refused)
            self.assertIn(said, refused.err)


if __name__ == "__main__":
    unittest.main()

"""Bundles between real nodes that have no network between them: a stick is all there is.

    bundle_test.py [--seed S]
"""

import argparse
import os
import pathlib
import random
import shutil
import stat
import subprocess

from cluster import BIN, main
from stick import StickTest

OPTIONS = argparse.Namespace(seed=1)


class Bundles(StickTest):
    def test_a_stick_carries_reports_there_and_the_receipt_back(self):
        self.assertNotEqual(self.kg.entente("sync").status, 0, "there is a network after all")
        first = self.plan(self.gsc, "KG")
        self.assertEqual(first["basis"], "none")
        made, paths = self.create(self.gsc, "KG")
        self.assertEqual((made["entries"], len(paths)), (first["entries"], 1))
        self.assertLess(abs(os.path.getsize(paths[0]) - first["bytes"]), 16)
        self.assertEqual(stat.S_IMODE(os.stat(paths[0]).st_mode), 0o600)
        self.assertEqual(list(self.stick.glob("*.tmp")), [])
        taken = self.take(self.kg, *paths)
        self.assertEqual(taken["files"][0]["entries_new"], made["entries"])
        self.assertEqual(taken["files"][0]["maker"], "EU-GSC")
        self.assertTrue(taken["complete"])
        self.assert_same(self.kg, self.gsc)
        self.assertEqual(self.plan(self.kg, "EU-GSC")["parts"], [], "what made the bundle holds it")

        self.assertTrue(self.receipt(self.kg, self.gsc)["news"])
        after = self.plan(self.gsc, "KG")
        self.assertEqual((after["basis"], after["entries"], after["notes"]), ("receipt", 0, 0))
        # News of the register, should it have made a checkpoint since.
        self.assertEqual([part["entries"] for part in after["parts"]], [0] * len(after["parts"]))

        sent = [self.report(self.kg, commitment) for commitment in ("DDR/01", "DDR/02", "DDR/03")]
        self.assertEqual(self.kg.instrument()["unsynced_entries"], 3)
        made, paths = self.create(self.kg, "EU-GSC")
        self.assertEqual((made["basis"], made["entries"], made["notes"], made["feeds"]), ("receipt", 3, 0, 1))
        taken = self.take(self.gsc, *paths)
        file = taken["files"][0]
        self.assertEqual((file["entries_new"], file["entries_held"], file["entries_aside"], file["notes_new"]),
                         (3, 0, 0, 0))
        self.assertEqual((taken["complete"], taken["gaps"], taken["parts_missing"]), (True, [], []))
        for entry in sent:
            self.gsc.ok("where", entry["entry_id"])
        self.assert_same(self.kg, self.gsc)
        again = self.take(self.gsc, *paths)["files"][0]
        self.assertEqual((again["entries_new"], again["entries_held"]), (0, 3))

        self.assertEqual(self.held_by(self.kg, "EU-GSC", sent[0])["answer"], "not known")
        self.receipt(self.gsc, self.kg)
        self.assertEqual(self.kg.instrument()["unsynced_entries"], 0, "the receipt says that they are there")
        self.assertNotIn("nobody else", self.kg.ok("status").out)
        for entry in sent:
            held = self.held_by(self.kg, "EU-GSC", entry)
            self.assertEqual(held["answer"], "yes")
            self.assertIn("last sync never; last receipt 20", held["detail"])
        self.report(self.kg, "DDR/04")
        self.assertEqual(self.kg.instrument()["unsynced_entries"], 1)
        _, paths = self.create(self.kg, "EU-GSC")
        self.take(self.gsc, *paths)
        self.receipt(self.gsc, self.kg)
        self.assertEqual(self.plan(self.kg, "EU-GSC")["parts"], [])
        self.assertIn("nothing to send", self.kg.ok("bundle", "plan", "--for", "EU-GSC").out)
        nothing, none = self.create(self.kg, "EU-GSC")
        self.assertEqual(none, [])
        self.assertGreater(self.plan(self.kg, "EU-GSC", "--all")["entries"], 3)

    def test_parts_come_in_any_order_and_what_is_missing_is_named(self):
        self.add_catalogue(1800)  # all of them may wait aside: 2000 of one maker
        made, paths = self.create(self.gsc, "KG", "--max-size", "100kB")
        self.assertGreater(len(paths), 2)
        for path in paths:
            self.assertLessEqual(os.path.getsize(path), 100_000)
        last = self.take(self.kg, paths[-1])
        count = last["files"][0]["entries"]
        self.assertEqual((last["files"][0]["entries_aside"], last["waiting"]), (count, count))
        self.assertEqual(last["parts_missing"], list(range(1, len(paths))))
        gap = last["gaps"][0]
        self.assertEqual((gap["delegation"], gap["from"], gap["to"], gap["waiting"]),
                         ("EU-GSC", 1, made["entries"] - count, count))
        text = self.kg.ok("bundle", "import", paths[-1]).out
        self.assertIn(f"entries 1 to {made['entries'] - count} missing", text)
        again = self.take(self.kg, paths[-1])["files"][0]
        self.assertEqual([again[f"entries_{what}"] for what in ("new", "held", "aside", "waiting")], [0, 0, 0, count])
        self.assertIn(f"{count} entries of this file waiting since an earlier import", text)
        self.assertFalse(last["complete"])
        order = paths[:-1]
        random.Random(OPTIONS.seed).shuffle(order)
        for path in order:
            taken = self.take(self.kg, path)
            self.take(self.kg, path)
        self.assertEqual((taken["complete"], taken["waiting"], taken["gaps"], taken["parts_missing"]),
                         (True, 0, [], []), f"seed {OPTIONS.seed}")
        self.assert_same(self.kg, self.gsc)
        together = self.take(self.kz, *reversed(paths))
        self.assertEqual([file["entries_aside"] for file in together["files"]], [0] * len(paths),
                         "files given together are stored in order")
        self.assert_same(self.kz, self.gsc)

    def test_of_several_sets_each_says_what_is_missing_and_what_may_not_wait(self):
        self.add_catalogue(4000)
        one, first = self.create(self.gsc, "KG", "--max-size", "100kB")
        two, second = self.create(self.gsc, "KG", "--max-size", "120kB")
        self.assertGreater(min(len(first), len(second)), 1)
        taken = self.take(self.kg, first[-1], second[-1])
        missing = {made["set"]: list(range(1, len(paths))) for made, paths in ((one, first), (two, second))}
        self.assertEqual({each["set"]: each["parts_missing"] for each in taken["sets"]}, missing)
        self.assertEqual(taken["parts_missing"], [part for each in taken["sets"] for part in each["parts_missing"]])
        text = self.kg.ok("bundle", "import", first[-1], second[-1]).out
        for each in missing:
            self.assertIn(f"Still to import from bundle {each[:8]} of EU-GSC: part 1", text)
        # Without the one they follow; before it stand places of the register alone.
        begins = next(at for at, part in enumerate(one["parts"]) if part["entries"] > 0)
        left = []
        for path in first[begins + 1:]:
            result = self.take(self.kg, path)
            part = result["files"][0]
            left += [path] * (part["entries_left"] > 0)
            self.assertEqual(part["entries"],
                             sum(part[f"entries_{what}"] for what in ("new", "held", "aside", "waiting", "left")))
            self.assertEqual(part["entries_left"] > 0, any("LIMIT_EXCEEDED" in why for why in part["refused"]), part)
            self.assertEqual(part["entries_left"] > 0, part["part"] in result["parts_missing"], part)
            self.assertLessEqual(len(part["refused"]), 1, "said once, not for each entry")
        self.assertNotEqual(left, [], "no more than 2000 may wait")
        self.assertIn("left out, because no more may wait; import this file again",
                      self.kg.ok("bundle", "import", left[0]).out)
        self.take(self.kg, first[begins])
        taken = self.take(self.kg, *first)
        self.assertEqual((taken["parts_missing"], taken["complete"], taken["waiting"]), ([], True, 0))
        taken = self.take(self.kg, *second)
        self.assertEqual((taken["parts_missing"], taken["complete"]), ([], True))

    def test_what_others_wrote_is_passed_on_with_its_authority(self):
        _, paths = self.create(self.gsc, "KG")
        self.take(self.kg, *paths)
        _, paths = self.create(self.gsc, "KZ")
        self.take(self.kz, *paths)
        self.report(self.kz, "DDR/01")
        _, paths = self.create(self.kz, "KG")
        self.assertEqual(self.take(self.kg, *paths)["files"][0]["maker"], "KZ")
        self.report(self.kg, "DDR/02")
        made, paths = self.create(self.kg, "EU-GSC")
        self.assertEqual(made["entries"], 2, "KZ's report goes along")
        self.assertEqual(self.take(self.gsc, *paths)["files"][0]["entries_new"], 2)
        self.assert_same(self.kg, self.gsc)

    def test_damaged_foreign_and_made_up_files_are_refused_and_change_nothing(self):
        generator = random.Random(OPTIONS.seed)
        _, (good,) = self.create(self.gsc, "KG")
        whole = pathlib.Path(good).read_bytes()
        before, commit = self.state(self.kg), self.kg.status()["commit_number"]
        bad = self.stick / "bad.bundle"

        def refused(content, codes, exits):
            bad.write_bytes(content)
            result = self.kg.entente("bundle", "import", bad, "--json")
            self.assertIn(result.status, exits, result)
            self.assertTrue(any(f'"{code}"' in result.err for code in codes), result)
            self.assertIn("nothing of it was taken", result.err)
            return result

        for _ in range(25):
            at = generator.randrange(20, len(whole))
            changed = bytearray(whole)
            changed[at] ^= 1 << generator.randrange(8)
            refused(bytes(changed), ("BUNDLE_DAMAGED", "BUNDLE_REFUSED", "UNKNOWN_INSTRUMENT"), (4, 5, 6))
        for _ in range(10):
            refused(whole[:generator.randrange(len(whole))], ("BUNDLE_DAMAGED",), (4,))
        refused(b"", ("BUNDLE_DAMAGED",), (4,))
        refused(whole + b"x", ("BUNDLE_DAMAGED",), (4,))
        for content, code in ((b"A letter, not a bundle.\n" * 99, "BUNDLE_REFUSED"),
                              (b"entente-bundle/9\n" + whole[17:], "VERSION_UNSUPPORTED")):
            bad.write_bytes(content)
            result = self.kg.entente("bundle", "import", bad, "--json")
            self.assertEqual(result.status, 5, result)
            self.assertIn(f'"{code}"', result.err)
        self.gsc.ok("instrument", "found", "--code", "PARIS-PACT", "--origin", "eu-gsc.example/pp", "--title",
                    "Another", "--signer-key", self.gsc.signer, "--yes")
        self.gsc.ok("instrument", "admit", "--instrument", "PARIS-PACT", "--credentials", "KG.credentials", "--role",
                    "party", "--signer-key", self.gsc.signer, "--yes")
        foreign = self.gsc.ok("bundle", "create", "--instrument", "PARIS-PACT", "--for", "KG", "--out", self.stick,
                              "--json").json()["parts"][0]["path"]
        result = self.kg.entente("bundle", "import", foreign, "--json")
        self.assertEqual(result.status, 6, result)
        self.assertIn("UNKNOWN_INSTRUMENT", result.err)
        self.assertEqual((self.state(self.kg), self.kg.status()["commit_number"]), (before, commit))

        both = self.kg.entente("bundle", "import", good, bad, "--json")
        self.assertEqual(both.status, 5, both)
        self.assertEqual([file["result"] for file in both.json()["files"]].count("imported"), 1)
        self.assertNotEqual(self.state(self.kg), before)

    def test_the_register_travels_there_and_the_receipt_back(self):
        self.until_signed()
        made, paths = self.create(self.gsc, "KG")
        self.assertEqual(made["register_places"], made["entries"])
        file = self.take(self.kg, *paths)["files"][0]
        self.assertEqual((file["register_places_new"], file["register_waits"]), (made["entries"], False))
        self.assertEqual(self.register(self.kg)["size"], self.register(self.gsc)["size"])
        self.receipt(self.kg, self.gsc)
        report = self.report(self.kg, "DDR/01")
        made, paths = self.create(self.kg, "EU-GSC")
        self.assertEqual(made["register_places"], 0)
        self.take(self.gsc, *paths)
        self.until_signed()
        self.assertFalse(self.kg.ok("receipt", "show", report["reference"], "--json").json()["in_register"])
        taken = self.receipt(self.gsc, self.kg)
        self.assertTrue(taken["register_new"])
        shown = self.kg.ok("receipt", "show", report["reference"], "--json").json()
        self.assertTrue(shown["in_register"] and shown["final"])
        self.receipt(self.kg, self.gsc)
        self.assertEqual(self.plan(self.gsc, "KG")["register_places"], 0, "the receipt told what is held")
        self.assertTrue(self.kg.ok("audit", "--json").json()["ok"])

    def test_parts_with_places_of_the_register_come_in_any_order(self):
        self.add_catalogue(3000)
        _, paths = self.create(self.gsc, "KG", "--max-size", "100kB")
        size = self.register(self.gsc)["size"]
        for path in reversed(paths):
            self.kg.ok("bundle", "import", path)
        waits = [path for path in paths if self.take(self.kg, path)["files"][0]["register_waits"]]
        self.assertEqual(waits, [], "a second time takes the rest")
        self.assertEqual(self.register(self.kg)["size"], size)
        self.assert_same(self.kg, self.gsc)

    def test_attachments_go_along_when_asked_for_in_parts_in_any_order_and_twice(self):
        content = random.Random(OPTIONS.seed).randbytes(700_000)
        (self.world.home / "order.bin").write_bytes(content)
        _, paths = self.create(self.gsc, "KG")
        self.take(self.kg, *paths)
        self.receipt(self.kg, self.gsc)
        self.kg.ok("draft", "new", "--round", "MTR-2017", "--commitment", "DDR/02", "--lang", "en")
        self.kg.ok("draft", "set", "d-1", "implementation=in_progress", "assessment=on_track", "narrative=All goes on.")
        self.kg.ok("draft", "attach", "d-1", self.world.home / "order.bin", "--lang", "en")
        self.kg.ok("draft", "finalise", "d-1")
        report = self.kg.ok("submit", "d-1", "--key", self.kg.key, "--accept-warnings", "--yes", "--json").json()
        self.assertEqual(self.plan(self.kg, "EU-GSC")["attachments"], 0)
        plan = self.plan(self.kg, "EU-GSC", "--with-attachments")
        self.assertEqual((plan["attachments"], plan["attachment_bytes"], plan["attachments_missing"]), (1, 700_000, 0))
        made, paths = self.create(self.kg, "EU-GSC", "--with-attachments", "--max-size", "200kB")
        self.assertGreater(len(paths), 3)
        self.assertLess(abs(sum(map(os.path.getsize, paths)) - plan["bytes"]), 5_000 * len(paths))
        last = self.take(self.gsc, paths[-1])
        self.assertEqual(last["files"][0]["attachments_unnamed"], 1, "its report is in the first part")
        self.assertIn(len(paths), last["parts_missing"])
        self.assertIn("import this file again", self.gsc.ok("bundle", "import", paths[-1]).out)
        done = self.take(self.gsc, *paths[:-1])["files"]
        self.assertEqual(sum(file["attachments_done"] for file in done), 0)
        final = self.take(self.gsc, *reversed(paths))
        self.assertEqual(sum(file["attachments_done"] for file in final["files"]), 1)
        self.assertEqual(final["parts_missing"], [])
        self.gsc.ok("attachment", "get", report["reference"], "order.bin", "--out", "out.bin")
        self.assertEqual((self.world.home / "out.bin").read_bytes(), content)
        again = self.take(self.gsc, *paths)["files"]
        self.assertEqual(sum(file["attachment_bytes_new"] for file in again), 0)
        self.assert_same(self.kg, self.gsc)

    def test_a_made_up_receipt_is_not_believed_and_an_unknown_maker_is_named(self):
        _, (first,) = self.create(self.gsc, "KG")
        self.take(self.kg, first)
        made = self.kg.ok("bundle", "receipt", "--out", self.stick, "--json").json()["parts"][0]["path"]
        # KG's node gets a TLS key no credentials name.
        self.kg.stop()
        shutil.rmtree(self.kg.data / "tls")
        self.kg.start()
        self.report(self.kg, "DDR/01")
        forged = self.kg.ok("bundle", "receipt", "--out", self.stick, "--json").json()["parts"][0]["path"]
        result = self.gsc.entente("bundle", "import", forged, "--json")
        self.assertEqual(result.status, 5, result)
        self.assertIn("no delegation's credentials", result.err)
        _, paths = self.create(self.kg, "EU-GSC")
        taken = self.take(self.gsc, *paths)
        self.assertEqual((taken["files"][0]["maker"], taken["files"][0]["entries_new"]), ("", 1))
        self.assertIn("prove themselves", self.gsc.ok("bundle", "import", *paths).out)
        self.take(self.gsc, made)

    def test_killed_in_the_middle_a_second_import_finishes(self):
        generator = random.Random(OPTIONS.seed)
        self.add_catalogue(1500)
        _, paths = self.create(self.gsc, "KG", "--max-size", "100kB")
        for _ in range(3):
            words = ["--node", f"unix:{self.kg.socket}", "bundle", "import", *paths]
            client = subprocess.Popen([BIN / "client" / "entente", *words], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            try:
                client.wait(generator.uniform(0.05, 0.5))
            except subprocess.TimeoutExpired:
                pass
            self.kg.kill()
            client.wait(60)
            self.kg.start()
        self.assertTrue(self.take(self.kg, *paths)["complete"], f"seed {OPTIONS.seed}")
        self.assert_same(self.kg, self.gsc)


if __name__ == "__main__":
    main(OPTIONS)

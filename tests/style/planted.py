"""Builds a small checkout with one planted mistake and runs a check of scripts/ on it."""

import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class PlantedCheck(unittest.TestCase):
    """Subclasses set `script`. Files are given as {path: text}."""

    script = None

    def check(self, files):
        """(exit status, stdout + stderr) of the check over a checkout of just these files."""
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                full = os.path.join(folder, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as f:
                    f.write(text)
            done = subprocess.run(
                [sys.executable, os.path.join(ROOT, "scripts", self.script), "--root", folder],
                capture_output=True, text=True, timeout=60, check=False)
            return done.returncode, done.stdout + done.stderr

    def assert_clean(self, files):
        status, output = self.check(files)
        self.assertEqual(status, 0, output)

    def assert_found(self, files, *words):
        status, output = self.check(files)
        self.assertEqual(status, 1, output)
        for word in words:
            self.assertIn(word, output)

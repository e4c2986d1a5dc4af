#!/usr/bin/env python3
"""`cmake --install` gives a complete tree, its pages render, and `cpack -G DEB` packs the same.

The build directory is ENTENTE_BIN. Rendering is checked where groff is installed, the package where dpkg-deb is.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("ENTENTE_BIN") or os.path.join(ROOT, "build", "dev")
CMAKE = os.environ.get("CMAKE_COMMAND", "cmake")

EXPECTED = {
    "bin/entente", "bin/entented",
    "share/man/man1/entente.1", "share/man/fr/man1/entente.1", "share/man/ru/man1/entente.1",
    "share/man/man8/entented.8",
    "share/bash-completion/completions/entente", "share/zsh/vendor-completions/_entente",
    "share/fish/vendor_completions.d/entente.fish",
    "lib/systemd/system/entented.service", "lib/sysusers.d/entente.conf",
    "share/doc/entente/examples/node.toml", "share/doc/entente/copyright", "share/doc/entente/README.md",
}


def run(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def files_below(folder):
    return {os.path.relpath(os.path.join(path, name), folder)
            for path, _, names in os.walk(folder) for name in names}


def documentation():
    """What docs/ and the catalogues of deploy/ become."""
    pages = {f"share/doc/entente/{name}" for name in files_below(os.path.join(ROOT, "docs")) if name.endswith(".md")}
    catalogues = files_below(os.path.join(ROOT, "deploy", "catalogues"))
    return pages | {f"share/doc/entente/examples/catalogues/{name}" for name in catalogues}


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.mkdtemp(prefix="entente-install-")
        cls.prefix = os.path.join(cls.scratch, "usr")
        run(CMAKE, "--install", BUILD, "--prefix", cls.prefix)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.scratch)

    def path(self, name):
        return os.path.join(self.prefix, name)

    def test_the_tree_is_what_is_expected_and_no_more(self):
        self.assertEqual(files_below(self.prefix), EXPECTED | documentation())

    def test_the_programs_run_where_they_were_put(self):
        for program in ("entente", "entented"):
            self.assertIn(program, run(self.path(f"bin/{program}"), "--version"))
        run("bash", "-n", self.path("share/bash-completion/completions/entente"))

    def test_the_pages_render_without_a_warning(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not installed")
        for page in (name for name in EXPECTED if "/man/" in name):
            said = run("groff", "-k", "-man", "-Tutf8", "-ww", "-z", self.path(page))
            self.assertEqual(said, "", page)

    def test_each_page_is_in_its_language(self):
        for page, words in (("man1", ".SH COMMANDS"), ("fr/man1", ".SH COMMANDES"), ("ru/man1", ".SH КОМАНДЫ")):
            with open(self.path(f"share/man/{page}/entente.1"), encoding="utf-8") as file:
                self.assertIn(words, file.read())

    def test_the_nodes_page_has_the_nodes_settings(self):
        flags = re.compile(r"^  (--[a-z-]+)", re.M)
        told = set(flags.findall(run(self.path("bin/entented"), "--help")))
        with open(self.path("share/man/man8/entented.8"), encoding="utf-8") as file:
            page = set(re.findall(r"^\.B (--[a-z-]+)", file.read().replace("\\-", "-"), re.M))
        self.assertEqual(page - {"--help"}, told)

    def test_the_package_holds_the_same(self):
        if not shutil.which("dpkg-deb") or not shutil.which("dpkg-shlibdeps"):
            self.skipTest("dpkg-deb and dpkg-shlibdeps are not installed")
        run(CMAKE.removesuffix("cmake") + "cpack", "-G", "DEB", "-B", self.scratch,
            "--config", os.path.join(BUILD, "CPackConfig.cmake"))
        package = [name for name in os.listdir(self.scratch) if name.endswith(".deb")]
        self.assertEqual(len(package), 1, package)
        package = os.path.join(self.scratch, package[0])
        listed = re.findall(r"^-\S+ +(\S+) .* \./usr/(.+)$", run("dpkg-deb", "-c", package), re.M)
        self.assertEqual({name for _, name in listed}, EXPECTED | documentation())
        self.assertEqual({owner for owner, _ in listed}, {"root/root"})
        depends = run("dpkg-deb", "-f", package, "Depends")
        for library in ("libc6", "libgrpc++1.51", "libssl3"):
            self.assertIn(library, depends)
        control = os.path.join(self.scratch, "control")
        run("dpkg-deb", "-e", package, control)
        for script in ("postinst", "prerm", "postrm"):
            self.assertEqual(os.stat(os.path.join(control, script)).st_mode & 0o777, 0o755, script)
            run("sh", "-n", os.path.join(control, script))


if __name__ == "__main__":
    if not os.path.exists(os.path.join(BUILD, "cmake_install.cmake")):
        sys.exit(f"install_test: {BUILD} is no build directory")
    unittest.main(verbosity=2)

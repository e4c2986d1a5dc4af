#!/usr/bin/env python3
"""RFC 3161 time stamps over archived checkpoints: made by `openssl ts` with an authority of our own, read by
`entente audit`.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

MAKE_PACK = os.environ["MAKE_PACK"]
ENTENTE = os.environ["ENTENTE"]

CONFIG = """
[ tsa ]
default_tsa = test
[ test ]
serial = {home}/serial
crypto_device = builtin
signer_cert = {home}/tsa.pem
certs = {home}/ca.pem
signer_key = {home}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
tsa_name = no
ess_cert_id_alg = sha256
[ stamping ]
extendedKeyUsage = critical, timeStamping
[ authority ]
basicConstraints = critical, CA:TRUE
[ req ]
distinguished_name = names
[ names ]
"""


class Authority:
    """A CA and one time-stamping certificate of it."""

    def __init__(self, home, algorithm):
        home.mkdir()
        self.home = home
        (home / "serial").write_text("01\n")
        (home / "config").write_text(CONFIG.format(home=home))
        for name, extension in (("ca", "authority"), ("tsa", "stamping")):
            self.openssl("genpkey", *algorithm, "-out", home / f"{name}.key")
            signer = () if name == "ca" else ("-CA", home / "ca.pem", "-CAkey", home / "ca.key")
            self.openssl("req", "-new", "-x509", "-config", home / "config", "-key", home / f"{name}.key", *signer,
                         "-subj", f"/CN=test {name}", "-days", "2", "-extensions", extension, "-out",
                         home / f"{name}.pem")

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    def stamp(self, data, out):
        self.openssl("ts", "-query", "-data", data, "-sha256", "-cert", "-out", self.home / "query")
        out.parent.mkdir(exist_ok=True)
        self.openssl("ts", "-reply", "-config", self.home / "config", "-queryfile", self.home / "query", "-out", out)


class Timestamps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="entente-tsa."))
        cls.rsa = Authority(cls.home / "rsa", ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"))
        cls.p256 = Authority(cls.home / "p256", ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home, ignore_errors=True)

    def setUp(self):
        self.pack = self.home / "pack"
        shutil.rmtree(self.pack, ignore_errors=True)
        subprocess.run([MAKE_PACK, f"{self.pack}/", "250"], check=True)

    def audit(self, *words):
        done = subprocess.run([ENTENTE, "audit", "--dir", self.pack, "--json", *map(str, words)], capture_output=True,
                              text=True)
        return done.returncode, json.loads(done.stdout)

    def codes(self, report):
        return [finding["code"] for finding in report["findings"]]

    def test_stamps_of_both_kinds_of_keys_are_read(self):
        for authority in (self.rsa, self.p256):
            authority.stamp(self.pack / "checkpoints" / "200", self.pack / "timestamp" / "200.tsr")
            status, report = self.audit("--tsa-ca", authority.home / "ca.pem")
            self.assertEqual((status, self.codes(report)), (0, []))
            self.assertEqual(report["register"]["timestamps"], 1)

    def test_without_an_authority_they_are_named_as_not_checked(self):
        self.rsa.stamp(self.pack / "checkpoints" / "200", self.pack / "timestamp" / "200.tsr")
        status, report = self.audit()
        self.assertEqual(status, 0)
        self.assertTrue(any("1 time stamps" in text for text in report["not_checked"]), report["not_checked"])

    def test_a_stamp_over_other_bytes_or_by_a_stranger_is_a_finding(self):
        token = self.pack / "timestamp" / "200.tsr"
        self.rsa.stamp(self.pack / "checkpoints" / "100", token)
        self.assertEqual(self.codes(self.audit("--tsa-ca", self.rsa.home / "ca.pem")[1]), ["TIMESTAMP"])
        self.rsa.stamp(self.pack / "checkpoints" / "200", token)
        status, report = self.audit("--tsa-ca", self.p256.home / "ca.pem")
        self.assertEqual((status, self.codes(report)), (4, ["TIMESTAMP"]))
        whole = token.read_bytes()
        for changed in (whole[:-1], whole + b"x", b"", b"hello", whole[:400] + bytes([whole[400] ^ 1]) + whole[401:]):
            token.write_bytes(changed)
            self.assertEqual(self.codes(self.audit("--tsa-ca", self.rsa.home / "ca.pem")[1]), ["TIMESTAMP"])
        token.rename(token.with_name("777.tsr"))
        self.assertEqual(self.codes(self.audit("--tsa-ca", self.rsa.home / "ca.pem")[1]), ["TIMESTAMP"])

    def test_a_file_without_certificates_is_said(self):
        self.rsa.stamp(self.pack / "checkpoints" / "200", self.pack / "timestamp" / "200.tsr")
        status, report = self.audit("--tsa-ca", self.pack / "policy")
        self.assertEqual(status, 4)
        self.assertIn("no PEM certificate", report["findings"][0]["text"])


if __name__ == "__main__":
    unittest.main()

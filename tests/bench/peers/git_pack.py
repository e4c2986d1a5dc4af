"""A git repository whose history is a list of payloads: a commit each, signed with an SSH key (Ed25519).

`git commit -S` starts two programs a commit, so objects are made here and packed in one go. Format of the signature:
PROTOCOL.sshsig of OpenSSH; `git verify-commit` accepts them.
"""

import base64
import hashlib
import os
import struct
import subprocess
import zlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

COMMIT, TREE, BLOB = 1, 2, 3
NAMES = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob"}
WHO = b"Author <author@entente.example> 1700000000 +0000"


def text(data):
    return struct.pack(">I", len(data)) + data


def payloads(data):
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        yield data[at + 4:at + 4 + size]
        at += 4 + size


class Signer:
    def __init__(self):
        self.key = Ed25519PrivateKey.generate()
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.public = text(b"ssh-ed25519") + text(raw)

    def line(self):
        return b"author@entente.example ssh-ed25519 " + base64.b64encode(self.public) + b"\n"

    def sign(self, message):
        hashed = text(b"git") + text(b"") + text(b"sha512")
        signature = self.key.sign(b"SSHSIG" + hashed + text(hashlib.sha512(message).digest()))
        blob = b"SSHSIG" + struct.pack(">I", 1) + text(self.public) + hashed
        blob += text(text(b"ssh-ed25519") + text(signature))
        lines = base64.b64encode(blob).decode()
        body = "\n".join(lines[n:n + 70] for n in range(0, len(lines), 70))
        return f"-----BEGIN SSH SIGNATURE-----\n{body}\n-----END SSH SIGNATURE-----".encode()


class Pack:
    def __init__(self, path):
        self.file, self.count = open(path, "w+b"), 0
        self.file.write(b"PACK" + struct.pack(">II", 2, 0))

    def add(self, kind, data):
        size = len(data)
        head = [(kind << 4) | (size & 15)]
        size >>= 4
        while size:
            head[-1] |= 0x80
            head.append(size & 0x7f)
            size >>= 7
        self.file.write(bytes(head) + zlib.compress(data))
        self.count += 1
        return hashlib.sha1(NAMES[kind] + b" %d\0" % len(data) + data).hexdigest()

    def finish(self):
        self.file.seek(8)
        self.file.write(struct.pack(">I", self.count))
        self.file.seek(0)
        digest = hashlib.sha1(self.file.read())
        self.file.write(digest.digest())
        self.file.close()


def make(repository, data, signer):
    """An empty bare repository becomes one with a branch `main` of signed commits."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", repository], check=True)
    path = f"{repository}/made.pack"
    pack, parent = Pack(path), None
    for payload in payloads(data):
        blob = pack.add(BLOB, payload)
        tree = pack.add(TREE, b"100644 entry.json\0" + bytes.fromhex(blob))
        head = b"tree %s\n" % tree.encode() + (b"parent %s\n" % parent.encode() if parent else b"")
        head += b"author %s\ncommitter %s\n" % (WHO, WHO)
        body = b"\nreport\n"
        signature = signer.sign(head + body).replace(b"\n", b"\n ")
        parent = pack.add(COMMIT, head + b"gpgsig " + signature + b"\n" + body)
    pack.finish()
    # Indexing checks every object and the pack's own hash.
    with open(path, "rb") as made:
        subprocess.run(["git", "-C", repository, "index-pack", "--stdin"], check=True, stdin=made,
                       stdout=subprocess.DEVNULL)
    os.unlink(path)
    subprocess.run(["git", "-C", repository, "update-ref", "refs/heads/main", parent], check=True)
    return parent

#!/bin/bash
# Checks one receipt with openssl, coreutils and xxd, and nothing of ours.
#   verify.sh RECEIPT VKEY
# VKEY is the register's key, NAME+HASH+KEY, from whom you trust. Exit 0: the entry is signed by the
# key it names, and stands in the tree that the register signed.
set -euo pipefail
export LC_ALL=C
(($# == 2)) || { echo "usage: verify.sh RECEIPT VKEY" >&2; exit 2; }
receipt=$1 vkey=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "FAILED: $*"; exit 1; }
sha256() { xxd -r -p | openssl dgst -sha256 -binary | xxd -p -c 64; }
# Raw Ed25519 keys become what openssl reads by a fixed prefix (RFC 8410).
public_key() { { printf 302a300506032b6570032100; printf %s "$1"; } | xxd -r -p; }

[[ $(sed -n 1p "$receipt") == c2sp.org/tlog-proof@v1 ]] || fail "not a receipt"
sed -n 2p "$receipt" | sed -n 's/^extra //p' | base64 -d >"$work/leaf" || fail "no entry in it"
index=$(sed -n 3p "$receipt" | sed -n 's/^index //p')
[[ $index =~ ^(0|[1-9][0-9]{0,17})$ ]] || fail "no index in it"

# 1. The author's signature: the last 64 bytes, over all before them.
head -c -64 "$work/leaf" >"$work/pae"
tail -c 64 "$work/leaf" >"$work/sig"
# In front of the header stand "DSSEv1 41 TYPE LENGTH "; the header begins 0a 20 instrument 12 20 key.
before=$(cut -d' ' -f1-4 "$work/pae" | head -1 | wc -c)
key=$(tail -c +$((before + 1 + 36)) "$work/pae" | head -c 32 | xxd -p -c 64)
public_key "$key" >"$work/author.der"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/author.der" -rawin -in "$work/pae" \
  -sigfile "$work/sig" >/dev/null || fail "the author's signature does not verify"

# 2. The checkpoint: three lines, an empty one, signatures.
sed '1,/^$/d' "$receipt" >"$work/note"
sed '/^$/,$d' "$work/note" >"$work/text"
name=${vkey%%+*}
[[ $(sed -n 1p "$work/text") == "$name" ]] || fail "the checkpoint is of another register"
size=$(sed -n 2p "$work/text")
[[ $size =~ ^[1-9][0-9]{0,17}$ ]] || fail "no size in the checkpoint"
root=$(sed -n 3p "$work/text" | base64 -d | xxd -p -c 64)
rest=${vkey#*+}
public_key "$(printf %s "${rest#*+}" | base64 -d | tail -c 32 | xxd -p -c 64)" >"$work/log.der"
signature=$(grep -F "— $name " "$work/note" | head -1 | sed 's/.* //' | base64 -d | xxd -p -c 200)
[[ ${signature:0:8} == "${rest%%+*}" ]] || fail "the register did not sign the checkpoint"
printf %s "${signature:8}" | xxd -r -p >"$work/log.sig"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/log.der" -rawin -in "$work/text" \
  -sigfile "$work/log.sig" >/dev/null || fail "the register's signature does not verify"

# 3. The path from the entry to the root (RFC 9162, 2.1.3.2).
hash=$({ printf 00; xxd -p "$work/leaf" | tr -d '\n'; } | sha256)
fn=$index sn=$((size - 1))
((fn <= sn)) || fail "the index is beyond the checkpoint"
while IFS= read -r line; do
  node=$(printf %s "$line" | base64 -d | xxd -p -c 64)
  ((${#node} == 64 && sn > 0)) || fail "the proof has a wrong length"
  if ((fn % 2 == 1 || fn == sn)); then
    hash=$(printf 01%s%s "$node" "$hash" | sha256)
    while ((fn % 2 == 0 && fn != 0)); do ((fn >>= 1, sn >>= 1, 1)); done
  else
    hash=$(printf 01%s%s "$hash" "$node" | sha256)
  fi
  ((fn >>= 1, sn >>= 1, 1))
done < <(sed '1,3d;/^$/,$d' "$receipt")
((sn == 0)) && [[ $hash == "$root" ]] || fail "the proof does not lead to the checkpoint's root"

echo "ok: entry $({ printf 00; xxd -p "$work/leaf" | tr -d '\n'; } | sha256)"
echo "    signed by key $key, at index $index of $size in $name"

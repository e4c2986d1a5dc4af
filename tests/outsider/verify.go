// Checks an audit pack with a transparency-log library that is not ours: golang.org/x/mod/sumdb
// (note, tlog) as Debian has it. Shares no line with the program it checks.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run verify.go PACK POLICY
//
// PACK is a folder; POLICY a C2SP tlog-policy file that did not come with it. Exit 0: everything
// holds; 1: something does not, and what.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(format string, arguments ...interface{}) {
	fmt.Printf("FAILED: "+format+"\n", arguments...)
	os.Exit(1)
}

func must(err error, what string) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

// ---- cosignatures: key type 0x04, which x/mod does not know

type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	header := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	return ed25519.Verify(c.key, append([]byte(header), message...), signature[8:])
}

func newVerifier(vkey string) (note.Verifier, bool, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, false, errors.New("not NAME+HASH+KEY")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize {
		return nil, false, errors.New("not a key of 33 bytes")
	}
	if key[0] != 4 {
		verifier, err := note.NewVerifier(vkey)
		return verifier, false, err
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(digest[:])
	if parts[1] != fmt.Sprintf("%08x", hash) {
		return nil, false, errors.New("the key's hash is another one")
	}
	return &cosigner{parts[0], hash, ed25519.PublicKey(key[1:])}, true, nil
}

// ---- the policy

type policy struct {
	verifiers []note.Verifier
	logs      map[string]bool         // names
	witnesses map[string]note.Verifier // by the policy's own names
	groups    map[string][]string     // needed, members...
	quorum    string
}

func readPolicy(path string) *policy {
	text, err := os.ReadFile(path)
	must(err, "policy")
	p := &policy{logs: map[string]bool{}, witnesses: map[string]note.Verifier{}, groups: map[string][]string{}}
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(strings.SplitN(line, "#", 2)[0])
		switch {
		case len(words) == 0:
		case words[0] == "log" && len(words) > 1:
			verifier, _, err := newVerifier(words[1])
			must(err, line)
			p.verifiers = append(p.verifiers, verifier)
			p.logs[verifier.Name()] = true
		case words[0] == "witness" && len(words) > 2:
			verifier, _, err := newVerifier(words[2])
			must(err, line)
			p.verifiers = append(p.verifiers, verifier)
			p.witnesses[words[1]] = verifier
		case words[0] == "group" && len(words) > 3:
			p.groups[words[1]] = words[2:]
		case words[0] == "quorum" && len(words) == 2:
			p.quorum = words[1]
		default:
			fail("policy: %s", line)
		}
	}
	return p
}

// When the name was satisfied; false when it is not.
func (p *policy) satisfied(name string, times map[uint32]uint64) (uint64, bool) {
	if witness, ok := p.witnesses[name]; ok {
		time, signed := times[witness.KeyHash()]
		return time, signed
	}
	group := p.groups[name]
	if group == nil {
		return 0, false
	}
	var reached []uint64
	for _, member := range group[1:] {
		if time, ok := p.satisfied(member, times); ok {
			reached = append(reached, time)
		}
	}
	needed, err := strconv.Atoi(group[0])
	if group[0] == "any" {
		needed, err = 1, nil
	} else if group[0] == "all" {
		needed, err = len(group)-1, nil
	}
	if err != nil || needed < 1 || len(reached) < needed {
		return 0, false
	}
	sort.Slice(reached, func(i, j int) bool { return reached[i] < reached[j] })
	return reached[needed-1], true
}

// ---- checkpoints

type checkpoint struct {
	size   int64
	root   tlog.Hash
	quorum uint64
}

// tlog.ParseTree wants Go's own first line, so the three lines are taken apart here.
func openCheckpoint(p *policy, file []byte, quorum bool) checkpoint {
	opened, err := note.Open(file, note.VerifierList(p.verifiers...))
	must(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || !p.logs[lines[0]] {
		fail("checkpoint: not of a log that is trusted")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "checkpoint size")
	root, err := tlog.ParseHash(lines[2])
	must(err, "checkpoint root")
	byLog, times := false, map[uint32]uint64{}
	for _, signature := range opened.Sigs {
		raw, err := base64.StdEncoding.DecodeString(signature.Base64)
		must(err, "signature")
		if len(raw) == 4+8+ed25519.SignatureSize {
			times[signature.Hash] = binary.BigEndian.Uint64(raw[4:])
		} else if signature.Name == lines[0] {
			byLog = true
		}
	}
	if !byLog || size < 1 {
		fail("checkpoint %d: not signed by its log", size)
	}
	result := checkpoint{size: size, root: root}
	if quorum && p.quorum != "none" {
		time, ok := p.satisfied(p.quorum, times)
		if !ok {
			fail("checkpoint %d: the quorum is not met", size)
		}
		result.quorum = time
	}
	return result
}

// ---- the tree, from all entries

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, index := range indexes {
		if index >= int64(len(m)) {
			return nil, errors.New("the tree is smaller")
		}
		out = append(out, m[index])
	}
	return out, nil
}

func number(n int64) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		text = fmt.Sprintf("x%03d/%s", n%1000, text)
	}
	return text
}

func readBundle(pack string, n, width int64) [][]byte {
	path := filepath.Join(pack, "tile", "entries", number(n))
	if width < 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	data, err := os.ReadFile(path)
	must(err, "entries")
	var leaves [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			fail("%s: cut off", path)
		}
		size := 2 + int(binary.BigEndian.Uint16(data))
		leaves, data = append(leaves, data[2:size]), data[size:]
	}
	if int64(len(leaves)) != width {
		fail("%s: %d entries, not %d", path, len(leaves), width)
	}
	return leaves
}

// An entry is DSSE's pre-authentication encoding of a header, and 64 bytes of signature by the key
// in the header's second field.
func checkSignature(index int, leaf []byte) {
	if len(leaf) < 64 || !bytes.HasPrefix(leaf, []byte("DSSEv1 41 application/vnd.entente.entry.v1+protobuf ")) {
		fail("entry %d: no entry", index)
	}
	message, signature := leaf[:len(leaf)-64], leaf[len(leaf)-64:]
	header := bytes.SplitN(message, []byte(" "), 5)[4]
	if len(header) < 68 || header[0] != 0x0a || header[1] != 32 || header[34] != 0x12 || header[35] != 32 {
		fail("entry %d: its header does not begin with instrument and key", index)
	}
	if !ed25519.Verify(ed25519.PublicKey(header[36:68]), message, signature) {
		fail("entry %d: the author's signature does not verify", index)
	}
}

func readTree(pack string, size int64) (memory, [][]byte) {
	var tree memory
	var leaves [][]byte
	for first := int64(0); first < size; first += 256 {
		width := size - first
		if width > 256 {
			width = 256
		}
		for _, leaf := range readBundle(pack, first/256, width) {
			checkSignature(len(leaves), leaf)
			hashes, err := tlog.StoredHashes(int64(len(leaves)), leaf, tree)
			must(err, "tree")
			tree = append(tree, hashes...)
			leaves = append(leaves, leaf)
		}
	}
	return tree, leaves
}

func rootAt(tree memory, size int64) tlog.Hash {
	if size < 1 {
		fail("a size below 1")
	}
	root, err := tlog.TreeHash(size, tree)
	must(err, "tree")
	return root
}

// ---- the other files

// Tiles are compared with the tree that the entries gave; never the other way round.
func checkTiles(pack string, tree memory, size int64) (count int) {
	for level, row := 0, size; row > 0; level, row = level+1, row/256 {
		for n := int64(0); n*256 < row; n++ {
			path := filepath.Join(pack, "tile", strconv.Itoa(level), number(n))
			width := row - n*256
			if width < 256 {
				path += fmt.Sprintf(".p/%d", width)
			} else {
				width = 256
			}
			data, err := os.ReadFile(path)
			must(err, "tile")
			if int64(len(data)) != 32*width {
				fail("%s: %d bytes", path, len(data))
			}
			for i := int64(0); i < width; i++ {
				hash := tree[tlog.StoredHashIndex(8*level, n*256+i)]
				if !bytes.Equal(hash[:], data[32*i:32*i+32]) {
					fail("%s: hash %d is not the tree's", path, i)
				}
			}
			count++
		}
	}
	return count
}

func files(pack, folder string) []string {
	found, err := filepath.Glob(filepath.Join(pack, folder, "*"))
	must(err, folder)
	return found
}

func hashLines(lines []string) (proof []tlog.Hash) {
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		must(err, "proof")
		proof = append(proof, hash)
	}
	return proof
}

// Text before the first empty line, in lines; and what follows it.
func splitProof(file []byte) ([]string, []byte) {
	parts := bytes.SplitN(file, []byte("\n\n"), 2)
	if len(parts) != 2 {
		fail("a proof without an empty line")
	}
	return strings.Split(string(parts[0]), "\n"), parts[1]
}

func checkConsistency(p *policy, tree memory, path string) {
	file, err := os.ReadFile(path)
	must(err, path)
	lines, rest := splitProof(file)
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	must(err, path)
	c := openCheckpoint(p, rest, false)
	must(tlog.CheckTree(hashLines(lines[1:]), c.size, c.root, old, rootAt(tree, old)), path)
}

func checkReceipt(p *policy, leaves [][]byte, tree memory, path string) {
	file, err := os.ReadFile(path)
	must(err, path)
	lines, rest := splitProof(file)
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
		fail("%s: no receipt", path)
	}
	leaf, err := base64.StdEncoding.DecodeString(lines[1][len("extra "):])
	must(err, path)
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	must(err, path)
	c := openCheckpoint(p, rest, true)
	must(tlog.CheckRecord(hashLines(lines[3:]), c.size, c.root, index, tlog.RecordHash(leaf)), path)
	if index >= int64(len(leaves)) || !bytes.Equal(leaves[index], leaf) || c.root != rootAt(tree, c.size) {
		fail("%s: the register holds something else there", path)
	}
}

func main() {
	if len(os.Args) != 3 {
		fail("usage: verify PACK POLICY")
	}
	pack, p := os.Args[1], readPolicy(os.Args[2])
	newest, err := os.ReadFile(filepath.Join(pack, "checkpoint"))
	must(err, "checkpoint")
	c := openCheckpoint(p, newest, true)
	tree, leaves := readTree(pack, c.size)
	if rootAt(tree, c.size) != c.root {
		fail("the entries have another root than the checkpoint")
	}
	tiles := checkTiles(pack, tree, c.size)
	for _, path := range files(pack, "checkpoints") {
		file, err := os.ReadFile(path)
		must(err, path)
		archived := openCheckpoint(p, file, false)
		if archived.size > c.size || rootAt(tree, archived.size) != archived.root {
			fail("%s: no prefix of the register", path)
		}
	}
	for _, path := range files(pack, "consistency") {
		checkConsistency(p, tree, path)
	}
	for _, path := range files(pack, "receipts") {
		checkReceipt(p, leaves, tree, path)
	}
	fmt.Printf("ok: %d entries and signatures, root %s, quorum at %d, %d tiles, %d checkpoints, %d consistency "+
		"proofs, %d receipts\n", len(leaves), c.root, c.quorum, tiles, len(files(pack, "checkpoints")),
		len(files(pack, "consistency")), len(files(pack, "receipts")))
}

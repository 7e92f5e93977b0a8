package cmd

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// order is what a story asks of the mint: mint [flags] FILE.
type order struct {
	shape, claims, payload, header string
	key, kid, alg                  string
	issued                         time.Time
	alter                          bool
}

// scriptMint writes a token: mint [flags] FILE.
//
//	-shape NAME     v1 (the default), v1-user, v2, v2-user, id, none: the claims to start from
//	-claims FILE    claims to add or replace; null removes one
//	-payload FILE   the payload as it is, in place of shape and claims
//	-header FILE    header members to add or replace; null removes one
//	-key NAME       the key that signs; made when it is first named
//	-kid TEXT       the key id that the header names, if not that key's own
//	-alg NAME       RS256 (the default), PS256, ES256, HS256 (the public key as secret), none
//	-at TIME        when it was issued (RFC 3339); else now
//	-expired        issued three days ago
//	-alter          change a claim's value after signing
//	-cut N          leave out so many characters at the end
//	-wrap N         break the token into lines of so many characters
//	-into FILE      write the text of that file, with the token in the place of a word
//	-for WORD       that word, if not TOKEN
func scriptMint(ts *testscript.TestScript, neg bool, args []string) {
	var o order
	flags := flag.NewFlagSet("mint", flag.ContinueOnError)
	flags.StringVar(&o.shape, "shape", "v1", "")
	flags.StringVar(&o.claims, "claims", "", "")
	flags.StringVar(&o.payload, "payload", "", "")
	flags.StringVar(&o.header, "header", "", "")
	flags.StringVar(&o.key, "key", "signing", "")
	flags.StringVar(&o.kid, "kid", "", "")
	flags.StringVar(&o.alg, "alg", "RS256", "")
	flags.BoolVar(&o.alter, "alter", false, "")
	at := flags.String("at", clock.Format(time.RFC3339), "")
	expired := flags.Bool("expired", false, "")
	cut := flags.Int("cut", 0, "")
	width := flags.Int("wrap", 0, "")
	into := flags.String("into", "", "")
	word := flags.String("for", "TOKEN", "")
	if err := flags.Parse(args); neg || err != nil || flags.NArg() != 1 {
		ts.Fatalf("usage: mint [flags] FILE")
	}
	issued, err := time.Parse(time.RFC3339, *at)
	ts.Check(err)
	if *expired {
		issued = issued.AddDate(0, 0, -3)
	}
	o.issued = issued
	token, err := o.token(ts)
	ts.Check(err)
	text := *word + "\n"
	if *into != "" {
		text = ts.ReadFile(*into)
	}
	text = strings.ReplaceAll(text, *word, wrapped(token[:len(token)-*cut], *width))
	ts.Check(os.WriteFile(ts.MkAbs(flags.Arg(0)), []byte(text), 0o600))
}

// wrapped breaks a token into lines of so many characters; 0 leaves it whole.
func wrapped(token string, width int) string {
	if width == 0 {
		return token
	}
	var lines []string
	for line := range slices.Chunk([]byte(token), width) {
		lines = append(lines, string(line))
	}
	return strings.Join(lines, "\n")
}

func (o *order) token(ts *testscript.TestScript) (string, error) {
	key, err := keyNamed(o.key, o.alg)
	if err != nil {
		return "", err
	}
	payload, err := o.payloadText(ts)
	if err != nil {
		return "", err
	}
	header := map[string]any{"typ": "JWT", "alg": o.alg, "kid": key.ID}
	if o.kid != "" {
		header["kid"] = o.kid
	}
	headerText, err := merged(ts, header, o.header)
	if err != nil {
		return "", err
	}
	token, err := key.Sign(o.alg, headerText, payload)
	if o.alter {
		token = altered(token)
	}
	return token, err
}

func (o *order) payloadText(ts *testscript.TestScript) ([]byte, error) {
	if o.payload != "" {
		return []byte(strings.TrimSuffix(ts.ReadFile(o.payload), "\n")), nil
	}
	claims, err := mint.Claims(o.shape, o.issued)
	if err != nil {
		return nil, err
	}
	return merged(ts, claims, o.claims)
}

// merged returns the members as JSON, with those of a file in place of or beside them.
func merged(ts *testscript.TestScript, members map[string]any, file string) ([]byte, error) {
	if file != "" {
		var added map[string]any
		decoder := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
		decoder.UseNumber()
		if err := decoder.Decode(&added); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		maps.Copy(members, added)
		maps.DeleteFunc(members, func(_ string, value any) bool { return value == nil })
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(members)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// altered changes one character in the middle of the payload, to one that stands for other bits.
func altered(token string) string {
	at := strings.Index(token, ".") + 12
	other := "A"
	if token[at] == 'A' {
		other = "B"
	}
	return token[:at] + other + token[at+1:]
}

// minted holds the keys of all stories by their names: making an RSA key takes longer than most
// stories.
var minted struct {
	sync.Mutex
	named map[string]*mint.Key
}

// signingKey is the key that most tokens are signed with, and a key set that has it.
func signingKey(t *testing.T) (key *mint.Key, set []byte) {
	t.Helper()
	key, err := keyNamed("signing", "RS256")
	if err != nil {
		t.Fatal(err)
	}
	if set, err = mint.Set(key); err != nil {
		t.Fatal(err)
	}
	return key, set
}

// keyNamed returns the key of this name that can sign with the algorithm.
func keyNamed(name, alg string) (*mint.Key, error) {
	kind := "RS256"
	if alg == "ES256" {
		kind = alg
	}
	minted.Lock()
	defer minted.Unlock()
	if key := minted.named[name+kind]; key != nil {
		return key, nil
	}
	key, err := mint.NewKey(kind)
	if err != nil {
		return nil, err
	}
	if minted.named == nil {
		minted.named = map[string]*mint.Key{}
	}
	minted.named[name+kind] = key
	return key, nil
}

// scriptJWKS writes the public halves of keys: jwks FILE NAME... where a name may end in :ES256.
func scriptJWKS(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: jwks FILE NAME...")
	}
	set := make([]*mint.Key, 0, len(args))
	for _, arg := range args[1:] {
		name, alg, _ := strings.Cut(arg, ":")
		key, err := keyNamed(name, alg)
		ts.Check(err)
		set = append(set, key)
		ts.Setenv("kid_"+name, key.ID)
	}
	text, err := mint.Set(set...)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

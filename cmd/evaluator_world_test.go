package cmd

import (
	"bytes"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/evaluator"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// evaluatorWorld is what all pairs share: a folder with the key set, and the keys.
type evaluatorWorld struct {
	dir  string
	keys map[string]*mint.Key
}

func newEvaluatorWorld(t *testing.T) *evaluatorWorld {
	t.Helper()
	w := &evaluatorWorld{t.TempDir(), map[string]*mint.Key{}}
	for signer, key := range map[string]struct{ name, alg string }{
		evaluator.SignerA: {"signing", "RS256"}, evaluator.SignerB: {"other", "RS256"},
		evaluator.Foreign: {"stranger", "RS256"}, evaluator.SignerEC: {"ec", "ES256"},
	} {
		key, err := keyNamed(key.name, key.alg)
		if err != nil {
			t.Fatal(err)
		}
		w.keys[signer] = key
	}
	set, err := mint.Set(
		w.keys[evaluator.SignerA], w.keys[evaluator.SignerB], w.keys[evaluator.SignerEC],
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.write("jwks.json", string(set)); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *evaluatorWorld) write(name, text string) error {
	return os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600)
}

// evaluatorRun is one run of explain: what it printed, and what it was given, for the message of a
// fault.
type evaluatorRun struct {
	json  []byte
	input string
}

func (w *evaluatorWorld) explain(pair *evaluator.Pair, number int) (*evaluatorRun, error) {
	policy, extension := pair.Policy.File()
	policy, err := w.withKeys(policy)
	if err != nil {
		return nil, err
	}
	token, err := w.token(&pair.Token)
	if err != nil {
		return nil, err
	}
	policyFile, contractsFile := fmt.Sprintf(
		"p%d%s", number, extension,
	), fmt.Sprintf("c%d.json", number)
	flags := []string{"-p", policyFile}
	if pair.Contracts.Given {
		flags = append(flags, "--contracts", contractsFile)
		if err := w.write(contractsFile, pair.Contracts.File()); err != nil {
			return nil, err
		}
	}
	if err := w.write(policyFile, policy); err != nil {
		return nil, err
	}
	flags = append(flags, flagsOf(pair)...)
	run := evaluatorRun{
		input: fmt.Sprintf(
			"%s\ntoken %s\n%+v\nflags %s", policy, pair.Token.Payload(), pair,
			strings.Join(flags, " "),
		),
	}
	var stdout, stderr bytes.Buffer
	code := Main(Env{
		Gateways: everyGateway(),
		Args:     append([]string{"explain", "-o", "json", "--offline"}, flags...),
		Stdin:    strings.NewReader(token), Stdout: &stdout, Stderr: &stderr, Dir: w.dir,
		Now: func() time.Time { return clock }, LookupEnv: environment(nil),
		CacheDir: func() (string, error) { return w.dir, nil },
	})
	if code == exitUsage {
		return nil, fmt.Errorf("%s%s", &stderr, run.input)
	}
	run.json = stdout.Bytes()
	return &run, nil
}

// flagsOf are the flags beside the files.
func flagsOf(pair *evaluator.Pair) []string {
	var flags []string
	if pair.Keys {
		flags = append(flags, "--jwks", "jwks.json")
	}
	if pair.Gateway != "" {
		flags = append(flags, "--gateway", pair.Gateway)
	}
	if pair.Runtime != "" {
		flags = append(flags, "--runtime", pair.Runtime)
	}
	if pair.Token.Shape == evaluator.Nothing {
		flags = append(flags, "--no-token")
	}
	return flags
}

// withKeys puts the keys that a policy names into it: the base64 text of a PEM file, without its
// first and last line.
func (w *evaluatorWorld) withKeys(policy string) (string, error) {
	for signer, key := range w.keys {
		mark := `"` + evaluator.KeyText + signer + `"`
		if !strings.Contains(policy, mark) {
			continue
		}
		modulus, err := base64.RawURLEncoding.DecodeString(key.JWK()["n"].(string))
		if err != nil {
			return "", err
		}
		public, err := x509.MarshalPKIXPublicKey(
			&rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537},
		)
		if err != nil {
			return "", err
		}
		policy = strings.ReplaceAll(
			policy, mark, `"`+base64.StdEncoding.EncodeToString(public)+`"`,
		)
	}
	return policy, nil
}

// token mints what the caller sends.
func (w *evaluatorWorld) token(t *evaluator.Token) (string, error) {
	switch t.Shape {
	case evaluator.Nothing:
		return "", nil
	case evaluator.Opaque:
		return "opaque0123456789ABCDEFGHIJKLMNOP", nil
	case evaluator.JWE:
		header := base64.RawURLEncoding.EncodeToString(
			[]byte(`{"alg":"RSA-OAEP-256","enc":"A256GCM"}`),
		)
		return header + ".a2V5a2V5a2V5.aXZpdml2aXY.Y2lwaGVydGV4dA.dGFndGFndGFn", nil
	}
	header := fmt.Sprintf(`{"typ":"JWT","alg":%q}`, t.Alg)
	if key := w.keys[t.Kid]; key != nil {
		header = fmt.Sprintf(`{"typ":"JWT","alg":%q,"kid":%q}`, t.Alg, key.ID)
	}
	text, err := w.signed(t, header)
	if t.Forged {
		text = forged(text)
	}
	return text, err
}

func (w *evaluatorWorld) signed(t *evaluator.Token, header string) (string, error) {
	key := w.keys[t.Signer]
	if key == nil {
		key = w.keys[evaluator.SignerA]
	}
	if t.Alg != "HS256" {
		return key.Sign(t.Alg, []byte(header), []byte(t.Payload()))
	}
	unsigned, err := key.Sign("none", []byte(header), []byte(t.Payload()))
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, []byte(t.Signer))
	mac.Write([]byte(strings.TrimSuffix(unsigned, ".")))
	return unsigned + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}

// forged changes a character of the signature, in its middle, where each bit counts.
func forged(token string) string {
	at := strings.LastIndexByte(token, '.') + 20
	if at >= len(token) {
		return token
	}
	other := "A"
	if token[at] == 'A' {
		other = "B"
	}
	return token[:at] + other + token[at+1:]
}

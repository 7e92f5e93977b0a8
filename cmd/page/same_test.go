package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/cmd"
	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// fixture is a policy with all that an explanation needs.
type fixture struct {
	name  string // of the policy in dir
	token string
	app   string // the name of its app registration; empty where it has none
}

// leastFixtures is how many fixtures are compared at least.
const leastFixtures = 200

// What the page says and what the terminal says are the same report.
func TestThePageSaysWhatTheTerminalSays(t *testing.T) {
	t.Parallel()
	dir, all := fixtures(t)
	if len(all) < leastFixtures {
		t.Fatalf("%d fixtures, want %d", len(all), leastFixtures)
	}
	for i, f := range all {
		if i%oneFixtureOf != 0 {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			asked := report.Asked{
				Text: f.token, At: issuedAt.Format(time.RFC3339), Policies: []string{f.name},
				Keys: "keys.json", Contracts: "contracts.txt", Method: "GET", Path: "/orders",
			}
			explain := []string{
				"explain", "-p", f.name, "--jwks", "keys.json", "--contracts", "contracts.txt",
				"--method", "GET", "--path", "/orders",
			}
			lint := []string{"lint", f.name}
			if f.app != "" {
				asked.Apps = []string{f.app}
				explain, lint = append(explain, "--app", f.app), append(lint, "--app", f.app)
			}
			same(t, dir, "explain", asked, explain...)
			if i/oneFixtureOf%3 == 0 { // it tries repairs, which takes longer
				same(t, dir, "lint", asked, lint...)
			}
		})
	}
}

func TestThePageReadsATokenAsTheTerminalDoes(t *testing.T) {
	t.Parallel()
	dir, all := fixtures(t)
	token := all[0].token
	payload := strings.Split(token, ".")[1]
	for name, text := range map[string]string{
		"a token":               token,
		"a header":              "Authorization: Bearer " + token,
		"a curl command":        "curl https://a.example -H 'Authorization: Bearer " + token + "'",
		"an endpoint's answer":  `{"token_type": "Bearer", "access_token": "` + token + `"}`,
		"a damaged token":       token[:len(token)-20],
		"a token without alg":   "e30." + payload + ".",
		"an unsigned token":     "eyJhbGciOiJub25lIn0." + payload + ".",
		"an opaque token":       "0123456789abcdefghijABCDEFGHIJ",
		"an encrypted token":    "e30.AA.AA.AA.AA",
		"a token with markup":   "eyJhbGciOiJub25lIn0." + encode(`{"a": "<script>\u202e"}`) + ".",
		"a text without tokens": "hello",
		"a HAR file":            har(token),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := report.Asked{
				Text: text, At: issuedAt.Format(time.RFC3339), Keys: "keys.json",
				Tenant: mint.Tenant,
			}
			same(t, dir, "decode", asked, "decode")
			same(t, dir, "verify", asked, "verify", "--jwks", "keys.json", "--tenant", mint.Tenant)
			asked.Policies = []string{all[0].name}
			same(t, dir, "explain", asked, "explain", "-p", all[0].name, "--jwks", "keys.json")
		})
	}
}

func TestThePageTakesTheHeadersThatTheTerminalTakes(t *testing.T) {
	t.Parallel()
	dir, all := fixtures(t)
	const policy = "client-id-chosen-by-caller.bad.json" // which reads the header client_id
	of := slices.IndexFunc(all, func(f fixture) bool { return f.name == policy })
	token := all[of].token
	for name, headers := range map[string][]string{
		"a client with a contract":    {"client_id: " + mint.Client},
		"another client":              {"Client_ID:nobody"},
		"a header that is not sent":   {"client_id:"},
		"a secret":                    {"client_secret: hunter2", "client_id: nobody"},
		"a header of the token":       {"Authorization: Bearer " + token},
		"a header of another token":   {"Authorization: Bearer " + all[of+1].token},
		"a header without a colon":    {"client_id"},
		"a header that appears twice": {"a: 1", "A: 2"},
		"markup":                      {"client_id: <script>\u202e"},
		"none":                        nil,
	} {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", whole ", whole), func(t *testing.T) {
				t.Parallel()
				asked := report.Asked{
					Text: token, At: issuedAt.Format(time.RFC3339), Policies: []string{policy},
					Keys: "keys.json", Contracts: "contracts.txt", Headers: headers,
					HeadersWhole: whole, Method: "GET",
				}
				args := []string{
					"explain", "-p", policy, "--jwks", "keys.json", "--contracts", "contracts.txt",
					"--method", "GET",
				}
				for _, header := range headers {
					args = append(args, "-H", header)
				}
				if whole {
					args = append(args, "--no-other-headers")
				}
				same(t, dir, "explain", asked, args...)
			})
		}
	}
}

// same holds the page's JSON against the terminal's, and the errors of both where there is none.
func same(t *testing.T, dir, command string, asked report.Asked, args ...string) {
	t.Helper()
	q := question{Command: command, Asked: asked}
	for _, name := range append([]string{"keys.json", "contracts.txt"},
		append(asked.Policies, asked.Apps...)...) {
		q.Files = append(q.Files, file{name, string(read(t, filepath.Join(dir, name)))})
	}
	r := askPage(t, &q)
	if command != "lint" {
		args = append(args, "--at", asked.At)
	}
	out, errs := terminal(dir, asked.Text, append(args, "-o", "json")...)
	if r.JSON != out {
		t.Errorf("%s: the page says something else (- terminal, + page)\n%s", command,
			cmp.Diff(out, r.JSON))
	}
	for _, text := range r.Errors {
		if !strings.Contains(errs, "gatewhy: error: "+text+"\n") {
			t.Errorf("%s: the page has the error %q, the terminal says:\n%s", command, text, errs)
		}
	}
	if want := strings.Count(errs, "gatewhy: error: "); want != len(r.Errors) {
		t.Errorf("%s: %d errors, and the terminal has %d:\n%s\n%q", command, len(r.Errors), want,
			errs, r.Errors)
	}
}

// askPage asks the page's entry point as its script does.
func askPage(t *testing.T, q *question) *reply {
	t.Helper()
	asked, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	var r reply
	page := newPage(func() time.Time { return issuedAt })
	if err := json.Unmarshal(page.answer(asked), &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// terminal runs a command in a folder.
func terminal(dir, stdin string, args ...string) (out, errs string) {
	var stdout, stderr bytes.Buffer
	env := cmd.System()
	env.Args, env.Dir, env.Stdin = args, dir, strings.NewReader(stdin)
	env.Stdout, env.Stderr, env.Terminal = &stdout, &stderr, cmd.Terminal{UTF8: true}
	env.Now = func() time.Time { return issuedAt }
	env.LookupEnv = func(string) (string, bool) { return "", false }
	env.CacheDir = func() (string, error) { return dir, nil }
	env.Gateways, env.OnInterrupt, env.Shell = gateways.All(), nil, report.POSIX
	cmd.Main(env)
	return stdout.String(), stderr.String()
}

// fixtures are the examples of all rules in one folder, with a key set and contracts, and one of
// some tokens for each.
func fixtures(t *testing.T) (dir string, all []fixture) {
	t.Helper()
	dir = t.TempDir()
	key, err := mint.NewKey("RS256")
	if err != nil {
		t.Fatal(err)
	}
	set, err := mint.Set(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "keys.json"), set)
	write(t, filepath.Join(dir, "contracts.txt"), []byte(mint.Client+"\n"))
	var tokens []string
	for _, shape := range []string{"v1", "v2", "v1-user", "v2-user", "id"} {
		tokens = append(tokens, signed(t, key, shape))
	}
	policies, err := filepath.Glob("../../testdata/rules/*/[bo][ak]*")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range policies {
		folder := filepath.Base(filepath.Dir(name))
		f := fixture{
			name:  folder + "." + filepath.Base(name),
			token: tokens[i%len(tokens)],
		}
		write(t, filepath.Join(dir, f.name), read(t, name))
		if apps, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "app*")); len(apps) > 0 {
			f.app = folder + "." + filepath.Base(apps[0])
			write(t, filepath.Join(dir, f.app), read(t, apps[0]))
		}
		all = append(all, f)
	}
	return dir, all
}

func signed(t *testing.T, key *mint.Key, shape string) string {
	t.Helper()
	claims, err := mint.Claims(shape, issuedAt)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	header := fmt.Sprintf(`{"typ":"JWT","alg":"RS256","kid":%q}`, key.ID)
	token, err := key.Sign("RS256", []byte(header), payload)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// har is a HAR file with one request that carries the token.
func har(token string) string {
	return `{"log": {"version": "1.2", "entries": [{"request": {"method": "GET",
		"url": "https://api.example/orders?x=1", "headers": [
		{"name": "Authorization", "value": "Bearer ` + token + `"}]},
		"response": {"status": 401}}]}}`
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

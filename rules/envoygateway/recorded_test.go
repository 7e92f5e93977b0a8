package envoygateway

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
	evaluator "github.com/gatewhy/gatewhy/testdata/oracles/envoy"
	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
	"github.com/gatewhy/gatewhy/testdata/oracles/tokens"
	"github.com/gatewhy/gatewhy/testdata/oracles/witness"
)

// oracle is the folder of policy files, each beside what Envoy Gateway made of it.
const oracle = "../../testdata/oracles/envoy-gateway/"

// recordedRuntime is the version of the recording.
const recordedRuntime = recordedVersion

// recordedFile is a policy file with its route and Gateway, and what came of it.
type recordedFile struct {
	name    string
	text    string
	Refused string
	Status  []struct{ Policy, Type, Status, Reason, Message string }
	route   *recordedRoute // nil where there is none
}

// recordedRoute is what requests of the route go through.
type recordedRoute struct {
	Route          string
	JWTAuthn, RBAC json.RawMessage
	DirectResponse *struct{ Status int }

	jwt  *evaluator.JWT
	tree *evaluator.Tree
}

func recordedFiles(t *testing.T) []*recordedFile {
	t.Helper()
	base, err := os.ReadFile(oracle + "base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(oracle + "policies/*.yaml")
	if err != nil || len(paths) < 60 {
		t.Fatalf("%d files: %v", len(paths), err)
	}
	all := make([]*recordedFile, len(paths))
	for i, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := &recordedFile{
			name: strings.TrimSuffix(filepath.Base(path), ".yaml"),
			text: string(base) + "---\n" + string(text),
		}
		if err := f.read(strings.TrimSuffix(path, ".yaml") + ".jsonl"); err != nil {
			t.Fatal(path, err)
		}
		all[i] = f
	}
	return all
}

func (f *recordedFile) read(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	if err := json.Unmarshal(lines[0], f); err != nil || len(lines) == 1 {
		return err
	}
	f.route = &recordedRoute{}
	if err := json.Unmarshal(lines[1], f.route); err != nil {
		return err
	}
	if f.route.JWTAuthn != nil {
		if f.route.jwt, err = evaluator.ReadJWT(f.route.JWTAuthn); err != nil {
			return err
		}
	}
	if f.route.RBAC != nil {
		f.route.tree, err = evaluator.ReadTree(f.route.RBAC)
	}
	return err
}

func (f *recordedFile) configuration(t *testing.T) *rules.Configuration {
	t.Helper()
	return configurationOf(t, rules.Options{Runtime: recordedRuntime}, f.name+".yaml", f.text)
}

// recordedRequests are those that each token is sent with.
func recordedRequests() []recording.Request {
	return []recording.Request{
		{
			Method: "GET", Path: "/orders/7",
			Headers: map[string]string{"Host": "orders.example", "X-Team": "blue"},
		},
		{Method: "POST", Path: "/admin", Headers: map[string]string{"Host": "orders.example"}},
	}
}

// outcome is what comes of a request: an answer's status, 0 where it passes, or -1 where that
// depends on what is not known.
type outcome int

const (
	passes   outcome = 0
	depends  outcome = -1
	unjudged outcome = -2
	refused  outcome = -3 // with a status that is not known
)

func outcomeOf(v rules.Verdict) outcome {
	switch v.Outcome {
	case rules.Accepted:
		return passes
	case rules.Rejected:
		return cmp.Or(outcome(v.Status), refused)
	}
	return depends
}

// sentToken is a token as both sides take it, read once for all files.
type sentToken struct {
	tokens.Request
	name     string
	text     *evaluator.Text // nil where there is none
	verified bool
}

func sentTokens(minted *witness.Minted) []sentToken {
	noCrit := keys.Lenience{AnyCrit: true} // as Envoy's jwt.cc and verify.cc have it
	all := []sentToken{}
	otherwise := slices.DeleteFunc(tokens.Random(), func(s tokens.Shape) bool {
		return !strings.Contains(s.Name, " sent=")
	})
	times := slices.DeleteFunc(tokens.Odd(), func(s tokens.Shape) bool {
		claim, _, _ := strings.Cut(s.Name, "=")
		return !slices.Contains([]string{"exp", "nbf", "iat"}, claim)
	})
	for _, shape := range slices.Concat(tokens.Kinds(), otherwise, times) {
		sent := sentToken{Request: minted.Token(shape.Name), name: shape.Name}
		if sent.Token != "" {
			sent.text = evaluator.Read(sent.Token)
			sent.verified = minted.Verify(inspect.Parse(sent.Token),
				&rules.Key{Lenience: noCrit}).Outcome == keys.Pass
		}
		all = append(all, sent)
	}
	return all
}

// answer is what the route makes of a request with a token: its filters come before what it
// answers in place of the backend.
func (r *recordedRoute) answer(
	t *testing.T, asked *recording.Request, sent *sentToken, at time.Time,
) outcome {
	t.Helper()
	if by := r.filtered(t, asked, sent, at); by != passes || r.DirectResponse == nil {
		return by
	}
	return outcome(r.DirectResponse.Status)
}

// filtered is what the route's filters make of a request with a token.
func (r *recordedRoute) filtered(
	t *testing.T, asked *recording.Request, sent *sentToken, at time.Time,
) outcome {
	t.Helper()
	if sent.text != nil && !sent.text.Plain ||
		bytes.Contains(r.RBAC, []byte("HttpAttributesCelMatchInput")) {
		return unjudged
	}
	payloads := map[string]map[string]any{}
	if r.jwt != nil {
		token := &evaluator.Token{Header: map[string]string{}}
		if sent.Token != "" {
			token.Header["authorization"] = sent.Authorization
			token.Known, token.Verified = sent.text, sent.verified
		}
		status, provider, err := r.jwt.Verify(token, at)
		if err != nil {
			t.Fatal(err)
		}
		if code := status.Code(); code != 0 {
			return outcome(code)
		}
		if provider != nil {
			payloads[provider.PayloadInMetadata] = provider.Metadata(sent.text.Parsed.Payload)
		}
	}
	if r.tree == nil {
		return passes
	}
	e := &evaluator.Request{
		Method: asked.Method, Path: asked.Path, Host: asked.Headers["Host"],
		Headers: map[string]string{},
	}
	for name, value := range asked.Headers {
		e.Headers[strings.ToLower(name)] = value
	}
	allowed, err := r.tree.Allows(e, payloads)
	if err != nil {
		t.Fatal(err)
	}
	switch allowed {
	case evaluator.Yes:
		return passes
	case evaluator.No:
		return 403
	}
	return depends
}

// What is called observed was: by the version that is recorded, on that day.
func TestTheRecordingIsThatOfTheReferences(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(oracle + "recorded.tsv")
	if err != nil {
		t.Fatal(err)
	}
	title, _, _ := strings.Cut(string(text), "\n")
	if want := "# envoy-gateway " + recordedVersion + " recorded " + recordedOn; title != want {
		t.Errorf("the recording says %q, and the references %q", title, want)
	}
	if !strings.Contains(code, " "+recordedVersion+",") {
		t.Errorf("the code that was read is %q", code)
	}
}

// What the API server refuses, a finding says, or the prediction does not know.
func TestWhatIsRefusedIsSaid(t *testing.T) {
	t.Parallel()
	refused := 0
	for _, f := range recordedFiles(t) {
		c := f.configuration(t)
		s := &rules.Subject{
			Policies: compile(behaviours(), c).Policies, Files: c.Files, Shared: map[any]any{},
		}
		said := []string{}
		for _, rule := range lintRules() {
			for _, found := range rule.Check(s) {
				if cmp.Or(found.Severity, rule.Severity) == rules.Error {
					said = append(said, rule.Name+": "+found.Message)
				}
			}
		}
		v := rules.Evaluate(s.Policies, requestOf(""))
		known := v.Outcome != rules.Undetermined
		switch {
		case f.Refused != "" && len(said) == 0 && known:
			t.Errorf("%s: nothing is said of %s; predicted %s", f.name, f.Refused, v.Outcome)
		case f.Refused != "":
			refused++
		}
	}
	t.Logf("%d refused files, each of them said or not known", refused)
}

// dependsOnMore reports whether the translation of a file depends on what a policy does not show:
// that a token passes must not be predicted then.
func dependsOnMore(file string) bool {
	return slices.Contains([]string{
		"keys-service-missing", "pass-through-nothing", "place-without-settings",
	}, file)
}

// For each file, each kind of token and each request: what is predicted is what the translation
// comes to.
func TestEnvoyGatewayTranslatesAsPredicted(t *testing.T) {
	t.Parallel()
	minted, err := witness.Mint(time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	same, notKnown, notJudged, seen := 0, 0, 0, false
	files, all := recordedFiles(t), sentTokens(minted)
	for _, f := range files {
		if f.Refused != "" || f.route == nil {
			continue
		}
		policies := slices.DeleteFunc(compile(behaviours(), f.configuration(t)).Policies,
			func(p *rules.Policy) bool { return p.Entry.(*instance).route == nil })
		for i := range all {
			sent := &all[i]
			for _, r := range recordedRequests() {
				request := minted.Request(&r, sent.name)
				request.Brief = true
				v := rules.Evaluate(policies, request)
				got := outcomeOf(v)
				switch want := f.route.answer(t, &r, sent, minted.At); {
				case want == unjudged || got != passes && dependsOnMore(f.name):
					notJudged++
				case got != want:
					t.Errorf("%s, %s %s with %s: predicted %d, and Envoy's is %d", f.name,
						r.Method, r.Path, sent.name, got, want)
				default:
					same++
					seen = seen || v.Decided != nil &&
						v.Decided.Check.Evidence.Level == rules.Observed
					if got == depends {
						notKnown++
					}
				}
			}
		}
	}
	if !seen {
		t.Error("no recording shows what is called observed")
	}
	t.Logf("%d files: %d outcomes as predicted, %d of them not known; %d not judged",
		len(files), same, notKnown, notJudged)
}

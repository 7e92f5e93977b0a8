package environments

import (
	"cmp"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Suite is a file of policy tests: tokens, and what the policies must answer to each.
type Suite struct {
	Name string // of the file

	// Policies are file names in the gateway's order, relative to the file's folder. They may be
	// empty if the command line names them.
	Policies []entra.Text
	Gateway  entra.Text
	At       time.Time // when the requests are made; the zero time for now
	Issued   bool      // each request is made one second after its token was issued
	Cases    []Case
}

// Case is one policy test.
type Case struct {
	Name      string
	Pos       source.Position
	Token     TokenSpec
	Signature string            // "valid", "invalid" or "unknown-key": assumed, no key is needed
	Contracts []string          // nil where the test does not say; empty for none
	Method    string            // empty where the test does not say
	Path      string            // empty where the test does not say
	Headers   map[string]string // by canonical name; nil where the test does not say
	Answer    *source.Value     // the validation endpoint's answer; nil to have it modelled
	Expect    Expectation
}

// TokenSpec says which token a test's request carries.
type TokenSpec struct {
	None   bool // no token at all
	File   entra.Text
	Shape  entra.Text
	Claims *source.Value // over the shape's: a null takes one away; nil for none
}

// Expectation is what a test wants. An empty field is not compared.
type Expectation struct {
	Outcome  rules.Decision
	Status   int
	NoStatus bool // status: null, as where the answer is not known
	Decided  rules.ID
	Nobody   bool // decided_by: null, as where the request is accepted
}

// Compared lists what is compared, as a test names it.
func (e *Expectation) Compared() []string {
	var all []string
	for _, of := range []struct {
		name     string
		compared bool
	}{
		{"outcome", e.Outcome != ""},
		{"status", e.Status != 0 || e.NoStatus},
		{"decided_by", e.Decided != "" || e.Nobody},
	} {
		if of.compared {
			all = append(all, of.name)
		}
	}
	return all
}

// IsSuite reports whether a file holds policy tests.
func IsSuite(file *source.File) bool {
	return len(file.Documents) == 1 && file.Documents[0].Member("tests") != nil &&
		file.Documents[0].Member("version") != nil
}

// MostCases is how many tests are run together: what each gave is in the memory until it is shown.
const MostCases = 5000

// ReadSuite reads a file of policy tests. Every error is a [*source.Error] at the place that is
// wrong.
func ReadSuite(file *source.File) (*Suite, error) {
	s := &Suite{Name: file.Name}
	if len(file.Documents) != 1 {
		cause := fmt.Sprintf("%d documents, but a file of policy tests has "+
			"one", len(file.Documents))
		return nil, refusal(source.Position{File: file.Name, Line: 1, Column: 1}, cause, "")
	}
	v := file.Documents[0]
	if tests := v.Member("tests"); tests.Is(source.List) && len(tests.Items) > MostCases {
		return nil, wrong(tests, fmt.Sprintf("the file has %d tests, and no more than %d are run",
			len(tests.Items), MostCases), "make several files of them, and run one at a time")
	}
	named := map[string]bool{}
	err := object(
		v, "the policy tests",
		reader{"version", version},
		texts("policies", &s.Policies), text("gateway", &s.Gateway),
		reader{"at", s.readAt},
		list("tests", func(v *source.Value) error { return s.readCase(v, named) }),
	)
	switch {
	case err != nil:
		return nil, err
	case v.Member("version") == nil:
		return nil, wrong(v, "version is missing", "the first line is version: 1")
	case len(s.Cases) == 0:
		return nil, wrong(
			v, "there are no tests",
			"tests: is a list, each with a name, a token and what to expect",
		)
	}
	return s, nil
}

func (s *Suite) readAt(v *source.Value) error {
	if s.Issued = v.Text == "issued"; s.Issued {
		return nil
	}
	at, err := Instant(v.Text)
	if problem := (*source.Error)(nil); errors.As(err, &problem) {
		problem.Pos, problem.Cause = v.Pos, "at: "+problem.Cause
	}
	s.At = at
	return err
}

// readCase reads a test. No test before it has its name.
func (s *Suite) readCase(v *source.Value, named map[string]bool) error {
	c := Case{Signature: "valid"}
	name := entra.Text{}
	err := object(
		v, "a test",
		text("name", &name),
		reader{"token", c.Token.read},
		choice("signature", &c.Signature, "valid", "invalid", "unknown-key"),
		reader{"contracts", c.readContracts},
		plain("method", &c.Method, rules.MethodFault), plain("path", &c.Path, rules.PathFault),
		reader{"headers", c.readHeaders},
		reader{
			"introspection",
			func(v *source.Value) error { c.Answer = v; return rules.CheckAnswer(v) },
		},
		reader{"expect", c.Expect.read},
	)
	switch {
	case err != nil:
		return err
	case name.Value == "":
		return wrong(
			v, "a test needs a name", "say what must hold, such as: a DEV token is rejected at "+
				"UAT",
		)
	case named[name.Value]:
		return refusal(name.Pos, "two tests have this name", "")
	case v.Member("token") == nil:
		return wrong(
			v, "a test needs a token",
			"token: {shape: entra-v1-app-only}, {file: NAME}, or none for a request without one",
		)
	case c.Expect == (Expectation{}):
		return wrong(
			v, "a test must expect something",
			"expect: {outcome: rejected, status: 401, decided_by: audience}",
		)
	}
	c.Name, c.Pos = name.Value, name.Pos
	s.Cases, named[c.Name] = append(s.Cases, c), true
	return nil
}

func (t *TokenSpec) read(v *source.Value) error {
	if s, ok := v.Str(); ok && s == "none" {
		t.None = true
		return nil
	}
	err := object(
		v, "a token", text("file", &t.File), text("shape", &t.Shape),
		reader{"claims", func(claims *source.Value) error {
			if !claims.Is(source.Object) {
				return wrong(claims, "claims must be an object", "")
			}
			t.Claims = claims
			return nil
		}},
	)
	switch {
	case err != nil:
		return err
	case (t.File.Value == "") == (t.Shape.Value == ""):
		return wrong(
			v, "a token is either a file or a shape",
			"shapes are "+strings.Join(issued.Shapes(), ", "),
		)
	case t.File.Value != "" && t.Claims != nil:
		return wrong(
			t.Claims, "the claims of a token from a file can't be changed", "start from a shape",
		)
	case t.Shape.Value != "" && !slices.Contains(issued.Shapes(), t.Shape.Value):
		cause := fmt.Sprintf("%q is not a token shape", shorten(t.Shape.Value))
		return refusal(t.Shape.Pos, cause, "shapes are "+strings.Join(issued.Shapes(), ", "))
	}
	return nil
}

func (c *Case) readContracts(v *source.Value) error {
	ids, ok := v.Strings()
	if !ok || !v.Is(source.List) {
		return wrong(
			v, "contracts must be a list of client ids",
			"an empty list says that no client has a contract",
		)
	}
	c.Contracts = ids
	return nil
}

func (c *Case) readHeaders(v *source.Value) error {
	if !v.Is(source.Object) {
		return wrong(v, "headers must be an object of names and values", "")
	}
	c.Headers = map[string]string{}
	for _, m := range v.Members {
		value, ok := m.Value.Str()
		if !ok {
			return wrong(m.Value, "the value of a header must be a text", "")
		}
		if fault := rules.HeaderFault(m.Key, value); fault != "" {
			return wrong(m.Value, fault, "")
		}
		name := textproto.CanonicalMIMEHeaderKey(m.Key)
		if _, twice := c.Headers[name]; twice {
			return wrong(m.Value, "the header "+name+" is there twice", "")
		}
		c.Headers[name] = value
	}
	return nil
}

func (e *Expectation) read(v *source.Value) error {
	var outcome, decided string
	err := object(
		v, "expect",
		choice(
			"outcome", &outcome, string(rules.Accepted), string(rules.Rejected),
			string(rules.Undetermined),
		),
		orNull("status", &e.NoStatus, reader{"status", e.readStatus}),
		orNull("decided_by", &e.Nobody, choice("decided_by", &decided, rules.CheckIDs()...)),
	)
	e.Outcome, e.Decided = rules.Decision(outcome), rules.ID(decided)
	return err
}

func (e *Expectation) readStatus(v *source.Value) error {
	n, ok := v.Int()
	if !ok || n < 100 || n > 599 {
		return wrong(
			v, "status must be an HTTP status",
			"a number from 100 to 599, or null where it is not known",
		)
	}
	e.Status = int(n)
	return nil
}

// orNull accepts a null instead of a value, as the JSON of explain has it.
func orNull(name string, null *bool, value reader) reader {
	return reader{name, func(v *source.Value) error {
		if v.Is(source.Null) {
			*null = true
			return nil
		}
		return value.read(v)
	}}
}

// choice reads one of a few words.
func choice(name string, into *string, words ...string) reader {
	return reader{name, func(v *source.Value) error {
		s, ok := v.Str()
		if !ok || !slices.Contains(words, s) {
			return wrong(
				v, name+" must be one of the known words", "one of: "+strings.Join(words, ", "),
			)
		}
		*into = s
		return nil
	}}
}

// Assumed is what a test says of its token's signature: "valid", "invalid" or "unknown-key".
type Assumed string

// Verify gives that outcome, whatever the key.
func (a Assumed) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	result := keys.Result{Outcome: keys.Pass, Why: "assumed by the test"}
	switch a {
	case "invalid":
		result.Outcome = keys.Fail
		result.Why = "the test assumes that the signature is not valid"
	case "unknown-key":
		result.Outcome = keys.Fail
		result.Why = "the test assumes that the key set does not have the token's key"
	}
	return rules.SignatureResult{Result: result}
}

// Make makes the token of a test that starts from a shape. It is unsigned, was issued five minutes
// before that time, and is valid for an hour more. What is read of it and nobody says is unknown.
func (t *TokenSpec) Make(at time.Time, read ...string) *inspect.Token {
	return issued.Shape(t.Shape.Value, at, t.Claims, read...)
}

// Differences says how a verdict differs from what is expected, one sentence each; none if the
// test passes.
func (e *Expectation) Differences(v *rules.Verdict) []string {
	var all []string
	if e.Outcome != "" && e.Outcome != v.Outcome {
		all = append(all, fmt.Sprintf("outcome: expected %s, got %s", e.Outcome, v.Outcome))
	}
	if e.Status != 0 && e.Status != v.Status {
		got := "null (not known)"
		switch {
		case v.Status != 0:
			got = fmt.Sprint(v.Status)
		case v.Answer.OneOf != nil:
			got = "null (" + v.Answer.Statuses() + ")"
		}
		all = append(all, fmt.Sprintf("status: expected %d, got %s", e.Status, got))
	}
	if e.NoStatus && v.Status != 0 {
		all = append(all, fmt.Sprintf("status: expected null (not known), got %d", v.Status))
	}
	if by := v.DecidedBy(); e.Decided != by && (e.Decided != "" || e.Nobody) {
		all = append(all, fmt.Sprintf(
			"decided_by: expected %s, got %s", cmp.Or(e.Decided, "none"), cmp.Or(by, "none"),
		))
	}
	return all
}

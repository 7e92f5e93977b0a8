package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Asked is what a person asks where there is no command line, as on a page. Files are meant by
// their names; what is empty was not given. Nothing is fetched for it.
type Asked struct {
	Text    string // the token, in whatever a person pastes
	NoToken bool   // the request carries none

	Policies      []string
	Keys          string // the file of the key set
	Contracts     string
	Introspection string
	Apps          []string

	Options        rules.Options // how the policies are read
	Method, Path   string
	Headers        []string // "name: value"
	HeadersWhole   bool     // the request has no others, beside that of the token
	At             string   // RFC 3339, or "issued": one second after the token's iat
	Tenant, Issuer string   // whose token it must be

	Other           string // another environment's token, run against each repair
	ObservedStatus  int    // what the real gateway answered, to compare; 0 where that is not known
	ObservedBody    string
	ObservedHeaders []string // "name: value"
}

// Decoded is the answer of decode.
func (m *Maker) Decoded(a *Asked) (*Decoding, error) {
	token, err := m.askedToken(a)
	if err != nil {
		return nil, err
	}
	if err := Unreadable(token); err != nil {
		return nil, err
	}
	d := &Decoding{Token: token, Profile: inspect.Describe(token)}
	if d.At, err = m.instant(a, token); err != nil {
		return nil, err
	}
	d.AddNext(CommandLine{Shell: m.Shell, At: a.At})
	return d, nil
}

// Verified is the answer of verify.
func (m *Maker) Verified(a *Asked) (*Verification, error) {
	token, err := m.askedToken(a)
	if err != nil {
		return nil, err
	}
	v := &Verification{
		Token: token, Profile: inspect.Describe(token), Tenant: a.Tenant, Issuer: a.Issuer,
	}
	if v.At, err = m.instant(a, token); err != nil {
		return nil, err
	}
	set, err := m.askedKeys(a)
	switch {
	case err != nil:
		return nil, err
	case !v.NeedsKeys(a.Keys != ""):
		set = nil
	case set == nil:
		v.NoKeys = "no key set was given, and nothing is fetched here"
		v.Hints = source.Hints("the token's issuer is not one of Entra's: ask it for its key set")
		if address := v.KeyAddress(); address != "" {
			v.Hints = source.Hints("open " + address + " and pass what it shows as the key set")
		}
	}
	expect := keys.Expect{At: v.At, Issuer: a.Issuer, Tenant: a.Tenant}
	v.Report = expect.Check(token, keys.Verify(token, set))
	v.AddNext(a.line(m.Shell, "issuer", "jwks", "tenant"))
	return v, nil
}

// Explained is the answer of explain.
func (m *Maker) Explained(a *Asked) (*Explanation, error) {
	if len(a.Policies) == 0 {
		return nil, noPolicy()
	}
	policies, err := m.ReadPolicies(a.Policies, a.Options)
	if err != nil {
		return nil, err
	}
	if policies.Apps, err = m.ReadApps(a.Apps); err != nil {
		return nil, err
	}
	request, sent, err := m.askedRequest(a, policies)
	if err != nil {
		return nil, err
	}
	if err := policies.Beyond(request.Token); err != nil {
		return nil, err
	}
	run := Explainer{
		Policies: policies, Request: request,
		Contracts: a.Contracts, AppFiles: a.Apps,
		Line: a.line(m.Shell, "policy", "api", "app", "contracts", "gateway", "header",
			"introspection", "jwks", "method", "no-other-headers", "path", "policy-type",
			"runtime"),
	}
	if strings.TrimSpace(a.Other) != "" {
		if run.Other, err = m.OtherRequest(a.Other, request); err != nil {
			return nil, err
		}
	}
	answer, err := m.observation(a)
	if err != nil {
		return nil, err
	}
	explanation := run.Explain()
	if answer == nil {
		answer = m.Answered(sent, request)
	}
	if answer != nil {
		answer.Before = m.Now()
		run.Observe(answer, explanation)
	}
	return explanation, nil
}

// askedRequest is the request that is explained, and what was pasted with its token.
func (m *Maker) askedRequest(a *Asked, policies *PolicySet) (*rules.Request, Pasted, error) {
	var (
		token *inspect.Token
		sent  Pasted
	)
	if !a.NoToken {
		pasted, err := m.pasted(a)
		if err != nil {
			return nil, sent, err
		}
		if token, sent, err = pasted.ReadRequest(nil); err != nil {
			return nil, sent, err
		}
	}
	at, err := m.instant(a, token)
	if err != nil {
		return nil, sent, err
	}
	if a.At == "" {
		at = m.WhenMade(sent.Request, token)
	}
	request, err := m.NewRequest(&Said{
		At: at, Method: a.Method, Path: a.Path, Headers: a.Headers, HeadersWhole: a.HeadersWhole,
		Contracts: a.Contracts, Introspection: a.Introspection,
	}, token, sent.Request)
	if err != nil {
		return nil, sent, err
	}
	if err := request.Contracts.Of(policies.Policies); err != nil {
		return nil, sent, err
	}
	set, err := m.askedKeys(a)
	request.Signatures = &Signatures{Given: set}
	return request, sent, err
}

// observation is what the real gateway answered; nil where nobody said.
func (m *Maker) observation(a *Asked) (*rules.Observation, error) {
	headers, err := m.ReadAnswerHeaders(a.ObservedHeaders)
	if err != nil {
		return nil, err
	}
	if a.ObservedStatus == 0 && a.ObservedBody == "" && headers == nil {
		return nil, nil
	}
	if s := a.ObservedStatus; s != 0 && (s < 100 || s > 599) {
		return nil, Problem("the status that the gateway answered is not an HTTP status",
			"a number from 100 to 599, such as 401")
	}
	o := &rules.Observation{Status: a.ObservedStatus, Headers: headers}
	if a.ObservedBody != "" {
		o.Body = &a.ObservedBody
	}
	return o, nil
}

// Linted is the answer of lint, with why files were not checked.
func (m *Maker) Linted(a *Asked) (*Linting, []error, error) {
	if len(a.Policies) == 0 {
		return nil, nil, noPolicy()
	}
	apps, err := m.ReadApps(a.Apps)
	if err != nil {
		return nil, nil, err
	}
	request := &LintRequest{Names: a.Policies, Options: a.Options, Apps: apps}
	l, failed, _ := m.Lint(request)
	l.Shell, l.Flags = m.Shell, a.words("gateway", "api", "policy-type", "app")
	l.Fails = func(severity rules.Severity) bool { return severity == rules.Error }
	l.AddNext(m, request, CommandLine{Shell: m.Shell})
	return l, failed, nil
}

func noPolicy() error {
	return Problem("no policy was given", "add the file of the policy as the control plane has "+
		"it: JSON, YAML, Terraform or TOML")
}

// pasted is a maker that reads the token from what was pasted.
func (m *Maker) pasted(a *Asked) (*Maker, error) {
	if strings.TrimSpace(a.Text) == "" {
		return nil, Problem("no token was given",
			"paste it; or say that the request carries none, which explain takes too")
	}
	pasted := *m
	pasted.Stdin = strings.NewReader(a.Text)
	return &pasted, nil
}

func (m *Maker) askedToken(a *Asked) (*inspect.Token, error) {
	pasted, err := m.pasted(a)
	if err != nil {
		return nil, err
	}
	return pasted.ReadToken(nil)
}

// askedKeys reads the key set; nil where none was given.
func (m *Maker) askedKeys(a *Asked) (*keys.Set, error) {
	if a.Keys == "" {
		return nil, nil
	}
	return m.ReadKeys(a.Keys)
}

// instant is when the times of a token are judged: now, if nothing else is asked for.
func (m *Maker) instant(a *Asked, token *inspect.Token) (time.Time, error) {
	switch {
	case a.At == "":
		return m.Now(), nil
	case a.At != "issued":
		at, err := time.Parse(time.RFC3339, a.At)
		if err != nil {
			return at, Problem("the time is not one", "write it as 2026-05-06T10:00:00Z")
		}
		return at, nil
	case token == nil:
		return time.Time{}, Problem("the request carries no token, so none was issued",
			"ask for another time")
	}
	at, ok := token.JustIssued()
	if !ok {
		return at, Problem("the token has no valid iat, so we do not know when it was issued",
			"ask for another time")
	}
	return at, nil
}

func (a *Asked) line(shell Shell, flags ...string) CommandLine {
	return CommandLine{Shell: shell, At: a.At, Flags: a.words(flags...)}
}

func (a *Asked) words(flags ...string) []string {
	single := map[string]string{
		"api": a.Options.API, "gateway": a.Options.Variant, "policy-type": a.Options.Kind,
		"runtime": a.Options.Runtime, "contracts": a.Contracts,
		"introspection": a.Introspection, "jwks": a.Keys, "method": a.Method, "path": a.Path,
		"tenant": a.Tenant, "issuer": a.Issuer,
	}
	many := map[string][]string{"policy": a.Policies, "app": a.Apps, "header": a.Headers}
	var all []string
	for _, flag := range flags {
		if flag == "no-other-headers" && a.HeadersWhole {
			all = append(all, "--"+flag)
		}
		for _, value := range slices.Concat(many[flag], []string{single[flag]}) {
			switch {
			case value == "":
			case flag == "policy":
				all = append(all, Name(source.NeedPolicy), value)
			case flag == "header":
				all = append(all, Name(source.NeedHeader), OpenHeader(value))
			default:
				all = append(all, "--"+flag, value)
			}
		}
	}
	return all
}

// KeyAddress is where Entra ID publishes the keys of the token's issuer, or the document that
// names that place; empty where it is none of Entra's.
func (v *Verification) KeyAddress() string {
	issuer, ok := IssuerOf(&v.Profile)
	if !ok {
		return ""
	}
	if len(issuer.Clouds) > 0 && issuer.Kind == entra.Workforce {
		if cloud, ok := entra.CloudByID(issuer.Clouds[0]); ok {
			return entra.KeysURL(cloud, issuer.Tenant, issuer.Version, "")
		}
	}
	address, _ := issuer.DiscoveryURL("")
	return address
}

// IssuerOf is the issuer of Entra that a token names, with the policy of B2C that has a claim of
// its own.
func IssuerOf(profile *inspect.Profile) (entra.Issuer, bool) {
	issuer, ok := entra.ParseIssuer(profile.Issuer)
	issuer.Policy = cmp.Or(issuer.Policy, profile.Policy)
	return issuer, ok
}

// KeyAddresses are where the policies fetch the keys of signatures that could not be checked.
func (x *Explanation) KeyAddresses() []string {
	var all []string
	for i := range x.Verdict.Results {
		r := &x.Verdict.Results[i]
		if r.Outcome != rules.Unsure {
			continue
		}
		for _, address := range r.Check.Test.KeyAddresses() {
			if rules.AddressFault(address) == "" {
				all = source.Union(all, address)
			}
		}
	}
	return all
}

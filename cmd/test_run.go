package cmd

import (
	"fmt"
	"path/filepath"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// tester runs files of policy tests.
type tester struct {
	env      *Env
	flags    *testFlags
	report   report.Testing
	coverage *report.Coverage

	// What the command line gives to every test that does not say otherwise.
	set       *policySet
	contracts *rules.Contracts
	answer    *source.Value
	headers   map[string]string
	observed  *rules.Observation // what the real gateway answered to each; nil where nobody says
}

// defaults reads what the command line names.
func (t *tester) defaults() (err error) {
	switch {
	case t.flags.environment != "":
		err = t.fromEnvironment()
	case len(t.flags.policies.files) > 0:
		t.set, err = t.env.readPolicies(&t.flags.policies)
	}
	if err == nil && t.flags.contracts != "" {
		t.contracts, err = t.env.readContracts(t.flags.contracts)
	}
	if err == nil && t.flags.introspection != "" {
		t.answer, err = t.env.readIntrospection(t.flags.introspection)
	}
	if err == nil {
		t.flags.method = t.env.methodOf(t.flags.method)
		t.headers, err = parseHeaders(t.flags.headers)
	}
	if err == nil {
		t.observed, err = t.flags.observed.observation(t.env)
	}
	return err
}

func (t *tester) fromEnvironment() error {
	site, set, err := t.env.readEnvironment(t.flags.config, t.flags.environment)
	if err != nil {
		return err
	}
	t.set, t.contracts = set, site.Contracts
	return nil
}

// file runs the tests of one file. Other configurations in a folder are none of ours.
func (t *tester) file(found foundFile) error {
	file, err := t.env.readSource(found.name)
	switch {
	case err != nil && !found.named, err == nil && !found.named && !environments.IsSuite(file):
		return nil
	case err != nil:
		return err
	}
	suite, err := environments.ReadSuite(file)
	if err != nil {
		return err
	}
	set, err := t.policies(suite)
	if err != nil {
		return err
	}
	t.coverage.Add(set.Policies)
	for i := range suite.Cases {
		tested, err := t.run(suite, &suite.Cases[i], set)
		if err != nil {
			return err
		}
		t.coverage.See(&tested.Verdict)
		t.report.Cases = append(t.report.Cases, *tested)
	}
	t.report.Sources = append(t.report.Sources, append(set.Files, file)...)
	return nil
}

// policies are those of the command line, else those that the file names.
func (t *tester) policies(suite *environments.Suite) (*policySet, error) {
	if t.set != nil {
		return t.set, nil
	}
	r := &estateReader{env: t.env, folder: filepath.Dir(suite.Name)}
	names, err := r.expand(suite.Policies)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, problem(suite.Name+": no policies", "policies: [FILE] in the file, or -p FILE, or --env NAME")
	}
	flags := t.flags.policies
	flags.files = names
	if suite.Gateway.Value != "" {
		if err := t.env.Gateways.check(suite.Gateway); err != nil {
			return nil, err
		}
		flags.variant.value = suite.Gateway.Value
	}
	return t.env.readPolicies(&flags)
}

// run runs one test.
func (t *tester) run(suite *environments.Suite, c *environments.Case, set *policySet) (*report.Tested, error) {
	request, err := t.request(suite, c)
	if err != nil {
		return nil, err
	}
	tested := &report.Tested{Suite: suite.Name, Name: c.Name, Pos: c.Pos, Span: c.Span, Expect: c.Expect}
	tested.Verdict = rules.Evaluate(set.Policies, request)
	tested.Differences = append(c.Expect.Differences(&tested.Verdict), t.disagreement(request, set, &tested.Verdict)...)
	return tested, nil
}

func (t *tester) request(suite *environments.Suite, c *environments.Case) (*rules.Request, error) {
	request := &rules.Request{
		At: suite.At, Method: t.flags.method, Path: t.flags.path, Headers: t.headers,
		Contracts: t.contracts, Introspection: t.answer, Signatures: environments.Assumed(c.Signature),
	}
	if request.At.IsZero() {
		request.At = t.env.Now()
	}
	if c.Method != "" {
		request.Method = c.Method
	}
	if c.Path != "" {
		request.Path = c.Path
	}
	if c.Headers != nil {
		request.Headers, request.HeadersWhole = c.Headers, true
	}
	if c.Contracts != nil {
		request.Contracts = &rules.Contracts{IDs: c.Contracts, File: suite.Name}
	}
	if c.Answer != nil {
		request.Introspection = c.Answer
	}
	var err error
	request.Token, err = t.token(suite, c, request)
	return request, err
}

func (t *tester) token(suite *environments.Suite, c *environments.Case, request *rules.Request) (*inspect.Token, error) {
	switch {
	case c.Token.None:
		return nil, nil
	case c.Token.Shape.Value != "":
		return c.Token.Make(request.At), nil
	}
	r := &estateReader{env: t.env, folder: filepath.Dir(suite.Name)}
	name, err := r.one(c.Token.File)
	if err != nil {
		return nil, err
	}
	return t.env.readToken([]string{"@" + name})
}

// disagreement says how the prediction differs from what the real gateway answered, where that is given.
func (t *tester) disagreement(request *rules.Request, set *policySet, v *rules.Verdict) []string {
	if t.observed == nil {
		return nil
	}
	p := rules.Prediction{Verdict: v, Request: request, Policies: set.Policies, Behaviours: set.Adapter.Behaviours(), Causes: set.Adapter.Causes()}
	compared := p.Compare(*t.observed)
	if compared.Agrees != rules.No {
		return nil
	}
	text := "observed: the real gateway answered otherwise"
	if t.observed.Status != 0 {
		text = fmt.Sprintf("observed: the real gateway answered %d, predicted is %d", t.observed.Status, v.Status)
	}
	if len(compared.Suspects) > 0 {
		text += "; the likeliest cause: " + compared.Suspects[0].Title
	}
	return []string{text}
}

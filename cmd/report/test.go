package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Testing is what running policy tests gave.
type Testing struct {
	Cases    []Tested
	Coverage *Coverage // nil where it was not asked for
	Sources  []*source.File
	Next     []rules.Step // what to do now

	text     int // bytes of the files with tests
	outcomes int // of checks, in the verdicts of all tests
	looked   int // at conditions of policies
}

// Tested is one policy test after it was run.
type Tested struct {
	Suite, Name string
	Pos         source.Position
	Expect      environments.Expectation
	Verdict     rules.Verdict
	Differences []string // none where the test passed

	readAs  []string // the flags with which lint reads its policies alike
	payload int      // how many bytes the token's payload has
	unsaid  bool     // its verdict is not known without a claim of which nobody says what it holds
}

// Failed counts the tests that failed.
func (x *Testing) Failed() int {
	n := 0
	for i := range x.Cases {
		if len(x.Cases[i].Differences) > 0 {
			n++
		}
	}
	return n
}

// AddNext adds what to do now. The names are those of the tests that were run.
func (x *Testing) AddNext(line CommandLine, names []string) {
	if line.Once {
		return
	}
	again := line.Shell.On("test", names, line.Flags...)
	var all steps
	lacking, decided := false, false
	for i := range x.Cases {
		c := &x.Cases[i]
		files := decidedIn(&c.Verdict)
		if len(c.Differences) == 0 || len(files) == 0 {
			continue
		}
		if c.unsaid {
			all.add("What decides is not known: write the claim into the test", again)
			lacking = true
			continue
		}
		if member := lacks(&c.Verdict); member != "" {
			all.add("What decides is not known: write \""+member+":\" into the test, or "+
				"pass it for all tests that have none", again+" --"+member+" FILE")
			lacking = true
			continue
		}
		decided = true
		all.add("Check the policy that decided differently from what a test expects",
			line.Shell.On("lint", files, c.readAs...))
	}
	switch {
	case lacking && !decided: // the command runs them again
	case x.Failed() > 0:
		all.add("Then run the tests again", again)
	case x.Coverage == nil:
		all.add("See which checks never pass or never fail in a test", again+" --coverage")
	}
	x.Next = all
}

// lacks is the member of a test without which its verdict is not known; empty where it has it.
func lacks(v *rules.Verdict) string {
	if v.Decided == nil || v.Outcome != rules.Undetermined {
		return ""
	}
	return map[source.Input]string{
		source.NeedContracts: "contracts", source.NeedIntrospection: "introspection",
	}[v.Decided.Need().Input]
}

// unsaid reports whether a verdict is not known for want of a claim of the token of which neither
// its test nor its shape says what it holds.
func unsaid(v *rules.Verdict, token *inspect.Token) bool {
	return v.Decided != nil && v.Outcome == rules.Undetermined && token != nil &&
		v.Decided.Check.ReadsAny(func(in rules.Input) bool {
			claim := token.Claims.Find(in.ClaimRead())
			return claim != nil && claim.Value.Is(source.Unknown) &&
				strings.Contains(v.Decided.Why(), claim.Value.Text)
		})
}

// decidedIn names the files that a verdict was decided in: all of them where no check rejects.
func decidedIn(v *rules.Verdict) []string {
	if v.Decided != nil {
		return []string{v.Decided.Check.Pos.File}
	}
	var files []string
	for i := range v.Results {
		if file := v.Results[i].Check.Pos.File; file != "" {
			files = source.Union(files, file)
		}
	}
	return files
}

// Coverage is which checks of the policies the tests have seen pass, and which they have seen
// fail.
type Coverage struct {
	Checks []Covered
	index  map[string]int
}

// Covered is one check, and how often it had which outcome.
type Covered struct {
	Check                   *rules.Check
	Policy                  *rules.Policy
	Passed, Failed, Unknown int
}

// NewCoverage returns a coverage of nothing yet.
func NewCoverage() *Coverage { return &Coverage{index: map[string]int{}} }

// Add makes the checks of policies count, each once, however often its file is tested. A check
// that the configuration switches off does not: no test could see it pass or fail.
func (c *Coverage) Add(policies []*rules.Policy) {
	for _, policy := range policies {
		for _, check := range policy.Checks() {
			if key := coverageKey(check); c.index[key] == 0 && check.Skip == "" {
				c.Checks = append(c.Checks, Covered{Check: check, Policy: policy})
				c.index[key] = len(c.Checks)
			}
		}
	}
}

// See counts the outcomes of one test.
func (c *Coverage) See(v *rules.Verdict) {
	for i := range v.Results {
		r := &v.Results[i]
		at := c.index[coverageKey(r.Check)]
		if at == 0 {
			continue
		}
		switch covered := &c.Checks[at-1]; r.Outcome {
		case rules.Pass:
			covered.Passed++
		case rules.Fail:
			covered.Failed++
		case rules.Unsure:
			covered.Unknown++
		}
	}
}

func coverageKey(c *rules.Check) string { return fmt.Sprintf("%s %s %s", c.Pos, c.ID, c.Claim) }

// Tester runs files of policy tests. Its fields hold for every test that does not say otherwise.
type Tester struct {
	Maker     *Maker
	Policies  *PolicySet    // nil where each file names its own
	Options   rules.Options // by which these are read
	Method    string
	Path      string
	Headers   map[string]string
	Contracts *rules.Contracts
	Answer    *source.Value      // of the validation endpoint
	Observed  *rules.Observation // what the real gateway answered to each; nil where nobody says

	tokens map[string]sentToken // of files, by name
	read   []string             // the claims that the policies read, of the file with the tests
}

// Run runs the tests of files.
func (t *Tester) Run(found []Found) (*Testing, error) {
	x := &Testing{Coverage: NewCoverage()}
	t.tokens = map[string]sentToken{}
	var files, cases atomic.Int64
	defer t.Maker.tell(func() string {
		return fmt.Sprintf("%d tests done, of %d of %d files",
			cases.Load(), files.Load(), len(found))
	})()
	for _, f := range found {
		if err := t.file(x, f, &cases); err != nil {
			return nil, err
		}
		files.Add(1)
	}
	if len(x.Cases) == 0 {
		return nil, Problem("no policy tests in what was given",
			"a test file begins with version: 1 and has a list tests:")
	}
	return x, nil
}

// file runs the tests of one file. Other configurations in a folder are passed over.
func (t *Tester) file(x *Testing, found Found, done *atomic.Int64) error {
	file, err := t.Maker.ReadSource(found.Name)
	switch {
	case err != nil && !found.Named, err == nil && !found.Named && !environments.IsSuite(file):
		return nil
	case err != nil:
		return err
	}
	suite, err := environments.ReadSuite(file)
	if err != nil && !environments.IsSuite(file) {
		return t.Maker.OrMistaken(err, found.Name, "a file of policy tests")
	} else if err != nil {
		return err
	}
	if err := x.beyond(suite, file); err != nil {
		return err
	}
	set, err := t.policies(suite)
	if err != nil {
		return err
	}
	x.Coverage.Add(set.Policies)
	gateways, classes := set.perGateway(), map[requestLine][]rules.Class{}
	looks, routes := sizeOf(gateways)
	t.read = nil
	for _, gateway := range gateways {
		t.read = append(t.read, issued.ReadBy(gateway.Policies)...)
	}
	for i := range suite.Cases {
		lines := len(classes)
		tested, err := t.run(suite, &suite.Cases[i], gateways, classes)
		if err != nil {
			return err
		}
		x.Coverage.See(&tested.Verdict)
		x.Cases = append(x.Cases, *tested)
		x.looked += looks.For(tested.payload) * max(1, len(tested.Verdict.Classes))
		if len(classes) > lines {
			x.looked += routes * looksOfRoute
		}
		if err := x.beyondWith(tested); err != nil {
			return err
		}
		done.Add(1)
	}
	x.Sources = append(x.Sources, append(set.Files, file)...)
	return nil
}

// beyond refuses a further file where all of them are more than is run together: their texts, what
// was read of them and what came of it are in the memory until the end.
func (x *Testing) beyond(suite *environments.Suite, file *source.File) error {
	x.text += len(file.Text)
	most := ""
	switch {
	case len(x.Cases)+len(suite.Cases) > environments.MostCases:
		most = fmt.Sprintf("%d tests", environments.MostCases)
	case x.text > MaxInput:
		most = fmt.Sprintf("%d MiB of tests", MaxInput>>20)
	default:
		return nil
	}
	return tooManyTests(source.Position{File: file.Name}, "file", most,
		"name some of the files, and run the others afterwards")
}

// looksOfRoute is how many conditions are as much work as to read the expressions of a route.
const looksOfRoute = 30

// sizeOf is how much is looked at of the policies, and how many routes they have, as all these
// gateways read them.
func sizeOf(gateways []*PolicySet) (looks rules.Looks, routes int) {
	for _, gateway := range gateways {
		looks = looks.With(rules.LooksOf(gateway.Policies))
		for _, policy := range gateway.Policies {
			routes += len(policy.When.Routes)
		}
	}
	return looks, routes
}

// mostOutcomes bounds what the tests have found out of checks: it is in the memory until the end,
// and each takes some 400 bytes.
const mostOutcomes = 200_000

// beyondWith refuses tests with which more was looked at, or found out, than in one run.
func (x *Testing) beyondWith(tested *Tested) error {
	x.outcomes += len(tested.Verdict.Results)
	for i := range tested.Verdict.Classes {
		x.outcomes += len(tested.Verdict.Classes[i].Results)
	}
	most := ""
	switch {
	case x.outcomes > mostOutcomes:
		most = fmt.Sprintf("%d outcomes of checks", mostOutcomes)
	case x.looked > rules.MostLooked:
		most = fmt.Sprintf("%d conditions of policies to look at", rules.MostLooked)
	default:
		return nil
	}
	return tooManyTests(tested.Pos, "test", most, "put the tests into several files, and run one "+
		"at a time")
}

func tooManyTests(at source.Position, with, most, hint string) error {
	return &source.Error{
		Pos: at, Limit: true, Hints: source.Hints(hint),
		Cause: "with this " + with + " there are more than " + most +
			", the most that are run together",
	}
}

// policies are those of the command line, else those that the file names.
func (t *Tester) policies(suite *environments.Suite) (*PolicySet, error) {
	if t.Policies != nil {
		return t.Policies, nil
	}
	names, err := t.Maker.FilesBeside(suite.Name, suite.Policies)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, Problem(suite.Name+": no policies",
			"policies: [FILE] in the file, or -p FILE, or --env NAME")
	}
	options := t.Options
	if suite.Gateway.Value != "" {
		if err := t.Maker.Gateways.check(suite.Gateway); err != nil {
			return nil, err
		}
		options.Variant = suite.Gateway.Value
	}
	set, err := t.Maker.ReadPolicies(names, options)
	if err != nil {
		return nil, err
	}
	return set, t.Contracts.Of(set.Policies)
}

// requestLine is what tells classes of requests to a gateway apart.
type requestLine struct {
	gateway      *PolicySet
	method, path string
}

// run runs one test. Of several gateways that the policies may be meant for, the strictest answer
// counts, as explain has it. To find the classes of its request takes long if the policies have
// many routes, so tests share them.
func (t *Tester) run(
	suite *environments.Suite, c *environments.Case, gateways []*PolicySet,
	classes map[requestLine][]rules.Class,
) (*Tested, error) {
	request, err := t.request(suite, c)
	if err != nil {
		return nil, err
	}
	tested := &Tested{
		Suite: suite.Name, Name: c.Name, Pos: c.Pos, Expect: c.Expect,
		readAs: ReadAlike(gateways[0].options, nil),
	}
	if request.Token != nil {
		tested.payload = len(request.Token.Payload)
	}
	strictest := gateways[0]
	for _, gateway := range gateways {
		line := requestLine{gateway, request.Method, request.Path}
		if classes[line] == nil {
			classes[line] = rules.Classes(gateway.Policies, line.method, line.path)
		}
		verdict := rules.EvaluateIn(classes[line], gateway.Policies, request)
		if gateway == gateways[0] || verdict.Outcome.Stricter(tested.Verdict.Outcome) {
			strictest, tested.Verdict = gateway, verdict
		}
	}
	tested.unsaid = unsaid(&tested.Verdict, request.Token)
	tested.Differences = append(c.Expect.Differences(&tested.Verdict),
		t.disagreement(request, strictest, &tested.Verdict)...)
	return tested, nil
}

func (t *Tester) request(suite *environments.Suite, c *environments.Case) (*rules.Request, error) {
	request := &rules.Request{
		At: suite.At, Method: t.Method, Headers: t.Headers,
		Contracts: t.Contracts, Introspection: t.Answer,
		Signatures: environments.Assumed(c.Signature),
	}
	if request.At.IsZero() {
		request.At = t.Maker.Now()
	}
	if c.Method != "" {
		request.Method = methodMeant(c.Method)
	}
	AimAt(request, cmp.Or(c.Path, t.Path))
	if c.Headers != nil {
		request.Headers, request.HeadersWhole = c.Headers, true
	}
	if c.Contracts != nil {
		request.Contracts = &rules.Contracts{IDs: c.Contracts}
	}
	if c.Answer != nil {
		request.Introspection = c.Answer
	}
	var err error
	request.Token, err = t.token(suite, c, request)
	if suite.Issued && request.Token != nil {
		if at, ok := request.Token.JustIssued(); ok {
			request.At = at
		}
	}
	return request, err
}

func (t *Tester) token(
	suite *environments.Suite, c *environments.Case, request *rules.Request,
) (*inspect.Token, error) {
	switch {
	case c.Token.None:
		return nil, nil
	case c.Token.Shape.Value != "":
		return c.Token.Make(request.At, t.read...), nil
	}
	r := &estateReader{maker: t.Maker, folder: filepath.Dir(suite.Name)}
	name, err := r.one(c.Token.File)
	if err != nil {
		return nil, err
	}
	sent, read := t.tokens[name]
	if !read {
		token, pasted, err := t.Maker.ReadRequest([]string{"@" + name})
		if err != nil {
			return nil, err
		}
		sent = sentToken{token, pasted.Request}
		t.tokens[name] = sent
	}
	if p := sent.request; p != nil && c.Headers != nil { // the test's are all, beside the token's
		sent.request = &inspect.HTTPRequest{
			Method: p.Method, Path: p.Path, Headers: map[string]string{},
			Query: p.Query, RawQuery: p.RawQuery, QueryWhole: p.QueryWhole,
		}
		if header, known := p.Headers["Authorization"]; known {
			sent.request.Headers["Authorization"] = header
		}
	}
	fillIn(request, sent.request)
	return sent.token, nil
}

// sentToken is a token with the request that its file describes; that is nil where it describes
// none.
type sentToken struct {
	token   *inspect.Token
	request *inspect.HTTPRequest
}

// disagreement says how the prediction differs from what the real gateway answered, where that is
// given.
func (t *Tester) disagreement(request *rules.Request, set *PolicySet, v *rules.Verdict) []string {
	if t.Observed == nil {
		return nil
	}
	p := set.prediction(v, request)
	compared := p.Compare(*t.Observed)
	if compared.Agrees != rules.No {
		return nil
	}
	text := "observed: the real gateway answered differently"
	if t.Observed.Status != 0 {
		text = fmt.Sprintf("observed: the real gateway answered %d, the prediction is %d",
			t.Observed.Status, v.Status)
	}
	if len(compared.Causes) > 0 {
		text += "; the most likely cause: " + compared.Causes[0].Title
	}
	return []string{text}
}

package mulesoft

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// compile makes policies of what was read. Every answer comes from the table of behaviours. A
// policy that does not decide on the caller has no checks. One that does, or may, and is not
// modelled has one check, not-modelled, which is unknown.
func compile(table answers, read *rules.Configuration) rules.Compilation {
	var made rules.Compilation
	var compilers []*compiler
	for _, e := range entriesOf(read) {
		c := &compiler{entry: e, table: table}
		c.variant = cmp.Or(e.variant, read.Options.Variant)
		if product(c.variant) == "" { // nothing names one, or it is another vendor's
			c.variant, made.Guessed = Mule, true
		}
		if e.variant != "" && !slices.Contains(made.Named, e.variant) {
			made.Named = append(made.Named, e.variant)
		}
		compilers = append(compilers, c)
		made.Policies = append(made.Policies, c.policy(c.variant))
	}
	var count rules.Conditions
	for i, c := range compilers {
		if count.BeyondAll() {
			break // the policies are refused
		}
		policy := made.Policies[i]
		c.propagated = func() bool { return claimsPropagated(made.Policies, i) }
		c.compile(policy)
		count.Beyond(policy.Root)
		for _, f := range c.findings {
			f.Policy = policy
			made.Findings = append(made.Findings, f)
		}
	}
	yieldToAutomated(made.Policies)
	leavePreflightsOpen(made.Policies)
	made.Findings = append(made.Findings, problems(made.Policies, read.Files)...)
	made.Policies = append(made.Policies, rules.Elsewhere(read.Files)...)
	return made
}

// problems are what the reader of the files has found odd, each with the policy that it is in.
func problems(policies []*rules.Policy, files []*source.File) []rules.Finding {
	var all []rules.Finding
	for _, file := range files {
		for _, f := range rules.Problems(file) {
			locate(file, &f)
			f.Policy = policyAround(policies, file, f.Span)
			all = append(all, f)
		}
	}
	return all
}

// policyAround is the policy whose entry contains a place of a file; nil where there is none.
func policyAround(policies []*rules.Policy, file *source.File, at source.Span) *rules.Policy {
	for _, policy := range policies {
		in, around := policy.Entry.Place()
		if in == file && around.Start <= at.Start && at.Start < around.End {
			return policy
		}
	}
	return nil
}

// answers is [answerOf], or a table in its place.
type answers = func(kind, variant, situation, condition string) rules.Answer

// compiler turns one entry into a policy.
type compiler struct {
	*entry
	table    answers
	variant  string  // the gateway that it is compiled for
	fields   []field // of the policy kind, where it is modelled
	findings []rules.Finding

	// propagated reports whether authentication.properties.claims surely holds the token's claims;
	// nil where nobody asks. Few expressions read that.
	propagated func() bool
}

// compile fills in what the policy does with requests.
func (c *compiler) compile(policy *rules.Policy) {
	c.sayStrange()
	c.inspectPlace()
	row := c.row()
	policy.Unread = c.strange != nil && c.strange.anywhere && c.api == ""
	if row.effects != nil {
		policy.Effects = row.effects(c)
	}
	switch row.stands {
	case isModelled:
		policy.Root = rules.AllOf(c.checks(row)...)
		if c.asset == jwtValidation {
			policy.Claims = jwtCompiler{c}.claimsPlace()
		}
	case decides:
		policy.Root, policy.Strange = rules.AllOf(c.notModelled()), true
	}
}

// row is the row of the entry's policy in the vendor's table, or one for a policy that the table
// does not have.
func (e *entry) row() vendorPolicy {
	row, ofVendor := policyNamed(e.asset)
	switch {
	case e.strange != nil && e.strange.noPolicy:
		return vendorPolicy{stands: isBlind}
	case e.strange != nil && e.strange.anywhere:
		return vendorPolicy{stands: decides}
	case e.custom && e.outbound, !ofVendor && e.outbound:
		return vendorPolicy{stands: isOutbound}
	case e.custom || !ofVendor:
		return vendorPolicy{stands: decides}
	case e.outbound && row.stands != decides: // a policy that signs a caller in does so there too
		return vendorPolicy{stands: isOutbound}
	}
	return row
}

// claimsPropagated reports whether a policy surely finds the token's claims in
// authentication.properties.claims: JWT Validation leaves them there for the policies behind it
// (MuleSoft documentation, JWT Validation policy, propagating claims). It is false where another
// policy may have replaced them.
func claimsPropagated(policies []*rules.Policy, of int) bool {
	found := false
	reader := policies[of].Entry.(*entry)
	for i, p := range policies {
		e := p.Entry.(*entry)
		mayBeHere := e.automated || e.api == reader.api || e.api == "" || reader.api == ""
		first := rules.RunsBefore(policies, i, of)
		if i == of || !mayBeHere || p.When.Disabled || first == rules.No {
			continue
		}
		switch row := e.row(); {
		case row.stands == isModelled && row.asset == jwtValidation:
			// what only the other one's routes cover is no request of this one
			always := p.When.Unknown == nil && (p.When.Routes == nil ||
				slices.Equal(p.When.Routes, policies[of].When.Routes))
			isHere := e.automated || e.api == reader.api
			found = found || first == rules.Yes && always && isHere
		case row.stands == isModelled || row.stands == decides:
			return false
		}
	}
	return found
}

// checks compiles an entry of a kind that is modelled. Where its configuration can't be read,
// every check is unknown, since the gateway does run with a configuration.
func (c *compiler) checks(of vendorPolicy) []*rules.Check {
	c.fields = of.fields()
	c.inspectFields()
	checks := of.compile(c)
	if c.config.Is(source.Object) {
		return checks
	}
	rule, why := "wrong-type", fmt.Sprintf(
		"the configuration must be %s, but this is %s", source.Object, kindOf(c.config),
	)
	if templated(c.config) {
		rule, why = "value-not-known", c.config.Doubt("the configuration")
	}
	at := rules.Place{Field: "configuration", Pos: checks[0].Pos, Span: checks[0].Span}
	c.find(rule, at, why)
	for _, check := range checks {
		check.Skip, check.Unknown = "", &rules.Unknown{
			Why: why,
			Need: rules.Need{
				Input: source.NeedPolicy,
				For:   "the policy with its configuration, as the gateway has it",
			},
		}
	}
	return checks
}

// notModelled is the check of a policy whose answer nobody here can predict.
func (c *compiler) notModelled() *rules.Check {
	check := &rules.Check{
		ID: rules.NotModelled,
		Unknown: &rules.Unknown{
			Why: c.notModelledWhy(),
			Need: rules.Need{
				For: "what " + c.asset + " answers for this request: read the gateway's log, or " +
					"leave the policy out of the file to see what the others do",
			},
		},
	}
	moveTo(check, place("assetId", cmp.Or(firstPresent(c.assetAt), c.place)))
	return check
}

func (c *compiler) notModelledWhy() string {
	if c.strange != nil && !known(c.asset) {
		return c.strange.what + ", and it may check the request's credentials"
	}
	if d := c.groupDoubt(); d != nil {
		return d.why + ": it may be a custom policy"
	}
	return "gatewhy does not know the policy " + inspect.InSentence(c.asset) +
		", which may check the request's credentials"
}

// answer looks up what the gateway sends in a situation. It is empty where the table has no row,
// and the status is unknown then.
func (c *compiler) answer(situation string) rules.Answer { return c.answerIf(situation, "") }

// answerIf looks up what it sends if a condition of the table holds.
func (c *compiler) answerIf(situation, condition string) rules.Answer {
	return c.table(c.asset, c.variant, situation, condition)
}

// sent is the predicate that the token arrives in the Authorization header. It is loose where the
// vendor does not document whether the gateway takes other spellings of Bearer.
func (c *compiler) sent(loose bool) rules.Predicate {
	malformed := c.answer(malformedHeader)
	return rules.Predicate{
		Op: rules.Sent, Loose: loose, Lookup: &rules.Lookup{Otherwise: &malformed},
	}
}

// check starts a check that one field decides.
func (c *compiler) check(id rules.ID, field string, evidence rules.Evidence) *rules.Check {
	check := &rules.Check{ID: id, Evidence: evidence}
	c.decide(check, field)
	return check
}

// decide says that another field decides a check than the one that it was started with.
func (c *compiler) decide(check *rules.Check, field string) { moveTo(check, c.fieldPlace(field)) }

func moveTo(check *rules.Check, at rules.Place) {
	check.Field, check.Pos, check.Span = at.Field, at.Pos, at.Span
}

// placeOf is where a field is. One that is absent is where the first of some others is that is
// there.
func (c *compiler) placeOf(field string, others ...string) *rules.Place {
	at := c.fieldPlace(field)
	for _, other := range append([]string{field}, others...) {
		if c.config.Find(other) != nil {
			at = c.fieldPlace(other)
			break
		}
	}
	at.Field = field
	return &at
}

// switchOff says that a check is not made, and which field switches it off. The check keeps what
// it would test.
func (c *compiler) switchOff(check *rules.Check, field, why string) {
	c.decide(check, field)
	check.Skip, check.Unknown = why, nil
}

// claimTest is a test of a claim. Where the claim is absent, it fails only if the claim is
// mandatory.
func claimTest(claim rules.Input, test rules.Predicate, mandatory bool) rules.Predicate {
	if mandatory {
		return rules.Required(claim, test)
	}
	return rules.IfPresent(claim, test)
}

// locate gives a finding of the file's reader the place and the name of the field that it is
// about. A finding about no field is about the byte order mark.
func locate(file *source.File, f *rules.Finding) {
	for _, document := range file.Documents {
		if m := memberAt(document, f.Pos); m != nil {
			f.Pos, f.Span, f.Field = m.KeyPos, m.KeySpan, m.Key
			return
		}
	}
	f.Span.End = min(len("\ufeff"), len(file.Text))
}

// boundClient is the name under which a policy's client id is bound for its contract check.
const boundClient = "client-id"

// contract is the check that the client has an approved contract with the API instance. The field
// is the one that can switch the check off.
func (c *compiler) contract(field string, skip setting) *rules.Check {
	check := c.check(rules.Contract, field, rules.Documented.From(docJWT))
	check.Answer = c.answer(noContract)
	check.OwnIDs = "the client provider seems to be Anypoint's own, and then mapping another " +
		"claim does not help"
	check.Besides = "A contract with an API group that the instance is in would admit it too"
	check.Grant = "Anypoint Exchange > (the API) > Request access, for the application with " +
		"that client id and this instance; then API Manager > (the instance) > Contracts > " +
		"Approve"
	check.Unknown = skip.unknown
	check.Test = rules.Predicate{
		Op: rules.Listed, Input: rules.Input{Source: rules.FromBound, Name: boundClient},
	}
	switch {
	case skip.on():
		check.Skip = field + " is on: the policy does not check contracts"
	case c.local && check.Unknown == nil:
		check.Unknown = c.noContracts()
	}
	return check
}

// noContracts is why nobody knows what local mode makes of clients that it is to look up.
func (c *compiler) noContracts() *rules.Unknown {
	const skip = "skipClientIdValidation"
	why := "Flex Gateway in local mode has no contracts"
	if fieldIndex(c.fields, skip) >= 0 {
		why += ", and " + skip + " must be true there"
	}
	return &rules.Unknown{
		Why: why,
		Need: rules.Need{
			For: "what this gateway does with it: the vendor documents that it can't work in " +
				"local mode",
		},
	}
}

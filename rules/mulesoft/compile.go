package mulesoft

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// compile makes policies of what was read. A policy that surely does not look at credentials has no checks; any other
// that isn't modelled has one, not-modelled, which is unknown. Every answer is taken from the table of behaviours.
func compile(table []rules.Behaviour, read *rules.Configuration) rules.Compilation {
	var made rules.Compilation
	for _, e := range entriesOf(read) {
		c := compiler{entry: e, table: table}
		c.choose(read.Options.Variant)
		made.Guessed = made.Guessed || c.guessed
		if named := e.variant; named != "" && !slices.Contains(made.Named, named) {
			made.Named = append(made.Named, named)
		}
		policy := c.compile()
		made.Policies = append(made.Policies, policy)
		for _, f := range c.findings {
			f.Policy = policy
			made.Findings = append(made.Findings, f)
		}
	}
	made.Findings = append(made.Findings, problems(made.Policies, read.Files)...)
	return made
}

// problems are what the reader of the files has found odd, each with the policy that it stands in.
func problems(policies []*rules.Policy, files []*source.File) []rules.Finding {
	var all []rules.Finding
	for _, file := range files {
		for _, p := range file.Problems {
			f := locate(file, rules.Finding{Rule: p.ID, Severity: rules.Warning, Message: p.Message, Pos: p.Pos})
			f.Policy = policyAround(policies, file, f.Span)
			all = append(all, f)
		}
	}
	return all
}

// policyAround is the policy whose entry holds a place of a file; nil where there is none.
func policyAround(policies []*rules.Policy, file *source.File, at source.Span) *rules.Policy {
	for _, policy := range policies {
		in, around := policy.Entry.Place()
		if in == file && around.Start <= at.Start && at.Start < around.End {
			return policy
		}
	}
	return nil
}

// compiler turns one entry into a policy.
type compiler struct {
	*entry
	table    []rules.Behaviour
	variant  string // the gateway that it is compiled for
	guessed  bool
	findings []rules.Finding
}

// choose settles the gateway: what the file names, else what the user says, else Mule Gateway for
// a guess. Another vendor's gateway says nothing.
func (c *compiler) choose(wanted string) {
	c.variant = cmp.Or(c.entry.variant, wanted)
	if product(c.variant) == "" {
		c.variant, c.guessed = Mule, true
	}
}

func (c *compiler) compile() *rules.Policy {
	policy := c.policy(c.variant)
	kind, modelled := kindNamed(c.asset)
	switch {
	case c.outbound:
	case modelled && !c.custom:
		policy.Root = rules.AllOf(c.checks(kind)...)
	case c.custom || !slices.Contains(blind(), c.asset):
		policy.Root = rules.AllOf(c.notModelled())
	}
	return policy
}

// checks compiles an entry of a kind that is modelled. Without a configuration that can be read, every check that needs one is
// unknown: the gateway runs with one.
func (c *compiler) checks(k kind) []*rules.Check {
	checks := k.compile(c)
	if c.config.Is(source.Object) {
		return checks
	}
	why := fmt.Sprintf("the configuration must be %s, and this is %s", source.Object, kindOf(c.config))
	c.find(rules.Finding{Rule: "wrong-type", Severity: rules.Warning, Message: why, Field: "configuration", Pos: checks[0].Pos, Span: checks[0].Span})
	for _, check := range checks {
		check.Skip, check.Unknown = "", &rules.Unknown{
			Why:  why,
			Need: rules.Need{Input: source.NeedPolicy, For: "the policy with its configuration, as the gateway has it"},
		}
	}
	return checks
}

func (c *compiler) notModelled() *rules.Check {
	check := &rules.Check{
		ID:    rules.NotModelled,
		Field: "assetId",
		Unknown: &rules.Unknown{
			Why: "the policy " + c.asset + " is not modelled, and it may look at the request's credentials",
			Need: rules.Need{For: "what " + c.asset + " answers for this request: read the gateway's log, or leave " +
				"the policy out of the file to see what the others say"},
		},
	}
	check.Pos, check.Span = place(first(c.assetAt, c.place))
	return check
}

// answer looks up what the gateway sends in a situation. Where the table has nothing, the status is left
// unknown.
func (c *compiler) answer(situation string) rules.Answer {
	for _, b := range c.table {
		if b.Situation == situation && b.Variant == c.variant && b.Condition == "" && slices.Contains(b.Policies, c.asset) {
			return b.Answer
		}
	}
	return rules.Answer{}
}

// sent is the predicate that the token arrives in the Authorization header. Loose says that it is not documented what the gateway
// makes of another spelling of Bearer.
func (c *compiler) sent(loose bool) rules.Predicate {
	malformed := c.answer(malformedHeader)
	return rules.Predicate{Op: rules.Sent, Loose: loose, Lookup: &rules.Lookup{Otherwise: &malformed}}
}

// check starts a check that one field decides.
func (c *compiler) check(id rules.ID, field string, evidence rules.Evidence) *rules.Check {
	check := &rules.Check{ID: id, Field: field, Evidence: evidence}
	check.Pos, check.Span = c.fieldPos(field)
	return check
}

// switchOff says that a check is not made, and which field it is that switches it off. What it would test stays.
func (c *compiler) switchOff(check *rules.Check, field, why string) {
	check.Field, check.Skip, check.Unknown = field, why, nil
	check.Pos, check.Span = c.fieldPos(field)
}

func documented(reference string) rules.Evidence {
	return rules.Evidence{Level: rules.Documented, Reference: reference}
}

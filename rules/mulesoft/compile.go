package mulesoft

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// compile makes policies of what was read. A policy that surely does not look at credentials has
// no checks; any other that isn't modelled has one, not-modelled, which is unknown. Every answer
// is taken from the table of behaviours.
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
			f := locate(
				file,
				rules.Finding{Rule: p.ID, Severity: rules.Warning, Message: p.Message, Pos: p.Pos},
			)
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
	case c.custom || !slices.Contains(withoutCredentials(), c.asset):
		policy.Root = rules.AllOf(c.notModelled())
	}
	return policy
}

// checks compiles an entry of a kind that is modelled. Without a configuration that can be read,
// every check that needs one is unknown: the gateway runs with one.
func (c *compiler) checks(k kind) []*rules.Check {
	checks := k.compile(c)
	if c.config.Is(source.Object) {
		return checks
	}
	why := fmt.Sprintf(
		"the configuration must be %s, and this is %s", source.Object, kindOf(c.config),
	)
	c.find(
		rules.Finding{
			Rule: "wrong-type", Severity: rules.Warning, Message: why, Field: "configuration",
			Pos: checks[0].Pos, Span: checks[0].Span,
		},
	)
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

func (c *compiler) notModelled() *rules.Check {
	check := &rules.Check{
		ID:    rules.NotModelled,
		Field: "assetId",
		Unknown: &rules.Unknown{
			Why: "the policy " + c.asset + " is not modelled, and it may look at the request's " +
				"credentials",
			Need: rules.Need{For: "what " + c.asset + " answers for this request: read the " +
				"gateway's log, or leave " +
				"the policy out of the file to see what the others say"},
		},
	}
	check.Pos, check.Span = place(firstPresent(c.assetAt, c.place))
	return check
}

// answer looks up what the gateway sends in a situation. Where the table has nothing, the status
// is left unknown.
func (c *compiler) answer(situation string) rules.Answer {
	for _, b := range c.table {
		if b.Situation == situation && b.Variant == c.variant && b.Condition == "" &&
			slices.Contains(b.Policies, c.asset) {
			return b.Answer
		}
	}
	return rules.Answer{}
}

// sent is the predicate that the token arrives in the Authorization header. Loose says that it is
// not documented what the gateway makes of another spelling of Bearer.
func (c *compiler) sent(loose bool) rules.Predicate {
	malformed := c.answer(malformedHeader)
	return rules.Predicate{
		Op: rules.Sent, Loose: loose, Lookup: &rules.Lookup{Otherwise: &malformed},
	}
}

// check starts a check that one field decides.
func (c *compiler) check(id rules.ID, field string, evidence rules.Evidence) *rules.Check {
	check := &rules.Check{ID: id, Field: field, Evidence: evidence}
	check.Pos, check.Span = c.fieldPos(field)
	return check
}

// switchOff says that a check is not made, and which field it is that switches it off. What it
// would test stays.
func (c *compiler) switchOff(check *rules.Check, field, why string) {
	check.Field, check.Skip, check.Unknown = field, why, nil
	check.Pos, check.Span = c.fieldPos(field)
}

func documented(reference string) rules.Evidence {
	return rules.Evidence{Level: rules.Documented, Reference: reference}
}

// olderThan tells whether an asset's version is below another. It is not known for one that isn't
// written as three numbers.
func olderThan(version string, than ...int) (older, known bool) {
	parts := strings.Split(version, ".")
	if len(parts) != len(than) {
		return false, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		switch {
		case err != nil:
			return false, false
		case n != than[i]:
			return n < than[i], true
		}
	}
	return false, true
}

// locate gives a finding of the file's reader the name of the field that it is about, where there
// is one.
func locate(file *source.File, f rules.Finding) rules.Finding {
	for _, document := range file.Documents {
		if m := memberAt(document, f.Pos); m != nil {
			f.Pos, f.Span, f.Field = m.KeyPos, m.KeySpan, m.Key
			return f
		}
	}
	f.Span.End = min(len("\ufeff"), len(file.Text)) // a byte order mark
	return f
}

// memberAt returns the member of v, or of what is in it, whose name is at this place, or whose
// value is missing there.
func memberAt(v *source.Value, pos source.Position) *source.Member {
	for _, item := range v.Items {
		if m := memberAt(item, pos); m != nil {
			return m
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		if m.KeyPos == pos || m.Value.Is(source.Null) && m.KeyPos.Line == pos.Line {
			return m
		}
		if inside := memberAt(m.Value, pos); inside != nil {
			return inside
		}
	}
	return nil
}

// boundClient is the name under which a policy's client id is bound for its contract check.
const boundClient = "client-id"

// contract looks the client id up among the approved contracts of the API instance.
func (c *compiler) contract(field string, skip setting) *rules.Check {
	check := c.check(rules.Contract, field, documented(docJWT))
	check.Answer = c.answer(noContract)
	check.OwnIDs = "the client provider is Anypoint's own, it seems, and then mapping another " +
		"claim is no repair"
	check.Besides = "A contract with an API group that the instance is in would admit it too"
	check.Unknown = skip.unknown
	check.Test = rules.Predicate{
		Op: rules.Listed, Input: rules.Input{Source: rules.FromBound, Name: boundClient},
	}
	switch {
	case skip.on():
		check.Skip = field + " is on: the policy looks for no contract"
	case c.local && check.Unknown == nil:
		check.Unknown = &rules.Unknown{
			Why: "Flex Gateway in local mode has no contracts, and " + field +
				" must be true there",
			Need: rules.Need{
				For: "what this gateway does with it: the vendor documents that it can't work in " +
					"local mode",
			},
		}
	}
	return check
}

func firstUnknown(settings ...setting) *rules.Unknown {
	for _, s := range settings {
		if s.unknown != nil {
			return s.unknown
		}
	}
	return nil
}

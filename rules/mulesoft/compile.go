package mulesoft

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/dataweave"
)

// compile reads the policies of a file. A policy that surely does not look at credentials has no checks; any other that
// isn't modelled has one, not-modelled, which is unknown.
func compile(file *source.File, options rules.Options) (rules.Compilation, error) {
	return compileBy(behaviours(), file, options)
}

// compileBy takes every answer from this table of behaviours.
func compileBy(table []rules.Behaviour, file *source.File, options rules.Options) (rules.Compilation, error) {
	found := entries(file, options.Asset)
	if options.API != "" {
		found = slices.DeleteFunc(found, func(e entry) bool { return e.api != "" && e.api != options.API })
	}
	if len(found) == 0 {
		return rules.Compilation{}, noPolicy(file)
	}
	slices.SortStableFunc(found, func(a, b entry) int { return cmp.Compare(a.order, b.order) })
	runtime, err := runtimeVersion(options.Runtime)
	if err != nil {
		return rules.Compilation{}, err
	}
	settle(found)
	compilation := rules.Compilation{Findings: problems(file)}
	for i := range found {
		c := compiler{entry: &found[i], file: file, table: table, runtime: runtime}
		c.choose(options.Variant)
		compilation.Guessed = compilation.Guessed || c.guessed
		if told := c.entry.variant; told != "" && !slices.Contains(compilation.Told, told) {
			compilation.Told = append(compilation.Told, told)
		}
		compilation.Policies = append(compilation.Policies, c.compile())
		compilation.Findings = append(compilation.Findings, c.findings...)
	}
	return compilation, nil
}

// entries reads a file in whichever of the formats it is. An asset says that it is a bare configuration of that
// kind.
func entries(file *source.File, asset string) []entry {
	var all []entry
	for _, document := range file.Documents {
		for _, format := range []func(*source.Value) []entry{flexEntries, planEntries, terraformEntries, apiManagerEntries} {
			if found := format(document); found != nil {
				all = append(all, found...)
				break
			}
		}
	}
	if all == nil && asset != "" && len(file.Documents) == 1 && file.Documents[0].Is(source.Object) {
		return []entry{bareEntry(file.Documents[0], asset)}
	}
	return all
}

// settle gives each entry that does not tell its gateway the one that the others of its API instance tell: a chain runs on one
// gateway.
func settle(all []entry) {
	for i := range all {
		if all[i].variant == "" {
			all[i].variant = toldFor(all, all[i].api)
		}
	}
}

// toldFor is the one gateway that the entries of an API instance tell; empty where they tell none, or several.
func toldFor(all []entry, api string) string {
	told := ""
	for _, e := range all {
		if e.variant == "" || e.api != api {
			continue
		}
		if told != "" && told != e.variant {
			return ""
		}
		told = e.variant
	}
	return told
}

// bareEntry is what a command line tool's --configFile holds: the configuration alone.
func bareEntry(config *source.Value, asset string) entry {
	e := entry{place: config, config: config}
	e.asset, e.variant = named(asset)
	return e
}

func runtimeVersion(text string) (dataweave.Version, error) {
	if text == "" {
		return dataweave.Version{}, nil
	}
	return dataweave.ParseRuntime(text)
}

// problems are what the reader of the file has found odd.
func problems(file *source.File) []rules.Finding {
	var all []rules.Finding
	for _, p := range file.Problems {
		all = append(all, locate(file, rules.Finding{Rule: p.ID, Severity: rules.Warning, Message: p.Message, Pos: p.Pos}))
	}
	return all
}

func noPolicy(file *source.File) error {
	err := &source.Error{
		Pos:   source.Position{File: file.Name},
		Cause: "no MuleSoft policy in this file",
		Hints: source.Hints("expected is what API Manager answers for an API's policies (JSON), " +
			"a PolicyBinding or an ApiInstance of Flex Gateway (YAML), Terraform, " +
			"or a bare configuration with --policy-type; " +
			"how to get it: gatewhy collect policies"),
	}
	if len(file.Documents) > 0 {
		err.Pos = file.Documents[0].Pos
	}
	return err
}

// compiler turns one entry into a policy.
type compiler struct {
	*entry
	file     *source.File
	table    []rules.Behaviour
	variant  string // the gateway that it is compiled for
	runtime  dataweave.Version
	guessed  bool
	findings []rules.Finding
}

// choose settles the gateway: what the file tells, else what the user says, else Mule Gateway for a guess.
func (c *compiler) choose(wanted string) {
	c.variant = cmp.Or(c.entry.variant, wanted)
	if c.variant == "" {
		c.variant, c.guessed = Mule, true
	}
}

func (c *compiler) compile() *rules.Policy {
	c.unwrapText()
	policy := c.policy(c.variant)
	policy.Read = c
	kind, modelled := kindNamed(c.asset)
	switch {
	case c.outbound:
	case modelled && !c.custom:
		c.asset = kind.asset
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

// unwrapText reads a configuration that is kept as JSON in a string.
func (c *compiler) unwrapText() {
	if !c.config.Is(source.String) {
		return
	}
	if inner, err := source.Embedded(c.file, c.config); err == nil && len(inner.Documents) == 1 {
		c.sealed = c.sealed || !rewritable(c.file, c.config)
		c.config = inner.Documents[0]
	}
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

package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
	"github.com/gatewhy/gatewhy/rules/repair"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// Gateway is what is known of one gateway.
type Gateway struct {
	Name       string
	Product    string // as its vendor calls it
	Vendor     string // the adapter's name
	Behaviours []rules.Behaviour
	Handling   []rules.Handling // by its control plane

	// Expressions are the rules of its expression language, where they are asked for in place of
	// the behaviours: nil where they are not.
	Expressions []rules.Expression
}

// Gateways are the adapters that the program works with, one a vendor.
type Gateways []rules.Adapter

// Complete fills in what adapters leave out.
func (g Gateways) Complete() Gateways {
	all := make(Gateways, len(g))
	for i, adapter := range g {
		all[i] = adapter.Complete()
	}
	return all
}

// Variants lists the gateways of all vendors.
func (g Gateways) Variants() []string { return g.all((*rules.Adapter).VariantNames) }

// Kinds lists the policy kinds that are modelled, of all gateways.
func (g Gateways) Kinds() []string {
	return g.all(func(a *rules.Adapter) []string { return a.Kinds() })
}

// all lists what the adapters have, one after the other.
func (g Gateways) all(of func(*rules.Adapter) []string) (all []string) {
	for i := range g {
		all = append(all, of(&g[i])...)
	}
	return all
}

// Knows reports whether a vendor knows a policy kind.
func (g Gateways) Knows(kind string) bool {
	return slices.ContainsFunc(g, func(a rules.Adapter) bool { return a.Knows(kind) })
}

// Repairable lists the rules whose findings some adapter can remove.
func (g Gateways) Repairable() []string {
	return g.all(func(a *rules.Adapter) []string { return a.Repairable() })
}

// of is the adapter of the gateway whose policies a file holds. If it holds policies of several,
// the gateway that the user names counts, or else the first. It is not ok where the file holds
// none.
func (g Gateways) of(file *source.File, options rules.Options) (adapter rules.Adapter, ok bool) {
	all := g.allOf(file, options)
	if len(all) == 0 {
		return rules.Adapter{}, false
	}
	if i := slices.IndexFunc(all, named(options)); i >= 0 {
		return all[i], true
	}
	return all[0], true
}

// allOf are the adapters of the gateways whose policies a file holds, as the list of a cluster's
// resources may hold those of several.
func (g Gateways) allOf(file *source.File, options rules.Options) Gateways {
	var all Gateways
	for _, adapter := range g {
		if adapter.Detect(file, optionsFor(&adapter, options)) {
			all = append(all, adapter)
		}
	}
	return all
}

// ofSeveral is an error where a file holds the policies of several gateways and nobody says which
// one is meant: the answer of one says nothing of that of another.
func (g Gateways) ofSeveral(file *source.File, options rules.Options) error {
	all := g.allOf(file, options)
	if len(all) < 2 || slices.ContainsFunc(all, named(options)) {
		return nil
	}
	return Problem(file.Name+" has policies of several gateways: "+
		strings.Join(all.Variants(), ", "),
		"--gateway NAME takes those of one; in an environments file it is gateway: NAME")
}

// named reports whether an adapter is that of the gateway which the user names.
func named(options rules.Options) func(rules.Adapter) bool {
	return func(a rules.Adapter) bool {
		return slices.Contains(a.VariantNames(), options.Variant)
	}
}

// optionsFor are the options without what is another vendor's: its gateway, or its kind of policy.
func optionsFor(adapter *rules.Adapter, options rules.Options) rules.Options {
	if !slices.Contains(adapter.VariantNames(), options.Variant) {
		options.Variant = ""
	}
	if options.Kind != "" && !adapter.Knows(options.Kind) {
		options.Kind = ""
	}
	return options
}

// holdsNone says why no adapter finds a policy in a file: what it is instead, if one knows that,
// or what each of them looks for.
func (g Gateways) holdsNone(file *source.File, options rules.Options) error {
	for _, adapter := range g {
		if adapter.Instead == nil {
			continue
		}
		if is := adapter.Instead(file); is != nil {
			return ProblemAt(is.Pos, "no policy in this file: it is "+is.Is,
				"its policies are another answer, and this prints how to get it: "+collecting(is))
		}
	}
	var all []error
	for _, adapter := range g {
		_, err := adapter.Read([]*source.File{file}, optionsFor(&adapter, options))
		if err != nil {
			all = append(all, err)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	none := &source.Error{Pos: source.Position{File: file.Name}, Cause: "no policy in this file"}
	for i, err := range all {
		if i == 0 {
			none.Pos = AsError(err).Pos
		}
		none.Hints = append(none.Hints, AsError(err).Hints...)
	}
	return none
}

// collecting is the command that says how the policies are fetched that a file belongs to. Of the
// ids it has those that every shell takes as they are.
func collecting(is *rules.Instead) string {
	command := "gatewhy collect " + is.Collect
	for _, id := range is.IDs {
		const plain = "0123456789abcdefghijklmnopqrstuvwxyz-"
		value := id[1]
		if value != "" && value[0] != '-' && strings.Trim(value, plain) == "" {
			command += " --" + id[0] + " " + value
		}
	}
	return command
}

// ofAll is the adapter of the gateway whose policies all of the files hold: a request meets one
// after the other there.
func (g Gateways) ofAll(files []*source.File, options rules.Options) (rules.Adapter, error) {
	var one rules.Adapter
	var first *source.File
	var others []*source.File // without a policy
	for _, file := range files {
		adapter, ok := g.of(file, options)
		switch {
		case !ok:
			others = append(others, file)
			continue
		case first != nil && adapter.Name != one.Name:
			return one, Problem(file.Name+" is for another vendor's gateway than "+first.Name,
				"name the policies of one gateway")
		case first == nil:
			one, first = adapter, file
		}
	}
	if len(others) == 0 {
		return one, nil
	}
	joined := together(&one, files)
	for _, file := range others {
		if !joined[file] {
			return one, g.noneOfAPI(options, file, mistaken(file, g.holdsNone(file, options)))
		}
	}
	return one, nil
}

// together are the files that hold policies of an adapter or say more of those of others.
func together(adapter *rules.Adapter, files []*source.File) map[*source.File]bool {
	if adapter.Together == nil {
		return nil
	}
	joined := map[*source.File]bool{}
	for _, group := range adapter.Together(files) {
		for _, file := range group {
			joined[file] = true
		}
	}
	return joined
}

// joins reports whether a file may make up one configuration with others.
func (g Gateways) joins(file *source.File, options rules.Options) bool {
	return slices.ContainsFunc(g, func(a rules.Adapter) bool {
		return a.Together != nil &&
			(a.Detect(file, optionsFor(&a, options)) || a.Beside != nil && a.Beside(file))
	})
}

// holdNothing reports whether a file has no policy of any gateway, and says nothing of those of
// other files.
func (g Gateways) holdNothing(file *source.File, options rules.Options) bool {
	return len(g.allOf(file, options)) == 0 && !g.joins(file, options)
}

// among is of each file the adapter of the gateway whose policies it holds, or says more of. A
// file that does neither is not in it.
func (g Gateways) among(
	files []*source.File, options rules.Options,
) map[*source.File]*rules.Adapter {
	of := make(map[*source.File]*rules.Adapter, len(files))
	for i := range g {
		for file := range together(&g[i], files) {
			if of[file] == nil {
				of[file] = &g[i]
			}
		}
	}
	for _, file := range files {
		if adapter, ok := g.of(file, options); ok {
			of[file] = &adapter
		}
	}
	return of
}

// Read reads files of one gateway's policies, and compiles them.
func (g Gateways) Read(files []*source.File, options rules.Options) (*PolicySet, error) {
	adapter, err := g.ofAll(files, options)
	if err != nil {
		return nil, err
	}
	read, err := adapter.Read(files, optionsFor(&adapter, options))
	if err != nil {
		return nil, err
	}
	set := &PolicySet{gateways: g, options: options, Bench: repair.Bench{Adapter: adapter}}
	set = set.of(read)
	return set, rules.ChainsBeyond(set.Policies)
}

// SolutionNames lists the ready-made repairs of all gateways.
func (g Gateways) SolutionNames() []string {
	var names []string
	for _, adapter := range g {
		for _, s := range adapter.Solutions() {
			names = source.Union(names, s.Name)
		}
	}
	return names
}

// Catalogue lists every rule: those that hold for all gateways, with what each vendor adds to
// them, then each vendor's own. What two vendors call by one name is one rule.
func (g Gateways) Catalogue() []rules.Rule {
	all, own := lint.Rules(), []rules.Rule(nil)
	for _, adapter := range g {
		advice := adapter.Advice()
		for i := range all {
			advise(&all[i], advice)
		}
		for _, rule := range adapter.Rules() {
			own = joined(own, rule)
		}
	}
	return append(all, own...)
}

// joined puts a vendor's rule behind those of others, or into the one of the same name: that then
// looks for both, and says both vendors' words.
func joined(all []rules.Rule, rule rules.Rule) []rules.Rule {
	i := 0
	for i < len(all) && all[i].Name != rule.Name { // IndexFunc would copy each rule
		i++
	}
	if i == len(all) {
		return append(all, rule)
	}
	one := &all[i]
	first, second := one.Check, rule.Check
	one.Why += " " + rule.Why
	if rule.Fix != one.Fix {
		one.Fix += " " + rule.Fix
	}
	switch {
	case one.Lesser == "":
		one.Lesser = rule.Lesser
	case rule.Lesser != "" && rule.Lesser != one.Lesser:
		one.Lesser += "; " + rule.Lesser
	}
	one.References = slices.Concat(one.References, rule.References)
	one.Check = func(s *rules.Subject) []rules.Finding {
		return append(first(s), second(s)...)
	}
	return all
}

// advise puts a vendor's words behind those of the rule that they are about.
func advise(rule *rules.Rule, advice []rules.Advice) {
	for i := range advice {
		if a := &advice[i]; a.Rule == rule.Name {
			rule.Why = strings.TrimSpace(rule.Why + " " + a.Why)
			rule.Fix = strings.TrimSpace(rule.Fix + " " + a.Fix)
			rule.References = append(rule.References, a.References...)
		}
	}
}

// RuleNamed finds a rule of the catalogue.
func (g Gateways) RuleNamed(name string) (*rules.Rule, error) {
	all := g.Catalogue()
	for i := range all {
		if all[i].Name == name {
			return &all[i], nil
		}
	}
	hint := "all rules: gatewhy rules"
	if len(name) > LongestWord*2 {
		return nil, Problem("this rule does not exist", hint)
	}
	if near := Nearest(name, RuleNames(all)); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, Problem(fmt.Sprintf("there is no rule %q", name), hint)
}

// RuleNames lists the names of rules.
func RuleNames(all []rules.Rule) []string {
	return source.Each(all, func(r rules.Rule) string { return r.Name })
}

// Known gathers what is known of the gateways of these names: how they behave, or the rules of
// their expression languages where there is a list of those.
func (g Gateways) Known(
	names []string, expressions func(variant string) []rules.Expression,
) []Gateway {
	var all []Gateway
	for _, adapter := range g {
		for _, variant := range adapter.Variants {
			g := Gateway{Name: variant.Name, Product: variant.Product, Vendor: adapter.Name}
			switch {
			case !slices.Contains(names, variant.Name):
				continue
			case expressions != nil:
				g.Expressions = append([]rules.Expression{}, expressions(variant.Name)...)
			default:
				g.Handling = adapter.Handling()
				for _, b := range adapter.Behaviours() {
					if b.Variant == variant.Name {
						g.Behaviours = append(g.Behaviours, b)
					}
				}
			}
			all = append(all, g)
		}
	}
	return all
}

// lookLikePolicy reports whether a text that can't be read has a word that policies have. In
// UTF-16 there is a NUL between the letters of such a word.
func (g Gateways) lookLikePolicy(text []byte) bool {
	text = bytes.ReplaceAll(text, []byte{0}, nil)
	return slices.ContainsFunc(g, func(a rules.Adapter) bool {
		return slices.ContainsFunc(a.Words, func(word string) bool {
			return bytes.Contains(text, []byte(word))
		})
	})
}

// RulePage is one rule with its examples, and what lint says of the bad one.
type RulePage struct {
	*rules.Rule
	Bad, Good examples.Example
	App       *examples.Example // the app registration that both need; nil where they need none
	File      *source.File      // the bad one, as it was read
	Findings  []rules.Finding
}

// PageOf gathers what is shown of one rule: its first bad example with what lint says of it, and
// its first good one.
func (g Gateways) PageOf(rule *rules.Rule) (*RulePage, error) {
	page := &RulePage{Rule: rule}
	bad, err := examples.Of(rule.Name, "bad")
	if err != nil || len(bad) == 0 {
		return page, err
	}
	good, err := examples.Of(rule.Name, "ok")
	if err != nil || len(good) == 0 {
		return page, err
	}
	page.Bad, page.Good = bad[0], good[0]
	if app, err := examples.Of(rule.Name, "app"); err == nil && len(app) > 0 {
		page.App = &app[0]
	}
	file, err := source.Read(bad[0].Name, []byte(bad[0].Text))
	if err != nil {
		return nil, err
	}
	page.File = file
	j, err := g.ExampleJudge(rule.Name)
	if err != nil {
		return nil, err
	}
	for _, f := range j.Findings(file) {
		if f.Rule == rule.Name {
			page.Findings = append(page.Findings, f)
		}
	}
	return page, nil
}

// ExampleJudge judges the examples of a rule: with the app registration beside them, where there
// is one.
func (g Gateways) ExampleJudge(rule string) (*Judge, error) {
	j := NewJudge(g, rules.Options{}, nil)
	app, err := examples.Of(rule, "app")
	if err != nil || len(app) == 0 {
		return j, err
	}
	file, err := source.Read(app[0].Name, []byte(app[0].Text))
	if err != nil {
		return nil, err
	}
	j.Apps, err = entra.ReadRegistrations(file)
	return j, err
}

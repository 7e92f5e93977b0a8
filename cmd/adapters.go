package cmd

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// Gateways are the adapters that the program works with, one a vendor.
type Gateways []rules.Adapter

// complete fills in what adapters leave out.
func (g Gateways) complete() Gateways {
	all := make(Gateways, len(g))
	for i, adapter := range g {
		all[i] = adapter.Complete()
	}
	return all
}

// variants lists the gateways of all vendors.
func (g Gateways) variants() []string {
	var all []string
	for _, adapter := range g {
		all = append(all, adapter.VariantNames()...)
	}
	return all
}

// kinds lists the policy kinds that are modelled, of all gateways.
func (g Gateways) kinds() []string {
	var all []string
	for _, adapter := range g {
		all = append(all, adapter.Kinds()...)
	}
	return all
}

// knows reports whether a vendor knows a policy kind.
func (g Gateways) knows(kind string) bool {
	return slices.ContainsFunc(g, func(a rules.Adapter) bool { return a.Knows(kind) })
}

// repairable lists the rules whose findings some adapter can remove.
func (g Gateways) repairable() []string {
	var all []string
	for _, adapter := range g {
		all = append(all, adapter.Repairable()...)
	}
	return all
}

// of is the adapter of the gateway whose policies a file holds. It is not ok where the file holds
// none.
func (g Gateways) of(file *source.File, options rules.Options) (adapter rules.Adapter, ok bool) {
	holds := func(a rules.Adapter) bool { return a.Detect(file, optionsFor(&a, options)) }
	i := slices.IndexFunc(g, holds)
	if i < 0 {
		return rules.Adapter{}, false
	}
	return g[i], true
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

// holdsNone says why no adapter finds a policy in a file: what each of them looks for.
func (g Gateways) holdsNone(file *source.File, options rules.Options) error {
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
	none := problem(file.Name + ": no policy in this file")
	for _, err := range all {
		none.Hints = append(none.Hints, asError(err).Hints...)
	}
	return none
}

// ofAll is the adapter of the gateway whose policies all of the files hold: a request meets one
// after the other there.
func (g Gateways) ofAll(files []*source.File, options rules.Options) (rules.Adapter, error) {
	var one rules.Adapter
	for i, file := range files {
		adapter, ok := g.of(file, options)
		switch {
		case !ok:
			return one, g.noneOfAPI(options, file, g.holdsNone(file, options))
		case i > 0 && adapter.Name != one.Name:
			return one, problem(file.Name+" is of another vendor's gateway than "+files[0].Name,
				"name the policies of one gateway")
		}
		one = adapter
	}
	return one, nil
}

// read reads files of one gateway's policies, and compiles them.
func (g Gateways) read(files []*source.File, options rules.Options) (*policySet, error) {
	adapter, err := g.ofAll(files, options)
	if err != nil {
		return nil, err
	}
	read, err := adapter.Read(files, optionsFor(&adapter, options))
	if err != nil {
		return nil, err
	}
	set := &policySet{gateways: g, Bench: repair.Bench{Adapter: adapter}}
	return set.of(read), nil
}

// solutionNames lists the ready-made repairs of all gateways.
func (g Gateways) solutionNames() []string {
	var names []string
	for _, adapter := range g {
		for _, s := range adapter.Solutions() {
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	return names
}

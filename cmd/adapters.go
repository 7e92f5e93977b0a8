package cmd

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft"
)

// adapters lists the gateways that the program knows.
func adapters() []rules.Adapter {
	return []rules.Adapter{mulesoft.Adapter()}
}

// repairable lists the rules whose findings some adapter can remove.
func repairable() []string {
	var all []string
	for _, adapter := range adapters() {
		all = append(all, adapter.Repairable()...)
	}
	return all
}

// adapterOf is the adapter of the gateway whose policies a file holds. It is not ok where the file
// holds none.
func adapterOf(file *source.File, options rules.Options) (adapter rules.Adapter, ok bool) {
	all := adapters()
	i := slices.IndexFunc(all, func(a rules.Adapter) bool { return a.Detect(file, options) })
	if i < 0 {
		return rules.Adapter{}, false
	}
	return all[i], true
}

// adapterOfAll is the adapter of the gateway whose policies all of the files hold: a request meets
// one after the other there.
func adapterOfAll(files []*source.File, options rules.Options) (rules.Adapter, error) {
	var one rules.Adapter
	for i, file := range files {
		adapter, ok := adapterOf(file, options)
		switch {
		case !ok:
			return one, noneOfAPI(options, file, holdsNone(file, options))
		case i > 0 && adapter.Name != one.Name:
			return one, problem(
				file.Name+" is of another vendor's gateway than "+files[0].Name,
				"name the policies of one gateway",
			)
		}
		one = adapter
	}
	return one, nil
}

// holdsNone says why no adapter finds a policy in a file: what each of them looks for.
func holdsNone(file *source.File, options rules.Options) error {
	var all []error
	for _, adapter := range adapters() {
		if _, err := adapter.Read([]*source.File{file}, options); err != nil {
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

// solutionNames lists the ready-made repairs of all gateways.
func solutionNames() []string {
	var names []string
	for _, adapter := range adapters() {
		for _, s := range adapter.Solutions() {
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	return names
}

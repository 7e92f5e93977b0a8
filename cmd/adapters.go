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

// adapterOf is the adapter of the gateway whose policies a file holds. It is not ok where the file holds none.
func adapterOf(file *source.File, options rules.Options) (adapter rules.Adapter, ok bool) {
	all := adapters()
	i := slices.IndexFunc(all, func(a rules.Adapter) bool { return a.Detect(file, options) })
	if i < 0 {
		return rules.Adapter{}, false
	}
	return all[i], true
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

// readWith reads files of one gateway's policies, and compiles them.
func readWith(files []*source.File, options rules.Options) (*policySet, error) {
	set := &policySet{}
	for i, file := range files {
		adapter, ok := adapterOf(file, options)
		switch {
		case !ok:
			return nil, noneOfAPI(options, file, mistaken(file, holdsNone(file, options)))
		case i == 0:
			set.adapter = adapter
		case adapter.Name != set.adapter.Name:
			return nil, problem(file.Name+" is of another vendor's gateway than "+files[0].Name, "name the policies of one gateway: a request meets one after the other there")
		}
	}
	read, err := set.adapter.Read(files, options)
	if err != nil {
		return nil, err
	}
	set.compile(read)
	return set, nil
}

package mulesoft

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// detect reports whether a file holds a policy of the vendor's.
func detect(file *source.File, options rules.Options) bool { return len(found(file, options)) > 0 }

// readFiles reads the policies of files.
func readFiles(files []*source.File, options rules.Options) (*rules.Configuration, error) {
	c := &rules.Configuration{Options: options, Files: files}
	for _, file := range files {
		entries, err := readFile(file, options)
		if err != nil {
			return nil, err
		}
		c.Entries = append(c.Entries, entries...)
	}
	return c, nil
}

// readFile reads the policies of one file, in the order in which the gateway runs them.
func readFile(file *source.File, options rules.Options) ([]rules.Entry, error) {
	all := found(file, options)
	if len(all) == 0 {
		return nil, noPolicy(file)
	}
	runtime, err := runtimeVersion(options.Runtime)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.order, b.order) })
	settle(all)
	entries := make([]rules.Entry, len(all))
	for i := range all {
		e := &all[i]
		e.file, e.runtime = file, runtime
		e.unwrapText()
		e.settleKind()
		entries[i] = e
	}
	return entries, nil
}

// entriesOf lists what was read of a configuration. It is this package's own.
func entriesOf(c *rules.Configuration) []*entry {
	all := make([]*entry, 0, len(c.Entries))
	for _, of := range c.Entries {
		if e, ours := of.(*entry); ours {
			all = append(all, e)
		}
	}
	return all
}

// edited is a configuration with another file in the place of the one that an entry stands in, and
// that entry as it reads there: an edit leaves the policies of a file in their order.
func edited(
	c *rules.Configuration,
	of *entry,
	file *source.File,
) (*rules.Configuration, *entry, error) {
	entries, err := readFile(file, c.Options)
	if err != nil {
		return nil, nil, err
	}
	at := slices.Index(c.Files, of.file)
	after := &rules.Configuration{Options: c.Options, Files: slices.Clone(c.Files)}
	after.Files[at] = file
	var now *entry
	for _, e := range entriesOf(c) {
		if e.file != of.file {
			after.Entries = append(after.Entries, e)
			continue
		}
		if len(entries) == 0 {
			return nil, nil, fmt.Errorf("%s: a policy is gone after an edit", file.Name)
		}
		if e == of {
			now = entries[0].(*entry)
		}
		after.Entries, entries = append(after.Entries, entries[0]), entries[1:]
	}
	return after, now, nil
}

// found lists the policies of a file, in whichever of the formats it is, in the file's order:
// those of the API instance where the options name one.
func found(file *source.File, options rules.Options) []entry {
	var all []entry
	for _, document := range file.Documents {
		for _, format := range []func(*source.Value) []entry{
			flexEntries, planEntries, terraformEntries, apiManagerEntries,
		} {
			if entries := format(document); entries != nil {
				all = append(all, entries...)
				break
			}
		}
	}
	if all == nil && options.Kind != "" && len(file.Documents) == 1 &&
		file.Documents[0].Is(source.Object) {
		return []entry{bareEntry(file.Documents[0], options.Kind)}
	}
	if options.API == "" {
		return all
	}
	return slices.DeleteFunc(
		all,
		func(e entry) bool { return e.api != "" && e.api != options.API },
	)
}

// bareEntry is what a command line tool's --configFile holds: the configuration alone.
func bareEntry(config *source.Value, kind string) entry {
	e := entry{place: config, config: config}
	e.asset, e.variant = named(kind)
	return e
}

// settle gives each entry that does not name its gateway the one that the others of its API
// instance name: a chain runs on one gateway.
func settle(all []entry) {
	for i := range all {
		if all[i].variant == "" {
			all[i].variant = namedFor(all, all[i].api)
		}
	}
}

// namedFor is the one gateway that the entries of an API instance name; empty where they name
// none, or several.
func namedFor(all []entry, api string) string {
	variant := ""
	for _, e := range all {
		if e.variant == "" || e.api != api {
			continue
		}
		if variant != "" && variant != e.variant {
			return ""
		}
		variant = e.variant
	}
	return variant
}

// unwrapText reads a configuration that is kept as JSON in a string.
func (e *entry) unwrapText() {
	if !e.config.Is(source.String) {
		return
	}
	if inner, err := source.Embedded(e.file, e.config); err == nil && len(inner.Documents) == 1 {
		e.text, e.config = e.config, inner.Documents[0]
	}
}

// settleKind takes the id of the policy kind that a name stands for. As the file names it, it
// stays in the policy.
func (e *entry) settleKind() {
	e.name = e.asset
	if k, modelled := kindNamed(e.asset); modelled && !e.custom && !e.outbound {
		e.asset = k.asset
	}
}

func runtimeVersion(text string) (dataweave.Version, error) {
	if text == "" {
		return dataweave.Version{}, nil
	}
	return dataweave.ParseRuntime(text)
}

func noPolicy(file *source.File) error {
	err := &source.Error{
		Pos:   source.Position{File: file.Name},
		Cause: "no MuleSoft policy in this file",
		Hints: []source.Hint{{
			Text: "expected is what API Manager answers for an API's policies (JSON), a " +
				"PolicyBinding or an " +
				"ApiInstance of Flex Gateway (YAML), Terraform, or a bare configuration with %s; " +
				"how to get it: gatewhy collect policies",
			Need: source.Need{Input: source.NeedPolicyKind},
		}},
	}
	if len(file.Documents) > 0 {
		err.Pos = file.Documents[0].Pos
	}
	return err
}

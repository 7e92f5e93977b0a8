package mulesoft

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// detect reports whether a file holds a policy of the vendor's.
func detect(file *source.File, options rules.Options) bool { return len(found(file, options)) > 0 }

// read reads the policies of files, which remember their expressions when they are parsed.
func (p *parsedTexts) read(
	files []*source.File, options rules.Options,
) (*rules.Configuration, error) {
	c := &rules.Configuration{Options: options, Files: files}
	for _, file := range files {
		entries, err := readFile(file, options)
		if err != nil {
			return nil, err
		}
		c.Entries = append(c.Entries, entries...)
	}
	slices.SortStableFunc(c.Entries, func(a, b rules.Entry) int {
		return automatedFirst(a.(*entry), b.(*entry))
	})
	for _, e := range entriesOf(c) {
		e.parsed = p
	}
	nameApart(entriesOf(c), options)
	c.Ambiguous = calledTwice(entriesOf(c))
	return c, nil
}

// nameApart gives API instances of one name, in two namespaces or two Terraform modules, names of
// their own.
func nameApart(all []*entry, options rules.Options) {
	within, shared := map[string]string{}, map[string]bool{} // by API instance
	for _, e := range all {
		before, seen := within[e.api]
		shared[e.api] = shared[e.api] || seen && before != e.within
		within[e.api] = e.within
	}
	for _, e := range all {
		if whole := e.wholeAPI(); shared[e.api] || whole == options.API {
			e.api = whole
		}
	}
}

// calledTwice is an error where two policies have the name that only one can have, and differ.
func calledTwice(all []*entry) error {
	called := map[string]*entry{}
	for _, e := range all {
		before := called[e.called]
		if e.called == "" || before == nil {
			called[e.called] = e
			continue
		}
		if e.place.JSON() != before.place.JSON() {
			return &source.Error{
				Pos: e.place.Pos,
				Cause: fmt.Sprintf("%s is at %s too, and says something else there: which one "+
					"the gateway has is not known", e.called, before.place.Pos),
				Hints: source.Hints("pass the one that it has; the other needs another name"),
			}
		}
	}
	return nil
}

// wholeAPI is the name of the API instance with that of its namespace or module.
func (e *entry) wholeAPI() string {
	if e.within == "" || e.api == "" {
		return e.api
	}
	return e.within + "/" + e.api
}

// readFile reads the policies of one file, in the order in which the gateway runs them. It is an
// error if the file has none.
func readFile(file *source.File, options rules.Options) ([]rules.Entry, error) {
	all := found(file, options)
	if len(all) == 0 {
		return nil, noPolicy(file)
	}
	var runtime dataweave.Version
	if options.Runtime != "" {
		var err error
		if runtime, err = dataweave.ParseRuntime(options.Runtime); err != nil {
			return nil, err
		}
	}
	for i := range all {
		e := &all[i]
		e.order, _ = e.readOrder()
		e.version, _ = e.versionAt.Str()
		e.variant = cmp.Or(e.variant, versionVariant(e.asset, e.version))
	}
	slices.SortStableFunc(all, func(a, b entry) int {
		return cmp.Or(automatedFirst(&a, &b), cmp.Compare(a.order, b.order))
	})
	inheritVariants(all)
	entries := make([]rules.Entry, len(all))
	for i := range all {
		e := &all[i]
		e.file, e.runtime, e.asked = file, runtime, options.Variant
		e.unwrapJSON()
		if err := e.checkSize(); err != nil {
			return nil, err
		}
		e.resolveKind()
		entries[i] = e
	}
	return entries, nil
}

// mostFields is how many fields the configuration of a policy may have: each that the policy kind
// does not have is a finding. Those of MuleSoft's own kinds have some thirty at most.
const mostFields = 4096

// checkSize refuses a configuration that goes beyond the limit.
func (e *entry) checkSize() error {
	if e.config == nil || len(e.config.Members) <= mostFields {
		return nil
	}
	return &source.Error{
		Pos: e.config.Pos, Limit: true,
		Cause: fmt.Sprintf("the configuration of a policy has %d fields, and no more than %d "+
			"are read", len(e.config.Members), mostFields),
		Hints: source.Hints("is this the policy's configuration? then try a copy with fewer"),
	}
}

// entriesOf lists the entries of a configuration that this package has read.
func entriesOf(c *rules.Configuration) []*entry {
	all := make([]*entry, 0, len(c.Entries))
	for _, of := range c.Entries {
		if e, ours := of.(*entry); ours {
			all = append(all, e)
		}
	}
	return all
}

// edited returns a configuration in which this file replaces the file of an entry, and that entry
// as the new file has it. Every other entry of the file is the one that reads as it did before; of
// several that read alike, each is the one of its place among them.
func edited(
	c *rules.Configuration, of *entry, file *source.File,
) (*rules.Configuration, *entry, error) {
	read, err := readFile(file, c.Options)
	if err != nil {
		return nil, nil, err
	}
	at := slices.Index(c.Files, of.file)
	after := &rules.Configuration{Options: c.Options, Files: slices.Clone(c.Files)}
	after.Files[at] = file
	left := source.Each(read, func(e rules.Entry) *entry { return e.(*entry) })
	place := -1
	for _, e := range entriesOf(c) {
		next := e
		switch {
		case e == of:
			place = len(after.Entries)
		case e.file == of.file:
			i := slices.IndexFunc(left, e.reads)
			if i < 0 {
				return nil, nil, e.wouldBeAnother()
			}
			next, left = left[i].as(e), slices.Delete(left, i, i+1)
		}
		after.Entries = append(after.Entries, next)
	}
	if len(left) != 1 || place < 0 {
		return nil, nil, of.wouldBeAnother()
	}
	now := left[0].as(of)
	after.Entries[place] = now
	return after, now, nil
}

// reads reports whether an entry of an edited file has the text of this one.
func (e *entry) reads(now *entry) bool {
	return bytes.Equal(e.text(), now.text())
}

func (e *entry) text() []byte { return e.file.Text[e.place.Span.Start:e.place.Span.End] }

// as is the entry with what is known of it as it was before.
func (e *entry) as(before *entry) *entry {
	e.parsed, e.api = before.parsed, before.api
	return e
}

func (e *entry) wouldBeAnother() error {
	return &source.Error{
		Pos: e.place.Pos, Cause: "this policy would be another one after the edit",
		Hints: source.Hints("make the change by hand"),
	}
}

// found lists the policies of a file in the file's order, whichever of the formats it has. Where
// the options name an API instance, the policies of another one are left out.
func found(file *source.File, options rules.Options) []entry {
	formats := []func(*source.Value) []entry{
		flexEntries, planEntries, terraformEntries, apiManagerEntries,
	}
	var all []entry
	for _, document := range file.Documents {
		for _, read := range formats {
			if entries := read(document); entries != nil {
				all = append(all, entries...)
				break
			}
		}
	}
	for i := range all {
		if file.Format == source.HCL && all[i].referred { // a folder is a module
			all[i].within = path.Dir(file.Name)
		}
	}
	if all == nil && options.Kind != "" && len(file.Documents) == 1 &&
		file.Documents[0].Is(source.Object) {
		return []entry{bareEntry(file.Documents[0], options.Kind)}
	}
	if options.API == "" {
		return all
	}
	otherAPI := func(e entry) bool {
		return e.api != "" && e.api != options.API && e.wholeAPI() != options.API
	}
	return source.Without(all, otherAPI)
}

// bareEntry is the entry of a file that holds the configuration alone, such as the --configFile of
// the vendor's command line tool.
func bareEntry(config *source.Value, kind string) entry {
	e := entry{place: config, config: config}
	e.asset, e.variant = splitName(kind)
	return e
}

// inheritVariants gives an entry that does not name its gateway the gateway that the other entries
// of its API instance name, since all policies of an instance run on one gateway.
func inheritVariants(all []entry) {
	named := map[string]string{} // by API instance; empty where they name several
	for i := range all {
		e := &all[i]
		if e.variant == "" {
			continue
		}
		if of, seen := named[e.api]; seen && of != e.variant {
			named[e.api] = ""
			continue
		}
		named[e.api] = e.variant
	}
	for i := range all {
		if all[i].variant == "" {
			all[i].variant = named[all[i].api]
		}
	}
}

// unwrapJSON reads a configuration that is kept as JSON in a string.
func (e *entry) unwrapJSON() {
	if !e.config.Is(source.String) {
		return
	}
	inner, err := source.Embedded(e.file, e.config, source.JSON)
	if err == nil && len(inner.Documents) == 1 {
		e.jsonString, e.config = e.config, inner.Documents[0]
	}
}

// resolveKind puts the id of a modelled policy kind in the place of another name for it. What is
// shown to the user keeps the file's own name.
func (e *entry) resolveKind() {
	e.name = e.asset
	if p, ok := modelled(e.asset); ok && !e.custom && !e.outbound {
		e.asset = p.asset
	}
}

// noPolicy says which files are expected.
func noPolicy(file *source.File) error {
	err := &source.Error{
		Pos:   source.Position{File: file.Name},
		Cause: "no MuleSoft policy in this file",
		Hints: []source.Hint{{
			Text: "expected: API Manager's answer for an API's policies (JSON), a PolicyBinding " +
				"or an ApiInstance of Flex Gateway (YAML), Terraform, or a bare configuration " +
				"with %s; how to get it: gatewhy collect policies",
			Need: source.Need{Input: source.NeedPolicyKind},
		}},
	}
	if len(file.Documents) > 0 {
		err.Pos = file.Documents[0].Pos
	}
	return err
}

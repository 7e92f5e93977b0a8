package oauth2proxy

import (
	"bytes"
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// entry is one instance of the program, with all that sets its options.
type entry struct {
	name    string // of the workload or the service; empty where only its configuration is known
	file    *source.File
	at      *source.Value // where it begins
	given   []given
	open    [layers]string // why more may be set in a layer than the files show; empty elsewhere
	alpha   bool           // the alpha configuration sets the options of the provider
	unknown []unknownName  // names that are not an option's
	started bool           // all flags and variables are seen, but for those that open names
	pod     pod            // whose container it is; empty where it is none
	version string         // of the program; empty where it is not known

	// structured is the alpha configuration; nil where there is none, or it is not known.
	structured *source.Value
	inValues   []*source.Member // of it, in the values of headers

	*common
}

// unknownName is a name that is not an option's, where one is wanted.
type unknownName struct {
	layer layer
	name  string
	at    *source.Value

	// instead is why it is not one in some versions alone; empty where it is one in none. Open
	// says that the version is not known.
	instead string
	open    bool
}

// Place is where the instance is.
func (e *entry) Place() (*source.File, source.Span) { return e.file, e.at.Span }

// Instance is the workload or the service.
func (e *entry) Instance() string { return e.name }

// common is what is the same for every instance. It is made once.
type common struct {
	options    []option
	named      map[string]option // by their names in the configuration file
	ofFlag     map[string]option
	behaviours []rules.Behaviour
	patterns   rules.Compiled[string, *regexp.Regexp] // of the expressions of any instance
}

func newCommon() *common {
	c := &common{
		options: options(), behaviours: behaviours(),
		named: map[string]option{}, ofFlag: map[string]option{},
	}
	for _, o := range slices.Backward(c.options) { // of two with one flag the first counts
		c.named[o.name], c.ofFlag[o.flag] = o, o
	}
	return c
}

func (c *common) detect(file *source.File) bool {
	r := c.newReader([]*source.File{file})
	r.entries()
	return r.ours[file]
}

// mayBeOurs reports whether a file has a word that all of the program's configurations in its
// format have. Most files of others are not looked at further.
func mayBeOurs(file *source.File) bool {
	if file.Format == source.TOML {
		return true
	}
	words := []string{programName, variablePrefix, "skip_jwt", "oidc_", "email_domains"}
	return slices.ContainsFunc(words, func(word string) bool {
		return bytes.Contains(file.Text, []byte(word))
	}) || hasName(file.Text)
}

// hasName reports whether a text has the name of a member that alpha configurations have, in
// either case.
func hasName(text []byte) bool {
	for {
		before, after, found := bytes.Cut(text, []byte{':'})
		if !found {
			return false
		}
		word := bytes.TrimRight(before, " \t\r\n\"'")
		for _, name := range [...]string{"oidcConfig", "clientID", "configFile"} {
			if at := len(word) - len(name); at >= 0 && bytes.EqualFold(word[at:], []byte(name)) {
				return true
			}
		}
		text = after
	}
}

func (c *common) read(files []*source.File, options rules.Options) (*rules.Configuration, error) {
	read := &rules.Configuration{Options: options, Files: files}
	r := c.newReader(files)
	all := r.entries()
	for _, file := range files {
		if !r.ours[file] {
			return nil, &source.Error{
				Pos:   source.Position{File: file.Name},
				Cause: "no configuration of OAuth2 Proxy in this file",
				Hints: source.Hints(
					"or OAuth2 Proxy's configuration file in TOML, its alpha configuration in " +
						"YAML, or the manifest, compose file or command line that starts it",
				),
			}
		}
	}
	tellApart(all)
	for _, e := range all {
		e.version = strings.TrimPrefix(options.Runtime, "v")
		if err := e.checkSize(); err != nil {
			return nil, err
		}
		if options.API == "" || cmp.Or(e.name, e.file.Name) == options.API {
			read.Entries = append(read.Entries, e)
		}
	}
	if len(read.Entries) == 0 && len(all) > 0 {
		return nil, noneCalled(options.API, all)
	}
	return read, nil
}

// noneCalled is an error that names the instances there are.
func noneCalled(name string, all []*entry) error {
	var names []string
	for _, e := range all {
		names = source.Union(names, cmp.Or(e.name, e.file.Name))
	}
	return &source.Error{
		Pos:   source.Position{File: all[0].file.Name},
		Cause: "no instance of OAuth2 Proxy is called " + name,
		Hints: source.Hints("there is " + inspect.Few(names, inspect.MostNames)),
	}
}

// tellApart names those of several instances that have no name by where they are: a request is to
// one of them.
func tellApart(all []*entry) {
	if len(all) < 2 {
		return
	}
	inFile := map[*source.File]int{}
	for _, e := range all {
		inFile[e.file]++
	}
	for _, e := range all {
		switch {
		case e.name != "":
		case inFile[e.file] == 1:
			e.name = e.file.Name
		default:
			e.name = e.file.Position(e.at.Span.Start).String()
		}
	}
}

// Limits of an instance: options and values of them, and issuers. What is said of a policy grows
// with the square of its issuers and more.
const (
	mostValues  = 4096
	mostIssuers = 100
)

// checkSize refuses an instance that goes beyond a limit.
func (e *entry) checkSize() error {
	values, issuers := len(e.unknown), 0
	for i := range e.given {
		g := &e.given[i]
		n := 1
		if g.value != nil {
			n = max(1, len(g.value.Items), 1+strings.Count(g.value.Text, ","))
		}
		values += n
		if g.option.name == "extra_jwt_issuers" {
			issuers += n
		}
	}
	cause := ""
	switch {
	case values > mostValues:
		cause = fmt.Sprintf("an instance has %d options and values of them, and no more than "+
			"%d are read", values, mostValues)
	case issuers > mostIssuers:
		cause = fmt.Sprintf("an instance has %d extra_jwt_issuers, and no more than %d are read",
			issuers, mostIssuers)
	default:
		return nil
	}
	return &source.Error{
		Pos: source.Position{File: e.file.Name}, Cause: cause, Limit: true,
		Hints: source.Hints("is this an instance of OAuth2 Proxy? " +
			"then try a copy with fewer of them"),
	}
}

// reader collects the instances of files that belong together.
type reader struct {
	*common
	files []*source.File
	parts []*part           // configurations that an instance may name
	links [][2]*source.File // between files that say more of each other

	called  map[string][]*part // by their names
	maps    map[held][]*keyed
	objects map[held]bool // of any kind
	ours    map[*source.File]bool
}

// part is a configuration that is not an instance where one names it as its file.
type part struct {
	place
	in    *keyed // nil where it is a file
	entry *entry
	used  bool
}

func (p *part) at() string { return p.file.Position(p.entry.at.Span.Start).String() }

// mayName notes a configuration that an instance may name. One of which nothing else shows that it
// is the program's is nothing where none does.
func (r *reader) mayName(name string, in *keyed, of *entry, sure bool) *part {
	p := &part{place: placeOf(of.file), in: in, entry: of}
	r.called[name] = append(r.called[name], p)
	if sure {
		r.ours[of.file], r.parts = true, append(r.parts, p)
	}
	return p
}

// reads says that an instance takes its options of a part, which is an instance of its own no
// longer.
func (r *reader) reads(e *entry, p *part) {
	p.used, r.ours[p.entry.file] = true, true
	r.links = append(r.links, [2]*source.File{e.file, p.entry.file})
	e.take(p.entry)
}

// take adds what sets options in a configuration.
func (e *entry) take(of *entry) {
	e.given = append(e.given, of.given...)
	e.structured = cmp.Or(of.structured, e.structured)
	e.unknown = append(e.unknown, of.unknown...)
	e.inValues = append(e.inValues, of.inValues...)
}

func (c *common) newReader(files []*source.File) *reader {
	return &reader{
		common: c, files: files, called: map[string][]*part{}, maps: map[held][]*keyed{},
		objects: map[held]bool{}, ours: map[*source.File]bool{},
	}
}

// entries lists the instances: those that are started, and the configurations that none of them
// names.
func (r *reader) entries() []*entry {
	files := source.Without(r.files, func(file *source.File) bool {
		return !mayBeOurs(file)
	})
	for _, file := range files {
		r.partsOf(file)
	}
	var all []*entry
	for _, file := range files {
		started := r.startedBy(file)
		r.ours[file] = r.ours[file] || len(started) > 0
		all = append(all, started...)
	}
	all = append(all, r.leftOver()...)
	places := make(map[*source.File]int, len(r.files))
	for i, file := range r.files {
		places[file] = i
	}
	slices.SortStableFunc(all, func(a, b *entry) int {
		return places[a.file] - places[b.file]
	})
	return all
}

// leftOver lists the configurations that no instance names. A configuration file and an alpha
// configuration are one instance where they are alone with each other.
func (r *reader) leftOver() []*entry {
	var files, alphas []*part
	for _, p := range r.parts {
		switch {
		case p.used:
		case p.entry.alpha:
			alphas = append(alphas, p)
		default:
			files = append(files, p)
		}
	}
	var all []*entry
	for _, p := range files {
		near := nearest(p.place, alphas)
		alone := func(of *part) bool {
			return slices.Equal(nearest(of.place, files), []*part{p})
		}
		if len(near) == 1 && alone(near[0]) {
			p.entry.alpha = true
			r.reads(p.entry, near[0])
		} else {
			p.entry.withoutProvider()
		}
		all = append(all, p.entry)
	}
	for _, p := range alphas {
		if !p.used {
			p.entry.open[byFile] = "only its alpha configuration is known"
			all = append(all, p.entry)
		}
	}
	return all
}

// withoutProvider says of a configuration file without any option that an alpha configuration has
// instead that there is one.
func (e *entry) withoutProvider() {
	isMoved := func(g given) bool { return g.option.moved }
	if !slices.ContainsFunc(e.given, isMoved) {
		e.alpha = true
		e.open[byAlpha] = "the file has no options of a provider"
	}
}

// startedBy lists the instances that a file starts.
func (r *reader) startedBy(file *source.File) []*entry {
	if file.Format == source.Shell {
		return r.startedByCommands(file)
	}
	var all []*entry
	for _, document := range objectsOf(file) {
		if file.Format != source.TOML {
			all = append(all, r.startedByManifest(file, document)...)
			all = append(all, r.startedByCompose(file, document)...)
			all = append(all, r.startedByChart(file, document)...)
		}
	}
	return all
}

// partsOf finds the configurations in a file.
func (r *reader) partsOf(file *source.File) {
	name := filepath.Base(file.Name)
	for _, document := range objectsOf(file) {
		e := &entry{file: file, at: document, common: r.common}
		switch {
		case file.Format == source.TOML:
			r.fromFile(e, document, given{file: file})
			r.mayName(name, nil, e, r.isConfiguration(document))
		case file.Format != source.TOML && isAlpha(document):
			r.fromAlpha(e, document, given{file: file})
			r.mayName(name, nil, e, true)
		case file.Format != source.TOML:
			r.partsOfMap(file, document)
		}
	}
}

// objectsOf lists the objects that the documents of a file are, or that they list, as the answer
// of kubectl does.
func objectsOf(file *source.File) []*source.Value {
	var all []*source.Value
	for _, document := range file.Documents {
		items := document.Member("items")
		if !items.Is(source.List) {
			items = &source.Value{Items: []*source.Value{document}}
		}
		for _, item := range items.Items {
			if item.Is(source.Object) {
				all = append(all, item)
			}
		}
	}
	return all
}

// resources lists what the adapter looks at in a cluster: the containers that run the program,
// wherever a pod is described, and the configurations that these may name.
func resources() []source.Resource {
	return []source.Resource{
		{Kind: "ConfigMap", Paths: []string{"metadata.name", "metadata.namespace", "data"}},
		{Kind: "Secret", Paths: strings.Fields("metadata.name metadata.namespace stringData")},
		{Word: programName, Paths: strings.Fields("metadata.name metadata.namespace " +
			"metadata.labels metadata.ownerReferences " + strings.Join(ofPods(), " "))},
	}
}

// ofPods are the fields that describe a pod, wherever it is described.
func ofPods() []string {
	var all []string
	for _, in := range []string{"", "template.spec.", "jobTemplate.spec.template.spec."} {
		for _, field := range []string{"containers", "initContainers", "volumes"} {
			all = append(all, "spec."+in+field)
		}
	}
	return all
}

// together sorts files into those that instances are described by: one names another, or has what
// another lacks.
func (c *common) together(files []*source.File) [][]*source.File {
	r := c.newReader(files)
	r.entries()
	ours := source.Without(files, func(file *source.File) bool {
		return !r.ours[file]
	})
	return joined(ours, r.links)
}

// joined sorts files into those that links lead between, each in the order given, and so they are.
func joined(files []*source.File, links [][2]*source.File) [][]*source.File {
	place := make(map[*source.File]int, len(files))
	groups := make([][]*source.File, len(files))
	for i, file := range files {
		place[file], groups[i] = i, []*source.File{file}
	}
	group := make([]int, len(files))
	for i := range group {
		group[i] = i
	}
	for _, link := range links {
		a, b := group[place[link[0]]], group[place[link[1]]]
		into, from := min(a, b), max(a, b)
		if into == from {
			continue
		}
		for _, file := range groups[from] {
			group[place[file]] = into
		}
		groups[into], groups[from] = append(groups[into], groups[from]...), nil
	}
	groups = source.Without(groups, func(g []*source.File) bool { return len(g) == 0 })
	for _, g := range groups {
		slices.SortFunc(g, func(a, b *source.File) int { return cmp.Compare(place[a], place[b]) })
	}
	return groups
}

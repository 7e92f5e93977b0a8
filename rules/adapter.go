package rules

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Adapter is a gateway vendor's configuration language: how its files are read and compiled into
// policies, and which changes of them could repair what is wrong.
//
// Name, Variants, Detect, Read and Compile make an adapter. Everything else may be left out: see
// [Adapter.Complete].
type Adapter struct {
	Name     string
	Variants []Variant

	// Words appear in files with policies. A file that can't be read and has one of them is taken
	// for a policy that is broken.
	Words []string

	// Resources lists what Read looks at in a cluster: of a large file nothing else is read. If
	// it is nil, all of it is.
	Resources func() []source.Resource

	// Kinds lists the policy kinds that are modelled, where files may hold a bare configuration.
	Kinds func() []string

	// Knows reports whether a policy kind is known, modelled or not, with or without a gateway's
	// suffix.
	Knows func(kind string) bool

	// Detect reports whether a file holds a policy that Read takes.
	Detect func(file *source.File, options Options) bool

	// Read reads the policies of files, each file and each policy once. It is an error where one
	// of the files holds none, and the error says which.
	Read func(files []*source.File, options Options) (*Configuration, error)

	// Instead is what a file of the vendor's without a policy is. It is nil where the vendor has
	// no such file, and gives nil where that is not known.
	Instead func(file *source.File) *Instead

	// Together sorts files into those that make up one configuration. A file without a policy
	// comes with those whose policies it says more of; what is neither is left out. It is nil
	// where each file is a configuration of its own.
	Together func(files []*source.File) [][]*source.File

	// Apart tells that several such configurations can be read at once: none says anything of
	// another's policies. Each of their files holds some.
	Apart bool

	// Beside reports whether a file without a policy may say more about the policies of other
	// files; nil where none does.
	Beside func(file *source.File) bool

	// Compile makes policies of what was read. Nothing is read again.
	Compile func(c *Configuration) Compilation

	Behaviours func() []Behaviour

	// Logged is the body of the answer that a line of the gateway's log is about; empty where the
	// text is no such line. It is nil where the log does not say it.
	Logged func(text string) string

	// Handling is what the control plane does with configurations; nil where a gateway reads its
	// file itself.
	Handling func() []Handling

	Causes    func() []Cause // what else could explain an answer, the likeliest first
	AnyOrder  bool           // in which order a policy's checks run is not documented in full
	Rules     func() []Rule  // those that only this vendor's configurations can break
	Advice    func() []Advice
	Collect   func() []Collection
	Solutions func() []Solution

	// Contracts takes the client ids with an approved contract from the answer of the vendor's
	// control plane; nil where there is no such answer.
	Contracts func(answer *source.Value) (*Contracts, error)

	// Repairable lists the rules whose findings a change can remove.
	Repairable func() []string

	// Changes lists the changes of a configuration that may serve a goal. What the goal speaks of
	// was compiled from this configuration. For a finding it is one change, the smallest that may
	// remove it, or why there is none.
	Changes func(c *Configuration, goal Goal) []Change
}

// Complete fills in the functions that the adapter leaves out: they know nothing, and find no
// change that helps. It bounds what Read takes.
func (a Adapter) Complete() Adapter {
	a.Read = bounded(a.Read)
	a.Kinds = orNothing(a.Kinds)
	a.Behaviours = orNothing(a.Behaviours)
	a.Handling = orNothing(a.Handling)
	a.Causes = orNothing(a.Causes)
	a.Rules = orNothing(a.Rules)
	a.Advice = orNothing(a.Advice)
	a.Collect = orNothing(a.Collect)
	a.Solutions = orNothing(a.Solutions)
	a.Repairable = orNothing(a.Repairable)
	if a.Knows == nil {
		kinds := a.Kinds
		a.Knows = func(kind string) bool { return slices.Contains(kinds(), kind) }
	}
	if a.Changes == nil {
		a.Changes = noChanges
	}
	return a
}

// orNothing is a function that lists something, or nothing where it is nil.
func orNothing[T any](list func() []T) func() []T {
	if list != nil {
		return list
	}
	return func() []T { return nil }
}

// noChanges are those of an adapter that has none.
func noChanges(_ *Configuration, goal Goal) []Change {
	if goal.Finding == nil {
		return nil
	}
	const refused = "gatewhy knows no change of this gateway's configuration"
	title := "repair " + goal.Finding.Rule
	return []Change{{Title: title, Policy: goal.Finding.Policy, Refused: refused}}
}

// Instead is what a file without a policy is, and where the policies are that it belongs to.
type Instead struct {
	Pos     source.Position
	Is      string      // "the list of ..."
	Collect string      // the name of the collection that has them
	IDs     [][2]string // that are known of them: names in its commands, and values
}

// Variant is one of a vendor's gateways, which differ in behaviour.
type Variant struct {
	Name    string // as the command line has it
	Product string // as the vendor calls it
}

// VariantNames lists the names of the adapter's gateways.
func (a *Adapter) VariantNames() []string {
	return source.Each(a.Variants, func(v Variant) string { return v.Name })
}

// Options say what the files do not say, and limit what is read of them.
type Options struct {
	Variant string // the gateway, for files that do not name it; may be empty
	API     string // the API instance, of a file with several
	Kind    string // the policy kind, of a file that is a bare configuration
	Runtime string // the version of the gateway's runtime; empty where it is not known

	// InFile is the name of a file: only the API instances count that a policy of it belongs to.
	// Adapters for which one file is a configuration pay no heed to it. All count if it is empty.
	InFile string
}

// Configuration is what an adapter has read of one or several files. It is not changed: an edit
// makes another one.
type Configuration struct {
	Options Options
	Files   []*source.File
	Entries []Entry // file by file, those of a file in the order in which the gateway runs them
	Part    bool    // the files have other entries too, see [Options].InFile

	// Held is how many policies each file holds, where an entry is made of several, or several are
	// made of one; nil where each is one.
	Held map[*source.File]int

	// Ambiguous is why it is not known what the files make up together, though each can be judged
	// alone; nil where it is known.
	Ambiguous error
}

// Count is how many policies each file holds.
func (c *Configuration) Count() map[*source.File]int {
	if c.Held != nil {
		return c.Held
	}
	count := map[*source.File]int{}
	for _, entry := range c.Entries {
		file, _ := entry.Place()
		count[file]++
	}
	return count
}

// For is the same configuration for a gateway, where the files do not name it.
func (c *Configuration) For(variant string) *Configuration {
	other := *c
	other.Options.Variant = variant
	return &other
}

// Entry is what an adapter has read of one policy. Only the adapter that made it looks inside.
type Entry interface {
	// Place is where the policy is in its file.
	Place() (*source.File, source.Span)

	// Instance is the API instance that the policy is applied to, as [Policy] has it.
	Instance() string
}

// Portions are the configuration in parts, to be compiled and let go one after the other: what is
// compiled of an entry is many times as large as the entry. The entries of one API instance are in
// one part, and so are those of a class.
func (c *Configuration) Portions() iter.Seq[*Configuration] {
	const least, most = 64, 64 // instances or classes of a portion, portions
	var groups [][]Entry
	of := make(map[string]int, len(c.Entries))
	shared := c.instances()
	for _, entry := range c.Entries {
		key := "instance " + entry.Instance()
		if alike, ok := entry.(Classed); ok && shared[entry.Instance()] == 1 {
			if class := alike.Class(); class != "" {
				key = "class " + class
			}
		}
		i, known := of[key]
		if !known {
			i = len(groups)
			of[key], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], entry)
	}
	if len(groups) <= least {
		return slices.Values([]*Configuration{c})
	}
	rest := *c
	rest.Entries = nil
	return func(yield func(*Configuration) bool) {
		for some := range slices.Chunk(groups, max(least, len(groups)/most)) {
			part := rest
			part.Entries = slices.Concat(some...)
			if clear(some); !yield(&part) {
				return
			}
		}
	}
}

// instances is how many entries each API instance has.
func (c *Configuration) instances() map[string]int {
	count := make(map[string]int, len(c.Entries))
	for _, entry := range c.Entries {
		count[entry.Instance()]++
	}
	return count
}

// Classed is an entry that shares what is compiled of it with the others of its class. The class
// is empty where it shares nothing.
type Classed interface{ Class() string }

// Composed is an entry that is made of other parts of files beside what is at its place.
type Composed interface {
	Parts() iter.Seq2[*source.File, source.Span]
}

// Index is the index of the policy's entry; -1 where it was not compiled from one of them.
// An edit keeps it: the policy that it has changed has the same index afterwards.
func (c *Configuration) Index(of *Policy) int {
	if of == nil {
		return -1
	}
	return slices.Index(c.Entries, of.Entry)
}

// Compilation is the policies of a configuration, one for each entry and in the same order, and
// what is odd in it.
type Compilation struct {
	Policies []*Policy
	Findings []Finding

	// Named lists the gateways that the files themselves name.
	Named []string

	// Guessed is true where nothing says which of the variants runs one of the policies, and the
	// first one was taken.
	Guessed bool
}

// ByAPI puts the policies of one API instance together, in their order. A policy that could not
// be read may be on each of them.
func ByAPI(policies []*Policy) [][]*Policy {
	var all [][]*Policy
	var unread []*Policy
	places := make(map[string]int, len(policies))
	for _, p := range policies {
		if p.Unread {
			unread = append(unread, p)
			continue
		}
		if i, known := places[p.API]; known {
			all[i] = append(all[i], p)
			continue
		}
		places[p.API] = len(all)
		all = append(all, []*Policy{p})
	}
	if len(all) == 0 && len(unread) > 0 {
		return [][]*Policy{unread}
	}
	for i := range all {
		all[i] = append(all[i], unread...)
	}
	return all
}

// Behaviour is one thing that is known of a gateway: what it answers in a situation. Predictions
// are read from these and from nowhere else.
type Behaviour struct {
	Situation string   // kebab-case: "no-token", "wrong-audience", …
	Title     string   // the situation in words
	Condition string   // what else must be true for it; empty for nothing
	Variant   string   // which of the vendor's gateways
	Policies  []string // the policy kinds that it is true of; none for whatever runs there
	Answer    Answer
	Headers   []string // that the answer carries, "name: value"; what is in <> is any text
	Checked   string   // the day on which the reference was last checked, as YYYY-MM-DD
}

// Handling is what the control plane of a gateway makes of a configuration, before any request.
type Handling struct {
	Situation string // kebab-case: "policy-refused", …
	Title     string // what is configured, in words
	Does      string // what is made of it, and what requests then meet
	Evidence  Evidence
	Checked   string // the day on which the reference was last checked, as YYYY-MM-DD
}

// Expression is one rule of an expression language with an example.
type Expression struct {
	Rule       string // a sentence
	Expression string
	Runtime    string // the version of the runtime that it is true of; empty for any
	Input      string // JSON; empty for none
	Result     string
	Evidence   Evidence
}

// Collection is how to get one of the inputs that a prediction is made from.
type Collection struct {
	Name  string // "contracts"
	Title string
	Takes []source.Input // the program's inputs that it gives; none for what other steps need
	Steps []Step
}

// Step is one command to run, or, without a command, one thing to do by hand.
type Step struct {
	Note string // what it gives, or when it is needed

	// Command is for a shell, with {org}, {environment}, … where the ids go. It names secrets only
	// as variables.
	Command string

	// Folded is for a command that does what a step before says in words: a short screen leaves it
	// out.
	Folded bool

	// Explain stands in for Command: a prediction from what the steps before it gave.
	Explain []Given
}

// Given is an input with the value that it gets.
type Given struct {
	Input source.Input
	Value string
}

// OlderThan reports whether a version is below another one. It does not know of a version that is
// not written as so many numbers.
func OlderThan(version string, than ...int) (older, known bool) {
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

// MinorOf is the second number of a version 1: 28 of 1.28.1 and of v1.28. It is not ok for any
// other version.
func MinorOf(version string) (minor int, ok bool) {
	parts := strings.Split(strings.TrimPrefix(version, "v"), ".")
	if len(parts) < 2 || parts[0] != "1" {
		return 0, false
	}
	minor, err := strconv.Atoi(parts[1])
	return minor, err == nil
}

// Compiled are texts of configurations as they were compiled before: most policies of an estate
// have the same ones, and more than one reader of a file asks. Any number of goroutines may ask at
// once. A nil one keeps nothing.
type Compiled[Key comparable, Value any] struct {
	mutex sync.Mutex
	known map[Key]Value
	bytes int // of the texts
}

// What is kept: so many texts, and so many bytes of them.
const (
	mostCompiled      = 256
	mostCompiledBytes = 256 << 10
)

// Of returns what a text was compiled to before, or compiles it.
func (c *Compiled[Key, Value]) Of(
	key Key, text string, compile func() (Value, error),
) (Value, error) {
	if c == nil || len(text) > mostCompiledBytes {
		return compile()
	}
	c.mutex.Lock()
	value, known := c.known[key]
	c.mutex.Unlock()
	if known {
		return value, nil
	}
	value, err := compile()
	if err == nil {
		c.keep(key, len(text), value)
	}
	return value, err
}

func (c *Compiled[Key, Value]) keep(key Key, bytes int, value Value) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.bytes += bytes
	if c.known == nil || len(c.known) == mostCompiled || c.bytes > mostCompiledBytes {
		c.known, c.bytes = map[Key]Value{}, bytes
	}
	c.known[key] = value
}

package rules

import (
	"fmt"
	"iter"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Limits of what is looked at in one run. What is done for a file grows with its policies; what is
// done for a chain, those of one API instance, grows with their square.
const (
	mostInFile  = 2000
	mostInChain = 1000

	mostConditions = 40_000  // of one API instance: to tell which of them hold is done many times
	mostCompared   = 100_000 // texts and other values that these are about
)

// MostConditions bounds the conditions of all API instances that differ: a condition takes up to
// 2 KiB of the memory.
const MostConditions = 100_000

// Conditions counts what is held of policies. Of an API instance it is counted while that is
// compiled: what goes beyond the most that is looked at need not be compiled to its end, since
// [ChainsBeyond] refuses it.
type Conditions int

// nodesOfOne is how many nodes of an expression take as much of the memory as a condition does.
const nodesOfOne = 4

func (n *Conditions) add(p *Predicate) {
	*n++
	if o := p.Input.Opaque; o != nil {
		*n += Conditions(o.Size / nodesOfOne)
	}
}

// Beyond adds a node, and reports whether there are too many of one API instance.
func (n *Conditions) Beyond(node Node) bool {
	for check := range node.Checks() {
		check.Test.EachLeaf(n.add)
	}
	return *n > mostConditions
}

// BeyondAll reports whether there are too many of all API instances.
func (n *Conditions) BeyondAll() bool { return *n > MostConditions }

// Looks is how much is looked at of policies for one token.
type Looks struct{ conditions, expressions int }

// usualPayload is how many bytes of a token's payload no condition takes longer for: it may look
// through all roles.
const usualPayload = 1 << 10

// looksOfExpression is how many conditions are as much work as an expression that takes so large a
// claim to pieces. What explains a token evaluates it several times.
const looksOfExpression = 300

// LooksOf counts what is looked at of policies.
func LooksOf(policies []*Policy) Looks {
	l := Looks{conditions: ConditionsOf(policies)}
	for check := range EachCheck(policies) {
		check.Test.EachLeaf(func(leaf *Predicate) {
			if leaf.Input.Opaque != nil {
				l.expressions++
			}
		})
	}
	return l
}

// With adds what is looked at of other policies.
func (l Looks) With(other Looks) Looks {
	return Looks{l.conditions + other.conditions, l.expressions + other.expressions}
}

// For is how many conditions are looked at for a token whose payload has so many bytes.
func (l Looks) For(payload int) int {
	larger := payload / usualPayload
	return l.conditions*(1+larger) + l.expressions*looksOfExpression*larger
}

// ConditionsOf counts what is looked at of policies for one token.
func ConditionsOf(policies []*Policy) int {
	n := 0
	for check := range EachCheck(policies) {
		check.Test.EachLeaf(func(leaf *Predicate) { n += leaf.Conditions() })
	}
	return n
}

// Compared collects the texts of one field that a condition compares with. It stops behind the
// most that are looked at together: then [ChainsBeyond] refuses the policy.
func Compared(texts iter.Seq[string]) []string {
	var all []string
	for text := range texts {
		if all = append(all, text); len(all) > mostCompared {
			break
		}
	}
	return all
}

// MostFiles is how many files with policies are looked at together: all of them are in the memory
// then.
const MostFiles = 5000

// FilesBeyond refuses more files with policies, which were found under these names.
func FilesBeyond(names []string) error {
	cause := fmt.Sprintf("%s: there are more than %d files with policies, and no more are looked "+
		"at together", inspect.Few(names, 1), MostFiles)
	return TooMany(source.Position{}, cause, "name the files of one API instance")
}

// MostLooked bounds the conditions of policies that a run over files looks at, of one token after
// the other.
const MostLooked = 6_000_000

// LookedBeyond refuses what takes a look at more conditions, with ways to do without it.
func LookedBeyond(what string, ways ...string) error {
	cause := fmt.Sprintf("%s takes a look at more than %d conditions of policies, the most of "+
		"one run", what, MostLooked)
	return TooMany(source.Position{}, cause, ways...)
}

// mostHeld bounds the values of files that may make up one configuration with others: all of them
// are in the memory until all files are read. A value takes about 230 bytes, and while the last
// files are read, and while policies are compiled, a run takes some 60 MiB more.
const mostHeld = 750_000

// HeldBeyond refuses files of more values, found under these names.
func HeldBeyond(values int64, names []string) error {
	if values <= mostHeld {
		return nil
	}
	cause := fmt.Sprintf("%s: these files have more than %d values in all, the most that are "+
		"looked at together", inspect.Few(names, 1), mostHeld)
	return TooMany(source.Position{}, cause, "name the files of one cluster or API instance")
}

// mostGrouped bounds the files of all configurations together that a run's files make up. One file
// may be of very many of them: what a folder without policies shows is part of each.
const mostGrouped = 100_000

// GroupsBeyond refuses configurations of more files than are looked at, in all.
func GroupsBeyond(groups [][]*source.File) error {
	n := 0
	for _, group := range groups {
		n += len(group)
	}
	if n <= mostGrouped {
		return nil
	}
	return TooMany(
		source.Position{File: groups[0][0].Name},
		fmt.Sprintf("this file and others make up %d configurations, which have %d files in all, "+
			"and no more than %d are looked at", len(groups), n, mostGrouped),
		"name the files of one configuration",
	)
}

// bounded is an adapter's Read that refuses files with more policies than are looked at, before
// anything else is done with them.
func bounded(
	read func([]*source.File, Options) (*Configuration, error),
) func([]*source.File, Options) (*Configuration, error) {
	return func(files []*source.File, options Options) (*Configuration, error) {
		c, err := read(files, options)
		if err != nil {
			return nil, err
		}
		count := make(map[*source.File]int, len(files))
		for _, entry := range c.Entries {
			file, _ := entry.Place()
			count[file]++
		}
		for _, file := range files {
			if n := count[file]; n > mostInFile {
				return nil, TooMany(
					source.Position{File: file.Name},
					fmt.Sprintf("the file has %d policies, and no more than %d of one file "+
						"are read", n, mostInFile),
					"split the file: an API instance's policies stay together",
				)
			}
		}
		if err := chainsBeyond(c.Entries); err != nil {
			return nil, err
		}
		return c, nil
	}
}

// chainsBeyond refuses more policies of one API instance than are looked at, before they are
// compiled.
func chainsBeyond(entries []Entry) error {
	count := make(map[string]int, len(entries))
	for _, entry := range entries {
		count[entry.Instance()] += parts(entry)
	}
	for _, entry := range entries {
		if n := count[entry.Instance()]; n > mostInChain {
			file, _ := entry.Place()
			return chainBeyond(n, entry.Instance(), file.Name)
		}
	}
	return nil
}

// parts is how many policies of files an entry is made of.
func parts(entry Entry) int {
	composed, ok := entry.(Composed)
	if !ok {
		return 1
	}
	n := 0
	for range composed.Parts() {
		n++
	}
	return max(n, 1)
}

// chainBeyond refuses so many policies of one API instance, the first of which is in this file.
func chainBeyond(n int, api, file string) error {
	which := "one API instance has"
	if api != "" {
		which = "the API instance " + api + " has"
	}
	return TooMany(
		source.Position{File: file},
		fmt.Sprintf("%s %d policies, and no more than %d are looked at together",
			which, n, mostInChain),
		"split the files so that each has the policies of one API",
	)
}

// ChainsBeyond refuses policies where more belong to one API instance than are looked at.
func ChainsBeyond(policies []*Policy) error { return new(Conditions).ChainsBeyond(policies) }

// ChainsBeyond does so with a part of the policies of a configuration. The conditions are those of
// all API instances of the parts before.
func (n *Conditions) ChainsBeyond(policies []*Policy) error {
	counted := map[*Node]bool{} // of a policy that is alone in its chain
	for _, chain := range ByAPI(policies) {
		if n := len(chain); n > mostInChain {
			return chainBeyond(n, chain[0].API, chain[0].Pos.File)
		}
		made := chain[0].Made()
		if len(chain) > 1 {
			made = nil
		}
		if counted[made] {
			continue
		}
		if err := conditionsBeyond(chain); err != nil {
			return err
		}
		counted[made] = made != nil
		for _, policy := range chain {
			n.Beyond(policy.Root)
		}
		if n.BeyondAll() {
			return TooMany(
				source.Position{File: chain[0].Pos.File}, fmt.Sprintf("the API instances of "+
					"these files have more than %d conditions, the most that are looked at "+
					"together", MostConditions),
				"name the files of one API instance",
			)
		}
	}
	return nil
}

// conditionsBeyond refuses policies of one API instance that ask for more than is looked at.
func conditionsBeyond(chain []*Policy) error {
	conditions, values := 0, 0
	for _, policy := range chain {
		for _, check := range policy.Checks() {
			check.Test.EachLeaf(func(leaf *Predicate) {
				conditions, values = conditions+leaf.Conditions(), values+len(leaf.Values)
			})
		}
		beyond := ""
		switch {
		case conditions > mostConditions:
			beyond = fmt.Sprintf("%d conditions", mostConditions)
		case values > mostCompared:
			beyond = fmt.Sprintf("%d values to compare with", mostCompared)
		default:
			continue
		}
		return TooMany(
			policy.Pos, "with this policy an API instance has more than "+beyond+", the most "+
				"that are looked at together", "leave out the rules that are not in question",
		)
	}
	return nil
}

// TooMany is the error for what goes beyond a limit of this tool.
func TooMany(at source.Position, cause string, hints ...string) error {
	return &source.Error{Pos: at, Cause: cause, Hints: source.Hints(hints...), Limit: true}
}

// Package rules is the model that every command reads: a gateway's policy, compiled into checks.
//
// An adapter (see [Adapter]) turns a vendor's configuration into [Policy] values. A policy is a
// tree of [Check]s. Each check names the configuration field that it comes from. What it tests is
// a [Predicate]: data, so that it can be run against a token, looked into without one, and
// compared. [Evaluate] runs policies against a [Request] and gives a [Verdict], with one [Result]
// for each check in the gateway's order. No check is left out because an earlier one failed.
//
// Logic is three-valued: what can't be known from what was given is [Maybe], never a guess, and it
// says what to pass to know it.
//
// No gateway vendor's word, no flag and no output format belongs here.
package rules

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Policy is one policy of a gateway, compiled. It is immutable: any number of requests may be
// evaluated against it at once.
type Policy struct {
	Variant string // which of the adapter's gateways it was compiled for
	Asset   string // the vendor's id of the policy kind
	Name    string // the vendor's name of it, as its console shows it
	Product string // the gateway that it was compiled for, as its vendor calls it
	Version string // of the asset; may be empty
	API     string // the API instance that it is applied to; may be empty
	Order   int    // its place in the chain; 0 where the file does not say

	// Unordered says that the file does not show the policy's place in the chain: only its
	// deployment knows it.
	Unordered bool

	// Early says that it applies to all API instances, and runs before every policy that does not,
	// whatever their orders are.
	Early bool

	Pos  source.Position // of the policy's entry
	When Guard

	// MayYield is why the gateway perhaps does not run it, where another policy may stand in for
	// it; nil where it does.
	MayYield *Unknown

	Root    Node
	Asides  []Aside  // in place of Root, for some requests; the first one that holds counts
	Effects []Effect // on what later policies see of a request to which it applies
	Entry   Entry    // what the adapter has read of it; it is not changed either

	// Claims is where a check of another claim would be written; nil where the policy kind can't
	// check one.
	Claims *Place

	// Untried says that nobody has recorded what its gateway makes of odd claims: see
	// [Request.oddClaim].
	Untried bool

	// Unread says that it may exist, and that nothing of it was read: it may be one of any API.
	Unread bool

	// Strange says that its kind is not known. Of any other kind a part may be not modelled.
	Strange bool
}

// Aside is what becomes of requests that the gateway does not treat as it does all others of the
// API: it has paths of its own, say. It is for those that surely are as If says.
type Aside struct {
	If   Predicate
	Root Node
}

// Unread is a file beside the policies that could not be read. It may hold another policy.
type Unread struct {
	File string
	Why  string // an error's cause
}

// Policy is the policy that the file may hold. We do not know what it answers.
func (u *Unread) Policy() *Policy {
	at := source.Position{File: u.File}
	return &Policy{Asset: u.File, Name: u.File, Pos: at, Unread: true, Root: AllOf(&Check{
		ID: NotModelled, Pos: at,
		Unknown: &Unknown{
			Why: "the file " + u.File + " can't be read, and may hold another policy: " + u.Why,
			Need: Need{
				Input: source.NeedPolicy,
				For:   "each file with a policy of this API by its name, or repair " + u.File,
			},
		},
	})}
}

// Elsewhere is the policies of the answers in which the lists of files go on: see
// [source.Value.Continued]. We do not know what they answer.
func Elsewhere(files []*source.File) []*Policy {
	var all []*Policy
	for _, file := range files {
		for _, document := range file.Documents {
			answers := []*source.Value{document}
			if document.Is(source.List) {
				answers = document.Items
			}
			for _, answer := range answers {
				if m := answer.Continued(); m != nil {
					all = append(all, onAnotherPage(file.Name, m))
				}
			}
		}
	}
	return all
}

// Unsettled is policies of one configuration with those of it that were not read. These may change
// what the others ask for: where one more rule may let a request in, no other rejects it for sure.
func Unsettled(policies, unread []*Policy) []*Policy {
	if len(unread) == 0 {
		return policies
	}
	all := make([]*Policy, 0, len(policies)+len(unread))
	for _, p := range policies {
		copied := *p
		if copied.MayYield == nil {
			copied.MayYield = unread[0].Root.All[0].Check.Unknown
		}
		all = append(all, &copied)
	}
	return append(all, unread...)
}

func onAnotherPage(file string, m *source.Member) *Policy {
	const name = "policies of another page"
	return &Policy{Asset: name, Name: name, Pos: m.KeyPos, Unread: true, Root: AllOf(&Check{
		ID: NotModelled, Field: m.Key, Pos: m.KeyPos, Span: m.KeySpan,
		Unknown: &Unknown{
			Why: file + " is one page of a list, as its " + m.Key +
				" says, and another page may hold another policy",
			Need: Need{Input: source.NeedPolicy, For: "all pages of the list as one"},
		},
	})}
}

// Checks lists every check of the policy, in the gateway's order. They need not all hold: see
// [Node].
func (p *Policy) Checks() []*Check {
	return slices.AppendSeq(make([]*Check, 0, p.Root.size()), p.Root.Checks())
}

// Find is the policy's first check that is as a function says; nil where none is.
func (p *Policy) Find(is func(*Check) bool) *Check {
	for check := range p.Root.Checks() {
		if is(check) {
			return check
		}
	}
	return nil
}

// EnabledOrAll are the policies that are not disabled, or all where each one is. They say what the
// tokens are like that belong here: what is disabled beside them may want others.
func EnabledOrAll(policies []*Policy) []*Policy {
	enabled := source.Without(policies, func(p *Policy) bool {
		return p.When.Disabled
	})
	if len(enabled) == 0 {
		return policies
	}
	return enabled
}

// EachCheck is every check of policies, in their order.
func EachCheck(policies []*Policy) iter.Seq[*Check] {
	return func(yield func(*Check) bool) {
		for _, p := range policies {
			for check := range p.Root.Checks() {
				if !yield(check) {
					return
				}
			}
		}
	}
}

// Wanted is every check that requests have to pass, in their order: what a policy wants. The
// others say who is kept out.
func Wanted(policies []*Policy) iter.Seq[*Check] {
	return func(yield func(*Check) bool) {
		for _, p := range policies {
			if !p.Root.wanted(true, yield) {
				return
			}
		}
	}
}

// Made is where the policy's checks are: policies of several API instances may share them. It is
// nil where the policy has no list of them.
func (p *Policy) Made() *Node {
	if len(p.Root.All) == 0 {
		return nil
	}
	return &p.Root.All[0]
}

// Runs says whether the gateway runs the policy, from whether it applies to a request.
func (p *Policy) Runs(applies Truth) Truth {
	if p.MayYield != nil {
		return min(applies, Maybe)
	}
	return applies
}

// Node is a part of a policy: a check, or a combination of nodes. It is one of Check, All, Any,
// Not and First; the zero Node holds for every request.
type Node struct {
	Check *Check
	All   []Node // each must hold; they are tried in order
	Any   []Node // one must hold; they are tried in order
	Not   *Node  // must not hold
	First *First // the first branch whose condition holds decides

	// Answer is what the gateway sends if the node as a whole fails; nil for the answer of the
	// check that decides.
	Answer *Answer

	// Reports says which alternative decides where nothing of Any holds.
	Reports Reported

	// Exempts says that nothing is asked of requests that match a branch of First: its default is
	// what all others need, and not one rule of several.
	Exempts bool
}

// First is an ordered list of rules. The first one that matches decides.
type First struct {
	Branches []Branch
	Default  Node // where no condition holds
}

// Branch is a condition, and what must hold where it does.
type Branch struct{ If, Then Node }

// Reported is the alternative whose fault a gateway reports if none of several holds.
type Reported uint8

// The alternatives.
const (
	// Nearest is the one with most checks that hold, among those whose answers weigh most: we do
	// not know the gateway's own rule.
	Nearest Reported = iota
	Last
	Weightiest // the last one of those whose answers weigh most
	Opening    // the first one whose answer weighs anything; as Weightiest, if another weighs more
)

// AllOf is the node under which each of the checks must hold, in order.
func AllOf(checks ...*Check) Node {
	node := Node{All: make([]Node, len(checks))}
	for i, check := range checks {
		node.All[i].Check = check
	}
	return node
}

// parts visits the nodes directly below a node, in the gateway's order.
func (n *Node) parts(yield func(i int, part *Node) bool) {
	some := n.All
	switch {
	case n.Not != nil:
		yield(0, n.Not)
		return
	case n.First != nil:
		for i := range n.First.Branches {
			if b := &n.First.Branches[i]; !yield(2*i, &b.If) || !yield(2*i+1, &b.Then) {
				return
			}
		}
		yield(2*len(n.First.Branches), &n.First.Default)
		return
	case n.Any != nil:
		some = n.Any
	}
	for i := range some {
		if !yield(i, &some[i]) {
			return
		}
	}
}

// Checks visits every check at or below a node, in order. They need not all hold: see [Node].
func (n *Node) Checks() iter.Seq[*Check] {
	return func(yield func(*Check) bool) { n.visit(yield) }
}

func (n *Node) visit(yield func(*Check) bool) bool {
	if n.Check != nil {
		return yield(n.Check)
	}
	for _, part := range n.parts {
		if !part.visit(yield) {
			return false
		}
	}
	return true
}

// wanted visits the checks at or below a node that have to pass, so that it holds or fails.
func (n *Node) wanted(hold bool, yield func(*Check) bool) bool {
	switch {
	case n.Check != nil:
		return !hold || yield(n.Check)
	case n.Not != nil:
		return n.Not.wanted(!hold, yield)
	}
	for i, part := range n.parts {
		if n.First != nil && i < 2*len(n.First.Branches) {
			then := n.First.Branches[i/2].Then
			if ways, _ := then.Ways(); len(ways) == 0 || !hold {
				continue // who is as the condition says does not get past
			}
		}
		if !part.wanted(hold, yield) {
			return false
		}
	}
	return true
}

// size is the number of checks at or below a node.
func (n *Node) size() (size int) {
	for range n.Checks() {
		size++
	}
	return size
}

// Map returns a copy of the node in which other checks replace its own. Nothing of the node is
// changed.
func (n Node) Map(change func(*Check) *Check) Node {
	each := func(nodes []Node) []Node {
		if nodes == nil {
			return nil
		}
		return source.Each(nodes, func(n Node) Node { return n.Map(change) })
	}
	switch {
	case n.Check != nil:
		n.Check = change(n.Check)
	case n.Not != nil:
		not := n.Not.Map(change)
		n.Not = &not
	case n.First != nil:
		first := First{Default: n.First.Default.Map(change)}
		for _, b := range n.First.Branches {
			first.Branches = append(first.Branches, Branch{b.If.Map(change), b.Then.Map(change)})
		}
		n.First = &first
	}
	n.All, n.Any = each(n.All), each(n.Any)
	return n
}

// groupOf is the group of a path; empty where that is one through plain lists.
func groupOf(path string) string {
	if !strings.Contains(strings.ReplaceAll(path, ".all[", "["), ".") {
		return ""
	}
	return path[1:]
}

// Groups looks through each policy once for the groups of its checks. The zero Groups is ready.
type Groups struct{ of map[*Policy]map[*Check]string }

// Of is the path of alternatives that a result's check is in; empty in a plain list.
func (g *Groups) Of(r *Result) string {
	if r.Policy == nil {
		return ""
	}
	known, looked := g.of[r.Policy]
	if !looked {
		if g.of == nil {
			g.of = map[*Policy]map[*Check]string{}
		}
		known = r.Policy.Root.groups("", map[*Check]string{})
		g.of[r.Policy] = known
	}
	return known[r.Check]
}

// InAlternative reports whether a check need not hold: another alternative of its policy may.
func (g *Groups) InAlternative(p *Policy, c *Check) bool {
	return strings.Contains(g.Of(&Result{Policy: p, Check: c}), "any[")
}

// groups notes the groups of the checks below a node, to which a path leads.
func (n *Node) groups(path string, all map[*Check]string) map[*Check]string {
	if n.Check != nil {
		if _, known := all[n.Check]; !known {
			all[n.Check] = groupOf(path)
		}
		return all
	}
	for i, part := range n.parts {
		part.groups(path+n.step(i), all)
	}
	return all
}

// step names one of a node's parts.
func (n *Node) step(i int) string {
	switch {
	case n.Not != nil:
		return ".not"
	case n.First != nil && i == 2*len(n.First.Branches) && n.Exempts:
		return ".otherwise"
	case n.First != nil && i == 2*len(n.First.Branches):
		return ".default"
	case n.First != nil && i%2 == 0:
		return fmt.Sprintf(".first[%d].if", i/2)
	case n.First != nil:
		return fmt.Sprintf(".first[%d].then", i/2)
	case n.Any != nil:
		return fmt.Sprintf(".any[%d]", i)
	}
	return fmt.Sprintf(".all[%d]", i)
}

// mostWays is how many ways past a node we list.
const mostWays = 64

// Ways lists the ways past a node. Each way is a set of checks: who passes all of them gets past
// the node, and nobody else does, unless the gateway runs into an error of its own over a check
// of another way. If a check must not hold, its opposite is listed in its place. It is not ok if
// there are too many ways: then some are listed.
func (n *Node) Ways() (ways [][]*Check, ok bool) {
	if n.IsList() {
		return [][]*Check{slices.Collect(n.Checks())}, true
	}
	w := wayFinder{ok: true}
	return w.past(n, true), w.ok
}

// IsList reports whether a node is a plain list of checks.
func (n *Node) IsList() bool {
	for i := range n.All { // ContainsFunc would copy each node
		if n.All[i].Check == nil {
			return false
		}
	}
	return n.All != nil
}

type wayFinder struct{ ok bool }

// past lists the ways to get past a node, or to fail it.
func (w *wayFinder) past(n *Node, hold bool) [][]*Check {
	switch {
	case n.Check != nil && hold:
		return [][]*Check{{n.Check}}
	case n.Check != nil:
		return n.Check.opposite()
	case n.Not != nil:
		return w.past(n.Not, !hold)
	case n.First != nil:
		return w.pastFirst(n.First, hold)
	}
	nodes, each := n.All, hold
	if n.Any != nil {
		nodes, each = n.Any, !hold
	}
	if each {
		return w.each(nodes, hold)
	}
	var all [][]*Check
	for i := range nodes {
		all = w.limit(append(all, w.past(&nodes[i], hold)...))
	}
	return all
}

// opposite is the way to fail a check. A check that is switched off can't be failed, and one that
// is perhaps not made is not surely failed.
func (c *Check) opposite() [][]*Check {
	if c.Skip != "" {
		return nil
	}
	opposite := *c
	opposite.Test, opposite.MaySkip = Negate(c.Test), nil
	if c.MaySkip != nil {
		opposite.Test = Both(opposite.Test, Undecided(c.MaySkip))
	}
	return [][]*Check{{&opposite}}
}

// each lists the ways past all of the nodes.
func (w *wayFinder) each(nodes []Node, hold bool) [][]*Check {
	ways := [][]*Check{nil}
	for i := range nodes {
		ways = w.cross(ways, w.past(&nodes[i], hold))
	}
	return ways
}

// pastFirst lists the ways past each rule of a list: its condition holds, what it wants holds, and
// no condition before it holds.
func (w *wayFinder) pastFirst(f *First, hold bool) [][]*Check {
	var all [][]*Check
	before := [][]*Check{nil}
	for i := range f.Branches {
		b := &f.Branches[i]
		taken := w.cross(before, w.past(&b.If, true))
		all = w.limit(append(all, w.cross(taken, w.past(&b.Then, hold))...))
		before = w.cross(before, w.past(&b.If, false))
	}
	return w.limit(append(all, w.cross(before, w.past(&f.Default, hold))...))
}

// cross joins each of some ways with each of others.
func (w *wayFinder) cross(some, others [][]*Check) [][]*Check {
	var all [][]*Check
	for _, one := range some {
		for _, other := range others {
			if len(all) > mostWays {
				return w.limit(all)
			}
			all = append(all, append(one[:len(one):len(one)], other...))
		}
	}
	return all
}

func (w *wayFinder) limit(ways [][]*Check) [][]*Check {
	if len(ways) > mostWays {
		w.ok = false
		return ways[:mostWays]
	}
	return ways
}

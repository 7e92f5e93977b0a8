package lint

import (
	"fmt"
	"slices"
	"sync"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// alternatives are the ways in which a request may get past the policies of an API, each as
// policies that are plain lists of checks. Where there are very many, they are the first ones, and
// findings say of which policies.
func alternatives(s *rules.Subject) (all []*rules.Subject, limited []rules.Finding) {
	if !slices.ContainsFunc(s.Policies, func(p *rules.Policy) bool { return !p.Root.IsList() }) {
		only := rules.Subject{Policies: s.Policies, Files: s.Files, App: s.App, Kept: s.Kept}
		return []*rules.Subject{&only}, nil
	}
	all = []*rules.Subject{{Files: s.Files, App: s.App, Kept: s.Kept}}
	for _, policy := range s.Policies {
		ways, whole := policy.Root.Ways()
		if len(ways) == 0 {
			ways = [][]*rules.Check{nil} // nobody gets in: there is nothing to say of its checks
		}
		var next []*rules.Subject
		for _, one := range all {
			for _, way := range ways {
				other := *one
				other.Policies = append(slices.Clip(one.Policies), limitedTo(policy, way))
				next = append(next, &other)
			}
		}
		all = next[:min(len(next), mostAlternatives)]
		if !whole || len(next) > mostAlternatives {
			limit := fmt.Sprintf("%d alternatives of one policy", mostAlternatives)
			limited = append(limited, notTried(policy, limit))
		}
	}
	for _, way := range all[1:] {
		way.Again = true
	}
	return all, limited
}

// waysNotTried says that some ways of all were looked at, since each of these takes so long.
func waysNotTried(all []rules.Rule, s *rules.Subject, some, ways int) []rules.Finding {
	if ruleOf(all, notAllTried).Name == "" {
		return nil
	}
	i := slices.IndexFunc(s.Policies, func(p *rules.Policy) bool { return !p.Root.IsList() })
	return one(notTried(s.Policies[i], fmt.Sprintf("%d of %d alternatives", some, ways)))
}

// mostAlternatives limits the combinations of several policies' ways.
const mostAlternatives = 64

// limitedTo is a policy with one of its ways; itself where it is a plain list.
func limitedTo(policy *rules.Policy, way []*rules.Check) *rules.Policy {
	if slices.Equal(policy.Checks(), way) {
		return policy
	}
	copied := *policy
	copied.Root = rules.AllOf(way...)
	return &copied
}

// whole is the policy that one of the subject's ways is of.
func whole(p *rules.Policy, way, s *rules.Subject) *rules.Policy {
	if i := slices.Index(way.Policies, p); i >= 0 {
		return s.Policies[i]
	}
	return p
}

// isAlternative reports whether a finding is about a check that need not hold: another alternative
// of its policy may, or what decides is asked of other requests.
func isAlternative(f *rules.Finding, groups *rules.Groups) bool {
	return f.Policy != nil && f.Check != nil &&
		(isClosed(f) || groups.InAlternative(f.Policy, f.Check))
}

// isClosed reports whether a finding says that no request gets in.
func isClosed(f *rules.Finding) bool { return f.Rule == noTokenPasses && closes(f.Check) }

// others are the ways past an API's policies, beside that of a finding. What is asked of all of
// them is worked out once, when it is first asked.
type others struct {
	ways    []*rules.Subject
	shut    func() bool // no way lets a token of the API's own clients in
	open    func() bool // some way has no check that rejects every request
	daemons func() bool // some way lets a client of the API's own in without a user
}

// othersOf are the ways; all of them, or the first ones of many.
func othersOf(ways []*rules.Subject, all bool) *others {
	return &others{
		ways:    ways,
		shut:    sync.OnceValue(func() bool { return all && allShut(ways) }),
		open:    sync.OnceValue(func() bool { return slices.ContainsFunc(ways, isOpen) }),
		daemons: sync.OnceValue(func() bool { return daemonsPass(ways) }),
	}
}

// lessen lessens what a finding says of who is locked out, since others than the ways that its
// check is on may let them in, unless all are shut. It is false where nothing is left of it.
func (o *others) lessen(f *rules.Finding) bool {
	locks := f.Rule == noTokenPasses || f.Rule == checksExclude
	if locks && f.Severity == rules.Error && o.shut() {
		return true
	}
	switch f.Rule {
	case noTokenPasses:
		if isClosed(f) {
			if o.open() {
				f.Message = refusal(f.Check)
			}
			return true
		}
		if f.Severity == rules.Error {
			f.Severity = rules.Warning
		}
		return !passed(f.Check, o.ways)
	case scopeLocksOut:
		return !o.daemons()
	case roleOfOthers:
		if f.Severity == rules.Note {
			return !o.daemons()
		}
		f.Severity = rules.Warning
	case checksExclude:
		f.Severity = rules.Warning
	}
	return true
}

// refuses reports whether one of the checks on a way rejects every request, so that nobody gets in
// by it. No other check on it lets anybody in who should not.
func refuses(way *rules.Subject) bool {
	return slices.ContainsFunc(way.Policies, func(p *rules.Policy) bool {
		return meets(p) && len(p.When.Routes) == 0 && p.Find(closes) != nil
	})
}

func isOpen(way *rules.Subject) bool { return !refuses(way) }

// passedElsewhere reports whether a finding says that nobody gets past a check, and somebody does
// on another way: beside another alternative than the check itself is in.
func passedElsewhere(f *rules.Finding, ways []*rules.Subject) bool {
	return (f.Rule == noTokenPasses || f.Rule == checksExclude) && f.Check != nil &&
		!isClosed(f) && passed(f.Check, ways)
}

// allShut reports whether no way lets a token of the API's own clients in. Those for requests
// without a token do not.
func allShut(ways []*rules.Subject) bool {
	wantsNone := func(p *rules.Policy) bool { return p.Find(issued.WantsNoToken) != nil }
	return !slices.ContainsFunc(ways, func(way *rules.Subject) bool {
		defer func() { way.Shared = nil }()
		of := tokenPolicies(way)
		isOpen := func(p *rules.Policy) bool { return ownPass(way, p) != keptOut }
		return !slices.ContainsFunc(way.Policies, wantsNone) &&
			(len(of) == 0 || slices.ContainsFunc(of, isOpen))
	})
}

// daemonsPass reports whether a client of the API's own gets in by some way without a user.
func daemonsPass(ways []*rules.Subject) bool {
	return slices.ContainsFunc(ways, func(way *rules.Subject) bool {
		defer func() { way.Shared = nil }()
		return slices.ContainsFunc(tokenPolicies(way), func(p *rules.Policy) bool {
			e := exposing(way, p)
			got, _ := e.asked("own daemons", func(h *issued.Holders) issued.Tokens {
				return daemonsOf(h.Own())
			}, true)
			return got == letIn
		})
	})
}

// passed reports whether a token gets in by some way that a check is on. Beside another
// alternative than its own it may let none past.
func passed(check *rules.Check, ways []*rules.Subject) bool {
	return slices.ContainsFunc(ways, func(way *rules.Subject) bool {
		p := policyOf(check, way.Policies)
		if p == nil {
			return false
		}
		defer func() { way.Shared = nil }()
		got, _ := exposing(way, p).own()
		return got == letIn && !closed(way, p)
	})
}

package rules

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Rule is something that a configuration should not do, as a value: the catalogue, the
// documentation and every output are made from it.
type Rule struct {
	Name       string   // kebab-case, and says what is wrong
	Title      string   // one line
	Why        string   // what happens because of it
	Fix        string   // what to do about it
	Severity   Severity // the highest that it gives
	Lesser     string   // when a finding is less severe: a clause; empty where each has Severity
	Since      string   // the first version of gatewhy that has it
	References []string

	// Locks says that the rule finds claims that keep the API's own tokens out, and that let in
	// nobody.
	Locks bool

	// Over are the rules whose findings of the same value this one's take the place of: they say
	// less.
	Over []string

	// About are the claims that distinguish the callers whom the rule finds to be let in. A check
	// that reads none of them does not hide a finding, even if nobody can evaluate it.
	About []string

	// Check finds it. It is nil for what is found elsewhere: by the compiler of a configuration,
	// or by an evaluation. A finding without a rule or a severity gets the rule's.
	Check func(*Subject) []Finding
}

// WhenLess says when a finding is less severe than Severity: a clause; empty where each has it.
func (r *Rule) WhenLess() string {
	if !r.Locks {
		return r.Lesser
	}
	spared := "a warning where tokens of the app registration get in all the same"
	if r.Lesser == "" {
		return spared
	}
	return r.Lesser + "; and " + spared
}

// Since gives rules the version that first had them, but for those that say another one.
func Since(version string, all ...func() Rule) []Rule {
	return source.Each(all, func(made func() Rule) Rule {
		rule := made()
		rule.Since = cmp.Or(rule.Since, version)
		return rule
	})
}

// EachEntry is the check of a rule that looks at one policy of an adapter at a time, with what was
// read of it. It looks at nothing that differs between the ways past a policy.
func EachEntry[E Entry](look func(E, *Findings)) func(*Subject) []Finding {
	return func(s *Subject) []Finding {
		if s.Again {
			return nil
		}
		var found Findings
		for _, policy := range s.Policies {
			if entry, ours := policy.Entry.(E); ours {
				found.policy = policy
				look(entry, &found)
			}
		}
		return found.all
	}
}

// Findings are what a rule finds, one policy after the other.
type Findings struct {
	policy *Policy
	all    []Finding
}

// At adds a finding about a value that a field of the policy has. What else a reader should know
// of it the caller adds, before the next one.
func (f *Findings) At(v *source.Value, field, format string, args ...any) *Finding {
	f.all = append(f.all, Finding{
		Field: field, Pos: v.Pos, Span: v.Span, Policy: f.policy,
		Message: fmt.Sprintf(format, args...),
	})
	return &f.all[len(f.all)-1]
}

// Advice is what an adapter adds to a rule of all gateways, in its vendor's words.
type Advice struct {
	Rule       string // its name
	Why        string // one or more sentences that follow the rule's own; may be empty, as Fix may
	Fix        string
	References []string
}

// Subject is what a rule looks at: the policies of one API, in the gateway's order.
type Subject struct {
	Policies []*Policy
	Files    []*source.File // those that the policies come from, if they have comments for lint

	// App is the app registration of the API; nil where it is not known.
	App *entra.Registration

	// Again says that the policies are limited to another way past them than those of a subject
	// that was looked at: what rules find in entries is found.
	Again bool

	// Shared is what rules work out for each other, by subject. Only rules look into it.
	Shared map[any]any

	// Kept is what rules have worked out of other subjects; nil where nothing is kept. Only rules
	// look into it.
	Kept any
}

// Severity says how bad a finding is.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"   // it lets in what it must not, or lets nobody in
	Warning Severity = "warning" // probably a mistake, or one change away from an error
	Note    Severity = "note"    // worth knowing
)

// Rank orders severities, the worst first.
func (s Severity) Rank() int { return slices.Index([]Severity{Error, Warning, Note}, s) }

// Finding is something that a reader of the configuration should know.
type Finding struct {
	Rule     string
	Severity Severity
	Message  string // one or more sentences without a full stop at the end
	Pos      source.Position
	Span     source.Span // of what is wrong
	Field    string      // the configuration field; empty where there is none
	Value    string      // what is wrong in it; empty where no other rule looks at the same

	Policy *Policy // that it is about; nil where it is about none, or about the file
	Check  *Check  // of that policy; nil where it is about none
}

// IsSame reports whether another finding is the same rule's at the same place.
func (f *Finding) IsSame(other Finding) bool { return f.Rule == other.Rule && f.Pos == other.Pos }

// Problems are what the reader of files has found odd.
func Problems(files ...*source.File) []Finding {
	var all []Finding
	for _, file := range files {
		for _, p := range file.Problems {
			all = append(all, Finding{
				Rule: p.ID, Severity: Warning, Message: p.Message, Pos: p.Pos,
			})
		}
	}
	return all
}

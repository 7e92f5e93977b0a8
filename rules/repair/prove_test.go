package repair

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const own = "this environment's token"

// after is what a token gets after a repair; empty where it is not among those that were run.
func after(fixed *Fixed, name string) rules.Decision {
	for _, token := range fixed.Tokens {
		if token.Name == name {
			return token.After.Outcome
		}
	}
	return ""
}

func TestATokenIsNeverMadeFromTheValueThatTheRepairWrote(t *testing.T) {
	tests := []struct {
		name, policy string
		facts        rules.Facts
		own          rules.Decision // empty where it proves nothing
		unproved     []string
	}{
		{
			"the file alone has it, where no policy looked at it",
			`[{"audiens": "api://ours"}]`,
			rules.Facts{},
			"",
			[]string{
				own,
				"another client's app-only token for this API",
				"another tenant's token",
			},
		},
		{
			"a fact says it",
			`[{"audiens": "api://ours"}]`,
			rules.Facts{Audience: "api://ours"},
			rules.Accepted,
			nil,
		},
		{
			"the policy had it, and it was switched off",
			`[{"aud": "api://ours", "off": true}]`,
			rules.Facts{},
			rules.Accepted,
			nil,
		},
		{
			"the policy wanted it before",
			`[{"aud": "api://ours", "off": true}, {"aud": "api://ours"}]`,
			rules.Facts{},
			rules.Accepted,
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fixing()
			f.Facts = test.facts
			fixed, err := f.RemoveFindings(toy(t, test.policy), "")
			if err != nil {
				t.Fatal(err)
			}
			if !fixed.Changed() {
				t.Fatalf("nothing was repaired: %+v", fixed.Left)
			}
			if got := after(fixed, own); got != test.own {
				t.Errorf("this environment's token is %q, want %q", got, test.own)
			}
			var names []string
			for _, u := range fixed.Unproved {
				names = append(names, u.Tokens...)
				if u.Need.Input != source.NeedAudience || u.Why == "" {
					t.Errorf("%+v", u)
				}
			}
			if diff := cmp.Diff(test.unproved, names); diff != "" {
				t.Errorf("not proved:\n%s", diff)
			}
			if got := after(fixed, "another environment's token"); got != rules.Rejected {
				t.Errorf("another environment's token is %q", got)
			}
		})
	}
}

// What would lock this environment's own token out is no repair, and says so. What keeps it out as
// before is a part of one.
func TestWhatKeepsThisEnvironmentOutIsNoRepair(t *testing.T) {
	ours, theirs := asking("api://ours", ""), asking("api://theirs", "")
	tests := []struct {
		name, policy string
		facts        rules.Facts
		given        *rules.Request
		repaired     bool
		left         int
		keptOut      int
	}{
		{
			name: "a fact says otherwise", policy: `[{"audiens": "api://theirs"}]`,
			facts: rules.Facts{Audience: "api://ours"}, left: 1,
		},
		{
			name: "a fact says otherwise, of two policies", left: 2,
			policy: `[{"audiens": "api://theirs"}, {"aud": "api://theirs", "off": true}]`,
			facts:  rules.Facts{Audience: "api://ours"},
		},
		{
			name: "another fact than what was switched off", left: 1,
			policy: `[{"aud": "api://theirs", "off": true}]`,
			facts:  rules.Facts{Audience: "api://ours"},
		},
		{
			name: "an audience that no token has", policy: `[{"aud": "theirs", "off": true}]`,
			left: 1,
		},
		{
			name: "a token of this environment says otherwise", left: 1,
			policy: `[{"aud": "api://theirs", "off": true}]`, given: ours,
		},
		{
			name: "one of two API instances", repaired: true, left: 1,
			policy: `[{"api": "1", "aud": "api://theirs", "off": true}, ` +
				`{"api": "2", "aud": "api://ours", "off": true}]`,
			facts: rules.Facts{Audience: "api://ours"},
		},
		{
			name: "another policy kept it out before", repaired: true, keptOut: 1,
			policy: `[{"aud": "api://theirs"}, {"aud": "api://ours", "off": true}]`,
			facts:  rules.Facts{Audience: "api://ours"},
		},
		{
			name: "a token of it was kept out before", repaired: true, keptOut: 1,
			policy: `[{"aud": "api://ours"}, {"aud": "api://ours", "off": true}]`, given: theirs,
		},
		{
			name: "a token of it gets in", repaired: true,
			policy: `[{"aud": "api://ours", "off": true}]`, given: ours,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fixing()
			f.Facts = test.facts
			if test.given != nil {
				f.Given = []Given{{"uat.jwt", test.given}}
			}
			fixed, err := f.RemoveFindings(toy(t, test.policy), "")
			if err != nil {
				t.Fatal(err)
			}
			if fixed.Changed() != test.repaired || len(fixed.Left) != test.left ||
				len(fixed.KeptOut) != test.keptOut {
				t.Errorf("changed %v, left %+v, kept out %+v", fixed.Changed(), fixed.Left,
					fixed.KeptOut)
			}
			for _, left := range fixed.Left {
				if left.Verdict == nil || left.Verdict.Outcome != rules.Rejected {
					t.Errorf("%s: %s %+v", left.Rule, left.Why, left.Verdict)
				}
			}
		})
	}
}

// Whatever a change writes, no modelled token has it, unless somebody said it or a policy had it.
func TestNoModelledTokenHasWhatOnlyTheChangeSays(t *testing.T) {
	const written = "api://only-the-change-says-so"
	b := bench()
	before, changed := b.Compiled(
		toy(t, `[{"scope": "Ours"}]`),
	), b.Compiled(
		toy(t, `[{"scope": "Ours", "aud": "`+written+`"}]`),
	)
	w := &work{Fix: fixing()}
	own := w.modelledOwn(before.Policies, changed.Policies, nil)
	for _, m := range append(w.outsiders(before.Policies, changed.Policies, nil), own) {
		var requests []*rules.Request
		if m.request != nil {
			requests = append(requests, m.request)
		}
		for _, token := range m.tokens {
			requests = append(requests, m.is.Furthest(token).Token.Request(m.is))
		}
		for _, request := range requests {
			if claims := request.Token.Claims.JSON(); strings.Contains(claims, written) {
				t.Errorf("%s: %s", m.name, claims)
			}
		}
	}
}

func TestTheTokensOfTheOtherSideAreTold(t *testing.T) {
	f := fixing()
	f.Facts = rules.Facts{Audience: "api://ours"}
	fixed, err := f.RemoveFindings(
		toy(t, `[{"api": "1", "aud": "api://ours"}, {"api": "2", "scope": "Ours"}]`),
		"",
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range fixed.Tokens {
		if token.API != "2" || !token.Modelled {
			t.Errorf("a token of API %q, where only 2 was changed", token.API)
		}
	}
	got := map[string]rules.Decision{}
	for _, token := range fixed.Tokens {
		got[token.Name] = token.After.Outcome
	}
	want := map[string]rules.Decision{
		own: rules.Accepted, "another environment's token": rules.Rejected,
		"another client's app-only token for this API":      rules.Rejected,
		"another client's token of a user, for this API":    rules.Accepted,
		"another API's token with a scope of the same name": rules.Rejected,
		"another tenant's token":                            rules.Accepted,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestATokenThatWasGivenStandsForItsEnvironment(t *testing.T) {
	f := fixing()
	f.Facts = rules.Facts{Audience: "api://ours"}
	f.Given = []Given{
		{"uat.jwt", asking("api://ours", "")}, {"dev.jwt", asking("api://theirs", "")},
	}
	fixed, err := f.RemoveFindings(toy(t, `[{}]`), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(fixed.Tokens) != 2 || fixed.Tokens[1].Name != "dev.jwt" || fixed.Tokens[1].Modelled ||
		fixed.Tokens[1].After.Outcome != rules.Rejected {
		t.Errorf("%+v", fixed.Tokens)
	}
}

func TestWhatARepairLetsInThatWasKeptOutIsTold(t *testing.T) {
	for _, test := range []struct{ name, policy, class, ofTenant string }{
		{"of all requests", `[{"aud": "api://theirs"}]`, "", ""},
		{
			"of some, where others are kept out before and after, but not who names scopes",
			`[{"aud": "api://theirs"}, {"scope": "Never", "method": "POST"}]`, " (GET /)", "",
		},
		{
			"of some, where an audience keeps all others out before and after",
			`[{"aud": "api://theirs"}, {"aud": "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09",
				"off": false, "method": "POST"}]`, " (GET /)", " (GET /)",
		},
	} {
		f := fixing()
		f.Given = []Given{{"uat.jwt", asking("api://ours", "Ours")}}
		solution := gateway().Solutions()[0]
		fixed, err := f.Solve(toy(t, test.policy), &solution)
		if err != nil {
			t.Fatal(err)
		}
		var opened []string
		for _, o := range fixed.Opened {
			opened = append(opened, o.Name)
			if o.Before != rules.Rejected || o.After != rules.Accepted || o.Kept == "" {
				t.Errorf("%s: %+v", test.name, o)
			}
		}
		want := []string{
			"another client's app-only token for this API" + test.class,
			"another client's token of a user, for this API" + test.class,
			"another tenant's token" + test.ofTenant,
		}
		if diff := cmp.Diff(want, opened); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

func TestASolutionIsTakenBackThatKeepsThisEnvironmentOutOfSomeRequests(t *testing.T) {
	f := fixing()
	f.Given = []Given{{"uat.jwt", asking("api://ours", "Ours")}}
	b, before := bench(), toy(t, `[{"scope": "Ours"}]`)
	w := f.begin(before)
	locking := toy(t, `[{"scope": "Ours"}, {"scope": "Theirs", "method": "POST"}]`)
	after, err := b.apply(w.Before, rules.Change{Edited: locking, Policy: w.Before.Policies[0]})
	if err != nil {
		t.Fatal(err)
	}
	w.keep(after, "narrow-scope")
	w.proveSolution(&gateway().Solutions()[0])
	const want = "after it this environment's own token (POST /) would get"
	if w.Changed() || len(w.Left) != 1 || w.Left[0].Why != want {
		t.Errorf("changed %v, left %+v", w.Changed(), w.Left)
	}
}

func TestASolutionIsMadeAndProved(t *testing.T) {
	tests := []struct {
		name, policy, audience string
		given                  *rules.Request
		after                  string
		repaired               []string
		left                   []string
	}{
		{
			"from what is given", `[{"scope": ""}]`, "api://ours", nil,
			`[{"scope": "", "aud": "api://ours"}]`,
			[]string{"narrow-audience"},
			nil,
		},
		{
			"not without what it needs", `[{}]`, "", nil,
			`[{}]`, nil,
			[]string{"the file does not show what it needs"},
		},
		{
			"from a token", `[{"scope": ""}]`, "", asking("api://ours", ""),
			`[{"scope": "", "aud": "api://ours"}]`,
			[]string{"narrow-audience"},
			nil,
		},
		{
			"and taken back where this environment's token is rejected all the same",
			`[{"aud": "api://theirs", "scope": "Theirs"}]`, "", asking("api://ours", "Ours"),
			`[{"aud": "api://theirs", "scope": "Theirs"}]`, nil,
			[]string{"after it this environment's own token would get"},
		},
		{
			"nothing is to be done where both sides are right", `[{"aud": "api://ours"}]`,
			"api://ours", nil,
			`[{"aud": "api://ours"}]`, nil, nil,
		},
		{
			"and that this environment is kept out is told",
			`[{"aud": "api://ours", "scope": "Theirs"}]`, "", asking("api://ours", "Ours"),
			`[{"aud": "api://ours", "scope": "Theirs"}]`, nil,
			[]string{
				"no policy in this file can be changed like that, and this environment's own " +
					"token gets",
			},
		},
		{
			"nothing can be done where this environment is kept out",
			`[{"aud": "api://ours", "scope": "Theirs"}]`, "", asking("api://ours", ""),
			`[{"aud": "api://ours", "scope": "Theirs"}]`, nil,
			[]string{"the token carries no scope"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fixing()
			f.Facts.Audience = test.audience
			if test.given != nil {
				f.Given = []Given{{"given", test.given}}
			}
			solution := gateway().Solutions()[0]
			fixed, err := f.Solve(toy(t, test.policy), &solution)
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, l := range fixed.Left {
				why := l.Why
				if l.Rule != "" {
					why = l.Rule
				}
				left = append(left, why)
			}
			if diff := cmp.Diff(test.after, string(fixed.After.Files[0].Text)); diff != "" {
				t.Error(diff)
			}
			if !slices.Equal(test.repaired, fixed.Repaired) || !slices.Equal(test.left, left) {
				t.Errorf("repaired %v, left %v", fixed.Repaired, left)
			}
		})
	}
}

// What locks tokens out is an error of its own kind: others that are gone don't make up for it,
// since fewer get in just because of it.
func TestASolutionThatBringsALockIsTakenBackHoweverManyErrorsAreGone(t *testing.T) {
	t.Parallel()
	const before = `[{"scope": ""}]`
	for locks, after := range map[bool]string{
		true: before, false: `[{"scope": "", "aud": "api://ours"}]`,
	} {
		f := fixing()
		f.Facts.Audience = "api://ours"
		f.Locks = func(rule string) bool { return locks && rule == "nobody" }
		f.Lint = func(d *Draft) []rules.Finding {
			rule := "anybody"
			if len(d.Changes) > 0 {
				rule = "nobody"
			}
			return []rules.Finding{{Rule: rule, Severity: rules.Error}}
		}
		solution := gateway().Solutions()[0]
		fixed, err := f.Solve(toy(t, before), &solution)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(fixed.After.Files[0].Text); got != after {
			t.Errorf("locks %v: %s", locks, got)
		}
		taken := slices.ContainsFunc(fixed.Left, func(l Left) bool {
			return strings.HasPrefix(l.Why, "it would bring another error, nobody")
		})
		if taken != locks {
			t.Errorf("locks %v: left %+v", locks, fixed.Left)
		}
	}
}

func TestAConfigurationWithTooManyFindingsIsNotRepairedWithoutEnd(t *testing.T) {
	f := fixing()
	f.Lint = func(d *Draft) []rules.Finding {
		note := d.Policies[0].Entry.(*plate).text("note")
		finding := rules.Finding{
			Rule:     "endless",
			Severity: rules.Error,
			Policy:   d.Policies[0],
			Pos:      source.Position{File: "toy.json"},
		}
		return slices.Repeat([]rules.Finding{finding}, mostRepairs+1-len(note))
	}
	f.Adapter.Changes = func(c *rules.Configuration, goal rules.Goal) []rules.Change {
		note := goal.Finding.Policy.Entry.(*plate).text("note") + "x"
		return []rules.Change{set(c, goal.Finding.Policy, "endless", "note", note)}
	}
	_, err := f.RemoveFindings(toy(t, `[{"note": ""}]`), "endless")
	var many *TooMany
	if !errors.As(err, &many) || many.Most != mostRepairs {
		t.Errorf("%v", err)
	}
}

func TestAModelledTokenIsMadeForOneWayPastAPolicy(t *testing.T) {
	t.Parallel()
	wants := func(claim, text string) rules.Node {
		return rules.Node{Check: &rules.Check{Test: rules.Predicate{
			Op: rules.OneOf, Input: rules.Claim(claim), Values: rules.Literals(text),
		}}}
	}
	admin := wants("roles", "admin")
	root := rules.Node{All: []rules.Node{
		{Any: []rules.Node{wants("scp", "read"), wants("scp", "write")}}, {Not: &admin},
	}}
	var own ownToken
	own.learn([]*rules.Policy{{Root: root}}, func(string) bool { return true })
	if len(own.Scopes) != 1 || own.Scopes[0] != "read" || own.Roles != nil {
		t.Errorf("it has the scopes %q and the roles %q", own.Scopes, own.Roles)
	}
}

// That nothing was proposed is no proof: whoever says what this environment's token is like hears
// that it is kept out.
func TestWhereNothingIsToBeRepairedTheOwnTokenIsRunAllTheSame(t *testing.T) {
	const ours, theirs = `"aud": "api://ours"`, `"aud": "api://theirs"`
	tests := []struct {
		name, policy string
		facts        rules.Facts
		given        *rules.Request
		want         string // what the token gets; empty where nothing is left
	}{
		{"nobody says what it is like", `[{` + theirs + `}]`, rules.Facts{}, nil, ""},
		{"it gets in", `[{` + ours + `}]`, rules.Facts{Audience: "api://ours"}, nil, ""},
		{
			"its audience is another", `[{` + theirs + `}]`,
			rules.Facts{Audience: "api://ours"},
			nil, "this environment's token gets",
		},
		{
			"its scope is another", `[{` + ours + `, "scope": "Theirs"}]`,
			rules.Facts{Scope: "Ours"},
			nil, "this environment's token gets",
		},
		{
			"it is for one of several instances",
			`[{"api": "1", ` + theirs + `}, {"api": "2", ` + ours + `}]`,
			rules.Facts{Audience: "api://ours"},
			nil, "",
		},
		{
			"it is for none of them",
			`[{"api": "1", ` + theirs + `}, {"api": "2", ` + theirs + `}]`,
			rules.Facts{Audience: "api://ours"},
			nil, "this environment's token gets",
		},
		{
			"a token that was given stands for it", `[{` + theirs + `}]`,
			rules.Facts{},
			asking("api://ours", ""), "given.jwt gets",
		},
		{
			"and gets in", `[{` + theirs + `}]`,
			rules.Facts{Audience: "api://ours"},
			asking("api://theirs", ""), "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fixing()
			f.Facts = test.facts
			if test.given != nil {
				f.Given = []Given{{"given.jwt", test.given}}
			}
			fixed, err := f.RemoveFindings(toy(t, test.policy), "")
			if err != nil || fixed.Changed() {
				t.Fatalf("%v, %v", err, fixed.Repaired)
			}
			got := ""
			for _, left := range fixed.Left {
				got += left.Why
				if left.Rule != "" || left.Verdict.Outcome != rules.Rejected {
					t.Errorf("%+v", left)
				}
			}
			if want := test.want; want != "" && got != "there is no finding to repair, and "+
				""+want ||
				want == "" && got != "" {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

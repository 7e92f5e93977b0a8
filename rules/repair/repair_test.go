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

func TestARemedyIsProvedOnBothSides(t *testing.T) {
	tests := []struct {
		name, policy  string
		own, other    *rules.Request
		want, refused []string
	}{
		{
			"what lets a request in is kept",
			`[{"aud": "api://theirs"}]`,
			asking("api://ours", ""),
			nil,
			[]string{"set-audience"},
			nil,
		},
		{
			"one change that leaves it out is not",
			`[{"aud": "api://theirs", "scope": "Theirs"}]`,
			asking("api://ours", ""),
			nil,
			nil,
			nil,
		},
		{
			"two that let it in together are one",
			`[{"aud": "api://theirs", "scope": "Theirs"}]`,
			asking("api://ours", "Ours"),
			nil,
			[]string{"set-audience+set-scope"},
			nil,
		},
		{
			"of two policies, too",
			`[{"aud": "api://theirs"}, {"aud": "api://others"}]`,
			asking("api://ours", ""),
			nil,
			[]string{"set-audience+set-audience"},
			nil,
		},
		{
			"but not where the other side gets in with them",
			`[{"aud": "api://theirs"}, {"aud": "api://others"}]`,
			asking("api://ours", ""),
			asking("api://ours", ""),
			nil,
			nil,
		},
		{
			"nor one that lets the other side in",
			`[{"aud": "api://theirs"}]`,
			asking("api://ours", ""),
			asking("api://ours", ""),
			nil,
			nil,
		},
		{
			"what narrows is kept where the other side is out",
			`[{"aud": "api://ours"}]`,
			asking("api://ours", "Ours"),
			asking("api://ours", "Theirs"),
			[]string{"narrow-scope"},
			nil,
		},
		{
			"and is not where it still gets in",
			`[{"aud": "api://ours"}]`,
			asking("api://ours", "Ours"),
			asking("api://ours", "Ours"),
			nil,
			nil,
		},
		{
			"what is refused is told",
			`[{"scope": "Ours"}]`,
			asking("api://ours", ""),
			nil,
			nil,
			[]string{"the token carries no scope"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := bench()
			remedies, refused := b.Remedies(
				b.Compiled(toy(t, test.policy)),
				&Sides{Own: test.own, Other: test.other},
			)
			var got, why []string
			for _, r := range remedies {
				got = append(got, r.ID)
				if r.After.Outcome != rules.Accepted || (r.Other != nil) != (test.other != nil) {
					t.Errorf("%s: %v, %v", r.ID, r.After.Outcome, r.Other)
				}
			}
			for _, c := range refused {
				why = append(why, c.Refused)
			}
			want := [][]string{test.want, test.refused}
			if diff := cmp.Diff(want, [][]string{got, why}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A short screen names few of the changes, and the others need not be made.
func TestOnlyWantedChangesAreTried(t *testing.T) {
	t.Parallel()
	b := bench()
	own := asking("api://ours", "Ours")
	for wanted, want := range map[string]int{"narrow-scope": 1, "another": 0} {
		remedies, _ := b.Remedies(b.Compiled(toy(t, `[{"aud": "api://ours"}]`)), &Sides{
			Own: own, Wanted: func(id string) bool { return id == wanted },
		})
		if len(remedies) != want {
			t.Errorf("%s: %d changes, want %d", wanted, len(remedies), want)
		}
	}
}

// wrong counts, of these requests, those that get in.
func wrong(outsiders ...*rules.Request) func(*Draft) Score {
	return func(d *Draft) Score {
		var s Score
		for _, r := range outsiders {
			if v := rules.Evaluate(d.Policies, r); v.Outcome == rules.Accepted {
				s.Wrong++
			}
		}
		return s
	}
}

func TestTheSmallestSetOfChangesIsFound(t *testing.T) {
	ours, otherAPI, otherScope := asking(
		"api://ours",
		"Ours",
	), asking(
		"api://theirs",
		"Ours",
	), asking(
		"api://ours",
		"Theirs",
	)
	tests := []struct {
		name, policy string
		outsiders    []*rules.Request
		singles      int
		want         []string
	}{
		{
			"nothing, where nothing is wrong",
			`[{"aud": "api://ours", "scope": "Ours"}]`,
			[]*rules.Request{otherAPI},
			0,
			nil,
		},
		{
			"one change, where it is enough",
			`[{"note": "-"}]`,
			[]*rules.Request{otherAPI},
			1,
			[]string{"narrow-audience"},
		},
		{
			"two, where each closes one hole",
			`[{"note": "-"}]`,
			[]*rules.Request{otherAPI, otherScope},
			2,
			[]string{"narrow-audience", "narrow-scope"},
		},
		{
			"of two policies, in either",
			`[{"aud": "api://ours"}, {"note": "-"}]`,
			[]*rules.Request{otherScope},
			2,
			[]string{"narrow-scope"},
		},
		{
			"as far as it goes, where no set is enough",
			`[{"note": "-"}]`,
			[]*rules.Request{otherAPI, ours},
			1,
			[]string{"narrow-audience"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tried := map[string]int{}
			score := wrong(test.outsiders...)
			s := Search{
				Bench: bench(),
				Own:   []*rules.Request{ours, ours},
				Score: func(d *Draft) Score {
					tried[d.texts()]++
					return score(d)
				},
			}
			found := s.Smallest(s.Compiled(toy(t, test.policy)))
			var got []string
			for _, change := range found.Best.Changes {
				got = append(got, change.ID)
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" ||
				found.Better() != (test.want != nil) {
				t.Errorf("better: %v\n%s", found.Better(), diff)
			}
			if len(found.Singles) != test.singles {
				t.Errorf("%d single changes help, want %d", len(found.Singles), test.singles)
			}
			for text, times := range tried {
				if times > 1 {
					t.Errorf("scored %d times:\n%s", times, text)
				}
			}
			if v := rules.Evaluate(found.Best.Policies, ours); v.Outcome != rules.Accepted {
				t.Errorf("what belongs here is %s", v.Outcome)
			}
		})
	}
}

// Each policy that rejects a request has to be changed: no order of these changes is better than
// another, and more of them than the search is deep are not tried.
func TestPoliciesThatRejectAreChangedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policies, scored, wrong int
	}{{1, 2, 0}, {3, 4, 0}, {deepest + 1, 1, 1}} {
		ours, scored := asking("api://ours", ""), 0
		s := Search{
			Bench: bench(), Own: []*rules.Request{ours},
			Score: func(d *Draft) Score {
				scored++
				if v := rules.Evaluate(d.Policies, ours); v.Outcome == rules.Rejected {
					return Score{Wrong: 1}
				}
				return Score{}
			},
		}
		text := "[" + strings.Repeat(`{"aud": "api://theirs"}, `, test.policies-1) +
			`{"aud": "api://theirs"}]`
		found := s.Smallest(s.Compiled(toy(t, text)))
		if found.Best.Score.Wrong != test.wrong || scored != test.scored {
			t.Errorf("%d policies: %d drafts, and then %d is wrong", test.policies, scored,
				found.Best.Score.Wrong)
		}
	}
}

func TestASearchThatIsCutSaysSo(t *testing.T) {
	ours, other := asking("api://ours", "Ours"), asking("api://ours", "Theirs")
	const one = `{"aud": "api://ours"},`
	many := strings.Repeat(one, MostCompiled)
	for _, test := range []struct {
		name, policy string
		most         int // drafts that can be scored, beside the first
		cut, better  bool
	}{
		{"where all was tried", `[{"note": "-"}]`, 100, false, true},
		{"where no draft can be scored", `[{"note": "-"}]`, 0, true, false},
		{"where what there is can't be scored", `[{"note": "-"}]`, -1, true, false},
		{
			"where one request has very many changes, each of which is enough",
			"[" + many[:300*len(one)] + `{"aud": "api://ours"}]`, 1000, false, true,
		},
		{
			"where too much is compiled",
			"[" + many + `{"aud": "api://ours"}]`, 100, true, false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			score, scored := wrong(other), -1
			s := Search{
				Bench: bench(), Own: []*rules.Request{ours},
				Score: func(d *Draft) Score { scored++; return score(d) },
				Most:  MostCompiled, Beyond: func() bool { return scored > test.most },
			}
			found := s.Smallest(s.Compiled(toy(t, test.policy)))
			if found.Cut != test.cut || found.Better() != test.better {
				t.Errorf("cut: %v, better: %v", found.Cut, found.Better())
			}
		})
	}
}

func TestFindingsAreRepairedAndWhatIsLeftSaysWhy(t *testing.T) {
	tests := []struct {
		name, policy, rule string
		audience           string
		after              string
		repaired           []string
		left               []string
	}{
		{
			"without a rule, errors and warnings",
			`[{"off": true, "aud": "api://a", "scope": "s"}]`, "", "",
			`[{"off": false, "aud": "api://a", "scope": "s"}]`,
			[]string{"switched-off"},
			nil,
		},
		{
			"each policy by itself", `[{"api": "1"}, {"api": "2"}]`, "", "api://ours",
			`[{"api": "1", "aud": "api://ours"}, {"api": "2", "aud": "api://ours"}]`,
			[]string{"no-audience", "no-audience"},
			nil,
		},
		{
			"what is refused is left in each, once",
			`[{"note": "", "api": "1"}, {"note": "", "api": "2"}]`, "", "",
			`[{"note": "", "api": "1"}, {"note": "", "api": "2"}]`, nil,
			[]string{
				"no-audience: the file does not say the audience",
				"no-audience: the file does not say the audience",
			},
		},
		{
			"what is refused before a change is not tried again after it",
			`[{"api": "1"}, {"api": "2", "off": true, "aud": "api://a"}]`, "", "",
			`[{"api": "1"}, {"api": "2", "off": false, "aud": "api://a"}]`,
			[]string{"switched-off"},
			[]string{"no-audience: the file does not say the audience"},
		},
		{
			"of one rule, a note too, and not what brings another finding", `[{"aud": "a"}]`,
			"no-scope", "",
			`[{"aud": "a"}]`, nil,
			[]string{
				"no-scope: the change that was tried brings another finding, any-scope: any-scope",
			},
		},
		{
			"not what leaves the finding", `[{"aud": "a", "note": "x"}]`, "", "",
			`[{"aud": "a", "note": "x"}]`, nil,
			[]string{"stubborn: the change that was tried does not remove it"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fixing()
			f.Facts.Audience = test.audience
			fixed, err := f.RemoveFindings(toy(t, test.policy), test.rule)
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, l := range fixed.Left {
				left = append(left, l.Rule+": "+l.Why)
			}
			if diff := cmp.Diff(test.after, string(fixed.After.Files[0].Text)); diff != "" {
				t.Error(diff)
			}
			want, got := [][]string{test.repaired, test.left}, [][]string{fixed.Repaired, left}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if fixed.Changed() != (len(test.repaired) > 0) ||
				len(fixed.After.Fields()) != len(test.repaired) {
				t.Errorf("changed: %v, %v", fixed.Changed(), fixed.After.Fields())
			}
		})
	}
}

func TestWhatIsRefusedSaysWhatIsNeeded(t *testing.T) {
	fixed, err := fixing().RemoveFindings(toy(t, `[{}]`), "no-audience")
	if err != nil {
		t.Fatal(err)
	}
	want := []source.Need{{Input: source.NeedAudience}}
	if len(fixed.Left) != 1 || !slices.Equal(fixed.Left[0].Needs, want) {
		t.Errorf("%+v", fixed.Left)
	}
}

func TestFindingsAboutNoPolicyAreToldApart(t *testing.T) {
	f := fixing()
	f.Lint = func(d *Draft) []rules.Finding {
		stray := rules.Finding{
			Rule:     "stray",
			Severity: rules.Warning,
			Pos:      source.Position{File: "toy.json", Line: 1, Column: 1},
		}
		other := stray
		other.Pos.Column = 2
		return []rules.Finding{stray, other}
	}
	fixed, err := f.RemoveFindings(toy(t, `[{}]`), "")
	if err != nil || len(fixed.Left) != 2 {
		t.Errorf("%v: %+v", err, fixed.Left)
	}
}

// Each change is made and linted again: that ends where it takes more looks than one run takes,
// also in the midst of changes that are made together.
func TestARepairEndsWhereTooMuchWasLookedAt(t *testing.T) {
	t.Parallel()
	beyond := errors.New("more than one run looks at")
	for left := range 2 {
		f := fixing()
		f.Facts = rules.Facts{Audience: "api://ours"}
		f.Beyond = func(int, int) error {
			if left--; left < 0 {
				return beyond
			}
			return nil
		}
		_, err := f.RemoveFindings(
			toy(t, `[{"api": "1", "scope": "Ours"}, {"api": "2", "scope": "Ours"}, `+
				`{"api": "3", "scope": "Ours"}]`), "",
		)
		if !errors.Is(err, beyond) {
			t.Errorf("%v", err)
		}
	}
}

// What lint and explain would refuse to read is no repair.
func TestAChangeAfterWhichThereIsTooMuchToLookAtIsRefused(t *testing.T) {
	t.Parallel()
	const why = "gatewhy could not read the file after it: toy.json: one API instance " +
		"has 1001 policies"
	f, before := fixing(), toy(t, `[{}]`)
	f.Adapter.Changes = func(c *rules.Configuration, _ rules.Goal) []rules.Change {
		return []rules.Change{{
			ID: "set-audience", Title: "grow", Policy: f.Compiled(c).Policies[0],
			Edited: toy(t, "["+strings.Repeat("{}, ", 1000)+"{}]"),
		}}
	}
	fixed, err := f.RemoveFindings(before, "")
	if err != nil || fixed.Changed() || len(fixed.Left) == 0 ||
		!strings.HasPrefix(fixed.Left[0].Why, why) {
		t.Errorf("%v: %+v", err, fixed)
	}
	f.Given = []Given{{"uat.jwt", asking("api://ours", "Ours")}}
	solved, err := f.Solve(before, &gateway().Solutions()[0])
	if err != nil || solved.Changed() || len(solved.Left) == 0 ||
		!strings.HasPrefix(solved.Left[0].Why, why) {
		t.Errorf("%v: %+v", err, solved)
	}
}

func TestASolutionEndsWhereTooMuchWasLookedAt(t *testing.T) {
	t.Parallel()
	const policies = `[{"aud": "api://theirs"}, {"aud": "api://others", "method": "POST"}]`
	beyond, looked := errors.New("more than one run looks at"), 0
	f, solution := fixing(), gateway().Solutions()[0]
	f.Given = []Given{{"uat.jwt", asking("api://ours", "Ours")}}
	f.Look = func(conditions int) { looked += conditions }
	f.Beyond = func(int, int) error { return nil }
	if _, err := f.Solve(toy(t, policies), &solution); err != nil || looked == 0 {
		t.Fatalf("%d conditions, %v", looked, err)
	}
	f.Beyond = func(int, int) error {
		if looked > 0 {
			return beyond
		}
		return nil
	}
	if _, err := f.Solve(toy(t, policies), &solution); !errors.Is(err, beyond) {
		t.Errorf("%v", err)
	}
}

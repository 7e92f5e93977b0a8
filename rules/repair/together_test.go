package repair

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/rules"
)

// plates are so many policies, with what each of them has.
func plates(n int, one func(i int) string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = one(i)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func TestChangesThatDoNotDependOnEachOtherAreMadeAtOnce(t *testing.T) {
	const many = 64
	off := func(state bool) func(i int) string {
		return func(i int) string {
			return fmt.Sprintf(`{"api": "%d", "off": %v, "aud": "api://ours"}`, i, state)
		}
	}
	ofOneAPI := func(state bool) func(i int) string {
		return func(i int) string {
			return fmt.Sprintf(`{"off": %v, "aud": "api://ours", "nr": %d}`, state, i)
		}
	}
	oneStubborn := func(state bool) func(i int) string {
		return func(i int) string {
			if i == many/2 {
				return `{"aud": "api://ours", "note": "x"}`
			}
			return ofOneAPI(state)(i)
		}
	}
	twice := func(state bool, audience string) func(i int) string {
		return func(i int) string {
			return fmt.Sprintf(`{"api": "%d", "off": %v%s}`, i, state, audience)
		}
	}
	tests := []struct {
		name          string
		before, after func(i int) string
		repaired      int
		linted        int // at most
	}{
		{"each of another API instance", off(true), off(false), many, 2},
		{
			"all of one API instance: for each two, one without the other",
			ofOneAPI(true), ofOneAPI(false), many, 2 + 6,
		},
		{
			"those of one policy in turn",
			twice(true, ""), twice(false, `, "aud": "api://ours"`), 2 * many, 3,
		},
		{
			"one that does not prove itself is left",
			oneStubborn(true), oneStubborn(false), many - 1, 50,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, linted := fixing(), 0
			f.Facts.Audience = "api://ours"
			f.Lint = func(d *Draft) []rules.Finding {
				linted++
				return lintPlates(d)
			}
			fixed, err := f.RemoveFindings(toy(t, plates(many, test.before)), "")
			if err != nil {
				t.Fatal(err)
			}
			want := plates(many, test.after)
			if diff := cmp.Diff(want, string(fixed.After.Files[0].Text)); diff != "" {
				t.Error(diff)
			}
			if len(fixed.Repaired) != test.repaired || len(fixed.After.Changes) != test.repaired {
				t.Errorf("%d repaired by %d changes, want %d", len(fixed.Repaired),
					len(fixed.After.Changes), test.repaired)
			}
			if linted > test.linted {
				t.Errorf("linted %d times, want %d at most", linted, test.linted)
			}
		})
	}
}

// What one change removes needs no other, though both together would prove themselves too.
func TestAChangeThatAnotherMakesNeedlessIsNotMadeWithIt(t *testing.T) {
	f := fixing()
	f.Facts.Audience = "api://ours"
	f.Lint = func(d *Draft) []rules.Finding {
		found := lintPlates(d)
		checked := slices.ContainsFunc(d.Policies, func(p *rules.Policy) bool {
			return p.Entry.(*plate).text("aud") != ""
		})
		return slices.DeleteFunc(found, func(f rules.Finding) bool {
			return f.Rule == "no-audience" && checked
		})
	}
	fixed, err := f.RemoveFindings(toy(t, `[{"note": ""}, {"note": ""}, {"note": ""}]`), "")
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"note": "", "aud": "api://ours"}, {"note": ""}, {"note": ""}]`
	if diff := cmp.Diff(want, string(fixed.After.Files[0].Text)); diff != "" {
		t.Error(diff)
	}
}

// An error is worth a repair that leaves a warning in its place, if no other repair is known.
func TestAnErrorMayBecomeAWarning(t *testing.T) {
	for severity, repaired := range map[rules.Severity]int{rules.Warning: 1, rules.Error: 0} {
		f := fixing()
		f.Facts.Audience = "api://ours"
		f.Lint = func(d *Draft) []rules.Finding {
			found := lintPlates(d)
			if p := d.Policies[0]; p.Entry.(*plate).text("aud") != "" {
				found = append(found, rules.Finding{
					Rule: "half", Severity: severity, Policy: p, Pos: p.Pos,
				})
			}
			return found
		}
		fixed, err := f.RemoveFindings(toy(t, `[{"api": "1"}]`), "")
		if err != nil {
			t.Fatal(err)
		}
		if len(fixed.Repaired) != repaired || len(fixed.Left) != 1 {
			t.Errorf("%s: %v, left %+v", severity, fixed.Repaired, fixed.Left)
		}
	}
}

// What a change brings in an API instance that it is not of is not kept, however many are made at
// once, and whether or not there is a change of that API instance too.
func TestWhatBringsAFindingElsewhereIsNotMadeAtOnce(t *testing.T) {
	for _, switchedOff := range []int{3, 4} {
		f := fixing()
		f.Facts.Audience = "api://ours"
		f.Lint = func(d *Draft) []rules.Finding {
			found := lintPlates(d)
			last := d.Policies[len(d.Policies)-1]
			if off, _ := d.Policies[0].Entry.(*plate).at.Member("off").Bool(); !off {
				found = append(found, rules.Finding{
					Rule: "elsewhere", Severity: rules.Error, Policy: last, Pos: last.Pos,
				})
			}
			return found
		}
		one := func(i int) string {
			return fmt.Sprintf(`{"api": "%d", "off": %v, "aud": "api://ours"}`, i, i < switchedOff)
		}
		fixed, err := f.RemoveFindings(toy(t, plates(4, one)), "")
		if err != nil {
			t.Fatal(err)
		}
		if len(fixed.Repaired) != switchedOff-1 || len(fixed.Left) != 1 ||
			fixed.Left[0].Why != "the change that was tried brings another finding, elsewhere: " {
			t.Errorf("%d: %v, %+v", switchedOff, fixed.Repaired, fixed.Left)
		}
	}
}

// A repair that is made alone looks at all policies again.
func TestRepairsThatHaveToBeMadeOneByOneHaveALimit(t *testing.T) {
	for stubborn, want := range map[int]string{
		4: "",
		5: "there are 5 findings to repair, which have to be repaired one by one, in 1501 " +
			"policies, and no more than 6000, one times the other, are looked at",
	} {
		f := fixing()
		f.Facts.Audience = "api://ours"
		one := func(i int) string {
			if i < stubborn {
				return `{"aud": "api://ours", "note": "x"}`
			}
			return `{"off": false, "aud": "api://ours"}`
		}
		_, err := f.RemoveFindings(toy(t, plates(1501, one)), "")
		if got := fmt.Sprint(err); got != want && (want != "" || err != nil) {
			t.Errorf("%d findings: %s, want %q", stubborn, got, want)
		}
	}
}

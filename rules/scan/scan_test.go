package scan

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatewhy/gatewhy/rules"
)

// Summaries of parts add up to the summary of the whole, wherever it is cut, with fewer values
// than are counted one by one and with more.
func TestSummariesOfPartsAddUp(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 16))
	causes := []Cause{
		{Outcome: rules.Accepted, Status: 200},
		{Outcome: rules.Rejected, Status: 401, Decided: rules.Audience},
		{Outcome: rules.Rejected, Status: 401, Decided: rules.Audience, Earlier: rules.Signature},
		{Outcome: rules.Undetermined, Decided: rules.CustomClaim, Claim: "tid"},
	}
	for _, values := range []int{
		1, 50, MostValues - 1, MostValues, MostValues + 1, 3 * MostValues,
	} {
		var whole Summary
		parts := make([]Summary, 1+random.IntN(5))
		one := func(r Result) {
			whole.Add(r, 1)
			parts[random.IntN(len(parts))].Add(r, 1)
		}
		for i := range values { // each at least once
			one(Result{causes[i%len(causes)], fmt.Sprint("client ", i), fmt.Sprint("api ", i%77)})
		}
		for range 1000 {
			one(Result{
				causes[random.IntN(len(causes))], fmt.Sprint("client ", random.IntN(values)), "",
			})
		}
		var merged Summary
		for _, i := range random.Perm(len(parts)) {
			merged.Merge(&parts[i])
		}
		if merged.ClientsOver != (values > MostValues) {
			t.Errorf("%d clients: more than are counted: %v", values, merged.ClientsOver)
		}
		if diff := cmp.Diff(whole, merged, cmpopts.IgnoreUnexported(Summary{})); diff != "" {
			t.Errorf("%d values in %d parts: %.2000s", values, len(parts), diff)
		}
	}
}

func TestMergingAnEmptySummaryChangesNothing(t *testing.T) {
	t.Parallel()
	full := Summary{Lines: 3, Without: 1, Unreadable: 1}
	full.Add(Result{Cause{Outcome: rules.Accepted, Status: 200}, "c", "a"}, 1)
	var merged Summary
	merged.Merge(&Summary{})
	merged.Merge(&full)
	merged.Merge(&Summary{})
	if diff := cmp.Diff(full, merged, cmpopts.IgnoreUnexported(Summary{})); diff != "" {
		t.Error(diff)
	}
}

func TestAComparisonTellsWhoIsLockedOutAndWhoIsLetIn(t *testing.T) {
	t.Parallel()
	in := Cause{Outcome: rules.Accepted, Status: 200}
	out := Cause{Outcome: rules.Rejected, Status: 401, Decided: rules.Audience}
	open := Cause{Outcome: rules.Undetermined, Decided: rules.Contract}
	var c Comparison
	for _, pair := range [][2]Cause{
		{in, in}, {in, out}, {out, in}, {out, out}, {in, open}, {open, open},
	} {
		c.Add(Result{pair[0], "c", "a"}, Result{pair[1], "c", "a"}, 1)
	}
	if n := c.LockedOut.Tokens(); n != 1 || c.LockedOut.Groups[out] == nil {
		t.Errorf("locked out: %d %v", n, c.LockedOut.Groups)
	}
	if n := c.LetIn.Tokens(); n != 1 || c.LetIn.Groups[out] == nil {
		t.Errorf("let in: %d %v", n, c.LetIn.Groups)
	}
	if n := c.Unclear.Tokens(); n != 2 || c.Before.Tokens() != 6 || c.After.Tokens() != 6 {
		t.Errorf("unclear %d, before %d, after %d", n, c.Before.Tokens(), c.After.Tokens())
	}
}

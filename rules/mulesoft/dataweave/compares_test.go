package dataweave

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatAnExpressionComparesAClaimWith(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		ok         bool
	}{
		{"a claim that is the result is compared with nothing", `vars.claimSet.azp`, nil, true},
		{"or the other, whichever is there", `vars.claimSet.azp default vars.claimSet.appid`, nil, true},
		{"or the one that another claim says", `if (vars.claimSet.ver == '2.0') vars.claimSet.azp else vars.claimSet.appid`, nil, true},
		{"a text on either side", `vars.claimSet.azp == 'one' or 'two' != vars.claimSet.appid`, []string{"one", "two"}, true},
		{"a list of texts", `['one', 'two'] contains vars.claimSet.azp`, []string{"one", "two"}, true},
		{"one of the claims, whichever is there", `(vars.claimSet.azp default vars.claimSet.appid) == 'one'`, []string{"one"}, true},
		{"beside what is made of other claims", `vars.claimSet.azp == 'one' and (vars.claimSet.roles contains 'r')`, []string{"one"}, true},
		{"no such claim", `vars.claimSet.roles contains 'r'`, nil, true},
		{"the other place where claims are", `authentication.properties.claims.azp == 'one'`, []string{"one"}, true},
		{"another claim may hold the same", `vars.claimSet.azp == vars.claimSet.sub`, nil, false},
		{"order is more than sameness", `vars.claimSet.azp < 'one'`, nil, false},
		{"a part of the text", `vars.claimSet.azp contains 'one'`, nil, false},
		{"another text that it is a part of", `'one two' contains vars.claimSet.azp`, nil, false},
		{"a function's result", `lower(vars.claimSet.azp) == 'one'`, nil, false},
		{"a longer text", `(vars.claimSet.azp ++ '') == 'one'`, nil, false},
		{"a list with it", `[vars.claimSet.azp] == ['one']`, nil, false},
		{"a member of it", `vars.claimSet.azp.x == 'one'`, nil, false},
		{"the whole set of claims", `sizeOf(vars.claimSet) > 3`, nil, false},
		{"a condition", `if (vars.claimSet.azp) 'one' else 'two'`, nil, false},
		{"what is not known", `vars.claimSet.azp as Number == 1`, nil, false},
	}
	for _, test := range tests {
		expr, err := Parse(test.text, Mule)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		texts, ok := expr.Compares("appid", "azp")
		if ok != test.ok {
			t.Errorf("%s: %s: ok is %t", test.name, test.text, ok)
		} else if diff := cmp.Diff(test.want, texts); ok && diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", test.name, test.text, diff)
		}
	}
}

package issued

import (
	"regexp"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

// principal is a client's registration with its service principal.
func principal(appID, object string) string {
	return app(appID, "") + `,{"id":"` + object + `","appId":"` + appID +
		`","servicePrincipalType":"Application"}`
}

// TestAnObjectIDThatNoFileShowsHasRowsOfItsOwn holds who gets past a list of object ids: UAT's
// client, DEV's clients where files show their ids and where they don't, a stranger, and whoever
// has an id that no file shows ("-" stands for no such rows).
func TestAnObjectIDThatNoFileShowsHasRowsOfItsOwn(t *testing.T) {
	t.Parallel()
	const (
		ours    = "0b1ec700-0000-4000-8000-00000000aa01"
		theirs  = "0b1ec700-0000-4000-8000-00000000dd01"
		apis    = "a0b1ec70-0000-4000-8000-000000000002"
		nobodys = "e0b1ec70-0000-4000-8000-000000000001"
		made    = "QkM3pairwiseSubjectOfAUser"
	)
	oneOf := func(claim string, ids ...string) rules.Predicate {
		return rules.Predicate{
			Op: rules.OneOf, Input: rules.Claim(claim), Values: rules.Literals(ids...),
		}
	}
	both := func(of ...rules.Predicate) rules.Predicate {
		return rules.Predicate{Op: rules.And, Of: of}
	}
	either := func(of ...rules.Predicate) rules.Predicate {
		return rules.Predicate{Op: rules.Or, Of: of}
	}
	not := func(p rules.Predicate) rules.Predicate {
		return rules.Predicate{Op: rules.Not, Of: []rules.Predicate{p}}
	}
	like := func(claim, pattern string) rules.Predicate {
		whole, err := rules.WholePattern(pattern)
		if err != nil {
			t.Fatal(err)
		}
		return rules.Predicate{
			Op: rules.Matches, Input: rules.Claim(claim),
			Texts: &rules.Texts{Patterns: []*regexp.Regexp{whole}},
		}
	}
	starts := func(claim, text string) rules.Predicate {
		return rules.Predicate{
			Op: rules.Prefix, Input: rules.Claim(claim), Values: rules.Literals(text),
		}
	}
	for name, row := range map[string]struct {
		test rules.Predicate
		want string // uat's client, dev's, dev's without its principal, a stranger, the new row
	}{
		"its own client's":            {equals("oid", ours), "✓ · · · -"},
		"its own client's in sub":     {equals("sub", ours), "✓ · · · -"},
		"another environment's":       {equals("oid", theirs), "· ✓ ? · -"},
		"a list of both":              {oneOf("oid", ours, theirs), "✓ ✓ ? · -"},
		"one that no file shows":      {equals("oid", nobodys), "· · ? · ?"},
		"the same in sub":             {equals("sub", nobodys), "· · ? · ?"},
		"a list with it":              {oneOf("oid", ours, nobodys), "✓ · ? · ?"},
		"a list in sub with it":       {oneOf("sub", nobodys, ours), "✓ · ? · ?"},
		"what sub is of a user":       {equals("sub", made), "· · ? · ?"},
		"a beginning of its own":      {starts("oid", ours[:30]), "✓ ✓ · · -"},
		"a beginning of nobody's":     {starts("oid", nobodys[:8]), "· · ? · ?"},
		"a pattern of its own":        {like("oid", "^"+ours+"$"), "✓ · · · -"},
		"a pattern of two":            {like("oid", "^("+ours+"|"+nobodys+")$"), "✓ · ? · ?"},
		"in capitals":                 {equals("oid", strings.ToUpper(nobodys)), "· · ? · ?"},
		"what is no object id":        {equals("oid", "abe@example.com"), "· · · · -"},
		"any":                         {rules.Has(rules.Claim("oid")), "✓ ✓ ✓ ✓ -"},
		"any but another's":           {not(equals("oid", theirs)), "✓ ✓ ? ✓ -"},
		"any but one that is unknown": {not(equals("oid", nobodys)), "✓ ✓ ? ✓ ?"},
		"with the client's id": {
			both(equals("oid", ours), equals("appid", webUAT)), "✓ · · · -",
		},
		"or the client's id": {
			either(equals("oid", nobodys), equals("appid", webUAT)), "✓ · ? · ?",
		},
		"in both claims": {
			both(equals("oid", ours), equals("sub", ours)), "✓ · · · -",
		},
		"two that exclude each other": {
			both(equals("oid", ours), equals("sub", theirs)), "· · ? · -",
		},
		"another claim": {equals("roles", nobodys), "· · · · -"},
	} {
		// what a client has without a user: of users no file shows an object id
		test := both(row.test, not(rules.Has(rules.Claim("scp"))))
		got := []string{}
		for _, dev := range []parts{
			{Dev: principal(apiDev, apis[:35]+"1"), DevClients: principal(webDev, theirs)},
			{Dev: app(apiDev, ""), DevClients: app(webDev, "")},
		} {
			dev.UAT, dev.UATClients = principal(apiUAT, apis), principal(webUAT, ours)
			w := worldOf(t, dev)
			w.Places[1].Policies = policyOf(asks(rules.CustomClaim, test))
			kinds := w.Kinds()
			run := NewClasses(kinds).Run(NewView(w.Places[1].Policies, nil))
			got = append(got, outcomes(
				run, kinds, "uat/app", "dev/for-uat-app", "stranger/for-uat-app",
				"unknown-object/for-uat-app",
			))
		}
		shown, unshown := strings.Fields(got[0]), strings.Fields(got[1])
		all := strings.Join(
			[]string{shown[0], shown[1], unshown[1], shown[2], shown[3]}, " ",
		)
		if all != row.want {
			t.Errorf("%s: %s, want %s", name, all, row.want)
		}
	}
}

// TestATextThatIsMadeWithAnObjectIDMayHoldOneThatNoFileShows holds expressions that compare oid,
// or make something else of it.
func TestATextThatIsMadeWithAnObjectIDMayHoldOneThatNoFileShows(t *testing.T) {
	t.Parallel()
	const id = "e0b1ec70-0000-4000-8000-000000000001"
	for _, row := range []struct {
		text string
		only bool
		want string
	}{
		{"vars.claimSet.oid == '" + id + "'", true, id},
		{"vars.claimSet.oid == 'x" + id + "'", true, ""},
		{"('x' ++ vars.claimSet.oid) == 'x" + id + "'", false, "x" + id},
		{"lower(vars.claimSet.oid) == '" + id + "'", false, id},
		{"sizeOf(vars.claimSet.oid) == 36", false, ""},
	} {
		asked := askedBy(policyOf(asks(rules.CustomClaim, rules.Predicate{
			Op: rules.True, Input: rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{
				Text: row.text, Reads: []rules.Input{rules.Claim("oid")},
				Compares: func(...string) ([]string, bool) { return nil, row.only },
			}},
		})))
		o := &objects{shown: map[string]bool{}}
		if got := o.unshown(asked); got != row.want {
			t.Errorf("%s asks for %q, want %q", row.text, got, row.want)
		}
	}
}

// TestAUserHasAnObjectIDThatNoFileShows holds the same of users: an environment's own, a
// stranger's, and whoever has the id.
func TestAUserHasAnObjectIDThatNoFileShows(t *testing.T) {
	t.Parallel()
	const ours, nobodys = "0b1ec700-0000-4000-8000-00000000aa01", "e0b1ec70-0000-4000-8000-01"
	const abes = nobodys + "0000000000"
	has := func(claim string) rules.Predicate { return rules.Has(rules.Claim(claim)) }
	not := func(p rules.Predicate) rules.Predicate {
		return rules.Predicate{Op: rules.Not, Of: []rules.Predicate{p}}
	}
	for name, row := range map[string]struct {
		test rules.Predicate
		want string
	}{
		"a user's id":                   {equals("oid", abes), "? · ?"},
		"a beginning of it":             {contains("oid", nobodys[:9]), "? · ?"},
		"what sub is made of a user":    {equals("sub", "AbCpairwise_0"), "? · ?"},
		"a part of that":                {contains("sub", "Cpair"), "? · ?"},
		"a client's id":                 {equals("oid", ours), "· · -"},
		"a client's id in sub":          {equals("sub", ours), "· · -"},
		"all but a user":                {not(equals("oid", abes)), "? ✓ ?"},
		"all but a client":              {not(equals("oid", ours)), "✓ ✓ -"},
		"any user with profile":         {has("oid"), "✓ ✓ -"},
		"any user without":              {not(has("oid")), "✓ ✓ -"},
		"any user, whose sub is there":  {has("sub"), "✓ ✓ -"},
		"one whose sub is not there":    {not(has("sub")), "· · -"},
		"a user's name in place of oid": {equals("oid", "abe@example.com"), "· · -"},
	} {
		for _, version := range []string{"1", "2"} {
			of := `{"requestedAccessTokenVersion":` + version + `,`
			w := worldOf(t, parts{
				UAT:        app(apiUAT, strings.Replace(estates.Scopes, "{", of, 1)),
				UATClients: principal(webUAT, ours),
			})
			test := rules.Predicate{Op: rules.And, Of: []rules.Predicate{row.test, has("scp")}}
			w.Places[1].Policies = policyOf(asks(rules.CustomClaim, test))
			kinds := w.Kinds()
			run := NewClasses(kinds).Run(NewView(w.Places[1].Policies, nil))
			if got := outcomes(
				run, kinds, "uat/user-UAT.Access", "stranger/for-uat-user-UAT.Access",
				"unknown-object/for-uat-user-UAT.Access",
			); got != row.want {
				t.Errorf("v%s, %s: %s, want %s", version, name, got, row.want)
			}
		}
	}
}

// outcomes is how far the tokens of kinds get, a sign each: "-" where there is no such kind.
func outcomes(run *Run, kinds []*Kind, names ...string) string {
	signs := map[rules.Decision]string{
		"": "-", rules.Accepted: "✓", rules.Rejected: "·", rules.Undetermined: "?",
	}
	var all []string
	for _, name := range names {
		var got rules.Decision
		for _, kind := range kinds {
			if kind.Name == name {
				got = run.Furthest(kind).Outcome
			}
		}
		all = append(all, signs[got])
	}
	return strings.Join(all, " ")
}

package issued

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// TestWhatIsKnownOfEachClaim holds the table against facts/entra.md, section 1.2 (and 1.4, 1.5 and
// 9 where they say more).
func TestWhatIsKnownOfEachClaim(t *testing.T) {
	t.Parallel()
	tests := []struct {
		claim                            string
		v1App, v1User, v2App, v2User, id Presence
	}{
		{"aud", Fixed, Fixed, Fixed, Fixed, Fixed},
		{"iss", Fixed, Fixed, Fixed, Fixed, Fixed},
		{"appid", Fixed, Fixed, Absent, Absent, Absent},
		{"azp", Absent, Absent, Fixed, Fixed, Absent},
		{"appidacr", Chosen, Chosen, Absent, Absent, Absent},
		{"azpacr", Absent, Absent, Chosen, Chosen, Absent},
		{"scp", Absent, Fixed, Absent, Fixed, Absent},
		{"roles", Fixed, Fixed, Fixed, Fixed, Fixed},
		{"idtyp", Fixed, Fixed, Fixed, Fixed, Absent},
		{"oid", Present, Unstated, Present, Unstated, Unstated},
		{"sub", Present, Present, Present, Present, Present},
		{"uti", Present, Present, Present, Present, Present},
		{"aio", Present, Present, Present, Present, Present},
		{"rh", Present, Present, Present, Present, Present},
		{"acr", Unstated, Present, Absent, Absent, Unstated},
		{"amr", Unstated, Present, Absent, Absent, Unstated},
		{"unique_name", Unstated, Present, Absent, Absent, Unstated},
		{"upn", Absent, Unstated, Absent, Optional, Unstated},
		{"preferred_username", Absent, Optional, Absent, Unstated, Unstated},
		{"idp", Unstated, Unstated, Unstated, Unstated, Unstated},
		{"groups", Asked, Asked, Asked, Asked, Asked},
		{"email", Optional, Optional, Optional, Optional, Unstated},
		{"xms_mirid", Unstated, Absent, Unstated, Absent, Absent},
		{"nonce", Absent, Absent, Absent, Absent, Unstated},
		{"jti", Absent, Absent, Absent, Absent, Absent},
		{"client_id", Absent, Absent, Absent, Absent, Absent},
		{"scope", Absent, Absent, Absent, Absent, Absent},
		{"role", Absent, Absent, Absent, Absent, Absent},
		{"active", Absent, Absent, Absent, Absent, Absent},
		{"Roles", Absent, Absent, Absent, Absent, Absent},
		{"appId", Absent, Absent, Absent, Absent, Absent},
		{" roles", Absent, Absent, Absent, Absent, Absent},
		{"environment", Unstated, Unstated, Unstated, Unstated, Unstated},
	}
	for _, test := range tests {
		row, _ := claimNamed(test.claim)
		got := []Presence{
			Says(test.claim, entra.V1, false), Says(test.claim, entra.V1, true),
			Says(test.claim, entra.V2, false), Says(test.claim, entra.V2, true),
			row.in(entra.V2, true, true),
		}
		if want := []Presence{
			test.v1App, test.v1User, test.v2App, test.v2User, test.id,
		}; !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", test.claim, got, want)
		}
	}
}

func TestEveryClaimOfTheFactsStandsInTheTableWithAReference(t *testing.T) {
	t.Parallel()
	facts := []string{
		"aud", "iss", "appid", "azp", "appidacr", "azpacr", "scp", "roles", "idtyp", "oid", "sub",
		"tid", "ver", "uti", "aio", "rh", "iat", "nbf", "exp",
		"acr", "amr", "unique_name", "upn", "ipaddr", "family_name", "given_name", "onprem_sid",
		"pwd_exp", "in_corp", "preferred_username", "idp",
		"groups", "hasgroups", "_claim_names", "_claim_sources", "wids", "acrs", "xms_cc", "acct",
		"auth_time", "email", "sid", "ctry", "login_hint",
		"tenant_region_scope", "xms_edov", "xms_pdl", "xms_pl", "xms_tpl", "ztdid",
		"app_displayname", "puid", "platf", "signin_state", "xms_tcdt",
		"xms_st", "xms_tdbr", "cnf", "xms_mirid", "nonce", "c_hash", "at_hash", "client_id",
		"role", "scope", "username", "tenant_id",
	}
	for _, name := range facts {
		if row, listed := claimNamed(name); !listed || row.reason == "" || row.name != name {
			t.Errorf("%s: %+v", name, row)
		}
	}
	for _, row := range claims {
		if len(row.columns) != 6 || row.reason == "" || Listed(row.name+"_") {
			t.Errorf("%+v", row)
		}
	}
}

// TestWhoCanWriteAClaim holds what of a claim is its holder's choice: facts/entra.md, 1.2, 1.4 and
// 1.8, and kb-005321722, 5.
func TestWhoCanWriteAClaim(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		claim string
		of    Token
		want  string
	}{
		{"a custom claim of our tenant is not known", "environment", Token{}, "?"},
		{"a stranger's API need not have it", "environment", Token{freedom: ofAPIOwner}, "- ?"},
		{"another tenant's administrator writes what they like", "environment", Token{
			freedom: ofOtherTenant,
		}, `"x" "gatewhy-unrelated" ["x"] true false 7 -`},
		{"a client proves itself as it likes", "appidacr", Token{}, `"1" "2"`},
		{"and a user's may be a public one", "appidacr", Token{
			flow: flow{user: true},
		}, `"1" "2" "0"`},
		{"an object id is not of anybody's choice", "oid", Token{}, "?+"},
		{"and another tenant has none of ours", "oid", Token{
			freedom: ofOtherTenant,
		}, `"` + otherTenantObject + `"`},
		{"an optional claim that nobody asks for is not there", "acct", Token{
			asked: &askedClaims{},
		}, "-"},
		{"one that the API asks for may be", "acct", Token{
			asked: &askedClaims{names: []string{"acct"}},
		}, "?"},
		{"a group of another tenant can be called as ours", "groups", Token{
			freedom: ofOtherTenant,
		}, `["x"] ["gatewhy-unrelated"] - ?`},
		{"an account of another tenant too", "email", Token{
			freedom: ofOtherTenant,
		}, `"x" "gatewhy-unrelated" -`},
		{
			"a forger writes any client's id", "appid",
			Token{freedom: everything},
			`"x" "gatewhy-unrelated" -`,
		},
		{"and any scopes", "scp", Token{freedom: everything}, `"x" "gatewhy-unrelated" -`},
		{
			"whom a policy is written for has what it wants",
			"uti",
			Token{freedom: asWanted},
			`"x" "gatewhy-unrelated"`,
		},
		{
			"what is a number in a token is one where the policy wants a number", "acct",
			Token{freedom: asWanted},
			`"x" "gatewhy-unrelated" true false 7 ? -`,
		},
		{
			"but not what Entra never writes there",
			"oid",
			Token{freedom: asWanted},
			`"gatewhy-unrelated"`,
		},
		{
			"and what Entra never writes even they do not", "client_id",
			Token{freedom: asWanted},
			"-",
		},
		{
			"a guest's home is named", "idp",
			Token{flow: flow{guest: true}},
			`"https://sts.windows.net/` + otherTenantID + `/"`,
		},
	}
	for _, test := range tests {
		of := test.of
		of.in, of.version, of.client = newSetting(entra.Clouds()[0], noon), entra.V1, webUAT
		value, open := of.claim(test.claim)
		got := textOf(shownJSON(&of, test.claim))
		if !open {
			got = shownOne(value)
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func textOf(all []string) string { return strings.Join(all, " ") }

func shownOne(v *source.Value) string {
	if v == nil || v.Kind == source.Unknown {
		return shownValue(v)
	}
	return v.JSON()
}

func shownJSON(t *Token, claim string) []string {
	var all []string
	v, _ := t.variableOf(claim, compared{texts: []string{"x"}, numbers: []string{"7"}})
	for _, c := range v.choices {
		all = append(all, shownOne(c.values[0]))
	}
	return all
}

// TestATextIsAboutTheClaimThatItIsComparedWith holds a check that asks several things at once: an
// algorithm is no name of an API, and a role no object's id.
func TestATextIsAboutTheClaimThatItIsComparedWith(t *testing.T) {
	t.Parallel()
	oneOf := func(in rules.Input, text string) rules.Predicate {
		return rules.Predicate{Op: rules.OneOf, Input: in, Values: rules.Literals(text)}
	}
	check := &rules.Check{ID: rules.Authorization, Test: rules.Negate(rules.Both(
		oneOf(rules.Input{Source: rules.FromHeader, Name: "alg"}, "RS256"),
		oneOf(rules.Claim("aud"), "api://orders"), oneOf(rules.Claim("roles"), "Orders.Read"),
		rules.Predicate{Op: rules.Prefix, Input: rules.Claim("oid"), Values: rules.Literals("07")},
	))}
	asked := askedBy(policyOf(check))
	for claim, want := range map[string][]string{
		"aud": {"api://orders"}, "roles": {"Orders.Read"}, "oid": {"07"}, "sub": nil,
	} {
		if got := textsOf(asked)[claim]; !slices.Equal(got, want) {
			t.Errorf("%s is compared with %q, want %q", claim, got, want)
		}
	}
	if near := nearAudiences(asked, nil); len(near) > 0 {
		t.Errorf("the audience is compared whole, and %q are near it", near)
	}
	o := &objects{shown: map[string]bool{}}
	if id := o.unshown(asked); id != "07" {
		t.Errorf("the object id %q is asked for, want 07", id)
	}
}

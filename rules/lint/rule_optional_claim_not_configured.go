package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func optionalClaimNotConfigured() rules.Rule {
	return rules.Rule{
		Name:  "optional-claim-not-configured",
		Title: "the app registration does not ask for a required claim",
		Why: "Entra ID writes an optional claim into an API's tokens only where the API's app " +
			"registration asks for it. Without that no token has it, and nobody gets in.",
		Fix: "Add it to optionalClaims.accessToken of the API's registration (groups: " +
			"groupMembershipClaims), or require what its tokens have.",
		Severity: rules.Error,
		Locks:    true,
		Lesser: "a warning if a claims-mapping policy may write it, a note for the audience of " +
			"v1.0 tokens, which depends on how the client asks for it",
		References: []string{optionalRef, claimsRef},
		Check: withApp(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
			look := func(c *rules.Check) []rules.Finding { return checkOptional(s, c) }
			return append(checksOf(p, look), checkAudienceAskedFor(s.App, p)...)
		}),
	}
}

// checkOptional looks for a claim without which none of the API's own tokens gets past a check,
// and with which some would, if the registration asked for it.
func checkOptional(s *rules.Subject, c *rules.Check) []rules.Finding {
	app := s.App
	if !inForce(c) || !ofClaims(c) {
		return nil
	}
	for _, in := range c.Reads() {
		name := in.ClaimRead()
		asking := askingFor(app, name)
		if asking == nil || passes(s, app, c, name) != keptOut ||
			passes(s, asking, c, "") == keptOut {
			continue
		}
		with := "no token of its API has it, and this check rejects all of them"
		if name == "email" { // guests have it by default (optional-claims-reference)
			with = "of its API's tokens only those of guests have it, and this check rejects " +
				"all others"
		}
		f := at(c, "the app registration %s does not ask for %s: %s",
			app.Title(), askedAs(app, name), with)
		if app.MappedClaims.Value == "true" && name != "groups" && name != "idtyp" {
			f.Message += ", unless a claims-mapping policy writes it"
			f = less(f, rules.Warning)
		}
		return one(f)
	}
	return nil
}

// passes is how far the API's own tokens get past a check, without a claim that is only in tokens
// for an API that asks for it.
func passes(s *rules.Subject, app *entra.Registration, c *rules.Check, without string) exposure {
	e := kept(s).newExposed([]*rules.Policy{{Root: rules.AllOf(c)}}, app)
	got, _ := e.ask(changed(e.holders.Own(), func(t *issued.Token) []*issued.Token {
		if optional(without, t.Version(), t.User()) {
			t = t.Chose(without, nil)
		}
		return []*issued.Token{t}
	}), true)
	return got
}

// optional reports whether tokens of a version have a claim only where the API asks for it.
func optional(name string, v entra.Version, user bool) bool {
	presence := issued.Says(name, v, user)
	return presence == issued.Optional || presence == issued.Asked
}

// askingFor is the registration as it would be if it asked for a claim; nil where the claim is in
// tokens without that, and where the registration asks for it, or may.
func askingFor(app *entra.Registration, name string) *entra.Registration {
	canBe := name == "idtyp"
	for _, v := range versions() {
		canBe = canBe || optional(name, v, false) || optional(name, v, true)
	}
	if !canBe || name == "groups" && app.MayHaveGroups() {
		return nil
	}
	asking := *app
	asking.Claims = slices.Clone(app.Claims)
	for _, claim := range app.Claims {
		whole := name != "idtyp" || slices.Contains(claim.Properties, "include_user_token")
		if claim.Name.Unknown || claim.Name.Value == name && whole {
			return nil
		}
	}
	asking.Claims = append(asking.Claims, entra.OptionalClaim{
		Name: entra.Text{Value: name}, Properties: []string{"include_user_token"},
	})
	return &asking
}

// askedAs is how a registration asks for a claim.
func askedAs(app *entra.Registration, name string) string {
	isType := func(claim entra.OptionalClaim) bool { return claim.Name.Value == "idtyp" }
	switch {
	case issued.Says(name, entra.V1, true) == issued.Asked:
		return "groups (groupMembershipClaims)"
	case name == "idtyp" && slices.ContainsFunc(app.Claims, isType):
		return "idtyp in the tokens of users (include_user_token)"
	}
	return "the optional claim " + name
}

// checkAudienceAskedFor is about an application id as the audience of v1.0 tokens: they have that
// form where the client has asked with it, or where the registration asks for aud with use_guid.
func checkAudienceAskedFor(app *entra.Registration, p *rules.Policy) []rules.Finding {
	c, wanted := audienceOf(p)
	version, known := app.TokenVersion()
	unknown := func(claim entra.OptionalClaim) bool { return claim.Name.Unknown }
	if c == nil || len(wanted) == 0 || guids(wanted) < len(wanted) || len(app.URIs) == 0 ||
		!known || version != entra.V1 || app.AudienceIsGUID() ||
		slices.ContainsFunc(app.Claims, unknown) {
		return nil
	}
	uri := "its App ID URI"
	if i := slices.IndexFunc(app.URIs, entra.Text.Known); i >= 0 {
		uri = app.URIs[i].Value
	}
	f := at(c, "v1.0 tokens of %s have the application id in aud only where "+
		"the client has asked with it: the app registration does not ask for the optional claim "+
		"aud with use_guid, and clients that ask by %s are rejected", app.Title(), uri)
	return one(less(f, rules.Note))
}

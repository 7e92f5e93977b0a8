package mulesoft

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// proposer looks for changes of one entry that would let a request in, or keep others out, judging
// by the request's own token: it is taken for one that belongs here.
type proposer struct {
	read    *rules.Configuration
	entry   *entry
	policy  *rules.Policy
	profile inspect.Profile
	failed  []*rules.Result // of this entry
}

// propose lists changes of a configuration's token policies that might repair the verdict, or
// close what it leaves open, file by file in the order in which the policies stand there.
func propose(c *rules.Configuration, verdict *rules.Verdict) ([]rules.Change, error) {
	var all []rules.Change
	for _, e := range inFileOrder(c) {
		p := newProposer(c, e, verdict)
		var make func() ([]rules.Change, error)
		switch {
		case p == nil || e.custom:
			continue
		case e.asset == jwtValidation:
			make = p.forJWT
		case e.asset == openIDConnect && e.config != nil:
			make = p.forOIDC
		default:
			continue
		}
		made, err := make()
		if err != nil {
			return nil, err
		}
		for i := range made {
			made[i].Policy = p.policy
		}
		all = append(all, made...)
	}
	return all, nil
}

// inFileOrder lists the entries as a reader of the files finds them.
func inFileOrder(c *rules.Configuration) []*entry {
	all := entriesOf(c)
	slices.SortStableFunc(all, func(a, b *entry) int {
		return cmp.Or(
			slices.Index(c.Files, a.file)-slices.Index(c.Files, b.file),
			a.place.Span.Start-b.place.Span.Start,
		)
	})
	return all
}

// newProposer returns nil where no check of the entry was run, or where it can't be edited.
func newProposer(c *rules.Configuration, e *entry, verdict *rules.Verdict) *proposer {
	p := &proposer{read: c, entry: e}
	ran := false
	for i := range verdict.Results {
		result := &verdict.Results[i]
		if result.Policy.Entry != e {
			continue
		}
		p.policy = result.Policy
		ran = ran || result.Check.ID != rules.Routed
		p.profile = result.Profile()
		if result.Outcome == rules.Fail {
			p.failed = append(p.failed, result)
		}
	}
	if !ran || !e.config.Is(source.Object) || p.profile.Kind != inspect.KindAccess ||
		!p.repairable() || e.readOnly() {
		return nil
	}
	return p
}

// repairable reports whether a change of the configuration may help at all: not where the token
// itself is no good.
func (p *proposer) repairable() bool {
	for _, result := range p.failed {
		switch result.Check.ID {
		case rules.TokenPresent, rules.TokenFormat, rules.Signature, rules.Algorithm, rules.Expiry, rules.NotBefore, rules.Introspection, rules.Contract:
			return false
		}
	}
	return true
}

// edited makes a change of edits to the entry's fields. It is empty where they change nothing.
func (p *proposer) edited(id, title string, edits ...edit) ([]rules.Change, error) {
	edited, changes, err := rewrite(p.read, p.entry, edits)
	if err != nil || len(changes) == 0 {
		return nil, err
	}
	return []rules.Change{{ID: id, Title: title, Fields: changes, Edited: edited}}, nil
}

// clientExpression reads the client id from the claim that this token really has.
func (p *proposer) clientExpression() string {
	return "#[vars.claimSet." + p.profile.ClientID.Claim + "]"
}

// issuerClaim is the custom claim that pins the token's issuer.
func (p *proposer) issuerClaim() source.Fields { return claimEntry("iss", p.profile.Issuer) }

func claimEntry(key, value string) source.Fields {
	return source.Fields{{Key: "key", Value: key}, {Key: "value", Value: value}}
}

// keysURL is the key document of the token's own tenant, in its version.
func (p *proposer) keysURL() (string, bool) {
	issuer, ok := entra.ParseIssuer(p.profile.Issuer)
	if !ok || len(issuer.Clouds) == 0 {
		return "", false
	}
	cloud, ok := entra.CloudByID(issuer.Clouds[0])
	return entra.KeysURL(cloud, issuer.Tenant, issuer.Version, ""), ok
}

// environmentScope is the token's scope that most likely tells its environment: not one of those
// that every API has.
func (p *proposer) environmentScope() (string, bool) {
	i := slices.IndexFunc(p.profile.Scopes, func(scope string) bool {
		return !slices.Contains(
			[]string{
				"user_impersonation", "access_as_user", "openid", "profile", "email",
				"offline_access",
			},
			scope,
		)
	})
	if i < 0 {
		return "", false
	}
	return p.profile.Scopes[i], true
}

func (p *proposer) roleClaim() source.Fields {
	return claimEntry("roles", "#[vars.claimSet.roles contains "+quoted(p.profile.Roles[0])+"]")
}

// quoted is a DataWeave string literal.
func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, `$`, `\$`).Replace(text) + "'"
}

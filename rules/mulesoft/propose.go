package mulesoft

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// proposer looks for changes of one entry that would let a request in, or keep others out, judging by the
// request's own token: it is taken for one that belongs here.
type proposer struct {
	file    *source.File
	index   int // of the entry in its file
	entry   *entry
	profile inspect.Profile
	verdict rules.Verdict
	failed  []*rules.Result // of this entry
}

// propose lists changes of a file's token policies that might repair the verdict, or close what it leaves open.
func propose(file *source.File, verdict rules.Verdict) ([]rules.Proposal, error) {
	var all []rules.Proposal
	for i, e := range entries(file, bareAsset(file, verdict)) {
		e.openText(file)
		p := newProposer(file, i, &e, verdict)
		var make func() ([]rules.Proposal, error)
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
		proposals, err := make()
		if err != nil {
			return nil, err
		}
		all = append(all, proposals...)
	}
	return all, nil
}

// bareAsset is the policy kind that a file was read as which names none itself.
func bareAsset(file *source.File, verdict rules.Verdict) string {
	for i := range verdict.Results {
		if policy := verdict.Results[i].Policy; policy.Pos.File == file.Name {
			return policy.Asset
		}
	}
	return ""
}

// newProposer returns nil where no check of the entry was run, or where it can't be edited.
func newProposer(file *source.File, index int, e *entry, verdict rules.Verdict) *proposer {
	p := &proposer{file: file, index: index, entry: e, verdict: verdict}
	ran := false
	for i := range verdict.Results {
		result := &verdict.Results[i]
		if result.Policy.Pos != e.place.Pos {
			continue
		}
		ran = ran || result.Check.ID != rules.Routed
		p.profile = result.Profile()
		if result.Outcome == rules.Fail {
			p.failed = append(p.failed, result)
		}
	}
	if !ran || e.sealed || !e.config.Is(source.Object) || p.profile.Kind != inspect.KindAccess || !p.repairable() {
		return nil
	}
	return p
}

// repairable reports whether a change of the configuration may help at all: not where the token itself is no good.
func (p *proposer) repairable() bool {
	for _, result := range p.failed {
		switch result.Check.ID {
		case rules.TokenPresent, rules.TokenFormat, rules.Signature, rules.Algorithm, rules.Expiry, rules.NotBefore, rules.Introspection, rules.Contract:
			return false
		}
	}
	return true
}

// edited makes a proposal of edits to the entry's fields. It is empty where they change nothing.
func (p *proposer) edited(id, title string, edits ...edit) ([]rules.Proposal, error) {
	edited, changes, err := rewrite(p.file, p.index, edits)
	if err != nil || len(changes) == 0 {
		return nil, err
	}
	return []rules.Proposal{{ID: id, Title: title, Changes: changes, Edited: edited}}, nil
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

// environmentScope is the token's scope that most likely tells its environment: not one of those that every API
// has.
func (p *proposer) environmentScope() (string, bool) {
	i := slices.IndexFunc(p.profile.Scopes, func(scope string) bool {
		return !slices.Contains([]string{"user_impersonation", "access_as_user", "openid", "profile", "email", "offline_access"}, scope)
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

package mulesoft

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// proposer looks for changes of one entry that would let a request in, or keep other requests out.
// It takes the request's token for one that belongs to this API and environment.
type proposer struct {
	read    *rules.Configuration
	entry   *entry
	policy  *rules.Policy
	profile inspect.Profile // of the token
	failed  []*rules.Result // of this entry
	goal    rules.Goal
	clients []string // that belong to this environment, where it is to be told by them

	scopesHidden bool // the file does not show which scopes the policy asks for
}

// propose lists changes of a configuration's token policies that may let the request in, or keep
// out what the policies let in without need. They are in the order of the files and of the
// policies in a file.
func propose(c *rules.Configuration, goal rules.Goal) []rules.Change {
	var all []rules.Change
	isMade := func(c rules.Change) bool { return c.Edited != nil }
	narrowed, left, repaired, rejecting := 0, 0, 0, 0
	for _, e := range inFileOrder(c) {
		p := newProposer(c, e, goal)
		var made []rules.Change
		switch {
		case p == nil || e.custom:
		case len(p.failed) == 0 && goal.MostNarrowed != 0 &&
			narrowed >= max(0, goal.MostNarrowed):
			left++
		case len(p.failed) > 0 && goal.MostRepaired > 0 && repaired == goal.MostRepaired:
			rejecting++
		case e.asset == jwtValidation && len(p.failed) > 0:
			made = p.repairFailures()
		case e.asset == jwtValidation:
			made = p.closeHoles()
		case e.asset == openIDConnect && e.config != nil:
			made = p.forOIDC()
		}
		for i := range made {
			made[i].Policy = p.policy
		}
		if p != nil && slices.ContainsFunc(made, isMade) {
			if len(p.failed) == 0 {
				narrowed++
			} else {
				repaired++
			}
		}
		all = append(all, made...)
		if goal.One && slices.ContainsFunc(made, isMade) {
			return all
		}
	}
	if left > 0 && goal.MostNarrowed > 0 {
		all = append(all, rules.NotNarrowed(left, narrowed))
	}
	if rejecting > 0 {
		all = append(all, rules.NotRepaired(rejecting))
	}
	return all
}

// inFileOrder lists the entries in the order in which a reader of the files finds them.
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

// newProposer is nil where no check of the entry was run, or where no change of it can help.
func newProposer(c *rules.Configuration, e *entry, goal rules.Goal) *proposer {
	p := &proposer{read: c, entry: e, goal: goal, clients: goal.Facts.Clients}
	ran := false
	for i := range goal.Verdict.Results {
		result := &goal.Verdict.Results[i]
		if result.Policy.Entry != e {
			continue
		}
		p.policy = result.Policy
		ran = ran || result.Check.ID != rules.Routed
		p.profile = result.Profile()
		p.scopesHidden = p.scopesHidden ||
			result.Check.ID == rules.Scopes && result.Check.Unknown != nil
		if result.KeepsOut() {
			p.failed = append(p.failed, result)
		}
	}
	editable := e.config.Is(source.Object) && !e.readOnly()
	if !ran || !editable || p.profile.Kind != inspect.KindAccess || p.beyondRepair() {
		return nil
	}
	return p
}

// beyondRepair reports whether a check has failed for which no policy is to blame: the token
// itself is not valid, or the client has no contract.
func (p *proposer) beyondRepair() bool {
	ids := []rules.ID{
		rules.TokenPresent, rules.TokenFormat, rules.Signature, rules.Algorithm, rules.Expiry,
		rules.NotBefore, rules.Introspection, rules.Contract,
	}
	return slices.ContainsFunc(p.failed, func(r *rules.Result) bool {
		return slices.Contains(ids, r.Check.ID)
	})
}

// edited makes one change of several edits. There is none where it is not asked for, and where the
// edits change nothing. It is refused where the file can't be edited.
func (p *proposer) edited(id, title string, edits ...edit) []rules.Change {
	if !p.goal.Wants(id) {
		return nil
	}
	edited, changes, err := rewrite(p.read, p.entry, edits)
	if err == nil && len(changes) == 0 {
		return nil
	}
	return []rules.Change{madeChange(id, title, changes, edited, err)}
}

// madeChange is a change that was made, or that is refused since the file can't be edited.
func madeChange(
	id, title string, changes []rules.FieldChange, edited *rules.Configuration, err error,
) rules.Change {
	if err != nil {
		return rules.Change{ID: id, Title: title, Refused: rules.NotEditable(err)}
	}
	return rules.Change{ID: id, Title: title, Fields: changes, Edited: edited}
}

// clientExpression is the expression that reads the client id from the claim that this token has.
func (p *proposer) clientExpression() string {
	return "#[vars.claimSet." + p.profile.ClientID.Claim + "]"
}

// issuerClaim is the custom claim that pins the token's issuer.
func (p *proposer) issuerClaim() source.Fields { return claimEntry("iss", p.profile.Issuer) }

// keysURL is the address of the key set of the token's tenant, for tokens of its version.
func (p *proposer) keysURL() (string, bool) {
	issuer, ok := entra.ParseIssuer(p.profile.Issuer)
	if !ok || issuer.Kind != entra.Workforce {
		return "", false // Azure AD B2C and External ID have them elsewhere
	}
	cloud, ok := issuer.CloudNamed(p.goal.Facts.Cloud)
	return entra.KeysURL(cloud, issuer.Tenant, issuer.Version, ""), ok
}

// environmentScope is the scope of the token that most likely stands for its environment: the
// first one that APIs in general do not have.
func (p *proposer) environmentScope() (string, bool) {
	general := []string{
		"user_impersonation", "access_as_user", "openid", "profile", "email", "offline_access",
	}
	i := slices.IndexFunc(p.profile.Scopes, func(scope string) bool {
		return !slices.Contains(general, scope)
	})
	if i < 0 {
		return "", false
	}
	return p.profile.Scopes[i], true
}

// roleClaim is the custom claim that asks for the token's first role.
func (p *proposer) roleClaim() source.Fields {
	return claimEntry("roles", askFor("roles", p.profile.Roles[0]))
}

// clientsClaim is the custom claim that asks for one of the environment's clients. It is not ok
// where they are not to be told apart, or the token is of none of them.
func (p *proposer) clientsClaim() (source.Fields, bool) {
	claim := p.profile.ClientID.Claim
	if claim == "" || !slices.Contains(p.clients, p.profile.ClientID.Value) {
		return nil, false
	}
	if len(p.clients) == 1 {
		return claimEntry(claim, p.clients[0]), true
	}
	tests := make([]string, len(p.clients))
	for i, id := range p.clients {
		tests[i] = "(vars.claimSet." + claim + " == " + dataweave.Quote(id) + ")"
	}
	return claimEntry(claim, "#["+strings.Join(tests, " or ")+"]"), true
}

// The names of the solutions.
const (
	solutionJWT    = "jwt"
	solutionScopes = "scopes"
)

// solutions lists the two solutions of Salesforce KB 005321722.
func solutions() []rules.Solution {
	return []rules.Solution{
		{
			Name:  solutionJWT,
			Title: "JWT Validation with an audience",
			Steps: []string{
				"use-jwt-validation",
				"map-client-id",
				"set-audience",
				"set-issuer",
				"check-audience",
				"pin-issuer",
			},
			KeepsOut: []rules.Outsider{rules.OtherEnvironment, rules.OtherAPI, rules.OtherTenant},
			Needs:    jwtNeeds,
		},
		{
			Name:     solutionScopes,
			Title:    "an environment's scope",
			Steps:    []string{"require-scope"},
			KeepsOut: []rules.Outsider{rules.OtherEnvironment},
			Needs:    scopesNeeds,
		},
	}
}

// jwtNeeds lists what the user has to name before the solution with JWT Validation can be applied.
func jwtNeeds(f rules.Facts) []source.Need {
	var needs []source.Need
	if f.Audience == "" {
		needs = append(needs, needAudience())
	}
	if f.Tenant == "" {
		needs = append(needs, needTenant())
	}
	if f.Version == 0 && !strings.Contains(f.Audience, "://") {
		needs = append(needs, source.Need{
			Input: source.NeedTokenVersion, For: "the version of the API's tokens",
		})
	}
	return needs
}

// scopesNeeds is the same for the solution with a scope.
func scopesNeeds(f rules.Facts) []source.Need {
	if f.Scope != "" {
		return nil
	}
	return []source.Need{{
		Input: source.NeedScope,
		For:   "a scope that only this environment's API exposes, such as UAT.Access",
	}}
}

// The needs are what a file does not say and the user has to name.

func needAudience() source.Need {
	return source.Need{
		Input: source.NeedAudience,
		For:   "this environment's audience, as its tokens carry it",
	}
}

func needScope() source.Need {
	return source.Need{
		Input: source.NeedScope,
		For:   "a scope that only this environment's API exposes",
	}
}

func needTenant() source.Need {
	return source.Need{Input: source.NeedTenant, For: "the id of this environment's tenant"}
}

func needCloud() source.Need {
	return source.Need{Input: source.NeedCloud, For: "the cloud of this environment's tenant"}
}

func needVersion() source.Need {
	return source.Need{
		Input: source.NeedTokenVersion,
		For: "the version of the API's tokens (requestedAccessTokenVersion of its app " +
			"registration)",
	}
}

// needSolution points to a solution where a change can't be made.
func needSolution(solution, what string) source.Need {
	return source.Need{Input: source.NeedSolution, Name: solution, For: what}
}

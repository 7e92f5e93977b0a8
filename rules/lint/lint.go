// Package lint holds the rules that hold for every gateway: what a configuration should not do,
// judged from its checks alone, without a token. Each file rule_NAME.go holds one rule, [Rules]
// lists them, and [Run] looks for all of them. What several rules share is in files by subject:
// checks (checks.go), what these want (wanted.go), clients, app registrations, what a policy says
// of its tokens (facts.go), and how far somebody's tokens get past the policies (exposure.go).
// Findings are ignored by comments (comments.go) and by a baseline (baseline.go).
//
// The package knows no gateway: a rule that needs a vendor's field belongs into that vendor's
// adapter. It reads no files and prints nothing, and who can have which token it asks package
// issued.
package lint

import (
	"cmp"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Rules lists the rules, in the order of the catalogue: what lets in too many, what lets in
// nobody, then the rest.
func Rules() []rules.Rule {
	return rules.Since("0.1.0",
		signatureNotVerified,
		anyClientAccepted,
		audienceNotChecked,
		audienceCheckSwitchedOff,
		audienceOptional,
		audienceListEmpty,
		audienceFormMismatch,
		audienceNeverIssued,
		audienceOfMicrosoft,
		issuerNotPinned,
		issuerNeverIssued,
		issuerAndKeysDisagree,
		keysURLIsDiscovery,
		keySetNotFetchable,
		keySetOverHTTP,
		textKeyIsNoKey,
		algorithmNeverSigned,
		wildcardComparedExactly,
		clientIDChosenByCaller,
		clientIDClaimNeverIssued,
		clientIDClaimNamesNoClient,
		clientIDClaimOfOtherVersion,
		clientIDPutTogether,
		claimCheckSwitchedOff,
		listClaimComparedWithText,
		substringMatchOnScopes,
		scopeListEmpty,
		scopeInURIForm,
		scopeWithoutAudience,
		scopeLocksOutDaemons,
		expiryNotMandatory,
		policyDisabled,
		routeNotCovered,
		routeAssumed,
		gatewayNotKnown,
		tooMuchToTry,
		notEvaluatedRule,
		duplicateMember,
		commentForValue,
		byteOrderMark,
		ignoreWithoutReason,
		ignoreNamesNoRule,
		noToken,
		checksExcludeEachOther,
		audienceNotOfApp,
		audienceOfAnotherAPI,
		scopeNotDefinedByApp,
		roleNotDefinedByApp,
		roleOfOtherCallers,
		optionalClaimNotConfigured,
		issuerOfOtherVersion,
		assignmentNotRequired,
		holdersNotShown,
	)
}

// Run looks for every rule, in each way past the policies. The findings are in the order of their
// places, each once, and know the policy that they are about.
func Run(all []rules.Rule, s *rules.Subject) []rules.Finding {
	var found []rules.Finding
	ways, limited := alternatives(s)
	if ruleOf(all, notAllTried).Name != "" {
		found = limited
	}
	var groups rules.Groups
	beside := othersOf(ways, len(limited) == 0)
	for i, way := range ways {
		if kept := kept(s); kept != nil {
			if i > 0 && kept.looked > rules.MostLooked/2 {
				found = append(found, waysNotTried(all, s, i, len(ways))...)
				break
			}
			kept.looked += looksOfEach * rules.ConditionsOf(way.Policies)
		}
		shuts := refuses(way)
		for _, f := range runWay(all, way) {
			f.Policy = whole(f.Policy, way, s)
			letsIn := ruleOf(all, f.Rule).About != nil
			switch {
			case shuts && letsIn && beside.open():
				continue
			case shuts && letsIn && f.Severity != rules.Note:
				f.Severity = rules.Note
				f.Message += "; today nobody gets in, since the rules reject every request"
			case len(ways) > 1 && f.Severity == rules.Error && passedElsewhere(&f, ways):
				f.Severity = rules.Warning
			}
			if len(ways) == 1 || !isAlternative(&f, &groups) || beside.lessen(&f) {
				found = append(found, f)
			}
		}
	}
	spareOwn(all, found, s, ways)
	return Sort(giveWay(all, sayLess(all, found)))
}

// sayLess leaves out the findings of a value where another rule says more about it.
func sayLess(all []rules.Rule, found []rules.Finding) []rules.Finding {
	type value struct{ rule, field, text string }
	said := map[value]bool{} // by a rule that says more than this one
	for i := range found {
		if f := &found[i]; f.Value != "" {
			for _, over := range ruleOf(all, f.Rule).Over {
				said[value{over, f.Field, f.Value}] = true
			}
		}
	}
	return source.Without(found, func(f rules.Finding) bool {
		return said[value{f.Rule, f.Field, f.Value}]
	})
}

// runWay looks for every rule in policies that are plain lists of checks.
func runWay(all []rules.Rule, s *rules.Subject) []rules.Finding {
	var found []rules.Finding
	for i := range all {
		rule := &all[i]
		if rule.Check == nil {
			continue
		}
		for _, f := range today(rule, s, supposing(rule, s, rule.Check(s))) {
			f.Rule, f.Severity = cmp.Or(f.Rule, rule.Name), cmp.Or(f.Severity, rule.Severity)
			if f.Policy == nil && f.Check != nil {
				f.Policy = policyOf(f.Check, s.Policies)
			}
			if rule.About != nil {
				f.Message += onlyFor(f.Policy)
			}
			found = append(found, f)
			if f.Severity == rules.Error && saysMore(all, f.Rule) {
				shared(s).said[f.Pos] = true
			}
		}
	}
	if ruleOf(all, notAllTried).Name != "" {
		found = append(found, notAllTokens(s)...)
	}
	s.Shared = nil
	return found
}

// ruleOf is the rule of a name; the zero Rule where none of them has it.
func ruleOf(all []rules.Rule, name string) rules.Rule {
	for i := range all {
		if all[i].Name == name {
			return all[i]
		}
	}
	return rules.Rule{}
}

// policyOf is the policy that makes a check; nil where none of them does.
func policyOf(check *rules.Check, policies []*rules.Policy) *rules.Policy {
	for _, p := range policies {
		if p.Find(func(c *rules.Check) bool { return c == check }) != nil {
			return p
		}
	}
	return nil
}

// Sort puts findings into the order of their places, and leaves out repetitions: of the same rule
// at the same place the worst counts, for one API instance may let in more than another.
func Sort(found []rules.Finding) []rules.Finding {
	slices.SortStableFunc(found, func(a, b rules.Finding) int {
		return cmp.Or(byPlace(a, b), cmp.Compare(a.Severity.Rank(), b.Severity.Rank()))
	})
	return slices.CompactFunc(found, func(a, b rules.Finding) bool { return byPlace(a, b) == 0 })
}

func byPlace(a, b rules.Finding) int {
	return cmp.Or(
		cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line),
		cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.Rule, b.Rule),
	)
}

// The references that rules rest on.
const (
	accessTokens  = "learn.microsoft.com/entra/identity-platform/access-tokens"
	claimsRef     = "learn.microsoft.com/entra/identity-platform/access-token-claims-reference"
	optionalRef   = "learn.microsoft.com/entra/identity-platform/optional-claims-reference"
	validating    = "learn.microsoft.com/entra/identity-platform/claims-validation"
	daemonFlow    = "learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow"
	uriLimits     = "learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions"
	jwtPractices  = "RFC 8725, JSON Web Token best current practices"
	jwtStandard   = "RFC 7519, JSON Web Token"
	jsonStandard  = "RFC 8259, section 4"
	keySetFormat  = "RFC 7517, JSON Web Key"
	algorithmsRFC = "RFC 7518, JSON Web Algorithms"
)

// nobodyYet follows a finding that somebody would get in, where nobody does today.
const nobodyYet = "; today nobody gets in, since the policy accepts no token that Entra ID signs"

// today lessens what a rule has found of who gets in, where something other than a claim keeps
// every token of Entra ID out: an algorithm, a key, or a header that is taken away. With the app
// registration lint says of each who gets in, as the matrix does.
func today(rule *rules.Rule, s *rules.Subject, found []rules.Finding) []rules.Finding {
	if rule.About == nil || s.App == nil {
		return found
	}
	for i := range found {
		f := &found[i]
		severe := cmp.Or(f.Severity, rule.Severity) != rules.Note
		if p := policyOf(f.Check, s.Policies); p != nil && severe && closed(s, p) {
			f.Severity = rules.Note
			f.Message += nobodyYet
		}
	}
	return found
}

// closed reports whether no token of Entra ID gets past what is not about claims or clients, of
// the policies that a request to p meets.
func closed(s *rules.Subject, p *rules.Policy) bool {
	e := exposing(s, p)
	passed := &rules.Check{Skip: "not asked about"}
	view := e.supposed(func(c *rules.Check) *rules.Check {
		if looksAtClaims(c) || tellsClients(c) {
			return passed
		}
		return c
	})
	for t := range e.holders.Own() {
		if view.Passes(t, e.over).Verdict.Outcome != rules.Rejected {
			return false
		}
	}
	return true
}

// supposing adds to what a rule has found what it finds where the checks hold whose expressions
// can't be evaluated, if they read none of the claims that the rule is about. That is a warning at
// most.
func supposing(rule *rules.Rule, s *rules.Subject, found []rules.Finding) []rules.Finding {
	if rule.About == nil {
		return found
	}
	policies, ok := issued.Supposing(s.Policies, shared(s).neverEvaluated(s), rule.About)
	if !ok {
		return found
	}
	supposed := &rules.Subject{
		Policies: policies, Files: s.Files, App: s.App, Kept: s.Kept, Again: s.Again,
	}
	for _, f := range rule.Check(supposed) {
		severity := cmp.Or(f.Severity, rule.Severity)
		if severity == rules.Error {
			severity = rules.Warning
		}
		known := func(k rules.Finding) bool {
			return k.Pos == f.Pos && cmp.Or(k.Severity, rule.Severity).Rank() <= severity.Rank()
		}
		if slices.ContainsFunc(found, known) {
			continue
		}
		f.Message += "; a check on other claims whose expression can't be evaluated is assumed " +
			"to pass"
		f.Severity, f.Policy = severity, nil
		found = append([]rules.Finding{f}, found...)
	}
	return found
}

// spareOwn lessens what rules have found to keep the API's own tokens out, where its app
// registration shows that some get in all the same: by another value that a check takes, or by
// another way past the policies.
func spareOwn(
	all []rules.Rule, found []rules.Finding, s *rules.Subject, ways []*rules.Subject,
) {
	if s.App == nil {
		return
	}
	spared := map[*rules.Policy]bool{}
	for i := range found {
		f := &found[i]
		if f.Severity != rules.Error || f.Policy == nil || !Locks(all, f.Rule) {
			continue
		}
		in, known := spared[f.Policy]
		if !known {
			place := slices.Index(s.Policies, f.Policy)
			in = place >= 0 && slices.ContainsFunc(ways, func(way *rules.Subject) bool {
				defer func() { way.Shared = nil }()
				return ownPass(way, way.Policies[place]) == letIn
			})
			spared[f.Policy] = in
		}
		if in {
			f.Severity = rules.Warning
		}
	}
}

// Locks reports whether what a rule finds keeps the API's own tokens out.
func Locks(all []rules.Rule, name string) bool { return ruleOf(all, name).Locks }

// ownPass is how far the API's own clients get, past all that a request to p meets.
func ownPass(s *rules.Subject, p *rules.Policy) exposure {
	got := exposing(s, p).ownClients()
	if got == letIn && closed(s, p) {
		return keptOut
	}
	return got
}

package mulesoft

import (
	"errors"
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

// ruleRepair is the change that removes a rule's findings.
type ruleRepair struct {
	rule string
	make func(*repairer) ([]edit, error)
}

// ruleRepairs lists the rules that a change of the configuration repairs.
func ruleRepairs() []ruleRepair {
	audience := (*repairer).checkAudience
	return []ruleRepair{
		{"signature-not-verified", (*repairer).verifySignature},
		{"any-client-accepted", audience},
		{"audience-not-checked", audience},
		{"audience-check-switched-off", (*repairer).switchAudienceOn},
		{"audience-optional", switchOn("mandatoryAudClaim")},
		{"audience-list-empty", audience},
		{"audience-form-mismatch", audience},
		{"audience-of-microsoft-api", audience},
		{"scope-without-audience", audience},
		{"issuer-not-pinned", (*repairer).pinIssuer},
		{"issuer-never-issued", (*repairer).correctIssuer},
		{"issuer-and-keys-disagree", (*repairer).oneTenant},
		{"keys-url-is-discovery-document", (*repairer).correctKeysURL},
		{"key-set-over-http", (*repairer).useTLS},
		{"algorithm-never-signed-with", (*repairer).verifySignature},
		{"wildcard-compared-exactly", (*repairer).replaceWildcard},
		{"client-id-chosen-by-caller", (*repairer).readClientID},
		{"client-id-claim-names-no-client", (*repairer).readClientID},
		{"client-id-claim-never-issued", (*repairer).readClientID},
		{"client-id-claim-of-other-version", (*repairer).readClientID},
		{"claim-check-switched-off", switchOn("validateCustomClaim")},
		{"list-claim-compared-with-text", (*repairer).askList},
		{"substring-match-on-scopes", (*repairer).splitScopes},
		{"scope-in-uri-form", (*repairer).shortScopes},
		{"expiry-not-mandatory", switchOn("mandatoryExpClaim")},
		{"policy-disabled", (*repairer).enable},
		{"unknown-field", (*repairer).renameField},
		{"wrong-type", (*repairer).correctType},
		{"placeholder-value", (*repairer).replacePlaceholder},
		{"expression-ambiguous", (*repairer).addParentheses},
		{"array-equality-on-claims", (*repairer).askEach},
		{"key-caching-time-in-seconds", (*repairer).useMinutes},
		{"contracts-in-local-mode", switchOn("skipClientIdValidation")},
	}
}

func repairable() []string {
	var names []string
	for _, r := range ruleRepairs() {
		names = append(names, r.rule)
	}
	return names
}

// repairer makes the change that removes one finding.
type repairer struct {
	configured
	read    *rules.Configuration
	finding rules.Finding
	facts   rules.Facts
}

// need is why a repair can't be made, and which flags would help.
type need struct {
	why  string
	asks []string
}

func (n *need) Error() string { return n.why }

// The flags that tell what a file does not.
const (
	askAudience = "--audience AUDIENCE: this environment's audience, as its tokens carry it"
	askScope    = "--scope SCOPE: a scope that only this environment's API exposes"
	askTenant   = "--tenant ID: the id of this environment's tenant"
	askVersion  = "--token-version 1|2: the version of the API's tokens (requestedAccessTokenVersion of its app registration)"
)

func repairFinding(c *rules.Configuration, finding rules.Finding, facts rules.Facts) (rules.Repair, error) {
	i := slices.IndexFunc(ruleRepairs(), func(r ruleRepair) bool { return r.rule == finding.Rule })
	r := newRepairer(c, finding, facts)
	switch {
	case r != nil && r.locked():
		return rules.Repair{Proposal: rules.Proposal{ID: finding.Rule, Refused: "the configuration is a text inside the policy, or a report of it: correct it where it comes from"}}, nil
	case i < 0 || r == nil || r.custom:
		return rules.Repair{Proposal: rules.Proposal{ID: finding.Rule, Refused: "no change of this file repairs it by itself"}}, nil
	}
	return r.repair(ruleRepairs()[i])
}

func (r *repairer) repair(with ruleRepair) (rules.Repair, error) {
	repair := rules.Repair{Proposal: rules.Proposal{ID: with.rule}}
	edits, err := with.make(r)
	if err == nil {
		repair.Edited, repair.Changes, err = r.apply(edits)
	}
	var missing *need
	if errors.As(err, &missing) {
		return rules.Repair{Proposal: rules.Proposal{ID: with.rule, Refused: missing.why}, Asks: missing.asks}, nil
	}
	return repair, err
}

// newRepairer is nil where the finding is about no policy of the configuration.
func newRepairer(c *rules.Configuration, finding rules.Finding, facts rules.Facts) *repairer {
	if c.Index(finding.Policy) < 0 {
		return nil
	}
	e, ours := finding.Policy.Entry.(*entry)
	if !ours {
		return nil
	}
	return &repairer{configured: configure(finding.Policy, e), read: c, finding: finding, facts: facts}
}

// apply makes the edits, one after the other.
func (r *repairer) apply(edits []edit) (*rules.Configuration, []rules.Change, error) {
	edited, changes, err := rewrite(r.read, r.entry, edits)
	if err == nil && len(changes) == 0 {
		err = &need{why: "what was given is what the policy has already"}
	}
	return edited, changes, err
}

// switchOn is the repair that sets a boolean field.
func switchOn(field string) func(*repairer) ([]edit, error) {
	return func(*repairer) ([]edit, error) { return []edit{set(field, true)}, nil }
}

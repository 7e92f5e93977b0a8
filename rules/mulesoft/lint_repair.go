package mulesoft

import (
	"errors"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
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
	finding rules.Finding
	facts   rules.Facts
}

// refusal is why a change can't be made, and what would help.
type refusal struct {
	why   string
	needs []source.Need
}

func (r *refusal) Error() string { return r.why }

func refuse(why string, needs ...source.Need) error { return &refusal{why, needs} }

// repairFinding makes the smallest change that removes a finding.
func repairFinding(
	c *rules.Configuration,
	finding rules.Finding,
	facts rules.Facts,
) (rules.Change, error) {
	change := rules.Change{ID: finding.Rule, Policy: finding.Policy}
	edited, fields, err := editsFor(c, finding, facts)
	var refused *refusal
	if errors.As(err, &refused) {
		change.Refused, change.Needs = refused.why, refused.needs
		return change, nil
	}
	change.Edited, change.Fields = edited, fields
	return change, err
}

func editsFor(
	c *rules.Configuration,
	finding rules.Finding,
	facts rules.Facts,
) (*rules.Configuration, []rules.FieldChange, error) {
	i := slices.IndexFunc(ruleRepairs(), func(r ruleRepair) bool { return r.rule == finding.Rule })
	r := newRepairer(c, finding, facts)
	switch {
	case r != nil && r.locked():
		return nil, nil, refuse(
			"the configuration is a text inside the policy, or a report of it: correct it where it comes from",
		)
	case i < 0 || r == nil || r.custom:
		return nil, nil, refuse("no change of this file repairs it by itself")
	}
	edits, err := ruleRepairs()[i].make(r)
	if err != nil {
		return nil, nil, err
	}
	edited, fields, err := rewrite(c, r.entry, edits)
	if err == nil && len(fields) == 0 {
		err = refuse("what was given is what the policy has already")
	}
	return edited, fields, err
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
	return &repairer{configured: configure(finding.Policy, e), finding: finding, facts: facts}
}

// switchOn is the repair that sets a boolean field.
func switchOn(field string) func(*repairer) ([]edit, error) {
	return func(*repairer) ([]edit, error) { return []edit{set(field, true)}, nil }
}

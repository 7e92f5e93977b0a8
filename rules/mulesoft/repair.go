package mulesoft

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
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
		{"audience-never-issued", audience},
		{"scope-without-audience", audience},
		{"issuer-not-pinned", (*repairer).pinIssuer},
		{"issuer-never-issued", (*repairer).correctIssuer},
		{"issuer-and-keys-disagree", (*repairer).oneTenant},
		{"keys-url-is-discovery-document", (*repairer).correctKeysURL},
		{"key-set-not-fetchable", (*repairer).correctKeysURL},
		{"key-set-over-http", (*repairer).useTLS},
		{"algorithm-never-signed-with", (*repairer).verifySignature},
		{"wildcard-compared-exactly", (*repairer).replaceWildcard},
		{"client-id-chosen-by-caller", (*repairer).readClientID},
		{"client-id-claim-names-no-client", (*repairer).readClientID},
		{"client-id-claim-never-issued", (*repairer).readClientID},
		{"client-id-claim-of-other-version", (*repairer).readClientID},
		{"client-id-put-together", (*repairer).readClientID},
		{"claim-check-switched-off", switchOn("validateCustomClaim")},
		{"list-claim-compared-with-text", (*repairer).askList},
		{"substring-match-on-scopes", (*repairer).splitScopes},
		{"scope-in-uri-form", (*repairer).shortScopes},
		{"expiry-not-mandatory", switchOn("mandatoryExpClaim")},
		{"policy-disabled", (*repairer).enable},
		{"unknown-field", (*repairer).renameField},
		{"wrong-type", (*repairer).correctType},
		{"placeholder-value", (*repairer).replacePlaceholder},
		{"expression-without-brackets", (*repairer).addBrackets},
		{"expression-among-blanks", (*repairer).cutBlanks},
		{"expression-reads-elsewhere", (*repairer).readTheClaim},
		{"expression-ambiguous", (*repairer).addParentheses},
		{"array-equality-on-claims", (*repairer).askEach},
		{"token-expression-gives-no-token", (*repairer).cutBearerOff},
		{"text-key-missing", (*repairer).writeTextKey},
		{"key-caching-time-in-seconds", (*repairer).useMinutes},
		{"contracts-in-local-mode", switchOn("skipClientIdValidation")},
	}
}

// repairable lists the names of those rules.
func repairable() []string {
	return source.Each(ruleRepairs(), func(r ruleRepair) string { return r.rule })
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
func repairFinding(c *rules.Configuration, goal rules.Goal) rules.Change {
	change := rules.Change{ID: goal.Finding.Rule}
	edited, fields, err := repaired(c, *goal.Finding, goal.Facts)
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		change.Refused, change.Needs = refused.why, refused.needs
	case err != nil:
		change.Refused = rules.NotEditable(err)
	default:
		change.Edited, change.Fields = edited, fields
	}
	return change
}

// repaired is the configuration without the finding, and what has changed. Its error is a refusal
// where the finding can't be removed.
func repaired(
	c *rules.Configuration, finding rules.Finding, facts rules.Facts,
) (*rules.Configuration, []rules.FieldChange, error) {
	repairs := ruleRepairs()
	i := slices.IndexFunc(repairs, func(r ruleRepair) bool { return r.rule == finding.Rule })
	var of *entry
	if c.Index(finding.Policy) >= 0 {
		of, _ = finding.Policy.Entry.(*entry)
	}
	switch {
	case of != nil && of.report:
		return nil, nil, refuse("a program has written this, such as a report or Terraform's " +
			"JSON: correct what it is made from")
	case of != nil && of.readOnly():
		return nil, nil, refuse("the configuration is a text inside the policy: correct it at " +
			"its source")
	case i < 0 || of == nil || of.custom:
		return nil, nil, refuse("no change of this file alone repairs it")
	}
	edits, err := repairs[i].make(&repairer{configure(finding.Policy, of), finding, facts})
	if err != nil {
		return nil, nil, err
	}
	edited, fields, err := rewrite(c, of, edits)
	if err == nil && len(fields) == 0 {
		err = refuse("the policy already has the given value")
	}
	return edited, fields, err
}

// switchOn is the repair that sets a boolean field.
func switchOn(field string) func(*repairer) ([]edit, error) {
	return func(*repairer) ([]edit, error) { return []edit{set(field, true)}, nil }
}

// checkAudience checks the audience that the user names.
func (r *repairer) checkAudience() ([]edit, error) {
	if r.asset != jwtValidation {
		return nil, refuse(
			"this policy can't check an audience",
			needSolution(solutionJWT, "puts JWT Validation in its place"),
			needSolution(solutionScopes, "requires a scope"),
		)
	}
	if r.facts.Audience == "" {
		return nil, refuse("the file does not show this environment's audience", needAudience())
	}
	if c := r.finding.Check; c != nil && c.Claim == "aud" { // a weak check of it is replaced
		return r.replaceValue(r.facts.Audience)
	}
	return append(audienceOn(), set("supportedAudiences", r.facts.Audience)), nil
}

// replaceWildcard puts the audience that the user names in the place of one with a wildcard. Only
// the user knows what a wildcard in another claim is meant to match.
func (r *repairer) replaceWildcard() ([]edit, error) {
	if r.finding.Field != "supportedAudiences" {
		return nil, byHand()
	}
	return r.checkAudience()
}

// switchAudienceOn switches on the check of the configured audience.
func (r *repairer) switchAudienceOn() ([]edit, error) { return audienceOn(), nil }

func audienceOn() []edit {
	return []edit{set("validateAudClaim", true), set("mandatoryAudClaim", true)}
}

// keySets are what the addresses of a policy's keys say, of which Flex Gateway takes several. What
// is not an address of Entra ID is left out.
func keySets(text string) []entra.KeysAddress {
	var all []entra.KeysAddress
	for _, address := range splitList(text) {
		if keys, ok := entra.ParseKeysURL(address); ok {
			all = append(all, keys)
		}
	}
	return all
}

// ofSeveral reports whether keys are not all of one tenant.
func ofSeveral(sets []entra.KeysAddress) bool {
	return slices.ContainsFunc(sets, func(keys entra.KeysAddress) bool {
		return !strings.EqualFold(keys.Tenant, sets[0].Tenant)
	})
}

// tenant is the id of the tenant that the user or the file names, with its cloud; the id is empty
// where neither names one alone. It is an error where the file's addresses are of two clouds and
// the user names none, or of a product that has addresses of its own.
func (r *repairer) tenant() (cloud entra.Cloud, id string, err error) {
	issuer, named := entra.ParseIssuer(claimValue(r.entry, "iss"))
	sets := keySets(r.setting("jwksUrl").text)
	known, keys := len(sets) > 0, entra.KeysAddress{}
	for _, keys = range sets {
		switch {
		case keys.Kind != sets[0].Kind:
			return cloud, "", refuse("the keys are of two products: only you know which of them " +
				"is right")
		case keys.Cloud.ID != sets[0].Cloud.ID && r.facts.Cloud == "":
			return cloud, "", refuse("the keys are of two clouds: only you know which of them is "+
				"right", needCloud(), needTenant())
		}
	}
	if ofSeveral(sets) {
		keys.Tenant = ""
	}
	entraID := entra.Issuer{}.Product()
	switch {
	case named && issuer.Product() != entraID,
		known && keys.Kind != entra.Workforce && keys.Host != keys.Cloud.Host:
		return cloud, "", refuse("Azure AD B2C and Entra External ID have issuers and keys at " +
			"addresses of their own: correct it by hand")
	case r.facts.Cloud != "":
		cloud, _ = entra.CloudByID(r.facts.Cloud)
	case named && known && !issuer.Is(keys.Cloud.ID):
		return cloud, "", refuse("the issuer is of one cloud and the keys are of another: only "+
			"you know which of them is right", needCloud(), needTenant())
	case known: // a v1.0 issuer may be of two clouds
		cloud = keys.Cloud
	case named:
		cloud, _ = issuer.CloudNamed("")
	default:
		cloud, _ = entra.CloudByID("public")
	}
	of := []string{issuer.Tenant, keys.Tenant, r.demanded("tid")}
	if r.facts.Tenant != "" {
		of = []string{r.facts.Tenant}
	}
	if i := slices.IndexFunc(of, entra.IsGUID); i >= 0 {
		id = strings.ToLower(of[i])
	}
	return cloud, id, nil
}

// version is the version of the API's tokens, as the user names it or as the rest of the
// configuration shows it.
func (r *repairer) version() (entra.Version, bool) {
	if r.facts.Version != 0 {
		return r.facts.Version, true
	}
	if v := entra.VersionNamed(r.demanded("ver")); v != 0 {
		return v, true
	}
	if issuer, ok := entra.ParseIssuer(claimValue(r.entry, "iss")); ok {
		return issuer.Version, true
	}
	audiences := cmp.Or(r.facts.Audience, r.setting("supportedAudiences").text)
	for _, audience := range splitList(audiences) {
		if strings.Contains(audience, "://") && on(r.config, "validateAudClaim") {
			return entra.V1, true // only v1.0 tokens have a URI there
		}
	}
	expression := r.setting("clientIdExpression").text
	switch {
	case on(r.config, "skipClientIdValidation"):
	case strings.Contains(expression, "claimSet.appid"):
		return entra.V1, true
	case strings.Contains(expression, "claimSet.azp"):
		return entra.V2, true
	}
	return 0, false
}

// demanded is the one text that the policy wants a claim to have; empty where there is none, or
// where there are several.
func (r *repairer) demanded(claim string) string {
	text := ""
	for _, c := range r.policy.Checks() {
		for _, want := range c.Test.Wants() {
			switch {
			case want.Input != rules.Claim(claim) || c.Skip != "":
			case text != "" && text != want.Text:
				return ""
			default:
				text = want.Text
			}
		}
	}
	return text
}

// issuer is the issuer of this environment's tokens.
func (r *repairer) issuer() (string, error) {
	cloud, tenant, err := r.tenant()
	version, isShown := r.version()
	switch {
	case err != nil:
		return "", err
	case tenant == "" && !isShown:
		return "", refuse("the file shows neither this environment's tenant nor the version of "+
			"the API's tokens", needTenant(), needVersion())
	case tenant == "":
		return "", refuse("the file does not show this environment's tenant", needTenant())
	case !isShown:
		return "", refuse(
			"the file does not show the version of the API's tokens, and the issuer depends on it",
			needVersion(),
		)
	}
	return entra.IssuerURL(cloud, tenant, version), nil
}

// pinIssuer adds the issuer to the mandatory claims.
func (r *repairer) pinIssuer() ([]edit, error) {
	issuer, err := r.issuer()
	if err != nil {
		return nil, err
	}
	return r.addClaim(r.variant, claimEntry("iss", issuer)), nil
}

// correctIssuer writes the issuer in the form that tokens have.
func (r *repairer) correctIssuer() ([]edit, error) {
	issuer, err := r.issuer()
	if err != nil {
		return nil, err
	}
	return r.replaceValue(issuer)
}

// oneTenant takes the issuer and the keys of the tenant that the user names, since the file does
// not say which of its two tenants is right.
func (r *repairer) oneTenant() ([]edit, error) {
	if _, _, err := r.tenant(); err != nil {
		return nil, err
	}
	if r.facts.Tenant == "" {
		return nil, refuse(
			"the file does not show which of the two tenants is right", needTenant(),
		)
	}
	keys, err := r.correctKeysURL()
	if err != nil {
		return nil, err
	}
	if v := r.findingValue(); v != nil && entra.IsGUID(v.Text) { // tid, not an issuer
		edits, err := r.replaceValue(strings.ToLower(r.facts.Tenant))
		return append(edits, keys...), err
	}
	issuer, err := r.correctIssuer()
	return append(issuer, keys...), err
}

// correctKeysURL writes the address of the tenant's keys.
func (r *repairer) correctKeysURL() ([]edit, error) {
	if r.variant == Flex && len(splitList(r.setting("jwksUrl").text)) > 1 {
		return nil, refuse("there are several addresses: only you know which of them to keep")
	}
	cloud, tenant, err := r.tenant()
	switch {
	case err != nil:
		return nil, err
	case tenant == "":
		return nil, refuse("the file does not show this environment's tenant", needTenant())
	}
	version := entra.V1
	if strings.Contains(r.setting("jwksUrl").text, "v2.0") {
		version = entra.V2
	}
	return []edit{set("jwksUrl", entra.KeysURL(cloud, tenant, version, ""))}, nil
}

// useTLS fetches the keys over https.
func (r *repairer) useTLS() ([]edit, error) {
	const plain = "http://"
	all := strings.Split(r.setting("jwksUrl").text, ",")
	for i, part := range all {
		address := strings.TrimSpace(part)
		if len(address) < len(plain) || !strings.EqualFold(address[:len(plain)], plain) {
			continue
		}
		secure := "https://" + address[len(plain):]
		if u, err := url.Parse(secure); err != nil || u.Port() != "" {
			return nil, refuse("the address names a port, and it is not known which port uses TLS")
		}
		all[i] = strings.Replace(part, address, secure, 1)
	}
	return []edit{set("jwksUrl", strings.Join(all, ","))}, nil
}

// verifySignature verifies with the tenant's keys.
func (r *repairer) verifySignature() ([]edit, error) {
	edits := []edit{set("signingMethod", "rsa")}
	if !r.setting("jwtKeyOrigin").is("jwks") || r.config.TextAt("jwksUrl") == "" {
		keys, err := r.correctKeysURL()
		if err != nil {
			return nil, err
		}
		edits = append(edits, set("jwtKeyOrigin", "jwks"))
		edits = append(edits, keys...)
	}
	if !r.setting("signingKeyLength").is("256") {
		edits = append(edits, set("signingKeyLength", 256))
	}
	return edits, nil
}

// readClientID reads the client id from the claim that tokens of the API's version have. A policy
// behind JWT Validation reads the claims that this one has left for it.
func (r *repairer) readClientID() ([]edit, error) {
	claims := "vars.claimSet."
	if r.asset != jwtValidation {
		claims = propagatedClaims + "."
		if !strings.Contains(r.setting("clientIdExpression").text, claims) {
			return nil, refuse(
				"this policy can't be configured to read another claim",
				needSolution(solutionJWT, ""), needSolution(solutionScopes, ""),
			)
		}
	}
	version, ok := r.version()
	if !ok {
		return nil, refuse(
			"the file does not show the version of the API's tokens, and the claim depends on it",
			needVersion(),
		)
	}
	claim := "appid"
	if version == entra.V2 {
		claim = "azp"
	}
	return []edit{set("clientIdExpression", "#["+claims+claim+"]")}, nil
}

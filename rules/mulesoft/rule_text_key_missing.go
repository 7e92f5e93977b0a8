package mulesoft

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func textKeyMissing() rules.Rule {
	return rules.Rule{
		Name:  "text-key-missing",
		Title: "a file that creates a policy has no textKey",
		Why: "API Manager requires textKey when it creates a JWT Validation policy, even where " +
			"the keys come from a URL and the field decides nothing. Without it the policy is " +
			"not created, and the API runs without it.",
		Fix: "Write a textKey: the key where jwtKeyOrigin is text, and any text, such as " +
			"unused, where the keys come from a URL.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docJWTPage, tfCommunity},
		Check:      eachEntry(hasNoTextKey),
	}
}

// hasNoTextKey leaves out what API Manager gives back, for it never gives a key back.
func hasNoTextKey(c configured) []rules.Finding {
	if c.asset != jwtValidation || c.custom || !c.config.Is(source.Object) ||
		firstPresent(c.config.Member("textKey")) != nil {
		return nil
	}
	message := "textKey is missing, and API Manager requires one when it creates the policy"
	switch c.creator {
	case createsNothing:
		return nil
	case createsWithKey:
		if !c.setting("jwtKeyOrigin").is("text") || c.setting("signingMethod").is("none") {
			return nil
		}
		message = "text_key is missing: the provider writes a text that is not a key instead"
	}
	f := rules.Finding{Field: "textKey", Message: message, Policy: c.policy}
	f.Pos, f.Span = c.fieldPos("textKey")
	return []rules.Finding{f}
}

// textKeyWanted is why a placeholder is written for a key that is not used.
const textKeyWanted = "API Manager requires it of a policy that it creates, and the policy does " +
	"not use it while its keys come from elsewhere: put in what your organisation wants there"

// changeOf is the change of a field. A placeholder for a key is marked as one.
func changeOf(field, from, to string) rules.FieldChange {
	change := rules.FieldChange{Field: field, From: from, To: to}
	if to == consoleTextKey {
		change.Fill = textKeyWanted
	}
	return change
}

// writeTextKey writes a placeholder for a key that the policy surely does not use.
func (r *repairer) writeTextKey() ([]edit, error) {
	origin := r.setting("jwtKeyOrigin")
	if !origin.is("jwks") && !origin.is(customOrigin) && !r.setting("signingMethod").is("none") {
		return nil, refuse("the policy verifies with that key: which it is, only you know")
	}
	return []edit{set("textKey", consoleTextKey)}, nil
}

// creator says what a file does with the policies in it.
type creator uint8

const (
	createsNothing creator = iota // it shows what is there, or a gateway reads it by itself
	creates                       // whoever applies it creates them in API Manager
	// the same, and writes a textKey of its own where the file has none: the resource for JWT
	// Validation in mulesoft-anypoint/terraform-provider-anypoint, whose default is the text empty
	createsWithKey
)

// creatorOf says what a file in Terraform's language does with a resource of a type.
func creatorOf(resource string) creator {
	if resource == "anypoint_apim_policy_jwt_validation" {
		return createsWithKey
	}
	return creates
}

// createBody reports whether an object is what API Manager takes to create a policy, as a whole.
// What API Manager gives back has an id.
func createBody(v *source.Value) bool {
	for _, name := range []string{"groupId", "assetId", "assetVersion", "configurationData"} {
		if v.Member(name) == nil {
			return false
		}
	}
	for _, name := range []string{"id", "policyId", "apiId", "apiVersionId", "audit", "template"} {
		if v.Find(name) != nil {
			return false
		}
	}
	return true
}

package mulesoft

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func placeholderValue() rules.Rule {
	return rules.Rule{
		Name:  "placeholder-value",
		Title: "a value is still the console's example",
		Why: "The console and the templates fill fields with examples, such as aud.example.com. " +
			"If such a field counts, no token has that audience and no key is at that address.",
		Fix:        "Put in this environment's own value.",
		Severity:   rules.Warning,
		References: []string{tfCommunity, docJWTPage},
		Check:      eachEntry(hasPlaceholders),
	}
}

// hasPlaceholders looks only at fields that decide something: API Manager demands a textKey even
// where the keys come from a URL.
func hasPlaceholders(c configured) []rules.Finding {
	var all []rules.Finding
	for _, name := range c.decisiveFields() {
		v := c.config.Member(name)
		if !v.Is(source.String) || templated(v) {
			continue
		}
		if placeholder(v.Text) || exampleText(v.Text) {
			all = append(all, c.finding(name, v, name+" still has an example's value")...)
		}
	}
	for _, item := range c.claimItems() {
		text, ok := item.value.Str()
		if !ok || templated(item.value) || strings.HasPrefix(text, "#[") {
			continue
		}
		if exampleText(text) {
			const message = " still has an example's value"
			all = append(all, c.finding(item.list, item.value, item.key+message)...)
		}
	}
	return all
}

// decisiveFields lists the fields that decide something in this configuration and that the console
// fills with a placeholder.
func (c configured) decisiveFields() []string {
	if c.asset != jwtValidation || c.custom {
		return nil
	}
	var names []string
	if c.setting("jwtKeyOrigin").is("jwks") {
		names = append(names, "jwksUrl")
	}
	if c.setting("jwtKeyOrigin").is("text") && !c.setting("signingMethod").is("none") {
		names = append(names, "textKey")
	}
	if c.setting("validateAudClaim").on() {
		names = append(names, "supportedAudiences")
	}
	return names
}

// exampleText reports whether a text has a word that stands for a tenant in documentation, or is a
// placeholder in angle brackets.
func exampleText(text string) bool {
	return containsAny(
		strings.ToLower(text),
		"<your", "<tenant", "your-tenant", "your_tenant", "yourtenant", "/tenant-id/",
		"/tenantid/", "{tenant",
	) || strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">")
}

// consoleTextKey is what the console fills in for a key that nobody has given.
const consoleTextKey = "your-(256|384|512)-bit-secret"

// placeholder reports whether a text has a value that the console or a template fills in for the
// user to replace.
func placeholder(text string) bool {
	return containsAny(text, consoleTextKey, "your-jwks-service.example", "aud.example.com")
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool {
		return strings.Contains(text, part)
	})
}

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
	return c.findingAt(c.fieldPlace("textKey"), message)
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

// mostMinutes is the longest time for which it makes sense to cache keys: a day. Entra ID may roll
// its keys at any time (learn.microsoft.com/entra/identity-platform/signing-key-rollover).
const mostMinutes = 24 * 60

func keyCachingTime() rules.Rule {
	return rules.Rule{
		Name:  "key-caching-time-in-seconds",
		Title: "the caching time of keys is probably given in seconds",
		Why: "jwksServiceTimeToLive counts minutes. 3600 keeps keys for two and a half days, " +
			"during which the gateway does not know a new key of Entra ID.",
		Fix:      "Write minutes: 60 for an hour, at most 1440 for a day.",
		Severity: rules.Warning,
		References: []string{
			docJWTPage, tfCommunity,
			"learn.microsoft.com/entra/identity-platform/signing-key-rollover",
		},
		Check: eachEntry(cachesForLongerThanADay),
	}
}

func cachesForLongerThanADay(c configured) []rules.Finding {
	ttl := c.setting("jwksServiceTimeToLive")
	minutes, err := strconv.ParseInt(ttl.text, 10, 64)
	if err != nil || ttl.value == nil || minutes <= mostMinutes || minutes > 1<<40 {
		return nil
	}
	length := inspect.Length(time.Duration(min(minutes, 100_000_000)) * time.Minute)
	message := "jwksServiceTimeToLive counts minutes: this is " + length
	return c.finding("jwksServiceTimeToLive", ttl.value, message)
}

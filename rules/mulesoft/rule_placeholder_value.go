package mulesoft

import (
	"slices"
	"strings"

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
		Since:      since,
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
	return containsAny(
		text, consoleTextKey, "your-jwks-service.example", "aud.example.com",
	)
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool {
		return strings.Contains(text, part)
	})
}

package mulesoft

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func placeholderValue() rules.Rule {
	return rules.Rule{
		Name:  "placeholder-value",
		Title: "a value is still the one that the console has filled in",
		Why: "The console and the templates fill fields with examples, such as aud.example.com. " +
			"Where such a field counts, no token has that audience and no key is at that " +
			"address.",
		Fix:        "Put in this environment's own value.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{tfCommunity, docJWTPage},
		Check:      checkPlaceholders,
	}
}

// checkPlaceholders looks at fields that count only: API Manager demands a textKey even where keys
// come from a URL.
func checkPlaceholders(s *rules.Subject) []rules.Finding {
	return eachEntry(s, func(c configured) []rules.Finding {
		var all []rules.Finding
		for _, m := range c.decisiveFields() {
			if v := c.config.Member(m); v.Is(source.String) && !templated(v) &&
				(placeholder(v.Text) || exampleText(v.Text)) {
				all = append(all, c.finding(m, v, m+" still has an example's value"))
			}
		}
		return append(all, c.placeholderClaims()...)
	})
}

// decisiveFields lists the fields that decide something in this configuration and come filled with
// a placeholder.
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

func (c configured) placeholderClaims() []rules.Finding {
	var all []rules.Finding
	for _, item := range c.claimItems() {
		if text, ok := item.value.Str(); ok && exampleText(text) && !templated(item.value) &&
			!strings.HasPrefix(text, "#[") {
			all = append(
				all, c.finding(item.list, item.value, item.key+" still has an example's value"),
			)
		}
	}
	return all
}

// exampleText reports whether a text has a word that stands for a tenant in documentation, or is a
// placeholder in angle brackets.
func exampleText(text string) bool {
	lower := strings.ToLower(text)
	for _, part := range []string{
		"<your", "<tenant", "your-tenant", "your_tenant", "yourtenant", "/tenant-id/",
		"/tenantid/", "{tenant",
	} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">")
}

// placeholder reports whether a text is one that the console or a template fills in, to be
// replaced.
func placeholder(text string) bool {
	for _, part := range []string{
		"your-(256|384|512)-bit-secret", "your-jwks-service.example", "aud.example.com",
	} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

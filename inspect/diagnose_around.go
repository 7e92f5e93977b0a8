package inspect

import (
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// decodedCopy is about what a page that decodes tokens shows: the header and the payload in JSON
// one after the other, or a table of claims.
func (p *paste) decodedCopy() *source.Error {
	if len(p.text) > maxDocument {
		return nil
	}
	inJSON := strings.Contains(p.text, `"alg"`) && strings.Contains(p.text, `"aud"`)
	if rows := p.rowsOf("aud", "iss", "exp"); !inJSON && rows < 3 {
		return nil
	}
	return instead("the text is a token that was decoded, not the token", hintItself, hintClaims)
}

// rowsOf counts the names that a line begins with, as the rows of a table do.
func (p *paste) rowsOf(names ...string) int {
	found := 0
	for _, name := range names {
		for line := range strings.Lines(p.text) {
			rest, begins := strings.CutPrefix(strings.TrimLeft(line, " \t|"), name)
			if begins && strings.IndexAny(rest, " \t:|") == 0 {
				found++
				break
			}
		}
	}
	return found
}

// secureString is what PowerShell shows of a text that it keeps secret.
const secureString = "System.Security.SecureString"

// notFilledIn is about a request, a collection of requests or the output of a shell that has
// something else where the token's text would be.
func (p *paste) notFilledIn() *source.Error {
	if len(p.text) > maxDocument {
		return nil
	}
	if strings.Contains(p.text, secureString) {
		return instead("PowerShell shows the type of the token here, not its text",
			"in PowerShell 7 this prints it: (Get-AzAccessToken -ResourceUrl YOUR_API).Token | "+
				"ConvertFrom-SecureString -AsPlainText")
	}
	if name := variableBehindBearer(p.text); name != "" {
		return instead("the text has the variable "+name+" in the place of the token",
			"pass the variable's value")
	}
	return nil
}

// variableBehindBearer is the first variable of a shell or of a collection of requests that is
// written where the token would be: $TOKEN, ${TOKEN}, $env:TOKEN, %TOKEN% or {{token}}.
func variableBehindBearer(text string) string {
	const behind = `(?i)(?:bearer\s+|"token",\s*"value":\s*")`
	const variable = `(\$\{?[a-z_][\w:.]*\}?|%[a-z_]\w*%|\{\{[\w .-]+\}\})`
	if found := regexp.MustCompile(behind + variable).FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// logged is about lines of a log: they may say what the gateway answered.
func (p *paste) logged() *source.Error {
	if !IsLog(p.text) {
		return nil
	}
	const how = "what a gateway wrote to its log about a request is passed as %s, beside the token"
	return usable("the text is from a log, and has no token", source.NeedObservedBody, how,
		"take the token from where the request was made")
}

// IsLog reports whether a text begins as a line of a log does: with a time, with an address or the
// like and a time in brackets, or with the row of stars that is around an error.
func IsLog(text string) bool {
	line, _, _ := strings.Cut(strings.TrimLeft(text, " \t\r\n\ufeff"), "\n")
	line = strings.TrimRight(line[:min(len(line), 200)], " \t\r")
	const iso = `^\W?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d`
	const apache, stars = `^\S+ .*\[\d\d/\w{3}/\d{4}:\d\d:`, `^\*{20,}$`
	return regexp.MustCompile(iso + "|" + apache + "|" + stars).MatchString(line)
}

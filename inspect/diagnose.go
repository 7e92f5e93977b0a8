package inspect

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// diagnose says what a text without a token is instead.
func (p *paste) diagnose() *source.Error {
	for _, look := range [...]func(*paste) *source.Error{
		(*paste).masked, (*paste).noWord, (*paste).markup, (*paste).pem, (*paste).notFilledIn,
		(*paste).jsonInstead, (*paste).yamlInstead, (*paste).decodedCopy, (*paste).shortened,
		(*paste).headerLine, (*paste).location, (*paste).credential, (*paste).damaged,
		(*paste).logged, (*paste).file,
	} {
		if e := look(p); e != nil {
			return e
		}
	}
	return instead("there is no token in the text",
		"pass the access token, a curl command or a header that has it, or the token endpoint's "+
			"answer")
}

func instead(cause string, hints ...string) *source.Error {
	return &source.Error{Cause: cause, Hints: source.Hints(hints...)}
}

// usable is about a text that is of use beside a token: the first hint says how to pass it.
func usable(cause string, input source.Input, first string, hints ...string) *source.Error {
	how := []source.Hint{source.Ask(input, first)}
	return &source.Error{Cause: cause, Hints: append(how, source.Hints(hints...)...)}
}

// hintAccessToken says what to do if something was copied in place of the token.
const hintAccessToken = "pass the access token: the value of access_token in the token " +
	"endpoint's answer, or what follows Bearer in the Authorization header"

// hintItself says what to do if what a token contains was copied.
const hintItself = "pass the token itself: it starts with " + jsonStart

// hintClaims says what can be done with claims alone.
const hintClaims = "if only its claims are left, a policy test says what a policy answers to " +
	"them: gatewhy help tests"

// noWord is about text that says that there is nothing.
func (p *paste) noWord() *source.Error {
	switch word := strings.ToLower(p.text); {
	case word == "":
		return instead("the text is empty",
			"is the variable set, and did the command before the pipe print anything?")
	case strings.IndexByte(p.text, 0) >= 0:
		return instead("the text is binary data, not a token", "pass the token as text")
	case word == "null", word == "undefined", word == "none", word == "nil", word == "true",
		word == "false", word == "[object object]", word == "[object promise]":
		return instead(
			fmt.Sprintf("the text is the word %q: a script printed a value that is not a token",
				word), "look at where the script takes the token from")
	case isPlaceholder(p.text):
		return instead(
			"the text is a placeholder for a token, or a variable that was not filled in",
			"pass the token itself")
	}
	return nil
}

// isPlaceholder knows $TOKEN, ${TOKEN}, %TOKEN%, {{token}}, <token> and YOUR_TOKEN.
func isPlaceholder(text string) bool {
	if len(text) > 60 || strings.ContainsAny(text, " \n.") {
		return false
	}
	for _, pair := range [...][2]string{
		{"$", ""}, {"%", "%"}, {"{{", "}}"}, {"<", ">"}, {"YOUR", ""}, {"your", ""},
	} {
		if strings.HasPrefix(text, pair[0]) && strings.HasSuffix(text, pair[1]) &&
			!strings.Contains(text, "</") {
			return true
		}
	}
	return false
}

// longestMasked is how long a text may be that a mask in it makes the text of a token.
const longestMasked = 200

// masked is about a line in which a word stands for the token.
func (p *paste) masked() *source.Error {
	if len(p.text) > longestMasked {
		return nil
	}
	lower := strings.ToLower(p.text)
	for _, word := range [...]string{"redacted", "masked", "hidden", "filtered"} {
		if strings.Contains(lower, "["+word+"]") || strings.Contains(lower, "<"+word+">") {
			return hidden()
		}
	}
	return nil
}

// hidden is what a token is that a program does not show.
func hidden() *source.Error {
	return instead("the token was masked by the program that showed it",
		"CI systems and log viewers mask secrets; take the token from where it is requested")
}

func (p *paste) markup() *source.Error {
	head := strings.ToLower(p.text[:min(len(p.text), 2000)])
	switch {
	case isEncodedMarkup(p.text),
		strings.HasPrefix(head, "<") &&
			(strings.Contains(head, "saml") || strings.Contains(head, "assertion")):
		return instead("the text is a SAML assertion or response, not a JWT",
			"a gateway's JWT and OpenID Connect policies read OAuth 2.0 access tokens; ask the "+
				"token endpoint for one")
	case strings.HasPrefix(head, "<!doctype html"), strings.HasPrefix(head, "<html"):
		return instead("the text is an HTML page, not a token",
			"a sign-in or error page answered instead of the token endpoint; open it to see "+
				"what it says")
	case strings.HasPrefix(head, "<?xml"):
		return instead("the text is XML, not a token", hintAccessToken)
	}
	return nil
}

func (p *paste) pem() *source.Error {
	_, rest, ok := strings.Cut(p.text, "-----BEGIN ")
	if !ok {
		return nil
	}
	kind, _, _ := strings.Cut(rest[:min(len(rest), 40)], "-----")
	what := "a key in PEM form"
	switch {
	case strings.Contains(kind, "PRIVATE"):
		return instead("the text is a private key, not a token",
			"whoever has it can sign in its owner's name: keep it out of tickets and shells",
			hintAccessToken)
	case strings.Contains(kind, "CERTIFICATE"):
		what = "a certificate"
	}
	const how = "to verify a token with it, pass it as %s"
	return usable("the text is "+what+", not a token", source.NeedKeySetFile, how, hintAccessToken)
}

// shortened is about a token that a program cut or masked when it showed it.
func (p *paste) shortened() *source.Error {
	if at := nextStart(p.text, 0); at >= 0 {
		run := p.text[at : at+runLength(p.text[at:])]
		behind := p.text[at+len(run):]
		switch {
		case strings.Contains(run, "...") || strings.HasSuffix(run, "..") ||
			StartsWithCut(behind):
			return instead("the token was shortened by the program that showed it",
				hintWhole,
				"in PowerShell: $answer.access_token, or Format-List with Out-String -Width 5000")
		case strings.HasPrefix(behind, "*"):
			return hidden()
		case at == 0 && strings.HasPrefix(run, jsonStart) && strings.Count(run, ".") < 2:
			return p.cut(run, behind)
		}
	}
	return nil
}

// cut is about a text that starts as a token and ends too soon.
func (p *paste) cut(run, behind string) *source.Error {
	if strings.TrimSpace(behind) != "" {
		return instead(
			fmt.Sprintf("the text starts like a token, but character %d can't be part of a token",
				len(run)+1), "copy only the token, without the text around it")
	}
	where := "header, its first part"
	first, _, more := strings.Cut(run, ".")
	switch payload := isPayload(first); {
	case payload && !more:
		return instead("the text is the payload of a token, its second part, without the others",
			hintWhole)
	case payload:
		return instead("the token's header, its first part, is missing", hintWhole)
	case more:
		where = "payload, its second part"
	}
	return instead("the token is cut off in its "+where, hintWhole)
}

// isPayload reports whether a part of a token has claims, and not what a header has.
func isPayload(part string) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return false
	}
	file, err := source.ReadJSON("text", text)
	if err != nil {
		return false
	}
	object := file.Documents[0]
	return object.Member("alg") == nil && hasAny(object, "iss aud exp")
}

// headerLine is about other headers of HTTP.
func (p *paste) headerLine() *source.Error {
	lower := strings.ToLower(p.text[:min(len(p.text), 4096)])
	switch {
	case strings.HasPrefix(lower, "basic "):
		return instead(
			"the header has Basic credentials: a client id or user with its password, not a token",
			"a gateway's token policies want Authorization: Bearer", hintAccessToken)
	case strings.HasPrefix(lower, "bearer"):
		return instead("no token follows Bearer", "is the variable with the token set?")
	case source.HasAnyPrefix(lower, "cookie:", "set-cookie:", "estsauth"),
		strings.Contains(lower, "; path=/"):
		return instead("the text is a cookie, not a token",
			"a session's cookie is for the web application that set it; an API accepts an "+
				"access token", hintAccessToken)
	}
	return nil
}

// location is about URLs.
func (p *paste) location() *source.Error {
	if !source.HasAnyPrefix(p.text, "https://", "http://") {
		return nil
	}
	switch {
	case strings.Contains(p.text, "?code=") || strings.Contains(p.text, "&code=") ||
		strings.Contains(p.text, "#code="):
		return instead("the URL has an authorization code, not a token",
			"the application exchanges it at the token endpoint; pass the access_token of that "+
				"answer")
	case strings.Contains(p.text, "error="):
		return instead("the URL has the error of a failed sign-in, not a token",
			"read its error_description")
	}
	const how = "pass the token; the URL of a key set is passed as %s"
	return usable("the text is a URL without a token", source.NeedKeySetURL, how)
}

// credential is about other secrets and ids that are mistaken for a token.
func (p *paste) credential() *source.Error {
	bare := strings.Trim(p.text, "{}()")
	switch {
	case entra.IsGUID(bare):
		return instead("the text is a GUID: an application, tenant or object id, not a token",
			hintAccessToken)
	case isClientSecret(p.text):
		return instead("the text looks like a client secret, not a token",
			"if it was shown to others, replace it", hintAccessToken)
	case isRefreshToken(p.text):
		return instead(
			"the text looks like a refresh token or an authorization code, which no API accepts",
			hintAccessToken)
	}
	return nil
}

// damaged is about one run of characters that has the dots of a token.
func (p *paste) damaged() *source.Error {
	if token68(p.text) != len(p.text) {
		return nil
	}
	if dots := strings.Count(p.text, "."); dots != 2 && dots != 4 {
		return p.short()
	}
	if strings.Contains(p.text, "/") || strings.HasPrefix(p.text, "www.") ||
		len(p.text) < minOpaque {
		return nil
	}
	fault := Parse(p.text).Fault
	switch {
	case fault == nil:
		return nil
	case fault.ID == "too-long":
		return &fault.Error
	}
	cause := "the text has dots like a token, but is not a token: " + fault.Cause
	if strings.EqualFold(p.text[:len(jsonStart)], jsonStart) {
		return instead(cause, startHint(p.text))
	}
	return instead(cause, "a token starts with "+jsonStart+"; was its first character lost?",
		hintWhole)
}

func (p *paste) short() *source.Error {
	if len(p.text) >= minOpaque || strings.Contains(p.text, ".") {
		return nil
	}
	characters := "1 character"
	if n := utf8.RuneCountInString(p.text); n != 1 {
		characters = fmt.Sprintf("%d characters", n)
	}
	return instead("the text has "+characters+", too few for a token", hintAccessToken)
}

// file is about the name of a file.
func (p *paste) file() *source.Error {
	if len(p.text) > 300 || strings.ContainsAny(p.text, "\n\"") {
		return nil
	}
	dot := strings.LastIndexByte(p.text, '.')
	if dot < 0 && !strings.ContainsAny(p.text, `/\`) {
		return nil
	}
	switch strings.ToLower(p.text[dot+1:]) {
	case "jwt", "txt", "json", "har", "token", "log", "yaml", "yml", "pem", "jwks", "xml":
	default:
		if !source.HasAnyPrefix(p.text, "/", "./", `.\`, "~/") {
			return nil
		}
	}
	return instead("the text is the name of a file, not a token",
		"put @ before it to read the token from the file: @FILE")
}

// besideToken says what to do with a text that goes beside the token.
const besideToken = "pass it as %s, beside the token"

// jsonInstead is about JSON without a token.
func (p *paste) jsonInstead() *source.Error {
	document := p.document()
	if document == nil {
		return p.brokenJSON()
	}
	if e := endpointError(document); e != nil {
		return e
	}
	for _, kind := range otherJSON() {
		if hasAny(document, kind.members) {
			hints := []source.Hint{source.Ask(kind.input, kind.hint)}
			if kind.hint == hintItself {
				hints = append(hints, source.Hints(hintClaims)...)
			}
			return &source.Error{Cause: "the text is " + kind.what, Hints: hints}
		}
	}
	return instead("the text is JSON without a token", hintAccessToken)
}

// otherDocument is a kind of JSON that people paste in the place of a token.
type otherDocument struct {
	members, what, hint string       // the members that it has one of
	input               source.Input // how it is passed, if it can be
}

// otherJSON lists the kinds, the most telling members first.
func otherJSON() []otherDocument {
	return []otherDocument{
		{
			"active", "a token introspection endpoint's answer", besideToken,
			source.NeedIntrospection,
		},
		{"keys", "a key set, not a token", besideToken, source.NeedKeySetFile},
		{
			"jwks_uri", "a discovery document, not a token",
			"pass its jwks_uri as %s, beside the token", source.NeedKeySetURL,
		},
		{
			"device_code", "a device code: the first half of signing in",
			"sign in with it, and pass the access_token of the token endpoint's answer", "",
		},
		{
			"refresh_token", "a token endpoint's answer without an access_token",
			"ask for a scope of the API, and pass the access_token of that answer", "",
		},
		{
			"configuration* polic*", "a gateway's policy, not a token", besideToken,
			source.NeedPolicy,
		},
		{
			"identifierUris appRoles requiredResourceAccess", "an app registration, not a token",
			besideToken, source.NeedApp,
		},
		{
			"iss aud exp scp roles", "claims that were decoded from a token, not the token",
			hintItself, "",
		},
		{
			"alg kid typ", "a token's decoded header, not the token",
			hintItself, "",
		},
		{
			"client_secret", "client credentials, not a token",
			"ask the token endpoint for a token with them, and pass the access_token of its " +
				"answer", "",
		},
	}
}

// hasAny reports whether an object has one of these members. A star stands for the rest of a name.
func hasAny(document *source.Value, members string) bool {
	for name := range strings.FieldsSeq(members) {
		beginning, open := strings.CutSuffix(name, "*")
		for i := range document.Members {
			key := document.Members[i].Key
			if key == name || open && strings.HasPrefix(key, beginning) {
				return true
			}
		}
	}
	return false
}

// brokenJSON is about text that is meant as JSON.
func (p *paste) brokenJSON() *source.Error {
	if !strings.HasPrefix(p.text, "{") || !strings.Contains(p.text, `"`) ||
		len(p.text) > maxDocument {
		return nil
	}
	if _, err := source.ReadJSON("text", []byte(p.text)); err != nil {
		if e := p.decodedCopy(); e != nil {
			return e
		}
		return instead("the text looks like JSON, but has no token and can't be read to its end",
			"was it cut off while copying?")
	}
	return nil
}

// endpointError is about a token endpoint that refused (RFC 6749, section 5.2).
func endpointError(document *source.Value) *source.Error {
	code, ok := document.Member("error").Str()
	if !ok {
		return nil
	}
	if len(code) > 60 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" {
		code = "an error"
	}
	cause := "the token endpoint answered with an error, not a token: " + code
	if aadsts := entraCode(document.TextAt("error_description")); aadsts != "" {
		return instead(cause+", "+aadsts,
			"look the code up at https://login.microsoftonline.com/error?code="+
				strings.TrimPrefix(aadsts, "AADSTS"))
	}
	return instead(cause, "the answer's error_description says more")
}

// entraCode returns the code that Entra ID's descriptions start with: AADSTS and digits.
func entraCode(description string) string {
	rest, ok := strings.CutPrefix(description, "AADSTS")
	if !ok {
		return ""
	}
	digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	if digits == "" || len(digits) > 10 {
		return ""
	}
	return "AADSTS" + digits
}

// yamlInstead is about configuration in YAML, in the form of Kubernetes: a resource has its
// version and kind.
func (p *paste) yamlInstead() *source.Error {
	version, kind := false, false
	for line := range strings.Lines(p.text[:min(len(p.text), 4096)]) {
		line = strings.TrimSpace(line)
		version = version || strings.HasPrefix(line, "apiVersion: ")
		kind = kind || strings.HasPrefix(line, "kind: ")
	}
	if !version || !kind {
		return nil
	}
	const cause = "the text is a resource in YAML, such as a gateway's policy, not a token"
	return usable(cause, source.NeedPolicy, besideToken)
}

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

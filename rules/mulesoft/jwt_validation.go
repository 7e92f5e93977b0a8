package mulesoft

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// jwtFieldRows are the fields of JWT Validation with their defaults (MuleSoft documentation, JWT
// Validation policy; mulesoft/terraform-provider-anypoint;
// mulesoft-anypoint/terraform-provider-anypoint). Nobody changes them.
var jwtFieldRows = [...]field{
	{
		name: "jwtOrigin", kind: source.String, absent: bearerOrigin,
		allowed: []string{bearerOrigin, customOrigin},
	},
	{name: "jwtExpression", kind: source.String, absent: "#[attributes.headers['jwt']]"},
	{
		name: "signingMethod", kind: source.String, absent: "rsa",
		allowed: []string{"rsa", "hmac", "es", "none"},
	},
	{
		name: "signingKeyLength", kind: source.Number, absent: "256",
		allowed: []string{"256", "384", "512"},
	},
	{
		name: "jwtKeyOrigin", kind: source.String, absent: "text",
		allowed: []string{"text", "jwks", customOrigin},
	},
	{name: "textKey", kind: source.String},
	{name: "customKeyExpression", kind: source.String},
	{name: "jwksUrl", kind: source.String},
	{name: "jwksServiceTimeToLive", kind: source.Number, absent: "60"},
	{name: "jwksServiceConnectionTimeout", kind: source.Number, absent: "10000"},
	{name: "skipClientIdValidation", kind: source.Bool, absent: "false"},
	{name: "clientIdExpression", kind: source.String, absent: "#[vars.claimSet.client_id]"},
	{name: "validateAudClaim", kind: source.Bool, absent: "false"},
	{name: "mandatoryAudClaim", kind: source.Bool, absent: "false"},
	{name: "supportedAudiences", kind: source.String},
	{name: "mandatoryExpClaim", kind: source.Bool, absent: "false"},
	{name: "mandatoryNbfClaim", kind: source.Bool, absent: "false"},
	{name: "validateCustomClaim", kind: source.Bool, absent: "false"},
	{name: "mandatoryCustomClaims", kind: source.List},
	{name: "nonMandatoryCustomClaims", kind: source.List},
	{name: "claimsToHeaders", kind: source.List},
}

func jwtFields() []field { return jwtFieldRows[:] }

// Where the token, the key or the credentials come from.
const (
	bearerOrigin = "httpBearerAuthenticationHeader"
	customOrigin = "customExpression"
)

// jwtCompiler turns the fields of JWT Validation into checks.
type jwtCompiler struct{ *compiler }

func (c *compiler) jwtValidation() []*rules.Check {
	j := jwtCompiler{c}
	return slices.Concat(
		[]*rules.Check{
			j.tokenPresent(), j.tokenFormat(), j.algorithm(), j.signature(),
			j.timeCheck(rules.Expiry, "exp", rules.After, "mandatoryExpClaim", expiredToken),
			j.timeCheck(rules.NotBefore, "nbf", rules.NotAfter, "mandatoryNbfClaim", notYetValid),
			j.audience(),
		},
		j.customClaims(),
		[]*rules.Check{
			j.clientID(), j.contract("skipClientIdValidation", j.get("skipClientIdValidation")),
		},
	)
}

func (j jwtCompiler) tokenPresent() *rules.Check {
	origin := j.get("jwtOrigin")
	check := j.check(rules.TokenPresent, "jwtOrigin", rules.Documented.From(docJWT))
	check.Answer = j.answer(noToken)
	check.Unknown = origin.unknown
	check.Test = j.sent(j.variant == Mule)
	if origin.is(customOrigin) {
		expression := j.get("jwtExpression")
		j.decide(check, "jwtExpression")
		check.Test, check.Unknown = j.tokenExpression(expression), expression.unknown
	}
	return check
}

// tokenExpression is the test that the policy's expression gives the token. Where nothing else is
// known, the token is taken to be sent in the header that the expression reads.
func (j jwtCompiler) tokenExpression(field setting) rules.Predicate {
	e := j.parseOnly(field.text)
	e.claimless = true // they come from the token that it finds
	in := j.opaque(e)
	if e.expr == nil {
		return rules.Found(in)
	}
	sentIn := ""
	path := e.expr.Root.Path()
	if len(path) == 3 && path[0] == "attributes" && path[1] == "headers" {
		sentIn = strings.ToLower(path[2])
	}
	in.Opaque.Language = "" // what it gives is looked at, too
	in.Opaque.Eval = func(r *rules.Request) rules.Reading { return j.tokenFrom(e, r, sentIn) }
	return rules.Found(in)
}

// tokenFrom evaluates the expression, and takes its value only where that is the token.
func (j jwtCompiler) tokenFrom(e expression, r *rules.Request, sentIn string) rules.Reading {
	if r.Token == nil {
		return rules.Reading{}
	}
	got := reading(e.run(r, j.runtime, sentIn))
	if got.Value != nil && got.Value.Kind != source.Null && got.Value.Text != tokenStandIn {
		const why = "the expression gives something other than the token"
		return rules.Reading{Unknown: &rules.Unknown{Why: why}}
	}
	return got
}

func (j jwtCompiler) tokenFormat() *rules.Check {
	check := j.check(rules.TokenFormat, "jwtOrigin", rules.Documented.From(docJWT))
	checked := []string{"claims.exp", "claims.nbf"}
	if j.get("validateAudClaim").on() {
		checked = append(checked, "claims.aud")
	}
	check.Test = rules.Predicate{Op: rules.Readable, Loose: true, Elsewhere: checked}
	check.Answer = j.answer(malformedToken)
	return check
}

func (j jwtCompiler) algorithm() *rules.Check {
	method, length := j.get("signingMethod"), j.get("signingKeyLength")
	algorithm := algorithmName(method.text, length.text)
	check := j.check(rules.Algorithm, "signingMethod", rules.Documented.From(docJWT))
	check.Length = j.placeOf("signingKeyLength", "signingMethod")
	check.Answer = j.answer(wrongAlgorithm)
	check.Inferred = j.methodInferred(method)
	check.Unknown, check.MaySkip = cmp.Or(method.unknown, length.unknown), j.unsigned()
	check.Test = rules.Predicate{
		Op:     rules.Equals,
		Input:  rules.Input{Source: rules.FromHeader, Name: "alg"},
		Values: rules.Literals(algorithm),
	}
	switch {
	case method.is("none"):
		check.Skip = "signingMethod is none: the policy accepts any algorithm, even none"
	case check.Unknown == nil && algorithm == "":
		check.Unknown = &rules.Unknown{
			Why: "there is no algorithm " + method.text + " with a length of " + length.text,
		}
	case check.Unknown == nil && method.is("es"):
		check.Unknown = j.ellipticUnknown(length.text)
	}
	return check
}

// unsigned is why the policy may take tokens of any signature, and of none, though the file does
// not say so. Mule Gateway's page says that it does where no algorithm is specified; other pages
// and a provider of Terraform have rsa for the default.
func (j jwtCompiler) unsigned() *rules.Unknown {
	method := j.get("signingMethod")
	if method.value == nil && j.variant == Mule && !j.filled {
		return &rules.Unknown{
			Why: "signingMethod is absent, and Mule Gateway is documented to accept every " +
				"signed and unsigned token then",
			Need: rules.Need{Input: source.NeedPolicy, For: "the policy with its signingMethod"},
		}
	}
	return method.unknown
}

// methodInferred says that rsa is no documented default of Mule Gateway: its documentation speaks
// of a policy without an algorithm that takes every token.
func (j jwtCompiler) methodInferred(method setting) []rules.Inference {
	if j.variant != Mule || method.value != nil || method.unknown != nil {
		return nil
	}
	return []rules.Inference{{About: rules.AnyResult, Evidence: rules.Inferred.From(tfCommunity)}}
}

// algorithmName is the JOSE name of a signing method and a length; empty where there is none.
func algorithmName(method, length string) string {
	family, ok := map[string]string{"rsa": "RS", "hmac": "HS", "es": "ES"}[method]
	if !ok || length != "256" && length != "384" && length != "512" {
		return ""
	}
	return family + length
}

// ellipticUnknown is why we do not know whether the gateway takes an ES algorithm. Mule Gateway
// takes them since version 1.3.0 of the policy. Flex Gateway's documentation does not mention
// ES512 (MuleSoft documentation and release notes).
func (j jwtCompiler) ellipticUnknown(length string) *rules.Unknown {
	switch old, known := rules.OlderThan(j.version, 1, 3, 0); {
	case j.variant == Flex && length == "512":
		return &rules.Unknown{Why: "Flex Gateway's documentation has no ES512"}
	case j.variant == Mule && known && old:
		return &rules.Unknown{
			Why: "the policy has ES algorithms since version 1.3.0, and this is " + j.version,
		}
	}
	return nil
}

func (j jwtCompiler) signature() *rules.Check {
	method, origin := j.get("signingMethod"), j.get("jwtKeyOrigin")
	field := "jwksUrl"
	switch {
	case origin.is("text"):
		field = "textKey"
	case origin.is(customOrigin):
		field = "customKeyExpression"
	}
	check := j.check(rules.Signature, field, rules.Documented.From(docJWT))
	check.Answer = j.answer(badSignature)
	check.Inferred = append(
		j.methodInferred(method),
		rules.Inference{About: rules.StrictReader, Evidence: rules.Inferred.From(docJWT)},
	)
	check.Unknown, check.MaySkip = cmp.Or(method.unknown, origin.unknown), j.unsigned()
	switch {
	case method.is("none"):
		j.switchOff(
			check, "signingMethod", "signingMethod is none: the policy verifies no signature",
		)
	case origin.is("jwks"):
		j.keysFromURL(check)
	case origin.is("text"):
		undocumented := origin.value == nil && j.variant == Mule && !j.filled
		if undocumented && check.Unknown == nil {
			j.decide(check, "jwtKeyOrigin")
			check.Unknown = j.notInFile("jwtKeyOrigin", "jwtKeyOrigin is absent, and its default "+
				"is documented only for Flex Gateway")
		}
		j.keyFromText(check, method.is("hmac"))
	case check.Unknown == nil:
		check.Unknown = &rules.Unknown{
			Why: "the key comes from an expression over the request, which is not modelled",
			Need: rules.Need{
				For: "which key customKeyExpression gives: another key set does not replace it",
			},
		}
	}
	return check
}

// notInFile says that the file lacks a field without which nobody knows what decides.
func (c *compiler) notInFile(field, why string) *rules.Unknown {
	if c.config.Is(source.Object) {
		c.find("value-not-known", c.fieldPlace(field), why)
	}
	return &rules.Unknown{Why: why, Need: rules.Need{
		Input: source.NeedPolicy, For: "the policy with its " + field,
	}}
}

// keysFromURL verifies with the keys at an address; Flex Gateway takes a list of them (MuleSoft
// documentation, JWT Validation policy).
func (j jwtCompiler) keysFromURL(check *rules.Check) {
	url := j.get("jwksUrl")
	if url.value != nil && templated(url.value) {
		key := loose(rules.KeysUnread(url.unknown))
		check.Test = rules.Predicate{Op: rules.Verifies, Key: key}
		return
	}
	check.Unknown = cmp.Or(check.Unknown, url.unknown)
	if check.Unknown == nil && url.value == nil {
		check.Unknown = j.notInFile(
			"jwksUrl", "jwksUrl is not in the file: the keys are not known",
		)
	}
	key := loose(rules.KeysAt(url.text, j.variant == Flex))
	ours := func(address string) bool { return !placeholder(address) }
	if !slices.ContainsFunc(key.Addresses(), ours) {
		key.Nowhere = "it is still the console's example"
	}
	check.Test = rules.Predicate{Op: rules.Verifies, Key: key}
	if check.Unknown != nil {
		key.Nowhere = ""
	}
}

// loose is a key of a gateway that nobody has run with an odd header: it is not documented whether
// it looks at crit, for one, as HAProxy and mod_auth_openidc do not.
func loose(key *rules.Key) *rules.Key {
	key.Loose, key.Lenience.AnyCrit = true, true
	return key
}

// keyFromText verifies with the key in the policy itself. API Manager never gives that key back,
// and fills in a placeholder where the policy does not use it.
func (j jwtCompiler) keyFromText(check *rules.Check, hmac bool) {
	key := j.get("textKey")
	check.Unknown = cmp.Or(check.Unknown, key.unknown)
	check.Test = rules.Predicate{
		Op: rules.Verifies, Key: loose(&rules.Key{Text: key.text, HMAC: hmac, Own: true}),
	}
	switch length, _ := strconv.Atoi(j.get("signingKeyLength").text); {
	case placeholder(key.text):
		check.Test.Key.Text = ""
	case check.Unknown == nil && key.value == nil && j.creator == createsNothing:
		j.notInFile("textKey", "textKey is not in the file (API Manager never returns it): "+
			"the key is not known")
	case hmac && key.text != "" && 8*len(key.text) < length:
		check.Test.Key.Unfit = fmt.Sprintf(
			"the shared secret has %d bytes where the vendor asks for %d, and it is not "+
				"documented how the gateway handles a shorter one", len(key.text), length/8,
		)
	}
}

// timeCheck is the check of a claim with a time. The policy checks it wherever it is present, and
// the field says that it must be. A number that overflows the gateway's clock has an answer of its
// own.
func (j jwtCompiler) timeCheck(
	id rules.ID, claim string, op rules.Op, field, situation string,
) *rules.Check {
	mandatory := j.get(field)
	test := rules.Predicate{Op: op, Input: rules.Claim(claim), Doubt: largestLeeway}
	switch overflow := j.answer(enormousExpiry); {
	case overflow.Status == 0:
	case id == rules.Expiry:
		test.Sure, test.Limit = flexWorkingInstant, flexFailingInstant-1
		test.Overflow = &overflow
	default: // refused in any case, and nobody has observed with which status
		test.Limit, test.Overflow = flexWorkingInstant, &rules.Answer{Situation: situation}
	}
	check := j.check(id, field, rules.Documented.From(docJWT))
	check.Answer = j.answer(situation)
	check.Test = claimTest(test.Input, test, mandatory.on())
	mandatory.ofClaim(check, rules.Has(test.Input), test)
	if mandatory.on() {
		missing := j.answer(missingTime)
		check.Test.Of[0].Otherwise = &missing
	}
	return check
}

// The numbers of seconds between which Flex Gateway's clock overflows. As observed, the first
// works and the second does not. A clock of nanoseconds in 63 bits would end at 9,223,372,036.
const (
	flexWorkingInstant = 5000000000
	flexFailingInstant = 9999999999
)

func (j jwtCompiler) audience() *rules.Check {
	validate, mandatory := j.get("validateAudClaim"), j.get("mandatoryAudClaim")
	audiences := j.get("supportedAudiences")
	check := j.check(rules.Audience, "supportedAudiences", rules.Documented.From(docJWT))
	check.Answer = j.answer(wrongAudience)
	test := rules.Predicate{
		Op:     rules.OneOf,
		Loose:  true,
		Input:  rules.Claim("aud"),
		Values: rules.Literals(splitList(audiences.text)...),
	}
	has := rules.Has(test.Input)
	has.Loose = true
	check.Test = rules.Either(rules.Negate(has), test)
	mandatory.ofClaim(check, has, test)
	check.Unknown = cmp.Or(validate.unknown, check.Unknown, audiences.unknown)
	check.Optional = j.placeOf("mandatoryAudClaim", "validateAudClaim")
	check.Inferred = audienceInferred(audiences.text, mandatory.on())
	if mandatory.on() {
		check.Test = rules.Required(test.Input, test)
		without := rules.Inference{About: rules.SwitchedOff, Evidence: rules.Inferred.From(docJWT)}
		check.Inferred = append(check.Inferred, without)
	}
	if validate.unknown == nil && !validate.on() {
		j.switchOff(
			check, "validateAudClaim",
			"validateAudClaim is not on: the policy accepts a token for any API",
		)
	}
	return check
}

// audienceInferred lists what the vendor does not document of the audience check: that blanks
// around an element do not count, that an empty list admits no audience, and that case, a slash at
// the end and api:// do count.
func audienceInferred(list string, mandatory bool) []rules.Inference {
	aud, trimmed := rules.Claim("aud"), splitList(list)
	loose := rules.Predicate{
		Op: rules.OneOf, Input: aud, Texts: &rules.Texts{FoldCase: true, SlashAlike: true},
	}
	for _, element := range trimmed {
		bare := strings.TrimPrefix(element, "api://")
		loose.Values = append(loose.Values, rules.Literals(bare, "api://"+bare)...)
	}
	untrimmed := rules.Compared(strings.SplitSeq(list, ","))
	otherwise := []rules.Predicate{
		{Op: rules.OneOf, Input: aud, Values: rules.Literals(untrimmed...)}, loose,
	}
	if len(trimmed) == 0 {
		otherwise = []rules.Predicate{rules.Has(aud)}
	}
	var all []rules.Inference
	for _, test := range otherwise {
		whole := claimTest(aud, test, mandatory)
		all = append(all, rules.Inference{
			About: rules.AnotherTest, Test: &whole,
			Evidence: rules.Inferred.From(docJWT),
		})
	}
	return all
}

// splitList splits a list at its commas. White space around an element does not count, which is
// inferred.
func splitList(text string) []string {
	return rules.Compared(func(yield func(string) bool) {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	})
}

func (j jwtCompiler) clientID() *rules.Check {
	skip, expression := j.get("skipClientIdValidation"), j.get("clientIdExpression")
	check := j.check(rules.ClientID, "clientIdExpression", rules.Documented.From(docJWT))
	check.Answer = j.answer(noClientID)
	check.Binds = boundClient
	check.Unknown = cmp.Or(skip.unknown, expression.unknown)
	if expression.value == nil { // its default is used where the other field asks for a client id
		moveTo(check, *j.placeOf("clientIdExpression", "skipClientIdValidation"))
	}
	if expression.unknown == nil {
		check.Test = rules.Found(j.input(expression.text))
		check.Test.Loose = true
	}
	if j.local {
		check.MaySkip = j.noContracts()
	}
	if skip.on() {
		j.switchOff(
			check, "skipClientIdValidation",
			"skipClientIdValidation is on: the policy does not check the client id",
		)
	}
	return check
}

// customClaims makes a check of each claim that the policy lists. All of them must hold.
func (j jwtCompiler) customClaims() []*rules.Check {
	validate := j.get("validateCustomClaim")
	inferences := []rules.Inference{
		{About: rules.SwitchedOff, Evidence: rules.Inferred.From(docJWT)},
		{About: rules.ErrorFails, Evidence: rules.Inferred.From(pdkJWTExample)},
	}
	var checks []*rules.Check
	for _, list := range []struct {
		name      string
		mandatory bool
	}{{"mandatoryCustomClaims", true}, {"nonMandatoryCustomClaims", false}} {
		setting := j.get(list.name)
		if setting.unknown != nil {
			check := j.check(rules.CustomClaim, list.name, rules.Documented.From(docJWT))
			check.Unknown, check.Answer = setting.unknown, j.answer(claimFails)
			checks = append(checks, check)
			continue
		}
		for _, item := range setting.value.List() {
			check := j.customClaim(list.name, item, list.mandatory, inferences)
			if validate.unknown != nil {
				check.Unknown = validate.unknown
			} else if !validate.on() {
				j.switchOff(check, "validateCustomClaim",
					"validateCustomClaim is not on: the policy does not check the claims in its "+
						"lists")
			}
			checks = append(checks, check)
		}
	}
	return checks
}

// claimsPlace is where another custom claim would be written, or what keeps those that are written
// from being checked.
func (j jwtCompiler) claimsPlace() *rules.Place {
	const list, validate = "mandatoryCustomClaims", "validateCustomClaim"
	if j.get(validate).on() {
		return j.placeOf(list, validate)
	}
	return j.placeOf(validate, list, "jwksUrl")
}

// customClaim compiles one claim, which must equal a literal, or for which an expression must give
// true. Where a mandatory claim is missing, the check fails whatever the expression gives.
func (j jwtCompiler) customClaim(
	list string, item *source.Value, mandatory bool, inferences []rules.Inference,
) *rules.Check {
	name, value := item.Member("key"), item.Member("value")
	key, okKey := name.Str()
	check := &rules.Check{
		ID: rules.CustomClaim, Claim: key, Evidence: rules.Documented.From(docJWT),
		Answer:   j.answer(claimFails),
		Inferred: inferences,
	}
	moveTo(check, place(list, cmp.Or(value, item)))
	text, ok := value.Str()
	switch {
	case item.Is(source.Unknown):
		check.Unknown = &rules.Unknown{Why: item.Doubt("an entry of " + list)}
		return check
	case name != nil && templated(name):
		check.Unknown = &rules.Unknown{Why: name.Doubt("a key of " + list)}
		return check
	case !okKey || key == "":
		j.brokenClaim(check, fmt.Sprintf("an entry of %s has no key", list))
		return check
	case value != nil && templated(value):
		check.Unknown = &rules.Unknown{Why: value.Doubt("the value for " + key)}
		return check
	case !ok:
		const why = "the value for %s must be a string, but this is %s"
		j.brokenClaim(check, fmt.Sprintf(why, key, kindOf(value)))
		return check
	}
	check.Test = claimTest(rules.Claim(key), j.claimValueTest(key, text), mandatory)
	return check
}

// brokenClaim reports an item of the list that is not a claim, and leaves its check unknown.
func (j jwtCompiler) brokenClaim(check *rules.Check, why string) {
	check.Unknown = &rules.Unknown{Why: why}
	j.find("wrong-type", rules.Place{Field: check.Field, Pos: check.Pos, Span: check.Span}, why)
}

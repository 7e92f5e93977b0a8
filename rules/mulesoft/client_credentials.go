package mulesoft

import (
	"cmp"
	"encoding/base64"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// credentialFields are the fields of Client ID Enforcement, and those fields of the SLA-based rate
// limit that identify the client (MuleSoft documentation;
// mulesoft-anypoint/terraform-provider-anypoint). Two names are in use for the field that says
// where the credentials come from.
func credentialFields() []field {
	origins := []string{customOrigin, basicOrigin}
	return []field{
		{
			name: "credentialsOriginHasHttpBasicAuthenticationHeader", kind: source.String,
			absent: customOrigin, allowed: origins,
		},
		{name: "credentialsOrigin", kind: source.String, absent: customOrigin, allowed: origins},
		{
			name: "clientIdExpression", kind: source.String,
			absent: "#[attributes.headers['client_id']]",
		},
		{name: "clientSecretExpression", kind: source.String},
		{name: "clusterizable", kind: source.Bool},
		{name: "exposeHeaders", kind: source.Bool},
	}
}

const basicOrigin = "httpBasicAuthenticationHeader"

// credentialCompiler turns the fields of a policy that asks for a client id and secret into
// checks.
type credentialCompiler struct{ *compiler }

func (c *compiler) clientCredentials() []*rules.Check {
	k := credentialCompiler{c}
	contract := k.contract("clientIdExpression", setting{})
	contract.Evidence, contract.Answer = rules.Documented.From(docClientID), k.answer(noContract)
	if c.local { // it is the policy that is not for this gateway, and not its field
		moveTo(contract, place("policyRef", firstPresent(c.assetAt, c.place)))
	}
	return []*rules.Check{k.clientID(), k.clientSecret(), contract}
}

// origin is the field that says where the credentials come from, and its setting.
func (k credentialCompiler) origin() (string, setting) {
	name := "credentialsOriginHasHttpBasicAuthenticationHeader"
	if k.config.Member(name) == nil && k.config.Member("credentialsOrigin") != nil {
		name = "credentialsOrigin"
	}
	return name, k.get(name)
}

// answer is what the gateway sends in a situation. It may depend on where the credentials come
// from.
func (k credentialCompiler) answer(situation string) rules.Answer {
	if _, origin := k.origin(); origin.is(basicOrigin) {
		if a := k.answerIf(situation, inBasicForm); a.Situation != "" {
			return a
		}
	}
	return k.answerIf(situation, "")
}

// expression is what a field for a credential has. The claims in vars.claimSet are those of JWT
// Validation (docJWT): here that is a variable as any other, which another policy may set.
func (k credentialCompiler) expression(field string) expression {
	e := k.parseOnly(field)
	if e.claimless = true; !e.propagated {
		e.claims = nil
	}
	return e
}

// idInput is what the expression for the client id gives: a claim, where it only selects one of
// those that JWT Validation has left for it.
func (k credentialCompiler) idInput(field string) rules.Input {
	e := k.expression(field)
	if claim, ok := propagatedClaim(e); ok {
		return rules.Claim(claim)
	}
	return k.opaque(e)
}

func (k credentialCompiler) clientID() *rules.Check {
	name, origin := k.origin()
	expression := k.get("clientIdExpression")
	check := k.check(rules.ClientID, "clientIdExpression", rules.Documented.From(docClientID))
	check.Answer, check.Binds = k.answer(noClientID), boundClient
	check.Unknown = cmp.Or(origin.unknown, expression.unknown)
	check.Test = rules.Found(k.idInput(expression.text))
	check.Test.Loose = true
	if origin.is(basicOrigin) {
		k.decide(check, name)
		check.Test, check.Unknown = rules.Found(basicInput("client id", 0)), nil
	}
	return check
}

// clientSecret checks that there is a secret, where the configuration asks for one. Only the
// gateway knows whether the secret is the client's.
func (k credentialCompiler) clientSecret() *rules.Check {
	name, origin := k.origin()
	expression := k.get("clientSecretExpression")
	check := k.check(
		rules.ClientSecret, "clientSecretExpression", rules.Documented.From(docClientID),
	)
	check.Answer = k.answer(credentialsWrong)
	check.Unknown = cmp.Or(origin.unknown, expression.unknown)
	secret := k.opaque(k.expression(expression.text))
	if origin.is(basicOrigin) {
		k.decide(check, name)
		secret = basicInput("client secret", 1)
	} else if expression.text == "" && check.Unknown == nil {
		check.Skip = "no clientSecretExpression: the policy asks for no secret"
		return check
	}
	if len(secret.Opaque.Reads) == 0 {
		check.Wants = "the client's secret" // the expression may be the secret itself
	}
	secret.Opaque.Language, secret.Opaque.Eval = "", cannotCompare(secret)
	if !origin.is(basicOrigin) && readsNothing(k.parse(expression.text).expr) {
		check.Unknown = cmp.Or(check.Unknown, &rules.Unknown{
			Why: "the expression reads nothing of the request", MayErr: true,
		})
	}
	check.Test = rules.Found(secret)
	return check
}

// cannotCompare evaluates a secret: it is absent, or we can't know whether it is the right one.
func cannotCompare(secret rules.Input) func(*rules.Request) rules.Reading {
	eval := secret.Opaque.Eval
	return func(r *rules.Request) rules.Reading {
		reading := eval(r)
		if reading.Value != nil && reading.Value.Kind != source.Null {
			return rules.Reading{Unknown: &rules.Unknown{
				Why: "the request has a secret, but only the gateway knows whether it is the " +
					"client's",
			}}
		}
		return reading
	}
}

// basicInput reads a part of the Authorization header in basic form: 0 the user name, 1 the
// password (RFC 7617).
func basicInput(name string, part int) rules.Input {
	return rules.Computed("the "+name+" in the Authorization header, in basic form",
		func(r *rules.Request) rules.Reading { return basicPart(r, part) },
		rules.Input{Source: rules.FromHTTP, Name: "authorization"})
}

// basicPart reads the header of a request. It is unknown where the header may be sent and was not
// given.
func basicPart(r *rules.Request, part int) rules.Reading {
	header, given, doubt := r.Sent("Authorization")
	switch {
	case doubt != nil:
		return rules.Reading{Unknown: doubt}
	case !given && (r.Bearer() || r.HeadersWhole):
		return rules.Reading{} // the header holds the token, or is not sent
	case !given:
		return rules.Reading{Unknown: &rules.Unknown{
			Why: "the request's Authorization header is not known",
			Need: rules.Need{
				Input: source.NeedHeader, Name: "Authorization", Value: "Basic ",
				For: "the header that the client sends",
			},
		}}
	}
	// RFC 7617 has the word without case, and some decoders do without base64's padding.
	scheme, encoded, _ := strings.Cut(header, " ")
	bare := strings.Trim(encoded, " =")
	if _, err := base64.RawStdEncoding.DecodeString(bare); err != nil || bare == "" ||
		!strings.EqualFold(scheme, "Basic") {
		return rules.Reading{}
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	id, secret, isPair := strings.Cut(string(decoded), ":")
	if err != nil || scheme != "Basic" || !isPair {
		return rules.Reading{Unknown: &rules.Unknown{
			Why: "it is not documented whether the gateway takes this form of Basic",
		}}
	}
	return rules.Reading{Value: source.NewString([...]string{id, secret}[part])}
}

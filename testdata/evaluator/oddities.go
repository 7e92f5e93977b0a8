package evaluator

import (
	"slices"
	"strings"
)

// oddities are the strange things that are done to a pair. One that is named more than once is
// done more often.
var oddities = []func(generator, *Pair){
	generator.oddTime, generator.oddTime,
	generator.oddAudience, generator.oddAudience,
	generator.oddClaim, generator.oddClaim,
	generator.oddSwitch, generator.oddSwitch,
	generator.oddText,
	generator.absentMember,
	generator.oddCustomClaim, generator.oddCustomClaim,
	generator.oddSignature,
	generator.oddMethod,
	generator.oddOrigin,
	generator.oddClient, generator.oddClient,
	generator.oddContracts,
	generator.twice,
	generator.rarely,
}

var (
	templates = []string{
		"${VALUE}", "{{ value }}", "#{Value}#", "$(Value)", "__Value__", "<VALUE>", "%VALUE%",
		"<%= value %>", "{% value %}",
	}
	strange = []any{
		nil, "", " ", "true", "false", "True", 0, 1,
		[]any{},
		[]any{"a"},
		map[string]any{"a": "b"},
		"${VALUE}", "#{Value}#",
	}
	distances = []int{
		-86400, -3600, -301, -300, -299, -60, -1, 0, 1, 60, 299, 300, 301, 3600, 86400,
	}
	names = []string{
		"iss", "tid", "appid", "azp", "roles", "scp", "ver", "name", "oid", "groups", "level",
		"active",
	}
)

func (g generator) oddTime(pair *Pair) {
	name := one(g, []string{"exp", "exp", "nbf"})
	now := int(g.now.Unix())
	switch g.IntN(8) {
	case 0:
		delete(pair.Token.Claims, name)
	case 1:
		pair.Token.Claims[name] = one(
			g, []any{nil, "soon", "", true, []any{now + 600}, float64(now) + 600.5, -1, 0},
		)
	case 2:
		pair.Token.Claims[name] = one(
			g,
			[]any{
				now * 1000, 4999999999, 5000000000, 5000000001, 9223372036, 9223372037, 9999999999,
			},
		)
	default:
		pair.Token.Claims[name] = now + one(g, distances)
	}
}

func (g generator) oddAudience(pair *Pair) {
	aud := one(g, []string{apiURI, apiID, "api://orders-dev", "aud.example.com"})
	if g.chance(50) {
		pair.Token.Claims["aud"] = one(g, []any{
			aud,
			[]any{aud},
			[]any{"api://other", aud},
			[]any{},
			[]any{1, aud},
			nil, "", " " + aud,
			strings.ToUpper(aud), aud + "/", 7, true,
		})
		if g.chance(15) {
			delete(pair.Token.Claims, "aud")
		}
		return
	}
	pair.Policy.Config["supportedAudiences"] = one(g, []any{
		aud, aud + ",api://other", "api://other, " + aud, aud + " ", strings.ToUpper(aud),
		aud + "/", "", " ", ",",
		"aud.example.com",
		[]any{aud},
		[]any{},
		nil, 7, one(g, templates), aud + "," + one(g, templates), "api://" + one(g, templates),
	})
}

func (g generator) oddClaim(pair *Pair) {
	claims := pair.Token.Claims
	name := one(g, names)
	value, present := claims[name]
	switch g.IntN(5) {
	case 0:
		delete(claims, name)
	case 1:
		claims[name] = one(g, strange)
	case 2:
		claims[name] = []any{value}
	case 3:
		delete(claims, name)
		claims[strings.ToUpper(name[:1])+name[1:]] = value
	default:
		text, isText := value.(string)
		if !isText || !present {
			claims[name] = one(
				g,
				[]any{
					"g1",
					[]any{"g1", "g2"},
					[]any{"g2", "g1"},
					5, 7, true,
					map[string]any{"id": "g1"},
				},
			)
			return
		}
		claims[name] = one(g, []any{" " + text, text + " ", strings.ToUpper(text), text + "x"})
	}
}

var switches = []string{
	"skipClientIdValidation", "validateAudClaim", "mandatoryAudClaim", "mandatoryExpClaim",
	"mandatoryNbfClaim", "validateCustomClaim",
}

func (g generator) oddSwitch(pair *Pair) {
	name := one(g, switches)
	if g.chance(60) {
		pair.Policy.Config[name] = g.chance(50)
		return
	}
	pair.Policy.Config[name] = one(g, append(slices.Clone(strange), one(g, templates)))
}

// oddText writes a documented value in another way, or in its place something else.
func (g generator) oddText(pair *Pair) {
	name := one(
		g,
		[]string{
			"jwtOrigin", "signingMethod", "jwtKeyOrigin", "signingKeyLength", "clientIdExpression",
			"jwksUrl", "supportedAudiences",
		},
	)
	text, isText := pair.Policy.Config[name].(string)
	if !isText || g.chance(40) {
		pair.Policy.Config[name] = one(g, append(slices.Clone(strange), one(g, templates)))
		return
	}
	pair.Policy.Config[name] = one(
		g, []any{strings.ToUpper(text), " " + text, text + " ", text + "x", []any{text}},
	)
}

// absentMember removes a member, or writes its name in another way, which is another member.
func (g generator) absentMember(pair *Pair) {
	config := pair.Policy.Config
	name := one(g, append([]string{
		"jwtOrigin", "signingMethod", "signingKeyLength", "jwtKeyOrigin", "jwksUrl",
		"clientIdExpression", "supportedAudiences",
		"mandatoryCustomClaims", "nonMandatoryCustomClaims",
	}, switches...))
	value := config[name]
	delete(config, name)
	if g.chance(20) {
		config[one(g, []string{"audience", "issuer", "validateExp", "jwtSigningMethod"})] = value
	}
}

func (g generator) oddCustomClaim(pair *Pair) {
	name := one(g, []string{"mandatoryCustomClaims", "nonMandatoryCustomClaims"})
	entries, _ := pair.Policy.Config[name].([]any)
	claim := one(g, names)
	value := pair.Token.Claims[claim]
	entry := map[string]any{"key": claim, "value": value}
	switch g.IntN(10) {
	case 0:
		entry["key"] = one(g, []any{strings.ToUpper(claim), claim + " ", "${KEY}", "", nil, 7})
	case 1:
		entry["value"] = one(g, strange)
	case 2:
		entry["value"] = one(g, templates)
	case 3:
		delete(entry, one(g, []string{"key", "value"}))
	case 4:
		pair.Policy.Config[name] = one(
			g, []any{nil, "", "iss", map[string]any{claim: value}, []any{"iss"}, 7, "${CLAIMS}"},
		)
		return
	case 5:
		if text, isText := value.(string); isText {
			entry["value"] = one(
				g, []any{text + " ", strings.ToUpper(text), text + "x", " " + text},
			)
		}
	default:
		g.expressions(pair, 100)
		return
	}
	pair.Policy.Config[name] = append(slices.Clone(entries), entry)
}

func (g generator) oddSignature(pair *Pair) {
	t := &pair.Token
	switch g.IntN(8) {
	case 0:
		t.Forged = true
	case 1:
		t.Alg, t.Signer, t.Kid = "none", "", SignerA
	case 2:
		t.Alg, t.Signer = "HS256", one(g, []string{Secret, Other})
	case 3:
		t.Alg, t.Signer, t.Kid = "ES256", SignerEC, SignerEC
	case 4:
		t.Alg = "PS256"
	case 5:
		t.Signer, t.Kid = Foreign, one(g, []string{Foreign, SignerA, ""})
	case 6:
		t.Kid = one(g, []string{SignerB, Foreign, ""})
	default:
		t.Signer, t.Kid = SignerB, SignerB
	}
}

// oddMethod writes another way to sign into the policy, with a token that may fit it.
func (g generator) oddMethod(pair *Pair) {
	config, t := pair.Policy.Config, &pair.Token
	switch g.IntN(5) {
	case 0:
		config["signingMethod"] = "none"
	case 1:
		config["signingMethod"], config["jwtKeyOrigin"] = "hmac", one(
			g, []string{"text", "text", "jwks"},
		)
		config["textKey"] = one(
			g,
			[]any{Secret, Other, "short", nil, "your-(256|384|512)-bit-secret", "${SECRET}", ""},
		)
		t.Alg, t.Signer = "HS256", Secret
	case 2:
		config["signingMethod"] = "es"
		t.Alg, t.Signer, t.Kid = "ES256", SignerEC, SignerEC
	case 3:
		config["signingKeyLength"] = one(
			g, []any{256, 384, 512, "256", "512", 2048, 0, nil, "${LENGTH}", true, 256.5},
		)
	default:
		config["signingMethod"] = one(g, []any{"RSA", "RS256", "rsa ", "", nil, 7, "${METHOD}"})
	}
}

func (g generator) oddOrigin(pair *Pair) {
	config := pair.Policy.Config
	switch g.IntN(4) {
	case 0:
		config["jwtKeyOrigin"] = "text"
		config["textKey"] = one(
			g,
			[]any{
				KeyText + SignerA, KeyText + SignerB, KeyText + Foreign,
				"your-(256|384|512)-bit-secret", "${KEY}", "", nil, "abc",
			},
		)
	case 1:
		config["jwksUrl"] = one(
			g,
			[]any{
				"", nil, " ", "${URL}", "http://your-jwks-service.example:80/base/path",
				"https://a.example.com/keys,https://b.example.com/keys", 7,
			},
		)
	case 2:
		config["jwtKeyOrigin"] = one(
			g, []any{"customExpression", "JWKS", "", nil, "${ORIGIN}", true},
		)
	default:
		pair.Keys = false
	}
}

func (g generator) oddClient(pair *Pair) {
	if pair.Policy.Form != FlexYAML {
		pair.Policy.Config["skipClientIdValidation"] = false
	}
	pair.Policy.Config["clientIdExpression"] = one(g, []any{
		"#[vars.claimSet.client_id]", "#[vars.claimSet.appid]", "#[vars.claimSet.azp]",
		"#[vars.claimSet['appid']]",
		"#[vars.claimSet.appid default vars.claimSet.azp]", "#[vars.claimSet.roles]",
		"#[vars.claimSet.roles[0]]",
		"#[vars.claimSet.groups[3]]", "#[sizeOf(vars.claimSet.cid)]", "#[vars.claimSet.level]",
		"#[vars.claimSet.active]",
		"#[upper(vars.claimSet.appid)]", "#[lower(vars.claimSet.azp)]",
		"#[splitBy(vars.claimSet.name, ' ')[0]]",
		"#[if (vars.claimSet.ver == '1.0') vars.claimSet.appid else vars.claimSet.azp]",
		"#['" + client + "']",
		"#[attributes.headers['client_id']]", "#[appid]", "vars.claimSet.appid", client, "#[]", "",
		nil, 7, "${EXPRESSION}",
		"#[null]", "#[vars.claimSet.appid ++ '']", "#[vars.claimSet.'appid']",
		"#[vars.claimset.appid]", "#[vars.claimSet.appid.id]",
	})
}

func (g generator) oddContracts(pair *Pair) {
	c := &pair.Contracts
	*c = Contracts{Given: true}
	switch g.IntN(6) {
	case 0:
		c.Given = false
	case 1:
		c.Clients = []Client{
			{
				ID: one(
					g,
					[]string{
						"11111111-1111-1111-1111-111111111111", strings.ToUpper(client), Tenant,
					},
				),
			},
		}
	case 2:
		c.Clients = []Client{
			{ID: "22222222-2222-2222-2222-222222222222"}, {ID: client}, {ID: "Orders.Read"},
		}
	default:
		c.Objects = true
		c.Clients = []Client{
			{client, one(g, []string{"APPROVED", "PENDING", "REVOKED"})},
			{"33333333-3333-3333-3333-333333333333", "APPROVED"},
		}
		c.Total = one(g, []int{0, 2, 12})
		if g.chance(30) {
			c.Clients = c.Clients[1:]
		}
	}
}

func (g generator) twice(pair *Pair) {
	if g.chance(50) {
		name := one(g, []string{"aud", "exp", "tid", "appid", "azp", "iss"})
		if value, present := pair.Token.Claims[name]; present {
			pair.Token.Twice = map[string]any{name: one(g, []any{value, "other", 0, nil})}
		}
		return
	}
	name := one(
		g,
		append(
			[]string{"signingMethod", "supportedAudiences", "clientIdExpression", "jwtOrigin"},
			switches...,
		),
	)
	if value, present := pair.Policy.Config[name]; present {
		pair.Policy.Twice = map[string]any{
			name: one(g, []any{value, false, true, "none", "other"}),
		}
	}
}

func (g generator) rarely(pair *Pair) {
	if g.chance(60) {
		return
	}
	switch g.IntN(4) {
	case 0:
		pair.Token.Shape = one(g, []Shape{Opaque, JWE, List, Nothing})
	case 1:
		pair.Policy.Disabled = true
	case 2:
		pair.Policy.Config["jwtOrigin"] = "customExpression"
		pair.Policy.Config["jwtExpression"] = one(
			g, []any{"#[attributes.headers['jwt']]", "#[vars.token]", "", "${EXPRESSION}"},
		)
	default:
		pair.Policy.Config["claimsToHeaders"] = []any{"sub"}
	}
}

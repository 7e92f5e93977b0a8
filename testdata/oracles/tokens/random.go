package tokens

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// The random tokens: the seed gives the same names and shapes in each run.
const (
	randomSeed  = 17
	randomCount = 200
)

// facet is one thing of a token that may be otherwise, and in which ways. It is so in one of so
// many tokens.
type facet struct {
	name    string
	rarely  int
	choices []choice
}

// choice is one way in which a facet is otherwise.
type choice struct {
	name string
	make func(*Shape)
}

// Random are tokens in which several things are odd or wrong at once. A name says which.
func Random() []Shape {
	all := make([]Shape, randomCount)
	for n := range all {
		dice := rand.New(rand.NewPCG(randomSeed, uint64(n)))
		s := Shape{Claims: map[string]any{}, Header: map[string]any{}}
		names := []string{fmt.Sprintf("random-%03d", n)}
		if dice.IntN(2) == 0 {
			s.Claims["email"], s.Claims["groups"] = "ada@contoso.example", []string{"orders-team"}
			names = append(names, "member")
		}
		for _, f := range facets() {
			if dice.IntN(f.rarely) > 0 {
				continue
			}
			picked := f.choices[dice.IntN(len(f.choices))]
			picked.make(&s)
			names = append(names, f.name+"="+picked.name)
		}
		s.Name = strings.Join(names, " ")
		all[n] = s
	}
	return all
}

func facets() []facet {
	return []facet{
		{"iss", 4, issuers()},
		{"aud", 5, otherAudiences()},
		{"azp", 5, clients()},
		{"exp", 6, expiries()},
		{"nbf", 6, beginnings()},
		{"iat", 14, sets("iat", values{
			{"future", in(3600)}, {"missing", nil}, {"text", "yesterday"},
		})},
		{"alg", 10, algorithms()},
		{"kid", 14, keyIDs()},
		{"typ", 8, headerSets("typ", values{
			{"at+jwt", "at+jwt"}, {"missing", nil}, {"number", 1},
		})},
		{"sub", 8, sets("sub", values{
			{"missing", nil}, {"empty", ""}, {"number", 42}, {"null", moment(null)},
		})},
		{"email", 4, sets("email", values{
			{"ours", "ada@contoso.example"},
			{"ours", "ada@contoso.example"},
			{"upper", "ADA@CONTOSO.EXAMPLE"},
			{"below", "ada@sub.contoso.example"},
			{"other", "eve@fabrikam.example"},
			{"lookalike", "eve@notcontoso.example"},
			{"two-at", "eve@fabrikam.example@contoso.example"},
			{"no-at", "contoso.example"},
			{"empty", ""},
			{"number", 7},
			{"list", []string{"ada@contoso.example"}},
		})},
		{"email_verified", 6, sets("email_verified", values{
			{"true", true}, {"false", false}, {"text", "false"}, {"null", moment(null)},
		})},
		{"groups", 4, groups()},
		{"scp", 8, sets("scp", values{{"missing", nil}, {"other", "profile"}})},
		{"roles", 8, sets("roles", values{
			{"missing", nil}, {"other", []string{"Orders.Write"}}, {"text", "Orders.Read"},
		})},
		{"sent", 6, ways()},
	}
}

// null is a claim with the value null, where nil removes it.
func null(int64) any { return json.RawMessage("null") }

// values are the values that a claim or a member of the header may have, each with a name.
type values []struct {
	name  string
	value any
}

func sets(name string, all values) []choice {
	choices := make([]choice, len(all))
	for i, v := range all {
		choices[i] = choice{v.name, func(s *Shape) { s.Claims[name] = v.value }}
	}
	return choices
}

func headerSets(name string, all values) []choice {
	choices := make([]choice, len(all))
	for i, v := range all {
		choices[i] = choice{v.name, func(s *Shape) { s.Header[name] = v.value }}
	}
	return choices
}

func issuers() []choice {
	v1 := func(s *Shape) {
		maps.Copy(s.Claims, map[string]any{
			"iss": mint.V1Issuer(mint.Tenant), "ver": "1.0", "azp": nil, "azpacr": nil,
			"appid": mint.Client, "appidacr": "1",
		})
	}
	v1URI := func(s *Shape) { v1(s); s.Claims["aud"] = mint.APIURI }
	elsewhere := func(issuer string) func(*Shape) {
		return func(s *Shape) { s.Claims["iss"], s.Claims["tid"] = issuer, mint.OtherTenant }
	}
	return append(
		sets("iss", values{
			{"slash", mint.V2Issuer(mint.Tenant) + "/"},
			{"v1-without-slash", strings.TrimSuffix(mint.V1Issuer(mint.Tenant), "/")},
			{"upper", mint.V2Issuer(strings.ToUpper(mint.Tenant))},
			{"template", mint.V2Issuer("{tenantid}")},
			{"missing", nil},
			{"number", 2},
		}),
		choice{"v1", v1}, choice{"v1", v1},
		choice{"v1-uri", v1URI}, choice{"v1-uri", v1URI}, choice{"v1-uri", v1URI},
		choice{"v1-uri", v1URI}, choice{"v1-uri", v1URI}, choice{"v1-uri", v1URI},
		choice{"other-tenant", elsewhere(mint.V2Issuer(mint.OtherTenant))},
		choice{"other-tenant-v1", elsewhere(mint.V1Issuer(mint.OtherTenant))},
	)
}

func otherAudiences() []choice {
	return sets("aud", values{
		{"uri", mint.APIURI},
		{"uri", mint.APIURI},
		{"client", mint.Client},
		{"other", otherAPI},
		{"upper", strings.ToUpper(mint.API)},
		{"graph", "00000003-0000-0000-c000-000000000000"},
		{"spn", "spn:" + mint.API},
		{"list", []string{mint.API}},
		{"list-second", []string{otherAPI, mint.API}},
		{"list-uri", []string{otherAPI, mint.APIURI}},
		{"list-other", []string{otherAPI}},
		{"list-mixed", []any{1, mint.API}},
		{"empty-list", []string{}},
		{"empty", ""},
		{"missing", nil},
		{"number", 5},
		{"null", moment(null)},
		{"object", map[string]any{"a": mint.API}},
	})
}

func clients() []choice {
	return sets("azp", values{
		{"missing", nil},
		{"other", otherAPI},
		{"list", []string{"x", mint.Client}},
		{"list-other", []string{otherAPI}},
		{"empty", ""},
		{"number", 3},
	})
}

func expiries() []choice {
	late := values{
		{"missing", nil},
		{"zero", 0},
		{"null", moment(null)},
		{"text", "tomorrow"},
		{"digits", moment(func(now int64) any { return fmt.Sprint(now + 3600) })},
		{"float", moment(func(now int64) any { return float64(now) + 3600.25 })},
	}
	for _, seconds := range []int64{-3600, -301, -240, -61, -31, -29, -10, -3, 30, 600} {
		late = append(late, values{{fmt.Sprintf("%+ds", seconds), in(seconds)}}...)
	}
	return sets("exp", late)
}

func beginnings() []choice {
	early := values{
		{"missing", nil},
		{"null", moment(null)},
		{"text", "today"},
		{"digits", moment(func(now int64) any { return fmt.Sprint(now + 3600) })},
	}
	for _, seconds := range []int64{-86400, 0, 20, 45, 90, 240, 285, 315, 3600} {
		early = append(early, values{{fmt.Sprintf("%+ds", seconds), in(seconds)}}...)
	}
	return sets("nbf", early)
}

func algorithms() []choice {
	signed := func(alg, key string) func(*Shape) {
		return func(s *Shape) { s.Alg, s.Key = alg, key }
	}
	return []choice{
		{"rs384", signed("RS384", "")},
		{"ps256", signed("PS256", "")},
		{"es256", signed("ES256", "ec")},
		{"es256", signed("ES256", "ec")},
		{"hs256", signed("HS256", "")},
		{"none", signed("none", "")},
		{"foreign-key", signed("RS256", "foreign")},
		{"lower", func(s *Shape) { s.Header["alg"] = "rs256" }},
		{"other-named", func(s *Shape) { s.Header["alg"] = "RS512" }},
		{"tampered", func(s *Shape) { s.compact = tampered }},
	}
}

func keyIDs() []choice {
	return headerSets("kid", values{
		{"unknown", "no-such-key"}, {"missing", nil}, {"empty", ""}, {"number", 7},
	})
}

func groups() []choice {
	list := sets("groups", values{
		{"ours", []string{"readers", "orders-team"}},
		{"ours", []string{"orders-team"}},
		{"other", []string{"readers"}},
		{"upper", []string{"Orders-Team"}},
		{"text", "orders-team"},
		{"text-both", "readers,orders-team"},
		{"empty", []string{}},
		{"numbers", []any{1, 2}},
		{"mixed", []any{1, "orders-team"}},
		{"null", moment(null)},
		{"object", map[string]any{"name": "orders-team"}},
	})
	overage := func(s *Shape) { // as Entra does if a user is in more groups than a token holds
		s.Claims["_claim_names"] = map[string]string{"groups": "src1"}
		s.Claims["_claim_sources"] = map[string]any{"src1": map[string]string{
			"endpoint": "https://graph.windows.net/" + mint.Tenant + "/users/x/getMemberObjects",
		}}
	}
	return append(list,
		choice{"overage", overage},
		choice{"hasgroups", func(s *Shape) { s.Claims["hasgroups"] = true }})
}

// ways are how a token may be sent.
func ways() []choice {
	basic := func(user, password string) func(string) string {
		return func(token string) string {
			pair := strings.NewReplacer("TOKEN", token).Replace(user + ":" + password)
			return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
		}
	}
	behind := func(prefix string) func(string) string {
		return func(token string) string { return prefix + token }
	}
	var all []choice
	for _, way := range []struct {
		name string
		sent func(string) string
	}{
		{"lower", behind("bearer ")},
		{"upper", behind("BEARER ")},
		{"two-spaces", behind("Bearer  ")},
		{"tab", behind("Bearer\t")},
		{"bare", behind("")},
		{"other-scheme", behind("Token ")},
		{"quoted", func(token string) string { return `Bearer "` + token + `"` }},
		{"twice", func(token string) string { return "Bearer " + token + ", Bearer " + token }},
		{"basic-user", basic("TOKEN", "")},
		{"basic-user-magic", basic("TOKEN", "x-oauth-basic")},
		{"basic-user-secret", basic("TOKEN", "secret")},
		{"basic-password", basic("ada", "TOKEN")},
		{"basic-password-alone", basic("", "TOKEN")},
		{"basic-both", basic("TOKEN", "TOKEN")},
		{"basic-lower", func(token string) string {
			return "b" + basic("ada", "TOKEN")(token)[1:]
		}},
		{"basic-raw", behind("Basic ")},
	} {
		all = append(all, choice{way.name, func(s *Shape) { s.sent = way.sent }})
	}
	return all
}

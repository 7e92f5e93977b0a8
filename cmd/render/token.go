package render

import (
	"cmp"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// widestID bounds an id in the middle of a sentence, in characters. A GUID shows its first and
// last eight.
const widestID = 18

// Summary says in one line what kind of token it is, for what, and how long it still lives at
// an instant: "Entra ID v1.0 access token, app-only, for api://orders-uat, expired 3 days ago".
func Summary(p inspect.Profile, at time.Time) string {
	return join(kindPhrase(p), flowPhrase(p), forPhrase(p), lifePhrase(p, at))
}

// FullSummary is Summary with the client and the tenant.
func FullSummary(p inspect.Profile, at time.Time) string {
	return join(kindPhrase(p), flowPhrase(p), forPhrase(p), clientPhrase(p), tenantPhrase(p),
		lifePhrase(p, at))
}

// shortSummary is Summary in so many columns, where that is possible: the product goes first,
// then the middle of the audience.
func shortSummary(p inspect.Profile, at time.Time, room int) string {
	text := Summary(p, at)
	if width(text) <= room {
		return text
	}
	kind := strings.TrimPrefix(kindPhrase(p), "Entra ID ")
	text = join(kind, flowPhrase(p), forPhrase(p), lifePhrase(p, at))
	over := width(text) - room
	if over <= 0 {
		return text
	}
	audience := forPhrase(p)
	audience = inspect.ShortenMiddle(audience, max(len("for ")+widestID, width(audience)-over))
	return join(kind, flowPhrase(p), audience, lifePhrase(p, at))
}

// join puts commas between the phrases that are not empty, safe to print.
func join(phrases ...string) string {
	kept := phrases[:0]
	for _, phrase := range phrases {
		if phrase != "" {
			kept = append(kept, phrase)
		}
	}
	return safe(strings.Join(kept, ", "))
}

func kindPhrase(p inspect.Profile) string {
	switch p.Kind {
	case inspect.KindOpaque:
		return "opaque token"
	case inspect.KindEncrypted:
		return "encrypted token"
	}
	phrase := map[inspect.IssuedBy]string{
		inspect.ByEntra:    "Entra ID ",
		inspect.ByB2C:      "Azure AD B2C ",
		inspect.ByExternal: "Entra External ID ",
	}[p.IssuedBy]
	if p.Version != "" && p.IssuedBy == inspect.ByEntra {
		phrase += "v" + p.Version + " "
	}
	if p.IssuedBy == inspect.ByOther && p.Issuer != "" {
		_, host, _ := strings.Cut(p.Issuer, "://")
		issuer := inspect.InSentence(strings.TrimSuffix(cmp.Or(host, p.Issuer), "/"))
		return cmp.Or(kindWord(p.Kind), "token") + " from " +
			inspect.ShortenMiddle(issuer, 2*widestID)
	}
	return phrase + cmp.Or(kindWord(p.Kind), "token of an unknown kind")
}

func flowPhrase(p inspect.Profile) string {
	return map[inspect.Flow]string{
		inspect.AppOnly: "app-only", inspect.Delegated: "delegated",
	}[p.Flow]
}

func forPhrase(p inspect.Profile) string {
	switch {
	case p.Resource != "":
		return "for " + p.Resource
	case len(p.Audience) == 0:
		return ""
	}
	all := source.Each(p.Audience, inspect.InSentence)
	return "for " + inspect.ShortenMiddle(strings.Join(all, " and "), 60)
}

func clientPhrase(p inspect.Profile) string {
	switch {
	case p.ClientName != "":
		return "client " + p.ClientID.Claim + " " + p.ClientName
	case p.ClientID.Claim != "":
		return "client " + p.ClientID.Claim + " " +
			inspect.ShortenMiddle(inspect.InSentence(p.ClientID.Value), widestID)
	}
	return ""
}

func tenantPhrase(p inspect.Profile) string {
	if p.Tenant == "" {
		return ""
	}
	return "tenant " + inspect.ShortenMiddle(inspect.InSentence(p.Tenant), widestID)
}

func lifePhrase(p inspect.Profile, at time.Time) string {
	exp, nbf := p.ExpiresAt, p.NotBefore
	switch {
	case nbf.Known() && nbf.At.After(at):
		return "valid " + inspect.Relative(nbf.At, at)
	case !exp.Known() && exp.Problem == inspect.Absent && p.Kind != inspect.KindOpaque &&
		p.Kind != inspect.KindEncrypted:
		return "without an expiry"
	case !exp.Known():
		return ""
	case !exp.At.After(at):
		return "expired " + inspect.Relative(exp.At, at)
	}
	return strings.TrimPrefix(inspect.Relative(exp.At, at), "in ") + " left"
}

// tokenJSON is what a token is, in the JSON of every command. What the token does not say is
// null.
type tokenJSON struct {
	Kind      inspect.TokenKind `json:"kind"`
	IssuedBy  inspect.IssuedBy  `json:"issued_by"`
	Version   *string           `json:"version"`
	Flow      inspect.Flow      `json:"flow"`
	ClientID  *clientJSON       `json:"client_id"`
	Audience  []string          `json:"audience"`
	Issuer    *string           `json:"issuer"`
	Tenant    *string           `json:"tenant"`
	Scopes    []string          `json:"scopes"`
	Roles     []string          `json:"roles"`
	IssuedAt  *string           `json:"issued_at"`
	ExpiresAt *string           `json:"expires_at"`
}

type clientJSON struct {
	Claim string `json:"claim"`
	Value string `json:"value"`
}

func tokenOf(p inspect.Profile) *tokenJSON {
	token := &tokenJSON{
		Kind: p.Kind, IssuedBy: p.IssuedBy, Version: known(p.Version), Flow: p.Flow,
		Audience: p.Audience, Issuer: known(p.Issuer), Tenant: known(p.Tenant),
		Scopes: maskedWords(p.Scopes), Roles: p.Roles,
		IssuedAt: known(p.IssuedAt.String()), ExpiresAt: known(p.ExpiresAt.String()),
	}
	if p.ClientID.Claim != "" {
		token.ClientID = &clientJSON{p.ClientID.Claim, p.ClientID.Value}
	}
	return token
}

// maskedWords are the words of a text. A token that was wrapped there is several of them, and is
// found in the whole alone.
func maskedWords(words []string) []string {
	text := strings.Join(words, " ")
	if shown := inspect.MaskTokens(text); shown != text {
		return strings.Fields(shown)
	}
	return words
}

// identity is what names a token in the logs of Microsoft and of a gateway. It is not the
// token. Times are in UTC.
func identity(t *inspect.Token, p inspect.Profile) []Row {
	return present(
		Row{"issuer (iss)", p.Issuer},
		Row{"tenant (tid)", p.Tenant},
		Row{"audience (aud)", strings.Join(p.Audience, " ")},
		Row{"client (" + p.ClientID.Claim + ")", p.ClientID.Value},
		Row{"version (ver)", p.Version},
		Row{"scopes (scp)", strings.Join(p.Scopes, " ")},
		Row{"roles", strings.Join(p.Roles, " ")},
		Row{"issued (iat)", p.IssuedAt.String()},
		Row{"expires (exp)", p.ExpiresAt.String()},
		Row{"uti", t.Claims.TextAt("uti")},
		Row{"alg", t.Header.TextAt("alg")},
		Row{"kid", t.Header.TextAt("kid")},
	)
}

package environments

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Ids of those who are in no file. They are made up, and no real id has this form.
const (
	strangerID        = "57a46e20-0000-4000-8000-000000000001"
	strangersAPIID    = "57a46e20-0000-4000-8000-0000000000a1"
	otherTenantID     = "07e60000-0000-4000-8000-0000000000ff"
	otherTenantClient = "07e60000-0000-4000-8000-000000000001"
	otherTenantsAPIID = "07e60000-0000-4000-8000-0000000000a1"
)

// sample is one modelled token.
type sample struct {
	cloud    *entra.Cloud
	tenant   string
	version  entra.Version
	audience audience
	client   string
	identity bool // an ID token: its audience is its client
	user     bool
	guest    bool
	scopes   []string
	roles    []string
	typed    idtyp
	doubt    string // why it is not known whether anybody can have it; empty where somebody can
	at       time.Time
}

// claim returns what the token has under a name: nil where Entra puts no such claim into it, and an Unknown where the model does not
// say.
func (s *sample) claim(name string) *source.Value {
	switch name {
	case "aud":
		return str(s.audienceText())
	case "iss":
		return s.issuer(s.tenant)
	case "tid":
		return str(s.tenant)
	case "ver":
		return str(s.version.String())
	case "appid":
		return s.ifVersion(entra.V1, s.client)
	case "azp":
		return s.ifVersion(entra.V2, s.client)
	case "scp":
		return s.scp()
	case "roles":
		return wordList(s.roles)
	case "idtyp":
		return s.typeOf()
	case "idp":
		return s.idp()
	case "iat", "nbf":
		return s.seconds(-issuedBefore)
	case "exp":
		return s.seconds(lifetime - issuedBefore)
	case "client_id", "cid", "client", "scope", "active", "expires_in":
		return nil // Entra issues none of these (access-token-claims-reference)
	}
	return notModelled(name)
}

// Times of a token (configurable-token-lifetimes; that iat and nbf are backdated by five minutes is observed).
const (
	issuedBefore = 300 * time.Second
	lifetime     = 3900 * time.Second
)

func (s *sample) seconds(after time.Duration) *source.Value {
	return &source.Value{Kind: source.Number, Text: strconv.FormatInt(s.at.Add(after).Unix(), 10)}
}

// issuer is the exact form for the token's version; no source tells the v1.0 form of the newest clouds.
func (s *sample) issuer(tenant string) *source.Value {
	if iss := entra.IssuerURL(*s.cloud, tenant, s.version); iss != "" {
		return str(iss)
	}
	return &source.Value{Kind: source.Unknown, Text: "no source tells the issuer of v1.0 tokens of " + s.cloud.Name}
}

// audienceText is the audience: of an ID token, the client itself (id-token-claims-reference, "aud").
func (s *sample) audienceText() string {
	if s.identity {
		return s.client
	}
	return s.audience.value
}

// ifVersion is a claim of access tokens of one version: an ID token has neither appid nor azp (id-token-claims-reference).
func (s *sample) ifVersion(v entra.Version, text string) *source.Value {
	if s.version != v || s.identity {
		return nil
	}
	return str(text)
}

// scp is there in delegated tokens only, words with spaces between them (access-token-claims-reference).
func (s *sample) scp() *source.Value {
	if !s.user || s.identity {
		return nil
	}
	if len(s.scopes) == 0 {
		return str(noScopeOfOurs)
	}
	return str(strings.Join(s.scopes, " "))
}

// noScopeOfOurs is what a delegated token carries that has none of the API's own scopes.
const noScopeOfOurs = "openid profile"

// idp names the home of a guest. A member's token may have it, with the issuer's own value, or not (access-token-claims-reference,
// "idp").
func (s *sample) idp() *source.Value {
	if !s.guest {
		return notModelled("idp")
	}
	return (&sample{cloud: s.cloud, version: entra.V1}).issuer(otherTenantID)
}

func str(text string) *source.Value { return &source.Value{Kind: source.String, Text: text} }

// wordList is a list of strings, or nothing.
func wordList(texts []string) *source.Value {
	if len(texts) == 0 {
		return nil
	}
	v := &source.Value{Kind: source.List}
	for _, t := range texts {
		v.Items = append(v.Items, str(t))
	}
	return v
}

// shown are the claims that a witness is described by, in this order.
var shown = [...]string{"aud", "iss", "tid", "ver", "appid", "azp", "idtyp", "idp", "scp", "roles", "iat", "nbf", "exp"}

// claims returns the token's claims as far as the model says them.
func (s *sample) claims() *source.Value {
	object := &source.Value{Kind: source.Object}
	for _, name := range shown {
		if v := s.claim(name); v != nil && v.Kind != source.Unknown {
			object.Members = append(object.Members, source.Member{Key: name, Value: v})
		}
	}
	return object
}

// token makes the token, unsigned. What a policy reads of it and the model does not say is in it as unknown.
func (s *sample) token(v *view) *inspect.Token {
	t := *v.blank
	t.Claims = s.claims()
	for _, name := range v.claims {
		if value := s.claim(name); value.Is(source.Unknown) {
			t.Claims.Members = append(t.Claims.Members, source.Member{Key: name, Value: value})
		}
	}
	if v.all { // a member without a name stands for all that are not named
		t.Claims.Members = append(t.Claims.Members, source.Member{Value: notModelled("its other claims")})
	}
	return &t
}

// blank is a token with a header and nothing else. What of the header the model does not say is unknown.
func blank(headers []string) *inspect.Token {
	t := inspect.Parse(encode(`{"typ":"JWT","alg":"RS256"}`) + "." + encode("{}") + "." + encode("modelled"))
	for _, name := range headers {
		if t.Header.Member(name) == nil {
			t.Header.Members = append(t.Header.Members, source.Member{Key: name, Value: notModelled("the header's " + name)})
		}
	}
	return t
}

func notModelled(what string) *source.Value {
	return &source.Value{Kind: source.Unknown, Text: "the model of what Entra ID issues does not say what " + what + " holds"}
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

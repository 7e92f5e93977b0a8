package issued

import (
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// Presence says what is known of a claim in a token of Entra ID.
type Presence byte

// The presences. That a holder can make a claim what they like is none of them: it depends on the
// holder (see freedom).
const (
	Absent Presence = '-' // Entra never writes it there
	Fixed  Presence = '=' // the model knows what it holds
	// it is there; what it holds is not known, and not of the holder's choice
	Present Presence = '+'
	Chosen  Presence = '*' // it is there; the holder chooses among a few values
	// it is there only where the API's registration asks for it (optionalClaims), and even then
	// perhaps not
	Optional Presence = '~'
	// the same, where another setting asks (groupMembershipClaims)
	Asked    Presence = 'a'
	Unstated Presence = '?' // it may be there or not
)

// form is how a claim holds its value.
type form byte

const (
	asText  form = 't'
	asWords form = 'w' // one text of words with a space between them
	asList  form = 'l'
	asTime  form = 'n' // seconds since 1970
	asOther form = 'x' // a number, a truth value or an object
	asAny   form = 'y' // nobody says how
)

// claim is one row of the table. Columns are the tokens that have it: access tokens of v1.0
// without a user and with one, the same of v2.0, ID tokens of v1.0 and of v2.0.
type claim struct {
	name    string
	columns string // a Presence each, in that order
	form    form
	// the reference: a page of learn.microsoft.com/entra/identity-platform, and what it leaves out
	reason string
}

const (
	accessClaims   = "access-token-claims-reference"
	idClaims       = "id-token-claims-reference"
	optionalClaims = "optional-claims-reference"
	byDefault      = accessClaims + ": v1.0 by default if applicable, v2.0 as an optional claim"
	restricted     = "reference-claims-customization, the restricted claims of JWTs: " +
		"no claims mapping can write it either"
	ofGraph = "seen in tokens for Microsoft Graph only, and documented nowhere"
)

// claims is the table: every claim that Entra ID is known to write, and those that it is known
// never to write. A claim without a row is a custom claim (see custom).
var claims = [...]claim{
	{"aud", "======", asText, accessClaims},
	{"iss", "======", asText, accessClaims},
	{"tid", "======", asText, accessClaims},
	{"ver", "======", asText, accessClaims + ": the API's registration decides it"},
	{"iat", "======", asTime, accessClaims},
	{"nbf", "======", asTime, accessClaims},
	{"exp", "======", asTime, accessClaims},
	{"appid", "==----", asText, accessClaims},
	{"azp", "--==--", asText, accessClaims},
	{"appidacr", "**----", asText, accessClaims + ": 0 public, 1 secret, 2 certificate"},
	{"azpacr", "--**--", asText, accessClaims + ": 0 public, 1 secret, 2 certificate"},
	{"scp", "-=-=--", asWords, accessClaims + ": of users only"},
	{"roles", "======", asList, accessClaims + ": absent where none is assigned"},
	{"idtyp", "====--", asText, optionalClaims},
	{"oid", "+?+???", asText, accessClaims + ": of a user with the scope profile only"},
	{"sub", "++++++", asText, accessClaims},
	{"uti", "++++++", asText, accessClaims},
	{"aio", "++++++", asText, accessClaims},
	{"rh", "++++++", asText, accessClaims},
	{"idp", "??????", asText, accessClaims + ": of a guest always"},
	{"acr", "?+--??", asText, accessClaims + ": v1.0 only"},
	{"amr", "?+--??", asList, accessClaims + ": v1.0 only"},
	{"unique_name", "?+--??", asText, accessClaims + ": v1.0 only"},
	{"upn", "-?-~??", asText, byDefault},
	{"family_name", "-?-~??", asText, byDefault},
	{"given_name", "-?-~??", asText, byDefault},
	{"onprem_sid", "-?-~??", asText, byDefault},
	{"pwd_exp", "-?-~??", asOther, byDefault},
	{"ipaddr", "??~~??", asText, byDefault},
	{"in_corp", "??~~??", asText, byDefault},
	{"preferred_username", "-~-???", asText, accessClaims + ": v2.0 with the scope profile"},
	{"name", "-?-???", asText, accessClaims + ": with the scope profile"},
	{"groups", "aaaaaa", asList, accessClaims + ": where the API asks for it, unless too many"},
	{"hasgroups", "aaaaaa", asOther, accessClaims},
	{"_claim_names", "aaaaaa", asOther, accessClaims},
	{"_claim_sources", "aaaaaa", asOther, accessClaims},
	{"wids", "??????", asList, accessClaims},
	{"acrs", "??????", asList, accessClaims},
	{"xms_cc", "??????", asList, accessClaims},
	{"acct", "~~~~??", asOther, optionalClaims},
	{"auth_time", "~~~~??", asTime, optionalClaims},
	{"email", "~~~~??", asText, optionalClaims + ": of a guest by default"},
	{"sid", "~~~~??", asText, optionalClaims},
	{"ctry", "~~~~??", asText, optionalClaims},
	{"login_hint", "~~~~??", asText, optionalClaims},
	{"tenant_region_scope", "~~~~??", asText, optionalClaims},
	{"xms_edov", "~~~~??", asOther, optionalClaims},
	{"xms_pdl", "~~~~??", asText, optionalClaims},
	{"xms_pl", "~~~~??", asText, optionalClaims},
	{"xms_tpl", "~~~~??", asText, optionalClaims},
	{"ztdid", "~~~~??", asText, optionalClaims},
	{"xms_mirid", "?-?---", asText, "decoded samples of managed identities, documented nowhere"},
	{"app_displayname", "??????", asText, ofGraph},
	{"puid", "??????", asText, ofGraph},
	{"platf", "??????", asText, ofGraph},
	{"signin_state", "??????", asList, ofGraph},
	{"xms_tcdt", "??????", asTime, ofGraph},
	{"xms_st", "??????", asOther, ofGraph},
	{"xms_tdbr", "??????", asText, ofGraph},
	{"cnf", "??????", asOther, ofGraph},
	{"nonce", "----??", asText, idClaims},
	{"c_hash", "----??", asText, idClaims},
	{"at_hash", "----??", asText, idClaims},

	{"jti", "------", asText, accessClaims + " has uti in its place"},
	{"email_verified", "------", asOther, optionalClaims + " has xms_edov in its place"},
	{"client_id", "------", asText, restricted},
	{"role", "------", asText, restricted},
	{"scope", "------", asWords, restricted},
	{"username", "------", asText, restricted},
	{"tenant_id", "------", asText, restricted},
	{"cid", "------", asText, accessClaims + " has appid and azp in its place"},
	{"client", "------", asText, accessClaims + " has appid and azp in its place"},
	{"active", "------", asOther, accessClaims + " has none: a member of an introspection answer"},
	{"expires_in", "------", asTime, accessClaims + " has none: of a token endpoint's answer"},
}

// custom is a claim without a row: a claims-mapping policy may write it, or an extension attribute
// that the API's registration asks for (reference-claims-customization,
// optional-claims-reference).
var custom = claim{
	"", "??????", asAny, "reference-claims-customization: a claims-mapping policy may write it",
}

// claimNamed looks a claim up. It is not listed where no row has it. A name that differs from one
// of Entra's in capitals or blanks only is in no token: Entra writes it otherwise, and no claims
// mapping can write it (the restricted claims).
func claimNamed(name string) (row *claim, listed bool) {
	for i := range claims {
		if claims[i].name == name {
			return &claims[i], true
		}
	}
	bare := strings.TrimSpace(name)
	plain := !strings.ContainsFunc(bare, func(c rune) bool { return c >= utf8.RuneSelf })
	for i := range claims {
		if plain && len(claims[i].name) != len(bare) {
			continue // a comparison would cost more, and most names are looked up often
		}
		if strings.EqualFold(claims[i].name, bare) {
			return &claim{
				name: name, columns: "------", form: claims[i].form, reason: restricted,
			}, true
		}
	}
	return &custom, false
}

// in is what the table says of a token.
func (c *claim) in(v entra.Version, identity, user bool) Presence {
	column := 0
	switch {
	case identity:
		column = 4 + int(v-entra.V1)
	case v == entra.V2:
		column = 2
	}
	if user && !identity {
		column++
	}
	return Presence(c.columns[column])
}

// Listed reports whether the table has a claim, or one that differs in capitals or blanks only.
func Listed(name string) bool {
	_, listed := claimNamed(name)
	return listed
}

// Says is what the table says of a claim in access tokens of a version, with a user or without.
func Says(name string, v entra.Version, user bool) Presence {
	row, _ := claimNamed(name)
	return row.in(v, false, user)
}

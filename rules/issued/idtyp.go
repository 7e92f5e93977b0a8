package issued

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// idtyp is which tokens for an API have the optional claim idtyp (optional-claims-reference).
type idtyp uint8

const (
	untyped   idtyp = iota // none
	appsTyped              // those without a user: "app"
	allTyped               // all: with include_user_token, those of users have "user"
)

// typeClaim is what an API's registration asks for.
func typeClaim(api *entra.Registration) idtyp {
	asked := untyped
	for _, c := range api.Claims {
		switch {
		case c.Name.Value != "idtyp":
		case slices.Contains(c.Properties, "include_user_token"):
			asked = allTyped
		default:
			asked = max(asked, appsTyped)
		}
	}
	return asked
}

// claims is what an API's registration asks for to have them so.
func (t idtyp) claims() []entra.OptionalClaim {
	if t == untyped {
		return nil
	}
	claim := entra.OptionalClaim{Name: entra.Text{Value: "idtyp"}}
	if t == allTyped {
		claim.Properties = []string{"include_user_token"}
	}
	return []entra.OptionalClaim{claim}
}

// typeOf is the claim idtyp.
func (t *Token) typeOf() *source.Value {
	switch {
	case t.identity || t.typed == untyped:
		return nil
	case !t.user:
		return str("app")
	case t.typed == allTyped:
		return str("user")
	}
	return nil
}

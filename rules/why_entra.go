package rules

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// whoseContract says what else the client id tells where it has no contract.
func (r *Result) whoseContract(id string) string {
	var all strings.Builder
	if app, ok := entra.AppByID(id); ok {
		all.WriteString(". It is " + app.Name + ", an application of Microsoft's and no client of yours: a token for a test has to be got by your own client")
	}
	if contracts := r.request.Contracts; contracts != nil && entra.IsGUID(id) && contracts.foreign() {
		all.WriteString(". None of the contracts has a client id in the form of Entra ID's, " +
			"a GUID" + behind(": ", r.Check.OwnIDs))
	}
	profile := r.request.Profile()
	if profile.HasTrait("confidential-client-for-user") && profile.ClientID.Value == id {
		all.WriteString(". It acts for a user, and if it has exchanged the user's token (on-behalf-of), it is the middle tier and not the front end: the contract has to be the middle tier's")
	}
	return all.String() + behind(". ", r.Check.Besides)
}

// behind is a text with what separates it from the one before; empty where there is none.
func behind(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + text
}

// foreign reports whether there are contracts, and none of them is one of a client of Entra ID.
func (c *Contracts) foreign() bool {
	return len(c.IDs) > 0 && !slices.ContainsFunc(c.IDs, entra.IsGUID)
}

// whyRoles says why a token may lack a role that was granted.
func (r *Result) whyRoles() string {
	if r.Check.ID != CustomClaim || !slices.ContainsFunc(r.Check.Test.Reads(), func(in Input) bool { return in == Claim("roles") }) {
		return ""
	}
	profile := r.request.Profile()
	if !profile.HasTrait("managed-identity") && !profile.HasTrait("managed-identity-likely") {
		return ""
	}
	since := ""
	if profile.IssuedAt.Known() {
		since = " after " + profile.IssuedAt.String()
	}
	return ". It is a managed identity's token, which is kept for about 24 hours: a role that was granted" + since + " shows only in the next one"
}

// wantedScope says what is wrong with the form of a scope that the policy requires, for tokens of Entra ID.
func wantedScope(scope string) string {
	switch {
	case strings.HasSuffix(scope, "/.default"):
		return ". A scope that ends in /.default is what a client asks for; a token carries the short values of scopes in scp, never that"
	case strings.Contains(scope, "://"):
		return ". Entra ID writes the short value of a scope into scp, never its URI form"
	}
	return ""
}

// ownCredentials says that a policy reads the client id from the request itself.
func (r *Result) ownCredentials() string {
	in := r.judged.leaf.Input
	if in.Opaque == nil || r.request.Token == nil {
		return ""
	}
	reads := func(in Input) bool { return in.Source == FromHTTP }
	if len(in.Opaque.Reads) == 0 || slices.ContainsFunc(in.Opaque.Reads, func(in Input) bool { return !reads(in) }) {
		return ""
	}
	return "the policy asks for client credentials of its own and does not look at the token: it reads " + in.words() + " and finds none: invalid client credentials, however good the token is"
}

// otherKeys says where else the key of an app may be, of a token of Entra ID whose key is not in the set.
func (r *Result) otherKeys() string {
	profile := r.request.Profile()
	if r.judged.result.Reason != keys.KidUnknown || profile.IssuedBy != inspect.ByEntra {
		return ""
	}
	return ". An app with a signing key of its own (claims mapping) has its keys in the tenant's key set with ?appid= and the app's id alone"
}

package rules

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Why says in one or two sentences, without a full stop at the end, what decided the check. It
// shows the token's own values.
func (r *Result) Why() string {
	switch r.Outcome {
	case Skipped:
		return r.skip
	case Unsure:
		if r.unknown == nil {
			return "it can't be decided from what was given"
		}
		return r.unknown.Why
	case Pass:
		return r.whyPass()
	}
	return r.whyFail()
}

func (r *Result) whyPass() string {
	switch r.Check.ID {
	case Routed:
		return "the policy applies to this request"
	case TokenPresent:
		return "the request carries a token"
	case TokenFormat:
		return r.shape() + " that can be read"
	case Signature:
		return r.judged.result.Why
	case Introspection:
		return "the token is active"
	case Expiry:
		return r.whyTime(
			"the token never expires: it has no exp, and the policy does not require one",
		)
	case NotBefore:
		return r.whyTime("the token has no nbf, and the policy does not require one")
	case Contract:
		return r.Actual() + " has an approved contract"
	}
	return cmp.Or(r.Actual(), "it holds")
}

// ofAnswer reports whether the captured answer of a validation endpoint decided, not the token.
func (r *Result) ofAnswer() bool {
	leaf, answer := r.judged.leaf, r.request.Introspection
	return answer != nil && leaf != nil && leaf.Input.Source == FromIntrospection
}

// whyTime names the instant, or says what it means that the claim is absent.
func (r *Result) whyTime(absent string) string {
	instant := inspect.ReadInstant(r.judged.reading.Value)
	switch {
	case !instant.Known() && r.ofAnswer() && r.Check.ID == Expiry:
		return "the captured answer gives no time that has passed"
	case !instant.Known():
		return absent
	}
	return fmt.Sprintf("%s, %s", instant, inspect.Relative(instant.At, r.request.At))
}

func (r *Result) whyFail() string {
	if r.Check.Refuses != "" {
		return r.Check.Refuses
	}
	if fault := r.judged.reading.Fault; fault != "" {
		return "the gateway runs into an error: " + fault
	}
	if leaf := r.judged.leaf; leaf != nil && leaf.Op == Present && !r.judged.absence {
		switch r.Check.ID {
		case TokenPresent, ClientID:
		case ClientSecret:
			return "the policy requires a client secret: it reads " + leaf.Input.words() +
				" and finds none"
		default:
			return r.whyAbsent()
		}
	}
	switch r.Check.ID {
	case TokenPresent:
		return r.whyNotSent()
	case TokenFormat:
		return r.whyMisshapen()
	case Algorithm:
		return r.whyAlgorithm()
	case Signature:
		return r.whySignature()
	case Introspection:
		return r.whyInactive()
	case Expiry, NotBefore:
		return r.whyNotNow()
	case Audience:
		if leaf := r.judged.leaf; leaf == nil || leaf.Op != Typed {
			return r.whyAudience()
		}
	case CustomClaim, Issuer, Tenant:
		if r.judged.leaf != nil {
			return r.whyClaim()
		}
	case Scopes:
		return r.whyScopes()
	case ClientID:
		return r.whyClientID()
	case Contract:
		return r.whyContract()
	}
	return "wanted " + r.wanted() + behind(", found ", r.Actual())
}

// whyMisshapen says what the token is, or which form the policy looks for.
func (r *Result) whyMisshapen() string {
	switch leaf := r.judged.leaf; {
	case leaf != nil && leaf.Op == Matches:
		return "its text does not have the form that the policy takes for a token: " +
			patterns(leaf.patterns())
	case leaf != nil && leaf.Op == Suffix:
		return "its signature is empty, and the gateway reads no token of which a part is empty"
	case leaf != nil && leaf.Op == Typed:
		return fmt.Sprintf("%s is %s, and the gateway reads no token in which it is not %s",
			leaf.Input.words(), brief(r.judged.reading.Value), kinds(leaf.Kinds))
	}
	return r.shape()
}

// whyAbsent is about a claim that must be there.
func (r *Result) whyAbsent() string {
	name := inspect.InSentence(r.judged.leaf.Input.Name)
	if why := r.whyNotGranted(); why != "" {
		return why + r.whyLeftOut()
	}
	why := "the token has no " + name + ", and the policy requires one"
	return why + r.whyNeverWritten() + r.whyLeftOut()
}

// whyNeverWritten says what of a check Entra ID never writes: the claim, or the value.
func (r *Result) whyNeverWritten() string {
	profile := r.request.Profile()
	if profile.IssuedBy != inspect.ByEntra || r.ofAnswer() {
		return ""
	}
	for _, in := range r.Check.Test.Reads() {
		if instead := entra.WrittenFor(in.Name); instead != "" && in.Source == FromClaim {
			why := fmt.Sprintf(". Entra ID never writes %s into a token, but %s",
				inspect.Quoted(in.Name), instead)
			if value := r.request.Read(Claim(instead)).Value; value != nil {
				why += ": here " + instead + " is " + brief(value)
			}
			return why
		}
	}
	for _, wanted := range r.Check.Test.Wants() {
		name := wanted.Input.Name
		if wanted.Input.Source == FromClaim && name != "iss" && name != "scp" &&
			!entra.CanHold(name, wanted.compared.Bare(wanted.Text)) {
			return fmt.Sprintf(". Entra ID never writes %s into %s%s",
				inspect.Quoted(wanted.Text), name, behind(", but ", entra.Writes(name)))
		}
	}
	return ""
}

func (r *Result) whyAlgorithm() string {
	token := "the token says that it is signed with " + r.Actual()
	switch {
	case r.judged.reading.Value == nil:
		token = "the token's header names no algorithm"
	case strings.EqualFold(r.Actual(), "none"):
		token = "the token is not signed (alg is " + r.Actual() + ")"
	}
	return token + ", and the policy accepts " + alone(r.wanted())
}

// alone says of what a policy accepts that it accepts nothing else.
func alone(wanted string) string {
	if strings.HasPrefix(wanted, "one of ") {
		return "only " + wanted
	}
	return wanted + " only"
}

func (r *Result) whySignature() string {
	result := r.judged.result
	switch {
	case r.KeyWritten() && result.Reason == keys.KidUnknown:
		return "no key that is written into the policy has the token's kid. Entra ID replaces " +
			"its keys, and these stay as they are"
	case r.KeyWritten():
		return "no key that is written into the policy made this signature. Entra ID replaces " +
			"its keys, and these stay as they are; or the token was altered"
	case result.Expected == "" || result.Actual == "":
		return result.Why
	}
	return result.Why + ": expected " + result.Expected + ", found " + result.Actual +
		r.otherKeys()
}

// KeyWritten reports whether a signature of Entra ID's fails for want of a key, at a check whose
// keys are written into the policy.
func (r *Result) KeyWritten() bool {
	leaf, result := r.judged.leaf, r.judged.result
	if r.Outcome != Fail || leaf == nil || leaf.Key == nil || result == nil {
		return false
	}
	lacks := result.Reason == keys.KidUnknown && result.Elsewhere == keys.Nowhere ||
		result.Reason == keys.TextAltered && !result.Misfit && !result.WrongResource
	return lacks && leaf.Key.Text != "" && !leaf.Key.HMAC && result.Verifier == nil &&
		result.Named == nil && r.request.Profile().IssuedBy == inspect.ByEntra
}

func (r *Result) whyInactive() string {
	if r.request.Introspection != nil {
		return "the captured answer of the validation endpoint says that the token is not active"
	}
	const inactive = "a validation endpoint calls this token inactive: "
	switch result := r.judged.result; {
	case r.judged.leaf.Op == Readable, result != nil && result.Reason == keys.NoReadableJWS:
		return inactive + r.shape()
	case result != nil:
		return inactive + r.whySignature()
	}
	return r.whyNotNow() + ", so a validation endpoint calls it inactive"
}

func (r *Result) whyNotNow() string {
	reading := r.judged.reading
	if r.judged.answer != nil {
		large := r.judged.leaf.Input.Name + " is " + brief(reading.Value) +
			", a number so large that the gateway "
		if r.judged.leaf.Op == NotAfter { // which is in the future for a gateway that reads it
			return large + "refuses it or fails on it"
		}
		return large + "fails on it"
	}
	if r.judged.leaf.Op == Positive {
		return "the validation endpoint's answer says that " + brief(reading.Value) +
			" seconds are left"
	}
	instant := inspect.ReadInstant(reading.Value)
	verb := "the token expired"
	if r.judged.leaf.Op == NotAfter {
		verb = "the token is not valid before"
	}
	return fmt.Sprintf("%s %s, %s", verb, instant, inspect.Relative(instant.At, r.request.At))
}

// whyAudience names both sides. It says whether the token has the wrong form of the right API, or
// is for another API.
func (r *Result) whyAudience() string {
	wanted, accepts, claim := r.wanted(), "no audience", "aud"
	if leaf := r.judged.leaf; leaf == nil || len(leaf.Values) > 0 {
		accepts = alone(wanted)
	}
	if leaf := r.judged.leaf; leaf != nil {
		claim = leaf.Input.Name
	}
	why := "the token is for " + r.Actual() + " (" + claim + "), and the policy accepts " +
		accepts + r.whyNeverWritten()
	profile := r.request.Profile()
	switch {
	case claim != "aud":
		return why
	case len(profile.Audience) == 0:
	case profile.Kind == inspect.KindID:
		why += ". This is an ID token, for the client itself: " +
			"the client must send the access token"
	case profile.Version == "2.0" && entra.IsGUID(profile.Audience[0]) && isURI(wanted):
		why += ". In a v2.0 token aud is always the API's application id, a GUID, " +
			"and never its App ID URI"
	case profile.Version == "1.0" && isURI(profile.Audience[0]) && entra.IsGUID(wanted):
		why += ". In a v1.0 token aud has the form in which the client asked for it, " +
			"here the App ID URI"
	}
	if profile.Resource != "" {
		why += ". It is a token for " + profile.Resource + ", not for your API: " +
			"the client asked for the wrong scope"
	}
	return why
}

func isURI(text string) bool { return strings.Contains(text, "://") }

func (r *Result) whyClaim() string {
	leaf := r.judged.leaf
	if leaf.Op == True {
		return leaf.Input.words() + " gives " + r.Actual() + " for this token" +
			r.readValues(leaf.Input) + behind(". That is: ", r.whyNotGranted()) +
			r.whyNeverWritten() + r.whyLeftOut()
	}
	if granted := r.whyNotGranted(); granted != "" {
		return granted + r.whyLeftOut()
	}
	why := "the claim " + leaf.Input.words() + " is " + r.Actual()
	if r.judged.reading.Value == nil && leaf.Input.Source == FromClaim {
		why = "the token has no " + leaf.Input.words()
	}
	why += ", and the policy wants " + r.wanted()
	if leaf.Input.Name == "iss" {
		why += r.otherVersion(leaf)
	}
	if leaf.Input.Name == "tid" {
		why += r.otherTenant(leaf)
	}
	if leaf.Input.Name == "roles" && r.judged.reading.Value == nil {
		why = "the token has no roles: no app role of this API is assigned to its client or user"
	}
	if leaf.Input.Name == "scp" && len(leaf.Values) > 0 {
		why += wantedScope(leaf.Values[0].Text)
	}
	return why + r.whyWhole() + r.whyNoEmail() + r.whyNeverWritten() + r.whyLeftOut()
}

// whyWhole says that a value which is there was compared together with those beside it.
func (r *Result) whyWhole() string {
	leaf, value := r.judged.leaf, r.judged.reading.Value
	if leaf.Op != Equals && leaf.Op != OneOf || leaf.Input.Source != FromClaim {
		return ""
	}
	var parts []string
	what := "list as a whole, not its items"
	text, isText := value.Str()
	if isText {
		parts, what = strings.Fields(text), "text as a whole, not its words"
	} else if value.Is(source.List) {
		for _, item := range value.Items {
			if part, ok := item.Str(); ok {
				parts = append(parts, part)
			}
		}
	}
	isPart := func(v *source.Value) bool { return slices.Contains(parts, v.Text) }
	if !slices.ContainsFunc(leaf.Values, isPart) {
		return ""
	}
	return ". The gateway compares the " + what
}

// whyNoEmail says why an app-only token has none of the claims that are about a person.
func (r *Result) whyNoEmail() string {
	personal := []string{"email", "upn", "preferred_username", "unique_name"}
	claim, profile := r.Check.Claim, r.request.Profile()
	if profile.Flow != inspect.AppOnly || profile.IssuedBy != inspect.ByEntra ||
		!slices.Contains(personal, claim) || r.request.Read(Claim(claim)).Value != nil {
		return ""
	}
	return ". This token is app-only: it is about no user, and has no " + claim
}

// otherTenant says that the token is from another tenant than the policy wants.
func (r *Result) otherTenant(leaf *Predicate) string {
	has, ok := r.judged.reading.Value.Str()
	for _, wanted := range leaf.Values {
		if !ok || !entra.IsGUID(wanted.Text) || strings.EqualFold(wanted.Text, has) {
			return ""
		}
	}
	return ": the token is from another tenant"
}

// readValues lists what an expression has read of the token.
func (r *Result) readValues(in Input) string {
	if in.Opaque == nil {
		return ""
	}
	var all []string
	for _, read := range in.Opaque.Reads {
		if read.Source != FromClaim {
			continue
		}
		if value := r.request.Read(read).Value; value != nil {
			all = append(all, read.Name+" is "+likeANumber(value)+brief(value))
		} else {
			all = append(all, "it has no "+read.Name)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return ": " + strings.Join(all, ", ")
}

// likeANumber says of a text that it is one, where it looks like something else.
func likeANumber(v *source.Value) string {
	text, isText := v.Str()
	if isText && text != "" && json.Valid([]byte(text)) {
		return "the text "
	}
	return ""
}

// otherVersion says that the issuer is the right tenant's, but of the other token version, or that
// it is another product's.
func (r *Result) otherVersion(leaf *Predicate) string {
	has, _ := r.judged.reading.Value.Str()
	token, ok := entra.ParseIssuer(has)
	if !ok {
		return ""
	}
	same, products := "", []string{}
	for _, value := range leaf.Values {
		want, _ := value.Str()
		policy, ok := entra.ParseIssuer(want)
		if ok {
			products = append(products, policy.Product())
		}
		switch {
		case !ok || !token.SameTenant(policy):
		case token.Version != policy.Version:
			same = fmt.Sprintf(
				". Both name the same tenant: "+
					"the token is v%s, the policy has the issuer of v%s tokens",
				token.Version, policy.Version,
			)
		default:
			return ". Both name the same tenant, in different spellings, " +
				"and the comparison is exact"
		}
	}
	if token.Tenant == entra.Consumers && same == "" {
		return ". The user signed in with a personal Microsoft account, which gets the tokens " +
			"of a tenant only as its guest"
	}
	if len(products) > 0 && !slices.Contains(products, token.Product()) {
		return ". The token's issuer is one of " + token.Product() + ", the policy's one of " +
			products[0]
	}
	return same
}

func (r *Result) whyScopes() string {
	leaf := r.judged.leaf
	profile := r.request.Profile()
	if why := r.whyNotGranted(); why != "" && r.judged.reading.Value == nil {
		return why
	}
	carrier := "the token"
	if r.ofAnswer() {
		carrier = "the validation endpoint's answer"
	} else if r.judged.reading.Value == nil {
		if profile.Flow == inspect.AppOnly {
			return "the policy wants " + r.wanted() + ", and this token is app-only: Entra ID " +
				"puts no scp into it, only roles"
		}
		return "the policy wants " + r.wanted() + ", and the token has no scp"
	}
	why := "the policy wants " + r.wanted() + ", and " + carrier + " carries " + r.Actual()
	for _, wanted := range leaf.Values {
		if form := wantedScope(wanted.Text); form != "" {
			return why + form
		}
	}
	return why
}

func (r *Result) whyClientID() string {
	in := r.judged.leaf.Input
	if len(r.OwnCredentials()) > 0 {
		return "the policy requires its own client credentials and does not check the token. It " +
			"reads " + in.words() + " and finds none, so it rejects even a good token"
	}
	profile := r.request.Profile()
	why := fmt.Sprintf("the policy takes the client id from %s, and it is not there", in.words())
	if !r.ofAnswer() && in.Name == "client_id" {
		why = "the policy takes the client id from client_id, which Entra ID never issues"
	}
	if profile.ClientID.Value == "" || in.Name == profile.ClientID.Claim {
		return why + "; the gateway reads null"
	}
	this := "This token"
	if profile.Version != "" {
		this = "This v" + profile.Version + " token"
	}
	return fmt.Sprintf("%s. %s has it in %s (%s), so the gateway reads null",
		why, this, profile.ClientID.Claim, inspect.InSentence(profile.ClientID.Value))
}

// whyContract says what else we know of a client id that has no contract.
func (r *Result) whyContract() string {
	id := brief(r.judged.reading.Value)
	why := "client " + id + " has no approved contract on this API instance"
	if app, ok := entra.AppByID(id); ok {
		why += ". It is " + app.Name + ", a Microsoft application, not your client: " +
			"your own client must get the token for a test"
	}
	if c := r.request.Contracts; entra.IsGUID(id) && c != nil && len(c.IDs) > 0 &&
		!slices.ContainsFunc(c.IDs, entra.IsGUID) {
		why += ". None of the contracts has a client id in the form of Entra ID's, " +
			"a GUID" + behind(": ", r.Check.OwnIDs)
	}
	profile := r.request.Profile()
	if profile.HasTrait("confidential-client-for-user") && profile.ClientID.Value == id {
		why += ". It acts for a user, and if it has exchanged the user's token " +
			"(on-behalf-of), it is the middle tier and not the front end: the contract must be " +
			"the middle tier's"
	}
	return why + behind(". ", r.Check.Besides)
}

// behind is a text after its separator; empty where there is no text.
func behind(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + text
}

// whyLeftOut says why a token may lack a role that was granted, or a group that the user is in.
func (r *Result) whyLeftOut() string {
	profile := r.request.Profile()
	reads := func(claim string) bool {
		return r.Check.ID == CustomClaim && slices.Contains(r.Check.Test.Reads(), Claim(claim))
	}
	switch {
	case reads("groups") && profile.HasTrait("group-overage"):
		return ". The user is in more groups than a token holds, so Entra ID leaves all of them " +
			"out. Ask for an app role instead, or let Entra ID emit only the groups that are " +
			"assigned to the application"
	case reads("roles") && profile.MayBeManaged():
		is, since := "is", ""
		if !profile.HasTrait("managed-identity") {
			is = "looks like"
		}
		if profile.IssuedAt.Known() {
			since = " after " + profile.IssuedAt.String()
		}
		return ". It " + is + " a managed identity's token, which is kept for about 24 hours: " +
			"a role that was granted" + since + " shows only in the next one"
	}
	return ""
}

// wantedScope says what is wrong with the form of a scope that the policy wants, for Entra ID.
func wantedScope(scope string) string {
	switch {
	case strings.HasSuffix(scope, "/.default"):
		return ". A scope that ends in /.default is what a client asks for; " +
			"a token carries the short values of scopes in scp, never that"
	case isURI(scope):
		return ". Entra ID writes the short value of a scope into scp, never its URI form"
	}
	return ""
}

// OwnCredentials are what of the request alone, and not of its token, the policy reads the client
// id from; nothing where it reads anything else.
func (r *Result) OwnCredentials() []Input {
	leaf := r.judged.leaf
	if r.Check.ID != ClientID || leaf == nil || leaf.Input.Opaque == nil ||
		r.request.Token == nil {
		return nil
	}
	other := func(in Input) bool { return in.Source != FromHTTP }
	if slices.ContainsFunc(leaf.Input.Opaque.Reads, other) {
		return nil
	}
	return leaf.Input.Opaque.Reads
}

// otherKeys says where else the key of an access token of Entra ID may be, where nothing plainer
// says why the set does not have it.
func (r *Result) otherKeys() string {
	profile, result := r.request.Profile(), r.judged.result
	address := ""
	if leaf := r.judged.leaf; leaf != nil && leaf.Key != nil {
		address = leaf.Key.URL
	}
	published, _ := entra.ParseKeysURL(address)
	if result.Reason != keys.KidUnknown || result.Elsewhere != keys.Nowhere ||
		result.Verifier != nil || profile.IssuedBy != inspect.ByEntra || published.App != "" {
		return ""
	}
	return ". An app with a signing key of its own (claims mapping, SAML single sign-on) has " +
		"its keys in the tenant's key set with ?appid= and the app's id alone"
}

package rules

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Bearer is what comes before the token if no location says otherwise (RFC 6750, section 2.1).
const Bearer = "Bearer "

// Location is a place where a gateway looks for the token.
type Location struct {
	Input    Input  // of FromHTTP, FromQuery or FromCookie
	Prefix   string // before the token: "Bearer "
	FoldCase bool   // the prefix is compared without case
	Optional bool   // the token may come without the prefix

	// Inside says that the prefix may be anywhere in the text, and that the token begins with the
	// first character behind it that one may have. A text without the prefix is nothing then.
	Inside bool

	// Cut says of a token inside of a text that it ends before the first character that none has:
	// otherwise all that is behind it is part of it.
	Cut bool

	// Blank says of a parameter that one without a value is something that is not the token.
	Blank bool

	// Basic is how the token may come in Basic credentials instead; nil where it may not.
	Basic *InBasic
}

// InBasic says that a token may come in Basic credentials (RFC 7617): as the user, beside one of
// these passwords, or else as the password.
type InBasic struct{ Passwords []string }

// carries reports whether a text is Basic credentials with the token in them.
func (b *InBasic) carries(text, token string) bool {
	encoded, ok := strings.CutPrefix(text, "Basic ")
	if b == nil || !ok {
		return false
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	user, password, ok := strings.Cut(string(decoded), ":")
	if err != nil || !ok {
		return false
	}
	return password == token && user != token ||
		user == token && slices.Contains(b.Passwords, password)
}

// Several says what a gateway does with a request that carries something at more than one
// location.
type Several uint8

// What counts if several locations have something.
const (
	FirstCounts Several = iota // the first of the gateway's own order
	AllCount                   // each must be good
	NoneCounts                 // the request is refused
)

// inHeader is the location of RFC 6750.
func inHeader() []Location {
	return []Location{{Input: Input{Source: FromHTTP, Name: "Authorization"}, Prefix: Bearer}}
}

// Lookup is where and how a gateway looks for the token.
type Lookup struct {
	Locations []Location // in the gateway's order; none for the Authorization header
	Several   Several    // what counts where more than one of them has something

	// SparesPreflights says that no token of a browser's preflight is looked for.
	SparesPreflights bool

	// Otherwise is the answer if something that is not the token is at a location; nil for the
	// check's own answer.
	Otherwise *Answer

	// Crowded is the answer if several locations have something and none counts; nil for
	// Otherwise.
	Crowded *Answer
}

// lookup is how a predicate of Sent looks for the token.
func (p Predicate) lookup() Lookup {
	if p.Lookup == nil {
		return Lookup{}
	}
	return *p.Lookup
}

// locations are where a predicate of Sent looks.
func (p Predicate) locations() []Location {
	if all := p.lookup().Locations; all != nil {
		return all
	}
	return inHeader()
}

// sent judges whether the token arrives at one of the places where the policy looks for it. If
// nothing says how the token was sent, we take it that it was sent correctly.
func (r *Request) sent(p Predicate) judgement {
	if !p.lookup().SparesPreflights {
		return r.arrives(p)
	}
	switch is, why := r.IsPreflight(); is {
	case No:
		return r.arrives(p)
	case Maybe:
		if j := r.arrives(p); j.may == fails {
			return j
		}
		return unknownFor(why)
	}
	return judged(No)
}

// arrives is [Request.sent] of a request in which the policy looks for a token.
func (r *Request) arrives(p Predicate) judgement {
	empty, found := false, 0
	var counted judgement
	for _, at := range p.locations() {
		text, given, doubt := r.sentAt(at.Input)
		if doubt != nil {
			return unknownFor(doubt)
		}
		if text == "" && !at.isBlank(r) || at.passesOver(text) {
			empty = empty || given || r.lacks(at.Input) && r.ShowsToken()
			continue
		}
		found++
		switch j := r.sentAs(p, at, text); {
		case found == 1 || p.lookup().Several == AllCount && counted.may == holds:
			counted = j
		case p.lookup().Several == NoneCounts:
			return judgement{may: fails, answer: cmp.Or(p.Lookup.Crowded, p.Lookup.Otherwise)}
		}
	}
	switch {
	case found > 0:
		return counted
	case !empty && r.ShowsToken():
		return unknownFor(notShown(p.locations()))
	}
	return judged(TruthOf(!empty && r.Token != nil))
}

// lacks reports whether a request that is known as a whole has nothing at a place.
func (r *Request) lacks(in Input) bool {
	if in.Source == FromQuery {
		return r.QueryWhole
	}
	return r.HeadersWhole
}

// notShown is why it is not known whether the token is at any of some places, where the request
// shows it at another one.
func notShown(at []Location) *Unknown {
	why := &Unknown{
		Why: "the request has the token elsewhere, and it was not said whether " + places(at) +
			" has it too",
		Need: Need{For: "whether the request has the token there"},
	}
	inHeader := func(of Location) bool { return of.Input.Source == FromHTTP }
	if i := slices.IndexFunc(at, inHeader); i >= 0 {
		why.Need = Need{
			Input: source.NeedHeader, Name: at[i].Input.Name, For: "what the client sends in it",
		}
	}
	return why
}

// ShowsToken reports whether something says how the token was sent: one of the headers, parameters
// and cookies that were given has it.
func (r *Request) ShowsToken() bool {
	if r.Token == nil || r.Token.Compact() == "" {
		return false
	}
	for _, all := range []map[string]string{r.Headers, r.Query, r.Cookies} {
		for _, text := range all {
			if strings.Contains(text, r.Token.Compact()) {
				return true
			}
		}
	}
	return false
}

// sentAt is what is at a place, and whether that is known. An empty text says that nothing is sent
// there. The doubt is why an earlier policy may have changed it, or why it may not count.
func (r *Request) sentAt(in Input) (text string, given bool, doubt *Unknown) {
	switch in.Source {
	case FromQuery:
		text, given = r.Query[in.Name]
	case FromCookie:
		text, given = r.cookie(in.Name)
		doubt = r.blank(FromCookie, in.Name)
	default:
		return r.Sent(in.Name)
	}
	return text, given, doubt
}

// repeatedIn is why the token is not known that a predicate of Sent finds: a header in which it
// looks is there with several values. It is nil where none is.
func (r *Request) repeatedIn(leaf *Predicate) *Unknown {
	if leaf == nil {
		return nil
	}
	for _, at := range leaf.locations() {
		name := textproto.CanonicalMIMEHeaderKey(at.Input.Name)
		if at.Input.Source == FromHTTP && slices.Contains(r.Repeated, name) {
			return repeated(name)
		}
	}
	return nil
}

// sentAs compares what was given for a place with what the policy reads there.
func (r *Request) sentAs(p Predicate, at Location, text string) judgement {
	switch {
	case r.Token != nil && at.carries(text, r.Token.Compact()):
		return judged(Yes)
	case r.Token != nil && at.padded(text, r.Token.Compact()):
		return unknownFor(&Unknown{
			Why: "the token is sent with dots or = behind it, which readers of tokens differ on",
		})
	case p.Loose && r.respelled(text):
		return unknownFor(&Unknown{
			Why: r.misspelling(text) + ", and it is not documented whether the gateway reads that",
		})
	}
	return judgement{may: fails, answer: p.lookup().Otherwise}
}

// HasBlank reports whether a parameter is there without a value.
func (r *Request) HasBlank(parameter string) bool {
	value, there := r.Query[parameter]
	return there && value == ""
}

// isBlank reports whether a parameter is there without a value, and counts.
func (l Location) isBlank(r *Request) bool { return l.Blank && r.HasBlank(l.Input.Name) }

// passesOver reports whether a text is nothing to a gateway that looks for the prefix inside.
func (l Location) passesOver(text string) bool {
	return l.Inside && !strings.Contains(text, l.Prefix)
}

// inside is what a gateway that looks for the prefix inside of a text takes for the token.
func (l Location) inside(text string) string {
	other := func(r rune) bool {
		return !source.IsAlphanumeric(r) && r != '-' && r != '_' && r != '.'
	}
	_, rest, _ := strings.Cut(text, l.Prefix)
	rest = strings.TrimLeftFunc(rest, other)
	if end := strings.IndexFunc(rest, other); l.Cut && end >= 0 {
		return rest[:end]
	}
	return rest
}

// padded reports whether a gateway takes the token with nothing but padding and dots behind it.
func (l Location) padded(text, token string) bool {
	if !l.Inside {
		return false
	}
	behind, ok := strings.CutPrefix(l.inside(text), token)
	return ok && strings.Trim(behind, ".= \t") == ""
}

// carries reports whether a text is the token behind the location's prefix.
func (l Location) carries(text, token string) bool {
	if l.Inside {
		return l.inside(text) == token
	}
	rest, ok := strings.CutSuffix(text, token)
	same := rest == l.Prefix || l.FoldCase && strings.EqualFold(rest, l.Prefix)
	return ok && (same || l.Optional && rest == "") || l.Basic.carries(text, token)
}

// respelled reports whether the header is Bearer and the token, except for case and white space.
func (r *Request) respelled(header string) bool {
	words := strings.Fields(header)
	return r.Token != nil && len(words) == 2 && strings.EqualFold(words[0]+" ", Bearer) &&
		words[1] == r.Token.Compact()
}

// misspelling says what the header has instead of Bearer, one space and the token. It does not
// show it: it may be a secret.
func (r *Request) misspelling(header string) string {
	scheme, rest, _ := strings.Cut(header, " ")
	switch {
	case strings.EqualFold(scheme, "Basic"):
		return "the Authorization header carries Basic credentials"
	case r.respelled(header) && strings.Fields(header)[0]+" " != Bearer:
		return "the Authorization header spells the scheme " + strings.Fields(header)[0]
	case r.respelled(header) && scheme+" " != Bearer:
		return "the Authorization header has something other than a space after Bearer"
	case r.respelled(header):
		return "the Authorization header has more than one space after Bearer"
	case strings.HasPrefix(strings.TrimSpace(rest), Bearer):
		return "the Authorization header says Bearer twice"
	case r.Token != nil && strings.TrimSpace(header) == r.Token.Compact():
		return "the Authorization header has the token without Bearer before it"
	}
	return "the Authorization header has something other than Bearer and the token"
}

// sentInstead is what was found instead of the token.
func (r *Request) sentInstead(outcome Outcome, leaf *Predicate) string {
	if outcome == Pass || len(r.filled(leaf)) == 0 {
		return shownAs(outcome == Pass)
	}
	return "something else"
}

// filled are the locations of a predicate of Sent that have something.
func (r *Request) filled(leaf *Predicate) []Location {
	var all []Location
	for _, at := range leaf.locations() {
		if text, _, _ := r.sentAt(at.Input); text != "" || at.isBlank(r) {
			all = append(all, at)
		}
	}
	return all
}

// finds reports whether something is where a predicate of Sent looks inside of a text or for a
// parameter, and is not passed over.
func (r *Request) finds(leaf *Predicate) bool {
	return slices.ContainsFunc(r.filled(leaf), func(at Location) bool {
		text, _, _ := r.sentAt(at.Input)
		return at.Blank || at.Inside && !at.passesOver(text)
	})
}

// whyNotSent says why a request that should carry a token carries none.
func (r *Result) whyNotSent() string {
	if leaf := r.judged.leaf; r.judged.answer != nil || leaf != nil && r.request.finds(leaf) {
		return r.request.whyOtherwise(leaf)
	}
	if by := r.request.takenBy(r.judged.leaf); by != nil {
		return "the policy " + by.Asset + " runs earlier and removes the header in which this " +
			"policy looks for the token"
	}
	why := "the request carries no token where the policy looks for it, in " + r.placeOfToken()
	if r.request.Method == Preflight {
		return why +
			". A CORS preflight never carries one: what answers it must come before this policy"
	}
	return why +
		". A browser's CORS preflight never carries one, and a proxy on the way may strip it"
}

// whyOtherwise says what is wrong with what was sent instead of the token.
func (r *Request) whyOtherwise(leaf *Predicate) string {
	filled := r.filled(leaf)
	switch {
	case len(filled) > 1 && leaf.lookup().Several == NoneCounts:
		return "the request carries something in more than one place, " + places(filled) +
			", and the gateway refuses that"
	case len(filled) == 1 && filled[0].Input == inHeader()[0].Input && filled[0].Prefix == Bearer:
		return r.misspelling(r.Headers["Authorization"]) +
			"; the policy wants Bearer, one space and the token"
	}
	return "something other than the token is in " + places(filled) +
		"; the policy wants " + filled[0].wants()
}

// wants is what a location must hold, in words.
func (l Location) wants() string {
	switch {
	case l.Prefix == "":
		return "only the token"
	case l.Optional:
		return fmt.Sprintf("the token, with %q before it or without", l.Prefix)
	}
	return fmt.Sprintf("%q and the token", l.Prefix)
}

// ToSend is what must be sent where, in words, so that the policy finds the token; empty where
// that is not known.
func (r *Result) ToSend() string {
	leaf := r.judged.leaf
	if leaf == nil || leaf.Op != Sent {
		return ""
	}
	first := leaf.locations()[:1]
	return first[0].wants() + " in " + places(first)
}

// AssumedAt is where the token is taken to be, in words, where a policy looks for it, but not in
// the Authorization header, and nothing says how it was sent; empty elsewhere.
func (r *Result) AssumedAt() string {
	leaf := &r.Check.Test
	switch {
	case r.Check.ID != TokenPresent || r.Outcome != Pass:
		return ""
	case leaf.Input.Opaque != nil && len(r.request.Headers) == 0:
		return leaf.Input.words()
	case leaf.Op != Sent || leaf.inAuthorization() || len(r.request.filled(leaf)) > 0:
		return ""
	}
	return places(leaf.locations())
}

// placeOfToken is where the policy looks for the token, in words.
func (r *Result) placeOfToken() string {
	leaf := r.judged.leaf
	if leaf == nil {
		return "a place that is not known"
	}
	if leaf.Op != Sent {
		return leaf.Input.words()
	}
	return places(leaf.locations())
}

// places are locations in words.
func places(locations []Location) string {
	var all []string
	for _, at := range locations {
		place := "the " + string(at.Input.Source) + " " + at.Input.Name
		if at.Input.Source == FromHTTP {
			place = "the " + textproto.CanonicalMIMEHeaderKey(at.Input.Name) + " header"
		}
		all = source.Union(all, place)
	}
	return strings.Join(all, " or ")
}

// Bearer reports whether the request's token is in the Authorization header, so that nothing else
// can be there. We take it that it is, unless the policies read it from other places only.
func (r *Request) Bearer() bool {
	if r.Token == nil {
		return false
	}
	elsewhere := false
	for check := range EachCheck(r.policies) {
		if check.ID == TokenPresent && check.Test.inAuthorization() {
			return true
		}
		elsewhere = elsewhere || check.ID == TokenPresent
	}
	return !elsewhere
}

// ReadsAuthorization reports whether the policy takes the token from the Authorization header.
func (p *Policy) ReadsAuthorization() bool {
	return p.Find(func(c *Check) bool {
		return c.ID == TokenPresent && c.Test.inAuthorization()
	}) != nil
}

// inAuthorization reports whether a predicate finds the token in the Authorization header.
func (p *Predicate) inAuthorization() bool {
	return p.Op == Sent && slices.ContainsFunc(p.locations(), func(at Location) bool {
		return at.Input.Source == FromHTTP &&
			textproto.CanonicalMIMEHeaderKey(at.Input.Name) == "Authorization"
	})
}

package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// ID says what kind of check it is. The list is closed, and its order is the one in which a
// gateway that uses them runs them.
type ID string

// The check ids.
const (
	Routed        ID = "route"         // does the policy apply to this method and path
	Conditional   ID = "request"       // a condition on method, path, host or header in a policy
	TokenPresent  ID = "token-present" // is there a token where the policy looks for it
	TokenFormat   ID = "token-format"  // is it a readable JWS
	Algorithm     ID = "algorithm"     // is it signed with the algorithm that the policy wants
	Signature     ID = "signature"     // does the signature verify
	Introspection ID = "introspection" // does the validation endpoint call it active
	Expiry        ID = "expiry"
	NotBefore     ID = "not-before"
	Audience      ID = "audience"
	Issuer        ID = "issuer"
	Tenant        ID = "tenant"
	CustomClaim   ID = "custom-claim" // one each
	Scopes        ID = "scopes"
	Authorization ID = "authorization" // rules that allow or deny, as a whole
	ClientID      ID = "client-id"     // can a client id be read
	ClientSecret  ID = "client-secret" // does the secret belong to that client
	Contract      ID = "contract"      // is that client allowed
	NotModelled   ID = "not-modelled"  // a kind of policy that is not modelled may reject it
)

// CheckIDs lists the ids in that order.
func CheckIDs() []string {
	ids := []ID{
		Routed, Conditional, TokenPresent, TokenFormat, Algorithm, Signature, Introspection,
		Expiry, NotBefore, Audience, Issuer, Tenant, CustomClaim, Scopes, Authorization, ClientID,
		ClientSecret, Contract, NotModelled,
	}
	return source.Each(ids, func(id ID) string { return string(id) })
}

// Check is one thing that a policy asks of a request.
type Check struct {
	ID ID

	// Field is the configuration field that the check comes from. If a control is missing, it is
	// the field that opens the hole.
	Field string
	Pos   source.Position // of the first character of that field's value
	Span  source.Span     // of the field's value
	Claim string          // of a custom claim: its name

	// Optional is what lets a token without the claim past, and Length what names the length of an
	// algorithm's hash; nil where it is the same field.
	Optional, Length *Place

	// Test is what the check tests, or would test if the configuration did not switch it off.
	Test    Predicate
	Skip    string   // why the configuration switches the check off; empty where it does not
	Unknown *Unknown // why the configuration leaves the check undecided, whatever the token

	// MaySkip is why the gateway perhaps does not make the check. One that holds does so all the
	// same; one that fails is unknown.
	MaySkip *Unknown

	Binds  string // the name under which later checks find what this one has read; may be empty
	Answer Answer // what the gateway sends where the check fails

	// Evidence is for the check itself: that the gateway tests this, and how. Captured replaces it
	// where the validation endpoint's answer was given, and is zero for the same.
	Evidence, Captured Evidence

	// Inferred is what the check does beyond what its evidence says.
	Inferred []Inference

	// Remark is what a reader should know of how the check was made, such as a model that stands
	// in for an answer.
	Remark string

	// OwnIDs and Besides are about contracts, in the vendor's words; both may be empty. OwnIDs is
	// a clause: what it may mean that no contract has a client id of Entra ID's form. Besides is a
	// sentence without a full stop: what else admits a client.
	OwnIDs, Besides string

	// Wants is what the check wants, in words, where its test would read badly; else empty.
	Wants string

	// Refuses is why the check fails for every request, where the configuration makes it so and
	// the test never holds: see [Never]. It is empty elsewhere.
	Refuses string

	// Meant says that the configuration plainly refuses every request: others are to allow some.
	Meant bool

	// Remedy is which change of the configuration lets the check pass, where none of the request
	// does: a sentence without a full stop; may be empty.
	Remedy string

	// Grant is how a client gets what the check asks for, in the vendor's words: a sentence
	// without a full stop; may be empty.
	Grant string
}

// Place is a field of a configuration, and where it is. A field that is absent has the place of
// what represents it.
type Place struct {
	Field string
	Pos   source.Position
	Span  source.Span
}

// PlaceOf is the place of a value that a field has.
func PlaceOf(v *source.Value, field string) Place { return Place{field, v.Pos, v.Span} }

// CheckAt starts a check that a value decides.
func CheckAt(id ID, v *source.Value, field string, evidence Evidence) *Check {
	return &Check{ID: id, Field: field, Pos: v.Pos, Span: v.Span, Evidence: evidence}
}

// Holds is the predicate that the check holds, of one that is not switched off. Where the gateway
// perhaps does not make it, it is not known whether it fails.
func (c *Check) Holds() Predicate {
	switch {
	case c.Unknown != nil:
		return Undecided(c.Unknown)
	case c.MaySkip != nil:
		return Either(c.Test, Undecided(c.MaySkip))
	}
	return c.Test
}

// Reads lists everything that the check reads, each once; nothing where it is switched off.
func (c *Check) Reads() []Input {
	if c.Skip != "" || c.Unknown != nil {
		return nil
	}
	return c.Test.Reads()
}

// ReadsAny reports whether one of the inputs that the check reads is as a function says. It makes
// no list of them.
func (c *Check) ReadsAny(is func(Input) bool) bool {
	if c.Skip != "" || c.Unknown != nil {
		return false
	}
	found := false
	c.Test.EachLeaf(func(leaf *Predicate) {
		leaf.EachRead(func(in Input) { found = found || is(in) })
	})
	return found
}

// Level says how well we know what we predict.
type Level string

// The levels, best first.
const (
	Documented Level = "documented" // the vendor's documentation says so
	Observed   Level = "observed"   // someone ran it and published what happened
	Inferred   Level = "inferred"   // deduced from documentation or public code
)

// Evidence is what a prediction rests on. Reference is a document, a page or a published
// observation, as a reader would look it up.
type Evidence struct {
	Level     Level
	Reference string
}

// From is evidence of a level, by its reference.
func (l Level) From(reference string) Evidence { return Evidence{l, reference} }

// Answer is what a gateway sends where a check fails.
type Answer struct {
	Situation string // the row of the table of behaviours that it was read from
	Condition string // of that row
	Status    int    // 0 where it is not known
	OneOf     []int  // the statuses that it may have, where it is not known; else empty
	Body      string // the exact body; empty where no published answer gives it
	NoBody    bool   // the body is known to be empty
	Weight    int8   // which answer is sent where several alternatives fail, of [Weightiest]
	Says      string // words of the body, where only these are known
	Evidence  Evidence

	// Unlike are whole bodies that have those words too, and that are another answer's.
	Unlike []string

	// Cases are other answers, to requests that surely are as their predicate says: one that
	// accepts JSON only, say. The first one counts.
	Cases []Case
}

// Case is what a gateway sends in place of an answer, and to which requests.
type Case struct {
	If     Predicate
	Answer Answer
}

// allows reports whether an observed status may be that of the answer.
func (a *Answer) allows(status int) bool {
	if a.Status == 0 {
		return slices.Contains(a.OneOf, status)
	}
	return a.Status == status
}

// Statuses are the ones that it may have, where it is not known which: "400 or 401".
func (a *Answer) Statuses() string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(a.OneOf), "[]"), " ", " or ")
}

// answer is the answer as this request gets it. To HEAD no server sends a body (RFC 9110, section
// 9.3.2).
func (r *Request) answer(a Answer) Answer {
	for i := range a.Cases {
		if r.judge(&a.Cases[i].If).may == holds {
			a = a.Cases[i].Answer
			break
		}
	}
	if r.Method == "HEAD" && !r.supposed {
		a.Body, a.Says, a.Unlike = "", "", nil
	}
	return a
}

// weaker reports whether e proves less than other.
func (e Evidence) weaker(other Evidence) bool { return e.rank() > other.rank() }

func (e Evidence) rank() int {
	switch e.Level {
	case Documented:
		return 0
	case Observed:
		return 1
	}
	return 2
}

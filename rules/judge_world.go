package rules

import (
	"fmt"
	"strconv"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// overflows reports whether the value is a number that the gateway can't read as an instant.
func (p Predicate) overflows(v *source.Value) bool {
	if p.Overflow == nil || !v.Is(source.Number) {
		return false
	}
	n, err := strconv.ParseFloat(v.Text, 64)
	return err == nil && n > float64(p.Limit)
}

// plain reports whether every reader of NumericDates reads the same instant.
func plain(instant inspect.Instant) bool {
	switch instant.Problem {
	case inspect.NoProblem, inspect.Fraction, inspect.Negative:
		return true
	}
	return false
}

func (r *Request) compareTime(p Predicate, reading *Reading) Truth {
	instant := inspect.ReadInstant(reading.Value)
	if !plain(instant) {
		reading.Unknown = &Unknown{Why: fmt.Sprintf("%s is %s (%s), and it is not documented what the gateway makes of that", p.Input.Name, brief(reading.Value), instant.Problem)}
		return Maybe
	}
	if p.Sure > 0 && instant.At.Unix() > p.Sure {
		const why = "%s is %s, and we do not know whether the gateway's clock can hold that"
		reading.Unknown = &Unknown{Why: fmt.Sprintf(why, p.Input.Name, brief(reading.Value))}
		return Maybe
	}
	missed := r.At.Sub(instant.At) // After: by how much the clock is past the instant
	if p.Op == NotAfter {
		missed = -missed
	}
	missed -= p.Leeway
	switch {
	case missed < 0, missed == 0 && (p.Op == NotAfter || p.Inclusive):
		if instant.Problem == inspect.Fraction {
			const why = "%s is %s, and it is not documented that the gateway reads a fraction"
			reading.Unknown = &Unknown{Why: fmt.Sprintf(why, p.Input.Name, brief(reading.Value))}
			return Maybe
		}
		return Yes
	case p.Doubt > 0 && missed <= p.Doubt:
		reading.Unknown = &Unknown{
			Why: fmt.Sprintf(
				"the gateway's leeway is not documented, and %s is missed by at most %g minutes",
				p.Input.Name, p.Doubt.Minutes(),
			),
			Need: Need{Input: source.NeedTime, For: "an instant further from " + p.Input.Name},
		}
		return Maybe
	}
	return No
}

// noContracts is what is not known without a list of contracts.
func noContracts() *Unknown {
	return &Unknown{
		Why: "the approved contracts of the API instance are not known",
		Need: Need{
			Input: source.NeedContracts,
			For:   "the client ids that have an approved contract on this API instance",
		},
	}
}

// nobodyListed is why nothing can be said of a contract where no client id was read: once it can be read, it depends on
// the id.
func (r *Request) nobodyListed() *Unknown {
	if r.Contracts == nil {
		return noContracts()
	}
	return &Unknown{Why: "no client id was read that could be looked up"}
}

func (r *Request) listed(reading *Reading) Truth {
	if r.Contracts == nil {
		reading.Unknown = noContracts()
		return Maybe
	}
	id, ok := reading.Value.Str()
	if !ok {
		reading.Unknown = &Unknown{Why: "the client id is " + reading.Value.Kind.String() + ", not a string"}
		return Maybe
	}
	listed := r.Contracts.Has(id)
	if listed == Maybe {
		reading.Unknown = &Unknown{
			Why: "the list of contracts may not be complete: it is one page, as far as it says",
			Need: Need{
				Input: source.NeedContracts,
				For:   "all pages of the list (its total says how many)",
			},
		}
	}
	return listed
}

func (r *Request) verifies(key *Key) judgement {
	if r.Token == nil {
		return judged(No)
	}
	if r.Signatures == nil {
		return unknownFor(&Unknown{
			Why:  "no key set was given",
			Need: Need{Input: source.NeedKeySet, For: "the key set that the policy verifies with"},
		})
	}
	result := r.Signatures.Verify(r.Token, key)
	if result.Unknown != nil {
		j := unknownFor(result.Unknown)
		j.result = &result
		return j
	}
	return judgement{may: truth(result.Outcome == keys.Pass).as(), result: &result}
}

package mulesoft

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// possible tells whether what is known of a prediction leaves room for a cause.
type possible = func(*rules.Prediction, *rules.Observation) bool

func both(a, b possible) possible {
	return func(p *rules.Prediction, o *rules.Observation) bool { return a(p, o) && b(p, o) }
}

func either(a, b possible) possible {
	return func(p *rules.Prediction, o *rules.Observation) bool { return a(p, o) || b(p, o) }
}

// has wants a check of this id with one of these outcomes.
func has(id rules.ID, outcomes ...rules.Outcome) possible {
	return func(p *rules.Prediction, _ *rules.Observation) bool {
		return slices.ContainsFunc(p.Verdict.Results, func(r rules.Result) bool {
			return r.Check.ID == id && slices.Contains(outcomes, r.Outcome)
		})
	}
}

// keysFromURL wants a signature check with keys from a URL, and one of these outcomes.
func keysFromURL(outcomes ...rules.Outcome) possible {
	return func(p *rules.Prediction, _ *rules.Observation) bool {
		return slices.ContainsFunc(p.Verdict.Results, func(r rules.Result) bool {
			key := r.Check.Test.Key
			return r.Check.ID == rules.Signature && key != nil && key.URL != "" && slices.Contains(outcomes, r.Outcome)
		})
	}
}

// claimed wants a token with this claim.
func claimed(name string) possible {
	return func(p *rules.Prediction, _ *rules.Observation) bool { return claimOf(p, name) != nil }
}

func claimOf(p *rules.Prediction, name string) *source.Value {
	if p.Request.Token == nil {
		return nil
	}
	return p.Request.Token.Claims.Member(name)
}

func enormous(p *rules.Prediction, _ *rules.Observation) bool {
	exp := claimOf(p, "exp")
	if !exp.Is(source.Number) {
		return false
	}
	n, err := strconv.ParseFloat(exp.Text, 64)
	return err == nil && n > flexLargestInstant
}

func tokenGiven(p *rules.Prediction, _ *rules.Observation) bool { return p.Request.Token != nil }

func contractsNotGiven(p *rules.Prediction, _ *rules.Observation) bool {
	return p.Request.Contracts == nil
}

func notCaptured(p *rules.Prediction, _ *rules.Observation) bool {
	return p.Request.Introspection == nil
}

// preflight leaves out a request whose method is known to be another.
func preflight(p *rules.Prediction, _ *rules.Observation) bool {
	return p.Request.Method == "" || p.Request.Method == http.MethodOptions
}

// routeOpen wants a policy that is limited to routes, and a request of which they are not known.
func routeOpen(p *rules.Prediction, _ *rules.Observation) bool {
	return (p.Request.Method == "" || p.Request.Path == "") &&
		slices.ContainsFunc(p.Policies, func(policy *rules.Policy) bool { return len(policy.When.Routes) > 0 })
}

// refused wants a prediction that the request is rejected.
func refused(p *rules.Prediction, _ *rules.Observation) bool {
	return p.Verdict.Outcome == rules.Rejected
}

// refusing wants an answer that does not let the request in.
func refusing(_ *rules.Prediction, o *rules.Observation) bool {
	return !o.LetIn()
}

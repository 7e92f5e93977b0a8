package envoygateway

import (
	"slices"
	"strconv"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// abortsAll reports whether a BackendTrafficPolicy has every request answered before its token is
// looked at, or may. Of some of the requests a prediction is still about the others.
func (p *patch) abortsAll() bool {
	fault := p.Spec.Member("faultInjection")
	abort := fault.Member("abort")
	part := abort.Member("percentage")
	if kubernetes.Marked(fault) || kubernetes.Marked(abort) {
		return true
	}
	if !abort.IsSet() || !part.Is(source.Number) {
		return abort.IsSet()
	}
	percent, err := strconv.ParseFloat(part.Text, 64)
	return err != nil || percent >= 100
}

// overridden is a table of answers where BackendTrafficPolicies may change what the proxy says by
// itself (responseOverride): the status is not known then, or the body alone.
func (i *instance) overridden(table []rules.Behaviour) []rules.Behaviour {
	for _, p := range i.patchesFor(backendPolicy) {
		for _, o := range p.Spec.Member("responseOverride").List() {
			if o.TextAt("source") == "Backend" {
				continue
			}
			table = slices.Clone(table)
			for at := range table {
				answer := &table[at].Answer
				may := func(status int) bool { return mayMatch(o.Member("match"), status) }
				if may(answer.Status) || slices.ContainsFunc(answer.OneOf, may) {
					*answer = otherwise(*answer, o)
				}
			}
		}
	}
	return table
}

// otherwise is an answer as an override may have changed it.
func otherwise(answer rules.Answer, override *source.Value) rules.Answer {
	other := rules.Answer{
		Situation: answer.Situation, Weight: answer.Weight, Cases: answer.Cases,
		Evidence: inferred(codeOverride),
	}
	status := override.At("response", "statusCode")
	redirect := override.Member("redirect")
	if redirect.IsSet() {
		status = redirect.Member("statusCode")
	}
	switch to, known := status.Int(); {
	case known && answer.Status != 0:
		other.OneOf = []int{answer.Status, int(to)}
	case !status.IsSet() && redirect.Is(source.Object) && answer.Status != 0:
		other.OneOf = []int{answer.Status, 302}
	case !status.IsSet() && override.Member("response").Is(source.Object):
		other.Status, other.OneOf = answer.Status, answer.OneOf
	}
	return other
}

// mayMatch reports whether an override is about a status, or may be.
func mayMatch(match *source.Value, answered int) bool {
	status := int64(answered)
	codes := match.Member("statusCodes")
	if !codes.Is(source.List) {
		return true
	}
	return slices.ContainsFunc(codes.Items, func(code *source.Value) bool {
		value, known := code.Member("value").Int()
		from, begins := code.At("range", "start").Int()
		to, ends := code.At("range", "end").Int()
		if code.TextAt("type") == "Range" {
			return !begins || !ends || from <= status && status <= to
		}
		return !known || value == status
	})
}

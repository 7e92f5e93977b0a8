package kubernetes

import (
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Judged is what one policy has made of a request.
type Judged struct {
	Policy  *rules.Policy
	Profile inspect.Profile // of the request's token
	Failed  []*rules.Result // what a change would have to amend
}

// JudgedBy is what the first policy has made of a request that an adapter can change. It is not ok
// where there is none.
func JudgedBy(v *rules.Verdict, changes func(*rules.Policy) bool) (j Judged, ok bool) {
	for i := range v.Results {
		r := &v.Results[i]
		if j.Policy == nil && changes(r.Policy) {
			j.Policy, j.Profile = r.Policy, r.Profile()
		}
		if j.Policy != nil && r.Policy == j.Policy && r.Outcome == rules.Fail && !r.Harmless {
			j.Failed = append(j.Failed, r)
		}
	}
	return j, j.Policy != nil
}

// FailedIn lists the failed checks of a part of a file.
func FailedIn(failed []*rules.Result, part *source.Value) []*rules.Result {
	var all []*rules.Result
	for _, r := range failed {
		if r.Check.Pos.File == part.Pos.File && part.Span.Start <= r.Check.Span.Start &&
			r.Check.Span.End <= part.Span.End {
			all = append(all, r)
		}
	}
	return all
}

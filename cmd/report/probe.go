package report

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// ProbeOutcome is how a real answer stands to the prediction.
type ProbeOutcome string

// The outcomes of a probe.
const (
	AsPredicted ProbeOutcome = "as-predicted"
	Differs     ProbeOutcome = "differs"
	LetThrough  ProbeOutcome = "let-through" // an answer that none of these policies sends
	NotTold     ProbeOutcome = "undetermined"
)

// Probed is what the real gateway answered to the request of a prediction.
type Probed struct {
	Method  string
	URL     string // without its query, which may hold a secret
	Outcome ProbeOutcome
	Answer  ProbeAnswer
	Kept    Kept // of an answer that differs
}

// ProbeAnswer is what the gateway answered, without tokens and secrets.
type ProbeAnswer struct {
	Status  int
	Headers []string // "name: value", sorted by name
	Body    string
	Cut     bool // the body goes on
}

// NewProbeAnswer takes the token, secrets and cookies out of an answer.
func NewProbeAnswer(
	status int, headers map[string][]string, body []byte, token *inspect.Token,
) ProbeAnswer {
	clean := func(text string) string {
		if token != nil && token.Compact() != "" {
			text = strings.ReplaceAll(text, token.Compact(), "(token)")
		}
		return inspect.MaskTokens(inspect.UTF8(text))
	}
	a := ProbeAnswer{Status: status, Body: clean(string(body))}
	for name, values := range headers {
		for _, value := range values {
			if strings.EqualFold(name, "Set-Cookie") {
				value, _, _ = strings.Cut(value, "=")
				value += "=…"
			}
			a.Headers = append(a.Headers, name+": "+clean(value))
		}
	}
	slices.Sort(a.Headers)
	return a
}

// Probe compares a prediction with the answer that the real gateway gave to the same request.
func (r *Explainer) Probe(x *Explanation, address *url.URL, answer ProbeAnswer) {
	r.probed = true
	o := &rules.Observation{
		Status: answer.Status, Body: &answer.Body, Headers: answer.Headers,
	}
	r.Observe(o, x)
	x.Probed = &Probed{
		Method: r.Request.Method, URL: WithoutQuery(address), Answer: answer,
		Outcome: probeOutcome(&x.Verdict, x.Observed),
	}
	if x.Probed.Outcome == Differs {
		x.Probed.Kept = r.keep(x, o)
	}
}

// WithoutQuery is an address for a message: a query or a user may be a secret.
func WithoutQuery(address *url.URL) string {
	return address.Scheme + "://" + address.Host + address.EscapedPath()
}

func probeOutcome(v *rules.Verdict, compared *rules.Comparison) ProbeOutcome {
	switch {
	case compared.Agrees == rules.Yes:
		return AsPredicted
	case compared.Agrees == rules.No:
		return Differs
	case v.Outcome == rules.Accepted:
		return LetThrough
	}
	return NotTold
}

// AsSent completes a request as it will be sent to an address: with its path and query, and with
// the headers that nobody names.
func AsSent(request *rules.Request, address *url.URL) {
	headers := map[string]string{
		"User-Agent": "gatewhy", "Accept": "*/*", "Accept-Encoding": "identity",
	}
	maps.Copy(headers, request.Headers)
	request.Headers, request.HeadersWhole = headers, true
	request.Path = cmp.Or(address.EscapedPath(), "/")
	request.Host = cmp.Or(headers["Host"], address.Host)
	request.Query, request.QueryWhole = make(map[string]string), true
	for name, values := range address.Query() {
		request.Query[name] = values[0]
	}
}

package report

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// ProbeOutcome is how a real answer compares with the prediction.
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
		Before: r.Request.At,
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
	if address.RawQuery != "" || address.ForceQuery {
		request.RawQuery = "?" + address.RawQuery
	}
	for name, values := range address.Query() {
		request.Query[name] = values[0]
	}
}

// ProbingAll is what the gateways of an estate answered to its real tokens, beside what was
// predicted.
type ProbingAll struct {
	Gateways []string // the environments that have a url, in the file's order
	URLs     []string // of each, without its query
	Tokens   []string // the rows
	Cells    [][]ProbeCell
	Next     []rules.Step
}

// ProbeCell is one token at one gateway.
type ProbeCell struct {
	Verdict rules.Verdict
	Outcome ProbeOutcome
	Answer  ProbeAnswer
	Failure string // why there is no answer; empty where there is one
}

// ProbeTarget is a gateway to probe.
type ProbeTarget struct {
	Site    *environments.Site
	Address *url.URL
}

// AskGateway sends a request to a gateway, once.
type AskGateway func(target ProbeTarget, request *rules.Request) (ProbeAnswer, error)

// Site returns what was read of an environment.
func (e *Estate) Site(name string) *environments.Site {
	for i := range e.Sites {
		if e.Sites[i].Name == name {
			return &e.Sites[i]
		}
	}
	return nil
}

// AddNext says how to see one cell with its checks: the first one that has any and did not come
// out as predicted.
func (p *ProbingAll) AddNext(line CommandLine) {
	for _, row := range p.Cells {
		for g := range row {
			if row[g].Outcome != AsPredicted && len(row[g].Verdict.Results) > 0 {
				p.Next = []rules.Step{{
					Note: "See one of them, check by check, with its token at the prompt",
					Command: line.Shell.Line(append([]string{
						"gatewhy", "probe", p.URLs[g], "--env", p.Gateways[g],
					}, line.Flags...)...),
				}}
				return
			}
		}
	}
}

// ProbeAll sends every real token to every target, and compares each answer with the prediction.
// The request has this method and these headers.
func (m *Maker) ProbeAll(
	e *Estate, targets []ProbeTarget, like *rules.Request, ask AskGateway,
) *ProbingAll {
	all := &ProbingAll{}
	for _, target := range targets {
		all.Gateways = append(all.Gateways, target.Site.Name)
		all.URLs = append(all.URLs, WithoutQuery(target.Address))
	}
	for i := range e.Sites {
		site := &e.Sites[i]
		for t := range site.Tokens {
			name := site.Name
			if len(site.Tokens) > 1 {
				name += "/" + site.Tokens[t].Name
			}
			all.Tokens = append(all.Tokens, name)
			var row []ProbeCell
			for _, target := range targets {
				row = append(row, e.probeOne(target, &site.Tokens[t], like, ask))
			}
			all.Cells = append(all.Cells, row)
		}
	}
	return all
}

// probeOne sends a token to a target, in a request like another one.
func (e *Estate) probeOne(
	target ProbeTarget, token *environments.Real, like *rules.Request, ask AskGateway,
) ProbeCell {
	request := &rules.Request{
		Token: token.Token, At: like.At, Method: like.Method, Headers: like.Headers,
		Contracts: target.Site.Contracts, Signatures: e.Signatures,
	}
	AsSent(request, target.Address)
	cell := ProbeCell{Verdict: rules.Evaluate(target.Site.Policies, request)}
	answer, err := ask(target, request)
	if err != nil {
		cell.Failure = AsError(err).Cause
		return cell
	}
	cell.Answer = answer
	prediction := rules.Prediction{
		Verdict: &cell.Verdict, Request: request, Policies: target.Site.Policies,
	}
	if set := e.sets[target.Site.Name]; set != nil {
		prediction = set.prediction(&cell.Verdict, request)
	}
	compared := prediction.Compare(rules.Observation{
		Status: answer.Status, Body: &answer.Body, Headers: answer.Headers,
	})
	cell.Outcome = probeOutcome(&cell.Verdict, &compared)
	return cell
}

// Counts are how many cells came out as predicted, differ, are open, and have no answer.
func (p *ProbingAll) Counts() (predicted, differ, open, silent int) {
	for _, row := range p.Cells {
		for i := range row {
			switch {
			case row[i].Failure != "":
				silent++
			case row[i].Outcome == AsPredicted:
				predicted++
			case row[i].Outcome == Differs:
				differ++
			default:
				open++
			}
		}
	}
	return predicted, differ, open, silent
}

package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// Explanation is a gateway's predicted answer to one request, with all that led to it.
type Explanation struct {
	Token    *inspect.Token // nil where the request carries none
	Profile  inspect.Profile
	At       time.Time
	Policies []*rules.Policy
	Verdict  rules.Verdict

	// Gateways are the verdicts of all gateways, where we do not know which one it is and they
	// differ.
	Gateways []GatewayVerdict

	Findings []rules.Finding
	// OfRequest are those of them that are about this request, which lint does not have.
	OfRequest []rules.Finding
	// Decisive is that of them which is about the check that keeps the request out; nil where none
	// is.
	Decisive *rules.Finding
	// Suppressed are findings that someone has looked at and ignored.
	Suppressed []Suppressed

	Foreign string // how the token is not from where it must be, or may not be; empty where it is
	// AnyTenant says that tokens of every tenant get past the policies, and that nothing says
	// whether the tenant of this one is the user's own.
	AnyTenant bool

	Repairs []ProvedRepair
	Refused []rules.Change // what a reader may expect to help, and why it does not
	Other   *rules.Verdict // of another environment's token; nil where none was given
	Next    []rules.Step   // what to do now, each with its command where there is one

	// Earlier is the verdict of when the token was new, where the token has expired since and that
	// verdict differs; else nil.
	Earlier *rules.Verdict

	Captured *source.Value // the validation endpoint's answer; nil where it was modelled
	Redact   bool          // personal values are hidden
	File     func(name string) *source.File

	// Collect is the command that says how to get what an unknown check asks for; empty where
	// there is none.
	Collect func(need rules.Need) string

	// Lint is the command that shows what was found in the policies; empty where none does. Apart
	// says that it judges each file by itself, and has other findings than the files together.
	Lint  string
	Apart bool

	// Observed compares it with what the real gateway answered; nil where that was not given.
	Observed *rules.Comparison

	Probed *Probed // nil where the request was not sent
}

// ProvedRepair is a remedy with the command that writes it; empty where none does.
type ProvedRepair struct {
	repair.Remedy
	Command string
}

// GatewayVerdict is the verdict of one of several gateways.
type GatewayVerdict struct {
	Name     string
	Verdict  rules.Verdict
	Policies []*rules.Policy
}

// Explainer is everything that one explanation needs.
type Explainer struct {
	Policies *PolicySet
	Request  *rules.Request
	Other    *rules.Request // nil where no other token was given

	Line CommandLine

	Expect Expected // whose token it must be

	// What fix and lint take too: names of files.
	Contracts string
	AppFiles  []string

	Ignores *Ignores // of the environments file; nil where none count

	// Short says that of the repairs only those are shown which decide what to do now.
	Short bool

	Version string // of this program, for what is kept of a probe
	probed  bool   // the request was sent
}

// Beyond refuses a token that is so large that to evaluate the policies for it takes very long.
func (s *PolicySet) Beyond(token *inspect.Token) error {
	if token == nil || rules.LooksOf(s.Policies).For(len(token.Payload)) <= rules.MostLooked {
		return nil
	}
	return rules.LookedBeyond("to evaluate these policies for so large a token",
		"leave out the policies, or the expressions in them, that are not in question")
}

// Explain evaluates the policies, for each gateway where they differ, and proves the repairs.
func (r *Explainer) Explain() *Explanation {
	x := &Explanation{
		Token:    r.Request.Token,
		Profile:  r.Request.Profile(),
		At:       r.Request.At,
		Policies: r.Policies.Policies,
		Verdict:  rules.Evaluate(r.Policies.Policies, r.Request),
		File:     r.Policies.file,
		Collect:  r.HowToCollect,
		Captured: r.Request.Introspection,
	}
	r.perGateway(x)
	x.Earlier = r.justIssued(x.Policies)
	r.find(x)
	x.Decisive = r.decisive(x)
	x.Foreign = cmp.Or(r.otherSource(), r.openSource())
	x.Lint, x.Apart = r.lintCommand(), r.Policies.apart()
	r.repair(x)
	x.Next = r.waysOn(x)
	return x
}

// perGateway gives the answer of each gateway where nothing tells which one it is and they differ.
// The stricter one is the verdict then.
func (r *Explainer) perGateway(x *Explanation) {
	if !r.Policies.Guessed {
		return
	}
	var verdicts []GatewayVerdict
	sets, names := r.Policies.perGateway(), r.Policies.Adapter.VariantNames()
	for i, set := range sets {
		verdicts = append(verdicts, GatewayVerdict{
			Name: names[i], Policies: set.Policies,
			Verdict: rules.Evaluate(set.Policies, r.Request),
		})
	}
	if !differ(verdicts) {
		return
	}
	strict := 0
	for i, v := range verdicts {
		if v.Verdict.Outcome.Stricter(verdicts[strict].Verdict.Outcome) {
			strict = i
		}
	}
	r.Policies = sets[strict]
	x.Gateways = verdicts
	x.Verdict, x.Policies = verdicts[strict].Verdict, verdicts[strict].Policies
	x.Findings = append(x.Findings, rules.Finding{
		Rule: "gateway-not-known", Severity: rules.Note,
		Pos: x.Policies[0].Pos, Policy: x.Policies[0],
		Message: "the file does not say which gateway runs it, and they answer differently: " +
			"pass --gateway " + strings.Join(names, " or --gateway "),
	})
}

// find puts together what is found in the policies and what holds for this request alone, without
// what the comments of the files and the environments file ignore, as lint does.
func (r *Explainer) find(x *Explanation) {
	inPolicies := r.Policies.found()
	known := slices.Concat(x.Findings, r.Policies.Findings, x.Verdict.Findings, inPolicies)
	all := lint.Sort(append(known, r.tokenless(x, known)...))
	x.Findings, x.Suppressed = heeded(r.Policies.comments(), all)
	if r.Ignores != nil {
		stay, aside := r.Ignores.split(x.Findings)
		x.Findings, x.Suppressed = stay, append(x.Suppressed, aside...)
	}
	for i := range x.Findings {
		if r.Policies.open != "" || !slices.ContainsFunc(inPolicies, x.Findings[i].IsSame) {
			x.OfRequest = append(x.OfRequest, x.Findings[i])
		}
	}
}

// tokenless warns of a request without a token that gets in, where nothing found says why it does.
func (r *Explainer) tokenless(x *Explanation, found []rules.Finding) []rules.Finding {
	says := slices.ContainsFunc(found, func(f rules.Finding) bool {
		return slices.Contains([]string{
			"token-not-needed", "policy-disabled", "route-not-covered",
		}, f.Rule)
	})
	if r.Request.Token != nil || x.Verdict.Outcome != rules.Accepted || says {
		return nil
	}
	return []rules.Finding{{
		Rule: "token-not-needed", Severity: rules.Warning,
		Pos: x.Policies[0].Pos, Policy: x.Policies[0],
		Message: "a request without a token gets in: anyone can send this one",
	}}
}

// LintShows reports whether the command of lint shows a finding too.
func (x *Explanation) LintShows(f *rules.Finding) bool {
	return x.Lint != "" && !x.Apart && !slices.ContainsFunc(x.OfRequest, f.IsSame)
}

// decisive is the worst finding about the check that keeps the request out, but no note, and none
// of a rule about who gets in; nil where there is none. A finding about no check is about one that
// reads the same value.
func (r *Explainer) decisive(x *Explanation) *rules.Finding {
	d := x.Verdict.Decided
	if d == nil {
		return nil
	}
	letsIn := func(name string) bool {
		return slices.ContainsFunc(r.Policies.gateways.Catalogue(), func(rule rules.Rule) bool {
			return rule.Name == name && rule.About != nil
		})
	}
	var worst *rules.Finding
	for i := range x.Findings {
		f := &x.Findings[i]
		same := f.Check == d.Check ||
			f.Check == nil && f.Field == d.Check.Field && f.Pos == d.Check.Pos
		worse := worst == nil || f.Severity == rules.Error && worst.Severity != rules.Error
		if same && worse && f.Severity != rules.Note && !letsIn(f.Rule) {
			worst = f
		}
	}
	return worst
}

// Expected is whose token one must be; empty where nobody said.
type Expected struct {
	keys.Expect
	By string // who says the tenant: a flag, or a place in the environments file
}

// otherSource says how the token's tenant or issuer differs from the expected one; empty where it
// does not, and where that can't be read. The verdict is the gateway's all the same, which knows
// only its policies.
func (r *Explainer) otherSource() string {
	token := r.Request.Token
	if token == nil {
		return ""
	}
	x := &r.Expect
	failed, ok := x.Foreign(token)
	tenant := r.Request.Profile().Tenant
	from := "is from tenant " + tenant
	if tenant == "" {
		from = "names no tenant"
	}
	byIssuer := Name(source.NeedIssuer)
	switch {
	case !ok:
		return ""
	case failed.ID == "issuer" && x.Issuer != "":
		return "has " + issuerOf(token) + ", and " + byIssuer + " says " + x.Issuer
	case failed.ID == "issuer" && strings.EqualFold(tenant, x.Tenant):
		return "names tenant " + tenant + ", as " + x.By + " does, but has " + issuerOf(token) +
			x.inCloud(failed.Actual)
	case failed.ID == "issuer" && x.TenantID() == "":
		return "has " + issuerOf(token) + ", and not " + failed.Expected
	case failed.ID == "tenant" && (x.TenantID() == "" || strings.EqualFold(tenant, x.TenantID())):
		return "names tenant " + tenant + " in iss, but " + failed.Actual
	case x.Tenant == "":
		return from + ", and " + byIssuer + " is of tenant " + x.TenantID()
	}
	return from + ", and " + x.By + " says " + x.Tenant
}

// openSource says that we do not know whether the token is from the expected tenant; empty where
// we do.
func (r *Explainer) openSource() string {
	if r.Request.Token == nil || r.Expect.Domain == "" {
		return ""
	}
	return "may be from another tenant than " + r.Expect.Domain + ", whose id is not known: " +
		"pass " + Flag(source.Need{Input: source.NeedTenant})
}

// inCloud says of an issuer of the expected tenant that it is its cloud which differs.
func (e *Expected) inCloud(iss string) string {
	if is, _ := entra.ParseIssuer(iss); e.Cloud == "" || !strings.EqualFold(is.Tenant, e.Tenant) {
		return ""
	}
	return ", which is not of the cloud " + e.Cloud
}

// mostOfIssuer is how much of an issuer a sentence shows, in characters.
const mostOfIssuer = 200

// issuerOf is the issuer of a token, in words.
func issuerOf(token *inspect.Token) string {
	iss := token.Claims.Member("iss")
	switch text, ok := iss.Str(); {
	case ok:
		return "the issuer " + inspect.InSentence(inspect.ShortenMiddle(text, mostOfIssuer))
	case iss == nil:
		return "no issuer"
	}
	return "an issuer that is " + iss.Kind.String()
}

// api is the app registration of the API that the token is for; nil where it was not given.
func (r *Explainer) api() *entra.Registration {
	apps, audience := r.Policies.Apps, r.Request.Profile().Audience
	if apps == nil {
		return nil
	}
	if len(audience) > 0 {
		if app := entra.WithAudience(apps.Apps, audience[0]); app != nil {
			return app
		}
	}
	if len(apps.Apps) == 1 && len(audience) == 0 {
		return apps.Apps[0]
	}
	return nil
}

// differ reports whether the gateways answer differently, or reach their answers differently.
func differ(verdicts []GatewayVerdict) bool {
	first := verdicts[0].Verdict
	return slices.ContainsFunc(verdicts[1:], func(v GatewayVerdict) bool {
		if v.Verdict.Outcome != first.Outcome || v.Verdict.Status != first.Status ||
			v.Verdict.Body() != first.Body() || len(v.Verdict.Results) != len(first.Results) {
			return true
		}
		for i, result := range v.Verdict.Results {
			if result.Outcome != first.Results[i].Outcome {
				return true
			}
		}
		return false
	})
}

// justIssued is the verdict of when the token was new, where it has expired since and that would
// be another one; else nil.
func (r *Explainer) justIssued(policies []*rules.Policy) *rules.Verdict {
	earlier := r.Request.JustIssued()
	if earlier == nil {
		return nil
	}
	now, then := rules.Evaluate(policies, r.Request), rules.Evaluate(policies, earlier)
	if now.Outcome == then.Outcome && now.Status == then.Status &&
		decidedBy(&now) == decidedBy(&then) {
		return nil
	}
	return &then
}

// decidedBy is the check that keeps a request from being let in; nil where none does.
func decidedBy(v *rules.Verdict) *rules.Check {
	if v.Decided == nil {
		return nil
	}
	return v.Decided.Check
}

// Assume gives the environment's contracts to the requests that have none from the command line.
func (r *Explainer) Assume(contracts *rules.Contracts) {
	for _, request := range []*rules.Request{r.Request, r.Other} {
		if request != nil && request.Contracts == nil {
			request.Contracts = contracts
		}
	}
}

// Observe compares an explanation with what the real gateway answered. Where we do not know which
// gateway it is, the prediction for another one may agree.
func (r *Explainer) Observe(o *rules.Observation, x *Explanation) {
	comparison := r.compare(o, &x.Verdict, x.Policies)
	for i := range x.Gateways {
		g := &x.Gateways[i]
		if comparison.Agrees == rules.Yes || g.Policies[0] == x.Policies[0] {
			continue
		}
		if other := r.compare(o, &g.Verdict, g.Policies); other.Agrees == rules.Yes {
			comparison.Follows = "the prediction for " + g.Policies[0].Product +
				" agrees: pass --gateway " + g.Name + " if it is that one"
		}
	}
	x.Observed = &comparison
	x.Next = r.waysOn(x)
}

func (r *Explainer) compare(
	o *rules.Observation, v *rules.Verdict, policies []*rules.Policy,
) rules.Comparison {
	p := r.Policies.prediction(v, r.Request)
	p.Policies, p.Earlier = policies, r.justIssued(policies)
	return p.Compare(*o)
}

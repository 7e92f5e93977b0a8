package istio

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// compile makes a policy of each workload. Every answer comes from the table of behaviours.
// Workloads that the same policies hold for have the same checks, which are made once.
func compile(table []rules.Behaviour, read *rules.Configuration) rules.Compilation {
	made := rules.Compilation{Named: []string{Name}}
	roots := map[string]rules.Node{}
	var count rules.Conditions
	for _, of := range read.Entries {
		w := of.(*workload)
		class := w.Class()
		root, known := roots[class]
		if !known || class == "" {
			root = rules.AllOf(beyond(w.first))
			if !count.BeyondAll() {
				of := *w.compiler()
				of.table = table
				if bodies, statuses := w.replies(); bodies {
					of.table = envoy.Unsaid(table, statuses)
				}
				root = of.root()
			}
			count.Beyond(root)
			roots[class] = root
		}
		policy := &rules.Policy{
			Variant: Name, Asset: Name, Name: kindsOf(w), Product: product,
			API: w.name, Pos: w.first.At.Pos, Entry: w, Root: root,
			Asides: w.asides(),
		}
		made.Policies = append(made.Policies, policy)
	}
	made.Findings = rules.Problems(read.Files...)
	made.Policies = rules.Unsettled(made.Policies, rules.Elsewhere(read.Files))
	return made
}

// Class is all that a workload's checks are made of, but for what is the same in the whole
// cluster. It is empty where some of them are about this workload alone.
func (w *workload) Class() string {
	if len(w.open) > 0 {
		return ""
	}
	var b strings.Builder
	bodies, statuses := w.replies()
	fmt.Fprintf(&b, "%q %q %q %t %t", w.namespace, w.doubt, w.bypassed, bodies, statuses)
	for _, p := range w.policies {
		fmt.Fprintf(&b, " %p", p)
	}
	return b.String()
}

// kindsOf names the kinds of the policies that select a workload.
func kindsOf(w *workload) string {
	kinds := []string{requestAuthentication, authorizationPolicy}
	return strings.Join(source.Where(kinds, func(kind string) bool {
		return slices.ContainsFunc(w.policies, func(p *resource) bool { return p.Kind == kind })
	}), " and ")
}

// compiler turns what selects one workload into a policy.
type compiler struct {
	*workload
	table []rules.Behaviour
	jwt   []*jwtRule // in the proxy's order

	providers []*envoy.Provider          // what the rules are in Envoy
	unread    *rules.Unknown             // why not all of them are known; nil where they are
	accepted  func() [][]rules.Predicate // which of them has accepted a token; made once
	sent      rules.Predicate            // that the token arrives where a JWT rule looks for it
	touched   map[string]bool            // see [compiler.touchedHeaders]

	refused *rules.Check // that a policy is not in the cluster; nil where all may be
	// keepsOut is that what authenticates requests is not refused: who fails there stays out.
	keepsOut bool
}

func newCompiler(w *workload, table []rules.Behaviour) *compiler {
	jwt := jwtRulesOf(w)
	c := &compiler{workload: w, table: table, jwt: jwt, keepsOut: true}
	c.providers = c.providersOf(jwt)
	c.accepted = sync.OnceValue(c.acceptedByEach)
	_, c.unread = c.unreadRules()
	c.sent, c.touched = c.sentToOne(), c.touchedHeaders()
	for _, p := range w.policies {
		all := c.refusalsOf(p)
		if len(all) == 0 {
			continue
		}
		c.keepsOut = c.keepsOut && p.Kind != requestAuthentication
		if c.refused == nil {
			c.refused = notModelled(all[0].at, all[0].field, &rules.Unknown{
				Why: p.String() + " is refused: " + all[0].why + ". What is refused is not in " +
					"the cluster, and an earlier version of it may be",
				Need: wholeCluster(),
			})
		}
	}
	return c
}

// refusalsOf are those of a policy, with what Istio's webhook refuses and other rules of lint
// explain: a rule that is left out, a DENY policy without rules.
func (c *compiler) refusalsOf(p *resource) []refusal {
	all := p.refused()
	if len(all) > 0 || p.Kind != authorizationPolicy {
		return all
	}
	if at, ok := p.deniesNothing(); ok {
		all = append(all, refusal{at, "rules", "it denies nothing, for it has no rule"})
	}
	for _, r := range p.rules() {
		if why := r.unbuilt; why != "" {
			all = append(all, refusal{r.at, r.path(), why})
		}
	}
	return all
}

// root is what a request needs: each stage in the order of the proxy's filters.
func (c *compiler) root() rules.Node {
	switch {
	case c.bypassed != "":
		return rules.AllOf(notModelled(c.first.At, "spec", &rules.Unknown{Why: c.bypassed}))
	case c.doubt != "":
		return rules.AllOf(notModelled(c.first.At, "spec", &rules.Unknown{
			Why: c.doubt, Need: wholeCluster(),
		}))
	case c.refused != nil && !c.keepsOut:
		return rules.AllOf(c.refused)
	case len(c.open) > mostOpen:
		return rules.AllOf(c.open[0].check)
	case len(c.open) > 0:
		return c.either(c.open[0])
	}
	whole := c.stages(false)
	if _, few := whole.Ways(); !few {
		whole = c.stages(true)
	}
	return whole
}

// stages is what a request needs of each filter. Folded, all ALLOW rules are one check.
func (c *compiler) stages(folded bool) rules.Node {
	whole := rules.Node{All: []rules.Node{}}
	add := func(to *rules.Node, n rules.Node, ok bool) {
		if ok {
			to.All = append(to.All, n)
		}
	}
	asked, unchanged, ok := c.custom()
	behind := rules.Node{All: []rules.Node{}}
	authentication, reads := c.authentication()
	add(&behind, authentication, reads)
	if c.refused != nil {
		add(&behind, rules.Node{Check: c.refused}, true)
	} else {
		add(&whole, asked, ok)
		deny, denies := c.deny()
		add(&behind, deny, denies)
		allow, allows := c.allow(folded)
		add(&behind, allow, allows)
	}
	whole.All = append(whole.All, envoy.AsSent(unchanged, behind.All...)...)
	return whole
}

// notModelled is a check whose outcome nobody knows.
func notModelled(at *source.Value, field string, why *rules.Unknown) *rules.Check {
	check := rules.CheckAt(rules.NotModelled, at, field, rules.Inferred.From(docPolicy))
	check.Unknown = why
	return check
}

// custom is that the providers of CUSTOM policies let a request pass, if a rule matches it. What
// they answer nobody knows. It is not ok where there is no such policy.
//
// They are asked before the JWT filter, and what they let pass is perhaps not what the client has
// sent: OAuth2 Proxy puts the token of a session into the request. Unchanged is that none has done
// so.
func (c *compiler) custom() (asked rules.Node, unchanged []rules.Node, ok bool) {
	before := *c // what the JWT filter finds out is not there yet
	before.jwt, before.providers, before.unread = nil, nil, nil
	before.sent, before.touched = rules.Never(), nil
	for _, p := range c.policies {
		on := rules.CheckAt(rules.NotModelled, p.At, "action", rules.Inferred.From(docPolicy))
		if on.Unknown = p.asksElsewhere(); on.Unknown == nil {
			continue
		}
		asked.All = append(asked.All, before.ifAbout(p, on))
		if leaves := c.leavesAsSent(p); leaves != nil {
			unchanged = append(unchanged, before.ifAbout(p, leaves))
		}
	}
	return asked, unchanged, len(asked.All) > 0
}

// ifAbout is a check of the requests that a CUSTOM policy is about.
func (c *compiler) ifAbout(p *resource, check *rules.Check) rules.Node {
	if p.action() != actionCustom || p.unreadable() != nil ||
		slices.ContainsFunc(p.rules(), (*authRule).always) {
		return rules.Node{Check: check}
	}
	var some []rules.Predicate
	for _, r := range p.rules() {
		if r.broken == "" {
			some = append(some, c.matches(r))
		}
	}
	when := rules.CheckAt(rules.Authorization, p.At, "rules", rules.Documented.From(docPolicy))
	when.Wants = "a request that the CUSTOM policy " + p.String() + " is not about"
	when.Test = rules.Negate(envoy.Either(some))
	return rules.Node{Any: []rules.Node{{Check: when}, {Check: check}}}
}

// asksElsewhere is why it is not known what a policy answers that asks a provider, or may ask one;
// nil where it asks none.
func (r *resource) asksElsewhere() *rules.Unknown {
	switch doubt := r.actionDoubt(); {
	case r.Kind != authorizationPolicy:
		return nil
	case doubt != nil:
		return doubt
	case r.action() != actionCustom:
		return nil
	case r.unreadable() != nil:
		return r.unreadable()
	case len(r.rules()) == 0:
		return nil // nothing is sent to the provider
	}
	return &rules.Unknown{Why: r.provider() + " decides on the request, and is not modelled"}
}

// provider names what a CUSTOM policy asks.
func (r *resource) provider() string {
	return "the provider " + r.Spec.TextAt("provider", "name") + " of the CUSTOM policy " +
		r.String()
}

// leavesAsSent is the check that the provider of a policy changes nothing of a request. There is
// none where the configuration of the mesh says so.
func (c *compiler) leavesAsSent(p *resource) *rules.Check {
	provider := p.Spec.At("provider", "name")
	changes := c.cluster.changesRequests(provider)
	if !provider.IsSet() || changes == rules.No {
		return nil
	}
	check := rules.CheckAt(
		rules.NotModelled, provider, "provider.name", rules.Inferred.From(codeListener),
	)
	check.Unknown = &rules.Unknown{Why: p.provider() + " is asked before the JWT filter, and " +
		"may put another token into the request"}
	if changes == rules.Maybe {
		check.Unknown.Need = rules.Need{Input: source.NeedPolicy, For: "the configuration of " +
			"the mesh, with its extensionProviders"}
	}
	return check
}

// changesRequests tells whether a provider of CUSTOM policies may change the requests that it lets
// pass. One that is asked over HTTP changes the headers that headersToUpstreamOnAllow names.
func (c *cluster) changesRequests(name *source.Value) rules.Truth {
	changes := rules.Maybe
	for _, mesh := range c.meshes {
		for _, p := range mesh.Member("extensionProviders").List() {
			if p.TextAt("name") != name.Text || kubernetes.Marked(name) {
				continue
			}
			over := p.Member("envoyExtAuthzHttp")
			if !over.Is(source.Object) ||
				!kubernetes.IsEmpty(over.Member("headersToUpstreamOnAllow")) {
				return rules.Yes
			}
			changes = rules.No
		}
	}
	return changes
}

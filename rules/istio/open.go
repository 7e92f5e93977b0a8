package istio

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// openSelection is policies that perhaps select a workload: a template has left its mark where
// that is said. All of them select it, or none does.
type openSelection struct {
	policies []*resource
	by       string // what they select by
	check    *rules.Check
}

// mostOpen limits the selections of one workload that are looked at both ways.
const mostOpen = 3

// leaveOpen notes that it is not known whether a policy selects what has these labels.
func (w *workload) leaveOpen(p *resource, of *running) {
	if len(w.open) > mostOpen { // none of them is looked at both ways
		return
	}
	w.cluster.work.Beyond(openAsWork)
	by := qualified(p.Namespace, p.selector.String())
	if len(p.targets) > 0 {
		by = p.String()
	}
	for _, o := range w.open {
		if o.by == by {
			o.policies = append(o.policies, p)
			return
		}
	}
	at, doubt := w.whyOpen(p, of)
	why := *doubt
	why.Why = "whether " + p.String() + " holds for " + w.name + " is not known: " + doubt.Why
	if why.Need.None() {
		why.Need = wholeCluster()
	}
	w.open = append(w.open, &openSelection{
		policies: []*resource{p}, by: by, check: notModelled(at.At, at.Field, &why),
	})
}

// whyOpen is where the mark is that leaves it open whether a policy selects something, and why
// that is not known.
func (w *workload) whyOpen(p *resource, of *running) (kubernetes.LabelsAt, *rules.Unknown) {
	if w.cluster.reaches(p, of.Namespace) == rules.Maybe {
		if at, why := kubernetes.NamespaceDoubt(p.At); why != nil {
			return at, why
		}
		if of.At != nil {
			if at, why := kubernetes.NamespaceDoubt(of.At); why != nil {
				return at, why
			}
		}
	}
	if of.Twice != "" {
		return kubernetes.LabelsAt{At: of.At, Field: "metadata.name"},
			&rules.Unknown{Why: of.Twice}
	}
	var places []kubernetes.LabelsAt
	for _, field := range []string{"targetRef", "targetRefs"} {
		refs, _ := kubernetes.References(p.Spec.Member(field))
		for _, ref := range refs {
			places = append(places, kubernetes.LabelsAt{
				At: ref.At.Member("name"), Field: field + ".name",
			})
		}
	}
	for _, place := range places {
		if why := kubernetes.DoubtOf(place.At, place.Field); why != nil {
			return place, why
		}
	}
	if at, why := p.selecting().Open(of.from, of.labels); why != nil {
		return at, why
	}
	return kubernetes.LabelsAt{At: p.At, Field: "spec"}, &rules.Unknown{
		Why: "what it has in the cluster, a file does not say",
	}
}

func wholeCluster() rules.Need {
	return rules.Need{
		Input: source.NeedPolicy,
		For:   "the resources as the cluster has them, with its workloads and gateways",
	}
}

// either is what counts where it is not known whether some policies select the workload: what is
// the same with them and without them is known.
func (c *compiler) either(o *openSelection) rules.Node {
	with, without := *c.workload, *c.workload
	with.open = c.open[1:]
	without.open = with.open
	without.policies = source.Without(c.policies, func(p *resource) bool {
		return slices.Contains(o.policies, p)
	})
	return rules.Node{First: &rules.First{
		Branches: []rules.Branch{{
			If: rules.Node{Check: o.check}, Then: newCompiler(&with, c.table).root(),
		}},
		Default: newCompiler(&without, c.table).root(),
	}}
}

package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// automatedPolicies is the envelope of a list of automated policies.
const automatedPolicies = "automatedPolicies"

// automation is the member that says to which of an environment's APIs an automated policy
// applies: those of some gateways, and of Mule runtimes from one version to another.
const automation = "ruleOfApplication"

// technologyOf is the one gateway that an automated policy is for; empty where it is for several,
// or the file does not say it.
func technologyOf(rule *source.Value) string {
	technologies, _ := rule.Member("technologies").Strings()
	variant := ""
	for _, technology := range technologies {
		of := technologyVariant(technology)
		if of == "" || variant != "" && of != variant {
			return ""
		}
		variant = of
	}
	return variant
}

// otherGateway is the member that says that an automated policy is not for the gateway that was
// asked about; nil where it may be.
func (e *entry) otherGateway() *placed {
	of := technologyOf(e.rule)
	if of == "" || product(e.asked) == "" || of == e.asked {
		return nil
	}
	technologies := placedAt(automation+".technologies", e.rule.Member("technologies"))
	return &technologies
}

// appliesTo reads for which runtimes an automated policy is: off is the member that surely leaves
// out the one that was asked about.
func (e *entry) appliesTo() (off *placed, doubts []*doubt) {
	rule := placedAt(automation, e.rule)
	switch {
	case rule.absent():
		return nil, nil
	case !e.rule.Is(source.Object):
		return nil, []*doubt{rule.wrong(source.Object.String(), e.rule)}
	}
	technologies := placedAt(automation+".technologies", e.rule.Member("technologies"))
	if _, ok := technologies.value.Strings(); !ok && !technologies.absent() {
		doubts = append(doubts, technologies.wrong("a list of texts", technologies.value))
	}
	runtimes := placedAt(automation+".range", e.rule.Member("range"))
	if !runtimes.absent() && !runtimes.value.Is(source.Object) {
		doubts = append(doubts, runtimes.wrong(source.Object.String(), runtimes.value))
	}
	if technologyOf(e.rule) == Flex || e.variant == Flex {
		return nil, doubts // the rest is about Mule runtimes
	}
	for _, name := range []string{"from", "to"} {
		end := placedAt(automation+".range."+name, e.rule.At("range", name))
		beyond, d := e.outOfRange(end, name == "from")
		if beyond {
			return &end, nil
		}
		if d != nil {
			doubts = append(doubts, d)
		}
	}
	if d := e.javaDoubt(); d != nil {
		doubts = append(doubts, d)
	}
	return nil, doubts
}

// outOfRange reports whether the runtime that was asked about is beyond an end of the range, or
// why we do not know it.
func (e *entry) outOfRange(end placed, first bool) (beyond bool, _ *doubt) {
	if end.absent() {
		return false, nil
	}
	// Automated policies apply from this Mule runtime on (MuleSoft documentation, automated
	// policies): a range that begins there leaves none out.
	earliest := dataweave.Version{Major: 4, Minor: 1, Patch: 1}
	text, ok := end.value.Str()
	version, err := dataweave.ParseRuntime(text)
	switch {
	case !ok || templated(end.value):
		return false, end.wrong("a version of the Mule runtime", end.value)
	case err != nil:
		return false, &doubt{placed: end, why: end.Field + " is " + text + ", which is not a " +
			"version of a Mule 4 runtime", malformed: true}
	case first && !earliest.Before(version):
		return false, nil
	case e.runtime.Known():
		return first && e.runtime.Before(version) || !first && version.Before(e.runtime), nil
	}
	side := "up to"
	if first {
		side = "from"
	}
	return false, &doubt{placed: end, need: source.NeedRuntime, why: fmt.Sprintf(
		"this automated policy applies to Mule runtimes %s %s (%s), and the runtime is not known",
		side, text, end.Field)}
}

// javaDoubt is why we do not know whether the runtime's Java is one that the policy is for.
func (e *entry) javaDoubt() *doubt {
	java := placedAt(automation+".javaVersions", e.rule.Member("javaVersions"))
	if java.absent() {
		return nil
	}
	versions, ok := java.value.Strings()
	if !ok {
		return java.wrong("a list of texts", java.value)
	}
	for _, version := range []string{"8", "11", "17"} {
		if !slices.Contains(versions, version) {
			return &doubt{placed: java, complete: true, why: fmt.Sprintf(
				"this automated policy applies to runtimes on Java %s only (%s), and the "+
					"runtime's Java is not known", strings.Join(versions, ", "), java.Field)}
		}
	}
	return nil
}

// automatedFirst sorts automated policies before those of an API, as the gateway runs them
// (MuleSoft documentation, ordering policies).
func automatedFirst(a, b *entry) int {
	switch {
	case a.automated == b.automated:
		return 0
	case a.automated:
		return -1
	}
	return 1
}

// yieldToAutomated marks the policies of an API beside which an automated one of the same kind
// applies. The vendor's pages differ: that one has priority over the API's own, and disables it
// (automated policies); both may be applied, and both have to hold (reordering policies).
func yieldToAutomated(all []*rules.Policy) {
	automated := map[string]*rules.Policy{}
	for _, p := range all {
		if e := p.Entry.(*entry); e.automated && !e.outbound && !p.When.Disabled {
			automated[e.asset] = p
		}
	}
	for _, p := range all {
		e := p.Entry.(*entry)
		by := automated[e.asset]
		if by == nil || e.automated || e.outbound || p.When.Disabled {
			continue
		}
		p.MayYield = &rules.Unknown{
			Why: fmt.Sprintf(
				"an automated policy of the same kind (%s) perhaps replaces this one: MuleSoft "+
					"documents that it has priority (%s), and that both may be applied (%s)",
				by.Pos, pageAutomated, pageReorder),
			Need: rules.Need{For: "whether the gateway still runs the API's own " + p.Name +
				" policy: read its log; without that policy's file the automated one alone is " +
				"asked"},
		}
	}
}

package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// notModelled lists the kinds of policies in force that may look at credentials and are not modelled: no rule sees into them.
func notModelled(policies []*rules.Policy) []string {
	var kinds []string
	for _, p := range policies {
		if !p.When.Disabled && slices.ContainsFunc(p.Checks(), func(c *rules.Check) bool { return c.ID == rules.NotModelled }) {
			kinds = append(kinds, p.Asset)
		}
	}
	return kinds
}

// tellStrange says which policies no rule has seen into.
func (e *Env) tellStrange(results []linted) {
	var kinds []string
	for _, r := range results {
		kinds = append(kinds, r.strange...)
	}
	if len(kinds) == 0 {
		return
	}
	are := "1 policy is"
	if len(kinds) > 1 {
		are = fmt.Sprintf("%d policies are", len(kinds))
	}
	slices.Sort(kinds)
	e.note("%s of a kind that is not modelled, and what it lets in is not known: %s", are, inspect.Safe(strings.Join(slices.Compact(kinds), ", ")))
}

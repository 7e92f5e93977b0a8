package mulesoft

import (
	"cmp"
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func tokenTakenAway() rules.Rule {
	return rules.Rule{
		Name:  "token-taken-away",
		Title: "an earlier policy removes or changes what a token policy reads",
		Why: "Policies run in their order, each on the request as the one before it leaves it. " +
			"A token policy after one that removes its header finds no token, and nobody gets " +
			"in; after one that sets or transforms the header, it may check a token other than " +
			"the caller's.",
		Fix:      "Put the token policy first, or leave its header out of the other one.",
		Severity: rules.Error,
		Lesser: "a warning if the earlier policy is limited to some requests, the file does not " +
			"give the order, or the token may be sent in another place; a note if what becomes " +
			"of the header is not known",
		References: []string{docRemoval, docOrder},
		Check:      takenAway,
	}
}

// takenAway compares the effects of each policy with what the token policies read.
func takenAway(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for i, by := range s.Policies {
		e, ours := by.Entry.(*entry)
		if !ours || by.When.Disabled || len(by.Effects) == 0 {
			continue
		}
		for j, of := range s.Policies {
			first := rules.RunsBefore(s.Policies, i, j)
			if i == j || first == rules.No || of.When.Disabled {
				continue
			}
			message, severity := takesFrom(by, of, first)
			if message == "" {
				continue
			}
			f := findingAt(e.fieldPlace("inboundHeaders"), message)
			f.Policy, f.Severity = by, severity
			all = append(all, f)
			break
		}
	}
	return all
}

// takesFrom is what to say of a policy that takes away, or changes, the token that another one
// reads; empty where it does not. An empty severity is the rule's.
func takesFrom(by, of *rules.Policy, first rules.Truth) (message string, _ rules.Severity) {
	headers, elsewhere := tokenHeaders(of)
	kept := func(header string) bool { return !slices.ContainsFunc(by.Effects, isOn(header)) }
	for _, header := range headers {
		i := slices.IndexFunc(by.Effects, isOn(header))
		if i < 0 {
			continue
		}
		const taken = "%s removes the header %s, but %s looks for the token in it"
		message = fmt.Sprintf(taken, by.Asset, header, of.Name)
		switch {
		case by.Effects[i].Unknown != nil:
			const unclear = "%s may change the header %s, in which %s looks for the token"
			return fmt.Sprintf(unclear, by.Asset, header, of.Name), rules.Note
		case elsewhere || slices.ContainsFunc(headers, kept):
			const one = "%s removes the header %s, in which %s looks for the token too: one " +
				"that is sent so is not found"
			return fmt.Sprintf(one, by.Asset, header, of.Name), rules.Warning
		case first == rules.Maybe:
			return message + "; which of the two runs first is not known", rules.Warning
		case by.When.Limited():
			return message, rules.Warning
		}
		return message, ""
	}
	return "", ""
}

func isOn(header string) func(rules.Effect) bool {
	return func(e rules.Effect) bool { return e.On(header) }
}

// tokenHeaders lists the headers in which a policy looks for the token, and reports whether it
// looks for it elsewhere too.
func tokenHeaders(policy *rules.Policy) (headers []string, elsewhere bool) {
	for check := range policy.Root.Checks() {
		if check.ID != rules.TokenPresent || check.Skip != "" || check.Unknown != nil {
			continue
		}
		if check.Test.Op == rules.Sent {
			headers = append(headers, "Authorization")
			elsewhere = elsewhere || len(check.Test.Lookup.Locations) > 1
		}
		for _, in := range check.Test.Reads() {
			if in.Source == rules.FromHTTP {
				headers = append(headers, textproto.CanonicalMIMEHeaderKey(in.Name))
			}
			elsewhere = elsewhere || in.Source == rules.FromQuery
		}
	}
	return headers, elsewhere
}

func policyOrder() rules.Rule {
	return rules.Rule{
		Name:  "policy-order",
		Title: "two policies are in an order in which the second can't work",
		Why: "Policies run in their order: what a token policy puts into authentication is " +
			"not there yet for a policy before it. A browser's CORS preflight carries no " +
			"token, so a token policy before CORS would reject it. MuleSoft documents that CORS " +
			"runs before all others whatever its order is.",
		Fix: "Put CORS first, then what validates the token, then what uses its claims or " +
			"client id.",
		Severity:   rules.Warning,
		Lesser:     "a note of CORS behind a token policy",
		References: []string{docOrder, docReorder, kbInvalid},
		Check:      checkOrder,
	}
}

// checkOrder compares each policy with the policies behind it.
func checkOrder(s *rules.Subject) []rules.Finding {
	chain := inForce(s)
	slices.SortStableFunc(chain, func(a, b configured) int {
		return cmp.Or(automatedFirst(a.entry, b.entry), cmp.Compare(a.order, b.order))
	})
	var all []rules.Finding
	for i, c := range chain {
		for _, later := range chain[i+1:] {
			why := c.disturbs(later)
			if why == "" {
				continue
			}
			found := later.finding("order", firstPresent(later.assetAt, later.place), why)
			if later.asset == corsPolicy {
				found[0].Severity = rules.Note
			}
			all = append(all, found...)
			break
		}
	}
	return all
}

// disturbs says why a policy keeps a later one from working; empty where it does not. Two policies
// with the same order, or with none, may run either way round.
func (c configured) disturbs(later configured) string {
	unordered := c.order == later.order || c.policy.Unordered || later.policy.Unordered
	switch {
	case unordered && c.automated == later.automated:
		return ""
	case c.isTokenPolicy() && later.asset == corsPolicy:
		const why = "CORS comes after %s, which rejects a preflight request for want of a " +
			"token, unless CORS runs first whatever its order is, as MuleSoft documents"
		return fmt.Sprintf(why, policyName(c.asset))
	case !c.isTokenPolicy() && later.isTokenPolicy() && c.config != nil &&
		strings.Contains(c.config.JSON(), "#[authentication."):
		const why = "%s comes before this and reads authentication, which only this policy " +
			"fills in"
		return fmt.Sprintf(why, policyName(c.asset))
	}
	return ""
}

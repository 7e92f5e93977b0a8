package istio

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

func tokenNotNeeded() rules.Rule {
	return rules.Rule{
		Name:  "token-not-needed",
		Title: "a request without a token gets in",
		Why: "A RequestAuthentication refuses bad tokens and lets requests pass that carry " +
			"none. Only an AuthorizationPolicy that asks for something of the token in each of " +
			"its ALLOW rules, or that denies requests without a principal, keeps them out: " +
			"rules are alternatives, so one that asks for nothing opens the workload.",
		Fix: "Ask for requestPrincipals in the from of each ALLOW rule: those of the issuer, as " +
			"https://login.microsoftonline.com/TENANT-ID/v2.0/*.",
		Severity: rules.Error,
		Lesser: "a warning where a rule is limited to some methods, paths or hosts: they may " +
			"be meant to be open",
		Since:      since,
		References: []string{docRequest, docTaskAuthz, issueTwoRule},
		Check:      eachInstance(checkTokenNeeded),
	}
}

func checkTokenNeeded(i instance) []rules.Finding {
	if len(i.jwt) == 0 || i.doubt != "" || !envoy.LetsIn(i.root()) {
		return nil
	}
	if _, limited := i.allow(false); !limited {
		r := i.jwt[0]
		return []rules.Finding{i.FindingAt(r.at, "jwtRules",
			"a request without a token gets in: RequestAuthentication lets it pass, and no "+
				"ALLOW policy asks for a token")}
	}
	var all []rules.Finding
	for _, p := range i.enforced(actionAllow) {
		for _, r := range rulesOf(p) {
			if i.unbuilt(r) != "" || !envoy.LetsIn(i.allowRule(r)) {
				continue
			}
			f := i.FindingAt(r.at, r.path(), "a request without a token gets in: this rule "+
				"asks for nothing of a token, and rules are alternatives")
			if len(r.to) > 0 {
				f.Severity = rules.Warning
			}
			all = append(all, f)
		}
	}
	return all
}

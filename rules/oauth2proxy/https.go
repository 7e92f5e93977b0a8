package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

// forwardedProto is the header in which a proxy before the program says how a request came to it.
const forwardedProto = "X-Forwarded-Proto"

// cameOverHTTP is the predicate that a request is redirected, as a proxy before the program says
// that it came over http. One of which nobody says that is taken for one over https.
func (c *compiler) cameOverHTTP() rules.Predicate {
	if c.get("force_https").off() || c.trustsForwarded() == rules.No {
		return rules.Never()
	}
	in := rules.Input{Source: rules.FromHTTP, Name: forwardedProto}
	sent := rules.Has(in)
	sent.Assumed = rules.No
	return rules.Both(sent, rules.Negate(rules.Predicate{
		Op: rules.Equals, Input: in, Values: rules.Literals("https"), Assumed: rules.Yes,
		Texts: &rules.Texts{FoldCase: true},
	}))
}

package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

// forwardedProto is the header in which a proxy before the program says how a request came to it.
const forwardedProto = "X-Forwarded-Proto"

// overHTTPS puts before what a request needs that it came over https, where force_https is on and
// none can: without a certificate of its own the program speaks http, and without reverse_proxy it
// believes no header that says otherwise (pkg/middleware/redirect_to_https.go).
func (c *compiler) overHTTPS(root rules.Node) rules.Node {
	force := c.get("force_https")
	own := c.alpha || !c.get("tls_cert_file").none() || !c.get("tls_key_file").none()
	if !force.on() || own || c.trustsForwarded() != rules.No {
		return root
	}
	check := c.check(rules.Conditional, force, codeHTTPS)
	check.Test, check.Answer = rules.Never(), c.row(plainHTTP, always)
	check.Wants = "a request over https"
	check.Refuses = "force_https is on, and the program has no certificate (tls_cert_file) and " +
		"believes no proxy that says https (reverse_proxy): it redirects every request"
	check.Remedy = "Set reverse_proxy if a proxy before the program has the certificate, else " +
		"tls_cert_file and tls_key_file"
	return rules.Node{All: []rules.Node{{Check: check}, root}}
}

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

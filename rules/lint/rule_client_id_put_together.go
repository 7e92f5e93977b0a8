package lint

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func clientIDPutTogether() rules.Rule {
	return rules.Rule{
		Name:  "client-id-put-together",
		Title: "the client id is put together from several claims",
		Why: "A v1.0 token names the client in appid, a v2.0 token in azp, and none has both. " +
			"Whether a gateway can put together a claim and one that is absent is not certain, " +
			"and a text of two claims is not the id of any client.",
		Fix:        "Read one claim, and the other only if the first is absent.",
		Severity:   rules.Warning,
		References: []string{claimsRef},
		Check:      eachCheckOf(checkPutTogether),
	}
}

// checkPutTogether reads the client id of a token that has all of the claims, and then of those
// that there are: a claim that is missing may be replaced by an empty text.
func checkPutTogether(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	if !inForce(c) || c.ID != rules.ClientID || c.Test.Op != rules.Present || reads(c, "*") {
		return nil
	}
	claims := marksIn(c.Test.Input, withClaims(c, func(string) bool { return true }))
	if len(claims) < 2 {
		return nil
	}
	ids, ev := identities(c), factsOf(s, p).version
	for i, v := range versions() {
		if ids[i].claim == "" && (!ev.known() || ev.version == v) {
			return one(at(c, "the client id is put together from %s: %s",
				strings.Join(claims, " and "), putTogether(c, v)))
		}
	}
	return nil
}

// putTogether says what comes of several claims in a token of a version.
func putTogether(c *rules.Check, v entra.Version) string {
	for _, in := range c.Reads() {
		name := in.ClaimRead()
		if name != "" && issued.Says(name, v, true) == issued.Absent {
			if marked(c, v).Read(c.Test.Input).Fault != "" {
				return fmt.Sprintf("a v%s token has no %s, and the expression fails", v, name)
			}
			return fmt.Sprintf("a v%s token has no %s, and how the gateway handles that is not "+
				"certain", v, name)
		}
	}
	return "no client has an id of several claims"
}

// marksIn lists the claims whose marks are in what an input is.
func marksIn(in rules.Input, r *rules.Request) []string {
	var all []string
	text, _ := r.Read(in).Value.Str()
	for _, m := range r.Token.Claims.Members {
		if strings.Contains(text, m.Value.Text) {
			all = append(all, m.Key)
		}
	}
	return all
}

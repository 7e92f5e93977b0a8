package mulesoft

import (
	"fmt"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// removed are the effects of Header Removal: the headers that inboundHeaders lists are taken away.
// An item is a header's name or a regular expression over names (MuleSoft documentation). How the
// gateway matches a regular expression is not documented.
func removed(c *compiler) []rules.Effect {
	return c.perHeader("inboundHeaders", func(item *source.Value) rules.Effect {
		name, isText := item.Str()
		literal := isText && !templated(item)
		if literal && headerName(name) {
			return rules.Effect{Header: textproto.CanonicalMIMEHeaderKey(name)}
		}
		effect := c.anyHeader("inboundHeaders may name the header, in a form that gatewhy does " +
			"not know")
		names, err := regexp.Compile("(?i)" + name)
		if literal && err == nil && !strings.ContainsAny(name, ", #") {
			effect.Names = names
			effect.Unknown.Why = fmt.Sprintf(
				"%s removes headers whose names match %s, and it is not documented how it "+
					"matches them", c.name, name,
			)
		}
		return effect
	})
}

// injected are the effects of Header Injection: the headers that inboundHeaders lists are set. It
// is not documented what becomes of a header that the request has already.
func injected(c *compiler) []rules.Effect {
	return c.perHeader("inboundHeaders", func(item *source.Value) rules.Effect {
		key := item.Member("key")
		name, isText := key.Str()
		effect := c.anyHeader("it puts a header into the request that the file does not show")
		if isText && !templated(key) && headerName(name) {
			effect.Header = textproto.CanonicalMIMEHeaderKey(name)
			effect.Unknown.Why = fmt.Sprintf(
				"%s sets the header %s before this policy reads it", c.name, name,
			)
		}
		return effect
	})
}

// forwarded are the effects of JWT Validation: claimsToHeaders puts claims into headers, for the
// upstream. An item is a claim's name, or that with the header's. It is not documented whether
// later policies see them, nor how a header is called that has no name.
func forwarded(c *compiler) []rules.Effect {
	return c.perHeader("claimsToHeaders", func(item *source.Value) rules.Effect {
		effect := c.anyHeader("claimsToHeaders puts a claim into a header")
		name := item.Member("headerName")
		header, isNamed := name.Str()
		claim, isClaim := item.Str()
		switch {
		case isNamed && !templated(name) && headerName(header):
			effect.Header = textproto.CanonicalMIMEHeaderKey(header)
		case isClaim && !templated(item) && claim != "":
			effect.Names = regexp.MustCompile("(?i)" + regexp.QuoteMeta(claim))
		}
		return effect
	})
}

// perHeader are the effects of a policy with a list of headers on the way in. An absent list is an
// empty one.
func (c *compiler) perHeader(
	field string, effect func(item *source.Value) rules.Effect,
) []rules.Effect {
	list := c.config.Member(field)
	switch {
	case !c.config.Is(source.Object):
		return []rules.Effect{c.anyHeader("its configuration can't be read")}
	case list == nil || list.Kind == source.Null:
		return nil
	case !list.Is(source.List):
		return []rules.Effect{c.anyHeader(field + " can't be known from the file")}
	}
	return source.Each(list.Items, effect)
}

// byScript is the effect of a policy that runs a script over the request, unless it runs over the
// response (MuleSoft documentation, DataWeave Headers Transformation).
func byScript(c *compiler) []rules.Effect {
	if c.config.TextAt("requestFlow") == "onResponse" {
		return nil
	}
	return []rules.Effect{c.anyHeader("gatewhy does not model what its script does with the " +
		"request")}
}

// unpublishedEffects is the effect of a policy where nobody has published what it does with the
// headers of a request.
func unpublishedEffects(c *compiler) []rules.Effect {
	return []rules.Effect{c.anyHeader("it is not known what it does with the headers")}
}

// anyHeader is the effect that any header may be changed or taken away.
func (c *compiler) anyHeader(why string) rules.Effect {
	return rules.Effect{Unknown: &rules.Unknown{
		Why: c.name + " runs before this policy and may change what it reads: " + why,
		Need: rules.Need{
			For: "what " + c.name + " does with the request: a log of the headers after it",
		},
	}}
}

// headerName reports whether a text is the name of a header and nothing else. A dot or an asterisk
// is a part of a regular expression here.
func headerName(text string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return text != "" && strings.Trim(text, allowed) == ""
}

const corsPolicy = "cors"

// leavePreflightsOpen leaves open what the other policies of an API do with a browser's preflight
// where the API has the CORS policy: the vendor documents that CORS runs before all others,
// whatever its order is, and not what it answers.
func leavePreflightsOpen(policies []*rules.Policy) {
	answers, anyHas, allHave := map[string]bool{}, false, false // the APIs that have it
	for _, p := range policies {
		if p.Asset == corsPolicy && !p.When.Disabled && !p.When.OfOthers {
			answers[p.API], anyHas = true, true
			allHave = allHave || onAnyAPI(p)
		}
	}
	for _, p := range policies {
		has := answers[p.API] || allHave || anyHas && onAnyAPI(p)
		if has && p.Asset != corsPolicy && len(p.Checks()) > 0 {
			p.Asides = append(p.Asides, rules.Aside{If: isPreflight(), Root: answeredByCORS(p)})
		}
	}
}

// onAnyAPI reports whether a policy may run on any API: an automated one, or one whose file names
// none.
func onAnyAPI(p *rules.Policy) bool { return p.Early || p.API == "" }

// isPreflight is that a request is a preflight (Fetch standard), which of an OPTIONS request with
// unknown headers is assumed.
func isPreflight() rules.Predicate {
	asked := rules.Has(rules.Input{Source: rules.FromHTTP, Name: "Access-Control-Request-Method"})
	asked.Assumed = rules.Yes
	return rules.Both(rules.Predicate{
		Op: rules.Equals, Input: rules.RequestInput(rules.RequestMethod),
		Values: rules.Literals(rules.Preflight),
	}, asked)
}

func answeredByCORS(p *rules.Policy) rules.Node {
	return rules.AllOf(&rules.Check{
		ID: rules.Conditional, Field: "order", Pos: p.Pos,
		Evidence: rules.Documented.From("MuleSoft documentation, " + pageReorder),
		Unknown: &rules.Unknown{
			Why: "the API has the CORS policy, which MuleSoft documents to run before all " +
				"others: it answers a browser's preflight itself",
		},
	})
}

package envoygateway

import (
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// methodIn is that the request has one of some methods; case does not count.
func methodIn(methods []string) rules.Predicate {
	return rules.Predicate{
		Op: rules.OneOf, Input: rules.RequestInput(rules.RequestMethod),
		Values: rules.Literals(methods...), Texts: &rules.Texts{FoldCase: true},
	}
}

// hostIn is that the request is for one of some hosts; *.HOST stands for what ends in it. The port
// does not count (translator.go, IgnorePortInHostMatching).
func hostIn(hosts []string) rules.Predicate {
	host := rules.NormalizedInput(rules.RequestHost)
	fold := &rules.Texts{FoldCase: true}
	var parts []rules.Predicate
	for _, h := range hosts {
		p := rules.Predicate{
			Op: rules.OneOf, Input: host, Values: rules.Literals(h), Texts: fold,
		}
		if rest, wild := strings.CutPrefix(h, "*"); wild {
			p.Op, p.Values = rules.Suffix, rules.Literals(rest)
		}
		parts = append(parts, assumed(p))
	}
	return envoy.Either(parts)
}

// pathTest is that the request's path is as a rule's path match wants it. It is broken where its
// regular expression can't be compiled, and not ok where it can't be read. The proxy compares the
// path with its query: all but a regular expression leave that out (regex.go), and what is behind
// a semicolon.
func pathTest(match *source.Value) (p rules.Predicate, broken string, ok bool) {
	return pathEnding(match, ";")
}

// pathEnding is [pathTest], of a path that may go on with some texts.
func pathEnding(
	match *source.Value, ends ...string,
) (p rules.Predicate, broken string, ok bool) {
	path := rules.NormalizedInput(rules.RequestPath)
	value, isText := match.Member("value").Str()
	kind, isKind := match.Member("type").Str()
	switch {
	case kubernetes.Marked(match.Member("value")) || kubernetes.Marked(match.Member("type")):
		return p, "", false
	case !match.Member("value").IsSet():
		value = "/"
	case !isText:
		return p, "", false
	}
	if !isKind {
		kind = "PathPrefix"
	}
	begins := func(texts ...string) rules.Predicate {
		return rules.Predicate{Op: rules.Prefix, Input: path, Values: rules.Literals(texts...)}
	}
	exactly := func(text string) rules.Predicate {
		return rules.Predicate{Op: rules.OneOf, Input: path, Values: rules.Literals(text)}
	}
	switch kind {
	case "Exact":
		p = exactly(value)
		for _, end := range ends {
			p = rules.Either(p, begins(value+end))
		}
	case "PathPrefix":
		p = begins("/")
		if to := strings.TrimSuffix(value, "/"); to != "" {
			p = rules.Either(exactly(to), begins(to+"/"))
			for _, end := range ends {
				p = rules.Either(p, begins(to+end))
			}
		}
	case "RegularExpression":
		pattern, err := rules.WholePattern(value)
		if err != nil {
			return p, "the regular expression " + value + " can't be compiled", true
		}
		p = rules.Predicate{
			Op: rules.Matches, Input: path,
			Texts: &rules.Texts{Patterns: []*regexp.Regexp{pattern}},
		}
	default:
		return p, "", false
	}
	if on, _ := match.Member("invert").Bool(); on {
		p = rules.Negate(p)
	}
	return p, "", true
}

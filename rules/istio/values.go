package istio

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

// form is how a value of a rule compares (matcher/string.go). A star counts at one end only: any
// other one is a character like others.
type form struct {
	op   rules.Op // Present for *, Prefix, Suffix, or OneOf
	text string
}

func formOf(value string) form {
	switch {
	case value == "*":
		return form{op: rules.Present}
	case strings.HasPrefix(value, "*"):
		return form{rules.Suffix, value[1:]}
	case strings.HasSuffix(value, "*"):
		return form{rules.Prefix, value[:len(value)-1]}
	}
	return form{rules.OneOf, value}
}

// compared is the predicate that an input is as one of the values wants it.
func compared(in rules.Input, values []string, texts *rules.Texts) rules.Predicate {
	by := map[rules.Op][]string{}
	for _, value := range values {
		f := formOf(value)
		by[f.op] = append(by[f.op], f.text)
	}
	var parts []rules.Predicate
	for _, op := range []rules.Op{rules.OneOf, rules.Prefix, rules.Suffix} {
		if len(by[op]) > 0 {
			parts = append(parts, rules.Predicate{
				Op: op, Input: in, Values: rules.Literals(by[op]...), Texts: texts,
			})
		}
	}
	if len(by[rules.Present]) > 0 {
		parts = append(parts, filled(in))
	}
	return envoy.Either(parts)
}

// filled is the predicate that an input is a text that is not empty, or lists one. Of a claim that
// is there we need not know what it is.
func filled(in rules.Input) rules.Predicate {
	if in.Source != rules.FromClaim {
		return notEmpty(in)
	}
	p := notEmpty(in)
	p.Assumed = rules.Yes
	return rules.Both(rules.Found(in), p)
}

func notEmpty(in rules.Input) rules.Predicate {
	return rules.Predicate{
		Op: rules.Matches, Input: in, Texts: &rules.Texts{Patterns: someLine.Value()},
	}
}

var someLine = source.Lazy[[]*regexp.Regexp]{Make: func() []*regexp.Regexp {
	return envoy.Patterns(`.+`)
}}

// inWords is [compared], of a text that Envoy has split at its blanks into a list.
func inWords(in rules.Input, values []string) rules.Predicate {
	var exact, expressions []string
	for _, value := range values {
		f := formOf(value)
		text := regexp.QuoteMeta(f.text)
		switch f.op {
		case rules.Present:
			expressions = append(expressions, `.*[^ ].*`)
		case rules.Prefix:
			expressions = append(expressions, `(?:.* )?`+text+`[^ ]*(?: .*)?`)
		case rules.Suffix:
			expressions = append(expressions, `(?:.* )?[^ ]*`+text+`(?: .*)?`)
		default:
			exact = append(exact, value)
		}
	}
	var parts []rules.Predicate
	if len(exact) > 0 {
		parts = append(parts, envoy.HasWord(in, exact))
	}
	if len(expressions) > 0 {
		parts = append(parts, rules.Predicate{
			Op: rules.Matches, Input: in,
			Texts: &rules.Texts{Patterns: envoy.Patterns(expressions...)},
		})
	}
	return envoy.Either(parts)
}

// principal is the predicate that the token's issuer and subject are as a request principal wants
// them: it is split at its last slash (generator.go, requestPrincipalGenerator).
func principal(value string) rules.Predicate {
	iss, sub := rules.Claim("iss"), rules.Claim("sub")
	is := func(in rules.Input, f form) rules.Predicate {
		if f.op == rules.Present {
			p := notEmpty(in)
			p.Assumed = rules.Yes // every token of a real issuer has both
			return p
		}
		return rules.Predicate{Op: f.op, Input: in, Values: rules.Literals(f.text)}
	}
	any := form{op: rules.Present}
	issuer, subject, found := cutLast(value)
	begins, open := strings.CutSuffix(subject, "*")
	switch {
	case !found && strings.HasPrefix(value, "*"):
		return rules.Both(is(iss, any), is(sub, formOf(value)))
	case !found && strings.HasSuffix(value, "*"):
		return rules.Both(is(iss, formOf(value)), is(sub, any))
	case strings.HasPrefix(value, "*"):
		return rules.Both(is(iss, formOf(issuer)), is(sub, form{rules.OneOf, subject}))
	case subject == "*":
		return rules.Both(is(iss, form{rules.OneOf, issuer}), is(sub, any))
	case open:
		return rules.Both(is(iss, form{rules.OneOf, issuer}), is(sub, form{rules.Prefix, begins}))
	}
	return rules.Both(is(iss, form{rules.OneOf, issuer}), is(sub, form{rules.OneOf, subject}))
}

// principalsInWords says what principals are wanted; empty where none is known. Of one that lacks
// the slash of v1.0 issuers it says what it is taken for.
func principalsInWords(values []string) string {
	switch len(values) {
	case 0:
		return ""
	case 1:
	default:
		return fmt.Sprintf("one of %d principals, such as %s", len(values), values[0])
	}
	value := values[0]
	words := "the principal " + value
	if value == "*" {
		return "any principal: a token with an issuer and a subject"
	}
	if withSlash(value) != "" {
		words += ", without the slash that ends a v1.0 issuer"
	}
	return words
}

// cutLast splits a request principal. One without a slash is an issuer alone.
func cutLast(value string) (issuer, subject string, found bool) {
	i := strings.LastIndex(value, "/")
	if i < 0 {
		return value, "", false
	}
	return value[:i], value[i+1:], true
}

// badTemplate says why Istio refuses a path; empty where it does not. {*} and {**} stand for whole
// segments, {**} for the last ones, and beside them a path has no other sign of a template.
func badTemplate(path string) string {
	_, template := pathTemplate(path)
	rest := false
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		whole := segment == "{*}" || segment == "{**}"
		switch {
		case whole && rest:
			return "{**} is not the last segment"
		case whole:
			rest = segment == "{**}"
		case strings.ContainsAny(segment, "{}"):
			return "a brace is not {*} or {**} alone in a segment"
		case template && !source.IsPlain(segment, signsInPath) || template && segment == "":
			return "the segment " + segment + " beside a template has other characters than a path"
		}
	}
	return ""
}

// signsInPath are the characters but letters and digits that a segment may have that a template
// matches: those of RFC 3986, pchar, without the star (uri_template_internal.cc, kLiteral).
const signsInPath = "-._~%!$&'()+,;:@="

// pathTemplate is the expression of a path with {*} for one segment and {**} for any number of
// them; ok is false where the path has neither.
func pathTemplate(path string) (expression string, ok bool) {
	if !strings.Contains(path, "{*}") && !strings.Contains(path, "{**}") {
		return "", false
	}
	quoted := regexp.QuoteMeta(path)
	quoted = strings.ReplaceAll(quoted, regexp.QuoteMeta("{**}"), `.*`)
	return strings.ReplaceAll(quoted, regexp.QuoteMeta("{*}"), `[^/]+`), true
}

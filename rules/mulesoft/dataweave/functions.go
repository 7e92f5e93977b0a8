package dataweave

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// function is a function that this package evaluates.
type function struct {
	name      string
	arity     int
	predicate bool // it gives a boolean
	flex      bool // Flex Gateway's documentation lists it
	run       run
}

// run evaluates a call of a function with these arguments.
type run func(v *evaluator, n *Node, args []*source.Value) Result

const (
	coreModule    = "dw::Core::"
	modules       = "dw::core::"
	stringsModule = "dw::core::Strings::"
	arraysModule  = "dw::core::Arrays::"
)

// lookup finds a function by the name that an expression calls it by. The functions of dw::Core
// need no module, all others do: "to use this module, you must import it" (DataWeave reference,
// dw::core::Strings).
func lookup(name string) (function, bool) {
	if core, found := strings.CutPrefix(name, coreModule); found && !strings.Contains(core, "::") {
		name = core
	}
	switch name {
	case "contains":
		return function{name, 2, true, true, contains}, true
	case "splitBy":
		return function{name, 2, false, true, splitBy}, true
	case "joinBy":
		return function{name, 2, false, false, joinBy}, true
	case "++":
		return function{name, 2, false, true, concatenate}, true
	case "isEmpty":
		return function{name, 1, true, false, isEmpty}, true
	case "isBlank":
		return function{name, 1, true, false, isBlank}, true
	case "sizeOf":
		return function{name, 1, false, true, sizeOf}, true
	case "upper":
		return function{name, 1, false, true, changeCase(strings.ToUpper)}, true
	case "lower":
		return function{name, 1, false, true, changeCase(strings.ToLower)}, true
	case "trim":
		return function{name, 1, false, true, trim}, true
	case "startsWith":
		return function{name, 2, true, false, affix(strings.HasPrefix)}, true
	case "endsWith":
		return function{name, 2, true, false, affix(strings.HasSuffix)}, true
	case "matches":
		return function{name, 2, true, false, nil}, true
	case replaceName, withName:
		return function{name, 2, false, false, nil}, true
	case filterName, mapName:
		return function{name, 2, false, false, nil}, true
	case someName, everyName:
		return function{name, 2, true, false, nil}, true
	case stringsModule + "substringBefore":
		return function{name, 2, false, true, substring(strings.Index, false)}, true
	case stringsModule + "substringBeforeLast":
		return function{name, 2, false, true, substring(strings.LastIndex, false)}, true
	case stringsModule + "substringAfter":
		return function{name, 2, false, true, substring(strings.Index, true)}, true
	case stringsModule + "substringAfterLast":
		return function{name, 2, false, true, substring(strings.LastIndex, true)}, true
	}
	return function{}, false
}

func (v *evaluator) call(n *Node) Result {
	f := n.prepared.function
	switch {
	case len(n.Args) != f.arity:
		return failure(n, "%s takes %d arguments, not %d", f.name, f.arity, len(n.Args))
	case v.before42() && strings.HasPrefix(f.name, modules):
		return unknown(n, "%s exists since Mule 4.2", f.name)
	}
	if f.takesLambda() {
		return v.callLambda(n, f)
	}
	if f.name == replaceName || f.name == withName {
		return v.replaceWith(n)
	}
	if f.arity == 2 && n.Args[1].Bare().Kind == Regex {
		return v.callRegex(n, f)
	}
	args, r := v.operands(n.Args, true)
	switch {
	case args == nil:
		return r
	case f.run == nil:
		return unknown(n, "%s needs a regular expression", n.Name)
	}
	size := 0
	for _, arg := range args {
		size += len(arg.Text) + len(arg.Items)
	}
	if !v.spend(size) {
		return v.tooLarge(n)
	}
	return f.run(v, n, args)
}

// sinceNull gives what a function makes of null since DataWeave 2.4 (Mule 4.4). Before, it is an
// error.
func (v *evaluator) sinceNull(n *Node, result *source.Value) Result {
	if v.flex() {
		const why = "%s of null is not among the forms that Flex Gateway documents"
		return failure(n, why, n.Name)
	}
	if v.version == nil {
		v.version = n
	}
	if v.since24 {
		return value(result)
	}
	return failure(n, "%s of null is an error before Mule 4.4 (DataWeave 2.4)", n.Name)
}

// nothing is what a function gives for null where Mule's reference says null. Flex Gateway's page
// says nothing of null, which may be an error there.
func (v *evaluator) nothing(n *Node) Result {
	if !v.flex() {
		return value(null())
	}
	r := unknown(n, "what %s gives for null is documented only for Mule", n.Name)
	r.Unknown.NeverTrue, r.Unknown.NeverFound = true, true
	return r
}

// undocumented answers for arguments that no documented form of a function takes.
func undocumented(n *Node, args ...*source.Value) Result {
	kinds := source.Each(args, func(arg *source.Value) string { return arg.Kind.String() })
	const why = "what %s gives for %s is not documented"
	return unknown(n, why, n.Name, strings.Join(kinds, " and "))
}

func contains(v *evaluator, n *Node, args []*source.Value) Result {
	within, wanted := args[0], args[1]
	switch {
	case isNull(within):
		return v.sinceNull(n, source.NewBool(false))
	case within.Is(source.String) && wanted.Is(source.String):
		return value(source.NewBool(strings.Contains(within.Text, wanted.Text)))
	case !within.Is(source.List):
		return undocumented(n, args...)
	}
	found := rules.No
	for _, item := range within.Items {
		switch v.equal(item, wanted, 0) {
		case rules.Yes:
			return value(source.NewBool(true))
		case rules.Maybe:
			found = rules.Maybe
		}
	}
	return v.answer(found, n, "whether the list contains this value is not known")
}

func concatenate(v *evaluator, n *Node, args []*source.Value) Result {
	a, b := args[0], args[1]
	switch {
	case a.Is(source.String) && b.Is(source.String):
		return value(source.NewString(a.Text + b.Text))
	case a.Is(source.List) && b.Is(source.List):
		items := make([]*source.Value, 0, len(a.Items)+len(b.Items))
		return value(list(append(append(items, a.Items...), b.Items...)))
	default:
		return undocumented(n, args...)
	}
}

func isEmpty(_ *evaluator, n *Node, args []*source.Value) Result {
	switch a := args[0]; {
	case isNull(a):
		return value(source.NewBool(true))
	case a.Is(source.String):
		return value(source.NewBool(a.Text == ""))
	case a.Is(source.List):
		return value(source.NewBool(len(a.Items) == 0))
	case a.Is(source.Object) && restOf(a) == nil:
		return value(source.NewBool(len(a.Members) == 0))
	default:
		return undocumented(n, args...)
	}
}

// isBlank asks for anything but white space. Which characters are white space is not documented,
// and blanks are.
func isBlank(_ *evaluator, n *Node, args []*source.Value) Result {
	switch a := args[0]; {
	case isNull(a):
		return value(source.NewBool(true))
	case !a.Is(source.String):
		return undocumented(n, args...)
	case strings.Trim(a.Text, " ") == "":
		return value(source.NewBool(true))
	case strings.TrimFunc(a.Text, mayBeSpace) == "":
		return unknown(n, "which white space isBlank skips is not documented")
	}
	return value(source.NewBool(false))
}

// mayBeSpace reports whether any of Java, Rust and Unicode takes a character for white space.
func mayBeSpace(r rune) bool {
	return r <= ' ' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

func sizeOf(v *evaluator, n *Node, args []*source.Value) Result {
	switch a := args[0]; {
	case isNull(a):
		return v.sinceNull(n, null())
	case a.Is(source.List):
		return value(number(len(a.Items)))
	case a.Is(source.String) && ascii(a.Text):
		return value(number(len(a.Text)))
	case a.Is(source.Object) && restOf(a) == nil:
		return value(number(len(a.Members)))
	default:
		return undocumented(n, args...)
	}
}

// splitBy cuts a text at every separator. What becomes of an empty last part, and of an empty
// separator, is not documented.
func splitBy(v *evaluator, n *Node, args []*source.Value) Result {
	whole, separator := args[0], args[1]
	switch {
	case isNull(whole):
		return v.sinceNull(n, null())
	case !whole.Is(source.String) || !separator.Is(source.String):
		return undocumented(n, args...)
	case separator.Text == "":
		return unknown(n, "what splitBy gives for an empty separator is not documented")
	case strings.HasSuffix(whole.Text, separator.Text) || whole.Text == "":
		return unknown(n, "what splitBy gives for an empty last part is not documented")
	}
	parts := strings.Split(whole.Text, separator.Text)
	if !v.spend(len(parts)) {
		return v.tooLarge(n)
	}
	return value(source.NewList(parts...))
}

// joinBy puts strings together. How other items are written, and what an empty list gives, is not
// documented.
func joinBy(v *evaluator, n *Node, args []*source.Value) Result {
	items, separator := args[0], args[1]
	if isNull(items) {
		return v.sinceNull(n, null())
	}
	if !items.Is(source.List) || !separator.Is(source.String) || len(items.Items) == 0 {
		return undocumented(n, args...)
	}
	texts := make([]string, len(items.Items))
	size := len(texts) * len(separator.Text)
	for i, item := range items.Items {
		if !item.Is(source.String) {
			return undocumented(n, args...)
		}
		texts[i] = item.Text
		size += len(item.Text)
	}
	if !v.spend(size) {
		return v.tooLarge(n)
	}
	return value(source.NewString(strings.Join(texts, separator.Text)))
}

// changeCase makes upper and lower. Beyond ASCII, languages differ.
func changeCase(change func(string) string) run {
	return func(v *evaluator, n *Node, args []*source.Value) Result {
		switch a := args[0]; {
		case isNull(a):
			return v.nothing(n)
		case !a.Is(source.String):
			return undocumented(n, args...)
		case !ascii(a.Text):
			return unknown(n, "upper and lower case of characters beyond ASCII are not documented")
		default:
			return value(source.NewString(change(a.Text)))
		}
	}
}

// trim takes blanks away at both ends. Which other white space counts is not documented, so that a
// character there that may be white space leaves it open.
func trim(v *evaluator, n *Node, args []*source.Value) Result {
	a := args[0]
	switch {
	case isNull(a):
		return v.nothing(n)
	case !a.Is(source.String):
		return undocumented(n, args...)
	}
	trimmed := strings.Trim(a.Text, " ")
	if strings.TrimFunc(trimmed, mayBeSpace) != trimmed {
		return unknown(n, "which white space trim removes is not documented")
	}
	return value(source.NewString(trimmed))
}

// affix makes startsWith and endsWith.
func affix(has func(text, part string) bool) run {
	return func(v *evaluator, n *Node, args []*source.Value) Result {
		switch {
		case isNull(args[0]):
			return v.sinceNull(n, source.NewBool(false))
		case !args[0].Is(source.String) || !args[1].Is(source.String):
			return undocumented(n, args...)
		}
		return value(source.NewBool(has(args[0].Text, args[1].Text)))
	}
}

// substring makes the four functions that cut a text at a separator. Where the separator is not in
// the text they give "", for null they give null (DataWeave reference, dw::core::Strings, with
// examples).
func substring(find func(text, separator string) int, behind bool) run {
	return func(v *evaluator, n *Node, args []*source.Value) Result {
		switch {
		case isNull(args[0]) && args[1].Is(source.String):
			return v.nothing(n)
		case !args[0].Is(source.String) || !args[1].Is(source.String):
			return undocumented(n, args...)
		case args[1].Text == "":
			return unknown(n, "the examples for an empty separator follow no rule")
		}
		at := find(args[0].Text, args[1].Text)
		switch {
		case at < 0:
			return value(source.NewString(""))
		case behind:
			return value(source.NewString(args[0].Text[at+len(args[1].Text):]))
		default:
			return value(source.NewString(args[0].Text[:at]))
		}
	}
}

// callRegex evaluates contains and matches with a regular expression. It is a Java pattern: we run
// only what Java and Go read alike, and only on ASCII text.
func (v *evaluator) callRegex(n *Node, f function) Result {
	pattern := n.Args[1].Bare()
	if v.flex() {
		return v.eval(pattern)
	}
	r := v.eval(n.Args[0])
	switch {
	case r.Value == nil:
		return fromOperand(r, true)
	case !slices.Contains([]string{"contains", "matches", "splitBy"}, f.name):
		return unknown(pattern, "%s with a regular expression is not supported", n.Name)
	case isNull(r.Value) && f.predicate:
		return v.sinceNull(n, source.NewBool(false))
	case isNull(r.Value) && f.name == "splitBy":
		return v.sinceNull(n, null())
	case !r.Value.Is(source.String):
		return undocumented(n, r.Value)
	case !ascii(r.Value.Text):
		return unknown(n, "only the gateway itself can match this text")
	case !v.spend(len(r.Value.Text) * len(pattern.Text)):
		return v.tooLarge(n)
	}
	if n.prepared.pattern == nil {
		return unknown(pattern, "Java may read this regular expression differently from gatewhy")
	}
	if f.name == "splitBy" {
		return n.splitByRegex(r.Value.Text)
	}
	return value(source.NewBool(n.prepared.pattern.MatchString(r.Value.Text)))
}

// The two functions that replace parts of a text: replace finds them, and with says by what.
const (
	replaceName = "replace"
	withName    = "with"
)

// replaceWith evaluates text replace "part" with "other" (DataWeave reference, replace and with of
// dw::Core).
func (v *evaluator) replaceWith(n *Node) Result {
	replace := n.Args[0].Bare()
	if n.Name != withName || replace.Kind != Call || replace.Name != replaceName ||
		len(replace.Args) != 2 {
		return unknown(n, "what %s gives by itself is not documented", n.Name)
	}
	matcher := replace.Args[1].Bare()
	nodes := []*Node{replace.Args[0], n.Args[1]}
	if matcher.Kind != Regex {
		nodes = append(nodes, matcher)
	}
	args, r := v.operands(nodes, true)
	isText := func(a *source.Value) bool { return a.Is(source.String) }
	switch {
	case args == nil:
		return r
	case isNull(args[0]):
		return v.sinceNull(replace, null())
	case !isText(args[0]) || !isText(args[1]) || len(args) > 2 && !isText(args[2]):
		return undocumented(n, args...)
	}
	text, by := args[0].Text, args[1].Text
	if !v.spend(len(text) * (1 + len(by) + len(matcher.Text))) {
		return v.tooLarge(n)
	}
	if len(args) > 2 {
		if args[2].Text == "" {
			return unknown(n, "how replace handles an empty part is not documented")
		}
		return value(source.NewString(strings.ReplaceAll(text, args[2].Text, by)))
	}
	pattern := replace.prepared.pattern
	if pattern == nil || !ascii(text) || pattern.MatchString("") || strings.ContainsAny(by, `$\`) {
		return unknown(matcher, "only the gateway itself can replace by this regular expression")
	}
	return value(source.NewString(pattern.ReplaceAllLiteralString(text, by)))
}

// splitByRegex cuts a text at every match. What becomes of an empty last part, and of a match of
// nothing, is not documented.
func (n *Node) splitByRegex(text string) Result {
	if text == "" {
		return unknown(n, "what splitBy gives for an empty text is not documented")
	}
	var items []*source.Value
	from := 0
	for _, at := range n.prepared.pattern.FindAllStringIndex(text, -1) {
		switch {
		case at[0] == at[1]:
			return unknown(n, "what splitBy gives for a match of nothing is not documented")
		case at[1] == len(text):
			return unknown(n, "what splitBy gives for an empty last part is not documented")
		}
		items = append(items, source.NewString(text[from:at[0]]))
		from = at[1]
	}
	return value(list(append(items, source.NewString(text[from:]))))
}

// compiled returns the regular expression of a call where it has one, and Java and Go read it
// alike.
func (n *Node) compiled() *regexp.Regexp {
	if len(n.Args) != 2 || n.Args[1].Bare().Kind != Regex {
		return nil
	}
	pattern := n.Args[1].Bare().Text
	if why, _ := JavaDoubt(pattern); why != "" {
		return nil
	}
	if n.prepared.function.name == "matches" {
		pattern = "^(?:" + pattern + ")$"
	}
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	return expression
}

package dataweave

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// function is a function that this package evaluates.
type function struct {
	name      string
	arity     int
	predicate bool // it gives a boolean
	flex      bool // Flex Gateway's documentation lists it
	run       func(v *evaluator, n *Node, args []*source.Value) Result
}

const (
	coreModule    = "dw::Core::"
	stringsModule = "dw::core::Strings::"
)

// lookup finds a function by the name that an expression calls it by. The functions of dw::Core need no module,
// all others do: "to use this module, you must import it" (DataWeave reference, dw::core::Strings).
func lookup(name string) (function, bool) {
	if core, found := strings.CutPrefix(name, coreModule); found && !strings.Contains(core, "::") {
		name = core
	}
	switch name {
	case "contains":
		return function{name, 2, true, true, contains}, true
	case "splitBy":
		return function{name, 2, false, true, splitBy}, true
	case "++":
		return function{name, 2, false, true, concatenate}, true
	case "isEmpty":
		return function{name, 1, true, false, isEmpty}, true
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
	}
	return lookupStrings(name)
}

func lookupStrings(name string) (function, bool) {
	switch name {
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
	f := n.ready.function
	switch {
	case len(n.Args) != f.arity:
		return failure(n, fmt.Sprintf("%s takes %d arguments, not %d", f.name, f.arity, len(n.Args)))
	case v.before42() && strings.HasPrefix(f.name, stringsModule):
		return unknown(n, f.name+" exists since Mule 4.2")
	}
	if f.arity == 2 && n.Args[1].Bare().Kind == Regex {
		return v.callRegex(n, f)
	}
	args, r := v.all(n.Args, true)
	switch {
	case args == nil:
		return r
	case f.run == nil:
		return unknown(n, n.Name+" needs a regular expression")
	}
	size := 0
	for _, arg := range args {
		size += len(arg.Text) + len(arg.Items)
	}
	if !v.spend(size) {
		return tooLarge(n)
	}
	return f.run(v, n, args)
}

// sinceNull gives what a function makes of null since DataWeave 2.4 (Mule 4.4); before it, it is an error.
func (v *evaluator) sinceNull(n *Node, result *source.Value) Result {
	if v.flex() {
		return failure(n, n.Name+" of null is not among the forms that Flex Gateway documents")
	}
	if v.version == nil {
		v.version = n
	}
	if v.since24 {
		return value(result)
	}
	return failure(n, n.Name+" of null is an error before Mule 4.4 (DataWeave 2.4)")
}

// undocumented answers for arguments that no documented form of a function takes.
func (v *evaluator) undocumented(n *Node, args []*source.Value) Result {
	kinds := make([]string, len(args))
	for i, arg := range args {
		kinds[i] = arg.Kind.String()
	}
	return unknown(n, "what "+n.Name+" makes of "+strings.Join(kinds, " and ")+" is not documented")
}

func contains(v *evaluator, n *Node, args []*source.Value) Result {
	switch {
	case isNull(args[0]):
		return v.sinceNull(n, boolean(false))
	case args[0].Is(source.List):
		return v.listContains(n, args[0].Items, args[1])
	case args[0].Is(source.String) && args[1].Is(source.String):
		return value(boolean(strings.Contains(args[0].Text, args[1].Text)))
	default:
		return v.undocumented(n, args)
	}
}

func (v *evaluator) listContains(n *Node, items []*source.Value, wanted *source.Value) Result {
	result := No
	for _, item := range items {
		switch v.equal(item, wanted, 0) {
		case Yes:
			return value(boolean(true))
		case Maybe:
			result = Maybe
		}
	}
	return answered(result, n, "whether the list contains this value is not known")
}

func concatenate(v *evaluator, n *Node, args []*source.Value) Result {
	a, b := args[0], args[1]
	if !v.produce(len(a.Text) + len(b.Text) + len(a.Items) + len(b.Items)) {
		return tooLarge(n)
	}
	switch {
	case a.Is(source.String) && b.Is(source.String):
		return value(text(a.Text + b.Text))
	case a.Is(source.List) && b.Is(source.List):
		items := make([]*source.Value, 0, len(a.Items)+len(b.Items))
		return value(list(append(append(items, a.Items...), b.Items...)))
	default:
		return v.undocumented(n, args)
	}
}

func isEmpty(v *evaluator, n *Node, args []*source.Value) Result {
	switch a := args[0]; {
	case isNull(a):
		return value(boolean(true))
	case a.Is(source.String):
		return value(boolean(a.Text == ""))
	case a.Is(source.List):
		return value(boolean(len(a.Items) == 0))
	case a.Is(source.Object) && restOf(a) == nil:
		return value(boolean(len(a.Members) == 0))
	default:
		return v.undocumented(n, args)
	}
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
		return v.undocumented(n, args)
	}
}

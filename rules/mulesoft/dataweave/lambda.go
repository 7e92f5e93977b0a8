package dataweave

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// The functions that take a lambda.
const (
	filterName = "filter"
	mapName    = "map"
	someName   = arraysModule + "some"
	everyName  = arraysModule + "every"
)

// parameterComma is between the names of a lambda's parameters.
const parameterComma = ", "

func (f *function) takesLambda() bool { return f.lambdaParameters() > 0 }

// lambdaParameters is how many parameters the function gives its lambda: the item, and its index.
func (f *function) lambdaParameters() int {
	switch f.name {
	case filterName, mapName:
		return 2
	case someName, everyName:
		return 1
	}
	return 0
}

// plainHeader is a header that declares nothing: only the output and what is imported of modules.
// Its words are one blank apart.
var plainHeader = source.Lazy[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(`^%dw 2\.[0-9]( output application/(java|json)| ` +
		importing + `)* ---$`)
}}

// importing is the clause of a header that imports functions of a module: all, or by their names.
const importing = `import (\*|\w+(?: ?, ?\w+)*) from (dw::core::(?:Arrays|Strings))`

var importClause = source.Lazy[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(importing)
}}

// header is the header of a script with its words one blank apart.
func (n *Node) header() string { return strings.Join(strings.Fields(n.Text), " ") }

// runs reports whether we know what a script's header does.
func (n *Node) runs() bool {
	if !plainHeader.Value().MatchString(n.header()) {
		return false
	}
	for _, i := range n.imports() {
		for _, name := range i.names {
			if _, found := lookup(i.module + name); !found {
				return false
			}
		}
	}
	return true
}

// imported is what a header imports: the functions of a module with these names, or all.
type imported struct {
	module string
	names  []string // none for all
}

func (n *Node) imports() []imported {
	var all []imported
	for _, clause := range importClause.Value().FindAllStringSubmatch(n.header(), -1) {
		i := imported{module: clause[2] + "::"}
		if clause[1] != "*" {
			i.names = strings.Fields(strings.ReplaceAll(clause[1], ",", " "))
		}
		all = append(all, i)
	}
	return all
}

// script evaluates a script. What another value than a boolean is as JSON, and what a policy makes
// of that, is not documented.
func (v *evaluator) script(n *Node) Result {
	r := v.eval(n.Args[0])
	if r.Value != nil && !r.Value.Is(source.Bool) &&
		strings.Contains(n.header(), "output application/json") {
		return unknown(n, "how a policy handles the output application/json is documented only "+
			"for a boolean")
	}
	return r
}

// importModules notes at each call in a script which module its function is imported from.
func (n *Node) importModules(d Dialect) {
	if n.Kind != Script || d == Flex || !n.runs() {
		return
	}
	for _, i := range n.imports() {
		for call := range n.All() {
			_, found := lookup(i.module + call.Name)
			if named := i.names == nil || slices.Contains(i.names, call.Name); found && named &&
				call.Kind == Call {
				call.prepared.module = i.module
			}
		}
	}
}

// lookup finds the function that a call names.
func (n *Node) lookup() (function, bool) { return lookup(n.prepared.module + n.Name) }

// hasLambda reports whether a node is a call with a lambda that is run.
func (n *Node) hasLambda() bool {
	return n.Kind == Call && len(n.Args) == 2 && n.Args[1].hasParameter()
}

// bindParameters marks each $ and $$, or name, by which a lambda has its item and the index. The
// lambda is run where it is plain what belongs to it: "filter ($ == 'a')", "filter $ == 'a'",
// "filter ((role, index) -> role == 'a')" or "filter(list, $ == 'a')". That of another function is
// not run.
func bindParameters(root *Node, d Dialect) {
	var run []*Node
	for n := range root.All() {
		f, _ := n.lookup()
		if d == Flex || !f.takesLambda() || n.Kind != Call || len(n.Args) != 2 ||
			n.Infix && !n.Args[1].isPlainLambda() {
			continue // Flex Gateway has no lambdas
		}
		names := []string{"$", "$$"}
		body := n.Args[1].Bare()
		if body.Kind == Lambda {
			names = strings.Split(body.Name, parameterComma)
		}
		switch most := f.lambdaParameters(); {
		case body.Kind != Lambda:
			n.Args[1].bind(names[:most])
		case len(names) <= most:
			run, body.Text = append(run, body), ""
			body.Args[0].bind(names)
		}
	}
	for n := range root.All() {
		if n.Kind == Lambda && !slices.Contains(run, n) {
			n.Kind, n.Name, n.Args = Unsupported, lambda, nil
		}
	}
}

// isPlainLambda reports whether it is plain where the right operand of a function ends that may be
// a lambda: at its bracket, or before the next function between operands, which binds looser than
// all else (Precedence in DataWeave). A named lambda would take that function too, or not.
func (n *Node) isPlainLambda() bool {
	if n.Kind == Lambda {
		return !isLoose(n.Args[0])
	}
	return n.Kind == Group || n.Kind != Unsupported && n.hasDollar()
}

// hasDollar reports whether a node has the $ of a lambda.
func (n *Node) hasDollar() bool {
	for below := range n.All() {
		if below.Kind == Unsupported && below.Name == lambdaParameter {
			return true
		}
	}
	return false
}

// bind marks the parameters with these names that are of this lambda, and of no other one in it.
func (n *Node) bind(names []string) {
	switch {
	case n.Kind == Unsupported && n.Name == lambdaParameter:
		n.prepared.parameter = slices.Index(names, n.Text) + 1
	case n.Kind == Root && slices.Contains(names, n.Name):
		n.prepared.parameter = slices.Index(names, n.Name) + 1
		n.Kind, n.Name, n.Text = Unsupported, lambdaParameter, n.Name
	}
	args := n.Args
	if f, _ := n.lookup(); n.Kind == Call && f.takesLambda() && len(args) > 0 {
		args = args[:1]
	}
	for _, arg := range args {
		arg.bind(names)
	}
}

// hasParameter reports whether a node is a lambda by its $.
func (n *Node) hasParameter() bool {
	for below := range n.All() {
		if below.prepared.parameter > 0 || below.Kind == Lambda {
			return true
		}
	}
	return false
}

// callLambda runs a lambda on the items of a list (DataWeave reference, filter and map of
// dw::Core, some and every of dw::core::Arrays). Of filter and map it is not documented whether
// Mule runs the lambda on items that nobody asks for; some and every go from item to item until
// one decides.
func (v *evaluator) callLambda(n *Node, f function) Result {
	if !n.hasLambda() {
		if r := v.eval(n.Args[1]); r.Unknown != nil {
			return fromOperand(r, true) // a lambda of another form
		}
		return unknown(n, "what %s gives without a lambda is not documented", n.Name)
	}
	makesList := f.name == filterName || f.name == mapName
	from, r := v.operands(n.Args[:1], true)
	switch {
	case from == nil:
		return r
	case isNull(from[0]) && makesList:
		return v.nothing(n)
	case !from[0].Is(source.List):
		return undocumented(n, from...)
	case f.name == everyName && len(from[0].Items) == 0:
		return unknown(n, "what every gives for an empty list is not documented")
	}
	outer := v.parameters
	defer func() { v.parameters = outer }()
	kept := make([]*source.Value, 0, len(from[0].Items))
	for i, item := range from[0].Items {
		v.parameters = [...]*source.Value{item, number(i)}
		got := v.eval(n.Args[1])
		switch {
		case got.Unknown != nil:
			return fromOperand(got, true)
		case got.Failure != nil && makesList:
			return unknown(n, "the lambda of %s fails on an item: %s", f.name, got.Failure.Why)
		case got.Failure != nil:
			return got
		case f.name == mapName:
			kept = append(kept, got.Value)
			continue
		case !got.Value.Is(source.Bool):
			return undocumented(n, from[0], got.Value)
		case isTrue(got.Value):
			kept = append(kept, item)
		}
		if !makesList && isTrue(got.Value) == (f.name == someName) {
			return v.truthValue(f.name == someName)
		}
	}
	if makesList {
		return value(list(kept))
	}
	return v.truthValue(f.name == everyName)
}

package dataweave

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// The functions that take a lambda.
const (
	filterName = "filter"
	someName   = arraysModule + "some"
	everyName  = arraysModule + "every"
)

func (f *function) takesLambda() bool {
	return slices.Contains([]string{filterName, someName, everyName}, f.name)
}

// plainHeader is a header that declares nothing: only the output and what is imported of modules.
// Its words are one blank apart.
var plainHeader = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^%dw 2\.[0-9]( output application/(java|json)| ` +
		importing + `)* ---$`)
})

// importing is the clause of a header that imports functions of a module: all, or by their names.
const importing = `import (\*|\w+(?: ?, ?\w+)*) from (dw::core::(?:Arrays|Strings))`

var importClause = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(importing) })

// header is the header of a script with its words one blank apart.
func (n *Node) header() string { return strings.Join(strings.Fields(n.Text), " ") }

// runs reports whether we know what a script's header does.
func (n *Node) runs() bool {
	if !plainHeader().MatchString(n.header()) {
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
	for _, clause := range importClause().FindAllStringSubmatch(n.header(), -1) {
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

// bindParameters marks each $, or name, by which a lambda has its item. The lambda is run where
// brackets say what belongs to it: "filter ($ == 'a')", "filter ((role) -> role == 'a')" or
// "filter(list, $ == 'a')". Of one without brackets the reading depends on what binds closer. It
// is not run, nor is that of another function.
func bindParameters(root *Node, d Dialect) {
	var run []*Node
	for n := range root.All() {
		f, _ := n.lookup()
		bracketed := n.Kind == Call && len(n.Args) == 2 &&
			(!n.Infix || n.Args[1].Kind == Group)
		if d == Flex || !f.takesLambda() || !bracketed {
			continue // Flex Gateway has no lambdas
		}
		if body := n.Args[1].Bare(); body.Kind == Lambda {
			run = append(run, body)
			body.Args[0].bind(body.Name)
		} else {
			n.Args[1].bind("$")
		}
	}
	for n := range root.All() {
		if n.Kind == Lambda && !slices.Contains(run, n) {
			n.Kind, n.Name, n.Args = Unsupported, lambda, nil
		}
	}
}

// bind marks each parameter of this name that is of this lambda, and of no other one in it.
func (n *Node) bind(parameter string) {
	switch {
	case n.Kind == Unsupported && n.Name == lambdaParameter && n.Text == parameter:
		n.prepared.parameter = true
	case n.Kind == Root && n.Name == parameter:
		n.Kind, n.Name, n.Text = Unsupported, lambdaParameter, parameter
		n.prepared.parameter = true
	}
	args := n.Args
	if f, _ := n.lookup(); n.Kind == Call && f.takesLambda() && len(args) > 0 {
		args = args[:1]
	}
	for _, arg := range args {
		arg.bind(parameter)
	}
}

// hasParameter reports whether a node is a lambda by its $.
func (n *Node) hasParameter() bool {
	for below := range n.All() {
		if below.prepared.parameter || below.Kind == Lambda {
			return true
		}
	}
	return false
}

// callLambda runs a lambda on the items of a list (DataWeave reference, filter of dw::Core, some
// and every of dw::core::Arrays). Of filter it is not documented whether Mule runs the lambda on
// items that nobody asks for; some and every go from item to item until one decides.
func (v *evaluator) callLambda(n *Node, f function) Result {
	if !n.hasLambda() {
		if r := v.eval(n.Args[1]); r.Unknown != nil {
			return fromOperand(r, true) // a lambda of another form
		}
		return unknown(n, "what %s gives without a lambda is not documented", n.Name)
	}
	from, r := v.operands(n.Args[:1], true)
	switch {
	case from == nil:
		return r
	case isNull(from[0]) && f.name == filterName:
		return v.nothing(n)
	case !from[0].Is(source.List):
		return undocumented(n, from...)
	case f.name == everyName && len(from[0].Items) == 0:
		return unknown(n, "what every gives for an empty list is not documented")
	}
	outer := v.parameter
	defer func() { v.parameter = outer }()
	kept := make([]*source.Value, 0, len(from[0].Items))
	for _, item := range from[0].Items {
		v.parameter = item
		fits := v.eval(n.Args[1])
		switch {
		case fits.Unknown != nil:
			return fromOperand(fits, true)
		case fits.Failure != nil && f.name == filterName:
			return unknown(n, "the lambda of filter fails on an item: %s", fits.Failure.Why)
		case fits.Failure != nil:
			return fits
		case !fits.Value.Is(source.Bool):
			return undocumented(n, from[0], fits.Value)
		case fits.Value.Text == "true":
			kept = append(kept, item)
		}
		if f.name != filterName && (fits.Value.Text == "true") == (f.name == someName) {
			return value(source.NewBool(f.name == someName))
		}
	}
	if f.name == filterName {
		return value(list(kept))
	}
	return value(source.NewBool(f.name == everyName))
}

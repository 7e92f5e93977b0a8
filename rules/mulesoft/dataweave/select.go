package dataweave

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// selectName reads a member. A key that is not there gives null, and so does a selector on null on
// Mule.
func (v *evaluator) selectName(n *Node, target *source.Value, name string) Result {
	switch {
	case target.Is(source.Object):
		return v.selectKey(n, target, name)
	case target.Is(source.Null) && !v.flex():
		return value(null())
	case target.Is(source.List) && !v.flex():
		return v.selectEach(n, target, name)
	default:
		return unknown(n, "what %s selects from %s is not documented", v.expr.Dialect, target.Kind)
	}
}

func (v *evaluator) selectKey(n *Node, object *source.Value, name string) Result {
	if !v.spend(len(object.Members)) {
		return v.tooLarge(n)
	}
	anyCase := isHeaders(n.Args[0])
	var found *source.Value
	for _, m := range object.Members {
		switch {
		case isRest(m) || m.Key != name && (!anyCase || !strings.EqualFold(m.Key, name)):
		case found != nil:
			return unknown(n, "the name appears there twice, and which one counts is not "+
				"documented")
		default:
			found = m.Value
		}
	}
	if found != nil {
		return read(n, found)
	}
	if rest := restOf(object); rest != nil {
		return notGiven(n, "what "+name+" contains is not known: "+rest.Text)
	}
	return value(null())
}

// keyPresent says whether an object has a member. One that is null is there; a header that is null
// is known not to be sent.
func (v *evaluator) keyPresent(n *Node) Result {
	member := n.Args[0]
	r := v.eval(member.Args[0])
	if r.Value == nil {
		return fromOperand(r, !v.surelyObject(member.Args[0].Bare()))
	}
	if !r.Value.Is(source.Object) {
		return unknown(n, "what ? gives for %s is not documented", r.Value.Kind)
	}
	selected := v.selectKey(member, r.Value, member.Text)
	if selected.Unknown != nil && !selected.present() {
		return fromOperand(selected, false)
	}
	isNamed := func(m source.Member) bool { return m.Key == member.Text && !isRest(m) }
	there := !isNull(selected.Value) ||
		!isHeaders(member.Args[0]) && slices.ContainsFunc(r.Value.Members, isNamed)
	return v.truthValue(there)
}

// isHeaders reports whether a node is attributes.headers: the names in it have no case.
func isHeaders(n *Node) bool {
	n = n.Bare()
	if n.Kind != Member || n.Text != "headers" {
		return false
	}
	root := n.Args[0].Bare()
	return root.Kind == Root && root.Name == "attributes"
}

// selectEach applies a selector to every object of a list and passes over everything else in it.
// What it makes of an object without the key, where another has it, is not documented, nor of a
// list without objects.
func (v *evaluator) selectEach(n *Node, target *source.Value, name string) Result {
	var items []*source.Value
	objects := 0
	for _, item := range target.Items {
		if !item.Is(source.Object) {
			continue
		}
		objects++
		r := v.selectKey(n, item, name)
		if r.Value == nil {
			return r
		}
		if item.Find(name) != nil {
			items = append(items, r.Value)
		}
	}
	switch {
	case objects == 0:
		return unknown(n, "what a selector gives for a list without objects is not documented")
	case len(items) == 0:
		return value(null())
	case len(items) < objects:
		return unknown(n, "what a selector on a list gives for an object without that key is "+
			"not documented")
	}
	return value(list(items))
}

func (v *evaluator) index(n *Node) Result {
	operands, r := v.operands(n.Args, true)
	if operands == nil {
		return r
	}
	target, key := operands[0], operands[1]
	switch {
	case key.Is(source.String):
		return v.selectName(n, target, key.Text)
	case !key.Is(source.Number):
		return unknown(n, "what a selector of %s gives is not documented", key.Kind)
	case target.Is(source.Object) && v.flex():
		return failure(n, "Flex Gateway can't select from an object by number")
	case target.Is(source.Null) && !v.flex():
		return value(null())
	case target.Is(source.List):
		return v.item(n, target.Items, key.Text)
	case target.Is(source.String) && v.flex() && ascii(target.Text):
		var characters []*source.Value
		for _, character := range target.Text {
			characters = append(characters, source.NewString(string(character)))
		}
		return v.item(n, characters, key.Text)
	default:
		const why = "what %s selects by number from %s is not documented"
		return unknown(n, why, v.expr.Dialect, target.Kind)
	}
}

// item reads the item of a list by its number, from the end where that is negative. Out of range,
// it is null on Mule and an error on Flex Gateway.
func (v *evaluator) item(n *Node, items []*source.Value, number string) Result {
	i, ok := v.position(number)
	if !ok {
		return unknown(n, "what a selector with this number gives is not documented")
	}
	if i < 0 {
		i += int64(len(items))
	}
	if i >= 0 && i < int64(len(items)) {
		return read(n, items[i])
	}
	if v.flex() {
		return failure(n, "the index is out of range")
	}
	return value(null())
}

// position reads the number of a selector. PEL cuts a fraction off.
func (v *evaluator) position(number string) (int64, bool) {
	if i, err := strconv.ParseInt(number, 10, 64); err == nil {
		return i, true
	}
	f, ok := float(number)
	if !ok || !v.flex() || f < -1<<31 || f > 1<<31 {
		return 0, false
	}
	return int64(f), true
}

// part selects a range of the characters of a text, or of the items of a list; both ends belong
// to it, and a negative number counts from the end (DataWeave reference, to of dw::Core). What a
// range gives that runs backwards, or beyond an end, is left open.
func (v *evaluator) part(n *Node) Result {
	r := v.eval(n.Args[0])
	size := 0
	switch whole := r.Value; {
	case whole == nil:
		return fromOperand(r, true)
	case whole.Is(source.List):
		size = len(whole.Items)
	case whole.Is(source.String) && ascii(whole.Text):
		size = len(whole.Text)
	default:
		return undocumented(n, whole)
	}
	var ends [2]int
	for i := range ends {
		at, err := strconv.Atoi(n.Args[i+1].Text)
		if at < 0 || n.Args[i+1].Text == "-0" {
			at += size
		}
		if ends[i] = at; err != nil || at < 0 || at >= size {
			return unknown(n, "what a range beyond an end gives is not documented")
		}
	}
	from, to := ends[0], ends[1]+1
	switch {
	case from >= to:
		return unknown(n, "a range that runs backwards is not supported")
	case r.Value.Is(source.List):
		return value(list(r.Value.Items[from:to]))
	}
	return value(source.NewString(r.Value.Text[from:to]))
}

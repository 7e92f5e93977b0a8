package dataweave

// Answer is yes, no, or maybe where it can't be known.
type Answer uint8

// The answers.
const (
	Maybe Answer = iota
	Yes
	No
)

// Boolean says whether the value of the expression is a boolean, as far as its text alone tells: Yes where it
// can be nothing else, No where it never is one, Maybe where it depends on the input, as with vars.claimSet.admin.
func (e *Expr) Boolean() Answer { return e.Root.Boolean() }

// Boolean says whether the value of the node is a boolean, as far as its text alone tells.
func (n *Node) Boolean() Answer {
	switch n.Kind {
	case Bool, And, Or, Not, Compare:
		return Yes
	case Null, Number, String, Regex, List, Arithmetic:
		return No
	case Group:
		return n.Args[0].Boolean()
	case Default:
		return n.Args[0].Boolean().and(n.Args[1].Boolean())
	case If:
		return n.Args[1].Boolean().and(n.Args[2].Boolean())
	case Call:
		return functionBoolean(n.Name)
	default:
		return Maybe
	}
}

// and keeps what both alternatives agree on.
func (a Answer) and(b Answer) Answer {
	if a == b {
		return a
	}
	return Maybe
}

func functionBoolean(name string) Answer {
	f, ok := lookup(name)
	switch {
	case !ok:
		return Maybe
	case f.predicate:
		return Yes
	default:
		return No
	}
}

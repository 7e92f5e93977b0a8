package rules

// Want is a text that a predicate wants an input to have.
type Want struct {
	Input Input
	Text  string
}

// Wants lists the texts that a predicate wants inputs to have. Of alternatives each is listed; what stands behind a Not is
// left out.
func (p Predicate) Wants() []Want {
	var all []Want
	if p.Op == Not {
		return nil
	}
	for _, part := range p.Of {
		all = append(all, part.Wants()...)
	}
	for _, v := range p.Values {
		if text, ok := v.Str(); ok {
			all = append(all, Want{p.Input, text})
		}
	}
	return all
}

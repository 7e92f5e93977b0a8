package rules

// judgement is what a predicate comes out as, with the part of it that decided and what that part has read.
type judgement struct {
	may     may
	leaf    *Predicate
	reading Reading
	result  *SignatureResult
	answer  *Answer // where the part that decided has an answer of its own
}

// judged is a judgement that is known, or that is known to be unknown.
func judged(t Truth) judgement { return judgement{may: t.as()} }

// unknownFor is the judgement that can't be made.
func unknownFor(u *Unknown) judgement { return judgement{may: u.may(), reading: Reading{Unknown: u}} }

// judge evaluates a predicate for this request.
func (r *Request) judge(p *Predicate) judgement {
	switch p.Op {
	case And:
		return r.combine(p.Of, allOf())
	case Or:
		return r.combine(p.Of, anyOf())
	case Not:
		j := r.judge(&p.Of[0])
		j.may = j.may.not()
		return j
	}
	j := r.judgeLeaf(*p)
	if j.leaf == nil {
		j.leaf = p
	}
	return j
}

// combine evaluates parts up to the one that surely ends the series. That one is told of; where the whole is
// open, the first part that is open; else the last.
func (r *Request) combine(parts []Predicate, s series) judgement {
	var last judgement
	var unknown *judgement
	for i := range parts {
		last = r.judge(&parts[i])
		if s.next(last.may) {
			break
		}
		if !last.may.sure() && unknown == nil {
			first := last
			unknown = &first
		}
	}
	told := last
	if unknown != nil && (!s.ended || s.may().open()) {
		told = *unknown
	}
	told.may = s.may()
	return told
}

func (r *Request) judgeLeaf(p Predicate) judgement {
	switch p.Op {
	case Sent:
		return r.sent(p)
	case Readable:
		return judged(truth(r.Token != nil && r.Token.Fault == nil))
	case Verifies:
		return r.verifies(p.Key)
	case Active:
		return r.active(p)
	}
	reading := r.Read(p.Input)
	if p.overflows(reading.Value) {
		return judgement{may: fails, reading: reading, answer: p.Overflow}
	}
	m := r.holds(p, &reading)
	return judgement{may: m, reading: reading}
}

// holds evaluates an operator on what was read. It may add to the reading why the outcome is unknown.
func (r *Request) holds(p Predicate, reading *Reading) may {
	switch {
	case reading.Unknown != nil:
		return p.ofUnknown(reading.Unknown)
	case reading.Fault != "":
		return errs
	case p.Op == Present:
		return p.present(reading).as()
	case p.Op == Listed && reading.absent():
		reading.Unknown = r.nobodyListed()
		return reading.Unknown.may()
	case reading.Value == nil:
		return fails
	}
	switch p.Op {
	case After, NotAfter:
		return r.compareTime(p, reading).as()
	case Listed:
		return r.listed(reading).as()
	}
	return p.matches(reading).as()
}

// ofUnknown is what an operator makes of an input that is not known: of one that is known to be there, that
// it is present.
func (p Predicate) ofUnknown(u *Unknown) may {
	switch {
	case p.Op == Present && u.Present:
		return holds
	case p.Op == Present && u.NeverFound && p.Null:
		return u.may() &^ holds
	case p.Op == True:
		return u.may()
	case u.MayErr:
		return holds | fails | errs
	}
	return holds | fails
}

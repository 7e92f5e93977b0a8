package rules

import (
	"time"
)

// leeway is the largest tolerance for clocks that is common among gateways. Where a gateway's own is not
// documented, an instant that is missed by no more than this is unknown.
const leeway = 5 * time.Minute

// judgement is the truth of a predicate, with the part of it that decided and what that part has read.
type judgement struct {
	truth   Truth
	leaf    *Predicate
	reading Reading
	result  *SignatureResult
	answer  *Answer // where the part that decided has an answer of its own
}

// judge evaluates a predicate for this request.
func (r *Request) judge(p *Predicate) judgement {
	switch p.Op {
	case And:
		return r.combine(p.Of, No)
	case Or:
		return r.combine(p.Of, Yes)
	case Not:
		j := r.judge(&p.Of[0])
		j.truth = -j.truth
		return j
	}
	j := r.judgeLeaf(*p)
	if j.leaf == nil {
		j.leaf = p
	}
	return j
}

// combine evaluates the parts of And, which one No decides, and of Or, which one Yes decides. Otherwise the
// first Maybe, else the last part.
func (r *Request) combine(parts []Predicate, decides Truth) judgement {
	var last judgement
	var unknown *judgement
	for i := range parts {
		last = r.judge(&parts[i])
		if last.truth == decides {
			return last
		}
		if last.truth == Maybe && unknown == nil {
			first := last
			unknown = &first
		}
	}
	if unknown != nil {
		return *unknown
	}
	return last
}

func (r *Request) judgeLeaf(p Predicate) judgement {
	switch p.Op {
	case Sent:
		return r.sent(p)
	case Readable:
		return judgement{truth: truth(r.Token != nil && r.Token.Fault == nil)}
	case Verifies:
		return r.verifies(p.Key)
	case Active:
		return r.active(p)
	}
	reading := r.Read(p.Input)
	if p.overflows(reading.Value) {
		return judgement{truth: No, reading: reading, answer: p.Overflow}
	}
	holds := r.holds(p, &reading)
	return judgement{truth: holds, reading: reading}
}

// holds evaluates an operator on what was read. It may add to the reading why the outcome is unknown.
func (r *Request) holds(p Predicate, reading *Reading) Truth {
	switch {
	case reading.Unknown != nil && reading.Unknown.Present && p.Op == Present:
		return Yes
	case reading.Unknown != nil:
		return Maybe
	case reading.Fault != "":
		return No
	case p.Op == Present:
		return p.present(reading)
	case p.Op == Listed && reading.absent():
		reading.Unknown = r.nobodyListed()
		return Maybe
	case reading.Value == nil:
		return No
	}
	switch p.Op {
	case After, NotAfter:
		return r.compareTime(p, reading)
	case Listed:
		return r.listed(reading)
	}
	return p.matches(reading)
}

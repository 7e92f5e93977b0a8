package rules

import (
	"cmp"
	"net/textproto"
	"regexp"
	"slices"
)

// Effect is what a policy does to headers of a request before later policies see them. The zero
// Effect takes every header away.
type Effect struct {
	Header string         // its canonical name; empty for any header
	Names  *regexp.Regexp // of the headers' names, if Header is empty; nil for any

	// Unknown is why it is not known what becomes of the header; nil where it is taken away.
	Unknown *Unknown
}

// On reports whether a header is, or may be, one that the effect is about.
func (e *Effect) On(header string) bool {
	switch {
	case e.Header != "":
		return e.Header == header
	case e.Names != nil:
		return e.Names.MatchString(header)
	}
	return true
}

// alteration is an effect of a policy that runs, or may run, before the one that sees the request.
type alteration struct {
	Effect
	by *Policy
	at int // where the policy stands in the list
}

// seenBy is the request as one of the policies sees it: what the policies before it do to the
// headers is done.
func (r *Request) seenBy(policies []*Policy, i int, applies []Truth) *Request {
	var done []alteration
	for j, other := range policies {
		if len(other.Effects) == 0 || i == j {
			continue
		}
		first := RunsBefore(policies, j, i)
		switch happens := min(first, other.Runs(applies[j])); happens {
		case Yes, Maybe:
			for _, effect := range other.Effects {
				if happens == Maybe && effect.Unknown == nil {
					effect.Unknown = perhapsEarlier(other, first)
				}
				done = append(done, alteration{effect, other, j})
			}
		}
	}
	if done == nil {
		return r
	}
	seen := *r
	seen.altered, seen.bound = done, nil
	return &seen
}

// perhapsEarlier is why it is not known whether a policy has taken a header away by then.
func perhapsEarlier(by *Policy, first Truth) *Unknown {
	if first == Maybe {
		return &Unknown{
			Why: "the policy " + by.Asset + " removes the header, and it is not known which of " +
				"the two policies runs first",
			Need: Need{For: "the order of the policies, in each of them"},
		}
	}
	return &Unknown{
		Why: "the policy " + by.Asset + " removes the header, and it is not known whether it " +
			"applies to this request",
	}
}

// RunsBefore tells whether one of the policies runs before another one. Early ones do; else their
// orders say so. If
// neither has one, and they are in different files, the sequence of the files does. An order that
// only the deployment knows says nothing.
func RunsBefore(policies []*Policy, which, other int) Truth {
	return runsBefore(policies[which], policies[other], which < other)
}

// runsBefore also takes whether the first policy comes before the second in the list.
func runsBefore(a, b *Policy, listed bool) Truth {
	switch {
	case a.Early != b.Early:
		return TruthOf(a.Early)
	case a.Unordered || b.Unordered:
		return Maybe
	case a.Order != 0 && b.Order != 0 && a.Order != b.Order:
		return TruthOf(a.Order < b.Order)
	case a.Pos.File != b.Pos.File && a.Order == 0 && b.Order == 0:
		return TruthOf(listed)
	}
	return Maybe
}

// alteration is what has become of a header by the time that the policy sees it: the last effect
// on it; nil where there is none. Where it is not known which one is the last, it is one that is
// not known.
func (r *Request) alteration(header string) *alteration {
	header = textproto.CanonicalMIMEHeaderKey(header)
	var last *alteration
	for i := len(r.altered) - 1; i >= 0; i-- {
		switch a := &r.altered[i]; {
		case !a.On(header):
		case last == nil:
			last = a
		case last.Unknown == nil && a.Unknown != nil && !a.surelyBefore(last):
			return a
		}
	}
	return last
}

func (a *alteration) surelyBefore(other *alteration) bool {
	return a.by == other.by || runsBefore(a.by, other.by, a.at < other.at) == Yes
}

// Sent is the text of a header as the policy sees it that is being evaluated, and whether it is
// known: an empty text that is known says that there is no such header. Unknown is set where an
// earlier policy may have changed it, and where it is there with several values.
func (r *Request) Sent(header string) (text string, known bool, unknown *Unknown) {
	header = textproto.CanonicalMIMEHeaderKey(header)
	if by := r.alteration(header); by != nil {
		return "", by.Unknown == nil, by.Unknown
	}
	if slices.Contains(r.Repeated, header) {
		return "", false, repeated(header)
	}
	if blank := r.blank(FromHTTP, header); blank != nil {
		return "", false, blank
	}
	text, known = r.Headers[header]
	return text, known, nil
}

// repeated is why the text of a header is not known that is there with several values.
func repeated(header string) *Unknown {
	return &Unknown{
		Why: "the request has several " + header + " headers, and gateways differ on which of " +
			"them counts",
	}
}

// SentNames lists the headers that were given, and those that an earlier policy changes, by their
// canonical names. It is not whole where an earlier policy may have changed others.
func (r *Request) SentNames() (names []string, whole bool) {
	whole = r.HeadersWhole
	for name := range r.Headers {
		names = append(names, name)
	}
	for i := range r.altered {
		if name := r.altered[i].Header; name == "" {
			whole = whole && r.altered[i].Unknown == nil
		} else if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, whole
}

// takenBy is the policy that takes away what a predicate reads; nil where none surely does.
func (r *Request) takenBy(leaf *Predicate) *Policy {
	if by, _ := r.alteredIn(leaf); by != nil && by.Unknown == nil {
		return by.by
	}
	return nil
}

// TakenBy is the policy that takes away what a check reads; nil where none surely does.
func (r *Result) TakenBy() *Policy { return r.request.takenBy(r.judged.leaf) }

// perhapsAltered reports whether an earlier policy may have changed what a predicate reads. Of an
// expression that names no header nobody knows which it reads.
func (r *Request) perhapsAltered(leaf *Predicate) bool {
	by, named := r.alteredIn(leaf)
	return by != nil || r.altered != nil && !named
}

// alteredIn is what has become of a header that a predicate reads, surely if that is known of any
// of them, and whether the predicate names one.
func (r *Request) alteredIn(leaf *Predicate) (by *alteration, named bool) {
	if leaf == nil {
		return nil, false
	}
	inputs := leaf.Reads()
	if leaf.Op == Sent {
		inputs = nil
		for _, at := range leaf.locations() {
			inputs = append(inputs, at.Input)
		}
	}
	for _, in := range inputs {
		if in.Source != FromHTTP {
			continue
		}
		named = true
		if by == nil || by.Unknown != nil {
			by = cmp.Or(r.alteration(in.Name), by)
		}
	}
	return by, named
}

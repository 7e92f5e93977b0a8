package source

// Continued is the member by which an answer says that its list goes on in another answer: a link
// to the next page, a mark to ask for it with, or a count of more than the list has. It is nil if
// nothing says so.
func (v *Value) Continued() *Member {
	if !v.Is(Object) {
		return nil
	}
	for i := range v.Members {
		m := &v.Members[i]
		switch {
		case m.Key == "nextLink", m.Key == "@odata.nextLink", m.Key == "odata.nextLink":
			if m.says() {
				return m
			}
		case m.Key == "metadata":
			for _, name := range []string{"continue", "remainingItemCount"} {
				if mark := m.Value.Find(name); mark.says() {
					return mark
				}
			}
		case m.Key == "total", m.Key == "count", m.Key == "@odata.count":
			if v.fewerThan(m) {
				return m
			}
		}
	}
	return v.Find("value").continued()
}

// continued is that of the answer in an envelope.
func (m *Member) continued() *Member {
	if m == nil {
		return nil
	}
	return m.Value.Continued()
}

// says reports whether a link or a mark is there. Answers that are whole may have an empty one.
func (m *Member) says() bool {
	known := m.Known()
	return known != nil && !known.Is(Null) && known.JSON() != `""` && known.Text != "0"
}

// fewerThan reports whether the longest list of the object has fewer items than a member counts. A
// count that is not a number may be of more.
func (v *Value) fewerThan(count *Member) bool {
	longest := -1
	for _, m := range v.Members {
		if m.Value.Is(List) {
			longest = max(longest, len(m.Value.Items))
		}
	}
	known := count.Known()
	n, ok := known.Int()
	return longest >= 0 && !known.Is(Null) && (!ok || n > int64(longest))
}

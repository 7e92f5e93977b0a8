package source

// Of a list of resources in JSON only those that somebody wants are read. The text is valid where
// this is asked: what is not wanted is skipped by its brackets and quotes.

// cuts reports whether parts of the items of a list are left out: the document itself, or its
// items as Kubernetes names them.
func (r *jsonReader) cuts(where *place) bool {
	return r.file.selects() && r.tokens.dec == nil &&
		(where == nil || where.parent == nil && where.key == "items")
}

// nextPart is what is wanted of the value that comes next.
func (r *jsonReader) nextPart() *part {
	start := r.next()
	if r.file.Text[start] != '{' {
		return everything()
	}
	version, kind := "", ""
	end := eachMember(r.file.Text, start, func(name string, value Span) {
		switch name {
		case "apiVersion":
			version = r.stringAt(value)
		case "kind":
			kind = r.stringAt(value)
		}
	})
	return r.file.partOf(version, kind, r.file.Text[start:end])
}

// stringAt is a string without its quotes; empty where it is none, or has escapes.
func (r *jsonReader) stringAt(s Span) string {
	text := r.file.Text[s.Start:s.End]
	for _, c := range text {
		if c == '\\' {
			return ""
		}
	}
	if text[0] != '"' {
		return ""
	}
	return string(text[1 : len(text)-1])
}

// leaveOut skips the next value.
func (r *jsonReader) leaveOut() (*Value, error) {
	start := r.next()
	end := skipJSON(r.file.Text, start)
	r.tokens.at = end - r.base
	return r.file.leftOut(Span{start, end}), r.add(start, len(r.open))
}

// eachMember goes over the members of an object, and returns the offset behind it.
func eachMember(text []byte, at int, member func(name string, value Span)) int {
	at = skipSpace(text, at+1)
	for text[at] != '}' {
		name := at
		at = skipJSON(text, at)
		key := string(text[name+1 : at-1])
		start := skipSpace(text, skipSpace(text, at)+1) // behind the colon
		at = skipJSON(text, start)
		member(key, Span{start, at})
		if at = skipSpace(text, at); text[at] == ',' {
			at = skipSpace(text, at+1)
		}
	}
	return at + 1
}

// skipJSON returns the offset behind the value that begins at at.
func skipJSON(text []byte, at int) int {
	for open := 0; ; {
		switch text[at] {
		case '{', '[':
			open++
			at++
		case '}', ']':
			open--
			at++
		case '"':
			at = skipJSONString(text, at)
		case ' ', '\t', '\r', '\n', ',', ':':
			at++
			continue
		default:
			for at < len(text) && isOfWord(text[at]) {
				at++
			}
		}
		if open == 0 {
			return at
		}
	}
}

func skipJSONString(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// isOfWord reports whether a byte belongs to a number, to true, false or null.
func isOfWord(c byte) bool { return isOfNumber(c) || c >= 'a' && c <= 'z' }

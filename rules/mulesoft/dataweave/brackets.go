package dataweave

// stringEnd returns the offset behind the string that begins at start.
func stringEnd(text string, start int) int {
	for pos := start + 1; pos < len(text); pos++ {
		switch text[pos] {
		case '\\':
			pos++
		case text[start]:
			return pos + 1
		}
	}
	return len(text)
}

// balanced returns the offset behind the bracket that closes the one at start, or 0.
func balanced(text string, start int) int {
	var open []byte
	for pos := start; pos < len(text); {
		c := text[pos]
		switch c {
		case '\'', '"', '`':
			pos = stringEnd(text, pos)
			continue
		case '(', '[', '{':
			open = append(open, closing(c))
		case ')', ']', '}':
			if open[len(open)-1] != c {
				return 0
			}
			open = open[:len(open)-1]
		}
		pos++
		if len(open) == 0 {
			return pos
		}
	}
	return 0
}

func closing(open byte) byte {
	switch open {
	case '(':
		return ')'
	case '[':
		return ']'
	default:
		return '}'
	}
}

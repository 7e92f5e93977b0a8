package source

import (
	"cmp"
	"fmt"
)

// counter counts what was read of a file, and stops the reading at its limits.
type counter struct {
	file   *File
	values int
	most   int // values; zero for maxValues
}

// add counts one value.
func (c *counter) add(offset, depth int) error {
	c.values++
	switch {
	case depth > maxDepth:
		return c.file.beyond(offset, tooDeep)
	case c.values > cmp.Or(c.most, maxValues):
		return c.file.tooMany(offset, cmp.Or(c.most, maxValues))
	}
	return nil
}

func (f *File) tooMany(offset, most int) error {
	return f.beyond(offset, fmt.Sprintf("the file has more than %d values", most))
}

// beyond is the error where a file goes beyond a limit.
func (f *File) beyond(offset int, cause string) error {
	return &Error{Pos: f.Position(offset), Cause: cause, Hints: Hints(wrongFile), Limit: true}
}

// checkJSONSize refuses JSON of very many values before any of them is made: each stands behind a bracket or
// a comma.
func (f *File) checkJSONSize() error {
	values, inString := 0, false
	for i := 0; i < len(f.Text); i++ {
		switch c := f.Text[i]; {
		case c == '"':
			inString = !inString
		case c == '\\':
			i++
		case inString:
		case c == ',', (c == '[' || c == '{') && i+1 < len(f.Text) && f.Text[i+1] != ']' && f.Text[i+1] != '}':
			values++
		}
		if values > maxValues {
			return f.tooMany(i, maxValues)
		}
	}
	return nil
}

// checkYAMLSize refuses text that would fill the memory while the YAML library reads it: each value of YAML
// needs one of these characters before it.
func (f *File) checkYAMLSize() error {
	values := 0
	for i, c := range f.Text {
		switch c {
		case ',', '[', '{':
			values++
		case ':', '-', '?':
			if i+1 < len(f.Text) && isBlankByte(f.Text[i+1]) {
				values++
			}
		}
		if values > maxValues {
			return f.tooMany(i, maxValues)
		}
	}
	return nil
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// wrongFile is the way on where a file is larger than anything that is meant to be read.
const wrongFile = "no policy, key set or app registration is like that; is this the right file?"

// tooDeep is the cause where more levels are nested than maxDepth.
const tooDeep = "values are nested more than 5000 levels deep"

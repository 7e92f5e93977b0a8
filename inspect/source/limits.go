package source

import "fmt"

// counter counts what was read of a file, and stops the reading at its limits.
type counter struct {
	file   *File
	values int
}

// add counts one value.
func (c *counter) add(offset, depth int) error {
	c.values++
	switch {
	case depth > maxDepth:
		return c.file.tooDeep(offset)
	case c.values > maxValues:
		return c.file.errorAt(offset, fmt.Sprintf("the file has more than %d values", maxValues), "")
	}
	return nil
}

func (f *File) tooDeep(offset int) error {
	return f.errorAt(offset, fmt.Sprintf("values are nested more than %d levels deep", maxDepth), "")
}

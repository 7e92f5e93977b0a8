package source

import (
	"strconv"
	"strings"
)

// fault explains why the YAML library can't read the text.
func (r *yamlReader) fault(err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		number, problem, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil {
			line, message = n, problem
		}
	}
	return r.file.errorAt(r.base+r.lines.offset(line, 1), "not YAML: "+message, "")
}

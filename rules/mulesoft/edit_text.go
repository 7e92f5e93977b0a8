package mulesoft

import "github.com/gatewhy/gatewhy/inspect/source"

// withText edits a configuration that is kept as JSON in a string: on its own, and the string is
// then replaced as a whole.
func (e *entry) withText(
	change func(inner *source.File) (*source.File, error),
) (*source.File, error) {
	inner, err := source.ReadJSON(e.file.Name, []byte(e.text.Text))
	if err != nil {
		return nil, err
	}
	if inner, err = change(inner); err != nil {
		return nil, err
	}
	return replaced(e.file, e.text, string(inner.Text))
}

// applyToText makes the edit in the text that is the configuration.
func (e edit) applyToText(of *entry, to any) (*source.File, error) {
	return of.withText(func(inner *source.File) (*source.File, error) {
		e.at = counterpart(of.config, inner.Documents[0], e.at)
		change, err := e.in(inner, inner.Documents[0], e.field, to)
		if err != nil {
			return nil, err
		}
		return inner.Edited(change)
	})
}

// replaced is a file with another value in the place of one.
func replaced(file *source.File, at *source.Value, with any) (*source.File, error) {
	change, err := file.Replace(at, with)
	if err != nil {
		return nil, err
	}
	return file.Edited(change)
}

// locked reports whether an entry can't be edited: it is a report, or a text that would not come out as it stands in the
// file, such as a block of several lines.
func (e *entry) locked() bool {
	if e.text == nil {
		return e.sealed
	}
	same, err := replaced(e.file, e.text, e.text.Text)
	return e.sealed || err != nil || string(same.Text) != string(e.file.Text)
}

// counterpart finds a value in one of two trees of the same shape, and returns the other's; nil where it is not there.
func counterpart(v, other, wanted *source.Value) *source.Value {
	if v == wanted {
		return other
	}
	for i, item := range v.Items {
		if found := counterpart(item, other.Items[i], wanted); found != nil {
			return found
		}
	}
	for i := range v.Members {
		if found := counterpart(v.Members[i].Value, other.Members[i].Value, wanted); found != nil {
			return found
		}
	}
	return nil
}

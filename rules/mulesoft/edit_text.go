package mulesoft

import "github.com/gatewhy/gatewhy/inspect/source"

// configText is a configuration that is kept as JSON in a string: it is edited on its own, and then put back as a whole.
type configText struct {
	at    *source.Value // the string
	file  *source.File  // its content alone
	shown *source.Value // the same values, where they stand in the whole file
}

// openText makes an entry's configuration one that can be edited where it is kept as text.
func (e *entry) openText(file *source.File) {
	if e.sealed || !e.config.Is(source.String) || !rewritable(file, e.config) {
		return
	}
	shown, err := source.Embedded(file, e.config)
	if err != nil || len(shown.Documents) != 1 {
		return
	}
	if inner, err := source.ReadJSON(file.Name, []byte(e.config.Text)); err == nil {
		e.text = &configText{at: e.config, file: inner, shown: shown.Documents[0]}
		e.config, e.written = inner.Documents[0], nil
	}
}

// rewritable reports whether a string that is written anew comes out as it stands in the file: not a block of several lines, and no
// escapes that need not be.
func rewritable(file *source.File, v *source.Value) bool {
	same, err := file.Replace(v, v.Text)
	if err != nil {
		return false
	}
	text, err := source.Apply(file.Text, same)
	return err == nil && string(text) == string(file.Text)
}

// value returns the value of the text that stands at a place of the whole file; nil where there is none.
func (t *configText) value(pos source.Position) *source.Value {
	return counterpart(t.shown, t.file.Documents[0], pos)
}

// counterpart finds the value at a place in one of two trees of the same shape, and returns the other's.
func counterpart(v, other *source.Value, pos source.Position) *source.Value {
	if v.Pos == pos {
		return other
	}
	for i, item := range v.Items {
		if found := counterpart(item, other.Items[i], pos); found != nil {
			return found
		}
	}
	for i := range v.Members {
		if found := counterpart(v.Members[i].Value, other.Members[i].Value, pos); found != nil {
			return found
		}
	}
	return nil
}

// put puts an edit of the text into the file.
func (t *configText) put(file *source.File, change source.Edit) (source.Edit, error) {
	text, err := source.Apply(t.file.Text, change)
	if err != nil {
		return source.Edit{}, err
	}
	return file.Replace(t.at, string(text))
}

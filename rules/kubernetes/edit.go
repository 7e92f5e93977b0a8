package kubernetes

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Step is one edit of a file, and what it does to a field.
type Step struct {
	File  *source.File
	Field rules.FieldChange
	Edit  func() (source.Edit, error)
}

// Changer makes changes of one policy of a configuration.
type Changer struct {
	Of     *rules.Configuration
	Policy *rules.Policy
	Read   func([]*source.File, rules.Options) (*rules.Configuration, error)
}

// Change is one by edits of the files, which are read again after them, or why it can't be made.
func (c Changer) Change(id, title string, steps ...Step) rules.Change {
	change := rules.Change{ID: id, Title: title, Policy: c.Policy}
	files, err := edited(c.Of.Files, steps)
	if err == nil {
		change.Edited, err = c.Read(files, c.Of.Options)
	}
	if err != nil {
		change.Refused = rules.NotEditable(err)
		return change
	}
	for _, s := range steps {
		change.Fields = append(change.Fields, s.Field)
	}
	return change
}

// Added is the edit that adds a resource beside another one: as a document behind the others, or
// as the last item of a List. It is nil where the other one is neither a document of a YAML file
// nor in a List.
func Added(beside *Resource, resource source.Fields) func() (source.Edit, error) {
	file := beside.File
	among := func(values []*source.Value) bool { // by place: what kubectl reads may be a copy
		return slices.ContainsFunc(values, func(v *source.Value) bool {
			return v.Span == beside.At.Span
		})
	}
	if file.Format == source.YAML && among(file.Documents) {
		return func() (source.Edit, error) { return file.AppendDocument(resource) }
	}
	for _, document := range file.Documents {
		kind, _ := document.Member("kind").Str()
		items := document.Member("items")
		if kind == "List" && items.Is(source.List) && among(items.Items) {
			return func() (source.Edit, error) {
				return file.InsertItem(items, len(items.Items), resource)
			}
		}
	}
	return nil
}

// edited are the files after some steps.
func edited(files []*source.File, steps []Step) ([]*source.File, error) {
	edits := make([][]source.Edit, len(files))
	for _, s := range steps {
		i := slices.Index(files, s.File)
		if i < 0 {
			return nil, &source.Error{
				Cause: "the policy is in a file that is not edited here",
				Hints: source.Hints("change it there by hand"),
			}
		}
		made, err := s.Edit()
		if err != nil {
			return nil, err
		}
		edits[i] = append(edits[i], made)
	}
	after := slices.Clone(files)
	for i := range after {
		if len(edits[i]) == 0 {
			continue
		}
		edited, err := after[i].Edited(edits[i]...)
		if err != nil {
			return nil, err
		}
		after[i] = edited
	}
	return after, nil
}

// Set is the step that gives a member of an object a text, whether it has one or not.
func Set(file *source.File, object *source.Value, path, name, to string) Step {
	from := ""
	if v := object.Member(name); v != nil {
		from = v.Text
	}
	return Step{
		file,
		rules.FieldChange{Field: path + name, From: from, To: to},
		func() (source.Edit, error) { return file.SetMember(object, name, to) },
	}
}

// Replaced is the step that gives a value another text.
func Replaced(file *source.File, v *source.Value, field, to string) Step {
	return Step{
		file,
		rules.FieldChange{Field: field, From: v.Text, To: to},
		func() (source.Edit, error) { return file.Replace(v, to) },
	}
}

// Removed is the step that takes a member of an object away.
func Removed(file *source.File, object *source.Value, path, name string) Step {
	return Step{
		file,
		rules.FieldChange{Field: path + name, From: object.Member(name).Text},
		func() (source.Edit, error) { return file.RemoveMember(object, name) },
	}
}

// Appended is the step that adds a text to a list.
func Appended(file *source.File, l List, add string) Step {
	from := strings.Join(l.Texts(), ", ")
	return Step{
		file,
		rules.FieldChange{Field: l.Field, From: from, To: from + ", " + add},
		func() (source.Edit, error) {
			return file.InsertItem(l.At, len(l.At.Items), add)
		},
	}
}

// Listed is the step that gives an object a list of texts.
func Listed(file *source.File, object *source.Value, path, name string, texts ...string) Step {
	of := ListIn(object, path, name)
	return Step{
		file,
		rules.FieldChange{
			Field: of.Field, From: strings.Join(of.Texts(), ", "), To: strings.Join(texts, ", "),
		},
		func() (source.Edit, error) { return file.SetMember(object, name, Items(texts)) },
	}
}

// Items are texts as an edit takes them.
func Items(texts []string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}

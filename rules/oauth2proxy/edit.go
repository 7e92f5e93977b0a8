package oauth2proxy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// edited is the configuration after a change of one option: set gives it a value, and add another
// one of its list.
func (e *entry) edited(
	c *rules.Configuration, name, to string, change func(*entry, setting, string) (*edit, error),
) (*rules.Configuration, rules.FieldChange, error) {
	of := e.get(name)
	field := rules.FieldChange{Field: name, From: strings.Join(of.texts(), ", "), To: to}
	if of.unknown != nil {
		return nil, field, e.byHand(of.unknown.Why, "")
	}
	made, err := change(e, of, to)
	if err != nil {
		return nil, field, err
	}
	before, after, err := made.apply()
	if err != nil {
		return nil, field, err
	}
	files := slices.Clone(c.Files)
	i := slices.Index(files, before)
	if i < 0 {
		return nil, field, e.byHand("the option is in a file that is not edited here", "")
	}
	files[i] = after
	edited, err := e.common.read(files, c.Options)
	return edited, field, err
}

// byHand is the error of a change that can only be made by hand: add says how.
func (e *entry) byHand(cause, add string) error {
	return &source.Error{
		Pos: e.at.Pos, Cause: cause, Hints: source.Hints(cmp.Or(add, "change it") + " by hand"),
	}
}

// edit is a change of one value, in its file or in the string that its file is embedded in.
type edit struct {
	given
	at   *source.Value // that make changes
	make func(*source.File, *source.Value) (source.Edit, error)
}

// apply returns the file as it was, and as it is after the edit.
func (e *edit) apply() (before, after *source.File, err error) {
	if e.holder == nil {
		change, err := e.make(e.file, e.at)
		if err != nil {
			return nil, nil, err
		}
		after, err = e.file.Edited(change)
		return e.file, after, err
	}
	inner, err := source.ReadAs(e.file.Name, []byte(e.holder.Text), e.file.Format)
	if err != nil {
		return nil, nil, err
	}
	at := e.at
	for i, document := range e.file.Documents {
		if found := document.Counterpart(inner.Documents[i], e.at); found != nil {
			at = found
		}
	}
	change, err := e.make(inner, at)
	if err != nil {
		return nil, nil, err
	}
	text, err := source.Apply(inner.Text, change)
	if err != nil {
		return nil, nil, err
	}
	change, err = e.parent.Replace(e.holder, string(text))
	if err != nil {
		return nil, nil, err
	}
	after, err = e.parent.Edited(change)
	return e.parent, after, err
}

// replacing is the edit that puts something in the place of a value.
func replacing(g given, at *source.Value, with any) *edit {
	return &edit{g, at, func(f *source.File, at *source.Value) (source.Edit, error) {
		return f.Replace(at, with)
	}}
}

// inserting is the edit that adds an item behind the others of a list.
func inserting(g given, list *source.Value, item string) *edit {
	return &edit{g, list, func(f *source.File, at *source.Value) (source.Edit, error) {
		return f.InsertItem(at, len(at.Items), item)
	}}
}

// putting is the edit that gives the object of a place a member.
func putting(g given, key string, with any) *edit {
	return &edit{g, g.object, func(f *source.File, at *source.Value) (source.Edit, error) {
		return f.SetMember(at, key, with)
	}}
}

// set is the edit that gives an option a value: in the place of the one that counts, or where the
// instance's other options are.
func set(e *entry, of setting, to string) (*edit, error) {
	if !of.set() {
		return e.adding(of.option, to)
	}
	g := of.given[len(of.given)-1]
	if g.whole != nil {
		return replacing(g, g.whole, g.before+to), nil
	}
	return replacing(g, g.value, written(of.option, g, to)), nil
}

// written is a value in the form in which a place has it.
func written(o option, g given, to string) any {
	switch {
	case o.kind == list && (g.value == nil || g.value.Is(source.List)):
		return []any{to}
	case o.kind == toggle && (g.value == nil || g.value.Is(source.Bool)):
		return to == "true"
	}
	return to
}

// add is the edit that adds a value to an option that is a list.
func add(e *entry, of setting, to string) (*edit, error) {
	if !of.set() || len(of.values) == 0 {
		return set(e, of, to)
	}
	g := of.given[len(of.given)-1]
	if g.value.Is(source.List) {
		return inserting(g, g.value, to), nil
	}
	return set(e, of, g.value.Text+","+to)
}

// adding is the edit that sets an option which nothing sets yet.
func (e *entry) adding(o option, to string) (*edit, error) {
	if o.alpha != nil && e.alpha {
		return e.addingToProvider(o, to)
	}
	for _, l := range []layer{byFile, byFlag, byVariable} {
		for i := len(e.given) - 1; i >= 0; i-- {
			g := e.given[i]
			if g.layer != l || g.object == nil {
				continue
			}
			g.value = nil
			return e.addingBeside(g, o, to)
		}
	}
	return nil, e.byHand("no place is known where the option could be set", "")
}

// addingBeside adds an option where another one is: to the file, the arguments, or the variables.
func (e *entry) addingBeside(g given, o option, to string) (*edit, error) {
	variable := variablePrefix + strings.ToUpper(o.name)
	switch {
	case g.layer == byFlag && g.object.Is(source.List):
		return inserting(g, g.object, "--"+o.flag+"="+to), nil
	case g.layer == byFlag:
		return putting(g, o.flag, to), nil
	case g.layer == byVariable && g.object.Member("name") != nil:
		return nil, e.byHand("the variables are a list", "add "+variable)
	case g.layer == byVariable:
		return putting(g, variable, to), nil
	}
	return putting(g, o.name, written(o, g, to)), nil
}

// addingToProvider adds an option to the provider of the alpha configuration.
func (e *entry) addingToProvider(o option, to string) (*edit, error) {
	inside := len(o.alpha) > 1
	for _, g := range e.given {
		if g.layer != byAlpha || len(g.option.alpha) > 1 != inside ||
			inside && g.option.alpha[0] != o.alpha[0] {
			continue
		}
		g.value = nil
		return putting(g, o.alpha[len(o.alpha)-1], written(o, g, to)), nil
	}
	return nil, e.byHand("the provider has no "+o.alpha[0]+" yet", "add it")
}

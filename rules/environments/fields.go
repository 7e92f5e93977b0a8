package environments

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// reader takes the value of one field.
type reader struct {
	name string
	read func(*source.Value) error
}

// object reads an object's members, each with its reader. A member without a reader is an error,
// and so is one that appears twice.
func object(v *source.Value, what string, readers ...reader) error {
	if !v.Is(source.Object) {
		return wrong(v, what+" must be an object", objectHint(what, readers))
	}
	for i, m := range v.Members {
		at := slices.IndexFunc(readers, func(r reader) bool { return r.name == m.Key })
		if at < 0 {
			return unknownField(m, what, readers)
		}
		same := func(before source.Member) bool { return before.Key == m.Key }
		if slices.ContainsFunc(v.Members[:i], same) {
			return twice(m, what, v.Members)
		}
		if err := readers[at].read(m.Value); err != nil {
			return err
		}
	}
	return nil
}

// objectHint shows what is expected in the place of something else than an object.
func objectHint(what string, readers []reader) string {
	if name, ok := strings.CutPrefix(what, "the environment "); ok {
		return fmt.Sprintf("such as %s: {policies: [policies/%[1]s.json]}", shorten(name))
	}
	return "its fields are " + strings.Join(namesOf(readers), ", ")
}

func namesOf(readers []reader) []string {
	return source.Each(readers, func(r reader) string { return r.name })
}

// twice refuses a member that an earlier one has the name of, and says where that is.
func twice(m source.Member, what string, all []source.Member) error {
	first := slices.IndexFunc(all, func(other source.Member) bool { return other.Key == m.Key })
	hint := fmt.Sprintf("it is already in line %d: merge the two", all[first].KeyPos.Line)
	return refusal(m.KeyPos, shorten(m.Key)+" appears twice in "+what, hint)
}

func unknownField(m source.Member, what string, readers []reader) error {
	names := namesOf(readers)
	cause := fmt.Sprintf("%q is not a field of %s", shorten(m.Key), what)
	hints := []string{"its fields are " + strings.Join(names, ", ")}
	if near := inspect.Nearest(m.Key, names, inspect.FewEdits(m.Key)); near != "" {
		hints = []string{"did you mean " + near + "?", hints[0]}
	}
	return &source.Error{Pos: m.KeyPos, Cause: cause, Hints: source.Hints(hints...)}
}

func shorten(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}

func wrong(v *source.Value, cause, hint string) error {
	return refusal(v.Pos, cause, hint)
}

func refusal(pos source.Position, cause, hint string) error {
	return &source.Error{Pos: pos, Cause: cause, Hints: source.Hints(hint)}
}

// list calls a function with each item of a list.
func list(name string, each func(*source.Value) error) reader {
	return reader{name, func(v *source.Value) error {
		if v.Is(source.Null) {
			return nil
		}
		if !v.Is(source.List) {
			return wrong(v, name+" must be a list",
				"a list is written [a, b], or one item per line after a dash")
		}
		for _, item := range v.Items {
			if err := each(item); err != nil {
				return err
			}
		}
		return nil
	}}
}

// text reads a string that is not empty. A null, as of a key with no value, is as good as absent.
func text(name string, into *entra.Text) reader {
	return reader{name, func(v *source.Value) (err error) {
		if v.Is(source.Null) {
			return nil
		}
		*into, err = textOf(name, v)
		return err
	}}
}

func textOf(name string, v *source.Value) (entra.Text, error) {
	s, ok := v.Str()
	if !ok || strings.TrimSpace(s) == "" {
		return entra.Text{}, wrong(v, name+" must be a text", textHint(v))
	}
	return entra.Text{Value: s, Pos: v.Pos}, nil
}

// textHint says how to make a text of a value that should be one.
func textHint(v *source.Value) string {
	switch {
	case v.Is(source.List):
		return "one text, and not a list"
	case v.Is(source.Object):
		return "one text, and not an object"
	case v.Is(source.Null), v.Is(source.String):
		return "leave the line out if you do not need it"
	}
	return "put it in quotes: \"" + shorten(v.Text) + "\""
}

// plain reads a string whose place nobody needs. Faults say why a text is none of its kind; they
// say nothing of one that is.
func plain(name string, into *string, faults ...func(text string) string) reader {
	return reader{name, func(v *source.Value) error {
		t, err := textOf(name, v)
		for _, fault := range faults {
			if why := fault(t.Value); err == nil && why != "" {
				err = wrong(v, name+": "+why, "")
			}
		}
		*into = t.Value
		return err
	}}
}

// perhaps reads a string that may be empty: then it is as good as absent.
func perhaps(name string, into *string) reader {
	return reader{name, func(v *source.Value) error {
		s, ok := v.Str()
		if !ok && !v.Is(source.Null) {
			return wrong(v, name+" must be a text", "")
		}
		*into = strings.TrimSpace(s)
		return nil
	}}
}

// texts reads a list of strings, or one string in its place.
func texts(name string, into *[]entra.Text) reader {
	return reader{name, func(v *source.Value) error {
		items := []*source.Value{v}
		switch {
		case v.Is(source.Null):
			return nil
		case v.Is(source.Object):
			return wrong(v, name+" must be a list of files", "such as "+name+": [FILE, FILE]")
		case v.Is(source.List):
			items = v.Items
		}
		for _, item := range items {
			t, err := textOf("each of "+name, item)
			if err != nil {
				return err
			}
			*into = append(*into, t)
		}
		return nil
	}}
}

// when reads a time that is written in a layout.
func when(name string, into *time.Time, layout, what, example string) reader {
	return reader{name, func(v *source.Value) error {
		at, err := time.Parse(layout, v.Text)
		if err != nil {
			return wrong(v, name+" must be "+what, "write it as "+example)
		}
		*into = at
		return nil
	}}
}

// Instant reads a time as --at takes it, and at: in a file of policy tests: as RFC 3339 has it, or
// in Unix seconds. An error is a [*source.Error].
func Instant(text string) (time.Time, error) {
	none := source.Position{}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return at, refusal(none, "the value is not a time", "write a time as "+
				"2026-05-06T10:00:00Z or as Unix seconds, 1778061600; issued is one second "+
				"after the token's iat")
		}
		return at, nil
	}
	at := time.Unix(seconds, 0)
	if year := at.UTC().Year(); year > 9999 || year < 0 {
		return at, refusal(none, "this number of seconds is not a date; is it milliseconds?",
			fmt.Sprintf("in seconds it would be %d", seconds/1000))
	}
	return at, nil
}

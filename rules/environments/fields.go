package environments

import (
	"fmt"
	"slices"
	"strings"
	"time"

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
		return wrong(v, what+" must be an object", "")
	}
	for i, m := range v.Members {
		at := slices.IndexFunc(readers, func(r reader) bool { return r.name == m.Key })
		if at < 0 {
			return unknownField(m, what, readers)
		}
		same := func(before source.Member) bool { return before.Key == m.Key }
		if slices.ContainsFunc(v.Members[:i], same) {
			return refusal(m.KeyPos, m.Key+" stands twice in "+what, "")
		}
		if err := readers[at].read(m.Value); err != nil {
			return err
		}
	}
	return nil
}

func unknownField(m source.Member, what string, readers []reader) error {
	names := make([]string, len(readers))
	for i, r := range readers {
		names[i] = r.name
	}
	cause := fmt.Sprintf("%q is not a field of %s", shorten(m.Key), what)
	return refusal(m.KeyPos, cause, "its fields are "+strings.Join(names, ", "))
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
			return wrong(v, name+" must be a list", "")
		}
		for _, item := range v.Items {
			if err := each(item); err != nil {
				return err
			}
		}
		return nil
	}}
}

// text reads a string that is not empty.
func text(name string, into *entra.Text) reader {
	return reader{name, func(v *source.Value) (err error) {
		*into, err = textOf(name, v)
		return err
	}}
}

func textOf(name string, v *source.Value) (entra.Text, error) {
	s, ok := v.Str()
	if !ok || strings.TrimSpace(s) == "" {
		return entra.Text{}, wrong(v, name+" must be a text", "")
	}
	return entra.Text{Value: s, Pos: v.Pos, Span: v.Span}, nil
}

// plain reads a string whose place nobody needs.
func plain(name string, into *string) reader {
	return reader{name, func(v *source.Value) error {
		t, err := textOf(name, v)
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

// day reads a date.
func day(name string, into *time.Time) reader {
	return reader{name, func(v *source.Value) error {
		at, err := time.Parse(time.DateOnly, v.Text)
		if err != nil {
			return wrong(v, name+" must be a day", "it is written 2027-01-31")
		}
		*into = at
		return nil
	}}
}

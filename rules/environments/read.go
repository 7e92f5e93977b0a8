package environments

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Read reads an environments file. Every error is a [*source.Error] at the place that is wrong.
func Read(file *source.File) (*File, error) {
	f := &File{Name: file.Name}
	if len(file.Documents) != 1 {
		return nil, &source.Error{Pos: source.Position{File: file.Name, Line: 1, Column: 1}, Cause: fmt.Sprintf("%d documents; an environments file is one", len(file.Documents))}
	}
	err := f.read(file.Documents[0])
	if err == nil {
		err = f.check(file.Documents[0])
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// reader takes the value of one field.
type reader struct {
	name string
	read func(*source.Value) error
}

// object reads an object's members with a reader each. A member that none is named for is an error, as is one that
// stands twice.
func object(v *source.Value, what string, readers ...reader) error {
	if !v.Is(source.Object) {
		return wrong(v, what+" must be an object", "")
	}
	for i, m := range v.Members {
		at := slices.IndexFunc(readers, func(r reader) bool { return r.name == m.Key })
		if at < 0 {
			return unknownField(m, what, readers)
		}
		if slices.ContainsFunc(v.Members[:i], func(before source.Member) bool { return before.Key == m.Key }) {
			return &source.Error{Pos: m.KeyPos, Cause: m.Key + " stands twice in " + what}
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
	return &source.Error{
		Pos:   m.KeyPos,
		Cause: fmt.Sprintf("%q is no field of %s", shorten(m.Key), what),
		Hint:  "its fields are " + strings.Join(names, ", "),
	}
}

func shorten(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}

func wrong(v *source.Value, cause, hint string) error {
	return &source.Error{Pos: v.Pos, Cause: cause, Hint: hint}
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

// plain reads a string of which nobody needs the place.
func plain(name string, into *string) reader {
	return reader{name, func(v *source.Value) error {
		t, err := textOf(name, v)
		*into = t.Value
		return err
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

func (f *File) read(v *source.Value) error {
	return object(
		v, "the environments file",
		reader{"version", version},
		text("tenant", &f.Tenant), text("cloud", &f.Cloud), text("jwks", &f.Keys),
		reader{"environments", f.readEnvironments},
		list("allow", f.readCrossing),
		reader{"lint", f.readLint},
	)
}

func version(v *source.Value) error {
	if n, ok := v.Int(); !ok || n != 1 {
		return wrong(v, "version must be 1", "a later version needs a later gatewhy")
	}
	return nil
}

func (f *File) readEnvironments(v *source.Value) error {
	if !v.Is(source.Object) {
		return wrong(v, "environments must be an object: a name, then what belongs to it", "")
	}
	for _, m := range v.Members {
		if _, twice := f.Environment(m.Key); twice {
			return &source.Error{Pos: m.KeyPos, Cause: "the environment " + m.Key + " stands twice"}
		}
		if err := checkName(m); err != nil {
			return err
		}
		f.Environments = append(f.Environments, Environment{Name: m.Key, Pos: m.KeyPos})
		if err := f.Environments[len(f.Environments)-1].read(m.Value); err != nil {
			return err
		}
	}
	return nil
}

// checkName refuses names that rows of the matrix have a meaning for.
func checkName(m source.Member) error {
	switch {
	case m.Key == "" || strings.ContainsAny(m.Key, "/\n"):
		return &source.Error{Pos: m.KeyPos, Cause: "an environment's name is empty or has a slash in it"}
	case m.Key == strangerRow || m.Key == otherTenantRow:
		return &source.Error{Pos: m.KeyPos, Cause: "an environment can't be called " + m.Key, Hint: "the matrix has rows of that name"}
	}
	return nil
}

func (e *Environment) read(v *source.Value) error {
	return object(
		v, "the environment "+e.Name,
		texts("policies", &e.Policies), text("contracts", &e.Contracts), text("gateway", &e.Gateway),
		texts("api", &e.API), texts("clients", &e.Clients), texts("tokens", &e.Tokens),
	)
}

func (f *File) readCrossing(v *source.Value) error {
	c := Crossing{Pos: v.Pos}
	if err := object(v, "an entry of allow", plain("from", &c.From), plain("to", &c.To), plain("reason", &c.Reason)); err != nil {
		return err
	}
	f.Allow = append(f.Allow, c)
	return nil
}

func (f *File) readLint(v *source.Value) error {
	return object(v, "lint", list("ignore", func(item *source.Value) error {
		i := Ignored{Pos: item.Pos}
		if err := object(item, "an entry of lint.ignore", plain("rule", &i.Rule), plain("path", &i.Path), plain("field", &i.Field), plain("reason", &i.Reason), day("until", &i.Until)); err != nil {
			return err
		}
		if i.Rule == "" { // that a reason is missing is a finding of lint
			return wrong(item, "an entry of lint.ignore needs a rule", "")
		}
		f.Ignore = append(f.Ignore, i)
		return nil
	}))
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

// check holds the file's parts against each other.
func (f *File) check(v *source.Value) error {
	switch {
	case v.Member("version") == nil:
		return wrong(v, "version is missing", "the first line is version: 1")
	case len(f.Environments) == 0:
		return wrong(v, "there are no environments", "environments: is an object of names; gatewhy init writes a file to start from")
	}
	if f.Cloud.Value != "" {
		if _, ok := entra.CloudByID(f.Cloud.Value); !ok {
			return &source.Error{Pos: f.Cloud.Pos, Cause: fmt.Sprintf("%q is no cloud", shorten(f.Cloud.Value)), Hint: "clouds are public, usgov, china, …: gatewhy verify --help lists them"}
		}
	}
	for _, c := range f.Allow {
		if err := f.checkCrossing(&c); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) checkCrossing(c *Crossing) error {
	if c.Reason == "" {
		return &source.Error{Pos: c.Pos, Cause: "an entry of allow needs a reason", Hint: "say why these tokens are meant to be let in, for who reads it next year"}
	}
	for _, name := range []string{c.From, c.To} {
		if _, ok := f.Environment(name); !ok {
			return &source.Error{Pos: c.Pos, Cause: fmt.Sprintf("allow names an environment %q that is not there", shorten(name)), Hint: "there are " + strings.Join(f.Names(), ", ")}
		}
	}
	return nil
}

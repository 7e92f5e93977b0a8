package source

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// wordOf11 is what a word without quotes is in YAML 1.1, where it is no text, and in YAML 1.2 it
// is one; empty of any other. go-yaml's version 2, which kubectl and Helm read with
// (sigs.k8s.io/yaml), has these words; it has no sexagesimal numbers, and all other scalars are to
// it what they are to version 3 (go.yaml.in/yaml/v2, resolve.go).
func wordOf11(text string) string {
	switch text {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON":
		return "true"
	case "n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return "false"
	}
	return ""
}

// YAML11 is a value as a reader of YAML 1.1 has it: yes, on, no and the like without quotes are
// booleans, and names of members that are such words are true and false. It is the value itself
// where it has no such words.
func (f *File) YAML11(v *Value) *Value {
	if len(f.words11) == 0 || v == nil {
		return v
	}
	made := *v
	switch v.Kind {
	case String:
		if !f.words11[v.Span.Start] {
			return v
		}
		made.Kind, made.Text = Bool, wordOf11(v.Text)
		return &made
	case List:
		made.Items = slices.Clone(v.Items)
		for i, item := range v.Items {
			made.Items[i] = f.YAML11(item)
		}
		if slices.Equal(made.Items, v.Items) {
			return v
		}
	case Object:
		made.Members = slices.Clone(v.Members)
		same := true
		for i := range made.Members {
			m := &made.Members[i]
			if f.words11[m.KeySpan.Start] {
				m.Key = wordOf11(m.Key)
			}
			m.Value = f.YAML11(m.Value)
			same = same && m.Key == v.Members[i].Key && m.Value == v.Members[i].Value
		}
		if same {
			return v
		}
	}
	return &made
}

// noteWord remembers where a word of YAML 1.1 is without quotes and without a tag.
func (f *File) noteWord(n *yaml.Node, start int) {
	if n.Style == 0 && wordOf11(n.Value) != "" {
		f.note11(start)
	}
}

func (f *File) note11(start int) {
	if f.words11 == nil {
		f.words11 = map[int]bool{}
	}
	f.words11[start] = true
}

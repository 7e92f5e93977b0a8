package report

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// fileKind says in words what a file is that is not a policy; empty where that is not known.
type fileKind string

const (
	keySetFile       fileKind = "a key set"
	environmentsFile fileKind = "an environments file"
	registrationFile fileKind = "an app registration"
)

func kindOf(file *source.File) fileKind {
	if len(file.Documents) != 1 {
		return ""
	}
	top := file.Documents[0]
	if top.Member("keys").Is(source.List) {
		return keySetFile
	}
	if top.Member("environments").Is(source.Object) {
		return environmentsFile
	}
	if _, err := entra.ReadRegistrations(file); err == nil {
		return registrationFile
	}
	return ""
}

// textOf is the text that names a file.
func (r *estateReader) textOf(texts []entra.Text, name string) entra.Text {
	for _, t := range texts {
		found, err := r.find(t)
		if err == nil && slices.ContainsFunc(found, func(f Found) bool { return f.Name == name }) {
			return t
		}
	}
	return texts[0]
}

// blame says what is wrong where the file is named, if it is of another kind than is wanted; an
// error in the file itself has its place there.
func (r *estateReader) blame(err error, texts []entra.Text, name string, wanted string) error {
	if err == nil {
		return nil
	}
	is, belongs := r.kindOf(name)
	if is == "" || is == wanted {
		return err
	}
	return &source.Error{
		Pos:   r.textOf(texts, name).Pos,
		Cause: name + " is " + is + ", and " + wanted + " is expected here",
		Hints: source.Hints(belongs),
	}
}

// The kinds of files that an environment names.
const (
	aPolicy    = "a policy"
	aContracts = "a list of contracts"
	aToken     = "a token"
)

// kindOf says what a file is, and which member of the environments file names such files; nothing
// where that is not known.
func (r *estateReader) kindOf(name string) (is, belongs string) {
	is = r.maker.KindOf(name)
	return is, map[string]string{
		aPolicy: "policies belong under policies:",
		string(registrationFile): "the API's app registration belongs under api:, those of its " +
			"clients under clients:",
		string(keySetFile):       "the key set is named by jwks:, beside environments:",
		string(environmentsFile): "its environments can be written into this file",
		aToken:                   "captured tokens belong under tokens:",
		aContracts:               "lists of contracts belong under contracts:",
	}[is]
}

// KindOf says in words what a file is: "a policy", "a key set", "an app registration", "an
// environments file", "a token" or "a list of contracts"; empty where that is not known.
func (m *Maker) KindOf(name string) string {
	text, err := m.ReadText(name)
	if err != nil {
		return ""
	}
	file, err := source.Read(name, []byte(text))
	if err == nil {
		if _, ok := m.Gateways.of(file, rules.Options{}); ok {
			return aPolicy
		}
		if kind := kindOf(file); kind != "" {
			return string(kind)
		}
	}
	if _, err := inspect.Locate(text); err == nil {
		return aToken
	}
	if _, err := m.readContracts(name); err == nil {
		return aContracts
	}
	return ""
}

// notAToken says where a file without a token is named.
func (r *estateReader) notAToken(err error, texts []entra.Text, name string) error {
	blamed := r.blame(err, texts, name, aToken)
	ours := AsError(blamed)
	if ours.Pos.File != "" {
		return blamed
	}
	return &source.Error{
		Pos: r.textOf(texts, name).Pos, Cause: name + ": " + ours.Cause, Hints: ours.Hints,
	}
}

// blameOne is blame for an error about one of several files: the first of another kind is meant.
func (r *estateReader) blameOne(
	err error, texts []entra.Text, names []string, wanted string,
) error {
	for _, name := range names {
		if blamed := r.blame(err, texts, name, wanted); blamed != err {
			return blamed
		}
	}
	return err
}

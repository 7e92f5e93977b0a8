package report

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The kinds of files, in words.
const (
	aPolicy           = "a policy"
	aKeySet           = "a key set"
	anAppRegistration = "an app registration"
	aContracts        = "a list of contracts"
	aToken            = "a token"
	anEnvironments    = "an environments file"
	aHAR              = "a HAR file"
)

// kindOf says what a file is that is not a policy; empty where that is not known.
func kindOf(file *source.File) string {
	if len(file.Documents) != 1 {
		return ""
	}
	top := file.Documents[0]
	if top.Member("keys").Is(source.List) {
		return aKeySet
	}
	if top.Member("environments").Is(source.Object) {
		return anEnvironments
	}
	if top.Member("log").Member("entries").Is(source.List) {
		return aHAR
	}
	if _, err := entra.ReadRegistrations(file); err == nil {
		return anAppRegistration
	}
	return ""
}

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
	is := r.maker.KindOf(name)
	if is == "" || is == wanted {
		return err
	}
	belongs := map[string]string{
		aPolicy: "policies belong under policies:",
		anAppRegistration: "the API's app registration belongs under api:, those of its clients " +
			"under clients:",
		aKeySet:        "the key set is named by jwks:, beside environments:",
		anEnvironments: "its environments can be written into this file",
		aToken:         "captured tokens belong under tokens:",
		aContracts:     "lists of contracts belong under contracts:",
	}[is]
	return ProblemAt(r.textOf(texts, name).Pos,
		name+" is "+is+", and "+wanted+" is expected here", belongs)
}

// KindOf says in words what a file is: "a policy", "a key set", "an app registration", "an
// environments file", "a token" or "a list of contracts"; empty where that is not known.
func (m *Maker) KindOf(name string) string {
	text, err := m.ReadBytes(name)
	if err != nil {
		return ""
	}
	file, err := source.Read(name, text)
	if err == nil {
		if _, ok := m.Gateways.of(file, rules.Options{}); ok {
			return aPolicy
		}
		if kind := kindOf(file); kind != "" {
			return kind
		}
	}
	if _, err := inspect.Locate(string(text)); err == nil {
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

// mistaken says what a file without a policy is, if that is known, and which flag takes it; else
// it returns the error as it is.
func mistaken(file *source.File, err error) error {
	kind := kindOf(file)
	hints := []string{"pass it as " + passedAs(kind, file.Name)}
	if other := otherKindOf(file.Text); kind == "" && other != nil {
		kind, hints = other.is, other.hints
	}
	if kind == "" && isChartValues(file) {
		kind = "a file with the values of a Helm chart"
		hints = []string{"pass what Helm prints with them: " +
			"helm template CHART --values FILE > policies.yaml"}
	}
	if kind == "" {
		return err
	}
	return ProblemAt(source.Position{File: file.Name}, "no policy in this file: it is "+kind,
		hints...)
}

// passedAs is the flag that takes a file of a kind, and where; empty where none does.
func passedAs(kind, name string) string {
	switch kind {
	case aPolicy:
		return "-p " + name + ", to explain, scan or test"
	case aKeySet:
		return "--jwks " + name + ", to explain, verify or scan"
	case anEnvironments:
		return "-c " + name + " --env NAME, to explain or scan; as -c " + name + ", to matrix"
	case anAppRegistration:
		return "--app " + name + ", beside a policy"
	case aHAR:
		return "@" + name + ", for its first token, to explain; as " + name + ", to scan"
	}
	return ""
}

// OrMistaken says of a file that could not be read as what was wanted which other kind it is, and
// which flag takes it; else it returns the error as it is.
func (m *Maker) OrMistaken(err error, name, wanted string) error {
	if err == nil || AsError(err).Limit { // what is too large is not read once more
		return err
	}
	is := m.KindOf(name)
	as := passedAs(is, name)
	if as == "" || is == wanted {
		return err
	}
	return ProblemAt(source.Position{File: name},
		"this is "+is+", and "+wanted+" is expected here", "pass it as "+as)
}

package environments

import (
	"errors"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// FuzzRead holds that whatever text there is, it is read or refused at a place in it.
func FuzzRead(f *testing.F) {
	for _, test := range faulty {
		f.Add(test.text)
	}
	f.Add(
		"version: 1\nenvironments:\n  dev: {policies: a.json, tokens: [a, b]}\n" +
			"allow: [{from: dev, to: dev, reason: x}]\n",
	)
	f.Add(
		"version: 1\ntests:\n" +
			"  - {name: x, token: {shape: graph, claims: {aud: null}}, expect: {status: 401}}\n",
	)
	f.Fuzz(func(t *testing.T, text string) {
		file, err := source.Read("x.yaml", []byte(text))
		if err != nil {
			return
		}
		_, err = Read(file)
		wantPlace(t, err)
		suite, err := ReadSuite(file)
		wantPlace(t, err)
		if err == nil {
			for i := range suite.Cases {
				if c := &suite.Cases[i]; c.Token.Shape.Value != "" &&
					c.Token.Make(noon).Fault != nil {
					t.Fatalf("%s: %v", c.Name, c.Token.Make(noon).Fault)
				}
			}
		}
	})
}

func wantPlace(t *testing.T, err error) {
	t.Helper()
	var placed *source.Error
	if err != nil &&
		(!errors.As(err, &placed) || placed.Pos.File != "x.yaml" || placed.Pos.Line == 0) {
		t.Fatalf("no place in: %v", err)
	}
}

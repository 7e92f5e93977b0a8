package rules

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestWhatIsAnAnswerOfAValidationEndpoint(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, refused string }{
		{"one that says active", `{"active": true}`, ""},
		{"one that says inactive", `{"active": false}`, ""},
		{"one without active that names the client", `{"client_id": "a", "scope": "x"}`, ""},
		{"one with members of the vendor's own", `{"active": true, "x": {"y": 1}}`, ""},
		{"one that only says how long", `{"expires_in": "soon"}`, ""},
		{"an error", `{"error": "invalid_client"}`, "it is an error from the endpoint"},
		{
			"an error beside a claim of activity", `{"active": true, "error": "x"}`,
			"it is an error from the endpoint",
		},
		{"nothing", `{}`, "none of the members"},
		{"an envelope", `{"data": {"active": true}}`, "none of the members"},
		{"another case", `{"ACTIVE": false}`, "use active"},
		{"another case beside", `{"client_id": "a", "Active": false}`, "use active"},
		{"active as a text", `{"active": "true"}`, "not a boolean"},
		{"active as a number", `{"active": 1}`, "not a boolean"},
		{"active as null", `{"active": null}`, "not a boolean"},
		{"a list", `[{"active": true}]`, "not an object"},
		{"a text", `"active"`, "not an object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, err := source.ReadJSON("answer.json", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			err = CheckAnswer(file.Documents[0])
			switch {
			case test.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.refused == "":
			case err == nil || !strings.Contains(err.Error(), test.refused):
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAnExpiryThatIsNoNumberIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`"soon"`, `"3600"`, `true`, `{}`, `[3600]`, `""`, `"1h"`, `"NaN"`,
	} {
		file, err := source.ReadJSON(
			"answer.json", []byte(`{"active": true, "expires_in": `+text+`}`),
		)
		if err != nil {
			t.Fatal(err)
		}
		r := claims(`{}`)
		r.Introspection = file.Documents[0]
		p := Predicate{Op: Positive, Input: Input{Source: FromIntrospection, Name: "expires_in"}}
		if got := r.judge(&p); got.may.truth() != Maybe || got.reading.Unknown == nil {
			t.Errorf("%s: got %d", text, got.may.truth())
		}
	}
}

package rules

import "testing"

func TestAnObservedAnswerFitsARowOfTheTable(t *testing.T) {
	body := func(text string) *string { return &text }
	exact := Behaviour{
		Answer:  Answer{Status: 401, Body: `{"error":"Invalid token."}`},
		Headers: []string{"www-authenticate: Bearer", "Content-Type: application/json"},
	}
	words := Behaviour{Answer: Answer{Status: 403, Says: "Invalid Client"}}
	empty := Behaviour{Answer: Answer{Status: 503, NoBody: true}}
	silent := Behaviour{Answer: Answer{Status: 401}}
	passes := Behaviour{Answer: Answer{Status: 200}}
	tests := []struct {
		name      string
		row       Behaviour
		observed  Observation
		published bool
		by        Match
		fits      bool
	}{
		{"the status alone", exact, Observation{Status: 401}, false, ByStatus, true},
		{"another status", exact, Observation{Status: 403}, false, ByNone, false},
		{
			"the body without a status", exact,
			Observation{Body: body(`{"error":"Invalid token."}`)},
			true, ByBody, true,
		},
		{
			"the body in another layout", exact,
			Observation{Status: 401, Body: body("{\n  \"error\": \"Invalid token.\"\n}\n")},
			true,
			ByBody, true,
		},
		{
			"a body of another situation", exact,
			Observation{Status: 401, Body: body("{}")},
			true,
			ByNone, false,
		},
		{
			"a body that nobody published", exact,
			Observation{Status: 401, Body: body("{}")},
			false, ByStatus, true,
		},
		{
			"any body, where the row has none published", silent,
			Observation{Status: 401, Body: body("{}")},
			true, ByStatus, true,
		},
		{
			"a header in another case", exact,
			Observation{Status: 401, Headers: []string{"WWW-Authenticate: bearer"}},
			false,
			ByHeader, true,
		},
		{
			"the header with another value", exact,
			Observation{Status: 401, Headers: []string{"WWW-Authenticate: Basic"}},
			false, ByNone,
			false,
		},
		{
			"a content type, which says nothing", exact,
			Observation{Status: 401, Headers: []string{"content-type: text/html"}},
			false,
			ByStatus, true,
		},
		{
			"a header that the row does not have", exact,
			Observation{Status: 401, Headers: []string{"server: nginx"}},
			false, ByStatus, true,
		},
		{
			"words in the body", words,
			Observation{Status: 403, Body: body(`{"error":"invalid client"}`)},
			false, ByBody,
			true,
		},
		{"an empty body", empty, Observation{Status: 503, Body: body("\n")}, false, ByBody, true},
		{
			"a body where there is none", empty,
			Observation{Status: 503, Body: body("down")},
			false, ByNone, false,
		},
		{
			"nothing known but a header", silent,
			Observation{Headers: []string{"server: nginx"}},
			false, ByStatus, false,
		},
		{"any status of success", passes, Observation{Status: 204}, false, ByStatus, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if by, fits := test.observed.fits(
				&test.row, test.published,
			); fits != test.fits ||
				fits && by != test.by {
				t.Errorf("got %s %t, want %s %t", by, fits, test.by, test.fits)
			}
		})
	}
}

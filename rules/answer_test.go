package rules

import (
	"math"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestAnInstantIsReadAsGoReadsAnyNumber(t *testing.T) {
	t.Parallel()
	const past = math.MinInt32
	for _, test := range []struct {
		kind source.Kind
		text string
		want int64
		ok   bool
	}{
		{source.Number, "1700000000", 1700000000, true},
		{source.String, "1700000000", 1700000000, true},
		{source.Number, "1700000000.9", 1700000000, true},
		{source.Number, "1.7e9", 1700000000, true},
		{source.Number, "-5", -5, true},
		{source.Number, "9223372036854775807", past, true},
		{source.Number, "1e300", past, true},
		{source.Number, "99999999999999999999", past, true},
		{source.String, "tomorrow", 0, false},
		{source.String, "NaN", 0, false},
		{source.String, "", 0, false},
		{source.Bool, "true", 0, false},
		{source.Null, "", 0, false},
	} {
		got, ok := lenientSeconds(&source.Value{Kind: test.kind, Text: test.text})
		if got != test.want || ok != test.ok {
			t.Errorf("%s %q: got %d, %v, want %d, %v", test.kind, test.text, got, ok,
				test.want, test.ok)
		}
	}
}

func TestTheRequestDecidesWhichOfSeveralAnswersItGets(t *testing.T) {
	t.Parallel()
	accept := Input{Source: FromHTTP, Name: "Accept"}
	json := Answer{Status: 401, Body: "{}"}
	page := Answer{Status: 403, Cases: []Case{{
		If:     Predicate{Op: Contains, Input: accept, Values: Literals("json")},
		Answer: json,
	}}}
	lacking := &Check{
		ID: CustomClaim, Answer: page, Test: Predicate{Op: Present, Input: Claim("team")},
	}
	for accepted, want := range map[string]int{
		"": 403, "text/html": 403, "application/json": 401,
	} {
		for name, root := range map[string]Node{
			"its own answer":     {Check: lacking},
			"that of its node":   {Any: []Node{{Check: lacking}}, Answer: &page},
			"that of a bare Any": {Any: []Node{}, Answer: &page},
		} {
			request := claims(`{"sub":"x"}`)
			request.Headers = map[string]string{"Accept": accepted}
			v := Evaluate([]*Policy{{Root: root}}, request)
			if v.Status != want {
				t.Errorf("%s, Accept %q: got %d, want %d", name, accepted, v.Status, want)
			}
		}
	}
}

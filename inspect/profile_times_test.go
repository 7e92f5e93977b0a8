package inspect

import (
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func claim(t *testing.T, text string) *source.Value {
	t.Helper()
	file, err := source.ReadJSON("claims", []byte(`{"t":`+text+`}`))
	if err != nil {
		t.Fatal(err)
	}
	return file.Documents[0].Member("t")
}

func TestReadInstantReadsATimeOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       string
		problem    TimeProblem
		known      bool
	}{
		{"whole seconds", "1700000000", "2023-11-14T22:13:20Z", NoProblem, true},
		{"zero", "0", "1970-01-01T00:00:00Z", NoProblem, true},
		{
			"the last second of the year 9999", "253402300799", "9999-12-31T23:59:59Z", NoProblem,
			true,
		},
		{"a second more", "253402300800", "", OutOfRange, false},
		{"a fraction", "1700000000.5", "2023-11-14T22:13:20Z", Fraction, true},
		{"an exponent", "1.7e9", "2023-11-14T22:13:20Z", Fraction, true},
		{"milliseconds", "1700000000000", "55840-11-08T22:13:20Z", Milliseconds, true},
		{"a negative number", "-1", "1969-12-31T23:59:59Z", Negative, true},
		{"a string of digits", `"1700000000"`, "2023-11-14T22:13:20Z", AsString, true},
		{"a date", `"2023-11-14T22:13:20Z"`, "", NotANumber, false},
		{"an empty string", `""`, "", NotANumber, false},
		{"a string that Go alone reads as a number", `"0x10"`, "", NotANumber, false},
		{"Infinity in a string", `"Inf"`, "", NotANumber, false},
		{"1e400", "1e400", "", OutOfRange, false},
		{"-1e400", "-1e400", "", OutOfRange, false},
		{"2^63", "9223372036854775808", "", OutOfRange, false},
		{"a number of 1,000 digits", "1" + string(make0(1000)), "", OutOfRange, false},
		{"an exponent that no float has", "1e-999999999", "1970-01-01T00:00:00Z", Fraction, true},
		{"a boolean", "true", "", NotANumber, false},
		{"a list", "[1700000000]", "", NotANumber, false},
		{"null", "null", "", Absent, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i := ReadInstant(claim(t, test.text))
			if i.String() != test.want || i.Problem != test.problem || i.Known() != test.known {
				t.Errorf("got %q, problem %q, known %v", i, i.Problem, i.Known())
			}
		})
	}
}

func make0(n int) []byte {
	zeros := make([]byte, n)
	for i := range zeros {
		zeros[i] = '0'
	}
	return zeros
}

func TestReadInstantOfAnAbsentClaim(t *testing.T) {
	t.Parallel()
	if i := ReadInstant(nil); i.Problem != Absent || i.Known() || i.String() != "" {
		t.Errorf("got %+v", i)
	}
}

func TestMillisecondsMeanTheTimeThatTheyGiveWhenDivided(t *testing.T) {
	t.Parallel()
	i := ReadInstant(claim(t, "1700000000123"))
	if want := time.UnixMilli(1700000000123); !i.Meant.Equal(want) {
		t.Errorf("meant %s, want %s", i.Meant, want)
	}
}

func TestRelativeSaysHowFarATimeIs(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		offset time.Duration
		want   string
	}{
		{0, "now"},
		{500 * time.Millisecond, "now"},
		{time.Second, "in 1 s"},
		{-59 * time.Second, "59 s ago"},
		{42*time.Minute + 59*time.Second, "in 42 min"},
		{-75 * time.Minute, "75 min ago"},
		{5*time.Hour + 4*time.Minute, "in 5 h 4 min"},
		{-24 * time.Hour, "24 h ago"},
		{-72 * time.Hour, "3 days ago"},
		{400 * 24 * time.Hour, "in 400 days"},
		{-4000 * 24 * time.Hour, "10 years ago"},
	}
	for _, test := range tests {
		if got := Relative(now.Add(test.offset), now); got != test.want {
			t.Errorf("%s: got %q, want %q", test.offset, got, test.want)
		}
	}
}

func TestRelativeOfATimeThousandsOfYearsAhead(t *testing.T) {
	t.Parallel()
	far := ReadInstant(claim(t, "1700000000000")).At
	now := time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)
	if got := Relative(far, now); got != "in 53814 years" {
		t.Errorf("got %q", got)
	}
}

package inspect

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// archived is a HAR file with these members of an entry each.
func archived(entries ...string) string {
	text := `{"log": {"entries": [`
	for i, entry := range entries {
		if i > 0 {
			text += ","
		}
		text += "{" + entry + "}"
	}
	return text + "]}}"
}

func sentTo(path string) string {
	return `"request": {"method": "GET", "url": "https://api.example` + path +
		`", "headers": [{"name": "authorization", "value": "Bearer eyJ.e30.x"}]}`
}

func TestAHARFileHasTheAnswerToItsRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, answer string
		want         *HTTPAnswer
	}{
		{
			"as a browser writes it",
			`{"status": 403, "headers": [{"name": ":status", "value": "403"},` +
				`{"name": "x-a", "value": "b"}], "content": {"text": "{\"error\": 1}"}}`,
			&HTTPAnswer{403, []string{"x-a: b"}, `{"error": 1}`},
		},
		{
			"in base64", `{"status": 403, "content": {"text": "bm8=", "encoding": "base64"}}`,
			&HTTPAnswer{403, nil, "no"},
		},
		{
			"in BASE64", `{"status": 403, "content": {"text": "bm8=", "encoding": "BASE64"}}`,
			&HTTPAnswer{403, nil, "no"},
		},
		{
			"in base64 that can't be read",
			`{"status": 403, "content": {"text": "??", "encoding": "base64"}}`, nil,
		},
		{"without a body", `{"status": 401}`, &HTTPAnswer{401, nil, ""}},
		{"that never came", `{"status": 0}`, nil},
		{"that is left out", `{}`, nil},
		{"that is null", `null`, nil},
		{"that is no object", `[]`, nil},
		{"with a status that is a text", `{"status": "403"}`, nil},
		{
			"with a header that is a number",
			`{"status": 403, "headers": [{"name": "content-length", "value": 2}]}`, nil,
		},
	} {
		text := archived(sentTo("/a") + `, "response": ` + tt.answer)
		token := Found{Text: "eyJ.e30.x"}
		if request, why := LocateRequest(text, token); request == nil || why != "" {
			t.Errorf("%s: the request is not read: %s", tt.name, why)
		}
		got, why := LocateAnswer("\ufeff\n"+text, token)
		if diff := cmp.Diff(tt.want, got); diff != "" || why != "" {
			t.Errorf("%s: %s %s", tt.name, why, diff)
		}
	}
}

func TestAHARFileSaysWhenItsRequestWasMade(t *testing.T) {
	t.Parallel()
	for started, want := range map[string]string{
		`"2026-05-06T10:00:00.123+02:00"`: "2026-05-06T08:00:00.123Z",
		`"yesterday"`:                     "0001-01-01T00:00:00Z",
		`17`:                              "0001-01-01T00:00:00Z",
	} {
		text := archived(`"startedDateTime": ` + started + ", " + sentTo("/a"))
		request, why := LocateRequest(text, Found{Text: "eyJ.e30.x"})
		if request == nil || request.Made.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%s: got %+v %s", started, request, why)
		}
	}
}

func TestOfSeveralRequestsWithTheTokenTheFirstThatWasRefusedCounts(t *testing.T) {
	t.Parallel()
	text := archived(
		sentTo("/ok")+`, "response": {"status": 200}`,
		sentTo("/refused")+`, "response": {"status": 403}`,
		sentTo("/again")+`, "response": {"status": 401}`,
		`"request": {"url": "https://other.example/"}, "response": {"status": 401}`,
	)
	token := Found{Text: "eyJ.e30.x"}
	request, _ := LocateRequest(text, token)
	answer, _ := LocateAnswer(text, token)
	if request == nil || request.Path != "/refused" || request.Others != 2 ||
		answer == nil || answer.Status != 403 {
		t.Errorf("%+v, %+v", request, answer)
	}
}

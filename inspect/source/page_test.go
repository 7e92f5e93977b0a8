package source

import "testing"

func TestAnAnswerSaysThatItsListGoesOn(t *testing.T) {
	t.Parallel()
	tests := []struct{ says, answer string }{
		{"nextLink", `{"value": [1], "nextLink": "https://x/?page=2"}`},
		{"@odata.nextLink", `{"@odata.nextLink": "https://x", "value": []}`},
		{"odata.nextLink", `{"odata.nextLink": "https://x", "value": [1]}`},
		{"continue", `{"items": [1], "metadata": {"continue": "eyJ2Ijoi"}}`},
		{"remainingItemCount", `{"items": [1], "metadata": {"remainingItemCount": 3}}`},
		{"total", `{"policies": [1, 2], "total": 3}`},
		{"total", `{"total": "3", "policies": [1, 2]}`},
		{"total", `{"total": "many", "policies": [1, 2]}`},
		{"total", `{"value": {"contracts": [1], "total": 2}}`},
		{"count", `{"value": [1], "count": 2}`},
		{"@odata.count", `{"value": [1], "@odata.count": 2}`},
		{"nextLink", `{"value": [1], "nextLink": true}`},
		{"nextLink", `{"value": [1], "nextLink": "", "nextLink": "https://x"}`},
		{"", `{"value": [1]}`},
		{"", `{"value": [1], "nextLink": null}`},
		{"", `{"value": [1], "nextLink": ""}`},
		{"", `{"items": [1], "metadata": {"continue": "", "resourceVersion": ""}}`},
		{"", `{"items": [1], "metadata": "none"}`},
		{"", `{"policies": [1, 2], "tiers": [], "total": 2}`},
		{"", `{"policies": [1, 2], "tiers": [1], "total": 2}`},
		{"", `{"total": null, "policies": []}`},
		{"", `{"total": 3}`},
		{"", `[1, 2]`},
		{"", `"nextLink"`},
		{"", `{"configurationData": {"nextLink": "https://x"}}`},
	}
	for _, test := range tests {
		file, err := Read("answer.json", []byte(test.answer))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if m := file.Documents[0].Continued(); m != nil {
			got = m.Key
		}
		if got != test.says {
			t.Errorf("%s: %q says so, want %q", test.answer, got, test.says)
		}
	}
}

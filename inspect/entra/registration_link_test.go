package entra

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Of two service principals of one application the first counts, whatever the case of its id.
func TestAServicePrincipalIsFoundByTheApplicationsID(t *testing.T) {
	t.Parallel()
	file, err := source.Read("apps.json", []byte(`[
		{"appId": "AAAA", "identifierUris": []}, {"appId": "cccc", "identifierUris": []},
		{"appId": "aaaa", "id": "first", "servicePrincipalType": "Application"},
		{"appId": "aaaa", "id": "second", "servicePrincipalType": "Application"}]`))
	if err != nil {
		t.Fatal(err)
	}
	d, err := ReadRegistrations(file)
	if err != nil {
		t.Fatal(err)
	}
	if d.Apps[0].Principal != d.Principals[0] || d.Apps[1].Principal != nil {
		t.Errorf("%v and %v of %v", d.Apps[0].Principal, d.Apps[1].Principal, d.Principals)
	}
}

func TestARegistrationBeyondALimitIsRefusedWithTheLimit(t *testing.T) {
	t.Parallel()
	file, err := source.Read("app.json", []byte(`{"appId": "aaaa", "identifierUris": ["x"`+
		strings.Repeat(`,"x"`, mostEntries)+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = "the app registration has more than 10000 App ID URIs, the most that are read"
	if _, err := ReadRegistrations(file); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

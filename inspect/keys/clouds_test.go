package keys_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

// listings are the ids of the clouds that list a key, with a question mark behind those of which it is not known.
func listings(sets []keys.CloudSet, k *keys.Key) string {
	var ids []string
	for _, c := range sets {
		switch {
		case c.Set == nil:
			ids = append(ids, c.Cloud.ID+"?")
		case c.Lists(k):
			ids = append(ids, c.Cloud.ID)
		}
	}
	return strings.Join(ids, " ")
}

// serving answers for some hosts with key sets of their own, for all others of Entra with none.
func (tn *tenant) serving(sets map[string][]map[string]any) {
	tn.always = func(w http.ResponseWriter, r *http.Request) {
		switch set, ok := sets[r.Host]; {
		case !ok:
			http.NotFound(w, r)
		case strings.Contains(r.URL.Path, "/discovery/"):
			tn.write(w, map[string]any{"keys": set})
		default:
			tn.answer(w, r)
		}
	}
}

func TestEveryCloudIsAskedWhichKeysItLists(t *testing.T) {
	tn := newTenant(t)
	one, two, three := publicKey(t, 0, "one"), publicKey(t, 1, "two"), publicKey(t, 2, "three")
	tn.serving(map[string][]map[string]any{
		"login.microsoftonline.com":        {one, two},
		"login.microsoftonline.us":         {two, three},
		"login.partner.microsoftonline.cn": {publicKey(t, 1, "one")}, // another key under the same kid
		"login.sovcloud-identity.fr":       {},
	})
	source := tn.source(newClock())
	source.Cache = t.TempDir()
	want := map[string]string{
		"one":   "public delos? govsg?",
		"two":   "public usgov delos? govsg?",
		"three": "usgov delos? govsg?",
	}
	check := func(sets []keys.CloudSet) {
		t.Helper()
		got := map[string]string{}
		for _, k := range setOf(t, one, two, three).Keys {
			got[k.ID] = listings(sets, k)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	check(source.CloudSets(context.Background()))

	// Offline the cache answers, and says of the others what it lacks.
	asked := len(tn.asked())
	offline := &keys.Source{Transport: noNetwork{t}, Now: source.Now, Cache: source.Cache, Offline: true}
	sets := offline.CloudSets(context.Background())
	check(sets)
	if last := sets[len(sets)-1]; last.Err == nil || !strings.Contains(last.Err.Error(), "offline, and no key set of this address is in the cache") {
		t.Errorf("%s: %v", last.Cloud.ID, last.Err)
	}
	if asked == 0 || !sets[0].Set.Cached {
		t.Errorf("%d requests, then cached %v", asked, sets[0].Set.Cached)
	}
}

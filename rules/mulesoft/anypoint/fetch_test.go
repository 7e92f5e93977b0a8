package anypoint_test

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/mulesoft/anypoint"
	"github.com/gatewhy/gatewhy/testdata/controlplane"
)

const (
	org = controlplane.Organization
	env = "22222222-2222-4222-8222-000000000001"
)

func TestTheRequestsAreThoseOfTheSpecification(t *testing.T) {
	t.Parallel()
	plane := controlplane.Estate([]string{"Dev"}, 1)
	if _, _, err := fetch(t, plane, anypoint.Wanted{Organization: org}); err != nil {
		t.Fatal(err)
	}
	manager := "GET /apimanager/api/v1/organizations/" + org
	list := "ascending=true&limit=100&offset=%d&sort=id"
	want := []string{
		"POST /accounts/api/v2/oauth2/token",
		"GET /accounts/api/organizations/" + org + "/environments",
		manager + "/environments/" + env + "/apis?" + fmt.Sprintf(list, 0),
		manager + "/environments/" + env + "/apis?" + fmt.Sprintf(list, 1),
		manager + "/automated-policies?environmentId=" + env,
		manager + "/environments/" + env + "/apis/1000",
		manager + "/environments/" + env + "/apis/1000/policies?fullInfo=false",
		manager + "/environments/" + env + "/apis/1000/contracts?" + fmt.Sprintf(list, 0) +
			"&status=APPROVED",
	}
	if diff := cmp.Diff(want, plane.Requests()); diff != "" {
		t.Error(diff)
	}
}

func TestAllPagesAndBothShapesAreRead(t *testing.T) {
	t.Parallel()
	plane := controlplane.Estate([]string{"Dev", "UAT"}, 60) // a page has 50 at most
	for i := range 120 {
		plane.Environments[0].APIs[0].Contracts = append(
			plane.Environments[0].APIs[0].Contracts, fmt.Sprint("client-", i))
	}
	for _, plane.Bare = range []bool{false, true} {
		fetched, missing, err := fetch(t, plane, anypoint.Wanted{})
		if err != nil || len(missing) > 0 {
			t.Fatal(err, missing)
		}
		dev := fetched["Dev"]
		if len(fetched) != 2 || len(dev) != 60 ||
			len(dev[0].Contracts) != 140 || dev[0].Gateway != "mule" {
			t.Errorf("bare %v: %d environments, %d APIs, %d contracts, gateway %q", plane.Bare,
				len(fetched), len(dev), len(dev[0].Contracts), dev[0].Gateway)
		}
	}
}

func TestTheTechnologyOfAnInstanceSaysItsGateway(t *testing.T) {
	t.Parallel()
	plane := controlplane.Estate([]string{"Dev"}, 1)
	for technology, want := range map[string]string{
		"mule4": "mule", "mule3": "mule", "flexGateway": "flex", "omniGateway": "flex",
		"serviceMesh": "", "": "",
	} {
		plane.Environments[0].APIs[0].Technology = technology
		fetched, _, err := fetch(t, plane, anypoint.Wanted{})
		if err != nil {
			t.Fatal(err)
		}
		if got := fetched["Dev"][0].Gateway; got != want {
			t.Errorf("the gateway of %q is %q, want %q", technology, got, want)
		}
	}
}

// What is wrong once is asked again: a list that changed, a sign-in that ran out, a busy server.
func TestWhatIsWrongOnceIsAskedAgain(t *testing.T) {
	t.Parallel()
	for name, once := range map[string]func(w http.ResponseWriter, plane *controlplane.Plane){
		"a sign-in that ran out": func(w http.ResponseWriter, _ *controlplane.Plane) {
			w.WriteHeader(http.StatusUnauthorized)
		},
		"a busy server": func(w http.ResponseWriter, _ *controlplane.Plane) {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"a server in trouble": func(w http.ResponseWriter, _ *controlplane.Plane) {
			w.WriteHeader(http.StatusBadGateway)
		},
		"a list that is changing": func(w http.ResponseWriter, _ *controlplane.Plane) {
			fmt.Fprint(w, `{"total": 9, "contracts": []}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			plane, done := controlplane.Estate([]string{"Dev"}, 1), false
			fetched, missing, err := fetch(t, http.HandlerFunc(
				func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/contracts") && !done {
						done = true
						once(w, plane)
						return
					}
					plane.ServeHTTP(w, r)
				}), anypoint.Wanted{})
			if err != nil || len(missing) > 0 || !done ||
				len(fetched["Dev"][0].Contracts) != 20 {
				t.Errorf("%v, %v", err, missing)
			}
		})
	}
}

func TestOnlyWhatIsWantedIsRead(t *testing.T) {
	t.Parallel()
	plane := controlplane.Estate([]string{"Dev", "UAT"}, 3)
	fetched, _, err := fetch(t, plane, anypoint.Wanted{
		Environments: []string{"uat"}, APIs: []string{"2001"},
	})
	if err != nil || len(fetched) != 1 || len(fetched["UAT"]) != 1 {
		t.Fatalf("%+v, %v", fetched, err)
	}
	if slices.ContainsFunc(plane.Requests(), func(r string) bool {
		return strings.Contains(r, "/apis/") && !strings.Contains(r, "/apis/2001")
	}) {
		t.Errorf("%q", plane.Requests())
	}
}

// An estate may have thousands of API instances: what was handed over is not held.
func TestAnAnswerIsHeldUntilItIsTaken(t *testing.T) {
	t.Parallel()
	var taken []weak.Pointer[source.Value]
	held := 0
	_, err := clientOf(t, controlplane.Estate([]string{"Dev"}, 9)).Fetch(
		t.Context(), anypoint.Wanted{}, func(string) {},
		func(_ *anypoint.Environment, api *anypoint.API) {
			if api == nil {
				return
			}
			runtime.GC()
			taken = append(taken, weak.Make(api.Policies))
			for _, before := range taken[:len(taken)-1] {
				if before.Value() != nil {
					held++
				}
			}
		})
	if err != nil || len(taken) != 9 || held > 0 {
		t.Errorf("%v: of %d API instances %d were held", err, len(taken), held)
	}
}

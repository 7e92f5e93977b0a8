package anypoint_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/mulesoft/anypoint"
	"github.com/gatewhy/gatewhy/testdata/controlplane"
)

// on is a handler for the paths that contain a text, and the control plane's own for the others.
func on(part string, then http.HandlerFunc) func(*controlplane.Plane) http.Handler {
	return func(plane *controlplane.Plane) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, part) {
				then(w, r)
				return
			}
			plane.ServeHTTP(w, r)
		})
	}
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func redirects(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, to, http.StatusFound)
	}
}

// endless sends a body without an end.
func endless(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, `{"data": "`)
	for r.Context().Err() == nil {
		if _, err := w.Write([]byte(strings.Repeat("a", 1<<16))); err != nil {
			return
		}
	}
}

// cutOff ends in the middle of its body.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	fmt.Fprint(w, `{"data": [`)
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}

// pages answers pages of one list.
func pages(name string, page func(offset int) (total any, items []any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset := 0
		_, _ = fmt.Sscan(r.URL.Query().Get("offset"), &offset)
		total, items := page(offset)
		text, err := json.Marshal(map[string]any{"total": total, name: items})
		if err != nil {
			panic(err)
		}
		_, _ = w.Write(text)
	}
}

func assets(from, n int) []any {
	var all []any
	for i := range n {
		all = append(all, map[string]any{"id": from + i, "apis": []any{
			map[string]any{"id": from + i},
		}})
	}
	return all
}

const apis = "/apis"

// A control plane may do what it likes: pull ends, in bounds, and says why.
func TestHostileControlPlanes(t *testing.T) {
	t.Parallel()
	var growing atomic.Int64
	for name, test := range map[string]struct {
		plane func(*controlplane.Plane) http.Handler
		want  string // of the error, or of what is missing
	}{
		"no JSON at sign-in": {on("/oauth2/token", says(200, "<html>")), "not JSON"},
		"an empty sign-in":   {on("/oauth2/token", says(200, "{}")), "no access_token"},
		"a sign-in with a number": {
			on("/oauth2/token", says(200, `{"access_token": 7}`)),
			"no access_token",
		},
		"a sign-in that redirects": {
			on("/oauth2/token", redirects("https://127.0.0.1:1/")),
			"302",
		},
		"a sign-in that is refused": {on("/oauth2/token", says(401, "")), "401 Unauthorized"},
		"it is busy for ever":       {on("/oauth2/token", says(429, "")), "429 Too Many Requests"},
		"it is broken for ever":     {on("/environments", says(500, "oops")), "500 Internal"},
		"the sign-in never counts":  {on("/environments", says(401, "")), "401 Unauthorized"},
		"no rights": {
			on("/environments", says(403, `{"message": "Forbidden"}`)),
			"403 Forbidden: Forbidden",
		},
		"environments in no list": {
			on("/environments", says(200, `{"data": {}}`)),
			"no list data",
		},
		"environments of texts": {
			on("/environments", says(200, `{"data": ["Dev"]}`)),
			"no id or no name",
		},
		"null":          {on("/environments", says(200, "null")), "no list data"},
		"nothing":       {on("/environments", says(200, "")), "not JSON"},
		"two documents": {on("/environments", says(200, "{} {}")), "not JSON"},
		"deep nesting": {
			on("/environments", says(200, strings.Repeat("[", 1<<20))),
			"not JSON",
		},
		"an endless body":           {on("/environments", endless), "more than 8 MiB"},
		"a body that is cut":        {on("/environments", cutOff), "cut off"},
		"a connection that ends":    {on("/environments", hangUp), "no connection"},
		"a redirect with the token": {on("/users/me", redirects("https://127.0.0.1:1/")), "302"},
		"no organisation":           {on("/users/me", says(200, "{}")), "which organisation"},
		"10,000 APIs": {on(apis, pages("assets", func(offset int) (any, []any) {
			return 10_000, assets(offset, 100)
		})), "more than 5000 APIs"},
		"APIs without an end": {on(apis, pages("assets", func(offset int) (any, []any) {
			return nil, assets(offset, 100)
		})), "more than 5000 APIs"},
		"the same page for ever": {on(apis, pages("assets", func(int) (any, []any) {
			return 500, assets(0, 100)
		})), "appears twice"},
		"no APIs, and a total": {on(apis, pages("assets", func(int) (any, []any) {
			return 3, []any{}
		})), "0 of 3 came"},
		"a total that grows": {on(apis, pages("assets", func(offset int) (any, []any) {
			return growing.Add(1) + 1000, assets(offset, 10)
		})), "changed while it was read"},
		"APIs without ids": {on(apis, pages("assets", func(int) (any, []any) {
			return 1, []any{map[string]any{"name": "x"}}
		})), "has no id"},
		"APIs that are numbers": {on(apis, says(200, `{"assets": [1, 2]}`)), "has no id"},
		"assets without instances": {on(apis, pages("assets", func(offset int) (any, []any) {
			return 1, []any{map[string]any{"id": 1}}[min(offset, 1):]
		})), "no list apis"},
		"policies that are a text": {
			on("/policies", says(200, `"none"`)),
			"no list policies",
		},
		"fewer policies than said": {
			on("/policies", says(200, `{"total": 2, "policies": [{}]}`)), "1 of 2 came",
		},
		"fewer environments than said": {
			on("/environments", says(200, `{"total": 2, "data": [{"id": "e", "name": "Dev"}]}`)),
			"1 of 2 came",
		},
		"automated policies that are no list": {
			on("/automated-policies", says(200, `{"items": []}`)),
			"no list automatedPolicies",
		},
		"fewer contracts than said": {
			on("/contracts", says(200, `{"total": 7, "contracts": []}`)),
			"0 of 7 came",
		},
		"contracts that are no list": {
			on("/contracts", says(200, `{"contracts": {}}`)),
			"no list contracts",
		},
		"contracts that are not had": {on("/contracts", says(403, "")), "View Contracts"},
		"an instance that is missing": {
			on("/apis/1000", says(404, `{"message": "gone"}`)),
			"404 Not Found: gone",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			said := fetchAll(t, test.plane(controlplane.Estate([]string{"Dev"}, 1)))
			runtime.ReadMemStats(&after)
			if !slices.ContainsFunc(said, func(s string) bool {
				return strings.Contains(s, test.want)
			}) {
				t.Errorf("%q, want %q", said, test.want)
			}
			if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 256 {
				t.Errorf("%d MiB allocated", mib)
			}
		})
	}
}

// fetchAll fetches everything, and returns what went wrong, with the hints.
func fetchAll(t *testing.T, plane http.Handler) []string {
	t.Helper()
	_, missing, err := fetch(t, plane, anypoint.Wanted{})
	var all []string
	for _, err := range append([]error{err}, missing...) {
		var ours *source.Error
		if errors.As(err, &ours) {
			text := ours.Error()
			for _, hint := range ours.Hints {
				text += "; " + hint.Text
			}
			all = append(all, text)
			if strings.Contains(text, controlplane.Secret) ||
				strings.Contains(text, "access-token-of") {
				t.Errorf("a secret is in %q", text)
			}
		} else if err != nil {
			t.Errorf("an error of another shape: %v", err)
		}
	}
	return all
}

// fetch fetches what is wanted, and collects the API instances of each environment.
func fetch(t *testing.T, plane http.Handler, wanted anypoint.Wanted) (
	fetched map[string][]anypoint.API, missing []error, err error,
) {
	t.Helper()
	fetched = map[string][]anypoint.API{}
	missing, err = clientOf(t, plane).Fetch(t.Context(), wanted, func(string) {},
		func(env *anypoint.Environment, api *anypoint.API) {
			all := fetched[env.Name]
			if api != nil {
				all = append(all, *api)
			}
			fetched[env.Name] = all
		})
	return fetched, missing, err
}

// clientOf is a client of a control plane, which never really waits.
func clientOf(t *testing.T, plane http.Handler) *anypoint.Client {
	t.Helper()
	server := httptest.NewTLSServer(plane)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return &anypoint.Client{
		Host: strings.TrimPrefix(server.URL, "https://"), ID: controlplane.ClientID,
		Secret: controlplane.Secret, Transport: server.Client().Transport,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// A control plane that never answers ends with the time that the caller gives it.
func TestASlowControlPlaneEndsInTime(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // the test is over
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	client := &anypoint.Client{
		Host: listener.Addr().String(), ID: "a", Secret: "b", Transport: http.DefaultTransport,
	}
	_, err = client.Fetch(ctx, anypoint.Wanted{}, func(string) {}, nil)
	if err == nil || !strings.Contains(err.Error(), "the time for all requests is over") {
		t.Errorf("%v", err)
	}
}

// Package controlplane is a small Anypoint control plane for tests: it answers what pull asks for,
// in the shapes of the specifications that package anypoint names, and keeps the requests.
package controlplane

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The organisation and the connected app of every plane.
const (
	Organization = "11111111-1111-4111-8111-111111111111"
	ClientID     = "connected-app"
	Secret       = "of-the-connected-app"
	accessToken  = "access-token-of-the-control-plane"
)

// Plane is a control plane.
type Plane struct {
	Environments []Environment
	Bare         bool // policies are a list, and not a list in an object

	mu       sync.Mutex
	requests []string
}

// Environment is an environment with its API instances.
type Environment struct {
	ID, Name  string
	Automated []any
	APIs      []API
}

// API is an API instance.
type API struct {
	ID         int
	Asset      string
	Technology string
	Policies   []any
	Contracts  []string // client ids; those that start with - are revoked
}

// Estate is an organisation with these environments, each with as many APIs. Of the last one's
// policies the audience is not checked.
func Estate(names []string, apis int) *Plane {
	p := &Plane{}
	for e, name := range names {
		env := Environment{ID: fmt.Sprintf("22222222-2222-4222-8222-%012d", e+1), Name: name}
		for a := range apis {
			api := API{
				ID: 1000*(e+1) + a, Asset: fmt.Sprintf("orders-%d-api", a+1),
				Technology: "mule4",
			}
			audience := fmt.Sprintf("api://orders-%d-%s", a+1, strings.ToLower(name))
			api.Policies = []any{JWT(api.ID, audience, e < len(names)-1)}
			for c := range 25 {
				id := fmt.Sprintf("%08d-0000-4000-8000-%012d", e+1, c+1)
				if c%5 == 0 {
					id = "-" + id
				}
				api.Contracts = append(api.Contracts, id)
			}
			env.APIs = append(env.APIs, api)
		}
		p.Environments = append(p.Environments, env)
	}
	return p
}

// JWT is a policy of JWT Validation.
func JWT(id int, audience string, checked bool) map[string]any {
	return map[string]any{
		"id": id, "policyTemplateId": "348742", "assetId": "jwt-validation",
		"groupId": "68ef9520-24e9-4cf2-b2f5-620025690913", "assetVersion": "1.4.0",
		"order": 1, "disabled": false, "pointcutData": nil, "audit": audit(),
		"configurationData": map[string]any{
			"signingMethod": "rsa", "signingKeyLength": 256, "jwtKeyOrigin": "jwks",
			"jwksUrl": "https://login.microsoftonline.com/" +
				"5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/discovery/keys",
			"skipClientIdValidation": false, "clientIdExpression": "#[vars.claimSet.appid]",
			"validateAudClaim": checked, "mandatoryAudClaim": checked,
			"supportedAudiences": audience,
			"textKey":            "a-shared-secret-of-the-policy",
		},
	}
}

// Requests are the requests so far, as "METHOD path?query".
func (p *Plane) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// ServeHTTP answers one request.
func (p *Plane) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.requests = append(p.requests, r.Method+" "+r.URL.RequestURI())
	p.mu.Unlock()
	switch {
	case r.URL.Path == "/accounts/api/v2/oauth2/token":
		p.signIn(w, r)
	case r.Header.Get("Authorization") != "Bearer "+accessToken:
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/accounts/api/users/me":
		answer(w, me(p))
	default:
		p.organization(w, r)
	}
}

func (p *Plane) signIn(w http.ResponseWriter, r *http.Request) {
	var asked map[string]string
	err := json.NewDecoder(r.Body).Decode(&asked)
	if err != nil || r.Method != http.MethodPost || asked["client_id"] != ClientID ||
		asked["client_secret"] != Secret || asked["grant_type"] != "client_credentials" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	answer(w, map[string]any{
		"access_token": accessToken, "expires_in": 3600, "token_type": "bearer",
	})
}

// me has what anypoint-cli-v4 looks for, too.
func me(p *Plane) any {
	organization := map[string]any{
		"id": Organization, "name": "Acme", "isRoot": true, "isMaster": true,
		"subOrganizationIds": []any{}, "environments": p.environments(),
		"entitlements": map[string]any{}, "properties": map[string]any{},
	}
	user := map[string]any{
		"id": "u", "username": "c", "organizationPreferences": map[string]any{},
		"organization": organization, "memberOfOrganizations": []any{organization},
		"contributorOfOrganizations": []any{organization},
	}
	return map[string]any{
		"id": "u", "username": "c", "organizationPreferences": map[string]any{},
		"memberOfOrganizations": []any{organization}, "organization": organization,
		"user":   user,
		"client": map[string]any{"client_id": ClientID, "name": "c", "org_id": Organization},
	}
}

func (p *Plane) environments() []any {
	var all []any
	for _, e := range p.Environments {
		all = append(all, map[string]any{
			"id": e.ID, "name": e.Name, "type": "sandbox", "isProduction": false,
			"organizationId": Organization,
		})
	}
	return all
}

func (p *Plane) organization(w http.ResponseWriter, r *http.Request) {
	const accounts = "/accounts/api/organizations/" + Organization
	const manager = "/apimanager/api/v1/organizations/" + Organization
	switch path := r.URL.Path; path {
	case accounts + "/environments":
		answer(w, map[string]any{
			"data": p.environments(), "total": len(p.Environments),
		})
		return
	case manager + "/automated-policies":
		for _, e := range p.Environments {
			if e.ID == r.URL.Query().Get("environmentId") {
				answer(w, map[string]any{"automatedPolicies": orEmpty(e.Automated)})
				return
			}
		}
	default:
		rest, ok := strings.CutPrefix(path, manager+"/environments/")
		if id, rest, found := strings.Cut(rest, "/apis"); ok && found {
			for i := range p.Environments {
				if p.Environments[i].ID == id {
					p.apis(w, r, &p.Environments[i], rest)
					return
				}
			}
		}
	}
	notFound(w, r)
}

func orEmpty(list []any) []any { return append([]any{}, list...) }

func (p *Plane) apis(w http.ResponseWriter, r *http.Request, e *Environment, rest string) {
	if rest == "" {
		var assets []any
		for _, a := range e.APIs {
			assets = append(assets, map[string]any{
				"id": a.ID, "assetId": a.Asset, "exchangeAssetName": a.Asset,
				"apis": []any{map[string]any{
					"id": a.ID, "assetId": a.Asset, "productVersion": "v1",
					"instanceLabel": nil,
				}},
			})
		}
		page(w, r, "assets", assets)
		return
	}
	for _, a := range e.APIs {
		id := "/" + strconv.Itoa(a.ID)
		if rest != id && !strings.HasPrefix(rest, id+"/") {
			continue
		}
		switch strings.TrimPrefix(rest, id) {
		case "":
			answer(w, map[string]any{
				"id": a.ID, "assetId": a.Asset, "technology": a.Technology,
				"status": "active", "environmentId": e.ID,
			})
			return
		case "/policies":
			if p.Bare {
				answer(w, orEmpty(a.Policies))
			} else {
				answer(w, map[string]any{"policies": orEmpty(a.Policies), "tiers": []any{}})
			}
			return
		case "/contracts":
			page(w, r, "contracts", contracts(a.Contracts, r.URL.Query().Get("status")))
			return
		}
	}
	notFound(w, r)
}

func contracts(ids []string, wanted string) []any {
	var all []any
	for i, id := range ids {
		status := "APPROVED"
		if strings.HasPrefix(id, "-") {
			status = "REVOKED"
		}
		if wanted != "" && wanted != status {
			continue
		}
		all = append(all, map[string]any{
			"id": i + 1, "status": status, "applicationId": i + 1, "tier": nil,
			"requestedTier": nil,
			"audit":         audit(),
			"application": map[string]any{
				"id": i + 1, "name": fmt.Sprintf("app %d", i+1),
				"coreServicesId": strings.TrimPrefix(id, "-"),
				"clientProvider": map[string]any{"providerId": nil},
			},
		})
	}
	return all
}

// audit is what anypoint-cli-v4 wants of every entry.
func audit() map[string]any {
	return map[string]any{
		"created": map[string]any{"date": "2026-11-01T00:00:00.000Z"}, "updated": map[string]any{},
	}
}

// page answers the part of a list that the request asks for, 20 entries where it does not say, and
// 50 at most.
func page(w http.ResponseWriter, r *http.Request, name string, all []any) {
	number := func(name string, otherwise int) int {
		n, err := strconv.Atoi(r.URL.Query().Get(name))
		if err != nil {
			return otherwise
		}
		return n
	}
	from := min(number("offset", 0), len(all))
	to := min(from+min(number("limit", 20), 50), len(all))
	answer(w, map[string]any{"total": len(all), name: orEmpty(all[from:to])})
}

func answer(w http.ResponseWriter, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // a test that goes on would look at half an answer
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // the client may have been killed
}

func notFound(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprintf(w, `{"name": "NotFoundError", "message": %q}`, "no "+r.URL.Path)
}

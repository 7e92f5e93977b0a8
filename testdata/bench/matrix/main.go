//go:build unix

// Matrix measures what gatewhy matrix costs on one core: 5, 10 and 20 environments with 500 app
// registrations and 3 policies each. It prints seconds of CPU time, which whatever else the
// machine does leaves alone, peak memory and the exponent by which time grows with the
// environments, and fails where the largest takes more than 5 seconds or 256 MiB.
//
// usage: matrix GATEWHY
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	apps       = 500
	maxSeconds = 5
	maxMemory  = 256 // MiB
	tenant     = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: matrix GATEWHY")
	}
	var before measurement
	failed := false
	for _, environments := range []int{5, 10, 20} {
		m, err := measure(os.Args[1], environments)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf(
			"%2d environments, %d apps, 3 policies each: %5.2f s, %3.0f MiB, %s\n", environments,
			apps, m.seconds, m.memory, m.summary,
		)
		if before.seconds > 0 {
			fmt.Printf(
				"   time grows with the environments to the power of %.2f\n",
				math.Log2(m.seconds/before.seconds),
			)
		}
		before, failed = m, m.seconds > maxSeconds || m.memory > maxMemory
	}
	if failed {
		fmt.Printf("too slow or too large: at most %d s and %d MiB\n", maxSeconds, maxMemory)
		os.Exit(1)
	}
}

// measurement is one run.
type measurement struct {
	seconds, memory float64
	summary         string
}

func measure(gatewhy string, environments int) (measurement, error) {
	folder, err := os.MkdirTemp("", "matrix")
	if err != nil {
		return measurement{}, err
	}
	defer os.RemoveAll(folder)
	if err := estate(folder, environments); err != nil {
		return measurement{}, err
	}
	cmd := exec.Command(
		gatewhy, "matrix", "-c", filepath.Join(folder, "gatewhy.yaml"), "-o", "json",
	)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	out, err := cmd.Output()
	m := measurement{
		seconds: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(),
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
		return m, fmt.Errorf("exit code %d: %w", code, err)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.memory = float64(usage.Maxrss) / 1024
	}
	var report struct {
		Summary struct {
			Cells, Wrong int
			Tokens       int `json:"modelled_tokens"`
			Classes      int `json:"distinct_tokens_run"`
		}
	}
	err = json.Unmarshal(out, &report)
	m.summary = fmt.Sprintf(
		"%d cells (%d wrong), %d tokens modelled, %d run", report.Summary.Cells,
		report.Summary.Wrong, report.Summary.Tokens, report.Summary.Classes,
	)
	return m, err
}

// id makes an application id that says whose it is.
func id(kind, environment, app int) string {
	return fmt.Sprintf("%08x-%04x-4000-8000-%012x", kind, environment, app)
}

// estate writes an environments file with all that it names.
func estate(folder string, environments int) error {
	var file strings.Builder
	fmt.Fprintf(&file, "version: 1\ntenant: %s\nenvironments:\n", tenant)
	for e := range environments {
		fmt.Fprintf(
			&file,
			"  env%d:\n    gateway: mule\n    policies: policies%d.json\n    contracts: "+
				"contracts%[1]d.txt\n    api: api%[1]d.json\n    clients: clients%[1]d.json\n",
			e, e,
		)
		for name, text := range map[string]string{
			"policies": policies(e), "contracts": contracts(e), "api": api(e),
		} {
			extension := ".json"
			if name == "contracts" {
				extension = ".txt"
			}
			if err := os.WriteFile(
				filepath.Join(folder, fmt.Sprint(name, e, extension)), []byte(text), 0o600,
			); err != nil {
				return err
			}
		}
		text, err := clients(e, environments)
		if err == nil {
			err = os.WriteFile(
				filepath.Join(folder, fmt.Sprint("clients", e, ".json")), text, 0o600,
			)
		}
		if err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(folder, "gatewhy.yaml"), []byte(file.String()), 0o600)
}

func api(e int) string {
	return fmt.Sprintf(`{"appId":%q,"displayName":"orders-%d",
"identifierUris":["api://orders-%[2]d"],
"api":{"oauth2PermissionScopes":[{"id":"s1","value":"ENV%[2]d.Access","type":"User"},
{"id":"s2","value":"ENV%[2]d.Admin","type":"Admin"}]},
"appRoles":[{"id":%q,"value":"ENV%[2]d.Call","allowedMemberTypes":["Application"]},
{"id":"r2","value":"ENV%[2]d.Clerk","allowedMemberTypes":["User"]}]}`,
		id(1, e, 0), e, id(3, e, 0))
}

// clients are registrations of which every fifth asks for a role of the next environment's API
// too.
func clients(e, environments int) ([]byte, error) {
	all := make([]map[string]any, apps)
	for i := range all {
		all[i] = map[string]any{
			"appId": id(2, e, i), "displayName": fmt.Sprintf("client-%d-%d", e, i),
			"identifierUris": []string{},
		}
		if i%5 == 0 {
			next := (e + 1) % environments
			all[i]["requiredResourceAccess"] = []any{map[string]any{
				"resourceAppId": id(1, next, 0), "resourceAccess": []any{
					map[string]any{"id": id(3, next, 0), "type": "Role"},
				},
			}}
		}
	}
	return json.Marshal(all)
}

// contracts has most of the environment's clients, and one of the next's.
func contracts(e int) string {
	var b strings.Builder
	for i := range apps * 9 / 10 {
		fmt.Fprintln(&b, id(2, e, i))
	}
	fmt.Fprintln(&b, id(2, e+1, 1))
	return b.String()
}

func policies(e int) string {
	return fmt.Sprintf(`[{"order":1,"assetId":"jwt-validation","assetVersion":"1.4.0",
"configurationData":{
"jwtOrigin":"httpBearerAuthenticationHeader","signingMethod":"rsa","signingKeyLength":256,
"jwtKeyOrigin":"jwks",
"jwksUrl":"https://login.microsoftonline.com/%s/discovery/keys",
"skipClientIdValidation":false,"clientIdExpression":"#[vars.claimSet.appid]",
"validateAudClaim":true,"mandatoryAudClaim":true,"supportedAudiences":"api://orders-%d",
"mandatoryExpClaim":true,
"validateCustomClaim":true,
"mandatoryCustomClaims":[{"key":"iss","value":"https://sts.windows.net/%[1]s/"}]}},
{"order":2,"assetId":"rate-limiting","assetVersion":"1.4.0","configurationData":{}},
{"order":3,"assetId":"openidconnect-access-token-enforcement","assetVersion":"1.3.0",
"configurationData":{"scopes":"","skipClientIdValidation":true}}]`, tenant, e)
}

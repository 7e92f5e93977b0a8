package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
	"github.com/gatewhy/gatewhy/testdata/oracles/witness"
)

// TestExplainSaysWhatARealGatewayAnswered asks explain itself, as a person would, with files that
// a real program was run with. That each answer is predicted is tested beside the adapter.
func TestExplainSaysWhatARealGatewayAnswered(t *testing.T) {
	t.Parallel()
	minted, err := witness.Mint(clock)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join("..", "testdata", "oracles", "oauth2-proxy", "extra-issuers")
	recorded, err := witness.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "jwks.json"), minted.Keys, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(recorded.Answers); i += oneAnswerOf {
		explainRecorded(t, dir, minted, recorded, &recorded.Answers[i])
	}
}

func explainRecorded(
	t *testing.T, dir string, minted *witness.Minted, recorded *witness.Recorded,
	answer *recording.Answer,
) {
	asked, sent := recorded.Asked(answer), minted.Token(answer.Token)
	args := []string{
		"explain", "-o", "json", "--offline", "-p", "oauth2-proxy.cfg", "--jwks", "jwks.json",
		"--method", asked.Method, "--path", asked.Path, "--no-other-headers",
	}
	for name, value := range asked.Headers {
		args = append(args, "-H", name+": "+value)
	}
	if sent.Token == "" {
		args = append(args, "--no-token")
	} else {
		args = append(args, "-H", "Authorization: "+sent.Authorization)
	}
	var stdout, stderr bytes.Buffer
	Main(Env{
		Gateways: everyGateway(), Args: args,
		Stdin: strings.NewReader(sent.Token), Stdout: &stdout, Stderr: &stderr, Dir: dir,
		Now: func() time.Time { return clock }, LookupEnv: environment(nil),
		CacheDir: func() (string, error) { return dir, nil },
	})
	var explained struct {
		Verdict struct {
			Outcome string
			Status  int
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &explained); err != nil {
		t.Errorf("%s: %v: %s", answer.Token, err, &stderr)
		return
	}
	outcome := "rejected"
	if answer.Reached {
		outcome = "accepted"
	}
	if v := explained.Verdict; v.Outcome != outcome || v.Status != answer.Status {
		t.Errorf("%s: explained as %s, %d, recorded %v", answer.Token, v.Outcome, v.Status, answer)
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/cmd"
	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
	"github.com/gatewhy/gatewhy/testdata/oracles/tokens"
)

// probe asks gatewhy probe about the program with each of its configurations, and counts the
// answers that it judges otherwise than the recordings say. The predictions are those of the same
// configuration, or of the one in a folder that is named: then what was recorded of the two says
// whether the answers differ.
func probe(folder, predictedBy string) (wrong int, err error) {
	configurations, err := filepath.Glob(filepath.Join(folder, "*", recording.RequestsFile))
	if err != nil {
		return 0, err
	}
	w, err := newWorld()
	if err != nil {
		return 0, err
	}
	defer w.close()
	if err := os.WriteFile(w.file("keys.json"), w.keys, 0o600); err != nil {
		return 0, err
	}
	for _, file := range configurations {
		configuration := filepath.Dir(file)
		p := prober{world: w, policies: predictedBy, predicted: map[string]recording.Answer{}}
		if p.policies == "" {
			p.policies = configuration
		}
		if err := p.read(configuration); err != nil {
			return 0, err
		}
		faults, asked, err := p.all(configuration)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", configuration, err)
		}
		for _, fault := range faults {
			fmt.Fprintln(os.Stderr, fault)
		}
		wrong += len(faults)
		fmt.Printf("%s: probed %d times, %d wrong\n", configuration, asked, len(faults))
	}
	return wrong, nil
}

// prober probes one configuration.
type prober struct {
	*world
	policies  string // the folder of the configuration that the predictions are of
	predicted map[string]recording.Answer
	recorded  []recording.Answer
}

// read reads what was recorded of the two configurations.
func (p *prober) read(configuration string) error {
	recorded, err := recording.Read(recording.Path(configuration))
	if err != nil {
		return err
	}
	p.recorded = recorded.Answers
	other, err := recording.Read(recording.Path(p.policies))
	if err != nil {
		return err
	}
	for _, answer := range other.Answers {
		p.predicted[answer.Request+" "+answer.Token] = answer
	}
	return nil
}

func (p *prober) all(configuration string) (faults []string, asked int, err error) {
	requests, err := recording.Requests(configuration)
	if err != nil {
		return nil, 0, err
	}
	shapes := map[string]*tokens.Shape{}
	for _, shape := range tokens.All() {
		shapes[shape.Name] = &shape
	}
	stop, err := p.start(configuration)
	if err != nil {
		return nil, 0, err
	}
	defer stop()
	for i := range p.recorded {
		answer := &p.recorded[i]
		predicted, ok := p.predicted[answer.Request+" "+answer.Token]
		if !ok {
			continue // of a request that the other configuration was not asked with
		}
		for j := range requests {
			if requests[j].Line != answer.Request {
				continue
			}
			fault, err := p.one(&requests[j], shapes[answer.Token], answer, &predicted)
			if err != nil {
				return nil, asked, fmt.Errorf("%s: %w", answer.Token, err)
			}
			if asked++; fault != "" {
				faults = append(faults, fmt.Sprintf("%s %s with %s: %s",
					configuration, answer.Request, answer.Token, fault))
			}
		}
	}
	return faults, asked, nil
}

// one probes with one token, and says how the outcome is not what the recordings say.
func (p *prober) one(
	asked *recording.Request, shape *tokens.Shape, answer, predicted *recording.Answer,
) (string, error) {
	sent, err := p.issuer.Mint(shape, time.Now())
	if err != nil {
		return "", err
	}
	args := []string{
		"probe", "http://" + gateway + asked.Path, "-o", "json",
		"--jwks", p.file("keys.json"), "--method", asked.Method,
	}
	for name, value := range asked.Headers {
		args = append(args, "-H", name+": "+value)
	}
	if sent.Token == "" {
		args = append(args, "--no-token")
	} else if sent.Authorization != "" {
		header := "Authorization: " + sent.Authorization + "\n"
		if err := os.WriteFile(p.file("header"), []byte(header), 0o600); err != nil {
			return "", err
		}
		args = append(args, "-H", "@"+p.file("header"))
	}
	files, err := p.files()
	if err != nil {
		return "", err
	}
	for _, file := range files {
		args = append(args, "-p", file)
	}
	var stdout, stderr bytes.Buffer
	env := cmd.System()
	env.Args, env.Stdin = args, strings.NewReader(sent.Token)
	env.Stdout, env.Stderr, env.OnInterrupt = &stdout, &stderr, nil
	code := cmd.Main(env)
	var told struct{ Probe struct{ Outcome string } }
	if err := json.Unmarshal(stdout.Bytes(), &told); err != nil {
		// The program ends the connection, or writes a claim into a header that can't be read.
		if answer.Body == recording.Nothing || strings.Contains(answer.Token, "nul-in-sub") {
			return "", nil
		}
		return fmt.Sprintf("exit code %d: %s", code, &stderr), nil
	}
	return judged(told.Probe.Outcome, answer, predicted), nil
}

// judged says how an outcome is not what the recordings say: as predicted where both answered with
// the same status to a request that both let through or neither did, and else not.
func judged(outcome string, answer, predicted *recording.Answer) string {
	alike := answer.Status == predicted.Status && answer.Reached == predicted.Reached
	same := alike && answer.Body == predicted.Body && answer.Words == predicted.Words
	switch {
	case same && outcome != "as-predicted":
		return outcome + ", and the two answer alike"
	case answer.Status != predicted.Status && outcome == "as-predicted":
		return "as predicted, and the other answers with another status"
	}
	return ""
}

// files are the configuration's own files, and its command.
func (p *prober) files() ([]string, error) {
	entries, err := os.ReadDir(p.policies)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, entry := range entries {
		switch entry.Name() {
		case recording.AnswersFile, recording.RequestsFile:
		default:
			all = append(all, filepath.Join(p.policies, entry.Name()))
		}
	}
	return all, nil
}

// file is a file of this run.
func (w *world) file(name string) string { return filepath.Join(w.folder, name) }

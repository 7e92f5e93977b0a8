package oauth2proxy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
	"github.com/gatewhy/gatewhy/testdata/oracles/witness"
)

// recordings is the folder of what the real program answered, a folder a configuration.
const recordings = "../../testdata/oracles/oauth2-proxy/"

// TestTheRealProgramAnswersAsPredicted holds each prediction against what the real program
// answered to the same token with the same configuration files. Where they differ, the program is
// right.
func TestTheRealProgramAnswersAsPredicted(t *testing.T) {
	t.Parallel()
	minted, err := witness.Mint(time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(recordings + "*/" + recording.RequestsFile)
	if err != nil || len(folders) < 5 {
		t.Fatalf("%d configurations: %v", len(folders), err)
	}
	for _, file := range folders {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			compareAll(t, folder, minted)
		})
	}
}

func compareAll(t *testing.T, folder string, minted *witness.Minted) {
	recorded, err := witness.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := recorded.Complete(minted); err != nil {
		t.Fatal(err)
	}
	policies := compiled(t, folder)
	same := 0
	for i := range recorded.Answers {
		answer := &recorded.Answers[i]
		asked := recorded.Asked(answer)
		v := rules.Evaluate(policies, minted.Request(asked, answer.Token))
		if fault := compare(&v, answer); fault != "" {
			t.Errorf("%s with %s: %s\nrecorded %v", asked.Line, answer.Token, fault, answer)
			continue
		}
		same++
	}
	t.Logf("%d of %d answers as predicted", same, len(recorded.Answers))
}

// compare says how a prediction differs from what was answered; empty for not at all.
func compare(v *rules.Verdict, answer *recording.Answer) string {
	switch {
	case v.Outcome == rules.Undetermined:
		return "not known: " + v.Why()
	case (v.Outcome == rules.Accepted) != accepted(answer):
		return "predicted " + string(v.Outcome) + ": " + v.Why()
	case v.Outcome == rules.Accepted && answer.Reached && v.Status != answer.Status:
		return "predicted another status"
	case v.Outcome == rules.Accepted:
		return ""
	case v.Status != answer.Status:
		return "predicted another status: " + v.Why()
	case bodyOf(&v.Answer) != answer.Body:
		return "predicted another body: " + string(bodyOf(&v.Answer))
	case v.Answer.Body != "" && v.Answer.Body != answer.Words:
		return "predicted other words: " + v.Answer.Body
	case answer.Body == recording.Page && !strings.Contains(answer.Words, v.Answer.Says):
		return "predicted other words: " + v.Answer.Says
	}
	return ""
}

// accepted reports whether an answer lets the request through: to the upstream, or to whoever has
// asked the program about it.
func accepted(answer *recording.Answer) bool {
	return answer.Reached || answer.Status == 202
}

// bodyOf is the kind of a predicted body.
func bodyOf(answer *rules.Answer) recording.Body {
	switch {
	case answer.Status == 0:
		return recording.Nothing
	case answer.Status == 302:
		return recording.Redirect
	case strings.HasPrefix(answer.Body, "{"):
		return recording.JSON
	case answer.Body != "":
		return recording.Text
	case strings.HasPrefix(answer.Says, "Sign in"):
		return recording.SignIn
	case answer.Says != "":
		return recording.Page
	}
	return recording.Empty
}

// compiled are the policies of a configuration's files: those that its command names, and the
// command itself.
func compiled(t *testing.T, folder string) []*rules.Policy {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var files []*source.File
	for _, entry := range entries {
		name := entry.Name()
		if slices.Contains([]string{recording.AnswersFile, recording.RequestsFile}, name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		file, err := source.Read(name, text)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	read, err := Adapter().Read(files, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Adapter().Compile(read).Policies
}

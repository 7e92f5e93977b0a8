package oauth2proxy

import (
	"fmt"
	"maps"
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
// right. What is called observed must have been: each answer of the table, and each check.
func TestTheRealProgramAnswersAsPredicted(t *testing.T) {
	t.Parallel()
	minted, err := witness.Mint(time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(recordings + "*/" + recording.RequestsFile)
	if err != nil || len(files) < 5 {
		t.Fatalf("%d configurations: %v", len(files), err)
	}
	all := make([]comparison, len(files))
	t.Run("with", func(t *testing.T) {
		for i, file := range files {
			folder := filepath.Dir(file)
			t.Run(filepath.Base(folder), func(t *testing.T) {
				t.Parallel()
				all[i] = compareAll(t, folder, minted)
			})
		}
	})
	if t.Failed() || witness.OneOf > 1 { // a rare token shows what others do not
		return
	}
	seen, called := map[string]bool{}, map[string]bool{}
	for _, c := range all {
		maps.Copy(seen, c.seen)
		maps.Copy(called, c.called)
	}
	for _, b := range behaviours() {
		if b.Answer.Evidence.Level == rules.Observed {
			called[answerName(&b.Answer)] = true
		}
	}
	for name := range called {
		if !seen[name] {
			t.Errorf("no recording shows that %s, which is called observed", name)
		}
	}
}

// comparison is what came of one configuration: what the recording shows, and what the policies
// call observed.
type comparison struct{ seen, called map[string]bool }

func compareAll(t *testing.T, folder string, minted *witness.Minted) comparison {
	recorded, err := witness.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := recorded.Complete(minted); err != nil {
		t.Fatal(err)
	}
	if recorded.Version != version || recorded.Date != checkedOn {
		t.Errorf("recorded with %s on %s, and the adapter says %s on %s",
			recorded.Version, recorded.Date, version, checkedOn)
	}
	c := comparison{map[string]bool{}, map[string]bool{}}
	policies := compiled(t, folder)
	for _, policy := range policies {
		for _, check := range policy.Checks() {
			if check.Evidence.Level == rules.Observed && check.Skip == "" {
				c.called[checkName(check)] = true
			}
		}
	}
	same, tried := 0, 0
	for answer := range recorded.Tried(minted) {
		asked := recorded.Asked(answer)
		v := rules.Evaluate(policies, minted.Request(asked, answer.Token))
		tried++
		if fault := compare(&v, answer); fault != "" {
			t.Errorf("%s with %s: %s\nrecorded %v", asked.Line, answer.Token, fault, answer)
			continue
		}
		same++
		c.see(&v)
	}
	t.Logf("%d of %d answers as predicted", same, tried)
	return c
}

// see notes what a right prediction shows: what was answered, which checks failed in a request
// that was refused, and which conditions held.
func (c *comparison) see(v *rules.Verdict) {
	if v.Outcome == rules.Rejected {
		c.seen[answerName(&v.Answer)] = true
	}
	for i := range v.Results {
		r := &v.Results[i]
		shown := r.Outcome == rules.Fail && v.Outcome == rules.Rejected
		if r.Check.ID == rules.Conditional {
			shown = r.Outcome == rules.Pass
		}
		if shown {
			c.seen[checkName(r.Check)] = true
		}
	}
}

// answerName names an answer of the table.
func answerName(a *rules.Answer) string {
	return fmt.Sprintf("%s is answered with %d %q%q", a.Situation, a.Status, a.Body, a.Says)
}

// checkName names what a check tests.
func checkName(c *rules.Check) string {
	return fmt.Sprintf("%s of %s is tested (%s)", c.ID, c.Field, c.Evidence.Reference)
}

// compare says how a prediction differs from what was answered; empty for not at all.
func compare(v *rules.Verdict, answer *recording.Answer) string {
	switch {
	case v.Outcome == rules.Undetermined:
		return "not known: " + v.Why()
	case (v.Outcome == rules.Accepted) != letThrough(answer):
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

// letThrough reports whether an answer lets the request through: to the upstream, or to whoever
// has asked the program about it.
func letThrough(answer *recording.Answer) bool {
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
	read, err := Adapter().Read(files, rules.Options{Runtime: version})
	if err != nil {
		t.Fatal(err)
	}
	return Adapter().Compile(read).Policies
}

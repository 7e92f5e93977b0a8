package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// Fixing is what fix has done to one file.
type Fixing struct {
	Before, After *source.File
	Repaired      []string // the rules, or the steps of a solution, in the order of the changes
	Changes       []rules.FieldChange
	Refused       []Refused
	Tokens        []FixedToken
	Unproved      []Unproved
	CloudTaken    bool     // nothing names the cloud: new addresses are those of the public one
	Warnings      []string // of what the change lets in that was kept out before, or keeps out
	Changed       bool     // something was repaired
	Stays         bool     // a finding that was to be repaired was not, or nothing is proved
	keepsOut      bool     // this environment's own token
	otherAudience bool     // it is kept out since it has the audience that was passed
	Written       bool
	Next          []rules.Step // what to do now
	Flags         []string     // which lint and explain need to read the file alike
}

// FixedToken is a token that was run before and after.
type FixedToken struct {
	Name          string
	API           string // the API instance, of a file with several
	Modelled      bool
	Expected      rules.Decision // what the gateway should answer; empty if that is not known
	Before, After Answered
}

// Answered is all that is shown of a verdict. The verdict itself holds the policies and with them
// their files, and a run may repair thousands.
type Answered struct {
	Outcome   rules.Decision
	Status    int      // 0 if it is not known
	DecidedBy rules.ID // empty if no check decides
	Earlier   rules.ID // see [rules.Verdict.EarlierUnknown]; empty for none
	Ask       string   // the one thing to ask next; empty if there is none
	Line      string   // the verdict in a few words
}

// NewAnswered keeps of a verdict what is shown of it.
func NewAnswered(v *rules.Verdict, words func(*rules.Verdict) string) Answered {
	return Answered{
		v.Outcome, v.Status, v.DecidedBy(), v.EarlierUnknown(), Ask(v.Question()), words(v),
	}
}

// Refused is a finding that was not repaired.
type Refused struct {
	Rule      string
	Severity  rules.Severity
	Pos       source.Position // in the file after the changes
	Was       source.Position // before them; without a line if it is not known to be there
	Why       string
	Asks      []string // the flags that would help
	Solutions []string // the ready-made repairs that would
}

// Place is where a finding that was not repaired is in the file as it is now.
func (f *Fixing) Place(of *Refused) source.Position {
	if f.Changed && !f.Written {
		return of.Was
	}
	return of.Pos
}

// Unproved is what tokens would have shown, were it known what they look like.
type Unproved struct {
	API    string // the API instance, of a file with several
	Tokens []string
	Why    string
	Ask    string // the flag that would help
}

// Fixer repairs one file.
type Fixer struct {
	repair.Fix
	*Judge
	Rule  string                        // whose findings are to be repaired; empty for all
	Words func(v *rules.Verdict) string // words a verdict

	Unheeded string // the options of the command line that don't count; empty for none

	maker    *Maker
	solution *rules.Solution // nil to repair findings
	before   *rules.Configuration
	several  bool // API instances
}

// NewFixer returns what repairs a file of the one vendor whose policies it holds. A solution is
// made for the one API instance that its token is for; without one, findings are repaired.
func (m *Maker) NewFixer(
	file *source.File, options rules.Options, apps *entra.Directory, facts rules.Facts,
	solution string,
) (*Fixer, error) {
	if adapter, ok := m.Gateways.of(file, options); ok {
		if err := m.otherGateway(adapter, file.Name, options); err != nil {
			return nil, err
		}
	}
	judge := NewJudge(m.Gateways, options, apps)
	return m.newFixer(judge, []*source.File{file}, nil, options, facts, solution)
}

// Policies are those of the file before it is repaired.
func (j *Fixer) Policies() []*rules.Policy { return j.Adapter.Compile(j.before).Policies }

// newFixer repairs the first of some files that make up one configuration. The others are not
// changed. Known is what was read of these files before, nil for nothing: it is taken if it was
// read with the same options.
func (m *Maker) newFixer(
	judge *Judge, files []*source.File, known *rules.Configuration, options rules.Options,
	facts rules.Facts, solution string,
) (*Fixer, error) {
	file := files[0]
	j := &Fixer{maker: m, Judge: judge, Fix: repair.Fix{Facts: facts, Signatures: assumedValid{}}}
	j.learnApp()
	err := j.gateways.ofSeveral(file, options)
	if err != nil {
		return nil, err
	}
	if j.Adapter, err = j.gateways.ofAll(files[:1], options); err != nil {
		return nil, err
	}
	wanted := optionsFor(&j.Adapter, options)
	if known != nil && known.Options == wanted && slices.Equal(known.Files, files) {
		j.before = known
	} else if j.before, err = j.Adapter.Read(files, wanted); err != nil {
		return nil, err
	}
	if len(files) > 1 {
		j.Adapter.Changes = onlyIn(file.Name, j.Adapter.Changes)
	}
	made := j.Adapter.Compile(j.before)
	if err = rules.ChainsBeyond(made.Policies); err != nil {
		return nil, err
	}
	j.several = len(apisOf(made.Policies)) > 1
	j.Unheeded = unheeded(&j.Adapter, &made, files[:1], options)
	j.Lint = func(d *repair.Draft) []rules.Finding { return j.Draft(&j.Adapter, d) }
	if solution == "" {
		return j, nil
	}
	j.Locks = func(rule string) bool { return lint.Locks(j.catalogue(), rule) }
	all := j.Adapter.Solutions()
	i := slices.IndexFunc(all, func(s rules.Solution) bool { return s.Name == solution })
	if i < 0 {
		names := source.Each(all, func(s rules.Solution) string { return s.Name })
		hints := []string{"without --solution, findings are repaired"}
		if len(names) > 0 {
			hints = append(hints, "for this gateway there are: "+strings.Join(names, ", "))
		}
		return nil, Problem(
			"--solution "+solution+": this repair does not exist for the gateway of "+file.Name,
			hints...,
		)
	}
	j.solution = &all[i]
	const hint = "--api NAME: the one that the solution is for"
	return j, oneAPI(j.Adapter.Compile(j.before).Policies, hint)
}

// onlyIn refuses changes of other files than the one of this name.
func onlyIn(
	name string, changes func(*rules.Configuration, rules.Goal) []rules.Change,
) func(*rules.Configuration, rules.Goal) []rules.Change {
	return func(c *rules.Configuration, goal rules.Goal) []rules.Change {
		all := changes(c, goal)
		for i := range all {
			change := &all[i]
			if change.Edited == nil {
				continue
			}
			for n, file := range change.Edited.Files {
				if file != c.Files[n] && file.Name != name {
					change.Edited = nil
					change.Refused = "it takes a change of " + file.Name +
						", which makes up one configuration with this file: edit that one by hand"
					break
				}
			}
		}
		return all
	}
}

// Run repairs the file. The notes, which name what is worth knowing, are for a file in which
// nothing was repaired.
func (j *Fixer) Run() (shown *Fixing, notes string, err error) {
	if j.solution != nil {
		if err := j.ownMayGetIn(); err != nil {
			return nil, "", err
		}
		j.Look = func(conditions int) { j.Looked.Add(int64(conditions)) }
		j.Beyond = func(int, int) error {
			if j.Looked.Load() <= rules.MostLooked {
				return nil
			}
			return rules.LookedBeyond("to make this repair", j.less()...)
		}
		fixed, err := j.Solve(j.before, j.solution)
		if err != nil {
			return nil, "", err
		}
		return j.report(fixed), "", nil
	}
	defer j.tellProgress()()
	before := j.Looked.Load()
	j.Beyond = func(done, left int) error {
		looked := j.Looked.Load()
		if spent := looked - before; done > 0 && spent > rules.MostLooked/32 {
			looked += spent / int64(done) * int64(left)
		}
		if looked <= rules.MostLooked {
			return nil
		}
		return rules.LookedBeyond("to repair what was found", j.less()...)
	}
	fixed, err := j.RemoveFindings(j.before, j.Rule)
	var many *repair.TooMany
	var long *repair.TooLong
	switch {
	case errors.As(err, &long):
		return nil, "", Problem(long.Error(), j.less()...)
	case errors.As(err, &many):
		cause := fmt.Sprintf("the file has more than %d findings to repair", many.Most)
		return nil, "", Problem(cause, j.less()...)
	case err != nil:
		return nil, "", err
	}
	return j.report(fixed), butNotes(fixed), nil
}

// less says how to ask for less at once. A solution is made for one API instance, and for no rule.
func (j *Fixer) less() (ways []string) {
	if j.solution == nil && j.Rule == "" {
		ways = append(ways, "one rule at a time: --rule NAME")
	}
	if j.several {
		ways = append(ways, "one instance at a time: --api NAME")
	}
	return append(ways, "split the file")
}

// ownMayGetIn refuses to build a policy on a token that no API of this environment should accept.
func (j *Fixer) ownMayGetIn() error {
	if len(j.Given) == 0 {
		return nil
	}
	own := j.Given[0]
	why := mustStayOut(own.Request.Profile(), j.Adapter.Compile(j.before).Policies)
	if fault := own.Request.Token.Fault; fault != nil {
		why = fault.Cause
	}
	if why != "" {
		return Problem("no policy is built on "+own.Name+": "+why,
			"pass an access token of this environment's API first, --token @FILE; further ones "+
				"show what the change does to others")
	}
	return nil
}

func (j *Fixer) tellProgress() (stop func()) {
	var seen, left atomic.Int64
	j.Progress = func(done, more int) {
		seen.Store(int64(done))
		left.Store(int64(more))
	}
	return j.maker.tell(func() string {
		return fmt.Sprintf("%d findings repaired or refused, %d left", seen.Load(), left.Load())
	})
}

// butNotes names the notes of a file in which nothing is repaired without asking: they may matter
// all the same.
func butNotes(fixed *repair.Fixed) string {
	var notes []string
	for _, finding := range fixed.Findings {
		if finding.Severity == rules.Note {
			notes = source.Union(notes, finding.Rule)
		}
	}
	if len(notes) == 0 {
		return ""
	}
	return "; worth knowing: " + strings.Join(notes, ", ") + " (gatewhy lint shows more)"
}

// withoutRepair is what to do where a repair is refused and nothing that could be passed would
// help. Of a solution, explain says why the token that was given is not let in.
func (f *Fixing) withoutRepair(line CommandLine, rule string) []string {
	hints := []string{"by hand: gatewhy rules " + rule}
	solution, isSolution := strings.CutPrefix(rule, ofSolution)
	switch {
	case isSolution:
		hints[0] = "pass --token with a token that must be let in, or try another solution than " +
			solution
	case rule == "":
		hints[0] = "gatewhy explain @TOKEN -p POLICY says what would let it in"
	}
	i := slices.Index(line.Flags, Name(source.NeedToken))
	if f.Before.Name == standardInput {
		return hints
	}
	if isSolution && i >= 0 {
		words := []string{
			"gatewhy", "explain", line.Flags[i+1], "-p", f.Before.Name,
			Name(source.NeedTime), "issued",
		}
		hints = append(hints, line.Shell.Line(append(words, f.Flags...)...))
	}
	if all := f.solutions(); len(all) > 0 && !line.Once && i < 0 {
		words := append(line.without("--rule"), "--solution", all[0],
			Name(source.NeedToken), "@FILE")
		hints = append(hints, line.Shell.On("fix", []string{f.Before.Name}, words...))
	}
	return hints
}

func (j *Fixer) report(fixed *repair.Fixed) *Fixing {
	// what was asked for: the findings of the rule that was named, or every error; a solution
	// leaves findings that it is not about
	asked := func(left repair.Left) bool {
		return left.Rule == "" ||
			j.solution == nil && (j.Rule != "" || left.Severity == rules.Error)
	}
	shown := &Fixing{
		Before: fixed.Before.Files[0], After: fixed.After.Files[0],
		Repaired: fixed.Repaired, Changes: fixed.After.Fields(),
		Changed: fixed.Changed(), Stays: slices.ContainsFunc(fixed.Left, asked),
	}
	for i := range fixed.Tokens {
		t := &fixed.Tokens[i]
		shown.Tokens = append(shown.Tokens, FixedToken{
			t.Name, t.API, t.Modelled, t.Expected,
			NewAnswered(&t.Before, j.Words), NewAnswered(&t.After, j.Words),
		})
	}
	for i := range fixed.Left {
		shown.Refused = append(shown.Refused, j.refusal(&fixed.Left[i]))
	}
	for _, u := range fixed.Unproved {
		shown.Unproved = append(shown.Unproved, Unproved{
			API: u.API, Tokens: u.Tokens, Why: u.Why, Ask: Ask(u.Need),
		})
	}
	for _, kept := range fixed.KeptOut {
		shown.Stays, shown.keepsOut = true, true
		decided := kept.Verdict.Decided
		shown.otherAudience = shown.otherAudience || j.Facts.Audience != "" &&
			slices.Contains(kept.Audience, j.Facts.Audience) &&
			decided != nil && decided.Check.ID == rules.Audience
		shown.Warnings = append(shown.Warnings, fmt.Sprintf(
			"this is not the whole repair: after it %s still gets %s",
			kept.Name, j.Words(&kept.Verdict),
		))
	}
	for _, opened := range fixed.Opened {
		shown.Warnings = source.Union(shown.Warnings, warningOf(&opened))
	}
	return shown
}

// ofSolution begins what is shown for a rule's name where a solution is refused.
const ofSolution = "solution "

// insteadOfSolution ends what is asked for in another run, without the solution.
const insteadOfSolution = " instead of --solution"

// refusal words what was left. A solution leaves errors that it is not about.
func (j *Fixer) refusal(left *repair.Left) Refused {
	why, asks := Refusal(left.Why, left.Needs)
	if left.Verdict != nil {
		why += " " + j.Words(left.Verdict)
	}
	rule := left.Rule
	switch {
	case rule == "" && j.solution != nil:
		rule = ofSolution + j.solution.Name
	case j.solution != nil && left.Why == "":
		why, asks = left.Message, []string{"--rule " + rule + insteadOfSolution}
	case j.solution != nil:
		why = left.Message + " (" + why + ")"
	}
	refused := Refused{
		Rule: rule, Severity: left.Severity, Pos: left.Pos, Was: left.Was,
		Why: why, Asks: asks,
	}
	for _, need := range left.Needs {
		if need.Input == source.NeedSolution {
			refused.Solutions = append(refused.Solutions, need.Name)
		}
	}
	return refused
}

// warningOf words that a change lets a token in.
func warningOf(opened *repair.Opened) string {
	is, was := "is", "was not"
	if opened.After == rules.Undetermined {
		is = "may be"
	}
	if opened.Before == rules.Undetermined {
		was = "may not have been"
	}
	kept, _ := Refusal(opened.Kept, opened.Needs)
	now := fmt.Sprintf("after this change %s %s let in", opened.Name, is)
	return fmt.Sprintf("%s, and %s before: %s", now, was, kept)
}

// assumedValid is what verifies a token whose signature is taken to be good: a repair changes
// nothing about it. Where the policy's own key is not a key, nothing verifies.
type assumedValid struct{}

func (assumedValid) Verify(_ *inspect.Token, key *rules.Key) rules.SignatureResult {
	read := ownKey
	if key.Set {
		read = ownSet
	}
	if key.Text != "" && !key.HMAC {
		if _, unknown := read(key.Text); unknown != nil {
			return rules.SignatureResult{Unknown: unknown}
		}
	}
	return rules.SignatureResult{Result: keys.Result{Outcome: keys.Pass, Why: "assumed to be " +
		"valid"}}
}

// learnApp takes from the app registration what the user has not said: the version of the API's
// tokens, and their audience if only one is possible.
func (j *Fixer) learnApp() {
	app := j.Apps.Only()
	if j.App = app; app == nil {
		return
	}
	version, ok := app.TokenVersion()
	if j.Facts.Version == 0 && ok {
		j.Facts.Version = version
	}
	switch {
	case j.Facts.Audience != "":
	case j.Facts.Version == entra.V2 && app.AppID.Known():
		j.Facts.Audience = app.AppID.Value
	case j.Facts.Version == entra.V1 && len(app.URIs) == 1 && app.URIs[0].Known():
		j.Facts.Audience = app.URIs[0].Value
	}
}

// Given makes a request of a token that was given, one second after it was issued.
func (m *Maker) Given(text string, fix *repair.Fix) (repair.Given, error) {
	token, err := m.ReadToken([]string{text})
	if err != nil {
		return repair.Given{}, err
	}
	name := "the token given"
	if rest, ok := strings.CutPrefix(text, "@"); ok {
		name = rest
	}
	return repair.Given{Name: name, Request: &rules.Request{
		Token: token, At: whenNew(token, m.Now()),
		Contracts: fix.Contracts, Signatures: fix.Signatures,
	}}, nil
}

// Refusal is the error for a file in which nothing was repaired: why, the worst first. It also
// reports whether something that can be passed would help.
func (f *Fixing) Refusal(line CommandLine) (problem *source.Error, wants bool) {
	worst := func(a, b Refused) int {
		return a.Severity.Rank() - b.Severity.Rank()
	}
	all := slices.SortedStableFunc(slices.Values(f.Refused), worst)
	first := all[0]
	var hints []string
	for _, refused := range all {
		for _, ask := range refused.Asks {
			hints = append(hints, "pass "+ask)
		}
	}
	wants = len(hints) > 0
	if again := f.again(line); wants && !line.Once && f.Before.Name != standardInput {
		hints = append(hints, again...)
	}
	if !wants {
		hints = f.withoutRepair(line, first.Rule)
	}
	cause := first.Why
	if first.Rule != "" {
		cause = first.Rule + ": " + first.Why
	}
	return ProblemAt(first.Pos, cause, hints...), wants
}

// again is the command with what a refused repair asks for, or for the first finding that is to be
// repaired instead of a solution.
func (f *Fixing) again(line CommandLine) []string {
	flags, asked := line.Flags, f.asked()
	instead := slices.IndexFunc(f.Refused, func(r Refused) bool {
		return len(r.Asks) > 0 && strings.HasSuffix(r.Asks[0], insteadOfSolution)
	})
	switch {
	case asked == "" && instead < 0:
		return nil
	case asked == "":
		flags = append(line.without("--solution"), "--rule", f.Refused[instead].Rule)
	}
	return []string{line.Shell.On("fix", []string{f.Before.Name}, flags...) + asked}
}

// AddNext adds what to do now: to write what was printed, or to look at what was written, or at
// what needs no repair. A change that lets in more than before is not to be written without a look
// at the warnings.
func (f *Fixing) AddNext(line CommandLine) {
	file := []string{f.Before.Name}
	lint := line.Shell.On("lint", file, f.Flags...)
	var all steps
	switch {
	case line.Once || f.Before.Name == standardInput:
	case !f.Changed:
		all.add("See what lint says of the file", lint)
	case f.Written:
		all.add("Check the file as it is now", lint)
	case f.otherAudience:
		all.add("The policy wants another audience than --audience. Which one do this API's "+
			"tokens have? Paste one: aud says it", "gatewhy decode")
	case f.keepsOut:
		all.add("See what else keeps this environment's token out, and repair both", lint)
	default:
		note := "Write this change into the file"
		if len(f.Warnings) > 0 {
			note = "Write this change into the file, if it is right that the tokens in the " +
				"warnings get in"
		}
		words := append(slices.Clone(line.Flags), "--write")
		all.add(note, line.Shell.On("fix", file, words...))
	}
	f.Next = all
}

// Slim lets go of what was read in the file, before the repair and after it: a run may have
// thousands of files, and only their texts are shown. What is secret in these is overwritten.
func (f *Fixing) Slim() {
	known := f.filled()
	f.Before = f.Before.TextOnly(Shielded(f.Before, known...))
	f.After = f.After.TextOnly(Shielded(f.After, known...))
}

// filled are the texts that a person is to put something in the place of.
func (f *Fixing) filled() []string {
	var all []string
	for _, c := range f.Changes {
		if c.Fill != "" {
			all = append(all, c.To)
		}
	}
	return all
}

// Texts are those of the file before and after, with stars in the place of secrets. What a person
// is to fill in is not a secret.
func (f *Fixing) Texts() (before, after string) {
	known := f.filled()
	return string(Shielded(f.Before, known...)), string(Shielded(f.After, known...))
}

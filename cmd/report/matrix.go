package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// Matrixing is a matrix with what is said about it.
type Matrixing struct {
	*environments.Matrix
	Name    string // of the environments file
	Allow   []environments.Crossing
	File    func(name string) *source.File
	Repairs []Repair // what was tried, by gateway; nil where nothing was looked for

	// Fixed is the matrix after the smallest set of repairs; nil where none was looked for.
	Fixed   *environments.Matrix
	Written []string // the files that these repairs were written to
	Edits   []Edit   // of all files that these repairs change, each once
	Divided error    // gateways that share a file do not all need the same change of it

	Next []rules.Step // what to do now

	cloud     entra.Cloud
	isLarge   bool                          // see MostForAll
	unguarded []string                      // the gateways for which no policies are listed
	lintAs    func(gateway string) []string // flags with which lint sees the same
}

// Repair is a set of changes to one gateway's policies that was compiled and run against every
// token.
type Repair struct {
	Gateway int
	Titles  []string
	Changes []FileChange
	Files   []*source.File
	Wrong   int                  // wrong cells of the gateway's column after it
	Before  int                  // and before it
	After   *environments.Matrix // the whole matrix after this repair alone
	Chosen  bool                 // it belongs to the smallest set that was found
}

// FileChange is one field of a file that a repair changes.
type FileChange struct {
	File string
	rules.FieldChange
}

// Matrix runs every environment's policies against every environment's tokens. It refuses an
// estate that is too large to be run.
func (m *Maker) Matrix(e *Estate) (*Matrixing, error) {
	switch size := e.Size(); {
	case size.Tokens > issued.MostTokens:
		return nil, Problem(fmt.Sprintf("%s: there are about %d sorts of tokens to model, and no "+
			"more than %d are", e.Name, size.Tokens, issued.MostTokens),
			"leave out environments, App ID URIs, or scopes and roles that no policy asks for; "+
				"one that an expression may tell from all others counts for itself")
	case size.Runs > issued.MostRuns:
		return nil, Problem(fmt.Sprintf("%s: there are about %d runs of sorts of tokens at "+
			"gateways, and no more than %d are made", e.Name, size.Runs, issued.MostRuns),
			"make environments files of some of the environments each")
	case size.Grants > issued.MostGrants:
		return nil, Problem(fmt.Sprintf("%s: there are %d scopes and roles to compare with what "+
			"clients ask for or are assigned, and no more than %d are", e.Name, size.Grants,
			issued.MostGrants),
			"leave out scopes, roles or clients that are not in question")
	}
	if n, gateway := e.Singly(); n > issued.MostSingly {
		return nil, Problem(fmt.Sprintf("%s: an expression of %s reads the client id together "+
			"with other claims, or what the caller writes: %d tokens are to be run one client "+
			"after the other, and no more than %d are", e.Name, gateway, n, issued.MostSingly),
			"leave out clients, scopes or roles; an expression that only compares the client "+
				"id with texts takes less")
	}
	var done atomic.Int64
	e.Progress = func(n, _ int) { done.Store(int64(n)) }
	defer m.progress(&done, len(e.Sites), "environments")()
	x := &Matrixing{
		Name: e.Name, Allow: e.Allow, File: e.source, Matrix: e.Evaluate(), lintAs: e.lintFlags,
		isLarge: len(e.Sites) > MostForAll, cloud: e.Cloud,
	}
	if n := x.Size(); n > environments.MostCells {
		return nil, Problem(fmt.Sprintf("%s: the matrix has %d cells, rows times gateways, and "+
			"no more than %d are filled", e.Name, n, environments.MostCells),
			"make environments files of some of the environments each",
			"or leave out entries of allow: the clients that they name have rows of their own")
	}
	if x.Beyond() {
		return nil, rules.LookedBeyond(e.Name+": to run the tokens at the gateways",
			"make environments files of some of the environments each",
			"or leave out policies, clients, scopes or roles that are not in question")
	}
	x.unguarded = source.Without(x.Gateways, func(name string) bool {
		return e.sets[name] != nil
	})
	return x, nil
}

// mostShown is how many single changes are shown beside the set that was found.
const mostShown = 3

// Repair tries what the adapter proposes at each gateway that has a wrong cell, and keeps what
// makes its column better, and the smallest set of changes that was found for it. With fix, the
// matrix after these is computed. Columns do not depend on each other's policies, so the best for
// each is the best for all.
func (m *Maker) Repair(e *Estate, x *Matrixing, fix bool) {
	var done atomic.Int64
	defer m.progress(&done, len(x.Gateways), "gateways searched for repairs")()
	if fix {
		x.Fixed = x.Matrix
	}
	for g, name := range x.Gateways {
		if e.sets[name] == nil {
			continue // there is nothing to repair in a list without policies
		}
		m.repairOne(e, x, g, fix)
		done.Add(1)
	}
	if fix {
		x.Divided = e.settle(x)
	}
}

func (m *Maker) repairOne(e *Estate, x *Matrixing, g int, fix bool) {
	set := e.sets[x.Gateways[g]]
	c := column{matrix: x.Matrix, gateway: g, tried: map[*repair.Draft]*environments.Matrix{}}
	search := repair.Search{
		Bench: set.Bench, Own: x.Own(g), Score: c.score,
		Most: repair.MostCompiled, Beyond: x.Beyond,
		Facts: rules.Facts{Clients: x.ClientsOfShared(g), Own: x.ClientsOf(g), Cloud: x.cloud.ID},
		Findings: func(d *repair.Draft) []rules.Finding {
			judge := NewJudge(set.gateways, set.options, set.Apps)
			found := judge.Found(&set.Adapter, d.Configuration, &d.Compilation)
			return source.Without(found, func(f rules.Finding) bool {
				return f.Severity == rules.Note
			})
		},
	}
	found := search.Smallest(set.Draft)
	if found.Cut {
		m.warn("%s: the search for changes ended at its limit, %d conditions of policies that "+
			"are compiled or %d that are looked at; there may be a smaller set, or a better one",
			x.Gateways[g], repair.MostCompiled, rules.MostLooked)
	}
	for _, a := range found.Singles[:min(mostShown, len(found.Singles))] {
		x.Repairs = append(x.Repairs, c.repair(a, found))
	}
	if !found.Better() {
		return
	}
	chosen := c.repair(found.Best, found)
	chosen.Chosen = true
	x.Repairs = append(x.Repairs, chosen)
	if fix {
		x.Fixed = x.Fixed.With(g, c.tried[found.Best.Draft])
	}
}

// column is the cells of one gateway, with each of the drafts that was tried there.
type column struct {
	matrix  *environments.Matrix
	gateway int
	tried   map[*repair.Draft]*environments.Matrix
}

// score counts the cells that are wrong with a draft, or may be.
func (c *column) score(draft *repair.Draft) repair.Score {
	tried := c.matrix.Try(c.gateway, draft.Policies)
	c.tried[draft] = tried
	wrong, unknown, _ := tried.Wrong()
	return repair.Score{Wrong: wrong, Unknown: unknown}
}

func (c *column) repair(a *repair.Attempt, found *repair.Found) Repair {
	r := Repair{
		Gateway: c.gateway, Files: a.Files,
		Wrong: a.Score.Wrong, Before: found.Start.Score.Wrong,
		After: c.matrix.With(c.gateway, c.tried[a.Draft]),
	}
	for _, change := range a.Changes {
		r.Titles = append(r.Titles, change.Title)
		for _, field := range change.Fields {
			of := FileChange{File: change.Policy.Pos.File, FieldChange: field}
			r.Changes = append(r.Changes, of)
		}
	}
	return r
}

// MostForAll is for how many environments repairs are looked for, a page is made, and JUnit XML is
// written: each says something of every cell.
const MostForAll = 20

// AddNext adds what to do now: to look for repairs of wrong cells, to take the repairs that were
// found, to fetch what keeps cells from being known, and where all is right, to keep it so.
func (x *Matrixing) AddNext(gateways Gateways, line CommandLine) {
	wrong, unknown, _ := x.Wrong()
	kept := source.Without(line.Flags, func(word string) bool {
		return word == "--fix" || word == "--write"
	})
	matrix := func(more ...string) string {
		return line.Shell.Line(slices.Concat([]string{"gatewhy", "matrix"}, more, kept)...)
	}
	var all steps
	switch {
	case line.Once:
		return
	case wrong > 0 && x.Fixed == nil && x.wrongIn(true) && !x.isLarge:
		all.add("Look for the smallest set of changes that puts every cell right", matrix("--fix"))
	case len(x.Written) > 0:
		all.add("See whether every cell is right", matrix())
	case wrong > 0 && slices.ContainsFunc(x.Repairs, func(r Repair) bool { return r.Chosen }):
		if x.Divided != nil {
			all.add("Give each environment a file of its own: some share one, and do not need "+
				"the same change of it. The changed files are in the JSON, at "+
				"fix.repairs[].files", matrix("--fix", "-o", "json"))
		} else {
			write := slices.Concat([]string{"gatewhy", "matrix", "--fix"}, kept,
				[]string{"--write"})
			all.add("Write these changes into the files", line.Shell.Line(write...))
		}
		all.add("Then see whether every cell is right", matrix())
	case wrong > 0:
		all.addAll(x.lintWrong(line)...)
	case unknown == 0:
		if len(x.Gaps()) > 0 {
			app, _ := collectionOf(source.NeedRegistrations, gateways.Collections(""))
			all.add("Name the app registrations that are missing in "+x.Name+
				". This says how to get one", x.collecting(&app))
		}
		how, flags := "as a test of each cell", []string{"-o", "junit"}
		if x.isLarge {
			how, flags = "and look at the exit code", []string{"-q"}
		}
		all.add("Let a pipeline run it for every change, "+how, matrix(flags...))
	}
	if x.wrongIn(false) {
		all.add("Name the policies of "+strings.Join(x.unguarded, ", ")+" in "+x.Name+
			", under policies:. This says how to get them", "gatewhy collect")
	}
	if unknown > 0 {
		all.addAll(x.collect(gateways)...)
	}
	x.Next = all
}

// wrongIn reports whether a cell is wrong at a gateway that has policies, or at one that has none.
func (x *Matrixing) wrongIn(guarded bool) bool {
	return slices.ContainsFunc(x.Findings, func(f environments.Finding) bool {
		return slices.Contains(x.unguarded, x.Gateways[f.Gateway]) != guarded
	})
}

// lintWrong lints the policies of the gateways where no change helps.
func (x *Matrixing) lintWrong(line CommandLine) []rules.Step {
	var all steps
	for i := range x.Findings {
		f := &x.Findings[i]
		guarded := !slices.Contains(x.unguarded, x.Gateways[f.Gateway])
		if name := f.Pos.File; guarded && name != "" && len(all) < 3 {
			all.add("See what is wrong in "+name, line.Shell.On("lint", []string{name},
				x.lintAs(x.Gateways[f.Gateway])...))
		}
	}
	return all
}

// lintFlags are the flags with which lint reads the policies of a gateway as its environment does.
func (e *Estate) lintFlags(gateway string) []string {
	of, ok := e.File.Environment(environments.EnvironmentOf(gateway))
	if !ok {
		return nil
	}
	apps, _ := e.reader.expand(of.API) // they were read before, and so were the policies
	files, _ := e.reader.expand(of.Policies)
	return ReadAlike(rules.Options{
		Variant: of.Gateway.Value, API: e.reader.instance(of, files),
	}, apps)
}

// collect says how to get what keeps cells from being known.
func (x *Matrixing) collect(gateways Gateways) []rules.Step {
	var all steps
	collections := gateways.Collections("")
	ofTokens := false // which tokens there are is not known, and no check of a policy
	for _, open := range x.OpenCells() {
		decided := x.Witness(open.Row, open.Gateway).Verdict.Decided
		if decided == nil {
			ofTokens = true
			continue
		}
		need := decided.Need()
		if c, ok := collectionOf(need.Input, collections); ok && need.Input != "" {
			all.add("Some cells are not known, because this is missing: "+c.Title+
				". This says how to get it", x.collecting(&c))
		}
	}
	if len(all) > 0 {
		return all
	}
	input, why := source.NeedRequest, "In some cells only a request shows what the "+
		"gateway answers. This says how to send one"
	if ofTokens {
		input, why = source.NeedRegistrations,
			"Some cells depend on the app registrations. This says how to get them"
	}
	missing, _ := collectionOf(input, collections)
	all.add(why, x.collecting(&missing))
	return all
}

// collecting is the command that says how to collect something in the estate's cloud.
func (x *Matrixing) collecting(c *rules.Collection) string {
	words := []string{"gatewhy", "collect", c.Name}
	if takesID(c, "{tenant}") {
		words = append(words, ofCloud(x.cloud)...)
	}
	return strings.Join(words, " ")
}

// Edit is a file as a command read it, and as repairs change it.
type Edit struct {
	Before, After *source.File
	by            []int    // the gateways whose repairs change it
	texts         [][]byte // that they make of it
}

// settle makes one edit of all that the smallest set of repairs changes in a file, as where each
// gateway has an API instance of its own in it. It is an error where gateways that share a file
// would not answer as the matrix after the repairs has it.
func (e *Estate) settle(x *Matrixing) error {
	for i := range x.Repairs {
		r := &x.Repairs[i]
		if !r.Chosen {
			continue
		}
		for _, after := range r.Files {
			isIn := func(c FileChange) bool { return c.File == after.Name }
			if !slices.ContainsFunc(r.Changes, isIn) {
				continue
			}
			if other, ok := x.addEdit(r.Gateway, after); !ok {
				return x.divided(after.Name, other, r.Gateway)
			}
		}
	}
	for g, name := range x.Gateways {
		if set := e.sets[name]; set != nil {
			edit, other := x.byOthers(g, set)
			if edit != nil && !x.answersSo(g, set) {
				return x.divided(edit.After.Name, other, g)
			}
		}
	}
	for i := range x.Repairs {
		if r := &x.Repairs[i]; r.Chosen {
			r.Files = withEdits(r.Files, x.Edits)
		}
	}
	return nil
}

// byOthers is an edit of a gateway's files that another one's repair makes; nil where there is
// none.
func (x *Matrixing) byOthers(gateway int, set *PolicySet) (edit *Edit, other int) {
	isOther := func(by int) bool { return by != gateway }
	for i := range x.Edits {
		edit := &x.Edits[i]
		at := slices.IndexFunc(edit.by, isOther)
		if at >= 0 && set.file(edit.After.Name) != nil {
			return edit, edit.by[at]
		}
	}
	return nil, 0
}

func (x *Matrixing) divided(file string, one, other int) error {
	return ProblemAt(source.Position{File: file}, "the gateways of "+x.Gateways[one]+" and "+
		x.Gateways[other]+" share the file, and do not need the same change of it",
		"give each environment a file of its own")
}

// addEdit adds what the repair of a gateway makes of a file. It is not ok where that does not go
// with what another gateway's makes of it.
func (x *Matrixing) addEdit(gateway int, after *source.File) (other int, ok bool) {
	i := slices.IndexFunc(x.Edits, func(e Edit) bool { return e.After.Name == after.Name })
	if i < 0 {
		edit := Edit{Before: x.File(after.Name), After: after}
		edit.by, edit.texts = []int{gateway}, [][]byte{after.Text}
		x.Edits = append(x.Edits, edit)
		return 0, true
	}
	edit := &x.Edits[i]
	edit.by = append(edit.by, gateway)
	known := func(text []byte) bool { return bytes.Equal(text, after.Text) }
	if slices.ContainsFunc(edit.texts, known) {
		return 0, true
	}
	edit.texts = append(edit.texts, after.Text)
	text, ok := joinedEdits(edit.Before.Text, edit.texts)
	if !ok {
		return edit.by[0], false
	}
	all, err := source.Read(after.Name, text)
	if err == nil {
		edit.After = all
	}
	return edit.by[0], err == nil
}

// joinedEdits is a text with several edits of it. It is not ok where one does not end before the
// next begins.
func joinedEdits(before []byte, edits [][]byte) (text []byte, ok bool) {
	type span struct {
		from, to int
		text     []byte
	}
	var spans []span
	for _, after := range edits {
		from, left := unchanged(before, after)
		spans = append(spans, span{from, len(before) - left, after[from : len(after)-left]})
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	at := 0
	for i, s := range spans {
		if i > 0 && s.from <= at {
			return nil, false
		}
		text = append(append(text, before[at:s.from]...), s.text...)
		at = s.to
	}
	return append(text, before[at:]...), true
}

// unchanged is how much of a text is before what an edit changes, and how much is behind it.
func unchanged(before, after []byte) (first, last int) {
	most := min(len(before), len(after))
	for first < most && before[first] == after[first] {
		first++
	}
	for last < most-first && before[len(before)-1-last] == after[len(after)-1-last] {
		last++
	}
	return first, last
}

// answersSo reports whether a gateway with the edited files answers as the matrix after the
// repairs has it.
func (x *Matrixing) answersSo(gateway int, set *PolicySet) bool {
	after, err := set.edited(x.Edits)
	if err != nil {
		return false
	}
	x.CountAnew()
	tried := x.Try(gateway, after.Policies)
	for row := range x.Rows {
		if answer(tried.Cell(row, 0)) != answer(x.Fixed.Cell(row, gateway)) {
			return false
		}
	}
	return true
}

func answer(c *environments.Cell) string {
	return fmt.Sprint(c.Outcome, " ", c.Status, " ", c.Decided)
}

// edited is the set as its files read after some edits.
func (s *PolicySet) edited(edits []Edit) (*PolicySet, error) {
	read, err := s.Adapter.Read(withEdits(s.Files, edits), optionsFor(&s.Adapter, s.options))
	if err != nil {
		return nil, err
	}
	return s.of(read), nil
}

func withEdits(files []*source.File, edits []Edit) []*source.File {
	after := slices.Clone(files)
	for _, edit := range edits {
		for i := range after {
			if after[i].Name == edit.After.Name {
				after[i] = edit.After
			}
		}
	}
	return after
}

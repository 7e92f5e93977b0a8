// Package environments answers who is let in where. It reads the environments file, models every
// token that Entra ID can issue for the app registrations that the file names, and runs each of
// them against every environment's policies.
//
// What Entra issues to whom is in rules/issued. Tokens that an environment's checks treat alike
// are run once, so that the cost grows with what the checks read and not with the number of apps.
//
// Policy tests are here too (suite.go): tokens that people write down, with what the policies must
// answer to each.
//
// The package knows no gateway: a policy is a [rules.Policy], whatever it was compiled from. It
// prints nothing.
package environments

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Matrix is who is let in where: a row for each token or kind of token, a column for each gateway.
type Matrix struct {
	Rows     []*Row
	Gateways []string
	Findings []Finding
	Remarks  []Remark

	Tokens int // modelled tokens, one for each client, kind and audience form
	Alike  int // scopes and roles without rows of their own (see issued.Size)

	// Shares says that the clients of several environments share rows, for there are many.
	Shares bool

	estate  *Estate
	classes *issued.Classes
	columns [][]*column // by gateway, one for each class of its requests
	answers []*answers  // by gateway
	cells   []Cell      // of the gateway that is being added
}

// answers are the cells of one gateway. There may be many, and most of them are alike.
type answers struct {
	cells    []*Cell       // each once
	of       []int32       // by row, the place of its cell
	witness  []issued.Mark // by row
	distinct int           // groups of modelled tokens that the gateway treats alike
}

// Distinct is how many modelled tokens were really run, of those that a gateway treats alike one.
func (m *Matrix) Distinct() int {
	n := 0
	for _, a := range m.answers {
		n += a.distinct
	}
	return n
}

// Cell is that of a row at a gateway.
func (m *Matrix) Cell(row, gateway int) *Cell {
	a := m.answers[gateway]
	return a.cells[a.of[row]]
}

// Cell is one token, or kind of token, at one gateway. Of several modelled tokens the one that
// gets furthest counts, and of several classes of requests the worst. Rows share cells.
type Cell struct {
	Outcome  rules.Decision
	Status   int            // 0 where it is not known
	Expected rules.Decision // Accepted or Rejected; empty where either is right
	Decided  rules.ID       // empty where accepted
	Earlier  rules.ID       // see [rules.Verdict.EarlierUnknown]; empty for none
	Wrong    bool
	Note     string    // what else there is to say; may be empty
	Allowed  *Crossing // the entry that means it; nil for none
	Limit    string    // the limit that ended the search, if that is why the outcome is open

	column   *column
	unlikely bool // all that gets furthest is tokens that perhaps nobody can have
}

// Class is the class of requests that the cell is about: the worst of those that the gateway's
// policies have. Its method and path are empty if they have only one.
func (c *Cell) Class() *rules.Class { return c.column.view.Class() }

// OK says whether the cell is as it should be. It is not known if the outcome is not.
func (c *Cell) OK() rules.Truth {
	switch {
	case c.Wrong:
		return rules.No
	case c.Outcome == rules.Undetermined && c.Expected != "" && c.Allowed == nil && c.Note == "":
		return rules.Maybe
	}
	return rules.Yes
}

// Size is about how much there is to model and to run.
func (e *Estate) Size() issued.Size { return e.world().Size() }

// Singly is about how many tokens are run one client after the other, at those gateways that make
// something of a client's id together with other claims, and the name of the first of these.
func (e *Estate) Singly() (n int, gateway string) {
	var classes *issued.Classes
	for i := range e.Sites {
		site := &e.Sites[i]
		for _, c := range newColumns(e, site.Policies, site.Contracts) {
			if site.Policies == nil || !c.view.ReadsID() {
				continue
			}
			if classes == nil {
				classes, gateway = classesOf(e.rows(e.world().Kinds())), site.Name
			}
			n += classes.Singly(c.view)
		}
	}
	return n, gateway
}

// Evaluate runs every token of the estate against every gateway, tokens that it treats alike once.
func (e *Estate) Evaluate() *Matrix {
	e.looked, e.allowed = new(int), e.crossings()
	size, kinds := e.world().SizedKinds()
	m := &Matrix{Rows: e.rows(kinds), Alike: size.Alike, Shares: size.Shared, estate: e}
	if m.Size() > MostCells {
		return m
	}
	m.classes = classesOf(m.Rows)
	for _, row := range m.Rows {
		m.Tokens += row.Count()
	}
	for i := range e.Sites {
		site := &e.Sites[i]
		if site.Policies == nil {
			continue
		}
		m.column(newColumns(e, site.Policies, site.Contracts), site.Name)
		if e.Progress != nil {
			e.Progress(i+1, len(e.Sites))
		}
	}
	m.cells = nil
	if !m.Beyond() {
		m.find()
		m.remark()
	}
	return m
}

// MostCells is how many cells a matrix may have. With entries of allow between all environments it
// is the third power of their number.
const MostCells = 4_000_000

// Size is how many cells there are to fill. Where they are more than MostCells, none is.
func (m *Matrix) Size() int { return len(m.Rows) * len(m.estate.Sites) }

// Beyond reports whether more conditions were to be looked at than are in one run, for this matrix
// and all that was tried with it: then not every cell was run.
func (m *Matrix) Beyond() bool { return *m.estate.looked > rules.MostLooked }

// CountAnew has what is tried from now on be a run of its own.
func (m *Matrix) CountAnew() { *m.estate.looked = 0 }

// Witness is one token of a cell, what its holder writes into the request, and its verdict in
// full.
type Witness struct {
	Claims  *source.Value // of a real token, its own
	Written issued.Written
	Verdict rules.Verdict
	Token   *issued.Token // as it is modelled; nil of a real one
}

// Witness gives the token of a cell that gets furthest.
func (m *Matrix) Witness(row, gateway int) Witness {
	c := m.Cell(row, gateway).column
	if real := m.Rows[row].Real; real != nil {
		verdict, written := c.evaluateReal(real)
		return Witness{Claims: real.Token.Claims, Written: written, Verdict: verdict}
	}
	answer := c.view.Furthest(m.token(row, gateway))
	return Witness{
		Claims: answer.Token.Claims(), Written: answer.Written, Verdict: answer.Verdict,
		Token: answer.Token,
	}
}

// token is the modelled token of a cell that gets furthest.
func (m *Matrix) token(row, gateway int) *issued.Token {
	return m.classes.At(m.answers[gateway].witness[row]).Token()
}

// column adds a gateway. Of several classes of requests the worst counts: the one where tokens
// that are meant to be let in get least far, and others get furthest.
func (m *Matrix) column(columns []*column, gateway string) {
	m.Gateways, m.columns = append(m.Gateways, gateway), append(m.columns, columns)
	distinct := 0
	if m.cells == nil {
		m.cells = make([]Cell, len(m.Rows))
	}
	cells, witness := m.cells, make([]issued.Mark, len(m.Rows))
	for i, c := range columns {
		run := m.classes.Run(c.view)
		for r, row := range m.Rows {
			if m.Beyond() {
				cells[r].column = c
				continue
			}
			cell, mark := c.cell(row, run)
			if i == 0 || worse(&cell, &cells[r], row.meant(EnvironmentOf(gateway))) {
				cells[r], witness[r] = cell, mark
			}
		}
		distinct = max(distinct, run.Distinct())
	}
	m.judge(EnvironmentOf(gateway), cells)
	a := answersOf(cells, witness)
	a.distinct = distinct
	m.answers = append(m.answers, a)
}

// answersOf keeps each cell once.
func answersOf(cells []Cell, witness []issued.Mark) *answers {
	a := &answers{of: make([]int32, len(cells)), witness: witness}
	places := map[Cell]int32{}
	for r := range cells {
		at, known := places[cells[r]]
		if !known {
			at = int32(len(a.cells))
			one := cells[r]
			places[one], a.cells = at, append(a.cells, &one)
		}
		a.of[r] = at
	}
	return a
}

// worse reports whether a cell is more wrong than another one of the same token.
func worse(c, than *Cell, meant bool) bool {
	if meant {
		return issued.Further(than.Outcome, c.Outcome)
	}
	return issued.Further(c.Outcome, than.Outcome)
}

// column is one gateway in one class of requests, as tokens are run against it.
type column struct {
	estate *Estate
	view   *issued.View
}

// newColumns are a gateway's classes of requests, the most covered first.
func newColumns(e *Estate, policies []*rules.Policy, contracts *rules.Contracts) []*column {
	view := issued.NewView(policies, contracts)
	view.CountIn(e.looked)
	classes := view.Classes()
	all := make([]*column, len(classes))
	for i := range classes {
		all[i] = &column{estate: e, view: view.OfClass(&classes[i])}
	}
	return all
}

// with is the column with other policies that have the same routes.
func (c *column) with(policies []*rules.Policy) *column {
	class := c.view.Class()
	same := rules.Classes(policies, class.Method, class.Path)
	view := issued.NewView(policies, c.view.Contracts())
	view.CountIn(c.estate.looked)
	return &column{estate: c.estate, view: view.OfClass(&same[0])}
}

// cell evaluates a row, and marks the modelled token that gets furthest.
func (c *column) cell(row *Row, run *issued.Run) (Cell, issued.Mark) {
	if row.Real == nil {
		o := run.Furthest(row.Kind)
		return Cell{
			Outcome: o.Outcome, Status: o.Status, Decided: o.Decided, Earlier: o.Earlier,
			Limit: o.Limit, column: c,
			unlikely: o.Outcome == rules.Undetermined && o.Issued.Unlikely(),
		}, o.Issued.Mark()
	}
	v, _ := c.evaluateReal(row.Real)
	return Cell{
		Outcome: v.Outcome, Status: v.Status, Decided: v.DecidedBy(), Earlier: v.EarlierUnknown(),
		column: c,
	}, issued.Mark{}
}

func (c *column) evaluateReal(real *Real) (rules.Verdict, issued.Written) {
	client := inspect.Describe(real.Token).ClientID.Value
	return c.view.FurthestReal(client, func() *rules.Request { return c.realRequest(real) })
}

// realRequest carries a captured token one second after it was issued.
func (c *column) realRequest(real *Real) *rules.Request {
	at := c.estate.At
	if issued, ok := real.Token.JustIssued(); ok {
		at = issued
	}
	return &rules.Request{
		Token: real.Token, At: at, Contracts: c.view.Contracts(), Signatures: c.estate.Signatures,
	}
}

// Try evaluates one gateway's column with other policies, and nothing else. The matrix that it
// returns has that one gateway.
func (m *Matrix) Try(gateway int, policies []*rules.Policy) *Matrix {
	name := m.Gateways[gateway]
	e := m.estate.with(name, policies)
	tried := &Matrix{Rows: m.Rows, Tokens: m.Tokens, estate: e, classes: m.classes}
	tried.column(newColumns(e, policies, e.site(name).Contracts), name)
	return tried
}

// With returns the matrix with the one column of a matrix that was tried, all else as it is. It
// has the cells, and no findings.
func (m *Matrix) With(gateway int, tried *Matrix) *Matrix {
	all := &Matrix{
		Rows: m.Rows, Gateways: m.Gateways, Tokens: m.Tokens, Alike: m.Alike, Shares: m.Shares,
		estate: m.estate, classes: m.classes,
		columns: slices.Clone(m.columns), answers: slices.Clone(m.answers),
	}
	all.columns[gateway], all.answers[gateway] = tried.columns[0], tried.answers[0]
	return all
}

// with is the estate with other policies at one site.
func (e *Estate) with(name string, policies []*rules.Policy) *Estate {
	other := *e
	other.Sites = slices.Clone(e.Sites)
	other.site(name).Policies = policies
	return &other
}

// Own returns requests with the tokens that a gateway's own environment uses: the real ones, or
// else one modelled token of each kind in each form that its clients usually ask for. Each comes
// once in every class of requests that some policy looks at, for what helps in one may not in
// another.
func (m *Matrix) Own(gateway int) []*rules.Request {
	site := m.estate.site(m.Gateways[gateway])
	var real, modelled []*rules.Request
	for i, c := range m.columns[gateway] {
		if i > 0 && !c.covered() {
			continue
		}
		for _, row := range m.Rows {
			switch {
			case !row.meant(EnvironmentOf(site.Name)):
			case row.Real != nil:
				real = append(real, c.inClass(c.realRequest(row.Real)))
			default:
				modelled = append(modelled, row.usual(c)...)
			}
		}
	}
	if len(real) > 0 {
		return real
	}
	return modelled
}

// ClientsOfShared lists the clients of a gateway's environment, where another environment has the
// same API registration: then nothing else in a token tells the two apart. It is empty for others.
func (m *Matrix) ClientsOfShared(gateway int) []string {
	site := m.estate.site(m.Gateways[gateway])
	shared := slices.ContainsFunc(m.estate.Sites, func(other Site) bool {
		return other.Name != site.Name && site.API != nil && other.API != nil &&
			site.API.AppID.Known() && other.API.AppID.Is(site.API.AppID)
	})
	if !shared {
		return nil
	}
	return m.ClientsOf(gateway)
}

// ClientsOf lists the clients that the files show of a gateway's environment.
func (m *Matrix) ClientsOf(gateway int) []string {
	var all []string
	for _, client := range m.estate.site(m.Gateways[gateway]).Clients {
		if id := client.AppID; id.Known() && !slices.Contains(all, id.Value) {
			all = append(all, id.Value)
		}
	}
	return all
}

// covered reports whether some policy applies to the column's class of requests.
func (c *column) covered() bool {
	return slices.ContainsFunc(
		c.view.Class().Applies, func(applies rules.Truth) bool { return applies != rules.No },
	)
}

// inClass is a request of the column's class, with what a client usually writes beside its token.
func (c *column) inClass(r *rules.Request) *rules.Request {
	class := c.view.Class()
	r.Method, r.Path = class.Method, class.Path
	return c.view.Usually(r)
}

// usual is a row's tokens in the usual forms of their audience, each for one client, preferably
// one that has a contract.
func (r *Row) usual(c *column) []*rules.Request {
	return source.Each(r.Usual(c.view.HasContract), func(i issued.Issued) *rules.Request {
		return c.inClass(i.Token().Request(c.view))
	})
}

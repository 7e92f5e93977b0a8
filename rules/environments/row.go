package environments

// Party is who a token belongs to.
type Party uint8

// The parties.
const (
	Member      Party = iota // a client of one of the environments
	Stranger                 // any other client, or API, of the tenant
	OtherTenant              // whoever owns another tenant of the same cloud
)

// The first part of the names of rows that belong to no environment.
const (
	strangerRow    = "stranger"
	otherTenantRow = "other-tenant"
)

// Row is one row of the matrix: a real token, or all modelled tokens of one kind, which differ in the form of their audience and in which
// of a party's clients they were issued to.
type Row struct {
	Name  string
	Party Party
	Home  string // the environment whose client has the token; empty for others
	For   string // the environment whose API it was issued for; empty for another API
	Real  *Real  // nil where the row is modelled

	Guest    bool // of a guest of the tenant
	Unasked  bool // what the environment's clients do not ask for and can have
	Identity bool // ID tokens: they are for the client itself, and for no API

	batches []batch
}

// batch is the tokens that differ in nothing but their client.
type batch struct {
	sample  sample
	clients *clientSet
	index   int // among the batches of all rows
}

// token is the token of a batch that one of its clients has.
type token struct {
	batch  *batch
	client string
}

func (t token) sample() *sample {
	s := t.batch.sample
	s.client = t.client
	return &s
}

// clientSet is clients that can have the same tokens, by their ids. Many batches share one.
type clientSet struct{ ids []string }

func clientsOf(ids ...string) *clientSet { return &clientSet{ids} }

// signIn reports whether the row's tokens tell who has signed in to an environment's own client.
func (r *Row) signIn(environment string) bool { return r.Identity && r.Home == environment }

// meant reports whether the environment that the row's tokens belong to is meant to let them in: of guests, and of what nobody asked for,
// nobody has said.
func (r *Row) meant(environment string) bool { return r.own(environment) && !r.Guest && !r.Unasked }

// own reports whether the row's tokens belong to an environment: issued to its client, for its API.
func (r *Row) own(environment string) bool { return r.Home == environment && r.For == environment }

// likeness reports whether the row's tokens are for a stranger's API that is called as ours, and issued to a client of ours.
func (r *Row) likeness() bool { return r.Party == Member && r.For == "" && !r.Identity }

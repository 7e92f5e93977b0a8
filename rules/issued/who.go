package issued

// Holder is who has a token.
type Holder uint8

// The holders.
const (
	Member Holder = iota // a client of one of the environments
	// a client that a contract or a policy names and no file shows: it may be anyone's
	UnknownClient
	// a user or a client whose object id a policy names and no file shows
	UnknownObject
	Stranger    // any other client, or API, of the tenant
	OtherTenant // whoever owns another tenant of the same cloud
	Forger      // whoever writes their own token: it gets in only where no signature is checked
	// a client of some environment other than the token's: where there are many environments
	OtherMember
)

// The first part of the names of kinds that belong to no environment.
const (
	strangerKind      = "stranger"
	otherTenantKind   = "other-tenant"
	unknownClientKind = "unknown-client"
	unknownObjectKind = "unknown-object"
	forgedKind        = "forged"
	otherMemberKind   = "other-environment"
)

// Reserved lists the names that no environment can have: the rows of a matrix that belong to none
// begin with them.
func Reserved() []string {
	return []string{
		strangerKind, otherTenantKind, unknownClientKind, unknownObjectKind, forgedKind,
		otherMemberKind,
	}
}

// Ids of those who are in no file. They are made up, and no real id has this form.
const (
	strangerID        = "57a46e20-0000-4000-8000-000000000001"
	strangersAPIID    = "57a46e20-0000-4000-8000-0000000000a1"
	otherTenantID     = "07e60000-0000-4000-8000-0000000000ff"
	otherTenantClient = "07e60000-0000-4000-8000-000000000001"
	otherTenantsAPIID = "07e60000-0000-4000-8000-0000000000a1"
	otherTenantObject = "07e60000-0000-4000-8000-0000000000b1"
)

// Kind is all modelled tokens of one kind, which differ in the form of their audience, in which of
// the holder's clients they were issued to, and in what the holder chooses.
type Kind struct {
	Name   string
	Holder Holder
	Home   string // the environment whose client has the token; empty for others
	For    string // the environment whose API it was issued for; empty for another API

	Guest    bool // of a guest of the tenant
	Unasked  bool // what the environment's clients do not ask for and can have
	Identity bool // ID tokens: they are for the client itself, and for no API

	batches []batch
	number  int // among all kinds
}

// batch is the tokens that differ in nothing but their client.
type batch struct {
	token   *Token // without its client; batches share it
	clients *clientSet
	index   int // among the batches of all kinds
}

// Issued is the token of a kind that one of its clients has.
type Issued struct {
	batch  *batch
	client int // its place among the ids of the batch's clients
}

// Token returns the token by itself.
func (i Issued) Token() *Token {
	t := *i.batch.token
	t.client = i.batch.clients.ids[i.client]
	return &t
}

// Unlikely reports whether no source shows that Entra ID issues such a token.
func (i Issued) Unlikely() bool { return i.batch != nil && i.batch.token.Unlikely() }

// Mark stands for a token of some kinds, in little room.
type Mark struct{ batch, client int32 }

// Mark stands for the token among the kinds that are sorted into classes.
func (i Issued) Mark() Mark {
	if i.batch == nil {
		return Mark{}
	}
	return Mark{int32(i.batch.index), int32(i.client)}
}

// At is the token that a mark stands for.
func (c *Classes) At(m Mark) Issued { return Issued{c.batches[m.batch], int(m.client)} }

// Count is how many tokens the kind stands for: one for each client, content and audience form.
func (k *Kind) Count() int {
	n := 0
	for i := range k.batches {
		n += k.batches[i].clients.count()
	}
	return n
}

// Each visits every token of the kind.
func (k *Kind) Each(visit func(Issued)) {
	for i := range k.batches {
		for client := range k.batches[i].clients.each {
			visit(Issued{&k.batches[i], client})
		}
	}
}

// Usual lists the tokens in the forms of their audience that clients usually ask for, each for one
// client, preferably one that is preferred.
func (k *Kind) Usual(preferred func(client string) bool) []Issued {
	var all []Issued
	for i := range k.batches {
		b := &k.batches[i]
		if b.token.audience.form != "uri" && b.token.audience.form != "guid" {
			continue
		}
		all = append(all, Issued{b, b.clients.find(preferred)})
	}
	return all
}

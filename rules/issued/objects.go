package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// objects are what is known of the ids in oid and sub: in a token without a user both are that of
// the client's service principal; in a user's, oid is the user's, and sub is made for the user and
// the API (access-token-claims-reference).
type objects struct {
	byClient map[string]string // of the service principals that files show, by the client's id
	shown    map[string]bool   // these, and the clients' ids, which a check may ask for beside
	// a policy asks for an id that no file shows: whoever has none in the files may have it
	sought bool
}

// Ids of a user or a service principal that no policy names, and what sub is for such a user.
const (
	nobodysObject  = "57a46e20-0000-4000-8000-0000000000b1"
	nobodysSubject = "57a46e20-made-for-a-user-and-an-api-0000001"
)

// objectsOf looks up the object ids of a world, where a policy reads one; nil where none does.
func objectsOf(w *World, asked []asking) *objects {
	if !slices.ContainsFunc(asked, asksForObject) {
		return nil
	}
	o := &objects{byClient: map[string]string{}, shown: map[string]bool{}}
	for _, app := range w.applications() {
		o.shown[clientID(app)] = true
		if app.Principal != nil && app.Principal.ObjectID.Known() {
			id := strings.ToLower(app.Principal.ObjectID.Value)
			o.byClient[clientID(app)], o.shown[id] = id, true
		}
	}
	o.sought = o.unshown(asked) != "" || o.unshownContracts(w)
	return o
}

func asksForObject(a asking) bool { return !a.off && a.readsClaim("oid", "sub") }

// unshown is the first id that checks ask for, or a part of one, which is not that of a service
// principal in the files; empty where there is none. What sub holds of a user is a word of
// letters, digits and two signs.
func (o *objects) unshown(checks []asking) string {
	known := namesOne(o.shown)
	for i := range checks {
		if !asksForObject(checks[i]) {
			continue
		}
		asked := checks[i].about("oid", "sub")
		parts := partsIn(asked)
		if !checks[i].readsClaim("sub") {
			parts = onlyIDs(parts)
		}
		if text := madeOfObject(asked); text != "" {
			return text
		}
		for _, part := range parts {
			if namesObject(part) && !known(strings.ToLower(part)) {
				return part
			}
		}
	}
	return ""
}

// madeOfObject is a text that has more than an id in it, of an expression that does more with oid
// or sub than to compare it: an id may be a part of the text, and nobody says which. It is empty
// where there is none.
func madeOfObject(asked []comparison) string {
	for _, part := range asked {
		o := part.Input.Opaque
		if o == nil || o.Compares == nil {
			continue
		}
		if _, only := o.Compares("oid", "sub"); only {
			continue
		}
		for _, text := range part.texts {
			if strings.ContainsAny(text, "0123456789") && len(onlyIDs([]string{text})) == 0 {
				return text
			}
		}
	}
	return ""
}

// unshownContracts reports whether some gateway takes a client's id from oid or sub, and has
// contracts of clients that no file shows: the contracts may name them by their object ids.
func (o *objects) unshownContracts(w *World) bool {
	for i := range w.Places {
		place := &w.Places[i]
		binds := func(a asking) bool { return a.Binds != "" && asksForObject(a) }
		unknown := func(id string) bool { return !o.shown[strings.ToLower(id)] }
		if place.Contracts != nil && slices.ContainsFunc(askedBy(place.Policies), binds) &&
			slices.ContainsFunc(place.Contracts.IDs, unknown) {
			return true
		}
	}
	return false
}

// namesObject reports whether a text may be an object's id, or a part of one that not every id
// has.
func namesObject(part string) bool {
	return strings.Trim(part, string(anyDigit)) != "" &&
		source.IsPlain(part, "-_"+string(anyDigit))
}

// ofObject is what oid or sub holds, as far as the files show it.
func (t *Token) ofObject(name string) (id string, known bool) {
	o := t.in.objects
	if t.tenant == otherTenantID { // our multi-tenant client is another object there
		return otherTenantObject, true
	}
	if o == nil || t.freedom != ofClient && t.freedom != ofAPIOwner || t.anyObject {
		return "", false
	}
	if id := o.byClient[t.client]; id != "" && !t.user {
		return id, true
	}
	if o.sought && !t.strange {
		return "", false
	}
	if name == "sub" && t.user {
		return nobodysSubject, true
	}
	return nobodysObject, true
}

// objectClaim is oid or sub where it is known. Whether a user's token has oid is the client's
// choice where that takes the scope profile.
func (t *Token) objectClaim(name string, p Presence) (value *source.Value, open, known bool) {
	id, known := t.ofObject(name)
	switch {
	case !known:
		return nil, false, false
	case p == Unstated:
		return t.pending(false), true, true
	}
	return source.NewString(id), false, true
}

// unknownObjects models whoever has an object id that the policies name and no file shows: a user,
// who may sign in to anybody's client, or a client. What they can have is what a client of the
// environment can: perhaps they belong to it.
func (m *modeller) unknownObjects(place *Place, known *assignments) {
	if m.in.objects == nil || len(place.Clients) == 0 {
		return
	}
	id := m.in.objects.unshown(m.asked[place.Name])
	if id == "" {
		return
	}
	like := Kind{Holder: UnknownObject, For: place.Name}
	prefix := unknownObjectKind + "/for-" + place.Name + "-"
	var all []*entra.Registration
	seen := map[string]bool{}
	for _, app := range slices.Concat(m.world.strangersTo(place.API), m.unknownClientsAt(place)) {
		if !seen[clientID(app)] {
			seen[clientID(app)], all = true, append(all, app)
		}
	}
	for _, group := range groups(place.API, all, grantOwn, known) {
		group.grant.doubt = "a policy names the object id " + id + ", no file shows whose it " +
			"is, and it may be anyone's: pass what az ad sp show --id APP prints"
		group.grant.anyObject = true
		m.add(prefix, like, m.own(place), group)
	}
}

// readsObject reports whether the checks look at who has a token by an object id.
func (v *View) readsObject() bool {
	return v.all || slices.Contains(v.claims, "oid") || slices.Contains(v.claims, "sub")
}

// ofHolder numbers what an object id depends on beside the client; 0 where no policy reads one.
func (t *Token) ofHolder() int32 {
	switch {
	case t.in.objects == nil, !t.anyObject && !t.strange && !t.user:
		return 0
	case t.anyObject:
		return 1
	case t.strange:
		return 2
	}
	return 3
}
